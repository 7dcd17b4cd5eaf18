"""SFZ files as text: comments away, includes and defines put in, then headers with their opcodes in order.

The format is that of sfzformat.com (SFZ 1, with ARIA's #define, #include and <global>). A file comes from anywhere:
its size, its includes, their depth and what defines grow to have limits, and no include leaves the folder of the file
that was chosen.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from maxbooster_desktop.project.exchange.sampled_instrument import InstrumentRefusedError
from maxbooster_desktop.project.exchange.sound_file import shown_name

MOST_BYTES = 8 << 20
_MOST_INCLUDES, _DEEPEST, _MOST_DEFINES, _LONGEST_LINE = 256, 16, 1_000, 16_384
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|//[^\n]*", re.DOTALL)
_INCLUDE = re.compile(r'\s*#include\s+"([^"\n]*)"\s*')
_DEFINE = re.compile(r"\s*#define\s+(\$\w+)\s+(\S+)\s*")
_TOKEN = re.compile(r"<(\w+)>|(?:^|(?<=[\s>]))(\w+)=")


@dataclass(frozen=True, slots=True)
class Header:
    """One header, "region" or "global", with the opcodes behind it; of one that stands twice the last counts."""

    name: str
    opcodes: dict[str, str]


@dataclass(slots=True)
class _Reader:
    """The whole text of a file and its includes, line by line."""

    folder: Path
    tell: Callable[[str], None]
    defines: dict[str, str] = field(default_factory=dict)
    bytes_read: int = 0
    files_read: int = 0

    def lines(self, path: Path, above: tuple[Path, ...] = ()) -> Iterator[str]:
        for line in _COMMENT.sub(" ", self._text(path)).splitlines():
            include, define = _INCLUDE.fullmatch(line), _DEFINE.fullmatch(line)
            if include is not None:
                yield from self._included(include.group(1), (*above, path))
            elif define is not None:
                self._define(define.group(1), define.group(2), path)
            else:
                yield self._filled(line, path)

    def _text(self, path: Path) -> str:
        self.files_read += 1
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
        self.bytes_read += len(data)
        if self.bytes_read > MOST_BYTES or self.files_read > _MOST_INCLUDES:
            raise InstrumentRefusedError(
                f"'{shown_name(path)}' is longer than an instrument can be, with what it includes; choose another file"
            )
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data.decode("latin-1")

    def _included(self, name: str, above: tuple[Path, ...]) -> Iterator[str]:
        found = inside(self.folder, self._filled(name, above[0]))
        if found is None:
            self.tell(f'the included "{name[:80]}" is not in the folder of the file')
        elif found in above:
            self.tell(f'"{name[:80]}" includes itself')
        elif len(above) > _DEEPEST:
            self.tell(f'"{name[:80]}" is included {_DEEPEST} files deep and left out')
        else:
            yield from self.lines(found, above)

    def _define(self, name: str, value: str, path: Path) -> None:
        if len(self.defines) >= _MOST_DEFINES:
            raise InstrumentRefusedError(f"'{shown_name(path)}' has more #defines than are read; choose another file")
        self.defines[name] = self._filled(value, path)

    def _filled(self, line: str, path: Path) -> str:
        if "$" in line:
            for name in sorted(self.defines, key=len, reverse=True):
                if name in line:
                    line = line.replace(name, self.defines[name])
                    self._check(line, path)
        self._check(line, path)
        return line

    def _check(self, line: str, path: Path) -> None:
        if len(line) > _LONGEST_LINE:
            raise InstrumentRefusedError(f"'{shown_name(path)}' has a line longer than any SFZ; choose another file")


def inside(folder: Path, name: str) -> Path | None:
    """Return the file that a name in an instrument means, None when it is not there or not inside `folder`.

    Letters may differ in case, as they may on the systems where most instruments were made.
    """
    base = folder.resolve()
    if "\0" in name or name.startswith(("/", "\\")):
        return None
    found = base
    for part in name.replace("\\", "/").split("/"):
        if part in ("", "."):
            continue
        if part == ".." or found is None:
            return None
        found = _child(found, part)  # type: ignore[assignment]  # None is looked for at the next part
    if found is None or not found.is_file():
        return None
    # A link may lead anywhere.
    return found if found.resolve().is_relative_to(base) else None


def _child(folder: Path, name: str) -> Path | None:
    try:
        exact = folder / name
        if exact.exists():
            return exact
        return next((each for each in sorted(folder.iterdir()) if each.name.casefold() == name.casefold()), None)
    except OSError:  # no folder, or a name that no file system takes
        return None


def read_headers(path: Path, tell: Callable[[str], None]) -> list[Header]:
    """Return the headers of an SFZ file in order; `tell` is given a sentence for what is left out.

    Raises:
        InstrumentRefusedError: it cannot be read, or is larger than an instrument can be.
    """
    headers: list[Header] = []
    reader = _Reader(path.parent, tell)
    try:
        for line in reader.lines(path):
            _take_line(line, headers, tell)
    except OSError as error:
        raise InstrumentRefusedError(
            f"'{shown_name(path)}' cannot be read ({error.strerror}); check the folder it is in"
        ) from error
    return headers


def _take_line(line: str, headers: list[Header], tell: Callable[[str], None]) -> None:
    found = list(_TOKEN.finditer(line))
    ends = [*(match.start() for match in found), len(line)][1:]
    for match, end in zip(found, ends, strict=True):
        if match.group(1) is not None:
            headers.append(Header(match.group(1).lower(), {}))
        elif headers:
            headers[-1].opcodes[match.group(2).lower()] = line[match.end() : end].strip()
        else:
            tell(f"'{match.group(2)[:40]}' stands before any header")
