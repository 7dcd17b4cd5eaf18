"""What keys and pointer need of the canvas they belong to."""

from typing import Protocol

from PySide6.QtCore import SignalInstance

from maxbooster_desktop.project.document.state import TrackId
from maxbooster_desktop.ui.mixer.desk import Desk
from maxbooster_desktop.ui.mixer.geometry import Rect
from maxbooster_desktop.ui.mixer.parts import Control, Pointing


class Host(Protocol):
    """A painted mixer."""

    desk: Desk
    pointing: Pointing

    @property
    def hint(self) -> SignalInstance:
        """The signal with the status text."""
        ...

    def update_rect(self, rect: Rect | None) -> None:
        """Repaint a rectangle."""
        ...

    def clear_clip(self, track: TrackId) -> None:
        """Put a clip lamp out."""
        ...

    def focus_on(self, control: Control) -> None:
        """Give the keyboard to a control."""
        ...

    def scroll_to(self, x: int) -> None:
        """Show the strips from a pixel."""
        ...

    def cancel(self) -> bool:
        """Give up what is held."""
        ...

    def activate(self, control: Control) -> None:
        """Do what Return and a click mean."""
        ...

    def edit_value(self, control: Control, typed: str = "") -> None:
        """Let a number be typed."""
        ...

    def rename(self, track: TrackId) -> None:
        """Let a name be typed."""
        ...
