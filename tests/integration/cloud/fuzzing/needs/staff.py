"""What requests of those need who look after the cloud."""

import sqlalchemy as sa

from cloud.foundation.ids import new_id
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import staff_store, store
from cloud.identity.staff_contracts import RoleRequest
from tests.integration.cloud.fuzzing.needs.wanted import GUEST, Needs, Wanted
from tests.integration.cloud.fuzzing.world import ACCOUNTS, DAY, World, id_of

NEEDS = Needs()


@NEEDS.of("read_job", "cancel_job")
def _waiting_job(_world: World, work: UnitOfWork) -> Wanted:
    return Wanted({"job_id": work.jobs.enqueue("test.none", {})})


@NEEDS.of("retry_job")
def _dead_job(_world: World, work: UnitOfWork) -> Wanted:
    job_id = work.jobs.enqueue("test.none", {})
    work.connection.execute(sa.text("UPDATE job SET state = 'dead' WHERE id = :id"), {"id": job_id})
    return Wanted({"job_id": job_id})


@NEEDS.of("request_role", "confirm_role_request", "decline_role_request")
def _role_request(_world: World, work: UnitOfWork) -> Wanted:
    now, role = work.clock.now(), "support"
    store.change_account(work, id_of("support"), roles=list(ACCOUNTS["support"]))
    made = RoleRequest(new_id("rrq"), id_of("support"), role, False, id_of("chief"), now, now + DAY)
    staff_store.add_request(work, made)
    return Wanted({"request_id": made.id}, body={"account_id": id_of("support"), "role": role, "is_grant": False})


@NEEDS.of("end_anybodys_sessions")
def _account(_world: World, _work: UnitOfWork) -> Wanted:
    return Wanted({"account_id": GUEST})
