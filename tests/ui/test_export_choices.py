"""The export dialog asks for more formats and for a loudness; both are of the mix."""

from maxbooster_desktop.engine.render.loudness import named_targets
from maxbooster_desktop.ui.shell.render_dialog import RenderDialog


def test_more_formats_and_a_loudness_are_asked_for(studio_window):
    dialog = RenderDialog(studio_window.workspace, studio_window)
    assert dialog.settings().loudness is None
    assert dialog.settings().also == ()
    spotify = named_targets()[0]
    dialog.loudness.setCurrentText(f"{spotify.title}, {spotify.lufs:g} LUFS")
    dialog.also["flac"].setChecked(True)
    dialog.also["mp3"].setChecked(True)
    assert dialog.settings().loudness == spotify.target
    assert dialog.settings().also == ("flac", "mp3")
    dialog.format.setCurrentText("MP3")
    assert dialog.settings().formats == ("mp3", "flac")
    assert not dialog.also["mp3"].isEnabled()
    dialog.stems.setChecked(True)
    assert not dialog.loudness.isEnabled()
    assert dialog.settings().loudness is None
    dialog.reject()
