"""An older database becomes a new one: dumped whole, restored into a fresh cluster, the old one kept until it is.

    cluster/  --dump-->  upgrade.sql      then cluster/ -> cluster.16/
    upgrade.sql  --restore-->  cluster/   then cluster.16/ and the dump are named `*.before-upgrade`

Cut off at any point, the next start begins again from the old cluster; nothing is deleted before the new one answers.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from cloud.foundation.embedded_postgres.layout import Layout
from cloud.foundation.embedded_postgres.programs import Programs

_DUMP = "upgrade.sql"
_KEPT = "before-upgrade"
RunProgram = Callable[[list[str]], None]


def dump(place: Layout, programs: Programs, socket: Path, run: RunProgram) -> None:
    """Write everything the old server holds into one file, with the new version's program."""
    target = place.base / _DUMP
    run([programs.path("pg_dumpall"), "-h", str(socket), "-U", "postgres", "-f", str(target)])


def set_aside(place: Layout, major: int) -> None:
    """Make room for the new cluster."""
    place.cluster.rename(place.base / f"cluster.{major}")


def restore(place: Layout, programs: Programs, socket: Path, run: RunProgram) -> None:
    """Fill the new cluster from the dump; its role `postgres` is there already."""
    source = place.base / _DUMP
    text = source.read_bytes().replace(b"CREATE ROLE postgres;\n", b"", 1)
    source.write_bytes(text)
    command = [programs.path("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(socket), "-U", "postgres"]
    run([*command, "-d", "postgres", "-f", str(source)])


def keep(place: Layout) -> None:
    """Name what the new cluster was made from, so that nobody takes it for the present one."""
    kept = place.base / _KEPT
    remove(kept)
    (old,) = place.base.glob("cluster.[0-9]*")
    kept.mkdir(mode=0o700)
    old.rename(kept / old.name)
    (place.base / _DUMP).rename(kept / _DUMP)


def start_over(place: Layout) -> None:
    """Undo an upgrade that was cut off: bring the old cluster back."""
    for old in place.base.glob("cluster.[0-9]*"):
        remove(place.cluster)
        old.rename(place.cluster)


def remove(folder: Path) -> None:
    """Remove a folder that nothing refers to any more."""
    if folder.exists():
        shutil.rmtree(folder)
