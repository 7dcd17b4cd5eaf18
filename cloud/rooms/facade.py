"""What routes ask rooms for: each question is one unit of work. Gets and gives plain values."""

from cloud.foundation.calls import Call
from cloud.foundation.paging import Cursors, Listed
from cloud.foundation.runtime import Runtime
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.projects import access
from cloud.rooms import overwritten_store
from cloud.rooms.contracts import Overwritten


class RoomFeeds:
    """What happened in rooms, in one process's runtime."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def overwritten(self, call: Call, project_id: str, cursor: str | None, size: int) -> Listed[Overwritten]:
        """Return a page of what was overwritten in a project, newest first."""
        cursors = Cursors(self._runtime.keyring.derived("cursor"), "overwritten", {"project": project_id})
        position = cursors.read(cursor)
        before = None if position is None else int(position[0])

        def read(work: UnitOfWork) -> list[Overwritten]:
            access.allowed(work, project_id, "project.look_around")
            return overwritten_store.feed(work, project_id, before, size)

        rows = self._runtime.units.run(call, read)
        return Listed(rows[:size], cursors.write([rows[size - 1].id]) if len(rows) > size else None)
