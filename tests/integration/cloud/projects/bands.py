"""A band: accounts by name, signed in without the ceremony, and their projects."""

from dataclasses import dataclass, field
from datetime import timedelta

from cloud.foundation.calls import system_call
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import key_store, session_store, store
from tests.integration.cloud.identity.people import City, Person

CALL = system_call("test")


@dataclass
class Band:
    """Who plays together."""

    city: City
    ids: dict[str, str] = field(default_factory=dict)

    def player(self, name: str, *roles: str) -> Person:
        """Return somebody who is signed in; the same account each time."""

        def enter(work: UnitOfWork) -> str:
            if name not in self.ids:
                self.ids[name] = store.add_account(work, f"{name}@example.org", name.title(), "none")
                store.change_account(work, self.ids[name], state="active", roles=["member", *roles])
            return session_store.open_session(work, self.ids[name], "Own", ["pwd", "otp"])[1]

        token = self.city.api.runtime.units.run(CALL, enter)
        return Person(self.city, f"{name}@example.org", token=token)

    def key(self, name: str, *scopes: str) -> Person:
        """Return a program with a key of somebody's."""
        self.player(name)

        def make(work: UnitOfWork) -> str:
            until = work.clock.now() + timedelta(days=1)
            own = {"name": "Robot", "scopes": list(scopes), "networks": [], "expires_at": until}
            return key_store.add_key(work, self.ids[name], **own)[1]

        return Person(self.city, "", token=self.city.api.runtime.units.run(CALL, make))

    def project(self, owner: str = "owner", name: str = "Song", **members: str) -> str:
        """Return the id of a new project; other members as name=role."""
        project_id = self.player(owner).send("POST", "/v1/projects", {"name": name}).json()["id"]
        for member, role in members.items():
            self.join(project_id, member, role, owner=owner)
        return project_id

    def invite(self, project_id: str, owner: str = "owner", **wish: object) -> dict[str, object]:
        """Return a new invitation."""
        reply = self.player(owner).send("POST", f"/v1/projects/{project_id}/invitations", {"role": "editor", **wish})
        assert reply.status_code == 201, reply.text
        return reply.json()

    def join(self, project_id: str, member: str, role: str, *, owner: str = "owner") -> None:
        """Let somebody in with a link."""
        token = self.invite(project_id, owner, role=role)["token"]
        reply = self.player(member).send("POST", "/v1/project-invitations/acceptance", {"token": token})
        assert (reply.status_code, reply.json()["role"]) == (200, role), reply.text

    def ticket(self, project_id: str, player: str = "owner", **wish: object) -> str:
        """Return a ticket into a project's room."""
        body = {"device": "laptop", **wish}
        reply = self.player(player).send("POST", f"/v1/projects/{project_id}/tickets", body)
        assert reply.status_code == 201, reply.text
        return str(reply.json()["ticket"])
