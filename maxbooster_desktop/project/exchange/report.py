"""What an import did, file by file, in sentences for the person who asked for it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.state import Asset, TrackId
from maxbooster_desktop.project.exchange.fold_down import fold_down_sentence
from maxbooster_desktop.project.exchange.probe import ExaminedAudio
from maxbooster_desktop.project.exchange.sound_file import shown_name

KEPT_MONO = "mono, kept mono"
#: How the sentence about another rate begins.
CONVERTED = "converted"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file; `sentences` say what was done to it, or why it was refused."""

    path: Path
    outcome: Literal["imported", "refused"]
    sentences: tuple[str, ...] = ()
    asset: Asset | None = None
    track: TrackId | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it came in whole and will sound as it is; playing it at the project's rate is no loss."""
        routine = (sentence == KEPT_MONO or sentence.startswith(CONVERTED) for sentence in self.sentences)
        return self.outcome == "imported" and all(routine)

    @property
    def conversions(self) -> tuple[str, ...]:
        """What is said of the rate, when it is not the project's."""
        return tuple(sentence for sentence in self.sentences if sentence.startswith(CONVERTED))


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of every file, in the order they were named, and the edit that placed the good ones."""

    files: tuple[FileReport, ...]
    change: Change | None = None

    @property
    def imported(self) -> tuple[FileReport, ...]:
        """The files that are in the project now."""
        return tuple(file for file in self.files if file.outcome == "imported")

    @property
    def refused(self) -> tuple[FileReport, ...]:
        """The files that are not."""
        return tuple(file for file in self.files if file.outcome == "refused")


def sentences_about(heard: ExaminedAudio, session_rate: int) -> list[str]:
    """Say what was found and what will be done to the sound when it is played."""
    facts = heard.facts
    notes = [f"{shown_name(facts.path)}: {note}" for note in facts.notes]
    if facts.channels == 1:
        notes.append(KEPT_MONO)
    folded = fold_down_sentence(facts.channels, facts.format)
    if folded is not None:
        notes.append(folded)
    if facts.sample_rate != session_rate:
        notes.append(f"{CONVERTED} {facts.sample_rate / 1000:g} -> {session_rate / 1000:g} kHz when played")
    if heard.non_finite_samples:
        notes.append(f"{heard.non_finite_samples:,} samples were not numbers and are played as silence")
    return notes
