"""The room client: entering, catching up, acknowledgements, presence, and how it comes back after each kind of end."""

import queue
import socket
import threading
import time
from types import SimpleNamespace

import pytest

from sync.client import room_connection
from sync.client.backoff import Backoff
from sync.client.errors import AuthNeededError, RefusedError, ServerTroubleError
from sync.client.presence import Presence
from sync.client.room_events import (
    CaughtUp,
    Changed,
    Connection,
    Entered,
    EpochEnded,
    Position,
    Present,
    Whole,
)
from sync.protocol import presence
from sync.protocol.closing import CloseCode, restart_reason
from sync.protocol.frames import (
    Ack,
    Announced,
    Awareness,
    Denied,
    Edit,
    QueryAwareness,
    Resume,
    Standing,
    SyncStep1,
    SyncStep2,
)
from tests.unit.sync.played_room import STANDING, Caller, PlayedRoom


@pytest.fixture
def room():
    made = PlayedRoom()
    yield made
    made.stop()


@pytest.fixture
def caller(room):
    made = []

    def make(**about):
        made.append(Caller(room, **about))
        return made[-1]

    yield make
    for one in made:
        one.client.stop()


def enter(room, caller):
    """Let somebody in who has everything; return both ends."""
    one = caller()
    guest = room.guest()
    guest.say(STANDING)
    assert guest.hear_kind(Resume) == Resume(7)
    guest.say(STANDING)
    one.told(CaughtUp)
    return one, guest


def test_who_has_most_of_it_resumes(room, caller):
    one = caller(position=Position(1, 5, b"\1\2\3"))
    guest = room.guest()
    assert guest.path == "/v1/rooms/song?ticket=t"
    guest.say(STANDING)
    assert guest.hear() == Resume(5)
    guest.say(Announced(6, "a", "d", 5, b"x"), Announced(7, "a", "d", 6, b"y"), STANDING)
    assert one.told(Entered) == Entered(STANDING)
    assert [one.told(Announced).seq for _ in range(2)] == [6, 7]
    assert one.told(CaughtUp).standing == STANDING


@pytest.mark.parametrize("position", [Position(1, 5, b"\1"), Position(None, 0, b"\1"), Position(2, 9, b"\1")])
def test_who_lacks_too_much_gets_the_whole(room, caller, position):
    one = caller(position=position)
    guest = room.guest()
    guest.say(Standing(1, 7, 6, "account", "device", "editor"))
    assert guest.hear() == SyncStep1(b"\1")
    guest.say(SyncStep2(b"everything"))
    whole = one.told(Whole)
    assert (whole.update, whole.standing.head_seq) == (b"everything", 7)
    one.told(CaughtUp)


def test_edits_go_out_in_order_and_are_acknowledged(room, caller):
    one, guest = enter(room, caller)
    for number in range(100):
        one.client.send(Edit(number, 7, b"u"))
    assert [guest.hear_kind(Edit).reference for _ in range(100)] == list(range(100))
    guest.say(Ack(99, 107), Denied("You may only look."))
    assert one.told(Ack).reference == 99
    assert one.told(Denied).reason == "You may only look."


def test_a_role_that_changes_is_told(room, caller):
    one, guest = enter(room, caller)
    guest.say(Standing(1, 7, 0, "account", "device", "viewer"))
    assert one.told(Entered).standing.role == "viewer"


def test_garbage_hurts_nobody(room, caller):
    one, guest = enter(room, caller)
    guest.socket.send(b"")
    guest.socket.send(b"\xff\xff\xff\xff")
    guest.socket.send("text")
    guest.say(Ack(1, 8))
    assert one.told(Ack).seq == 8


def test_presence_is_told_seen_and_ended(room, caller):
    one, guest = enter(room, caller)
    one.client.show({"tick": 1})
    (mine,) = presence.read(guest.hear_kind(Awareness).states)
    assert mine.state == {"tick": 1}
    guest.say(Awareness(presence.write([presence.Entry(5, 1, {"name": "Mara"})])))
    while not (peers := one.told(Present).peers):
        pass
    assert peers[0].state == {"name": "Mara"}
    guest.say(QueryAwareness())
    (again,) = presence.read(guest.hear_kind(Awareness).states)
    assert again.clock > mine.clock
    one.client.stop()
    (gone,) = presence.read(guest.hear_kind(Awareness).states)
    assert gone.state is None


def test_a_gesture_is_told_at_most_twenty_times_a_second(room, caller):
    one, guest = enter(room, caller)
    began = time.monotonic()
    for tick in range(200):
        one.client.show({"tick": tick})
        time.sleep(0.001)
    took_s = time.monotonic() - began
    told = []
    while not told or told[-1].state["tick"] != 199:
        told += presence.read(guest.hear_kind(Awareness).states)
    assert len(told) <= 20 * took_s + 4  # the first and the last at once, however long the gesture took


def test_it_comes_back_after_the_room_restarts_when_it_is_told_to(room, caller):
    one, guest = enter(room, caller)
    told_at = time.monotonic()
    guest.close(CloseCode.RESTART, restart_reason(120))
    assert one.until(Connection.OFFLINE).reason
    again = room.guest()
    assert time.monotonic() - told_at >= 0.12
    again.say(STANDING)
    assert again.hear_kind(Resume) == Resume(7)


def test_after_an_epoch_its_owner_is_told_before_it_comes_back(room, caller):
    epochs = []
    one = caller(ticket=lambda epoch: epochs.append(epoch) or "t")
    room.guest().close(CloseCode.EPOCH)
    one.told(EpochEnded)
    one.position = Position(None, 0, b"\0")
    room.guest()
    assert epochs[0] == 1


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (CloseCode.ROLE, Connection.NOT_ALLOWED),
        (CloseCode.GONE, Connection.GONE),
        (CloseCode.TOO_OLD, Connection.TOO_OLD),
    ],
)
def test_where_trying_again_is_in_vain_it_waits_to_be_woken(room, caller, code, state):
    one, guest = enter(room, caller)
    guest.close(code)
    assert one.until(state).reason.endswith(".")
    assert room.guests.empty()
    one.client.wake()
    room.guest()


@pytest.mark.parametrize("code", [CloseCode.TICKET, CloseCode.SLOW, 1006, 1011, 4500])
def test_after_other_ends_it_comes_back(room, caller, code):
    _, guest = enter(room, caller)
    if code == 1006:
        guest.socket.socket.close()
    else:
        guest.close(code)
    room.guest()


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (AuthNeededError("Sign in."), Connection.SIGNED_OUT),
        (RefusedError("You may not.", 403, "forbidden"), Connection.NOT_ALLOWED),
        (RefusedError("There is none.", 404, "not-found"), Connection.GONE),
        (ServerTroubleError("Later.", 3600.0), Connection.OFFLINE),
    ],
)
def test_a_ticket_that_is_not_given_says_why(room, caller, error, state):
    def ticket(epoch):
        raise error

    one = caller(ticket=ticket)
    one.until(state)
    assert room.guests.empty()


def test_whom_the_cloud_knows_no_such_project_for_reads_what_became_of_it_and_no_id(room, caller):
    def ticket(epoch):
        raise RefusedError("There is no project prj_1.", 404, "not-found")

    said = caller(ticket=ticket).until(Connection.GONE).reason
    assert said == "You are no member of it, or it was deleted; it stays here as your copy."


def test_working_offline_is_a_wish(room, caller):
    one, guest = enter(room, caller)
    one.client.go_away(is_away=True)
    assert one.until(Connection.OFFLINE).reason == "Working offline."
    assert guest.closed.wait(5)
    one.client.go_away(is_away=False)
    room.guest()


def test_a_machine_that_slept_takes_its_socket_for_dead(room, caller, monkeypatch):
    monkeypatch.setattr(room_connection, "_TICK_S", 0.05)
    monkeypatch.setattr(room_connection, "_SLEPT_S", -0.04)
    enter(room, caller)
    room.guest()


def test_backoff_doubles_with_jitter_and_begins_anew_after_half_a_minute():
    class Clock:
        now = 0.0

        def __call__(self):
            return self.now

    clock = Clock()
    backoff = Backoff(clock, lambda: 1.0)
    assert [backoff.failed() for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    backoff.succeeded()
    clock.now = 29
    assert backoff.failed() == 60
    backoff.succeeded()
    clock.now = 60
    assert backoff.failed() == 0.5
    assert Backoff(clock, lambda: 0.25).failed() == 0.125


def test_of_one_client_the_highest_clock_counts():
    own, now = Presence(lambda: now[0]), [0.0]
    entry = presence.Entry
    assert own.hear(presence.write([entry(5, 2, {"a": 1})]))
    assert not own.hear(presence.write([entry(5, 1, {"a": 2}), entry(5, 2, {"a": 3})]))
    assert own.hear(presence.write([entry(5, 2, None)]))
    assert own.peers() == ()
    own.hear(presence.write([entry(6, 1, {}), entry(own.client, 9, {})]))
    assert [peer.client for peer in own.peers()] == [6]
    now[0] = 31
    assert own.forget_silent()
    assert presence.read(own.told({}))[0].clock == 10


def test_a_role_that_changes_while_the_whole_is_on_its_way_is_not_its_end(room, caller):
    one = caller(position=Position(None, 0, b"\0"))
    guest = room.guest()
    guest.say(STANDING)
    assert guest.hear_kind(SyncStep1) == SyncStep1(b"\0")
    guest.say(Standing(1, 8, 0, "account", "device", "viewer"), SyncStep2(b"everything"))
    whole = one.told(Whole)
    assert (whole.update, whole.standing.head_seq, whole.standing.role) == (b"everything", 8, "viewer")
    assert one.told(CaughtUp).standing.role == "viewer"


def test_a_role_that_changes_while_the_log_is_on_its_way_is_not_its_end(room, caller):
    one = caller(position=Position(1, 5, b"\0"))
    guest = room.guest()
    guest.say(STANDING)
    assert guest.hear_kind(Resume) == Resume(5)
    viewer = Standing(1, 7, 0, "account", "device", "viewer")
    guest.say(Announced(6, "a", "d", 5, b"x"), viewer, Announced(7, "a", "d", 6, b"y"), viewer)
    told = [one.told(Entered)]
    while not isinstance(told[-1], CaughtUp):
        told.append(one.events.get(timeout=5))
    assert [type(event) for event in told] == [Entered, Announced, Entered, Announced, CaughtUp]


def test_who_stops_waits_for_no_ticket(room, caller):
    asked, answered = threading.Event(), threading.Event()

    def ticket(_epoch):
        asked.set()
        answered.wait(10)
        tickets.append(threading.current_thread())
        return "t"

    tickets = []
    one = caller(ticket=ticket)
    assert asked.wait(5)
    before = time.monotonic()
    one.stop()
    took_s = time.monotonic() - before
    answered.set()
    while not tickets:
        time.sleep(0.01)
    tickets[0].join()
    assert took_s < 2


def test_who_stops_or_works_offline_waits_for_no_door(caller, room):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        one = caller()
        one.client.stop()
        address = f"http://127.0.0.1:{mute.getsockname()[1]}"
        silent = Caller(SimpleNamespace(address=address))
        with mute.accept()[0]:
            before = time.monotonic()
            silent.client.go_away(is_away=True)
            assert silent.until(Connection.OFFLINE).reason == "Working offline."
            silent.client.go_away(is_away=False)
            with mute.accept()[0]:
                silent.stop()
            assert time.monotonic() - before < 2


def test_a_room_is_read_no_further_while_its_owner_has_enough(room, caller):
    one, guest = enter(room, caller)
    one.client.pause(is_paused=True)
    time.sleep(0.05)
    for number in range(8, 58):
        guest.say(Announced(number, "a", "d", 7, b"x"))
    with pytest.raises(queue.Empty):
        [one.events.get(timeout=0.3) for _ in range(4)]
    one.client.pause(is_paused=False)
    one.client.pause(is_paused=False)
    while one.told(Announced).seq < 57:
        pass


def test_who_stops_while_its_owner_has_enough_leaves(room, caller):
    one, guest = enter(room, caller)
    one.client.pause(is_paused=True)
    one.stop()
    assert guest.closed.wait(5)


def test_an_owner_that_fails_at_a_change_ends_no_thread(room, caller, expected_log):
    expected_log("The state of the connection to the room was not taken")
    one, guest = enter(room, caller)
    hear = one.client._hear
    one.client._hear = lambda event: 1 / 0 if isinstance(event, Changed) else hear(event)
    guest.close(CloseCode.SLOW)
    room.guest().say(STANDING)
    one.told(Entered)
