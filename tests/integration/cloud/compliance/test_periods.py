"""Every period that is promised is kept: what was there for so long is gone, and not an hour earlier."""

import os
from collections.abc import Callable
from datetime import timedelta

from cloud.compliance.periods import PERIODS, period
from tests.integration.cloud.identity.people import City

_ACCOUNT = "INSERT INTO account (id, email, name, password_hash, state) VALUES ('acc', 'acc', 'x', 'x', 'active')"
#: What is planted at a moment `t`, and where it is counted; `e` is the end of the period.
PLANTS = {
    "unconfirmed accounts": (
        (
            "INSERT INTO account (id, email, name, password_hash, password_changed_at) VALUES ('new', 'n',"
            " 'x', 'x', %(t)s)"
        ),
        "account WHERE id = 'new'",
    ),
    "address changes": (
        (
            "INSERT INTO email_undo (token_hash, account_id, email, changed_at, expires_at)"
            " VALUES ('x', 'acc', 'old', %(t)s, %(e)s)"
        ),
        "email_undo",
    ),
    "mailed codes": (
        "INSERT INTO mailed_token (account_id, purpose, token_hash, expires_at) VALUES ('acc', 'verify', 'x', %(e)s)",
        "mailed_token",
    ),
    "sessions": (
        (
            "INSERT INTO account_session (id, account_id, token_hash, label, methods, created_at,"
            " authenticated_at, seen_at)"
            " VALUES ('ses', 'acc', 'x', 'x', '{pwd}', %(t)s, %(t)s, %(e)s)"
        ),
        "account_session",
    ),
    "known devices": ("INSERT INTO known_device VALUES ('acc', 'x', %(t)s)", "known_device"),
    "attempts": ("INSERT INTO attempt_counter VALUES ('account', 'x', 1, %(t)s, %(t)s)", "attempt_counter"),
    "keys": (
        (
            "INSERT INTO api_key (id, account_id, name, key_hash, last_four, scopes, networks, created_at, expires_at)"
            " VALUES ('key', 'acc', 'x', 'x', 'x', '{}', '{}', %(t)s, %(t)s)"
        ),
        "api_key",
    ),
    "desktop codes": (
        (
            "INSERT INTO device_grant (device_code_hash, user_code_hash, client_id, device_hash, label, state, methods,"
            " interval_s, expires_at) VALUES ('x', 'x', 'x', 'x', 'x', 'pending', '{}', 5, %(t)s)"
        ),
        "device_grant",
    ),
    "role requests": (
        (
            "INSERT INTO role_request (id, account_id, role, is_grant, asked_by, created_at, expires_at)"
            " VALUES ('rrq', 'acc', 'support', true, 'acc', %(t)s, %(e)s)"
        ),
        "role_request",
    ),
    "job requests": (
        "INSERT INTO job_request VALUES ('jrq', 'retry', '{a}', 'acc', %(t)s, %(e)s)",
        "job_request",
    ),
    "invitations": (
        (
            "INSERT INTO invitation (id, workspace_id, email, role, token_hash, created_at, expires_at)"
            " VALUES ('inv', 'wsp', 'x', 'member', 'x', %(t)s, %(e)s)"
        ),
        "invitation",
    ),
    "project invitations": (
        (
            "INSERT INTO project_invitation (id, project_id, token_hash, role, max_uses, created_at,"
            " expires_at, created_by)"
            " VALUES ('inv', 'prj', 'x', 'editor', 1, %(t)s, %(t)s, 'acc')"
        ),
        "project_invitation",
    ),
    "tickets": (
        (
            "INSERT INTO room_ticket (token_hash, project_id, account_id, role, device, expires_at)"
            " VALUES ('x', 'prj', 'acc', 'editor', 'x', %(e)s)"
        ),
        "room_ticket",
    ),
    "history": (
        (
            "WITH kept AS (INSERT INTO room_snapshot (project_id, epoch, seq, data, at)"
            " VALUES ('prj', 1, 1, 'x', %(t)s))"
            " INSERT INTO room_update (project_id, epoch, seq, fence, account_id, device, base_seq, data, at)"
            " VALUES ('prj', 1, 1, 0, 'acc', 'x', 0, 'x', %(t)s)"
        ),
        "room_update",
    ),
    "uploads": (
        (
            "INSERT INTO blob_upload (id, account_id, hash, kind, original, length, created_at, expires_at)"
            " VALUES ('upl', 'acc', 'x', 'audio', 'x', 1, %(t)s, %(e)s)"
        ),
        "blob_upload",
    ),
    "replies": (
        "INSERT INTO idempotency_key VALUES ('acc', 'key', 'x', 200, '{}', 'x', %(t)s)",
        "idempotency_key WHERE scope = 'acc'",
    ),
    "rates": ("INSERT INTO rate_limit VALUES ('default', 'acc', 1, true, %(t)s)", "rate_limit WHERE subject = 'acc'"),
    "jobs": (
        "INSERT INTO job (id, kind, queue, payload, state, ended_at) VALUES ('done', 'x.x', 'x', '{}', 'done', %(t)s)",
        "job WHERE id = 'done'",
    ),
    "webhook messages": (
        (
            "WITH hook AS (INSERT INTO webhook_endpoint (id, workspace_id, url, description, events, state, secret,"
            " created_at) VALUES ('whk', 'wsp', 'x', 'x', '{}', 'active', 'x', %(t)s))"
            " INSERT INTO webhook_delivery (id, endpoint_id, event, body, state, created_at)"
            " VALUES ('msg', 'whk', 'x', 'x', 'failed', %(t)s)"
        ),
        "webhook_delivery",
    ),
    "messages": ("INSERT INTO outbox (topic, payload, dispatched_at) VALUES ('x', '{}', %(t)s)", "outbox"),
    "copies": (
        "INSERT INTO personal_export VALUES ('exp', 'acc', NULL, NULL, %(t)s, %(t)s, %(e)s)",
        "personal_export",
    ),
    "job payloads": (
        (
            "INSERT INTO job (id, kind, queue, payload, state, ended_at)"
            " VALUES ('sealed', 'x.x', 'x', '{\"sealed\": \"eA==\"}', 'done', %(t)s)"
        ),
        "job WHERE payload ? 'sealed'",
    ),
    "dead jobs": (
        "INSERT INTO job (id, kind, queue, payload, state, ended_at) VALUES ('dead', 'x.x', 'x', '{}', 'dead', %(t)s)",
        "job WHERE id = 'dead'",
    ),
    "overwritten": (
        (
            "INSERT INTO room_overwritten (project_id, epoch, root, key, lost_seq, lost_account, lost_device, won_seq,"
            " won_account, won_device, at) VALUES ('prj', 1, 'clips', 'a.p', 1, 'a', 'x', 2, 'b', 'x', %(t)s)"
        ),
        "room_overwritten",
    ),
    "rejected drafts": (
        (
            "INSERT INTO draft_operation (client_id, seq, account_id, op_id, kind, draft_id, outcome,"
            " answer, fingerprint,"
            " made_at, received_at) VALUES ('c', 1, 'acc', 'op', 'release', 'd', 'rejected', '{}', 'x', %(t)s, %(t)s)"
        ),
        "draft_operation",
    ),
    "deleted projects": (
        "INSERT INTO project (id, name, deleted_at) VALUES ('gone', 'x', %(t)s)",
        "project WHERE id = 'gone'",
    ),
}
_NOT_ROWS = {"account", "mail kept here", "audit", "erasures"}


def test_every_period_that_ends_is_tried() -> None:
    assert set(PLANTS) == {one.name for one in PERIODS} - _NOT_ROWS
    assert all(one.job for one in PERIODS if one.lasts is not None)


def test_what_is_over_goes_and_not_an_hour_earlier(city: City, run_kind: Callable[[str], None]) -> None:
    begin, passed = city.clock.now(), timedelta()
    city.execute(_ACCOUNT)
    city.execute("INSERT INTO workspace VALUES ('wsp', 'x', NULL, 1, now())")
    city.execute("INSERT INTO project (id, name) VALUES ('prj', 'x')")
    for name, (insert, _) in PLANTS.items():
        city.execute(insert, t=begin, e=begin + period(name).lasts)

    def is_there(name: str) -> bool:
        return bool(city.rows(f"SELECT 1 FROM {PLANTS[name][1]}"))

    for lasts in sorted({period(name).lasts for name in PLANTS}):
        group = [name for name in PLANTS if period(name).lasts == lasts]
        for after, expected in ((-1, group), (1, [])):
            moment = lasts + timedelta(hours=after)
            city.advance(hours=(moment - passed) / timedelta(hours=1))
            passed = moment
            for kind in {period(name).job for name in group}:
                run_kind(kind)
            assert [name for name in group if is_there(name)] == expected


def test_mail_that_is_kept_here_goes_after_a_month(city: City, run_kind: Callable[[str], None]) -> None:
    city.person("ada").register()
    city.person("bob").register()
    old, _young = sorted((city.api.runtime.settings.data / "mail").glob("*.eml"))
    city.advance(days=29)
    run_kind("compliance.keep")
    assert old.exists()
    at = (city.clock.now() - timedelta(days=31)).timestamp()
    os.utime(old, (at, at))
    run_kind("compliance.keep")
    assert [mail.exists() for mail in (old, _young)] == [False, True]
