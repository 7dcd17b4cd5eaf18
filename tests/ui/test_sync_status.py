"""What waits for the cloud, in the one entry of the status bar and in the list behind it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from maxbooster_desktop.cloudlink.drafts import DraftStanding, DraftSync
from maxbooster_desktop.cloudlink.report import MergeReport
from maxbooster_desktop.cloudlink.sound_standing import SoundStanding
from maxbooster_desktop.cloudlink.standing import Standing
from maxbooster_desktop.ui.together.sync_dialog import SyncDialog
from sync.client.room_events import Connection
from sync.outbox.outbox import Outbox
from sync.outbox.syncing import Condition
from sync.outbox.tables import DRAFTS
from sync.protocol.changes import Draft
from sync.protocol.operations import Conflict, Rejected
from sync.storage.database import open_database
from tests.factories.played_company import PlayedLive
from tests.factories.played_drafts import PlayedCloud


class PlayedSync:
    """Drafts in the background, whose part the test plays."""

    def __init__(self):
        self.standing, self.allowed, self.hurried = DraftStanding(Condition.ONLINE), {}, 0

    def allow(self, **allowed):
        self.allowed = allowed

    def wake(self, *, at_once):
        self.hurried += at_once

    def stop(self):
        """Nothing runs."""


class PlayedSounds:
    """The sounds of a project, all of them where they belong at first."""

    standing = SoundStanding()

    def hear(self, _tick):
        """All are here already."""

    def look(self):
        """There is nothing to compare."""

    def stop(self):
        """Nothing runs."""


@pytest.fixture
def company(studio_window):
    """The company of a window whose project is shared and whose drafts are synced."""
    found = studio_window.studio.company
    found._live, found._project = PlayedLive(), studio_window.studio.project
    found.drafts._sync, found.sounds._project = PlayedSync(), PlayedSounds()
    found.sounds._settings = studio_window.workspace.settings
    yield found
    found._live = found.drafts._sync = found.sounds._project = None
    found.changed.emit()


def opened(window):
    window.bridge["together.sync"].run()
    return next(each for each in window.findChildren(SyncDialog) if each.isVisible())


def test_one_entry_says_it_all(studio_window, company):
    company.drafts._sync.standing = DraftStanding(Condition.OFFLINE, "cloud.example cannot be reached.", 3)
    company._live.standing = Standing(Connection.OFFLINE, 2, "The cloud cannot be reached.")
    company.sounds._project.standing = SoundStanding(total=40, arriving=12)
    company.changed.emit()
    assert studio_window.status.cloud() == "Offline  ·  2 edits waiting  ·  12 of 40 sounds arrive  ·  3 drafts waiting"
    company.sounds._project.standing = SoundStanding()
    company.drafts._sync.standing = DraftStanding(Condition.AUTH_NEEDED, "Sign in to go on.", 3)
    company._live.standing = Standing(Connection.LIVE, role="editor")
    company.reports.report = MergeReport()
    company.changed.emit()
    assert studio_window.status.cloud() == "Live  ·  saved in the cloud  ·  Sign in to sync 3 drafts"


def test_the_list_says_how_each_stands_and_follows(studio_window, company):
    company.changed.emit()
    button = next(
        each
        for each in studio_window.status.children()
        if getattr(each, "accessibleName", str)() == "Live  ·  saved in the cloud"
    )
    button.click()
    dialog = next(each for each in studio_window.findChildren(SyncDialog) if each.isVisible())
    assert dialog.sentences() == [
        "Edits: Live  ·  saved in the cloud",
        "Sounds: Every sound is where it belongs.",
        "Drafts: Every draft is in the cloud.",
    ]
    company.drafts._sync.standing = DraftStanding(Condition.SERVER_DOWN, "It did not answer.", 1)
    company.reports.report = MergeReport(sent=1)
    studio_window.dialogs.look()
    assert dialog.sentences()[2:] == [
        "Drafts: 1 draft waiting It did not answer.",
        "Last merge: 1 of your edits went out, nothing came in, nothing to look at; nothing is lost.",
    ]
    dialog.accept()


def test_pausing_and_hurrying_reach_the_drafts_and_are_remembered(studio_window, company):
    dialog = opened(studio_window)
    QTest.keyClick(dialog.pauses, Qt.Key.Key_Space)
    assert studio_window.workspace.settings.get("drafts.is_paused") is True
    assert company.drafts._sync.allowed == {"is_paused": True, "is_metered": False, "goes_metered": False}
    dialog.goes_metered.setChecked(True)
    assert company.drafts._sync.allowed["goes_metered"] is True
    dialog.now.click()
    assert company.drafts._sync.hurried == 1
    dialog.pauses_sounds.setChecked(True)
    assert company.sounds.is_paused
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_without_a_cloud_it_says_so(studio_window):
    dialog = opened(studio_window)
    assert dialog.sentences() == [
        "Edits: This project is on this computer only.",
        "Drafts: Sign in to keep drafts in step with the cloud.",
    ]
    assert not dialog.now.isEnabled()
    assert [each.text() for each in dialog.findChildren(QPushButton) if each.isDefault()] in ([], ["Close"])
    dialog.accept()


@pytest.fixture
def cloud():
    """A cloud that refuses one draft, and knows another as somebody else changed it."""
    played = PlayedCloud()
    theirs = {"title": "Beat", "price": {"amount": 999, "currency": "EUR"}}
    played.outcomes = {
        "r": Rejected("The title is taken.", "title"),
        "l": Conflict(Draft("listing", "l", 2, theirs), ("price",)),
    }
    return played


@pytest.fixture
def undecided(company, cloud, tmp_path):
    """The real drafts of a company, two of which need a person."""
    path = tmp_path / "drafts.sqlite"
    outbox = Outbox(open_database(path, DRAFTS))
    outbox.change("release", "r", {"title": "Night Drive"})
    outbox.change("listing", "l", {"title": "Beat", "price": {"amount": 1999, "currency": "EUR"}})
    outbox.close()
    sync = DraftSync(path, cloud, company._told)
    company.drafts._sync = sync
    sync.start()
    yield sync
    sync.stop()


def choices(dialog):
    """Return the buttons that decide, by what a screen reader says."""
    return {each.accessibleName(): each for each in dialog.findChildren(QPushButton) if "“" in each.accessibleName()}


def test_what_needs_a_decision_is_listed_and_decided_from_the_keyboard(studio_window, undecided, cloud, wait_until):
    wait_until(lambda: undecided.standing.sentence == "2 to decide")
    dialog = opened(studio_window)
    offered = choices(dialog)
    assert list(offered) == [
        "Try again: Release “Night Drive”",
        "Discard mine: Release “Night Drive”",
        "Keep mine: Listing “Beat”",
        "Keep the cloud's: Listing “Beat”",
    ]
    assert all(each.focusPolicy() & Qt.FocusPolicy.TabFocus for each in offered.values())
    keep = offered["Keep mine: Listing “Beat”"]
    assert keep.accessibleDescription().endswith("Price: yours 19.99 EUR, the cloud's 9.99 EUR")
    del cloud.outcomes["l"]
    keep.setFocus()
    QTest.keyClick(keep, Qt.Key.Key_Space)
    wait_until(lambda: len(choices(dialog)) == 2 and not dialog.is_asking)
    assert cloud.taken == ["r", "l", "l"]
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Space)
    wait_until(lambda: cloud.taken == ["r", "l", "l", "r"])
    wait_until(lambda: not dialog.is_asking and undecided.standing.sentence == "1 to decide")
    choices(dialog)["Discard mine: Release “Night Drive”"].click()
    wait_until(lambda: not choices(dialog))
    assert (dialog.focusWidget(), undecided.standing.sentence) == (dialog.now, "")
    dialog.accept()


def test_a_decision_that_another_program_was_faster_with_is_told(studio_window, undecided, tmp_path, wait_until):
    wait_until(lambda: undecided.standing.sentence == "2 to decide")
    dialog = opened(studio_window)
    undecided.allow(is_paused=True, is_metered=False, goes_metered=False)
    other = Outbox(open_database(tmp_path / "drafts.sqlite", DRAFTS))
    other.decide(undecided.standing.undecided[0].number, "discard")
    other.close()
    choices(dialog)["Try again: Release “Night Drive”"].click()
    wait_until(lambda: "no change" in dialog.problem.text() and len(choices(dialog)) == 2)
    dialog.accept()
