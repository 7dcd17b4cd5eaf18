"""Who may do what to a shared project, as the policies decide; the table is written by hand."""

import re

import pytest

from cloud.foundation.policy import Resource, authorize, schema_text
from cloud.foundation.principals import ANONYMOUS, OPERATOR, SYSTEM, Principal
from cloud.foundation.problems import ForbiddenError, UnauthenticatedError

_MEMBER = frozenset({"member"})
#: Of an account; looking and entering; editing; deciding.
_ACTIONS = (
    *("project.create", "project.list", "project.join"),
    *("project.read", "project.look_around", "project.enter", "project.leave"),
    *("project.rename",),
    *("project.share", "project.transfer", "project.delete"),
)
_PERSON = Principal("acc_1", "user", _MEMBER)
_READS = Principal("key_r", "key", frozenset({"scope:projects:read"}), "acc_1")
_WORKS = Principal("key_w", "key", frozenset({"scope:projects:write"}), "acc_1")
#: One letter for each action in the order above, by who asks and what they are in the project.
_EXPECTED = {
    (_PERSON, "owner"): "yyy yyyy y yyy",
    (_PERSON, "editor"): "yyy yyyy y ---",
    (_PERSON, "commenter"): "yyy yyyy - ---",
    (_PERSON, "viewer"): "yyy yyyy - ---",
    (_PERSON, "none"): "yyy ---- - ---",
    (Principal("acc_bare", "user"), "owner"): "--- ---- - ---",
    (Principal("acc_2", "user", _MEMBER | {"admin"}), "none"): "--- ---- - ---",
    (_READS, "owner"): "-y- yy-- - ---",
    (_READS, "none"): "-y- ---- - ---",
    (_WORKS, "owner"): "--- y-y- - ---",
    (_WORKS, "none"): "--- ---- - ---",
    (Principal("key_m", "key", frozenset({"scope:money:write"}), "acc_1"), "owner"): "--- ---- - ---",
    (ANONYMOUS, "none"): "--- ---- - ---",
    (OPERATOR, "none"): "--- ---- - ---",
    (SYSTEM, "none"): "--- ---- - ---",
}


def test_every_action_of_the_schema_is_in_the_table() -> None:
    declared = set(re.findall(r'"(project\.\w+)"', schema_text()))
    assert declared - {"project.have", "project.take_part", "project.edit", "project.decide"} == set(_ACTIONS)


@pytest.mark.parametrize(("who", "role"), _EXPECTED, ids=lambda part: getattr(part, "id", part))
def test_who_may_do_what(who: Principal, role: str) -> None:
    found = ""
    for number, action in enumerate(_ACTIONS):
        own = Resource("Account", "acc_1", {"owner": "acc_1"})
        try:
            assert authorize(who, action, own if number < 3 else Resource("Project", "prj_1", {"role": role}))
            found += "y"
        except (ForbiddenError, UnauthenticatedError):
            found += "-"
    assert found == _EXPECTED[who, role].replace(" ", "")
