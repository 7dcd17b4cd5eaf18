"""The real window on a real screen, asked line by line; knows when it edited, and when it had painted what."""

import time

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer
from PySide6.QtWidgets import QPushButton

from maxbooster_desktop.project.document.state_codec import state_hash
from maxbooster_desktop.ui.shell.versions_dialog import VersionsDialog
from maxbooster_desktop.ui.together.account_dialog import AccountDialog
from maxbooster_desktop.ui.together.join_dialog import JoinDialog
from maxbooster_desktop.ui.together.merge_report import MergeReport
from maxbooster_desktop.ui.together.share_dialog import ShareDialog
from maxbooster_desktop.ui.together.sync_dialog import SyncDialog
from tests.e2e import window_driver

#: A sixteenth: so many moves stay in the picture.
_STEP_TICKS = 240


class Painted(QObject):
    """Notes when the arranger had painted a clip at another place for the first time."""

    def __init__(self, view, clip):
        super().__init__(view)
        self._view, self._clip = view, clip
        self.first = {}
        view.canvas.installEventFilter(self)

    def eventFilter(self, _watched, event):
        if event.type() == QEvent.Type.Paint:
            start = self._view.scene.state.clips[self._clip].start_tick
            if start not in self.first:
                # The picture is painted when this turn of the event loop is over.
                QTimer.singleShot(0, lambda: self.first.setdefault(start, time.monotonic()))
        return False


class DesktopDriver(window_driver.Driver):
    """What a journey asks besides."""

    def _clip(self):
        (clip,) = [clip for clip in self.window.studio.state.clips.values() if clip.name == "Riff"]
        return clip.id

    def add_clip(self, track):
        state = self.window.studio.state
        (found,) = [each.id for each in state.tracks.values() if each.name == track]
        self.window.studio.do("clips.add_midi_clip", found, 0, 3840, "Riff")

    def add_keys(self, name):
        self.window.studio.do("tracks.add_track", "instrument", name=name)

    def clips(self):
        return sorted([clip.name, clip.start_tick] for clip in self.window.studio.state.clips.values())

    def move_by_clock(self, count, every_ms):
        """Move the clip again and again; `moved` says when each move began."""
        self._moved, clip = {}, self._clip()

        def move():
            start = self.window.studio.state.clips[clip].start_tick + _STEP_TICKS
            self._moved[start] = time.monotonic()
            self.window.studio.do("clips.move_clips", [clip], _STEP_TICKS)
            if len(self._moved) < count:
                QTimer.singleShot(every_ms, self, move)

        move()

    def moved(self):
        return sorted(self._moved.items())

    def watch_paints(self):
        self._painted = Painted(self.window.page.arranger, self._clip())

    def painted(self):
        return sorted(self._painted.first.items())

    def hash(self):
        return state_hash(self.window.studio.state)

    def where(self, dialog, part):
        """Return the middle of a part of an open dialog on the screen."""
        kinds = [
            AccountDialog,
            ShareDialog,
            JoinDialog,
            MergeReport,
            SyncDialog,
            VersionsDialog,
        ]
        (kind,) = [each for each in kinds if each.__name__ == dialog]
        widget = getattr(self._dialog(kind), part)
        at = widget.mapToGlobal(QPoint(widget.width() // 2, widget.height() // 2))
        return [at.x(), at.y()]

    def where_choice(self, text):
        """Return the middle of the first button of the merge report that begins with a text."""
        buttons = [each for each in self._dialog(MergeReport).findChildren(QPushButton) if each.text().startswith(text)]
        at = buttons[0].mapToGlobal(QPoint(buttons[0].width() // 2, buttons[0].height() // 2))
        return [at.x(), at.y()]

    def report(self):
        dialog = self._dialog(MergeReport)
        return {"title": dialog.title.text(), "rows": dialog.rows(), "fitted": dialog.fitted()}

    def is_report_ready(self):
        return not self._dialog(MergeReport).is_asking

    def close_report(self):
        self._dialog(MergeReport).accept()

    def sync_lines(self):
        return self._dialog(SyncDialog).sentences()

    def close_sync(self):
        self._dialog(SyncDialog).accept()

    def go(self, tick):
        self.window.studio.go_to(tick)

    def shows(self, tick):
        scene = self.window.page.arranger.scene
        return 0 <= scene.axis.x_of(tick) <= scene.width

    def followed(self):
        followed = self.window.studio.company.followed
        return None if followed is None else followed.name

    def pointers(self):
        return [person.name for person in self.window.studio.company.people if person.pointer]

    def where_lanes(self, x, y):
        """Return a point of the lanes on the screen."""
        at = self.window.page.arranger.canvas.mapToGlobal(QPoint(x, y))
        return [at.x(), at.y()]

    def versions(self):
        """Return the versions that are listed, and what is different from the one that is chosen."""
        dialog = self._dialog(VersionsDialog)
        tracks = dialog.changes.tracks
        rows = [tracks.topLevelItem(number) for number in range(tracks.topLevelItemCount())]
        said = [each.text(0) for row in rows for each in (row, *(row.child(at) for at in range(row.childCount())))]
        return [dialog.rows(), said, dialog.problem.text()]

    def close_versions(self):
        self._dialog(VersionsDialog).reject()

    def focus(self):
        widget = self.application.focusWidget()
        return "" if widget is None else f"{type(widget).__name__} {widget.accessibleName()}"

    def screenshot(self, path):
        self.application.primaryScreen().grabWindow(0).save(path)


if __name__ == "__main__":
    window_driver.main(DesktopDriver)
