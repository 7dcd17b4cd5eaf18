"""Edits of what sounds: nothing clicks, and what is heard afterwards is exact.

Every song plays a constant, so that any jump of gain shows as a step between two samples.
"""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tests.factories.engine_projects import Song, StillLive, ones

FRAMES = 96_000
#: A fade of 5 ms at 48 kHz steps by 1/240 at most, two at once by twice that.
STEEPEST = 0.01


def _removed(song, clip_id):
    clips = {kept: clip for kept, clip in song.state.clips.items() if kept != clip_id}
    by_track = {track: tuple(c for c in ids if c in clips) for track, ids in song.state.clips_by_track.items()}
    song.change(clips=clips, clips_by_track=by_track)


def _moved(song, clip_id, **fields):
    song.change(clips={**song.state.clips, clip_id: replace(song.state.clips[clip_id], **fields)})


def _deleted(song, track_id):
    for clip_id in song.state.clips_by_track.get(track_id, ()):
        _removed(song, clip_id)
    song.change(tracks={kept: track for kept, track in song.state.tracks.items() if kept != track_id})


def _playing():
    """Return a live engine that has played for a while: two tracks of level 1, the second with a send to a bus."""
    song = Song()
    first, second, bus = song.track(), song.track(), song.track("bus")
    clips = song.clip(first, ones(FRAMES)), song.clip(second, ones(FRAMES))
    song.send(second, bus)
    live = StillLive(song)
    live.run(9_600)
    return live, song, (first, second, bus), clips


def _steepest(sound):
    return float(np.abs(np.diff(sound, axis=1)).max())


@pytest.mark.parametrize("block", [64, 50, 480])
@pytest.mark.parametrize(
    ("edit", "level"),
    [
        (lambda its: _removed(its.song, its.clips[0]), 2.0),
        (lambda its: _moved(its.song, its.clips[0], start_tick=40_000), 2.0),
        (lambda its: _moved(its.song, its.clips[0], gain_db=-20.0), 2.1),
        (lambda its: _moved(its.song, its.clips[0], track=its.tracks[2]), 3.0),
        (lambda its: its.song.clip(its.tracks[0], ones(FRAMES)), 4.0),
        (lambda its: its.song.clip(its.song.track(), ones(FRAMES)), 4.0),
        (lambda its: _deleted(its.song, its.tracks[0]), 2.0),
        (lambda its: its.song.set(its.tracks[1], sends=()), 2.0),
        (lambda its: its.song.send(its.tracks[0], its.tracks[2]), 4.0),
    ],
    ids=["delete clip", "move away", "gain", "other track", "add clip", "add track", "delete track", "unsend", "send"],
)
def test_an_edit_of_what_sounds_does_not_click(edit, level, block):
    live, song, tracks, clips = _playing()
    before = live.run(960, block)
    np.testing.assert_array_equal(before, 3.0)
    edit(SimpleNamespace(song=song, tracks=tracks, clips=clips))
    if song.state.clips.get(clips[0]) and song.state.clips[clips[0]].track == tracks[2]:
        song.change(clips_by_track={tracks[1]: (clips[1],), tracks[2]: (clips[0],)})
    assert live.show()
    after = live.run(4_800, block)
    assert _steepest(np.concatenate([before, after], axis=1)) < STEEPEST
    np.testing.assert_allclose(after[:, -960:], level, rtol=1e-6)


def test_an_edit_elsewhere_on_the_track_changes_no_sample():
    live, song, tracks, _ = _playing()
    song.clip(tracks[0], ones(480), start_tick=30_000)
    assert live.show()
    np.testing.assert_allclose(live.run(4_800), 3.0, rtol=3e-7)


def test_edits_that_follow_each_other_at_once_do_not_click_either():
    live, song, _, clips = _playing()
    heard = [live.run(960)]
    for step in range(6):
        _moved(song, clips[0], start_tick=40_000 * (step % 2 == 0))
        _moved(song, clips[1], gain_db=-6.0 * (step % 3))
        live.show()
        heard.append(live.run(100))
    heard.append(live.run(4_800))
    assert _steepest(np.concatenate(heard, axis=1)) < 2 * STEEPEST
    np.testing.assert_allclose(heard[-1][:, -100:], 1.0 + 2 * 10 ** (-12 / 20), rtol=1e-5)


def test_the_program_before_is_kept_while_its_clips_fade_out():
    live, song, _, clips = _playing()
    _removed(song, clips[0])
    live.show()
    live.run(128)
    retired = list(live.live._retired)
    assert retired
    live.live._drop_retired()
    assert live.live._retired == retired
    live.run(960)
    live.live._drop_retired()
    assert not live.live._retired
