"""What somebody typed into a form that could not be taken: kept on the page, to be sent again.

Nothing is stored: the text travels in a hidden field of the page that asks to sign in and back.
Never kept: tokens, files, and forms that hold passwords or codes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from console.pages import own_path

CSRF = "csrf"
LARGEST = 400_000
"""Characters; the longest form of ours is far below."""

_NEVER = ("/masuk", "/keluar", "/akun-saya")
_SECRET = ("password", "sandi", "secret")
_UNSEEN = frozenset({"once", "to", "kept"})


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that waits to be sent again.

    Attributes:
        path: Own path it goes to.
        fields: Names and values in order.
        page: Own path of the page it was typed on, empty when unknown.
        files: Files were attached; those are lost.
    """

    path: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    page: str = ""
    files: bool = False

    @property
    def shown(self) -> list[str]:
        """Give what a person would recognise as typed."""
        return [value for name, value in self.fields if value.strip() and name not in _UNSEEN]

    def text(self) -> str:
        """Give it as the value of a hidden field."""
        return json.dumps(
            {"path": self.path, "fields": self.fields, "page": self.page, "files": self.files},
            ensure_ascii=False,
        )


def read(text: str) -> KeptForm | None:
    """Give what :meth:`KeptForm.text` wrote; None when it is not such, or leads elsewhere."""
    if not text or len(text) > LARGEST:
        return None
    try:
        raw = json.loads(text)
        fields = [(str(name), str(value)) for name, value in raw["fields"]]
        path, page = str(raw["path"]), str(raw["page"])
        json.dumps([path, page, fields], ensure_ascii=False).encode()  # half characters are none
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not own_path(path, "") or not may_be_kept(path):
        return None
    kept = [(name, value) for name, value in fields if _may_stay(name)]
    return KeptForm(path, kept, own_path(page, ""), bool(raw.get("files")))


async def of_request(request: Request) -> KeptForm | None:
    """Give what a refused request brought; None when that is nothing, or must not be kept."""
    if request.method != "POST":
        return None
    try:
        form = await request.form()
    except (HTTPException, ClientDisconnect, RuntimeError):
        return None
    items = form.multi_items()
    await form.close()
    if not may_be_kept(request.url.path):
        carried = form.get("kept")
        return read(carried) if isinstance(carried, str) else None
    fields = [(name, value) for name, value in items if isinstance(value, str) and _may_stay(name)]
    kept = KeptForm(_target(request), fields, _page(request), len(items) > _texts(items))
    return kept if kept.shown and len(kept.text()) <= LARGEST else None


def may_be_kept(path: str) -> bool:
    """Say whether a form of this path never holds a secret."""
    return not any(path == never or path.startswith((f"{never}/", f"{never}?")) for never in _NEVER)


def _may_stay(name: str) -> bool:
    return name != CSRF and not any(word in name.lower() for word in _SECRET)


def _texts(items: list[tuple[str, object]]) -> int:
    """Count what is no file; a file field left empty is none either."""
    return sum(isinstance(value, str) or not getattr(value, "filename", "") for _, value in items)


def _target(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return own_path(f"{request.url.path}{query}")


def _page(request: Request) -> str:
    """Give the page a form was typed on, as the browser tells."""
    try:
        told = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return ""
    if told.netloc != request.headers.get("host"):
        return ""
    return own_path(f"{told.path}?{told.query}" if told.query else told.path, "")
