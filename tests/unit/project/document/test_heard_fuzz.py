"""Comps out of any registers: what is heard is always playable, never twice, and only where a comp says so."""

import random

import pytest

from maxbooster_desktop.project.document.clip_fades import heard_cuts
from maxbooster_desktop.project.document.heard import heard_clips
from maxbooster_desktop.project.document.new_document import new_document
from maxbooster_desktop.project.document.projection import project
from maxbooster_desktop.project.document.sample_grid import first_tick_from, sample_at

_FAR = 2**53 - 1


def random_project(seed, numbers, crossfades=(0, 3, 10, 500, 1e9)):
    """Return the state of a project with a track "t" of takes, ranges and clips at places out of `numbers`."""
    chance = random.Random(seed)

    def some():
        return chance.choice(numbers) + chance.randrange(-3, 4)

    rates = [chance.choice([48_000, 44_100, 1_000, 768_000]) for _ in range(2)]
    registers = {("tracks", "t.k"): "audio", ("tracks", "t.p"): (None, "V")}
    for number, rate in enumerate(rates):
        registers["assets", f"a{number}.a"] = (rate, 2, 100_000, "PCM_24", "0" * 64, "wav")
    for number in range(6):
        asset = f"a{number % 2}"
        place = chance.choice([f"k{number % 4}", f"k{number}"])
        registers["takes", f"{place}.k"] = ("t", asset, some(), some(), some())
        registers["clips", f"c{number}.p"] = ("t", some(), 0)
        registers["clips", f"c{number}.s"] = asset
        registers["clips", f"c{number}.t"] = (some(), some())
    for number in range(9):
        part = (some(), some(), f"k{chance.randrange(5)}", chance.choice(crossfades), chance.randrange(3))
        registers["takes", f"t.c.r{number}"] = part
    for number in range(chance.randrange(3)):
        registers["tempo", f"e{number}.e"] = (some(), chance.choice([1, 37.5, 120, 1_000]), chance.random() < 0.5)
    document = new_document("Song", chance.choice([8_000, 44_100, 48_000, 192_000]))
    document.write({key: value for key, value in registers.items() if value is not None}, "test")
    return project(document)


def spans(state, clips):
    """Return (first sample, end) of clips."""
    found = []
    for clip in clips:
        rate = state.assets[clip.asset].sample_rate
        first = sample_at(state, clip.start_tick)
        found.append((first, first + clip.length_frames * state.meta.sample_rate / rate))
    return found


@pytest.mark.parametrize("numbers", [(0, 300, 900, 4_000, 60_000), (0, 5, 2**40, _FAR - 5)], ids=["plain", "absurd"])
@pytest.mark.parametrize("first_seed", range(0, 200, 50))
def test_whatever_the_registers_say_is_heard_in_pieces_of_some_length(first_seed, numbers):
    for seed in range(first_seed, first_seed + 50):
        state = random_project(seed, numbers)
        if any(clip.length_frames < 0 or clip.source_offset < 0 for clip in heard_clips(state, "t")):
            pytest.fail(f"seed {seed}")
        assert all(cut.length > 0 and cut.start >= 0 for cut in heard_cuts(state, "t", 48_000)), seed


@pytest.mark.parametrize("first_seed", range(0, 200, 50))
def test_inside_a_range_only_its_take_is_heard(first_seed):
    """In the middle of every range that is longer than its crossfades, nothing but its own take sounds."""
    checked = 0
    for seed in range(first_seed, first_seed + 50):
        state = random_project(seed, (0, 300, 900, 4_000, 60_000), (0, 3, 10))
        pieces = [clip for clip in heard_clips(state, "t") if clip.asset in state.assets]
        placed = list(zip(spans(state, pieces), pieces, strict=True))
        for part in state.comps.get("t", ()):
            take = state.takes[part.take]
            first = max(part.start_tick, take.start_tick)
            end = min(part.end_tick, state.take_end_tick(take))
            reach = round(0.03 * state.meta.sample_rate)
            middle = (sample_at(state, first) + sample_at(state, max(first, end))) // 2
            if sample_at(state, end) - sample_at(state, first) < 2 * reach:
                continue
            checked += 1
            heard = [clip for (start, stop), clip in placed if start <= middle < stop]
            assert len(heard) == 1, (seed, part)
            assert heard[0].asset == take.asset, (seed, part)
    assert checked > 5


def test_the_grid_gives_ticks_back():
    state = random_project(1, (0, 300, 900))
    for tick in range(0, 5_000, 37):
        assert sample_at(state, first_tick_from(state, sample_at(state, tick))) == sample_at(state, tick)
