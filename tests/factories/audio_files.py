"""Sound files for tests: every format, rate and channel count, and every kind of damage."""

import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

Samples = npt.NDArray[np.float32]

FORMATS = {
    ".wav": ("WAV", "PCM_24"),
    ".aiff": ("AIFF", "PCM_24"),
    ".flac": ("FLAC", "PCM_24"),
    ".ogg": ("OGG", "VORBIS"),
    ".opus": ("OGG", "OPUS"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
}


def noise(frames: int, channels: int = 2, *, seed: int = 1, level: float = 0.1) -> Samples:
    """Return Gaussian noise [frames, channels] with `level` as its RMS."""
    values = np.random.default_rng(seed).standard_normal((frames, channels)) * level
    return np.clip(values, -1.0, 1.0).astype(np.float32)


def sine(frames: int, rate: int, hertz: float, *, channels: int = 1, level: float = 0.5) -> Samples:
    """Return a sine [frames, channels] that starts at 0."""
    wave = level * np.sin(2 * np.pi * hertz * np.arange(frames) / rate)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def quantised(samples: Samples, bits: int) -> Samples:
    """Return `samples` on the grid of a `bits` integer file, so that writing them loses nothing."""
    scale = 2.0 ** (bits - 1)
    # + 0.0 turns -0.0, which integers do not have, into 0.0.
    return (np.clip(np.rint(samples * scale), -scale, scale - 1) / scale + 0.0).astype(np.float32)


def write_audio(path: Path, samples: Samples, rate: int = 48_000, subtype: str | None = None) -> Path:
    """Write `samples` [frames, channels] in the format that the extension names."""
    container, usual = FORMATS[path.suffix]
    with soundfile.SoundFile(path, "w", rate, samples.shape[1], subtype or usual, format=container) as file:
        # libsndfile keeps a Vorbis block on the stack: minutes at once overflow it.
        for start in range(0, len(samples), 65_536):
            file.write(samples[start : start + 65_536])
    return path


def wav_bytes(
    data: bytes, *, rate: int = 48_000, channels: int = 1, bits: int = 16, tag: int = 1, data_size: int | None = None
) -> bytes:
    """Return a WAV file made by hand, lies included."""
    frame_bytes = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * frame_bytes % 2**32, frame_bytes, bits)
    size = len(data) if data_size is None else data_size
    head = b"RIFF" + struct.pack("<I", min(36 + size, 2**32 - 1)) + b"WAVEfmt " + struct.pack("<I", 16) + form
    return head + b"data" + struct.pack("<I", size) + data


#: Containers beyond `FORMATS` whose sound may run past the end of the file, with an encoding each.
_LARGE_FORMATS = {"rf64.wav": ("RF64", "PCM_16"), "a.w64": ("W64", "PCM_24"), "a.au": ("AU", "PCM_16"),
                  "adpcm.wav": ("WAV", "IMA_ADPCM"), "aifc.aiff": ("AIFF", "FLOAT")}  # fmt: skip


def cut_files(folder: Path, *, frames: int = 48_000) -> dict[str, Path]:
    """Write files of `frames` frames whose second half is missing, one of each kind whose first half can be read."""
    paths = {}
    for suffix in FORMATS:
        if suffix != ".flac":
            paths[f"a{suffix}"] = write_audio(folder / f"cut{suffix}", noise(frames))
    for name, (container, subtype) in _LARGE_FORMATS.items():
        paths[name] = folder / f"cut_{name}"
        soundfile.write(paths[name], noise(frames), 48_000, subtype, format=container)
    for path in paths.values():
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
    return paths


def damaged_files(folder: Path) -> dict[str, Path]:
    """Write one file of every kind that must be refused; keys name the damage."""
    whole = {suffix: write_audio(folder / f"whole{suffix}", noise(48_000)).read_bytes() for suffix in FORMATS}
    kinds = {f"header_only{suffix}": data[:40] for suffix, data in whole.items()}
    kinds |= {
        "truncated.flac": whole[".flac"][: len(whole[".flac"]) // 2],
        "empty.wav": b"",
        "text.wav": b"these are words\n" * 500,
        "text.mp3": b"these are words\n" * 500,
        "text.au": b"these are words\n" * 500,
        "text.gsm": b"these are words\n" * 500,
        "picture.wav": b"\x89PNG\r\n\x1a\n" + np.random.default_rng(3).bytes(3_000),
        "random.wav": np.random.default_rng(4).bytes(100_000),
        "zeros.wav": bytes(100_000),
        "headerless.raw": bytes(10_000),
        "no_frames.wav": wav_bytes(b""),
        "no_channels.wav": wav_bytes(bytes(400), channels=0),
        "rate_0.wav": wav_bytes(bytes(400), rate=0),
        "rate_1.wav": wav_bytes(bytes(400), rate=1),
        "rate_huge.wav": wav_bytes(bytes(400), rate=3_000_000),
        "channels_65.wav": wav_bytes(bytes(130 * 10), channels=65),
        "all_nan.wav": wav_bytes(np.full(1_000, np.nan, "<f4").tobytes(), bits=32, tag=3),
    }
    paths = {}
    for name, data in kinds.items():
        paths[name] = folder / f"bad_{name}"
        paths[name].write_bytes(data)
    return paths
