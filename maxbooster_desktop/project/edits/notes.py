"""Arrays of notes as clips keep them: checked, sorted, cut at a tick. See `NOTE` in the document's state."""

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.project.document.state import NOTE
from maxbooster_desktop.project.edits.errors import ValueNotAllowed

Notes = npt.NDArray[np.void]


def checked_notes(notes: Notes) -> Notes:
    """Return a copy sorted by start, then pitch.

    Raises ValueNotAllowed unless every pitch is 0-127, velocity 1-127, length at least a tick and detune finite.
    """
    if notes.dtype != NOTE or notes.ndim != 1:
        raise ValueNotAllowed("Notes must be a list of note records (start, length, flags, pitch, velocity, detune).")
    fits = (notes["pitch"] <= 127) & (notes["velocity"] >= 1) & (notes["velocity"] <= 127)
    fits &= (notes["length"] >= 1) & np.isfinite(notes["detune"])
    if not fits.all():
        number = int(np.flatnonzero(~fits)[0]) + 1
        raise ValueNotAllowed(
            f"Note {number} cannot be kept: pitch 0-127, velocity 1-127, a length and a finite detune are needed."
        )
    return notes[np.lexsort((notes["pitch"], notes["start"]))]


def cut_notes(notes: Notes, at_tick: int) -> tuple[Notes, Notes]:
    """Return the notes that start before `at_tick` (whole), and the others counted from there.

    A note belongs to the part it starts in: no note is heard twice, and lengthening the first part again brings
    back the end of a note that its edge had hidden.
    """
    is_first = notes["start"] < at_tick
    return notes[is_first], _shifted(notes[~is_first], -at_tick)


def notes_from(notes: Notes, at_tick: int) -> Notes:
    """Return the notes of a clip whose start moves by `at_tick`: later starts drop what began before."""
    return cut_notes(notes, at_tick)[1] if at_tick > 0 else _shifted(notes, -at_tick)


def _shifted(notes: Notes, ticks: int) -> Notes:
    moved = notes.copy()
    moved["start"] = (notes["start"].astype(np.int64) + ticks).astype(np.uint32)
    return moved
