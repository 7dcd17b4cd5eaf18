"""Who is in a shared project: told as it changes, and nobody is removed by a turn of the wheel or by one press."""

import pytest
from factories.played_company import person
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton

from maxbooster_desktop.cloudlink.account import Account, Who
from maxbooster_desktop.cloudlink.errors import CloudTroubleError
from maxbooster_desktop.ui.together.account_dialog import AccountDialog
from maxbooster_desktop.ui.together.share_dialog import ShareDialog
from sync.client.projects import Invitation, Member
from sync.credentials.store import MemoryStore
from tests.ui.conftest import settle

_JOINED = "2026-11-20T10:00:00Z"
JUNO, MARA = Member("acc_me", "Juno Vale", "owner", _JOINED), Member("a", "Mara Lind", "editor", _JOINED)


class PlayedMembers:
    """The cloud's part."""

    def __init__(self):
        self.members, self.changes, self.open, self.is_down = [JUNO, MARA], [], [], False

    def listed(self):
        if self.is_down:
            raise CloudTroubleError("The cloud cannot be reached.")
        return self.members

    def refuse(self, *_named):
        raise CloudTroubleError("Only the owner may do that.")

    def invite(self, email, role):
        self.open.append(
            Invitation(f"inv_{len(self.open)}", "project-1", role, email, 0, 1, _JOINED, "2026-11-27T10:00:00Z")
        )

    def withdraw(self, invitation):
        self.open = [each for each in self.open if each.id != invitation]

    def change(self, account, role):
        self.changes.append((account, role))
        self.members = [each for each in self.members if role or each.account_id != account]


@pytest.fixture
def cloud(studio_window, live, monkeypatch):
    played, company = PlayedMembers(), studio_window.studio.company
    monkeypatch.setattr(company, "members", played.listed)
    monkeypatch.setattr(company, "change_role", played.change)
    monkeypatch.setattr(company, "invitations", lambda: list(played.open))
    monkeypatch.setattr(company, "invite", played.invite)
    monkeypatch.setattr(company, "invitation_link", lambda role: f"maxbooster://join?{role}")
    monkeypatch.setattr(company, "withdraw", played.withdraw)
    return played


@pytest.fixture
def as_editor(cloud):
    """Whoever works here is an editor of Mara's project."""
    cloud.members = [Member("a", "Mara Lind", "owner", _JOINED), Member("acc_me", "Juno Vale", "editor", _JOINED)]


@pytest.fixture
def dialog(studio_window, cloud, wait_until):
    studio_window.dialogs.open("share")
    made = studio_window.findChild(ShareDialog)
    wait_until(lambda: not made.is_asking)
    yield made
    for left in studio_window.findChildren(ShareDialog):
        left.close()


def _roles(dialog):
    return [each for each in dialog.members.findChildren(QComboBox) if each.isVisible()]


def _press(dialog, text):
    next(each for each in dialog.members.findChildren(QPushButton) if each.text() == text).click()


def test_a_turn_of_the_wheel_changes_nobodys_role(dialog, cloud):
    (role,) = _roles(dialog)
    middle = QPointF(role.rect().center())
    for _ in range(3):
        turn = QWheelEvent(
            middle,
            QPointF(role.mapToGlobal(middle.toPoint())),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(role, turn)
    settle()
    assert cloud.changes == []
    assert role.currentText() == "may edit"


def test_somebody_is_removed_by_the_second_press(dialog, cloud, wait_until):
    assert [_roles(dialog)[0].itemText(row) for row in range(3)] == ["may edit", "may comment", "may look"]
    assert _roles(dialog)[0].count() == 3
    _press(dialog, "Remove")
    settle()
    assert cloud.changes == []
    again = next(each for each in dialog.members.findChildren(QPushButton) if each.text() == "Remove Mara Lind?")
    again.setFocus()
    QTest.keyClick(again, Qt.Key.Key_Return)
    wait_until(lambda: cloud.changes == [("a", "")])
    wait_until(lambda: not dialog.is_asking)
    settle()
    assert _roles(dialog) == []


def test_a_refused_change_is_undone_in_the_list_and_its_reason_stays(
    studio_window, dialog, cloud, wait_until, monkeypatch
):
    monkeypatch.setattr(studio_window.studio.company, "change_role", cloud.refuse)
    _press(dialog, "Remove")
    (role,) = _roles(dialog)
    role.setCurrentIndex(2)
    role.activated.emit(2)
    wait_until(lambda: not dialog.is_asking)
    dialog.refresh()
    wait_until(lambda: not dialog.is_asking)
    settle()
    assert [each.currentText() for each in _roles(dialog)] == ["may edit"]
    assert [each.text() for each in dialog.members.findChildren(QPushButton)] == ["Remove"]
    assert dialog.problem.text() == "Only the owner may do that."


@pytest.mark.parametrize("way", ["mail", "link"])
def test_what_was_done_is_said_when_it_cannot_be_listed(dialog, cloud, wait_until, way):
    QApplication.clipboard().clear()
    cloud.is_down = True
    dialog.email.setText("deniz@example.org")
    (dialog.invite if way == "mail" else dialog.copy_link).click()
    wait_until(lambda: dialog.problem.text() == "The cloud cannot be reached.")
    assert [each.email for each in cloud.open] == (["deniz@example.org"] if way == "mail" else [])
    done = "An invitation is on its way to deniz@example.org." if way == "mail" else "A link is on the clipboard"
    assert dialog.saying.text().startswith(done)
    assert (QApplication.clipboard().text() == "maxbooster://join?editor") is (way == "link")


def test_whoever_is_not_among_the_members_is_not_taken_for_the_owner(cloud, studio_window, wait_until, monkeypatch):
    cloud.members = [Member("a", "Mara Lind", "owner", _JOINED)]
    monkeypatch.setattr(studio_window.studio.company, "invitations", cloud.refuse)
    studio_window.dialogs.open("share")
    dialog = studio_window.findChild(ShareDialog)
    wait_until(lambda: not dialog.is_asking)
    assert [each.text() for each in dialog.members.findChildren(QLabel)] == ["Mara Lind", "owner"]
    assert (dialog.email.isVisible(), dialog.problem.text()) == (False, "")
    dialog.close()


def test_whoever_comes_in_is_listed_while_it_is_open(studio_window, dialog, cloud, live, wait_until):
    cloud.members = [JUNO, MARA, Member("d", "Deniz Aksoy", "viewer", _JOINED)]
    live.people = (person(), person(client=6, account="d", name="Deniz Aksoy", role="viewer"))
    studio_window.dialogs.look()
    wait_until(lambda: len(_roles(dialog)) == 2)
    assert [each.accessibleName() for each in _roles(dialog)] == ["What Mara Lind may do", "What Deniz Aksoy may do"]


def test_who_does_not_own_it_is_offered_nothing_but_to_leave(as_editor, studio_window, dialog, cloud, wait_until):
    assert _roles(dialog) == []
    assert not dialog.email.isVisible()
    assert [each.text() for each in dialog.members.findChildren(QPushButton)] == ["Leave"]
    assert [each.text() for each in dialog.members.findChildren(QLabel)] == [
        *("Mara Lind", "owner"),
        *("Juno Vale", "may edit"),
    ]
    _press(dialog, "Leave")
    assert cloud.changes == []
    name = dialog._workspace.studio.state.meta.name
    _press(dialog, f"Leave {name}?")
    wait_until(lambda: not studio_window.findChildren(ShareDialog))
    assert cloud.changes == [("acc_me", "")]


def test_an_open_invitation_is_listed_and_withdrawn_by_the_second_press(dialog, cloud, wait_until):
    dialog.email.setText("deniz@example.org")
    dialog.invite.click()
    wait_until(lambda: "deniz@example.org" in dialog.saying.text() and not dialog.is_asking)
    assert "Invited: deniz@example.org" in [each.text() for each in dialog.members.findChildren(QLabel)]
    _press(dialog, "Withdraw")
    assert len(cloud.open) == 1
    _press(dialog, "Withdraw deniz@example.org?")
    wait_until(lambda: not cloud.open and not dialog.is_asking)
    settle()
    assert not [each for each in dialog.members.findChildren(QPushButton) if each.text().startswith("Withdraw")]


def test_who_is_signed_out_is_offered_to_sign_in(studio_window, tmp_path, wait_until, monkeypatch):
    company = studio_window.studio.company
    company._make_account = lambda: Account("http://localhost:9", tmp_path, MemoryStore)
    studio_window.dialogs.open("share")
    dialog = studio_window.findChild(ShareDialog)
    assert (dialog.begin.isVisible(), dialog.sign_in.isVisible()) == (True, False)
    monkeypatch.setattr(company.account, "look", lambda: None)
    dialog.begin.click()
    wait_until(lambda: not dialog.is_asking)
    assert (dialog.begin.isVisible(), dialog.sign_in.isVisible()) == (False, True)
    assert dialog.problem.text() == "Nobody is signed in: sign in, then share the project."
    dialog.sign_in.click()
    account = dialog.findChild(AccountDialog)
    wait_until(lambda: not account.is_asking)
    company.account._who = Who("acc_me", "Juno Vale")
    account.leave.click()
    assert (dialog.begin.isVisible(), dialog.sign_in.isVisible(), dialog.problem.text()) == (True, False, "")
    dialog.close()
    company.close()
