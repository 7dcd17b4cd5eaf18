"""Who may store, read and attach blobs, as the policies decide; the table is written by hand."""

import re

import pytest

from cloud.foundation.policy import Resource, authorize, schema_text
from cloud.foundation.principals import ANONYMOUS, OPERATOR, SYSTEM, Principal
from cloud.foundation.problems import ForbiddenError, UnauthenticatedError

_MEMBER = frozenset({"member"})
_ACTIONS = ("blob.upload", "blob.uploads", "blob.usage", "blob.read", "blob.attach")
_PERSON = Principal("acc_1", "user", _MEMBER)
_READS = Principal("key_r", "key", frozenset({"scope:projects:read"}), "acc_1")
_WORKS = Principal("key_w", "key", frozenset({"scope:projects:write"}), "acc_1")
#: One letter for each action in the order above, by who asks and what they are in the project.
_EXPECTED = {
    (_PERSON, "owner"): "yyyyy",
    (_PERSON, "editor"): "yyyyy",
    (_PERSON, "commenter"): "yyyy-",
    (_PERSON, "viewer"): "yyyy-",
    (_PERSON, "none"): "yyy--",
    (Principal("acc_bare", "user"), "owner"): "-----",
    (Principal("acc_2", "user", _MEMBER | {"admin"}), "none"): "-----",
    (_READS, "owner"): "---y-",
    (_READS, "none"): "-----",
    (_WORKS, "editor"): "yyyyy",
    (_WORKS, "viewer"): "yyy--",
    (_WORKS, "none"): "yyy--",
    (ANONYMOUS, "none"): "-----",
    (OPERATOR, "none"): "-----",
    (SYSTEM, "none"): "-----",
}


def test_every_action_of_the_schema_is_in_the_table() -> None:
    assert set(re.findall(r'"(blob\.\w+)"', schema_text())) - {"blob.store"} == set(_ACTIONS)


@pytest.mark.parametrize(("who", "role"), _EXPECTED, ids=lambda part: getattr(part, "id", part))
def test_who_may_do_what(who: Principal, role: str) -> None:
    found = ""
    for action in _ACTIONS:
        storage, project = Resource("Storage", "acc_1", {"owner": "acc_1"}), Resource("Project", "p", {"role": role})
        try:
            assert authorize(who, action, storage if action in _ACTIONS[:3] else project)
            found += "y"
        except (ForbiddenError, UnauthenticatedError):
            found += "-"
    assert found == _EXPECTED[who, role]
