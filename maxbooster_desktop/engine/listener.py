"""A track that hears the input: what is asked of the engine, light enough for a window that has not loaded it yet."""

from dataclasses import dataclass

from maxbooster_desktop.project.document.state import TrackId


@dataclass(frozen=True, slots=True)
class Listener:
    """A track that hears `channels` (1 or 2) of the inputs from `first_channel` on: always, or while time stands."""

    track: TrackId
    first_channel: int
    channels: int
    only_stopped: bool = False
