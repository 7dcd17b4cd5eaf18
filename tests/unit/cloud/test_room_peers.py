"""API processes know each other by the deployment's key; a call is for one room, and for a minute."""

import base64

import pytest

from cloud.rooms.peers import Peers

_KEY, _OTHER = b"k" * 32, b"o" * 32
_QUERY = b"ticket=mb_ticket_secret&epoch=2"


def test_a_call_says_what_the_client_asked_for_and_is_answered() -> None:
    ours, theirs = Peers(_KEY), Peers(_KEY)
    call = ours.call("song", _QUERY)
    called = theirs.called("song", call)
    assert called is not None
    assert called.query == _QUERY
    assert ours.is_answer(call, called.answer)
    assert ours.call("song", _QUERY) != call
    assert b"secret" not in base64.urlsafe_b64decode(call)


def test_nobody_without_the_key_calls_or_answers() -> None:
    ours, strangers = Peers(_KEY), Peers(_OTHER)
    call = ours.call("song", _QUERY)
    assert strangers.called("song", call) is None
    assert ours.called("song", strangers.call("song", _QUERY)) is None
    for answer in ("", "x", call, "é", Peers(_OTHER)._answer(call), ours._answer(ours.call("song", _QUERY))):
        assert not ours.is_answer(call, answer)


@pytest.mark.parametrize("call", ["", "1", "A", "é", "====", "A" * 40, "\x00"])
def test_what_is_no_call_is_refused(call: str) -> None:
    assert Peers(_KEY).called("song", call) is None


def test_a_changed_call_is_refused() -> None:
    data = base64.urlsafe_b64decode(Peers(_KEY).call("song", _QUERY))
    for place in range(0, len(data), 5):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert Peers(_KEY).called("song", base64.urlsafe_b64encode(changed).decode()) is None
    assert Peers(_KEY).called("tune", base64.urlsafe_b64encode(data).decode()) is None


@pytest.mark.parametrize(
    ("later_s", "is_good"), [(0.0, True), (59.0, True), (-59.0, True), (61.0, False), (-61.0, False)]
)
def test_a_call_is_good_for_a_minute(later_s: float, is_good: bool) -> None:
    call = Peers(_KEY, lambda: 1000.0).call("song", _QUERY)
    assert (Peers(_KEY, lambda: 1000.0 + later_s).called("song", call) is not None) is is_good
