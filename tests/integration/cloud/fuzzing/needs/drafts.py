"""What requests about drafts and the clients that edit them need."""

from cloud.drafts.contracts import Feed, StoredDraft
from cloud.drafts.operations.register_client import register_client
from cloud.drafts.ports import Desk
from cloud.drafts.store import PostgresDrafts
from cloud.foundation.unit_of_work import UnitOfWork
from sync.protocol.changes import Draft
from sync.protocol.kinds import SCHEMA_VERSION
from tests.integration.cloud.fuzzing.needs.wanted import OWNER, Needs, Wanted
from tests.integration.cloud.fuzzing.world import World

NEEDS = Needs()


def _desk(work: UnitOfWork) -> Desk:
    return Desk(PostgresDrafts(work.connection), {}, work.clock.now(), OWNER)


@NEEDS.of("apply_operations")
def _batch(world: World, work: UnitOfWork) -> Wanted:
    client = f"cli_{world.number()}"
    register_client(_desk(work), client, "Fuzzer")
    about = {"kind": "release", "draft_id": f"rel_{world.number()}", "base_version": 0, "patch": {"title": "Night Bus"}}
    operation = {"seq": 1, "op_id": f"op_{world.number()}", **about}
    body = {"client_id": client, "schema_version": SCHEMA_VERSION, "operations": [operation]}
    return Wanted(body=body, is_whole=True)


@NEEDS.of("read_changes")
def _spoken(_world: World, _work: UnitOfWork) -> Wanted:
    return Wanted(query={"schema_version": SCHEMA_VERSION})


@NEEDS.of("put_draft")
def _new_draft(world: World, _work: UnitOfWork) -> Wanted:
    path = {"kind": "release", "draft_id": f"rel_{world.number()}"}
    return Wanted(path, headers={"If-None-Match": "*", "If-Match": None}, body={"values": {"title": "Night Bus"}})


@NEEDS.of("read_draft", "remove_draft")
def _draft(world: World, work: UnitOfWork) -> Wanted:
    drafts, draft_id = PostgresDrafts(work.connection), f"rel_{world.number()}"
    last = drafts.locked_feed(OWNER)
    now, version = work.clock.now(), last.last + 1
    made = Draft("release", draft_id, version, {"title": "Night Bus"}, is_removed=False)
    drafts.save_draft(OWNER, StoredDraft(made, SCHEMA_VERSION, now, now))
    drafts.save_feed(OWNER, Feed(version, last.horizon))
    return Wanted({"kind": "release", "draft_id": draft_id}, headers={"If-Match": f'"{version}"'})


@NEEDS.of("remove_client")
def _client(world: World, work: UnitOfWork) -> Wanted:
    client = f"cli_{world.number()}"
    register_client(_desk(work), client, "Fuzzer")
    return Wanted({"client_id": client})
