"""docs/ARCHITECTURE.md names every folder there is, and no folder or file that is not."""

import re

from tests.architecture.source_tree import ROOT, tracked

PAGE = (ROOT / "docs/ARCHITECTURE.md").read_text(encoding="utf-8")
#: Folders whose folders are all named in the map.
_MAPPED = (
    ("maxbooster_desktop",),
    *(("maxbooster_desktop", part) for part in ("ui", "engine", "project")),
    ("cloud", "foundation"),
    *((top,) for top in ("dsp", "cloud", "sync", "resources", "tests", "docs")),
)
_MAP = PAGE.split("```text folders\n")[1].split("```")[0]


def _folders_below(*parents: str) -> set[str]:
    depth = len(parents) + 1
    return {
        path.parts[depth - 1] for path in tracked() if len(path.parts) > depth and path.parts[: depth - 1] == parents
    }


def _named_paths() -> list[str]:
    """Return the paths the map names: entries indented below another belong to it, `a/ b/` are siblings."""
    found, parents = [], {}
    for line in _MAP.splitlines():
        entry = re.match(r"( *)([\w./]+)  +(.*)", line)
        if not entry:
            continue
        depth = len(entry[1]) // 2
        parents[depth] = entry[2]
        path = "".join(parents[level] for level in range(depth + 1))
        found.append(path)
        if path.endswith("/"):
            children = re.findall(r"(?<![\w/])([a-z0-9_]+/|[a-z0-9_]+\.py)(?![\w/])", entry[3])
            found += [f"{path}{child}" for child in children]
    return found


def test_every_top_level_folder_is_named():
    top = {folder for folder in _folders_below() if not folder.startswith(".")}
    assert top <= {path.split("/")[0] for path in _named_paths()}


def test_every_package_of_the_desktop_and_of_dsp_is_named():
    named = set(_named_paths())
    for parents in _MAPPED:
        prefix = "/".join(parents)
        missing = [name for name in _folders_below(*parents) if f"{prefix}/{name}/" not in named]
        assert missing == [], f"{prefix} holds folders that the map does not name"


def test_everything_named_exists():
    assert [path for path in _named_paths() if not (ROOT / path).exists()] == []


def test_files_named_in_the_text_exist():
    named = re.findall(r"`((?:[\w.]+/)+[\w.]+\.(?:py|md|toml|json|qss))`", PAGE)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_page_is_short():
    assert len(PAGE.splitlines()) <= 150


def test_links_between_documents_lead_somewhere():
    for page in [path for path in tracked() if path.suffix == ".md"]:
        text = (ROOT / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (ROOT / page.parent / target).exists(), f"{page} links to {target}"
