"""Who works on a track and who holds it: what headers show, what a drag meets, asking, giving, taking away."""

import pytest
from factories.played_company import person
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from maxbooster_desktop.actions import attention
from maxbooster_desktop.cloudlink.people import DraggedClip
from maxbooster_desktop.cloudlink.standing import Standing
from maxbooster_desktop.project.document.state import Holder
from maxbooster_desktop.ui.arranger.others_painter import moved_text
from maxbooster_desktop.ui.arranger.others_tracks import Mark
from maxbooster_desktop.ui.widgets.person_colour import account_colour, person_colour
from sync.client.room_events import Connection

BAR = 3840
MARA, ME = Holder("acc_m", "Mara Lind"), Holder("acc_me", "Juno Vale")


@pytest.fixture
def lead(studio_window, live):
    """A shared song's track with a clip; return (track, clip)."""
    studio = studio_window.studio
    (track,) = studio.do("tracks.add_track", "instrument", name="Lead vox").result().created
    (clip,) = studio.do("clips.add_midi_clip", track, 0, BAR, "Riff").result().created
    studio.selection.set_tracks([track])
    studio_window.page.arranger.sync.show_state()
    return track, clip


def header(window, track):
    """Return what a screen reader says of a header."""
    column = window.page.arranger.headers
    found = QAccessible.queryAccessibleInterface(column)
    names = [found.child(at).text(QAccessible.Text.Name) for at in range(found.childCount())]
    return next(name for name in names if window.studio.state.tracks[track].name in name)


def colours(window, track):
    """Return the colours in the title of a header."""
    column = window.page.arranger.headers
    picture, box = column.grab().toImage(), column.layout_of(column.desk.scene.rows.by_track[track]).name
    xs, ys = range(round(box.x), round(box.right)), range(round(box.y), round(box.y) + 22)
    return {picture.pixelColor(x, y).rgb() for x in xs for y in ys}


def held_by(window, track, who):
    window.studio.do("tracks.lock_tracks", [track], who).result()
    window.page.arranger.sync.show_state()


def test_a_dot_shows_who_works_on_a_track(studio_window, live, lead):
    track, clip = lead
    live.people = (person(colour=2, clips=(clip,)),)
    studio_window.studio.company.changed.emit()
    headers = studio_window.page.arranger.headers
    assert headers.marks == {track: (Mark("Mara Lind", 2),)}
    assert person_colour(2).rgb() in colours(studio_window, track)
    assert header(studio_window, track).endswith("Mara Lind works here")
    live.people = (person(colour=2, dragged=(DraggedClip(clip, track, BAR),)),)
    studio_window.studio.company.changed.emit()
    assert header(studio_window, track).endswith("Mara Lind drags here")
    live.people = ()
    studio_window.studio.company.changed.emit()
    assert person_colour(2).rgb() not in colours(studio_window, track)


def test_how_far_something_is_moved(studio_window):
    state = studio_window.studio.state
    assert moved_text(state, 2 * BAR, 3 * BAR) == "+1 bar, 4.1.1"
    assert moved_text(state, 3 * BAR, BAR) == "\N{MINUS SIGN}2 bars, 2.1.1"
    assert moved_text(state, 0, 960) == "+1 beat, 1.2.1"
    assert moved_text(state, 0, 100) == "1.1.1"


def test_a_track_is_locked_and_unlocked_by_a_key(studio_window, lead, wait_until):
    track, _ = lead
    studio = studio_window.studio
    studio_window.bridge["together.lock"].run()
    wait_until(lambda: studio.state.tracks[track].lock is not None)
    assert studio.state.tracks[track].lock.account == "acc_me"
    studio_window.page.arranger.sync.show_state()
    assert account_colour("acc_me").rgb() in colours(studio_window, track)
    assert "locked by" in header(studio_window, track)
    wait_until(studio_window.bridge["together.lock"].isChecked)
    studio_window.bridge["together.lock"].run()
    wait_until(lambda: studio.state.tracks[track].lock is None)


def test_a_drag_on_a_held_track_is_refused_with_one_sentence(studio_window, lead):
    track, clip = lead
    held_by(studio_window, track, MARA)
    canvas, scene = studio_window.page.arranger.canvas, studio_window.page.arranger.scene
    rect = scene.rect_of(clip)
    start = QPoint(round(rect.x + 30), round(rect.y + 7))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in (5, 20, 40):
        QTest.mouseMove(canvas, start + QPoint(step, 0))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start + QPoint(40, 0))
    (said,) = studio_window.toasts.sentences()
    assert said.startswith("“Lead vox” is locked by Mara Lind")
    assert studio_window.studio.state.clips[clip].start_tick == 0


def test_a_held_track_is_asked_for_and_only_the_owner_takes_the_lock(studio_window, live, lead, wait_until):
    track, _ = lead
    studio, bridge = studio_window.studio, studio_window.bridge
    held_by(studio_window, track, MARA)
    assert bridge["together.lock"].declared.why_not(studio).startswith("Somebody else holds")
    bridge["together.ask_track"].run()
    wait_until(lambda: studio.state.tracks[track].asked is not None)
    assert bridge["together.take_lock"].declared.why_not(studio).startswith("Only the project's owner")
    live.standing = Standing(Connection.LIVE, role="owner")
    bridge["together.take_lock"].run()
    wait_until(lambda: studio.state.tracks[track].lock is None)
    assert studio.state.tracks[track].asked is None


def test_who_asked_is_told_when_the_track_is_given(studio_window, lead, wait_until):
    track, _ = lead
    studio = studio_window.studio
    held_by(studio_window, track, MARA)
    studio_window.bridge["together.ask_track"].run()
    wait_until(lambda: studio.state.tracks[track].asked is not None)
    wait_until(lambda: studio_window.company_watch._asked_for == {track})
    studio.do("tracks.give_track", track).result()
    wait_until(lambda: studio_window.toasts.sentences() == ["You hold “Lead vox” now."])


def test_a_request_reaches_the_holder_who_gives(studio_window, lead, wait_until):
    track, _ = lead
    studio = studio_window.studio
    held_by(studio_window, track, ME)
    studio.do("tracks.ask_for_track", track, MARA).result()
    (matter,) = [each for each in attention.matters(studio) if each.action == "together.give_track"]
    assert matter.sentence == "Mara Lind asks for “Lead vox”, which you hold."
    studio.selection.set_tracks(())
    studio_window.bridge[matter.action].run()
    wait_until(lambda: studio.state.tracks[track].lock == MARA)
    assert [each for each in attention.matters(studio) if each.action == "together.give_track"] == []
