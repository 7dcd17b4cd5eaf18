"""Messages of a room: each comes back as it went, and bytes that are none are refused, whatever they are."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol import frames, presence
from sync.protocol.closing import CloseCode, restart_reason, retry_after_ms
from sync.protocol.errors import MalformedError
from sync.protocol.frames import decode
from sync.protocol.presence import Entry
from sync.protocol.wire import LARGEST, Reader, var_uint

_number, _bytes, _text = st.integers(0, LARGEST), st.binary(max_size=40), st.text(max_size=12)
_FRAMES = st.one_of(
    st.builds(frames.SyncStep1, _bytes),
    st.builds(frames.SyncStep2, _bytes),
    st.builds(frames.Update, _bytes),
    st.builds(frames.Awareness, _bytes),
    st.just(frames.QueryAwareness()),
    st.builds(frames.Denied, _text),
    st.builds(frames.Ack, _number, _number, _bytes),
    st.builds(frames.Announced, _number, _text, _text, _number, _bytes),
    st.builds(frames.Edit, _number, _number, _bytes),
    st.builds(frames.Standing, *[_number] * 3, *[_text] * 3),
    st.builds(frames.Resume, _number),
)


@given(_FRAMES)
def test_a_message_comes_back_and_cut_short_it_is_none(frame: frames.Frame) -> None:
    data = frame.encode()
    assert decode(data) == frame
    with pytest.raises(MalformedError):
        decode(data[:-1] if len(data) > 1 else b"")
    with pytest.raises(MalformedError):
        decode(data + b"\0")


@given(st.binary(max_size=60))
def test_garbage_is_refused_or_unknown_and_nothing_else(data: bytes) -> None:
    try:
        frame = decode(data)
        if isinstance(frame, frames.Awareness):
            presence.read(frame.states)
    except MalformedError:
        pass


def test_the_bytes_are_those_of_y_protocols() -> None:
    assert frames.SyncStep1(b"\0").encode() == bytes([0, 0, 1, 0])
    assert frames.Update(b"\0\0").encode() == bytes([0, 2, 2, 0, 0])
    assert frames.Denied("no").encode() == bytes([2, 0, 2, 110, 111])
    assert frames.Ack(1, 300).encode() == bytes([100, 1, 172, 2, 0])
    assert decode(b"\x63anything") == frames.Unknown(99)
    assert presence.write([Entry(5, 1, None)]) == bytes([1, 5, 1, 4]) + b"null"


@pytest.mark.parametrize("number", [0, 127, 128, 16_383, 2**32, LARGEST])
def test_numbers_come_back(number: int) -> None:
    assert Reader(var_uint(number)).var_uint() == number


def test_numbers_of_more_than_53_bits_are_refused() -> None:
    for data in (var_uint(LARGEST + 1), b"\xff" * 20):
        with pytest.raises(MalformedError, match="53 bits"):
            Reader(data).var_uint()


@pytest.mark.parametrize("state", ["[1]", "1", "{", '{"a":NaN}', '{"a":1e999}', "[" * 2_000])
def test_a_presence_that_others_could_not_read_is_refused(state: str) -> None:
    with pytest.raises(MalformedError):
        presence.read(bytes([1, 5, 1]) + var_uint(len(state)) + state.encode())


def test_a_presence_comes_back_whatever_its_text() -> None:
    state = json.loads('{"n": "\\ud800 é🎵", "at": [1, 2.5, null]}')
    (entry,) = presence.read(presence.write([Entry(5, 9, state)]))
    assert (entry.client, entry.clock, entry.state) == (5, 9, state)


def test_a_restart_says_when_to_come_back() -> None:
    assert retry_after_ms(restart_reason(1_234)) == 1_234
    assert retry_after_ms("something else") is None
    assert all(4400 <= code < 4500 for code in CloseCode if code is not CloseCode.RESTART)
