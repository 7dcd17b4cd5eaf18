"""Verbs of working together: the account, sharing, joining, following, working offline, the merge report."""

from maxbooster_desktop.actions import comments, locks, threads
from maxbooster_desktop.actions.action import Action, Condition
from maxbooster_desktop.actions.conditions import CAN_EDIT, PROJECT_OPEN
from maxbooster_desktop.actions.studio import Studio

_SHARED = Condition("This project is not shared; share it first.", lambda studio: studio.company.is_shared)
_OTHERS = Condition("Nobody else is here now.", lambda studio: bool(studio.company.people))


def _copy_link(studio: Studio, comment: str) -> None:
    thread = threads.thread_with(studio.state.comments, comment)
    tick = studio.playhead_tick if thread is None else thread.first.tick
    studio.ui.copy_text(studio.company.place_link(tick, "" if thread is None else thread.id))
    studio.notify("A link to this place is on the clipboard: it leads members of the project here.")


def _pause_sounds(studio: Studio) -> None:
    problem = studio.company.sounds.pause(is_paused=not studio.company.sounds.is_paused)
    if problem:
        studio.notify(problem)


ACCOUNT = Action(
    id="together.account",
    title="Account…",
    family="together",
    help="Signs in to the cloud or out, and leads to the list of signed-in devices.",
    run=lambda studio: studio.ui.open_dialog("account"),
)
SHARE = Action(
    id="together.share",
    title="Share…",
    family="together",
    shortcut="Ctrl+Alt+S",
    icon="share",
    help="Puts the project into the cloud, invites others by mail or link, and says who may do what.",
    enabled=CAN_EDIT,
    run=lambda studio: studio.ui.open_dialog("share"),
    group=1,
)
JOIN = Action(
    id="together.join",
    title="Join by link…",
    family="together",
    help="Comes into a shared project with an invitation link and makes a folder for it.",
    run=lambda studio: studio.ui.open_dialog("join"),
    group=1,
)
OFFLINE = Action(
    id="together.offline",
    title="Work offline",
    family="together",
    help="Keeps edits on this computer until it is switched off; then both sides are merged.",
    enabled=(PROJECT_OPEN, _SHARED),
    run=lambda studio: studio.company.work_offline(is_offline=not studio.company.is_offline),
    checked=lambda studio: studio.company.is_offline,
    group=2,
)
PAUSE_SOUNDS = Action(
    id="together.pause_sounds",
    title="Hold sounds back",
    family="together",
    help="Leaves sounds of shared projects where they are, for a slow connection, until it is switched off.",
    run=_pause_sounds,
    checked=lambda studio: studio.company.sounds.is_paused,
    group=2,
)
FOLLOW = Action(
    id="together.follow",
    title="Follow the next person",
    family="together",
    shortcut="Ctrl+Alt+F",
    help="Shows the place where somebody else works; after the last person it shows your own again.",
    enabled=(PROJECT_OPEN, _OTHERS),
    run=lambda studio: studio.company.follow_next(),
    checked=lambda studio: studio.company.followed is not None,
    group=2,
)
MERGE_REPORT = Action(
    id="together.merge_report",
    title="Merge report…",
    family="together",
    help="Says what came together after working apart, and lets you choose where one value overwrote another.",
    enabled=(PROJECT_OPEN, _SHARED),
    run=lambda studio: studio.ui.open_dialog("merge_report"),
    group=3,
)
SYNC = Action(
    id="together.sync",
    title="Sync…",
    family="together",
    help="Says what waits for the cloud (edits, sounds, drafts) and why, and holds it back or hurries it.",
    run=lambda studio: studio.ui.open_dialog("sync"),
    group=3,
)
COMMENTS = Action(
    id="together.comments",
    title="Comments…",
    family="together",
    shortcut="Ctrl+Alt+C",
    help="Lists what was said about moments and tracks; write, answer, close a thread, or go there.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.ui.open_dialog("comments"),
    group=3,
)

COPY_LINK = Action(
    id="together.copy_link",
    title="Copy link to this place",
    family="together",
    shortcut="Ctrl+Alt+L",
    icon="link",
    help="Copies a link that leads members of the project to the playhead, and to the comment that is open.",
    enabled=(PROJECT_OPEN, _SHARED),
    run=lambda studio: _copy_link(studio, studio.open_thread or ""),
    group=3,
)

ACTIONS = (
    ACCOUNT,
    SHARE,
    JOIN,
    OFFLINE,
    PAUSE_SOUNDS,
    FOLLOW,
    *comments.ACTIONS,
    COPY_LINK,
    COMMENTS,
    MERGE_REPORT,
    SYNC,
    *locks.ACTIONS,
)
