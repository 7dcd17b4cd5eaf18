"""Messages over real HTTPS: signed, tried by the schedule, held back as receivers ask, given up, replayed."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from cloud import app
from cloud.webhooks import rules
from tests.integration.cloud.webhooks.receivers import Hook, Receiver


def test_what_happens_is_told_with_a_signature(hook: Hook) -> None:
    project_id = hook.happen()
    (message,) = hook.receiver.messages
    assert message.is_signed_with(hook.first["secret"])
    assert abs(int(message.headers["webhook-timestamp"]) - hook.city.clock.now().timestamp()) < 2
    told = json.loads(message.body)
    assert (told["type"], told["data"]["project_id"]) == ("project.created", project_id)
    (delivery,) = hook.deliveries()
    assert (delivery["id"], delivery["state"]) == (message.headers["webhook-id"], "delivered")
    assert (delivery["attempts"], delivery["last_status"]) == (1, 204)


def test_a_team_hears_of_its_members_and_nobody_of_others(hook: Hook) -> None:
    team = hook.owner.send("POST", "/v1/workspaces", {"name": "Band"}).json()["id"]
    form = {"url": hook.receiver.url, "events": ["member.joined"]}
    made = hook.owner.send("POST", f"/v1/workspaces/{team}/webhooks", form).json()
    guest = hook.city.member("bob")
    hook.owner.send("POST", f"/v1/workspaces/{team}/invitations", {"email": guest.email, "role": "member"})
    hook.city.run_jobs()
    code = guest.mails("An invitation")[0].split("\n\n")[1].strip()
    assert guest.send("POST", "/v1/workspace-invitations/acceptance", {"token": code}).status_code == 200
    guest.send("POST", "/v1/projects", {"name": "Their own"})
    hook.city.run_jobs()
    (message,) = hook.receiver.messages
    assert json.loads(message.body)["data"]["workspace_id"] == team
    assert message.is_signed_with(made["secret"])


def test_only_the_events_that_are_wanted_come(hook: Hook) -> None:
    hook.change(events=["project.deleted"])
    project_id = hook.happen()
    assert hook.receiver.messages == []
    hook.owner.send("DELETE", f"/v1/projects/{project_id}")
    hook.city.run_jobs()
    assert [json.loads(message.body)["type"] for message in hook.receiver.messages] == ["project.deleted"]


def test_accepted_drafts_are_told_once(hook: Hook) -> None:
    path = "/v1/drafts/release/rel_1"
    made = hook.owner.send("PUT", path, {"values": {"title": "Night Bus"}}, If_None_Match="*")
    assert made.status_code == 201, made.text
    hook.city.run_jobs()
    (message,) = hook.receiver.messages
    about = {"kind": "release", "draft_id": "rel_1", "version": made.json()["version"], "is_removed": False}
    assert json.loads(message.body)["data"] == {"drafts": [about]}
    assert "Night Bus" not in message.body


def test_a_message_is_tried_by_the_schedule_with_one_id(hook: Hook) -> None:
    hook.receiver.answer(500, 500, 301)
    hook.happen()
    assert len(hook.receiver.messages) == 1
    assert hook.wait(seconds=4) == 1
    assert hook.wait(seconds=2) == 2
    assert hook.wait(seconds=299) == 2
    assert hook.wait(seconds=35) == 3
    assert hook.deliveries()[0]["last_status"] == 301
    assert hook.wait(minutes=34) == 4
    (delivery,) = hook.deliveries()
    assert (delivery["state"], delivery["attempts"], hook.read()["failing_since"]) == ("delivered", 4, None)
    assert len({message.headers["webhook-id"] for message in hook.receiver.messages}) == 1
    assert len({message.headers["webhook-timestamp"] for message in hook.receiver.messages}) == 4


def test_a_receiver_that_is_overloaded_gets_the_pause_it_asks_for(hook: Hook) -> None:
    hook.receiver.answer(429, Retry_After="600")
    hook.happen()
    hook.happen("Another")
    assert len(hook.receiver.messages) == 1
    assert hook.wait(seconds=590) == 1
    assert hook.wait(seconds=70) == 3
    assert {one["state"] for one in hook.deliveries()} == {"delivered"}


def test_without_an_answer_the_reason_is_kept(hook: Hook) -> None:
    hook.change(url=hook.receiver.url.replace("a.example", "b.example"))
    hook.happen()
    (delivery,) = hook.deliveries("?state=waiting")
    assert (delivery["last_status"], "SSLCert" in delivery["last_error"]) == (None, True)


def test_what_leads_into_a_private_network_is_never_reached(start_city, receiver: Receiver, monkeypatch) -> None:
    inside = replace(receiver.fetcher, may_reach=lambda address: address.is_global)
    monkeypatch.setattr(app, "Fetcher", lambda **_: inside)
    hook = Hook.made(start_city().member(), receiver)
    hook.happen()
    (delivery,) = hook.deliveries()
    assert "private network" in delivery["last_error"]
    assert receiver.messages == []


def test_who_is_gone_gets_nothing_more_and_its_owner_a_mail(hook: Hook) -> None:
    hook.receiver.answer(410)
    hook.happen()
    shown = hook.read()
    assert (shown["state"], shown["disabled_why"]) == ("disabled", "gone")
    hook.city.run_jobs()
    assert "(410)" in hook.owner.mails("A webhook was disabled")[0]
    hook.happen("Missed")
    assert hook.wait(days=4) == 1
    assert [one["state"] for one in hook.deliveries()] == ["missed", "failed"]


def test_a_long_failure_disables_and_mails(hook: Hook) -> None:
    hook.receiver.answer(*[503] * len(rules.SCHEDULE))
    hook.happen()
    for number, pause in enumerate(rules.SCHEDULE[1:], 2):
        assert hook.wait(seconds=max(pause * 1.1, timedelta(minutes=1)).total_seconds() + 1) == number
    (delivery,) = hook.deliveries("?state=failed")
    assert delivery["attempts"] == len(rules.SCHEDULE)
    assert hook.read()["disabled_why"] == "failing"
    hook.city.run_jobs()
    assert "three days" in hook.owner.mails("A webhook was disabled")[0]
    assert hook.city.audited("webhook.disabled")[0][3] == {"why": "failing"}


def test_what_was_missed_is_replayed_by_its_time(hook: Hook) -> None:
    hook.change(state="paused")
    hook.happen("Early")
    middle = hook.city.clock.now() + timedelta(seconds=1)
    hook.city.advance(minutes=1)
    wanted = hook.happen("Late")
    assert (hook.receiver.messages, {one["state"] for one in hook.deliveries()}) == ([], {"missed"})
    form = {"since": middle.isoformat(), "until": "2100-01-01T00:00:00Z"}
    assert hook.owner.send("POST", f"{hook.path}/replays", form).status_code == 409
    hook.change(state="active")
    reply = hook.owner.send("POST", f"{hook.path}/replays", form)
    assert (reply.status_code, reply.json()) == (202, {"count": 1})
    hook.city.run_jobs()
    (message,) = hook.receiver.messages
    assert json.loads(message.body)["data"]["project_id"] == wanted


def test_one_message_is_replayed_under_its_own_id(hook: Hook) -> None:
    hook.receiver.answer(204, 500)
    hook.happen()
    (delivery,) = hook.deliveries()
    path = f"{hook.path}/deliveries/{delivery['id']}/replay"
    assert hook.owner.send("POST", path).json()["state"] == "waiting"
    assert hook.owner.send("POST", path).status_code == 409
    hook.city.run_jobs()
    assert hook.wait(seconds=6) == 3
    first, *others = hook.receiver.messages
    assert {(one.headers["webhook-id"], one.body) for one in others} == {(first.headers["webhook-id"], first.body)}
    assert hook.owner.send("POST", f"{hook.path}/deliveries/msg_none/replay").status_code == 404


def test_two_secrets_are_valid_for_a_day(hook: Hook) -> None:
    new = hook.owner.send("POST", f"{hook.path}/secret").json()["secret"]
    hook.happen()
    hook.city.advance(hours=25)
    hook.happen("Later")
    during, after = hook.receiver.messages
    old = hook.first["secret"]
    assert (during.is_signed_with(old), during.is_signed_with(new)) == (True, True)
    assert (after.is_signed_with(old), after.is_signed_with(new)) == (False, True)


def test_a_webhook_that_was_removed_gets_nothing_more(hook: Hook) -> None:
    hook.receiver.answer(500)
    hook.happen()
    assert hook.owner.send("DELETE", hook.path).status_code == 200
    assert hook.wait(days=4) == 1
    assert hook.city.rows("SELECT state FROM job WHERE kind = 'webhooks.deliver'") == [("done",)]


@pytest.mark.parametrize(("state", "days"), [("delivered", 31), ("waiting", 38)])
def test_old_messages_are_forgotten_also_when_their_job_died(hook: Hook, state: str, days: int) -> None:
    hook.happen()
    hook.city.execute("UPDATE webhook_delivery SET state = %(state)s", state=state)
    hook.city.advance(days=days)
    hook.city.execute("INSERT INTO job (id, kind, queue, payload) VALUES ('f', 'webhooks.forget', 'webhooks', '{}')")
    hook.city.run_jobs()
    assert hook.city.rows("SELECT count(*) FROM webhook_delivery") == [(0,)]
