"""A desktop whose projects have sounds: transfers, decoded audio, and what its window would show."""

from collections.abc import Sequence
from pathlib import Path

from maxbooster_desktop.actions.travelling_sounds import TravellingSounds
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.project.exchange.import_audio import import_audio
from maxbooster_desktop.project.store.project import Project
from maxbooster_desktop.settings.store import Settings
from tests.factories.audio_files import noise, write_audio
from tests.integration.cloud.desktop.studios import Studio


class Sounding:
    """One person's desktop with the sounds of the project that is open there."""

    def __init__(self, studio: Studio, **settings: object) -> None:
        self.studio = studio
        (studio.folder / "config").mkdir(exist_ok=True)
        self.settings = Settings(studio.folder / "config")
        for name, value in settings.items():
            self.settings.set(f"sounds.{name}", value)
        self.pool: MediaPool | None = None
        self.start()

    def start(self) -> None:
        """Start the program (again)."""
        self.sounds = TravellingSounds(lambda: self.studio.account, self.settings, lambda: None)
        self.studio.told = self.sounds.note_standing

    def attach(self) -> None:
        """Look after the sounds of the open project, as a window does."""
        project, live = self.studio.project, self.studio.live
        assert project is not None
        assert live is not None
        self.pool = MediaPool(project.audio, 48_000, self.studio.folder / "decoded", stand_in=self.sounds.stand_in)
        self.sounds.use_pool(self.pool)
        self.sounds.attach(project, live)
        self.pool.require(project.state.assets.values())

    def allow(self, **settings: object) -> None:
        """Change settings."""
        for name, value in settings.items():
            self.settings.set(f"sounds.{name}", value)
        self.sounds.apply_settings()

    @property
    def hashes(self) -> set[str]:
        """The sounds that lie in the project."""
        assert self.studio.project is not None
        return {path.stem for path in self.studio.project.audio.stored()}

    @property
    def stands(self) -> tuple[int, int, int]:
        """How many sounds there are, arrive and leave."""
        standing = self.sounds.standing
        assert standing is not None
        return standing.total, standing.arriving, standing.leaving

    def end(self) -> None:
        """End the program."""
        self.sounds.close()
        if self.pool is not None:
            self.pool.close()
            self.pool = None


def import_noise(project: Project, folder: Path, seeds: Sequence[int], frames: int = 4_800) -> set[str]:
    """Import a stereo sound of 24 bits for each seed; return their hashes."""
    files = [write_audio(folder / f"noise {seed}.wav", noise(frames, seed=seed)) for seed in seeds]
    report = import_audio(project, files)
    return {one.asset.file_hash for one in report.files if one.asset is not None}
