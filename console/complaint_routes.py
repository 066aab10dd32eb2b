"""The routes of one complaint, the same for ordinary and for sealed ones."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import Response

from console.complaint_room import ComplaintRoom
from console.routes import Access, Routes

Typed = Annotated[str, Form()]


def add_room(routes: Routes, room: ComplaintRoom, access: Access) -> None:
    """Add what is shown of a complaint and done to it."""

    @routes.get("/{ticket}", access)
    def one_complaint(request: Request, ticket: str, kabar: str = "") -> Response:
        return room.show(request, ticket, kabar)

    @routes.get("/{ticket}/kabar", access)
    def stand(request: Request, ticket: str, versi: int = 0) -> Response:
        return room.stand(request, ticket, versi)

    @routes.get("/{ticket}/bukti/{media_id}", access)
    def evidence(request: Request, ticket: str, media_id: str) -> Response:
        return room.evidence(request, ticket, media_id)

    @routes.post("/{ticket}/buka", access)
    def reveal(request: Request, ticket: str, reason: Typed = "") -> Response:
        return room.reveal(request, ticket, reason)

    @routes.post("/{ticket}/catatan", access)
    def note(request: Request, ticket: str, text: Typed = "", once: Typed = "") -> Response:
        return room.note(request, ticket, text, once)

    @routes.post("/{ticket}/peringatan", access)
    def alarm(request: Request, ticket: str, alarm: Annotated[int, Form()] = 0) -> Response:
        return room.alarm(request, ticket, alarm)

    @routes.post("/{ticket}/{action}", access)
    def act(
        request: Request, ticket: str, action: str,
        version: Typed = "", once: Typed = "", seen: Typed = "", step: Typed = "",
        text: Typed = "", reason: Typed = "", unit: Typed = "", officer: Typed = "",
        done_on: Typed = "", basis: Typed = "", other: Typed = "", forwarded_to: Typed = "",
        class_code: Typed = "", category: Typed = "", priority: Typed = "",
        closing_reason: Typed = "",
    ) -> Response:  # fmt: skip
        typed = {
            "version": version, "once": once, "seen": seen, "step": step, "text": text,
            "reason": reason, "unit": unit, "officer": officer, "done_on": done_on,
            "basis": basis, "other": other, "forwarded_to": forwarded_to,
            "class_code": class_code, "category": category, "priority": priority,
            "closing_reason": closing_reason,
        }  # fmt: skip
        return room.act(request, ticket, action, typed)
