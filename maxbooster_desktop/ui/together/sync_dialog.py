"""What waits for the cloud: edits, sounds, drafts, each with how it stands and why; pause, hurry, the last report.

Below them stands each change of a draft that only its person can decide about, with what can be decided.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.actions.sync_status import Line, lines
from maxbooster_desktop.settings.store import Settings
from maxbooster_desktop.ui.together.asking import AskingDialog
from maxbooster_desktop.ui.widgets.marked_rows import MarkedRows
from maxbooster_desktop.ui.widgets.panels import primary_button

if TYPE_CHECKING:
    from maxbooster_desktop.cloudlink.undecided import Choice, Undecided

_ICONS = {"Edits": "history", "Sounds": "audio-lines", "Drafts": "file", "Last merge": "layers"}
#: The oldest come first; the others are listed once these are decided.
_MOST_LISTED = 50


class SyncDialog(AskingDialog):
    """Follows what happens; `asked(action id)` is emitted for what leads elsewhere."""

    asked = Signal(str)

    def __init__(self, studio: Studio, settings: Settings, apply: Callable[[], None], parent: QWidget) -> None:
        """`apply` is called when a setting was changed."""
        super().__init__("Sync", parent)
        self._studio, self._settings, self._apply = studio, settings, apply
        self._shown: tuple[Line, ...] = ()
        self._undecided: tuple[Undecided, ...] = ()
        self._choices: dict[int, list[QPushButton]] = {}
        self._rows = MarkedRows()
        self.pauses = self._switch("Pause drafts", "drafts.is_paused")
        self.goes_metered = self._switch("Also over a connection that is paid by the byte", "drafts.goes_metered")
        self.pauses_sounds = QCheckBox("Pause sounds")
        self.pauses_sounds.setChecked(studio.company.sounds.is_paused)
        self.pauses_sounds.toggled.connect(lambda is_on: self._tell(studio.company.sounds.pause(is_paused=is_on)))
        self.now = QPushButton("Sync now")
        self.now.clicked.connect(studio.company.drafts.sync_now)
        self.report = QPushButton("Merge report…")
        self.report.clicked.connect(lambda: self.asked.emit("together.merge_report"))
        self.account = QPushButton("Account…")
        self.account.clicked.connect(lambda: self.asked.emit("together.account"))
        close = primary_button("Close")
        close.clicked.connect(self.accept)
        self._lay_out(close)
        self.resize(600, 520)
        self.refresh()

    def _switch(self, text: str, setting: str) -> QCheckBox:
        switch = QCheckBox(text)
        switch.setChecked(self._settings.get(setting))

        def keep(is_on: bool) -> None:
            self._tell(self._settings.remember(setting, is_on))
            self._apply()

        switch.toggled.connect(keep)
        return switch

    def _tell(self, sentence: str) -> None:
        if sentence:
            self._studio.notify(sentence)

    def _lay_out(self, close: QPushButton) -> None:
        end = QHBoxLayout()
        for button in (self.account, self.report, self.now, close):
            button.setAutoDefault(False)
        end.addWidget(self.account)
        end.addWidget(self.report)
        end.addStretch(1)
        end.addWidget(self.now)
        end.addWidget(close)
        self.column.addWidget(self._rows, 1)
        for part in (self.problem, self.pauses_sounds, self.pauses, self.goes_metered):
            self.column.addWidget(part)
        self.column.addLayout(end)

    def sentences(self) -> list[str]:
        """Return what is listed, each with its reason."""
        return [
            " ".join(part for part in (line.title + ":", line.sentence, line.reason) if part) for line in self._shown
        ]

    def refresh(self) -> None:
        """Say how everything stands now."""
        company = self._studio.company
        drafts = company.drafts.standing
        found, undecided = lines(company), () if drafts is None else drafts.undecided
        self.report.setEnabled(company.is_shared)
        self.now.setEnabled(drafts is not None)
        if (found, undecided) == (self._shown, self._undecided):
            return
        has_focus = any(self.focusWidget() in buttons for buttons in self._choices.values())
        self._shown, self._undecided = found, undecided
        self._list()
        if has_focus:
            first = next(iter(self._choices.values()), [self.now])[0]
            first.show()  # a layout shows what is new later, and what is hidden takes no focus
            first.setFocus()

    def _list(self) -> None:
        self._rows.clear()
        for line in self._shown:
            text = f"{line.sentence}\n{line.reason}" if line.reason else line.sentence
            self._rows.add(_ICONS[line.title], "text.2", text, line.title)
        self._choices = {each.number: self._add(each) for each in self._undecided[:_MOST_LISTED]}

    def _add(self, undecided: "Undecided") -> list[QPushButton]:
        """List a change with its choices; return their buttons."""
        when = dt.datetime.fromtimestamp(undecided.made_at_s).astimezone()
        text = "\n".join((*undecided.lines, f"Changed here {when:%d %b %Y, %H:%M}"))
        names = [choice.label for choice in undecided.choices]
        made = self._rows.add("triangle-alert", "warn", text, undecided.title, names)
        for choice, button in zip(undecided.choices, made, strict=True):
            button.setAccessibleName(f"{choice.label}: {undecided.title}")
            button.setAccessibleDescription(" ".join(undecided.lines))
            button.clicked.connect(partial(self._decide, undecided, choice))
        return made

    def _decide(self, undecided: "Undecided", choice: "Choice") -> None:
        """Hand a decision over; the list follows once the drafts say so."""
        drafts = self._studio.company.drafts
        if not self.is_asking:
            self.ask(lambda: drafts.decide(undecided.number, choice.decision), lambda _done: None, "Deciding…")
