"""What requests about sounds and other content need: uploads, parts of large ones in the store, blobs in projects.

The store is a real one that takes parts at signed addresses.
"""

import base64

import requests
import sqlalchemy as sa
from blake3 import blake3

from cloud.blobs import store as blob_store
from cloud.blobs import upload_store
from cloud.blobs.contracts import About, Upload
from cloud.blobs.rules import ADDRESS_LASTS, DIRECT_PART_BYTES
from cloud.compliance import store as compliance_store
from cloud.foundation.encryption import Place, Vault
from cloud.foundation.unit_of_work import UnitOfWork
from tests.integration.cloud.fuzzing.needs.projects import add_project
from tests.integration.cloud.fuzzing.needs.wanted import OWNER, Needs, Wanted
from tests.integration.cloud.fuzzing.world import DAY, World

NEEDS = Needs()
#: Of uploads, all of it.
PART = bytes(range(256)) * 4
#: As small as parts go straight into the store.
_LARGE = bytes(DIRECT_PART_BYTES + 1)
_LARGE_HASH = blake3(_LARGE).hexdigest()


def _content(world: World) -> tuple[bytes, About]:
    data = blake3(str(world.number()).encode()).digest(2_000)
    name = blake3(data).hexdigest()
    return data, About(name, "audio", name)


@NEEDS.of("begin_upload")
def _announced(world: World, work: UnitOfWork) -> Wanted:
    work.connection.execute(sa.text("DELETE FROM blob_upload"))
    data, about = _content(world)
    pairs = {"hash": about.hash, "kind": "audio"}.items()
    told = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs)
    return Wanted(headers={"Upload-Length": str(len(data)), "Upload-Metadata": told, "Tus-Resumable": "1.0.0"})


@NEEDS.of("read_upload", "append_part", "end_upload")
def _growing(world: World, work: UnitOfWork) -> Wanted:
    name = blake3(PART).hexdigest()
    made = upload_store.add(work, OWNER, About(name, "audio", name), len(PART))
    checksum = f"blake3 {base64.b64encode(blake3(PART).digest()).decode()}"
    headers = {"Upload-Offset": "0", "Upload-Checksum": checksum, "Tus-Resumable": "1.0.0"}
    return Wanted({"upload_id": made.id}, headers=headers)


@NEEDS.of("uploads_options")
def _tus(_world: World, _work: UnitOfWork) -> Wanted:
    return Wanted(headers={"Tus-Resumable": "1.0.0"})


def _direct_upload(work: UnitOfWork) -> Upload:
    return upload_store.add(work, OWNER, About(_LARGE_HASH, "audio", _LARGE_HASH), len(_LARGE))


@NEEDS.of("ask_for_part_addresses")
def _large(_world: World, work: UnitOfWork) -> Wanted:
    return Wanted({"upload_id": _direct_upload(work).id})


@NEEDS.of("complete_upload")
def _arrived(world: World, work: UnitOfWork) -> Wanted:
    upload, parts = _direct_upload(work), world.parts
    store_id = upload_store.name_in_store(work, upload.id, parts.begin(upload.id))
    for number, start in enumerate(range(0, len(_LARGE), DIRECT_PART_BYTES), start=1):
        address = parts.address(upload.id, store_id, number, ADDRESS_LASTS)
        requests.put(address, data=_LARGE[start : start + DIRECT_PART_BYTES], timeout=30).raise_for_status()
    return Wanted({"upload_id": upload.id})


def _put(world: World, name: str, data: bytes) -> None:
    scratch = world.data / f"scratch {name}"
    scratch.write_bytes(data)
    world.objects.put(name, scratch)
    scratch.unlink()


@NEEDS.of("read_export")
def _copy(world: World, work: UnitOfWork) -> Wanted:
    made, name = compliance_store.add(work, OWNER, DAY), blake3(str(world.number()).encode()).hexdigest()
    place = Place("personal_export", "object", made.id)
    sealed = Vault(work.connection, world.keyring).seal(OWNER, place, b"a copy")
    _put(world, name, sealed)
    compliance_store.make_ready(work, made.id, name, size=len(sealed), lasts=DAY)
    return Wanted({"export_id": made.id})


def _stored(world: World, work: UnitOfWork) -> About:
    data, about = _content(world)
    _put(world, about.hash, data)
    blob_store.put_blob(work, about.hash, len(data))
    blob_store.put_holding(work, OWNER, about)
    return about


@NEEDS.of("attach_blob")
def _attachable(world: World, work: UnitOfWork) -> Wanted:
    return Wanted({"project_id": add_project(work), "blob_hash": _stored(world, work).hash})


@NEEDS.of("read_blob", "read_content")
def _attached(world: World, work: UnitOfWork) -> Wanted:
    project_id, about = add_project(work), _stored(world, work)
    blob_store.attach(work, project_id, about)
    return Wanted({"project_id": project_id, "blob_hash": about.hash}, headers={"Range": "bytes=0-99"})
