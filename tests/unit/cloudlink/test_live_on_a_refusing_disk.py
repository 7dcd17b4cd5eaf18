"""A shared project whose disk takes nothing for a while: the room comes back, and what was edited goes out."""

import logging
import time
from types import SimpleNamespace

import pytest

from maxbooster_desktop.cloudlink.live_project import LiveProject
from maxbooster_desktop.project.store.cloud_link import CloudLink
from maxbooster_desktop.project.store.opening import create_project
from maxbooster_desktop.project.store.sharing import Sharing
from sync.client.backoff import Backoff
from sync.client.room_events import Connection
from sync.protocol.frames import Ack, Edit, Resume, SyncStep1, SyncStep2
from tests.factories.projects import add_track
from tests.unit.project.store.test_displaced_project import wait_for
from tests.unit.sync.played_room import STANDING, PlayedRoom


@pytest.fixture
def room():
    made = PlayedRoom()
    yield made
    made.stop()


@pytest.fixture
def shared(room, tmp_path, caplog):
    """A shared project and its live side, which has entered."""
    caplog.set_level(logging.ERROR)
    project = create_project(tmp_path / "song")
    link = CloudLink("song", room.address, "device")
    project.submit_shared(Sharing.share, link).result()
    account = SimpleNamespace(address=room.address, projects=SimpleNamespace(ticket=lambda *_: "t"))
    live = LiveProject(project, project.link, account, lambda: None, Backoff(chance=lambda: 0.02))
    live.start()
    yield project, live
    live.stop()
    project.close(discard_unstored=True)


def let_in(room, live):
    """Let the project in; returns its connection."""
    guest = room.guest()
    guest.say(STANDING)
    asked = guest.hear()
    assert isinstance(asked, Resume | SyncStep1)
    guest.say(SyncStep2(b"\0\0"), STANDING)
    wait_for(lambda: live.standing.is_live)
    return guest


def take_edits(guest, live):
    """Acknowledge what comes until nothing waits."""
    seq = 100
    while live.standing.waiting:
        edit = guest.hear_kind(Edit)
        seq += 1
        guest.say(Ack(edit.reference, seq))
        time.sleep(0.05)


def test_the_room_comes_back_when_the_disk_does(room, shared, tmp_path):
    project, live = shared
    guest = let_in(room, live)
    take_edits(guest, live)
    project.folder.rename(tmp_path / "moved")
    assert project.submit(add_track, "Waits").projected.wait(5)
    wait_for(lambda: not project.durability.is_durable)
    guest.close(1011)
    wait_for(lambda: live.standing.connection is Connection.OFFLINE)
    wait_for(lambda: "save a copy elsewhere" in live.standing.reason)
    (tmp_path / "moved").rename(project.folder)
    wait_for(lambda: project.durability.is_durable)
    let_in(room, live)
    wait_for(lambda: live.standing.is_live)


def test_an_edit_that_waited_for_the_disk_goes_out(room, shared, tmp_path):
    project, live = shared
    guest = let_in(room, live)
    take_edits(guest, live)
    project.folder.rename(tmp_path / "moved")

    def slow(document):
        change = add_track(document, "Waits")
        time.sleep(0.05)
        return change

    future = project.submit(slow)
    wait_for(lambda: not project.durability.is_durable)
    (tmp_path / "moved").rename(project.folder)
    future.result(10)
    assert isinstance(guest.hear_kind(Edit), Edit)
    assert live.standing.waiting
