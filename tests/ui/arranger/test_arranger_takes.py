"""Comps in the lanes: what is heard is what is seen, a piece is chosen by a click, its take by T."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.project.edits import takes
from maxbooster_desktop.project.edits.clips import add_audio_clip
from maxbooster_desktop.ui.arranger.geometry import TAKE_LANE_PX, Rect
from maxbooster_desktop.ui.arranger.hits import Zone
from maxbooster_desktop.ui.arranger.menus import TAKE_MENU, action_ids
from maxbooster_desktop.ui.arranger.synthetic import RATE
from maxbooster_desktop.ui.arranger.take_lanes import lanes_of

BAR = 3840
#: Pixels of a bar.
WIDE = 192


@pytest.fixture
def comped(bench):
    """Two takes of four bars on Vox from bar 2 on, the second heard; the first in bar 3."""
    for number in (1, 2):
        new = takes.NewTake(bench.c, bench.asset, BAR, RATE * number, 8 * RATE, number, f"Take {number}", number)
        bench.project.do(takes.add_pass, [new])
    bench.first, bench.second = bench.project.state.takes_by_track[bench.c]
    bench.project.do(takes.choose_range, bench.first, 2 * BAR, 3 * BAR)
    bench.settle()
    return bench


def at(bench, track, bar):
    """Return a point in a track's lane, `bar` bars from the start."""
    row = bench.view.scene.row_rect(bench.view.scene.rows.by_track[track])
    return QPoint(round(bar * WIDE), round(row.y + row.height / 2))


def shown(bench, track):
    """Return (name, first bar, end) of what is drawn on a track."""
    row = bench.view.scene.row_rect(bench.view.scene.rows.by_track[track])
    placed = list(bench.view.scene.clips_in(Rect(0, row.y + 5, 1600, 10)))
    return [(one.clip.name, round(one.clip.start_tick / BAR, 1), round(one.end_tick / BAR, 1)) for one in placed]


def test_what_is_heard_is_drawn(comped):
    assert shown(comped, comped.c) == [("Take 2", 1.0, 2.0), ("Take 1", 2.0, 3.0), ("Take 2", 3.0, 5.0)]
    assert comped.view.scene.index.content_end_tick() == 8 * BAR
    built = comped.view.scene.index.built
    comped.project.do(takes.rename_take, comped.first, "Better")
    comped.settle()
    assert shown(comped, comped.c)[1][0] == "Better"
    assert comped.view.scene.index.built == built + 1


def test_a_click_selects_the_piece_and_the_next_take_is_heard_there(comped):
    selection = comped.studio.selection
    QTest.mouseClick(comped.view.canvas, Qt.MouseButton.LeftButton, pos=at(comped, comped.c, 2.5))
    assert (selection.clips, selection.tracks, selection.time_range) == ((), (comped.c,), (2 * BAR, 3 * BAR))
    REGISTRY["take.next"].run(comped.studio)
    comped.qtbot.waitUntil(lambda: len(comped.studio.state.comps[comped.c]) == 1)
    comped.settle()
    assert shown(comped, comped.c) == [("Take 2", 1.0, 5.0)]


def test_dragging_over_pieces_selects_time_and_no_clip(comped):
    comped.drag(at(comped, comped.c, 1.25), QPoint(WIDE, 0))
    assert comped.studio.selection.clips == ()
    assert comped.studio.selection.tracks == (comped.c,)
    assert comped.studio.selection.time_range == (1.25 * BAR, 2.25 * BAR)


def test_a_clip_beneath_is_seen_and_held_beside_the_comp(comped):
    [clip] = comped.project.do(
        add_audio_clip, comped.c, comped.asset, 0, source_offset=0, length_frames=16 * RATE, name="Long"
    ).created
    comped.settle()
    assert [name for name, _, _ in shown(comped, comped.c)] == ["Long", "Take 2", "Take 1", "Take 2", "Long"]
    for bar in (0.5, 6.5):
        spot = at(comped, comped.c, bar)
        hit = comped.view.scene.hit_test(spot.x(), spot.y())
        assert (hit.zone, hit.entity) == (Zone.CLIP, clip)
    QTest.mouseClick(comped.view.canvas, Qt.MouseButton.LeftButton, pos=at(comped, comped.c, 6.5))
    assert comped.studio.selection.clips == (clip,)


def test_a_piece_has_a_menu_of_its_own(comped):
    spot = at(comped, comped.c, 2.5)
    hit = comped.view.scene.hit_test(spot.x(), spot.y())
    assert (hit.zone, hit.entity, hit.track) == (Zone.TAKE, None, comped.c)
    assert action_ids(hit.zone) == TAKE_MENU
    assert all(entry == "-" or entry in REGISTRY for entry in TAKE_MENU)


@pytest.fixture
def opened(comped):
    """The same with its takes shown: the second on top."""
    comped.studio.selection.set_tracks([comped.c])
    REGISTRY["take.lanes"].run(comped.studio)
    comped.settle()
    return comped


def in_lane(bench, number, bar):
    """Return a point in one of the lanes of takes."""
    row = bench.view.scene.rows.by_track[bench.c]
    lane = list(lanes_of(bench.view.scene, row))[number]
    return QPoint(round(bar * WIDE), round(lane.rect.y + lane.rect.height / 2))


def test_takes_show_on_lanes_below_their_track_and_go_again(opened):
    scene = opened.view.scene
    row = scene.rows.by_track[opened.c]
    assert [lane.take.name for lane in lanes_of(scene, row)] == ["Take 2", "Take 1"]
    assert scene.rows.height == row.bottom + 2 * TAKE_LANE_PX
    assert REGISTRY["take.lanes"].checked(opened.studio)
    REGISTRY["take.lanes"].run(opened.studio)
    assert scene.rows.height == row.bottom


def test_a_swipe_lets_the_take_be_heard_there_as_one_step(opened):
    steps = len(opened.steps())
    opened.drag(in_lane(opened, 1, 3.5), QPoint(round(WIDE * 0.5), 0))
    assert [(part.start_tick, part.end_tick, part.take) for part in opened.studio.state.comps[opened.c]][:3] == [
        (BAR, 2 * BAR, opened.second), (2 * BAR, 3 * BAR, opened.first), (3 * BAR, 3.5 * BAR, opened.second),
    ]  # fmt: skip
    assert opened.steps()[steps:] == ["Choose Take 1"]
    opened.drag(in_lane(opened, 0, 2.5), QPoint(-WIDE, 0))
    assert opened.studio.state.comps[opened.c][0].end_tick == 2.5 * BAR


def test_a_double_click_lets_all_of_a_take_be_heard(opened):
    QTest.mouseDClick(opened.view.canvas, Qt.MouseButton.LeftButton, pos=in_lane(opened, 1, 2.2))
    opened.qtbot.waitUntil(lambda: len(opened.studio.state.comps[opened.c]) == 1)
    assert opened.studio.state.comps[opened.c][0].take == opened.first


def test_what_is_not_heard_of_a_take_is_dimmed(opened):
    picture = opened.view.canvas.grab().toImage()

    def bright(number, bar):
        spot = in_lane(opened, number, bar)
        top = spot.y() - TAKE_LANE_PX // 2
        return max(picture.pixelColor(spot.x(), y).lightness() for y in range(top, top + TAKE_LANE_PX - 1))

    assert bright(1, 2.6) > bright(1, 3.6) + 40
    assert bright(0, 3.6) > bright(0, 2.6) + 40


def test_lanes_scroll_and_repaint_like_the_rest(opened):
    view = opened.view

    def picture():
        view.canvas.grab()
        opened.settle()
        return view.canvas.grab().toImage()

    fresh = picture()
    view.viewport.set_axis(type(view.scene.axis)(0.05, 37.0))
    assert picture() != fresh
    view.viewport.set_axis(type(view.scene.axis)(0.05, 0.0))
    assert picture() == fresh


def test_the_column_of_headers_names_the_lanes_and_selects_their_track(opened):
    headers = opened.view.headers
    spot = in_lane(opened, 0, 0)
    opened.studio.selection.set_tracks([])
    QTest.mouseClick(headers, Qt.MouseButton.LeftButton, pos=QPoint(60, spot.y()))
    assert opened.studio.selection.tracks == (opened.c,)
    assert headers.hit_test(60, spot.y()).zone is Zone.HEADER
