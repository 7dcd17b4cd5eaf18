"""A room whose part a test plays: a real WebSocket server on this machine that says what it is told to."""

import contextlib
import queue
import threading

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from sync.client.backoff import Backoff
from sync.client.room import Door, RoomClient
from sync.client.room_events import Changed, Connection, Position
from sync.protocol.frames import SUBPROTOCOL, Standing, decode

STANDING = Standing(1, 7, 0, "account", "device", "editor")


class Guest:
    """One connection as the room sees it."""

    def __init__(self, socket):
        self.socket, self.path = socket, socket.request.path
        self.frames = queue.Queue()
        self.closed = threading.Event()

    def say(self, *frames):
        for frame in frames:
            self.socket.send(frame.encode())

    def hear(self):
        """Return the next message."""
        return self.frames.get(timeout=5)

    def hear_kind(self, kind):
        """Return the next message of a kind."""
        while not isinstance(found := self.hear(), kind):
            pass
        return found

    def close(self, code, reason=""):
        self.socket.close(code, reason)


class PlayedRoom:
    """The server; `guest()` waits for the next connection."""

    def __init__(self):
        self.guests = queue.Queue()
        self._server = serve(self._serve, "127.0.0.1", 0, subprotocols=[SUBPROTOCOL])
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def guest(self):
        return self.guests.get(timeout=5)

    def stop(self):
        self._server.shutdown()
        self._thread.join()

    def _serve(self, socket):
        guest = Guest(socket)
        self.guests.put(guest)
        with contextlib.suppress(ConnectionClosed):
            for data in socket:
                guest.frames.put(decode(data))
        guest.closed.set()


class Caller:
    """A room client with everything it was told."""

    def __init__(self, room, ticket=lambda _epoch: "t", position=None, chance=lambda: 0.0):
        self.events = queue.Queue()
        self.position = position or Position(1, 7, b"\0")
        self.client = RoomClient(
            Door(room.address, "song", ticket), lambda: self.position, self.events.put, Backoff(chance=chance)
        )
        self.client.start()

    def told(self, kind):
        """Return the next event of a kind."""
        while not isinstance(found := self.events.get(timeout=5), kind):
            pass
        return found

    def until(self, connection):
        """Wait for a state of the connection and return what came with it."""
        while (found := self.told(Changed)).connection != connection:
            pass
        return found

    def stop(self):
        self.client.stop()
        return self.until(Connection.STOPPED)
