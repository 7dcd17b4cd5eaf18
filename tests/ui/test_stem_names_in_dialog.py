"""The export dialog shows what stems will be called, and says at once when a scheme cannot name them."""

from maxbooster_desktop.ui.shell.render_dialog import RenderDialog


def test_a_scheme_is_previewed_and_judged_while_it_is_typed(studio_window):
    studio = studio_window.studio
    studio.do("meta.set_key", "A minor").result()
    first = next(track for track in studio.state.track_order if studio.state.tracks[track].parent is None)
    name = studio.state.tracks[first].name
    dialog = RenderDialog(studio_window.workspace, studio_window)
    assert not dialog.names.isEnabled()
    dialog.stems.setChecked(True)
    assert dialog.example.text() == f"Such as “01 {name}.wav”"
    dialog.names.setText("{project} {bpm} {key} {track}")
    bpm = f"{studio.state.tempo_map.bpm_at(0):g}"
    assert dialog.example.text() == f"Such as “{studio.state.meta.name} {bpm} A minor {name}.wav”"
    assert dialog.settings().stem_scheme == "{project} {bpm} {key} {track}"
    dialog.names.setText("{tempo}")
    assert dialog.example.text().startswith("“{tempo}” is nothing a stem can be named after; choose from {number}")
    dialog.reject()
