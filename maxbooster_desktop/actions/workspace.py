"""Opening, creating and closing projects around one studio, and remembering them. No Qt; slow parts may run anywhere.

`load` and `create` do the slow work and may run in a worker; `adopt` and `close` belong to the window's thread.
The store, the media pool and the engine are imported when first needed, so that the window shows before them.
"""

import importlib
import os
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

from maxbooster_desktop.actions.engine_feed import EngineFeed
from maxbooster_desktop.actions.midi import MidiDesk
from maxbooster_desktop.actions.monitoring import Monitoring
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.actions.templates import Template, build_template
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.foundation.paths import cache_folder
from maxbooster_desktop.project.document.state import InsertId, TrackId
from maxbooster_desktop.settings.round_trips import round_trip_of
from maxbooster_desktop.settings.store import Settings

#: So long may the window take to show a project before the rest of it is loaded.
_UNTIL_SHOWN_S = 1.0
_LONGEST_NAME_BYTES = 255


class ProjectNameError(MaxBoosterError):
    """A name that cannot be a folder."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A project with its decoded audio, not yet in the window."""

    project: Any
    pool: Any
    link: Any = None
    #: What came back of a recording that was interrupted, in one sentence; "" when nothing was.
    recovered: str = ""


def _store() -> Any:
    return importlib.import_module("maxbooster_desktop.project.store.opening")


class Workspace:
    """What a window works on. One project at a time; `make_renderer` None means the engine's own."""

    def __init__(self, studio: Studio, settings: Settings, make_renderer: Any = None) -> None:
        self.studio, self.settings = studio, settings
        self._make_renderer = make_renderer
        self._opened: Opened | None = None
        self._feed: EngineFeed | None = None
        self._monitoring = Monitoring(studio)
        #: The MIDI ports that are played; they are listened to from its `start` on.
        self.midi = MidiDesk(studio, settings)
        studio.midi_output_names = self.midi.output_names
        studio.takes.changed.subscribe(studio.retrospect.look)
        studio.takes.measured_round_trip = lambda: round_trip_of(settings)
        self.apply_click()

    def look_at_inputs(self) -> None:
        """Open, hear and write along the inputs that should be; call it now and then."""
        self._monitoring.look()
        self.studio.retrospect.look()

    def load(self, folder: Path) -> Opened:
        """Open a project folder; raises the store's errors. Slow: run it in a worker."""
        return self._with_pool(_store().open_project(folder, rest_s=_UNTIL_SHOWN_S))

    def create(self, folder: Path, template: Template) -> Opened:
        """Make a project in `folder` (its name is the folder's) from a template. Slow: run it in a worker."""
        check_name(folder.name)
        project = _store().create_project(folder, name=folder.name)
        try:
            project.do(build_template, template)
        except BaseException:
            project.close()
            raise
        return self._with_pool(project)

    def adopt(self, opened: Opened) -> None:
        """Close what is open and work on `opened` from now on, from its start."""
        self.close()
        self._opened = opened
        self.studio.company.sounds.use_pool(opened.pool)
        self.studio.company.attach(opened.project, opened.link)
        self._play(opened)
        self.studio.engine.seek(0)
        try:
            self.settings.remember_project(opened.project.folder)
        except MaxBoosterError as problem:
            # The list of recent projects may miss one; the project itself is open all the same.
            self.studio.notify(str(problem))

    def follow_engine(self) -> None:
        """Decode the open project anew when the engine's sample rate has become another; without one do nothing."""
        opened = self._opened
        if opened is None:
            return
        self._stop_playing()
        rate = self.studio.engine.sample_rate
        if opened.pool.sample_rate != rate:
            self.studio.detach()
            opened.pool.close()
            opened = self._opened = replace(opened, pool=self._pool_for(opened.project, rate))
        self._play(opened)

    def _play(self, opened: Opened) -> None:
        """Hand a project to the studio and keep the engine on its newest state."""
        self.studio.company.sounds.use_pool(opened.pool)
        if self.studio.pool is not opened.pool:
            self.studio.attach(opened.project, opened.pool)
        self.studio.engine.hear_of_midi(self.studio.notify)
        self.midi.apply_clock()
        self._feed = EngineFeed(self.studio.engine, opened.pool, self.studio.notify)
        self._stop_feed = opened.project.subscribe(self._feed.offer)
        self._feed.offer(None, opened.project.state)

    def _stop_playing(self) -> None:
        if self._feed is not None:
            self._stop_feed()
            self._feed.close()
            self._feed = None

    def apply_click(self) -> None:
        """Take level and accent of the click from the settings."""
        studio, get = self.studio, self.settings.get
        studio.click_gain_db, studio.click_accent_db = (
            get("transport.metronome_gain_db"),
            get("transport.metronome_accent_db"),
        )
        if studio.is_metronome_on:
            studio.set_metronome(True)

    def route_click(self) -> None:
        """Send the click to its own channels, if it has some; a device that opens sends it where the master goes.

        Only while a device is open: the channels exist then, because the device was opened with them.
        """
        channels = self.settings.get("audio.click_channels")
        if len(channels) == 2 and not self.studio.engine.device_problem:
            self.studio.engine.set_metronome_output(channels[0], channels[1])

    @property
    def shared_id(self) -> str:
        """The id in the cloud of the project that is open; "" for none that is shared."""
        link = None if self._opened is None else self._opened.link
        return "" if link is None else str(link.project_id)

    def find_shared(self, project_id: str, near: Path) -> Path | None:
        """Return the folder on this computer of a shared project: of those used last, or in `near`. Slow."""
        try:
            beside = sorted(Path(each.path) for each in os.scandir(near) if os.path.isdir(each.path))
        except OSError:  # the projects used last may still have it
            beside = []
        folders = [*self.settings.recent_projects(), *beside]
        found: Path | None = importlib.import_module("maxbooster_desktop.project.store.linked_folders").find_linked(
            folders, project_id
        )
        return found

    def come_to(self, link: str, near: Path) -> Path:
        """Return the folder of the project that a link leads to, made in `near` unless there is one. Slow."""
        place = self.studio.company.place_of(link)
        found = None if place is None else self.find_shared(place.project_id, near)
        return found or self.studio.company.join(link, near)

    def unstored_reason(self) -> str:
        """Return why closing would lose edits, or "" when everything is on disk."""
        if self._opened is None or self._opened.project.durability.is_durable:
            return ""
        return str(self._opened.project.durability.reason) or "The last edits are still being written."

    def close(self, *, discard_unstored: bool = False) -> None:
        """Stop, let go of the project and close it; nothing happens when none is open.

        Ask `unstored_reason` first: with `discard_unstored` edits that could not be stored are lost.
        """
        opened, self._opened = self._opened, None
        if opened is None:
            return
        self.studio.company.detach()
        self.studio.takes.close()
        self.studio.retrospect.close()
        self.studio.engine.stop()
        self._stop_playing()
        self.studio.detach()
        opened.pool.close()
        opened.project.close(discard_unstored=discard_unstored)

    def share(self) -> None:
        """Make the open project a shared one and go live. Slow, but for `go_live` on the window's thread after it."""
        self.studio.company.share(self.studio.project)

    def go_live(self) -> None:
        """Enter the room of the open project, which has just been shared."""
        if self._opened is not None:
            self._opened = replace(self._opened, link=self._opened.project.link)
            self.studio.company.attach(self._opened.project, self._opened.link)

    def use_cloud(self, address: str) -> None:
        """Work with another cloud from now on; raises SettingsError. Sign out of the present one before."""
        self.settings.set("cloud.address", address)
        self.studio.company.forget_account()
        if self._opened is not None:
            self.studio.company.attach(self._opened.project, self._opened.link)

    def import_files(
        self,
        files: Sequence[Path],
        start_tick: int,
        track: TrackId | None,
        told: Callable[[float], None],
        cancel: Event,
    ) -> Any:
        """Import sound files at `start_tick` on `track`, or each on a new one (None); returns the report. Slow."""
        importer = importlib.import_module("maxbooster_desktop.project.exchange.import_audio")
        return importer.import_audio(
            self.studio.project,
            files,
            start_tick=start_tick,
            new_tracks=track is None,
            track=track,
            progress=told,
            cancel=cancel,
        )

    def load_samples(
        self,
        target: tuple[TrackId, InsertId],
        files: Sequence[Path],
        preset: int | None,
        told: Callable[[float], None],
        cancel: Event,
    ) -> Any:
        """Fill a sampler with sounds, an SFZ or a preset of an SF2 file; returns the report. Slow."""
        loader = importlib.import_module("maxbooster_desktop.project.exchange.load_samples")
        project, sampler = self.studio.project, loader.Target(*target)
        return loader.load_samples(project, sampler, files, preset=preset, progress=told, cancel=cancel)

    def load_patch(
        self, target: tuple[TrackId, InsertId], patch: str, told: Callable[[float], None], cancel: Event
    ) -> Any:
        """Fill a sampler with factory sounds, which are made on the way; returns the report. Slow."""
        loader = importlib.import_module("maxbooster_desktop.project.exchange.load_samples")
        return loader.load_patch(self.studio.project, loader.Target(*target), patch, progress=told, cancel=cancel)

    def presets_in(self, file: Path) -> list[Any]:
        """Return the presets of an SF2 file (`index`, `bank`, `program`, `name`); none of another file. Slow."""
        if file.suffix.lower() != ".sf2":
            return []
        module = importlib.import_module("maxbooster_desktop.project.exchange.sf2_zones")
        return list(module.presets_of(module.read_soundfont(file)))

    def render(self, settings: Any, told: Callable[[float], None], cancel: Event) -> Any:
        """Render the open project as asked (`engine.render.settings`); returns the report. Slow.

        It renders at the project's rate, whatever rate the engine plays at, so that the same project always gives
        the same file.
        """
        studio = self.studio
        checks = importlib.import_module("maxbooster_desktop.engine.render.settings")
        checks.check_outside(studio.project.folder, settings.target, settings.stems_folder)
        with self.own_pool() as pool:
            return self._render(studio.state, pool, settings, told, cancel)

    @contextmanager
    def own_pool(self) -> Iterator[Any]:
        """Give a pool with the open project's sounds at the project's own rate, whatever rate the engine plays at."""
        studio = self.studio
        rate = studio.state.meta.sample_rate
        if studio.pool.sample_rate == rate:
            yield studio.pool
            return
        pool = self._pool_for(studio.project, rate)
        try:
            yield pool
        finally:
            pool.close()

    def _render(self, state: Any, pool: Any, settings: Any, told: Callable[[float], None], cancel: Event) -> Any:
        files = importlib.import_module("maxbooster_desktop.engine.render.files")
        make_renderer = self._make_renderer
        if make_renderer is None:
            make_renderer = importlib.import_module("maxbooster_desktop.engine.render.offline").make_renderer
        return files.render_project(state, pool, make_renderer, settings, progress=told, cancel=cancel)

    def _with_pool(self, project: Any) -> Opened:
        try:
            recovered = _recover_takes(project)
            return Opened(project, self._pool_for(project, self.studio.engine.sample_rate), project.link, recovered)
        except BaseException:
            project.close()
            raise

    def _pool_for(self, project: Any, rate: int) -> Any:
        """Return a pool that decodes the project's sounds to `rate`, which need not be the project's."""
        pool_module = importlib.import_module("maxbooster_desktop.engine.media.pool")
        return pool_module.MediaPool(project.audio, rate, cache_folder(), stand_in=self.studio.company.sounds.stand_in)


def _recover_takes(project: Any) -> str:
    """Bring back what an interrupted recording left. What is needed for that is loaded only when there is something."""
    journal = importlib.import_module("maxbooster_desktop.project.store.takes_journal")
    journal.forget_played(project)
    if not journal.open_takes(project):
        return ""
    recovery = importlib.import_module("maxbooster_desktop.engine.record.recovery")
    return str(recovery.recover_takes(project))


def check_name(name: str) -> None:
    """Refuse names that no file system, or not every one, can hold; raises ProjectNameError."""
    if not name.strip() or name != name.strip() or name.endswith("."):
        raise ProjectNameError("A project needs a name that does not begin or end with a space or a dot.")
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in name):
        raise ProjectNameError("A project's name cannot contain line breaks or control characters; type it anew.")
    wrong = sorted({sign for sign in name if sign in '<>:"/\\|?*'})
    if wrong:
        raise ProjectNameError(f"A project's name cannot contain {' '.join(wrong)}; choose other signs.")
    if len(name.encode()) > _LONGEST_NAME_BYTES:
        raise ProjectNameError("This name is longer than the name of a folder can be; choose a shorter one.")


def place_for(folder: str, name: str) -> Path:
    """Return where a new project goes that is called `name` in a folder that was typed; raises ProjectNameError."""
    check_name(name)
    typed = Path(os.path.expanduser(folder.strip()))
    if not typed.is_absolute() or "\0" in folder:
        raise ProjectNameError(f"“{folder}” does not say where; choose a folder, or type its whole path.")
    place = typed / name
    try:
        os.lstat(place)
    except FileNotFoundError:
        return place
    except OSError as error:
        raise ProjectNameError(f"{typed} cannot be used ({error.strerror}); choose another folder.") from error
    raise ProjectNameError(f"{place} exists already; choose another name.")
