"""The simulator's page: a phone in the browser, for loopback only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.simulator.api import local_only
from izin.wording import Wording

HERE = Path(__file__).resolve().parent
PEOPLE_FILE = HERE.parents[1] / "data" / "demo" / "people.yaml"

_STATIC = {"phone.css": "text/css", "phone.js": "text/javascript", "icon.svg": "image/svg+xml"}
_HEADERS = {
    # Everything the page needs comes from here; photos are previewed from memory.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
        " img-src 'self' blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def router(wording: Wording, people_file: Path = PEOPLE_FILE) -> APIRouter:
    """Serve ``/simulator`` and its files."""
    routes = APIRouter(prefix="/simulator", dependencies=[Depends(local_only)])
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
    )

    @routes.get("")
    def phone() -> HTMLResponse:
        html = templates.get_template("phone.html").render(
            say=wording.say, people=demo_people(people_file)
        )
        return HTMLResponse(html, headers=_HEADERS)

    @routes.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in _STATIC:
            raise HTTPException(404)
        content = (HERE / "static" / name).read_bytes()
        return Response(content, media_type=_STATIC[name], headers=_HEADERS)

    return routes


def demo_people(path: Path) -> Sequence[Mapping[str, Any]]:
    """Give the demo citizens of ``data/demo/people.yaml``, none when the file is missing."""
    if not path.exists():
        return []
    document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return list(document.get("people") or ())
