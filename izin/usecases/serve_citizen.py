"""What an officer does with a waiting citizen, from whichever desk: terminal or console."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import structlog

from izin.answers import suggestions
from izin.errors import Conflict, InvalidInput, NotFound
from izin.office import OfficeHours
from izin.officers import LEASE, Handling, in_order
from izin.ports import OfficeBook, Officers
from izin.replies import Choice, Reply, ReplyMedia
from izin.usecases.ask_officer import BACK
from izin.wording import Wording

LONGEST_ANSWER = 3500
"""Characters: with the signature it fits every channel's message."""

DEFAULT_ROLE = "Petugas"

_MARK = re.compile(r"\[(/?b\])")
_JOINER = "\u2060"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ServeCitizen:
    """Takes, answers and releases conversations; citizens see the role, never a name."""

    officers: Officers
    office: OfficeBook
    wording: Wording

    def until_closing(self, now: datetime) -> datetime | None:
        """Give when today's last span of office hours ends, or None when that is over."""
        office = self.office.office()
        local = now.astimezone(office.zone)
        spans = OfficeHours(office, self.office.calendar()).spans_on(local.date())
        ends = [datetime.combine(local.date(), end, tzinfo=office.zone) for _, end in spans]
        return max(ends) if ends and max(ends) > local else None

    def take(self, conversation_id: str, officer: str, role: str, now: datetime) -> Handling:
        """Hold a conversation and tell the citizen that a human is there.

        Raises:
            NotFound: No such conversation.
            Conflict: Another officer holds it.
        """
        text = self.wording.say("officers.joined", role=self._signature(role))
        back = Choice(self.wording.say("officers.choice_back"), "menu_bantuan", {"langkah": BACK})
        held = self.officers.claim(conversation_id, officer, role, Reply(text, (back,)), now)
        log.info("conversation_taken", conversation_id=conversation_id, handling_id=held.id)
        return held

    def take_next(self, officer: str, role: str, now: datetime) -> Handling | None:
        """Hold the conversation whose turn it is, live ones first; None when nobody waits."""
        queue = [item for item in in_order(self.officers.waiting()) if item.in_chat]
        for item in sorted(queue, key=lambda item: item.namespace != "live"):
            if item.held_by:
                continue
            try:
                return self.take(item.conversation_id, officer, role, now)
            except (Conflict, NotFound):
                continue  # a colleague was quicker, or the citizen's data was erased
        return None

    def reply(
        self,
        conversation_id: str,
        officer: str,
        text: str,
        key: str,
        now: datetime,
        media: tuple[ReplyMedia, ...] = (),
    ) -> str:
        """Send an answer signed by role, once per ``key``; gives the outbox id.

        Raises:
            InvalidInput: The text is empty (without a file) or too long.
            Conflict: This officer does not hold the conversation.
        """
        held = self.officers.handling(conversation_id)
        signed = self.signed(text, held.role if held else DEFAULT_ROLE, may_be_empty=bool(media))
        answer = Reply(signed, media=media)
        sent = self.officers.reply(conversation_id, officer, answer, key, now)
        log.info("officer_replied", conversation_id=conversation_id, message_id=sent)
        return sent

    def signed(self, text: str, role: str, *, may_be_empty: bool = False) -> str:
        """Give what a citizen reads of an officer's words: signed, and none of them a mark.

        Raises:
            InvalidInput: The text is empty or too long.
        """
        words = text.strip()
        if (not words and not may_be_empty) or len(words) > LONGEST_ANSWER:
            raise InvalidInput(f"an answer has 1 to {LONGEST_ANSWER} characters", field="text")
        role = self._signature(role)
        said = self.wording.say("officers.signed", text=without_marks(words), role=role)
        return said.strip()

    def take_over(self, conversation_id: str, officer: str, role: str, now: datetime) -> Handling:
        """Hold a conversation whoever holds it now; the citizen is told of the change.

        Raises:
            NotFound: No such conversation.
        """
        held = self.officers.transfer(
            conversation_id, None, officer, role, self._changing(role), now
        )
        log.info("conversation_taken_over", conversation_id=conversation_id, handling_id=held.id)
        return held

    def hand_over(
        self, conversation_id: str, officer: str, to: str, role: str, now: datetime
    ) -> Handling:
        """Give one's conversation to a colleague of this ``role``; the citizen is told.

        Raises:
            Conflict: ``officer`` does not hold it.
        """
        held = self.officers.transfer(conversation_id, officer, to, role, self._changing(role), now)
        log.info("conversation_handed_over", conversation_id=conversation_id, handling_id=held.id)
        return held

    def put_back(self, conversation_id: str, officer: str, now: datetime) -> bool:
        """Let go of a conversation unserved: the citizen goes on waiting in the queue.

        Raises:
            Conflict: Another officer holds it. Gives False when nobody does.
        """
        notice = self._ending("officers.put_back", served=False)
        return self.officers.release(conversation_id, officer, notice, now, served=False)

    def release(self, conversation_id: str, officer: str, now: datetime) -> bool:
        """Give the conversation back to the assistant as served; False if nobody held it.

        Raises:
            Conflict: Another officer holds it.
        """
        return self.officers.release(conversation_id, officer, self._ending("officers.left"), now)

    def return_expired(self, now: datetime) -> int:
        """Give back every conversation whose officer was not heard of in time; says how many."""
        returned = 0
        for held in self.officers.expired(now):
            key = "officers.expired_waiting" if held.waits else "officers.expired_served"
            minutes = int(LEASE.total_seconds() // 60)
            notice = self._ending(key, served=not held.waits, minutes=minutes)
            if self.officers.expire(held, notice, now):
                log.info("hold_expired", conversation_id=held.conversation_id, waits=held.waits)
                returned += 1
        return returned

    def back_to_bot(self, conversation_id: str, turn_id: str, now: datetime) -> Reply | None:
        """End the hold by the citizen's word; gives what the assistant says, None if not held."""
        if not self.officers.return_to_bot(conversation_id, turn_id, now):
            return None
        return self._ending("officers.back")

    def _changing(self, role: str) -> Reply:
        text = self.wording.say("officers.changed", role=self._signature(role))
        back = Choice(self.wording.say("officers.choice_back"), "menu_bantuan", {"langkah": BACK})
        return Reply(text, (back,))

    def _ending(self, key: str, *, served: bool = True, **parameters: object) -> Reply:
        menu = suggestions.menu(self.wording)[:3]
        rate = Choice(
            self.wording.say("social.menu_beri_penilaian"), "beri_penilaian", {"jenis": "petugas"}
        )
        return Reply(self.wording.say(key, **parameters), (rate, *menu) if served else menu)

    def _signature(self, role: str) -> str:
        return f"{role} {self.office.office().short_name}"


def without_marks(text: str) -> str:
    """Give an officer's text so that no channel reads a mark in it: ``[b]`` stays ``[b]``.

    An invisible joiner breaks the mark, as there is no way to write one literally.
    """
    return _MARK.sub(f"[{_JOINER}\\1", text)
