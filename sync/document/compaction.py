"""Compaction: the same registers in a fresh document, without the history of overwrites.

A compacted document is a new epoch: updates of the old one must never be applied to it, and it must not be sent
to peers that hold the old one. Tombstones and everything under them are kept, for undo reaches back to them.
"""

from sync.document.grammar import ALL_ROOTS
from sync.document.register_document import RegisterDocument

#: Compaction pays when the history is this many times the registers, and more than so many bytes.
RATIO = 4.0
BYTES = 5_000_000


def compacted(document: RegisterDocument) -> RegisterDocument:
    """Return a fresh document of the calling thread with the same registers, unknown roots included."""
    fresh = RegisterDocument()
    changes = {(root, key): value for root in ALL_ROOTS for key, value in sorted(document.items(root))}
    fresh.write_verbatim(changes, "compaction")
    fresh.copy_unknown_roots(document)
    return fresh


def is_faithful(document: RegisterDocument) -> bool:
    """Return whether a compacted form would hold everything: other programs may write what no register holds."""
    is_known = set(document.roots()) <= set(ALL_ROOTS)
    return is_known and sum(1 for root in ALL_ROOTS for _ in document.items(root)) == document.key_count()


def is_worthwhile(history_bytes: int, fresh_bytes: int, least_bytes: int = BYTES) -> bool:
    """Return whether a document of `history_bytes` should give way to its compacted form of `fresh_bytes`."""
    return history_bytes > least_bytes and history_bytes > RATIO * fresh_bytes
