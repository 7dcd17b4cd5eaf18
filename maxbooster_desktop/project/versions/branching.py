"""Branches: a project of its own that begins where another one is or was, and bringing a track of it back.

Slow: run them in a worker.
"""

import logging
import os
import time
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.ids import new_id
from maxbooster_desktop.project.document.projection import project as project_state
from maxbooster_desktop.project.document.sampled import zone_assets
from maxbooster_desktop.project.document.state import Asset, ProjectState, TrackId
from maxbooster_desktop.project.store.audio_files import AUDIO_NAME, AudioFiles
from maxbooster_desktop.project.store.copying import ProjectCopy, copy_project
from maxbooster_desktop.project.store.errors import ProjectReadOnlyError, StorageFullError
from maxbooster_desktop.project.store.forks import Fork, add_branch, write_origin
from maxbooster_desktop.project.store.fresh_database import write_fresh_database
from maxbooster_desktop.project.store.project import Project
from maxbooster_desktop.project.versions.sources import present_document, version_document
from maxbooster_desktop.project.versions.track_taking import part_of, take_track
from sync.document.register_document import RegisterDocument

_LOG = logging.getLogger(__name__)


def start_branch(project: Project, folder: Path, version: int = 0) -> ProjectCopy:
    """Make a branch in a folder that does not exist yet, from a version or, for 0, from the project as it is now.

    It has the folder's name, ids and sounds of what it begins with, a history of its own, and nothing in the cloud.

    Raises:
        ProjectExistsError, FolderNotWritableError: the place takes no project; nothing is left of it.
        VersionMissingError, VersionDamagedError: there is nothing to begin with.
    """
    if version:
        registers = version_document(project.folder, version)[1]
    else:
        registers = present_document(project.folder) if project.read_only_reason is not None else _now(project)
    name, project_id = folder.name, new_id()
    registers.write({("meta", "project.id"): project_id, ("meta", "project.name"): name}, "branch")
    meta = project.state.meta
    origin = Fork(project.folder, meta.project_id, meta.name, version, time.time())

    def copy_database(path: Path) -> list[Asset]:
        state = write_fresh_database(path, registers, lambda connection: write_origin(connection, origin))
        return list(state.assets.values())

    copied = copy_project(folder.absolute(), [project.audio], copy_database)
    branch = replace(origin, folder=copied.folder, project_id=project_id, name=name)

    def note(connection: sa.Connection) -> None:
        add_branch(connection, branch)

    try:
        project.stored(project.note(note))
    except (ProjectReadOnlyError, StorageFullError) as refusal:
        # The branch is whole; a project that takes nothing at the moment does not list it.
        _LOG.info("The branch %s is not noted where it began: %s", branch.folder, refusal)
    return copied


def bring_back(project: Project, track: TrackId, registers: RegisterDocument, source: str, folder: Path) -> Change:
    """Make a track what it is in another document, as one step; the project before it is kept as a version.

    Args:
        project: where the track goes.
        track: which one, by its id there and here.
        registers: the other document.
        source: what it is called, for the name of the step.
        folder: of the project whose sounds it names.
    """
    there = project_state(registers)
    found = there.tracks.get(track) or project.state.tracks.get(track)
    name = f"Bring back {'a track' if found is None else found.name} from {source}"
    part = part_of(registers, track, project.state.clips_by_track.get(track, ()))
    _copy_sounds(project, there, track, AudioFiles(folder / AUDIO_NAME))
    project.stored(project.save_version(f"Before: {name}", "before"))
    return project.do(take_track, part, name, time.time())


def _copy_sounds(project: Project, there: ProjectState, track: TrackId, audio: AudioFiles) -> None:
    if audio.folder == project.audio.folder:
        return
    named = {there.clips[clip].asset for clip in there.clips_by_track.get(track, ())}
    named |= {there.takes[take].asset for take in there.takes_by_track.get(track, ())}
    if track in there.tracks:
        named |= zone_assets(there.tracks[track])
    wanted = [there.assets[asset] for asset in named if asset is not None and asset in there.assets]
    for asset in project.audio.missing(wanted):
        path = audio.path_of(asset)
        if os.path.isfile(path):  # one that is missing there as well is told by the clip
            project.audio.add(path, asset.file_hash)


def _now(project: Project) -> RegisterDocument:
    registers = RegisterDocument()
    registers.load(project.encoded())
    return registers
