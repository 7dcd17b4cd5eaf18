"""Presence: on coming in, with the identity that the server knows, gone at once, in moderation."""

import time

from sync.protocol import presence
from sync.protocol.frames import Awareness, QueryAwareness
from tests.integration.cloud.rooms.stages import Stage


def test_presence_says_who_it_is_whatever_the_client_writes(stage: Stage) -> None:
    ann, ben = stage.inside("ann"), stage.inside("ben")
    ann.show(7, 1, {"cursor": 3, "user": {"name": "Owner", "account": "acc_x", "role": "owner", "tool": "pen"}})
    ben.until(lambda: ben.shown)
    user = ben.shown[7]["user"]
    account = stage.band.ids["ann"]
    assert (user["name"], user["account"], user["role"], user["tool"]) == ("Ann", account, "editor", "pen")
    assert (ben.shown[7]["cursor"], user["color"][0]) == (3, "#")
    late = stage.client("owner", is_ours=False).connect()
    late.until(lambda: late.shown == ben.shown, 1.0)
    ben.shown.clear()
    ben.send(QueryAwareness())
    ben.until(lambda: ben.shown == late.shown)


def test_a_client_speaks_for_itself_alone_and_is_gone_at_once(stage: Stage) -> None:
    ann, ben = stage.inside("ann"), stage.inside("ben")
    ann.show(7, 5, {"is": "ann"})
    ben.until(lambda: 7 in ben.shown)
    ben.show(7, 9, None)
    ben.show(7, 10, {"is": "ben"})
    ben.show(8, 1, {"is": "ben"})
    ann.until(lambda: 8 in ann.shown)
    assert 7 not in ann.shown
    began = time.monotonic()
    ann.kill()
    ben.until(lambda: 7 not in ben.shown, 2.0)
    assert time.monotonic() - began < 2
    ben.show(7, 11, {"is": "an echo"})
    third = stage.inside("owner")
    third.rest()
    assert set(third.shown) == {8}
    ann.connect().sync()
    ann.show(7, 5, {"is": "ann again"})
    ben.until(lambda: ben.shown.get(7, {}).get("is") == "ann again")


def test_presence_is_passed_on_in_moderation_and_the_last_counts(stage: Stage) -> None:
    ann, ben = stage.inside("ann"), stage.inside("ben")
    ann.show(7, 1, {"big": "x" * 5_000})
    came = []
    for clock in range(2, 202):
        ann.show(7, clock, {"at": clock})
    end = time.monotonic() + 10
    while not came or came[-1].state["at"] != 201:
        assert time.monotonic() < end
        frame = ben.read(10)
        if isinstance(frame, Awareness):
            came += presence.read(frame.states)
    assert len(came) < 60
    assert all("big" not in entry.state for entry in came)


def test_what_was_kept_back_does_not_outlive_its_client(stage: Stage) -> None:
    ann, ben = stage.inside("ann"), stage.inside("ben")
    for clock in range(1, 101):  # more than is passed on: the last waits for its turn
        ann.show(7, clock, {"at": clock})
    ann.end()
    ben.rest(0.5)  # ten turns
    assert 7 not in ben.shown
    late = stage.inside("owner")
    late.rest()
    assert 7 not in late.shown
