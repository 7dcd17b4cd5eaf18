"""A project's database as it begins: a document, and no history."""

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from maxbooster_desktop.project.document.projection import project
from maxbooster_desktop.project.document.state import ProjectState
from maxbooster_desktop.project.document.state_codec import encode_state
from maxbooster_desktop.project.store import database
from maxbooster_desktop.project.store.op_log import NO_DIGEST
from maxbooster_desktop.project.store.snapshots import Snapshot, write_snapshot
from sync.document.register_document import RegisterDocument


def write_fresh_database(
    path: Path, registers: RegisterDocument, note: Callable[[sa.Connection], None] = lambda _: None
) -> ProjectState:
    """Make the database of a document at a path where nothing is; `note` writes what else it says. Return its state."""
    state = project(registers)
    database.create_database(path)
    engine = database.writing_engine(path)
    try:
        with engine.begin() as connection:
            write_snapshot(connection, Snapshot(0, 0, NO_DIGEST, registers.encode(), encode_state(state)))
            note(connection)
    finally:
        engine.dispose()
    return state
