"""The journal of takes that are being recorded: a row before the first sample, gone when the document holds the take.

So whatever ends the program, the next opening knows each file in `recording/`, its track and its place.
"""

import datetime as dt
import logging
import secrets
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

import sqlalchemy as sa

from maxbooster_desktop.project.document.state import TrackId
from maxbooster_desktop.project.store import database
from maxbooster_desktop.project.store.project import Project
from maxbooster_desktop.project.store.tables import takes

_LOG = logging.getLogger(__name__)
#: Where takes lie until the document holds them.
RECORDING_NAME = "recording"
#: How the names of files begin that are written along without having been asked for.
_PLAYED = "played-"


@dataclass(frozen=True, slots=True)
class OpenTake:
    """A take that is recorded, or was when the program ended.

    It sounds from `position` on, in samples of its file's rate; the time is in ms since 1970.
    """

    path: Path
    track: TrackId
    position: int
    recorded_at_ms: int


def new_take_path(project: Project) -> Path:
    """Return a path for a take that begins; raises OSError when the project's folder cannot be written."""
    return _folder_of(project) / f"{secrets.token_hex(8)}.wav"


def new_played_path(project: Project) -> Path:
    """Return a path for what is played and may never be kept; raises as `new_take_path`."""
    return _folder_of(project) / f"{_PLAYED}{secrets.token_hex(8)}.wav"


def forget_played(project: Project) -> None:
    """Delete what an earlier run of the program wrote along and nobody kept: no journal tells of it."""
    kept = {take.path.name for take in open_takes(project)}
    if project.read_only_reason is None:
        for path in (project.folder / RECORDING_NAME).glob(f"{_PLAYED}*.wav"):
            if path.name not in kept:
                path.unlink(missing_ok=True)


def _folder_of(project: Project) -> Path:
    folder = project.folder / RECORDING_NAME
    folder.mkdir(exist_ok=True)
    return folder


def note_take(project: Project, take: OpenTake, sample_format: str) -> None:
    """Write down, durably, that a take begins.

    Raises:
        StorageFullError, ProjectClosedError: it cannot be written down.
    """
    started_at = dt.datetime.fromtimestamp(take.recorded_at_ms / 1_000, dt.UTC)
    row = {
        "id": take.path.stem,
        "track": take.track,
        "start_sample": take.position,
        "path": f"{RECORDING_NAME}/{take.path.name}",
        "format": sample_format,
        "started_at": started_at.isoformat(),
    }

    def write(connection: sa.Connection) -> None:
        connection.execute(sa.insert(takes).values(row))

    project.stored(project.note(write))


def forget_takes(project: Project, names: list[str]) -> None:
    """Take the rows of finished takes away, by the stems of their files. Raises as `note_take`."""

    def write(connection: sa.Connection) -> None:
        connection.execute(sa.delete(takes).where(takes.c.id.in_(names)))

    project.stored(project.note(write))


def open_takes(project: Project) -> list[OpenTake]:
    """Return the takes that the journal tells of, oldest first; rows that cannot be read are left out.

    Of a project that is only read there are none: it may be of a newer program, with another journal.
    """
    if project.read_only_reason is not None:
        return []
    with database.reading(project.folder / database.DATABASE_NAME) as connection:
        rows = connection.execute(sa.select(takes)).all()
    found = []
    for row in rows:
        # After the rules of Windows, which know both separators and drives: no row leads out of the folder anywhere.
        name = PureWindowsPath(str(row.path)).name
        if not isinstance(row.start_sample, int):
            _LOG.warning("The journal's row of the take %s cannot be read: its place is %r.", name, row.start_sample)
        elif name not in ("", ".", ".."):
            path = project.folder / RECORDING_NAME / name
            found.append(OpenTake(path, TrackId(str(row.track)), max(0, row.start_sample), _ms_of(row.started_at)))
    return sorted(found, key=lambda take: (take.recorded_at_ms, take.path.name))


def _ms_of(written: object) -> int:
    try:
        return max(0, round(dt.datetime.fromisoformat(str(written)).timestamp() * 1_000))
    except (ValueError, OverflowError):
        return 0
