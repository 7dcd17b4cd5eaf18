"""How long it takes from an event (a key, a click) until the audio callback plays by it.

Everything goes the way the window's events go: the transport through `EngineSession`; edits, undo among them, through
the document thread and the feed that compiles. An event is over when the callback's own counters say that it has
taken what the newest state asks for.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from maxbooster_desktop.actions.engine_feed import EngineFeed
from maxbooster_desktop.cli.bench.live import JACK_API, dummy_server
from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.engine.devices.portaudio import DeviceError
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.session import EngineSession
from maxbooster_desktop.project.document.state import ProjectState
from maxbooster_desktop.project.edits.channel.levels import set_gain, set_mute, set_solo
from maxbooster_desktop.project.exchange.import_audio import import_audio
from maxbooster_desktop.project.store.opening import create_project
from maxbooster_desktop.project.store.project import Project

_POLL_S = 0.0002
FRAMES, _ROUNDS = 128, 40
_PATIENCE_S = 5.0
_DECODING_S = 60.0
_BEAT_TICKS = 960


@contextmanager
def noise_project(folder: Path, sound: Path, tracks: int = 16) -> Iterator[tuple[Project, MediaPool]]:
    """Make a project in `folder` whose tracks all play the file `sound`, with its sounds decoded."""
    with create_project(folder / "events", name="Events") as project:
        import_audio(project, [sound] * tracks)
        pool = MediaPool(project.audio, project.state.meta.sample_rate, folder)
        try:
            pool.require(project.state.assets.values())
            pool.wait(project.state.assets, _DECODING_S)
            yield project, pool
        finally:
            pool.close()


class _Watched:
    """An engine that remembers which state it was shown last."""

    def __init__(self, engine: EngineSession) -> None:
        self._engine = engine
        self.shown: ProjectState | None = None

    def show(self, state: ProjectState, pool: Any) -> None:
        """Pass the state on."""
        self._engine.show(state, pool)
        self.shown = state


def measure_events(folder: Path, sound: Path) -> dict[str, Any]:
    """Return the figures for a project of 16 tracks that play `sound`, on JACK's dummy driver at 128 frames."""
    try:
        with dummy_server(FRAMES) as reason:
            if reason:
                return {"event_ms": None, "event_skipped": reason}
            with noise_project(folder, sound) as (project, pool), _playing(pool.sample_rate) as engine:
                event_latency(project, engine, pool, rounds=2)
                taken_ms = event_latency(project, engine, pool, _ROUNDS)
    except DeviceError as problem:
        return {"event_ms": None, "event_skipped": str(problem)}
    return {"event_ms": taken_ms, "slowest_event_ms": max(taken_ms.values())}


@contextmanager
def _playing(sample_rate: int) -> Iterator[EngineSession]:
    engine = EngineSession(sample_rate, FRAMES)
    try:
        engine.open_device(DeviceChoice(host_api=JACK_API, sample_rate=sample_rate, block_frames=FRAMES))
        yield engine
    finally:
        engine.close()


def event_latency(project: Project, engine: EngineSession, pool: MediaPool, rounds: int = 20) -> dict[str, float]:
    """Return the 95th percentile in milliseconds per kind of event.

    Kinds: play, stop, seek, mute, solo, fader, undo. `project` must have a track, and is edited. Raises TimeoutError
    when the callback does not run.
    """
    watched = _Watched(engine)
    feed = EngineFeed(watched, pool, _refuse)
    stop_feeding = project.subscribe(feed.offer)
    try:
        feed.offer(None, project.state)
        _until_obeyed(project, watched, engine)
        taken_ms = _measured(project, watched, engine, max(2, rounds))
    finally:
        stop_feeding()
        feed.close()
    return {name: statistics.quantiles(times, n=20, method="inclusive")[-1] for name, times in taken_ms.items()}


def _measured(project: Project, watched: _Watched, engine: EngineSession, rounds: int) -> dict[str, list[float]]:
    track = next(track.id for track in project.state.tracks.values() if track.kind != "master")
    events: dict[str, Callable[[int], object]] = {
        "play": lambda _: engine.play(),
        "seek": lambda number: engine.seek(_BEAT_TICKS * (number % 8)),
        "mute": lambda number: project.do(set_mute, [track], number % 2 == 0),
        "solo": lambda number: project.do(set_solo, [track], number % 2 == 0),
        "fader": lambda number: project.do(set_gain, track, -1.0 - number % 7),
        "undo": lambda _: project.undo().result(),
        "stop": lambda _: engine.stop(),
    }
    taken_ms: dict[str, list[float]] = {name: [] for name in events}
    for number in range(rounds):
        for name, event in events.items():
            begun = time.perf_counter()
            event(number)
            _until_obeyed(project, watched, engine)
            taken_ms[name].append((time.perf_counter() - begun) * 1_000)
    return taken_ms


def _until_obeyed(project: Project, watched: _Watched, engine: EngineSession) -> None:
    end = time.monotonic() + _PATIENCE_S
    while watched.shown is not project.state or not engine.is_obeyed:
        if time.monotonic() > end:
            raise TimeoutError("the audio callback does not run")
        time.sleep(_POLL_S)


def _refuse(sentence: str) -> None:
    raise RuntimeError(sentence)
