"""Drafts in the background: brought over when there is a reason, never asked for in a storm, kept when signed out."""

import threading
import time

import pytest

from maxbooster_desktop.cloudlink.drafts import DraftSync
from maxbooster_desktop.cloudlink.errors import CloudTroubleError
from sync.outbox import ports
from sync.outbox.outbox import Outbox
from sync.outbox.syncing import Condition
from sync.outbox.tables import DRAFTS
from sync.protocol.operations import Rejected
from sync.storage.database import open_database
from tests.factories.played_drafts import PlayedCloud


def until(holds, within_s=10.0):
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.002)


@pytest.fixture
def cloud():
    return PlayedCloud()


@pytest.fixture
def drafts(tmp_path, cloud):
    told = []
    sync = DraftSync(tmp_path / "drafts.sqlite", cloud, lambda: told.append(sync.standing))
    sync.told = told
    yield sync
    sync.stop()


@pytest.fixture
def outbox(tmp_path):
    opened = Outbox(open_database(tmp_path / "drafts.sqlite", DRAFTS))
    yield opened
    opened.close()


def is_at(drafts, condition):
    return lambda: drafts.standing.condition is condition


def test_what_is_changed_goes_over_at_once_and_nothing_is_asked_while_nothing_happens(drafts, outbox, cloud):
    drafts.start()
    until(is_at(drafts, Condition.ONLINE))
    asked = cloud.asked
    time.sleep(0.3)
    assert cloud.asked == asked, "nothing is asked while nothing happens"
    outbox.change("release", "r", {"title": "One"})
    drafts.wake()
    until(lambda: cloud.taken == ["r"])
    until(lambda: drafts.standing.waiting == 0)
    assert drafts.standing.sentence == ""


def test_a_refused_sign_in_pauses_and_says_so_until_somebody_signs_in(drafts, outbox, cloud):
    cloud.trouble = ports.AuthNeededError("no")
    outbox.change("release", "r", {"title": "One"})
    drafts.start()
    until(is_at(drafts, Condition.AUTH_NEEDED))
    assert drafts.standing.sentence == "Sign in to sync 1 draft"
    assert "your changes are kept" in drafts.standing.reason
    asked = cloud.asked
    time.sleep(0.3)
    assert cloud.asked == asked, "who is signed out is not asked about again and again"
    cloud.trouble = None
    drafts.signed_in()
    until(lambda: cloud.taken == ["r"])


def test_a_cloud_that_is_gone_is_asked_ever_more_rarely(drafts, cloud):
    cloud.trouble = ports.UnreachableError("cloud.example cannot be reached.")
    drafts.start()
    until(is_at(drafts, Condition.OFFLINE))
    time.sleep(1.0)
    assert cloud.asked <= 6
    cloud.trouble = None
    drafts.wake(at_once=True)
    until(is_at(drafts, Condition.ONLINE))


def test_what_nobody_foresaw_is_tried_again(drafts, cloud, expected_log):
    expected_log("Drafts could not be synced")
    cloud.trouble = RuntimeError("a fault of ours")
    drafts.start()
    until(is_at(drafts, Condition.OFFLINE))
    assert drafts.standing.reason == "Drafts could not be synced: it is tried again."
    cloud.trouble = None
    drafts.wake()
    until(is_at(drafts, Condition.ONLINE))


def test_pause_and_a_metered_connection_hold_drafts_back(drafts, outbox, cloud):
    outbox.change("release", "r", {"title": "One"})
    drafts.allow(is_paused=True, is_metered=True, goes_metered=False)
    drafts.start()
    until(is_at(drafts, Condition.PAUSED))
    drafts.allow(is_paused=False, is_metered=True, goes_metered=False)
    until(is_at(drafts, Condition.METERED))
    assert (cloud.asked, drafts.standing.sentence) == (0, "1 draft waiting")
    drafts.allow(is_paused=False, is_metered=True, goes_metered=True)
    until(lambda: cloud.taken == ["r"])


def test_its_end_does_not_wait_for_a_cloud_that_hangs(tmp_path, cloud):
    is_asked, may_answer = threading.Event(), threading.Event()

    def hang(_cursor, _version):
        is_asked.set()
        may_answer.wait(10)
        raise ports.UnreachableError("gone")

    cloud.pull = hang
    drafts = DraftSync(tmp_path / "drafts.sqlite", cloud, lambda: None)
    drafts.start()
    assert is_asked.wait(10)
    begun = time.monotonic()
    drafts.stop(patience_s=0.05)
    assert time.monotonic() - begun < 5.0, "half of what the cloud hangs"
    may_answer.set()
    drafts.stop()


def test_a_disk_that_takes_nothing_is_said_until_it_takes_something(tmp_path, drafts, cloud):
    (tmp_path / "drafts.sqlite").mkdir()
    drafts.start()
    until(is_at(drafts, Condition.DISK_FULL))
    assert drafts.standing.reason
    with pytest.raises(CloudTroubleError, match="try again in a moment"):
        drafts.decide(1, "retry")
    (tmp_path / "drafts.sqlite").rmdir()
    drafts.wake()
    until(is_at(drafts, Condition.ONLINE))


def test_what_needs_a_person_is_counted_until_they_decide_and_then_it_goes_on(drafts, outbox, cloud):
    with pytest.raises(CloudTroubleError, match="try again in a moment"):
        drafts.decide(1, "retry")
    cloud.outcomes["r"] = Rejected("The title is taken.", "title")
    outbox.change("release", "r", {"title": "One"})
    drafts.start()
    until(lambda: drafts.standing.sentence == "1 to decide")
    (undecided,) = drafts.standing.undecided
    with pytest.raises(CloudTroubleError, match="no change"):
        drafts.decide(undecided.number, "keep-mine")
    del cloud.outcomes["r"]
    drafts.decide(undecided.number, "retry")
    until(lambda: drafts.standing.sentence == "" and cloud.taken == ["r", "r"])
