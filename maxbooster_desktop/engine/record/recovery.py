"""Takes that were being recorded when the program ended: their files are mended, and they are laid as takes."""

import logging

from maxbooster_desktop.engine.record.take_file import mend
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.exchange.recorded import keep_recording
from maxbooster_desktop.project.store.project import Project
from maxbooster_desktop.project.store.takes_journal import OpenTake, forget_takes, open_takes

_LOG = logging.getLogger(__name__)


def recover_takes(project: Project) -> str:
    """Bring back what an interrupted recording left; returns one sentence about it, "" when there was nothing.

    A file that cannot be brought back stays where it is, and the sentence names it.
    """
    kept, left = 0, []
    for take in open_takes(project):
        try:
            kept += _bring_back(project, take)
        except (MaxBoosterError, OSError, ValueError) as problem:
            _LOG.warning("%s was not brought back: %s", take.path, problem)
            left.append(take.path.name)
    return _sentence(kept, left, project)


def _bring_back(project: Project, take: OpenTake) -> int:
    """Return how many takes came of it: 1, or 0 when nothing had been recorded yet."""
    if not take.path.is_file() or take.path.stat().st_size == 0 or mend(take.path) == 0:
        take.path.unlink(missing_ok=True)
        forget_takes(project, [take.path.stem])
        return 0
    keep_recording(project, [take])
    return 1


def _sentence(kept: int, left: list[str], project: Project) -> str:
    said = []
    if kept:
        said.append(f"{kept} {'take' if kept == 1 else 'takes'} of an interrupted recording came back.")
    if left:
        said.append(
            f"{', '.join(left)} in {project.folder / 'recording'} could not be brought back; import it by hand."
        )
    return " ".join(said)
