"""The API of blobs: what one has stored, and the blobs of a project, to be read by its members and nobody else."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from cloud.blobs import errors, rules
from cloud.blobs.facade import blobs_in
from cloud.blobs.schemas import Hash, HaveForm, HaveModel, ProjectBlobModel, UsageModel, blob_shown, usage_shown
from cloud.foundation import problems
from cloud.foundation.admission import ToChange, ToRead
from cloud.foundation.paging import CursorText, Page, PageSize
from cloud.projects.routes import CHANGE, READ, Id

router = APIRouter(prefix="/v1", tags=["blobs"])
_BYTES: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_TAG = {"ETag": {"description": "The hash.", "schema": {"type": "string"}}}
_PART = {**_TAG, "Content-Range": {"description": "Which part.", "schema": {"type": "string"}}}
_CONTENT = (
    READ
    | problems.problem_responses(errors.RANGE)
    | {
        200: {"description": "All of it.", "content": _BYTES, "headers": _TAG},
        206: {"description": "A part.", "content": _BYTES, "headers": _PART},
        304: {"description": "It never changes.", "headers": _TAG},
    }
)
BlobHash = Annotated[str, Path(pattern=rules.HASH_PATTERN)]
Originals = Annotated[list[Hash], Query(max_length=rules.MOST_ASKED, description="Only what stands for these.")]
RangeText = Annotated[str | None, Header(max_length=200, description="One range of bytes.")]
Condition = Annotated[str | None, Header(max_length=500)]


@router.post("/blobs/have", responses=READ | problems.problem_responses(problems.MEDIA_TYPE_UNKNOWN))
def ask_for_blobs(request: Request, call: ToRead, form: HaveForm) -> HaveModel:
    """Say which of some blobs one has stored oneself; what others have stored is not said."""
    return HaveModel(hashes=blobs_in(request).have(call, form.hashes))


@router.get("/storage", responses=READ)
def read_storage(request: Request, call: ToRead) -> UsageModel:
    """Say how much one has stored."""
    return usage_shown(blobs_in(request).usage(call))


@router.put("/projects/{project_id}/blobs/{blob_hash}", responses=CHANGE, response_model=ProjectBlobModel)
def attach_blob(request: Request, call: ToChange, project_id: Id, blob_hash: BlobHash) -> Response:
    """Put a blob that one has stored into a project: its members may read it from now on."""
    return blobs_in(request).attach(call, project_id, blob_hash, blob_shown)


@router.get("/projects/{project_id}/blobs", responses=READ)
def list_blobs(
    request: Request,
    call: ToRead,
    project_id: Id,
    *,
    original: Originals = [],  # noqa: B006 - FastAPI copies it
    cursor: CursorText = None,
    limit: PageSize = 50,
) -> Page[ProjectBlobModel]:
    """List a project's blobs, newest first."""
    found = blobs_in(request).attached_page(call, project_id, original, cursor, limit)
    return Page(items=[blob_shown(one) for one in found.items], next=found.next)


@router.get("/projects/{project_id}/blobs/{blob_hash}", responses=READ)
def read_blob(request: Request, call: ToRead, project_id: Id, blob_hash: BlobHash) -> ProjectBlobModel:
    """Say where a blob's bytes are: at the store while its address is valid, or at a path here."""
    blobs = blobs_in(request)
    found = blobs.attached(call, project_id, blob_hash)
    return blob_shown(found, blobs.address(found))


@router.get("/projects/{project_id}/blobs/{blob_hash}/content", response_class=StreamingResponse, responses=_CONTENT)
def read_content(
    request: Request,
    call: ToRead,
    project_id: Id,
    blob_hash: BlobHash,
    *,
    range: RangeText = None,  # noqa: A002 - the header's name
    if_range: Condition = None,
    if_none_match: Condition = None,
) -> Response:
    """Read a blob, or a range of its bytes."""
    blobs = blobs_in(request)
    found = blobs.attached(call, project_id, blob_hash)
    tag = f'"{blob_hash}"'
    headers = {"ETag": tag, "Accept-Ranges": "bytes", "Content-Disposition": f'attachment; filename="{blob_hash}"'}
    if if_none_match is not None and (tag in if_none_match or if_none_match.strip() == "*"):
        return Response(status_code=304, headers=headers)
    part = rules.range_from(range if if_range in (None, tag) else None, found.size)
    start, end = part or (0, found.size)
    headers |= {"Content-Length": str(end - start)}
    headers |= {"Content-Range": f"bytes {start}-{end - 1}/{found.size}"} if part else {}
    body = blobs.bytes_of(found, start, end)
    return StreamingResponse(body, 206 if part else 200, headers=headers, media_type="application/octet-stream")
