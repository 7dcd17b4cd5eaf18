"""People with a desktop: each with an account, project folders, and the code that the window uses."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from cloud.identity.grants import DesktopRequest
from maxbooster_desktop.cloudlink.account import Account
from maxbooster_desktop.cloudlink.live_project import LiveProject
from maxbooster_desktop.cloudlink.sharing_verbs import InvitationLink, join, share
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.project import Project
from sync.client.backoff import Backoff
from sync.credentials.store import MemoryStore
from tests.integration.cloud.identity.desktops import call_of
from tests.integration.cloud.identity.people import City, Person


@dataclass
class Studio:
    """One person's desktop."""

    person: Person
    folder: Path
    store: MemoryStore = field(default_factory=MemoryStore)
    project: Project | None = None
    live: LiveProject | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.account = Account(self.person.city.api.url, self.folder, lambda: self.store, self.browse)

    def browse(self, page: str) -> bool:
        """Allow what the page asks for, as the person would, and let the browser go where it is sent."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        threading.Thread(target=self._allow, args=(asked,), name="browser").start()
        return True

    def _allow(self, asked: dict[str, str]) -> None:
        wish = DesktopRequest(asked["redirect_uri"], asked["code_challenge"], asked["device"], asked["label"])
        identity = self.person.city.identity
        code = identity.run(call_of(self.person), identity.desktop.allow(wish))
        answer = {"code": code, "state": asked["state"], "iss": self.person.city.api.url}
        requests.get(f"{asked['redirect_uri']}?{urlencode(answer)}", timeout=10)

    def share_new(self, name: str = "Night Drive") -> str:
        """Make a project, share it and go live; return the twin's id."""
        self.project = create_project(self.folder / name)
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
        self.live = LiveProject(self.project, link, self.account, lambda: None, Backoff(chance=lambda: 0.01))
        self.live.start()

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
        return self.live is not None and self.live.standing.is_live and self.live.standing.waiting == 0


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
