"""An open room, as its keeper holds it: what it takes from whom, and what that costs."""

import itertools

import pycrdt
import pytest

from cloud.rooms.contracts import Lease, Stored
from cloud.rooms.live_room import LiveRoom, Push
from sync.document.pieces import joined
from sync.document.register_document import RegisterDocument
from sync.document.replica import Replica
from tests.unit.sync.test_replica import SET_OVERWRITTEN_AND_REMOVED_OUT_OF_ORDER

#: Found by chance: what the library begins to apply before it finds that it cannot.
NO_UPDATES = (
    "0102fdfaf19594e6d105f1a7fdfaf19594e6d10500020400fdfaf19594e6d105010361626300",
    "010284a2b5aef389860f06040105636c690373056b312e7002040084a2b5aef389860f060361626300",
)


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


def _typing(text: str, rubbed_out: int) -> tuple[list[bytes], list[bytes]]:
    """Return the updates of somebody who writes a text, and of somebody else who rubs out characters of it."""
    updates: tuple[list[bytes], list[bytes]] = ([], [])
    docs = pycrdt.Doc(), pycrdt.Doc()
    texts = [doc.get("words", type=pycrdt.Text) for doc in docs]
    watched = [doc.observe(lambda event, k=k: updates[k].append(bytes(event.update))) for k, doc in enumerate(docs)]
    for character in text:
        texts[0] += character
    docs[1].unobserve(watched[1])
    docs[1].apply_update(docs[0].get_update())
    watched[1] = docs[1].observe(lambda event: updates[1].append(bytes(event.update)))
    for _ in range(rubbed_out):
        del texts[1][0]
    for doc, subscription in zip(docs, watched, strict=True):
        doc.unobserve(subscription)
    return updates


def test_who_removes_what_is_gone_again_and_again_has_the_log_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written, rubbed_out = _typing("what somebody wrote, and at some length", 30)
    room, applied = _room(), []
    for update in (*written, *rubbed_out):
        assert room.take(Push("ann", "dev", "editor", 0, update), "editor", lambda _seq: room.window).row
    apply = Replica.apply
    monkeypatch.setattr(Replica, "apply", lambda replica, update: applied.append(replica) or apply(replica, update))
    for first, second in itertools.pairwise(rubbed_out):
        room.take(Push("ben", "dev", "editor", 0, joined([first, second])), "editor", lambda _seq: room.window)
    pushed = len(rubbed_out) - 1
    assert len(applied) <= 2 * pushed + len(written) + len(rubbed_out)
    room.close()


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


@pytest.mark.parametrize("update", NO_UPDATES, ids=["it panics", "it says so"])
def test_nothing_stays_of_what_turns_out_to_be_no_update_while_it_is_applied(update: str) -> None:
    room, author = _room(), RegisterDocument()
    first = author.write({("clips", "a.p"): 1}, "me").update
    assert room.take(Push("acc", "laptop", "owner", 0, first), "owner", None).row is not None
    before = room.replica.encode()
    assert room.take(Push("acc", "laptop", "owner", 1, bytes.fromhex(update)), "owner", None).malformed
    assert room.replica.encode() == before
    after = author.write({("clips", "a.p"): 2}, "me").update
    assert room.take(Push("acc", "laptop", "owner", 1, after), "owner", None).row.seq == 2
    assert room.replica.value("clips", "a.p") == 2
    room.close()


def test_who_overwrites_what_the_library_could_not_name_is_told_all_the_same() -> None:
    room, address = _room(), ("clips", "a.p")
    *early, whole = map(bytes.fromhex, SET_OVERWRITTEN_AND_REMOVED_OUT_OF_ORDER)
    untold = joined([whole, RegisterDocument().write({address: "ann's"}, "me").update])
    for update in (*early, untold):
        assert room.take(Push("ann", "dev", "owner", 0, update), "owner", None).row is not None
    bens = RegisterDocument().write({address: "ben's"}, "me").update
    taken = room.take(Push("ben", "dev", "owner", 0, bens), "owner", None)
    assert [(loss.address, {loss.lost.account_id, loss.won.account_id}) for loss in taken.losses] == [
        (address, {"ann", "ben"})
    ]
    room.close()
