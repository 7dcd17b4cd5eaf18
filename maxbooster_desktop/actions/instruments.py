"""Instrument verbs: tracks with an instrument, clips for notes, and what is done to the notes of whole clips."""

from maxbooster_desktop.actions.action import Action, Condition
from maxbooster_desktop.actions.conditions import CAN_EDIT, PROJECT_OPEN
from maxbooster_desktop.actions.snap import ADAPTIVE
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import MASTER, ClipId, InsertId, TrackId
from maxbooster_desktop.project.document.tempo_map import TICKS_PER_QUARTER

#: A grid that follows the zoom may be whole bars, which would put a phrase on one beat.
_SIXTEENTH = TICKS_PER_QUARTER // 4
_OCTAVE = 12


def _add_track(studio: Studio, device: str) -> None:
    selected = studio.selection.tracks
    after = selected[-1] if selected and selected[-1] != MASTER and selected[-1] in studio.state.tracks else None
    studio.do_and_select("tracks.add_instrument_track", device, after=after)


def _add_clip(studio: Studio) -> None:
    """Put an empty clip of one bar on the selected track, from the beginning of the playhead's bar."""
    track, tempo_map = studio.note_track, studio.state.tempo_map
    if track is None:
        return
    start = tempo_map.bar_start(tempo_map.position_at(studio.playhead_tick).bar)
    name = studio.state.tracks[track].name
    studio.do_and_select("clips.add_midi_clip", track, start, tempo_map.signature_at(start).bar_ticks, name)


def sampler_of(studio: Studio) -> tuple[TrackId, InsertId] | None:
    """Return the selected track and its first sampler, or None."""
    track = studio.note_track
    inserts = studio.state.tracks[track].inserts if track is not None else ()
    found = next((insert.id for insert in inserts if insert.device == "instruments.sampler"), None)
    return None if track is None or found is None else (track, found)


def _note_clips(studio: Studio) -> tuple[ClipId, ...]:
    clips = studio.state.clips if studio.has_project else {}
    return tuple(each for each in studio.selection.clips if each in clips and clips[each].kind == "midi")


def _quantise(studio: Studio) -> None:
    clips, snap = _note_clips(studio), studio.snap
    first = min(studio.state.clips[clip].start_tick for clip in clips)
    grid = snap.grid_ticks(studio.state.tempo_map, first)
    studio.do("clip_notes.quantise_notes", clips, min(grid, _SIXTEENTH) if snap.division == ADAPTIVE else grid)


def _transpose(studio: Studio, semitones: int) -> None:
    studio.do("clip_notes.transpose_clips", _note_clips(studio), semitones)


_NOTE_TRACK = Condition("No instrument track is selected.", lambda studio: studio.note_track is not None)
_SAMPLER_TRACK = Condition("No track with a sampler is selected.", lambda studio: sampler_of(studio) is not None)
_NOTE_CLIPS = Condition("No clip with notes is selected.", lambda studio: bool(_note_clips(studio)))

ADD_SYNTH = Action(
    id="track.add_synth",
    title="New synth track",
    family="tracks",
    shortcut="Ctrl+Shift+T",
    icon="audio-waveform",
    help="Adds a track that plays notes on the subtractive synthesiser, below the selected one.",
    enabled=CAN_EDIT,
    run=lambda studio: _add_track(studio, "instruments.subtractive"),
    undo=True,
)
ADD_DRUMS = Action(
    id="track.add_drums",
    title="New drum track",
    family="tracks",
    icon="drum",
    help="Adds a track that plays notes on eight drum pads, below the selected one.",
    enabled=CAN_EDIT,
    run=lambda studio: _add_track(studio, "instruments.drum_pads"),
    undo=True,
)
ADD_SAMPLER = Action(
    id="track.add_sampler",
    title="New sampler track",
    family="tracks",
    icon="layers",
    help="Adds a track that plays notes on recorded sounds, below the selected one; then load samples into it.",
    enabled=CAN_EDIT,
    run=lambda studio: _add_track(studio, "instruments.sampler"),
    undo=True,
)
LOAD_SAMPLES = Action(
    id="track.load_samples",
    title="Load samples…",
    family="tracks",
    icon="file-audio",
    help="Fills the selected track's sampler with sound files, or with an SFZ or SF2 instrument; what it had goes.",
    enabled=(*CAN_EDIT, _SAMPLER_TRACK),
    run=lambda studio: studio.ui.open_dialog("load_samples"),
    undo=True,
    group=3,
)
LOAD_FOLDER = Action(
    id="track.load_sample_folder",
    title="Load a folder of samples…",
    family="tracks",
    icon="folder-open",
    help="Fills the sampler of the selected track with the sounds of a folder, over the keys that their names say.",
    enabled=(*CAN_EDIT, _SAMPLER_TRACK),
    run=lambda studio: studio.ui.open_dialog("load_sample_folder"),
    undo=True,
    group=3,
)
ADD_TONE = Action(
    id="track.add_test_tone",
    title="New test tone track",
    family="tracks",
    help="Adds a track whose notes are plain sines, to measure and to set levels by.",
    enabled=CAN_EDIT,
    run=lambda studio: _add_track(studio, "instruments.test_tone"),
    undo=True,
)
TYPE_NOTES = Action(
    id="track.type_notes",
    title="Play with the keyboard",
    family="tracks",
    shortcut="Ctrl+Shift+P",
    icon="keyboard",
    help="Lets the keys from A to P play the selected instrument track, Z and X an octave lower or higher.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.type_notes(not studio.typed_notes.is_on),
    checked=lambda studio: studio.typed_notes.is_on,
    group=3,
)
ADD_CLIP = Action(
    id="clip.add_notes",
    title="New note clip",
    family="clips",
    shortcut="Ctrl+Shift+N",
    icon="music",
    help="Puts an empty clip for notes, one bar long, on the selected instrument track where the playhead stands.",
    enabled=(*CAN_EDIT, _NOTE_TRACK),
    run=_add_clip,
    undo=True,
    group=3,
)
QUANTISE = Action(
    id="clip.quantise",
    title="Quantise notes",
    family="clips",
    shortcut="Q",
    icon="magnet",
    help="Moves the notes of the selected clips to the grid; their lengths stay.",
    enabled=(*CAN_EDIT, _NOTE_CLIPS),
    run=_quantise,
    undo=True,
    group=3,
)


def _transposing(name: str, title: str, semitones: int, keys: str) -> Action:
    return Action(
        id=f"clip.transpose_{name}",
        title=title,
        family="clips",
        shortcut=keys,
        help=f"Plays the notes of the selected clips {title.removeprefix('Transpose ')}.",
        enabled=(*CAN_EDIT, _NOTE_CLIPS),
        run=lambda studio: _transpose(studio, semitones),
        undo=True,
        group=3,
    )


TRANSPOSING = (
    _transposing("up", "Transpose a semitone up", 1, "Alt+Up"),
    _transposing("down", "Transpose a semitone down", -1, "Alt+Down"),
    _transposing("octave_up", "Transpose an octave up", _OCTAVE, "Alt+Shift+Up"),
    _transposing("octave_down", "Transpose an octave down", -_OCTAVE, "Alt+Shift+Down"),
)

#: Factory sounds by id, as the patches of `project.exchange.factory_sounds` are called.
PATCHES = {"tine_piano": "tine piano", "strings": "string section", "studio_kit": "studio kit"}


def _patch_action(patch: str, title: str) -> Action:
    return Action(
        id=f"track.load_{patch}",
        title=f"Load the {title}",
        family="tracks",
        help=f"Fills the selected track's sampler with a {title} that the program makes itself; what it had goes.",
        enabled=(*CAN_EDIT, _SAMPLER_TRACK),
        run=lambda studio: studio.ui.open_dialog(f"patch.{patch}"),
        undo=True,
        group=3,
    )


LOAD_PATCHES = tuple(_patch_action(patch, title) for patch, title in PATCHES.items())

_NEW_TRACKS = (ADD_SYNTH, ADD_SAMPLER, ADD_DRUMS, ADD_TONE)
ACTIONS = (*_NEW_TRACKS, LOAD_SAMPLES, LOAD_FOLDER, *LOAD_PATCHES, TYPE_NOTES, ADD_CLIP, QUANTISE, *TRANSPOSING)
