"""Who owns a room: one process at a time, for a few seconds that it renews. One statement each.

A lease that ends later than any can was given by a clock that has been put right since, and counts as over.

A new owner has a higher fence than every former one, and `log_store.append` asks for the fence in the transaction of
the append: a process that was taken for dead writes nothing.
"""

from collections.abc import Collection

import sqlalchemy as sa

from cloud.foundation.unit_of_work import UnitOfWork
from cloud.rooms.contracts import Elsewhere, Lease
from cloud.rooms.tables import room

#: In seconds. An owner that is gone without a word is waited for so long, unless its address refuses connections.
LEASE_S = 15
_MAKE = sa.text("INSERT INTO room (project_id) VALUES (:project) ON CONFLICT DO NOTHING")
_CLAIM = sa.text("""
    UPDATE room SET owner = :owner, address = :address, fence = fence + 1,
                    leased_until = clock_timestamp() + make_interval(secs => :lease_s)
     WHERE project_id = :project
       AND (owner IS NULL OR owner = :owner OR address IN (:address, :without)
            OR NOT leased_until BETWEEN clock_timestamp() AND clock_timestamp() + make_interval(secs => 2 * :lease_s))
    RETURNING epoch, fence, head_seq
""")
_RENEW = sa.text("""
    UPDATE room SET leased_until = clock_timestamp() + make_interval(secs => :lease_s)
     WHERE owner = :owner AND project_id = ANY(:projects)
    RETURNING project_id
""")


def claim(
    work: UnitOfWork, project_id: str, owner: str, address: str, *, without: str | None = None
) -> Lease | Elsewhere:
    """Make a room ours unless another live process owns it; one whose address is `without`, or ours, counts as gone."""
    work.connection.execute(_MAKE, {"project": project_id})
    ours = {"project": project_id, "owner": owner, "address": address, "without": without, "lease_s": LEASE_S}
    row = work.connection.execute(_CLAIM, ours).first()
    if row is not None:
        return Lease(project_id, row.epoch, row.fence, row.head_seq)
    held = work.connection.execute(sa.select(room.c.address).where(room.c.project_id == project_id)).scalar_one()
    return Elsewhere(held)


def renew(work: UnitOfWork, owner: str, project_ids: Collection[str]) -> dict[str, str | None]:
    """Keep some of our rooms; return those that are ours no more, each with its owner, if it has one."""
    kept = work.connection.execute(_RENEW, {"owner": owner, "projects": list(project_ids), "lease_s": LEASE_S})
    lost = set(project_ids) - set(kept.scalars())
    if not lost:
        return {}
    rows = work.connection.execute(sa.select(room.c.project_id, room.c.owner).where(room.c.project_id.in_(lost)))
    return dict.fromkeys(lost) | {row.project_id: row.owner for row in rows}


def release(work: UnitOfWork, lease: Lease) -> None:
    """Let everybody take a room that we are done with; nothing happens when somebody has."""
    ours = (room.c.project_id == lease.project_id, room.c.fence == lease.fence)
    work.connection.execute(sa.update(room).where(*ours).values(owner=None, address=None, leased_until=None))
