"""A stage: an API with a band and a shared project, and whoever comes into its room."""

import time
from dataclasses import dataclass, field

from tests.integration.cloud.projects.bands import Band
from tests.integration.cloud.rooms.clients import Client


@dataclass
class Stage:
    """Where a band plays."""

    band: Band
    opened: list[Client]
    project: str = ""
    roles: dict[str, str] = field(default_factory=lambda: {"ann": "editor", "ben": "editor"})

    def __post_init__(self) -> None:
        self.project = self.band.project("owner", "Song", **self.roles)

    def address(self, player: str = "owner", project: str | None = None, **wish: object) -> str:
        """Return the address of the room with a new ticket."""
        ticket = self.band.ticket(project or self.project, player, lasts_s=3600, **wish)
        return f"{self.band.city.api.url.replace('http', 'ws', 1)}/v1/rooms/{project or self.project}?ticket={ticket}"

    def client(self, player: str = "owner", *, is_ours: bool = True, **wish: object) -> Client:
        """Return somebody's client, not connected yet."""
        client = Client(self.address(player, **wish), is_ours)
        self.opened.append(client)
        return client

    def until_closed(self) -> None:
        """Wait until nobody owns the room."""
        end = time.monotonic() + 20
        while self.band.city.rows("SELECT 1 FROM room WHERE owner IS NOT NULL"):
            assert time.monotonic() < end, "the room stays open"
            time.sleep(0.02)

    def inside(self, player: str = "owner", *, is_ours: bool = True, **wish: object) -> Client:
        """Return somebody's client, in the room and up to date."""
        return self.client(player, is_ours=is_ours, **wish).connect().sync()
