"""Identity: workspaces, who works in them as what, and invitations."""

from alembic import op

revision = "m0007"
down_revision = "m0006"
branch_labels = None
depends_on = None

_WORKSPACES = """
CREATE TABLE workspace (
    id text PRIMARY KEY,
    name text NOT NULL,
    personal_of text REFERENCES account ON DELETE CASCADE,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL
);
COMMENT ON COLUMN workspace.name IS 'personal; a team or a person';
COMMENT ON COLUMN workspace.personal_of IS 'whose own it is; none: a team';
COMMENT ON COLUMN workspace.version IS 'for If-Match';
CREATE UNIQUE INDEX workspace_personal ON workspace (personal_of);

CREATE TABLE membership (
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    role text NOT NULL
        CONSTRAINT membership_role_known CHECK (role IN ('owner', 'admin', 'member', 'finance')),
    joined_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, account_id)
);
CREATE INDEX membership_account ON membership (account_id);

CREATE TABLE invitation (
    id text PRIMARY KEY,
    workspace_id text NOT NULL REFERENCES workspace ON DELETE CASCADE,
    email text NOT NULL,
    role text NOT NULL
        CONSTRAINT invitation_role_known CHECK (role IN ('owner', 'admin', 'member', 'finance')),
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN invitation.email IS 'personal; in lower case; who alone may accept';
CREATE UNIQUE INDEX invitation_token ON invitation (token_hash);
CREATE UNIQUE INDEX invitation_address ON invitation (workspace_id, email);
"""

#: Accounts that were there before get their own; the rest of an account's id is as good in another one.
_PERSONAL = """
INSERT INTO workspace (id, name, personal_of, created_at)
    SELECT 'wsp_' || substr(id, 5), name, id, now() FROM account WHERE state = 'active';
INSERT INTO membership (workspace_id, account_id, role, joined_at)
    SELECT id, personal_of, 'owner', now() FROM workspace;
"""


def upgrade() -> None:
    """Make the tables, and a workspace for each account."""
    for statements in (_WORKSPACES, _PERSONAL):
        op.get_bind().exec_driver_sql(statements)
