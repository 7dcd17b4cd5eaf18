"""Who may ask for a copy of somebody's data, as the policies decide; the table is written by hand."""

import re

import pytest

from cloud.foundation.policy import authorize, schema_text
from cloud.foundation.principals import ANONYMOUS, OPERATOR, SYSTEM, Principal
from cloud.foundation.problems import ForbiddenError, UnauthenticatedError
from cloud.identity.contracts import account_resource

_MEMBER = frozenset({"member"})
_EXPECTED = {
    ANONYMOUS: False,
    SYSTEM: False,
    OPERATOR: False,
    Principal("acc_owner", "user", _MEMBER): True,
    Principal("acc_other", "user", _MEMBER): False,
    Principal("acc_admin", "user", _MEMBER | {"admin"}): False,
    Principal("key_own", "key", frozenset({"scope:account:read"}), "acc_owner"): False,
}


@pytest.mark.parametrize("who", _EXPECTED, ids=lambda who: who.id)
def test_who_may_have_a_copy(who: Principal) -> None:
    actions = re.findall(r'"(export\.\w+)"', schema_text())
    assert actions == ["export.request", "export.read"]
    for action in actions:
        try:
            found = bool(authorize(who, action, account_resource("acc_owner")))
        except (ForbiddenError, UnauthenticatedError):
            found = False
        assert found is _EXPECTED[who], action
