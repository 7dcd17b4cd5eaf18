"""The cloud put together: every domain with its routes and jobs, as one process needs them."""

import asyncio
import copy
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.datastructures import State
from starlette.types import ASGIApp

from cloud.blobs import erasing as blob_erasing
from cloud.blobs import jobs as blob_jobs
from cloud.blobs import routes as blob_routes
from cloud.blobs import upload_routes
from cloud.blobs.facade import Blobs
from cloud.blobs.finishing import AT_ONCE
from cloud.blobs.room_documents import RoomDocuments
from cloud.compliance import jobs as compliance_jobs
from cloud.compliance import routes as compliance_routes
from cloud.compliance.facade import Compliance
from cloud.compliance.pages import data as data_pages
from cloud.drafts import jobs as draft_jobs
from cloud.drafts import routes as draft_routes
from cloud.drafts.facade import Drafts
from cloud.foundation import api_pages, pages, problem_handlers
from cloud.foundation.bodies import require_clear_body
from cloud.foundation.calls import system_call
from cloud.foundation.database import Database
from cloud.foundation.description import Document, described
from cloud.foundation.edge import Edge
from cloud.foundation.encryption import Keyring, enrol
from cloud.foundation.fetcher import Fetcher
from cloud.foundation.limits import Limit
from cloud.foundation.principals import OperatorKey
from cloud.foundation.runtime import Runtime
from cloud.foundation.settings import CloudSettings
from cloud.foundation.unit_of_work import Units
from cloud.gateways.mail.folder import FolderMailer
from cloud.gateways.mail.smtp import SmtpMailer
from cloud.gateways.objects.incoming import IncomingFolder
from cloud.gateways.objects.parts import StoreParts
from cloud.gateways.objects.signing import Bucket
from cloud.gateways.objects.store import ObjectStore, store_of
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
from cloud.ops import alerting, health, maintenance
from cloud.ops import routes as ops_routes
from cloud.ops.drain import Drain
from cloud.ops.pages import audit as audit_pages
from cloud.ops.pages import drafts as draft_pages
from cloud.ops.pages import jobs as job_pages
from cloud.ops.pages import people as people_pages
from cloud.ops.pages import roles as role_pages
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
from cloud.rooms.peers import Peers, trusting
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
    pool_size += ("api" in settings.roles) * (CONNECTIONS + AT_ONCE)
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
    objects = store_of(settings)
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
    tls = None if settings.tls_certificate is None else trusting(settings.tls_authority)
    peers = Peers(keyring.derived("room peers", min(keyring.versions)), tls=tls)  # the same while keys are rotated
    app.state.rooms = Rooms(units, peers, peer_address=settings.peer_address)
    drain.on_begin(app.state.rooms.drain)
    app.state.webhooks = Webhooks(runtime, app.state.identity, fetcher)
    app.state.blobs = Blobs(runtime, objects, incoming, direct)
    app.state.compliance = Compliance(runtime, objects)
    sizes = {"request_bytes": settings.request_bytes, "part_bytes": settings.part_bytes}
    return runtime, Edge(app, **sizes, trusted_proxies=settings.trusted_proxies)


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
        dependencies=[Depends(require_clear_body)],
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


def _operation_id(route: APIRoute) -> str:
    return route.name


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    """Let as many requests run as there are connections for: then none waits for another's. Keep rooms meanwhile."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = app.state.runtime.settings.pool_size
    app.state.rooms.start(asyncio.get_running_loop())
    yield
    await anyio.to_thread.run_sync(app.state.rooms.stop)
