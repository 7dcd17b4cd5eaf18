"""The benchmarks measure what they say: the workload does the work, and figures stand beside the right bar."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from maxbooster_desktop.cli.bench.engine import most_tracks
from maxbooster_desktop.cli.bench.figures import beside_bars
from maxbooster_desktop.cli.bench.strips import _kernel_ns
from maxbooster_desktop.cli.bench.workload import DirectBlock, decoded_sound, song_of
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.render.offline import OfflineRenderer
from maxbooster_desktop.project.document.state import Asset

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Asset, MediaPool]]:
    with decoded_sound(tmp_path_factory.mktemp("bench")) as found:
        yield found


def test_every_track_has_the_whole_strip_two_sends_and_every_tenth_moves(sound: tuple[Asset, MediaPool]) -> None:
    state = song_of(20, sound[0])
    tracks = [track for track in state.tracks.values() if track.kind == "audio"]
    assert len(tracks) == 20
    assert all(track.strip["eq_on"] and track.strip["comp_on"] and len(track.sends) == 2 for track in tracks)
    assert {lane.track for lane in state.lanes.values()} == {"t00000", "t00010"}
    assert all(len(lane.points) > 100 for lane in state.lanes.values())


def test_the_block_plays_and_meters_the_song(sound: tuple[Asset, MediaPool]) -> None:
    asset, pool = sound
    block = DirectBlock(song_of(20, asset), pool, 64)
    taken = block.timed(200)
    assert taken.shape == (200,)
    assert (taken > 0).all()
    assert int(block.runtime.cells[at.POSITION]) == (200 + 64) * 64
    assert int(block.runtime.cells[at.STARVED]) == 0
    assert np.abs(block.runtime.tap[: 200 * 64]).max() > 1e-3
    assert block.runtime.meters.max() > 1e-3
    stopped = DirectBlock(song_of(20, asset), pool, 64, is_playing=False)
    stopped.timed(100)
    assert int(stopped.runtime.cells[at.POSITION]) == 0


def test_strip_and_sends_of_the_workload_are_heard(sound: tuple[Asset, MediaPool]) -> None:
    asset, pool = sound
    whole = OfflineRenderer(song_of(11, asset), pool).process(4_800)
    without_sends = OfflineRenderer(song_of(11, asset, has_sends=False), pool).process(4_800)
    assert np.abs(whole - without_sends).max() > 1e-3
    second = OfflineRenderer(song_of(1, asset, repeats=2, has_sends=False), pool, start_frame=asset.frames)
    assert np.abs(second.process(4_800)).max() > 1e-4


def test_kernels_take_time_and_more_lanes_take_less_each(sound: tuple[Asset, MediaPool]) -> None:
    assert 0.0 < _kernel_ns(64, *sound, 0.05) < _kernel_ns(8, *sound, 0.05)


def test_the_search_ends_at_a_count_that_passes(sound: tuple[Asset, MediaPool]) -> None:
    asset, pool = sound
    # A clock that charges 20 us a call and 10 us a track finds 91 tracks; the block has 0.7 x 1,333 us.
    calls = {"now": 0.0, "step": False}
    asked: list[int] = []

    def clock() -> float:
        calls["step"] = not calls["step"]
        if not calls["step"]:
            calls["now"] += 20e-6 + 10e-6 * asked[-1]
        return calls["now"]

    from maxbooster_desktop.cli.bench import engine

    real = engine.song_of
    try:
        engine.song_of = lambda tracks, asset: asked.append(tracks) or real(1, asset)  # type: ignore[assignment]
        found = most_tracks(asset, pool, 64, 200, clock)
    finally:
        engine.song_of = real
    assert 80 <= found <= 91


def test_the_block_allocates_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "maxbooster_desktop.cli.bench.allocations", "500"],
        cwd=ROOT,
        env=os.environ | {"NUMBA_NRT_STATS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == {"allocations": 0}


def test_figures_stand_beside_their_bars() -> None:
    rows = beside_bars({"ratio": 12.0, "tracks_at_64": 400, "idle_share": 0.001, "ratio_track": None, "other": 1})
    judged = {row["id"]: (row["bar"], row["dream"], row["is_met"], row["is_dream"]) for row in rows}
    assert judged == {
        "ratio": (10, 20, True, False),
        "tracks_at_64": (512, 2_000, False, False),
        "idle_share": (0.02, 0.005, True, True),
    }
