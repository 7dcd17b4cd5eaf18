"""Reads the notes of all clips at once: a project is opened with hundreds of thousands.

Gives exactly what `clip_registers.read_notes` gives clip by clip; clips with a register that is no note are left to
it.
"""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.project.document.clip_registers import NOTE_BYTES, NotesArray
from maxbooster_desktop.project.document.state import NOTE, ClipId
from sync.document.codec import Value

#: Bits of a 32-bit float that are all ones in infinity and NaN.
_NOT_FINITE = np.uint32(0x7F800000)
_BYTES, _SIZE = {bytes}, {NOTE_BYTES}


def read_all_notes(clips: Iterable[tuple[str, list[Value]]]) -> tuple[dict[ClipId, NotesArray], list[ClipId]]:
    """Return (notes by clip, frozen, none for a clip without; the clips left out because of an odd register).

    Args:
        clips: Clips with the registers of their notes in the order of the notes' ids.
    """
    names: list[ClipId] = []
    ends: list[int] = [0]
    values: list[bytes] = []
    unclear: list[ClipId] = []
    for clip_id, registers in clips:
        if {*map(type, registers)} <= _BYTES and {*map(len, registers)} <= _SIZE:  # type: ignore[arg-type]  # all bytes
            values += registers  # type: ignore[arg-type]  # as above
            names.append(ClipId(clip_id))
            ends.append(len(values))
        else:
            unclear.append(ClipId(clip_id))
    notes = np.frombuffer(b"".join(values), NOTE)
    clip_of = np.repeat(np.arange(len(names)), np.diff(ends))
    odd = set(clip_of[~_are_playable(notes)].tolist())
    # The sort is stable and the notes come in the order of their ids, the last thing that decides.
    ordered = notes[np.lexsort((notes["pitch"], notes["start"], clip_of))]
    ordered.flags.writeable = False
    found = {
        name: ordered[start:end]
        for index, (name, (start, end)) in enumerate(zip(names, pairwise(ends), strict=True))
        if end > start and index not in odd
    }
    return found, unclear + [names[index] for index in sorted(odd)]


def _are_playable(notes: NotesArray) -> npt.NDArray[np.bool_]:
    """Pitch and velocity in MIDI's range, finite detune."""
    detune = notes["detune"].view(np.uint32) if notes.size else np.zeros(0, np.uint32)
    is_finite = (detune & _NOT_FINITE) != _NOT_FINITE
    is_playable: npt.NDArray[np.bool_] = (
        (notes["pitch"] <= 127) & (notes["velocity"] > 0) & (notes["velocity"] <= 127) & is_finite
    )
    return is_playable
