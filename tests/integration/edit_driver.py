"""Edits a project at random until it is killed: `edit_driver.py FOLDER SEED`.

It prints, a line each and at once: `ready N` (the op the project was opened at), `projected N HASH` when op N shows but
before it is stored, `committing` right before the database commits, `ack N` only after the call that made op N
returned, `version NAME` after a version was durable. What it does follows from the seed and the project.
"""

import random
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile
import sqlalchemy as sa

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.state import ProjectState
from maxbooster_desktop.project.document.state_codec import state_hash
from maxbooster_desktop.project.exchange.import_audio import import_audio
from maxbooster_desktop.project.store.opening import open_project
from maxbooster_desktop.project.store.project import Project
from tests.factories.projects import random_verb

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_BURST = 6


def say(*words: object) -> None:
    # One write each: a line is there whole or not at all.
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


class Driver:
    """Counts ops as they are projected; what it does next is one of `deeds`."""

    def __init__(self, project: Project, number: int, source: random.Random) -> None:
        self.project = project
        self.number = number
        self.source = source
        self.deeds: list[Callable[[], None]] = [self.edit] * 6 + [self.burst] * 3 + [self.undo] * 2
        self.deeds += [self.redo, self.keep_version, self.restore_version, self.bring_in]
        project.subscribe(self.projected)

    def projected(self, change: Change, state: ProjectState) -> None:
        """Say which op is projected."""
        self.number += 1
        say("projected", self.number, state_hash(state))

    def edit(self) -> None:
        """Make one edit."""
        self.project.do(random_verb(self.project.state, self.source))
        say("ack", self.number)

    def burst(self) -> None:
        """Several edits at once: they share commits."""
        state = self.project.state
        count = self.source.randrange(2, _MAX_BURST)
        futures = [self.project.submit(random_verb(state, self.source)) for _ in range(count)]
        for future in futures:
            # One may meet what another of the burst deleted: its error is its own.
            future.exception()
        say("ack", self.number)

    def undo(self) -> None:
        """Take a step back."""
        self.project.undo().result()
        say("ack", self.number)

    def redo(self) -> None:
        """Do a step again."""
        self.project.redo().result()
        say("ack", self.number)

    def keep_version(self) -> None:
        """Save a version by hand."""
        name = f"v{self.source.randrange(10**9)}"
        self.project.save_version(name).result()
        say("version", name)

    def restore_version(self) -> None:
        """Go back to any version."""
        versions = self.project.versions()
        if versions:
            self.project.restore_version(self.source.choice(versions).id).result()
            say("ack", self.number)

    def bring_in(self) -> None:
        """Import a short sound, another one each time."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sound.wav"
            level = self.source.randrange(1, 30_000)
            soundfile.write(path, np.full(4_800, level, np.int16), 48_000)
            import_audio(self.project, [path])
        say("ack", self.number)


def last_number(folder: Path) -> int:
    engine = sa.create_engine(f"sqlite:///{folder / 'project.sqlite'}")
    with engine.connect() as connection:
        number = connection.exec_driver_sql("SELECT max(number) FROM ops").scalar_one() or 0
    engine.dispose()
    return int(number)


def main(folder: Path, seed: int) -> None:
    number = last_number(folder)
    sa.event.listen(sa.Engine, "commit", lambda _: say("committing"))
    driver = Driver(open_project(folder), number, random.Random(seed))
    say("ready", number)
    while True:
        driver.source.choice(driver.deeds)()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
