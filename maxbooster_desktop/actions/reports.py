"""The merge report of the open shared project: asked for when it is due, decided about, read later. No Qt.

`look` and `now` ask the cloud or the document and belong in a worker.
"""

import importlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from maxbooster_desktop.actions.deferred_cloud import cloudlink

if TYPE_CHECKING:
    from maxbooster_desktop.cloudlink.live_project import LiveProject
    from maxbooster_desktop.cloudlink.losses import Loss
    from maxbooster_desktop.cloudlink.report import MergeReport

#: The cloud is asked no more often than this, however many edits cross each other.
_ASKS_EVERY_S = 10.0


class Reports:
    """See the module; `changed` is called, in whatever thread, when there is something new to read."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._project: Any = None
        self._live: LiveProject | None = None
        self._account: Any = None
        self._has_asked, self._asked_at_s = False, -_ASKS_EVERY_S
        self.report: MergeReport | None = None

    def attach(self, project: Any, live: "LiveProject", account: Any) -> None:
        """Report on a project that was opened, going on with the report that was kept."""
        self._project, self._live, self._account = project, live, account
        _submit(project, "kept_report").add_done_callback(self._take_kept)

    def detach(self) -> None:
        """Let go of the project."""
        self._project = self._live = self._account = self.report = None
        self._has_asked = False

    @property
    def to_look_at(self) -> int:
        """How many values wait for somebody to decide."""
        return 0 if self.report is None else len(self.report.undecided)

    def is_due(self) -> bool:
        """Return whether to ask now: all of one's own is through, and something may have been overwritten meanwhile."""
        live = self._live
        if live is None or not live.standing.is_live or live.standing.waiting:
            return False
        has_rested = time.monotonic() - self._asked_at_s > _ASKS_EVERY_S
        if not self._has_asked or (has_rested and (live.have_edits_crossed or live.has_been_away)):
            self._has_asked, self._asked_at_s = True, time.monotonic()
            return True
        return False

    def look(self) -> "MergeReport | None":
        """Ask what was overwritten and came meanwhile; return the report if it is a new one. Slow.

        When the cloud does not answer, nothing is lost: the absence waits for the next time.
        """
        live, project, account = self._live, self._project, self._account
        if live is None:
            return None
        absence = live.begin_report()
        is_kept = False
        try:
            report = self._asked(live, project, account, absence)
            is_kept = True
        finally:
            live.end_report(absence, is_kept=is_kept)
        return report

    def _asked(self, live: "LiveProject", project: Any, account: Any, absence: Any) -> "MergeReport | None":
        with cloudlink("errors").told():
            entries = account.projects.overwritten(live.link.project_id, project.link.feed_id)
            members = account.projects.members(live.link.project_id) if entries else []
        names = {member.account_id: member.name for member in members}
        held = _values(project, [(entry.root, entry.key) for entry in entries])
        me = "" if account.who is None else account.who.id
        lost = cloudlink("losses").losses(entries, held, project.state, names, me)
        report: MergeReport | None = cloudlink("report").next_report(self.report, absence, lost)
        if (report is self.report and not entries) or self._project is not project:
            return None
        is_new = report is not self.report
        self.report = report
        text = "" if report is None else report.text()
        _submit(project, "keep_report", text, max((entry.id for entry in entries), default=0))
        self._changed()
        return report if is_new else None

    def look_again(self) -> dict[int, str]:
        """Ask as `look` does, and return what is in force now. Slow."""
        self.look()
        return self.now()

    def now(self) -> dict[int, str]:
        """Return what is in force for each row of the report, by its id. Slow."""
        project, rows = self._project, () if self.report is None else self.report.rows
        held = _values(project, [row.address for row in rows])
        text = cloudlink("losses").value_text
        return {row.id: text(row.root, row.key, held.get(row.address), project.state) for row in rows}

    def decide(self, loss: "Loss", decision: str) -> None:
        """Note what somebody has decided about a row."""
        if self.report is not None:
            self.report = self.report.deciding(loss.id, decision)
            _submit(self._project, "keep_report", self.report.text(), 0)
            self._changed()

    def _take_kept(self, future: Any) -> None:
        if not future.cancelled() and future.exception() is None and self.report is None:
            self.report = cloudlink("report").MergeReport.of(future.result())
            self._changed()


def _values(project: Any, addresses: list[tuple[str, str]]) -> Any:
    return _submit(project, "values", addresses).result() if addresses else {}


def _submit(project: Any, what: str, *arguments: Any) -> Any:
    sharing = importlib.import_module("maxbooster_desktop.project.store.sharing").Sharing
    return project.submit_shared(getattr(sharing, what), *arguments)
