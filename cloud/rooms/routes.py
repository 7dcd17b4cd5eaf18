"""The API beside the rooms' sockets: what was overwritten."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from cloud.foundation import problems, wording
from cloud.foundation.admission import ToRead
from cloud.foundation.paging import CursorText, Page, PageSize
from cloud.foundation.runtime import runtime_of
from cloud.rooms.facade import RoomFeeds
from cloud.rooms.schemas import OverwrittenModel

router = APIRouter(prefix="/v1", tags=["rooms"])
_READ = problems.problem_responses(
    *(problems.MALFORMED, problems.UNAUTHENTICATED, problems.FORBIDDEN, problems.NOT_FOUND, problems.TOO_LARGE),
    *(problems.INVALID, problems.QUOTA_EXCEEDED, problems.INTERNAL, problems.UNAVAILABLE),
)
Id = Annotated[str, Path(min_length=1, max_length=100, pattern=wording.ID)]


@router.get("/projects/{project_id}/overwritten", responses=_READ)
def list_overwritten(
    request: Request, call: ToRead, project_id: Id, cursor: CursorText = None, limit: PageSize = 50
) -> Page[OverwrittenModel]:
    """List values that lost against concurrent ones in a project's room, newest first."""
    found = RoomFeeds(runtime_of(request)).overwritten(call, project_id, cursor, limit)
    return Page(items=[OverwrittenModel.model_validate(one) for one in found.items], next=found.next)
