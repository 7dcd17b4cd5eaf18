"""The merge report: what came together after somebody was away, and what of it a person should look at.

It is due when something was overwritten, or after more than an hour apart in which anything was edited. It is kept with
the project, so that it can be read later, and it goes on until everything in it is decided: a later one takes over what
is not.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from maxbooster_desktop.cloudlink.absence import Absence
from maxbooster_desktop.cloudlink.losses import Loss
from maxbooster_desktop.project.store.facts import is_as_declared, is_moment, json_of
from maxbooster_desktop.project.versions.comparing import Comparison, compare
from maxbooster_desktop.project.versions.words import counted

#: To which part of the report a counted thing belongs, in the order in which parts are shown.
_FAMILIES = {
    "note": "Notes",
    "clip": "Clips",
    "take": "Takes",
    "comp": "Takes",
    "track": "Tracks",
    "strip": "Mixer",
    "automation point": "Automation",
    "tempo": "Tempo",
    "time signature": "Tempo",
    "marker": "Markers",
    "comment": "Comments",
}


@dataclass(frozen=True, slots=True)
class MergeReport:
    """See the module.

    Attributes:
        begun_at_s, ended_at_s: between when nobody heard of the other, in seconds since 1970; 0 when that is not known.
        sent: how many own edits went out.
        fitted: what of the others came in by itself: (part, how many).
        rows: what a person should look at.
    """

    begun_at_s: float = 0.0
    ended_at_s: float = 0.0
    sent: int = 0
    fitted: tuple[tuple[str, int], ...] = ()
    rows: tuple[Loss, ...] = ()

    @property
    def came(self) -> int:
        """How many things came in by themselves."""
        return sum(count for _, count in self.fitted)

    @property
    def undecided(self) -> tuple[Loss, ...]:
        """What nobody here has decided about yet."""
        return tuple(row for row in self.rows if not row.decision)

    @property
    def sentence(self) -> str:
        """What came together: "Away from 10:48 to 14:00. 3 of your edits went out, 64 changes came in, ..."."""
        left = len(self.undecided)
        look = f"{left} to look at" if left else "nothing left to look at" if self.rows else "nothing to look at"
        away = f"{_span(self.begun_at_s, self.ended_at_s)}. " if self.begun_at_s else ""
        sent = f"{self.sent or 'none'} of your edits went out, "
        nothing = "nothing else" if self.rows else "nothing"
        came = f"{counted(self.came, 'change') if self.came else nothing} came in, "
        told = f"{sent}{came}{look}" if self.sent or self.came else look
        return f"{away}{told[0].upper()}{told[1:]}; nothing is lost."

    def deciding(self, loss_id: int, decision: str) -> "MergeReport":
        """Return the report when somebody has decided about a row."""
        rows = (replace(row, decision=decision) if row.id == loss_id else row for row in self.rows)
        return replace(self, rows=tuple(rows))

    def text(self) -> str:
        """Return the report as it is kept."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, text: str) -> "MergeReport | None":
        """Read a report that was kept; None when there is none, or another version has kept it."""
        found = json_of(text or "null")
        try:
            rows = tuple(Loss(**row) for row in found.pop("rows"))
            fitted = tuple((str(part), int(count)) for part, count in found.pop("fitted"))
            report = cls(**found, fitted=fitted, rows=rows)
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError):
            return None
        is_readable = all(map(is_as_declared, (report, *rows)))
        return report if is_readable and is_moment(report.begun_at_s) and is_moment(report.ended_at_s) else None


def next_report(before: MergeReport | None, absence: Absence | None, lost: tuple[Loss, ...]) -> MergeReport | None:
    """Return the report that is due now; the one before when none is."""
    found = Comparison() if absence is None else compare(absence.before, absence.after)
    is_worth_telling = absence is not None and absence.is_long and bool(absence.sent or found.counts)
    if not lost and not is_worth_telling:
        return before
    again = {row.address for row in lost}
    left = () if before is None else tuple(row for row in before.undecided if row.address not in again)
    report = MergeReport(fitted=_fitted(found), rows=(*left, *lost))
    if absence is None:
        return report
    return replace(report, begun_at_s=absence.begun_at_s, ended_at_s=absence.ended_at_s, sent=absence.sent)


def _fitted(found: Comparison) -> tuple[tuple[str, int], ...]:
    parts = dict.fromkeys(_FAMILIES.values(), 0)
    for row in found.counts:
        parts[_FAMILIES[row.noun]] += row.count
    return tuple((part, count) for part, count in parts.items() if count)


def _span(begun_at_s: float, ended_at_s: float) -> str:
    """Write "Away from 10:48 to 14:00", with the day where it was another one; "Away at 10:48" if it was short."""
    begun, ended = (datetime.fromtimestamp(at).astimezone() for at in (begun_at_s, ended_at_s))
    day = "%H:%M" if begun.date() == ended.date() else "%d %b, %H:%M"
    first, last = begun.strftime(day), ended.strftime(day)
    return f"Away at {first}" if first == last else f"Away from {first} to {last}"
