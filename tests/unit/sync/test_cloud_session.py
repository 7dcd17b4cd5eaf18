"""A sign-in that lives on: one refresh at a time, written before used, and not ended by somebody else's refresh."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sync.client.errors import RefusedError, UnreachableError
from sync.client.oauth import Tokens
from sync.client.session import REFRESH_TOKEN, Session
from sync.credentials.store import MemoryStore


class Rotation:
    """A server that rotates: a token works once."""

    def __init__(self):
        self.valid, self.refreshes, self.revoked, self.number = None, 0, [], 0
        self.before = lambda: None

    def give(self):
        self.number += 1
        self.valid = f"refresh-{self.number}"
        return Tokens(f"access-{self.number}", self.valid, 100.0, "s")

    def refresh(self, token):
        self.before()
        self.refreshes += 1
        if token != self.valid:
            raise RefusedError("used", 400, "invalid_grant")
        return self.give()

    def revoke(self, token):
        self.revoked.append(token)


class Clock:
    """A clock that the test sets."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def world():
    server, store, clock, lock = Rotation(), MemoryStore(), Clock(), threading.Lock()

    @contextlib.contextmanager
    def turn():
        with lock:
            yield

    def session():
        return Session(server, store, turn, clock)

    return server, store, clock, session


def test_nobody_has_no_token(world):
    server, _, _, session = world
    assert session().token() is None
    assert not session().is_signed_in()
    assert server.refreshes == 0


def test_a_token_is_used_until_shortly_before_its_end(world):
    server, store, clock, session = world
    one = session()
    one.begin(server.give())
    clock.now = 69
    assert one.token() == "access-1"
    clock.now = 70
    assert (one.token(), store.read(REFRESH_TOKEN)) == ("access-2", "refresh-2")
    assert server.refreshes == 1


def test_fifty_at_once_make_one_refresh(world):
    server, _, clock, session = world
    one = session()
    one.begin(server.give())
    clock.now = 1000
    with ThreadPoolExecutor(50) as pool:
        found = set(pool.map(lambda _: one.token(), range(50)))
    assert (found, server.refreshes) == ({"access-2"}, 1)


def test_another_process_that_was_faster_is_followed(world):
    server, _, clock, session = world
    one, other = session(), session()
    one.begin(server.give())
    assert other.token() == "access-2"
    clock.now = 1000
    assert one.token() == "access-3"
    assert one.renew("access-3") == "access-4"
    assert one.renew("access-3") == "access-4", "what was renewed meanwhile is not renewed again"


def test_a_refusal_reads_the_store_again_before_it_ends_the_sign_in(world):
    server, store, clock, session = world
    one = session()
    one.begin(server.give())
    clock.now = 1000

    def somebody_was_faster():
        server.before = lambda: None
        store.write(REFRESH_TOKEN, server.give().refresh)

    server.before = somebody_was_faster
    assert one.token() == "access-3"
    assert server.refreshes == 2


def test_an_ended_sign_in_is_forgotten(world):
    server, store, clock, session = world
    one = session()
    one.begin(server.give())
    server.valid, clock.now = "revoked", 1000
    assert one.token() is None
    assert store.read(REFRESH_TOKEN) is None


def test_no_network_ends_nothing(world):
    server, store, clock, session = world
    one = session()
    one.begin(server.give())
    clock.now = 1000

    def unplugged():
        raise UnreachableError("no network")

    server.before = unplugged
    with pytest.raises(UnreachableError):
        one.token()
    assert store.read(REFRESH_TOKEN) == "refresh-1"


def test_the_new_token_is_written_before_it_is_used(world):
    server, store, clock, session = world
    one = session()
    one.begin(server.give())
    clock.now = 1000
    write = store.write
    store.write = lambda *_: (_ for _ in ()).throw(OSError("disk full"))
    with pytest.raises(OSError, match="disk full"):
        one.token()
    assert one._access == "access-1", "nothing works with a token that is not kept"
    store.write = write


def test_signing_out_forgets_and_tells_the_cloud(world):
    server, store, _, session = world
    one = session()
    one.begin(server.give())
    one.end()
    assert (server.revoked, store.read(REFRESH_TOKEN), one.token()) == (["refresh-1"], None, None)


def test_a_sign_in_moves_to_another_store(world):
    server, store, _, session = world
    one, lasting = session(), MemoryStore()
    one.begin(server.give())
    one.move_to(lasting)
    assert (store.read(REFRESH_TOKEN), lasting.read(REFRESH_TOKEN)) == (None, "refresh-1")
