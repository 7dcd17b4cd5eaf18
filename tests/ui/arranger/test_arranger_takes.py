"""Comps in the lanes: what is heard is what is seen, a piece is chosen by a click, its take by T."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.project.edits import takes
from maxbooster_desktop.project.edits.clips import add_audio_clip
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.hits import Zone
from maxbooster_desktop.ui.arranger.menus import TAKE_MENU, action_ids
from maxbooster_desktop.ui.arranger.synthetic import RATE

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
