"""Samples into a sampler: sound files, an SFZ or an SF2 file become zones, in one step that can be undone.

As with any import, every file is read to its end before it is copied, and one edit registers the good ones and gives
the sampler its zones. When that fails on the way, the copies are removed again.
"""

import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from maxbooster_desktop.project.document.change import Change, joined
from maxbooster_desktop.project.document.ids import INNER_LENGTH
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Asset, InsertId, SampleZone, TrackId, ZoneId
from maxbooster_desktop.project.edits.assets import register_asset
from maxbooster_desktop.project.edits.channel import set_zones
from maxbooster_desktop.project.exchange.factory_sounds import make_patch
from maxbooster_desktop.project.exchange.import_audio import remove_unused
from maxbooster_desktop.project.exchange.note_names import zones_by_name
from maxbooster_desktop.project.exchange.probe import examine_audio, stop_if
from maxbooster_desktop.project.exchange.refusals import AudioRefusedError
from maxbooster_desktop.project.exchange.report import FileReport, ImportReport
from maxbooster_desktop.project.exchange.sampled_instrument import (
    InstrumentRefusedError,
    PlannedZone,
    SampledInstrument,
)
from maxbooster_desktop.project.exchange.sf2_zones import read_sf2
from maxbooster_desktop.project.exchange.sfz_zones import read_sfz
from maxbooster_desktop.project.exchange.storing import asset_of, store_sound
from maxbooster_desktop.project.store.project import Project

SFZ, SF2 = ".sfz", ".sf2"
#: Files of a folder that are taken for samples.
SOUND_SUFFIXES = frozenset({".wav", ".aif", ".aiff", ".flac", ".ogg", ".opus", ".mp3"})

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Target:
    """The sampler that gets the samples."""

    track: TrackId
    insert: InsertId


def load_samples(
    project: Project,
    target: Target,
    files: Sequence[Path],
    *,
    preset: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> ImportReport:
    """Give a sampler the zones of one SFZ or SF2 file, of a folder, or of sound files; what it had goes.

    Args:
        project: where to.
        target: the sampler.
        files: one instrument or folder, or sound files in their order.
        preset: which preset of an SF2 file; the first by bank and program without it.
        progress: called with 0..1, rising.
        cancel: when set, loading stops and leaves the project as it was.

    Raises:
        ImportCancelledError: `cancel` was set.
        MaxBoosterError: nothing of it can be played, or the project takes no more.
    """
    said = Path(files[0]) if files else Path("Samples")
    return _load(project, target, said, lambda scratch: _instrument(list(files), scratch, preset), progress, cancel)


def load_patch(
    project: Project,
    target: Target,
    patch: str,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> ImportReport:
    """Give a sampler a patch of `factory_sounds.PATCHES`; see `load_samples`."""
    return _load(project, target, Path(patch), lambda scratch: make_patch(patch, scratch), progress, cancel)


def _load(  # noqa: PLR0917 - a sampler, what goes into it, and how that is told
    project: Project,
    target: Target,
    said: Path,
    make: Callable[[Path], SampledInstrument],
    progress: Progress | None,
    cancel: threading.Event | None,
) -> ImportReport:
    """Store what `make` describes, which may write into the folder it is given; `said` is what was asked for."""
    if project.read_only_reason is not None:
        raise AudioRefusedError(f"Nothing was loaded: {project.read_only_reason}")
    with tempfile.TemporaryDirectory(prefix="maxbooster-samples-") as scratch:
        made = make(Path(scratch))
        added: list[Path] = []
        try:
            assets, reports = _store(made, project, added, progress, cancel)
            change = project.do(_give, target, made, assets)
        except BaseException:
            remove_unused(added, project)
            raise
    sentences = made.sentences()
    whole = [FileReport(said, "imported", sentences)] if sentences else []
    return ImportReport((*whole, *reports), change)


def _instrument(files: list[Path], scratch: Path, preset: int | None) -> SampledInstrument:
    """Return what the files describe."""
    if len(files) == 1 and files[0].suffix.lower() == SFZ:
        return read_sfz(files[0])
    if len(files) == 1 and files[0].suffix.lower() == SF2:
        return read_sf2(files[0], scratch, preset)
    made = SampledInstrument(files[0].stem if files else "Samples")
    if len(files) == 1 and files[0].is_dir():
        files = sorted(each for each in files[0].iterdir() if each.suffix.lower() in SOUND_SUFFIXES)
    for each in files:
        if each.suffix.lower() in (SFZ, SF2):
            made.leave_out(f"{each.name} is an instrument of its own and is loaded alone")
    sounds = [each for each in files if each.suffix.lower() not in (SFZ, SF2)]
    if not sounds:
        raise InstrumentRefusedError(f"There are no sound files in '{made.name}'; choose another folder")
    for zone in zones_by_name(sounds):
        made.add(zone)
    return made


def _store(
    made: SampledInstrument,
    project: Project,
    added: list[Path],
    progress: Progress | None,
    cancel: threading.Event | None,
) -> tuple[dict[Path, Asset], list[FileReport]]:
    """Read and copy each sound once; returns the assets by file, and what became of every file."""
    assets: dict[Path, Asset] = {}
    reports = []
    paths = list(dict.fromkeys(zone.sound for zone in made.zones))
    for place, path in enumerate(paths, start=1):
        try:
            asset = asset_of(examine_audio(path, cancel=cancel))
            store_sound(path, asset, project, added)
        except AudioRefusedError as refusal:
            reports.append(FileReport(path, "refused", (str(refusal),)))
        else:
            assets[path] = project.state.assets.get(asset.id, asset)
            reports.append(FileReport(path, "imported", (), assets[path]))
        stop_if(cancel)
        if progress is not None:
            progress(place / len(paths))
    if not assets:
        raise InstrumentRefusedError(f"Nothing of '{made.name}' was loaded: {reports[0].sentences[0]}")
    return assets, reports


def _give(document: ProjectDocument, target: Target, made: SampledInstrument, assets: dict[Path, Asset]) -> Change:
    """Register the sounds and give the sampler its zones, in one step. Runs on the document thread."""
    name = f"Load {made.name}"
    with document.step(name):
        changes = [register_asset(document, asset) for asset in {each.id: each for each in assets.values()}.values()]
        zones = [_zone(planned, assets[planned.sound], document) for planned in made.zones if planned.sound in assets]
        changes.append(set_zones(document, target.track, target.insert, zones))
    return joined(name, changes)


def _zone(planned: PlannedZone, asset: Asset, document: ProjectDocument) -> SampleZone:
    return SampleZone(ZoneId(document.ids(INNER_LENGTH)), asset.id, **planned.fields)
