"""Changes of drafts that could not be done, whose person decides in the desktop: staff sees why, never the values."""

from fastapi import Response

from cloud.drafts.facade import drafts_in
from cloud.foundation.paging import CursorText
from cloud.identity.pages.visit import page_router
from cloud.ops.pages.staff import SHOWN, Staff, further, shown

router = page_router()


@router.get("/admin/drafts")
def show_drafts(visit: Staff, cursor: CursorText = None) -> Response:
    """Show refused changes of everybody's drafts, newest first."""
    found = drafts_in(visit.request).all_dead_letters(visit.call, cursor, SHOWN)
    values = {"letters": found.items, "further": further("/admin/drafts", {}, found.next)}
    return shown(visit, "drafts.html", values)
