"""The sounds a project plays: which ones, and whether their files are there. Light: nothing is decoded here."""

from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import Asset
from maxbooster_desktop.project.store.project import Project


class SoundUnusableError(MaxBoosterError):
    """A sound the project plays is missing or damaged."""


def played_assets(project: Project) -> list[Asset]:
    """Return the assets that some clip plays."""
    state = project.state
    used = {clip.asset for clip in state.clips.values() if clip.asset is not None}
    return [state.assets[asset] for asset in sorted(used) if asset in state.assets]


def require_sounds(project: Project) -> None:
    """Check that every file a clip plays is in the project.

    Raises:
        SoundUnusableError: one is not; the sentence names it.
    """
    missing = project.audio.missing(played_assets(project))
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise SoundUnusableError(
            f"The audio file of '{missing[0].name}'{more} is not in {project.audio.folder}; import it again, put it "
            "back or delete its clips."
        )
