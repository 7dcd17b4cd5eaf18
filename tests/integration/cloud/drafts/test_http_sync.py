"""Two devices and the real API over real HTTP: conditions, who may, clocks, and answers that are none."""

import http.server
import random
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cloud.foundation.limits import Limit
from maxbooster_desktop.cli import syncing
from maxbooster_desktop.foundation import paths
from maxbooster_desktop.settings.store import Settings
from sync.client.drafts import HttpTransport
from sync.outbox.outbox import Outbox, Queue
from sync.outbox.pacing import Pacing
from sync.outbox.ports import SystemClock
from sync.outbox.syncing import Condition, Syncer, run_until_quiet
from sync.outbox.tables import DRAFTS, FILE_NAME
from sync.protocol import kinds
from sync.storage.database import open_database
from tests.integration.cloud.drafts.conftest import Desk, release


class Device:
    """An outbox with its way to the cloud; `token` is whose it is."""

    def __init__(self, path: Path, address: str, token: str | None = "owner") -> None:
        self.token, self.clock = token, SystemClock()
        self.outbox = Outbox(open_database(path, DRAFTS), self.clock)
        self.transport = HttpTransport(address, lambda: self.token)
        self.pacing = Pacing(self.clock.monotonic_s, random.Random(1))
        self.syncer = Syncer(self.outbox, self.transport, self.clock, self.pacing, "Studio")

    def sync(self) -> Condition:
        """Do one round at once."""
        self.pacing.forgive(self.transport.host)
        return self.syncer.step().condition

    def close(self) -> None:
        """Close what is open."""
        self.transport.close()
        self.outbox.close()


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Callable[..., Device]]:
    """Return a function that makes devices."""
    made: list[Device] = []

    def make(address: str, token: str | None = "owner") -> Device:
        made.append(Device(tmp_path / f"drafts {len(made)}.sqlite", address, token))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_two_devices_come_together(desk: Desk, device: Callable[..., Device]) -> None:
    one, other = device(desk.api.url), device(desk.api.url)
    one.outbox.change("release", "r", {"title": "One", "newer": {"é": [1, None]}})
    assert (one.sync(), other.sync(), one.outbox.queue()) == (Condition.ONLINE, Condition.ONLINE, Queue())
    assert other.outbox.read("r").draft.values == {"title": "One", "newer": {"é": [1, None]}}
    one.outbox.change("release", "r", {"title": "Two"})
    other.outbox.change("release", "r", {"genre": "House"})
    assert (one.sync(), other.sync(), one.sync()) == (Condition.ONLINE,) * 3
    assert one.outbox.read("r").draft == other.outbox.read("r").draft
    assert one.outbox.read("r").draft.values == {"title": "Two", "genre": "House", "newer": {"é": [1, None]}}
    assert abs(one.syncer.clock_skew_s) < 5
    assert not one.syncer.is_skewed


def test_the_command_hands_over_what_waits(
    desk: Desk, device: Callable[..., Device], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path))
    monkeypatch.setenv("MAXBOOSTER_TOKEN", "owner")
    Settings(paths.config_folder()).set("cloud.address", desk.api.url)
    outbox = Outbox(open_database(paths.data_folder() / FILE_NAME, DRAFTS))
    outbox.change("release", "r", {"title": "One"})
    outbox.close()
    before = syncing.run(Namespace(what="status"))
    report = syncing.run(Namespace(what="now", patience=5.0))
    assert (before["waiting"], report["waiting"], report["condition"]) == (1, 0, "online")
    assert next(iter(syncing.lines(report))) == "Everything is in the cloud."
    assert desk.send("owner", "GET", "/v1/drafts/release/r").json()["values"] == {"title": "One"}


def test_many_parts_are_one_checkpoint(desk: Desk, device: Callable[..., Device]) -> None:
    desk.register("owner", "cli")
    for start in range(0, 250, 50):
        desk.answers("owner", "cli", *(release(f"r{number}", title="x") for number in range(start, start + 50)))
    reader = device(desk.api.url)
    assert reader.sync() is Condition.ONLINE
    assert len(reader.outbox.read_all("release")) == 250


def test_signing_out_pauses_and_loses_nothing(desk: Desk, device: Callable[..., Device]) -> None:
    one = device(desk.api.url)
    one.outbox.change("release", "r", {"title": "One"})
    for token in (None, "nobody", "owner's key"):
        one.token = token
        assert one.sync() is Condition.AUTH_NEEDED
        assert one.outbox.queue() == Queue(waiting=1)
    one.token = "owner"
    assert (one.sync(), one.outbox.queue()) == (Condition.ONLINE, Queue())


def test_somebody_else_s_cloud_gets_nothing(desk: Desk, device: Callable[..., Device]) -> None:
    one = device(desk.api.url)
    one.outbox.change("release", "r", {"title": "One"})
    assert one.sync() is Condition.ONLINE
    one.outbox.change("release", "r", {"title": "Two"})
    one.token = "stranger"
    one.syncer.credentials_changed()
    assert one.sync() is Condition.OTHER_ACCOUNT
    assert desk.changes("stranger")["drafts"] == []
    one.token = "owner"
    assert (one.sync(), one.outbox.queue()) == (Condition.ONLINE, Queue())
    assert desk.send("owner", "GET", "/v1/drafts/release/r").json()["values"] == {"title": "Two"}


def test_a_device_that_was_removed_comes_back_under_a_new_name(desk: Desk, device: Callable[..., Device]) -> None:
    one = device(desk.api.url)
    one.outbox.change("release", "r", {"title": "One"})
    assert one.sync() is Condition.ONLINE
    (client,) = desk.send("owner", "GET", "/v1/sync/clients").json()["items"]
    assert desk.send("owner", "DELETE", f"/v1/sync/clients/{client['id']}").status_code == 200
    one.outbox.change("release", "r", {"title": "Two"})
    one.outbox.change("release", "s", {"title": "Other"})
    assert (one.sync(), one.outbox.queue()) == (Condition.ONLINE, Queue())
    assert {draft["id"]: draft["values"]["title"] for draft in desk.changes("owner")["drafts"]} == {
        "r": "Two",
        "s": "Other",
    }
    (new,) = desk.send("owner", "GET", "/v1/sync/clients").json()["items"]
    assert new["id"] != client["id"]


def test_a_device_that_was_restored_goes_on_under_a_new_name(
    desk: Desk, device: Callable[..., Device], tmp_path: Path
) -> None:
    one = device(desk.api.url)
    one.outbox.change("release", "r", {"title": "One"})
    one.outbox._database._engine.raw_connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    backup = (tmp_path / "drafts 0.sqlite").read_bytes()
    one.sync()
    one.outbox.change("release", "s", {"title": "Lost"})
    one.sync()
    one.close()
    (tmp_path / "drafts 1.sqlite").write_bytes(backup)
    again = device(desk.api.url)
    again.outbox.change("release", "r", {"genre": "House"})
    again.outbox.change("release", "t", {"title": "New"})
    assert (again.sync(), again.outbox.queue()) == (Condition.ONLINE, Queue())
    values = {view.draft.id: view.draft.values for view in again.outbox.read_all()}
    assert values == {"r": {"title": "One", "genre": "House"}, "s": {"title": "Lost"}, "t": {"title": "New"}}


def test_a_cloud_that_speaks_another_version(
    desk: Desk, device: Callable[..., Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = device(desk.api.url)
    one.outbox.change("release", "r", {"title": "One"})
    with monkeypatch.context() as patch:
        patch.setattr(kinds, "SCHEMA_VERSION", 9)
        assert one.sync() is Condition.UPDATE_NEEDED
    assert one.outbox.queue().sent == 1
    assert (one.sync(), one.outbox.queue()) == (Condition.ONLINE, Queue())
    one.outbox.change("release", "r", {"title": "Two"})


def test_a_busy_cloud_and_none_are_waited_for(desk: Desk, device: Callable[..., Device]) -> None:
    one, waits = device(desk.api.url), []
    one.outbox.change("release", "r", {"title": "One"})
    desk.api.runtime.limit = Limit("default", 1, 3600)
    assert one.sync() is Condition.SERVER_DOWN
    assert 0 < one.pacing.wait_s(one.transport.host) <= 3600
    desk.api.runtime.limit = Limit("other", 1000, 60)
    assert (one.sync(), one.outbox.queue()) == (Condition.ONLINE, Queue())
    gone = device("http://127.0.0.1:1")
    standing = run_until_quiet(gone.syncer, waits.append, 10)
    assert (standing.condition, "127.0.0.1:1" in standing.reason) == (Condition.OFFLINE, True)
    assert waits


@contextmanager
def _answering(status: int, body: bytes) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"<html>Welcome to the hotel</html>"), (200, b"[]"), (302, b""), (502, b"x"), (412, b"{}")],
)
def test_what_is_no_answer_is_trouble(device: Callable[..., Device], status: int, body: bytes) -> None:
    with _answering(status, body) as address:
        one = device(address)
        one.outbox.change("release", "r", {"title": "One"})
        assert (one.sync(), one.outbox.queue()) == (Condition.SERVER_DOWN, Queue(waiting=1))


@pytest.mark.parametrize("address", ["http://cloud.example", "ftp://127.0.0.1", "cloud.example"])
def test_a_token_is_sent_over_https_only(address: str) -> None:
    with pytest.raises(ValueError, match="no https address"):
        HttpTransport(address, lambda: "secret")


def test_a_person_may_pause_and_metered_waits(device: Callable[..., Device]) -> None:
    one = device("http://127.0.0.1:1")
    one.syncer.surroundings.is_paused = True
    assert one.sync() is Condition.PAUSED
    one.syncer.surroundings.is_paused, one.syncer.surroundings.is_metered = False, True
    assert one.sync() is Condition.METERED
    one.syncer.surroundings.goes_metered = True
    assert one.sync() is Condition.OFFLINE
