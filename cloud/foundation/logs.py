"""Logs: one JSON object a line on standard error, in UTC, with request and trace ids, without secrets.

Redaction goes by type, not by name: whatever holds a `SecretStr` or a settings object shows stars, wherever it stands.
A line break in a value is escaped by JSON, so nobody can forge a line.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from opentelemetry import trace
from pydantic import BaseModel, SecretBytes, SecretStr

_STARS = "**********"
_LONGEST = 4_000


def set_up(level: str) -> None:
    """Send our lines and everybody else's (uvicorn, alembic, SQLAlchemy) to standard error in one form."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    renderers: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(),
    ]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=renderers))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("alembic", "httpx", "sqlalchemy", "uvicorn.error"):
        logging.getLogger(name).setLevel("WARNING")


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what is secret by type, at any depth."""
    return {name: without_secrets(value) for name, value in event.items()}


def without_secrets(value: Any) -> Any:
    """Return `value` fit for a log: secrets as stars, models as what they show, long texts cut."""
    if isinstance(value, SecretStr | SecretBytes):
        return _STARS
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(name): without_secrets(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [without_secrets(part) for part in value]
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    return f"{value[:_LONGEST]}..." if isinstance(value, str) and len(value) > _LONGEST else value


def _add_trace(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = format(context.trace_id, "032x")
    return event
