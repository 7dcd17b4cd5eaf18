"""What to render and where to: checked before any sound is made."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.heard import everything_heard
from maxbooster_desktop.project.document.limits import LONGEST_S
from maxbooster_desktop.project.document.state import Clip, ProjectState, Track

FileFormat = Literal["wav", "flac", "mp3", "ogg"]

BITS: dict[str, tuple[int, ...]] = {"wav": (16, 24, 32), "flac": (16, 24), "mp3": (16, 24, 32), "ogg": (16, 24, 32)}
MP3_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_RATE_LIMITS = {"wav": (1_000, 768_000), "flac": (1_000, 655_350), "ogg": (8_000, 192_000)}
#: Loudness is weighted by a shelf at 1,682 Hz, which must be inside the band.
LOWEST_RATE = 4_000
_QUIETEST_LUFS, _LOWEST_CEILING_DBTP = -60.0, -12.0
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class RenderError(MaxBoosterError):
    """A render that cannot be made as asked; the sentence says why and what would work."""


class RenderCancelledError(MaxBoosterError):
    """The person cancelled; no file was left or changed."""


@dataclass(frozen=True, slots=True)
class LoudnessTarget:
    """How loud a mix is to be: integrated loudness in LUFS, and the true peak in dBTP that it may not pass."""

    lufs: float
    ceiling_dbtp: float = -1.0


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """A render as it is asked for.

    `target` is the mix, `stems_folder` takes one file per top-level track; at least one must be given. `bits` 32 means
    float and has no meaning for mp3 and ogg. `sample_rate` None keeps the session's. The range runs from `from_s` or
    `from_tick` to `to_s` or `to_tick` (seconds win; no end means the end of the last clip). `tail_s` is the longest
    tail. `stem_scheme` names the stems (`stem_names.TOKENS`). `quality` 0..1 is for mp3 (constant bit rate, 160 to
    320 kbit/s at 44.1 and 48 kHz; default 1) and ogg (Vorbis quality 0 to 10; default 0.8).
    `also` are more formats, written beside the first from the same render. `loudness` is for the mix: stems stay as
    they are, so that together they are the mix as it was made.
    """

    target: Path | None = None
    file_format: str = "wav"
    bits: int = 24
    sample_rate: int | None = None
    from_tick: int = 0
    to_tick: int | None = None
    from_s: float | None = None
    to_s: float | None = None
    tail_s: float = 10.0
    stems_folder: Path | None = None
    stem_scheme: str = "{number} {track}"
    dither: bool = True
    quality: float | None = None
    also: tuple[str, ...] = ()
    loudness: LoudnessTarget | None = None

    @property
    def formats(self) -> tuple[str, ...]:
        """Every format that is written, each once."""
        return tuple(dict.fromkeys((self.file_format, *self.also)))

    def bits_of(self, file_format: str) -> int:
        """Return the bits of a format: as asked for, or 24 where one of the others cannot have that many."""
        is_first = file_format == self.file_format
        return self.bits if is_first or self.bits in BITS.get(file_format, (self.bits,)) else 24

    def frame_range(self, state: ProjectState, sample_rate: int) -> tuple[int, int]:
        """Return the first frame and the one behind the last at `sample_rate`, without the tail.

        Raises:
            RenderError: the range is empty or negative, or longer than anybody waits for.
        """
        seconds_at = state.tempo_map.seconds_at
        start_s = seconds_at(self.from_tick) if self.from_s is None else self.from_s
        if self.to_s is None and self.to_tick is None:
            # To the frame, not to the tick: the last clip keeps its last samples.
            end = max((end_frame(state, clip, sample_rate) for clip in everything_heard(state)), default=0)
            end_s = end / sample_rate
            if end == 0:
                raise RenderError("The project has no clips, so there is nothing to render; import a file first")
        else:
            end_s = self.to_s if self.to_s is not None else seconds_at(self.to_tick or 0)
            end = round(end_s * sample_rate)
        start = round(start_s * sample_rate)
        if start < 0 or end <= start:
            raise RenderError(f"The range from {start_s:g} s to {end_s:g} s is empty; choose an end after the start")
        if end_s - start_s > LONGEST_S:
            raise RenderError(
                f"The range is {(end_s - start_s) / 3_600:,.0f} hours long and at most {LONGEST_S / 3_600:.0f} can be "
                "rendered; choose an earlier end, or move the clip that lies so far behind"
            )
        return start, end


def stem_tracks(state: ProjectState) -> list[Track]:
    """Return the tracks that get a stem: top level, in display order, without buses (their sound is in the stems)."""
    tracks = [state.tracks[track_id] for track_id in state.track_order]
    return [track for track in tracks if track.parent is None and track.kind in {"audio", "instrument", "group"}]


def end_frame(state: ProjectState, clip: Clip, sample_rate: int) -> int:
    """Return the frame at which a clip ends, cut where the engine cuts it."""
    asset = None if clip.asset is None else state.assets.get(clip.asset)
    if asset is None:
        return round(state.tempo_map.seconds_at(state.clip_end_tick(clip)) * sample_rate)
    ratio = sample_rate / asset.sample_rate
    length = round((clip.source_offset + clip.length_frames) * ratio) - round(clip.source_offset * ratio)
    return round(state.tempo_map.seconds_at(clip.start_tick) * sample_rate) + length


def check_format(file_format: str, bits: int, sample_rate: int, quality: float | None = None) -> None:
    """Check a combination that a file format may not have.

    Raises:
        RenderError: it is not possible; the sentence names what is.
    """
    if file_format not in BITS:
        raise RenderError(f"'{file_format}' cannot be written; choose wav, flac, mp3 or ogg")
    if bits not in BITS[file_format]:
        if file_format == "flac" and bits == 32:
            raise RenderError("FLAC holds integers of 16 or 24 bits; choose 24, or wav for 32-bit float")
        raise RenderError(f"{bits} bits cannot be written; choose {', '.join(map(str, BITS[file_format]))}")
    if file_format == "mp3" and sample_rate not in MP3_RATES:
        raise RenderError(f"MP3 cannot have {sample_rate:,} Hz; choose 44,100 or 48,000 Hz, or another format")
    lowest, highest = _RATE_LIMITS.get(file_format, (MP3_RATES[0], MP3_RATES[-1]))
    if not lowest <= sample_rate <= highest:
        raise RenderError(
            f"{file_format.upper()} cannot have {sample_rate:,} Hz; choose a rate from {lowest:,} to {highest:,} Hz"
        )
    if quality is not None and not 0.0 <= quality <= 1.0:
        raise RenderError(f"A quality of {quality:g} is not possible; choose one from 0 to 1")


def check_loudness(settings: RenderSettings, sample_rate: int) -> None:
    """Check that a mix can be brought to the loudness that is asked for.

    Raises:
        RenderError: it cannot; the sentence says why.
    """
    target = settings.loudness
    if target is None:
        return
    if settings.target is None:
        raise RenderError("Loudness is of the mix, and stems stay as they are; name a file for the mix, too")
    if sample_rate < LOWEST_RATE:
        raise RenderError(f"Loudness is defined from {LOWEST_RATE:,} Hz on; choose a higher sample rate")
    if not _QUIETEST_LUFS <= target.lufs <= 0.0:
        raise RenderError(f"{target.lufs:g} LUFS is no loudness to export at; choose one from {_QUIETEST_LUFS:g} to 0")
    if not _LOWEST_CEILING_DBTP <= target.ceiling_dbtp <= 0.0:
        raise RenderError(
            f"A ceiling of {target.ceiling_dbtp:g} dBTP is not possible; choose one from {_LOWEST_CEILING_DBTP:g} to 0"
        )


def check_outside(project: Path, *places: Path | None) -> None:
    """Check that no file of a render goes where the project keeps its own files, whatever way leads there.

    Raises:
        RenderError: a place lies among the project's sounds or backups, or is its database.
    """
    own = [(project / name).resolve() for name in ("audio", "backups")]
    for place in places:
        if place is None:
            continue
        found = place.resolve()
        is_database = found.parent == project.resolve() and found.name.startswith("project.")
        if is_database or any(found.is_relative_to(folder) for folder in own):
            raise RenderError(f"{place} belongs to the project's own files; choose another place")


def check_target(target: Path) -> None:
    """Check that a file can be put at `target`; an existing file will be replaced when the new one is whole.

    Raises:
        RenderError: a folder lies there, or its own folder is missing or takes no files.
    """
    if os.path.isdir(target):
        raise RenderError(f"{target} is a folder; name a file in it")
    folder = target.parent
    if not os.path.exists(folder):
        raise RenderError(f"The folder {folder} does not exist; make it or choose another")
    if not os.path.isdir(folder):
        raise RenderError(f"{folder} is a file, not a folder; choose another place")
    if not os.access(folder, os.W_OK):
        raise RenderError(f"The folder {folder} may not be written to; choose another or change its permissions")
    try:
        os.lstat(target)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as problem:
        # Such as a name that is longer than the disk can hold: better told before the sound is made.
        reason = problem.strerror if isinstance(problem, OSError) else problem
        raise RenderError(f"{target.name} cannot be the name of a file there ({reason}); choose another") from problem


def writing_failed(target: Path, problem: OSError) -> RenderError:
    """Return the error a person reads when `target` could not be written."""
    if problem.errno in _NO_ROOM:
        return RenderError(f"There is no room left for {target}; free some space or choose another disk")
    reason = problem.strerror or "the disk does not answer"
    return RenderError(f"{target} cannot be written ({reason}); choose another folder")
