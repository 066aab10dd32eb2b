"""A start link, or a photo, file, voice note, sticker, place or contact sent alone."""

from __future__ import annotations

from dataclasses import replace

from izin.answers import suggestions
from izin.ports import OfficeBook
from izin.replies import Choice, Reply, ReplyMedia
from izin.usecases.answer_questions import AnswerQuestions
from izin.usecases.dialogue import Answer, TurnInput
from izin.usecases.greet import Greet
from izin.usecases.private_chat import private_chat
from izin.usecases.read_questions import OVERVIEW
from izin.wording import Wording
from izin.words import words_of


class ReceiveItem:
    """Gives everything that is not a question a useful answer."""

    def __init__(
        self, questions: AnswerQuestions, greet: Greet, office: OfficeBook, wording: Wording
    ) -> None:
        """Take the use cases a start link leads to, the office and the wording."""
        self._questions = questions
        self._greet = greet
        self._office = office
        self._wording = wording

    def answer(self, turn: TurnInput) -> Answer:
        """Give the reply to one of the internal intents."""
        if turn.intent == "mulai":
            return self._start(turn)
        if turn.intent == "kirim_lokasi":
            return self._place()
        if turn.intent == "kirim_kontak":
            return self._contact(turn)
        kind = str(turn.value("jenis") or turn.metadata.get("kind") or "")
        key = f"social.received_{kind}"
        if not self._wording.has(key):
            key = "social.received_other"
        choices = suggestions.menu(self._wording)
        if kind in ("photo", "document", "video"):
            choices = (
                suggestions.menu_choice("lapor_pengaduan", self._wording),
                *suggestions.menu(self._wording, {"lapor_pengaduan"}),
            )
        return Answer((Reply(self._wording.say(key), choices[:4]),))

    def _start(self, turn: TurnInput) -> Answer:
        """A link may carry a permit; one that carries a ticket or number proves nothing."""
        if any(item.name == "tiket" for item in turn.entities):
            return self._offer(turn, "cek_pengaduan")
        if any(item.name == "nomor_permohonan" for item in turn.entities):
            return self._offer(turn, "cek_status")
        question = str(turn.slots.get("pertanyaan") or "")
        fresh = replace(turn, intent=OVERVIEW, questions=(), slots={})
        named = any(item.name == "izin" for item in turn.entities)
        if named or words_of(turn.text):
            answer = self._questions.answer(fresh)
            if answer.slots.get("izin"):
                return answer
        greeting = self._greet.answer(replace(turn, intent="sapa", entities=()))
        return Answer(greeting.replies, {"pertanyaan": None, "izin": None} if question else {})

    def _offer(self, turn: TurnInput, intent: str) -> Answer:
        if turn.group:
            return Answer((private_chat(turn, self._wording),))
        choice = suggestions.menu_choice(intent, self._wording)
        return Answer((Reply(self._wording.say("social.start_link"), (choice,)),))

    def _place(self) -> Answer:
        office = self._office.office()
        text = self._wording.say("social.received_location")
        if office.address:
            ours = self._wording.say("social.received_location_office", address=office.address)
            text = f"{text}\n{ours}"
        media: tuple[ReplyMedia, ...] = ()
        if office.location:
            media = (ReplyMedia("location", location=office.location, title=office.short_name),)
        choices = (
            suggestions.menu_choice("lapor_pengaduan", self._wording),
            suggestions.menu_choice("tanya_izin_apa", self._wording),
        )
        return Answer((Reply(text, choices, media),))

    def _contact(self, turn: TurnInput) -> Answer:
        if turn.group:
            return Answer((private_chat(turn, self._wording),))
        if turn.verified_phone:
            choices: tuple[Choice, ...] = (
                suggestions.menu_choice("cek_status", self._wording),
                suggestions.officer(self._wording),
            )
            return Answer((Reply(self._wording.say("social.contact_verified"), choices),))
        text = self._wording.say("social.contact_other")
        return Answer((Reply(text, suggestions.menu(self._wording)[:3]),))
