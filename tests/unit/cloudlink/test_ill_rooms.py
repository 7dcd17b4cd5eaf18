"""Rooms that mean ill to a project: what was never sent is not through, and coming in has an end."""

import contextlib
import threading
import time
from types import SimpleNamespace

import pytest
from websockets.exceptions import ConnectionClosed

from maxbooster_desktop.cloudlink import live_project, sharing_verbs
from maxbooster_desktop.cloudlink.errors import CloudTroubleError
from maxbooster_desktop.cloudlink.live_project import LiveProject
from maxbooster_desktop.project.store.cloud_link import CloudLink
from maxbooster_desktop.project.store.opening import create_project
from maxbooster_desktop.project.store.sharing import Sharing
from sync.client.backoff import Backoff
from sync.document.register_document import RegisterDocument
from sync.protocol.closing import CloseCode
from sync.protocol.frames import Ack, Announced, Denied, Edit, SyncStep1, SyncStep2
from tests.factories.projects import add_track
from tests.unit.project.store.test_displaced_project import wait_for
from tests.unit.sync.played_room import STANDING, PlayedRoom


@pytest.fixture
def room():
    made = PlayedRoom()
    yield made
    made.stop()


def account_at(room):
    return SimpleNamespace(address=room.address, projects=SimpleNamespace(ticket=lambda *_: "t"))


@pytest.mark.parametrize("ahead", [1, 2**52])
def test_what_is_edited_after_a_wrong_acknowledgement_goes_out_all_the_same(room, tmp_path, ahead):
    with create_project(tmp_path / "song") as project:
        project.submit_shared(Sharing.share, CloudLink("song", room.address, "device")).result()
        live = LiveProject(project, project.link, account_at(room), lambda: None, Backoff(chance=lambda: 0.001))
        live.start()
        guest = room.guest()
        guest.say(STANDING)
        assert isinstance(guest.hear(), SyncStep1)
        guest.say(SyncStep2(b"\0\0"), STANDING)
        last = guest.hear_kind(Edit).reference
        guest.say(Ack(last + ahead, 50), Ack(last, 8))
        wait_for(lambda: live.standing.waiting == 0)
        project.do(add_track, "Later")
        assert guest.hear_kind(Edit).reference > last
        assert project.submit_shared(lambda sharing: sharing.link.acked_number).result() == last
        live.stop()


def test_a_room_that_tells_more_than_can_be_merged_is_not_read_meanwhile(room, tmp_path, monkeypatch):
    monkeypatch.setattr(live_project, "_MOST_ARRIVED_BYTES", 20_000)
    others, go_on, most = RegisterDocument(), threading.Event(), []
    with create_project(tmp_path / "song") as project:
        project.submit_shared(Sharing.share, CloudLink("song", room.address, "device")).result()
        live = LiveProject(project, project.link, account_at(room), lambda: None, Backoff(chance=lambda: 0.001))
        live.start()
        guest = room.guest()
        guest.say(STANDING)
        assert isinstance(guest.hear(), SyncStep1)
        guest.say(SyncStep2(b"\0\0"), STANDING)
        wait_for(lambda: live.standing.is_live)
        held = project.submit_shared(lambda _: go_on.wait(20))
        told = [others.write({("markers", f"m{n}.n"): "x" * 5_000}, "them").update for n in range(60)]
        telling = threading.Thread(
            target=guest.say, args=[Announced(8 + n, "a", "d", 7, update) for n, update in enumerate(told)]
        )
        telling.start()
        wait_for(lambda: live._arrived_bytes > 20_000)
        time.sleep(0.3)
        most.append(live._arrived_bytes)
        go_on.set()
        held.result()
        telling.join()
        wait_for(lambda: project.submit_shared(lambda sharing: sharing.link.seen_seq).result() == 67)
        live.stop()
    assert most[0] < 60_000


def test_a_room_that_begins_anew_again_and_again_is_asked_ever_more_rarely(room, tmp_path):
    waits = []
    with create_project(tmp_path / "song") as project:
        project.submit_shared(Sharing.share, CloudLink("song", room.address, "device")).result()
        backoff = Backoff(chance=lambda: 0.01)
        failed, backoff.failed = backoff.failed, lambda: waits.append(failed()) or waits[-1]
        live = LiveProject(project, project.link, account_at(room), lambda: None, backoff)
        live.start()
        for _ in range(4):
            room.guest().close(CloseCode.EPOCH)
        room.guest()
        live.stop()
    assert waits[:4] == [0.005, 0.01, 0.02, 0.04]


def test_coming_in_has_an_end_whatever_else_the_room_tells(room, monkeypatch):
    monkeypatch.setattr(sharing_verbs, "_PATIENCE_S", 0.3)

    def talk():
        guest = room.guest()
        with contextlib.suppress(ConnectionClosed):
            guest.say(STANDING)
            while not guest.closed.wait(0.02):
                guest.say(Denied("wait"))

    talking = threading.Thread(target=talk)
    talking.start()
    with pytest.raises(CloudTroubleError, match="did not come from the cloud in time"):
        sharing_verbs._whole("song", "device", account_at(room))
    talking.join()
