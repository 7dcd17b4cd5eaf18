"""How notes reach an instrument: events in an area of its state, which the engine fills and the kernel empties.

An instrument is a device (`dsp.core.device`) that says `is_instrument`; the area is the first thing in its private
state. Before each block the engine writes the block's events, sorted by frame; the kernel obeys every event at its
frame and adds its voices to the block. Behind the events the engine remembers which notes it has begun, so that each
of them ends, whatever happens to the clip, the program or the playhead.

A note is known by its key, never 0: a number of its own, not its pitch, so two of one pitch are told apart and each
can be bent, pressed and coloured alone (MPE).
"""

#: An event: frame in the block, kind, key of the note, and two numbers that depend on the kind.
EVENT_FRAME, EVENT_KIND, EVENT_KEY, EVENT_VALUE, EVENT_SECOND, EVENT_FIELDS = range(6)
#: NOTE_ON: pitch in semitones (60 is middle C), velocity 0..1. NOTE_OFF: nothing. PITCH: semitones away from the
#: note's own. PRESSURE, TIMBRE and MODULATION (the wheel, which shakes the pitch): 0..1.
NOTE_ON, NOTE_OFF, NOTE_PITCH, NOTE_PRESSURE, NOTE_TIMBRE, NOTE_MODULATION = range(6)
#: Added to a kind but NOTE_ON it means every note of a channel, those that ring on after their end too: the keys
#: from the event's down, so many of them. Keys of channels are below 0, where no note of a clip is.
WHOLE_CHANNEL, CHANNEL_KEYS = 16, 128

MOST_EVENTS = 256
#: Notes of one instrument that the engine keeps sounding at once; a voice that was stolen counts until its note ends.
MOST_SOUNDING = 96
SOUNDING_KEY, SOUNDING_END, SOUNDING_FIELDS = range(3)

EVENTS_WAITING, SEEN_TABLE, SEEN_JUMPS, SOUNDING, FIRST_EVENT = range(5)
FIRST_SOUNDING = FIRST_EVENT + MOST_EVENTS * EVENT_FIELDS
NOTES_SIZE = FIRST_SOUNDING + MOST_SOUNDING * SOUNDING_FIELDS
