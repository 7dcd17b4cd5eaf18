"""The tables of `drafts.sqlite`.

- `synced` is what the cloud said last, changed by checkpoints alone.
- `pending` lies over it: one row per change a person made, oldest first. `base` is what the person saw in the fields
  they changed, so that a change can be merged field by field later.
- `facts` are single values by name.
`user_version` is `LAYOUT_VERSION`; a file with a higher one is not opened.
"""

import sqlalchemy as sa

from sync.storage.database import Layout

FILE_NAME = "drafts.sqlite"
LAYOUT_VERSION = 1
#: "MBDR": marks the file as ours.
APPLICATION_ID = 0x4D424452

metadata = sa.MetaData()

synced = sa.Table(
    "synced",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("values", sa.Text, nullable=False),
    # Removed by somebody else while changes wait: the last values stay until those are settled.
    sa.Column("is_removed", sa.Boolean, nullable=False),
)

pending = sa.Table(
    "pending",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("op_id", sa.Text, nullable=False),
    # waiting, sent (an answer is missing), acked (done; a checkpoint will bring it), attention (a person must decide).
    sa.Column("state", sa.Text, nullable=False),
    # Given when it is sent, kept while it is sent again.
    sa.Column("seq", sa.Integer),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("draft_id", sa.Text, nullable=False),
    sa.Column("base_version", sa.Integer, nullable=False),
    sa.Column("base", sa.Text, nullable=False),
    # NULL removes the draft.
    sa.Column("patch", sa.Text),
    sa.Column("schema_version", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("not_before", sa.Float, nullable=False),
    # When it was made, by the wall and by the monotonic clock of the run `run`.
    sa.Column("made_at", sa.Float, nullable=False),
    sa.Column("made_monotonic", sa.Float, nullable=False),
    sa.Column("run", sa.Text, nullable=False),
    # Of an acked one: the draft's version with it.
    sa.Column("version", sa.Integer),
    # Of one that needs attention: why, and what the draft was at the cloud.
    sa.Column("reason", sa.Text),
    sa.Column("field", sa.Text),
    sa.Column("asks", sa.Text),
    sa.Column("current", sa.Text),
    sa.Index("pending_draft", "draft_id", "number"),
    sa.Index("pending_state", "state", "number"),
    sqlite_autoincrement=True,
)

facts = sa.Table(
    "facts",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

DRAFTS = Layout(metadata, LAYOUT_VERSION, APPLICATION_ID)
