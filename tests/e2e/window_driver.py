"""The real window in a process of its own, driven by lines of JSON: {"do": name, ...} in, {"is": value} out."""

import faulthandler
import json
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from maxbooster_desktop import bootstrap
from maxbooster_desktop.actions.attention import matters, show
from maxbooster_desktop.ui.together.account_dialog import AccountDialog
from maxbooster_desktop.ui.together.share_dialog import ShareDialog


class Driver(QObject):
    """Does what lines ask for on the window's thread, through actions and dialogs as a person would."""

    line = Signal(str)

    def __init__(self, window, application):
        super().__init__()
        self.window, self.application = window, application
        self.line.connect(self._take)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in sys.stdin:
            self.line.emit(line)
        self.line.emit('{"do": "quit"}')

    def _take(self, line):
        asked = json.loads(line)
        try:
            answer = {"is": getattr(self, asked.pop("do"))(**asked)}
        except Exception as error:  # noqa: BLE001 - the test on the other side says what it means
            answer = {"failed": repr(error)}
        print(json.dumps(answer), flush=True)

    def _dialog(self, kind):
        found = [each for each in self.window.findChildren(kind) if each.isVisible()]
        return found[-1]

    def create(self, name):
        self.window.create_project(str(Path.home() / name), "empty")

    def run(self, action):
        self.window.bridge[action].run()

    def signed_in(self):
        dialog = self._dialog(AccountDialog)
        return [dialog.who.text(), dialog.saying.text(), dialog.problem.text()]

    def close_account(self):
        self._dialog(AccountDialog).accept()

    def link(self):
        self._dialog(ShareDialog).copy_link.click()

    def copied(self):
        return self.application.clipboard().text()

    def close_share(self):
        self._dialog(ShareDialog).accept()

    def is_open(self):
        return self.window.page is not None

    def cloud(self):
        return self.window.status.cloud()

    def tracks(self):
        state = self.window.studio.state
        return sorted(track.name for track in state.tracks.values())

    def add_track(self, name):
        self.window.studio.do("tracks.add_track", "audio", name=name)

    def rename(self, track, name):
        state = self.window.studio.state
        (found,) = [each.id for each in state.tracks.values() if each.name == track]
        self.window.studio.do("tracks.rename_track", found, name)

    def say(self, text):
        self.window.write_comment(3840, 3 * 3840, None)
        card = self.window.threads.card
        card.answer.setPlainText(text)
        card.answer.said.emit()

    def threads(self):
        return [pin.thread.first.text for pin in self.window.page.arranger.ruler.comments.places.pins()]

    def attention(self):
        return self.window.status.attention()

    def open_call(self):
        (matter,) = [each for each in matters(self.window.studio) if each.entity]
        show(self.window.studio, matter)
        return matter.sentence

    def answers(self):
        card = self.window.threads.card
        return [] if card is None else [remark.comment.text for remark in card.remarks()]

    def answer(self, text):
        card = self.window.threads.card
        card.answer.setPlainText(text)
        card.answer.said.emit()

    def follow(self, link):
        self.window.links.follow(link)

    def select(self, track):
        state = self.window.studio.state
        self.window.studio.selection.set_tracks([each.id for each in state.tracks.values() if each.name == track])

    def holders(self):
        return [track.lock.name for track in self.window.studio.state.tracks.values() if track.lock is not None]

    def people(self):
        return [person.name for person in self.window.page.transport.avatars.people()]

    def said(self):
        return self.window.toasts.sentences()

    def quit(self):
        faulthandler.dump_traceback_later(30, exit=True)  # a window that does not end says where it hangs
        self.window.close()
        self.application.exit(0)


def main(make_driver):
    """Show the window and do what comes."""
    application = bootstrap.make_application(["maxbooster"])
    window = bootstrap.make_window()
    window.resize(1_600, 900)
    window.show()
    driver = make_driver(window, application)
    application.exec()
    driver.deleteLater()
    window.studio.company.close()
