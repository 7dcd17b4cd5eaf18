"""Every verb: it changes something, undo restores the whole state, redo brings it back, repeating writes nothing new.

`CASES` must name every verb there is: a verb without a case fails here.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest

from maxbooster_desktop.project import edits
from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.projection import project as projected
from maxbooster_desktop.project.document.state import Holder, MidiOutput, SampleZone, TrackInput, ZoneId
from maxbooster_desktop.project.edits import (
    assets,
    automation,
    bouncing,
    channel,
    clip_notes,
    clips,
    comments,
    freezing,
    markers,
    meta,
    shared,
    takes,
    tempo,
    tracks,
)
from tests.unit.project.edits.songs import (
    BAR,
    Song,
    asset,
    bounced,
    comparable,
    freeze,
    new_take,
    notes,
    rendered,
    small_song,
)

Case = Callable[[Song], Change]

MARA = Holder("acc_1", "Mara Lind")


def _given_zones(song: Song) -> Change:
    """Give the keys' sampler two zones of the loop."""
    sound = next(iter(song.state.assets))
    zones = [SampleZone(ZoneId("a"), sound, high_key=59), SampleZone(ZoneId("b"), sound, low_key=60, turns=2)]
    return channel.set_zones(song.project, song.keys, song.state.tracks[song.keys].inserts[0].id, zones)


CASES: dict[str, Case] = {
    "add_instrument_track": lambda s: tracks.add_instrument_track(s.project, "instruments.test_tone", after=s.drums),
    "add_track": lambda s: tracks.add_track(s.project, "audio", after=s.drums),
    "duplicate_tracks": lambda s: tracks.duplicate_tracks(s.project, [s.band, s.vox]),
    "delete_tracks": lambda s: tracks.delete_tracks(s.project, [s.band, s.verb, s.vox]),
    "rename_track": lambda s: tracks.rename_track(s.project, s.drums, "Kit"),
    "recolour_track": lambda s: tracks.recolour_track(s.project, s.drums, 7),
    "move_tracks": lambda s: tracks.move_tracks(s.project, [s.vox, s.drums], s.band, s.bass),
    "set_track_height": lambda s: tracks.set_track_height(s.project, s.drums, 96),
    "group_tracks": lambda s: tracks.group_tracks(s.project, [s.drums, s.bass], "Rhythm"),
    "lock_tracks": lambda s: tracks.lock_tracks(s.project, [s.vox, s.drums], MARA),
    "unlock_tracks": lambda s: tracks.unlock_tracks(s.project, [s.keys]),
    "ask_for_track": lambda s: tracks.ask_for_track(s.project, s.keys, Holder("acc_3", "Juno Vale")),
    "give_track": lambda s: tracks.give_track(s.project, s.keys),
    "freeze_tracks": lambda s: freezing.freeze_tracks(s.project, [rendered(s.state, s.drums)]),
    "unfreeze_tracks": lambda s: freezing.unfreeze_tracks(s.project, [s.vox]),
    "flatten_tracks": lambda s: freezing.flatten_tracks(s.project, [s.vox]),
    "bounce_in_place": lambda s: bouncing.bounce_in_place(s.project, [bounced(s, s.loop, 2 * BAR)]),
    "bounce_to_new_tracks": lambda s: bouncing.bounce_to_new_tracks(s.project, [rendered(s.state, s.vox)]),
    "set_gain": lambda s: channel.set_gain(s.project, s.drums, -6.0),
    "set_pan": lambda s: channel.set_pan(s.project, s.drums, -0.3),
    "set_mute": lambda s: channel.set_mute(s.project, [s.drums, s.vox], True),
    "set_solo": lambda s: channel.set_solo(s.project, [s.drums, s.vox], True),
    "set_solo_safe": lambda s: channel.set_solo_safe(s.project, s.verb, True),
    "set_delay": lambda s: channel.set_delay(s.project, s.drums, -12.5),
    "set_input": lambda s: channel.set_input(s.project, [s.drums, s.vox], TrackInput(2, 2)),
    "set_midi_output": lambda s: channel.set_midi_output(s.project, [s.keys], MidiOutput("Synth", 3)),
    "set_monitoring": lambda s: channel.set_monitoring(s.project, [s.vox], "off"),
    "set_record_format": lambda s: channel.set_record_format(s.project, [s.vox, s.bass], "PCM_24"),
    "set_strip": lambda s: channel.set_strip(s.project, s.drums, {"hp_on": 1.0, "hp_hz": 80.0}),
    "route_track": lambda s: channel.route_track(s.project, s.drums, s.verb),
    "add_send": lambda s: channel.add_send(s.project, s.drums, s.verb, "pre", -3.0),
    "change_send": lambda s: channel.change_send(s.project, s.vox, s.send, gain_db=-12.0, tap="pre", enabled=False),
    "remove_send": lambda s: channel.remove_send(s.project, s.vox, s.send),
    "add_insert": lambda s: channel.add_insert(s.project, s.drums, "delays.sample_delay", {"samples": 64.0}),
    "set_insert": lambda s: channel.set_insert(s.project, s.vox, s.insert, {"drive_db": 3.0}),
    "set_zones": _given_zones,
    "enable_insert": lambda s: channel.enable_insert(s.project, s.vox, s.insert, False),
    "remove_insert": lambda s: channel.remove_insert(s.project, s.vox, s.insert),
    "add_audio_clip": lambda s: clips.add_audio_clip(s.project, s.bass, asset().id, BAR),
    "add_midi_clip": lambda s: clips.add_midi_clip(s.project, s.keys, 0, BAR, "Fill", notes(0, 480)),
    "add_recorded_notes": lambda s: clips.add_recorded_notes(
        s.project, {s.keys: [clips.RecordedNote(2.0, 2.5, 60, 90)]}, 2.0, 4.0
    ),
    "add_notes": lambda s: clip_notes.add_notes(s.project, s.riff, notes(7, 490)),
    "delete_notes": lambda s: clip_notes.delete_notes(s.project, s.riff, s.state.notes[s.riff][:1]),
    "move_notes": lambda s: clip_notes.move_notes(s.project, s.riff, s.state.notes[s.riff], 70, -2),
    "resize_notes": lambda s: clip_notes.resize_notes(s.project, s.riff, s.state.notes[s.riff], 70),
    "shift_velocity": lambda s: clip_notes.shift_velocity(s.project, s.riff, s.state.notes[s.riff], -10),
    "quantise_notes": lambda s: clip_notes.quantise_notes(s.project, [s.riff], 700),
    "transpose_clips": lambda s: clip_notes.transpose_clips(s.project, [s.riff], 12),
    "move_clips": lambda s: clips.move_clips(s.project, [s.loop, s.riff], 480),
    "trim_clip_start": lambda s: clips.trim_clip_start(s.project, s.loop, BAR + 480),
    "trim_clip_end": lambda s: clips.trim_clip_end(s.project, s.loop, BAR + 480),
    "slip_clip": lambda s: clips.slip_clip(s.project, s.loop, 500),
    "split_clips": lambda s: clips.split_clips(s.project, [s.loop, s.riff], BAR + 1000),
    "loop_clip": lambda s: clips.loop_clip(s.project, s.loop, 9 * BAR),
    "duplicate_clips": lambda s: clips.duplicate_clips(s.project, [s.loop, s.riff]),
    "paste_clips": lambda s: clips.paste_clips(
        s.project, [s.state.clips[s.loop], s.state.clips[s.riff]], s.state.notes, 5 * BAR, {s.drums: s.bass}
    ),
    "delete_clips": lambda s: clips.delete_clips(s.project, [s.loop, s.riff]),
    "rename_clip": lambda s: clips.rename_clip(s.project, s.loop, "Break"),
    "recolour_clips": lambda s: clips.recolour_clips(s.project, [s.loop, s.riff], 4),
    "set_clip_gain": lambda s: clips.set_clip_gain(s.project, s.loop, -3.0),
    "set_clip_fades": lambda s: clips.set_clip_fades(s.project, s.loop, fade_in_ms=20.0, fade_out_curve=0.5),
    "mute_clips": lambda s: clips.mute_clips(s.project, [s.loop, s.riff], True),
    "add_marker": lambda s: markers.add_marker(s.project, BAR, "Verse"),
    "move_marker": lambda s: markers.move_marker(s.project, s.marker, BAR),
    "rename_marker": lambda s: markers.rename_marker(s.project, s.marker, "Chorus"),
    "delete_marker": lambda s: markers.delete_marker(s.project, s.marker),
    "add_comment": lambda s: comments.add_comment(s.project, ("acc_2", "Deniz"), "Here.", BAR, end_tick=2 * BAR),
    "answer_comment": lambda s: comments.answer_comment(s.project, s.comment, ("acc_2", "Deniz"), "Better now?"),
    "edit_comment": lambda s: comments.edit_comment(s.project, s.comment, "Softer?", mentions=("acc_2",)),
    "set_comment_done": lambda s: comments.set_comment_done(s.project, s.comment, True),
    "delete_comment": lambda s: comments.delete_comment(s.project, s.comment),
    "use_value": lambda s: shared.use_value(s.project, "tracks", f"{s.drums}.n", "Kit", "name of Drums"),
    "set_tempo": lambda s: tempo.set_tempo(s.project, BAR, 140.0, is_ramp=True),
    "delete_tempo": lambda s: tempo.delete_tempo(s.project, 4 * BAR),
    "set_signature": lambda s: tempo.set_signature(s.project, BAR, 7, 8),
    "delete_signature": lambda s: tempo.delete_signature(s.project, 4 * BAR),
    "set_loop": lambda s: meta.set_loop(s.project, BAR, 3 * BAR, True),
    "rename_project": lambda s: meta.rename_project(s.project, "Another song"),
    "set_sample_rate": lambda s: meta.set_sample_rate(s.project, 48_000),
    "set_key": lambda s: meta.set_key(s.project, "A minor"),
    "add_lane": lambda s: automation.add_lane(s.project, s.vox, f"send.{s.send}.gain_db"),
    "set_points": lambda s: automation.set_points(s.project, s.lane, [(BAR, -12.0, 0.0), (BAR + 1, 0.0, None)]),
    "add_pass": lambda s: takes.add_pass(s.project, [new_take(s.vox, 0, 2), new_take(s.bass, BAR, 2)]),
    "choose_range": lambda s: takes.choose_range(s.project, s.takes[0], BAR, BAR + 480),
    "choose_take": lambda s: takes.choose_take(s.project, s.takes[0]),
    "clear_range": lambda s: takes.clear_range(s.project, s.vox, BAR, BAR + 480),
    "use_next_take": lambda s: takes.use_next_take(s.project, s.vox, BAR),
    "move_boundary": lambda s: takes.move_boundary(s.project, s.vox, 0, 480),
    "set_crossfade": lambda s: takes.set_crossfade(s.project, s.vox, 0, 25.0),
    "delete_takes": lambda s: takes.delete_takes(s.project, [s.takes[1]]),
    "rename_take": lambda s: takes.rename_take(s.project, s.takes[0], "The one"),
    "recolour_takes": lambda s: takes.recolour_takes(s.project, s.takes, 3),
    "move_takes": lambda s: takes.move_takes(s.project, s.takes, s.bass),
    "flatten_comps": lambda s: takes.flatten_comps(s.project, [s.vox]),
    "register_asset": lambda s: assets.register_asset(s.project, asset("vocal", 44_100)),
}


def song_for(verb: str) -> Song:
    """Return a song that has what a verb needs: some need a frozen track, on which others could do nothing."""
    song = small_song()
    if verb in {"unfreeze_tracks", "flatten_tracks"}:
        freeze(song, song.vox)
    if verb == "set_zones":
        channel.add_insert(song.project, song.keys, "instruments.sampler")
    return song


def all_verbs() -> dict[str, Any]:
    """Return every public function below `edits` that takes a project and returns a Change."""
    modules = [
        importlib.import_module(found.name) for found in pkgutil.walk_packages(edits.__path__, f"{edits.__name__}.")
    ]
    functions = [item for module in modules for item in inspect.getmembers(module, inspect.isfunction)]
    return {name: function for name, function in functions if not name.startswith("_") and _is_verb(function)}


def _is_verb(function: Callable[..., Any]) -> bool:
    return inspect.signature(function).return_annotation in {Change, "Change"}


def test_every_verb_has_a_case():
    assert set(all_verbs()) == set(CASES)


@pytest.mark.parametrize("verb", sorted(CASES))
def test_verb_undo_redo(verb):
    """One step with a name; undo gives the state before back whole, redo the state after."""
    song = song_for(verb)
    before = comparable(song.state)
    steps = len(song.project.history)

    change = CASES[verb](song)

    after = comparable(song.state)
    assert after != before
    assert len(song.project.history) == steps + 1
    assert song.project.history[-1].name == change.name
    assert song.state.conflicts == ()
    song.project.undo()
    assert comparable(song.state) == before
    song.project.redo()
    assert comparable(song.state) == after


@pytest.mark.parametrize("verb", sorted(CASES))
def test_verb_names_its_entities(verb):
    """The change names what exists now, what was there before, and nothing of both."""
    song = song_for(verb)
    before = song.state
    change = CASES[verb](song)
    known = _ids(before)
    assert change.created == _ids(song.state) - known
    assert change.deleted == known - _ids(song.state)
    assert change.changed <= known & _ids(song.state)


@pytest.mark.parametrize("verb", sorted(CASES))
def test_verb_leaves_what_a_fresh_projection_gives(verb):
    """The state that was advanced equals the document projected from nothing."""
    song = song_for(verb)
    CASES[verb](song)
    assert comparable(projected(song.project.registers)) == comparable(song.state)


REPEATABLE = sorted(
    verb
    for verb in CASES
    if verb.startswith(("set_", "rename_", "recolour_", "mute_", "enable_", "change_", "route_", "trim_"))
    or verb in {"quantise_notes", "move_marker", "move_tracks", "register_asset"}
)


@pytest.mark.parametrize("verb", REPEATABLE)
def test_repeating_a_verb_writes_nothing(verb):
    """What is so already makes no step and an empty change."""
    song = song_for(verb)
    CASES[verb](song)
    steps = song.project.history
    before = song.state
    change = CASES[verb](song)
    assert not change.created | change.changed | change.deleted
    assert change.step == 0
    assert song.project.history == steps
    assert comparable(song.state) == comparable(before)


def _ids(state: Any) -> set[str]:
    events = (*state.markers, *state.comments, *state.tempo_map.tempos, *state.tempo_map.signatures)
    return {*state.tracks, *state.clips, *state.takes, *state.lanes, *state.assets, *(event.id for event in events)}
