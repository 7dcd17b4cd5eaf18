"""What a person should look at in the open project: one sentence each, and where there is one the way out.

It is the one list of such things: edits that cannot be stored, a project that cannot be edited or is shared at another
cloud, sounds that cannot be played, recorded or brought to the cloud, devices that are not here, plug-ins that are
lost, tracks that one holds and somebody asks for, comments that call who works here, and what a merge of several
people's edits could not keep (`ProjectState.conflicts`).
"""

from dataclasses import dataclass

from maxbooster_desktop.actions import locks, plugins, threads
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.freezing import missing_devices
from maxbooster_desktop.project.document.state import ClipId, Comment, ProjectState, Track, TrackId

_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class Matter:
    """One sentence; `action` is the id of the action that helps, `entity` the clip, track or comment it is about."""

    sentence: str
    action: str = ""
    entity: str = ""


def matters(studio: Studio) -> tuple[Matter, ...]:
    """Return everything, the most pressing first; nothing without a project."""
    if not studio.has_project:
        return ()
    project, state = studio.project, studio.state
    durability = project.durability
    found = []
    if not durability.is_durable and durability.reason:
        found.append(Matter(durability.reason, action="project.save_copy"))
    if project.read_only_reason:
        found.append(Matter(f"The project cannot be changed: {project.read_only_reason}"))
    if studio.company.elsewhere:
        sentence = f"This project is shared at {studio.company.elsewhere}: choose that cloud to work with the others."
        found.append(Matter(sentence, action="together.account"))
    found += [Matter(sentence, action="project.import") for sentence in _sound_sentences(studio)]
    found += [Matter(sentence) for sentence in studio.takes.problems]
    found += [Matter(_asked_text(track), action="together.give_track") for track in locks.asked_of_me(studio)]
    found += [Matter(_call_text(state, call), entity=call.id) for call in studio.company.calling.unread(state)]
    found += [Matter(sentence, entity=track) for track, sentence in missing_devices(state, plugins.is_known).items()]
    lost = plugins.lost_sentences(studio).values()
    found += [Matter(sentence, action="track.reload_plugins") for sentence in lost]
    travelling = studio.company.sounds.standing
    found += [Matter(f"{sentence.rstrip('.')}.") for sentence in (() if travelling is None else travelling.problems)]
    known = {*state.tracks, *state.clips}
    found += [
        Matter(conflict.sentence, entity=conflict.entity if conflict.entity in known else "")
        for conflict in state.conflicts
    ]
    return tuple(found)


def _sound_sentences(studio: Studio) -> list[str]:
    pool = studio.pool
    if pool is None:
        return []
    cached = "The file of '{}' is gone from the project; it still plays from this computer's cache: import it again."
    return [
        *(f"{sentence.rstrip('.')}." for sentence in pool.problems.values()),
        *(cached.format(asset.name) for asset in pool.cached_only),
    ]


def _asked_text(track: Track) -> str:
    return f"{track.asked.name if track.asked else 'Somebody'} asks for “{track.name}”, which you hold."


def _call_text(state: ProjectState, comment: Comment) -> str:
    said = " ".join(comment.text.split())
    short = said if len(said) <= _LONGEST_QUOTE else f"{said[: _LONGEST_QUOTE - 1]}…"
    return f"{comment.author} calls you at {threads.place_text(state, comment)}: “{short}”"


def show(studio: Studio, matter: Matter) -> None:
    """Select the clip or track that a matter is about and scroll there, or open the thread of a comment."""
    state = studio.state
    thread = threads.thread_with(state.comments, matter.entity)
    if thread is not None:
        studio.go_to(thread.first.tick)
        studio.ui.show_thread(thread.id)
        return
    clip = state.clips.get(ClipId(matter.entity))
    if clip is not None:
        studio.selection.set_clips([clip.id])
        studio.ui.show_place(clip.start_tick, [clip.track])
    elif matter.entity in state.tracks:
        track = TrackId(matter.entity)
        studio.selection.set_tracks([track])
        studio.ui.show_place(studio.playhead_tick, [track])
