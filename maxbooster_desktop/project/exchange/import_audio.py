"""Sound files into a project: looked at first, copied unchanged, placed in one step that can be undone.

Order, so that nothing half-written stays: every file is read to its end before anything is written; then the good ones
are copied (each whole or not at all, by the project's store); then one edit registers assets, tracks and clips. When it
is cancelled or fails on the way, the files it copied are removed again. What a kill leaves is at most a whole file that
nothing refers to, under its hash; opening the project removes it (`store/orphans.py`).
"""

import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.change import Change, joined
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Asset, AssetId, ProjectState, TrackId
from maxbooster_desktop.project.edits.assets import register_asset
from maxbooster_desktop.project.edits.clips import add_audio_clip
from maxbooster_desktop.project.edits.meta import set_sample_rate
from maxbooster_desktop.project.edits.tracks import add_track
from maxbooster_desktop.project.exchange.fold_down import fold_down_sentence
from maxbooster_desktop.project.exchange.probe import ExaminedAudio, examine_audio, project_rate, stop_if
from maxbooster_desktop.project.exchange.refusals import AudioRefusedError
from maxbooster_desktop.project.exchange.sound_file import shown_name
from maxbooster_desktop.project.store.project import Project

KEPT_MONO = "mono, kept mono"
_SPARE_BYTES = 16 << 20
_EXAMINED_SHARE = 0.8
_LONGEST_NAME = 100
_LONGEST_EXTENSION = 8

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file; `sentences` say what was done to it, or why it was refused."""

    path: Path
    outcome: Literal["imported", "refused"]
    sentences: tuple[str, ...] = ()
    asset: Asset | None = None
    track: TrackId | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it came in and will sound as it is, so that nothing need be said about it."""
        return self.outcome == "imported" and set(self.sentences) <= {KEPT_MONO}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of every file, in the order they were named, and the edit that placed the good ones."""

    files: tuple[FileReport, ...]
    change: Change | None = None

    @property
    def imported(self) -> tuple[FileReport, ...]:
        """The files that are in the project now."""
        return tuple(file for file in self.files if file.outcome == "imported")

    @property
    def refused(self) -> tuple[FileReport, ...]:
        """The files that are not."""
        return tuple(file for file in self.files if file.outcome == "refused")


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
        _remove_unused(added, project)
        raise
    if progress is not None:
        progress(1.0)
    return ImportReport(tuple(candidate.report() for candidate in candidates), change)


def _remove_unused(added: Iterable[Path], project: Project) -> None:
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
            candidate.notes = _notes(candidate.heard, rate)


def _session_rate(heard: Sequence[ExaminedAudio], state: ProjectState) -> int:
    """Return the rate the project will have: its own, or the first file's when nobody chose one and it may have it."""
    if not state.meta.is_rate_open or not heard:
        return state.meta.sample_rate
    return project_rate(heard[0].facts.sample_rate)


def _part_of(progress: Progress | None, start: float, length: float) -> Progress | None:
    return None if progress is None else lambda done: progress(start + length * done)


def _notes(heard: ExaminedAudio, session_rate: int) -> list[str]:
    """Say what was found and what will be done to the sound when it is played."""
    facts = heard.facts
    notes = [f"{shown_name(facts.path)}: {note}" for note in facts.notes]
    if facts.channels == 1:
        notes.append(KEPT_MONO)
    folded = fold_down_sentence(facts.channels, facts.format)
    if folded is not None:
        notes.append(folded)
    if facts.sample_rate != session_rate:
        notes.append(f"converted {facts.sample_rate / 1000:g} -> {session_rate / 1000:g} kHz when played")
    if heard.non_finite_samples:
        notes.append(f"{heard.non_finite_samples:,} samples were not numbers and are played as silence")
    return notes


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
        asset = _asset_of(candidate.heard)
        try:
            _store_one(candidate.path, asset, project, added)
        except MaxBoosterError as refusal:
            candidate.refusal = str(refusal)
        else:
            candidate.asset = project.state.assets.get(asset.id, asset)
        if progress is not None:
            progress(_EXAMINED_SHARE + (1.0 - _EXAMINED_SHARE) * (index + 1) / len(candidates))
    stop_if(cancel)


def _asset_of(heard: ExaminedAudio) -> Asset:
    facts = heard.facts
    return Asset(
        id=AssetId(heard.asset_id),
        name=_clip_name(facts.path),
        sample_rate=facts.sample_rate,
        channels=facts.channels,
        frames=facts.frames,
        subtype=facts.subtype,
        file_hash=heard.file_hash,
        extension=facts.path.suffix.lstrip(".").lower(),
    )


def _clip_name(path: Path) -> str:
    shown = shown_name(Path(path.stem))
    printable = "".join(letter if letter.isprintable() else " " for letter in shown).strip()
    return printable[:_LONGEST_NAME].strip() or "Audio"


def _store_one(path: Path, asset: Asset, project: Project, added: list[Path]) -> None:
    if not (asset.extension.isascii() and asset.extension.isalnum() and len(asset.extension) <= _LONGEST_EXTENSION):
        raise AudioRefusedError(f"'{shown_name(path)}' has no usual ending; rename it so that it ends in .wav or alike")
    known = project.state.assets.get(asset.id)
    if known is not None and project.audio.path_of(known).is_file():
        return
    if known is not None and known.file_hash != asset.file_hash:
        raise AudioRefusedError(
            f"'{shown_name(path)}' sounds like '{known.name}', whose file is missing from the project, but is another "
            "file; import the original one"
        )
    target = project.audio.path_of(asset)
    if target.is_file():
        return
    try:
        size_bytes = path.stat().st_size
    except OSError as error:
        raise AudioRefusedError(
            f"'{shown_name(path)}' went away while it was imported ({error.strerror}); put it back and import it again"
        ) from error
    require_room(path, size_bytes, project.folder)
    added.append(target)
    project.audio.add(path, asset.file_hash)


def require_room(path: Path, size_bytes: int, folder: Path) -> None:
    """Check, before anything is copied, that `folder` has room for `size_bytes` of `path`.

    Raises:
        AudioRefusedError: it has not.
    """
    free = shutil.disk_usage(folder).free
    if size_bytes + _SPARE_BYTES > free:
        raise AudioRefusedError(
            f"'{shown_name(path)}' has {_size(size_bytes)} and the disk of the project has {_size(free)} free, "
            f"of which {_size(_SPARE_BYTES)} are kept for edits; make room and import it then"
        )


def _size(count: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{count / 1e9:,.2f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


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
            placed_on, shown = track, _clip_name(candidate.path)
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
