"""People with a desktop: each with an account, project folders, and the code that the window uses."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import requests

from maxbooster_desktop.cloudlink.account import Account
from maxbooster_desktop.cloudlink.links import InvitationLink
from maxbooster_desktop.cloudlink.live_project import LiveProject
from maxbooster_desktop.cloudlink.sharing_verbs import join, share
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.project import Project
from maxbooster_desktop.project.store.sharing import Sharing
from sync.client.backoff import Backoff
from sync.credentials.store import MemoryStore
from tests.integration.cloud.identity.browsing import Browser
from tests.integration.cloud.identity.people import City, Person


def let_in(person: Person, page: str) -> None:
    """Do what somebody does on the page that a desktop has opened: sign in, allow, follow the redirect."""
    browser = Browser(person.city)
    browser.sign_in(person.email, person.password, page)
    (action,) = [action for action in browser.forms() if action.startswith("/oauth/authorize")]
    sent = browser.send(action, is_allowed="true")
    requests.get(sent.headers["Location"], timeout=10)


@dataclass
class Studio:
    """One person's desktop."""

    person: Person
    folder: Path
    store: MemoryStore = field(default_factory=MemoryStore)
    project: Project | None = None
    live: LiveProject | None = None
    #: Called when something about the room has changed.
    told: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.account = Account(self.person.city.origin, self.folder, lambda: self.store, self.browse)

    def browse(self, page: str) -> bool:
        """Sign in and allow on the cloud's own pages, in a browser that goes where it is sent."""
        threading.Thread(target=let_in, args=(self.person, page), name="browser").start()
        return True

    def share_new(self, name: str = "Night Drive", fill: Callable[[Project], object] = lambda _: None) -> str:
        """Make a project, fill it, share it and go live; return the twin's id."""
        self.project = create_project(self.folder / name)
        fill(self.project)
        shared = share(self.project, self.account)
        self.go_live()
        return shared.id

    def join(self, token: str) -> None:
        """Join by a link and go live."""
        folder = join(InvitationLink(self.account.address, token), self.account, self.folder)
        self.project = open_project(folder)
        self.go_live()

    def go_live(self) -> None:
        """Enter the room of the open project."""
        assert self.project is not None
        link = self.project.link
        assert link is not None
        self.live = LiveProject(self.project, link, self.account, self._tell, Backoff(chance=lambda: 0.01))
        self.live.start()

    def _tell(self) -> None:
        self.told()

    def leave(self) -> None:
        """Close the project."""
        if self.live is not None:
            self.live.stop()
        if self.project is not None:
            self.project.close()
        self.live = None

    def come_back(self) -> None:
        """Open the project again, as the next start of the program does."""
        assert self.project is not None
        self.project = open_project(self.project.folder)
        self.go_live()

    def close(self) -> None:
        """Let go of everything."""
        self.leave()
        self.account.close()

    @property
    def is_quiet(self) -> bool:
        """Whether everything of one's own is in the cloud."""
        if self.live is None or not self.live.standing.is_live or self.live.standing.waiting:
            return False
        assert self.project is not None
        # An edit of a moment ago is on disk before it is counted as waiting.
        return not self.project.submit_shared(Sharing.own_ops, 0).result()


def until(holds: Callable[[], object], within_s: float = 30.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


def make_studio(city: City, folder: Path, name: str) -> Studio:
    """Return somebody's desktop, signed in."""
    studio = Studio(city.member(name), folder / name)
    studio.account.sign_in()
    return studio
