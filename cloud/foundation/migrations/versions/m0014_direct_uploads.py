"""Uploads whose parts go straight into the object store."""

from alembic import op

revision = "m0014"
down_revision = "m0013"
branch_labels = None
depends_on = None

_ADDED = """
ALTER TABLE blob_upload ADD COLUMN store_id text;
COMMENT ON COLUMN blob_upload.store_id IS 'what the store calls it, when its parts go straight there';
"""


def upgrade() -> None:
    """Add the column."""
    op.get_bind().exec_driver_sql(_ADDED)
