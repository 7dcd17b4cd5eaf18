"""The API for drafts: a batch of offline changes, the feed of changes, single drafts, and what could not be done."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response

from cloud.drafts import errors
from cloud.drafts.facade import drafts_in
from cloud.drafts.schemas import (
    AnswerModel,
    AnswersModel,
    BatchForm,
    ChangesModel,
    ClientForm,
    ClientModel,
    ClientsModel,
    DeadLetterModel,
    DraftForm,
    DraftModel,
)
from cloud.foundation import problems
from cloud.foundation.admission import ToChange, ToEdit, ToRead
from cloud.foundation.etags import etag
from cloud.foundation.paging import CursorText, Page, PageSize
from cloud.foundation.wording import spoken
from sync.protocol.kinds import ID_PATTERN

router = APIRouter(prefix="/v1", tags=["drafts"])
_READ = problems.problem_responses(
    *(problems.MALFORMED, problems.UNAUTHENTICATED, problems.FORBIDDEN, problems.NOT_FOUND, problems.TOO_LARGE),
    *(problems.INVALID, problems.QUOTA_EXCEEDED, problems.INTERNAL, problems.UNAVAILABLE),
)
_VERSIONED = _READ | problems.problem_responses(errors.VERSION_NOT_SUPPORTED)
_SYNC = _READ | problems.problem_responses(
    *(errors.VERSION_NOT_SUPPORTED, errors.SEQUENCE_BROKEN, problems.MEDIA_TYPE_UNKNOWN)
)
_CHANGE = _READ | problems.problem_responses(problems.CONFLICT, problems.STILL_RUNNING, problems.MEDIA_TYPE_UNKNOWN)
_EDIT = _CHANGE | problems.problem_responses(problems.CHANGED_MEANWHILE, problems.CONDITION_MISSING)
_ETAG = {"headers": {"ETag": {"description": "Version of the draft.", "schema": {"type": "string"}}}}
Id = Annotated[str, Path(pattern=ID_PATTERN)]
Version = Annotated[int, Query(ge=1, le=2**31 - 2, description="The schema that the client speaks.")]
PartSize = Annotated[int, Query(ge=1, le=500, description="Most drafts in one part.")]
_ANY = spoken(r"^\*?$", "it must be * or left out")
IfNoneMatch = Annotated[str, Header(pattern=_ANY, description="`*`: make it, if there is none.")]


@router.post("/sync/operations", responses=_SYNC, response_model_exclude_none=True)
def apply_operations(request: Request, call: ToRead, form: BatchForm) -> AnswersModel:
    """Do a client's operations, each once; their numbers say which ones are repeated, so there is no other key."""
    drafts = drafts_in(request)
    answers = drafts.apply(call, form.batch())
    return AnswersModel(answers=[AnswerModel(**one.to_json()) for one in answers], server_time=drafts.now())


@router.get("/sync/changes", responses=_VERSIONED)
def read_changes(
    request: Request, call: ToRead, schema_version: Version, cursor: CursorText = None, limit: PartSize = 200
) -> ChangesModel:
    """Read the changes since a cursor, in the order in which they became durable."""
    drafts = drafts_in(request)
    part, after = drafts.changes(call, cursor, limit, schema_version)
    return ChangesModel(
        drafts=[DraftModel.model_validate(draft) for draft in part.drafts],
        cursor=after,
        is_whole=part.is_whole,
        must_refetch=part.must_refetch,
        server_time=drafts.now(),
    )


@router.put("/sync/clients/{client_id}", responses=_CHANGE, response_model=ClientModel)
def register_client(request: Request, call: ToChange, client_id: Id, form: ClientForm) -> Response:
    """Make a client known: a program on a device, by an id of its own."""
    return drafts_in(request).register(call, client_id, form.label)


@router.delete("/sync/clients/{client_id}", responses=_CHANGE, response_model=ClientModel)
def remove_client(request: Request, call: ToChange, client_id: Id) -> Response:
    """Remove a client that is gone; what it sent stays. A program that still goes by it begins as a new one."""
    return drafts_in(request).remove_client(call, client_id)


@router.get("/sync/clients", responses=_READ)
def list_clients(request: Request, call: ToRead) -> ClientsModel:
    """List one's clients, oldest first."""
    return ClientsModel(items=[ClientModel.model_validate(client) for client in drafts_in(request).clients(call)])


@router.get("/sync/dead-letters", responses=_READ)
def list_dead_letters(
    request: Request, call: ToRead, cursor: CursorText = None, limit: PageSize = 50
) -> Page[DeadLetterModel]:
    """List one's own operations that could not be done, newest first, with what was wanted."""
    found = drafts_in(request).dead_letters(call, cursor, limit)
    return Page(items=[DeadLetterModel.model_validate(one) for one in found.items], next=found.next)


@router.get("/ops/dead-letters", responses=_READ, tags=["operations"])
def list_all_dead_letters(
    request: Request, call: ToRead, cursor: CursorText = None, limit: PageSize = 50
) -> Page[DeadLetterModel]:
    """List everybody's operations that could not be done, newest first, without what was wanted."""
    found = drafts_in(request).all_dead_letters(call, cursor, limit)
    return Page(items=[DeadLetterModel.model_validate(one) for one in found.items], next=found.next)


@router.get("/drafts/{kind}/{draft_id}", responses=_READ | {200: _ETAG})
def read_draft(request: Request, response: Response, call: ToRead, kind: Id, draft_id: Id) -> DraftModel:
    """Read a draft; the ETag is what a change names in If-Match."""
    draft = drafts_in(request).draft(call, kind, draft_id)
    response.headers["ETag"] = etag(draft.version)
    return DraftModel.model_validate(draft)


@router.put(
    "/drafts/{kind}/{draft_id}",
    responses=_EDIT | {200: _ETAG, 201: {"model": DraftModel, "description": "It was made.", **_ETAG}},
    response_model=DraftModel,
)
def put_draft(
    request: Request, call: ToEdit, kind: Id, draft_id: Id, form: DraftForm, *, if_none_match: IfNoneMatch = ""
) -> Response:
    """Replace a draft that has the version in If-Match, or make one with `If-None-Match: *`."""
    drafts = drafts_in(request)
    if if_none_match and call.if_match is None:
        return drafts.create(call, kind, draft_id, form.values)
    return drafts.put(call, kind, draft_id, form.values)


@router.delete("/drafts/{kind}/{draft_id}", responses=_EDIT | {200: _ETAG}, response_model=DraftModel)
def remove_draft(request: Request, call: ToEdit, kind: Id, draft_id: Id) -> Response:
    """Remove a draft that has the version in If-Match."""
    return drafts_in(request).remove(call, kind, draft_id)
