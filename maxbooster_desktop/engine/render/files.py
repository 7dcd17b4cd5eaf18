"""A project to sound files: the mix, its stems, a range with its tail; whole files or none.

The renderer itself is handed in (`RendererFactory`), so that the same code writes what any renderer plays. All files of
one render are finished under temporary names first and renamed together at the end; a cancelled or failed render
leaves every folder as it was, and one that was killed is cleared away by the next render into its folder.
"""

import itertools
import math
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from dsp.measure.loudness import LoudnessMeter
from dsp.measure.true_peak import TruePeakMeter
from maxbooster_desktop.engine.graph.devices import has_device
from maxbooster_desktop.engine.media.playable import decode_played
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.loudness import TRIES, Levels, Normalised, normalised, sentence_of
from maxbooster_desktop.engine.render.partial_files import clear_leftovers
from maxbooster_desktop.engine.render.settings import (
    LoudnessTarget,
    RenderCancelledError,
    RenderError,
    RenderSettings,
    check_format,
    check_loudness,
    check_target,
    stem_tracks,
    writing_failed,
)
from maxbooster_desktop.engine.render.stem_names import stem_names, tokens_of
from maxbooster_desktop.engine.render.stream import Renderer, Samples, at_rate, played
from maxbooster_desktop.engine.render.writer import AudioWriter
from maxbooster_desktop.foundation.paths import remove_empty
from maxbooster_desktop.project.document.freezing import as_heard, missing_devices
from maxbooster_desktop.project.document.state import ProjectState, TrackId


class RendererFactory(Protocol):
    """Makes a renderer that starts at `start_frame` of the session; `solo_track` None plays the mix."""

    def __call__(self, state: ProjectState, pool: MediaPool, solo_track: TrackId | None, start_frame: int) -> Renderer:
        """Return a fresh renderer."""


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """One file that was written. `peak_dbfs` is the highest sample before rounding, -inf for silence."""

    path: Path
    track: TrackId | None
    frames: int
    sample_rate: int
    peak_dbfs: float
    clipped_samples: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What a render made; `notes` are sentences about it as a whole, `gain_db` brought the mix to its loudness."""

    files: tuple[RenderedFile, ...]
    notes: tuple[str, ...] = ()
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class _Part:
    """One sound, in all its formats: what plays of which state."""

    path: Path
    track: TrackId | None
    state: ProjectState


@dataclass(frozen=True, slots=True)
class _Job:
    """Everything the parts of one render share."""

    state: ProjectState
    pool: MediaPool
    make_renderer: RendererFactory
    settings: RenderSettings
    output_rate: int
    start: int
    end: int
    cancel: threading.Event | None

    def sound(self, state: ProjectState, track: TrackId | None, progress: Callable[[float], None]) -> Iterator[Samples]:
        """Yield what one part plays of a state, at the files' rate."""
        renderer = self.make_renderer(state, self.pool, track, self.start)
        total, rate = self.end - self.start, self.pool.sample_rate
        blocks = played(renderer, total, self.settings.tail_s, rate, lambda: _stop_if(self.cancel))
        for block in at_rate(_counting(blocks, total, progress), rate, self.output_rate):
            _stop_if(self.cancel)
            yield block


def render_project(
    state: ProjectState,
    pool: MediaPool,
    make_renderer: RendererFactory,
    settings: RenderSettings,
    *,
    progress: Callable[[float], None] | None = None,
    cancel: threading.Event | None = None,
) -> RenderReport:
    """Render what is heard of `state` to the files that `settings` name and return what was written.

    The sounds of the range are decoded first, others are not; `pool.sample_rate` is the session's rate. `progress` is
    called with 0..1, rising.

    Raises:
        RenderError: impossible settings, an unwritable place, a full disk; nothing is left behind.
        RenderCancelledError: `cancel` was set; nothing is left behind.
        SoundUndecodableError: a sound of the range is missing or damaged.
    """
    missing = tuple(missing_devices(state, has_device).values())
    state = as_heard(state, has_device)
    rate = settings.sample_rate or pool.sample_rate
    for file_format in settings.formats:
        check_format(file_format, settings.bits_of(file_format), rate, settings.quality)
    start, end = settings.frame_range(state, pool.sample_rate)
    job = _Job(state, pool, make_renderer, settings, rate, start, end, cancel)
    check_loudness(settings, rate)
    parts, notes = _parts(state, settings)
    span_s = (start / pool.sample_rate, end / pool.sample_rate)
    decode_played(state, pool, span_s, check=lambda: _stop_if(cancel))
    tries, gain_db = 0 if settings.loudness is None else TRIES, 0.0
    told = partial(_share_of, progress, count=len(parts) + tries)
    if settings.loudness is not None:
        brought = _normalised(job, settings.loudness, told)
        parts[0], gain_db = replace(parts[0], state=brought.state), brought.gain_db
        notes = (sentence_of(brought, settings.loudness), *notes)
    with ExitStack() as undo:
        if settings.stems_folder is not None:
            _make_folder(settings.stems_folder, undo)
        for folder in {part.path.parent for part in parts}:
            clear_leftovers(folder)
        writers, files = [], []
        for index, part in enumerate(parts):
            own = []
            for file_format in settings.formats:
                own.append(_open_writer(part, file_format, job))
                undo.callback(own[-1].discard)
            files += _render_part(part, own, job, told(tries + index))
            writers += own
        for writer in writers:
            writer.commit()
        # Everything has its name: nothing is to be undone any more.
        undo.pop_all()
    if progress is not None:
        progress(1.0)
    return RenderReport(tuple(files), (*notes, *missing), gain_db)


def _normalised(job: _Job, target: LoudnessTarget, told: Callable[[int], Callable[[float], None]]) -> Normalised:
    """Bring the mix to a loudness, each try as a share of the whole."""
    tries = itertools.count()

    def measure(state: ProjectState) -> Levels:
        loudness, true_peak = LoudnessMeter(job.output_rate, 2), TruePeakMeter(2)
        for block in job.sound(state, None, told(min(next(tries), TRIES - 1))):
            loudness.feed(block)
            true_peak.feed(block)
        readings = (loudness.integrated_lufs, true_peak.true_peak_dbtp)
        return Levels(*(-math.inf if reading is None else reading for reading in readings))

    return normalised(job.state, target, measure)


def _parts(state: ProjectState, settings: RenderSettings) -> tuple[list[_Part], tuple[str, ...]]:
    parts = [] if settings.target is None else [_Part(settings.target, None, state)]
    notes = []
    if settings.target is not None:
        check_target(settings.target)
    if settings.stems_folder is not None:
        tracks = [track for track in stem_tracks(state) if not track.is_muted]
        notes = [f"'{track.name}' is muted and has no stem" for track in stem_tracks(state) if track.is_muted]
        tokens = tokens_of(state, settings.sample_rate or state.meta.sample_rate)
        titles = [track.name for track in tracks]
        names = stem_names(titles, settings.file_format, settings.stem_scheme, tokens)
        folder = settings.stems_folder
        parts += [_Part(folder / name, track.id, state) for name, track in zip(names, tracks, strict=True)]
    if not parts:
        raise RenderError("There is nothing to render: name a file for the mix, or a folder and tracks for stems")
    return parts, tuple(notes)


def _make_folder(folder: Path, undo: ExitStack) -> None:
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise RenderError(f"{folder} is a file, not a folder; choose another place for the stems")
    if os.path.isdir(folder):
        return
    check_target(folder)
    try:
        folder.mkdir()
    except OSError as problem:
        raise writing_failed(folder, problem) from problem
    undo.callback(remove_empty, [folder])


def _open_writer(part: _Part, file_format: str, job: _Job) -> AudioWriter:
    settings = job.settings
    return AudioWriter(
        part.path if file_format == settings.file_format else part.path.with_suffix(f".{file_format}"),
        job.output_rate,
        2,
        file_format,
        settings.bits_of(file_format),
        dither=settings.dither,
        quality=settings.quality,
    )


def _share_of(progress: Callable[[float], None] | None, index: int, *, count: int) -> Callable[[float], None]:
    def share(done: float) -> None:
        if progress is not None:
            progress((index + min(1.0, done)) / count)

    return share


def _render_part(
    part: _Part, writers: list[AudioWriter], job: _Job, progress: Callable[[float], None]
) -> list[RenderedFile]:
    """Render once, into every format that is asked for."""
    for block in job.sound(part.state, part.track, progress):
        for writer in writers:
            writer.write(block)
    for writer in writers:
        _stop_if(job.cancel)
        writer.finish()
    return [_written(part, writer, job) for writer in writers]


def _written(part: _Part, writer: AudioWriter, job: _Job) -> RenderedFile:
    return RenderedFile(
        path=writer.path,
        track=part.track,
        frames=writer.frames,
        sample_rate=job.output_rate,
        peak_dbfs=20.0 * math.log10(writer.peak) if writer.peak > 0.0 else -math.inf,
        clipped_samples=writer.clipped_samples,
        notes=_notes(writer),
    )


def _notes(writer: AudioWriter) -> tuple[str, ...]:
    notes = []
    if writer.clipped_samples:
        notes.append(
            f"{writer.path.name}: {writer.clipped_samples:,} samples were above full scale and were clipped; "
            "lower the master or turn its limiter on"
        )
    if writer.non_finite_samples:
        notes.append(f"{writer.path.name}: {writer.non_finite_samples:,} samples were not numbers and became silence")
    return tuple(notes)


def _counting(blocks: Iterator[Samples], total: int, progress: Callable[[float], None]) -> Iterator[Samples]:
    played = 0
    for block in blocks:
        yield block
        played += len(block)
        progress(min(1.0, played / total))


def _stop_if(cancel: threading.Event | None) -> None:
    if cancel is not None and cancel.is_set():
        raise RenderCancelledError("Render cancelled; no file was written")
