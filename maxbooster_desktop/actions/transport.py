"""Transport verbs: play, stop, return, loop, click, follow."""

from maxbooster_desktop.actions.action import Action, Condition
from maxbooster_desktop.actions.conditions import CAN_EDIT, PROJECT_OPEN, RANGE_OR_CLIPS
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import RECORDABLE


def _play_selection(studio: Studio) -> None:
    studio.go_to(_selected_range(studio)[0])
    studio.engine.play()


def _record(studio: Studio) -> None:
    """Record what is armed, or else the selected audio and instrument tracks, which are armed for that."""
    takes = studio.takes
    if takes.is_recording:
        takes.end()
        return
    tracks = studio.state.tracks
    if not any(track in tracks for track in takes.armed):
        for track in studio.selection.tracks:
            if track in tracks and tracks[track].kind in RECORDABLE:
                takes.arm(track, is_armed=True)
    takes.begin()


def _stop(studio: Studio) -> None:
    studio.engine.stop()


def _to_end(studio: Studio) -> None:
    studio.go_to(studio.state.end_tick())


def _toggle_loop(studio: Studio) -> None:
    meta = studio.state.meta
    studio.do("meta.set_loop", meta.loop_start_tick, meta.loop_end_tick, not meta.loop_enabled)


def _loop_selection(studio: Studio) -> None:
    start_tick, end_tick = _selected_range(studio)
    studio.do("meta.set_loop", start_tick, end_tick, True)


def _selected_range(studio: Studio) -> tuple[int, int]:
    """Return the selected time, or else the span of the selected clips."""
    if studio.selection.time_range is not None:
        return studio.selection.time_range
    clips = [studio.state.clips[clip] for clip in studio.selection.clips if clip in studio.state.clips]
    return min(clip.start_tick for clip in clips), max(studio.state.clip_end_tick(clip) for clip in clips)


PLAY = Action(
    id="transport.play",
    title="Play or stop",
    family="transport",
    shortcut="Space",
    icon="play",
    help="Starts playback at the playhead, or stops it where it is.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.engine.toggle(),
)
PLAY_SELECTION = Action(
    id="transport.play_selection",
    title="Play from selection",
    family="transport",
    shortcut="Shift+Space",
    help="Starts playback at the start of the selected time or of the first selected clip.",
    enabled=(PROJECT_OPEN, RANGE_OR_CLIPS),
    run=_play_selection,
)
RECORD = Action(
    id="transport.record",
    title="Record",
    family="transport",
    shortcut="R",
    icon="circle",
    help="Records the armed tracks from the playhead on, or ends the recording; its takes are one step.",
    enabled=CAN_EDIT,
    run=_record,
    checked=lambda studio: studio.takes.is_recording,
    undo=True,
)
STOP = Action(
    id="transport.stop",
    title="Stop",
    family="transport",
    icon="square",
    help="Stops playback and leaves the playhead where it is.",
    enabled=(PROJECT_OPEN,),
    run=_stop,
)
TO_START = Action(
    id="transport.to_start",
    title="Go to start",
    family="transport",
    shortcut="Home",
    icon="skip-back",
    help="Moves the playhead to the first bar and shows it; in the arrangement Enter does the same.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.go_to(0),
    group=1,
)
TO_END = Action(
    id="transport.to_end",
    title="Go to end",
    family="transport",
    shortcut="End",
    icon="skip-forward",
    help="Moves the playhead to the end of the last clip and shows it.",
    enabled=(PROJECT_OPEN,),
    run=_to_end,
    group=1,
)
LOOP = Action(
    id="transport.loop",
    title="Loop",
    family="transport",
    shortcut="L",
    icon="repeat",
    help="Plays the loop range again and again, or plays through.",
    enabled=CAN_EDIT,
    run=_toggle_loop,
    checked=lambda studio: studio.has_project and studio.state.meta.loop_enabled,
    undo=True,
    group=2,
)
LOOP_SELECTION = Action(
    id="transport.loop_selection",
    title="Loop selection",
    family="transport",
    shortcut="Ctrl+L",
    help="Puts the loop around the selected time or clips and switches it on.",
    enabled=(*CAN_EDIT, RANGE_OR_CLIPS),
    run=_loop_selection,
    undo=True,
    group=2,
)
METRONOME = Action(
    id="transport.metronome",
    title="Click",
    family="transport",
    shortcut="K",
    icon="metronome",
    help="Sounds a click on every beat during playback, accented on the first of the bar.",
    run=lambda studio: studio.set_metronome(not studio.is_metronome_on),
    checked=lambda studio: studio.is_metronome_on,
    group=3,
)
FOLLOW = Action(
    id="transport.follow",
    title="Follow playhead",
    family="transport",
    shortcut="F",
    icon="locate-fixed",
    help="Scrolls the arranger so that the playhead stays in view.",
    run=lambda studio: studio.set_following(not studio.is_following),
    checked=lambda studio: studio.is_following,
    group=3,
)

COUNT_IN = Action(
    id="transport.count_in",
    title="Count-in",
    family="transport",
    shortcut="Shift+K",
    help="Clicks for a bar before a recording that begins from a standstill; stopping calls it off.",
    run=lambda studio: studio.takes.set_counting_in(is_on=not studio.takes.is_counting_in),
    checked=lambda studio: studio.takes.is_counting_in,
    group=3,
)
PUNCH = Action(
    id="transport.punch",
    title="Punch in and out",
    family="transport",
    shortcut="Shift+L",
    help="Records only within the loop range, to the sample; what lies before and behind it only plays.",
    run=lambda studio: studio.takes.set_punching(is_on=not studio.takes.is_punching),
    checked=lambda studio: studio.takes.is_punching,
    group=3,
)

KEEP_PLAYED = Action(
    id="transport.keep_played",
    title="Keep what was just played",
    family="transport",
    shortcut="Ctrl+Shift+R",
    icon="history",
    help="Makes takes of what was played last on armed tracks without recording; one step.",
    enabled=(
        *CAN_EDIT,
        Condition(
            "Nothing was played on an armed track; arm one, play, then keep it.",
            lambda studio: studio.retrospect.has_played,
        ),
    ),
    run=lambda studio: studio.retrospect.keep(),
    undo=True,
    group=3,
)

ACTIONS = (
    PLAY,
    PLAY_SELECTION,
    RECORD,
    STOP,
    TO_START,
    TO_END,
    LOOP,
    LOOP_SELECTION,
    METRONOME,
    FOLLOW,
    COUNT_IN,
    PUNCH,
    KEEP_PLAYED,
)
