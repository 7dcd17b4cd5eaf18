"""How differences speak: counted things, places in bars and beats, names of what may have gone."""

from maxbooster_desktop.project.document.state import ProjectState, TrackId
from maxbooster_desktop.project.document.tempo_map import TempoMap


def counted(count: int, noun: str) -> str:
    """Return "1 clip", "3 clips"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def place_text(tick: int, tempo_map: TempoMap) -> str:
    """Return a tick as "7.3.1", with ticks behind it only when there are some: "7.3.1.120"."""
    place = tempo_map.position_at(tick)
    text = f"{place.bar}.{place.beat}.{place.sixteenth}"
    return f"{text}.{place.tick:03d}" if place.tick else text


def track_name(state: ProjectState, track: TrackId | None, missing: str = "a track that is gone") -> str:
    """Return a track's name."""
    found = None if track is None else state.tracks.get(track)
    return missing if found is None else found.name


def number(value: float) -> str:
    """Return a number without what rounding left: "128", "93.5"."""
    return f"{round(value, 2):g}"
