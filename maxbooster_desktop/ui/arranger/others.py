"""The others in the arranger: layers that show them, and what one shows of oneself, told twenty times a second at most.

Nothing is painted and no timer runs while the project is not shared; the layers are hidden while nobody is there.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import ClipId
from maxbooster_desktop.ui.arranger.header_column import HeaderColumn
from maxbooster_desktop.ui.arranger.layer import Layer
from maxbooster_desktop.ui.arranger.others_painter import OthersPainter
from maxbooster_desktop.ui.arranger.others_tracks import marks_of
from maxbooster_desktop.ui.arranger.scene import Scene
from maxbooster_desktop.ui.arranger.viewport import Viewport
from maxbooster_desktop.ui.widgets.person_colour import person_colour

if TYPE_CHECKING:
    from maxbooster_desktop.cloudlink.people import OwnPresence

_TELL_MS = 50
#: While it plays, the others see the playhead move in steps of a fifth of a second.
_PLAYING_TELLS = 4


class Others(QObject):
    """See the module."""

    def __init__(
        self,
        studio: Studio,
        scene: Scene,
        viewport: Viewport,
        parts: tuple[QWidget, QWidget, HeaderColumn],
    ) -> None:
        """`parts` are the lanes, the ruler and the track headers."""
        super().__init__(parts[0])
        self._studio, self._scene, self._viewport = studio, scene, viewport
        self._canvas, self._ruler, self._headers = parts
        self.painter = OthersPainter(scene, person_colour)
        self.lanes = Layer(self._canvas, lambda painter, _: self.painter.paint_lanes(painter, studio.company.people))
        self.heads = Layer(self._ruler, lambda painter, _: self.painter.paint_ruler(painter, studio.company.people))
        self._told: object = None
        self._tells = 0
        self._timer = QTimer(self, interval=_TELL_MS)
        self._timer.timeout.connect(self._tell)

    def refresh(self) -> None:
        """Show who is there now, and where whoever is followed is."""
        company = self._studio.company
        has_people = bool(company.people)
        for layer, parent in ((self.lanes, self._canvas), (self.heads, self._ruler)):
            layer.resize(parent.size())
            layer.setVisible(has_people)
            layer.update()
        self._headers.show_marks(marks_of(company.people, self._scene.state))
        if company.is_shared and not self._timer.isActive():
            self._timer.start()
        elif not company.is_shared:
            self._timer.stop()
        followed = company.followed
        if followed is not None and followed.playhead_tick is not None:
            self._viewport.show_tick(followed.pointer[0] if followed.pointer else followed.playhead_tick)

    def stop(self) -> None:
        """Tell nothing more."""
        self._timer.stop()

    def place(self) -> None:
        """Follow the size of the views."""
        self.lanes.resize(self._canvas.size())
        self.heads.resize(self._ruler.size())

    def _tell(self) -> None:
        company = self._studio.company
        if not company.is_shared or not self._studio.has_project:
            self._timer.stop()
            return
        self._tells += 1
        is_playing = self._studio.engine.transport.is_playing
        if is_playing and self._tells % _PLAYING_TELLS:
            return
        showing = self._showing(is_playing=is_playing)
        if showing != self._told:
            self._told = showing
            company.show(showing)

    def _showing(self, *, is_playing: bool) -> "OwnPresence":
        # The cloud's modules are there once a project is shared; the window shows without them.
        from maxbooster_desktop.cloudlink.people import DraggedClip, OwnPresence  # noqa: PLC0415 - see above

        selection, preview = self._studio.selection, self._scene.preview
        moved = [
            DraggedClip(clip.id, clip.track, clip.start_tick)
            for clip in preview.clips.values()
            if clip.id in self._scene.state.clips
        ]
        doing = ""
        if moved:
            name = self._scene.state.clips[ClipId(moved[0].clip)].name if len(moved) == 1 else f"{len(moved)} clips"
            doing = f"moves {name}"
        return OwnPresence(
            self._pointer(),
            self._studio.playhead_tick,
            is_playing,
            selection.clips,
            selection.tracks,
            tuple(moved),
            doing,
        )

    def _pointer(self) -> tuple[int, str] | None:
        if not self._canvas.underMouse():
            return None
        at = self._canvas.mapFromGlobal(QCursor.pos())
        row = self._scene.row_at(at.y())
        return None if row is None else (max(0, self._scene.axis.tick_at(at.x())), row.track)
