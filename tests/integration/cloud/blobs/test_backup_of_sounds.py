"""A backup holds the sounds: everything is destroyed, restored elsewhere, and a member hears the same bytes."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from cloud.foundation.embedded_postgres.cluster import RunningPostgres
from cloud.foundation.migrations.upgrading import upgrade
from cloud.gateways.objects.store import open_store
from cloud.ops import backup, object_backup
from tests.integration.cloud.blobs.uploads import Studio, content, name
from tests.integration.cloud.conftest import RunningApi, TestDatabase, fresh_database


@pytest.fixture
def elsewhere(postgres: RunningPostgres) -> Iterator[TestDatabase]:
    """An empty database."""
    with fresh_database(postgres) as made:
        yield made


def _places(studio: Studio) -> dict[str, Path]:
    folder = studio.band.city.api.runtime.settings.data / "objects"
    return {path.name: path for path in folder.rglob("*") if path.is_file()}


def test_what_is_destroyed_comes_back_with_the_same_hashes(
    elsewhere: TestDatabase,
    studio: Studio,
    start_api: Callable[..., RunningApi],
    database: TestDatabase,
    tmp_path: Path,
) -> None:
    project = studio.band.project(ben="viewer")
    sounds = {studio.store(content(number, 50_000 + number)) for number in range(3)}
    for hash_ in sounds:
        assert studio.attach(project, hash_).status_code == 200
    token = studio.band.player("ben").token
    file, objects = tmp_path / "backup", studio.band.city.api.runtime.settings.data / "objects"
    backup.back_up(database.owner, file)
    copies = object_backup.folder_beside(file)
    for copied in (3, 0):  # what is there stays
        checked = object_backup.copy_objects(database.owner, open_store(None, objects), copies)
        assert checked == object_backup.Checked(3, copied, ())
    shutil.rmtree(objects)
    backup.restore(elsewhere.owner, file)
    upgrade(elsewhere.owner, elsewhere.app)
    found = open_store(None, tmp_path / "elsewhere" / "objects")
    assert object_backup.restore_objects(elsewhere.owner, found, copies) == object_backup.Checked(3, 3, ())
    api = start_api(elsewhere.app, data=tmp_path / "elsewhere")
    for hash_ in sounds:
        url = f"{api.url}/v1/projects/{project}/blobs/{hash_}/content"
        reply = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=20)
        assert (reply.status_code, name(reply.content)) == (200, hash_)


def test_what_is_missing_or_damaged_is_named_and_never_passed_on(
    studio: Studio, database: TestDatabase, tmp_path: Path
) -> None:
    gone, hurt, whole = (studio.store(content(number, 9_000)) for number in range(3))
    places = _places(studio)
    store = open_store(None, studio.band.city.api.runtime.settings.data / "objects")
    copies = tmp_path / "backup.objects"
    places[gone].unlink()
    places[hurt].write_bytes(bytes(9_000))
    checked = object_backup.copy_objects(database.owner, store, copies)
    assert (checked.objects, checked.copied, set(checked.bad)) == (3, 1, {gone, hurt})
    assert "2 of 3 objects are missing or damaged" in checked.sentence
    assert [path.name for path in copies.rglob("*") if path.is_file()] == [whole]
    assert object_backup.check_objects(database.owner, store).bad == (gone,)
    next(copies.rglob(whole)).write_bytes(b"rot")
    places[whole].unlink()
    assert set(object_backup.restore_objects(database.owner, store, copies).bad) == {gone, hurt, whole}
