"""How the sounds of a shared project stand, as one sentence for the status bar."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SoundStanding:
    """One moment.

    Attributes:
        total: sounds that the project has.
        arriving: of these, the ones that are not on this computer yet.
        unsent: of the arriving ones, those that nobody has brought to the cloud yet.
        leaving: sounds that are not in the cloud yet and go there from here.
        problems: sentences about those that wait for a person.
        is_paused: whether the person holds transfers back.
        is_metered: whether originals wait for another connection.
    """

    total: int = 0
    arriving: int = 0
    unsent: int = 0
    leaving: int = 0
    problems: tuple[str, ...] = ()
    is_paused: bool = False
    is_metered: bool = False

    @property
    def sentence(self) -> str:
        """What is under way; empty when everything is where it belongs."""
        parts = []
        if self.arriving:
            parts.append(f"{self.arriving} of {_sounds(self.total)} arrive{'s' if self.arriving == 1 else ''}")
        if self.leaving:
            parts.append(f"{_sounds(self.leaving)} to send")
        if not parts:
            return ""
        held = "paused" if self.is_paused else "waiting for an unmetered connection" if self.is_metered else ""
        return ", ".join(parts) + (f" ({held})" if held else "")

    @property
    def reason(self) -> str:
        """What more there is to know."""
        if self.problems:
            return self.problems[0]
        if self.unsent:
            wait = "waits for whoever has it" if self.unsent == 1 else "wait for whoever has them"
            return f"{_sounds(self.unsent)} {wait} to come online."
        return ""


def _sounds(number: int) -> str:
    return "1 sound" if number == 1 else f"{number} sounds"
