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
    takes = open_takes(project)
    mended = [take for take in takes if _is_mended(project, take)]
    try:
        keep_recording(project, mended)
    except (MaxBoosterError, OSError) as problem:
        _LOG.warning("Not every take was brought back: %s", problem)
    left = [take.path.name for take in takes if take.path.exists()]
    return _sentence(sum(not take.path.exists() for take in mended), left, project)


def _is_mended(project: Project, take: OpenTake) -> bool:
    """Return whether a take has sound, and its file says how much; one of which nothing was recorded is forgotten."""
    try:
        if take.path.is_file() and take.path.stat().st_size and mend(take.path):
            return True
        take.path.unlink(missing_ok=True)
        forget_takes(project, [take.path.stem])
    except (MaxBoosterError, OSError, ValueError) as problem:
        _LOG.warning("%s was not brought back: %s", take.path, problem)
    return False


def _sentence(kept: int, left: list[str], project: Project) -> str:
    said = []
    if kept:
        said.append(f"{kept} {'take' if kept == 1 else 'takes'} of an interrupted recording came back.")
    if left:
        said.append(
            f"{', '.join(left)} in {project.folder / 'recording'} could not be brought back; import it by hand."
        )
    return " ".join(said)
