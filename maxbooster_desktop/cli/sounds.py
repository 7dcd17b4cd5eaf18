"""Whether the files of the sounds a project plays are there. Light: nothing is decoded here."""

from maxbooster_desktop.engine.media.playable import WHOLE_SONG, played_assets
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.freezing import as_heard
from maxbooster_desktop.project.store.project import Project


class SoundUnusableError(MaxBoosterError):
    """A sound the project plays is missing or damaged."""


def require_sounds(project: Project, span_s: tuple[float, float] = WHOLE_SONG) -> None:
    """Check that the file of everything that sounds in a span of the timeline, in seconds, is in the project.

    Raises:
        SoundUnusableError: one is not; the sentence names it.
    """
    heard = as_heard(project.state, lambda _device: True)
    missing = project.audio.missing(played_assets(heard, span_s))
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        if project.link is not None:
            raise SoundUnusableError(
                f"The sound '{missing[0].name}'{more} has not come from the cloud yet; open the project in the studio "
                "until all sounds have arrived."
            )
        raise SoundUnusableError(
            f"The audio file of '{missing[0].name}'{more} is not in {project.audio.folder}; import it again, put it "
            "back or delete its clips."
        )
