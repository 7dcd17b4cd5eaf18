"""Changes that the library cannot name: it has taken the update all the same, and the document shows what it holds."""

import pytest

from sync.document.register_document import RegisterDocument
from tests.unit.sync.test_replica import SET_OVERWRITTEN_AND_REMOVED_OUT_OF_ORDER, X, Y

_EARLY_AND_WHOLE = [bytes.fromhex(update) for update in SET_OVERWRITTEN_AND_REMOVED_OUT_OF_ORDER]
_THEIRS = ("clips", "k.p")


@pytest.fixture
def document() -> RegisterDocument:
    """Return a document with two registers, and a third that somebody else has written."""
    document = RegisterDocument()
    document.write({X: "mine", Y: 2}, "me")
    document.apply(_EARLY_AND_WHOLE[0], "room")
    return document


def test_what_the_library_cannot_name_is_compared(document: RegisterDocument) -> None:
    assert document.value(*_THEIRS) is not None
    changed = [document.apply(update, "room") for update in _EARLY_AND_WHOLE[1:]]
    assert frozenset().union(*changed) == {_THEIRS}
    assert dict(document.items("clips")) == {"x.p": "mine", "y.p": 2}
    assert document.apply(RegisterDocument().write({Y: 3}, "them").update, "room") <= {Y}


def test_registers_that_nobody_has_read_count_as_changed(document: RegisterDocument) -> None:
    loaded = RegisterDocument()
    loaded.load(document.encode())
    assert loaded.value(*X) == "mine"
    changed = [loaded.apply(update, "room") for update in _EARLY_AND_WHOLE[1:]]
    assert frozenset().union(*changed) == {_THEIRS, Y}
    assert dict(loaded.items("clips")) == {"x.p": "mine", "y.p": 2}
