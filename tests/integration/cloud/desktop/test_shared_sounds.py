"""Shared projects carry their sound: it goes up, comes down, is seen and heard on the way, and to members only."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from maxbooster_desktop.cloudlink import project_sounds, sounds
from maxbooster_desktop.project.edits.assets import register_asset
from maxbooster_desktop.project.store.opening import open_project
from tests.integration.cloud.desktop.sounding import Sounding, import_noise
from tests.integration.cloud.desktop.studios import Studio, until


@pytest.fixture
def desk(
    studio: Callable[[str], Studio], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Sounding]]:
    """Return a function that gives somebody a desktop with sounds; settings are arguments."""
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(project_sounds, "_ASKS_AGAIN_S", 0.05)
    made: list[Sounding] = []

    def make(name: str, **settings: object) -> Sounding:
        made.append(Sounding(studio(name), **settings))
        return made[-1]

    yield make
    for one in made:
        one.end()


def shared(ada: Sounding, folder: Path, seeds: list[int]) -> tuple[str, set[str]]:
    """Have Ada share a project with sounds, and wait until it is in the room; return the twin's id and the sounds."""
    made: set[str] = set()
    project_id = ada.studio.share_new(fill=lambda project: made.update(import_noise(project, folder, seeds)))
    ada.attach()
    until(lambda: ada.studio.is_quiet)
    return project_id, made


def joined(who: Sounding, ada: Sounding, project_id: str, role: str = "editor") -> None:
    """Have somebody come in."""
    who.studio.join(ada.studio.account.projects.invite(project_id, role, uses=5).token)
    who.attach()


def test_what_is_shared_and_what_is_imported_later_reaches_the_others(desk, tmp_path):
    ada, mara = desk("ada"), desk("mara")
    project_id, made = shared(ada, tmp_path, [1, 2])
    joined(mara, ada, project_id)
    until(lambda: mara.hashes == made and mara.stands == (2, 0, 0))
    kinds = [blob.kind for blob in ada.studio.account.blobs.all_of(project_id)]
    assert sorted(kinds) == ["audio", "audio", "peaks", "peaks", "preview", "preview"]
    assert mara.sounds.standing.sentence == ""
    until(lambda: not mara.pool.arriving and not mara.pool.missing)
    later = import_noise(mara.studio.project, tmp_path, [3])
    until(lambda: ada.hashes == made | later and ada.stands == (3, 0, 0))
    assert {path.read_bytes() for path in ada.studio.project.audio.stored()} == {
        path.read_bytes() for path in mara.studio.project.audio.stored()
    }


def test_who_got_a_sound_does_not_send_what_its_owner_is_still_sending(desk, tmp_path, monkeypatch):
    may_go_on, make_preview = threading.Event(), sounds._make_preview

    def held_at_adas(source: Path, target: Path) -> bool:
        assert ada.studio.folder not in source.parents or may_go_on.wait(30)
        return make_preview(source, target)

    monkeypatch.setattr(sounds, "_make_preview", held_at_adas)
    ada, mara = desk("ada"), desk("mara")
    project_id, made = shared(ada, tmp_path, [1])
    joined(mara, ada, project_id)
    until(lambda: mara.hashes == made)
    mara.sounds.detach()  # ends with the pass in which the sound came
    until(lambda: mara.sounds._transfers.is_empty)
    may_go_on.set()
    until(lambda: ada.stands == (1, 0, 0))
    kinds = [blob.kind for blob in ada.studio.account.blobs.all_of(project_id)]
    assert sorted(kinds) == ["audio", "peaks", "preview"]


def test_a_paid_connection_brings_the_waveforms_and_the_rest_later(desk, tmp_path):
    ada, mara = desk("ada"), desk("mara", is_metered=True)
    project_id, made = shared(ada, tmp_path, [1, 2])
    until(lambda: ada.stands == (2, 0, 0))
    joined(mara, ada, project_id)
    assets = mara.studio.project.state.assets
    until(lambda: all(mara.pool.peaks(asset) is not None for asset in assets))
    standing = mara.sounds.standing
    assert standing.sentence == "2 of 2 sounds arrive (waiting for an unmetered connection)"
    assert (mara.hashes, len(mara.pool.arriving), mara.pool.missing) == (set(), 2, ())
    mara.allow(is_metered=False)
    until(lambda: mara.hashes == made)
    until(lambda: all(mara.pool.is_settled(asset) for asset in assets))


def test_what_waits_goes_on_at_the_next_start_also_of_closed_projects(desk, tmp_path):
    ada, mara = desk("ada", is_paused=True), desk("mara")
    project_id, made = shared(ada, tmp_path, [1, 2, 3])
    until(lambda: ada.stands == (3, 0, 3))
    assert ada.sounds.standing.sentence == "3 sounds to send (paused)"
    ada.end()
    ada.studio.leave()
    ada.start()
    ada.allow(is_paused=False)
    ada.sounds.resume()
    joined(mara, ada, project_id)
    until(lambda: mara.hashes == made)


@pytest.mark.full
def test_who_may_only_look_hears_but_sends_nothing(desk, tmp_path):
    ada, vera = desk("ada"), desk("vera")
    project_id, made = shared(ada, tmp_path, [1])
    joined(vera, ada, project_id, "viewer")
    until(lambda: vera.hashes == made)
    import_noise(vera.studio.project, tmp_path, [2])
    until(lambda: vera.stands == (2, 0, 0))
    assert {blob.original for blob in ada.studio.account.blobs.all_of(project_id)} == made


def test_who_is_removed_gets_nothing_more(desk, tmp_path):
    ada, mara = desk("ada"), desk("mara", is_paused=True)
    project_id, _ = shared(ada, tmp_path, [1])
    until(lambda: ada.stands == (1, 0, 0))
    joined(mara, ada, project_id)
    until(lambda: mara.stands == (1, 1, 0))
    ada.studio.account.projects.remove_member(project_id, mara.studio.account.who.id)
    until(lambda: mara.sounds.standing.problems and mara.stands == (1, 0, 0))
    mara.allow(is_paused=False)
    until(lambda: "member" in mara.sounds.standing.problems[0] or "no project" in mara.sounds.standing.problems[0])
    until(lambda: mara.pool.missing)
    assert mara.hashes == set()


@pytest.mark.full
def test_what_the_document_names_and_nobody_has_is_waited_for_in_a_sentence(desk, tmp_path):
    ada, mara = desk("ada"), desk("mara")
    project_id, made = shared(ada, tmp_path, [1])
    (asset,) = ada.studio.project.state.assets.values()
    ada.studio.project.do(register_asset, replace(asset, id="f" * 64, file_hash="e" * 64, name="Nowhere"))
    joined(mara, ada, project_id)
    until(lambda: mara.hashes == made and mara.stands == (2, 1, 0))
    assert mara.sounds.standing.sentence == "1 of 2 sounds arrives"
    until(lambda: mara.sounds.standing.reason == "1 sound waits for whoever has it to come online.")


@pytest.mark.full
def test_a_name_that_leads_out_of_the_project_is_refused(desk, tmp_path):
    ada, mara = desk("ada"), desk("mara")
    project_id, made = shared(ada, tmp_path, [1])
    (asset,) = ada.studio.project.state.assets.values()
    ada.studio.project.do(register_asset, replace(asset, id="f" * 64, file_hash="../../up", name="Out"))
    joined(mara, ada, project_id)
    until(lambda: mara.hashes == made and mara.stands == (2, 0, 0))
    assert "no name of a stored sound" in mara.sounds.standing.problems[0]


def test_a_copy_is_a_project_of_its_own_with_all_its_sound_when_the_cloud_is_gone(desk, tmp_path):
    ada, mara = desk("ada"), desk("mara")
    project_id, made = shared(ada, tmp_path, [1, 2])
    joined(mara, ada, project_id)
    until(lambda: mara.hashes == made)
    ada.studio.account.projects.remove_member(project_id, mara.studio.account.who.id)
    until(lambda: mara.studio.live.standing.is_out)
    copied = mara.studio.project.copy_to(tmp_path / "mine")
    assert copied.missing == ()
    with open_project(copied.folder) as opened:
        assert (opened.link, opened.audio.missing(opened.state.assets.values())) == (None, ())
        assert opened.state == mara.studio.project.state


@pytest.mark.full
def test_a_copy_names_what_has_not_come(desk, tmp_path):
    ada, mara = desk("ada"), desk("mara", is_paused=True)
    project_id, _ = shared(ada, tmp_path, [1])
    joined(mara, ada, project_id)
    assert mara.studio.project.copy_to(tmp_path / "mine").missing == ("noise 1",)
