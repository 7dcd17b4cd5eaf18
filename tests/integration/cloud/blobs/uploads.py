"""A studio: a band whose members upload blobs, by tus over real HTTP."""

import base64
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests
from blake3 import blake3

from tests.integration.cloud.projects.bands import Band

TUS = {"Tus-Resumable": "1.0.0"}
CHUNK = "application/offset+octet-stream"
_numbers = itertools.count()


def content(number: int, size: int) -> bytes:
    """Return bytes that nothing compresses, the same each time."""
    return blake3(str(number).encode()).digest(size)


def name(data: bytes) -> str:
    return blake3(data).hexdigest()


def metadata(**values: str) -> str:
    """Return an Upload-Metadata header."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def checksum(data: bytes, algorithm: str = "blake3") -> dict[str, str]:
    """Return the header for a part."""
    return {"Upload-Checksum": f"{algorithm} {base64.b64encode(blake3(data).digest()).decode()}"}


@dataclass
class Studio:
    """Where sound is stored."""

    band: Band

    def send(
        self, who: str, method: str, path: str, data: bytes | None = None, body: object = None, **headers: str | None
    ) -> requests.Response:
        """Send one request; a header that is None is left out."""
        sent = {**TUS, "Idempotency-Key": f"blob-{next(_numbers)}"}
        sent |= {"Authorization": f"Bearer {self.band.player(who).token}"}
        sent |= {key.replace("_", "-"): value for key, value in headers.items()}
        url = self.band.city.api.url + path
        return self.band.city.wire.request(method, url, data=data, json=body, headers=sent, timeout=30)

    def begin(self, data: bytes, who: str = "owner", kind: str = "audio", **more: str) -> str:
        """Begin an upload; return its path."""
        about = metadata(hash=name(data), kind=kind, **more)
        reply = self.send(who, "POST", "/v1/uploads", Upload_Length=str(len(data)), Upload_Metadata=about)
        assert reply.status_code == 201, reply.text
        return reply.headers["Location"]

    def part(self, path: str, data: bytes, offset: int, who: str = "owner", **headers: str | None) -> requests.Response:
        """Send a part."""
        given = {"Content_Type": CHUNK, "Upload_Offset": str(offset), **headers}
        return self.send(who, "PATCH", path, data, **given)

    def offset(self, path: str, who: str = "owner") -> int:
        """Return how much has arrived."""
        reply = self.send(who, "HEAD", path)
        assert reply.status_code == 200, reply.status_code
        return int(reply.headers["Upload-Offset"])

    @contextmanager
    def at_the_end(self, does: str) -> Iterator[None]:
        """Let the database do something, until the block ends, whenever an upload is about to be noted as whole."""
        self.band.city.execute(
            f"CREATE FUNCTION at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does} END $$;"
            " CREATE TRIGGER at_the_end BEFORE UPDATE OF completed_at ON blob_upload"
            " FOR EACH ROW EXECUTE FUNCTION at_the_end()"
        )
        try:
            yield
        finally:
            self.band.city.execute("DROP FUNCTION at_the_end CASCADE")

    def store(self, data: bytes, who: str = "owner", kind: str = "audio", **more: str) -> str:
        """Upload all of something; return its hash."""
        reply = self.part(self.begin(data, who, kind, **more), data, 0, who)
        assert reply.status_code == 204, reply.text
        return name(data)

    def attach(self, project: str, hash_: str, who: str = "owner") -> requests.Response:
        """Put a blob into a project."""
        return self.send(who, "PUT", f"/v1/projects/{project}/blobs/{hash_}")

    def read(self, project: str, hash_: str, who: str = "owner", **headers: str) -> requests.Response:
        """Read a blob."""
        return self.send(who, "GET", f"/v1/projects/{project}/blobs/{hash_}/content", **headers)

    def have(self, *hashes: str, who: str = "owner") -> list[str]:
        """Ask which of some blobs one has stored."""
        return self.send(who, "POST", "/v1/blobs/have", body={"hashes": list(hashes)}).json()["hashes"]

    @property
    def objects(self) -> set[str]:
        """Return the names of the objects in the store."""
        folder = self.band.city.api.runtime.settings.data / "objects"
        return {path.name for path in folder.rglob("*") if path.is_file()}

    @property
    def parts(self) -> list[int]:
        """Return the sizes of what has arrived of uploads that are not whole."""
        folder = self.band.city.api.runtime.settings.data / "uploads"
        return sorted(path.stat().st_size for path in folder.glob("*.part"))
