"""The demo song as a project: stems written as sound files, then laid out and mixed in one undoable step.

Sound comes first: every file is in the project's folder before the one edit that refers to it, so a build that is
interrupted leaves an empty project, never a broken one. Clips that share an array share a file.
"""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import soundfile

from dsp.generators.signal import RATE, Samples
from maxbooster_desktop.demosong.clips import RenderedClip
from maxbooster_desktop.demosong.layout import lay_out
from maxbooster_desktop.demosong.score import TITLE
from maxbooster_desktop.demosong.stems import Progress, render_stems
from maxbooster_desktop.project.document.state import Asset, AssetId
from maxbooster_desktop.project.exchange.probe import examine_audio
from maxbooster_desktop.project.store.opening import create_project
from maxbooster_desktop.project.store.project import Project

Render = Callable[[Progress], dict[str, list[RenderedClip]]]

#: How much of the whole is done when the stems are rendered, and when their files are written.
_RENDER_SHARE, _WRITE_SHARE = 0.7, 0.97
_EXTENSION = "flac"


def build_demo_song(folder: Path, progress: Progress | None = None, render: Render = render_stems) -> Project:
    """Make the demo song as a new project in `folder`, which is missing or empty, and return it open.

    `progress` gets what is being done and how much is done (0 to 1). The caller closes the project. `render` gives
    the clips of each track; shorter ones than the real stems make the same project faster.

    Raises:
        ProjectExistsError, FolderNotWritableError: as `create_project`.
        MaxBoosterError: the folder has no room for the sounds.
    """
    report = progress or _ignore
    project = create_project(folder, name=TITLE, sample_rate=RATE)
    try:
        stems = render(lambda name, done: report(f"Rendering {name}", _RENDER_SHARE * done))
        assets = _write_sounds(project, stems, report)
        report("Laying out the song", 0.98)
        project.do(lay_out, stems, assets)
    except BaseException:
        project.close(discard_unstored=True)
        raise
    report("Done", 1.0)
    return project


def _ignore(_what: str, _done: float) -> None:
    """Take reports nobody asked for."""


def _write_sounds(project: Project, stems: Mapping[str, list[RenderedClip]], report: Progress) -> dict[int, Asset]:
    """Write each distinct sound into the project; returns its asset by the identity of its array."""
    sounds = {id(clip.samples): clip for clips in stems.values() for clip in clips}
    assets = {}
    with tempfile.TemporaryDirectory(prefix="maxbooster-demo-") as scratch:
        for index, (key, clip) in enumerate(sounds.items()):
            report(f"Writing {clip.name}", _RENDER_SHARE + (_WRITE_SHARE - _RENDER_SHARE) * index / len(sounds))
            path = Path(scratch) / f"{clip.name.replace('&', 'and')}.{_EXTENSION}"
            _write(path, clip.samples)
            assets[key] = _take_in(project, path, clip.name)
            path.unlink()
    return assets


def _write(path: Path, samples: Samples) -> None:
    """FLAC holds the same 24 bits in half the room."""
    soundfile.write(path, samples.T, RATE, subtype="PCM_24", format="FLAC")


def _take_in(project: Project, path: Path, name: str) -> Asset:
    heard = examine_audio(path)
    project.audio.add(path, heard.file_hash)
    facts = heard.facts
    return Asset(
        id=AssetId(heard.asset_id),
        name=name,
        sample_rate=facts.sample_rate,
        channels=facts.channels,
        frames=facts.frames,
        subtype=facts.subtype,
        file_hash=heard.file_hash,
        extension=_EXTENSION,
    )
