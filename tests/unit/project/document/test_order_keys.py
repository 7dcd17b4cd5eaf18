"""Order keys: always room between two, short in use, different for two people at one place."""

import random

from maxbooster_desktop.project.document.ids import new_id, random_id, seeded_ids
from maxbooster_desktop.project.document.order_keys import LONGEST, is_order_key, key_between, keys_for, needs_new_keys


def test_random_insertions_stay_in_order():
    chance, ids = random.Random(4), seeded_ids(4)
    keys = []
    for _ in range(3000):
        place = chance.randrange(len(keys) + 1)
        before = keys[place - 1] if place else None
        after = keys[place] if place < len(keys) else None
        keys.insert(place, key_between(before, after, ids))
    assert keys == sorted(set(keys))
    assert max(map(len, keys)) < LONGEST
    assert all(map(is_order_key, keys))


def test_appending_and_prepending_keep_keys_short():
    last = first = key_between(None, None)
    for _ in range(10_000):
        after, before = key_between(last, None), key_between(None, first)
        assert after > last
        assert before < first
        last, first = after, before
    assert max(len(last), len(first)) <= 8


def test_one_place_over_and_over_asks_for_new_keys():
    low = key_between(None, None)
    high = key_between(low, None)
    keys = [low, high]
    while not needs_new_keys(keys):
        middle = key_between(low, keys[1])
        assert low < middle < keys[1]
        keys.insert(1, middle)
    assert len(keys) > 30
    fresh = keys_for(len(keys))
    assert fresh == sorted(set(fresh))
    assert not needs_new_keys(fresh)
    assert low < key_between(keys[0], keys[1]) < keys[1]


def test_two_people_at_one_place_get_different_keys():
    low, high = "V", "W"
    assert len({key_between(low, high) for _ in range(50)}) > 40


def test_unreadable_and_unordered_neighbours_still_give_a_key():
    for before, after in (("", ""), ("é", "V"), ("V", "V"), ("W", "V"), ("V", "V0"), ("z" * 200, None)):
        key = key_between(before, after)
        assert is_order_key(key)
        if is_order_key(before):
            assert key > before
    assert needs_new_keys(["V", "V"])
    assert needs_new_keys(["V", ""])


def test_identifiers_are_random_url_safe_and_seedable():
    made = {new_id() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(name) == 14 and name.replace("-", "").replace("_", "").isalnum() for name in made)
    assert new_id(seeded_ids(3)) == new_id(seeded_ids(3)) != new_id(seeded_ids(4))
    assert len(random_id(8)) == 8
