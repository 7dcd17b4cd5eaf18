"""Every declared action is complete, unique and named so that menus, palette and keys can be generated from it."""

import re
from collections import Counter

import pytest

from maxbooster_desktop.actions.action import FAMILIES
from maxbooster_desktop.actions.registry import REGISTRY, by_family
from resources import resource_path

ALL = tuple(REGISTRY.values())


@pytest.mark.parametrize("action", ALL, ids=lambda action: action.id)
def test_action_is_complete(action):
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", action.id)
    assert action.title[0].isupper()
    assert action.title == action.title.strip()
    assert action.help.endswith(".")
    assert len(action.help) > 20
    assert "  " not in action.help
    assert action.family in FAMILIES
    if action.icon:
        resource_path("icons", f"{action.icon}.svg")


def test_keys_are_unique_within_a_scope():
    keys = Counter((action.scope, key) for action in ALL for key in action.keys)
    assert [key for key, count in keys.items() if count > 1] == []


def test_no_action_takes_bare_tab_or_arrows():
    taken = {key for action in ALL for key in action.keys}
    assert taken.isdisjoint({"Tab", "Shift+Tab", "Left", "Right", "Up", "Down", "Shift+F10"})


def test_every_family_has_actions_and_none_is_lost():
    families = by_family()
    assert all(families.values())
    assert sum(len(actions) for actions in families.values()) == len(ALL)


def test_default_keys():
    expected = {
        "transport.play": ("Space",),
        "transport.loop": ("L",),
        "transport.metronome": ("K",),
        "transport.follow": ("F",),
        "marker.add": ("M",),
        "edit.undo": ("Ctrl+Z",),
        "edit.redo": ("Ctrl+Shift+Z", "Ctrl+Y"),
        "clip.split": ("S", "Ctrl+E"),
        "clip.mute": ("0",),
        "tools.palette": ("Ctrl+K",),
        "tools.audio": ("Ctrl+,",),
        "project.export": ("Ctrl+Shift+E",),
    }
    assert {action_id: REGISTRY[action_id].keys for action_id in expected} == expected
