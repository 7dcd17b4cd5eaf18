"""What compliance does by itself: makes copies, clears up after erasures, removes what has been kept long enough."""

from datetime import timedelta
from functools import partial

from cloud.compliance import erasing, exporting, keeping, periods
from cloud.compliance.operations.request_export import EXPORT
from cloud.compliance.ports import KeptMail, Objects
from cloud.foundation.job_kinds import JobKind
from cloud.foundation.job_run import JobRun
from cloud.foundation.runtime import Runtime


def register_last_eraser(runtime: Runtime) -> None:
    """Register what an erasure ends with: before every domain, as erasers run backwards."""
    runtime.erasers.register(erasing.Eraser(runtime.keyring).last)


def register(runtime: Runtime, objects: Objects, mail: KeptMail | None) -> None:
    """Register the jobs, and what an erasure begins with; `mail` is None where mail is sent on."""

    def back_from_a_backup(run: JobRun, _payload: object) -> None:
        run.outside("erase", lambda _key: erasing.erase_again(runtime))

    runtime.erasers.register(erasing.Eraser(runtime.keyring).first)
    kinds = runtime.kinds
    kinds.register(JobKind(EXPORT, partial(exporting.make, keyring=runtime.keyring, objects=objects)))
    kinds.register(JobKind(erasing.CLEAR, partial(erasing.clear, runtime=runtime, objects=objects, mail=mail)))
    keep = partial(keeping.keep, runtime=runtime, objects=objects, mail=mail)
    kinds.register(JobKind(periods.KEEP, keep), every=timedelta(days=1), removes=True)
    kinds.register(JobKind("compliance.erase_again", back_from_a_backup), every=timedelta(days=1))
