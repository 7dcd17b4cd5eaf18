"""What a range of a comp may be, and which tracks' takes can be edited."""

from maxbooster_desktop.project.document.clip_projection import RECOVERED
from maxbooster_desktop.project.document.state import Take
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.errors import ValueNotAllowed, WrongTrackKind


def range_of(start_tick: int, end_tick: int) -> tuple[int, int]:
    """Return a range that has a length. Raises ValueNotAllowed."""
    start, end = allowed.tick(start_tick, "The range's start"), allowed.tick(end_tick, "The range's end")
    if end <= start:
        raise ValueNotAllowed("A range of a comp must end after it starts; draw it to the right.")
    return start, end


def require_own_track(take: Take) -> None:
    """Check that the track of a take is there. Raises WrongTrackKind."""
    if take.track == RECOVERED:
        raise WrongTrackKind(f"The track of {take.name} is gone; undo what took it, and choose again.")
