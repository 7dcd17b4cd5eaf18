"""A shared project on this disk: what goes to the room, what is acknowledged, what was seen, and a new epoch."""

import pytest

from maxbooster_desktop.project.document.projection import project
from maxbooster_desktop.project.edits import tracks
from maxbooster_desktop.project.store.cloud_link import CloudLink
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.sharing import RemoteUpdate, Sharing
from sync.document import pieces
from sync.document.compaction import compacted
from sync.document.register_document import RegisterDocument

LINK = CloudLink("song", "http://127.0.0.1:1", "device")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "Song"


def names(project_):
    return {track.name for track in project_.state.tracks.values()} - {"Master"}


def room_of(updates):
    """Return a document that got these updates."""
    document = RegisterDocument()
    for update in updates:
        document.apply(update, "room")
    return document


def own(project_, after=0):
    return project_.submit_shared(Sharing.own_ops, after).result()


def test_an_unshared_project_has_no_link(folder):
    with create_project(folder) as song:
        assert song.link is None


def test_the_first_share_sends_everything_and_survives_a_restart(folder, monkeypatch):
    monkeypatch.setattr(pieces, "REGISTERS_AT_ONCE", 10)
    with create_project(folder) as song:
        song.do(tracks.add_track, "audio", name="Bass")
        song.submit_shared(Sharing.share, LINK).result()
        state = song.state
        first = own(song)
        assert len(first) > 1
    with open_project(folder) as song:
        assert song.state == state
        assert [op.number for op in own(song)] == [op.number for op in first]
        assert project(room_of(op.update for op in own(song))) == state
        assert [step.name for step in song.history()] == ["Add Bass"]
        song.undo().result()
        assert names(song) == set()
        assert project(room_of(op.update for op in own(song))) == song.state


def test_what_is_acknowledged_is_never_sent_again(folder):
    with create_project(folder) as song:
        song.submit_shared(Sharing.share, LINK).result()
        song.do(tracks.add_track, "audio", name="Bass")
        song.do(tracks.add_track, "audio", name="Keys")
        *first, bass, keys = own(song)
        song.submit_shared(Sharing.acknowledge, bass.number, 2).result()
    with open_project(folder) as song:
        assert [op.number for op in own(song)] == [keys.number]
        assert first


def test_an_op_says_what_its_author_had_seen(folder, tmp_path):
    with create_project(folder) as song:
        song.submit_shared(Sharing.share, LINK).result()
        uploaded = own(song)
        song.submit_shared(Sharing.acknowledge, uploaded[-1].number, 1).result()
        song.do(tracks.add_track, "audio", name="Before")
        with create_project(tmp_path / "Other", shared=(_encoded(uploaded), LINK)) as other:
            other.do(tracks.add_track, "audio", name="Theirs")
            (theirs,) = own(other)
        song.submit_shared(Sharing.take, [RemoteUpdate(7, theirs.update)]).result()
        song.do(tracks.add_track, "audio", name="After")
    with open_project(folder) as song:
        assert [op.base_seq for op in own(song)] == [1, 7]
        assert song.link.seen_seq == 7
        assert names(song) == {"Before", "Theirs", "After"}


def _encoded(ops):
    return room_of(op.update for op in ops).encode()


def test_an_echo_leaves_no_trace(folder):
    with create_project(folder) as song:
        song.submit_shared(Sharing.share, LINK).result()
        song.do(tracks.add_track, "audio", name="Bass")
        ops = own(song)
        song.submit_shared(Sharing.take, [RemoteUpdate(9, ops[-1].update, is_echo=True)]).result()
        assert [op.number for op in own(song)] == [op.number for op in ops]
        assert song.link.seen_seq == 9


def test_joining_makes_the_project_that_was_shared(folder, tmp_path):
    with create_project(folder) as song:
        song.do(tracks.add_track, "audio", name="Bass")
        song.submit_shared(Sharing.share, LINK).result()
        with create_project(tmp_path / "Joined", shared=(_encoded(own(song)), LINK)) as joined:
            assert joined.state == song.state
            assert joined.link == LINK
            assert own(joined) == []


def test_a_new_epoch_keeps_what_the_room_lacks(folder):
    heard = []
    with create_project(folder) as song:
        song.submit_shared(Sharing.share, LINK).result()
        uploaded = own(song)
        song.submit_shared(Sharing.acknowledge, uploaded[-1].number, 1).result()
        song.do(tracks.add_track, "audio", name="Unsent")
        room = room_of(op.update for op in uploaded)
        room.write({("tracks", "theirs.k"): "audio", ("tracks", "theirs.n"): "Theirs"}, "peer")
        whole = compacted(room).encode()
        song.subscribe(lambda _, state: heard.append(state))
        song.submit_shared(Sharing.begin_epoch, whole, 2, 5).result()
        assert names(song) == {"Unsent", "Theirs"}
        assert heard[-1] == song.state
        (op,) = own(song)
        merged = RegisterDocument()
        merged.load(whole)
        merged.apply(op.update, "room")
        assert project(merged) == song.state
        assert op.base_seq == 5
        state = song.state
    with open_project(folder) as song:
        assert (song.state, song.link.epoch, song.link.seen_seq) == (state, 2, 5)
        song.undo().result()
        assert names(song) == {"Theirs"}


def test_a_shared_project_leaves_its_room_and_goes_on(folder):
    with create_project(folder) as song:
        song.submit_shared(Sharing.share, LINK).result()
        song.submit_shared(Sharing.leave).result()
        assert song.link is None
        song.do(tracks.add_track, "audio", name="Bass")
    with open_project(folder) as song:
        assert song.link is None
        assert names(song) == {"Bass"}


def test_updates_in_a_row_go_as_one():
    document = RegisterDocument()
    updates = [document.write({("meta", "project.name"): f"Song {number}"}, "me").update for number in range(5)]
    assert room_of([pieces.joined(updates)]).value("meta", "project.name") == "Song 4"
