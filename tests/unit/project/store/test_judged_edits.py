"""What a shared project takes of its own person: not what somebody else holds, from a commenter only comments."""

import pytest

from maxbooster_desktop.project.document.state import Holder
from maxbooster_desktop.project.document.track_locks import TrackLockedError
from maxbooster_desktop.project.edits import channel, comments, tracks
from maxbooster_desktop.project.store.cloud_link import CloudLink
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.sharing import CommentsOnlyError, Sharing


@pytest.fixture
def shared(tmp_path):
    """A shared project with a track that Mara holds; return (project, track)."""
    with create_project(tmp_path / "Song") as project:
        project.submit_shared(Sharing.share, CloudLink("project-1", "https://cloud.example", "device")).result()
        project.submit_shared(Sharing.enter, "acc_me", 1, "editor").result()
        (track,) = project.do(tracks.add_track, "audio", name="Lead").created
        project.do(tracks.lock_tracks, [track], Holder("acc_m", "Mara Lind"))
        yield project, track


def test_a_held_track_is_kept_from_every_way_of_editing(shared):
    project, track = shared
    before = project.state
    with pytest.raises(TrackLockedError):
        project.do(channel.set_gain, track, -6.0)
    with pytest.raises(TrackLockedError):
        project.submit(tracks.delete_tracks, [track]).result()
    assert project.state.tracks[track].name == before.tracks[track].name


def test_a_project_taken_out_of_the_cloud_has_no_locks(shared):
    project, track = shared
    project.submit_shared(Sharing.leave).result()
    project.do(channel.set_gain, track, -6.0)
    assert project.state.tracks[track].gain_db == -6.0


def test_a_commenter_comments_also_offline(shared):
    project, _ = shared
    project.submit_shared(Sharing.enter, "acc_me", 1, "commenter").result()
    project.close()
    with open_project(project.folder) as again:
        with pytest.raises(CommentsOnlyError, match="You may comment"):
            again.do(tracks.add_track, "audio")
        again.do(comments.add_comment, ("acc_me", "I"), "Softer?", 0)
        with pytest.raises(CommentsOnlyError):
            again.jump_to(0).result()
        assert [one.text for one in again.state.comments] in (["Softer?"], [])


def test_what_was_opened_is_known_after_a_restart(shared):
    project, _ = shared
    (made,) = project.do(comments.add_comment, ("acc_m", "Mara"), "@I", 0, mentions=("acc_me",)).created
    assert project.submit_shared(Sharing.note_read, [made, "gone"]).result() == {made}
    project.close()
    with open_project(project.folder) as again:
        assert again.submit_shared(lambda sharing: sharing.read).result() == {made}
        again.do(comments.delete_comment, made)
        assert again.submit_shared(Sharing.note_read, ["x"]).result() == set()


def test_a_version_brings_back_the_song_but_not_who_held_it_nor_what_was_unsaid(shared):
    project, track = shared
    version = project.save_version("Held").result()
    (said,) = project.do(comments.add_comment, ("acc_m", "Mara"), "Softer?", 0).created
    project.do(tracks.unlock_tracks, [track])
    project.do(channel.set_gain, track, -6.0)
    project.restore_version(version.id).result()
    restored = project.state.tracks[track]
    assert (restored.gain_db, restored.lock) == (0.0, None)
    assert [one.id for one in project.state.comments] == [said]
