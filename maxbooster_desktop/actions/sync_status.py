"""The one sentence about the cloud in the status bar, and the lines behind it: edits, sounds, drafts, last merge."""

from dataclasses import dataclass

from maxbooster_desktop.actions.company import Company


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that goes to the cloud or comes from it: its name, how it stands, and why."""

    title: str
    sentence: str
    reason: str = ""


def summary(company: Company) -> tuple[str, str]:
    """Return (sentence, reason) for the status bar; nothing while the cloud has no part in anything."""
    stands = [each for each in (company.standing, company.sounds.standing, company.drafts.standing) if each is not None]
    count = company.reports.to_look_at
    sentences = [*(each.sentence for each in stands), f"{count} to look at" if count else ""]
    return "  ·  ".join(filter(None, sentences)), "\n".join(filter(None, (each.reason for each in stands)))


def lines(company: Company) -> tuple[Line, ...]:
    """Return how everything stands, one line each."""
    standing, sounds, drafts = company.standing, company.sounds.standing, company.drafts.standing
    report = company.reports.report
    found = [
        Line("Edits", "This project is on this computer only.")
        if standing is None
        else Line("Edits", standing.sentence, standing.reason)
    ]
    if sounds is not None:
        found.append(Line("Sounds", sounds.sentence or "Every sound is where it belongs.", sounds.reason))
    if drafts is None:
        found.append(Line("Drafts", "Sign in to keep drafts in step with the cloud."))
    else:
        found.append(Line("Drafts", drafts.sentence or "Every draft is in the cloud.", drafts.reason))
    if report is not None:
        found.append(Line("Last merge", report.sentence))
    return tuple(found)
