"""The inspector at the right: the selected clip, the selected track, or a sentence when there is neither."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import ProjectState, TrackId
from maxbooster_desktop.ui.shell.clip_inspector import ClipInspector
from maxbooster_desktop.ui.shell.track_inspector import TrackInspector
from maxbooster_desktop.ui.widgets.panels import EmptyState, filled, hair_line


class Inspector(QWidget):
    """Shows what is selected first; edits go through the studio."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        filled(self, "bg.panel")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Inspector")
        self._area = QScrollArea(self)
        page = filled(QWidget(self._area), "bg.panel")
        # Children of where they will be shown from the start: all their styles would be worked out anew there.
        self.clip = ClipInspector(studio, page)
        self.track = TrackInspector(studio, page)
        self.empty = EmptyState("sliders-horizontal", "Select a clip or a track to see what it is made of.")
        self._line = hair_line(page)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.clip, self._line, self.track):
            column.addWidget(part)
        column.addStretch(1)
        self._area.setWidget(page)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)
        outer.addWidget(self.empty)
        self.refresh()

    def refresh(self) -> None:
        """Show the selection as the project is now."""
        state = self._studio.state if self._studio.has_project else None
        clip_id = next(iter(self._studio.selection.clips), None)
        clip = state.clips.get(clip_id) if state is not None and clip_id is not None else None
        track_id = self._track_shown(state)
        if state is not None and clip is not None:
            self.clip.show_clip(clip, state)
        if state is not None and track_id is not None:
            self.track.show_track(state.tracks[track_id], state)
        self.clip.setVisible(clip is not None)
        self.track.setVisible(track_id is not None)
        self._line.setVisible(clip is not None and track_id is not None)
        self._area.setVisible(clip is not None or track_id is not None)
        self.empty.setVisible(clip is None and track_id is None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Give the keyboard to the first field, if there is one."""
        super().focusInEvent(event)
        fields = [self.clip.name] if self.clip.isVisible() else [self.track.name] if self.track.isVisible() else []
        for field in fields:
            field.setFocus(event.reason())

    def _track_shown(self, state: ProjectState | None) -> TrackId | None:
        """Return the first selected track, or else the one that holds the first selected clip."""
        if state is None:
            return None
        chosen = [track for track in self._studio.selection.tracks if track in state.tracks]
        holding = [state.clips[clip].track for clip in self._studio.selection.clips if clip in state.clips]
        return next(iter((*chosen, *holding)), None)
