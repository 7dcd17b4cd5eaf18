"""Makes the demo song for `maxbooster demo`: builds, renders, brings it to its loudness, measures."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maxbooster_desktop.cli.demo import MASTERED, MIX, PROJECT
from maxbooster_desktop.cli.output import ProgressLine
from maxbooster_desktop.cli.sounds import require_sounds
from maxbooster_desktop.demosong.arrangement import build_demo_song
from maxbooster_desktop.engine.media.playable import decode_played
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.analysis import AudioAnalysis, analyze_file
from maxbooster_desktop.engine.render.files import render_project
from maxbooster_desktop.engine.render.offline import make_renderer
from maxbooster_desktop.engine.render.settings import LoudnessTarget, RenderSettings
from maxbooster_desktop.foundation.paths import cache_folder
from maxbooster_desktop.project.store.opening import open_project

#: The loudness that most services play at; the ceiling leaves room for what lossy formats add.
MASTER_LOUDNESS = LoudnessTarget(-14.0, ceiling_dbtp=-1.2)
_SAYING = {
    "build": "Building the demo song",
    "decode": "Decoding its sounds",
    "render": "Rendering the mix",
    "master": "Bringing it to its loudness",
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
        with stages.stage("master") as progress:
            settings = RenderSettings(target=staging / MASTERED, loudness=MASTER_LOUDNESS)
            mastered = render_project(state, pool, make_renderer, settings, progress=progress)
    with stages.stage("measure"):
        mix, master = analyze_file(staging / MIX), analyze_file(staging / MASTERED)
    return _report(mix, master, mastered.gain_db, stages)


def _report(mix: AudioAnalysis, master: AudioAnalysis, gain_db: float, stages: _Stages) -> dict[str, Any]:
    return {
        "duration_s": master.duration_s,
        "sample_rate": master.sample_rate,
        "integrated_lufs": master.integrated_lufs,
        "lra_lu": master.lra_lu,
        "true_peak_dbtp": master.true_peak_dbtp,
        "correlation": master.correlation,
        "gain_db": gain_db,
        "mix_lufs": mix.integrated_lufs,
        "mix_true_peak_dbtp": mix.true_peak_dbtp,
        "seconds": stages.seconds,
    }
