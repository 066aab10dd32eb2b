"""Writes pages: templates, the menu, security headers, and pages that say no."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from console import static_files as files
from izin.accounts import AccountSession, Permission
from izin.wording import Wording

HERE = Path(__file__).resolve().parent

FLASH = "pesan"
"""Names, in a page's address, the sentence ``console.flash.<code>`` to show above it once."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
        " img-src 'self' data:; media-src 'self'; font-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A room in the menu: its wording ``console.menu.<name>``, path, and who sees it."""

    name: str
    path: str
    permission: Permission


MENU = (
    MenuItem("inbox", "/percakapan", Permission.CONVERSATIONS),
    MenuItem("complaints", "/pengaduan", Permission.COMPLAINTS),
    MenuItem("sealed", "/pengaduan-tertutup", Permission.SEALED_COMPLAINTS),
    MenuItem("privacy", "/permintaan-data", Permission.PRIVACY_REQUESTS),
    MenuItem("canned", "/balasan", Permission.CANNED_REPLIES),
    MenuItem("content", "/isi", Permission.CONTENT),
    MenuItem("figures", "/dasbor", Permission.FIGURES),
    MenuItem("report", "/laporan", Permission.FIGURES),
    MenuItem("audit", "/jejak", Permission.AUDIT),
    MenuItem("accounts", "/akun", Permission.ACCOUNTS),
    MenuItem("units", "/unit", Permission.UNITS),
    MenuItem("integration", "/integrasi", Permission.INTEGRATION),
    MenuItem("health", "/kesehatan", Permission.HEALTH),
)


class Pages:
    """Renders templates for the person who asks.

    Args:
        wording: All sentences.
        zone: Gives the office's time zone, for moments on pages.
        serving: Says whether somebody serves or rests, for the switch in the frame.
        health_sign: Gives how the house stands, for the frame of those who look after it.
    """

    def __init__(
        self,
        wording: Wording,
        zone: Callable[[], ZoneInfo],
        serving: Callable[[AccountSession], bool] = lambda session: False,
        health_sign: Callable[[], object | None] = lambda: None,
    ) -> None:
        self._wording = wording
        self.say = wording.say
        self._zone = zone
        self._serving = serving
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            say=wording.say,
            health_sign=health_sign,
            static=lambda name: f"/static/{files.version()}/{name}",
        )
        self._templates.filters.update(
            day=self._day, moment=self._moment, clock=self._clock, number=wording.number
        )

    def page(
        self, request: Request, template: str, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """Give a whole page of ``templates/``; ``session`` and ``menu`` are always there."""
        return HTMLResponse(self.part(request, template, **context), status, headers=HEADERS)

    def part(self, request: Request, template: str, **context: Any) -> str:
        """Give a template as text, for a piece of a page."""
        session = getattr(request.state, "session", None)
        account = session.account if session else None
        menu = [item for item in MENU if account and account.may(item.permission)]
        serves = account is not None and account.may(Permission.CONVERSATIONS)
        return self._templates.get_template(template).render(
            session=session,
            account=account,
            menu=menu,
            path=request.url.path,
            here=_here(request),
            flash=self._flash(request),
            serving=self._serving(session) if serves and session else None,
            csrf=session.csrf if session else "",
            csrf_field=lambda: csrf_field(session.csrf if session else ""),
            **context,
        )

    def refusal(self, request: Request, sentence: str, status: int, **said: object) -> Response:
        """Give a page that says why not, and what to do; ``sentence`` is a wording id."""
        return self.page(
            request, "refusal.html", status, title=self._wording.say(f"{sentence}_title"),
            text=self._wording.say(sentence, **said),
        )  # fmt: skip

    def _flash(self, request: Request) -> str | None:
        key = f"console.flash.{request.query_params.get(FLASH, '')}"
        return self._wording.say(key) if self._wording.has(key) else None

    def _day(self, day: date | datetime, weekday: bool = True) -> str:
        """Write ``Senin, 23 November 2026``, of a moment in the office's zone."""
        if isinstance(day, datetime):
            day = day.astimezone(self._zone()).date()
        return self._wording.date(day, weekday=weekday)

    def _clock(self, moment: datetime) -> str:
        """Write ``14.05`` in the office's zone."""
        return self._wording.time(moment, self._zone())

    def _moment(self, moment: datetime) -> str:
        """Write ``23 November 2026 14.05`` in the office's zone."""
        return f"{self._day(moment, weekday=False)} {self._clock(moment)}"


def csrf_field(token: str) -> Markup:
    """Give the hidden field that every form of a session carries."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(token)


def _here(request: Request) -> str:
    """Give the page's own address, without what was said above it once."""
    query = [(k, v) for k, v in request.query_params.multi_items() if k not in (FLASH, "selesai")]
    return own_path(f"{request.url.path}?{urlencode(query)}".rstrip("?"))


def see_other(path: str) -> RedirectResponse:
    """Send the browser on to a page of ours after a form, so that reloading sends nothing."""
    return RedirectResponse(path, 303, headers=dict(HEADERS))


def with_flash(path: str, code: str) -> str:
    """Give a path that shows the sentence ``console.flash.<code>`` above its page."""
    mark = "&" if "?" in path else "?"
    return f"{path}{mark}{urlencode({FLASH: code})}"


def own_path(path: str, fallback: str = "/") -> str:
    """Give ``path`` if it is a path of this console, else ``fallback``: no open redirect."""
    # Browsers drop tabs and line breaks from an address, and read a backslash as a slash.
    inside = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if inside and path.isprintable() else fallback


def with_headers(response: Response, more: Mapping[str, str] | None = None) -> Response:
    """Add the security headers to any response."""
    for name, value in {**HEADERS, **(more or {})}.items():
        response.headers.setdefault(name, value)
    return response
