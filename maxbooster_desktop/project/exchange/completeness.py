"""Whether a file that was read to its end held all that it announces, in sentences that leave out its name.

What is there is used all the same: a recording that broke off is better short than not at all. But nobody should
learn from the sound alone that something is missing.
"""

from pathlib import Path

from maxbooster_desktop.project.exchange.containers import sound_bytes
from maxbooster_desktop.project.exchange.ogg_stream import read_stream
from maxbooster_desktop.project.exchange.sound_file import SoundFile

_SAMPLE_BYTES = {
    "PCM_S8": 1,
    "PCM_U8": 1,
    "ULAW": 1,
    "ALAW": 1,
    "PCM_16": 2,
    "PCM_24": 3,
    "PCM_32": 4,
    "FLOAT": 4,
    "DOUBLE": 8,
}
#: What libsndfile says of a file that does not tell its length.
_UNKNOWN_FRAMES = 1 << 62
_AGAIN = "copy or download it again if there is a whole one"


def shortcomings(sound: SoundFile, frames: int) -> tuple[str, ...]:
    """Return a sentence for everything that a file lacks of which `frames` could be read.

    Raises:
        OSError: the file cannot be read any more.
    """
    promised = sound.promised_frames if sound.promised_frames < _UNKNOWN_FRAMES else frames
    if sound.format == "OGG":
        return _ogg_shortcomings(sound.path, promised, frames)
    announced = max(promised, _announced_by_size(sound, frames))
    return (f"is cut short: {_counts(announced, frames)}; {_AGAIN}",) if frames < announced else ()


def _announced_by_size(sound: SoundFile, frames: int) -> int:
    found = sound_bytes(sound.path)
    if not found.is_cut:
        return 0
    frame_bytes = sound.channels * _SAMPLE_BYTES.get(sound.subtype, 0)
    return found.promised // frame_bytes if frame_bytes else frames * found.promised // max(1, found.present)


def _counts(announced: int, frames: int) -> str:
    return f"it announces {announced:,} frames and holds {frames:,}"


def _ogg_shortcomings(path: Path, promised: int, frames: int) -> tuple[str, ...]:
    stream, said = read_stream(path), []
    counts = _counts(promised, frames) if frames < promised else f"{frames:,} frames of it can be read"
    if stream.lost_pages:
        lost = "1 page is" if stream.lost_pages == 1 else f"{stream.lost_pages:,} pages are"
        said.append(f"is damaged: {lost} lost, {counts}; {_AGAIN}")
    elif stream.is_cut or frames < promised:
        said.append(f"is cut short: {counts}; {_AGAIN}")
    elif not stream.has_end:
        said.append("has no end mark and may have been cut short where it was recorded")
    if stream.streams > 1:
        said.append(
            f"holds {stream.streams:,} streams one behind the other, of which the first is read; split it first"
        )
    return tuple(said)
