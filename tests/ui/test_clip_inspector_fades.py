"""The clip inspector shows the fades that sound: none at a sound's own ends, the default at a cut."""

from typing import Any

from maxbooster_desktop.project.document.state import DEFAULT_FADE_MS
from maxbooster_desktop.ui.shell.clip_inspector import ClipInspector
from tests.factories.engine_projects import RATE, Song, ones


def test_fades_are_those_that_sound(qtbot: Any) -> None:
    song = Song()
    track, sound = song.track(), song.asset(ones(RATE))
    whole = song.clip(track, sound)
    shorter = song.clip(track, sound, 9_600, length_frames=RATE // 2)
    # No field is edited here, so nothing asks the studio.
    nobody: Any = None
    inspector = ClipInspector(nobody)
    qtbot.addWidget(inspector)
    inspector.show_clip(song.state.clips[whole], song.state)
    assert (inspector.fade_in.value, inspector.fade_out.value) == (0.0, 0.0)
    inspector.show_clip(song.state.clips[shorter], song.state)
    assert (inspector.fade_in.value, inspector.fade_out.value) == (0.0, DEFAULT_FADE_MS)
