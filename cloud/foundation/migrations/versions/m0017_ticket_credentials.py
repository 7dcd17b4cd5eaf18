"""Tickets end with the session or the key that they were opened with."""

from alembic import op

revision = "m0017"
down_revision = "m0016"
branch_labels = None
depends_on = None

_CREDENTIAL = """
ALTER TABLE room_ticket ADD COLUMN credential text;
COMMENT ON COLUMN room_ticket.credential IS 'the session or key it was opened with; none: on the cloud''s machine';
"""


def upgrade() -> None:
    """Add the column."""
    op.get_bind().exec_driver_sql(_CREDENTIAL)
