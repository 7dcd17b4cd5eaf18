"""What a new project can start from: plain data, built through the same edits a person makes, as one undo step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from maxbooster_desktop.actions.studio import verb_named


@dataclass(frozen=True, slots=True)
class TrackPlan:
    """A track of a template. `group` and `sends` name other plans; those must stand before it in the list."""

    name: str
    kind: str = "audio"
    colour: int = 0
    group: str = ""
    sends: Mapping[str, float] = field(default_factory=dict)
    strip: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Template:
    """A starting point: `master_inserts` maps devices on the master to their values."""

    id: str
    title: str
    description: str
    icon: str
    bpm: float = 120.0
    tracks: tuple[TrackPlan, ...] = ()
    master_inserts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


_VOICE = {"hp_on": 1.0, "hp_hz": 80.0, "comp_on": 1.0, "comp_threshold_db": -20.0, "comp_ratio": 3.0}
_LIMITER = {"dynamics.true_peak_limiter": {"ceiling_dbtp": -1.0}}

TEMPLATES = (
    Template("empty", "Empty", "One audio track at 120 BPM.", "file", tracks=(TrackPlan("Audio 1", colour=6),)),
    Template(
        "beat",
        "Beat",
        "A drum group with four parts, bass, keys and lead at 140 BPM.",
        "drum",
        140.0,
        (
            TrackPlan("Drums", "group", 0),
            TrackPlan("Kick", colour=0, group="Drums"),
            TrackPlan("Snare", colour=1, group="Drums"),
            TrackPlan("Hats", colour=2, group="Drums"),
            TrackPlan("Percussion", colour=3, group="Drums"),
            TrackPlan("808", colour=5),
            TrackPlan("Keys", colour=6),
            TrackPlan("Lead", colour=8),
        ),
    ),
    Template(
        "vocals",
        "Vocal mix",
        "For a beat and vocal takes that you import: lead, doubles and ad-libs on a bus, with compressors.",
        "mic",
        tracks=(
            TrackPlan("Beat", colour=6),
            TrackPlan("Voices", "group", 8),
            TrackPlan("Lead voice", colour=8, group="Voices", strip=_VOICE),
            TrackPlan("Double left", colour=9, group="Voices", strip=_VOICE),
            TrackPlan("Double right", colour=9, group="Voices", strip=_VOICE),
            TrackPlan("Ad-libs", colour=10, group="Voices", strip=_VOICE),
        ),
    ),
    Template(
        "band",
        "Band",
        "Drums from four microphones, bass, two guitars and a voice.",
        "guitar",
        tracks=(
            TrackPlan("Drums", "group", 0),
            TrackPlan("Kick", colour=0, group="Drums"),
            TrackPlan("Snare", colour=1, group="Drums"),
            TrackPlan("Overhead left", colour=2, group="Drums"),
            TrackPlan("Overhead right", colour=2, group="Drums"),
            TrackPlan("Bass", colour=5),
            TrackPlan("Guitar left", colour=1),
            TrackPlan("Guitar right", colour=11),
            TrackPlan("Voice", colour=8, strip=_VOICE),
        ),
    ),
    Template(
        "podcast",
        "Podcast",
        "Two voices with a high-pass and a compressor each, music and effects; limited to -1 dBTP.",
        "podcast",
        tracks=(
            TrackPlan("Host", colour=6, strip=_VOICE),
            TrackPlan("Guest", colour=4, strip=_VOICE),
            TrackPlan("Music", colour=8),
            TrackPlan("Effects", colour=1),
        ),
        master_inserts=_LIMITER,
    ),
    Template(
        "mastering",
        "Mastering",
        "The mix, a reference to compare with, and a true-peak limiter on the master.",
        "disc-3",
        tracks=(TrackPlan("Mix", colour=6), TrackPlan("Reference", colour=11)),
        master_inserts=_LIMITER,
    ),
)


def build_template(project: Any, template: Template) -> Any:
    """Add a template's tempo, tracks and devices to a project document as one undo step; return the last change."""
    made: dict[str, str] = {}
    with project.step(f"Start from {template.title}"):
        change = verb_named("tempo.set_tempo")(project, 0, template.bpm)
        for plan in template.tracks:
            change = _build_track(project, plan, made)
        for device, values in template.master_inserts.items():
            change = verb_named("channel.add_insert")(project, "master", device, values)
    return change


def _build_track(project: Any, plan: TrackPlan, made: dict[str, str]) -> Any:
    change = verb_named("tracks.add_track")(
        project, plan.kind, plan.name, parent=made.get(plan.group), colour=plan.colour
    )
    (made[plan.name],) = change.created
    if plan.strip:
        verb_named("channel.set_strip")(project, made[plan.name], dict(plan.strip))
    for target, gain_db in plan.sends.items():
        verb_named("channel.add_send")(project, made[plan.name], made[target], gain_db=gain_db)
    return change
