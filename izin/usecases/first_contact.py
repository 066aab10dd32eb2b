"""The first answer of a citizen says, in one line, what happens to their data."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from izin.answers.own_data import choice
from izin.conversations import Turn
from izin.errors import InvalidInput
from izin.ports import OfficeBook, PrivacyChoices
from izin.privacy import PrivacyNotice
from izin.replies import Reply
from izin.wording import Wording

PERSONAL = frozenset({"cek_status", "lapor_pengaduan", "ubah_langganan", "cek_pengaduan"})
"""What begins by asking for personal data: there the notice stands before the question."""

GRAVE = (
    "answers.own_life", "answers.danger", "answers.threat", "answers.perhaps_extortion",
    "complaint.extortion_promise",
)  # fmt: skip
"""First sentences for somebody in danger, despair or under pressure."""

MOST_CHOICES = 10
REMEMBERED = 20_000
"""Chats known to have seen the notice; others cost one look into the database a turn."""


class FirstContact:
    """Adds the privacy notice's line and button to the first answer, once per version."""

    def __init__(self, choices: PrivacyChoices, office: OfficeBook, wording: Wording) -> None:
        """Take who remembers what was shown, the office with its notice, and the wording."""
        self._choices = choices
        self._office = office
        self._wording = wording
        self._seen: OrderedDict[str, str] = OrderedDict()

    def introduce(self, reply: Reply, turn: Turn, intent: str) -> Reply:
        """Give the reply as it is sent: with the notice where this turn has to show it.

        A group and a silent turn show nothing; an office without a notice of its own still
        tells what is kept.
        """
        if turn.message.group or reply.silent:
            return reply
        version = self._version()
        chat = turn.conversation.id
        if self._seen.get(chat) == version:
            return reply
        shown = self._choices.show_notice(chat, version, turn.id, turn.now)
        if not shown:
            self._remember(chat, version)
            return reply
        button = choice("notice", "pemberitahuan", self._wording)
        kept = [item for item in reply.choices if item.title != button.title]
        parts = [reply.text, self._wording.say("privacy.first_line")]
        if intent in PERSONAL and not self._is_grave(reply):
            parts = [self._wording.say("privacy.first_line_personal"), reply.text]
        return replace(
            reply,
            text="\n\n".join(part for part in parts if part),
            choices=(*kept[: MOST_CHOICES - 1], button),
        )

    def _is_grave(self, reply: Reply) -> bool:
        """Say whether the reply begins with what nothing may stand before."""
        return any(reply.text.startswith(self._wording.say(key)) for key in GRAVE)

    def _version(self) -> str:
        try:
            notice = PrivacyNotice.of(self._office.office())
        except InvalidInput:
            return ""  # a notice that an editor broke must not keep anybody from an answer
        return notice.version if notice else ""

    def _remember(self, chat: str, version: str) -> None:
        self._seen[chat] = version
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
