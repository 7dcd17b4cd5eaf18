"""Objectives: what went well and badly in each minute, and which alerts fire."""

from alembic import op

revision = "m0016"
down_revision = "m0015"
branch_labels = None
depends_on = None

_COUNTS = """
CREATE TABLE objective_count (
    objective text NOT NULL,
    minute timestamptz NOT NULL,
    bad bigint NOT NULL,
    total bigint NOT NULL,
    PRIMARY KEY (objective, minute)
);
CREATE INDEX objective_count_age ON objective_count (minute);
"""

_ALERTS = """
CREATE TABLE objective_alert (
    objective text NOT NULL,
    long_s integer NOT NULL,
    severity text NOT NULL,
    long_burn double precision NOT NULL,
    short_burn double precision NOT NULL,
    fired_at timestamptz,
    cleared_at timestamptz,
    PRIMARY KEY (objective, long_s),
    CONSTRAINT objective_alert_severity_known CHECK (severity IN ('page', 'ticket'))
);
COMMENT ON COLUMN objective_alert.long_burn IS 'how many times faster than evenly the budget burns';
COMMENT ON COLUMN objective_alert.fired_at IS 'the last time';
COMMENT ON COLUMN objective_alert.cleared_at IS 'null while it fires';
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_COUNTS, _ALERTS):
        op.get_bind().exec_driver_sql(statements)
