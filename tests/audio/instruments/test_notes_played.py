"""Notes of clips become sound on their sample, for every block size, and end whatever happens around them."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.tempo_map import TempoEvent, TempoMap
from tests.factories.engine_projects import FRAMES_PER_TICK, RATE, Song, StillLive, peak_db

#: A note that is there, or gone, within a tenth of a millisecond and a millisecond.
SHARP = {"gain_db": 0.0, "attack_ms": 0.1, "release_ms": 1.0}
RELEASED = RATE // 1_000 + 2


def sharp_song(notes, **fields):
    song = Song()
    track = song.instrument(values=SHARP)
    return song, track, song.notes(track, notes, **fields)


def first_heard(sound):
    """Return the first frame that is not silent."""
    return int(np.flatnonzero(np.abs(sound[0]) > 0)[0])


def level(sound, hz):
    """Return the amplitude of a tone."""
    turns = np.exp(-2j * np.pi * hz * np.arange(sound.shape[1]) / RATE)
    return float(2 * np.abs(np.mean(sound[0].astype(np.float64) * turns)))


@pytest.mark.parametrize("block", [16, 64, 100, 4_096])
def test_a_note_begins_and_ends_on_its_sample(block):
    song, _, _ = sharp_song([(7, 40, 69, 127)], start_tick=3)
    sound = song.render(4_000, block=block)
    # A sine begins at 0: the first sample that is heard is the second.
    assert first_heard(sound) == 10 * FRAMES_PER_TICK + 1
    held = sound[:, 300 : 50 * FRAMES_PER_TICK]
    assert np.abs(held).max() == pytest.approx(1.0, abs=0.002)
    assert np.abs(sound[:, 50 * FRAMES_PER_TICK + RELEASED :]).max() == 0.0


@pytest.mark.parametrize(("pitch", "velocity"), [(57, 127), (69, 64), (93, 1)])
def test_pitch_and_velocity_are_what_is_heard(pitch, velocity):
    song, _, _ = sharp_song([(0, 3_840, pitch, velocity)])
    hz = 440.0 * 2 ** ((pitch - 69) / 12)
    assert level(song.render(RATE)[:, 4_800:], hz) == pytest.approx(velocity / 127, rel=0.001)


def busy_song():
    song = Song(tempo_map=TempoMap((TempoEvent(0, 90.0, is_ramp=True), TempoEvent(960, 170.0))))
    random = np.random.default_rng(4)
    for _ in range(3):
        track = song.instrument(values={"release_ms": 30.0})
        for start in (0, 400, 700):
            notes = [
                (int(random.integers(0, 900)), int(random.integers(1, 300)), int(random.integers(40, 90)), 100)
                for _ in range(40)
            ]
            song.notes(track, notes, start_tick=start, length_ticks=800)
    return song


@pytest.mark.parametrize("block", [16, 100, 1_024])
def test_block_size_is_not_heard(block):
    song = busy_song()
    whole = song.render(40_000, block=4_096)
    assert peak_db(whole) > -20
    assert peak_db(song.render(40_000, block=block) - whole) <= -120


def test_the_tempo_map_places_notes():
    song, _, _ = sharp_song([(1_920, 100, 69, 127)])
    song.change(tempo_map=TempoMap((TempoEvent(0, 60.0), TempoEvent(960, 240.0))))
    assert first_heard(song.render(80_000)) == RATE + RATE // 4 + 1


def test_a_clip_cuts_what_reaches_over_its_end_and_keeps_what_begins_behind_it_silent():
    song, _, _ = sharp_song([(0, 1_000, 69, 127), (500, 100, 80, 127)], length_ticks=200)
    sound = song.render(30_000)
    assert np.abs(sound[:, 200 * FRAMES_PER_TICK - 100 : 200 * FRAMES_PER_TICK]).max() > 0.9
    assert np.abs(sound[:, 200 * FRAMES_PER_TICK + RELEASED :]).max() == 0.0


def test_a_muted_clip_is_silent_and_a_trim_moves_the_end():
    song, _, clip = sharp_song([(0, 400, 69, 127)])
    changed = replace(song.state.clips[clip], is_muted=True)
    song.change(clips={clip: changed})
    assert np.abs(song.render(4_000)).max() == 0.0
    song.change(clips={clip: replace(changed, is_muted=False, length_ticks=40)})
    sound = song.render(4_000)
    assert np.abs(sound[:, 40 * FRAMES_PER_TICK + RELEASED :]).max() == 0.0


def test_what_lies_under_the_playhead_begins_where_playing_begins():
    song, _, _ = sharp_song([(0, 3_840, 69, 127)])
    assert np.abs(song.render(200, start=40_000)[:, 10:]).max() > 0.9


def playing(notes, **fields):
    song, track, clip = sharp_song(notes, **fields)
    live = StillLive(song)
    live.run(4_800)
    return song, track, clip, live


def is_heard(live, frames=480):
    """Tell whether anything sounds after a moment in which everything may fade."""
    live.run(1_024)
    return bool(np.abs(live.run(frames)).max() > 0.01)


LONG = [(0, 3_840, 69, 127)]


def test_stop_ends_what_sounds_and_playing_on_begins_it_again():
    _, _, _, live = playing(LONG)
    live.ring.send(at.CMD_STOP)
    assert not is_heard(live)
    live.ring.send(at.CMD_PLAY)
    assert is_heard(live)


def test_a_seek_ends_what_is_not_there():
    _, _, _, live = playing(LONG)
    live.ring.send(at.CMD_SEEK, 3_840 * FRAMES_PER_TICK)
    assert not is_heard(live)
    live.ring.send(at.CMD_SEEK, 100)
    assert is_heard(live)


def test_a_loop_plays_the_same_each_round():
    song, _, _ = sharp_song([(0, 100, 69, 127), (150, 200, 72, 127)])
    live = StillLive(song)
    live.ring.send(at.CMD_LOOP, 0, 200 * FRAMES_PER_TICK, 1.0)
    rounds = [live.run(200 * FRAMES_PER_TICK, block=200 * FRAMES_PER_TICK) for _ in range(4)]
    # The first fades in with the transport; of the others each begins with the release of the one before.
    assert np.abs(rounds[2] - rounds[3])[:, RELEASED:].max() < 1e-6
    assert np.abs(rounds[3]).max() > 0.9


@pytest.mark.parametrize(
    "edit",
    [
        lambda its: its.song.play_notes(its.clip, []),
        lambda its: its.song.play_notes(its.clip, [(0, 10, 69, 127)]),
        lambda its: its.song.play_notes(its.clip, [(3_000, 100, 69, 127)]),
        lambda its: its.song.change(clips={its.clip: replace(its.song.state.clips[its.clip], is_muted=True)}),
        lambda its: its.song.change(clips={its.clip: replace(its.song.state.clips[its.clip], start_tick=3_000)}),
        lambda its: its.song.change(clips={}, clips_by_track={}, notes={}),
        lambda its: its.song.set(its.track, inserts=()),
        lambda its: its.song.change(clips={}, clips_by_track={}, tracks={"master": its.song.state.tracks["master"]}),
    ],
    ids=["deleted", "shortened", "moved", "muted", "clip moved", "clip deleted", "instrument removed", "track removed"],
)
def test_an_edit_ends_what_is_sounding_and_no_longer_there(edit):
    song, track, clip, live = playing(LONG)
    assert is_heard(live)
    edit(SimpleNamespace(song=song, track=track, clip=clip))
    live.show()
    assert not is_heard(live)


def test_an_edit_elsewhere_leaves_a_sounding_note_alone():
    song, _, clip, live = playing(LONG)
    before = live.run(4_800)
    song.play_notes(clip, [*LONG, (2_000, 100, 40, 127)])
    live.show()
    both = np.concatenate([before, live.run(4_800)], axis=1)
    # A sine of 440 Hz: a new attack would bend it.
    assert np.abs(np.diff(both[0], 2)).max() < 1.01 * (2 * np.pi * 440 / RATE) ** 2


def test_a_pitch_changed_under_the_playhead_is_heard_at_once():
    song, _, clip, live = playing(LONG)
    song.play_notes(clip, [(0, 3_840, 81, 127)])
    live.show()
    live.run(480)
    assert level(live.run(4_800), 880.0) > 0.9


@pytest.mark.parametrize("seed", range(6))
def test_random_edits_while_playing_leave_no_note_behind(seed):
    random = np.random.default_rng(seed)
    song = Song()
    tracks = [song.instrument(values=SHARP) for _ in range(3)]
    clips = [song.notes(track, LONG, length_ticks=960) for track in tracks for _ in range(2)]
    live = StillLive(song)
    live.ring.send(at.CMD_LOOP, 0, 400 * FRAMES_PER_TICK, 1.0)
    for _ in range(40):
        clip = clips[random.integers(len(clips))]
        choice = random.integers(5)
        if choice == 0:
            made = random.integers(1, 900, (8, 2))
            song.play_notes(clip, [(int(a), int(b), int(random.integers(30, 100)), 100) for a, b in made])
        elif choice == 1:
            changed = replace(song.state.clips[clip], is_muted=bool(random.integers(2)))
            song.change(clips={**song.state.clips, clip: changed})
        elif choice == 2:
            live.ring.send(at.CMD_SEEK, int(random.integers(0, 20_000)))
        elif choice == 3:
            changed = replace(song.state.clips[clip], start_tick=int(random.integers(0, 500)))
            song.change(clips={**song.state.clips, clip: changed})
        else:
            live.ring.send(int(random.choice([at.CMD_STOP, at.CMD_PLAY])))
        live.show()
        live.run(int(random.integers(1, 2_000)), block=int(random.choice([16, 64, 333])))
    live.ring.send(at.CMD_STOP)
    live.run(2_048)
    assert np.abs(live.run(4_800)).max() == 0.0
    live.ring.send(at.CMD_PLAY)
    live.run(9_600)
    live.ring.send(at.CMD_STOP)
    live.run(2_048)
    assert np.abs(live.run(4_800)).max() == 0.0


def test_more_notes_than_fit_sound_as_far_as_they_do_and_all_end():
    notes = [(0, 100, pitch % 128, 10) for pitch in range(128)]
    song, track, _ = sharp_song(notes, length_ticks=100)
    song.notes(track, notes, length_ticks=100)
    sound = song.render(200 * FRAMES_PER_TICK)
    assert np.abs(sound[:, :2_000]).max() > 0.1
    assert np.abs(sound[:, 100 * FRAMES_PER_TICK + RELEASED :]).max() == 0.0


def test_two_hundred_thousand_notes_are_compiled_once():
    song = Song()
    track = song.instrument()
    for bar in range(200):
        song.notes(track, [(n, 3, 30 + n % 60, 100) for n in range(1_000)], start_tick=bar * 960, length_ticks=1_000)
    live = StillLive(song)
    table = live.live._program.arrays.notes
    assert len(table) == 200_000
    assert (np.diff(table[:, at.T_START]) >= 0).all()
    song.set(track, gain_db=-3.0)
    assert not live.show()
