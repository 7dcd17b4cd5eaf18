"""Pages for browsers: templates that escape everything, in the studio's colours, with headers that allow little.

A page runs no script but those that carry its nonce, loads nothing from elsewhere and is shown in no frame; its forms
go to this server, and to `targets` where an answer is redirected to a program of the visitor's own machine.
"""

import json
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, Response
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from resources import resource_path

router = APIRouter(include_in_schema=False)
_STATIC = {"pages.css": "text/css", "passkeys.js": "text/javascript", "api.js": "text/javascript"}
_STATIC |= {"icon.svg": "image/svg+xml"}
HOME = "/account"
_CSP = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; object-src 'none'; form-action 'self'{targets}; frame-ancestors 'none'"
)


def page(
    package: str, template: str, values: dict[str, Any], *, status: int = 200, targets: Sequence[str] = ()
) -> HTMLResponse:
    """Return a page made from a template of a package."""
    nonce = secrets.token_urlsafe(16)
    text = rendered(package, template, values | {"nonce": nonce})
    more = "".join(f" {target}" for target in targets)
    headers = {
        "Content-Security-Policy": _CSP.format(nonce=nonce, targets=more),
        # With `no-referrer` browsers hide the Origin of forms, which is what they are known by.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    return HTMLResponse(text, status, headers=headers)


def explained(heading: str, sentence: str, status: int) -> HTMLResponse:
    """Return a page that says what went wrong, and leads home."""
    values = {"who": None, "own": str, "problem": sentence, "said": None, "heading": heading, "back": HOME}
    return page("cloud.foundation", "explained.html", values, status=status)


def rendered(package: str, template: str, values: dict[str, Any]) -> str:
    """Return what a template of a package says; everything in it is escaped."""
    return _environment(package).get_template(template).render(values)


@router.get("/static/{name}")
async def read_static(name: str) -> Response:
    """Return a style sheet, a script or our mark."""
    if name not in _STATIC:
        raise HTTPException(404)
    return Response(_static(name), media_type=_STATIC[name], headers={"Cache-Control": "public, max-age=300"})


@cache
def _static(name: str) -> str:
    """Return a file with colours put in: where it names a theme, the variables that it uses, or one of the dark."""
    text = (resources.files("cloud.foundation") / "static" / name).read_text(encoding="utf-8")
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", text))

    def variables(theme: str) -> str:
        named = {re.sub("[._]", "-", role): colour for role, colour in _colours(theme).items()}
        return " ".join(f"--{role}: {colour};" for role, colour in named.items() if role in used)

    text = re.sub("@(dark|light)@", lambda match: variables(match[1]), text)
    return re.sub(r"@([a-z_]+\.[a-z0-9_]+)@", lambda match: _colours("dark")[match[1]], text)


def _colours(theme: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(resource_path("theme", f"{theme}.json").read_text(encoding="utf-8"))["colours"]
    return found


@cache
def _environment(package: str) -> Environment:
    loaders = [PackageLoader(package), PackageLoader("cloud.foundation")]
    made = Environment(loader=ChoiceLoader(loaders), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters |= {"moment": _moment, "with_code": _with_code}
    return made


def _moment(at: datetime, *, to_the_second: bool = False) -> Markup:
    """Return a moment as people read it, which no line break cuts."""
    shown = at.strftime("%Y-%m-%d %H:%M:%S" if to_the_second else "%Y-%m-%d %H:%M")
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), shown)


def _with_code(text: str) -> Markup:
    """Return a sentence in which what stands between backticks is code."""
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else part for number, part in enumerate(text.split("`"))
    )
