"""Who is let in, who is shown out, with which code; each limit; what roles may."""

import time

import pytest
from websockets.exceptions import InvalidStatus

from cloud.foundation.limits import QuotaExceededError
from cloud.foundation.metrics import REGISTRY
from cloud.rooms.bad_tickets import BadTickets
from sync.protocol import frames
from sync.protocol.closing import retry_after_ms
from sync.protocol.frames import Edit, SyncStep1, SyncStep2, Update
from tests.integration.cloud.rooms.clients import Client
from tests.integration.cloud.rooms.stages import Stage


def _closed(stage: Stage, address: str, **more: object) -> int:
    client = Client(address)
    stage.opened.append(client)
    return client.connect(**more).closed()[0]


def test_each_way_not_to_get_in_has_its_code(stage: Stage) -> None:
    city, owner = stage.band.city, stage.band.player("owner")
    good = stage.address("ann")
    other = stage.band.project()
    assert _closed(stage, good.split("?")[0]) == 4401
    assert _closed(stage, good[:-1] + "_") == 4401
    assert _closed(stage, good.replace(stage.project, other)) == 4401
    assert _closed(stage, f"{good}&epoch=2") == 4409
    assert _closed(stage, f"{good}&epoch=x") == 4409
    assert _closed(stage, stage.address("ann", epoch=2)) == 4409
    assert _closed(stage, good, subprotocols=["mb.sync.v0"]) == 4426
    short = stage.address("ben")
    stage.inside("ben").write(a_p=1)
    city.advance(hours=2)
    assert _closed(stage, short) == 4401
    fresh = stage.address("ann")
    owner.send("DELETE", f"/v1/projects/{stage.project}/members/{stage.band.ids['ann']}")
    assert _closed(stage, fresh) == 4403
    fresh = stage.address("ben")
    owner.send("DELETE", f"/v1/projects/{stage.project}")
    assert _closed(stage, fresh) == 4404


def test_an_address_with_too_many_bad_tickets_is_not_looked_at_and_others_are(start_stage, start_city) -> None:
    stage = start_stage(bad_tickets_a_minute=2)
    city, good = stage.band.city, stage.address("ann")
    counted = "SELECT tokens, at FROM rate_limit WHERE policy = 'bad-tickets'"
    bad = [good.split("?")[0], good[:-1] + "_", good.replace(stage.project, stage.band.project())]
    assert [_closed(stage, address) for address in bad] == [4401, 4401, 4429]
    held = city.rows(counted)
    assert len(held) == 1
    assert [_closed(stage, address) for address in (bad[1], good)] == [4429, 4429]
    assert city.rows(counted) == held, "who waits costs the database nothing"
    stage.client("ben").connect(source_address=("127.0.0.2", 0)).sync().write(a_p=1)
    handed_on = stage.client("ann")
    handed_on.address = handed_on.address.replace(city.api.url[7:], start_city().api.url[7:])
    handed_on.connect().sync()
    assert handed_on.clips() == {"a.p": 1}, "what another process of ours has let in is not counted by its address"


def test_who_came_with_too_many_bad_tickets_waits_until_there_is_one_more(stage: Stage) -> None:
    now_s = [0.0]
    tickets = BadTickets(stage.band.city.api.runtime.units, 2, lambda: now_s[0])
    for _ in range(2):
        tickets.count("peer")
        assert not tickets.must_wait("peer")
    with pytest.raises(QuotaExceededError):
        tickets.count("peer")
    now_s[0] = 1.0
    assert (tickets.must_wait("peer"), tickets.must_wait("another")) == (True, False)
    now_s[0] = 30.0
    assert not tickets.must_wait("peer")


def test_a_page_of_another_site_gets_no_socket_whatever_its_ticket(stage: Stage) -> None:
    city, refused = stage.band.city, "room_sockets_refused_total"
    before = REGISTRY.get_sample_value(refused) or 0
    foreign = ("https://evil.example", "null", "", city.api.url, f"{city.origin}/", city.origin.replace("p:", "ps:"))
    for origin in foreign:
        with pytest.raises(InvalidStatus) as caught:
            stage.client("ann").connect(additional_headers={"Origin": origin})
        assert caught.value.response.status_code == 403, origin
    assert REGISTRY.get_sample_value(refused) == before + len(foreign)
    ann = stage.client("ann").connect(additional_headers={"Origin": city.origin}).sync()
    ann.write(a_p=1)


def test_the_end_of_a_ticket_closes_nothing_the_end_of_membership_does(stage: Stage) -> None:
    ann, ben, owner = stage.inside("ann"), stage.inside("ben"), stage.band.player("owner")
    stage.band.city.advance(hours=2)
    ann.write(a_p=1)
    path = f"/v1/projects/{stage.project}/members/{stage.band.ids['ann']}"
    began = time.monotonic()
    owner.send("DELETE", path)
    assert ann.closed(5)[0] == 4403
    assert time.monotonic() - began < 5
    owner.send("DELETE", f"/v1/projects/{stage.project}")
    assert ben.closed(5)[0] == 4404


def test_the_end_of_the_session_or_key_that_opened_a_ticket_ends_it_and_its_socket(stage: Stage) -> None:
    city, robot = stage.band.city, stage.band.key("ann", "projects:write")
    ticket = robot.send("POST", f"/v1/projects/{stage.project}/tickets", {"device": "robot", "lasts_s": 3600}).json()
    ann, ben, machine = stage.inside("ann"), stage.inside("ben"), stage.client("ann")
    machine.address = f"{ann.address.split('ticket=')[0]}ticket={ticket['ticket']}"
    machine.connect().sync()
    opened = "SELECT credential FROM room_ticket WHERE token_hash = sha256(%(text)s::bytea)"
    for client, table in ((ann, "account_session"), (machine, "api_key")):
        ((credential,),) = city.rows(opened, text=client.address.split("ticket=")[1])
        city.execute(f"DELETE FROM {table} WHERE id = %(id)s", id=credential)
        assert client.closed(5)[0] == 4401
        assert _closed(stage, client.address) == 4401
    ben.write(a_p=1)


def test_a_key_that_is_over_ends_nothing_one_that_was_stopped_does(stage: Stage) -> None:
    city, robot = stage.band.city, stage.band.key("ann", "projects:write")
    ticket = robot.send("POST", f"/v1/projects/{stage.project}/tickets", {"device": "robot", "lasts_s": 3600}).json()
    machine = stage.client("ann")
    machine.address = f"{machine.address.split('ticket=')[0]}ticket={ticket['ticket']}"
    machine.connect().sync()
    city.execute("UPDATE api_key SET expires_at = created_at")
    stage.inside("ben").write(a_p=1)
    machine.until(machine.clips)
    city.execute("UPDATE api_key SET disabled_at = created_at")
    assert machine.closed(5)[0] == 4401


def test_a_role_holds_at_once(start_stage) -> None:
    stage = start_stage(watch_s=60.0)
    ann, ben = stage.inside("ann"), stage.inside("ben")
    path = f"/v1/projects/{stage.project}/members/{stage.band.ids['ann']}"
    ann.write(a_p=1)
    stage.band.player("owner").send("PUT", path, {"role": "viewer"})
    ann.write(wait=False, a_p=2)
    ann.until(lambda: ann.denied)
    ben.rest()
    assert ben.clips() == {"a.p": 1}
    assert stage.band.city.rows("SELECT count(*) FROM room_update") == [(1,)]


def test_a_changed_role_is_told(stage: Stage) -> None:
    path, owner = f"/v1/projects/{stage.project}/members/{stage.band.ids['ann']}", stage.band.player("owner")
    owner.send("PUT", path, {"role": "viewer"})
    ann = stage.inside("ann")
    ann.until(lambda: ann.standing.role == "viewer")
    for role in ("commenter", "editor"):  # her ticket was made for a viewer
        owner.send("PUT", path, {"role": role})
        ann.until(lambda role=role: ann.standing.role == role)
    ann.write(a_p=1)


@pytest.mark.parametrize("is_ours", [True, False], ids=["ours", "plain"])
def test_who_may_only_look_is_told_so(stage: Stage, is_ours: bool) -> None:
    ben, ann = stage.inside("ben"), stage.inside("ann", is_ours=is_ours, role="viewer")
    ben.write(a_p=1)
    ann.until(ann.clips)
    ann.write(wait=False, a_p=2)
    ann.until(lambda: ann.denied)
    ann.send(SyncStep2(ann.document.encode()))
    ann.until(lambda: len(ann.denied) == 2)
    ben.rest()
    assert ben.clips() == {"a.p": 1}


def test_who_may_comment_changes_comments_only(stage: Stage) -> None:
    ben, ann = stage.inside("ben"), stage.inside("ann", role="commenter")
    ben.write(a_p=1)
    ann.until(ann.clips)
    ann.put({("comments", "c1.c"): ("ann", 960, None, "louder")})
    ann.put({("comments", "c1.done"): True})
    ann.put({("comments", "c1.done"): False})
    ben.until(lambda: ben.seen == 4)
    assert dict(ben.document.items("comments"))["c1.done"] is False
    for refused in (
        {("clips", "a.p"): 2},
        {("clips", "z.p"): 2, ("comments", "c1.done"): True},
        {("clips", "a.p"): None},
    ):
        late = stage.inside("ann", role="commenter")
        late.put(refused, wait=False)
        late.until(lambda late=late: late.denied)
        late.end()
    ben.rest()
    assert ben.clips() == {"a.p": 1}
    assert dict(ben.document.items("comments"))["c1.done"] is False


def test_frames_that_are_none_close_their_sender_alone(start_stage) -> None:
    stage = start_stage(frame_bytes=2_000)
    ann = stage.inside("ann")
    bad = [
        b"",
        "text",
        b"\x00\x02\xc8\x01",
        b"\x00\x02\x03\x01\x09\x09",
        b"\x00\x00\x02\xff\xff",
        b"\x01\x01\x05\x01\x01\x7b",
    ]
    for frame in [*bad, b"\x00\x07\x00", Update(b"\x01" * 3_000).encode(), SyncStep1(b"\x05").encode()]:
        ben = stage.inside("ben")
        ben.send(frame)
        assert ben.closed()[0] == 4400, frame
    ben = stage.inside("ben")
    for frame in (b"\x63\x01", b"\x02\x00\x01A", b"\x64\x01\x01\x00", frames.Unknown(7)):
        if isinstance(frame, bytes):
            ben.send(frame)
    ben.write(a_p=1)
    ann.until(ann.clips)


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        (bytes.fromhex("01010200070101780504686f6f6b00"), "A Y.XmlHook is not taken here"),  # as yjs 13 writes it
        (b"\x01\x01\x01", "These 3 bytes are not an update"),
    ],
)
def test_whose_update_is_not_taken_is_told_why(stage: Stage, update: bytes, reason: str) -> None:
    ben = stage.inside("ben")
    ben.send(Update(update))
    code, said = ben.closed()
    assert (code, said[: len(reason)]) == (4400, reason)


def test_a_fast_sender_is_held_back_then_shown_out(start_stage) -> None:
    stage = start_stage(updates_per_s=50.0, burst_s=0.2, patience_s=0.3)
    ann, ben = stage.inside("ann"), stage.inside("ben")
    began = time.monotonic()
    for number in range(14):
        ben.write(a_p=number)
    assert time.monotonic() - began > 0.04
    edit = ann.write(b_p=1)
    for _ in range(200):
        ann.send(edit)
    assert ann.closed()[0] == 4429
    ben.write(a_p="on")


@pytest.mark.parametrize(
    "frame",
    [SyncStep1(b"\x00"), frames.Resume(0), frames.QueryAwareness(), b"\x63\x01", frames.Awareness(b"\x00")],
    ids=lambda frame: type(frame).__name__,
)
def test_whoever_only_asks_is_held_back_and_shown_out_too(start_stage, frame: frames.Frame | bytes) -> None:
    stage = start_stage(updates_per_s=50.0, questions_per_s=50.0, questions_at_once=20.0, burst_s=0.4, patience_s=0.3)
    curious = stage.inside("ann")
    for _ in range(150):
        curious.send(frame)
    assert curious.closed()[0] == 4429


def test_a_full_room_and_a_slow_reader(start_stage) -> None:
    stage = start_stage(clients=2, queue_bytes=400_000, bytes_per_s=1e9)
    ann, slow = stage.inside("ann"), stage.inside("ben")
    assert stage.client("owner").connect().closed()[0] == 4429
    for number in range(120):  # more than the socket's own buffers hold
        ann.write(**{f"b{number}_p": bytes(60_000)})
    assert slow.closed(20)[0] == 4408
    slow.connect().sync()
    assert len(slow.clips()) == 120


def test_a_server_that_stops_says_when_to_come_back(stage: Stage) -> None:
    ann, ben = stage.inside("ann"), stage.inside("ben", is_ours=False)
    ann.write(a_p=1)
    stage.band.city.api.drain.begin()
    said = [client.closed() for client in (ann, ben)]
    assert [code for code, _ in said] == [1012, 1012]
    assert all(0 <= retry_after_ms(reason) < 5_000 for _, reason in said)
    assert stage.client("ann").connect().closed()[0] == 1012


def test_an_update_that_came_too_early_is_kept_and_asked_for(stage: Stage) -> None:
    ann, ben = stage.inside("ann"), stage.inside("ben")
    first = ann.document.write({("clips", "a.p"): 1}, "me").update
    second = ann.document.write({("clips", "b.p"): 2}, "me").update
    ann.send(Edit(1, 0, second))
    ann.until(lambda: ann.acks)
    ann.send(Edit(2, 0, first))
    ben.until(lambda: ben.seen == 2)
    assert stage.inside("owner").clips() == {"a.p": 1, "b.p": 2}
