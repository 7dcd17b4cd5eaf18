"""What a sound file is, before anything is copied: facts from its header, then the whole of it read once.

`probe_audio` looks at the header and the file's size and is quick. `examine_audio` decodes the file in blocks, so that
what the header promised is known to be there, and yields the identities under which the project keeps it: the asset id
is the BLAKE3 of the decoded float32 samples (frame by frame, little-endian) followed by rate and channels, the file
hash is the BLAKE3 of the file's bytes.
"""

import errno
import os
import stat
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import blake3
import numpy as np

from maxbooster_desktop.project.document.limits import HIGHEST_RATE, LOWEST_RATE, MOST_CHANNELS
from maxbooster_desktop.project.exchange.completeness import shortcomings
from maxbooster_desktop.project.exchange.refusals import AudioRefusedError, ImportCancelledError
from maxbooster_desktop.project.exchange.sound_file import EXTENSIONS, SoundFile, damaged, shown_name
from maxbooster_desktop.project.store.audio_files import hash_file
from maxbooster_desktop.project.store.errors import AudioStoreError

PROJECT_RATES = (44_100, 48_000, 88_200, 96_000, 176_400, 192_000)
DEFAULT_RATE = 48_000

_ALIASES = {"wav": {"wav", "wave", "bwf", "rf64"}, "aiff": {"aif", "aiff", "aifc"}, "ogg": {"ogg", "oga", "opus"}}
_ALIASES |= {"flac": {"flac"}, "mp3": {"mp3"}, "caf": {"caf"}, "w64": {"w64"}, "au": {"au", "snd"}}

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What a file holds. `frames` is the header's word until `examine_audio` counted them."""

    path: Path
    frames: int
    sample_rate: int
    channels: int
    subtype: str
    format: str
    extension: str
    size_bytes: int
    notes: tuple[str, ...] = ()

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate


@dataclass(frozen=True, slots=True)
class ExaminedAudio:
    """A file that was read to its end, with its identities."""

    facts: AudioFacts
    asset_id: str
    file_hash: str
    non_finite_samples: int


def probe_audio(path: Path) -> AudioFacts:
    """Return what `path` holds by its header.

    Raises:
        AudioRefusedError: missing, a folder, unreadable, empty, not sound, or outside our limits.
    """
    size = _checked_size(path)
    with SoundFile(path) as sound:
        facts = AudioFacts(
            path=path,
            frames=sound.promised_frames,
            sample_rate=sound.sample_rate,
            channels=sound.channels,
            subtype=sound.subtype,
            format=sound.format,
            extension=EXTENSIONS[sound.format],
            size_bytes=size,
        )
    _check_limits(facts)
    return _with_notes(facts)


def _checked_size(path: Path) -> int:
    name = shown_name(path)
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise AudioRefusedError(f"'{name}' is a folder; choose the sound files in it")
        if not stat.S_ISREG(status.st_mode):
            raise AudioRefusedError(f"'{name}' is not an ordinary file; choose a sound file")
        if status.st_size == 0:
            raise AudioRefusedError(f"'{name}' is empty (0 bytes); copy or download it again and import it then")
    except FileNotFoundError as problem:
        raise AudioRefusedError(f"'{name}' is not there any more; check the folder {path.parent}") from problem
    except PermissionError as problem:
        raise AudioRefusedError(f"'{name}' may not be read; change its permissions and try again") from problem
    except (OSError, ValueError) as problem:
        raise AudioRefusedError(f"'{name}' cannot be read ({_reason(problem)}); check the disk it is on") from problem
    return status.st_size


def _reason(problem: Exception) -> str:
    number = getattr(problem, "errno", None)
    return os.strerror(number) if number else (str(problem) or errno.errorcode[errno.EIO])


def _check_limits(facts: AudioFacts) -> None:
    name = shown_name(facts.path)
    if not LOWEST_RATE <= facts.sample_rate <= HIGHEST_RATE:
        raise AudioRefusedError(
            f"'{name}' says that it has {facts.sample_rate:,} samples per second, outside {LOWEST_RATE:,} to "
            f"{HIGHEST_RATE:,}; its header is damaged, or it must be converted first"
        )
    if facts.channels > MOST_CHANNELS:
        raise AudioRefusedError(
            f"'{name}' has {facts.channels} channels and at most {MOST_CHANNELS} can be imported; split it first"
        )
    if facts.frames <= 0:
        raise AudioRefusedError(f"'{name}' has a header but holds no sound; export it again and import it then")


def _with_notes(facts: AudioFacts) -> AudioFacts:
    notes = []
    suffix = facts.path.suffix.lower().lstrip(".")
    if suffix not in _ALIASES[facts.extension]:
        shown = f".{suffix}" if suffix else "without an extension"
        notes.append(f"named {shown} but holds {facts.format}; read as {facts.format}")
    return replace(facts, notes=tuple(notes))


def examine_audio(
    path: Path, *, progress: Progress | None = None, cancel: threading.Event | None = None
) -> ExaminedAudio:
    """Read `path` to its end and return what it really holds; memory does not grow with its length.

    Raises:
        AudioRefusedError: as `probe_audio`, and when it is damaged inside, holds no finite sample or was written to
            meanwhile. What a file only lacks is in the notes of its facts.
        ImportCancelledError: `cancel` was set.
    """
    facts, before = probe_audio(path), _stamp(path)
    digest = blake3.blake3()
    frames = 0
    with SoundFile(path) as sound:
        for block in sound.blocks():
            stop_if(cancel)
            digest.update(np.ascontiguousarray(block, "<f4").reshape(-1).view(np.uint8).data)
            frames += len(block)
            if progress is not None:
                progress(0.9 * min(1.0, frames / facts.frames))
        broken = sound.non_finite_samples
        lacking = _shortcomings(sound, frames)
    _check_counted(facts, frames, broken)
    digest.update(struct.pack("<II", facts.sample_rate, facts.channels))
    file_hash = _hashed(path, cancel)
    if progress is not None:
        progress(1.0)
    if _stamp(path) != before:
        raise AudioRefusedError(f"'{shown_name(path)}' changed while it was read; import it again when it is finished")
    counted = replace(facts, frames=frames, notes=(*facts.notes, *lacking))
    return ExaminedAudio(counted, digest.hexdigest(), file_hash, broken)


def _check_counted(facts: AudioFacts, frames: int, broken: int) -> None:
    name = shown_name(facts.path)
    if frames == 0:
        raise AudioRefusedError(damaged(facts.path))
    if broken == frames * facts.channels:
        raise AudioRefusedError(f"'{name}' holds no sound, only values that are not numbers; export it again")


def _shortcomings(sound: SoundFile, frames: int) -> tuple[str, ...]:
    try:
        return shortcomings(sound, frames)
    except OSError as problem:
        raise AudioRefusedError(_unreadable_now(sound.path)) from problem


def _stamp(path: Path) -> tuple[int, int]:
    """Return what changes when a file is written to."""
    try:
        status = os.stat(path)
    except OSError as problem:
        raise AudioRefusedError(_unreadable_now(path)) from problem
    return status.st_size, status.st_mtime_ns


def _unreadable_now(path: Path) -> str:
    return f"'{shown_name(path)}' cannot be read to its end; check the disk it is on"


def _hashed(path: Path, cancel: threading.Event | None) -> str:
    try:
        return hash_file(path, lambda: stop_if(cancel))
    except AudioStoreError as problem:
        raise AudioRefusedError(_unreadable_now(path)) from problem


def stop_if(cancel: threading.Event | None) -> None:
    """End the import when the person cancelled it.

    Raises:
        ImportCancelledError: `cancel` is set.
    """
    if cancel is not None and cancel.is_set():
        raise ImportCancelledError("Import cancelled; the project is as it was")


def project_rate(rate: int) -> int:
    """Return the rate a project takes for sound of `rate` Hz: the same, or 48 kHz where projects cannot have it."""
    return rate if rate in PROJECT_RATES else DEFAULT_RATE
