"""The cloud put together, and its commands: serve, worker, openapi, ticket, admin, backup, restore, new-key.

`maxbooster cloud ...` reaches `main` by name; the desktop imports nothing else from here.
"""

import argparse
import asyncio
import copy
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.datastructures import State
from starlette.types import ASGIApp

from cloud.blobs import erasing as blob_erasing
from cloud.blobs import jobs as blob_jobs
from cloud.blobs import routes as blob_routes
from cloud.blobs import upload_routes
from cloud.blobs.facade import Blobs
from cloud.blobs.room_documents import RoomDocuments
from cloud.compliance import jobs as compliance_jobs
from cloud.compliance import routes as compliance_routes
from cloud.compliance.erasing import erase_again
from cloud.compliance.facade import Compliance
from cloud.compliance.pages import data as data_pages
from cloud.drafts import jobs as draft_jobs
from cloud.drafts import routes as draft_routes
from cloud.drafts.facade import Drafts
from cloud.foundation import api_pages, logs, pages, problem_handlers, tracing
from cloud.foundation.calls import system_call
from cloud.foundation.database import Database
from cloud.foundation.description import Document, described
from cloud.foundation.edge import Edge
from cloud.foundation.embedded_postgres.cluster import owner_url_of_running
from cloud.foundation.encryption import Keyring, enrol
from cloud.foundation.errors import CloudError
from cloud.foundation.fetcher import Fetcher
from cloud.foundation.limits import Limit
from cloud.foundation.migrations.upgrading import upgrade
from cloud.foundation.principals import OperatorKey
from cloud.foundation.runtime import Runtime
from cloud.foundation.settings import CloudSettings, load_settings, new_key
from cloud.foundation.unit_of_work import Units
from cloud.gateways.mail.folder import FolderMailer
from cloud.gateways.mail.smtp import SmtpMailer
from cloud.gateways.objects.incoming import IncomingFolder
from cloud.gateways.objects.parts import StoreParts
from cloud.gateways.objects.signing import Bucket
from cloud.gateways.objects.store import ObjectStore, open_store
from cloud.identity import (
    account_routes,
    credential_routes,
    leak_routes,
    oauth_routes,
    passkey_routes,
    staff_routes,
    workspace_routes,
)
from cloud.identity import jobs as identity_jobs
from cloud.identity import routes as identity_routes
from cloud.identity.authenticators import ApiKeys, SessionTokens
from cloud.identity.facade import Identity
from cloud.identity.pages import account, addresses, letting_in, registering, signing_in, workspaces
from cloud.identity.ports import Mailer
from cloud.ops import admins, alerting, backup, health, maintenance, object_backup, tickets
from cloud.ops import routes as ops_routes
from cloud.ops.drain import Drain
from cloud.ops.pages import audit as audit_pages
from cloud.ops.pages import drafts as draft_pages
from cloud.ops.pages import jobs as job_pages
from cloud.ops.pages import people as people_pages
from cloud.ops.pages import roles as role_pages
from cloud.ops.serving import Process, database_of
from cloud.projects import erasing as project_erasing
from cloud.projects import jobs as project_jobs
from cloud.projects import routes as project_routes
from cloud.projects import sharing_routes
from cloud.projects.facade import Projects
from cloud.rooms import erasing as room_erasing
from cloud.rooms import jobs as room_jobs
from cloud.rooms import routes as room_routes
from cloud.rooms import socket as room_socket
from cloud.rooms.directory import CONNECTIONS, Rooms
from cloud.rooms.peers import Peers
from cloud.webhooks import jobs as webhook_jobs
from cloud.webhooks import routes as webhook_routes
from cloud.webhooks.facade import Webhooks
from cloud.webhooks.rules import TIMEOUT_S

#: What anybody may ask without being counted.
_OPEN = ("/healthz", "/readyz", "/.well-known/oauth-authorization-server")
_DESCRIPTION = """\
Errors are problem documents (RFC 9457). Lists come in pages: send `next` as `cursor`. A request that changes something
carries an `Idempotency-Key`; repeated within 30 days it has no second effect and gets the same reply."""
_TAGS = {
    "accounts": "Accounts, their sessions, and what opens them.",
    "credentials": "Passwords, authenticators and keys for programs.",
    "passkeys": "Signing in and proving who one is without a password.",
    "desktop sign-in": "How the desktop signs in (OAuth 2.0 with PKCE, RFC 8628 for devices).",
    "workspaces": "Teams and everybody's own place, who is in them as what.",
    "projects": "Shared projects and their members.",
    "sharing": "Invitations into shared projects, and tickets into their rooms.",
    "rooms": "What became of edits in the rooms of shared projects.",
    "drafts": "Drafts of releases, listings and schedules that are edited offline.",
    "uploads": "Sound and other content on its way in, by tus 1.0.",
    "blobs": "Stored content, and in which projects it is.",
    "webhooks": "Who is told of what happens, by Standard Webhooks 1.0.0.",
    "platform": "Who looks after the cloud: one admin asks, another confirms.",
    "operations": "What whoever runs the cloud looks after.",
    "health": "Whether the cloud runs, and its figures.",
}


def build(settings: CloudSettings, app_address: str, drain: Drain) -> tuple[Runtime, ASGIApp]:
    """Return everything one process needs, on a database that has the newest tables."""
    pool_size = settings.pool_size + ("worker" in settings.roles) * (settings.worker_threads + 2)
    pool_size += ("api" in settings.roles) * CONNECTIONS
    database = Database(app_address, pool_size=pool_size)
    units = Units(database)
    keyring = Keyring.of(settings.keys)
    limit = Limit("default", settings.requests_per_minute, 60)
    runtime = Runtime(settings, database, units, keyring, limit, [OperatorKey(settings.operator_key)])
    units.run(system_call("start"), lambda work: enrol(work.connection, keyring))
    maintenance.register(runtime)
    alerting.register(runtime)
    mailer = _mailer(settings)
    compliance_jobs.register_last_eraser(runtime)
    identity_jobs.register(runtime, mailer)
    project_jobs.register(runtime)
    draft_jobs.register(runtime)
    room_jobs.register(runtime)
    objects = _objects(settings)
    incoming = IncomingFolder(settings.data / "uploads")
    direct = _direct(settings, objects)
    blob_jobs.register(runtime, objects, incoming, RoomDocuments(), direct)
    for domain in (project_erasing, room_erasing, blob_erasing):
        runtime.erasers.register(domain.erase)
    compliance_jobs.register(runtime, objects, mailer if isinstance(mailer, FolderMailer) else None)
    fetcher = Fetcher(timeout_s=TIMEOUT_S)
    webhook_jobs.register(runtime, fetcher)
    runtime.authenticators += [SessionTokens(units), ApiKeys(units)]
    app = api(drain)
    app.state.runtime = runtime
    app.state.identity = Identity(runtime)
    app.state.projects = Projects(runtime, app.state.identity)
    app.state.drafts = Drafts(runtime)
    peers = Peers(keyring.derived("room peers", min(keyring.versions)))  # the same while keys are rotated
    app.state.rooms = Rooms(units, peers, peer_address=settings.peer_address)
    drain.on_begin(app.state.rooms.drain)
    app.state.webhooks = Webhooks(runtime, app.state.identity, fetcher)
    app.state.blobs = Blobs(runtime, objects, incoming, direct)
    app.state.compliance = Compliance(runtime, objects)
    sizes = {"request_bytes": settings.request_bytes, "part_bytes": settings.part_bytes}
    return runtime, Edge(app, **sizes, trusted_proxies=settings.trusted_proxies)


def _objects(settings: CloudSettings) -> ObjectStore:
    return open_store(settings.object_store_url, settings.data / "objects")


def _direct(settings: CloudSettings, objects: ObjectStore) -> StoreParts | None:
    """Return what takes parts straight into the store; None for the data folder, or without keys to sign with."""
    if objects.remote is None or settings.object_store_url is None:
        return None
    bucket = Bucket.of(urlsplit(settings.object_store_url).netloc, os.environ)
    return None if bucket is None else StoreParts(bucket, objects.remote)


def _mailer(settings: CloudSettings) -> Mailer:
    if settings.smtp_url is None:
        return FolderMailer(settings.data / "mail", settings.mail_from)
    return SmtpMailer.at(settings.smtp_url, settings.mail_from)


def api(drain: Drain) -> FastAPI:
    """Return the application with every route; it needs `state.runtime` to answer."""
    app = copy.copy(_routed())
    app.state = State({"drain": drain, "description": _description})
    return app


@cache
def _routed() -> FastAPI:
    """Return what applications of one process share: routes know no state, and the framework needs long for them."""
    app = FastAPI(
        title="Max Booster cloud",
        version=health.RELEASE,
        description=_DESCRIPTION,
        openapi_tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_running,
        generate_unique_id_function=_operation_id,
    )
    problem_handlers.install(app)
    app.include_router(health.router)
    app.include_router(ops_routes.router)
    app.include_router(identity_routes.router)
    app.include_router(account_routes.router)
    app.include_router(credential_routes.router)
    app.include_router(project_routes.router)
    app.include_router(sharing_routes.router)
    app.include_router(oauth_routes.router)
    app.include_router(draft_routes.router)
    app.include_router(room_routes.router)
    app.include_router(room_socket.router)
    app.include_router(passkey_routes.router)
    app.include_router(workspace_routes.router)
    app.include_router(webhook_routes.router)
    app.include_router(staff_routes.router)
    app.include_router(leak_routes.router)
    app.include_router(compliance_routes.router)
    browsed = (pages, api_pages, account, addresses, data_pages, letting_in, registering, signing_in, workspaces)
    for module in (*browsed, people_pages, audit_pages, job_pages, draft_pages, role_pages):
        app.include_router(module.router)
    app.include_router(upload_routes.router)
    app.include_router(blob_routes.router)
    return app


@cache
def _description() -> Document:
    return described(_routed(), open_paths=_OPEN)


def openapi() -> dict[str, Any]:
    """Return the description of the whole API."""
    return _description()


def main(arguments: Sequence[str]) -> int:
    """Run a command of the cloud; returns the exit code."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen) or 0)
    except CloudError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="maxbooster cloud", description="The backend of Max Booster.")
    commands = parser.add_subparsers(dest="verb", metavar="COMMAND", required=True)
    for verb, run, summary in (
        ("serve", _serve, "run the API and the worker, with a database of its own unless DATABASE_URL names one"),
        ("worker", _serve, "run jobs only"),
        ("openapi", _openapi, "print the description of the API"),
        ("ticket", _ticket, "print an address that lets any client for Yjs into a project's room"),
        ("admin", _admin, "make the owner of an address an admin, while there are fewer than two"),
        ("backup", _backup, "write the database into one file, and copies of what is stored beside it"),
        ("restore", _restore, "fill an empty database from such a file, and put back what is missing in the store"),
        ("new-key", _new_key, "print a new encryption key"),
    ):
        command = commands.add_parser(verb, help=summary, description=f"{summary.capitalize()}.", allow_abbrev=False)
        command.set_defaults(run=run)
        command.add_argument("--json", action="store_true", help="print one JSON object")
        if verb not in ("openapi", "new-key"):
            command.add_argument("--data", metavar="DIR", type=Path, help="folder for everything that is kept")
        if verb == "serve":
            command.add_argument("--port", metavar="N", type=int, help="port to listen on; 0 takes a free one")
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
    given = {name: getattr(chosen, name, None) for name in ("data", "port")}
    return load_settings(**{name: value for name, value in given.items() if value is not None}, **more)


def _serve(chosen: argparse.Namespace) -> None:
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


def _openapi(_chosen: argparse.Namespace) -> None:
    print(json.dumps(openapi(), indent=1, sort_keys=True))


def _backup(chosen: argparse.Namespace) -> int:
    settings = _settings(chosen)
    shared = owner_url_of_running(settings.data) if settings.database_url is None else None
    store = _objects(settings)
    with nullcontext(shared) if shared else database_of(settings) as addresses:
        owner = addresses if isinstance(addresses, str) else addresses.owner
        head = backup.back_up(owner, chosen.file)
        if store.is_own if chosen.objects is None else chosen.objects:
            checked = object_backup.copy_objects(owner, store, object_backup.folder_beside(chosen.file))
        else:
            checked = object_backup.check_objects(owner, store)
    return _say_checked(chosen, head, checked, f"Backed up to {chosen.file}")


def _restore(chosen: argparse.Namespace) -> int:
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
        checked = object_backup.restore_objects(addresses.owner, _objects(settings), folder)
    return _say_checked(chosen, head, checked, f"Restored from {chosen.file}")


def _say_checked(chosen: argparse.Namespace, head: backup.Head, checked: object_backup.Checked, done: str) -> int:
    """Say what was done; objects that are missing or damaged are an error, though all else is as it should be."""
    report = {"file": str(chosen.file), "revision": head.revision, **asdict(checked)}
    _say(chosen, report, f"{done}, with {checked.objects - len(checked.bad)} objects ({checked.copied} copied).")
    if checked.bad:
        print(checked.sentence, file=sys.stderr)
    return 2 if checked.bad else 0


def _ticket(chosen: argparse.Namespace) -> None:
    opened = tickets.open_local(_settings(chosen), chosen.project, chosen.role, chosen.minutes)
    if opened.is_made and not chosen.json:
        print(f"The project {chosen.project} was made.", file=sys.stderr)
    _say(chosen, asdict(opened), opened.url)


def _admin(chosen: argparse.Namespace) -> None:
    account_id = admins.make_local_admin(_settings(chosen), chosen.email)
    _say(chosen, {"account": account_id}, f"{chosen.email} is an admin, with the next sign-in.")


def _new_key(chosen: argparse.Namespace) -> None:
    key = new_key()
    _say(chosen, {"key": key}, key)


def _say(chosen: argparse.Namespace, report: dict[str, Any], text: str) -> None:
    print(json.dumps(report) if chosen.json else text)


def _operation_id(route: APIRoute) -> str:
    return route.name


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    """Let as many requests run as there are connections for: then none waits for another's. Keep rooms meanwhile."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = app.state.runtime.settings.pool_size
    app.state.rooms.start(asyncio.get_running_loop())
    yield
    await anyio.to_thread.run_sync(app.state.rooms.stop)
