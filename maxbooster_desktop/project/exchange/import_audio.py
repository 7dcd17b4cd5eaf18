"""Sound files into a project: looked at first, copied unchanged, placed in one step that can be undone.

Order, so that nothing half-written stays: every file is read to its end before anything is written; then the good ones
are copied (each whole or not at all, by the project's store); then one edit registers assets, tracks and clips. When it
is cancelled or fails on the way, the files it copied are removed again. What a kill leaves is at most a whole file that
nothing refers to, under its hash; opening the project removes it (`store/orphans.py`).
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.change import Change, joined
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Asset, ProjectState, TrackId
from maxbooster_desktop.project.edits.assets import register_asset
from maxbooster_desktop.project.edits.clips import add_audio_clip
from maxbooster_desktop.project.edits.meta import set_sample_rate
from maxbooster_desktop.project.edits.tracks import add_track
from maxbooster_desktop.project.exchange.probe import ExaminedAudio, examine_audio, project_rate, stop_if
from maxbooster_desktop.project.exchange.refusals import AudioRefusedError
from maxbooster_desktop.project.exchange.report import FileReport, ImportReport, sentences_about
from maxbooster_desktop.project.exchange.storing import asset_of, clip_name, store_sound
from maxbooster_desktop.project.store.project import Project

_EXAMINED_SHARE = 0.8

Progress = Callable[[float], None]


@dataclass(slots=True)
class _Candidate:
    """One file on its way in."""

    path: Path
    heard: ExaminedAudio | None = None
    asset: Asset | None = None
    track: TrackId | None = None
    refusal: str = ""
    notes: list[str] = field(default_factory=list)

    def report(self) -> FileReport:
        if self.asset is None:
            return FileReport(self.path, "refused", (self.refusal,))
        return FileReport(self.path, "imported", tuple(self.notes), self.asset, self.track)


def import_audio(
    project: Project,
    files: Iterable[Path],
    *,
    start_tick: int = 0,
    new_tracks: bool = True,
    track: TrackId | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> ImportReport:
    """Import sound files; the good ones of a partly good batch come in, each with a reason for the others.

    Args:
        project: where to; its edit "Import 3 files" is one step of the history.
        files: the files, in the order in which their tracks appear.
        start_tick: where the clips start.
        new_tracks: each file gets an audio track named after it. Otherwise all go on `track`, one behind the other.
        track: the audio track for `new_tracks=False`.
        progress: called with 0..1, rising.
        cancel: when set, the import stops within a block of sound and leaves the project as it was.

    Raises:
        ImportCancelledError: `cancel` was set.
        MaxBoosterError: the project cannot be edited, or its folder takes no more.
    """
    if project.read_only_reason is not None:
        raise AudioRefusedError(f"Nothing was imported: {project.read_only_reason}")
    if not new_tracks and track is None:
        raise AudioRefusedError("Nothing was imported: name the track on which the files go, or ask for new tracks")
    candidates = [_Candidate(path) for path in files]
    _examine(candidates, project, progress, cancel)
    added: list[Path] = []
    try:
        _store(candidates, project, added, progress, cancel)
        change = _place(candidates, project, start_tick, None if new_tracks else track)
    except BaseException:
        remove_unused(added, project)
        raise
    if progress is not None:
        progress(1.0)
    return ImportReport(tuple(candidate.report() for candidate in candidates), change)


def remove_unused(added: Iterable[Path], project: Project) -> None:
    """Remove the copies that nothing refers to: an edit that waits for room on the disk keeps its sounds."""
    used = {asset.file_hash for asset in project.state.assets.values()}
    for path in added:
        if path.stem not in used:
            path.unlink(missing_ok=True)


def _examine(
    candidates: Sequence[_Candidate], project: Project, progress: Progress | None, cancel: threading.Event | None
) -> None:
    for index, candidate in enumerate(candidates):
        share = _part_of(progress, _EXAMINED_SHARE * index / len(candidates), _EXAMINED_SHARE / len(candidates))
        try:
            candidate.heard = examine_audio(candidate.path, progress=share, cancel=cancel)
        except AudioRefusedError as refusal:
            candidate.refusal = str(refusal)
    rate = _session_rate([one.heard for one in candidates if one.heard is not None], project.state)
    for candidate in candidates:
        if candidate.heard is not None:
            candidate.notes = sentences_about(candidate.heard, rate)


def _session_rate(heard: Sequence[ExaminedAudio], state: ProjectState) -> int:
    """Return the rate the project will have: its own, or the first file's when nobody chose one and it may have it."""
    if not state.meta.is_rate_open or not heard:
        return state.meta.sample_rate
    return project_rate(heard[0].facts.sample_rate)


def _part_of(progress: Progress | None, start: float, length: float) -> Progress | None:
    return None if progress is None else lambda done: progress(start + length * done)


def _store(
    candidates: Sequence[_Candidate],
    project: Project,
    added: list[Path],
    progress: Progress | None,
    cancel: threading.Event | None,
) -> None:
    """Copy the good files; `added` collects the paths that were not there before."""
    for index, candidate in enumerate(candidates):
        stop_if(cancel)
        if candidate.heard is None:
            continue
        asset = asset_of(candidate.heard)
        try:
            store_sound(candidate.path, asset, project, added)
        except MaxBoosterError as refusal:
            candidate.refusal = str(refusal)
        else:
            candidate.asset = project.state.assets.get(asset.id, asset)
        if progress is not None:
            progress(_EXAMINED_SHARE + (1.0 - _EXAMINED_SHARE) * (index + 1) / len(candidates))
    stop_if(cancel)


def _place(candidates: Sequence[_Candidate], project: Project, start_tick: int, track: TrackId | None) -> Change | None:
    good = [candidate for candidate in candidates if candidate.asset is not None]
    if not good:
        return None
    change, tracks = project.do(_place_all, good, start_tick, track)
    for candidate, placed_on in zip(good, tracks, strict=True):
        candidate.track = placed_on
    return change


def _place_all(
    document: ProjectDocument, candidates: Sequence[_Candidate], start_tick: int, track: TrackId | None
) -> tuple[Change, list[TrackId]]:
    """Register, make tracks and place clips in one step. Runs on the document thread."""
    count = len(candidates)
    name = "Import 1 file" if count == 1 else f"Import {count} files"
    changes: list[Change] = []
    tracks: list[TrackId] = []
    tick = start_tick
    with document.step(name):
        if document.state.meta.is_rate_open:
            rate = _session_rate([one.heard for one in candidates if one.heard is not None], document.state)
            changes.append(set_sample_rate(document, rate))
        for candidate in candidates:
            asset = candidate.asset
            if asset is None:
                continue
            changes.append(register_asset(document, asset))
            placed_on, shown = track, clip_name(candidate.path)
            if placed_on is None:
                change = add_track(document, "audio", shown)
                changes.append(change)
                placed_on = _created_track(change, document.state)
            change = add_audio_clip(document, placed_on, asset.id, tick, name=shown)
            changes.append(change)
            tracks.append(placed_on)
            if track is not None:
                tick = _end_of(change, document.state)
    return joined(name, changes), tracks


def _created_track(change: Change, state: ProjectState) -> TrackId:
    return next(track for track in state.tracks if track in change.created)


def _end_of(change: Change, state: ProjectState) -> int:
    """Return the tick at which the clip that `change` created ends."""
    return next(state.clip_end_tick(clip) for clip in state.clips.values() if clip.id in change.created)
