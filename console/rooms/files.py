"""Files of conversations, for those who may see the conversation."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.door import session_of
from console.house import House
from console.pages import with_headers
from console.routes import Routes
from izin.accounts import Permission
from izin.errors import NotFound

SHOWN = frozenset(
    {
        "image/jpeg", "image/png", "image/webp", "image/gif",
        "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "audio/webm",
    }
)  # fmt: skip
"""What a page shows or plays itself; everything else is only ever saved."""

_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; media-src 'self'",
    "Cache-Control": "private, no-store",
}


def router(house: House) -> APIRouter:
    """Serve ``/berkas/{conversation}/{file}``."""
    routes = Routes("/berkas")

    @routes.get("/{conversation_id}/{media_id}", Permission.CONVERSATIONS)
    def file(request: Request, conversation_id: str, media_id: str) -> Response:
        account = session_of(request).account
        if not house.desk.may_see(conversation_id, account.unit):
            raise NotFound(f"conversation {conversation_id!r}")
        known = house.room.file(conversation_id, media_id)
        content, mime_type = house.media.get(media_id)
        house.record(account, "berkas.lihat", "percakapan", conversation_id, berkas=media_id)
        kind = mime_type.split(";")[0].strip().lower()
        shown = kind in SHOWN
        name = known.name or f"berkas-{media_id[:8]}"
        disposition = "inline" if shown else "attachment"
        return with_headers(
            Response(
                content,
                media_type=kind if shown else "application/octet-stream",
                headers={
                    "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(name)}",
                    **_HEADERS,
                },
            )
        )

    return routes.router
