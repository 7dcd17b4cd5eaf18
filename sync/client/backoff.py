"""How long to wait before the next try: full jitter between nothing and a bound that doubles, from 0.5 s to 60 s."""

import random
import time
from collections.abc import Callable

BASE_S, CAP_S = 0.5, 60.0
#: After so long without trouble the next trouble is a first one.
HEALTHY_S = 30.0


class Backoff:
    """Counts failures in a row."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, chance: Callable[[], float] = random.random
    ) -> None:
        self._clock, self._chance = clock, chance
        self._failures = 0
        self._well_since: float | None = None

    def succeeded(self) -> None:
        """Note that things work from now on."""
        self._well_since = self._clock()

    def failed(self) -> float:
        """Note a failure and return how long to wait, in seconds."""
        if self._well_since is not None and self._clock() - self._well_since >= HEALTHY_S:
            self._failures = 0
        self._well_since = None
        bound_s = min(CAP_S, BASE_S * 2.0**self._failures)
        self._failures = min(self._failures + 1, 10)
        return bound_s * self._chance()

    def reset(self) -> None:
        """Forget what failed: the network has become another."""
        self._failures = 0
