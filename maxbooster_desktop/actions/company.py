"""Who one works with: the account, the open project's room, the others in it, and who is followed. No Qt.

The cloud's libraries load with the first shared project or sign-in, not before the window shows. `changed` is emitted
in whatever thread; everything that asks the cloud blocks and belongs in a worker.
"""

import getpass
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maxbooster_desktop.actions.calling import Calling
from maxbooster_desktop.actions.deferred_cloud import cloudlink
from maxbooster_desktop.actions.drafts import Drafts
from maxbooster_desktop.actions.notices import Notice
from maxbooster_desktop.actions.reports import Reports
from maxbooster_desktop.actions.travelling_sounds import TravellingSounds
from maxbooster_desktop.foundation.errors import MaxBoosterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from maxbooster_desktop.cloudlink.account import Account
    from maxbooster_desktop.cloudlink.links import PlaceLink
    from maxbooster_desktop.cloudlink.live_project import LiveProject
    from maxbooster_desktop.cloudlink.people import OwnPresence, Person
    from maxbooster_desktop.cloudlink.standing import Standing
    from maxbooster_desktop.project.document.state import Comment
    from maxbooster_desktop.settings.store import Settings
    from sync.client.projects import Invitation, Member, NewInvitation


class NotSharedError(MaxBoosterError):
    """Something needs a shared project, and this one is not."""


def _in_hand(person: "Person") -> set[str]:
    return {*person.clips, *(dragged.clip for dragged in person.dragged)}


class Company:
    """See the module.

    Attributes:
        changed: the account, the standing, the others, or the merge report has changed.
        elsewhere: the address of the cloud that the open project is shared at, when one works with another.
        calling: who can be called in comments, and who calls oneself.
        reports: what came together and what was overwritten.
        sounds: those that travel between here and the cloud.
        drafts: releases, listings and schedules that are edited offline, on their way to the cloud and back.
    """

    def __init__(self, make_account: "Callable[[], Account] | None" = None, settings: "Settings | None" = None) -> None:
        self._make_account = make_account
        self._account: Account | None = None
        self._project: Any = None
        self._live: LiveProject | None = None
        self._followed: int | None = None
        self._warned: set[tuple[int, str]] = set()
        self._gate = threading.Lock()
        self.is_offline = False
        self.elsewhere = ""
        self.changed: Notice[[]] = Notice()
        self.calling = Calling(
            lambda: self.author[0], lambda: [(one.account, one.name) for one in self.people], self.changed.emit
        )
        self.reports = Reports(self._told)
        self.sounds = TravellingSounds(lambda: self.account, settings, self.changed.emit)
        self.drafts = Drafts(self._told)

    @property
    def account(self) -> "Account":
        """The account of this computer; made when it is first asked for."""
        with self._gate:
            if self._account is None:
                if self._make_account is None:
                    raise NotSharedError("This program has no cloud; start the window to sign in.")
                self._account = self._make_account()
                self._account.changed = self._account_changed
            return self._account

    @property
    def has_cloud(self) -> bool:
        """Whether this program knows of a cloud at all."""
        return self._make_account is not None

    @property
    def author(self) -> tuple[str, str]:
        """Return (account, name) of who works here, for what they say; an account is not needed for it."""
        who = None if self._account is None else self._account.who
        return (self._linked_account, getpass.getuser()) if who is None else (who.id, who.name)

    @property
    def _linked_account(self) -> str:
        return "" if self._live is None else self._live.link.account

    def is_own(self, comment: "Comment") -> bool:
        """Whether who works here has said it; without an account the name of this computer's user decides."""
        if comment.account:
            return comment.account == self.author[0]
        return comment.author in (getpass.getuser(), self.author[1])

    @property
    def is_shared(self) -> bool:
        """Whether the open project is shared."""
        return self._live is not None

    @property
    def standing(self) -> "Standing | None":
        """How the open project stands with the cloud, None for one that is not shared."""
        return None if self._live is None else self._live.standing

    @property
    def role(self) -> str:
        """What one is in the open project, "" before the room has told and for one that is not shared."""
        return "" if self._live is None else self._live.standing.role

    @property
    def people(self) -> "tuple[Person, ...]":
        """The others in the open project."""
        return () if self._live is None else self._live.people

    @property
    def followed(self) -> "Person | None":
        """Whose view is followed, None for one's own."""
        return next((person for person in self.people if person.client == self._followed), None)

    @property
    def project_id(self) -> str:
        """The shared project's id in the cloud; raises NotSharedError."""
        if self._live is None:
            raise NotSharedError("This project is not shared; share it first.")
        return self._live.link.project_id

    # The open project.

    def attach(self, project: Any, link: Any) -> None:
        """Work with the others on a project, if it has a link and can be edited."""
        self.detach()
        if link is None or project.read_only_reason is not None:
            return
        if link.address.rstrip("/") != self.account.address.rstrip("/"):
            self.elsewhere = link.address
            self.changed.emit()
            return
        self._project = project
        self._live = cloudlink("live_project").LiveProject(project, link, self.account, self._told)
        if self.is_offline:
            self._live.work_offline(is_offline=True)
        self.calling.attach(project)
        self.reports.attach(project, self._live, self.account)
        self._live.start()
        self.sounds.attach(project, self._live)
        self.changed.emit()

    def detach(self) -> None:
        """Leave the open project's room."""
        live, self._live = self._live, None
        self._project, self._followed = None, None
        self.elsewhere = ""
        self.calling.detach()
        self.reports.detach()
        if live is not None:
            self.sounds.detach()
            live.stop()
            self.changed.emit()

    def close(self) -> None:
        """Let go of everything."""
        self.detach()
        self.sounds.close()
        self.drafts.close()
        if self._account is not None:
            self._account.close()

    def forget_account(self) -> None:
        """Leave the room and the cloud: the account is made anew when it is next asked for."""
        self.detach()
        self.sounds.close()
        self.drafts.close()
        with self._gate:
            account, self._account = self._account, None
        if account is not None:
            account.close()
        self.changed.emit()

    def go_on_syncing(self) -> None:
        """Keep drafts in step with the cloud if that was done before on this computer. Slow."""
        if self.drafts.were_synced():
            self.drafts.follow(self.account)

    def share(self, project: Any) -> None:
        """Make the open project a shared one. Slow."""
        cloudlink("sharing_verbs").share(project, self.account)

    def join(self, text: str, parent: Path) -> Path:
        """Come in with an invitation link, or fetch the project of a place's link; return its new folder. Slow."""
        verbs, place = cloudlink("sharing_verbs"), self.place_of(text)
        folder: Path = (
            verbs.join(cloudlink("links").read(text), self.account, parent)
            if place is None
            else verbs.come_to(place.project_id, self.account, parent)
        )
        return folder

    def place_of(self, text: str) -> "PlaceLink | None":
        """Return the place that a link leads to, None for an invitation; raises CloudTroubleError for neither."""
        links = cloudlink("links")
        link = links.read(text)
        return link if isinstance(link, links.PlaceLink) else None

    def place_link(self, tick: int, comment: str = "") -> str:
        """Return the link to a moment of the open project, or to a comment."""
        text: str = cloudlink("links").PlaceLink(self.project_id, tick, comment).text()
        return text

    def invitation_link(self, role: str) -> str:
        """Return a link that lets others in. Slow."""
        with cloudlink("errors").told():
            made = self.account.projects.invite(self.project_id, role, uses=20)
        text: str = cloudlink("links").InvitationLink(self.account.address, made.token or "").text()
        return text

    def invite(self, email: str, role: str) -> "NewInvitation":
        """Mail an invitation. Slow."""
        with cloudlink("errors").told():
            return self.account.projects.invite(self.project_id, role, email=email)

    def invitations(self) -> "list[Invitation]":
        """Return the invitations that are open. Slow."""
        with cloudlink("errors").told():
            return self.account.projects.invitations(self.project_id)

    def withdraw(self, invitation_id: str) -> None:
        """Let nobody in any more with an invitation. Slow."""
        with cloudlink("errors").told():
            self.account.projects.revoke(self.project_id, invitation_id)

    def members(self) -> "list[Member]":
        """Return who is in the project. Slow."""
        with cloudlink("errors").told():
            return self.account.projects.members(self.project_id)

    def look_up(self) -> None:
        """Find out who is signed in and who else is in the project. Slow."""
        self.account.look()
        self.calling.learn([(one.account_id, one.name) for one in self.members()])
        self.changed.emit()

    def change_role(self, account_id: str, role: str) -> None:
        """Make a member something else; "" removes them. Slow."""
        with cloudlink("errors").told():
            if role:
                self.account.projects.change_role(self.project_id, account_id, role)
            else:
                self.account.projects.remove_member(self.project_id, account_id)

    # The others.

    def show(self, presence: "OwnPresence") -> None:
        """Let the others see this of oneself."""
        if self._live is not None:
            self._live.show(presence)
            self.sounds.hear(presence.playhead_tick)

    def follow(self, client: int | None) -> None:
        """See what somebody sees; None goes on alone."""
        self._followed = client
        self.changed.emit()

    def follow_next(self) -> None:
        """Follow the next person, after the last nobody."""
        clients = [person.client for person in self.people]
        at = clients.index(self._followed) + 1 if self._followed in clients else 0
        self.follow(clients[at] if at < len(clients) else None)

    def objection(self, clips: "Iterable[str]", names: "Mapping[Any, Any]") -> str:
        """Return a sentence when somebody has one of these clips in hand; asked again, it is "": they were warned."""
        held = {(person.client, clip): person for person in self.people for clip in _in_hand(person)}
        self._warned &= held.keys()
        for clip in clips:
            for (client, held_clip), person in held.items():
                if held_clip == clip and (client, clip) not in self._warned:
                    self._warned.add((client, clip))
                    what = names[clip].name if clip in names else "this clip"
                    return f"{person.name} has “{what}” in hand: do it again to change it all the same."
        return ""

    def work_offline(self, *, is_offline: bool) -> None:
        """Stay out of the room, or go back in."""
        self.is_offline = is_offline
        if self._live is not None:
            self._live.work_offline(is_offline=is_offline)
        self.changed.emit()

    def _told(self) -> None:
        self.sounds.note_standing()
        self.changed.emit()

    def _account_changed(self) -> None:
        self.sounds.note_account()
        self.drafts.follow(self.account)
        if self._live is not None:
            self._live.wake()
        self.changed.emit()
