"""Versions and branches of the open project: listed, compared, started, brought back from. No Qt.

Everything here reads databases and may take a second: run it in a worker. The store loads when first asked.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maxbooster_desktop.project.versions.comparing import Comparison


@dataclass(frozen=True, slots=True)
class Side:
    """One thing that can be compared: a version, another project on this computer, or neither: the project as it is.

    Attributes:
        version: id of a version of the open project.
        folder: of a branch, or of the project that this one branched off.
        name: what it is called.
        kind: how it came to be, as words.
        made_at_s: when, in seconds since 1970.
    """

    version: int = 0
    folder: Path | None = None
    name: str = "Now"
    kind: str = ""
    made_at_s: float = 0.0

    @property
    def is_now(self) -> bool:
        """Whether it is the open project as it is."""
        return not self.version and self.folder is None


NOW = Side()
_KINDS = {
    "named": "by hand",
    "restored": "brought back",
    "before": "kept before a large change",
    "opened": "when it was opened",
    "closed": "automatic",
}


def _part(module: str) -> Any:
    return importlib.import_module(f"maxbooster_desktop.project.versions.{module}")


def sides(project: Any) -> list[Side]:
    """Return what can be gone back to or taken from, the newest first."""
    origin, branches = _part("sources").kin(project.folder)
    found = [
        Side(one.id, None, one.name or "Automatic", _KINDS.get(one.kind, ""), one.made_at.timestamp())
        for one in project.versions()
    ]
    found += [Side(0, fork.folder, fork.name, "branch", fork.made_at) for fork in branches]
    if origin is not None:
        found.append(Side(0, origin.folder, origin.name, "this project branched off it", origin.made_at))
    return sorted(found, key=lambda side: (side.made_at_s, side.version), reverse=True)


def compare(project: Any, old: Side, new: Side) -> "Comparison":
    """Return what became different from one side to the other."""
    comparing = _part("comparing")
    found: Comparison = comparing.compare(_state_of(project, old), _state_of(project, new))
    return found


def bring_back(project: Any, track: Any, side: Side) -> None:
    """Make one track what it is on a side, as one step."""
    folder = side.folder or project.folder
    _part("branching").bring_back(project, track, _document_of(project, side), side.name, folder)


def start_branch(project: Any, folder: Path, side: Side) -> Sequence[str]:
    """Make a branch that begins with a version or now; return the names of sounds that could not be read."""
    copied = _part("branching").start_branch(project, folder, side.version)
    missing: Sequence[str] = copied.missing
    return missing


def _document_of(project: Any, side: Side) -> Any:
    sources = _part("sources")
    return (
        sources.present_document(side.folder)
        if side.folder
        else sources.version_document(project.folder, side.version)[1]
    )


def _state_of(project: Any, side: Side) -> Any:
    if side.is_now:
        return project.state
    projection = importlib.import_module("maxbooster_desktop.project.document.projection")
    return projection.project(_document_of(project, side))
