"""A small version of a sound to listen to before the original has come: Opus at 48 kHz, in one or two channels."""

from pathlib import Path

import numpy as np
import soundfile as sf
import soxr

from sync.blobs.errors import DamagedBlobError

_RATE = 48_000
_BLOCK_FRAMES = 1 << 16


def write_preview(source: Path, target: Path) -> None:
    """Write the preview of a sound; more channels than two are mixed to one. Raises DamagedBlobError."""
    try:
        with sf.SoundFile(source) as sound:
            channels = sound.channels if sound.channels <= 2 else 1
            resampler = soxr.ResampleStream(sound.samplerate, _RATE, channels, dtype="float32")
            with sf.SoundFile(target, "w", _RATE, channels, format="OGG", subtype="OPUS") as out:
                while len(block := sound.read(_BLOCK_FRAMES, "float32", always_2d=True)):
                    mixed = block if channels == sound.channels else block.mean(axis=1, keepdims=True)
                    # Floats may hold what Opus does not: beyond full scale, or no number at all.
                    tame = np.clip(np.nan_to_num(mixed, nan=0.0), -1.0, 1.0)
                    out.write(resampler.resample_chunk(np.ascontiguousarray(tame), last=sound.tell() == sound.frames))
    except (sf.LibsndfileError, RuntimeError) as error:
        target.unlink(missing_ok=True)
        raise DamagedBlobError(f"{source.name} cannot be read: there is no preview of it.") from error
