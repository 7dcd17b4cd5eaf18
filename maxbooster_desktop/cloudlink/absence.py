"""How long a shared project was away from its room, and what it was when the others' edits began to come in.

When it left is kept with the project, so that a closed program counts as away, too.
"""

from dataclasses import dataclass

from maxbooster_desktop.project.document.state import ProjectState

#: Whoever was away for longer wants to know what happened meanwhile.
_LONG_S = 3600.0


@dataclass(frozen=True, slots=True)
class Absence:
    """One time away.

    Attributes:
        begun_at_s: when the room was left, in seconds since 1970; 0 when that is not known.
        sent: how many own edits waited at the end.
        before, after: the project without and with what came in.
    """

    begun_at_s: float
    ended_at_s: float
    sent: int
    before: ProjectState
    after: ProjectState

    @property
    def is_long(self) -> bool:
        """Whether it was more than an hour."""
        return _is_long(self.begun_at_s, self.ended_at_s)


class AbsenceWatch:
    """Notes when the room is left and entered. Its owner sees to threads."""

    def __init__(self, left_at_s: float) -> None:
        self._left_at_s = left_at_s
        self._entered: tuple[int, ProjectState] | None = None

    def leave(self, now_s: float) -> None:
        """The room was left."""
        self._left_at_s, self._entered = now_s, None

    def is_long(self, now_s: float) -> bool:
        """Return whether the room was left more than an hour ago, and what was missed has not come yet."""
        return self._entered is None and _is_long(self._left_at_s, now_s)

    def enter(self, sent: int, state: ProjectState) -> None:
        """The room's door has opened: what was missed comes next. Twice before it has come changes nothing."""
        self._entered = self._entered or (sent, state)

    def come_back(self, now_s: float, state: ProjectState) -> Absence | None:
        """Return the absence that is over, now that everything has come in; None when there was none."""
        entered, self._entered = self._entered, None
        if entered is None:
            return None
        return Absence(self._left_at_s, now_s, entered[0], entered[1], state)


def _is_long(begun_at_s: float, ended_at_s: float) -> bool:
    return bool(begun_at_s) and ended_at_s - begun_at_s > _LONG_S
