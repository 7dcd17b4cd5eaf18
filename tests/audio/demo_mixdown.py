"""A plain mixdown of the demo song and the measures that its mix is tuned by; for tests, apart from the engine.

It follows the same path as the studio (strip, fader, pan, sends, groups, buses, automation), one track at a time
over the whole song. Third octaves by FFT over the song.
"""

from collections.abc import Callable, Mapping

import numpy as np

from dsp.core.compiled import njit_kernel
from dsp.generators import swept_filter
from dsp.generators.signal import RATE, Samples, gain_of
from dsp.measure.loudness import LoudnessMeter
from maxbooster_desktop.demosong import mix
from maxbooster_desktop.demosong.clips import RenderedClip
from maxbooster_desktop.demosong.score import BAR_S, SONG_FRAMES, TICKS_PER_BAR, frame_of_bar

Moves = Mapping[tuple[str, str], Samples]


@njit_kernel
def _compress(audio, threshold_db, ratio, attack, release, knee_db, makeup_db):  # noqa: PLR0917  # a kernel
    reduction = 0.0
    for frame in range(audio.shape[1]):
        peak = 1e-9
        for channel in range(audio.shape[0]):
            peak = max(peak, abs(audio[channel, frame]))
        over = 20.0 * np.log10(peak) - threshold_db
        target = 0.0
        if over > knee_db / 2.0:
            target = over * (1.0 - 1.0 / ratio)
        elif over > -knee_db / 2.0:
            target = (1.0 - 1.0 / ratio) * (over + knee_db / 2.0) ** 2 / (2.0 * knee_db)
        reduction += (attack if target > reduction else release) * (target - reduction)
        gain = 10.0 ** ((makeup_db - reduction) / 20.0)
        for channel in range(audio.shape[0]):
            audio[channel, frame] *= gain


def _strip(audio: Samples, values: Mapping[str, float], name: str, moves: Moves) -> Samples:
    if values.get("hp_on"):
        audio = swept_filter.highpass(audio, values["hp_hz"])
    if values.get("lp_on"):
        audio = swept_filter.lowpass(audio, moves.get((name, "strip.lp_hz"), values["lp_hz"]))
    shapes = (swept_filter.bell, swept_filter.low_shelf, swept_filter.high_shelf)
    for band in range(1, 5):
        if values.get("eq_on") and values.get(f"band{band}_gain_db"):
            shape = shapes[int(values[f"band{band}_kind"])]
            audio = shape(audio, values[f"band{band}_hz"], values[f"band{band}_gain_db"], values[f"band{band}_q"])
    if values.get("comp_on"):
        audio = audio.copy()
        rates = [1.0 - np.exp(-1000.0 / (values[f"comp_{side}_ms"] * RATE)) for side in ("attack", "release")]
        fixed = [values[f"comp_{part}_db"] for part in ("knee", "makeup")]
        _compress(audio, values["comp_threshold_db"], values["comp_ratio"], *rates, *fixed)
    return audio


def _curves() -> dict[tuple[str, str], Samples]:
    at = np.arange(SONG_FRAMES) / (BAR_S * RATE)
    curves = {}
    for move in mix.MOVES:
        bars, values = zip(*move.points, strict=True)
        curves[move.track, move.parameter] = np.interp(at, bars, values).astype(np.float32)
    return curves


def _amplitude(level_db: Samples | float) -> Samples:
    return np.exp2(np.asarray(level_db, dtype=np.float32) / np.float32(6.0206))


def _fader(audio: Samples, channel: mix.Channel, moves: Moves) -> Samples:
    audio = audio * _amplitude(moves.get((channel.name, "gain_db"), channel.gain_db))
    pan = moves.get((channel.name, "pan"), np.float32(channel.pan))
    sides = np.stack(np.broadcast_arrays(np.minimum(1.0, 1.0 - pan), np.minimum(1.0, 1.0 + pan)))
    return (audio * sides.reshape(2, -1)).astype(np.float32)


def lay(clips: list[RenderedClip]) -> Samples:
    """Return a track's clips on the song's timeline, stereo."""
    track = np.zeros((2, SONG_FRAMES), dtype=np.float32)
    for clip in clips:
        start = frame_of_bar(clip.start_tick / TICKS_PER_BAR)
        track[:, start : start + clip.samples.shape[1]] += clip.samples
    return track


def mixdown(stems: Mapping[str, list[RenderedClip]], listen: Callable[[str, Samples], None] | None = None) -> Samples:
    """Return the mix before the limiter, [2, frames]; `listen` gets every channel as it leaves its fader."""
    moves = _curves()
    inputs = {
        name: np.zeros((2, SONG_FRAMES), dtype=np.float32)
        for name in ("Drums", "Music", "Drum Crush", "Space", "master")
    }
    order = [c for kind in ("audio", "group", "bus") for c in mix.CHANNELS if c.kind == kind]
    for channel in order:
        source = lay(stems[channel.name]) if channel.kind == "audio" else inputs[channel.name]
        audio = _fader(_strip(source, channel.strip, channel.name, moves), channel, moves)
        if listen is not None:
            listen(channel.name, audio)
        inputs[channel.output or channel.parent or "master"] += audio
        for send in channel.sends:
            level = moves.get((channel.name, "send.gain_db"), np.float32(send.gain_db))
            inputs[send.target] += audio * _amplitude(level)
    out = _strip(inputs["master"], mix.MASTER_STRIP, "master", moves)
    return out * _amplitude(moves.get(("master", "gain_db"), 0.0)) * np.float32(gain_of(mix.MASTER_GAIN_DB))


def loudness(audio: Samples) -> LoudnessMeter:
    """Return a meter that has heard the whole sound."""
    meter = LoudnessMeter(RATE, 2)
    meter.feed(np.ascontiguousarray(audio.T))
    return meter


def third_octaves(audio: Samples, first_hz: float = 50.0, last_hz: float = 12_000.0) -> tuple[Samples, Samples]:
    """Return (exact centre frequencies, band power in dB) of the base-ten third octaves between two frequencies."""
    spectrum = (np.abs(np.fft.rfft(audio.astype(np.float64), axis=1)) ** 2).sum(axis=0)
    hertz = np.fft.rfftfreq(audio.shape[1], 1.0 / RATE)
    centres = np.array([c for c in 1000.0 * 10.0 ** (np.arange(-14, 13) / 10.0) if 0.98 * first_hz <= c <= last_hz])
    edges = 10.0**0.05
    power = [spectrum[(hertz >= c / edges) & (hertz < c * edges)].sum() for c in centres]
    return centres, 10.0 * np.log10(np.array(power) / audio.shape[1] ** 2)


def tilt_deviation(centres: Samples, levels: Samples, slope_db: float) -> Samples:
    """Return how far each band lies from a line of `slope_db` per octave, offset halfway between the extremes."""
    straight = levels - slope_db * np.log2(centres / 1000.0)
    return straight - 0.5 * (straight.max() + straight.min())


def correlation(audio: Samples) -> float:
    """Return the correlation of left and right over the whole."""
    left, right = audio.astype(np.float64)
    return float((left * right).sum() / np.sqrt((left**2).sum() * (right**2).sum()))
