"""Presets of SoundFont 2 files as zones, after the SoundFont Technical Specification 2.04, sections 8 and 9.

Generators of an instrument's zone replace those of its global zone; a preset's are added to them; key and velocity
ranges of both are cut with each other. Samples are written out as WAV files of 16 bits, each once. A decay and a
release there take 100 dB; here they are told by the time of 60.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from maxbooster_desktop.project.document import limits
from maxbooster_desktop.project.exchange.sampled_instrument import PlannedZone, SampledInstrument
from maxbooster_desktop.project.exchange.sf2_chunks import SoundFont, Table, read_soundfont, refused, text_of

(START, END, LOOP_START, LOOP_END, START_COARSE) = range(5)
END_COARSE, PAN, DELAY, ATTACK, HOLD, DECAY, SUSTAIN, RELEASE = 12, 17, 33, 34, 35, 36, 37, 38
INSTRUMENT, KEYS, VELOCITIES, LOOP_START_COARSE, ATTENUATION, LOOP_END_COARSE = 41, 43, 44, 45, 48, 50
COARSE_TUNE, FINE_TUNE, SAMPLE, MODES, SCALE_TUNING, EXCLUSIVE, ROOT = 51, 52, 53, 54, 56, 57, 58

_DEFAULTS = {DELAY: -12_000, ATTACK: -12_000, HOLD: -12_000, DECAY: -12_000, RELEASE: -12_000, SCALE_TUNING: 100}
#: Of an instrument alone: a preset's are ignored.
_INSTRUMENT_ONLY = frozenset(
    {START, END, LOOP_START, LOOP_END, START_COARSE, END_COARSE, MODES, EXCLUSIVE, ROOT, SAMPLE}
)
_INSTRUMENT_ONLY |= {LOOP_START_COARSE, LOOP_END_COARSE}
_UNDERSTOOD = _INSTRUMENT_ONLY | {PAN, DELAY, ATTACK, HOLD, DECAY, SUSTAIN, RELEASE, INSTRUMENT, KEYS, VELOCITIES}
_UNDERSTOOD |= {ATTENUATION, COARSE_TUNE, FINE_TUNE, SCALE_TUNING}
_TITLES = {
    8: "filter cutoff", 9: "filter resonance", 15: "chorus send", 16: "reverb send", 6: "vibrato", 24: "vibrato rate",
    11: "filter envelope", 10: "filter modulation", 5: "modulation to pitch", 7: "envelope to pitch", 13: "tremolo",
}  # fmt: skip
_ROM, _COARSE, _OF_60_DB = 0x8000, 32_768, 0.6
_MONO_MODES = {1: "forward", 3: "sustain"}
#: Overlapping samples are written out once each: that may not make much more of a file than it holds.
_MOST_COPIES = 4

Generators = dict[int, int]
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset of a file: where it stands, and its bank, program and name."""

    index: int
    bank: int
    program: int
    name: str


def presets_of(font: SoundFont) -> list[Preset]:
    """Return the presets by bank and program."""
    heads = font.tables["phdr"][:-1]
    found = [Preset(at, int(row["bank"]), int(row["preset"]), text_of(row["name"])) for at, row in enumerate(heads)]
    return sorted(found, key=lambda preset: (preset.bank, preset.program, preset.index))


def read_sf2(path: Path, folder: Path, index: int | None = None) -> SampledInstrument:
    """Return a preset of an SF2 file (the first by bank and program without `index`); its samples go into `folder`.

    Raises:
        InstrumentRefusedError: the file cannot be used, or has no such preset or no sound in it.
    """
    font = read_soundfont(path)
    chosen = [preset for preset in presets_of(font) if index is None or preset.index == index]
    if not chosen:
        raise refused(path, "it has no such preset")
    made = SampledInstrument(chosen[0].name)
    planned = list(_planned(font, chosen[0].index, made))
    sounds = _write_out(font, sorted({zone.sample for zone in planned}), folder)
    for zone in planned:
        made.add(PlannedZone(sounds[zone.sample], zone.fields))
    if not made.zones:
        raise refused(path, f"the preset '{chosen[0].name}' has no sound")
    return made


@dataclass(frozen=True, slots=True)
class _Zone:
    sample: int
    fields: dict[str, Any]


def _planned(font: SoundFont, preset: int, made: SampledInstrument) -> Iterator[_Zone]:
    """Yield the zones of a preset; at most one more than a sampler takes."""
    tables, count = font.tables, 0
    for above in _zones(tables, "phdr", "pbag", "pgen", preset, INSTRUMENT, made):
        instrument = above[INSTRUMENT]
        if instrument >= len(tables["inst"]) - 1:
            made.leave_out("a preset names an instrument that is not there")
            continue
        for zone in _zones(tables, "inst", "ibag", "igen", instrument, SAMPLE, made):
            planned = _zone(font, above, zone, made)
            if planned is not None:
                yield planned
                count += 1
            if count > limits.MOST_ZONES:
                return


def _zones(  # noqa: PLR0917 - the three tables of one level
    tables: dict[str, Table], heads: str, bags: str, generators: str, index: int, end: int, made: SampledInstrument
) -> Iterator[Generators]:
    """Yield the generators of each zone of a preset or instrument, over those of its global zone."""
    first, last = int(tables[heads]["bag"][index]), int(tables[heads]["bag"][index + 1])
    shared: Generators = {}
    for bag in range(first, min(last, len(tables[bags]) - 1)):
        rows = tables[generators][int(tables[bags]["generators"][bag]) : int(tables[bags]["generators"][bag + 1])]
        own: Generators = dict(zip(rows["kind"].tolist(), rows["amount"].tolist(), strict=True))
        for kind in own.keys() - _UNDERSTOOD:
            made.leave_out(f"the {_TITLES.get(kind, f'generator {kind}')} is not understood")
        if end in own:
            yield {**shared, **own, end: own[end] & 0xFFFF}
        elif bag == first:
            shared = own


def _range(generators: Generators, kind: int) -> Range:
    if kind not in generators:
        return 0, 127
    both = generators[kind] & 0xFFFF
    return both & 0xFF, min(127, both >> 8)


def _zone(font: SoundFont, above: Generators, own: Generators, made: SampledInstrument) -> _Zone | None:
    """Return one zone, None when no note plays it or its sample cannot be used."""
    sample = own[SAMPLE]
    if sample >= len(font.tables["shdr"]) - 1 or not _is_usable(font, font.tables["shdr"][sample]):
        made.leave_out("zones are left out: their sample is not in the file")
        return None
    (low, high), (soft, hard) = (
        (max(a[0], b[0]), min(a[1], b[1]))
        for a, b in ((_range(above, kind), _range(own, kind)) for kind in (KEYS, VELOCITIES))
    )
    if low > high or max(1, soft) > hard:
        return None
    sums = dict(_DEFAULTS)
    sums.update({kind: value for kind, value in own.items() if kind in _UNDERSTOOD})
    for kind, value in above.items():
        if kind in _UNDERSTOOD and kind not in _INSTRUMENT_ONLY:
            sums[kind] = sums.get(kind, 0) + value
    fields = {"low_key": low, "high_key": high, "low_velocity": max(1, soft), "high_velocity": hard}
    return _Zone(
        sample, {**fields, **_pitch(font.tables["shdr"][sample], sums), **_level(sums), **_frames(font, sample, sums)}
    )


def _is_usable(font: SoundFont, head: Any) -> bool:
    return not int(head["type"]) & _ROM and int(head["start"]) < int(head["end"]) <= font.samples and (
        limits.LOWEST_RATE <= int(head["rate"]) <= limits.HIGHEST_RATE
    )  # fmt: skip


def _pitch(head: Any, sums: Generators) -> dict[str, Any]:
    root = sums.get(ROOT, -1)
    if not 0 <= root <= 127:
        root = int(head["key"]) if int(head["key"]) <= 127 else 60
    cents = 100 * sums.get(COARSE_TUNE, 0) + sums.get(FINE_TUNE, 0) + int(head["cents"])
    farthest = limits.FARTHEST_TUNE_CENTS
    track = min(1_200, max(-1_200, sums[SCALE_TUNING]))
    return {
        "root_key": root,
        "tune_cents": float(min(farthest, max(-farthest, cents))),
        "key_track_percent": float(track),
    }


def _level(sums: Generators) -> dict[str, Any]:
    def time_ms(kind: int, share: float = 1.0) -> float:
        # Timecents; -12000, a millisecond, is none for a stage.
        cents = min(8_000, max(-32_768, sums[kind]))
        return 0.0 if cents <= -12_000 else min(limits.LONGEST_STAGE_MS, share * 1_000.0 * 2.0 ** (cents / 1_200.0))

    sustain_db = min(144.0, max(0.0, sums.get(SUSTAIN, 0) / 10.0))
    return {
        "gain_db": float(min(24.0, max(-144.0, -sums.get(ATTENUATION, 0) / 10.0))),
        "pan": float(min(1.0, max(-1.0, sums.get(PAN, 0) / 500.0))),
        "delay_ms": time_ms(DELAY),
        "attack_ms": time_ms(ATTACK),
        "hold_ms": time_ms(HOLD),
        "decay_ms": time_ms(DECAY, _OF_60_DB),
        "sustain_percent": 100.0 * 10.0 ** (-sustain_db / 20.0),
        "release_ms": time_ms(RELEASE, _OF_60_DB),
        "choke": max(0, sums.get(EXCLUSIVE, 0)),
    }


def _frames(font: SoundFont, sample: int, sums: Generators) -> dict[str, Any]:
    head = font.tables["shdr"][sample]
    start, length = int(head["start"]), int(head["end"]) - int(head["start"])

    def place(base: int, fine: int, coarse: int) -> int:
        return min(length, max(0, base + sums.get(fine, 0) + _COARSE * sums.get(coarse, 0)))

    first = place(0, START, START_COARSE)
    end = place(length, END, END_COARSE)
    loop_start = place(int(head["loop_start"]) - start, LOOP_START, LOOP_START_COARSE)
    loop_end = place(int(head["loop_end"]) - start, LOOP_END, LOOP_END_COARSE)
    mode = _MONO_MODES.get(sums.get(MODES, 0) & 3, "none") if loop_start < loop_end <= end else "none"
    return {"start_frame": first, "end_frame": end, "loop_mode": mode, "loop_start": loop_start, "loop_end": loop_end}


def _write_out(font: SoundFont, samples: list[int], folder: Path) -> dict[int, Path]:
    """Write samples as WAV files; returns the file of each."""
    heads = font.tables["shdr"]
    total = sum(int(heads["end"][each]) - int(heads["start"][each]) for each in samples)
    if total > _MOST_COPIES * font.samples:
        raise refused(font.path, "its samples lie over each other")
    written = {}
    with open(font.path, "rb") as file:
        for each in samples:
            head = heads[each]
            first, count = int(head["start"]), int(head["end"]) - int(head["start"])
            file.seek(font.samples_at + 2 * first)
            sound = np.frombuffer(file.read(2 * count), "<i2")
            name = "".join(sign if sign.isalnum() or sign in " -_#" else " " for sign in text_of(head["name"])).strip()
            written[each] = folder / f"{name or 'Sample'}.{each}.wav"
            soundfile.write(written[each], sound, int(head["rate"]), subtype="PCM_16")
    return written
