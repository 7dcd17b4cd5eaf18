"""Every command with its arguments, and the module that runs it.

Light on purpose: `maxbooster --help` and a mistyped command load nothing else. A command's module has
`run(arguments) -> dict`, its report as JSON takes it, and `lines(report)`, the same for people. A report may say how
it ended in "exit_code".
"""

import argparse
from collections.abc import Callable

from maxbooster_desktop.cli.parsing import Parser, number, path, position, whole

RATES = (44_100, 48_000, 88_200, 96_000, 176_400, 192_000)
_LARGEST_BLOCK = 65_536
#: The backend has a command line of its own; the desktop knows its name and nothing else of it.
CLOUD = "cloud"


def _new(command: argparse.ArgumentParser) -> None:
    command.add_argument("project", metavar="PROJECT", type=path, help="folder to make; missing or empty")
    command.add_argument("--rate", type=int, choices=RATES, help="sample rate in Hz (default: the first import's)")
    command.add_argument("--name", help="name of the project (default: the folder's)")


def _import(command: argparse.ArgumentParser) -> None:
    command.add_argument("project", metavar="PROJECT", type=path, help="project folder")
    command.add_argument("files", metavar="FILE", nargs="+", type=path, help="wav, aiff, flac, ogg, opus or mp3")


def _render(command: argparse.ArgumentParser) -> None:
    command.add_argument("project", metavar="PROJECT", type=path, help="project folder")
    command.add_argument("-o", "--out", metavar="OUT", type=path, help="file for the mix")
    command.add_argument("--stems", metavar="DIR", type=path, help="folder for one file per top-level track")
    command.add_argument(
        "--names",
        metavar="SCHEME",
        default="{number} {track}",
        help="names of stems; also {project} {bpm} {key} {rate}",
    )
    command.add_argument("--from", dest="start", metavar="TIME", type=position, help="12.5, 1:02 or bar 5.1.1")
    command.add_argument("--to", dest="end", metavar="TIME", type=position, help="as --from (default: the song's end)")
    command.add_argument(
        "--rate", metavar="HZ", type=whole(1_000, 768_000), help="sample rate (default: the project's)"
    )
    command.add_argument("--bits", type=int, choices=(16, 24, 32), default=24, help="32 is float (default: 24)")
    command.add_argument("--format", choices=("wav", "flac", "mp3", "ogg"), help="default: by the name of OUT")
    command.add_argument(
        "--also", metavar="FORMATS", type=lambda said: tuple(said.split(",")), default=(), help="more formats: mp3,flac"
    )
    command.add_argument(
        "--loudness",
        metavar="TARGET",
        help="bring the mix to LUFS such as -14, or to spotify, apple-music...",
    )
    command.add_argument("--ceiling", metavar="DBTP", type=number(-12, 0), help="true peak at most (default: -1)")
    command.add_argument("--block", metavar="N", type=whole(1, _LARGEST_BLOCK), help="frames per block of the engine")
    command.add_argument("--tail", metavar="S", type=number(0, 600), default=10.0, help="longest tail (default: 10 s)")
    command.add_argument("--no-dither", action="store_true", help="round without dither")


def _analyze(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", type=path, help="sound file")


def _demo(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", metavar="DIR", type=path, required=True, help="folder for project, songs and report")


def _bench(command: argparse.ArgumentParser) -> None:
    subjects = ("strips", "engine", "devices", "project", "window", "cloud")
    command.add_argument("subject", choices=subjects, help="what to measure")
    command.add_argument("--quick", action="store_true", help="seconds instead of minutes; the figures are rougher")
    command.add_argument(
        "--seconds", metavar="S", type=number(0.05, 600), help="length of one measurement (engine: of each live part)"
    )


def _sync(command: argparse.ArgumentParser) -> None:
    command.add_argument("what", choices=("status", "now"), help="say what waits; hand it over and read what is new")
    command.add_argument(
        "--patience", metavar="S", type=number(0, 3_600), default=20.0, help="longest wait for a cloud that is down"
    )


def _plugins(command: argparse.ArgumentParser) -> None:
    command.add_argument("what", choices=("scan", "list"), help="look for plug-ins; say which are known")
    command.add_argument(
        "folders",
        metavar="DIR",
        nargs="*",
        type=path,
        help="where to look (default: the usual places, and where some were found)",
    )
    command.add_argument("--again", action="store_true", help="also load those that failed before")


def _doctor(_command: argparse.ArgumentParser) -> None:
    """It takes no arguments of its own."""


def _cloud(_command: argparse.ArgumentParser) -> None:
    """Its arguments are its own: `main` hands them on unread."""


_COMMANDS: dict[str, tuple[str, str, Callable[[argparse.ArgumentParser], None]]] = {
    "new": ("maxbooster_desktop.cli.new", "make an empty project", _new),
    "import": ("maxbooster_desktop.cli.importing", "put sound files on new tracks of a project", _import),
    "render": ("maxbooster_desktop.cli.render", "render a project to sound files", _render),
    "analyze": ("maxbooster_desktop.cli.analyze", "measure loudness, peaks and levels of a sound file", _analyze),
    "demo": ("maxbooster_desktop.cli.demo", "build, render and master the demo song", _demo),
    "bench": ("maxbooster_desktop.cli.bench.command", "measure this machine and this program", _bench),
    "sync": ("maxbooster_desktop.cli.syncing", "bring drafts of releases, listings and schedules to the cloud", _sync),
    "plugins": ("maxbooster_desktop.cli.plugins", "find plug-ins, each tried in a process of its own", _plugins),
    CLOUD: ("cloud.commands", "run the backend: `maxbooster cloud --help`", _cloud),
    "doctor": ("maxbooster_desktop.cli.doctor", "say what works on this machine", _doctor),
}
VERBS = frozenset(_COMMANDS)


def module_of(verb: str) -> str:
    """Return the name of the module that runs `verb`."""
    return _COMMANDS[verb][0]


def build_parser() -> Parser:
    """Return the parser of the whole command line; the chosen command is in `verb`."""
    parser = Parser(
        prog="maxbooster",
        usage="maxbooster [PROJECT] | maxbooster COMMAND ...",
        description="Without a command the studio opens, with the project folder PROJECT if one is named.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(dest="verb", metavar="COMMAND", title="commands", parser_class=Parser)
    for verb, (_, summary, declare) in _COMMANDS.items():
        command = commands.add_parser(
            verb, prog=f"maxbooster {verb}", help=summary, description=f"{summary.capitalize()}.", allow_abbrev=False
        )
        declare(command)
        command.add_argument("--json", action="store_true", help="print one JSON object")
    return parser
