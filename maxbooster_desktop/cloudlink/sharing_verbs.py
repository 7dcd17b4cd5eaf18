"""Sharing a project for the first time, and joining one: both make or find the twin in the cloud, and link to it.

Slow: run them in a worker. Raise CloudTroubleError.
"""

import os
import queue
import time
from pathlib import Path

from maxbooster_desktop.cloudlink.account import Account
from maxbooster_desktop.cloudlink.errors import AlreadySharedError, CloudTroubleError, NothingSharedError, told
from maxbooster_desktop.cloudlink.links import InvitationLink
from maxbooster_desktop.engine.render.stem_names import safe_name
from maxbooster_desktop.project.store.cloud_link import CloudLink, new_device
from maxbooster_desktop.project.store.opening import create_project
from maxbooster_desktop.project.store.project import Project
from maxbooster_desktop.project.store.sharing import Sharing
from sync.client.errors import RefusedError
from sync.client.projects import SharedProject
from sync.client.room import Door, RoomClient
from sync.client.room_events import FINAL, Changed, Connection, Event, Position, Whole
from sync.client.server_text import shown
from sync.document.errors import RefusedUpdateError
from sync.document.register_document import RegisterDocument

_PATIENCE_S = 120.0


def share(project: Project, account: Account) -> SharedProject:
    """Make the project's twin in the cloud and link them; what is in it goes there from now on."""
    if project.link is not None:
        raise AlreadySharedError("This project is in the cloud already.")
    with told():
        made = account.projects.create(project.state.meta.name)
    project.stored(project.submit_shared(Sharing.share, CloudLink(made.id, account.address, new_device())))
    return made


def join(link: InvitationLink, account: Account, parent: Path) -> Path:
    """Come in with an invitation and make a project folder for it; return the folder."""
    if link.address.rstrip("/") not in ("", account.address):  # the invitation is a secret of that cloud's
        raise CloudTroubleError(
            f"This invitation leads to {link.address}, and you work with {account.address}: "
            "choose that cloud with Account in the menu Together, and sign in there."
        )
    with told():
        joined = account.projects.join(link.token)
    return fetch(joined, account, parent)


def come_to(project_id: str, account: Account, parent: Path) -> Path:
    """Make a project folder for the shared project that a link names; return the folder."""
    with told():
        try:
            shared = account.projects.read(project_id)
        except RefusedError as error:
            raise CloudTroubleError(
                f"The project of this link is not among yours at {account.address}: ask for an invitation to it."
            ) from error
    return fetch(shared, account, parent)


def fetch(shared: SharedProject, account: Account, parent: Path) -> Path:
    """Make a project folder for a shared project that one is in; return the folder."""
    device = new_device()
    whole = _whole(shared.id, device, account)
    probe = RegisterDocument()
    try:
        probe.load(whole.update)
    except RefusedUpdateError as refused:
        raise CloudTroubleError(f"“{shown(shared.name)}” came damaged from the cloud: try again later.") from refused
    if not probe.register_count():
        raise NothingSharedError(f"“{shown(shared.name)}” holds nothing yet: wait until its owner is online once.")
    standing = whole.standing
    link = CloudLink(
        shared.id, account.address, device, standing.account, standing.epoch, seen=((0, standing.head_seq),)
    )
    folder = _free_folder(parent, shared.name)
    create_project(folder, shared=(whole.update, link)).close()
    return folder


def _whole(project_id: str, device: str, account: Account) -> Whole:
    """Return the room's document."""
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    door = Door(account.address, project_id, lambda epoch: account.projects.ticket(project_id, device, epoch))
    room = RoomClient(door, lambda: Position(None, 0, b"\0"), events.put)
    room.start()
    until_s = time.monotonic() + _PATIENCE_S  # for all of it: a room that tells something else goes on for ever
    try:
        while True:
            event = events.get(timeout=max(0.0, until_s - time.monotonic()))
            if isinstance(event, Whole):
                return event
            if isinstance(event, Changed) and (event.connection in FINAL or event.connection is Connection.OFFLINE):
                raise CloudTroubleError(event.reason or "The cloud cannot be reached; try again.")
    except queue.Empty:
        raise CloudTroubleError("The project did not come from the cloud in time; try again.") from None
    finally:
        room.stop()


def _free_folder(parent: Path, name: str) -> Path:
    """Return a folder that is not there yet, named after a project whatever its name is made of."""
    plain = safe_name(name, "Shared project")
    number = 1
    while os.path.lexists(folder := parent / (plain if number == 1 else f"{plain} {number}")):
        number += 1
    return folder
