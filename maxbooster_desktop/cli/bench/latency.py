"""How long it takes from an event (a key, a click) until the audio callback has obeyed it.

Everything goes the way the window's events go: through `EngineSession` and, for what belongs to the project, through
`show` with the next state. Measured is the time until the callback's own counters say that it is done.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.session import EngineSession
from maxbooster_desktop.project.document.state import ProjectState, Track

_POLL_S = 0.0002
_PATIENCE_S = 2.0


def event_latency(engine: EngineSession, state: ProjectState, pool: MediaPool, rounds: int = 20) -> dict[str, float]:
    """Return the 95th percentile in milliseconds per kind of event; `engine` shows `state` and keeps it.

    Kinds: play, stop, seek, mute, solo, fader. Raises TimeoutError when the callback does not run.
    """
    track = next(track for track in state.tracks.values() if track.kind != "master")
    engine.show(state, pool)
    _until_obeyed(engine)

    def edit(**fields: Any) -> Callable[[], None]:
        return lambda: engine.show(_with(state, replace(track, **fields)), pool)

    events: dict[str, Callable[[int], Callable[[], None]]] = {
        "play": lambda _: engine.play,
        "seek": lambda number: lambda: engine.seek(960 * (number % 8)),
        "mute": lambda number: edit(is_muted=number % 2 == 0),
        "solo": lambda number: edit(is_soloed=number % 2 == 0),
        "fader": lambda number: edit(gain_db=-1.0 - number % 7),
        "stop": lambda _: engine.stop,
    }
    taken_ms: dict[str, list[float]] = {name: [] for name in events}
    for number in range(max(2, rounds)):
        for name, event in events.items():
            begun = time.perf_counter()
            event(number)()
            _until_obeyed(engine)
            taken_ms[name].append((time.perf_counter() - begun) * 1_000)
    engine.show(state, pool)
    return {name: statistics.quantiles(times, n=20, method="inclusive")[-1] for name, times in taken_ms.items()}


def _with(state: ProjectState, track: Track) -> ProjectState:
    return replace(state, tracks={**state.tracks, track.id: track})


def _until_obeyed(engine: EngineSession) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not engine.is_obeyed:
        if time.monotonic() > end:
            raise TimeoutError("the audio callback does not run")
        time.sleep(_POLL_S)
