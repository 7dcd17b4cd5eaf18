"""The audit: look for entries by who, what, where from and when; take them away as a file, which is audited."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import Form, Query, Response
from pydantic import BaseModel, Field, field_validator

from cloud.identity.pages.visit import Posted, Visit, page_router
from cloud.ops.contracts import AuditFilter
from cloud.ops.pages.staff import SHOWN, Staff, further, ops_of, shown
from cloud.ops.spreadsheet import as_csv

router = page_router()
_HEAD = ("at", "chain", "seq", "actor", "action", "resource", "before", "after", "request_id", "policy", "hash")
Word = Annotated[str, Field(max_length=200)]


class Wanted(BaseModel):
    """What is looked for; days are whole ones, in UTC."""

    actor: Word = ""
    action: Word = ""
    resource: Word = ""
    request_id: Word = ""
    ip: Annotated[str, Field(max_length=45)] = ""
    since: date | None = None
    until: date | None = None

    @field_validator("since", "until", mode="before")
    @classmethod
    def _no_day(cls, value: object) -> object:
        return None if value == "" else value

    def filter(self, visit: Visit) -> AuditFilter:
        """Return it as the audit is asked."""
        first = _midnight(self.since) if self.since else None
        last = _midnight(self.until) + timedelta(days=1) if self.until else None
        exact = {name: getattr(self, name).strip() for name in ("actor", "action", "resource", "request_id")}
        return AuditFilter(**exact, ip_hash=ops_of(visit).ip_hash(self.ip.strip()), since=first, until=last)

    def fields(self) -> dict[str, str]:
        """Return it as a form and an address carry it."""
        return {name: str(value or "") for name, value in self}


class Paged(Wanted):
    """A page of it."""

    cursor: Annotated[str, Field(max_length=500)] | None = None


@router.get("/admin/audit")
def show_audit(visit: Staff, wanted: Annotated[Paged, Query()]) -> Response:
    """Show entries, newest first."""
    found = ops_of(visit).audit(visit.call, wanted.filter(visit), wanted.cursor, SHOWN)
    fields = {name: value for name, value in wanted.fields().items() if name != "cursor"}
    values: dict[str, Any] = {"wanted": fields, "entries": found.items}
    return shown(visit, "audit.html", values | {"further": further("/admin/audit", fields, found.next)})


@router.post("/admin/audit/export", dependencies=[Posted])
def export_audit(visit: Staff, wanted: Annotated[Wanted, Form()]) -> Response:
    """Send the entries as a file for spreadsheets, 10,000 at most."""
    entries = ops_of(visit).export_audit(visit.call, wanted.filter(visit))
    text = as_csv(_HEAD, ([_cell(getattr(entry, name)) for name in _HEAD] for entry in entries))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(text, headers=headers, media_type="text/csv; charset=utf-8")


def _cell(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
