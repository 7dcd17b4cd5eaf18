"""Delete takes: their sound stays in the project, and what was heard of them is filled by those that are left."""

from collections.abc import Iterable

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import CompRange, ProjectState, TakeId
from maxbooster_desktop.project.document.take_places import sounding_ticks
from maxbooster_desktop.project.edits.lookup import takes_of
from maxbooster_desktop.project.edits.takes.laying import Comp
from maxbooster_desktop.project.edits.wording import several


def delete_takes(project: ProjectDocument, take_ids: Iterable[TakeId]) -> Change:
    """Delete takes; where they were heard, the take recorded last of those that sound there is. Raises TakeNotFound."""
    state = project.state
    gone = takes_of(state, take_ids)
    left = {take.id: take for take in state.takes.values() if take not in gone}
    with project.edit(f"Delete {several(gone, 'take')}") as edit:
        holes = [(take, Comp(edit, take.track, state.takes, project.ids).remove(take.id)) for take in gone]
        for take in gone:
            edit.delete(take.id)
        for take, pieces in holes:
            for piece in pieces:
                _fill(Comp(edit, take.track, left, project.ids), state, piece)
    return edit.change


def _fill(comp: Comp, state: ProjectState, hole: CompRange) -> None:
    """Lay the takes that are left over a hole, the one recorded last above."""
    for take_id in state.takes_by_track.get(comp.track, ()):
        take = comp.takes.get(take_id)
        if take is None:
            continue
        first, end = sounding_ticks(state, take)
        if max(first, hole.start_tick) < min(end, hole.end_tick):
            comp.lay(max(first, hole.start_tick), min(end, hole.end_tick), take_id, hole.crossfade_ms)
