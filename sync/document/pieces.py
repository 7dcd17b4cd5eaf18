"""Updates put together, and a whole document cut into updates that fit into messages."""

from collections.abc import Iterable, Sequence

import pycrdt

from sync.document.codec import Value
from sync.document.grammar import ALL_ROOTS, Address
from sync.document.register_document import RegisterDocument

#: Registers written in one piece; a register has some 100 bytes, a message of a room at most 4 MiB.
REGISTERS_AT_ONCE = 5_000


def joined(updates: Sequence[bytes]) -> bytes:
    """Return one update that does what several of one author do in a row."""
    return updates[0] if len(updates) == 1 else pycrdt.merge_updates(*updates)


def afresh(document: RegisterDocument) -> tuple[RegisterDocument, list[bytes]]:
    """Return a fresh document of the calling thread with the same registers, and the updates that make it.

    As compaction does, it leaves the history of overwrites behind and begins a new epoch.
    """
    fresh = RegisterDocument()
    updates = [_written(fresh, piece) for piece in _pieces(document)]
    with_unknown = fresh.observed(lambda: fresh.copy_unknown_roots(document))
    return fresh, [update for update in (*updates, with_unknown) if update]


def _pieces(document: RegisterDocument) -> Iterable[dict[Address, Value]]:
    piece: dict[Address, Value] = {}
    for root in ALL_ROOTS:
        for key, value in sorted(document.items(root)):
            piece[root, key] = value
            if len(piece) == REGISTERS_AT_ONCE:
                yield piece
                piece = {}
    if piece:
        yield piece


def _written(fresh: RegisterDocument, piece: dict[Address, Value]) -> bytes:
    return fresh.observed(lambda: fresh.write_verbatim(piece, "afresh"))
