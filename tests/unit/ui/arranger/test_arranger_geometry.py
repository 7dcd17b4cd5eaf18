"""Ticks to pixels, rows, the grid, snapping, culling and hit zones: numbers only, no application."""

import itertools
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from maxbooster_desktop.actions.snap import Snap
from maxbooster_desktop.project.document.state import TrackId
from maxbooster_desktop.project.document.tempo_map import SignatureEvent, TempoEvent, TempoMap
from maxbooster_desktop.ui.arranger.clip_index import ClipIndex
from maxbooster_desktop.ui.arranger.clip_time import spans_of
from maxbooster_desktop.ui.arranger.geometry import MAX_PX_PER_TICK, Rect, TimeAxis, layout_rows
from maxbooster_desktop.ui.arranger.grid import Grid, Snapper, adaptive_grid, grid_for, magnets_of, shown_lines
from maxbooster_desktop.ui.arranger.header_layout import layout_header
from maxbooster_desktop.ui.arranger.hits import ClipShape, Zone
from maxbooster_desktop.ui.arranger.scene import Scene
from maxbooster_desktop.ui.arranger.synthetic import BAR, synthetic_state

FOUR_FOUR = TempoMap()
SMALL = synthetic_state(12, 120)


def test_the_model_of_the_arranger_needs_no_qt():
    code = "import sys, maxbooster_desktop.ui.arranger.pointer_tool; sys.exit('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("factor", [0.001, 0.5, 1.25, 3.7, 1e9])
@pytest.mark.parametrize("anchor", [0.0, 13.0, 1500.0])
def test_zoom_keeps_the_time_under_the_pointer(factor, anchor):
    axis = TimeAxis(0.05, 40_000.0)
    before = axis.exact_tick_at(anchor)
    zoomed = axis.zoomed(factor, anchor)
    if zoomed.scroll_px > 0:
        assert abs(zoomed.x_of(before) - anchor) <= 1.0
    assert zoomed.px_per_tick <= MAX_PX_PER_TICK


def test_eight_hours_at_the_deepest_zoom_stay_exact():
    tick = 8 * 3600 * 2 * 960
    axis = TimeAxis(MAX_PX_PER_TICK, tick * MAX_PX_PER_TICK - 800.0)
    assert axis.tick_at(axis.x_of(tick)) == tick
    assert axis.x_of(tick + 1) - axis.x_of(tick) == pytest.approx(MAX_PX_PER_TICK)


def test_rows_fold_and_find_themselves():
    group = replace(SMALL.tracks[TrackId("track-0")], kind="group")
    child = replace(SMALL.tracks[TrackId("track-1")], parent=group.id, height=96)
    state = replace(SMALL, tracks={**SMALL.tracks, group.id: group, child.id: child})
    rows = layout_rows(state)
    assert [row.top for row in rows.rows[:4]] == [0, 50, 146, 196]
    assert rows.by_track[child.id].depth == 1
    assert rows.at(60) == rows.by_track[child.id]
    assert rows.at(-1) is None
    assert rows.at(rows.height) is None
    folded = layout_rows(state, {group.id})
    assert child.id not in folded.by_track
    assert folded.rows[1].top == 50
    assert folded.rows[1].number == 3


def test_grid_lines_are_at_least_14_px_apart_and_follow_the_signature():
    odd = TempoMap(signatures=(SignatureEvent(0, 7, 8), SignatureEvent(7 * 480 * 2, 4, 4)))
    for scale in (0.0005, 0.004, 0.02, 0.1, 0.9):
        for tempo_map in (FOUR_FOUR, odd):
            lines = np.array(list(adaptive_grid(tempo_map, 0, scale).lines(0, round(1500 / scale))))
            assert np.diff(lines).min() * scale >= 13.99
    assert list(Grid(odd, 0).lines(0, 10_560)) == [0, 3360, 6720, 10560]


def test_the_lines_shown_are_the_same_wherever_the_view_begins():
    odd = TempoMap(signatures=(SignatureEvent(0, 4, 4), SignatureEvent(6 * 3840, 7, 8), SignatureEvent(36_480, 3, 4)))
    for scale in (0.0005, 0.004, 0.02, 0.1):
        whole = list(shown_lines(odd, 0, 90_000, scale))
        assert [tick for tick, _rank in whole] == sorted({tick for tick, _rank in whole})
        for start, end in ((1, 30_000), (23_039, 23_041), (23_041, 36_479), (40_000, 90_000)):
            part = [line for line in shown_lines(odd, start, end, scale) if start <= line[0] <= end]
            assert part == [line for line in whole if start <= line[0] <= end], (scale, start)


def test_a_chosen_division_snaps_triplets_too():
    snap = Snap()
    snap.choose("1/8T")
    grid = grid_for(snap, FOUR_FOUR, 0, 0.05)
    assert grid.nearest(350) == 320
    snap.set_on(False)
    assert grid_for(snap, FOUR_FOUR, 0, 0.05) is None


def test_magnets_win_when_nearer_than_the_grid_and_within_8_px():
    snapper = Snapper(Grid(FOUR_FOUR, 960), magnets_of([1100]), 0.05)
    assert snapper.snap(1080) == 1100
    assert snapper.snap(1000) == 960
    assert snapper.snap(1400) == 960
    alone = Snapper(None, magnets_of([1100]), 0.05)
    assert alone.snap(1300) == 1300


def test_a_move_keeps_the_offset_and_either_edge_finds_magnets():
    snapper = Snapper(Grid(FOUR_FOUR, 960), magnets_of([]), 0.05)
    assert snapper.snap_move(100, 500, 930) == 960
    with_magnet = Snapper(Grid(FOUR_FOUR, 960), magnets_of([5000]), 0.05)
    assert 0 + with_magnet.snap_move(0, 700, 4290) + 700 == 5000
    assert snapper.snap_move(960, 500, -5000) == -960


def test_culling_finds_exactly_what_brute_force_finds():
    index = ClipIndex(SMALL)
    rng = np.random.default_rng(1)
    for _ in range(60):
        track = SMALL.track_order[int(rng.integers(0, 12))]
        start = int(rng.integers(0, 60 * BAR))
        end = start + int(rng.integers(1, 12 * BAR))
        found = [clip.id for clip, _, _ in index.of(track).between(start, end)]
        clips = [SMALL.clips[clip] for clip in SMALL.clips_by_track[track]]
        assert found == [c.id for c in clips if c.start_tick < end and SMALL.clip_end_tick(c) > start]


def test_an_edit_rebuilds_only_the_index_of_its_track():
    scene = Scene(SMALL)
    for track in SMALL.track_order:
        scene.index.of(track)
    moved = next(clip for clip in SMALL.clips.values() if clip.track == "track-3")
    state = replace(SMALL, clips={**SMALL.clips, moved.id: replace(moved, start_tick=moved.start_tick + 10)})
    before = scene.index.built
    scene.show(state)
    for track in SMALL.track_order:
        scene.index.of(track)
    assert scene.index.built == before + 1


def test_a_clip_under_changing_tempo_falls_into_spans_that_meet():
    ramp = TempoMap((TempoEvent(0, 120.0), TempoEvent(2 * BAR, 90.0, is_ramp=True), TempoEvent(4 * BAR, 180.0)))
    clip = next(clip for clip in SMALL.clips.values() if clip.kind == "audio")
    state = replace(SMALL, tempo_map=ramp)
    clip = replace(clip, start_tick=BAR, length_frames=12 * 48_000)
    end = state.clip_end_tick(clip)
    spans = spans_of(state, clip, end, TimeAxis(0.05), left=0.0, right=5000.0)
    assert spans[0].x0 == pytest.approx(BAR * 0.05)
    assert spans[-1].x1 == pytest.approx(end * 0.05)
    for here, following in itertools.pairwise(spans):
        assert here.x1 == pytest.approx(following.x0)
        reached = here.first_frame + (here.x1 - here.x0) * here.frames_per_px
        assert reached == pytest.approx(following.first_frame, abs=1.0)


@pytest.mark.parametrize(
    ("x", "y", "zone"),
    [
        (103, 5, Zone.FADE_IN),
        (103, 30, Zone.TRIM_START),
        (297, 5, Zone.FADE_OUT),
        (297, 30, Zone.LOOP_CLIP),
        (297, 44, Zone.TRIM_END),
        (200, 5, Zone.CLIP),
        (200, 32, Zone.GAIN),
        (200, 44, Zone.CLIP),
        (140, 5, Zone.FADE_IN),
    ],
)
def test_zones_of_a_clip(x, y, zone):
    shape = ClipShape(Rect(100, 0, 200, 49), 140.0, 300.0, 32.0)
    assert shape.zone(x, y) is zone


def test_header_parts_neither_overlap_nor_leave_their_row():
    state = replace(SMALL, tracks={**SMALL.tracks})
    for height in (28, 50, 96):
        row = layout_rows(state, heights=dict.fromkeys(state.track_order, height)).rows[2]
        parts = layout_header(row, 0)
        boxes = [parts.number, parts.name, parts.mute, parts.solo, parts.meter]
        boxes += [box for box in (parts.volume, parts.decibels, parts.arm) if box is not None]
        for index, box in enumerate(boxes):
            assert parts.whole.y <= box.y
            assert box.bottom <= parts.whole.bottom
            assert not any(box.meets(other) for other in boxes[index + 1 :]), (height, index)
        assert (parts.volume is None) == (height == 28)
        assert parts.hit(parts.mute.x + 3, parts.mute.y + 3) is Zone.HEADER_MUTE
        assert parts.hit(100, row.bottom - 1) is Zone.HEADER_RESIZE
