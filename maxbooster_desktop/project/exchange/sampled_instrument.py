"""An instrument of samples as a file describes it: which sounds play in which zones, and what was not understood."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maxbooster_desktop.project.document.limits import MOST_ZONES
from maxbooster_desktop.project.exchange.refusals import AudioRefusedError

#: Sentences about one file; what is beyond is counted.
_MOST_SENTENCES = 60


@dataclass(frozen=True, slots=True)
class PlannedZone:
    """A zone of a sound file; `fields` are those of `SampleZone` that differ from their defaults."""

    sound: Path
    fields: Mapping[str, Any]


@dataclass(slots=True)
class SampledInstrument:
    """What a file becomes: zones, and sentences about what is left out."""

    name: str
    zones: list[PlannedZone] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, zone: PlannedZone) -> None:
        """Add a zone; those beyond the most a sampler takes are left out."""
        if len(self.zones) >= MOST_ZONES:
            self.leave_out(f"a sampler takes {MOST_ZONES:,} zones; the others are left out")
        else:
            self.zones.append(zone)

    def leave_out(self, sentence: str) -> None:
        """Note something that is not played as the file says; the same sentence again is counted."""
        self.left_out[sentence] += 1

    def sentences(self) -> tuple[str, ...]:
        """Return what was left out, each thing once with how often it stood there."""
        said = [f"{sentence} ({count:,} times)" if count > 1 else sentence for sentence, count in self.left_out.items()]
        more = len(said) - _MOST_SENTENCES
        return (*said[:_MOST_SENTENCES], *([f"and {more:,} things more"] if more > 0 else []))


class InstrumentRefusedError(AudioRefusedError):
    """A file that describes no usable instrument; the sentence names the file, the reason and the way out."""
