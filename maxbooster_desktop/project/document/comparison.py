"""Says which entities differ between two states of one project, comparing what is not shared."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.state import ClipId, ProjectState


def change_between(name: str, old: ProjectState, new: ProjectState, clips: Collection[ClipId], step: int) -> Change:
    """Return what became different; `clips` are the only clips and notes that may have."""
    found = _Found()
    for before, after in (
        (old.tracks, new.tracks),
        (old.lanes, new.lanes),
        (old.assets, new.assets),
        (old.takes, new.takes),
        (_by_id(old.markers), _by_id(new.markers)),
        (_by_id(old.comments), _by_id(new.comments)),
        (_by_id(old.tempo_map.tempos), _by_id(new.tempo_map.tempos)),
        (_by_id(old.tempo_map.signatures), _by_id(new.tempo_map.signatures)),
    ):
        if before is not after:
            found.compare(before, after, before.keys() | after.keys())
    if old.comps is not new.comps:
        other = {track for track in old.comps.keys() | new.comps.keys() if old.comps.get(track) != new.comps.get(track)}
        found.changed |= other & new.tracks.keys() & old.tracks.keys()
    found.compare(old.clips, new.clips, clips)
    for clip_id in clips:
        if old.notes.get(clip_id) is not new.notes.get(clip_id) and clip_id in new.clips:
            found.changed.add(clip_id)
    created, deleted = frozenset(found.created), frozenset(found.deleted)
    changed = frozenset(found.changed) - created - deleted
    return Change(name, created, changed, deleted, step)


class _Found:
    def __init__(self) -> None:
        self.created: set[str] = set()
        self.changed: set[str] = set()
        self.deleted: set[str] = set()

    def compare(self, old: Mapping[Any, Any], new: Mapping[Any, Any], ids: Iterable[Any]) -> None:
        for entity in ids:
            before, after = old.get(entity), new.get(entity)
            if before is after or (before is not None and before == after):
                continue
            if before is None:
                self.created.add(entity)
            elif after is None:
                self.deleted.add(entity)
            else:
                self.changed.add(entity)


def _by_id(entities: Iterable[Any]) -> dict[str, Any]:
    return {entity.id: entity for entity in entities}
