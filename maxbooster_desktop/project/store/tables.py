"""The tables of `project.sqlite`.

- `ops` is the truth: one row per edit, in order, never changed. Its `record` is the encoded `OpRecord`.
- `snapshots` let opening skip most of the log: the encoded document and the encoded state after op `number`.
- `versions` hold what a person can go back to, as an encoded document.
- `takes` is where recording keeps its journal, one row per capture, written before the first sample.
- `facts` are single values by name.

Every stored blob carries the first 16 bytes of its BLAKE3, because SQLite notices damage to its own structure but not
to what it stores. An op's digest also covers the digest of the op before it (`previous`), so ops found in different
copies of a project can be told to be one history. `epoch` counts compactions: a record belongs to documents of its own
epoch only.
`user_version` is `LAYOUT_VERSION`; a file with a higher one is only read.
"""

import sqlalchemy as sa

#: Raised whenever an older program could not write this layout correctly.
LAYOUT_VERSION = 1

metadata = sa.MetaData()

ops = sa.Table(
    "ops",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("record", sa.LargeBinary, nullable=False),
    sa.Column("previous", sa.LargeBinary, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
)

snapshots = sa.Table(
    "snapshots",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("op_digest", sa.LargeBinary, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("document_digest", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.LargeBinary, nullable=False),
    sa.Column("state_digest", sa.LargeBinary, nullable=False),
)

versions = sa.Table(
    "versions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    # An op whose earlier values lie over `document`: the state before a step that was already done.
    sa.Column("patch", sa.LargeBinary),
)

takes = sa.Table(
    "takes",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("track", sa.Text, nullable=False),
    sa.Column("start_sample", sa.Integer, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("started_at", sa.Text, nullable=False),
)

facts = sa.Table(
    "facts",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
