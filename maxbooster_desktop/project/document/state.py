"""The state a project document projects to: frozen values that the window draws and the engine compiles.

Nothing here refers to the document, to SQLite or to Qt. Every value is immutable; an edit yields a new
`ProjectState` that shares everything it did not touch, so any thread may keep and read one.

Units: ticks are integers, 960 to a quarter note. A clip's `source_offset` and `length_frames` count frames of its
own audio file (at the file's rate), so a tempo change never stretches it; where it ends in ticks follows from the
tempo map. Levels are dB, pan runs from -1 (left) to +1 (right).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, NewType

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.project.document.tempo_map import TempoMap

TrackId = NewType("TrackId", str)
ClipId = NewType("ClipId", str)
AssetId = NewType("AssetId", str)
SendId = NewType("SendId", str)
InsertId = NewType("InsertId", str)
MarkerId = NewType("MarkerId", str)
LaneId = NewType("LaneId", str)
PointId = NewType("PointId", str)
EventId = NewType("EventId", str)
CommentId = NewType("CommentId", str)
TakeId = NewType("TakeId", str)
RangeId = NewType("RangeId", str)
ZoneId = NewType("ZoneId", str)

TrackKind = Literal["audio", "instrument", "midi", "group", "bus", "master"]
ClipKind = Literal["audio", "midi"]
SendTap = Literal["pre", "post"]
LoopMode = Literal["none", "forward", "sustain", "ping_pong"]
Monitoring = Literal["auto", "on", "off"]
RecordFormat = Literal["FLOAT", "PCM_24", "PCM_16"]

#: The one track every project has; it is never listed in `track_order` and cannot be deleted.
MASTER = TrackId("master")

#: The track kinds that carry each kind of clip.
CLIP_HOSTS: Mapping[ClipKind, tuple[TrackKind, ...]] = {"audio": ("audio",), "midi": ("instrument", "midi")}
#: The track kinds that can be armed.
RECORDABLE: tuple[TrackKind, ...] = (*CLIP_HOSTS["audio"], *CLIP_HOSTS["midi"])

LOOP_MODES: tuple[LoopMode, ...] = ("none", "forward", "sustain", "ping_pong")

#: A note as stored in a clip: ticks from the clip's start, MIDI pitch, velocity 1-127, detune in cents.
NOTE = np.dtype(
    [("start", "<u4"), ("length", "<u4"), ("flags", "<u2"), ("pitch", "u1"), ("velocity", "u1"), ("detune", "<f4")]
)


@dataclass(frozen=True, slots=True)
class Meta:
    """What belongs to the project as a whole.

    `is_rate_open`: nobody chose the sample rate yet, so the first import brings its own.
    """

    project_id: str
    name: str
    sample_rate: int
    format_version: int = 1
    key: str = ""
    loop_start_tick: int = 0
    loop_end_tick: int = 4 * 4 * 960
    loop_enabled: bool = False
    is_rate_open: bool = False


@dataclass(frozen=True, slots=True)
class Asset:
    """Content-addressed audio: `id` is the BLAKE3 of the decoded samples and their format."""

    id: AssetId
    name: str
    sample_rate: int
    channels: int
    frames: int
    subtype: str
    file_hash: str
    extension: str

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate


@dataclass(frozen=True, slots=True)
class Send:
    """A tap of one channel into another channel's input."""

    id: SendId
    target: TrackId
    gain_db: float = 0.0
    pan: float = 0.0
    tap: SendTap = "post"
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class SampleZone:
    """Which keys and velocities of a sampler play which sound, and how.

    Frames count in the asset's own rate; `end_frame` 0 is its end, `loop_end` lies behind the loop's last frame. A loop
    of "sustain" runs while the note is held. `turn` counts from 1: of `turns` notes this zone plays one. Notes of one
    `choke` group end each other; 0 is none.
    """

    id: ZoneId
    asset: AssetId
    root_key: int = 60
    low_key: int = 0
    high_key: int = 127
    low_velocity: int = 1
    high_velocity: int = 127
    start_frame: int = 0
    end_frame: int = 0
    loop_mode: LoopMode = "none"
    loop_start: int = 0
    loop_end: int = 0
    crossfade_ms: float = 0.0
    tune_cents: float = 0.0
    key_track_percent: float = 100.0
    gain_db: float = 0.0
    pan: float = 0.0
    delay_ms: float = 0.0
    attack_ms: float = 0.0
    hold_ms: float = 0.0
    decay_ms: float = 0.0
    sustain_percent: float = 100.0
    release_ms: float = 20.0
    is_one_shot: bool = False
    turn: int = 1
    turns: int = 1
    choke: int = 0


@dataclass(frozen=True, slots=True)
class Insert:
    """A device in a channel's chain; `values` holds only parameters that were touched, by stable name.

    `zones` are a sampler's, by id.
    """

    id: InsertId
    device: str
    order: str
    enabled: bool = True
    values: Mapping[str, float] = field(default_factory=dict)
    zones: tuple[SampleZone, ...] = ()


class Holder(NamedTuple):
    """Who holds a track, or asks for it."""

    account: str
    name: str


class Frozen(NamedTuple):
    """What a frozen track plays instead of its clips, takes and inserts: a sound before the channel strip.

    `asset` is float sound at the project's rate that starts at `start_tick`; its last `tail_frames` ring on behind what
    it was made from. `fingerprint` says what that was (`freezing.fingerprint_of`); `account` and `name` are who froze
    it, empty in a project that is not shared.
    """

    asset: AssetId
    start_tick: int
    tail_frames: int
    fingerprint: str
    account: str = ""
    name: str = ""


class TrackInput(NamedTuple):
    """Which channels of the input device a track records: the first, counted from 0, and one or two of them."""

    first_channel: int
    channels: int


class MidiOutput(NamedTuple):
    """Where a track sends its notes: the plain name of a port, and a channel counted from 0."""

    port: str
    channel: int


@dataclass(frozen=True, slots=True)
class Track:
    """A track, group, bus or the master, with its channel.

    `strip` holds the touched parameters of the channel strip by stable name (`dsp.strips.parameters`); what is
    missing has its default. `output` None means: the parent group, or the master when there is none. `delay_ms` is by
    how much everything it gives out comes later than the timeline says (negative: earlier). `lock` is who alone may
    edit what is on it, `asked` who wants to. `frozen` None: it plays what is on it.
    """

    id: TrackId
    kind: TrackKind
    name: str
    order: str
    colour: int = 0
    parent: TrackId | None = None
    output: TrackId | None = None
    height: int = 50
    gain_db: float = 0.0
    pan: float = 0.0
    is_muted: bool = False
    is_soloed: bool = False
    is_solo_safe: bool = False
    delay_ms: float = 0.0
    monitoring: Monitoring = "auto"
    record_format: RecordFormat = "FLOAT"
    input: TrackInput | None = None
    midi_output: MidiOutput | None = None
    lock: Holder | None = None
    asked: Holder | None = None
    frozen: Frozen | None = None
    strip: Mapping[str, float] = field(default_factory=dict)
    sends: tuple[Send, ...] = ()
    inserts: tuple[Insert, ...] = ()


#: The fade of a clip's edge that cuts into its source when nobody set one, in milliseconds: no click.
DEFAULT_FADE_MS = 4.0


@dataclass(frozen=True, slots=True)
class Clip:
    """A region on a track. Audio clips name an asset; MIDI clips hold notes and a length in ticks.

    `fade_in_ms`/`fade_out_ms` None means the default: DEFAULT_FADE_MS at an edge that cuts into its source, nothing at
    the file's own start or end nor at a seam (`clip_fades`). Fade curves run from -1 (slow start) over 0 (straight) to
    +1 (fast start).
    """

    id: ClipId
    track: TrackId
    start_tick: int
    name: str
    kind: ClipKind = "audio"
    lane: int = 0
    asset: AssetId | None = None
    source_offset: int = 0
    length_frames: int = 0
    length_ticks: int = 0
    gain_db: float = 0.0
    fade_in_ms: float | None = None
    fade_out_ms: float | None = None
    fade_in_curve: float = 0.0
    fade_out_curve: float = 0.0
    is_muted: bool = False
    colour: int | None = None
    parent: ClipId | None = None


#: The crossfade at the beginning of a comp's range when nobody chose one, in milliseconds.
DEFAULT_CROSSFADE_MS = 10.0


@dataclass(frozen=True, slots=True)
class Take:
    """One recording of one track in one round: heard only where the track's comp says so.

    `source_offset` and `length_frames` count frames of the asset; takes of one recording share `pass_number`.
    `colour` None is the track's; `recorded_at_ms` is in milliseconds since 1970.
    """

    id: TakeId
    track: TrackId
    asset: AssetId
    start_tick: int
    source_offset: int
    length_frames: int
    name: str
    pass_number: int = 0
    recorded_at_ms: int = 0
    colour: int | None = None


@dataclass(frozen=True, slots=True)
class CompRange:
    """What of a take is heard: [start_tick, end_tick) as far as it has sound, begun by a crossfade.

    `layer` decides who is above when ranges overlap after a merge: what was chosen later over others has a higher one.
    """

    id: RangeId
    start_tick: int
    end_tick: int
    take: TakeId
    crossfade_ms: float = DEFAULT_CROSSFADE_MS
    layer: int = 0


@dataclass(frozen=True, slots=True)
class Marker:
    """A named place on the marker lane."""

    id: MarkerId
    tick: int
    name: str
    colour: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """One automation point. `curve` 0 is straight, -1..1 bends; None holds the value until the next point."""

    id: PointId
    tick: int
    value: float
    curve: float | None = 0.0


@dataclass(frozen=True, slots=True)
class Lane:
    """Automation of one parameter of one track; `points` are sorted by tick, then id.

    `parameter` is "gain_db", "pan", "is_muted", "strip.<name>", "send.<send id>.gain_db" or
    "insert.<insert id>.<name>".
    """

    id: LaneId
    track: TrackId
    parameter: str
    is_enabled: bool = True
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody says about a moment or a range, of one track or all; `parent` makes it an answer.

    `account` and `author` are who said it, `mentions` the accounts of whom it calls; `when_ms` is in milliseconds
    since 1970.
    """

    id: CommentId
    tick: int
    text: str
    account: str = ""
    author: str = ""
    when_ms: int = 0
    end_tick: int | None = None
    track: TrackId | None = None
    parent: CommentId | None = None
    is_done: bool = False
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something the projection had to repair, named so that a person can look at it."""

    entity: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ProjectState:
    """Everything a project shows and plays.

    `tracks` includes the master. `track_order` is the display order, depth first, without the master.
    `clips_by_track` lists clip ids sorted by start tick, then id; `comments` by tick, then time, then id.
    `takes_by_track` lists take ids by pass, then time, then id; `comps` holds the ranges that are seen, sorted by
    start, none over another.
    """

    meta: Meta
    tempo_map: TempoMap
    tracks: Mapping[TrackId, Track]
    track_order: tuple[TrackId, ...] = ()
    clips: Mapping[ClipId, Clip] = field(default_factory=dict)
    clips_by_track: Mapping[TrackId, tuple[ClipId, ...]] = field(default_factory=dict)
    notes: Mapping[ClipId, npt.NDArray[np.void]] = field(default_factory=dict)
    markers: tuple[Marker, ...] = ()
    comments: tuple[Comment, ...] = ()
    lanes: Mapping[LaneId, Lane] = field(default_factory=dict)
    assets: Mapping[AssetId, Asset] = field(default_factory=dict)
    takes: Mapping[TakeId, Take] = field(default_factory=dict)
    takes_by_track: Mapping[TrackId, tuple[TakeId, ...]] = field(default_factory=dict)
    comps: Mapping[TrackId, tuple[CompRange, ...]] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()

    def clip_end_tick(self, clip: Clip) -> int:
        """Return the tick at which `clip` ends: derived from the tempo map for audio, stored for MIDI."""
        if clip.kind == "midi" or clip.asset is None:
            return clip.start_tick + clip.length_ticks
        return self._sound_end_tick(clip.asset, clip.start_tick, clip.length_frames)

    def take_end_tick(self, take: Take) -> int:
        """Return the tick nearest to the end of `take`."""
        return self._sound_end_tick(take.asset, take.start_tick, take.length_frames)

    def _sound_end_tick(self, asset: AssetId, start_tick: int, frames: int) -> int:
        rate = self.assets[asset].sample_rate if asset in self.assets else self.meta.sample_rate
        return self.tempo_map.tick_at(self.tempo_map.seconds_at(start_tick) + frames / rate)

    def end_tick(self) -> int:
        """Return the tick at which the last clip or range of a comp ends (0 for an empty project)."""
        ends = [self.clip_end_tick(clip) for clip in self.clips.values()]
        for comp in self.comps.values():
            ends += [min(part.end_tick, self.take_end_tick(self.takes[part.take])) for part in comp]
        return max(ends, default=0)
