"""Edits to channels: levels, strip, routing, sends, inserts, inputs, MIDI outputs; the master's where it has them."""

from maxbooster_desktop.project.edits.channel.inputs import (
    set_input,
    set_midi_output,
    set_monitoring,
    set_record_format,
)
from maxbooster_desktop.project.edits.channel.inserts import add_insert, enable_insert, remove_insert, set_insert
from maxbooster_desktop.project.edits.channel.levels import (
    set_delay,
    set_gain,
    set_mute,
    set_pan,
    set_solo,
    set_solo_safe,
    set_strip,
)
from maxbooster_desktop.project.edits.channel.routing import add_send, change_send, remove_send, route_track
from maxbooster_desktop.project.edits.channel.zones import set_zones

__all__ = [
    "add_insert",
    "add_send",
    "change_send",
    "enable_insert",
    "remove_insert",
    "remove_send",
    "route_track",
    "set_delay",
    "set_gain",
    "set_input",
    "set_insert",
    "set_midi_output",
    "set_monitoring",
    "set_mute",
    "set_pan",
    "set_record_format",
    "set_solo",
    "set_solo_safe",
    "set_strip",
    "set_zones",
]
