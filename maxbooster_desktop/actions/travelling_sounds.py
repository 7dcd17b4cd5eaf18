"""The sounds that travel for the open shared project and for others that are closed. No Qt.

What imports the cloud's libraries happens with the first shared project. `told` is called in whatever thread.
"""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maxbooster_desktop.actions.deferred_cloud import cloudlink
from maxbooster_desktop.foundation.paths import cache_folder, data_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from maxbooster_desktop.cloudlink.account import Account
    from maxbooster_desktop.cloudlink.live_project import LiveProject
    from maxbooster_desktop.cloudlink.project_sounds import ProjectSounds
    from maxbooster_desktop.cloudlink.sound_standing import SoundStanding
    from maxbooster_desktop.cloudlink.sounds import Sounds
    from maxbooster_desktop.engine.media.stand_in import StandIn
    from maxbooster_desktop.project.document.state import Asset
    from maxbooster_desktop.settings.store import Settings


class TravellingSounds:
    """One window's side of it: which project, which account, what the settings allow."""

    def __init__(
        self, account: "Callable[[], Account]", settings: "Settings | None", told: "Callable[[], None]"
    ) -> None:
        self._account, self._settings, self._told = account, settings, told
        self._gate = threading.Lock()
        self._transfers: Sounds | None = None
        self._folder: Path | None = None
        self._project: ProjectSounds | None = None
        self._live: LiveProject | None = None
        self._attached: Any = None
        self._was_live = False
        self._pool: Any = None

    # The open project.

    def attach(self, project: Any, live: "LiveProject") -> None:
        """Look after the sounds of a shared project."""
        self._attached, self._live, self._was_live = project, live, False
        self._project = cloudlink("project_sounds").ProjectSounds(
            project,
            live.link.project_id,
            open_sounds=lambda: self._transfers_for(project.link),
            may_send=lambda: live.standing.role in cloudlink("standing").WRITERS,
            told=self._told,
            renew=self._renew,
        )
        self._project.start()

    def detach(self) -> None:
        """Let go of the project; what is under way goes on."""
        project, self._project = self._project, None
        self._attached, self._live = None, None
        if project is not None:
            project.stop()

    def use_pool(self, pool: Any) -> None:
        """Have sounds that come decoded in `pool` from now on."""
        self._pool = pool

    def stand_in(self, asset: "Asset") -> "StandIn | None":
        """Return what there is of a sound whose file is not here; None when it does not come."""
        return None if self._project is None else self._project.stand_in(asset)

    def hear(self, tick: int) -> None:
        """Let what sounds from the playhead on come first."""
        if self._project is not None:
            self._project.hear(tick)

    def note_standing(self) -> None:
        """Take in that the room's standing may be another."""
        if self._live is None or self._project is None:
            return
        standing = self._live.standing
        if standing.is_out:
            self._project.lose_access(standing.reason)
        elif standing.is_live and not self._was_live:
            self._project.look()
        self._was_live = standing.is_live

    def note_account(self) -> None:
        """Take in that somebody has signed in or out: nobody's sounds go up as another's."""
        who = self._account().who
        if self._folder is None or who is None or self._folder_of(data_folder(), who.id) == self._folder:
            return
        project, live = self._attached, self._live
        self.close()
        if live is not None:
            self.attach(project, live)

    @property
    def standing(self) -> "SoundStanding | None":
        """How the open project's sounds stand, None for one that is not shared."""
        return None if self._project is None else self._project.standing

    # What the person allows.

    @property
    def is_paused(self) -> bool:
        """Whether the person holds sounds back."""
        return self._settings is not None and bool(self._settings.get("sounds.is_paused"))

    def pause(self, *, is_paused: bool) -> str:
        """Leave sounds where they are, or go on; return why the setting is not kept for the next time, if it is not."""
        if self._settings is None:
            return ""
        problem = self._settings.remember("sounds.is_paused", is_paused)
        self.apply_settings()
        return problem

    def apply_settings(self) -> None:
        """Transfer as the settings say now."""
        if self._transfers is not None and self._settings is not None:
            self._transfers.apply(cloudlink("sounds").options_of(self._settings))
        if self._project is not None:
            self._project.look()

    # The transfers.

    def resume(self) -> None:
        """Go on with what waited when the program ended, whatever project it is of. Slow."""
        if not (data_folder() / "sounds").is_dir():
            return
        with cloudlink("errors").told():
            who = self._account().look()
        if who is not None and cloudlink("sounds").has_queue(self._folder_of(data_folder(), who.id)):
            self._transfers_of(who.id).start()

    def close(self) -> None:
        """End; what was under way goes on at the next start."""
        self.detach()
        with self._gate:
            if self._transfers is not None:
                self._transfers.stop()
                self._transfers = self._folder = None

    def _transfers_for(self, link: Any) -> "Sounds | None":
        """Return the transfers as the account whose project it is; None while that is not known, or is another's."""
        account = self._account()
        if link is None or not link.account or link.address.rstrip("/") != account.address:
            return None
        who = account.who
        return None if who is not None and who.id != link.account else self._transfers_of(link.account)

    def _transfers_of(self, account_id: str) -> "Sounds":
        module, folder = cloudlink("sounds"), self._folder_of(data_folder(), account_id)
        with self._gate:
            if self._transfers is not None and self._folder != folder:
                self._transfers.stop()
                self._transfers = None
            if self._transfers is None:
                options = module.SoundOptions() if self._settings is None else module.options_of(self._settings)
                cache = self._folder_of(cache_folder(), account_id)
                self._transfers, self._folder = module.Sounds(self._account().blobs, folder, cache, options), folder
            return self._transfers

    def _folder_of(self, parent: Path, account_id: str) -> Path:
        folder: Path = cloudlink("sounds").folder_of(parent, self._account().address, account_id)
        return folder

    def _renew(self, assets: "Iterable[Asset]") -> None:
        if self._pool is not None:
            self._pool.renew(assets)
