"""Edits to the list of audio the project knows."""

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.limits import HIGHEST_RATE, LOWEST_RATE, MOST_CHANNELS, MOST_FRAMES
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Asset
from maxbooster_desktop.project.edits import allowed


def register_asset(project: ProjectDocument, asset: Asset) -> Change:
    """Make audio known to the project. Known audio stays as it is: an id is the hash of the samples it names.

    Raises ValueNotAllowed.
    """
    allowed.name(asset.name, "audio file")
    allowed.whole("A sample rate", asset.sample_rate, LOWEST_RATE, HIGHEST_RATE)
    allowed.whole("A number of channels", asset.channels, 1, MOST_CHANNELS)
    allowed.whole("A length in frames", asset.frames, 1, MOST_FRAMES)
    with project.edit(f"Add {asset.name}") as edit:
        if asset.id not in project.state.assets:
            edit.create(asset)
    return edit.change
