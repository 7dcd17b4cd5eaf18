"""A sound file that was examined, on its way into the project's store: its asset, the room it needs, the copy."""

import os
import shutil
from pathlib import Path

from maxbooster_desktop.project.document.state import Asset, AssetId
from maxbooster_desktop.project.exchange.probe import ExaminedAudio, examine_audio
from maxbooster_desktop.project.exchange.refusals import AudioRefusedError
from maxbooster_desktop.project.exchange.sound_file import shown_name
from maxbooster_desktop.project.store.project import Project

#: What stays free for edits.
_SPARE_BYTES = 16 << 20
_LONGEST_NAME = 100
_LONGEST_EXTENSION = 8


def asset_of(heard: ExaminedAudio) -> Asset:
    """Return the asset that a file becomes."""
    facts = heard.facts
    return Asset(
        id=AssetId(heard.asset_id),
        name=clip_name(facts.path),
        sample_rate=facts.sample_rate,
        channels=facts.channels,
        frames=facts.frames,
        subtype=facts.subtype,
        file_hash=heard.file_hash,
        extension=facts.path.suffix.lstrip(".").lower(),
    )


def clip_name(path: Path) -> str:
    """Return what a file's asset, track and clip are called: its name without the ending, on one line."""
    shown = shown_name(Path(path.stem))
    printable = "".join(letter if letter.isprintable() else " " for letter in shown).strip()
    return printable[:_LONGEST_NAME].strip() or "Audio"


def store_sound(path: Path, asset: Asset, project: Project, added: list[Path]) -> None:
    """Copy `path`, whose sound is `asset`, into the project unless it is there; `added` gets the copy's path.

    Raises:
        AudioRefusedError: its name has no usual ending, another file holds the same sound, or there is no room.
        AudioStoreError: it could not be copied.
    """
    if not (asset.extension.isascii() and asset.extension.isalnum() and len(asset.extension) <= _LONGEST_EXTENSION):
        raise AudioRefusedError(f"'{shown_name(path)}' has no usual ending; rename it so that it ends in .wav or alike")
    known = project.state.assets.get(asset.id)
    if known is not None and os.path.isfile(project.audio.path_of(known)):
        return
    if known is not None and known.file_hash != asset.file_hash:
        raise AudioRefusedError(
            f"'{shown_name(path)}' sounds like '{known.name}', whose file is missing from the project, but is another "
            "file; import the original one"
        )
    target = project.audio.path_of(asset)
    if os.path.isfile(target):
        return
    try:
        size_bytes = path.stat().st_size
    except OSError as error:
        raise AudioRefusedError(
            f"'{shown_name(path)}' went away while it was imported ({error.strerror}); put it back and import it again"
        ) from error
    require_room(path, size_bytes, project.folder)
    added.append(target)
    project.audio.add(path, asset.file_hash)


def keep_sound(path: Path, project: Project) -> Asset:
    """Take a whole sound file of this computer's own making into the project and return its asset. Slow.

    Raises:
        MaxBoosterError: it cannot be read, or the project's disk takes no more.
    """
    heard = examine_audio(path)
    asset = asset_of(heard)
    if not project.audio.path_of(asset).is_file() and not project.audio.take_in(path, heard.file_hash):
        require_room(path, path.stat().st_size, project.folder)
        project.audio.add(path, heard.file_hash)
    return project.state.assets.get(asset.id, asset)


def require_room(path: Path, size_bytes: int, folder: Path) -> None:
    """Check, before anything is copied, that `folder` has room for `size_bytes` of `path`.

    Raises:
        AudioRefusedError: it has not.
    """
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise AudioRefusedError(
            f"'{shown_name(path)}' cannot be copied: {folder} does not answer ({error.strerror}); bring the project's "
            "folder back and import it again"
        ) from error
    if size_bytes + _SPARE_BYTES > free:
        raise AudioRefusedError(
            f"'{shown_name(path)}' has {_size(size_bytes)} and the disk of the project has {_size(free)} free, "
            f"of which {_size(_SPARE_BYTES)} are kept for edits; make room and import it then"
        )


def _size(count: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{count / 1e9:,.2f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"
