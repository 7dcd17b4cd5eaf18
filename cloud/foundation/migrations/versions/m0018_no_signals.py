"""Jobs wait for moments alone: nothing was ever told to one that waits."""

from alembic import op

revision = "m0018"
down_revision = "m0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Remove the table."""
    op.get_bind().exec_driver_sql("DROP TABLE job_signal")
