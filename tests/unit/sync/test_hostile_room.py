"""A room that means ill: it sends nobody elsewhere, says what it is first, and fills nothing."""

from contextlib import closing

import pytest

from sync.client import room_connection
from sync.client.errors import ServerTroubleError
from sync.client.presence import Presence
from sync.client.room_events import CaughtUp, Connection, Entered, Position
from sync.protocol import presence
from sync.protocol.closing import CloseCode
from sync.protocol.errors import MalformedError
from sync.protocol.frames import Ack, Announced, Denied, Resume, Standing, SyncStep2, decode
from sync.protocol.presence import Entry
from tests.factories.hostile_server import hostile, reply
from tests.unit.sync.played_room import STANDING, Caller, PlayedRoom


@pytest.fixture
def room():
    with closing(_Closing()) as made:
        yield made


class _Closing(PlayedRoom):
    close = PlayedRoom.stop


@pytest.fixture
def caller():
    made = []

    def make(room, **about):
        made.append(Caller(room, **about))
        return made[-1]

    yield make
    for one in made:
        one.client.stop()


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_room_s_door_sends_nobody_elsewhere(caller, status):
    def moved(_request):
        yield reply(b"", status, f"Location: {other.address}/v1/rooms/song?ticket=t")

    with hostile(lambda _: iter([reply()])) as other, hostile(moved) as server:
        one = caller(server, chance=lambda: 1.0)
        reason = one.until(Connection.OFFLINE).reason
        one.client.stop()
    place = f"{other.address}/v1/rooms/song?ticket=t"
    assert reason.startswith(f"127.0.0.1:{server.port} sends on to {place}, which is not followed: set the setting")
    assert other.requests == []


@pytest.mark.parametrize(
    "place", ["/v1/rooms/song", "ws://[::1", "/a\r\nLocation: /b", "x" * 8_000, "javascript:alert(1)", ""]
)
def test_a_door_that_leads_nowhere_is_tried_again_later(caller, place):
    with hostile(lambda _: iter([reply(b"", "302 Found", f"Location: {place}")])) as server:
        one = caller(server, chance=lambda: 1.0)
        reason = one.until(Connection.OFFLINE).reason
        one.client.stop()
    assert "which is not followed" in reason
    assert len(reason) < 300
    assert reason.isprintable()


def test_the_name_of_a_project_leads_to_no_other_path(room, caller):
    one = caller(room)
    one.client.stop()
    one.client._door = type(one.client._door)(room.address, "../account?x=", lambda _: "t&u/#")
    assert one.client._opened("t&u/#").uri.endswith("/v1/rooms/..%2Faccount%3Fx%3D?ticket=t%26u%2F%23")


def test_what_a_room_says_before_it_says_what_it_is_does_not_count(room, caller):
    one = caller(room, position=Position(1, 7, b"\0"))
    guest = room.guest()
    guest.say(SyncStep2(b"whole"), Announced(8, "a", "d", 7, b"x"), Ack(3, 9), Denied("no"), STANDING)
    assert guest.hear_kind(Resume) == Resume(7)
    guest.say(STANDING)
    one.told(CaughtUp)
    assert one.events.empty()
    assert guest.frames.empty()


def test_what_came_before_is_not_told(room, caller):
    one = caller(room, position=Position(1, 7, b"\0"))
    guest = room.guest()
    guest.say(Ack(3, 9), STANDING)
    told = []
    while not told or not isinstance(told[-1], Entered):
        told.append(one.events.get(timeout=5))
    assert not any(isinstance(event, Ack) for event in told)


def test_a_room_that_never_says_what_it_is_is_left(room, caller, monkeypatch):
    monkeypatch.setattr(room_connection, "STANDS_S", 0.05)
    one = caller(room, chance=lambda: 1.0)
    guest = room.guest()
    guest.say(Ack(3, 9))
    assert one.until(Connection.OFFLINE).reason == "The cloud cannot be reached."
    assert guest.closed.wait(5)


def test_a_room_that_wants_to_be_left_alone_for_ever_is_for_a_while(room, caller):
    client = caller(room).client
    assert client._after_close(CloseCode.RESTART, f"retry in {'9' * 100} ms").wait_s == 900
    assert client._after_refusal(ServerTroubleError("no", 1e9)).wait_s == 900


def test_a_room_that_calls_back_at_once_again_and_again_is_asked_ever_more_rarely(room, caller):
    client = caller(room, chance=lambda: 1.0).client
    assert [client._after_close(CloseCode.RESTART, "retry in 1 ms").wait_s for _ in range(3)] == [0.5, 1, 2]


def test_why_something_is_denied_steers_no_terminal(room, caller):
    one = caller(room)
    guest = room.guest()
    guest.say(STANDING, Denied("no\x1b[2J\u202e" + "!" * 100_000))
    reason = one.told(Denied).reason
    assert reason.startswith("no [2J !!!")
    assert len(reason) == 300


@pytest.mark.parametrize(
    "about",
    [{"epoch": -1}, {"head_seq": 2**53}, {"kept_seq": 10**40}, {"account": "\ud800"}, {"role": "editor\udfff"}],
)
def test_a_standing_holds_what_can_be_kept(about):
    values = {name: getattr(STANDING, name) for name in Standing._KEYS}
    with pytest.raises(MalformedError, match="that none is"):
        decode(Standing(**values | about).encode())


def test_others_without_number_are_not_remembered():
    known = Presence()
    for start in range(1, 10_000, 1_000):
        known.hear(presence.write([Entry(client, 1, {"a": 1}) for client in range(start, start + 1_000)]))
    assert len(known.peers()) == 1_000
    known.hear(presence.write([Entry(1, 2, {"a": "changed"})]))
    assert known.peers()[0].state == {"a": "changed"}, "those who are known go on"


def test_what_somebody_shows_has_a_bound():
    known = Presence()
    known.hear(presence.write([Entry(1, 1, {"name": "x" * 100_000}), Entry(2, 1, {"name": "Mara"})]))
    assert [peer.client for peer in known.peers()] == [2]


def test_nobody_can_count_one_s_own_presence_to_its_end():
    known = Presence()
    known.hear(presence.write([Entry(known.client, 2**53 - 1, None)]))
    for _ in range(3):
        (own,) = presence.read(known.told({"a": 1}))
        assert own.state == {"a": 1}
