"""Shared projects: members, invitations, tickets into rooms."""

from alembic import op

revision = "m0003"
down_revision = "m0002"
branch_labels = None
depends_on = None

_PROJECTS = """
CREATE TABLE project (
    id text PRIMARY KEY,
    name text NOT NULL,
    forked_from text REFERENCES project ON DELETE SET NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
COMMENT ON COLUMN project.name IS 'personal; what its members know it by';
COMMENT ON COLUMN project.version IS 'for If-Match';
COMMENT ON COLUMN project.deleted_at IS 'nobody sees it any more; nothing is removed';
CREATE INDEX project_fork ON project (forked_from);

CREATE TABLE project_member (
    project_id text NOT NULL REFERENCES project ON DELETE CASCADE,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    role text NOT NULL
        CONSTRAINT project_member_role_known CHECK (role IN ('owner', 'editor', 'commenter', 'viewer')),
    joined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, account_id)
);
CREATE INDEX project_member_newest ON project_member (account_id, joined_at, project_id);
CREATE UNIQUE INDEX project_member_owner ON project_member (project_id) WHERE role = 'owner';
"""

_DOORS = """
CREATE TABLE project_invitation (
    id text PRIMARY KEY,
    project_id text NOT NULL REFERENCES project ON DELETE CASCADE,
    token_hash bytea NOT NULL,
    role text NOT NULL
        CONSTRAINT project_invitation_role_known CHECK (role IN ('editor', 'commenter', 'viewer')),
    email text,
    uses integer NOT NULL DEFAULT 0,
    max_uses integer NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    created_by text NOT NULL
);
COMMENT ON COLUMN project_invitation.email IS 'personal; in lower case; only its account may use it';
CREATE UNIQUE INDEX project_invitation_token ON project_invitation (token_hash);
CREATE INDEX project_invitation_newest ON project_invitation (project_id, created_at, id);

CREATE TABLE room_ticket (
    token_hash bytea PRIMARY KEY,
    project_id text NOT NULL REFERENCES project ON DELETE CASCADE,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    role text NOT NULL,
    device text NOT NULL,
    epoch integer,
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN room_ticket.role IS 'at most; the membership counts when it is used';
COMMENT ON COLUMN room_ticket.epoch IS 'of the document, when the ticket says which one its holder has';
CREATE INDEX room_ticket_age ON room_ticket (expires_at);
"""


def upgrade() -> None:
    """Make the tables."""
    for statements in (_PROJECTS, _DOORS):
        op.get_bind().exec_driver_sql(statements)
