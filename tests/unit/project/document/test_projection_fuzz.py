"""Random edits, undo, garbage and merges between peers: `advance` equals `project`, and all peers agree.

A projection that took over the stored state of a freshly loaded document must then be as good as one that read it all.
"""

import random
from dataclasses import replace

import numpy as np
import pytest

from maxbooster_desktop.project.document.ids import seeded_ids
from maxbooster_desktop.project.document.new_document import new_document
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.projection import Projection, project
from maxbooster_desktop.project.document.state import (
    NOTE,
    Asset,
    Clip,
    CompRange,
    Insert,
    Lane,
    Marker,
    Point,
    Send,
    Take,
    Track,
)
from maxbooster_desktop.project.document.state_codec import decode_state, encode_state, state_hash
from maxbooster_desktop.project.document.tempo_map import SignatureEvent, TempoEvent
from sync.document.compaction import compacted
from sync.document.register_document import RegisterDocument

_GARBAGE = ("x", True, -5, 2.5, b"ab", ("x",), (1, 2, 3, 4, 5, 6), ("t0", 3.5, 0), {"a": 1}, ("send",), (None, None))
_FACETS = {
    "tracks": ("k", "p", "n", "r", "g", "v.eq", "x", "new"),
    "clips": ("k", "p", "s", "t", "o", "fi", "g", "c", "x"),
    "notes": ("nnnn",),
    "plug": ("k", "to", "o", "v.a", "x"),
    "tempo": ("e", "s", "x"),
    "markers": ("p", "n", "x"),
    "auto": ("k", "on", "p.qq", "x"),
    "assets": ("a", "n"),
    "meta": ("name", "rate", "loop"),
    "takes": ("k", "pass", "n", "c.rr", "c.ss", "x"),
}


class Peer:
    """One person with a copy of the project who does random things."""

    def __init__(self, seed, document):
        self.random = random.Random(seed)
        self.document = ProjectDocument(document, origin=f"peer{seed}", ids=seeded_ids(seed), clock=lambda: 1.0)

    def act(self):
        """Do one random thing."""
        document = self.document
        verb = self.random.choice(
            [self.add_track, self.change_track, self.add_clip, self.change_clip, self.split, self.delete, self.small,
             self.notes, self.take, self.comp, self.garbage, document.undo, document.undo, document.redo, self.jump]
        )  # fmt: skip
        verb()

    def pick(self, ids):
        """Return one of some ids, None when there are none."""
        ids = sorted(ids)
        return self.random.choice(ids) if ids else None

    def add_track(self):
        """Add a track of a random kind."""
        parent = self.pick([track.id for track in self.document.state.tracks.values() if track.kind == "group"])
        kind = self.random.choice(["audio", "group", "bus", "group"])
        with self.document.edit("track") as edit:
            edit.create(Track(self.document.new_id(), kind, "T", self.random.choice("ABC"), parent=parent))

    def change_track(self):
        """Change one thing of a track."""
        state = self.document.state
        track = state.tracks[self.pick(state.tracks)]
        other = self.pick(set(state.tracks) - {track.id})
        device = self.document.new_id()
        fields = self.random.choice(
            [{"parent": other}, {"output": other}, {"output": None}, {"gain_db": self.random.random()}, {"order": "B"},
             {"sends": (*track.sends, Send(device, other))}, {"sends": track.sends[1:]}, {"name": "N"},
             {"inserts": (Insert(device, "d", "V", values={"a": 1.5}), *track.inserts)}, {"strip": {"eq_on": 1.0}}]
        )  # fmt: skip
        if other is None:
            return
        with self.document.edit("change track") as edit:
            edit.set(replace(track, **fields))

    def add_clip(self):
        """Add an audio clip."""
        state = self.document.state
        track = self.pick(state.tracks)
        with self.document.edit("clip") as edit:
            tick = self.random.randrange(9) * 960
            edit.create(Clip(self.document.new_id(), track, tick, "C", asset="a", length_frames=100))

    def change_clip(self):
        """Change one thing of a clip."""
        state = self.document.state
        if not state.clips:
            return
        clip = state.clips[self.pick(state.clips)]
        fields = self.random.choice(
            [{"start_tick": self.random.randrange(9) * 960}, {"track": self.pick(state.tracks)}, {"length_frames": 55},
             {"gain_db": 1.5}, {"name": "Z"}]
        )  # fmt: skip
        with self.document.edit("change clip") as edit:
            edit.set(replace(clip, **fields))

    def split(self):
        """Split an audio clip."""
        clips = [
            clip.id for clip in self.document.state.clips.values() if clip.length_frames > 2 and clip.kind == "audio"
        ]
        if not clips:
            return
        clip = self.document.state.clips[self.pick(clips)]
        at = self.random.randrange(1, clip.length_frames)
        right = replace(clip, id=self.document.new_id(), parent=clip.id, start_tick=clip.start_tick + at,
                        source_offset=clip.source_offset + at, length_frames=clip.length_frames - at)  # fmt: skip
        with self.document.edit("split") as edit:
            edit.create(right)
            edit.set(replace(clip, length_frames=at))

    def delete(self):
        """Delete a track, clip or lane."""
        state = self.document.state
        targets = {*state.tracks, *state.clips, *state.lanes, *state.takes} - {"master", "recovered"}
        if targets:
            with self.document.edit("delete") as edit:
                edit.delete(self.pick(targets))

    def small(self):
        """Add something small and change a lane."""
        state, new = self.document.state, self.document.new_id()
        track, tick = self.pick(state.tracks), self.random.randrange(4) * 960
        entity = self.random.choice(
            [Marker(new, tick, "M"), TempoEvent(tick, 90.0 + tick, False, new), SignatureEvent(tick, 3, 4, new),
             Lane(new, track, "gain_db", True, (Point("p", tick, 1.5),)),
             Asset(new, "n", 44_100, 2, 9, "PCM_16", "h", "wav")]
        )  # fmt: skip
        with self.document.edit("small") as edit:
            edit.create(entity)
            for lane in list(state.lanes.values())[:1]:
                edit.set(replace(lane, points=(Point("q", tick, 0.5), *lane.points[1:])))

    def take(self):
        """Record a take, or move one to another track."""
        state, new = self.document.state, self.document.new_id()
        track = self.pick(state.tracks)
        old = self.pick(state.takes)
        with self.document.edit("take") as edit:
            if old is not None and self.random.random() < 0.3:
                edit.set(replace(state.takes[old], track=track, name="Moved"))
            else:
                edit.create(Take(new, track, "a", self.random.randrange(9) * 960, 0, 4_000, "T", len(state.takes)))

    def comp(self):
        """Put a range into some comp as it comes, overlapping or of a take of another track, or take one out."""
        state = self.document.state
        take, track = self.pick(state.takes), self.pick(state.tracks)
        if take is None:
            return
        track = state.takes[take].track if self.random.random() < 0.8 else track
        first = self.random.randrange(12) * 480
        part = CompRange(
            self.random.choice("abcd"),
            first,
            first + self.random.randrange(1, 6) * 480,
            take,
            5.0,
            self.random.randrange(3),
        )
        with self.document.edit("comp") as edit:
            if self.random.random() < 0.2:
                edit.remove_range(track, part.id)
            else:
                edit.set_range(track, part)

    def notes(self):
        """Replace the notes of a clip."""
        clips = self.document.state.clips
        if clips:
            notes = np.zeros(self.random.randrange(4), NOTE)
            notes["start"], notes["pitch"], notes["velocity"] = self.random.randrange(9), 60, 99
            with self.document.edit("notes") as edit:
                edit.set_notes(self.pick(clips), notes)

    def garbage(self):
        """Write what no version of ours writes, as a broken or newer peer might."""
        root = self.random.choice(sorted(_FACETS))
        entity = self.pick([*self.document.registers.entities(root), "ghost"])
        facet = self.random.choice(_FACETS[root])
        changed = self.document.registers.write({(root, f"{entity}.{facet}"): self.random.choice(_GARBAGE)}, "garbage")
        self.document._advance(changed.after)

    def jump(self):
        """Go to a random step of the history."""
        history = self.document.history
        if history:
            self.document.jump_to(self.random.choice(history).number)


def same_states(one, other):
    assert one.conflicts == other.conflicts
    for field in (
        "meta",
        "tempo_map",
        "tracks",
        "track_order",
        "clips",
        "clips_by_track",
        "markers",
        "lanes",
        "assets",
        "takes",
        "takes_by_track",
        "comps",
    ):
        assert getattr(one, field) == getattr(other, field), field
    assert state_hash(one) == state_hash(other)


def loaded(document):
    """A document as opening loads it: nothing of it has been read."""
    copy = RegisterDocument()
    copy.load(document.encode())
    return copy


def adopted(document, state, ids):
    """Open a document with its stored state."""
    known = decode_state(encode_state(state))
    peer = ProjectDocument(loaded(document), known=known, ids=ids, clock=lambda: 1.0)
    assert len(peer.state.clips) == len(known.clips)
    return peer


@pytest.mark.parametrize("seed", range(12))
def test_a_projection_that_took_over_a_state_goes_on_like_one_that_read_everything(seed):
    chance = random.Random(1000 + seed)
    peer = Peer(seed, new_document("Adopted", 48_000, seeded_ids(seed)))
    for round_ in range(4):
        for _ in range(25):
            peer.act()
        other = Peer(seed + 500 + 100 * round_, loaded(peer.document.registers))
        peer.document = adopted(peer.document.registers, peer.document.state, peer.document.ids)
        read = Projection(loaded(peer.document.registers))
        same_states(peer.document.state, read.state)
        for _ in range(6):
            chance.choice([peer, other]).act()
            same_states(peer.document.state, project(peer.document.registers))
        peer.document.merge(other.document.registers.encode())
        same_states(peer.document.state, project(loaded(peer.document.registers)))


@pytest.mark.parametrize("seed", range(12))
def test_peers_converge_and_advance_equals_project(seed):
    chance = random.Random(seed)
    first = new_document("Fuzz", 48_000, seeded_ids(seed))
    start = first.encode()
    copies = [RegisterDocument() for _ in range(chance.randrange(1, 4))]
    for copy in copies:
        copy.load(start)
    peers = [Peer(seed * 10 + index, document) for index, document in enumerate([first, *copies])]
    for _ in range(70):
        chance.choice(peers).act()
        if chance.random() < 0.08:
            source, target = chance.choice(peers), chance.choice(peers)
            target.document.merge(source.document.registers.encode())
        peer = chance.choice(peers)
        same_states(peer.document.state, project(peer.document.registers))
    for _ in range(2):
        for source in peers:
            for target in peers:
                target.document.merge(source.document.registers.encode())
    late = RegisterDocument()
    late.load(peers[0].document.registers.encode())
    for peer in peers:
        same_states(peer.document.state, project(peer.document.registers))
        same_states(peer.document.state, project(late))
    same_states(peers[0].document.state, project(compacted(late)))
    same_states(peers[0].document.state, decode_state(encode_state(peers[0].document.state)))
