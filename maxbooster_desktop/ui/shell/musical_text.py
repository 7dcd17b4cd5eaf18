"""Positions, lengths, times and signatures as people write them, and back. No Qt; no widget parses by itself."""

import re

from maxbooster_desktop.project.document.tempo_map import BarPosition, TempoMap

_POSITION = re.compile(r"^\s*(\d{1,5})(?:\.(\d{1,2}))?(?:\.(\d{1,2}))?(?:\.(\d{1,4}))?\s*$")
_TIME = re.compile(r"^\s*(?:(\d+):)?(\d{1,3}):(\d{1,2}(?:[.,]\d+)?)\s*$")
_SIGNATURE = re.compile(r"^\s*(\d{1,2})\s*/\s*(1|2|4|8|16|32)\s*$")


def position_text(tick: int, tempo_map: TempoMap) -> str:
    """Write a tick as "3.1.1.000"."""
    place = tempo_map.position_at(tick)
    return f"{place.bar}.{place.beat}.{place.sixteenth}.{place.tick:03d}"


def clock_text(tick: int, tempo_map: TempoMap) -> str:
    """Write a tick as the clock does: "017.3.2.060"."""
    return str(tempo_map.position_at(tick))


def time_text(seconds: float) -> str:
    """Write a time as "1:02:03.456", hours only when there are any."""
    milliseconds = max(0, round(seconds * 1_000))
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    tail = f"{minutes:02d}:{rest // 1_000:02d}.{rest % 1_000:03d}"
    return f"{hours}:{tail}" if hours else tail


def duration_text(seconds: float) -> str:
    """Write a duration as a browser does: "0:07", "1:02:03"."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3_600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def parse_position(text: str, tempo_map: TempoMap) -> int | None:
    """Read "17", "17.3", "17.3.2.060" or a time "1:02.5" as a tick; None when it is neither."""
    found = _POSITION.match(text)
    if found:
        bar, beat, sixteenth = (int(found[index] or 1) for index in (1, 2, 3))
        if min(bar, beat, sixteenth) < 1:
            return None
        return tempo_map.tick_of(BarPosition(bar, beat, sixteenth, int(found[4] or 0)))
    timed = _TIME.match(text)
    if timed is None:
        return None
    seconds = int(timed[1] or 0) * 3_600 + int(timed[2]) * 60 + float(timed[3].replace(",", "."))
    return tempo_map.tick_at(seconds)


def length_text(start_tick: int, end_tick: int, tempo_map: TempoMap) -> str:
    """Write a length in bars, beats, sixteenths and ticks, counted from 0: "6.0.0.000"."""
    signature = tempo_map.signature_at(start_tick)
    bars, rest = divmod(max(0, end_tick - start_tick), signature.bar_ticks)
    beats, rest = divmod(rest, signature.beat_ticks)
    sixteenths, rest = divmod(rest, 240)
    return f"{bars}.{beats}.{sixteenths}.{rest:03d}"


def parse_length(text: str, start_tick: int, tempo_map: TempoMap) -> int | None:
    """Read a length such as "6", "6.2" or "6.2.0.120" as ticks; None when it is none or nothing."""
    found = _POSITION.match(text)
    if found is None:
        return None
    signature = tempo_map.signature_at(start_tick)
    bars, beats, sixteenths, ticks = (int(found[index] or 0) for index in (1, 2, 3, 4))
    return bars * signature.bar_ticks + beats * signature.beat_ticks + sixteenths * 240 + ticks or None


def parse_signature(text: str) -> tuple[int, int] | None:
    """Read "7/8" as (7, 8); None when it is no signature."""
    found = _SIGNATURE.match(text)
    if found is None or int(found[1]) < 1:
        return None
    return int(found[1]), int(found[2])
