"""Every drag in the lanes, with mouse events on a real project: what it edits, how it snaps, what Esc leaves."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from maxbooster_desktop.ui.arranger.hits import Zone, body_of, curve_through, fade_level

BAR = 3840
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def test_click_selects_and_ctrl_click_toggles_on_release(bench):
    canvas, selection = bench.view.canvas, bench.studio.selection
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=bench.spot(bench.one))
    assert selection.clips == (bench.one,)
    assert selection.tracks == (bench.a,)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, CTRL, bench.spot(bench.two))
    assert selection.clips == (bench.one,)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, CTRL, bench.spot(bench.two))
    assert selection.clips == (bench.one, bench.two)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, CTRL, bench.spot(bench.one))
    assert selection.clips == (bench.two,)


def test_shift_click_extends_over_the_block_between(bench):
    QTest.mouseClick(bench.view.canvas, Qt.MouseButton.LeftButton, pos=bench.spot(bench.one))
    QTest.mouseClick(bench.view.canvas, Qt.MouseButton.LeftButton, SHIFT, bench.spot(bench.two))
    assert set(bench.studio.selection.clips) == {bench.one, bench.two}


def test_move_snaps_and_is_one_step_with_a_readable_name(bench):
    before = len(bench.steps())
    bench.drag(bench.spot(bench.one), QPoint(190, 0))
    assert bench.clip(bench.one).start_tick == 3 * BAR
    assert bench.steps()[before:] == ["Move One"]


def test_move_of_a_selection_to_the_next_track(bench):
    bench.studio.selection.set_clips((bench.one, bench.two))
    bench.drag(bench.spot(bench.one), QPoint(0, 50))
    assert (bench.clip(bench.one).track, bench.clip(bench.two).track) == (bench.b, bench.c)
    assert bench.steps()[-1] == "Move 2 clips"


def test_alt_ignores_snap_and_shift_keeps_one_direction(bench):
    bench.drag(bench.spot(bench.one), QPoint(33, 0), ALT)
    assert bench.clip(bench.one).start_tick == 2 * BAR + 660
    bench.drag(bench.spot(bench.two), QPoint(192, 50), SHIFT)
    assert (bench.clip(bench.two).start_tick, bench.clip(bench.two).track) == (7 * BAR, bench.b)


def test_a_clip_off_the_grid_keeps_its_offset(bench):
    bench.drag(bench.spot(bench.one), QPoint(33, 0), ALT)
    offset = bench.clip(bench.one).start_tick % 480
    bench.studio.snap.choose("1/8")
    bench.drag(bench.spot(bench.one), QPoint(100, 0))
    assert offset
    assert bench.clip(bench.one).start_tick % 480 == offset
    assert bench.clip(bench.one).start_tick != 2 * BAR + 660


def test_ctrl_drag_copies_to_another_track_as_one_step(bench):
    before = len(bench.steps())
    bench.drag(bench.spot(bench.one), QPoint(192, 100), CTRL)
    copies = [clip for clip in bench.studio.state.clips.values() if clip.track == bench.c]
    assert [clip.start_tick for clip in copies] == [3 * BAR]
    assert bench.clip(bench.one).start_tick == 2 * BAR
    assert bench.steps()[before:] == ["Copy One"]


def test_trim_both_edges_stops_at_the_snapped_bar(bench):
    end = bench.studio.state.clip_end_tick(bench.clip(bench.one))
    bench.drag(bench.spot(bench.one, 2, 30), QPoint(98, 0))
    clip = bench.clip(bench.one)
    assert clip.start_tick == 2 * BAR + BAR // 2
    assert clip.source_offset == 48_000 + 48_000
    assert abs(bench.studio.state.clip_end_tick(clip) - end) <= 1
    bench.drag(bench.spot(bench.one, -2, 40), QPoint(-94, 0))
    assert abs(bench.studio.state.clip_end_tick(bench.clip(bench.one)) - (end - BAR // 2)) <= 1


def test_the_upper_half_of_the_right_edge_repeats_the_clip_as_one_step(bench):
    before, one = len(bench.steps()), bench.clip(bench.one)
    spot = bench.spot(bench.one, -2, 25)
    assert bench.view.scene.hit_test(spot.x(), spot.y()).zone is Zone.LOOP_CLIP
    # From bar 4 to bar 9: two repeats of two bars and half of a third.
    bench.drag(spot, QPoint(5 * 192, 0))
    repeats = [clip for clip in bench.studio.state.clips.values() if clip.track == bench.a and clip.id != bench.one]
    repeats.sort(key=lambda clip: clip.start_tick)
    assert [clip.start_tick for clip in repeats] == [4 * BAR, 6 * BAR, 8 * BAR]
    assert [clip.length_frames for clip in repeats] == [192_000, 192_000, 96_000]
    assert {(clip.asset, clip.source_offset) for clip in repeats} == {(one.asset, one.source_offset)}
    assert bench.clip(bench.one) == one
    assert bench.steps()[before:] == ["Loop One"]
    bench.studio.project.undo().result()
    assert bench.studio.state.clips_by_track[bench.a] == (bench.one,)


def test_repeats_are_shown_while_they_are_dragged_and_a_drag_to_the_left_makes_none(bench):
    before = bench.steps()
    spot = bench.spot(bench.one, -2, 25)
    bench.drag(spot, QPoint(3 * 192, 0), release=False)
    assert sorted(clip.start_tick for clip in bench.view.scene.preview.clips.values()) == [4 * BAR, 6 * BAR]
    QTest.keyClick(bench.view.canvas, Qt.Key.Key_Escape)
    assert not bench.view.scene.preview.clips
    QTest.mouseRelease(bench.view.canvas, Qt.MouseButton.LeftButton, pos=spot)
    bench.drag(spot, QPoint(-192, 0))
    assert bench.steps() == before


def test_trim_cannot_leave_the_source(bench):
    bench.drag(bench.spot(bench.one, 2, 30), QPoint(-380, 0))
    assert bench.clip(bench.one).source_offset == 0


@pytest.mark.parametrize(("x", "by", "field"), [(4, 60, "fade_in_ms"), (-4, -60, "fade_out_ms")])
def test_fade_corners(bench, x, by, field):
    bench.drag(bench.spot(bench.one, x, 5), QPoint(by, 0))
    # 0.05 px a tick at 120 bpm: a pixel is 20 / 1.92 ms
    assert getattr(bench.clip(bench.one), field) == pytest.approx((abs(by) + 4) * 10.417, abs=12)
    assert bench.clip(bench.one).start_tick == 2 * BAR


def fade_middle(bench, zone):
    shape = bench.view.scene.shape_of(bench.view.scene.clip_at(*bench.spot(bench.one).toTuple()))
    return QPoint(*map(round, shape.fade_middles()[zone])), body_of(shape.rect).height


@pytest.mark.parametrize(
    ("x", "by", "zone", "field"),
    [
        (4, 76, Zone.FADE_IN_CURVE, "fade_in_curve"),
        (-4, -76, Zone.FADE_OUT_CURVE, "fade_out_curve"),
    ],
)
def test_the_middle_of_a_fade_bends_it_and_a_double_click_makes_it_straight(bench, x, by, zone, field):
    canvas = bench.view.canvas
    bench.drag(bench.spot(bench.one, x, 5), QPoint(by, 0))
    lengths = (bench.clip(bench.one).fade_in_ms, bench.clip(bench.one).fade_out_ms)
    start, height = fade_middle(bench, zone)
    assert bench.view.scene.hit_test(start.x(), start.y()).zone is zone
    bench.drag(start, QPoint(0, -6))
    bent = getattr(bench.clip(bench.one), field)
    assert fade_level(0.5, bent) == pytest.approx(0.5 + 6 / height, abs=0.01)
    assert fade_middle(bench, zone)[0].y() == pytest.approx(start.y() - 6, abs=1)
    bench.drag(fade_middle(bench, zone)[0], QPoint(0, 200))
    assert getattr(bench.clip(bench.one), field) == -1.0
    assert (bench.clip(bench.one).fade_in_ms, bench.clip(bench.one).fade_out_ms) == lengths
    steps = len(bench.steps())
    place = fade_middle(bench, zone)[0]
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=place)
    bench.settle()
    assert getattr(bench.clip(bench.one), field) == 0.0
    assert len(bench.steps()) == steps + 1


def test_a_bent_fade_is_the_level_that_was_wished_for():
    for curve in (-1.0, -0.4, 0.0, 0.7, 1.0):
        assert curve_through(fade_level(0.5, curve)) == pytest.approx(curve)
    assert curve_through(0.0) == pytest.approx(-1.0)
    assert curve_through(1.0) == pytest.approx(1.0)


def test_gain_line_drags_and_double_click_resets(bench):
    line = round(bench.view.scene.shape_of(bench.view.scene.clip_at(*bench.spot(bench.one).toTuple())).gain_y)
    start = QPoint(bench.spot(bench.one).x(), line)
    bench.drag(start, QPoint(0, -8))
    gain = bench.clip(bench.one).gain_db
    assert 8.0 < gain < 14.0
    line = round(bench.view.scene.shape_of(bench.view.scene.clip_at(*bench.spot(bench.one).toTuple())).gain_y)
    QTest.mouseDClick(bench.view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(start.x(), line))
    QTest.mouseRelease(bench.view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(start.x(), line))
    bench.settle()
    assert bench.clip(bench.one).gain_db == 0.0


def test_ctrl_alt_drag_slips_the_audio(bench):
    bench.drag(bench.spot(bench.one, "middle", 40), QPoint(-48, 0), CTRL | ALT)
    clip = bench.clip(bench.one)
    assert clip.start_tick == 2 * BAR
    assert clip.source_offset == 48_000 + 24_000


def test_escape_during_any_drag_restores_everything(bench):
    before = (bench.studio.state, bench.steps())
    for start, by, keys in (
        (bench.spot(bench.one), QPoint(300, 50), Qt.KeyboardModifier.NoModifier),
        (bench.spot(bench.one, 2, 30), QPoint(50, 0), Qt.KeyboardModifier.NoModifier),
        (bench.spot(bench.one, 4, 5), QPoint(50, 0), Qt.KeyboardModifier.NoModifier),
        (bench.spot(bench.one), QPoint(-40, 0), CTRL | ALT),
    ):
        bench.drag(start, by, keys, release=False)
        assert bench.view.scene.preview.clips
        QTest.keyClick(bench.view.canvas, Qt.Key.Key_Escape)
        assert not bench.view.scene.preview.clips
        QTest.mouseRelease(bench.view.canvas, Qt.MouseButton.LeftButton, keys, start + by)
    assert bench.studio.state is before[0]
    assert bench.steps() == before[1]


def test_preview_moves_without_touching_the_document(bench):
    before = bench.studio.state
    bench.drag(bench.spot(bench.one), QPoint(192, 0), release=False)
    assert bench.studio.state is before
    assert bench.view.scene.preview.clips[bench.one].start_tick == 3 * BAR
    assert bench.view.scene.rect_of(bench.one).x == pytest.approx(3 * BAR * 0.05)
    QTest.keyClick(bench.view.canvas, Qt.Key.Key_Escape)


def test_rubber_band_takes_clips_and_time(bench):
    bench.drag(QPoint(200, 10), QPoint(600, 30))
    assert bench.studio.selection.clips == (bench.one,)
    start, end = bench.studio.selection.time_range
    assert (start % 240, end % 240) == (0, 0)
    assert start == pytest.approx(4000, abs=240)
    assert end == pytest.approx(16000, abs=240)
    QTest.mouseDClick(bench.view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 10))
    assert len(bench.studio.state.clips) == 2


def test_a_narrow_clip_offers_only_what_can_be_hit(bench):
    bench.view.viewport.set_axis(bench.view.scene.axis.zoomed(0.08, 0))
    zones = {bench.view.scene.hit_test(*bench.spot(bench.one, x, 30).toTuple()).zone.value for x in (1, 10, -2)}
    assert zones == {"clip start", "clip", "clip end"}
    bench.view.viewport.set_axis(bench.view.scene.axis.zoomed(0.2, 0))
    assert bench.view.scene.hit_test(*bench.spot(bench.one, 1, 30).toTuple()).zone.value == "clip"


def test_split_at_the_playhead(bench):
    from maxbooster_desktop.actions.registry import REGISTRY

    bench.studio.selection.set_clips((bench.one,))
    bench.engine.position_tick = 3 * BAR
    REGISTRY["clip.split"].run(bench.studio)
    bench.qtbot.waitUntil(lambda: len(bench.view.scene.state.clips) == 3)
    starts = sorted(clip.start_tick for clip in bench.studio.state.clips.values() if clip.track == bench.a)
    assert starts == [2 * BAR, 3 * BAR]


def test_hint_and_cursor_follow_the_zone(bench):
    hints = []
    bench.view.hint_changed.connect(hints.append)
    bench.move(bench.spot(bench.one, 2, 30))
    assert bench.view.canvas.cursor().shape() == Qt.CursorShape.SizeHorCursor
    bench.move(bench.spot(bench.one))
    bench.move(bench.spot(bench.one, 4, 4))
    assert bench.view.canvas.cursor().shape() == Qt.CursorShape.CrossCursor
    assert [hint.split(" · ")[0] for hint in hints] == [
        "Drag to trim the start",
        "Drag to move",
        "Drag sideways to fade in",
    ]
