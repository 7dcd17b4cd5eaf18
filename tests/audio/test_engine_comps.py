"""Comps as the engine plays them: seams that null, crossfades that keep the level, clips beneath, flattening."""

import random

import numpy as np
import pytest

from maxbooster_desktop.engine.media.playable import played_assets
from maxbooster_desktop.engine.render.offline import OfflineRenderer
from maxbooster_desktop.engine.render.settings import RenderSettings
from maxbooster_desktop.project.document.ids import seeded_ids
from maxbooster_desktop.project.document.new_document import new_document
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Asset
from maxbooster_desktop.project.edits import takes, tempo
from maxbooster_desktop.project.edits.assets import register_asset
from maxbooster_desktop.project.edits.clips import add_audio_clip, split_clips
from maxbooster_desktop.project.edits.tracks import add_track
from tests.factories.engine_projects import FRAMES_PER_TICK, MemoryPool, StillLive, noise, ones, peak_db

FRAMES = 72_000
#: Ticks of a take at 120 bpm and 48 kHz.
TICKS = FRAMES // FRAMES_PER_TICK
#: 10 ms, the default crossfade.
CROSSFADE = 480


class CompSong:
    """One track whose takes are made of sounds in memory; everything is done by verbs."""

    def __init__(self, sample_rate=48_000):
        self.pool = MemoryPool(sample_rate)
        self.document = ProjectDocument(new_document("Comp", sample_rate, seeded_ids(1)), ids=seeded_ids(2))
        [self.track] = add_track(self.document, "audio", "T").created
        self.passes = 0

    @property
    def state(self):
        return self.document.state

    def sound(self, samples, rate=None):
        """Register samples; return their id."""
        name = f"a{len(self.state.assets)}"
        self.pool.put(name, samples)
        rate = rate or self.pool.sample_rate
        frames = round(samples.shape[1] * rate / self.pool.sample_rate)
        register_asset(self.document, Asset(name, name, rate, len(samples), frames, "PCM_24", "00" * 16, "wav"))
        return name

    def take(self, asset, tick=0, offset=0, length=None):
        """Record a take of a sound."""
        self.passes += 1
        length = length or self.state.assets[asset].frames - offset
        new = takes.NewTake(self.track, asset, tick, offset, length, self.passes, f"Take {self.passes}", self.passes)
        [take] = takes.add_pass(self.document, [new]).created
        return take

    def choose(self, take, start, end, **how):
        takes.choose_range(self.document, take, start, end, **how)

    def render(self, frames=FRAMES, block=4_096):
        return OfflineRenderer(self.state, self.pool, block_frames=block).process(frames).T.copy()


def two_takes(first, second, **how):
    """Return (song, its two takes) of sounds that begin together; the first is heard."""
    song = CompSong()
    ids = song.take(song.sound(first)), song.take(song.sound(second))
    song.choose(ids[0], 0, TICKS, **how)
    return song, ids


def test_a_take_alone_is_heard_as_it_was_recorded():
    song, sound = CompSong(), noise(FRAMES)
    song.take(song.sound(sound))
    np.testing.assert_array_equal(song.render(), sound)


@pytest.mark.parametrize("seed", range(4))
def test_takes_of_the_same_sound_null_against_it_at_any_borders(seed):
    chance, song, sound = random.Random(seed), CompSong(), noise(FRAMES)
    asset = song.sound(sound)
    whole = song.take(asset)
    ids = [whole] + [song.take(asset, tick, FRAMES_PER_TICK * tick) for tick in (0, 40, 41, 900)]
    song.choose(whole, 0, TICKS)
    for _ in range(12):
        take = chance.choice(ids)
        tick = chance.randrange(song.state.takes[take].start_tick, TICKS - 10)
        song.choose(take, tick, TICKS if chance.random() < 0.1 else tick + chance.randrange(1, 900))
    takes.choose_range(song.document, ids[1], 0, 50)
    takes.choose_range(song.document, ids[1], TICKS - 50, TICKS)
    assert len(song.state.comps[song.track]) > 4
    np.testing.assert_array_equal(song.render(), sound)


def test_a_change_between_other_sounds_lies_around_the_border_and_nowhere_else():
    first, second = noise(FRAMES), noise(FRAMES, seed=1)
    song, (_, two) = two_takes(first, second)
    song.choose(two, 1_000, 2_000)
    heard, start, end = song.render(), 1_000 * FRAMES_PER_TICK, 2_000 * FRAMES_PER_TICK
    half = CROSSFADE // 2 + FRAMES_PER_TICK
    np.testing.assert_array_equal(heard[:, : start - half], first[:, : start - half])
    np.testing.assert_array_equal(heard[:, start + half : end - half], second[:, start + half : end - half])
    np.testing.assert_array_equal(heard[:, end + half :], first[:, end + half :])


def test_the_power_of_uncorrelated_takes_stays_through_a_crossfade():
    length = 24_000
    song, (_, two) = two_takes(ones(FRAMES) * np.float32([[1], [0]]), ones(FRAMES) * np.float32([[0], [1]]))
    song.choose(two, 1_000, TICKS, crossfade_ms=1_000 * length / 48_000)
    power_db = 10 * np.log10((song.render() ** 2).sum(axis=0))
    assert np.abs(power_db[:-1_000]).max() < 0.2
    middle = song.render()[:, 1_000 * FRAMES_PER_TICK]
    np.testing.assert_allclose(middle, np.sqrt(0.5), atol=0.002)


@pytest.mark.parametrize("wanted_ms", [0.0, 1.0, 10.0, 400.0])
def test_no_crossfade_steps(wanted_ms):
    song, (_, two) = two_takes(ones(FRAMES), -ones(FRAMES), crossfade_ms=wanted_ms)
    song.choose(two, 1_000, 2_000, crossfade_ms=wanted_ms)
    steps = np.abs(np.diff(song.render(), axis=1))
    frames = max(round(wanted_ms * 48), 192)
    assert steps.max() < 2 * 2.5 / min(frames, 20_000) + (0.0 if wanted_ms != 1.0 else 0.1)


def test_takes_that_only_touch_fade_beside_the_border():
    song = CompSong()
    song.take(song.sound(ones(36_000)))
    song.take(song.sound(ones(36_000)), 36_000 // FRAMES_PER_TICK)
    heard = song.render()
    assert np.abs(np.diff(heard, axis=1)).max() < 3 / 192
    np.testing.assert_array_equal(heard[:, : 36_000 - 192], 1.0)
    np.testing.assert_array_equal(heard[:, 36_000 + 192 : -1], 1.0)


def test_where_the_next_take_begins_the_change_waits_for_it_and_where_one_ends_it_comes_before():
    long, short = noise(FRAMES), noise(24_000, seed=1)
    song = CompSong()
    song.take(song.sound(long))
    song.take(song.sound(short), 800)
    heard, start, end = song.render(), 20_000, 44_000
    np.testing.assert_array_equal(heard[:, :start], long[:, :start])
    np.testing.assert_array_equal(heard[:, start + CROSSFADE : end - 520], short[:, CROSSFADE : 24_000 - 520])
    np.testing.assert_array_equal(heard[:, end:], long[:, end:])
    assert peak_db(heard[:, start:end]) < 6.0


def test_clips_are_heard_beside_a_comp_and_not_beneath_it():
    song, under, over = CompSong(), noise(FRAMES), noise(24_000, seed=1)
    [clip] = add_audio_clip(song.document, song.track, song.sound(under), 0).created
    split_clips(song.document, [clip], 1_300)
    np.testing.assert_array_equal(song.render(), under)
    take = song.take(song.sound(over), 800)
    heard, start, end = song.render(), 20_000, 44_000
    np.testing.assert_array_equal(heard[:, :start], under[:, :start])
    np.testing.assert_array_equal(heard[:, start + CROSSFADE : end - 520], over[:, CROSSFADE : 24_000 - 520])
    np.testing.assert_array_equal(heard[:, end:], under[:, end:])
    takes.delete_takes(song.document, [take])
    np.testing.assert_array_equal(song.render(), under)


def random_comp(seed, rate=48_000):
    """Return a song with a comp of overlapping takes over clips, under tempo changes."""
    chance, song = random.Random(seed), CompSong()
    for number in range(2):
        tick = 900 * number + chance.randrange(100)
        add_audio_clip(song.document, song.track, song.sound(noise(30_000, seed=10 + number)), tick)
    sounds = [song.sound(noise(30_000 + 5_000 * number, seed=number), rate) for number in range(3)]
    ids = [song.take(sound, chance.randrange(900)) for sound in sounds]
    for _ in range(8):
        take = chance.choice(ids)
        first = song.state.takes[take].start_tick + chance.randrange(1_000)
        song.choose(take, first, first + chance.randrange(1, 700), crossfade_ms=chance.choice([0.0, 3.0, 10.0, 60.0]))
    takes.clear_range(song.document, song.track, 700, 760)
    tempo.set_tempo(song.document, 1_200, 93.0)
    return song


@pytest.mark.parametrize("rate", [48_000, 44_100])
@pytest.mark.parametrize("seed", range(4))
def test_flattening_changes_no_sample(seed, rate):
    song = random_comp(seed, rate)
    before = song.render(100_000)
    assert np.abs(before).max() > 0.1
    takes.flatten_comps(song.document, [song.track])
    assert song.state.comps == {}
    assert len(song.state.takes) == 3
    np.testing.assert_array_equal(song.render(100_000), before)
    song.document.undo()
    np.testing.assert_array_equal(song.render(100_000), before)


@pytest.mark.parametrize("block", [16, 100, 1_024])
def test_a_comp_sounds_the_same_for_any_block_size(block):
    song = random_comp(1)
    np.testing.assert_array_equal(song.render(100_000, block), song.render(100_000))


def test_a_comp_sounds_the_same_live_as_offline():
    song = random_comp(2)
    live = StillLive(song, play=True).run(60_000)
    np.testing.assert_array_equal(live[:, 500:], song.render(60_000)[:, 500:])


@pytest.mark.parametrize("block", [64, 50])
@pytest.mark.parametrize(
    ("edit", "level"),
    [
        (lambda song, ids: song.choose(ids[1], 0, TICKS), 0.5),
        (lambda song, ids: song.choose(ids[1], 384, 600), 0.5),
        (lambda song, _: takes.use_next_take(song.document, song.track, 400), 0.5),
        (lambda song, ids: takes.delete_takes(song.document, [ids[0]]), 0.5),
        (lambda song, _: takes.clear_range(song.document, song.track, 0, TICKS), 0.0),
        (lambda song, _: takes.flatten_comps(song.document, [song.track]), 1.0),
    ],
    ids=["choose all", "choose here", "next take", "delete", "clear", "flatten"],
)
def test_a_comp_that_changes_while_it_plays_does_not_click(edit, level, block):
    song, ids = two_takes(ones(FRAMES), 0.5 * ones(FRAMES))
    live = StillLive(song)
    before = live.run(9_600, block)
    edit(song, ids)
    live.show()
    after = live.run(4_800, block)
    assert np.abs(np.diff(np.concatenate([before, after], axis=1)[:, 500:], axis=1)).max() < 0.01
    np.testing.assert_allclose(after[:, -400:], level, rtol=1e-6)


def test_a_take_is_auditioned_in_its_place_without_a_click_or_an_edit():
    song, ids = two_takes(ones(FRAMES), 0.5 * ones(FRAMES))
    live, steps = StillLive(song), song.document.history
    heard = [live.run(9_600)]
    for take, level in ((ids[1], 0.5), (None, 1.0)):
        live.live.auditions = {song.track: take} if take else {}
        assert live.show()
        heard.append(live.run(4_800))
        np.testing.assert_allclose(heard[-1][:, -400:], level, rtol=1e-6)
    assert np.abs(np.diff(np.concatenate(heard, axis=1)[:, 500:], axis=1)).max() < 0.01
    live.live.auditions = {song.track: "gone"}
    assert not live.show()
    assert song.document.history == steps


def test_a_comp_counts_for_what_is_decoded_and_where_the_song_ends():
    song = CompSong()
    add_audio_clip(song.document, song.track, song.sound(noise(1_000)), 0)
    heard, unheard = song.sound(noise(30_000)), song.sound(noise(30_000, seed=1))
    song.take(unheard, 1_000)
    song.take(heard, 1_000)
    assert [asset.id for asset in played_assets(song.state)] == ["a0", heard]
    assert [asset.id for asset in played_assets(song.state, (0.0, 0.4))] == ["a0"]
    assert RenderSettings().frame_range(song.state, 48_000) == (0, 25_000 + 30_000)
    assert song.state.end_tick() == 1_000 + 30_000 // FRAMES_PER_TICK
