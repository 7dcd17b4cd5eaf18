"""The traps of the CRDT library, each met by our wrapper; registers, updates, staging, compaction."""

import math
import random
import subprocess
import sys
import textwrap
import threading

import pycrdt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.document.blobs import blobs_named
from sync.document.codec import canonical, read, same, to_wire
from sync.document.compaction import compacted, is_worthwhile
from sync.document.errors import (
    DocumentError,
    RefusedKeyError,
    RefusedUpdateError,
    RefusedValueError,
    WrongThreadError,
)
from sync.document.grammar import is_id, key_of, split_key
from sync.document.register_document import RegisterDocument
from sync.document.tombstones import TOMBSTONE, is_deleted, tombstone

_PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_VALUES = st.recursive(
    _PLAIN | _TEXT | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=4).map(tuple) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)


def clone(document):
    copy = RegisterDocument()
    copy.load(document.encode())
    return copy


def content(document):
    return {
        (root, key): value
        for root in document.roots()
        if root in _known(document)
        for key, value in document.items(root)
    }


def _known(document):
    return document._maps


def test_written_values_are_read_back():
    document = RegisterDocument()
    written = document.write(
        {("clips", "c.p"): ["t", 960, 0], ("notes", "c.n"): bytes(16), ("meta", "project.name"): "é"}, "me"
    )
    assert written.before == dict.fromkeys(written.after)
    assert document.value("clips", "c.p") == ("t", 960, 0)
    assert clone(document).facets("clips", "c") == {"p": ("t", 960, 0)}
    assert dict(document.items("notes")) == {"c.n": bytes(16)}
    assert document.register_count() == 3
    assert document.value("clips", "nowhere.p") is None


def test_integers_and_bytes_come_back_as_such():
    copy = RegisterDocument()
    source = RegisterDocument()
    source.write({("clips", "c.t"): (5, 2**53, 0.5, -0.0, True, 1e300), ("notes", "c.n"): b"ab"}, "me")
    copy.apply(source.encode(), "net")
    value = copy.value("clips", "c.t")
    assert [type(item) for item in value] == [int, int, float, int, bool, float]
    assert value == source.value("clips", "c.t")
    assert type(copy.value("notes", "c.n")) is bytes


@settings(max_examples=60, deadline=None)
@given(_VALUES.filter(lambda value: value is not None))
def test_every_value_survives_the_library(value):
    document = RegisterDocument()
    document.write({("meta", "project.name"): value}, "me")
    copy, loaded = RegisterDocument(), clone(document)
    copy.apply(document.encode(), "net")
    for other in (document, copy, loaded):
        assert same(other.value("meta", "project.name"), canonical(value))


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        -math.inf,
        2**53 + 1,
        2**63,
        -(2**63),
        "\ud800",
        ("ok", "\udfff"),
        {1: 2},
        {"\ud800": 1},
        {1, 2},
        object(),
        1j,
    ],
)
def test_values_that_would_break_the_library_never_reach_it(value):
    document = RegisterDocument()
    for held in (value, (1, (value,))):
        with pytest.raises(RefusedValueError):
            document.write({("meta", "project.name"): "kept", ("meta", "project.key"): held}, "me")
    assert document.register_count() == 0  # nothing of a refused write was written
    nested: object = 1
    for _ in range(20):
        nested = (nested,)
    with pytest.raises(RefusedValueError, match="deep"):
        document.write({("meta", "project.name"): nested}, "me")


@pytest.mark.parametrize("key", ["", "c", "c.", ".p", "c d.p", "é.p", "c.p q", "c" * 65 + ".p", "c.p\n", 5])
def test_keys_outside_the_grammar_are_refused(key):
    with pytest.raises(RefusedKeyError):
        RegisterDocument().write({("clips", key): 1}, "me")
    with pytest.raises(RefusedKeyError):
        RegisterDocument().write({("nowhere", "c.p"): 1}, "me")


def test_keys_split_and_join():
    assert split_key("lane.p.point") == ("lane", "p.point")
    for key in ("a.b", "a.b.c", "odd", "odd.", ".odd"):
        assert key_of(*split_key(key)) == key
    assert is_id("aB_-9")
    assert not is_id("a.b")


def test_an_equal_value_makes_no_update():
    document = RegisterDocument()
    document.write({("meta", "project.rate"): 48_000}, "me")
    encoded = document.encode()
    written = document.write({("meta", "project.rate"): 48_000.0, ("clips", "c.g"): None}, "me")
    assert (written.update, written.after, document.encode()) == (b"", {}, encoded)
    assert document.write({("meta", "project.rate"): True}, "me").update  # True is not 1
    assert document.write({("meta", "project.rate"): 1}, "me").update


def test_one_write_is_one_update_that_carries_it():
    document, copy = RegisterDocument(), RegisterDocument()
    first = document.write({("clips", f"c{i}.g"): i for i in range(50)}, "me")
    second = document.write({("clips", "c1.g"): 7, ("clips", "c2.g"): None}, "me")
    assert len(second.update) < 100
    assert (second.before, second.after) == (
        {("clips", "c1.g"): 1, ("clips", "c2.g"): 2},
        {("clips", "c1.g"): 7, ("clips", "c2.g"): None},
    )
    assert len(copy.apply(first.update, "net")) == 50
    assert copy.apply(second.update, "net") == {("clips", "c1.g"), ("clips", "c2.g")}
    assert copy.apply(second.update, "net") == frozenset()
    assert content(copy) == content(document)


def test_updates_of_each_author_may_interleave_and_come_twice():
    authors = [RegisterDocument() for _ in range(3)]
    updates = [[author.write({("clips", f"c{i % 3}.g"): i}, "me").update for i in range(12)] for author in authors]
    contents = []
    for seed in range(6):
        target, chance = RegisterDocument(), random.Random(seed)
        places = [0, 0, 0]
        while any(place < 12 for place in places):
            author = chance.choice([index for index in range(3) if places[index] < 12])
            target.apply(updates[author][places[author]], "net")
            target.apply(updates[author][chance.randrange(places[author] + 1)], "net")
            places[author] += 1
        contents.append(content(target))
    assert all(found == contents[0] for found in contents)


def test_a_gap_is_healed_by_the_whole_document():
    source = RegisterDocument()
    updates = [source.write({("clips", f"c{i % 3}.g"): i}, "me").update for i in range(12)]
    for seed in range(5):
        target, order = RegisterDocument(), updates[1:]
        random.Random(seed).shuffle(order)
        for update in order:
            target.apply(update, "net")
        target.apply(source.encode(), "net")
        assert content(target) == content(clone(target)) == content(source)


def test_another_thread_is_refused_at_once():
    document = RegisterDocument()
    document.write({("meta", "project.name"): "x"}, "me")
    calls = [
        lambda: document.value("meta", "project.name"),
        lambda: list(document.items("meta")),
        lambda: document.facets("meta", "project"),
        lambda: document.write({("meta", "project.name"): "y"}, "me"),
        lambda: document.stage({}),
        lambda: document.commit("me"),
        document.discard,
        lambda: document.apply(b"", "net"),
        lambda: document.load(b""),
        document.encode,
        lambda: document.entities("meta"),
        document.roots,
        lambda: compacted(document),
    ]
    failures = []

    def use():
        for call in calls:
            try:
                call()
            except WrongThreadError as error:
                failures.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()
    assert len(failures) == len(calls)
    assert document.value("meta", "project.name") == "x"


def test_garbage_updates_raise_our_error_and_change_nothing():
    document = RegisterDocument()
    document.write({("clips", f"c{i}.g"): i for i in range(20)}, "me")
    before, whole = content(document), document.encode()
    chance = random.Random(7)
    refused = 0
    for index in range(60):
        data = chance.randbytes(chance.randrange(1, 40)) if index % 2 else whole[: chance.randrange(len(whole))]
        try:
            document.apply(data, "net")
        except RefusedUpdateError:
            refused += 1
    assert refused > 20
    assert content(document) == before
    with pytest.raises(RefusedUpdateError):
        RegisterDocument().load(b"\x01\x02garbage")


def test_staged_changes_show_but_are_written_only_by_commit():
    document = RegisterDocument()
    document.write({("clips", "c.g"): 1}, "me")
    encoded = document.encode()
    assert document.stage({("clips", "c.g"): 2, ("clips", "d.g"): 5}) == {("clips", "c.g"), ("clips", "d.g")}
    assert document.value("clips", "c.g") == 2
    for forbidden in (document.encode, lambda: document.apply(encoded, "net"), lambda: document.write({}, "me")):
        with pytest.raises(DocumentError, match="staged"):
            forbidden()
    assert document.discard() == {("clips", "c.g"), ("clips", "d.g")}
    assert (document.encode(), content(document)) == (encoded, {("clips", "c.g"): 1})
    document.stage({("clips", "c.g"): 2})
    document.stage({("clips", "c.g"): 1})
    assert document.commit("me").update == b""
    document.stage({("clips", "c.g"): 2})
    document.stage({("clips", "c.g"): 3})
    written = document.commit("me")
    assert (written.before, written.after) == ({("clips", "c.g"): 1}, {("clips", "c.g"): 3})


def test_client_ids_are_never_shared():
    first = RegisterDocument()
    first.write({("clips", "c.g"): 1}, "me")
    copies = [clone(first) for _ in range(20)]
    assert len({copy._doc.client_id for copy in [first, *copies]}) == 21


def test_concurrent_writes_converge_on_one_whole_value():
    one = RegisterDocument()
    one.write({("clips", "c.p"): ("t", 0, 0)}, "me")
    other = clone(one)
    ours = one.write({("clips", "c.p"): ("t1", 1, 1)}, "me").update
    theirs = other.write({("clips", "c.p"): ("t2", 2, 2)}, "me").update
    one.apply(theirs, "net")
    other.apply(ours, "net")
    assert one.value("clips", "c.p") == other.value("clips", "c.p")
    assert one.value("clips", "c.p") in {("t1", 1, 1), ("t2", 2, 2)}


def test_what_a_hostile_peer_nests_reads_as_nothing():
    hostile = pycrdt.Doc()
    clips = hostile.get("clips", type=pycrdt.Map)
    clips["c.p"] = pycrdt.Map({"x": 1})
    clips["c.g"] = math.nan
    clips["c.t"] = [1, math.inf]
    clips["c.n"] = None
    clips["odd"] = 3
    clips["c.ok"] = [1, None]
    document = RegisterDocument()
    changed = document.apply(hostile.get_update(), "net")
    assert document.facets("clips", "c") == {"ok": (1, None)}
    assert changed == {("clips", "c.ok"), ("clips", "odd")}
    assert content(clone(document)) == content(document)
    assert document.write({("clips", "c.p"): ("t", 1, 0)}, "me").update


def test_a_slow_gesture_written_once_stays_small():
    document = RegisterDocument()
    document.write({("tracks", "t.g"): 0, ("tracks", "t.n"): "T"}, "me")
    size = len(document.encode())
    for step in range(200):
        document.stage({("tracks", "t.g"): -step / 7})
    document.commit("me")
    assert len(document.encode()) - size < 200


def test_compaction_keeps_every_register_and_drops_the_history():
    document = RegisterDocument()
    for index in range(3000):
        document.write({("clips", f"c{index % 2}.g"): index}, "me")
    document.write({("clips", "c1.x"): tombstone("me", 5), ("scenes", "s.o"): "V", ("notes", "c1.n"): bytes(16)}, "me")
    newer = pycrdt.Doc()
    newer.get("holograms", type=pycrdt.Map)["h.v"] = [1, 2]
    document.apply(newer.get_update(), "net")
    fresh = compacted(document)
    assert content(fresh) == content(document)
    assert "holograms" in clone(fresh).roots()
    assert clone(fresh).unknown_registers("holograms") == [("h.v", [1.0, 2.0])]
    assert len(fresh.encode()) * 20 < len(document.encode())
    assert fresh._doc.client_id != document._doc.client_id
    assert is_worthwhile(6_000_000, 1_000_000)
    assert not is_worthwhile(6_000_000, 2_000_000)
    assert not is_worthwhile(400_000, 1000)


def test_tombstones_and_blobs():
    assert is_deleted({TOMBSTONE: tombstone("me", 1)})
    assert not is_deleted({TOMBSTONE: (0, "me", 1)})
    assert not is_deleted({})
    document = RegisterDocument()
    document.write(
        {
            ("assets", "a.a"): (48_000, 2, 10, "PCM_16", "f" * 64, "wav"),
            ("assets", "b.a"): "broken",
            ("plug", "i.st"): ("e" * 64, "uid", 1),
            ("plug", "i.x"): tombstone("me", 1),
        },
        "me",
    )
    assert blobs_named(document) == {"f" * 64, "e" * 64}


def test_reading_never_raises():
    assert read([1.0, None, [2.5]]) == (1, None, (2.5,))
    assert read([1.0, math.nan]) is None
    assert read(object()) is None
    assert to_wire((1, (2, {"a": (3,)}))) == [1, [2, {"a": [3]}]]


def test_ten_thousand_random_operations_end_with_exit_code_0():
    program = """
        import random
        from sync.document.register_document import RegisterDocument
        chance = random.Random(11)
        peers = [RegisterDocument() for _ in range(3)]
        for step in range(10_000):
            peer = chance.choice(peers)
            address = ("clips", f"c{chance.randrange(40)}.{chance.choice('pgnx')}")
            peer.write({address: chance.choice([None, step, "text", (step, None)])}, "me")
            if step % 50 == 0:
                source = chance.choice(peers)
                chance.choice(peers).apply(source.encode(), "net")
        updates = [peer.encode() for peer in peers]
        for peer in peers:
            for update in updates:
                peer.apply(update, "net")
        assert len({str(sorted(peer.items("clips"), key=str)) for peer in peers}) == 1
        copy = RegisterDocument()
        copy.load(peers[0].encode())
        assert dict(copy.items("clips")) == dict(peers[0].items("clips"))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, timeout=100, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def _unread(document):
    """The same document as it is loaded: its clips and notes not looked at yet."""
    return clone(document)


@pytest.fixture
def written():
    document = RegisterDocument()
    document.write(
        {("clips", "a.p"): ("t", 0, 0), ("clips", "a.n"): "A", ("clips", "a-b.n"): "B", ("notes", "a.x.y"): b"1",
         ("notes", "a.w"): b"2"},
        "me",
    )  # fmt: skip
    return document


def test_a_loaded_document_reads_like_the_one_that_wrote_it(written):
    looks = [
        lambda d: d.facets("clips", "a"),
        lambda d: d.value("notes", "a.w"),
        lambda d: set(d.entities("clips")),
        lambda d: d.register_count(),
        lambda d: dict(d.each("clips")),
        lambda d: dict(d.each("clips", ["a", "q"])),
        lambda d: d.entities_with("clips", "p"),
        lambda d: dict(d.each_in_order("notes")),
    ]
    for look in looks:
        fresh = _unread(written)
        assert look(fresh) == look(written)
        assert content(fresh) == content(written)
        assert look(fresh) == look(written)
    assert dict(_unread(written).each_in_order("notes")) == {"a": [b"2", b"1"]}


def test_an_update_of_what_nobody_has_read_yet_is_seen(written):
    fresh = _unread(written)
    fresh.apply(written.encode(), "net")
    later = clone(written)
    later.write({("clips", "a.n"): "A2", ("clips", "a.p"): None, ("notes", "a.z"): b"3"}, "them")
    later.write({("notes", "a.w"): b"9"}, "them")
    later.write({("notes", "a.w"): b"2"}, "them")
    changed = fresh.apply(later.encode(), "net")
    assert changed == {("clips", "a.n"), ("clips", "a.p"), ("notes", "a.z")}
    assert fresh.facets("clips", "a") == {"n": "A2"}
    assert content(fresh) == content(later)
    assert fresh.apply(later.encode(), "net") == set()


def test_staging_over_what_nobody_has_read_can_be_taken_back(written):
    fresh = _unread(written)
    assert fresh.stage({("clips", "a.n"): "A", ("clips", "a.p"): None}) == {("clips", "a.p")}
    fresh.discard()
    assert content(fresh) == content(written)
    assert fresh.write({("notes", "a.w"): b"5"}, "me").before == {("notes", "a.w"): b"2"}


def test_keys_without_a_facet_are_entities_of_their_own(written):
    foreign = pycrdt.Doc()
    foreign.apply_update(written.encode())
    for key in ("a", "a.", "", ".", "lone"):
        foreign.get("clips", type=pycrdt.Map)[key] = "odd"
    fresh = RegisterDocument()
    fresh.load(bytes(foreign.get_update()))
    merged = clone(written)
    merged.apply(bytes(foreign.get_update()), "net")
    assert content(fresh) == content(merged)
    assert fresh.facets("clips", "a") == merged.facets("clips", "a")
