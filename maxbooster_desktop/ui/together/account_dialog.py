"""The account: who is signed in, signing in by the browser or by a code, signing out, devices, and which cloud.

Choosing another cloud signs out of the present one, and says so before it does.
"""

from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.settings.declared import DECLARED
from maxbooster_desktop.ui.together.asking import AskingDialog
from maxbooster_desktop.ui.widgets.panels import label, primary_button
from sync.protocol.addresses import is_local


class AccountDialog(AskingDialog):
    """`code_shown(text)` comes from the worker that waits for the code to be typed elsewhere."""

    code_shown = Signal(str)

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__("Account", parent)
        self._workspace, self._company = workspace, workspace.studio.company
        company = self._company
        self.who = label("", "text.1", "form", 600)
        self.hint = label("", "text.2")
        self.hint.setWordWrap(True)
        self.sign_in = primary_button("Sign in with the browser")
        self.with_code = QPushButton("Sign in with a code")
        self.sign_out = QPushButton("Sign out")
        self.devices = QPushButton("Devices and security…")
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName("Passphrase that keeps the sign-in")
        self.keep = QPushButton()
        self.address = QLineEdit(company.account.address)
        self.address.setAccessibleName("Address of the cloud")
        self.address.setPlaceholderText("https://…, or empty for the cloud on this computer")
        self.change_cloud = QPushButton("Change")
        self.leave = QPushButton("Close")
        self._lay_out()
        self.sign_in.clicked.connect(self._sign_in)
        self.with_code.clicked.connect(self._sign_in_with_code)
        self.sign_out.clicked.connect(self._sign_out)
        self.devices.clicked.connect(self._open_devices)
        self.keep.clicked.connect(self._keep)
        self.passphrase.returnPressed.connect(self._keep)
        self.address.textEdited.connect(self._address_edited)
        self.address.returnPressed.connect(self._change_cloud)
        self.change_cloud.clicked.connect(self._change_cloud)
        self.leave.clicked.connect(self.reject)
        self.code_shown.connect(self.saying.setText)
        self.finished.connect(self._give_up)
        self._show(company.account.who)
        self.ask(company.account.look, self._show, "Looking who is signed in…")

    def _lay_out(self) -> None:
        self._kept_row = QWidget()
        row = QHBoxLayout(self._kept_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.passphrase, 1)
        row.addWidget(self.keep)
        cloud = QHBoxLayout()
        cloud.addWidget(label("Cloud"))
        cloud.addWidget(self.address, 1)
        cloud.addWidget(self.change_cloud)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.devices, self.sign_out, self.with_code, self.leave, self.sign_in):
            buttons.addWidget(button)
        for button in (
            self.devices,
            self.sign_out,
            self.with_code,
            self.leave,
            self.sign_in,
            self.keep,
            self.change_cloud,
        ):
            button.setAutoDefault(False)
        for part in (self.who, self.hint, self._kept_row):
            self.column.addWidget(part)
        self.column.addLayout(cloud)
        for part in (self.saying, self.problem):
            self.column.addWidget(part)
        self.column.addLayout(buttons)
        self.resize(520, 300)

    def _show(self, who: Any) -> None:
        account, is_in = self._company.account, who is not None
        self.who.setText(who.name if who is not None else "Nobody is signed in")
        self.hint.setText(self._hint(is_in=is_in))
        self._kept_row.setVisible(account.has_file if not is_in else not account.is_lasting)
        self.passphrase.setPlaceholderText(f"Passphrase that {'keeps' if is_in else 'opens'} the sign-in")
        self.keep.setText("Keep" if is_in else "Open")
        for button in (self.sign_in, self.with_code):
            button.setVisible(not is_in)
        for button in (self.sign_out, self.devices):
            button.setVisible(is_in)

    def _hint(self, *, is_in: bool) -> str:
        account = self._company.account
        if not is_in:
            return (
                "A sign-in is kept; its passphrase opens it."
                if account.has_file
                else "Sign in to share projects and to work in those of others."
            )
        if account.is_lasting:
            return "You stay signed in on this computer."
        return "No keyring here protects the sign-in: it ends with the program, unless a passphrase keeps it."

    def _sign_in(self) -> None:
        self.ask(
            self._company.account.sign_in,
            self._show,
            "Go on in your browser… If it has not opened, sign in with a code.",
        )

    def _sign_in_with_code(self) -> None:
        account = self._company.account

        def work() -> Any:
            return account.sign_in_with_code(
                lambda code: self.code_shown.emit(f"Open {code.page} {_where(code.page)} and type {code.user_code}.")
            )

        self.ask(work, self._show, "Asking for a code…")

    def _keep(self) -> None:
        account, passphrase = self._company.account, self.passphrase.text()
        if not passphrase:
            self.problem.setText("Type a passphrase first.")
            return
        self.passphrase.clear()

        def work() -> Any:
            account.keep_in_file(passphrase)
            return account.look()

        self.ask(work, self._kept, "Opening…")

    def _kept(self, who: Any) -> None:
        self._show(who)
        if who is None:
            self.problem.setText("The sign-in that was kept has ended: sign in again.")

    def _sign_out(self) -> None:
        self.ask(self._company.account.sign_out, self._show, "Signing out…")

    def _open_devices(self) -> None:
        QDesktopServices.openUrl(QUrl(self._company.account.page))

    def _wanted_address(self) -> str:
        return self.address.text().strip().rstrip("/")

    def _address_edited(self) -> None:
        """Say what choosing another cloud would do, before it is chosen."""
        self.problem.setText("")
        is_other = self._wanted_address() != self._company.account.address.rstrip("/")
        is_in = self._company.account.who is not None
        self.change_cloud.setText("Sign out and change" if is_in and is_other else "Change")
        self.saying.setText(f"This signs you out of {self._company.account.address}." if is_in and is_other else "")

    def _change_cloud(self) -> None:
        """Sign out of the present cloud and go on with the one that was typed."""
        account, wanted = self._company.account, self._wanted_address()
        if wanted == account.address.rstrip("/"):
            return
        if not DECLARED["cloud.address"].accepts(wanted):
            self.problem.setText(
                f"“{wanted}” is no address of a cloud: it begins with https://, or names this computer."
            )
        elif account.who is None and not account.has_file:
            self._use_cloud(wanted)
        else:
            self.ask(account.sign_out, lambda _: self._use_cloud(wanted), "Signing out…")

    def _use_cloud(self, address: str) -> None:
        try:
            self._workspace.use_cloud(address)
        except MaxBoosterError as error:
            self.problem.setText(str(error))
            return
        account = self._company.account
        self.address.setText(account.address)
        self._address_edited()
        self._show(account.who)
        self.ask(account.look, self._show, "Looking who is signed in…")

    def _give_up(self) -> None:
        self._company.account.give_up()


def _where(page: str) -> str:
    """Say where a page can be opened: an address of this computer leads nowhere on others."""
    return "in a browser of this computer" if is_local(urlsplit(page).hostname) else "on any device"
