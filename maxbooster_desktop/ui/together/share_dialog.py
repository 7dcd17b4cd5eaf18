"""Sharing: put the project into the cloud, invite by mail or link, and say who may do what."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.ui.together.account_dialog import AccountDialog
from maxbooster_desktop.ui.together.asking import AskingDialog
from maxbooster_desktop.ui.widgets.panels import label, primary_button

_ROLES = {"editor": "may edit", "commenter": "may comment", "viewer": "may look"}


class ShareDialog(AskingDialog):
    """`shared` is emitted when the project has just been put into the cloud."""

    shared = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__("Share", parent)
        self._workspace, self._company = workspace, workspace.studio.company
        self._listed: object = None
        self._seen: set[tuple[str, str]] | None = self._present()
        self.title = label("", "text.1", "form", 600)
        self.begin = primary_button("Share this project")
        self.begin.clicked.connect(self._begin)
        self.sign_in = primary_button("Sign in…")
        self.sign_in.clicked.connect(self._sign_in)
        self.sign_in.hide()
        self.members = QWidget()
        self._rows = QVBoxLayout(self.members)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self.email = QLineEdit()
        self.email.setPlaceholderText("Mail address to invite")
        self.email.setAccessibleName("Mail address of somebody to invite")
        self.role = QComboBox()
        self.role.setAccessibleName("What they may do")
        for role, words in _ROLES.items():
            self.role.addItem(words, role)
        self.invite = QPushButton("Invite")
        self.copy_link = QPushButton("Copy a link")
        self.invite.clicked.connect(self._invite)
        self.email.returnPressed.connect(self._invite)
        self.copy_link.clicked.connect(self._make_link)
        self._lay_out()
        self._show()

    def _lay_out(self) -> None:
        self._inviting = QWidget()
        row = QHBoxLayout(self._inviting)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.email, 1)
        row.addWidget(self.role)
        row.addWidget(self.invite)
        row.addWidget(self.copy_link)
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        end = QHBoxLayout()
        end.addStretch(1)
        end.addWidget(close)
        end.addWidget(self.begin)
        end.addWidget(self.sign_in)
        for button in (self.begin, self.sign_in, self.invite, self.copy_link, close):
            button.setAutoDefault(False)
        for part in (self.title, self.members, self._inviting, self.saying, self.problem):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self.column.addLayout(end)
        self.resize(560, 320)

    def refresh(self) -> None:
        """List who is in it anew when somebody has come or gone, or may do something else."""
        if self._seen != self._present() and not self.is_asking:
            self._seen = self._present()
            self.ask(self._look, self._list, "")

    def _present(self) -> set[tuple[str, str]]:
        return {(person.account, person.role) for person in self._company.people}

    def _show(self, _result: object = None) -> None:
        is_shared = self._company.is_shared
        name = self._workspace.studio.state.meta.name
        self.title.setText(f"Who is in “{name}”" if is_shared else f"“{name}” is on this computer only.")
        self.begin.setVisible(not is_shared)
        for part in (self.members, self._inviting):
            part.setVisible(is_shared)
        if is_shared:
            self.ask(self._look, self._list, "Asking who is in it…")

    def _begin(self) -> None:
        def work() -> bool:
            is_in = self._company.account.look() is not None
            if is_in:
                self._workspace.share()
            return is_in

        self.ask(work, self._begun, "Putting the project into the cloud…")

    def _sign_in(self) -> None:
        dialog = AccountDialog(self._workspace, self)
        dialog.finished.connect(lambda _: self._offer(is_in=self._company.account.who is not None))
        dialog.open()

    def _offer(self, *, is_in: bool) -> None:
        """Offer what comes next: to share the project, or to sign in before."""
        self.begin.setVisible(is_in)
        self.sign_in.setVisible(not is_in)
        self.problem.setText("" if is_in else "Nobody is signed in: sign in, then share the project.")

    def _begun(self, is_in: bool) -> None:
        if not is_in:
            self._offer(is_in=False)
            return
        self._workspace.go_live()
        self.shared.emit()
        self._show()

    def _look(self) -> tuple[list[Any], list[Any]]:
        """Return the members, and the invitations that are open to whoever may see them. Slow."""
        members = self._company.members()
        return members, self._company.invitations() if self._is_owner(members) else []

    def _is_owner(self, members: list[Any]) -> bool:
        me = self._company.author[0]
        return any(member.account_id == me and member.role == "owner" for member in members)

    def _list(self, found: tuple[list[Any], list[Any]]) -> None:
        me, (members, invitations) = self._company.author[0], found
        if (me, found) == self._listed:
            return
        self._listed = (me, found)
        while self._rows.count():
            item = self._rows.takeAt(0)
            former = None if item is None else item.widget()
            if former is not None:
                former.deleteLater()
        is_owner = self._is_owner(members)
        self._inviting.setVisible(is_owner)
        for member in members:
            self._rows.addWidget(self._row(member, is_owner=is_owner, is_me=member.account_id == me))
        for invitation in invitations:
            self._rows.addWidget(self._open_row(invitation))

    def _open_row(self, invitation: Any) -> QWidget:
        """Return a row for a way in that is open."""
        made, what = QWidget(), invitation.email or "a link"
        line = QHBoxLayout(made)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(label(f"Invited: {what}", "text.2"), 1)
        line.addWidget(label(_ROLES.get(invitation.role, invitation.role)))
        line.addWidget(self._twice("Withdraw", what, lambda: self._withdraw(invitation.id)))
        return made

    def _withdraw(self, invitation_id: str) -> None:
        self._act(lambda: self._company.withdraw(invitation_id), lambda _: self.refresh(), "Withdrawing…")

    def _row(self, member: Any, *, is_owner: bool, is_me: bool) -> QWidget:
        made = QWidget()
        line = QHBoxLayout(made)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(label(member.name, "text.1"), 1)
        if member.role == "owner" or not is_owner:
            line.addWidget(label(_ROLES.get(member.role, member.role)))
        else:
            line.addWidget(self._choice(member))
            line.addWidget(self._twice("Remove", member.name, lambda: self._change(member.account_id, "")))
        if is_me and not is_owner:
            line.addWidget(self._twice("Leave", self._workspace.studio.state.meta.name, self._leave))
        return made

    def _choice(self, member: Any) -> QComboBox:
        role = QComboBox()
        role.setAccessibleName(f"What {member.name} may do")
        for key, words in _ROLES.items():
            role.addItem(words, key)
        role.setCurrentIndex(role.findData(member.role))
        role.activated.connect(lambda _: self._change(member.account_id, role.currentData()))
        return role

    def _twice(self, verb: str, what: str, act: Callable[[], None]) -> QPushButton:
        """Return a button that acts when it is pressed twice, and says so in between."""
        button = QPushButton(verb)
        button.setAccessibleName(f"{verb} {what}")
        button.setAutoDefault(False)

        def press() -> None:
            if button.text() == verb:
                button.setText(f"{verb} {what}?")
                button.setAccessibleName(f"Really {verb.lower()} {what}")
            else:
                act()

        button.clicked.connect(press)
        return button

    def _act(self, work: Callable[[], Any], done: Callable[[Any], None], saying: str) -> None:
        """Have something changed; whatever comes of it, the next `refresh` lists anew: rows may show what is not so."""
        self._seen = self._listed = None
        self.ask(work, done, saying)

    def _change(self, account_id: str, role: str) -> None:
        self._act(lambda: self._company.change_role(account_id, role), lambda _: self.refresh(), "Changing…")

    def _leave(self) -> None:
        me = self._company.author[0]
        self._act(lambda: self._company.change_role(me, ""), lambda _: self.accept(), "Leaving…")

    def _invite(self) -> None:
        email, role = self.email.text().strip(), self.role.currentData()
        if "@" not in email:
            self.problem.setText("Type the mail address of somebody to invite.")
            return

        self._act(lambda: self._company.invite(email, role), lambda _: self._invited(email), "Inviting…")

    def _invited(self, email: str) -> None:
        self.saying.setText(f"An invitation is on its way to {email}.")
        self.email.clear()
        self.refresh()

    def _make_link(self) -> None:
        role = self.role.currentData()
        self._act(lambda: self._company.invitation_link(role), self._copy, "Making a link…")

    def _copy(self, link: str) -> None:
        QGuiApplication.clipboard().setText(link)
        self.saying.setText("A link is on the clipboard: whoever has it can come in, for a week.")
        self.refresh()
