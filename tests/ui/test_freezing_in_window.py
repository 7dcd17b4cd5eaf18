"""Freezing from the window: the verbs with progress and cancel, what header, inspector and mixer show and say."""

import time

import pytest
from factories.audio_files import noise, write_audio
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.project.document.frozen_edits import TrackFrozenError
from maxbooster_desktop.ui.shell.bounce_dialog import BounceDialog
from maxbooster_desktop.ui.theme.tokens import theme

BAR = 3840


@pytest.fixture
def drums(studio_window, tmp_path):
    """A track with a sound and a limiter; returns its id."""
    studio = studio_window.studio
    studio_window.import_files([str(write_audio(tmp_path / "beat.wav", noise(48_000)))])
    until(lambda: any(track.name == "beat" for track in studio.state.tracks.values()))
    [track] = [track.id for track in studio.state.tracks.values() if track.name == "beat"]
    studio.do("channel.add_insert", track, "dynamics.true_peak_limiter").result()
    studio.selection.set_clips([])
    studio.selection.set_tracks([track])
    return track


def until(holds, seconds=20.0):
    """Run the event loop until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        QTest.qWait(3)


def press(window, action_id):
    """Run an action by its menu entry and wait until its dialog is gone."""
    assert not REGISTRY[action_id].why_not(window.studio)
    REGISTRY[action_id].run(window.studio)
    until(lambda: not window.findChildren(BounceDialog))
    window.page.arranger.sync.show_state()


def header(window, track):
    """Return what a screen reader says of a header."""
    found = QAccessible.queryAccessibleInterface(window.page.arranger.headers)
    names = [found.child(at).text(QAccessible.Text.Name) for at in range(found.childCount())]
    return next(name for name in names if window.studio.state.tracks[track].name in name)


def has_flake(window, track, role):
    """Return whether a header's title has something in the colour of a role."""
    column = window.page.arranger.headers
    picture, box = column.grab().toImage(), column.layout_of(column.desk.scene.rows.by_track[track]).name
    xs, ys = range(round(box.x), round(box.right)), range(round(box.y), round(box.y) + 22)
    wanted = theme().colour(role)
    near = [picture.pixelColor(x, y) for x in xs for y in ys]
    return any(
        abs(c.red() - wanted.red()) + abs(c.green() - wanted.green()) + abs(c.blue() - wanted.blue()) < 60 for c in near
    )


def test_a_track_is_frozen_and_thawed_and_everything_says_so(studio_window, drums):
    studio = studio_window.studio
    assert not has_flake(studio_window, drums, "accent")
    assert REGISTRY["track.unfreeze"].why_not(studio) == "No selected track is frozen."
    press(studio_window, "track.freeze")
    assert studio.state.tracks[drums].frozen is not None
    assert header(studio_window, drums).endswith(", frozen, selected")
    assert has_flake(studio_window, drums, "accent")
    inspector = studio_window.page.inspector.track
    inspector.show_track(studio.state.tracks[drums], studio.state)
    assert inspector.freezing.text() == "Frozen."
    assert not inspector.frozen.isHidden()
    inspector.frozen.click()
    until(lambda: studio.state.tracks[drums].frozen is None)
    studio_window.page.arranger.sync.show_state()
    assert header(studio_window, drums).endswith("dB, selected")


def test_a_stale_freeze_is_told_apart(studio_window, drums):
    studio = studio_window.studio
    press(studio_window, "track.freeze")
    studio.do("tempo.set_tempo", 0, 97.0).result()
    studio_window.page.arranger.sync.show_state()
    assert ", frozen, but changed since" in header(studio_window, drums)
    assert has_flake(studio_window, drums, "warn")
    inspector = studio_window.page.inspector.track
    inspector.show_track(studio.state.tracks[drums], studio.state)
    assert inspector.freezing.text() == "Frozen. It has changed since: freeze it again, or unfreeze it."


def test_editing_what_is_frozen_is_refused_with_the_way_out(studio_window, drums):
    studio, said = studio_window.studio, []
    press(studio_window, "track.freeze")
    studio.notices.subscribe(said.append)
    [clip] = studio.state.clips_by_track[drums]
    studio.do("clips.set_clip_gain", clip, -6.0)
    until(lambda: said)
    assert said == ["“beat” is frozen: unfreeze it to change what is on it (menu Tracks, or its header)."]
    assert studio.edit_refusal(drums) == said[0]
    studio.takes.arm(drums, is_armed=True)
    with pytest.raises(TrackFrozenError):
        REGISTRY["transport.record"].run(studio)
    studio.takes.arm(drums, is_armed=False)


def test_bounce_in_place_flatten_and_new_tracks_from_the_menu(studio_window, drums):
    studio = studio_window.studio
    [clip] = studio.state.clips_by_track[drums]
    studio.selection.set_clips([clip])
    press(studio_window, "clip.bounce")
    [bounced] = studio.state.clips_by_track[drums]
    assert bounced != clip
    assert studio.selection.clips == (bounced,)
    studio.selection.set_clips([])
    studio.selection.set_tracks([drums])
    press(studio_window, "track.bounce_new")
    assert studio.state.tracks[drums].is_muted
    assert [track.name for track in studio.state.tracks.values()].count("beat bounce") == 1
    studio.selection.set_clips([])
    studio.selection.set_tracks([drums])
    press(studio_window, "track.flatten")
    assert studio.state.tracks[drums].inserts == ()


def test_cancel_stops_it_and_leaves_the_project(studio_window, drums):
    studio, said = studio_window.studio, []
    studio.notices.subscribe(said.append)
    steps = len(studio.project.history())
    REGISTRY["track.freeze"].run(studio)
    [dialog] = studio_window.findChildren(BounceDialog)
    assert dialog.isModal()
    assert dialog.progress.accessibleName() == "Freezing beat"
    QTest.mouseClick(dialog.leave, Qt.MouseButton.LeftButton)
    until(lambda: not studio_window.findChildren(BounceDialog))
    assert said == ["Cancelled; the project is as it was."]
    assert len(studio.project.history()) == steps
