"""SFZ instruments as zones: what each region says, with what its group, master and global say.

Opcodes and their defaults are those of sfzformat.com. An opcode that is not understood is reported once, with how often
it stood there; a region that would sound at another time than meant (release triggers, controllers) is left out.
"""

from collections import ChainMap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from maxbooster_desktop.project.document import limits
from maxbooster_desktop.project.exchange.note_names import key_named
from maxbooster_desktop.project.exchange.sampled_instrument import (
    InstrumentRefusedError,
    PlannedZone,
    SampledInstrument,
)
from maxbooster_desktop.project.exchange.sfz_text import inside, read_headers
from maxbooster_desktop.project.exchange.sound_file import shown_name

Opcodes = Mapping[str, str]

_LEVELS = ("global", "master", "group", "region")
_LOOPS = {"no_loop": "none", "one_shot": "none", "loop_continuous": "forward", "loop_sustain": "sustain"}
_ALIASES = {
    "loopmode": "loop_mode",
    "loopstart": "loop_start",
    "loopend": "loop_end",
    "looptype": "loop_type",
    "pitch": "tune",
    "gain": "volume",
}
_STAGE_MS = 1_000.0
#: Opcode, field, factor: plain numbers, held inside the field's range.
_NUMBERS = (
    ("tune", "tune_cents", 1.0, -limits.FARTHEST_TUNE_CENTS, limits.FARTHEST_TUNE_CENTS),
    ("volume", "gain_db", 1.0, limits.LOWEST_GAIN_DB, limits.HIGHEST_GAIN_DB),
    ("pan", "pan", 0.01, -1.0, 1.0),
    ("pitch_keytrack", "key_track_percent", 1.0, -1_200.0, 1_200.0),
    ("loop_crossfade", "crossfade_ms", _STAGE_MS, 0.0, limits.LONGEST_CROSSFADE_MS),
    ("ampeg_delay", "delay_ms", _STAGE_MS, 0.0, limits.LONGEST_STAGE_MS),
    ("ampeg_attack", "attack_ms", _STAGE_MS, 0.0, limits.LONGEST_STAGE_MS),
    ("ampeg_hold", "hold_ms", _STAGE_MS, 0.0, limits.LONGEST_STAGE_MS),
    ("ampeg_decay", "decay_ms", _STAGE_MS, 0.0, limits.LONGEST_STAGE_MS),
    ("ampeg_sustain", "sustain_percent", 1.0, 0.0, 100.0),
    ("ampeg_release", "release_ms", _STAGE_MS, 0.0, limits.LONGEST_STAGE_MS),
)
_UNDERSTOOD = frozenset(
    {"sample", "key", "lokey", "hikey", "pitch_keycenter", "lovel", "hivel", "loop_mode", "loop_start", "loop_end"}
    | {"loop_type", "transpose", "offset", "end", "seq_length", "seq_position", "group", "off_by", "trigger"}
    | {"default_path", "note_offset", "octave_offset", "off_mode"}
    | {opcode for opcode, *_ in _NUMBERS}
)
#: What decides whether a region sounds at all: one that says so would sound when it should not.
_CONDITIONS = ("sw_last", "sw_down", "sw_up", "sw_previous", "lorand", "hirand", "lobend", "lochanaft", "lobpm")
#: SFZ's own: a millisecond.
_RELEASE_MS = 1.0


def read_sfz(path: Path) -> SampledInstrument:
    """Return the instrument of an SFZ file.

    Raises:
        InstrumentRefusedError: it cannot be read, or nothing in it can be played.
    """
    made = SampledInstrument(path.stem)
    levels: dict[str, dict[str, str]] = {level: {} for level in _LEVELS}
    control: dict[str, str] = {}
    for header in read_headers(path, made.leave_out):
        opcodes = {_ALIASES.get(name, name): value for name, value in header.opcodes.items()}
        if header.name == "control":
            control.update(opcodes)
        elif header.name in levels:
            at = _LEVELS.index(header.name)
            levels[header.name] = opcodes
            for below in _LEVELS[at + 1 :]:
                levels[below] = {}
            if header.name == "region":
                _add_region(made, path.parent, {**control, **ChainMap(*(levels[one] for one in reversed(_LEVELS)))})
        else:
            made.leave_out(f"the header <{header.name[:40]}> is not understood")
    if not made.zones:
        said = f": {made.sentences()[0]}" if made.left_out else ""
        raise InstrumentRefusedError(
            f"'{shown_name(path)}' has no region that can be played{said}; choose another file"
        )
    return made


def _add_region(made: SampledInstrument, folder: Path, opcodes: Opcodes) -> None:
    for name in opcodes:
        if name not in _UNDERSTOOD and not name.startswith(_CONDITIONS):
            made.leave_out(f"the opcode '{name[:40]}' is not understood")
    reason = _why_not(opcodes)
    if reason:
        made.leave_out(f"regions are left out: {reason}")
        return
    sound = _sound(opcodes, folder, made.leave_out)
    fields = _fields(opcodes, made.leave_out)
    if sound is not None and fields is not None:
        made.add(PlannedZone(sound, fields))


def _why_not(opcodes: Opcodes) -> str:
    """Return why a region must not sound with every note, or ""."""
    if opcodes.get("trigger", "attack") not in ("attack", "first"):
        return f"they sound at '{opcodes['trigger'][:40]}', not when a key is struck"
    found = [name for name in opcodes if name.startswith(_CONDITIONS) or name.startswith(("on_locc", "locc"))]
    return f"they depend on '{found[0][:40]}'" if found else ""


def _sound(opcodes: Opcodes, folder: Path, tell: Callable[[str], None]) -> Path | None:
    name = opcodes.get("sample", "")
    if not name or name.startswith("*"):
        tell(f"the built-in sound '{name[:40]}' is not understood" if name else "a region names no sample")
        return None
    found = inside(folder, opcodes.get("default_path", "") + name)
    if found is None:
        tell(f"the sample '{name[:120]}' is not in the folder of the file")
    return found


def _fields(opcodes: Opcodes, tell: Callable[[str], None]) -> dict[str, Any] | None:
    """Return what a region says as fields of a zone, None when no key plays it."""

    def number(name: str, default: float, low: float, high: float) -> float:
        return _number(opcodes, name, default, low, high, tell)

    keys = _keys(opcodes, tell)
    if keys is None:
        return None
    fields: dict[str, Any] = {"release_ms": _RELEASE_MS, **keys}
    fields["low_velocity"] = max(1, int(number("lovel", 1, 0, 127)))
    fields["high_velocity"] = max(1, int(number("hivel", 127, 0, 127)))
    for opcode, field, factor, low, high in _NUMBERS:
        if opcode in opcodes:
            fields[field] = min(high, max(low, factor * number(opcode, 0.0, -1e9, 1e9)))
    semitones = number("transpose", 0, -127, 127)
    fields["tune_cents"] = min(24_000.0, max(-24_000.0, fields.get("tune_cents", 0.0) + 100.0 * semitones))
    fields["turns"] = int(number("seq_length", 1, 1, limits.MOST_TURNS))
    fields["turn"] = int(number("seq_position", 1, 1, limits.MOST_TURNS))
    group = int(number("group", 0, 0, 2**31 - 1))
    if "off_by" in opcodes:
        fields["choke"] = group if number("off_by", 0, 0, 2**31 - 1) == group else 0
        if fields["choke"] == 0:
            tell("a group that another one ends is not understood")
    return _with_frames(fields, opcodes, tell)


def _with_frames(fields: dict[str, Any], opcodes: Opcodes, tell: Callable[[str], None]) -> dict[str, Any] | None:
    def frame(name: str, default: int) -> int:
        return int(_number(opcodes, name, default, -1, limits.MOST_FRAMES - 1, tell))

    mode = opcodes.get("loop_mode", "no_loop")
    if mode not in _LOOPS:
        tell(f"the loop mode '{mode[:40]}' is not understood")
    fields["loop_mode"] = _LOOPS.get(mode, "none")
    fields["is_one_shot"] = mode == "one_shot"
    if opcodes.get("loop_type", "forward") == "alternate" and fields["loop_mode"] != "none":
        fields["loop_mode"] = "ping_pong"
    fields["start_frame"] = max(0, frame("offset", 0))
    if "end" in opcodes:
        if frame("end", 0) <= 0:
            return None
        fields["end_frame"] = frame("end", 0) + 1
    # In SFZ a loop's end is its last frame.
    fields["loop_start"], fields["loop_end"] = max(0, frame("loop_start", 0)), max(0, frame("loop_end", -1) + 1)
    return fields


def _keys(opcodes: Opcodes, tell: Callable[[str], None]) -> dict[str, int] | None:
    shift = int(_number(opcodes, "note_offset", 0, -127, 127, tell))
    shift += 12 * int(_number(opcodes, "octave_offset", 0, -10, 10, tell))

    def key(name: str, default: int) -> int:
        said = opcodes.get(name)
        if said is None:
            return default
        named = key_named(said)
        return (named if named is not None else int(_number(opcodes, name, default, -1, 127, tell))) + shift

    one = key("key", -1_000)
    low, high = (one, one) if one > -1_000 else (0, 127)
    low, high = key("lokey", low), key("hikey", high)
    root = key("pitch_keycenter", one if one > -1_000 else 60)
    low, high = max(0, low), min(127, high)
    if low > high:
        return None
    return {"low_key": low, "high_key": high, "root_key": min(127, max(0, root))}


def _number(  # noqa: PLR0917 - an opcode and its range
    opcodes: Opcodes, name: str, default: float, low: float, high: float, tell: Callable[[str], None]
) -> float:
    """Return an opcode's number inside its range, the default when it is missing or none."""
    said = opcodes.get(name)
    if said is None:
        return default
    try:
        value = float(said)
    except ValueError:
        tell(f"'{name}={said[:40]}' is not a number")
        return default
    return min(high, max(low, value)) if value == value else default  # noqa: PLR0124 - NaN is not itself
