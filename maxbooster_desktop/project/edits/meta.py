"""Edits to the project as a whole: loop, name, key, sample rate."""

from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.limits import HIGHEST_PROJECT_RATE, LOWEST_PROJECT_RATE
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.errors import ValueNotAllowed


def set_loop(project: ProjectDocument, start_tick: int, end_tick: int, enabled: bool) -> Change:
    """Set the loop from `start_tick` up to `end_tick` (at least a tick later), on or off. Raises ValueNotAllowed."""
    meta = project.state.meta
    start, end = allowed.tick(start_tick, "The loop's start"), allowed.tick(end_tick, "The loop's end")
    if end <= start:
        raise ValueNotAllowed("The loop must end after it starts; drag its end to the right.")
    changed = replace(meta, loop_start_tick=start, loop_end_tick=end, loop_enabled=bool(enabled))
    with project.edit(_loop_name(meta.loop_enabled, changed.loop_enabled)) as edit:
        edit.set_meta(changed)
    return edit.change


def rename_project(project: ProjectDocument, name: str) -> Change:
    """Give the project another name. Raises ValueNotAllowed."""
    meta = project.state.meta
    name = allowed.name(name, "project")
    with project.edit(f"Rename project to {name}") as edit:
        edit.set_meta(replace(meta, name=name))
    return edit.change


def set_key(project: ProjectDocument, key: str) -> Change:
    """Set the song's key as people write it ("A minor"); "" clears it. Raises ValueNotAllowed."""
    meta = project.state.meta
    key = allowed.name(key, "key") if key.strip() else ""
    with project.edit(f"Set key to {key}" if key else "Clear key") as edit:
        edit.set_meta(replace(meta, key=key))
    return edit.change


def set_sample_rate(project: ProjectDocument, sample_rate: int) -> Change:
    """Set the session's rate in Hz; from then on it is chosen. Raises ValueNotAllowed, also once there is audio."""
    meta = project.state.meta
    rate = allowed.whole("A sample rate", sample_rate, LOWEST_PROJECT_RATE, HIGHEST_PROJECT_RATE)
    if project.state.assets and rate != meta.sample_rate:
        raise ValueNotAllowed("The sample rate stays as it is once there is audio; start a new project for another.")
    with project.edit(f"Set sample rate to {rate / 1000:g} kHz") as edit:
        edit.set_meta(replace(meta, sample_rate=rate, is_rate_open=False))
    return edit.change


def _loop_name(was_on: bool, is_on: bool) -> str:
    if was_on == is_on:
        return "Move loop"
    return "Switch loop on" if is_on else "Switch loop off"
