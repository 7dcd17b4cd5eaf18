"""Scrolling, zooming, headers, ruler, markers, menus, drops and what a screen reader hears."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.project.edits import clips, tracks
from maxbooster_desktop.ui.arranger.dropping import AUDIO_MIME
from maxbooster_desktop.ui.arranger.hits import Zone
from maxbooster_desktop.ui.arranger.menus import action_ids, build_menu

BAR = 3840
NONE = Qt.KeyboardModifier.NoModifier


def wheel(bench, at, angle, keys=NONE, pixels=None):
    canvas = bench.view.canvas
    place = QPointF(at)
    event = QWheelEvent(
        place,
        canvas.mapToGlobal(place),
        pixels or QPoint(),
        angle,
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_ctrl_wheel_zooms_at_the_pointer(bench):
    bench.view.viewport.set_axis(bench.view.scene.axis.scrolled_to(900))
    for notch in (120, 120, -240, 360, -120):
        tick = bench.view.scene.axis.exact_tick_at(700)
        before = bench.view.scene.axis.px_per_tick
        wheel(bench, QPoint(700, 60), QPoint(0, notch), Qt.KeyboardModifier.ControlModifier)
        assert (bench.view.scene.axis.px_per_tick > before) == (notch > 0)
        assert abs(bench.view.scene.axis.x_of(tick) - 700) <= 1


def test_a_pinch_zooms_at_the_pointer(bench):
    bench.view.viewport.set_axis(bench.view.scene.axis.scrolled_to(900))
    canvas, place = bench.view.canvas, QPointF(700, 60)
    for spread in (0.2, 0.1, -0.3):
        tick, before = bench.view.scene.axis.exact_tick_at(700), bench.view.scene.axis.px_per_tick
        pinch = QNativeGestureEvent(
            Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice(), 2, place, place,
            canvas.mapToGlobal(place), spread, QPointF(),
        )  # fmt: skip
        QApplication.sendEvent(canvas, pinch)
        assert bench.view.scene.axis.px_per_tick == pytest.approx(before * (1.0 + spread))
        assert abs(bench.view.scene.axis.x_of(tick) - 700) <= 1


def test_wheel_scrolls_down_shift_sideways_and_trackpads_by_pixels(bench):
    bench.view.resize(900, 170)
    bench.settle()
    wheel(bench, QPoint(300, 60), QPoint(0, -120))
    assert bench.view.scene.scroll_y > 0
    wheel(bench, QPoint(300, 60), QPoint(0, -120), Qt.KeyboardModifier.ShiftModifier)
    assert bench.view.scene.axis.scroll_px == 60
    wheel(bench, QPoint(300, 60), QPoint(), NONE, QPoint(-17, 0))
    assert bench.view.scene.axis.scroll_px == 77


def test_alt_wheel_changes_the_height_as_one_step(bench):
    before = len(bench.steps())
    for _ in range(3):
        wheel(bench, QPoint(300, 10), QPoint(120, 0), Qt.KeyboardModifier.AltModifier)
    bench.qtbot.waitUntil(lambda: len(bench.steps()) == before + 1)
    bench.settle()
    assert bench.studio.state.tracks[bench.a].height == 86
    assert bench.view.scene.rows.by_track[bench.a].height == 86


def test_zoom_to_selection_back_and_fit(bench):
    view = bench.view
    axis = view.scene.axis
    bench.studio.selection.set_clips((bench.two,))
    view.zoom_to_selection()
    rect = view.rect_of(bench.two)
    assert rect.x == pytest.approx(16, abs=1)
    assert rect.right == pytest.approx(view.scene.width - 16, abs=1)
    view.zoom_back()
    assert view.scene.axis == axis
    view.zoom_fit()
    first, last = view.visible_range()
    assert first <= 0
    assert last >= bench.studio.state.end_tick()


def test_middle_drag_pans(bench):
    bench.view.viewport.set_axis(bench.view.scene.axis.scrolled_to(500))
    canvas = bench.view.canvas
    QTest.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(400, 50))
    bench.move(QPoint(340, 50), buttons=Qt.MouseButton.MiddleButton)
    QTest.mouseRelease(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(340, 50))
    assert bench.view.scene.axis.scroll_px == 560


def test_markers_are_added_dragged_and_renamed(bench):
    ruler = bench.view.ruler
    QTest.mouseDClick(ruler, Qt.MouseButton.LeftButton, pos=QPoint(385, 38))
    bench.qtbot.waitUntil(lambda: ruler.findChild(QLineEdit) is not None)
    [marker] = bench.studio.state.markers
    assert marker.tick == 2 * BAR
    QTest.keyClick(ruler.findChild(QLineEdit), Qt.Key.Key_Escape)
    bench.qtbot.waitUntil(lambda: ruler.findChild(QLineEdit) is None)
    QTest.mouseRelease(ruler, Qt.MouseButton.LeftButton, pos=QPoint(385, 38))
    bench.drag(QPoint(390, 38), QPoint(192, 0), on=ruler)
    assert bench.studio.state.markers[0].tick == 3 * BAR
    QTest.mouseDClick(ruler, Qt.MouseButton.LeftButton, pos=QPoint(580, 38))
    field = ruler.findChild(QLineEdit)
    assert field.geometry().bottom() < ruler.height(), "the name is cut off"
    field.setText("Hook")
    seeks = len(bench.engine.seeks)
    QTest.keyClick(field, Qt.Key.Key_Return)
    bench.settle()
    assert bench.studio.state.markers[0].name == "Hook"
    assert len(bench.engine.seeks) == seeks, "Enter in a name moved the playhead"
    assert bench.steps()[-3:] == ["Add marker Marker 1", "Move marker Marker 1", "Rename marker Marker 1 to Hook"]


def test_a_new_markers_name_is_typed_at_once(bench):
    bench.engine.position_tick = 40 * BAR
    REGISTRY["marker.add"].run(bench.studio)
    ruler = bench.view.ruler
    bench.qtbot.waitUntil(lambda: ruler.findChild(QLineEdit) is not None)
    field = ruler.findChild(QLineEdit)
    assert field.hasFocus()
    assert bench.view.visible_range()[1] > 40 * BAR, "the marker is out of sight"
    QTest.keyClicks(field, "Space drop")
    QTest.keyClick(field, Qt.Key.Key_Return)
    bench.settle()
    [marker] = bench.studio.state.markers
    assert (marker.name, marker.tick) == ("Space drop", 40 * BAR)


def header_spot(bench, track, part):
    box = getattr(bench.view.headers.layout_of(bench.view.scene.rows.by_track[track]), part)
    return QPoint(round(box.x + box.width / 2), round(box.y + box.height / 2))


def test_header_switches_and_selection(bench):
    headers = bench.view.headers
    QTest.mouseClick(headers, Qt.MouseButton.LeftButton, pos=header_spot(bench, bench.a, "mute"))
    bench.settle()
    QTest.mouseClick(headers, Qt.MouseButton.LeftButton, pos=header_spot(bench, bench.b, "solo"))
    bench.settle()
    assert bench.studio.state.tracks[bench.a].is_muted
    assert bench.studio.state.tracks[bench.b].is_soloed
    QTest.mouseClick(headers, Qt.MouseButton.LeftButton, pos=header_spot(bench, bench.a, "name"))
    QTest.mouseClick(
        headers, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, header_spot(bench, bench.c, "name")
    )
    assert bench.studio.selection.tracks == (bench.a, bench.b, bench.c)


def test_header_volume_is_played_while_dragged_and_one_step(bench):
    before = len(bench.steps())
    bench.drag(header_spot(bench, bench.a, "volume"), QPoint(-30, 0), on=bench.view.headers)
    gain = bench.studio.state.tracks[bench.a].gain_db
    assert gain < -6.0
    assert bench.engine.touches[-1] == (bench.a, "gain_db", gain)
    assert len(bench.steps()) == before + 1
    bench.drag(header_spot(bench, bench.a, "volume"), QPoint(30, 0), on=bench.view.headers, release=False)
    QTest.keyClick(bench.view.headers, Qt.Key.Key_Escape)
    assert bench.engine.touches[-1] == (bench.a, "gain_db", gain)
    assert len(bench.steps()) == before + 1


def test_header_rename_reorder_and_resize(bench):
    headers = bench.view.headers
    QTest.mouseDClick(headers, Qt.MouseButton.LeftButton, pos=header_spot(bench, bench.a, "name"))
    field = headers.findChild(QLineEdit)
    field.setText("Kick")
    QTest.keyClick(field, Qt.Key.Key_Return)
    bench.settle()
    assert bench.studio.state.tracks[bench.a].name == "Kick"
    QTest.mouseRelease(headers, Qt.MouseButton.LeftButton, pos=header_spot(bench, bench.a, "name"))
    bench.drag(header_spot(bench, bench.a, "name"), QPoint(0, 95), on=headers)
    assert bench.studio.state.track_order == (bench.b, bench.a, bench.c)
    bench.drag(QPoint(60, 49), QPoint(0, 44), on=headers)
    assert bench.studio.state.tracks[bench.b].height == 96


def test_groups_fold_their_tracks(bench):
    [group] = bench.project.do(tracks.group_tracks, (bench.a, bench.b), "Band").created
    bench.settle()
    assert bench.view.scene.rows.by_track[bench.a].depth == 1
    QTest.mouseClick(bench.view.headers, Qt.MouseButton.LeftButton, pos=header_spot(bench, group, "number"))
    assert bench.a not in bench.view.scene.rows.by_track
    assert bench.view.rect_of(bench.one) is None
    assert bench.view.rect_of(bench.c).y == 50


def test_hit_test_covers_every_part(bench):
    view = bench.view
    assert view.hit_test(QPoint(400, 20)).zone is Zone.RULER
    assert view.hit_test(QPoint(400, 40)).zone is Zone.MARKER_LANE
    assert view.hit_test(QPoint(60, 60)).entity == bench.a
    clip = bench.spot(bench.one) + view.canvas.pos()
    assert (view.hit_test(clip).zone, view.hit_test(clip).entity) == (Zone.CLIP, bench.one)
    assert view.hit_test(QPoint(400, 500)).zone is Zone.BELOW_TRACKS


@pytest.mark.parametrize("zone", [Zone.CLIP, Zone.HEADER, Zone.EMPTY_LANE, Zone.RULER])
def test_menus_are_the_declared_actions_and_short(bench, zone):
    menu = build_menu(bench.studio, zone, bench.view)
    entries = [entry for entry in menu.actions() if not entry.isSeparator()]
    assert [entry.data() for entry in entries] == [each for each in action_ids(zone) if each != "-"]
    assert len(entries) <= 14
    assert all(entry.text() and entry.toolTip() for entry in entries)


def drop(bench, data, at):
    event = QDropEvent(
        QPointF(at), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    bench.view.canvas.dropEvent(event)


def test_project_sounds_drop_snapped_onto_a_lane_and_below(bench):
    data = QMimeData()
    data.setData(AUDIO_MIME, f"asset:{bench.asset}".encode())
    drop(bench, data, QPoint(10 * 192 // 2 + 3, 120))
    bench.settle()
    [placed] = [clip for clip in bench.studio.state.clips.values() if clip.track == bench.c]
    assert placed.start_tick == 5 * BAR
    drop(bench, data, QPoint(195, 400))
    bench.settle()
    assert len(bench.studio.state.track_order) == 4
    assert bench.studio.state.clips_by_track[bench.studio.state.track_order[3]]


def test_files_are_handed_on_with_their_place(bench, tmp_path):
    drops = []
    bench.view.files_dropped.connect(drops.append)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("a.wav", "notes.txt", "b.mp3")])
    drop(bench, data, QPoint(195, 60))
    [found] = drops
    assert [file.rsplit("/", 1)[1] for file in found.files] == ["a.wav", "notes.txt", "b.mp3"]
    assert (found.track, found.tick) == (bench.b, BAR)


def test_screen_readers_hear_clips_and_tracks(bench):
    bench.project.do(clips.mute_clips, (bench.two,), True)
    bench.settle()
    bench.studio.selection.set_clips((bench.one,))
    timeline = QAccessible.queryAccessibleInterface(bench.view.canvas)
    assert timeline.role() == QAccessible.Role.List
    names = [timeline.child(i).text(QAccessible.Text.Name) for i in range(timeline.childCount())]
    assert names == [
        "Clip One, track Drums, bar 3, 2 bars, selected",
        "Clip Two, track Keys, bar 7, 2 bars, muted",
    ]
    first = timeline.child(0)
    assert first.role() == QAccessible.Role.ListItem
    corner = bench.view.canvas.mapToGlobal(QPoint(2 * 192, 0))
    assert (first.rect().x(), first.rect().y()) == (corner.x(), corner.y())
    headers = QAccessible.queryAccessibleInterface(bench.view.headers)
    assert [headers.child(i).text(QAccessible.Text.Name) for i in range(3)] == [
        "Track 1, Drums, 0.0 dB",
        "Track 2, Keys, 0.0 dB",
        "Track 3, Vox, 0.0 dB",
    ]
    assert headers.child(0).role() == QAccessible.Role.Row
    bench.project.do(clips.delete_clips, (bench.one,))
    bench.settle()
    assert not first.isValid()
    assert timeline.childCount() == 1


def test_an_empty_project_offers_a_first_track_then_a_first_sound(bench):
    assert not bench.view.empty.isVisible()
    bench.project.do(tracks.delete_tracks, (bench.a, bench.b, bench.c))
    bench.settle()
    assert bench.view.empty.isVisible()
    QTest.mouseClick(bench.view.empty.button, Qt.MouseButton.LeftButton)
    bench.qtbot.waitUntil(lambda: len(bench.studio.state.track_order) == 1)
    bench.settle()
    bench.qtbot.waitUntil(lambda: bench.studio.selection.tracks == bench.studio.state.track_order)
    empty, asked = bench.view.empty, []
    assert empty.isVisible()
    assert "import" in empty.sentence.text()
    assert bench.view.canvas.rect().contains(empty.geometry())
    assert empty.width() >= empty.sentence.sizeHint().width()
    empty.pressed.disconnect()
    empty.pressed.connect(asked.append)
    QTest.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    assert asked == ["project.import"]


def test_show_place_scrolls_to_tracks_and_time_and_stays_where_they_are_seen(bench):
    view = bench.view
    view.resize(900, 170)
    bench.settle()
    view.show_place(BAR, [bench.a])
    assert (view.scene.scroll_y, view.scene.axis.scroll_px) == (0, 0)
    view.show_place(60 * BAR, [bench.c])
    row = view.scene.rows.by_track[bench.c]
    assert view.scene.scroll_y == row.bottom - view.scene.height
    assert 0 < view.scene.axis.x_of(60 * BAR) < view.scene.width
    view.show_place(0, [bench.a, bench.b, bench.c])
    assert (view.scene.scroll_y, view.scene.axis.scroll_px) == (0, 0)


def test_rename_of_the_selected_clip(bench):
    bench.studio.selection.set_clips((bench.one,))
    bench.view.rename()
    field = bench.view.canvas.findChild(QLineEdit)
    field.setText("Verse")
    QTest.keyClick(field, Qt.Key.Key_Return)
    bench.settle()
    assert bench.clip(bench.one).name == "Verse"


def test_following_turns_the_page(bench):
    bench.engine.is_playing = True
    bench.engine.position_tick = 40 * BAR
    bench.view.following.tick()
    x = bench.view.scene.axis.x_of(40 * BAR)
    assert 0 < x < bench.view.scene.width * 0.2
    bench.studio.set_following(False)
    bench.engine.position_tick = 80 * BAR
    bench.view.following.tick()
    assert bench.view.scene.axis.x_of(40 * BAR) == x
    bench.engine.is_playing = False
