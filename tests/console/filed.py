"""Complaints for tests of the console: filed as citizens do, with evidence if wanted."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from izin.complaints import Complaint, ComplaintEvent, ComplaintState, Confidentiality, deadlines
from izin.conversations import InboundMedia
from izin.storage.postgres.complaints import PostgresComplaints
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.vault import Vault
from tests.console.conftest import RunningConsole, csrf_of
from tests.contracts.conversation_ports import fresh_phone, message

RESULT = "Berkas sudah kami periksa dan izin diterbitkan kembali dengan data yang benar."


def filed(console: RunningConsole, **changes: Any) -> Complaint:
    """File a complaint now (``ago`` days before, ``file`` with a file of this type and content)."""
    ago, file = changes.pop("ago", 0), changes.pop("file", None)
    phone = changes.pop("phone", None) or fresh_phone()
    now = (console.clock.get("now") or datetime.now(UTC)) - timedelta(days=ago)
    inbox = PostgresInbox(console.engine)
    here = inbox.receive(message(phone=phone), now).conversation_id
    media_ids: tuple[str, ...] = ()
    if file:
        kind, mime, content = file
        media = InboundMedia(kind, "f", mime)
        media_ids = (console.house.media.put(media, content, here),)
    letters = uuid.uuid4().hex.upper().translate(str.maketrans("01", "XY"))
    values: dict[str, Any] = {
        "ticket": f"ADU-{letters[:4]}-{letters[4:6]}",
        "category": "KETERLAMBATAN",
        "class_code": "TIDAK_BERKADAR",
        "story": "Izin saya sudah dua bulan belum terbit, padahal berkas lengkap.",
        "place": "Kantor pelayanan",
        "confidentiality": Confidentiality.NORMAL,
        "state": ComplaintState.RECEIVED,
        "filed_at": now,
        "deadlines": deadlines(now.date(), 14, console.house.office.calendar()),
        "owner": "DPMPTSP",
        "conversation_id": here,
        "media_ids": media_ids,
        "events": (ComplaintEvent(now, "received"),),
    }
    made = Complaint(**{**values, **changes})
    stored = PostgresComplaints(console.engine, Vault("k" * 32)).file(
        made, uuid.uuid4().hex, "file"
    )
    return stored


def chat_of(console: RunningConsole, ticket: str) -> str:
    """Give the conversation an ordinary complaint came from."""
    found = console.rows("select conversation_id::text from complaints where ticket=:t", t=ticket)
    return str(found[0].conversation_id)


def fields_of(page: str) -> dict[str, str]:
    """Give the hidden fields of the page's first action form."""
    form = page.split('id="form-', 1)[1]
    found = dict(re.findall(r'name="(version|once|seen)" value="([^"]*)"', form)[:3])
    return {"csrf": csrf_of(page), **found}


def step(who: httpx.Client, path: str, action: str, **typed: str) -> httpx.Response:
    """Send an action's form as it stands on the complaint's page now."""
    page = who.get(path).text
    return who.post(f"{path}/{action}", data={**fields_of(page), "step": "kirim", **typed})


def audited(console: RunningConsole, ticket: str) -> list[str]:
    """Give the actions recorded of a ticket, in their order."""
    found = console.rows("select action from audit_log where subject = :t order by at", t=ticket)
    return [row.action for row in found]
