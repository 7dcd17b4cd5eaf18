"""Tempo and time signature changes along the song: add or edit one at the playhead, delete one."""

from typing import Any

from maxbooster_desktop.actions.action import Action, Condition
from maxbooster_desktop.actions.conditions import CAN_EDIT
from maxbooster_desktop.actions.studio import Studio, verb_named
from maxbooster_desktop.project.document.tempo_map import TempoMap


def change_ticks(tempo_map: TempoMap) -> list[int]:
    """Return where tempo or signature change, in ticks; the start counts."""
    return sorted({event.tick for event in tempo_map.tempos} | {event.tick for event in tempo_map.signatures})


def _tick_before(studio: Studio) -> int:
    """Return the last change at or before the playhead, 0 when only the start is."""
    here = studio.playhead_tick
    return max(tick for tick in change_ticks(studio.state.tempo_map) if tick <= here)


def delete_changes(project: Any, tick: int) -> Any:
    """Delete what changes at `tick`, tempo and signature, as one undo step; return the last change."""
    tempo_map = project.state.tempo_map
    change = None
    with project.step("Delete tempo or signature change"):
        for verb, events in (
            ("tempo.delete_tempo", tempo_map.tempos),
            ("tempo.delete_signature", tempo_map.signatures),
        ):
            if any(event.tick == tick for event in events):
                change = verb_named(verb)(project, tick)
    return change


def set_changes(project: Any, tick: int, bpm: float, is_ramp: bool, signature: tuple[int, int]) -> Any:
    """Set tempo and signature from `tick` on as one undo step; what holds there already is not written."""
    tempo_map = project.state.tempo_map
    here = [event for event in tempo_map.tempos if event.tick == tick]
    before = (here[0].bpm, here[0].is_ramp) if here else (tempo_map.bpm_at(tick), False)
    held = tempo_map.signature_at(tick)
    change = None
    with project.step(f"Change tempo or signature at bar {tempo_map.position_at(tick).bar}"):
        if (bpm, is_ramp) != before:
            change = verb_named("tempo.set_tempo")(project, tick, bpm, is_ramp)
        if signature != (held.numerator, held.denominator):
            change = verb_named("tempo.set_signature")(project, tick, *signature)
    return change


def _delete(studio: Studio) -> None:
    studio.do(delete_changes, _tick_before(studio))


_CHANGE_BEFORE = Condition(
    "No tempo or time signature change lies at or before the playhead; that of the start stays.",
    lambda studio: studio.has_project and _tick_before(studio) > 0,
)
EDIT = Action(
    id="tempo.edit",
    title="Tempo or signature change…",
    family="transport",
    icon="metronome",
    help="Adds a tempo or time signature at the playhead, or edits the one that is there.",
    enabled=CAN_EDIT,
    run=lambda studio: studio.ui.open_dialog("tempo"),
    undo=True,
    group=4,
)
DELETE = Action(
    id="tempo.delete",
    title="Delete tempo or signature change",
    family="transport",
    icon="trash-2",
    help="Removes the last tempo or time signature change at or before the playhead.",
    enabled=(*CAN_EDIT, _CHANGE_BEFORE),
    run=_delete,
    undo=True,
    group=4,
)

ACTIONS = (EDIT, DELETE)
