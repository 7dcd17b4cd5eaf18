"""The mix of the demo song as data: channels, levels, strips, sends and automation, by track name.

Strip parameters carry the names of the channel strip; positions of automation are bars. Every channel leaves room:
before mastering the song peaks around -6 dBFS.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class MixSend:
    """A post-fader send into a bus."""

    target: str
    gain_db: float


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel: `parent` names its group, `output` another target; `colour` is an index into the palette."""

    name: str
    kind: Literal["audio", "group", "bus"]
    colour: int
    gain_db: float
    pan: float = 0.0
    parent: str | None = None
    output: str | None = None
    strip: Mapping[str, float] = field(default_factory=dict)
    sends: tuple[MixSend, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """Automation of one parameter: (bar, value) points, straight between them; `target` names a send's bus."""

    track: str
    parameter: str
    points: tuple[tuple[float, float], ...]
    target: str = ""


def _eq(*bands: tuple[int, float, float, float], **others: float) -> dict[str, float]:
    """Return strip values for bands of (kind, Hz, dB, Q); kinds: 0 bell, 1 low shelf, 2 high shelf."""
    values: dict[str, float] = {"eq_on": 1.0} if bands else {}
    for index, (kind, hertz, gain_db, q) in enumerate(bands, start=1):
        values |= {f"band{index}_kind": float(kind), f"band{index}_hz": hertz}
        values |= {f"band{index}_gain_db": gain_db, f"band{index}_q": q}
    if "hp_hz" in others:
        values["hp_on"] = 1.0
    if "lp_hz" in others:
        values["lp_on"] = 1.0
    return values | others


def _comp(threshold_db: float, ratio: float, attack_ms: float, release_ms: float, makeup_db: float) -> dict[str, float]:
    return {
        "comp_on": 1.0,
        "comp_threshold_db": threshold_db,
        "comp_ratio": ratio,
        "comp_attack_ms": attack_ms,
        "comp_release_ms": release_ms,
        "comp_knee_db": 6.0,
        "comp_makeup_db": makeup_db,
    }


_CRUSH = "Drum Crush"
_SPACE = "Space"

CHANNELS: tuple[Channel, ...] = (
    Channel("Drums", "group", 0, 0.0, strip=_comp(-14.0, 2.0, 25.0, 140.0, 0.5)),
    Channel(
        "Kick",
        "audio",
        0,
        -1.5,
        parent="Drums",
        strip=_eq((1, 65.0, 2.0, 0.7), (0, 300.0, -3.0, 1.0)),
        sends=(MixSend(_CRUSH, -8.0),),
    ),
    Channel(
        "Snare & Clap",
        "audio",
        0,
        -3.5,
        parent="Drums",
        strip=_eq((0, 165.0, 0.5, 1.0), (2, 5500.0, -5.0, 0.7), hp_hz=90.0),
        sends=(MixSend(_CRUSH, -5.0),),
    ),
    Channel(
        "Hats",
        "audio",
        0,
        -4.5,
        pan=0.05,
        parent="Drums",
        strip=_eq((2, 10000.0, -3.0, 0.7), hp_hz=350.0, lp_hz=15000.0),
    ),
    Channel(
        "Percussion",
        "audio",
        0,
        -8.5,
        pan=-0.05,
        parent="Drums",
        strip=_eq((2, 5000.0, -6.0, 0.7), hp_hz=110.0),
        sends=(MixSend(_CRUSH, -12.0),),
    ),
    Channel(
        "Toms & Crashes",
        "audio",
        0,
        -7.0,
        parent="Drums",
        strip=_eq((2, 4500.0, -6.0, 0.7), hp_hz=60.0),
        sends=(MixSend(_CRUSH, -10.0),),
    ),
    Channel(
        "808 Bass",
        "audio",
        2,
        -3.0,
        strip=_eq((0, 140.0, 4.0, 0.9), (0, 700.0, 1.5, 0.8)) | _comp(-22.0, 3.0, 12.0, 120.0, 1.5),
    ),
    Channel(
        "Music",
        "group",
        3,
        0.0,
        strip=_eq((0, 480.0, -2.4, 0.5), (0, 2600.0, -0.6, 0.7)) | _comp(-18.0, 1.6, 30.0, 200.0, 0.5),
    ),
    Channel(
        "Keys",
        "audio",
        3,
        -6.5,
        pan=-0.12,
        parent="Music",
        strip=_eq((0, 150.0, 2.0, 1.0), (0, 230.0, -2.0, 1.2), (2, 5000.0, 1.0, 0.7), hp_hz=90.0),
    ),
    Channel(
        "Pad",
        "audio",
        3,
        -8.0,
        parent="Music",
        strip=_eq((0, 1300.0, -2.0, 0.8), (2, 6000.0, -3.0, 0.7), hp_hz=150.0, lp_hz=14000.0),
    ),
    Channel(
        "Pluck",
        "audio",
        4,
        -9.0,
        parent="Music",
        strip=_eq((0, 2500.0, 1.0, 0.8), hp_hz=180.0),
        sends=(MixSend(_SPACE, -16.0),),
    ),
    Channel("Stabs", "audio", 4, -6.0, pan=0.10, parent="Music", strip=_eq((0, 450.0, -1.5, 0.9), hp_hz=160.0)),
    Channel("Strings", "audio", 4, -12.0, parent="Music", strip=_eq((2, 6000.0, -1.0, 0.7), hp_hz=200.0)),
    Channel(
        "Lead",
        "audio",
        1,
        -3.5,
        parent="Music",
        strip=_eq((0, 700.0, -2.0, 0.9), (2, 4500.0, -4.0, 0.7), hp_hz=200.0) | _comp(-26.0, 2.5, 10.0, 120.0, 1.0),
        sends=(MixSend(_SPACE, -14.0),),
    ),
    Channel(
        "Vocal Chops",
        "audio",
        1,
        -2.5,
        parent="Music",
        strip=_eq((0, 3200.0, 2.0, 0.9), (2, 8000.0, 3.0, 0.7), hp_hz=180.0) | _comp(-28.0, 3.0, 6.0, 90.0, 2.0),
        sends=(MixSend(_SPACE, -12.0),),
    ),
    Channel("FX", "audio", 6, -9.0, parent="Music", strip=_eq((2, 3500.0, -7.0, 0.7), hp_hz=45.0)),
    Channel("Air", "audio", 6, -11.0, parent="Music", strip=_eq(hp_hz=200.0)),
    Channel("Hall", "audio", 5, -7.0, parent="Music", output=_SPACE, strip=_eq(hp_hz=240.0)),
    Channel(
        _CRUSH,
        "bus",
        0,
        -10.0,
        strip=_eq((1, 100.0, 2.0, 0.7), (2, 6000.0, -3.0, 0.7), hp_hz=35.0) | _comp(-34.0, 8.0, 3.0, 110.0, 9.0),
    ),
    Channel(
        _SPACE,
        "bus",
        5,
        -2.0,
        strip=_eq((0, 600.0, -4.0, 0.9), hp_hz=220.0, lp_hz=11000.0) | _comp(-24.0, 2.0, 15.0, 220.0, 1.0),
    ),
)

MASTER_STRIP = _eq(
    (1, 85.0, 2.5, 0.6), (0, 130.0, 2.2, 1.3), (0, 1000.0, -2.8, 0.35), (2, 7500.0, -3.5, 0.6), hp_hz=22.0
) | _comp(-19.0, 1.7, 6.0, 130.0, 0.0)
MASTER_GAIN_DB = 0.0
LIMITER = "dynamics.true_peak_limiter"
LIMITER_VALUES = {"ceiling_dbtp": -1.2, "drive_db": 0.0, "release_ms": 120.0}

MOVES: tuple[Move, ...] = (
    Move(
        "Pad",
        "strip.lp_hz",
        (
            (0.0, 500.0),
            (4.0, 7000.0),
            (8.0, 900.0),
            (12.0, 14000.0),
            (20.0, 14000.0),
            (20.1, 1200.0),
            (23.7, 9000.0),
            (24.0, 14000.0),
            (28.0, 9000.0),
            (32.0, 1200.0),
        ),
    ),
    Move("Hats", "strip.lp_hz", ((4.0, 5500.0), (8.0, 9000.0), (12.0, 16000.0), (28.0, 16000.0), (31.0, 6000.0))),
    Move("Pluck", "pan", ((2.0, -0.5), (4.0, 0.3), (8.0, -0.45), (12.0, 0.0), (24.0, 0.0), (28.0, -0.4), (31.0, 0.5))),
    Move(
        "Lead",
        "send.gain_db",
        ((12.0, -16.0), (19.0, -14.0), (20.0, -3.0), (20.5, -14.0), (24.0, -10.0), (28.0, -4.0)),
        _SPACE,
    ),
    Move("Strings", "gain_db", ((16.0, -12.0), (20.0, -14.0), (23.5, -10.0), (24.0, -11.0), (31.0, -15.0))),
    Move("master", "gain_db", ((31.4, 0.0), (32.4, -5.0), (33.2, -40.0))),
)
