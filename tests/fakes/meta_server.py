"""The fake Graph API's routes, over the state that tests control."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from tests.fakes.faults import BrokenOff, Fault
from tests.fakes.meta_rules import GraphError, check_message

if TYPE_CHECKING:
    from tests.fakes.meta import FakeMeta

DOCUMENT_TYPES = {
    "text/plain",
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
"""What the Cloud API takes as a document (media reference, supported types)."""

UPLOAD_LIMITS = {"image/": 5_000_000, "audio/": 16_000_000, "video/": 16_000_000}
URL_LIFE_S = 300
MEDIA_LIFE_S = 7 * 86_400


def application(fake: FakeMeta) -> FastAPI:
    """Give the Graph API and its media server."""
    app = FastAPI(openapi_url=None)

    async def failing(fault: Fault | None, request: Request) -> Response | None:
        """Give the answer of a fault that keeps the call from acting."""
        if fault is None or fault.kind in ("lost", "dropped"):
            return None
        if fault.kind == "error":
            return JSONResponse(fault.body, fault.status, fault.headers)
        if fault.kind == "garbage":
            return Response("<html>error</html>", 200, media_type="text/html")
        await fake.faults.silence(request)
        return Response(status_code=504)

    def authorised(request: Request) -> None:
        given = request.headers.get("authorization", "")
        if not given:
            raise GraphError(190, "An access token is required to request this resource")
        if given != f"Bearer {fake.token}":
            raise GraphError(190, "Invalid OAuth access token")

    async def answered(work: Any) -> Response:
        try:
            return JSONResponse(await work)
        except GraphError as error:
            return JSONResponse(error.document(), error.status)

    @app.post("/{version}/{phone_id}/messages")
    async def messages(version: str, phone_id: str, request: Request) -> Response:
        fault = fake.faults.next("messages")
        failure = await failing(fault, request)
        if failure is not None:
            return failure

        async def work() -> dict[str, Any]:
            authorised(request)
            _known_number(fake, phone_id)
            try:
                body = await request.json()
            except ValueError:
                raise GraphError(100, "Invalid JSON") from None
            with fake.changed:
                result = _take(fake, body)
                if fault is not None and "messages" in result:
                    fake.lost.add(result["messages"][0]["id"])
                fake.changed.notify_all()
            return result

        response = await answered(work())
        if fault is not None and fault.kind == "dropped":
            return BrokenOff()
        if fault is not None:
            await fake.faults.silence(request)
        return response

    @app.post("/{version}/{phone_id}/media")
    async def upload(version: str, phone_id: str, request: Request) -> Response:
        failure = await failing(fake.faults.next("media"), request)
        if failure is not None:
            return failure

        async def work() -> dict[str, Any]:
            authorised(request)
            _known_number(fake, phone_id)
            async with request.form() as form:
                file = form.get("file")
                if form.get("messaging_product") != "whatsapp" or isinstance(file, str | None):
                    raise GraphError(100, "messaging_product and file are required")
                content = await file.read()
                mime_type = str(file.content_type)
            most = next(
                (limit for family, limit in UPLOAD_LIMITS.items() if mime_type.startswith(family)),
                100_000_000,
            )
            unknown = not mime_type.startswith(("image/", "audio/", "video/"))
            if not 0 < len(content) <= most or (unknown and mime_type not in DOCUMENT_TYPES):
                raise GraphError(131053, "Media upload error")
            return {"id": fake.keep_upload(content, mime_type)}

        return await answered(work())

    @app.get("/files/{key}")
    async def download(key: str, request: Request) -> Response:
        failure = await failing(fake.faults.next("download"), request)
        if failure is not None:
            return failure
        found = fake.addresses.get(key)
        if request.headers.get("authorization") != f"Bearer {fake.token}":
            return Response(status_code=401)
        if found is None or fake.now() - found[1] > URL_LIFE_S:
            return Response(status_code=404)
        return Response(found[0], media_type="application/octet-stream")

    @app.get("/{version}/{node}")
    async def node(version: str, node: str, request: Request) -> Response:
        failure = await failing(fake.faults.next("node"), request)
        if failure is not None:
            return failure

        async def work() -> dict[str, Any]:
            authorised(request)
            if node == fake.phone_id:
                return {"id": node, "display_phone_number": fake.display_number}
            return _media(fake, node)

        return await answered(work())

    return app


def _known_number(fake: FakeMeta, phone_id: str) -> None:
    if phone_id != fake.phone_id:
        raise GraphError(100, f"Object with ID '{phone_id}' does not exist")


def _media(fake: FakeMeta, media_id: str) -> dict[str, Any]:
    file = fake.files.get(media_id)
    if file is None or fake.now() - file["at"] > MEDIA_LIFE_S:
        raise GraphError(100, "Unsupported get request. Object does not exist")
    key = fake.new_address(file["content"])
    return {
        "messaging_product": "whatsapp",
        "id": media_id,
        "url": f"{fake.origin}/files/{key}",
        "mime_type": file["mime_type"],
        "sha256": hashlib.sha256(file["content"]).hexdigest(),
        "file_size": file["claimed_size"],
    }


def _take(fake: FakeMeta, body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise GraphError(100, "Invalid JSON")
    fake.calls.append(body)
    if "status" in body:
        return _read_receipt(fake, body)
    check_message(body, set(fake.uploads), fake.templates)
    chat = str(body.get("to") or body.get("recipient")).removeprefix("+")
    if chat in fake.unreachable:
        raise GraphError(131026, "Message undeliverable")
    if "recipient" not in body and chat in fake.hidden:
        raise GraphError(131026, "This user hides the phone number")
    if body.get("type") != "template" and not fake.window_open(chat):
        raise GraphError(131047, "Re-engagement message: more than 24 hours have passed")
    if fake.paced:
        fake.throughput.check(chat, time.monotonic())
    message_id = fake.new_message_id()
    fake.sent.append({"id": message_id, "chat": chat, **body})
    contact = {"input": chat, "wa_id" if "to" in body else "user_id": chat}
    return {
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "messages": [{"id": message_id}],
    }


def _read_receipt(fake: FakeMeta, body: dict[str, Any]) -> dict[str, Any]:
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required")
    if set(body) - {"messaging_product", "status", "message_id", "typing_indicator"}:
        raise GraphError(100, "Unexpected key")
    if body["status"] != "read" or body.get("message_id") not in fake.received_ids:
        raise GraphError(131009, "message_id is not one of this number's messages")
    if "typing_indicator" in body and body["typing_indicator"] != {"type": "text"}:
        raise GraphError(131009, "typing_indicator must be of type text")
    fake.reads.append((body["message_id"], "typing_indicator" in body))
    return {"success": True}
