"""What a person reads about a change that waits for them, made by the real outbox."""

import pytest

from maxbooster_desktop.cloudlink.undecided import described
from sync.outbox.outbox import Outbox
from sync.outbox.tables import DRAFTS
from sync.protocol.changes import Draft
from sync.protocol.kinds import guarded_fields
from sync.protocol.operations import Answer, Conflict, Rejected
from sync.storage.database import open_database


@pytest.fixture
def outbox(tmp_path):
    opened = Outbox(open_database(tmp_path / "drafts.sqlite", DRAFTS))
    yield opened
    opened.close()


def answered(outbox, *outcomes):
    """Answer what waits, and return what is read about what needs a person now."""
    sent = outbox.next_batch().operations
    outbox.take_answers([Answer(one.seq, one.op_id, outcome) for one, outcome in zip(sent, outcomes, strict=True)])
    return described(outbox.needs_attention())


def changed_elsewhere(outbox, kind, before, mine, theirs):
    """Change a draft that somebody else has changed meanwhile."""
    outbox.take_checkpoint([Draft(kind, "d", 1, before)], None, "c")
    outbox.change(kind, "d", mine)
    return answered(outbox, Conflict(Draft(kind, "d", 2, theirs), tuple(guarded_fields(kind, theirs))))


def test_a_refused_change_says_which_draft_why_and_what_was_entered(outbox):
    outbox.change("release", "r", {"title": "Night  Drive", "genre": "House"})
    outbox.change("schedule", "s", {"publish_at": {"wall": "2026-12-01T09:00", "zone": "Europe/Berlin"}})
    one, other = answered(outbox, Rejected("The title is taken.", "title"), Rejected("Your plan has no schedules."))
    assert (one.title, one.lines) == ("Release “Night Drive”", ("The title is taken.", "Your title: “Night Drive”"))
    assert [(choice.decision, choice.label) for choice in one.choices] == [
        ("retry", "Try again"),
        ("discard", "Discard mine"),
    ]
    assert (other.title, other.lines[1:]) == (
        "Schedule without name",
        ("Your publish at: 2026-12-01 09:00 Europe/Berlin",),
    )


def test_what_a_cloud_says_steers_no_terminal(outbox):
    ill = "a\x1b[2J\u202e" + "x" * 5_000
    outbox.change("release", "r", {"title": "One"})
    (refused,) = answered(outbox, Rejected(ill, "title"))
    outbox.decide(refused.number, "discard")
    (met,) = changed_elsewhere(outbox, "release", {"title": "One"}, {"title": "Mine", ill: 1}, {"title": ill, ill: 2})
    lines = (refused.title, *refused.lines, met.title, *met.lines)
    assert all(line.isprintable() for line in lines)
    assert max(map(len, lines)) == 300


@pytest.mark.parametrize(
    ("mine", "theirs", "line"),
    [
        (
            {"amount": 1999, "currency": "EUR"},
            {"amount": 5, "currency": "EUR"},
            "yours 19.99 EUR, the cloud's 0.05 EUR",
        ),
        ({"amount": 1999, "currency": "JPY"}, None, "yours 1999 JPY, the cloud's nothing"),
        (None, {"amount": 1999, "currency": "KWD"}, "yours nothing, the cloud's 1.999 KWD"),
        (
            {"amount": 1999, "currency": "CLF"},
            {"amount": 5, "currency": "UYW"},
            "yours 0.1999 CLF, the cloud's 0.0005 UYW",
        ),
    ],
)
def test_both_values_stand_beside_each_other(outbox, mine, theirs, line):
    before = {"title": "Beat", "price": {"amount": 1, "currency": "EUR"}}
    (one,) = changed_elsewhere(outbox, "listing", before, {"price": mine}, {"title": "Beat", "price": theirs})
    assert (one.title, one.lines[1:]) == ("Listing “Beat”", (f"Price: {line}",))
    assert [choice.label for choice in one.choices] == ["Keep mine", "Keep the cloud's"]


def test_shares_are_read_as_percent(outbox):
    mine, theirs = [{"party": "Ada", "share": 2500}, {"party": "Bo", "share": 7500}], []
    (one,) = changed_elsewhere(outbox, "release", {"splits": None}, {"splits": mine}, {"splits": theirs})
    assert one.lines[1:] == ("Splits: yours Ada 25 %, Bo 75 %, the cloud's nobody",)


def test_a_draft_that_one_of_two_removed_says_who(outbox):
    outbox.take_checkpoint([Draft("release", name, 1, {"title": name}) for name in ("a", "b")], None, "c")
    outbox.remove("a")
    outbox.change("release", "b", {"tracks": ["One", "Two"], "is_explicit": True, "label": "l" * 99})
    mine, theirs = answered(
        outbox, Conflict(Draft("release", "a", 3, {"title": "a"})), Conflict(Draft("release", "b", 4, is_removed=True))
    )
    assert (mine.title, mine.lines) == (
        "Release “a”",
        ("Somebody changed the draft meanwhile.", "You removed it."),
    )
    assert (theirs.title, theirs.lines[0]) == ("Release “b”", "Somebody removed the draft meanwhile.")
    assert set(theirs.lines[1:]) == {
        "Your tracks: One, Two",
        "Your explicit: yes",
        f"Your label: “{'l' * 59}…”",
    }


def test_a_field_of_a_newer_program_is_read_as_it_came(outbox):
    outbox.change("release", "r", {"title": "One", "mood": {"energy": 3}})
    (one,) = answered(outbox, Rejected("There is no such mood.", "mood"))
    assert one.lines[1:] == ('Your mood: {"energy": 3}',)
