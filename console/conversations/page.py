"""Puts the page of one conversation together."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup, escape

from console.door import session_of
from console.house import House
from izin.accounts import Account, Permission, Role
from izin.applications import Application
from izin.canned_replies import filled
from izin.conversation_room import Background, RoomHead
from izin.errors import NotFound, RegistryUnavailable
from izin.following import NoticeKind
from izin.officers import LOOKED_AT, Handling
from izin.rendering.marked_text import MarkedText
from izin.units import Unit
from izin.usecases.own_applications import in_order
from izin.usecases.serve_citizen import LONGEST_ANSWER

log = structlog.get_logger()

REVEAL_REASONS = ("tindak_lanjut", "hubungi_warga", "cocokkan_data", "permintaan_warga")
"""Why personal data may be shown; the wording is ``room.reveal.reason.<code>``."""

OFFICER_TEMPLATES = (NoticeKind.OFFICER,)
"""Kinds of approved templates officers may send."""

MOST_APPLICATIONS = 10
MOST_NAMES = 8
"""Colleagues listed beside the note's field."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Who holds the conversation, seen by the account that asks."""

    name: str
    mine: bool
    until: datetime


class ConversationPage:
    """Renders one conversation for whoever may see it."""

    def __init__(self, house: House) -> None:
        """Take the house."""
        self._house = house

    def visitor(self, request: Request, conversation_id: str) -> Account:
        """Give the account that asks.

        Raises:
            NotFound: There is no such conversation for it.
        """
        account = session_of(request).account
        if not self._house.desk.may_see(conversation_id, account.unit):
            raise NotFound(f"conversation {conversation_id!r}")
        return account

    def show(
        self, request: Request, conversation_id: str, status: int = 200, **extra: Any
    ) -> Response:
        """Give the page; ``extra`` holds what a form could not take, or what is revealed."""
        house, account = self._house, session_of(request).account
        head = house.room.head(conversation_id)
        context = {
            **self.part_context(conversation_id, account, extra.pop("before", None)),
            **self._beside(head),
            **self._tools(account, conversation_id),
            "error": None,
            "draft": "",
            "note_draft": "",
            "later_draft": "",
            "later_when": "",
            "revealed": None,
            "revealed_names": {},
            "done": request.query_params.get("selesai", ""),
            **extra,
        }
        values = self.values(account, context["background"], context["applications"])
        context["fill"] = lambda reply: filled(reply.text, values)
        if not context["draft"] and (chosen := request.query_params.get("balasan")):
            context["draft"] = self._chosen(chosen, values)
        return house.pages.page(request, "conversation/page.html", status, **context)

    def part_context(
        self, conversation_id: str, account: Account, before: str | None = None
    ) -> dict[str, Any]:
        """Give what the live parts need: the conversation, its history and who holds it."""
        house, now = self._house, self._house.clock()
        head = house.room.head(conversation_id)
        names = {item.id: item.name for item in house.accounts.all()}
        held = house.officers.handling(conversation_id)
        others = [item for item in house.desk.viewers(conversation_id, now) if item != account.id]
        reasons = house.room.open_reasons(conversation_id)
        return {
            "head": head,
            "history": house.room.history(conversation_id, before),
            "before": before,
            "hold": _hold(held, account, names),
            "reasons": reasons,
            "reason_words": "; ".join(self._reason_name(item) for item in reasons),
            "can_settle": bool(LOOKED_AT & set(reasons)),
            "viewers": [names[item] for item in others if item in names],
            "name_of": lambda who: names.get(who or "", who or ""),
            "marked": marked,
            "permit_name": self._permit_name,
            "once": uuid.uuid4().hex,
            "unit_name": self._unit_name,
            "state_name": self._state_name,
            "intent_name": self._intent_name,
            "failure_name": self._failure_name,
            "reason_name": self._reason_name,
            "window_until": head.window_until(),
            "window_open": head.window_open(now),
            "now": now,
        }

    def values(
        self, account: Account, background: Background, applications: Sequence[Application]
    ) -> dict[str, str]:
        """Give what is known of a canned reply's variables in this conversation."""
        house = self._house
        office = house.office.office()
        today = house.clock().astimezone(office.zone).date()
        values = {
            "tanggal": house.wording.date(today, weekday=False),
            "petugas": account.title,
            "kantor": office.short_name,
            "alamat_kantor": office.address or "",
            "telepon_kantor": office.phone or "",
        }
        if background.complaints:
            values["nomor_tiket"] = background.complaints[0].ticket
        if applications:
            values["nomor_permohonan"] = applications[0].number
            values["nama_izin"] = self._permit_name(applications[0].permit_code)
        return values

    def _beside(self, head: RoomHead) -> dict[str, Any]:
        found: tuple[Application, ...] = ()
        registry_down = False
        if head.verified_phone:
            try:
                mine = self._house.registry.of_phone(head.verified_phone)
                found = in_order(mine)[:MOST_APPLICATIONS]
            except RegistryUnavailable as error:
                log.warning("registry_unavailable", reason=str(error))
                registry_down = True
        return {
            "phone": masked_phone(head.verified_phone),
            "applications": found,
            "masked_name": masked_name,
            "registry_down": registry_down,
            "background": self._house.room.background(head.id),
            "reveal_reasons": REVEAL_REASONS,
        }

    def _tools(self, account: Account, conversation_id: str) -> dict[str, Any]:
        house = self._house
        colleagues = [
            item
            for item in house.accounts.all()
            if item.active and item.id != account.id and item.may(Permission.CONVERSATIONS)
        ]
        return {
            "colleagues": colleagues,
            "mention_names": ", ".join(f"@{item.login}" for item in colleagues[:MOST_NAMES]),
            "units": units_beyond(house, account),
            "supervises": Role.SUPERVISOR in account.roles,
            "canned": house.canned.replies(),
            "scheduled": house.room.scheduled(conversation_id),
            "templates": [k for k in OFFICER_TEMPLATES if k in house.settings.whatsapp_templates],
            "longest": LONGEST_ANSWER,
            "may_edit_canned": account.may(Permission.CANNED_REPLIES),
        }

    def _chosen(self, reply_id: str, values: Mapping[str, str]) -> str:
        try:
            return filled(self._house.canned.reply(reply_id).text, values)
        except NotFound:
            return ""

    def _permit_name(self, code: str) -> str:
        permit = self._house.catalogue.permit(code)
        return permit.short_name if permit else code

    def _unit_name(self, code: str) -> str:
        return next((unit.name for unit in self._house.units.all() if unit.code == code), code)

    def _state_name(self, state: str) -> str:
        return self._worded(f"room.complaint_state.{state}", "room.complaint_state.other")

    def _intent_name(self, intent: str) -> str:
        return self._worded(f"room.intent.{intent}", "room.intent.other")

    def _failure_name(self, error: str | None) -> str:
        return self._worded(f"room.failed.{error}", "room.failed.other")

    def _reason_name(self, reason: str) -> str:
        return self._worded(f"room.reason.{reason}", "room.reason.other")

    def _worded(self, key: str, otherwise: str) -> str:
        wording = self._house.wording
        return wording.say(key if wording.has(key) else otherwise)


def units_beyond(house: House, account: Account) -> list[Unit]:
    """Give the units an account may forward to: never its own, from a unit back to the desk."""
    return [
        unit
        for unit in house.units.all()
        if unit.active and unit.code != account.unit and not (unit.desk and account.unit is None)
    ]


def marked(text: str) -> Markup:
    """Give the assistant's words with their bold parts; everything else is text."""
    parsed = MarkedText.parse(text)
    pieces, at = [], 0
    for start, end in parsed.bold:
        pieces += [escape(parsed.plain[at:start]), Markup("<b>")]
        pieces += [escape(parsed.plain[start:end]), Markup("</b>")]
        at = end
    return Markup("").join([*pieces, escape(parsed.plain[at:])])


def masked_phone(phone: str | None) -> str | None:
    """Give ``+62•••••1234``."""
    return f"{phone[:3]}•••••{phone[-4:]}" if phone else None


def masked_name(name: str) -> str:
    """Give ``S••• R•••``: the initials of a name."""
    return " ".join(f"{word[0]}•••" for word in name.split()) or "•••"


def _hold(held: Handling | None, account: Account, names: Mapping[str, str]) -> Hold | None:
    if held is None:
        return None
    name = names.get(held.officer, held.officer)
    return Hold(name, held.officer == account.id, held.lease_until)
