"""The inspector's upper part: the first selected clip's name, place, gain, fades and source."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.clip_fades import lone_fades_ms, track_fades_ms
from maxbooster_desktop.project.document.state import DEFAULT_FADE_MS, Clip, ProjectState
from maxbooster_desktop.ui.shell.form_rows import FormRows
from maxbooster_desktop.ui.shell.musical_text import (
    duration_text,
    length_text,
    parse_length,
    parse_position,
    position_text,
)
from maxbooster_desktop.ui.widgets import decibel_scale
from maxbooster_desktop.ui.widgets.panels import PanelHeader, label
from maxbooster_desktop.ui.widgets.text_field import TextField
from maxbooster_desktop.ui.widgets.value_control import Scale
from maxbooster_desktop.ui.widgets.value_field import ValueField

CLIP_GAIN = Scale(-60.0, 24.0, 0.0, 0.5, 3.0, decibel_scale.format_db, decibel_scale.parse_db)
_SUBTYPES = {
    "PCM_U8": "8 bit",
    "PCM_S8": "8 bit",
    "PCM_16": "16 bit",
    "PCM_24": "24 bit",
    "PCM_32": "32 bit",
    "FLOAT": "32 bit float",
    "DOUBLE": "64 bit float",
    "MPEG_LAYER_III": "MP3",
}


def _parse_fade(text: str) -> float | None:
    """Read "12", "12 ms" or "0.4 s" in milliseconds."""
    text = text.strip().lower().replace(",", ".")
    factor = 1_000.0 if text.endswith("s") and not text.endswith("ms") else 1.0
    try:
        return float(text.removesuffix("ms").removesuffix("s")) * factor
    except ValueError:
        return None


FADE = Scale(0.0, 30_000.0, DEFAULT_FADE_MS, 1.0, 50.0, lambda ms: f"{ms / 1_000:.3f} s", _parse_fade)


class ClipInspector(QWidget):
    """Fields of one clip; edits go to every selected clip where that makes sense (gain), else to this one."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._clip: Clip | None = None
        self._clips: object = None
        self.header = PanelHeader("Clip", self)
        rows = FormRows(self)
        self.name = TextField("Clip name", is_mono=False)
        self.start = TextField("Clip start", accepts=self._reads_start)
        self.length = TextField("Clip length", accepts=self._reads_length)
        self.gain = ValueField(CLIP_GAIN, "Clip gain")
        self.fade_in = ValueField(FADE, "Fade in")
        self.fade_out = ValueField(FADE, "Fade out")
        self.source = label("", "text.3", "hint")
        self.source.setWordWrap(True)
        fields = (self.name, self.start, self.length, self.gain, self.fade_in, self.fade_out)
        for title, field in zip(("Name", "Start", "Length", "Gain", "Fade in", "Fade out"), fields, strict=True):
            rows.add(title, field)
        rows.add_wide(self.source)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(rows)
        self._connect()

    def show_clip(self, clip: Clip, state: ProjectState) -> None:
        """Show a clip."""
        if clip is not self._clip or state.clips is not self._clips:
            # A neighbour decides too whether an edge fades.
            self._clips = state.clips
            fades = track_fades_ms(state, clip.track).get(clip.id) or lone_fades_ms(state, clip)
            for field, fade_ms in zip((self.fade_in, self.fade_out), fades, strict=True):
                if not field.is_dragging:
                    field.set_value(fade_ms)
        if clip is self._clip and not self.gain.is_dragging:
            return
        self._clip = clip
        self.header.set_title(f"Clip — {clip.name}")
        self.name.set_text(clip.name)
        end_tick = state.clip_end_tick(clip)
        self.start.set_text(position_text(clip.start_tick, state.tempo_map))
        self.length.set_text(length_text(clip.start_tick, end_tick, state.tempo_map))
        self.gain.set_value(clip.gain_db)
        self.source.setText(source_text(clip, state))

    def _connect(self) -> None:
        self.name.committed.connect(self._rename)
        self.start.committed.connect(self._move)
        self.length.committed.connect(self._trim)
        self.gain.committed.connect(self._set_gain)
        self.fade_in.committed.connect(self._set_fade_in)
        self.fade_out.committed.connect(self._set_fade_out)

    def _reads_start(self, text: str) -> bool:
        return parse_position(text, self._studio.state.tempo_map) is not None

    def _reads_length(self, text: str) -> bool:
        return self._clip is not None and bool(parse_length(text, self._clip.start_tick, self._studio.state.tempo_map))

    def _rename(self, name: str) -> None:
        if self._clip is not None:
            self._studio.do("clips.rename_clip", self._clip.id, name)

    def _move(self, text: str) -> None:
        tick = parse_position(text, self._studio.state.tempo_map)
        if self._clip is not None and tick is not None:
            self._studio.do("clips.move_clips", (self._clip.id,), tick - self._clip.start_tick)

    def _trim(self, text: str) -> None:
        if self._clip is None:
            return
        ticks = parse_length(text, self._clip.start_tick, self._studio.state.tempo_map)
        if ticks:
            self._studio.do("clips.trim_clip_end", self._clip.id, self._clip.start_tick + ticks)

    def _set_gain(self, gain_db: float) -> None:
        if self._clip is not None:
            self._studio.do("clips.set_clip_gain", self._clip.id, round(gain_db, 2))

    def _set_fade_in(self, fade_ms: float) -> None:
        if self._clip is not None:
            self._studio.do("clips.set_clip_fades", self._clip.id, fade_in_ms=round(fade_ms, 2))

    def _set_fade_out(self, fade_ms: float) -> None:
        if self._clip is not None:
            self._studio.do("clips.set_clip_fades", self._clip.id, fade_out_ms=round(fade_ms, 2))


def source_text(clip: Clip, state: ProjectState) -> str:
    """Describe a clip's audio: file, rate, channels, format, length."""
    asset = state.assets.get(clip.asset) if clip.asset is not None else None
    if asset is None:
        return "Notes" if clip.kind == "midi" else "The audio of this clip is missing."
    channels = {1: "mono", 2: "stereo"}.get(asset.channels, f"{asset.channels} channels")
    rate = f"{asset.sample_rate / 1_000:g} kHz"
    kind = _SUBTYPES.get(asset.subtype, asset.subtype.replace("_", " ").capitalize())
    return f"{asset.name}\n{rate} · {channels} · {kind} · {duration_text(asset.duration_s)}"
