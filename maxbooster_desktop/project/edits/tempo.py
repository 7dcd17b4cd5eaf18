"""Edits to the tempo and signature map. Audio clips keep their length: nothing is stretched by a tempo change."""

from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.edit import Edit
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import ProjectState
from maxbooster_desktop.project.document.tempo_map import SignatureEvent, TempoEvent
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.errors import (
    FirstEventNeeded,
    SignatureNotFound,
    TempoNotFound,
    ValueNotAllowed,
)

LOWEST_BPM = 10.0
HIGHEST_BPM = 1000.0
_MOST_BEATS = 64


def set_tempo(project: ProjectDocument, tick: int, bpm: float, is_ramp: bool = False) -> Change:
    """Set the tempo from `tick` on, 10 to 1000 quarter notes per minute; a ramp glides to the next event's tempo.

    Raises ValueNotAllowed.
    """
    tick = allowed.tick(tick)
    bpm = allowed.in_range("A tempo", bpm, LOWEST_BPM, HIGHEST_BPM, "bpm")
    first, present = project.state.tempo_map.tempos[0], _tempo_at(project.state, tick)
    event = replace(present or TempoEvent(tick, bpm), bpm=bpm, is_ramp=bool(is_ramp))
    with project.edit(f"Set tempo to {bpm:g} bpm") as edit:
        if tick:
            _write(project, edit, first)
        _write(project, edit, event)
    return edit.change


def delete_tempo(project: ProjectDocument, tick: int) -> Change:
    """Delete the tempo event at exactly `tick`. Raises TempoNotFound, FirstEventNeeded."""
    present = _tempo_at(project.state, tick)
    if present is None:
        raise TempoNotFound(tick)
    if tick == 0:
        raise FirstEventNeeded("tempo")
    with project.edit(f"Delete tempo of {present.bpm:g} bpm") as edit:
        edit.delete(present.id)
    return edit.change


def set_signature(project: ProjectDocument, tick: int, numerator: int, denominator: int) -> Change:
    """Set the time signature from the bar that `tick` lies in; 1-64 beats of a 1, 2, 4, 8, 16 or 32.

    Raises ValueNotAllowed.
    """
    state = project.state
    tick = _bar_line(state, allowed.tick(tick))
    numerator = allowed.whole("The beats of a bar", numerator, 1, _MOST_BEATS)
    if denominator not in allowed.DENOMINATORS:
        raise ValueNotAllowed(f"A time signature counts in 1, 2, 4, 8, 16 or 32; {denominator} is none of them.")
    first, present = state.tempo_map.signatures[0], _signature_at(state, tick)
    event = replace(present or SignatureEvent(tick, 4, 4), numerator=numerator, denominator=denominator)
    with project.edit(f"Set time signature to {numerator}/{denominator}") as edit:
        if tick:
            _write(project, edit, first)
        _write(project, edit, event)
    return edit.change


def delete_signature(project: ProjectDocument, tick: int) -> Change:
    """Delete the time signature at exactly `tick`. Raises SignatureNotFound, FirstEventNeeded."""
    present = _signature_at(project.state, tick)
    if present is None:
        raise SignatureNotFound(tick)
    if tick == 0:
        raise FirstEventNeeded("time signature")
    with project.edit(f"Delete time signature {present.numerator}/{present.denominator}") as edit:
        edit.delete(present.id)
    return edit.change


def _write(project: ProjectDocument, edit: Edit, event: TempoEvent | SignatureEvent) -> None:
    """Write an event; one without an id is the default that holds while the document has none at the start.

    An earliest event counts from the start wherever it stands, so the first is written beside every later one.
    """
    if event.id:
        edit.set(event)
    else:
        edit.create(replace(event, id=project.new_id()))


def _tempo_at(state: ProjectState, tick: int) -> TempoEvent | None:
    return next((event for event in state.tempo_map.tempos if event.tick == tick), None)


def _signature_at(state: ProjectState, tick: int) -> SignatureEvent | None:
    return next((event for event in state.tempo_map.signatures if event.tick == tick), None)


def _bar_line(state: ProjectState, tick: int) -> int:
    signature = state.tempo_map.signature_at(tick)
    return tick - (tick - signature.tick) % signature.bar_ticks
