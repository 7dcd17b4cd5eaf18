"""SFZ and SF2 files of ours: small instruments of sines, and every part of them replaceable by a lie."""

import struct
from pathlib import Path

import numpy as np

from tests.factories.audio_files import sine, write_audio

RATE = 44_100


def write_sfz(folder: Path, text: str, samples: dict[str, float], rate: int = RATE) -> Path:
    """Write an SFZ of `text` and, beside it, a second of a sine for each sample's name and frequency."""
    for name, hertz in samples.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        write_audio(target, sine(rate, rate, hertz), rate, "PCM_16")
    path = folder / "instrument.sfz"
    path.write_text(text, encoding="utf-8")
    return path


def chunk(name: str, data: bytes) -> bytes:
    """Return a RIFF chunk."""
    return name.encode() + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)


def listed(form: str, *chunks: bytes) -> bytes:
    """Return a LIST of chunks."""
    return chunk("LIST", form.encode() + b"".join(chunks))


def generators(*pairs: tuple[int, int]) -> bytes:
    """Return generators: number and amount; a range is (low, high) as amount."""
    rows = []
    for kind, amount in pairs:
        word = amount[0] | amount[1] << 8 if isinstance(amount, tuple) else amount & 0xFFFF
        rows.append(struct.pack("<HH", kind, word))
    return b"".join(rows)


def sample_head(name, start, end, loop=(0, 0), *, rate=RATE, key=60, cents=0, kind=1):
    """Return a sample's header; the loop counts from the sample's start."""
    places = struct.pack("<5I", start, end, start + loop[0], start + loop[1], rate)
    return struct.pack("<20s", name.encode()) + places + struct.pack("<BbHH", key, cents, 0, kind)


def tables(presets, instruments, heads):
    """Return the chunks of pdta by name.

    Args:
        presets: (name, bank, program, zones), a zone is a list of (generator, amount).
        instruments: (name, zones).
        heads: headers of samples.
    """
    phdr, pbag, pgen, inst, ibag, igen = (b"",) * 6
    for name, bank, program, zones in presets:
        phdr += struct.pack("<20sHHHIII", name.encode(), program, bank, len(pbag) // 4, 0, 0, 0)
        for zone in zones:
            pbag += struct.pack("<HH", len(pgen) // 4, 0)
            pgen += generators(*zone)
    for name, zones in instruments:
        inst += struct.pack("<20sH", name.encode(), len(ibag) // 4)
        for zone in zones:
            ibag += struct.pack("<HH", len(igen) // 4, 0)
            igen += generators(*zone)
    end = struct.pack("<HH", len(pgen) // 4, 0), struct.pack("<HH", len(igen) // 4, 0)
    return {
        "phdr": phdr + struct.pack("<20sHHHIII", b"EOP", 0, 0, len(pbag) // 4, 0, 0, 0),
        "pbag": pbag + end[0],
        "pmod": bytes(10),
        "pgen": pgen + bytes(4),
        "inst": inst + struct.pack("<20sH", b"EOI", len(ibag) // 4),
        "ibag": ibag + end[1],
        "imod": bytes(10),
        "igen": igen + bytes(4),
        "shdr": b"".join(heads) + bytes(46),
    }


def soundfont(pdta: dict[str, bytes], samples: np.ndarray) -> bytes:
    """Return a whole file of tables and samples (int16)."""
    info = listed("INFO", chunk("ifil", struct.pack("<HH", 2, 4)), chunk("INAM", b"Test\0\0"))
    sdta = listed("sdta", chunk("smpl", samples.astype("<i2").tobytes()))
    body = b"sfbk" + info + sdta + listed("pdta", *(chunk(name, data) for name, data in pdta.items()))
    return chunk("RIFF", body)


def sine16(hertz: float, frames: int, rate: int = RATE) -> np.ndarray:
    """Return a sine at half of full level as int16."""
    return np.round(16_384 * np.sin(2 * np.pi * hertz * np.arange(frames) / rate)).astype(np.int16)
