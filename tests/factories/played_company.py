"""A live project and people whose parts a test plays: no cloud is needed to see what the window shows of them."""

from maxbooster_desktop.cloudlink.people import Person
from maxbooster_desktop.cloudlink.standing import Standing
from maxbooster_desktop.project.store.cloud_link import CloudLink
from sync.client.room_events import Connection


class PlayedLive:
    """A live project whose part the test plays; whoever works here has the account `acc_me`."""

    def __init__(self):
        self.link = CloudLink("project-1", "https://cloud.example", "device", "acc_me")
        self.standing, self.people, self.shown, self.offline = Standing(Connection.LIVE, role="editor"), (), [], None

    def show(self, presence):
        self.shown.append(presence)

    def work_offline(self, *, is_offline):
        self.offline = is_offline

    def wake(self):
        """It goes nowhere."""

    def stop(self):
        """Nothing runs."""


def person(**about):
    """Return Mara Lind, or who else is described."""
    return Person(**({"client": 5, "account": "a", "name": "Mara Lind", "role": "editor", "colour": 0} | about))
