"""`maxbooster plugins scan|list`: which VST3 plug-ins this computer has, and which are not to be loaded.

A scan tells on stderr which file it is at. A plug-in that crashes or hangs does so in a process of its own and is not
loaded again until its file changes, or `--again` is said.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from maxbooster_desktop.engine.known_plugins import PluginCatalogueError, catalogue, scan_plugins
from maxbooster_desktop.project.versions.words import counted
from plugins_host.catalog.entries import PluginEntry
from plugins_host.catalog.scanning import Scanned


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Scan, or say what is known. Raises PluginCatalogueError."""
    store = catalogue()
    if arguments.what == "scan":
        scanned = scan_plugins(arguments.folders, _tell, is_again=arguments.again)
        count = sum(one.entry is not None for one in scanned)
        shown = [_result(one) for one in scanned]
        return {"what": "scan", "count": count, "scanned": shown, "log": str(store.log_path)}
    if arguments.folders or arguments.again:
        raise PluginCatalogueError("`plugins list` takes no folders; name them to `maxbooster plugins scan`.")
    listed = [_known(entry) for entry in sorted(store.entries().values(), key=lambda one: one.name.lower())]
    blacklist = [{"path": path, "reason": reason} for path, (_, reason) in store.blacklist().items()]
    return {"what": "list", "plugins": listed, "blacklist": blacklist}


def lines(report: dict[str, Any]) -> Iterator[str]:
    """One line a plug-in, then what is not loaded and why."""
    if report["what"] == "scan":
        for scanned in report["scanned"]:
            note = f": {scanned['note']}" if scanned["note"] else ""
            yield f"{scanned['outcome']:<12}{scanned['path']}{note}"
        yield f"{counted(report['count'], 'plug-in')} found; the log is {report['log']}."
        return
    for plugin in report["plugins"]:
        yield f"{plugin['name']} {plugin['version']} by {plugin['vendor']}: {plugin['device']}"
    for listed in report["blacklist"]:
        yield f"not loaded  {listed['path']}: {listed['reason']}"
    if not report["plugins"]:
        yield "No plug-ins are known; `maxbooster plugins scan` looks for some."


def _tell(done: int, count: int, path: str) -> None:
    print(f"{done + 1}/{count} {path}", file=sys.stderr)


def _result(scanned: Scanned) -> dict[str, Any]:
    device = scanned.entry.device_id if scanned.entry is not None else None
    return {"path": scanned.path, "outcome": scanned.outcome, "note": scanned.note, "device": device}


def _known(entry: PluginEntry) -> dict[str, Any]:
    return {**asdict(entry), "parameters": len(entry.parameters), "device": entry.device_id}
