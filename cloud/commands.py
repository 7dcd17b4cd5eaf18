"""The commands of the cloud: serve, worker, check, openapi, ticket, admin, backup, restore, new-key.

`maxbooster cloud ...` reaches `main` by name; the desktop imports nothing else of the cloud. What serves the API loads
with the commands that need it: the others start in about half the time.
"""

import argparse
import gc
import importlib
import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from cloud.foundation import logs, tracing
from cloud.foundation.data_folder import NO_ROOM
from cloud.foundation.database import words_of
from cloud.foundation.embedded_postgres.cluster import owner_url_of_running
from cloud.foundation.encryption import Keyring
from cloud.foundation.errors import CloudError
from cloud.foundation.settings import CloudSettings, load_settings, new_key, where_keys_are
from cloud.gateways.objects.store import store_of
from cloud.ops import admins, backup, deployment_checks, object_backup, tickets
from cloud.ops.deployment import Deployment


def main(arguments: Sequence[str]) -> int:
    """Run a command of the cloud; returns the exit code."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        code = int(chosen.run(chosen) or 0)
        sys.stdout.flush()
    except CloudError as error:
        print(error, file=sys.stderr)
    except OperationalError as error:
        print(f"The database does not go on ({words_of(error)}): see to it, then run this again.", file=sys.stderr)
    except BrokenPipeError:
        raise  # whoever read the output has enough of it, which the program around this ends with, without a word
    except OSError as error:
        print(_sentence(error), file=sys.stderr)
    else:
        return code
    return 2


def _sentence(error: OSError) -> str:
    """Return what the system refused, and the way out."""
    said = f"({error.strerror or str(error) or 'it does not say why'})"
    if error.errno in NO_ROOM:
        return f"{error.filename or 'What is written to'} has no room {said}: make room there, then run this again."
    if error.filename is None:
        return f"The system does not let this go on {said}: see to it, then run this again."
    return f"{error.filename} cannot be used {said}: see that it is there and may be used, then run this again."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="maxbooster cloud", description="The backend of Max Booster.")
    commands = parser.add_subparsers(dest="verb", metavar="COMMAND", required=True)
    for verb, run, summary in (
        ("serve", _serve, "run the API and the worker, with a database of its own unless DATABASE_URL names one"),
        ("worker", _serve, "run jobs only"),
        ("check", _check, "look at a deployment from outside: TLS, certificate, headers, cookies, rooms"),
        ("openapi", _openapi, "print the description of the API"),
        ("ticket", _ticket, "print an address that lets any client for Yjs into a project's room"),
        ("admin", _admin, "make the owner of an address an admin, while there are fewer than two"),
        ("backup", _backup, "write the database into one file, and copies of what is stored beside it"),
        ("restore", _restore, "fill an empty database from such a file, and put back what is missing in the store"),
        ("new-key", _new_key, "print a new encryption key"),
    ):
        description = f"{summary[0].upper()}{summary[1:]}."
        command = commands.add_parser(verb, help=summary, description=description, allow_abbrev=False)
        command.set_defaults(run=run)
        command.add_argument("--json", action="store_true", help="print one JSON object")
        if verb not in ("check", "openapi", "new-key"):
            command.add_argument("--data", metavar="DIR", help="folder for everything that is kept")
        if verb == "serve":
            command.add_argument("--port", metavar="N", help="port to listen on; 0 takes a free one")
        if verb == "check":
            deployment_checks.add_arguments(command)
        if verb == "ticket":
            tickets.add_arguments(command)
        if verb == "admin":
            command.add_argument("email", metavar="ADDRESS", help="of an account with a second factor")
        if verb in ("backup", "restore"):
            command.add_argument("file", metavar="FILE", type=Path, help="the backup")
        if verb == "backup":
            what = "copy what is stored into FILE.objects; without it, only check that it is there (default for S3)"
            command.add_argument("--objects", action=argparse.BooleanOptionalAction, default=None, help=what)
    return parser


def _settings(chosen: argparse.Namespace, **more: Any) -> CloudSettings:
    """Return the settings; only the commands that begin a cloud make a folder for one. Raises OperatorError."""
    given = {name: getattr(chosen, name, None) for name in ("data", "port")}
    begins = chosen.verb in ("serve", "worker", "restore")
    return load_settings(begins=begins, **{name: value for name, value in given.items() if value is not None}, **more)


def _load(module: str) -> None:
    """Load a module and what it needs, all of which stays: without looking for garbage in it again and again."""
    gc.disable()
    try:
        importlib.import_module(module)
        gc.freeze()  # nor ever later, and not at the end
    finally:
        gc.enable()


def _serve(chosen: argparse.Namespace) -> None:
    _load("cloud.app")
    from cloud.app import build  # noqa: PLC0415 - as the docstring above says
    from cloud.ops.serving import Process  # noqa: PLC0415 - as the docstring above says

    settings = _settings(chosen, **({"roles": frozenset({"worker"})} if chosen.verb == "worker" else {}))
    logs.set_up(settings.log_level)
    if settings.traces_endpoint:
        tracing.export_to(settings.traces_endpoint)

    def announce(address: str | None, listens: str | None) -> None:
        report = {"url": address, "listens": listens, "data": str(settings.data), "roles": sorted(settings.roles)}
        mail = f" Mail that it would send is in {settings.data / 'mail'}." if settings.smtp_url is None else ""
        text = f"Max Booster cloud: {address or 'worker'}, everything kept in {settings.data}.{mail} Ctrl-C ends it."
        note(address)
        print(json.dumps(report) if chosen.json else text, flush=True)

    try:
        with tickets.address_noted(settings) as note:
            Process(settings, build).run(announce)
    finally:
        tracing.flush()


def _check(chosen: argparse.Namespace) -> int:
    """Print a row for each check; 1 when one fails."""
    deployment = Deployment(chosen.url, chosen.http_port, chosen.ca)
    rows = deployment_checks.check(deployment)
    is_met = all(row.is_met for row in rows)
    report = {"url": deployment.address, "is_met": is_met, "checks": [asdict(row) for row in rows]}
    _say(chosen, report, "\n".join(row.line for row in rows))
    return 0 if is_met else 1


def _openapi(_chosen: argparse.Namespace) -> None:
    _load("cloud.app")
    from cloud.app import openapi  # noqa: PLC0415 - as the docstring above says

    print(json.dumps(openapi(), indent=1, sort_keys=True))


def _backup(chosen: argparse.Namespace) -> int:
    from cloud.ops.serving import database_of  # noqa: PLC0415 - as the docstring above says

    settings = _settings(chosen)
    shared = owner_url_of_running(settings.data) if settings.database_url is None else None
    store = store_of(settings)
    with nullcontext(shared) if shared else database_of(settings) as addresses:
        owner = addresses if isinstance(addresses, str) else addresses.owner
        head = backup.back_up(owner, chosen.file)
        if store.is_own if chosen.objects is None else chosen.objects:
            checked = object_backup.copy_objects(owner, store, object_backup.folder_beside(chosen.file))
        else:
            checked = object_backup.check_objects(owner, store)
    keys = where_keys_are(settings)
    more = f" Keep {keys} as well: nobody can restore the backup without."
    return _say_checked(chosen, head, checked, f"Backed up to {chosen.file}", more, keys=keys)


def _restore(chosen: argparse.Namespace) -> int:
    _load("cloud.app")
    from cloud.app import build  # noqa: PLC0415 - as the docstring above says
    from cloud.compliance.erasing import erase_again  # noqa: PLC0415 - as the docstring above says
    from cloud.foundation.migrations.upgrading import upgrade  # noqa: PLC0415 - as the docstring above says
    from cloud.ops.drain import Drain  # noqa: PLC0415 - as the docstring above says
    from cloud.ops.serving import database_of  # noqa: PLC0415 - as the docstring above says

    backup.require_restorable(chosen.file, Keyring.of(_settings(chosen, keeps=False).keys))
    settings = _settings(chosen)
    with database_of(settings) as addresses:
        head = backup.restore(addresses.owner, chosen.file)
        upgrade(addresses.owner, addresses.app)
        runtime = build(settings, addresses.app, Drain())[0]
        try:
            erase_again(runtime)
        finally:
            runtime.database.close()
        folder = object_backup.folder_beside(chosen.file)
        checked = object_backup.restore_objects(addresses.owner, store_of(settings), folder)
    return _say_checked(chosen, head, checked, f"Restored from {chosen.file}")


def _say_checked(
    chosen: argparse.Namespace,
    head: backup.Head,
    checked: object_backup.Checked,
    done: str,
    more: str = "",
    **also: str,
) -> int:
    """Say what was done; objects that are missing or damaged are an error, though all else is as it should be."""
    report = {"file": str(chosen.file), "revision": head.revision, **asdict(checked), **also}
    _say(chosen, report, f"{done}, with {checked.objects - len(checked.bad)} objects ({checked.copied} copied).{more}")
    if checked.bad:
        print(checked.sentence, file=sys.stderr)
    return 2 if checked.bad else 0


def _ticket(chosen: argparse.Namespace) -> None:
    tickets.require_usable(chosen.project, chosen.minutes)
    opened = tickets.open_local(_settings(chosen), chosen.project, chosen.role, chosen.minutes)
    if opened.is_made and not chosen.json:
        print(f"The project {chosen.project} was made.", file=sys.stderr)
    _say(chosen, asdict(opened), opened.url)


def _admin(chosen: argparse.Namespace) -> None:
    settings = _settings(chosen)
    account_id, pages = admins.make_local_admin(settings, chosen.email), f"{tickets.api_address(settings)}/admin"
    text = f"{chosen.email} is an admin, with the next sign-in; the pages for it are at {pages}."
    _say(chosen, {"account": account_id, "pages": pages}, text)


def _new_key(chosen: argparse.Namespace) -> None:
    key = new_key()
    _say(chosen, {"key": key}, key)


def _say(chosen: argparse.Namespace, report: dict[str, Any], text: str) -> None:
    print(json.dumps(report) if chosen.json else text)
