"""Recorded files become takes: stored like any sound, then registered and laid in one step that can be undone.

The file in `recording/` goes last, and then its row in the journal. A kill on the way leaves both, and the next opening
does the rest; a take that the document already holds is not laid twice.
"""

from collections.abc import Sequence
from dataclasses import replace

from maxbooster_desktop.project.document.change import Change, joined
from maxbooster_desktop.project.document.errors import EditError
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.sample_grid import first_tick_from
from maxbooster_desktop.project.document.state import Asset, ProjectState, TrackId
from maxbooster_desktop.project.edits.assets import register_asset
from maxbooster_desktop.project.edits.takes import NewTake, add_pass, next_pass_number
from maxbooster_desktop.project.exchange.storing import keep_sound
from maxbooster_desktop.project.store.project import Project
from maxbooster_desktop.project.store.takes_journal import OpenTake, forget_takes


def keep_recording(project: Project, recorded: Sequence[OpenTake]) -> Change | None:
    """Make takes of recorded files, in one step; None when the document holds them all already. Slow.

    Raises:
        MaxBoosterError: a file cannot be read, the project takes no more, or a track cannot hold takes: its files and
            rows stay for the next opening, while what was recorded of the others is kept.
    """
    stored = [(take, keep_sound(take.path, project)) for take in recorded]
    new = [(take, asset) for take, asset in stored if not _is_held(project.state, take, asset)]
    left: set[TrackId] = set()
    change: Change | None = None
    refusal: EditError | None = None
    try:
        change = project.do(_lay, new) if new else None
    except EditError as error:
        # A track was deleted meanwhile, or somebody else holds it. The others' takes are not its business.
        refusal, left = error, _lay_by_track(project, new)
    _clear(project, [take for take in recorded if take.track not in left])
    if refusal is not None:
        raise refusal
    return change


def _lay_by_track(project: Project, new: Sequence[tuple[OpenTake, Asset]]) -> set[TrackId]:
    """Lay what can be laid, a step for each track; return the tracks that take nothing."""
    left = set()
    for track in dict.fromkeys(take.track for take, _ in new):
        try:
            project.do(_lay, [(take, asset) for take, asset in new if take.track == track])
        except EditError:
            left.add(track)
    return left


def _clear(project: Project, kept: Sequence[OpenTake]) -> None:
    """The file first: a row without a file is forgotten at the next opening, a file without a row would stay unseen."""
    for take in kept:
        take.path.unlink(missing_ok=True)
    forget_takes(project, [take.path.stem for take in kept])


def _is_held(state: ProjectState, take: OpenTake, asset: Asset) -> bool:
    return any(
        held.track == take.track and held.asset == asset.id and held.recorded_at_ms == take.recorded_at_ms
        for held in state.takes.values()
    )


def _lay(document: ProjectDocument, new: Sequence[tuple[OpenTake, Asset]]) -> Change:
    """Register and lay everything as one step. Runs on the document thread."""
    state = document.state
    counts = {track: len(takes) for track, takes in state.takes_by_track.items()}
    number, takes, assets = next_pass_number(state), [], []
    for take, asset in new:
        counts[take.track] = counts.get(take.track, 0) + 1
        name = f"Take {counts[take.track]}"
        takes.append(_placed(state, take, asset, number, name))
        track = state.tracks.get(take.track)
        assets.append(replace(asset, name=name if track is None else f"{track.name} {name}"))
    with document.step("Record"):
        changes = [register_asset(document, asset) for asset in assets]
        changes.append(add_pass(document, takes))
    return joined(changes[-1].name, changes)


def _placed(state: ProjectState, take: OpenTake, asset: Asset, number: int, name: str) -> NewTake:
    """Place a take on the first tick at or behind its first sample; what lies before that tick is left out."""
    rate = asset.sample_rate
    tick = first_tick_from(state, take.position * state.meta.sample_rate / rate)
    offset = max(0, round(state.tempo_map.seconds_at(tick) * rate) - take.position)
    offset = min(offset, asset.frames - 1)
    return NewTake(take.track, asset.id, tick, offset, asset.frames - offset, number, name, take.recorded_at_ms)
