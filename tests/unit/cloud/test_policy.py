"""Policies are valid, say their names, and decide as the table says, written by hand."""

import re

import cedarpy
import pytest

from cloud.foundation.policy import PLATFORM, Resource, authorize, policy_text, schema_text
from cloud.foundation.principals import ANONYMOUS, OPERATOR, SYSTEM, Principal
from cloud.foundation.problems import ForbiddenError, NotFoundError, UnauthenticatedError

JOB = Resource("Job", "job_1", {"kind": "mail.send", "state": "dead"})
SUPPORT = Principal("user_s", "user", frozenset({"support"}))
ADMIN = Principal("user_a", "user", frozenset({"admin"}))
MEMBER = Principal("user_m", "user", frozenset({"member"}))
RUNNER = Principal("user_o", "user", frozenset({"operator"}))
RUNNERS_KEY = Principal("key_o", "key", frozenset({"operator"}))
ADMINS_KEY = Principal("key_a", "key", frozenset({"admin"}))
#: Who may: one letter for each of the actions in the order of `ACTIONS` and `APPOINTING`; y or -.
ACTIONS = (
    *("job.list", "audit.search", "metrics.read", "dead_letter.list", "job.read", "job.retry", "job.cancel"),
    *("job.ask", "job.decide", "audit.export", "user.search", "user.read"),
)
APPOINTING = ("role.list", "role.ask", "role.decide")
EXPECTED = {
    ANONYMOUS: "---------------",
    MEMBER: "---------------",
    SYSTEM: "---------------",
    SUPPORT: "yyyyy-----yy---",
    ADMINS_KEY: "yyyyy-----yy---",
    RUNNER: "yyyyyyyyyyyy---",
    RUNNERS_KEY: "yyyyy-----yy---",
    ADMIN: "yyyyyyyyyyyyyyy",
    OPERATOR: "yyyyyyyyyyyy---",
}


def test_the_policies_fit_the_schema() -> None:
    found = cedarpy.validate_policies(policy_text(), schema_text())
    assert [str(error) for error in found.errors] == []
    assert found.validation_passed
    broken = policy_text().replace('Action::"platform.look"', 'Action::"platform.glance"')
    assert not cedarpy.validate_policies(broken, schema_text()).validation_passed


def test_every_policy_has_a_name() -> None:
    rules = re.findall(r"^(?:permit|forbid)", policy_text(), re.MULTILINE)
    names = re.findall(r'^@id\("([a-z-]+)"\)', policy_text(), re.MULTILINE)
    assert len(names) == len(set(names)) == len(rules)


def test_every_action_of_the_schema_is_in_the_table() -> None:
    declared = set(re.findall(r'"((?:job|audit|metrics|dead_letter|user|role)\.\w+)"', schema_text()))
    assert declared == set(ACTIONS + APPOINTING)


@pytest.mark.parametrize("who", EXPECTED, ids=lambda who: who.id)
def test_who_may_do_what(who: Principal) -> None:
    found = ""
    for action in ACTIONS + APPOINTING:
        resource = JOB if action in ("job.read", "job.retry", "job.cancel") else PLATFORM
        try:
            assert authorize(who, action, resource)
            found += "y"
        except (ForbiddenError, UnauthenticatedError):
            found += "-"
    assert found == EXPECTED[who]


def test_the_deciding_policy_is_named_and_refusals_differ() -> None:
    assert authorize(ADMIN, "job.retry", JOB) == "admins-operate"
    assert authorize(SUPPORT, "job.list", PLATFORM) == "support-looks"
    with pytest.raises(UnauthenticatedError):
        authorize(ANONYMOUS, "job.read", JOB, is_hidden=True)
    with pytest.raises(ForbiddenError, match=r"job\.read"):
        authorize(MEMBER, "job.read", JOB)
    with pytest.raises(NotFoundError, match="no job job_1"):
        authorize(MEMBER, "job.read", JOB, is_hidden=True)


@pytest.mark.parametrize("name", ['x"; permit(principal,action,resource);', "a\nb", "🎹", ""])
def test_strange_names_change_no_decision(name: str) -> None:
    with pytest.raises(ForbiddenError):
        authorize(
            Principal(name, "user", frozenset({name})), "job.read", Resource("Job", name, {"kind": name, "state": name})
        )
