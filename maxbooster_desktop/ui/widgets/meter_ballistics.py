"""How a meter moves: rises at once, falls 20 dB a second, holds its peak 1.5 s, latches a clip. No Qt."""

from dataclasses import dataclass

from maxbooster_desktop.ui.widgets.decibel_scale import FLOOR_DB

FALL_DB_PER_S = 20.0
HOLD_S = 1.5


@dataclass(slots=True)
class MeterBallistics:
    """One channel of a meter; feed it at any rate.

    Attributes:
        level_db: what the bar shows, from `FLOOR_DB` up.
        hold_db: where the hold line stands.
        has_clipped: latched once a peak reached 0 dBFS, until `clear_clip`.
    """

    level_db: float = FLOOR_DB
    hold_db: float = FLOOR_DB
    has_clipped: bool = False
    _held_s: float = 0.0

    def feed(self, peak_db: float, elapsed_s: float) -> bool:
        """Take the highest peak since the last call and the time since; return whether anything visible changed."""
        before = (self.level_db, self.hold_db, self.has_clipped)
        peak_db = max(FLOOR_DB, peak_db)
        self.level_db = max(peak_db, self.level_db - FALL_DB_PER_S * elapsed_s, FLOOR_DB)
        self._held_s += elapsed_s
        if self.level_db >= self.hold_db:
            self.hold_db, self._held_s = self.level_db, 0.0
        elif self._held_s > HOLD_S:
            self.hold_db = max(self.level_db, self.hold_db - FALL_DB_PER_S * elapsed_s)
        self.has_clipped = self.has_clipped or peak_db >= 0.0
        return before != (self.level_db, self.hold_db, self.has_clipped)

    def clear_clip(self) -> None:
        """Put the clip lamp out."""
        self.has_clipped = False

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing moves any more, so that a timer may stop."""
        return self.level_db <= FLOOR_DB and self.hold_db <= FLOOR_DB
