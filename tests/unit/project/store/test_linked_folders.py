"""Finding the folder of a shared project by its id, whatever else lies around."""

from maxbooster_desktop.project.store.cloud_link import CloudLink
from maxbooster_desktop.project.store.linked_folders import find_linked, linked_to
from maxbooster_desktop.project.store.opening import create_project
from maxbooster_desktop.project.store.sharing import Sharing


def test_the_linked_folder_is_found_open_or_closed(tmp_path):
    create_project(tmp_path / "Alone").close()
    (tmp_path / "Damaged").mkdir()
    (tmp_path / "Damaged" / "project.sqlite").write_bytes(b"no database at all" * 100)
    (tmp_path / "Empty").mkdir()
    folders = [tmp_path / name for name in ("Alone", "Damaged", "Empty", "Gone", "Shared")]
    with create_project(tmp_path / "Shared") as project:
        link = CloudLink("project-1", "https://cloud.example", "device")
        project.submit_shared(Sharing.share, link).result()
        assert find_linked(folders, "project-1") == folders[-1]
    assert find_linked(folders, "project-1") == folders[-1]
    assert find_linked(folders, "project-2") is None
    assert [linked_to(folder) for folder in folders] == ["", "", "", "", "project-1"]
    assert not (tmp_path / "Empty" / "project.sqlite").exists()
