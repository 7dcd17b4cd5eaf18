"""The peers: the same strip (four EQ bands, one compressor) in pedalboard and dawdreamer, both JUCE in C++.

The only module that loads them. They get blocks of 512 frames, at which they are fastest, and a gain of 0 dB in the
filters where they cannot tell the difference. Each returns None when it is not installed.
"""

import time
from typing import Any

import numpy as np
import numpy.typing as npt

RATE, BLOCK = 48_000, 512
_BANDS = (("low_shelf", 100.0), ("band", 500.0), ("band", 2_500.0), ("high_shelf", 8_000.0))
_REPEATS = 3
_RESPONSE_S = 1.98

Sound = npt.NDArray[np.float32]


def noise(seconds: float, seed: int) -> Sound:
    """Return stereo noise [2, frames]."""
    frames = round(seconds * RATE)
    return (np.random.default_rng(seed).standard_normal((2, frames)) * 0.1).astype(np.float32)


def _response() -> Sound:
    """Return an impulse response as long as that of our convolution reverb untouched, one path a side."""
    return noise(_RESPONSE_S, 1) * np.logspace(0, -3, round(_RESPONSE_S * RATE), dtype=np.float32)


def pedalboard_ns(tracks: int, seconds: float) -> float | None:
    """Return nanoseconds per channel-sample of the strip alone, the best of several runs."""
    try:
        from pedalboard import (  # noqa: PLC0415 - a peer that may be missing
            Compressor,
            HighShelfFilter,
            LowShelfFilter,
            PeakFilter,
        )
        from pedalboard._pedalboard import Pedalboard  # noqa: PLC0415 - as above
    except ImportError:
        return None
    board = Pedalboard(
        [
            LowShelfFilter(100, 2),
            PeakFilter(500, -3, 0.71),
            PeakFilter(2_500, 2, 0.71),
            HighShelfFilter(8_000, -2),
            Compressor(-20, 4, 10, 120),
        ]
    )
    sounds = [noise(seconds, track) for track in range(tracks)]
    best = float("inf")
    for _ in range(_REPEATS):
        started = time.perf_counter()
        for sound in sounds:
            board(sound, RATE, buffer_size=BLOCK)
        best = min(best, time.perf_counter() - started)
    return best * 1e9 / (tracks * 2 * seconds * RATE)


def effect_ns(name: str | None, seconds: float, count: int = 1) -> float | None:
    """Return nanoseconds per stereo frame of `count` of one of pedalboard's effects, untouched; None without a name."""
    if name is None:
        return None
    try:
        import pedalboard  # noqa: PLC0415 - a peer that may be missing
        from pedalboard._pedalboard import Pedalboard  # noqa: PLC0415 - as above
    except ImportError:
        return None
    given = {"impulse_response_filename": _response(), "sample_rate": RATE} if name == "Convolution" else {}
    sound, plug = noise(seconds, 0), Pedalboard([getattr(pedalboard, name)(**given) for _ in range(count)])
    best: float = float("inf")
    for _ in range(_REPEATS):
        started = time.thread_time()
        plug(sound, RATE, buffer_size=BLOCK, reset=False)
        best = min(best, time.thread_time() - started)
    return best * 1e9 / float(sound.shape[1])


def dawdreamer_ns(tracks: int, seconds: float) -> tuple[float, float] | None:
    """Return nanoseconds per channel-sample of (strips alone, playback with strips and sum).

    It cannot run a strip without playing something, so the strips alone are the whole less a graph without strips.
    """
    sounds = [noise(seconds, track) for track in range(tracks)]
    whole = dawdreamer_render_s(sounds, seconds, _REPEATS)
    bare = dawdreamer_render_s(sounds, seconds, _REPEATS, has_strips=False)
    if whole is None or bare is None:
        return None
    per_sample = 1e9 / (tracks * 2 * seconds * RATE)
    return max(whole - bare, 0.0) * per_sample, whole * per_sample


def dawdreamer_render_s(
    sounds: list[Sound], seconds: float, repeats: int = 1, *, has_strips: bool = True
) -> float | None:
    """Return the seconds it takes to play all sounds through their strips and sum them, the best of `repeats`."""
    try:
        import dawdreamer  # noqa: PLC0415 - a peer that may be missing
    except ImportError:
        return None
    engine = dawdreamer.RenderEngine(RATE, BLOCK)
    engine.load_graph(_graph(engine, sounds, has_strips=has_strips))
    engine.render(min(0.5, seconds))
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        engine.render(float(seconds))
        best = min(best, time.perf_counter() - started)
    return best


def _graph(engine: Any, sounds: list[Sound], *, has_strips: bool) -> list[tuple[Any, list[str]]]:
    graph: list[tuple[Any, list[str]]] = []
    last = []
    for track, sound in enumerate(sounds):
        name = f"p{track}"
        graph.append((engine.make_playback_processor(name, sound), []))
        for band, (kind, hertz) in enumerate(_BANDS if has_strips else ()):
            made = f"f{track}-{band}"
            graph.append((engine.make_filter_processor(made, kind, hertz, 0.71, 1.2), [name]))
            name = made
        if has_strips:
            made = f"c{track}"
            graph.append((engine.make_compressor_processor(made, -20.0, 4.0, 10.0, 120.0), [name]))
            name = made
        last.append(name)
    graph.append((engine.make_add_processor("sum", [1 / len(sounds)] * len(sounds)), last))
    return graph
