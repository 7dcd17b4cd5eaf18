"""An open room, as its keeper holds it: what it takes from whom, and what that costs."""

import pycrdt
import pytest

from cloud.rooms.contracts import Lease, Stored
from cloud.rooms.live_room import LiveRoom, Push
from sync.document.register_document import RegisterDocument
from sync.document.replica import Replica


def _room(whole: bytes = b"") -> LiveRoom:
    return LiveRoom(Stored(Lease("prj", 1, 1, 0), 0, 0, whole, []))


def _comments(count: int) -> list[bytes]:
    """Return the updates of an author who writes comments."""
    doc = pycrdt.Doc()
    shared, updates = doc.get("comments", type=pycrdt.Map), []
    watched = doc.observe(lambda event: updates.append(bytes(event.update)))
    for number in range(count):
        shared[f"k{number % 3}.c"] = ["acc", "Ada", number]
    doc.unobserve(watched)
    return updates


def test_a_comment_costs_no_copy_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    document = RegisterDocument()
    document.write({("clips", f"c{number}.p"): ("t", number) for number in range(50)}, "me")
    room, copies = _room(document.encode()), []
    encode = Replica.encode
    monkeypatch.setattr(Replica, "encode", lambda replica: copies.append(replica) or encode(replica))
    for update in _comments(20):
        assert room.take(Push("acc", "dev", "commenter", 0, update), "commenter", lambda _seq: room.window).row
    denied = document.write({("clips", "c1.p"): ("t", 0)}, "me").update
    for _ in range(20):
        assert room.take(Push("acc", "dev", "commenter", 0, denied), "commenter", lambda _seq: room.window).denied
    assert len(copies) == 1  # to learn what is whose, once
    room.close()
