"""Import into a real project: tracks, clips and sounds in one step, all good files of a batch, and no traces else."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.project.edits.tracks import add_track
from maxbooster_desktop.project.exchange.import_audio import import_audio
from maxbooster_desktop.project.exchange.refusals import AudioRefusedError, ImportCancelledError
from maxbooster_desktop.project.exchange.storing import require_room
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.project import Project
from tests.factories.audio_files import FORMATS, cut_files, damaged_files, noise, quantised, write_audio


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    opened = create_project(tmp_path / "Song", name="Song", sample_rate=48_000)
    yield opened
    opened.close()


def _stored(project: Project) -> list[str]:
    return sorted(path.name for path in project.audio.folder.rglob("*") if path.is_file())


def test_each_file_becomes_a_track_with_a_clip_in_one_step(project: Project, tmp_path: Path) -> None:
    files = [write_audio(tmp_path / "Kick.wav", noise(4_800)), write_audio(tmp_path / "Bass.flac", noise(9_600))]
    steps = len(project.history())
    report = import_audio(project, files, start_tick=1_920)
    state = project.state
    assert [state.tracks[track].name for track in state.track_order] == ["Kick", "Bass"]
    assert [file.track for file in report.imported] == list(state.track_order)
    for track, frames in zip(state.track_order, (4_800, 9_600), strict=True):
        [clip] = [state.clips[clip] for clip in state.clips_by_track[track]]
        assert (clip.start_tick, clip.length_frames, clip.source_offset) == (1_920, frames, 0)
        assert clip.asset is not None
        assert state.assets[clip.asset].frames == frames
    assert [step.name for step in project.history()[steps:]] == ["Import 2 files"]
    assert report.change is not None
    assert report.change.created >= set(state.track_order)
    assert not report.refused


def test_undo_takes_all_of_it_back_and_redo_brings_it_again(project: Project, tmp_path: Path) -> None:
    import_audio(project, [write_audio(tmp_path / "a.wav", noise(100)), write_audio(tmp_path / "b.wav", noise(200))])
    project.undo().result()
    assert project.state.track_order == ()
    assert not project.state.clips
    project.redo().result()
    assert len(project.state.clips) == 2


def test_the_stored_file_is_the_original_byte_for_byte(project: Project, tmp_path: Path) -> None:
    files = [write_audio(tmp_path / f"x{suffix}", noise(9_000)) for suffix in FORMATS]
    for file in import_audio(project, files).imported:
        assert file.asset is not None
        assert project.audio.path_of(file.asset).read_bytes() == file.path.read_bytes()


def test_the_project_plays_what_was_imported_after_reopening(tmp_path: Path) -> None:
    samples = quantised(noise(30_000), 24)
    path = write_audio(tmp_path / "Pad.wav", samples)
    with create_project(tmp_path / "Song") as project:
        import_audio(project, [path])
    path.unlink()
    with open_project(tmp_path / "Song") as project:
        [asset] = project.state.assets.values()
        pool = MediaPool(project.audio, 48_000, tmp_path / "cache")
        pool.require([asset])
        assert pool.wait([asset.id], 20.0)
        decoded = pool.samples(asset.id)
        pool.close()
    assert decoded is not None
    assert np.array_equal(decoded.T, samples)


def test_a_partly_good_batch_brings_in_the_good_ones(project: Project, tmp_path: Path) -> None:
    bad = list(damaged_files(tmp_path).values())
    good = [write_audio(tmp_path / "Good 1.wav", noise(500)), write_audio(tmp_path / "Good 2.flac", noise(600))]
    report = import_audio(project, [bad[0], good[0], *bad[1:], good[1]])
    assert [file.path for file in report.imported] == good
    assert {file.path for file in report.refused} == set(bad)
    assert all(len(file.sentences) == 1 and file.path.name in file.sentences[0] for file in report.refused)
    assert [project.state.tracks[track].name for track in project.state.track_order] == ["Good 1", "Good 2"]
    assert project.history()[-1].name == "Import 2 files"
    assert len(_stored(project)) == 2


def test_what_is_left_of_cut_files_comes_in_and_the_report_says_what_is_missing(
    project: Project, tmp_path: Path
) -> None:
    cut = cut_files(tmp_path)
    report = import_audio(project, cut.values())
    assert report.refused == ()
    for file in report.imported:
        assert f"{file.path.name}: is cut short: " in file.sentences[0]
        assert project.state.assets[file.asset.id].frames > 0
    pool = MediaPool(project.audio, 48_000, tmp_path / "cache")
    pool.require(project.state.assets.values())
    assert pool.wait(project.state.assets, 60.0)
    problems = pool.problems
    pool.close()
    assert problems == {}


def test_a_batch_without_a_good_file_changes_nothing(project: Project, tmp_path: Path) -> None:
    before, steps = project.state, len(project.history())
    report = import_audio(project, [tmp_path / "gone.wav", tmp_path])
    assert [file.outcome for file in report.files] == ["refused", "refused"]
    assert report.change is None
    assert project.state == before
    assert len(project.history()) == steps
    assert _stored(project) == []


def test_what_was_done_is_said(project: Project, tmp_path: Path) -> None:
    broken = noise(1_000)
    broken[5:8, 0] = np.nan
    files = [
        write_audio(tmp_path / "mono.wav", noise(1_000, 1)),
        write_audio(tmp_path / "surround.wav", noise(1_000, 6)),
        write_audio(tmp_path / "cd.wav", noise(1_000), 44_100),
        write_audio(tmp_path / "broken.wav", broken, subtype="FLOAT"),
        write_audio(tmp_path / "x.flac", noise(1_000, seed=9)).rename(tmp_path / "named.wav"),
        write_audio(tmp_path / "plain.wav", noise(1_000, seed=8)),
    ]
    assert [file.sentences for file in import_audio(project, files).files] == [
        ("mono, kept mono",),
        ("6 channels mixed to stereo by ITU-R BS.775 (L R C LFE Ls Rs)",),
        ("converted 44.1 -> 48 kHz when played",),
        ("3 samples were not numbers and are played as silence",),
        ("named.wav: named .wav but holds FLAC; read as FLAC",),
        (),
    ]


def test_the_same_sound_twice_is_stored_once(project: Project, tmp_path: Path) -> None:
    path = write_audio(tmp_path / "a.wav", noise(500))
    (tmp_path / "copy.wav").write_bytes(path.read_bytes())
    import_audio(project, [path, tmp_path / "copy.wav"])
    import_audio(project, [path])
    assert len(project.state.assets) == 1
    assert len(project.state.clips) == 3
    assert len(_stored(project)) == 1


def test_importing_again_brings_back_a_missing_sound(project: Project, tmp_path: Path) -> None:
    path = write_audio(tmp_path / "a.wav", noise(500))
    [file] = import_audio(project, [path]).imported
    assert file.asset is not None
    project.audio.path_of(file.asset).unlink()
    assert import_audio(project, [path]).imported
    assert project.audio.missing([file.asset]) == ()


def test_files_go_one_behind_the_other_on_one_track(project: Project, tmp_path: Path) -> None:
    track = next(iter(project.do(add_track, "audio", "Takes").created))
    files = [write_audio(tmp_path / f"{n}.wav", noise(24_000, seed=n)) for n in range(3)]
    import_audio(project, files, new_tracks=False, track=track, start_tick=960)
    clips = [project.state.clips[clip] for clip in project.state.clips_by_track[track]]
    assert [clip.start_tick for clip in clips] == [960, 1_920, 2_880]
    assert project.state.track_order == (track,)
    with pytest.raises(AudioRefusedError, match="name the track"):
        import_audio(project, files, new_tracks=False)


def test_an_edit_that_is_refused_leaves_no_sound_behind(project: Project, tmp_path: Path) -> None:
    path = write_audio(tmp_path / "a.wav", noise(500))
    with pytest.raises(Exception, match="track"):
        import_audio(project, [path], new_tracks=False, track="no such track")
    assert _stored(project) == []
    assert not project.state.assets


@pytest.mark.parametrize("after", [0.0, 0.3, 0.81, 0.95])
def test_cancelling_leaves_the_project_as_it_was(project: Project, tmp_path: Path, after: float) -> None:
    files = [write_audio(tmp_path / f"{n}.wav", noise(300_000, seed=n)) for n in range(3)]
    before = project.state
    cancel = threading.Event()

    def watch(done: float) -> None:
        if done >= after:
            cancel.set()

    with pytest.raises(ImportCancelledError, match="as it was"):
        import_audio(project, files, progress=watch, cancel=cancel)
    assert project.state == before
    assert _stored(project) == []


def test_progress_rises_from_0_to_1(project: Project, tmp_path: Path) -> None:
    seen: list[float] = []
    files = [write_audio(tmp_path / f"{n}.wav", noise(200_000, seed=n)) for n in range(3)]
    import_audio(project, files, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[0] < 0.3
    assert seen[-1] == 1.0


def test_a_file_larger_than_the_disk_is_refused_before_it_is_copied(project: Project, tmp_path: Path) -> None:
    path = write_audio(tmp_path / "a.wav", noise(1_000))
    free = shutil.disk_usage(tmp_path).free
    with pytest.raises(AudioRefusedError, match=r"'a\.wav' has .* GB and the disk of the project has .* GB free"):
        require_room(path, free + 1, project.folder)
    require_room(path, path.stat().st_size, project.folder)


def test_a_full_disk_refuses_the_file_and_leaves_nothing(project: Project, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    big, small = write_audio(tmp_path / "big.wav", noise(400_000)), write_audio(tmp_path / "small.wav", noise(100))
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, usual[1]))
    try:
        report = import_audio(project, [big, small])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert [file.outcome for file in report.files] == ["refused", "imported"]
    assert "big.wav was not imported" in report.files[0].sentences[0]
    assert len(_stored(project)) == 1


def test_a_read_only_project_takes_nothing(tmp_path: Path) -> None:
    create_project(tmp_path / "Song").close()
    path = write_audio(tmp_path / "a.wav", noise(100))
    with (
        open_project(tmp_path / "Song", read_only=True) as project,
        pytest.raises(AudioRefusedError, match="Nothing was imported: "),
    ):
        import_audio(project, [path])


@pytest.mark.parametrize("name", ["日本語 ドラム.wav", "🎹 Solo.wav", "tab\there.wav", "x" * 240 + ".wav"])
def test_any_file_name_names_a_track(project: Project, tmp_path: Path, name: str) -> None:
    import_audio(project, [write_audio(tmp_path / name, noise(100))])
    [track] = project.state.track_order
    assert project.state.tracks[track].name == name.removesuffix(".wav").replace("\t", " ")[:100]


def test_a_file_without_an_ending_is_told_how_to_come_in(project: Project, tmp_path: Path) -> None:
    path = write_audio(tmp_path / "a.wav", noise(100)).rename(tmp_path / "a")
    [file] = import_audio(project, [path]).refused
    assert "rename it so that it ends in .wav" in file.sentences[0]


def test_the_first_import_brings_its_rate_where_nobody_chose_one(tmp_path: Path) -> None:
    first = write_audio(tmp_path / "first.wav", noise(441), 44_100)
    with create_project(tmp_path / "Open", sample_rate=None) as project:
        assert project.state.meta.sample_rate == 48_000
        report = import_audio(project, [tmp_path / "gone.wav", first])
        assert project.state.meta.sample_rate == 44_100
        assert report.imported[0].sentences == ()
        second = import_audio(project, [write_audio(tmp_path / "second.wav", noise(96), 96_000)])
        assert second.imported[0].sentences == ("converted 96 -> 44.1 kHz when played",)
        project.undo().result()
        project.undo().result()
        assert project.state.meta.is_rate_open
    with create_project(tmp_path / "Chosen", sample_rate=48_000) as project:
        import_audio(project, [first])
        assert project.state.meta.sample_rate == 48_000
