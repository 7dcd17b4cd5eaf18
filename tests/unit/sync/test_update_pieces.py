"""Pieces of an update do what the whole does, whoever wrote it; what is no update is refused as before."""

import random

import pycrdt
import pytest

from sync.document.errors import RefusedUpdateError
from sync.document.register_document import RegisterDocument
from sync.document.update_pieces import pieces


def document_of(keys: int, *authors: random.Random) -> pycrdt.Doc:
    """Return a document of several clients who write, overwrite and delete each other's registers."""
    whole: pycrdt.Doc = pycrdt.Doc()
    for author in authors:
        mine: pycrdt.Doc = pycrdt.Doc()
        mine.apply_update(whole.get_update())
        for number in range(keys):
            shared = mine.get(author.choice(["clips", "notes", "meta"]), type=pycrdt.Map)
            key = f"{author.choice('abc')}{author.randrange(keys)}.{author.choice('kpn')}"
            if key in shared and author.random() < 0.2:
                del shared[key]
            else:
                shared[key] = value_of(author, number)
        whole.apply_update(mine.get_update())
    return whole


def value_of(author: random.Random, number: int) -> object:
    """Return a value of any kind that a register or another program may hold."""
    kinds = [
        number, -number, number * 1e9, number / 7, 2.0**80, True, None, "", "Clip ü", "x" * author.randrange(300),
        author.randbytes(author.choice([0, 16, 200])), [], ["track", number, 0], [None, 0.5], list(range(9)),
        {"a": [1, {"b": "c"}]}, ["y" * 40, 1], [[1], 2],
    ]  # fmt: skip
    return author.choice(kinds)


def applied(updates: list[bytes]) -> pycrdt.Doc:
    found: pycrdt.Doc = pycrdt.Doc()
    for update in updates:
        found.apply_update(update)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_pieces_do_what_the_whole_does(seed: int) -> None:
    authors = [random.Random(100 * seed + number) for number in range(1 + seed % 4)]
    update = document_of(300 + 400 * (seed % 3), *authors).get_update()
    whole, cut = applied([update]), applied(list(pieces(update)))
    assert cut.get_state() == whole.get_state()
    assert cut.get_update() == whole.get_update() == update
    for root in ("clips", "notes", "meta"):
        assert cut.get(root, type=pycrdt.Map).to_py() == whole.get(root, type=pycrdt.Map).to_py()


def test_first_values_are_cut_a_thousand_at_a_time() -> None:
    document = RegisterDocument()
    changes = {("clips", f"clip{number}.p"): ("track", number, 0) for number in range(3_500)}
    document.write({**changes, ("meta", "project.name"): "Song"}, "me")
    document.write({("meta", "project.name"): "Another", ("clips", "clip7.p"): None}, "me")
    update = document.encode()
    cut = list(pieces(update))
    # What was deleted and overwritten does not end the cutting.
    assert len(cut) >= 4
    assert max(map(len, cut)) < len(update) / 2
    other = RegisterDocument()
    other.load(update)
    other.write({("clips", "clip8.p"): ("track", 8, 1), ("clips", "new.p"): ("track", 9, 0)}, "you")
    # Nor does another client who overwrites: what depends on others comes last.
    assert max(map(len, pieces(other.encode()))) < len(update) / 2
    loaded = RegisterDocument()
    loaded.load(update, in_pieces=True)
    assert loaded.value("clips", "clip3499.p") == ("track", 3499, 0)
    assert (loaded.value("clips", "clip7.p"), loaded.value("meta", "project.name")) == (None, "Another")
    assert loaded.encode() == update


def test_damaged_bytes_are_refused_in_pieces_as_in_one() -> None:
    update = document_of(200, random.Random(5), random.Random(6)).get_update()
    author = random.Random(7)
    for _ in range(60):
        at = author.randrange(len(update))
        damaged = update[:at] if author.random() < 0.5 else update[:at] + author.randbytes(3) + update[at + 3 :]
        outcomes = []
        for in_pieces in (False, True):
            document = RegisterDocument()
            try:
                document.load(damaged, in_pieces=in_pieces)
                outcomes.append(document.encode())
            except RefusedUpdateError:
                outcomes.append(b"refused")
        assert outcomes[0] == outcomes[1]
