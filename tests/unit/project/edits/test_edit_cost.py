"""What an edit writes grows with what it touches, not with the project: registers are counted, not time."""

import pytest

from maxbooster_desktop.project.document.journal import MemoryJournal
from maxbooster_desktop.project.document.new_document import new_document
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Clip, ClipId
from maxbooster_desktop.project.edits import assets, clips
from tests.unit.project.edits.songs import BAR, add_track, asset

TRACKS, CLIPS_EACH = 50, 100


class LargeSong:
    """5,000 clips on 50 tracks, made in one edit, and the registers that the last record wrote."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.project = ProjectDocument(new_document("Large", 48_000), self.journal)
        assets.register_asset(self.project, asset())
        tracks = [add_track(self.project, "audio") for _ in range(TRACKS)]
        self.clips = [ClipId(f"clip{number:04}") for number in range(TRACKS * CLIPS_EACH)]
        with self.project.edit("Fill") as edit:
            for number, clip_id in enumerate(self.clips):
                row, column = divmod(number, CLIPS_EACH)
                edit.create(Clip(clip_id, tracks[row], column * BAR, "loop", asset=asset().id, length_frames=48_000))

    def written(self) -> set[tuple[str, str]]:
        """Return the (root, key) of each register that the last step wrote."""
        *_, last = self.journal.records()
        return set(last.after)


@pytest.fixture
def large_song():
    return LargeSong()


def test_moving_a_thousand_clips_writes_a_thousand_places(large_song):
    moved = large_song.clips[500:1500]
    before = large_song.project.state
    change = clips.move_clips(large_song.project, moved, 240)
    assert large_song.written() == {("clips", f"{clip}.p") for clip in moved}
    assert change.changed == set(moved)
    assert change.created == change.deleted == frozenset()
    after = large_song.project.state
    untouched = [clip for clip in large_song.clips if clip not in change.changed]
    assert all(after.clips[clip] is before.clips[clip] for clip in untouched)
    assert after.tracks is before.tracks
    unmoved_tracks = after.clips_by_track.keys() - {before.clips[clip].track for clip in moved}
    assert all(after.clips_by_track[track] is before.clips_by_track[track] for track in unmoved_tracks)


def test_other_verbs_write_one_facet_per_clip(large_song):
    chosen = large_song.clips[2000:2300]
    clips.mute_clips(large_song.project, chosen, True)
    assert large_song.written() == {("clips", f"{clip}.m") for clip in chosen}
    clips.recolour_clips(large_song.project, chosen, 3)
    assert large_song.written() == {("clips", f"{clip}.c") for clip in chosen}
    clips.delete_clips(large_song.project, chosen)
    assert large_song.written() == {("clips", f"{clip}.x") for clip in chosen}


def test_splitting_writes_its_clips_and_their_halves(large_song):
    chosen = [large_song.clips[row * CLIPS_EACH + 50] for row in range(20, TRACKS)]
    change = clips.split_clips(large_song.project, chosen, 50 * BAR + 100)
    touched = {key.partition(".")[0] for _, key in large_song.written()}
    assert touched == {*chosen, *change.created}
    assert len(change.created) == len(chosen)
    assert {key.partition(".")[2] for _, key in large_song.written() if key.partition(".")[0] in chosen} == {"t"}
