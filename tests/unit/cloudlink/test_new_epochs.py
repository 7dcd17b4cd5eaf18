"""A room that begins anew without its history: two epochs are never mixed, whatever is refused on the way."""

import contextlib
import logging
from types import SimpleNamespace

import pytest
from websockets.exceptions import ConnectionClosed

from maxbooster_desktop.cloudlink.live_project import LiveProject
from maxbooster_desktop.project.document.projection import project as projected
from maxbooster_desktop.project.store.cloud_link import CloudLink
from maxbooster_desktop.project.store.opening import create_project
from maxbooster_desktop.project.store.sharing import Sharing
from sync.client.backoff import Backoff
from sync.client.room_events import Connection
from sync.document.compaction import compacted
from sync.document.register_document import RegisterDocument
from sync.protocol.closing import CloseCode
from sync.protocol.frames import Ack, Announced, Edit, Resume, Standing, SyncStep1, SyncStep2
from tests.factories.projects import add_track
from tests.unit.project.store.test_displaced_project import wait_for
from tests.unit.sync.played_room import PlayedRoom

_FIRST, _SECOND = (Standing(epoch, 50, 0, "account", "device", "editor") for epoch in (1, 2))


class _Band:
    """A project that is live in a room of epoch 1, and the room's document."""

    def __init__(self, room, folder):
        self.room, self.document = room, RegisterDocument()
        self.project = create_project(folder)
        self.project.submit_shared(Sharing.share, CloudLink("song", room.address, "device")).result()
        account = SimpleNamespace(address=room.address, projects=SimpleNamespace(ticket=lambda *_: "t"))
        self.live = LiveProject(self.project, self.project.link, account, lambda: None, Backoff(chance=lambda: 0.001))
        self.live.start()
        self.guest = room.guest()
        self.guest.say(_FIRST)
        assert isinstance(self.guest.hear(), SyncStep1)
        self.guest.say(SyncStep2(b"\0\0"), _FIRST)
        self.take_edits()

    def take_edits(self):
        """Take what waits."""
        wait_for(lambda: self.live.standing.waiting)
        while self.live.standing.waiting:
            edit = self.guest.hear_kind(Edit)
            self.document.apply(edit.update, "device")
            self.guest.say(Ack(edit.reference, self.seen_seq + 1))
            wait_for(lambda last=edit.reference: self.live._outgoing._flying.count(last) == 0)

    def end_epoch(self):
        """Begin anew: without history, and with what somebody else has made since."""
        self.document = compacted(self.document)
        theirs = {("tracks", "theirs.k"): "audio", ("tracks", "theirs.n"): "Theirs"}
        self.document.write(theirs, "peer")
        self.whole = self.document.encode()
        self.later = self.document.write({("tracks", "later.k"): "audio", ("tracks", "later.n"): "Later"}, "peer")
        self.guest.close(CloseCode.EPOCH)
        self.come_in()

    def come_in(self):
        """Let the project in again; it holds nothing of the new document."""
        self.guest = self.room.guest()
        self.guest.say(_SECOND)
        asked = self.guest.hear()
        assert asked == SyncStep1(b"\0"), asked

    def tell(self, whole):
        """Send a document, and then what only somebody may merge who has it."""
        with contextlib.suppress(ConnectionClosed):  # who refuses the document may be gone by the second message
            self.guest.say(SyncStep2(whole), _SECOND, Announced(51, "peer", "other", 50, self.later.update))

    @property
    def names(self):
        return {track.name for track in self.project.state.tracks.values()} - {"Master"}

    @property
    def seen_seq(self):
        return self.project.submit_shared(lambda sharing: sharing.link.seen_seq).result()

    @property
    def epoch(self):
        return self.project.link.epoch

    def close(self):
        self.live.stop()
        self.project.close(discard_unstored=True)


@pytest.fixture
def band(tmp_path, caplog):
    caplog.set_level(logging.ERROR)
    room = PlayedRoom()
    made = _Band(room, tmp_path / "song")
    yield made
    made.close()
    room.stop()


def _agrees(band):
    """Whether the room's document is the project's when the room has taken what waited."""
    band.take_edits()
    wait_for(lambda: projected(band.document) == band.project.state)


def _begun(band):
    """Tell the new document and check that both go on in it, with what waited."""
    band.tell(band.whole)
    wait_for(lambda: band.names == {"Theirs", "Later", "Waits"})
    wait_for(lambda: band.epoch == 2)
    _agrees(band)
    assert not band.live.standing.is_apart


def test_what_waited_goes_into_the_new_document(band):
    band.live.work_offline(is_offline=True)
    wait_for(lambda: band.live.standing.connection is Connection.OFFLINE)
    band.project.do(add_track, "Waits")
    band.live.work_offline(is_offline=False)
    band.guest = band.room.guest()
    band.end_epoch()
    _begun(band)


def test_a_disk_that_refuses_the_new_document_leaves_the_old_one_and_the_room(band, tmp_path):
    band.end_epoch()
    band.project.folder.rename(tmp_path / "moved")
    band.project.submit(add_track, "Waits")
    wait_for(lambda: not band.project.durability.is_durable)
    band.tell(band.whole)
    assert band.guest.closed.wait(5)
    wait_for(lambda: "save a copy elsewhere" in band.live.standing.reason)
    assert band.names == {"Waits"}
    assert not any(isinstance(frame, Edit) for frame in band.guest.frames.queue)
    (tmp_path / "moved").rename(band.project.folder)
    wait_for(lambda: band.project.durability.is_durable)
    band.come_in()
    _begun(band)


def test_a_document_that_is_none_is_said_and_asked_for_again_when_somebody_wakes(band, expected_log):
    expected_log("went apart")
    band.end_epoch()
    band.project.do(add_track, "Waits")
    band.tell(b"no document")
    assert band.guest.closed.wait(5)
    wait_for(lambda: band.live.standing.connection is Connection.OFFLINE)
    assert band.live.standing.sentence == "Not merged  ·  close the project and open it"
    assert (band.names, band.epoch, band.room.guests.empty()) == ({"Waits"}, 1, True)
    assert not any(isinstance(frame, Edit) for frame in band.guest.frames.queue)
    band.live.wake()
    band.come_in()
    _begun(band)


def test_an_update_that_the_disk_refuses_comes_again_before_those_behind_it(band, tmp_path):
    first, second = (
        band.document.write({("tracks", f"{name}.k"): "audio", ("tracks", f"{name}.n"): name}, "peer").update
        for name in ("Theirs", "Later")
    )
    seen = band.seen_seq
    band.project.folder.rename(tmp_path / "moved")
    band.project.submit(add_track, "Waits")
    wait_for(lambda: not band.project.durability.is_durable)
    band.guest.say(Announced(seen + 1, "peer", "other", seen, first))
    assert band.guest.closed.wait(5)
    (tmp_path / "moved").rename(band.project.folder)
    wait_for(lambda: band.project.durability.is_durable)
    band.guest = band.room.guest()
    band.guest.say(_FIRST)
    assert band.guest.hear() == Resume(seen)
    missed = [Announced(seen + 1 + at, "peer", "other", seen, update) for at, update in enumerate((first, second))]
    band.guest.say(*missed, _FIRST)
    wait_for(lambda: band.names == {"Theirs", "Later", "Waits"})
    _agrees(band)
