"""Uploads, by the rules of tus 1.0 (https://tus.io/protocols/resumable-upload) with its smaller extensions.

What arrived of a part stays, also when the connection breaks or the process is killed.
"""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from cloud.blobs import errors, rules
from cloud.blobs.errors import ChunkMediaTypeError
from cloud.blobs.facade import Blobs, blobs_in, expiry_header
from cloud.blobs.receiving import Part
from cloud.blobs.schemas import PartsForm, PartsModel, UploadModel, parts_shown, upload_shown
from cloud.foundation import problems
from cloud.foundation.admission import ToChange, ToRead
from cloud.foundation.calls import Call
from cloud.foundation.paging import CursorText, Page, PageSize
from cloud.foundation.wording import spoken

router = APIRouter(prefix="/v1", tags=["uploads"])
_READ = problems.problem_responses(
    *(problems.MALFORMED, problems.UNAUTHENTICATED, problems.FORBIDDEN, problems.NOT_FOUND, problems.TOO_LARGE),
    *(problems.INVALID, problems.QUOTA_EXCEEDED, problems.INTERNAL, problems.UNAVAILABLE),
    *(errors.TUS_VERSION, errors.EXPIRED, errors.BLOB_TOO_LARGE),
)
_BEGIN = _READ | problems.problem_responses(problems.STILL_RUNNING, errors.STORAGE_QUOTA)
_APPEND = _READ | problems.problem_responses(
    *(errors.WRONG_OFFSET, errors.UPLOAD_BUSY, errors.CHUNK_MEDIA_TYPE, errors.CONTENT, errors.CHECKSUM),
    errors.DISK_FULL,
)
_DIRECT = _READ | problems.problem_responses(errors.NOT_DIRECT, errors.WRONG_OFFSET, errors.UPLOAD_BUSY)
_NAMES = {
    "Location": "Where the parts go.",
    "Upload-Offset": "How many bytes have arrived.",
    "Upload-Length": "How many bytes there will be.",
    "Upload-Expires": "When the upload is over.",
    "Tus-Resumable": "The version of tus.",
    "Tus-Version": "The version of tus.",
    "Tus-Extension": "What is known beyond the core.",
    "Tus-Max-Size": "The largest blob.",
    "Tus-Checksum-Algorithm": "What Upload-Checksum may use.",
}
UploadId = Annotated[
    str, Path(pattern=spoken(r"^upl_[0-9a-z]{26}$", "it must be an id of an upload: upl_ and 26 letters and digits"))
]
Tus = Annotated[str | None, Header(max_length=100, description=f"`{rules.TUS_VERSION}`.")]
Length = Annotated[int, Header(ge=1, le=2**53, description=_NAMES["Upload-Length"])]
Offset = Annotated[int, Header(ge=0, le=2**53, description="Where the part begins.")]
Metadata = Annotated[
    str,
    Header(
        max_length=2_000,
        description="Names and base64 values by comma: `hash` (BLAKE3 in hex), `kind` (audio, peaks, preview, state), "
        "`original` (the content it stands for or was made from; peaks and previews need it).",
    ),
]
Checksum = Annotated[str | None, Header(max_length=200, description="`algorithm base64` of the part.")]


def _with(*names: str) -> dict[str, Any]:
    return {"headers": {name: {"description": _NAMES[name], "schema": {"type": "string"}} for name in names}}


@router.options(
    "/uploads",
    status_code=204,
    response_class=Response,
    responses=_READ | {204: _with("Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm")},
)
def uploads_options(request: Request, call: ToRead) -> Response:
    """Say what uploads can do."""
    return _empty(
        {
            "Tus-Version": rules.TUS_VERSION,
            "Tus-Extension": rules.TUS_EXTENSIONS,
            "Tus-Max-Size": str(blobs_in(request).largest(call)),
            "Tus-Checksum-Algorithm": rules.TUS_CHECKSUMS,
        }
    )


@router.post(
    "/uploads",
    status_code=201,
    responses=_BEGIN | {201: _with("Location", "Upload-Expires", "Tus-Resumable")},
    response_model=UploadModel,
)
def begin_upload(
    request: Request, call: ToChange, upload_length: Length, upload_metadata: Metadata, tus_resumable: Tus = None
) -> Response:
    """Begin an upload; nothing of it is visible before all of it has arrived and has the announced hash."""
    rules.require_tus(call.who, tus_resumable)
    blobs = blobs_in(request)
    present = partial(upload_shown, part_bytes=blobs.part_bytes(upload_length))
    return blobs.begin(call, rules.about_from(upload_metadata), upload_length, present)


@router.get("/uploads", responses=_READ)
def list_uploads(request: Request, call: ToRead, cursor: CursorText = None, limit: PageSize = 50) -> Page[UploadModel]:
    """List one's uploads that are not whole, newest first: each holds as much of the quota as it has announced."""
    blobs = blobs_in(request)
    found = blobs.uploads(call, cursor, limit)
    return Page(items=[upload_shown(one, blobs.part_bytes(one.length)) for one in found.items], next=found.next)


@router.head(
    "/uploads/{upload_id}",
    response_class=Response,
    responses=_READ | {200: _with("Upload-Offset", "Upload-Length", "Upload-Expires", "Tus-Resumable")},
)
def read_upload(request: Request, call: ToRead, upload_id: UploadId, tus_resumable: Tus = None) -> Response:
    """Say how much has arrived."""
    rules.require_tus(call.who, tus_resumable)
    upload, offset = blobs_in(request).upload(call, upload_id)
    headers = {"Upload-Offset": str(offset), "Upload-Length": str(upload.length)}
    return _empty({**headers, **expiry_header(upload)}, 200)


@router.patch(
    "/uploads/{upload_id}",
    status_code=204,
    response_class=Response,
    responses=_APPEND | {204: _with("Upload-Offset", "Tus-Resumable")},
    openapi_extra={"requestBody": {"content": {rules.CHUNK_TYPE: {"schema": {"contentMediaType": rules.CHUNK_TYPE}}}}},
)
async def append_part(
    request: Request,
    call: ToRead,
    upload_id: UploadId,
    upload_offset: Offset,
    *,
    upload_checksum: Checksum = None,
    tus_resumable: Tus = None,
) -> Response:
    """Append a part; with the last one the upload is verified and becomes a blob; an empty part asks for that again."""
    rules.require_tus(call.who, tus_resumable)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != rules.CHUNK_TYPE:
        raise ChunkMediaTypeError(f"Send the part as {rules.CHUNK_TYPE}.")
    blobs, announced = blobs_in(request), request.headers.get("content-length")
    length = int(announced) if announced is not None else None
    part = await run_in_threadpool(blobs.begin_part, call, upload_id, upload_offset, length, upload_checksum)
    try:
        offset = await _receive(request, call, blobs, part)
    finally:
        await run_in_threadpool(part.growing.close)
    return _empty({"Upload-Offset": str(offset), **expiry_header(part.upload)})


@router.delete(
    "/uploads/{upload_id}", status_code=204, response_class=Response, responses=_READ | {204: _with("Tus-Resumable")}
)
def end_upload(request: Request, call: ToRead, upload_id: UploadId, tus_resumable: Tus = None) -> Response:
    """End an upload and discard what has arrived; what it held of the quota is free. A whole one's blob stays."""
    rules.require_tus(call.who, tus_resumable)
    blobs_in(request).end(call, upload_id)
    return _empty({})


@router.post("/uploads/{upload_id}/parts", responses=_DIRECT)
def ask_for_part_addresses(request: Request, call: ToRead, upload_id: UploadId, form: PartsForm) -> PartsModel:
    """Say where parts of a large upload are put, straight into the store, for a while."""
    return parts_shown(blobs_in(request).part_addresses(call, upload_id, form.numbers))


@router.post(
    "/uploads/{upload_id}/completion",
    status_code=204,
    response_class=Response,
    responses=_DIRECT | problems.problem_responses(errors.CONTENT) | {204: _with("Upload-Offset", "Tus-Resumable")},
)
async def complete_upload(request: Request, call: ToRead, upload_id: UploadId) -> Response:
    """Have an upload whose parts went straight into the store verified, and made a blob; it may be asked again."""
    blobs = blobs_in(request)
    upload = await run_in_threadpool(blobs.own_upload, call, upload_id)
    await blobs.finishing.run(partial(blobs.complete, call, upload))
    return _empty({"Upload-Offset": str(upload.length), **expiry_header(upload)})


async def _receive(request: Request, call: Call, blobs: Blobs, part: Part) -> int:
    try:
        async for piece in request.stream():
            await run_in_threadpool(part.take, piece)
    except ClientDisconnect:  # what arrived stays; nobody reads the reply
        await run_in_threadpool(part.growing.keep)
        return part.growing.length
    offset = await run_in_threadpool(part.end)
    if part.is_whole:
        await blobs.finishing.run(partial(blobs.finish, call, part))
    return offset


def _empty(headers: dict[str, str], status: int = 204) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": rules.TUS_VERSION, **headers})
