"""What happens to blobs that nobody needs. In two phases, with weeks between them.

Once a day everything that a project's documents name, in any version, is marked as needed now. What nobody has needed
for `UNNAMED_KEPT` is doomed, and removed when it still is after the next marking and no upload names it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cloud.blobs import rules, store, upload_store
from cloud.blobs.ports import Direct, Documents, Incoming, Objects
from cloud.foundation.job_kinds import JobKind
from cloud.foundation.job_run import JobRun
from cloud.foundation.runtime import Runtime
from sync.document.blobs import blobs_named
from sync.document.register_document import RegisterDocument

_AT_ONCE = 100


def register(
    runtime: Runtime, objects: Objects, incoming: Incoming, documents: Documents, direct: Direct | None = None
) -> None:
    """Register the recurring jobs."""

    def collect(run: JobRun, _payload: Mapping[str, Any]) -> None:
        run.outside("mark", lambda _key: _mark(run, documents))
        run.step("doom", lambda work: store.doom(work, work.clock.now() - rules.UNNAMED_KEPT))
        run.outside("remove", lambda _key: _remove(run, objects))

    def forget(run: JobRun, _payload: Mapping[str, Any]) -> None:
        run.step("uploads", upload_store.forget_expired)
        run.outside("parts", lambda _key: _forget_parts(run, incoming))
        if direct is not None:
            run.outside("store", lambda _key: direct.forget_old(run.units.clock.now() - rules.UPLOAD_LASTS))

    runtime.kinds.register(JobKind("blobs.collect", collect), every=timedelta(days=1), removes=True)
    runtime.kinds.register(JobKind("blobs.forget", forget), every=timedelta(hours=6), removes=True)


def names_in(documents: Iterable[RegisterDocument | None]) -> frozenset[str] | None:
    """Return what documents name; None when there are none or one cannot be read: then everything is needed."""
    names: frozenset[str] | None = None
    for document in documents:
        if document is None:
            return None
        names = (names or frozenset()) | blobs_named(document)
    return names


def _mark(run: JobRun, documents: Documents) -> int:
    """Mark what every project needs, a unit for each; return how many projects there are."""
    marked, found = 0, _projects(run, "")
    while found:
        for project_id in found:
            _mark_project(run, documents, project_id)
        marked, found = marked + len(found), _projects(run, found[-1])
    return marked


def _mark_project(run: JobRun, documents: Documents, project_id: str) -> None:
    names = run.units.run(run.call, lambda work: names_in(documents.states_of(work, project_id)))
    run.units.run(run.call, lambda work: store.mark(work, project_id, names))


def _projects(run: JobRun, after: str) -> list[str]:
    return run.units.run(run.call, lambda work: store.projects_with_blobs(work, after, _AT_ONCE))


def _remove(run: JobRun, objects: Objects) -> int:
    """Remove what has been doomed for long enough; return how many.

    One run removes what it found at its beginning; what is being uploaded meanwhile waits for another day.
    """
    since = run.units.clock.now() - rules.DOOMED_KEPT
    found = run.units.run(run.call, lambda work: store.doomed(work, since))
    return sum(_remove_one(run, objects, hash_, since) for hash_ in found)


def _remove_one(run: JobRun, objects: Objects, hash_: str, since: datetime) -> bool:
    if not run.units.run(run.call, lambda work: store.begin_removal(work, hash_, since)):
        return False
    objects.delete(hash_)
    run.units.run(run.call, lambda work: store.end_removal(work, hash_))
    return True


def _forget_parts(run: JobRun, incoming: Incoming) -> int:
    """Remove what arrived of uploads that are over; return how many."""
    ended = run.units.run(run.call, lambda work: upload_store.not_growing(work, incoming.ids()))
    for upload_id in ended:
        incoming.remove(upload_id)
    return len(ended)
