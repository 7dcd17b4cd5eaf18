"""`maxbooster render PROJECT -o OUT`: a project to sound files, through the engine that plays it.

Works on a consistent snapshot while the studio has the project open. What cannot work is refused before the engine is
loaded, which takes longer than everything else here.
"""

import argparse
import importlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maxbooster_desktop.cli.output import ProgressLine, clock, decibels
from maxbooster_desktop.cli.parsing import Position, UsageError
from maxbooster_desktop.cli.sounds import require_sounds
from maxbooster_desktop.engine.render.loudness import named_targets
from maxbooster_desktop.engine.render.settings import (
    BITS,
    LoudnessTarget,
    RenderSettings,
    check_format,
    check_loudness,
    check_outside,
    check_target,
)
from maxbooster_desktop.engine.render.stem_names import check_scheme
from maxbooster_desktop.project.document.freezing import as_heard
from maxbooster_desktop.project.document.state import ProjectState
from maxbooster_desktop.project.document.tempo_map import BarPosition, TempoMap
from maxbooster_desktop.project.store.opening import open_project

if TYPE_CHECKING:
    from maxbooster_desktop.engine.render.files import RenderReport


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Render the mix, the stems, or both."""
    file_format = _format(arguments.out, arguments.format, arguments.stems)
    started = time.perf_counter()
    with open_project(arguments.project, read_only=True) as project:
        state = project.state
        settings = _settings(arguments, file_format, state.tempo_map)
        for each in settings.formats:
            check_format(each, settings.bits_of(each), settings.sample_rate or state.meta.sample_rate)
        check_loudness(settings, settings.sample_rate or state.meta.sample_rate)
        start, end = settings.frame_range(as_heard(state, lambda _device: True), state.meta.sample_rate)
        check_scheme(settings.stem_scheme)
        check_outside(project.folder, settings.target, settings.stems_folder)
        if settings.target is not None:
            check_target(settings.target)
        require_sounds(project, (start / state.meta.sample_rate, end / state.meta.sample_rate))
        engine = importlib.import_module("maxbooster_desktop.cli.engine_render")
        with ProgressLine("Rendering", is_json=arguments.json) as progress:
            report: RenderReport = engine.render(project, settings, arguments.block, progress)
    return _report(report, state, time.perf_counter() - started)


def _format(out: Path | None, chosen: str | None, stems: Path | None) -> str:
    """Return the format that OUT's name and --format agree on."""
    if out is None:
        if stems is None:
            raise UsageError("There is nothing to render: name a file with -o, or a folder with --stems.")
        return chosen or "wav"
    named = out.suffix.lower().lstrip(".").replace("wave", "wav")
    if named not in BITS:
        raise UsageError(f"'{out.name}' does not say what to write: end its name in .wav, .flac, .mp3 or .ogg.")
    if chosen is not None and chosen != named:
        raise UsageError(f"--format {chosen} does not fit '{out.name}': change one of them.")
    return named


def _settings(arguments: argparse.Namespace, file_format: str, tempo_map: TempoMap) -> RenderSettings:
    start_tick, start_s = _place(arguments.start, tempo_map)
    end_tick, end_s = _place(arguments.end, tempo_map)
    return RenderSettings(
        target=None if arguments.out is None else arguments.out.absolute(),
        file_format=file_format,
        also=arguments.also,
        bits=arguments.bits,
        sample_rate=arguments.rate,
        from_tick=start_tick or 0,
        to_tick=end_tick,
        from_s=start_s,
        to_s=end_s,
        tail_s=arguments.tail,
        stems_folder=None if arguments.stems is None else arguments.stems.absolute(),
        stem_scheme=arguments.names,
        dither=not arguments.no_dither,
        loudness=_loudness(arguments.loudness, arguments.ceiling),
    )


def _loudness(said: str | None, ceiling_dbtp: float | None) -> LoudnessTarget | None:
    """Return the target that --loudness names or writes, with the ceiling of --ceiling if there is one."""
    if said is None:
        if ceiling_dbtp is not None:
            raise UsageError("--ceiling belongs to --loudness: add it, or put a limiter on the master.")
        return None
    named = {each.id: each.target for each in named_targets()}
    try:
        target = named[said] if said in named else LoudnessTarget(float(said))
    except ValueError as error:
        raise UsageError(f"'{said}' is no loudness: write LUFS such as -14, or one of {', '.join(named)}.") from error
    return target if ceiling_dbtp is None else replace(target, ceiling_dbtp=ceiling_dbtp)


def _place(place: Position | None, tempo_map: TempoMap) -> tuple[int | None, float | None]:
    """Return a written position as (tick, None) or (None, seconds)."""
    if place is None or place.bars is None:
        return None, None if place is None else place.seconds
    wanted = BarPosition(*place.bars)
    tick = tempo_map.tick_of(wanted)
    if tempo_map.position_at(tick) != wanted:
        signature = tempo_map.signature_at(tempo_map.bar_start(wanted.bar))
        raise UsageError(
            f"{place.text} is no place in this song: bar {wanted.bar} has {signature.numerator} beats of "
            f"{signature.beat_ticks} ticks."
        )
    return tick, None


def _report(report: "RenderReport", state: ProjectState, seconds: float) -> dict[str, Any]:
    files = [
        {
            "path": str(file.path),
            "track": None if file.track is None else state.tracks[file.track].name,
            "frames": file.frames,
            "sample_rate": file.sample_rate,
            "duration_s": file.frames / file.sample_rate,
            "peak_dbfs": file.peak_dbfs,
            "clipped_samples": file.clipped_samples,
            "notes": list(file.notes),
        }
        for file in report.files
    ]
    return {"files": files, "notes": list(report.notes), "seconds": seconds}


def lines(report: dict[str, Any]) -> Iterator[str]:
    """Name each file with its length and its peak."""
    for file in report["files"]:
        yield f"{file['path']}: {clock(file['duration_s'])}, peak {decibels(file['peak_dbfs'], 'dBFS')}"
        yield from (f"  {note}" for note in file["notes"])
    yield from report["notes"]
    yield f"Rendered in {report['seconds']:.1f} s."
