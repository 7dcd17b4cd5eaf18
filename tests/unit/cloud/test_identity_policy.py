"""Who may do what to an account, a session and a key, as the policies decide; the table is written by hand."""

import re

import pytest

from cloud.foundation.policy import PLATFORM, Resource, authorize, schema_text
from cloud.foundation.principals import ANONYMOUS, OPERATOR, SYSTEM, Principal
from cloud.foundation.problems import ForbiddenError, UnauthenticatedError

_MEMBER = frozenset({"member"})
_READS = frozenset({"scope:account:read"})
_ACTIONS = {
    "account.register": "Platform",
    "account.verify": "Platform",
    "session.create": "Platform",
    "password.reset": "Platform",
    "desktop.come_in": "Platform",
    "account.confirm_email": "Platform",
    "account.put_email_back": "Platform",
    "key.report": "Platform",
    "account.read": "Account",
    "session.list": "Account",
    "key.list": "Account",
    "passkey.list": "Account",
    "workspace.list": "Account",
    "key.read": "ApiKey",
    "account.prove": "Account",
    "password.change": "Account",
    "totp.change": "Account",
    "session.end_all": "Account",
    "key.create": "Account",
    "desktop.allow": "Account",
    "passkey.add": "Account",
    "invitation.answer": "Account",
    "account.change_email": "Account",
    "account.delete": "Account",
    "passkey.remove": "Passkey",
    "session.end": "Session",
    "key.rotate": "ApiKey",
    "key.revoke": "ApiKey",
    "account.end_sessions": "Account",
    "account.suspend": "Account",
    "account.restore": "Account",
    "account.unlock": "Account",
    "key.restore": "ApiKey",
}
#: Coming in, looking, changing, containing: one letter for each action in the order above; y or -.
_EXPECTED = {
    ANONYMOUS: "yyyyyyyy ------ -------------- -----",
    SYSTEM: "yyyyyyyy ------ -------------- -----",
    OPERATOR: "yyyyyyyy ------ -------------- yyyyy",
    Principal("acc_other", "user", _MEMBER): "yyyyyyyy ------ -------------- -----",
    Principal("acc_owner", "user", _MEMBER): "yyyyyyyy yyyyyy yyyyyyyyyyyyyy -----",
    Principal("acc_owner", "user"): "yyyyyyyy ------ -------------- -----",
    Principal("acc_support", "user", _MEMBER | {"support"}): "yyyyyyyy ------ -------------- -----",
    Principal("acc_admin", "user", _MEMBER | {"admin"}): "yyyyyyyy ------ -------------- yyyyy",
    Principal("key_own", "key", _READS, "acc_owner"): "yyyyyyyy yyyyyy -------------- -----",
    Principal(
        "key_blind", "key", frozenset({"scope:projects:read"}), "acc_owner"
    ): "yyyyyyyy ------ -------------- -----",
    Principal(
        "key_lists", "key", frozenset({"scope:workspaces:read"}), "acc_owner"
    ): "yyyyyyyy ----y- -------------- -----",
    Principal("key_other", "key", _READS, "acc_other"): "yyyyyyyy ------ -------------- -----",
    Principal("key_forged", "key", _MEMBER | {"admin"}, "acc_owner"): "yyyyyyyy ------ -------------- -----",
}


def test_every_action_of_the_schema_is_in_the_table() -> None:
    declared = set(
        re.findall(r'"((?:account|session|password|totp|key|desktop|passkey|invitation)\.\w+)"', schema_text())
    )
    assert declared - {"account.look", "account.change", "account.contain"} == set(_ACTIONS) - {"workspace.list"}


@pytest.mark.parametrize("who", _EXPECTED, ids=lambda who: f"{who.id} {sorted(who.roles)}")
def test_who_may_do_what(who: Principal) -> None:
    found = ""
    for action, kind in _ACTIONS.items():
        resource = PLATFORM if kind == "Platform" else Resource(kind, "x", {"owner": "acc_owner"})
        try:
            assert authorize(who, action, resource)
            found += "y"
        except (ForbiddenError, UnauthenticatedError):
            found += "-"
    assert found == _EXPECTED[who].replace(" ", "")


#: What each role may in a team's workspace, and in a person's own: look, work, see money, manage people, own.
_IN_A_TEAM = {"": "-----", "member": "yy---", "finance": "y-y--", "admin": "yy-y-", "owner": "yyyyy", "guest": "y----"}
_WORKSPACE_ACTIONS = {
    "workspace.read": 0,
    "workspace.leave": 0,
    "member.list": 0,
    "workspace.work": 1,
    "workspace.see_money": 2,
    "workspace.rename": 3,
    "member.invite": 3,
    "member.change": 3,
    "member.remove": 3,
    "workspace.remove": 4,
    "workspace.transfer": 4,
}
_NOT_IN_ONES_OWN = {"member.invite", "workspace.remove", "workspace.transfer"}


@pytest.mark.parametrize("role", _IN_A_TEAM)
@pytest.mark.parametrize("is_personal", [False, True])
def test_who_may_do_what_in_a_workspace(role: str, is_personal: bool) -> None:
    declared = set(re.findall(r'"((?:workspace|member)\.\w+)"', schema_text()))
    groups = {"workspace.look", "workspace.manage", "workspace.own", "workspace.create", "workspace.list"}
    assert declared - groups == set(_WORKSPACE_ACTIONS)
    member, key = Principal("acc", "user", _MEMBER), Principal("key", "key", _MEMBER, "acc")
    looker = Principal("key", "key", frozenset({"scope:workspaces:read"}), "acc")
    for action, kind in _WORKSPACE_ACTIONS.items():
        resource = Resource("Workspace", "wsp", {"role": role, "is_personal": is_personal})
        is_permitted = _IN_A_TEAM[role][kind] == "y" and not (is_personal and action in _NOT_IN_ONES_OWN)
        assert _may(member, action, resource) is is_permitted, action
        assert not _may(key, action, resource)
        assert _may(looker, action, resource) is (role != "" and action in ("workspace.read", "member.list")), action
        assert not _may(OPERATOR, action, resource)


def _may(who: Principal, action: str, resource: Resource) -> bool:
    try:
        return bool(authorize(who, action, resource))
    except ForbiddenError:
        return False
