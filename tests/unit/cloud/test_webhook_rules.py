"""Signatures by the specification's own example, and how long it is waited between attempts."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from cloud.foundation.events import EVENT_TYPES, EventType
from cloud.webhooks import rules

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_signature_of_the_specification() -> None:
    made = rules.signature([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_valid_secret_signs_and_the_message_counts() -> None:
    both = rules.signature([rules.new_secret(), SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{}").split(" ")
    assert len(both) == 2
    assert both[0] != both[1]
    assert rules.signature([SECRET], "other", 1614265330, "{}") not in both
    assert len(rules.new_secret()) == len("whsec_") + 44


def test_attempts_are_spread_over_three_days() -> None:
    assert len(rules.SCHEDULE) == 10
    assert rules.SCHEDULE[0] == timedelta()
    assert timedelta(days=3) < sum(rules.SCHEDULE, timedelta()) < timedelta(days=4)
    for attempt, planned in enumerate(rules.SCHEDULE):
        assert planned <= rules.pause_before(attempt, None) <= planned * 1.1
    assert rules.pause_before(1, timedelta(minutes=7)) == timedelta(minutes=7)
    assert rules.pause_before(3, timedelta(seconds=1)) >= timedelta(minutes=30)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *((None, None), ("", None), ("soon", None), ("-5", None), ("1.5", None)),
        *(("120", 120), (" 7 ", 7), ("99999999999999999999", 86_400), ("9" * 5_000, 86_400), ("0", 0)),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0),
        (format_datetime(NOW + timedelta(days=9), usegmt=True), 86_400),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", 86_400),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0),
    ],
)
def test_what_a_receiver_asks_for(text: str | None, seconds: float | None) -> None:
    found = rules.retry_after(text, NOW)
    assert (None if found is None else found.total_seconds()) == seconds


def test_a_type_of_event_is_declared_once() -> None:
    name = next(iter(EVENT_TYPES), "project.created")
    EVENT_TYPES.setdefault(name, None)
    with pytest.raises(ValueError, match="declared twice"):
        EventType(name, "Again.", {})
