"""`cloud/compliance/asvs.toml` answers every requirement of OWASP ASVS 5.0, levels 1 and 2, with what there is."""

import ast
import re
import tomllib
from collections import Counter

import pytest

from tests.architecture.source_tree import ROOT, tree

TABLE = tomllib.loads((ROOT / "cloud/compliance/asvs.toml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
KINDS = ("pass", "n/a", "doc", "open")
#: Of each section, the levels of its requirements in their order (5.0.0: 70 of level 1, 183 of level 2).
LEVELS = """
1.1 22  1.2 1111122223  1.3 112222222223  1.4 222  1.5 123
2.1 122  2.2 112  2.3 12223  2.4 23
3.1 3  3.2 113  3.3 12223  3.4 11222233  3.5 11122333  3.6 3  3.7 22333
4.1 12233  4.2 23333  4.3 22  4.4 1222
5.1 2  5.2 112333  5.3 113  5.4 222
6.1 122  6.2 111111112222  6.3 11223333  6.4 112233  6.5 22222333  6.6 2223  6.7 33  6.8 2222
7.1 222  7.2 1111  7.3 22  7.4 11222  7.5 223  7.6 22
8.1 1233  8.2 1123  8.3 133  8.4 23
9.1 111  9.2 1222
10.1 22  10.2 223  10.3 22223  10.4 1111122222233333  10.5 22222  10.6 22  10.7 222
11.1 2233  11.2 22233  11.3 11233  11.4 1222  11.5 23  11.6 23  11.7 33
12.1 12233  12.2 11  12.3 22223
13.1 2333  13.2 222223  13.3 2233  13.4 1222233
14.1 22  14.2 12223333  14.3 122
15.1 12233  15.2 12233  15.3 1222222  15.4 3333
16.1 2  16.2 22222  16.3 2222  16.4 222  16.5 2223
17.1 23  17.2 22223333  17.3 22
"""
#: Sections that ask for documentation; the first ones of the other chapters ask for more.
DOCUMENTED = {f"{chapter}.1" for chapter in (2, 3, 5, 6, 7, 8, 11, 13, 14, 15, 16)}


def _levels() -> dict[str, str]:
    found = re.findall(r"(\d+\.\d+) (\d+)", LEVELS)
    return {f"{section}.{number}": level for section, levels in found for number, level in enumerate(levels, start=1)}


def _tests_in(path: str) -> set[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree(ROOT / path)) if isinstance(node, functions)}


def _of(kind: str) -> dict[str, object]:
    return {name: entry[kind] for name, entry in TABLE.items() if kind in entry}


def test_the_levels_are_those_of_the_standard() -> None:
    assert Counter(_levels().values()) == {"1": 70, "2": 183, "3": 92}


def test_every_requirement_has_one_answer_and_there_is_no_other() -> None:
    assert list(TABLE) == [name for name, level in _levels().items() if level != "3"]
    assert [name for name, entry in TABLE.items() if len(entry.keys() & set(KINDS)) != 1] == []
    assert [name for name, entry in TABLE.items() if entry.keys() - {*KINDS, "note"}] == []


def test_tests_that_are_named_exist() -> None:
    named = {(name, test) for name, tests in _of("pass").items() for test in tests}
    assert all(tests for tests in _of("pass").values())
    known = {path: _tests_in(path) for path in {test.partition("::")[0] for _, test in named}}
    assert [one for one in sorted(named) if one[1].partition("::")[2] not in known[one[1].partition("::")[0]]] == []


@pytest.mark.parametrize("kind", ["n/a", "open"])
def test_what_is_not_shown_says_why(kind: str) -> None:
    assert [name for name, reason in _of(kind).items() if not reason.endswith(".") or len(reason.split()) < 2] == []


def test_documents_answer_what_asks_for_documents() -> None:
    headings = {re.sub(r"[^a-z0-9]+", "-", title.lower()) for title in re.findall(r"^## (.+)$", PAGE, re.MULTILINE)}
    for name, target in _of("doc").items():
        assert name.rpartition(".")[0] in DOCUMENTED, name
        page, _, heading = target.partition("#")
        assert page == "docs/security.md"
        assert heading in headings, f"{name} names {heading}"


def test_the_page_counts_right() -> None:
    counts = {kind: len(_of(kind)) for kind in KINDS}
    print(counts)
    sentence = "{pass} are shown by tests, {doc} by this page, {n/a} do not apply, {open} are open"
    assert sentence.format(**counts) in PAGE.replace("\n", " ")
