"""The folder that a cloud keeps everything in: which folder may be one, and the secrets that lie there.

A folder is the cloud's when it is empty or `secrets.json` lies in it. That file comes to be as a whole or not at all,
is readable by its owner alone, and is never written again. Somebody's folder with other things in it stays as it is.
"""

import errno
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from cloud.foundation.errors import OperatorError

#: What the system says where a disk, or somebody's share of it, is full.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_SECRETS = "secrets.json"
#: What is never there before the secrets are: a cloud's database, or where it is.
_SEALED = ("postgres", "postgres.id")
#: What stands in a folder before there are secrets in it: of a cloud whose database is elsewhere, or of a disk.
_HARMLESS = frozenset({"api-address.json", "audit-anchors.jsonl", "lost+found", "mail", "objects", "uploads"})


class DataFolderError(OperatorError):
    """The data folder cannot be used."""


class SecretsError(OperatorError):
    """The secrets of a data folder cannot be read or made."""


def make(data: Path) -> None:
    """Make a data folder that its owner alone can enter, or take one that is there.

    Raises DataFolderError, SecretsError.
    """
    try:
        if data.exists() and not data.is_dir():
            raise DataFolderError(f"The data folder {data} is a file or a device: name a folder with --data.")
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_not_lost(data)
        strange = _strange(data)
    except OSError as error:
        raise refused(data, error) from error
    if strange:
        raise DataFolderError(
            f"The data folder {data} holds what is not the cloud's ({strange}): name an empty folder with --data."
        )


def refused(data: Path, error: OSError) -> DataFolderError:
    """Return what to raise where the system lets nobody keep something in a data folder."""
    way_out = "make room there" if error.errno in NO_ROOM else "choose another with --data"
    return DataFolderError(f"The data folder {data} cannot be used ({error.strerror}): {way_out}.")


def secrets_of(data: Path) -> Path:
    """Return where the secrets of a data folder are."""
    return data / _SECRETS


def require_there(data: Path) -> None:
    """Check that a cloud with a database of its own has been in a folder; raises DataFolderError, SecretsError."""
    _require_not_lost(data)
    if not (data / _SECRETS).exists():
        raise DataFolderError(
            f"No cloud has been in {data}: name the folder that `maxbooster cloud serve` has with --data."
        )


def own_secrets(data: Path, fresh: dict[str, str], *, keeps: bool = True) -> dict[str, str]:
    """Return the secrets by name: `fresh` ones where there are none yet, written down if it `keeps` them.

    Raises DataFolderError, SecretsError.
    """
    note = data / _SECRETS
    if keeps:
        make(data)
    try:
        if not note.exists():
            if not keeps:
                return fresh
            with suppress(FileExistsError):  # another process was first, and its secrets are ours
                write_once(note, json.dumps(fresh, indent=1))
        found = json.loads(note.read_text(encoding="utf-8"))
    except OSError as error:
        raise refused(data, error) from error
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in fresh):
        raise SecretsError(
            f"{note} holds no secrets any more: put back a copy of it, for what is kept in {data} opens with no others."
        )
    return {name: found[name] for name in fresh}


def write_once(path: Path, text: str) -> None:
    """Give a file its text as a whole, or leave none; raises FileExistsError where there is one, OSError."""
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    finally:
        Path(name).unlink()


def _require_not_lost(data: Path) -> None:
    """Refuse a cloud's folder in which there are no secrets any more: new ones would open nothing in it."""
    if not (data / _SECRETS).exists() and any((data / name).exists() for name in _SEALED):
        raise SecretsError(
            f"{data / _SECRETS} is gone: put back a copy of it, for what is kept in {data} opens with no others."
        )


def _strange(data: Path) -> str:
    """Return names of what is not the cloud's in a folder that is not; hidden files are nobody's."""
    if (data / _SECRETS).exists():
        return ""
    names = sorted(path.name for path in data.iterdir() if not path.name.startswith("."))
    strange = [name for name in names if name not in _HARMLESS]
    return ", ".join(strange[:3]) + (f" and {len(strange) - 3} more" if len(strange) > 3 else "")
