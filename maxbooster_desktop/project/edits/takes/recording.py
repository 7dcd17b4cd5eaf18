"""What a recording leaves: one pass of takes, in one step."""

from collections.abc import Sequence
from dataclasses import dataclass

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import (
    DEFAULT_CROSSFADE_MS,
    AssetId,
    ProjectState,
    Take,
    TakeId,
    TrackId,
)
from maxbooster_desktop.project.document.take_places import sounding_ticks
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.clips.adding import host_of
from maxbooster_desktop.project.edits.errors import ValueNotAllowed
from maxbooster_desktop.project.edits.lookup import asset_of, track_of, tracks_of
from maxbooster_desktop.project.edits.takes.laying import Comp
from maxbooster_desktop.project.edits.wording import several


@dataclass(frozen=True, slots=True)
class NewTake:
    """One take as it was recorded: one armed track, one round of the loop.

    It sounds from `start_tick` on, with the asset's frame `source_offset`: ticks are coarser than samples, so whoever
    records puts what lies between the first sample and the tick after it into the offset, and the take lies on its
    sample. `recorded_at_ms` is in milliseconds since 1970.
    """

    track_id: TrackId
    asset_id: AssetId
    start_tick: int
    source_offset: int
    length_frames: int
    pass_number: int
    name: str
    recorded_at_ms: int


def next_pass_number(state: ProjectState) -> int:
    """Return the number of the pass that is recorded next."""
    return 1 + max((take.pass_number for take in state.takes.values()), default=0)


def add_pass(project: ProjectDocument, takes: Sequence[NewTake]) -> Change:
    """Keep the takes of one recording, in the order they were recorded; their ids are in `created`.

    The one recorded last is heard where it sounds. Their assets must be known: `register_asset` and this in one
    `project.step` are one step.

    Raises TrackNotFound, WrongTrackKind, AssetNotFound, ValueNotAllowed.
    """
    made = [_checked(project, take) for take in takes]
    if not made:
        raise ValueNotAllowed("Nothing was recorded; arm a track and record again.")
    state = project.state
    living = {**state.takes, **{take.id: take for take in made}}
    names = several(tracks_of(state, [take.track for take in made]), "track")
    with project.edit(f"Record {names}") as edit:
        for take in made:
            edit.create(take)
            comp = Comp(edit, take.track, living, project.ids)
            comp.lay(*sounding_ticks(state, take), take.id, DEFAULT_CROSSFADE_MS)
    return edit.change


def _checked(project: ProjectDocument, take: NewTake) -> Take:
    track = host_of(track_of(project.state, take.track_id), "audio")
    asset = asset_of(project.state, take.asset_id)
    offset = allowed.whole("The start inside the file", take.source_offset, 0, asset.frames - 1)
    return Take(
        TakeId(project.new_id()),
        track.id,
        asset.id,
        allowed.tick(take.start_tick),
        offset,
        allowed.whole("A take's length", take.length_frames, 1, asset.frames - offset),
        allowed.name(take.name, "take"),
        allowed.whole("The number of a pass", take.pass_number, 0, 2**31),
        allowed.whole("The time of a recording", take.recorded_at_ms, 0, 2**53),
    )
