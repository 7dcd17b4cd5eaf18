"""What a document must hold, from what people meant: a model that knows nothing of CRDTs.

It replays edits in the order of the server's log. Whoever had seen a register's value replaces it. Of two who had not
seen each other, the feed of what was overwritten names one as lost: the other one's value stands. So each value is in
the document, was replaced by somebody who knew it, or is named; an edit that is in the log twice, or not, is an error.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from tests.integration.cloud.rooms.clients import Written


def replayed(
    written: Iterable[Written], log: Sequence[tuple[int, bytes]], lost: Iterable[tuple[str, int, int]]
) -> dict[str, Any]:
    """Return the registers that must be there; `lost` has a key, the seq that lost and the one that won."""
    edits = {edit.update: edit for edit in written}
    assert [seq for seq, _ in log] == list(range(1, len(log) + 1)), "the log has a gap"
    assert len({data for _, data in log}) == len(log), "something is in the log twice"
    assert {data for _, data in log} == set(edits), "the log has not just what was written"
    named, seqs = set(lost), {bytes(data): seq for seq, data in log}
    held: dict[str, Written] = {}
    for _, data in log:
        edit = edits[bytes(data)]
        for key in edit.values:
            if key not in held or _stands(key, edit, held[key], seqs, named):
                held[key] = edit
    return {key: edit.values[key] for key, edit in held.items() if edit.values[key] is not None}


def _stands(key: str, edit: Written, before: Written, seqs: dict[bytes, int], named: set[tuple[str, int, int]]) -> bool:
    """Return whether an edit's value stands instead of the one before it."""
    seq, seq_before = seqs[edit.update], seqs[before.update]
    has_seen = edit.reference > before.reference if edit.author is before.author else edit.base_seq >= seq_before
    if has_seen or edit.values[key] == before.values[key]:
        return True
    has_lost, has_won = (key, seq, seq_before) in named, (key, seq_before, seq) in named
    assert has_lost != has_won, f"of {key}, {seq_before} and {seq} were written at one time: one of them has lost"
    return has_won


def hash_of(registers: dict[str, Any]) -> str:
    """Return a hash of registers."""
    return hashlib.sha256(json.dumps(registers, sort_keys=True).encode()).hexdigest()
