"""Makes the demo song for `maxbooster demo`: builds, renders, finds the drive of the limiter, masters, measures."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dsp.measure.loudness import LoudnessMeter
from dsp.measure.true_peak import TruePeakMeter
from maxbooster_desktop.cli.demo import MASTERED, MIX, PROJECT, DemoFolderError
from maxbooster_desktop.cli.output import ProgressLine
from maxbooster_desktop.cli.sounds import require_sounds
from maxbooster_desktop.demosong.arrangement import build_demo_song
from maxbooster_desktop.demosong.mastering import solve_master_gain
from maxbooster_desktop.demosong.mix import LIMITER
from maxbooster_desktop.engine.media.playable import decode_played
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.analysis import AudioAnalysis, analyze_file
from maxbooster_desktop.engine.render.files import render_project
from maxbooster_desktop.engine.render.offline import make_renderer
from maxbooster_desktop.engine.render.settings import RenderSettings
from maxbooster_desktop.foundation.paths import cache_folder
from maxbooster_desktop.project.document.state import MASTER, ProjectState
from maxbooster_desktop.project.store.opening import open_project

_MEASURED_FRAMES = 48_000
_SAYING = {
    "build": "Building the demo song",
    "decode": "Decoding its sounds",
    "render": "Rendering the mix",
    "solve": "Finding the loudness of the master",
    "master": "Rendering the master",
    "measure": "Measuring both",
}


@dataclass
class _Stages:
    """Seconds per stage, in order."""

    progress: ProgressLine
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[ProgressLine]:
        """Time what runs inside as `name`."""
        self.progress.step(_SAYING[name])
        started = time.perf_counter()
        yield self.progress
        self.seconds[name] = round(time.perf_counter() - started, 3)


def make(out: Path, staging: Path, progress: ProgressLine) -> dict[str, Any]:
    """Make the song in `staging`, unless a run before left its project in `out`; return the report without places."""
    stages = _Stages(progress)
    return _song(_project(out, staging, stages), staging, stages)


def _project(out: Path, staging: Path, stages: _Stages) -> Path:
    """Return the project's folder: the one from before, or a new one among what is being made."""
    if (out / PROJECT).exists():
        return out / PROJECT
    with stages.stage("build") as progress:
        build_demo_song(staging / PROJECT, lambda _name, done: progress(done)).close()
    return staging / PROJECT


def _song(folder: Path, staging: Path, stages: _Stages) -> dict[str, Any]:
    """Render mix and master into `staging` and return the report."""
    with open_project(folder, read_only=True) as project, ExitStack() as held:
        state = project.state
        with stages.stage("decode"):
            require_sounds(project)
            pool = held.enter_context(closing(MediaPool(project.audio, state.meta.sample_rate, cache_folder())))
            decode_played(state, pool)
        with stages.stage("render") as progress:
            settings = RenderSettings(target=staging / MIX)
            render_project(state, pool, make_renderer, settings, progress=progress)
        with stages.stage("solve"):
            drive_db = solve_master_gain(lambda drive: _loudness(_driven(state, drive), pool))
        with stages.stage("master") as progress:
            settings = RenderSettings(target=staging / MASTERED)
            render_project(_driven(state, drive_db), pool, make_renderer, settings, progress=progress)
    with stages.stage("measure"):
        mix, master = analyze_file(staging / MIX), analyze_file(staging / MASTERED)
    return _report(mix, master, drive_db, stages)


def _report(mix: AudioAnalysis, master: AudioAnalysis, drive_db: float, stages: _Stages) -> dict[str, Any]:
    return {
        "duration_s": master.duration_s,
        "sample_rate": master.sample_rate,
        "integrated_lufs": master.integrated_lufs,
        "lra_lu": master.lra_lu,
        "true_peak_dbtp": master.true_peak_dbtp,
        "correlation": master.correlation,
        "drive_db": drive_db,
        "mix_lufs": mix.integrated_lufs,
        "mix_true_peak_dbtp": mix.true_peak_dbtp,
        "seconds": stages.seconds,
    }


def _driven(state: ProjectState, drive_db: float) -> ProjectState:
    """Return the project with its master's limiter on and driven by `drive_db`."""
    master = state.tracks[MASTER]
    if all(insert.device != LIMITER for insert in master.inserts):
        raise DemoFolderError(
            "The demo project's master has no true-peak limiter any more; put one back or choose a new folder."
        )
    inserts = tuple(
        replace(insert, enabled=True, values={**insert.values, "drive_db": drive_db})
        if insert.device == LIMITER
        else insert
        for insert in master.inserts
    )
    return replace(state, tracks={**state.tracks, MASTER: replace(master, inserts=inserts)})


def _loudness(state: ProjectState, pool: MediaPool) -> tuple[float, float]:
    """Return (integrated loudness in LUFS, true peak in dBTP) of a render that is heard by the meters only."""
    renderer = make_renderer(state, pool, None, 0)
    loudness, true_peak = LoudnessMeter(pool.sample_rate, 2), TruePeakMeter(2)
    seconds = state.tempo_map.seconds_at(state.end_tick())
    left = renderer.latency_frames + round(seconds * pool.sample_rate)
    while left > 0:
        block = renderer.process(min(left, _MEASURED_FRAMES))
        left -= len(block)
        loudness.feed(block)
        true_peak.feed(block)
    silent = float("-inf")
    lufs, peak = loudness.integrated_lufs, true_peak.true_peak_dbtp
    return silent if lufs is None else lufs, silent if peak is None else peak
