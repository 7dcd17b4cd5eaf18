"""The key grammar of a document: root maps and `<id>.<facet>` keys.

An id has no dot, a facet may have some: `<lane>.p.<point>` is facet `p.<point>` of the lane. docs/document.md
lists every register.
"""

import re

from sync.document.errors import RefusedKeyError

#: The roots that this version projects. Others are kept verbatim.
ROOTS = (
    "meta", "tracks", "clips", "notes", "auto", "plug", "tempo", "markers", "assets", "comments", "takes",
)  # fmt: skip

#: Roots that later versions write; known so that their changes are seen and compaction keeps them.
RESERVED_ROOTS = (
    "ctl", "expr", "sections", "macros", "scenes", "slots", "text", "video", "groove", "keys",
)  # fmt: skip

ALL_ROOTS = ROOTS + RESERVED_ROOTS
_KNOWN = frozenset(ALL_ROOTS)

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_.-]{1,80}")

#: A register's address: (root, key).
Address = tuple[str, str]


def is_id(text: str) -> bool:
    """Return whether `text` can be the id of an entity."""
    return _ID.fullmatch(text) is not None


def key_of(entity: str, facet: str) -> str:
    """Return the key of a facet; `check_address` judges it when it is written."""
    return f"{entity}.{facet}" if facet else entity


def split_key(key: str) -> tuple[str, str]:
    """Return (id, facet); a key that a peer wrote outside the grammar is all id, so that `key_of` gives it back."""
    entity, _, facet = key.partition(".")
    return (entity, facet) if facet else (key, "")


def check_address(root: str, key: str) -> None:
    """Raise `RefusedKeyError` unless (root, key) is a register this version may write."""
    if root not in _KNOWN:
        raise RefusedKeyError(f"The document has no root named {root!r}; see docs/document.md for those it has.")
    if not isinstance(key, str) or _KEY.fullmatch(key) is None:
        raise RefusedKeyError(
            f"{key!r} is not a register key in {root!r}: expected <id>.<facet> of letters and digits."
        )
