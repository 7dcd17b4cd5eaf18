"""File names for stems after a scheme of tokens: readable, unique, and allowed on Windows, macOS and Linux."""

import re
import string
from collections.abc import Mapping, Sequence

from maxbooster_desktop.engine.render.settings import RenderError
from maxbooster_desktop.project.document.state import ProjectState

#: What a scheme may name, each with what it becomes.
TOKENS: Mapping[str, str] = {
    "number": "the stem's number, as wide as the last one's",
    "track": "the track's name",
    "project": "the project's name",
    "bpm": "the tempo at the start",
    "key": "the project's key",
    "rate": "the sample rate in kHz",
}
USUAL = "{number} {track}"

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
#: Windows keeps these for devices, whatever ending they have.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST_BYTES = 160
_UNNAMED = "Track"


def safe_name(name: str, unnamed: str = _UNNAMED) -> str:
    """Return `name` as part of a file name, or `unnamed`: nothing that Windows refuses, no dot or space at its end.

    Names that Windows keeps for devices (CON, NUL) are whoever calls this to deal with.
    """
    cleaned = _FORBIDDEN.sub("_", name)
    while len(cleaned.encode("utf-8", "replace")) > _LONGEST_BYTES:
        cleaned = cleaned[:-1]
    return cleaned.strip().rstrip(". ") or unnamed


def check_scheme(scheme: str) -> None:
    """Check a scheme of tokens.

    Raises:
        RenderError: it names something else than TOKENS, is unbalanced, or would give all stems one name.
    """
    try:
        parts = list(string.Formatter().parse(scheme))
    except ValueError as problem:
        raise RenderError(f"“{scheme}” has a brace without its other; write tokens like {{track}}") from problem
    used = [name for _, name, _, _ in parts if name is not None]
    for _, name, spec, conversion in parts:
        if name is not None and (name not in TOKENS or spec or conversion):
            known = ", ".join(f"{{{token}}}" for token in TOKENS)
            raise RenderError(f"“{{{name}}}” is nothing a stem can be named after; choose from {known}")
    if not {"number", "track"} & set(used):
        raise RenderError(f"“{scheme}” would give all stems one name; add {{number}} or {{track}}")


def tokens_of(state: ProjectState, sample_rate: int) -> dict[str, str]:
    """Return what the tokens that are the same for all stems become."""
    return {
        "project": safe_name(state.meta.name, "Song"),
        "bpm": f"{round(state.tempo_map.bpm_at(0), 2):g}",
        "key": safe_name(state.meta.key, ""),
        "rate": f"{sample_rate / 1_000:g}",
    }


def stem_names(
    names: Sequence[str], extension: str, scheme: str = USUAL, tokens: Mapping[str, str] | None = None
) -> list[str]:
    """Return one file name per track, "01 Drums.wav" after the usual scheme; those that would be equal are numbered.

    Raises:
        RenderError: as `check_scheme`.
    """
    check_scheme(scheme)
    digits = max(2, len(str(len(names))))
    fixed = dict.fromkeys(TOKENS, "") | dict(tokens or {})
    taken: set[str] = set()
    found = []
    for number, name in enumerate(names, 1):
        own = fixed | {"number": f"{number:0{digits}d}", "track": safe_name(name)}
        found.append(f"{_unique(_whole(scheme.format_map(own)), taken)}.{extension}")
    return found


def _whole(name: str) -> str:
    """Return what a scheme gave as a file's name; an empty token leaves no double space behind."""
    made = safe_name(re.sub(r" {2,}", " ", name))
    return f"_{made}" if _DEVICES.fullmatch(made) else made


def _unique(name: str, taken: set[str]) -> str:
    """Return a name that no other has on a disk that makes no difference between small letters and capitals."""
    made, count = name, 1
    while made.casefold() in taken:
        count += 1
        made = f"{name} {count}"
    taken.add(made.casefold())
    return made
