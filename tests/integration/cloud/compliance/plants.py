"""Somebody who leaves traces everywhere: each is a word that is found nowhere else."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from blake3 import blake3

from cloud.foundation.calls import system_call
from cloud.foundation.embedded_postgres.programs import NEWEST_MAJOR, installed
from cloud.identity import passkey_store
from cloud.identity.webauthn_checks import NewCredential
from sync.document.authorship import ROOT
from sync.document.register_document import RegisterDocument
from tests.integration.cloud.identity.people import City, Person

#: What the person's proxy says where they are.
ADDRESS = "203.0.113.77"
PLANTS = {
    "e-mail": "zebra.quilt@example.org",
    "address to be": "zebra.new@example.org",
    "name": "Zebrina Quiltmaker",
    "device": "Zebraphone Twelve",
    "key": "Zebrakey for the van",
    "team": "Zebrateam United",
    "passkey": "Zebrafinger",
    "song": "Zebrasong in D",
    "words": "zebrawords: louder please",
    "words that were deleted": "zebrawords: never mind",
    "draft": "Zebrarelease Deluxe",
    "laptop": "Zebralaptop",
    "ticket": "zebraticket-device",
    "refused draft": "Zebrarefusal",
    "sound": "zebrasound",
    "webhook": "Zebrahook of the label",
    "webhook's address": "https://zebrahook.example.org/in",
    "network": ADDRESS,
}


@dataclass
class Traces:
    """What a person leaves, and where it may still be found."""

    city: City
    person: Person
    friend: Person
    shared: str = ""
    alone: str = ""
    ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    def left(cls, city: City) -> "Traces":
        """Let somebody live here for a while."""
        person = Person(city, PLANTS["e-mail"])
        person.register(PLANTS["name"])
        person.confirm()
        assert person.sign_in(label=PLANTS["device"]).status_code == 201
        traces = cls(city, person, city.member("friend"))
        traces._belong()
        traces._work_together()
        traces._publish()
        person.send("GET", "/v1/account", X_Forwarded_For=ADDRESS)
        person.send("POST", "/v1/account/exports")
        city.run_jobs()
        return traces

    def _belong(self) -> None:
        person, account = self.person, self.person.account().json()["id"]
        self.ids = {"account": account}
        key = {"name": PLANTS["key"], "scopes": ["account:read"], "networks": [f"{ADDRESS}/32"]}
        assert person.send("POST", "/v1/api-keys", key).status_code == 201
        theirs = person.send("POST", "/v1/workspaces", {"name": PLANTS["team"]}).json()["id"]
        hook = {"url": PLANTS["webhook's address"], "description": PLANTS["webhook"]}
        assert person.send("POST", f"/v1/workspaces/{theirs}/webhooks", hook).status_code == 201
        person.add_authenticator()
        person.send("POST", "/v1/account/email", {"email": PLANTS["address to be"]})
        team = self.friend.send("POST", "/v1/workspaces", {"name": "Friends"}).json()["id"]
        self.friend.send("POST", f"/v1/workspaces/{team}/invitations", {"email": person.email, "role": "member"})
        new = NewCredential(b"credential", b"", 0)
        units = self.city.api.runtime.units
        units.run(system_call("test"), lambda work: passkey_store.add(work, account, PLANTS["passkey"], new))

    def _work_together(self) -> None:
        self.alone = self.person.send("POST", "/v1/projects", {"name": PLANTS["song"]}).json()["id"]
        self.shared = self.person.send("POST", "/v1/projects", {"name": "Our song"}).json()["id"]
        path = f"/v1/projects/{self.shared}"
        token = self.person.send("POST", f"{path}/invitations", {"role": "editor"}).json()["token"]
        self.friend.send("POST", "/v1/project-invitations/acceptance", {"token": token})
        self.person.send("POST", f"{path}/tickets", {"device": PLANTS["ticket"]})
        document, account = RegisterDocument(), self.ids["account"]
        theirs = (account, PLANTS["name"], 960, None, None, PLANTS["words"])
        ours = ("friend", "Friend", 960, None, None, "as loud as you like")
        notes: list[dict] = [{(ROOT, "c1.c"): theirs, (ROOT, "c1.done"): False}, {("clips", "a.p"): 1}]
        notes += [{(ROOT, "c2.c"): ours, (ROOT, "c2.re"): "c1"}]
        notes += [{(ROOT, "c3.c"): (*theirs[:5], PLANTS["words that were deleted"])}, {(ROOT, "c3.c"): None}]
        self.city.execute("INSERT INTO room (project_id, head_seq) VALUES (%(id)s, 5)", id=self.shared)
        for seq, note in enumerate(notes, start=1):
            self.city.execute(
                "INSERT INTO room_update (project_id, epoch, seq, fence, account_id, device, base_seq, data)"
                " VALUES (%(id)s, 1, %(seq)s, 0, %(who)s, %(device)s, 0, %(data)s)",
                id=self.shared,
                seq=seq,
                who=account,
                device=PLANTS["ticket"],
                data=document.write(note, f"{account}:1").update,
            )
        self.city.execute(
            "INSERT INTO room_overwritten (project_id, epoch, root, key, lost_seq, lost_account, lost_device,"
            " lost_value, won_seq, won_account, won_device)"
            " VALUES (%(id)s, 1, 'comments', 'c1.c', 1, %(who)s, 'x', %(said)s, 2,"
            " 'friend', 'x'), (%(id)s, 1, 'clips', 'a.p', 1, 'friend', 'x', '1', 2, %(who)s, %(device)s)",
            id=self.shared,
            who=account,
            device=PLANTS["laptop"],
            said=f'["{PLANTS["words"]}"]',
        )

    def _publish(self) -> None:
        account = {"who": self.ids["account"]}
        self.city.execute(
            "INSERT INTO draft (account_id, id, kind, version, values, is_removed, schema_version, created_at,"
            " changed_at) VALUES (%(who)s, 'd1', 'release', 1, %(values)s, false, 1, now(), now())",
            values=f'{{"title": "{PLANTS["draft"]}"}}',
            **account,
        )
        self.city.execute(
            "INSERT INTO sync_client (id, account_id, label, last_seq, acknowledged, created_at, seen_at)"
            " VALUES ('client-1', %(who)s, %(label)s, 1, 0, now(), now())",
            label=PLANTS["laptop"],
            **account,
        )
        self.city.execute(
            "INSERT INTO draft_operation (client_id, seq, account_id, op_id, kind, draft_id, outcome, answer,"
            " fingerprint, patch, made_at, received_at)"
            " VALUES ('client-1', 1, %(who)s, 'op-1', 'release', 'd1', 'rejected', '{}',"
            " 'x', %(patch)s, now(), now())",
            patch=f'{{"title": "{PLANTS["refused draft"]}"}}',
            **account,
        )
        sound = PLANTS["sound"].encode() * 100
        name, folder = blake3(sound).hexdigest(), self.city.api.runtime.settings.data / "objects"
        file = folder / name[:2] / name[2:4] / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(sound)
        self.city.execute(
            "INSERT INTO blob (hash, size, created_at, used_at, is_going) VALUES (%(hash)s, 1, now(), now(), false)",
            hash=name,
        )
        self.city.execute(
            "INSERT INTO blob_holding (account_id, hash, kind, original, created_at)"
            " VALUES (%(who)s, %(hash)s, 'audio', %(hash)s, now())",
            hash=name,
            **account,
        )

    def found_in(self, text: bytes) -> set[str]:
        """Return which traces are in some bytes, as text or as the hexadecimal digits of a dump, in any case."""
        folded = text.lower()
        words = {name: word.lower().encode() for name, word in PLANTS.items()}
        return {name for name, word in words.items() if word in folded or word.hex().encode() in folded}

    def files(self) -> Iterator[Path]:
        """Yield every file in the cloud's folder."""
        yield from (path for path in self.city.api.runtime.settings.data.rglob("*") if path.is_file())

    def in_database(self) -> set[str]:
        """Return which traces PostgreSQL's own dump holds."""
        return self.found_in(dump(self.city.database.superuser))

    def in_files(self) -> set[str]:
        """Return which traces files hold."""
        return set().union(*(self.found_in(path.read_bytes()) for path in self.files()))


def dump(address: str) -> bytes:
    """Return everything that a database holds, as pg_dump writes it."""
    with psycopg.connect(address) as connection:
        info = connection.info
        values = ["-h", info.host, "-U", info.user, "-d", info.dbname, "-p", str(info.port)]
    program = installed(NEWEST_MAJOR).path("pg_dump")
    return subprocess.run([program, "--inserts", *values], check=True, capture_output=True).stdout
