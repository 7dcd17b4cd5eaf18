"""The API of compliance: copies of one's own data."""

from typing import Any

from fastapi import APIRouter, Request, Response

from cloud.compliance.facade import compliance_of
from cloud.compliance.replies import archive_reply
from cloud.compliance.schemas import ExportModel
from cloud.foundation.admission import ToChange, ToRead
from cloud.foundation.paging import CursorText, Page, PageSize
from cloud.identity.routes import CHANGE, READ, Id

router = APIRouter(prefix="/v1/account", tags=["accounts"])
_ZIP: dict[str, Any] = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
_NAMED = {"Content-Disposition": {"description": "What the file is called.", "schema": {"type": "string"}}}
_ARCHIVE: dict[int | str, dict[str, Any]] = {200: {"description": "A zip.", "content": _ZIP, "headers": _NAMED}}


@router.post("/exports", status_code=202, responses=CHANGE, response_model=ExportModel)
def request_export(request: Request, call: ToChange) -> Response:
    """Ask for a copy of one's data; needs a proof of the last 15 minutes. A mail tells when it is ready."""
    return compliance_of(request).answer_export(call, ExportModel.of)


@router.get("/exports", responses=READ)
def list_exports(request: Request, call: ToRead, cursor: CursorText = None, limit: PageSize = 50) -> Page[ExportModel]:
    """List the copies of one's data that are being made or can be fetched, newest first."""
    found = compliance_of(request).exports(call, cursor, limit)
    return Page(items=[ExportModel.of(export) for export in found.items], next=found.next)


@router.get("/exports/{export_id}/content", response_class=Response, responses=READ | _ARCHIVE)
def read_export(request: Request, call: ToRead, export_id: Id) -> Response:
    """Fetch a copy of one's data, within seven days from when it was ready."""
    return archive_reply(*compliance_of(request).archive(call, export_id))
