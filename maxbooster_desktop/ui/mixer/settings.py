"""The numbers on a strip: which range each has, how it is written and typed, and the edit that sets it.

A setting's `parameter` is its name in automation and in `EngineSession.touch` ("gain_db", "pan",
"strip.<name>", "send.<id>.gain_db", "insert.<id>.<name>").
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dsp.strips.parameters import BY_NAME
from maxbooster_desktop.project.document.state import Insert, Send, Track, TrackId
from maxbooster_desktop.ui.mixer.declared import Declared, choices, is_switch, scale_of
from maxbooster_desktop.ui.mixer.inserts import declaration
from maxbooster_desktop.ui.mixer.parts import Control, Part
from maxbooster_desktop.ui.widgets.channel_scales import GAIN, PAN
from maxbooster_desktop.ui.widgets.value_control import Scale


@dataclass(frozen=True, slots=True)
class Setting:
    """One number of one track; `value` is what the document holds."""

    track: TrackId
    parameter: str
    title: str
    scale: Scale
    value: float
    verb: str
    arguments: tuple[Any, ...] = ()
    keyword: str = ""

    @property
    def key(self) -> tuple[TrackId, str]:
        """What the setting is known by while it is held."""
        return self.track, self.parameter

    def edit(self, value: float) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return the edit that sets `value`: verb, arguments, named arguments."""
        if self.keyword:
            return self.verb, (self.track, *self.arguments), {self.keyword: value}
        if self.verb in ("channel.set_strip", "channel.set_insert"):
            return self.verb, (self.track, *self.arguments, {self.parameter.rpartition(".")[2]: value}), {}
        return self.verb, (self.track, value), {}


def setting_of(track: Track, control: Control, target_name: str = "") -> Setting | None:
    """Return the number a control of `track` holds, or None; `target_name` is where its send goes."""
    if control.part in (Part.FADER, Part.GAIN_VALUE):
        return Setting(track.id, "gain_db", "gain", GAIN, track.gain_db, "channel.set_gain")
    if control.part is Part.PAN:
        return Setting(track.id, "pan", "pan", PAN, track.pan, "channel.set_pan")
    send = send_of(track, control.entity) if control.part is Part.SEND else None
    if send is None:
        return None
    return Setting(
        track.id, f"send.{send.id}.gain_db", f"send to {target_name}", GAIN, send.gain_db,
        "channel.change_send", (send.id,), "gain_db",
    )  # fmt: skip


def named_setting(track: Track, address: str) -> Setting | None:
    """Return the number of `track` that an address of `EngineSession.touch` names, or None once there is none."""
    place, _, name = address.rpartition(".")
    if address in {"gain_db", "pan"}:
        return setting_of(track, Control(Part.FADER if address == "gain_db" else Part.PAN, track.id))
    if place.startswith("send."):
        return setting_of(track, Control(Part.SEND, track.id, place.removeprefix("send.")), "its target")
    if place == "strip" and name in BY_NAME:
        return _declared(track, address, BY_NAME[name], track.strip, "channel.set_strip")
    insert = insert_of(track, place.removeprefix("insert.")) if place.startswith("insert.") else None
    device = None if insert is None else declaration(insert.device)
    parameter = None if device is None else next((each for each in device.parameters if each.name == name), None)
    if insert is None or parameter is None:
        return None
    return _declared(track, address, parameter, insert.values, "channel.set_insert", insert.id)


def _declared(
    track: Track, address: str, parameter: Declared, values: Mapping[str, float], verb: str, *arguments: str
) -> Setting:
    scale = scale_of(parameter)
    if is_switch(parameter) or choices(parameter):
        low, high = parameter.low, parameter.high
        scale = replace(scale, to_fraction=None, from_fraction=lambda fraction: round(low + fraction * (high - low)))
    value = float(values.get(parameter.name, parameter.default))
    return Setting(track.id, address, parameter.title, scale, value, verb, arguments)


def send_of(track: Track, send_id: str) -> Send | None:
    """Return a track's send, or None once it is gone."""
    return next((send for send in track.sends if send.id == send_id), None)


def insert_of(track: Track, insert_id: str) -> Insert | None:
    """Return a track's insert, or None once it is gone."""
    return next((insert for insert in track.inserts if insert.id == insert_id), None)
