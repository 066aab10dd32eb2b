"""What goes out of a conversation: answers, notes, later messages, templates, another try."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import File, Form, Request, UploadFile
from fastapi.responses import Response

from console.conversations.holding import Holding, key_of
from console.conversations.page import OFFICER_TEMPLATES, ConversationPage
from console.conversations.uploads import CUT, Attachment, attachment
from console.house import House
from console.pages import see_other
from console.routes import Routes
from izin.accounts import Account, Permission
from izin.canned_replies import open_variables
from izin.conversation_room import (
    LONGEST_NOTE,
    MOST_SCHEDULED_AHEAD,
    Note,
    NoteKind,
    Scheduled,
    mentioned,
)
from izin.conversations import InboundMedia
from izin.errors import Conflict, InvalidInput, RejectedMessage
from izin.following import Notice, NoticeKind
from izin.replies import Reply, ReplyMedia
from izin.usecases.serve_citizen import ServeCitizen

Words = Annotated[str, Form()]


def add_sending(routes: Routes, house: House, pages: ConversationPage) -> None:
    """Serve what officers send and write."""
    serve = ServeCitizen(house.officers, house.office, house.wording)
    desk = Holding(house, pages, serve)
    sending = Sending(house, serve)

    @routes.post("/{conversation_id}/balas", Permission.CONVERSATIONS, files=True)
    def answer(
        request: Request,
        conversation_id: str,
        text: Words = "",
        once: Words = "",
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        account = pages.visitor(request, conversation_id)
        kept = {"draft": text, "once": once}
        if request.scope.get(CUT):
            return desk.wrong(request, conversation_id, "file_size", **kept)
        try:
            sending.answer(account, conversation_id, text, attachment(file), key_of(once))
        except InvalidInput as error:
            return desk.wrong(request, conversation_id, error.field or "text", **kept)
        except RejectedMessage:
            return desk.wrong(request, conversation_id, "file_type", **kept)
        except Conflict:
            return desk.refuse(request, conversation_id, **kept)
        return see_other(f"/percakapan/{conversation_id}?selesai=balas#tulis")

    @routes.post("/{conversation_id}/catatan", Permission.CONVERSATIONS)
    def note(
        request: Request, conversation_id: str, text: Words = "", once: Words = ""
    ) -> Response:
        account = pages.visitor(request, conversation_id)
        if not 0 < len(text.strip()) <= LONGEST_NOTE:
            return desk.wrong(request, conversation_id, "note", note_draft=text, once=once)
        sending.note(account, conversation_id, text.strip(), key_of(once))
        return desk.done(conversation_id, "catatan")

    @routes.post("/{conversation_id}/jadwalkan", Permission.CONVERSATIONS)
    def schedule(
        request: Request,
        conversation_id: str,
        text: Words = "",
        when: Words = "",
        once: Words = "",
    ) -> Response:
        account = pages.visitor(request, conversation_id)
        kept = {"later_draft": text, "later_when": when, "once": once}
        try:
            sending.schedule(account, conversation_id, text, when, key_of(once))
        except InvalidInput as error:
            return desk.wrong(request, conversation_id, error.field or "text", **kept)
        except Conflict:
            return desk.refuse(request, conversation_id, **kept)
        return desk.done(conversation_id, "jadwalkan")

    @routes.post("/{conversation_id}/batal-jadwal", Permission.CONVERSATIONS)
    def cancel(request: Request, conversation_id: str, scheduled: Words = "") -> Response:
        account = pages.visitor(request, conversation_id)
        with house.one_commit():
            if house.room.cancel_scheduled(conversation_id, scheduled):
                house.record(
                    account, "percakapan.batal_jadwal", "percakapan", conversation_id,
                    pesan=scheduled,
                )  # fmt: skip
        return desk.done(conversation_id, "batal_jadwal")

    @routes.post("/{conversation_id}/kirim-ulang", Permission.CONVERSATIONS)
    def again(
        request: Request, conversation_id: str, message: Words = "", once: Words = ""
    ) -> Response:
        account = pages.visitor(request, conversation_id)
        with house.one_commit():
            if house.room.send_again(conversation_id, message, key_of(once)):
                house.record(
                    account, "percakapan.kirim_ulang", "percakapan", conversation_id, pesan=message
                )
        return desk.done(conversation_id, "kirim_ulang")

    @routes.post("/{conversation_id}/templat", Permission.CONVERSATIONS)
    def template(
        request: Request, conversation_id: str, template: Words = "", once: Words = ""
    ) -> Response:
        account = pages.visitor(request, conversation_id)
        kinds = {k.value: k for k in OFFICER_TEMPLATES if k in house.settings.whatsapp_templates}
        if template not in kinds:
            return desk.wrong(request, conversation_id, "template")
        sending.template(account, conversation_id, kinds[template], key_of(once))
        return desk.done(conversation_id, "templat")


class Sending:
    """Sends for an account; each call is stored with its audit entry or not at all."""

    def __init__(self, house: House, serve: ServeCitizen) -> None:
        """Take the house and the use case."""
        self._house = house
        self._serve = serve

    def answer(
        self, account: Account, conversation_id: str, text: str, file: Attachment | None, key: str
    ) -> None:
        """Send an answer with its file, once per ``key``.

        Raises:
            InvalidInput: The text is empty, too long, or holds variables without a value.
            RejectedMessage: The file is a picture that cannot be read.
            Conflict: The account does not hold the conversation.
        """
        house = self._house
        if open_variables(text):
            raise InvalidInput("variables without a value", field="open_variable")
        held = house.officers.handling(conversation_id)
        if held is None or held.officer != account.id:
            raise Conflict(f"conversation {conversation_id} is not held by this account")
        if not house.room.head(conversation_id).window_open(house.clock()):
            raise InvalidInput("outside WhatsApp's window", field="window")
        self._serve.signed(text, account.title, may_be_empty=file is not None)
        media_id = None if file is None else self._store(conversation_id, file)
        try:
            with house.one_commit():
                media = () if file is None else (_media(file, str(media_id)),)
                sent = self._serve.reply(
                    conversation_id, account.id, text, key, house.clock(), media
                )
                house.record(
                    account, "percakapan.balas", "percakapan", conversation_id, pesan=sent,
                    berkas=media_id or "",
                )  # fmt: skip
        except Exception:
            if media_id is not None:
                house.media.remove(media_id)
            raise
        if media_id is not None and media_id not in _media_of(house, conversation_id, sent):
            house.media.remove(media_id)  # the same form came twice: its first file was sent

    def note(self, account: Account, conversation_id: str, text: str, key: str) -> None:
        """Keep a note and tell those it names."""
        house = self._house
        known = {item.login: item.id for item in house.accounts.all() if item.active}
        names = tuple(known[login] for login in mentioned(text) if login in known)
        with house.one_commit():
            note = Note(
                conversation_id, f"catatan:{account.id}:{key}", account.id, NoteKind.NOTE,
                house.clock(), text, {}, names,
            )  # fmt: skip
            note_id = house.room.write_note(note)
            house.record(
                account, "percakapan.catatan", "percakapan", conversation_id, catatan=note_id,
                disebut=len(names),
            )  # fmt: skip

    def schedule(
        self, account: Account, conversation_id: str, text: str, when: str, key: str
    ) -> None:
        """Keep a message for later, once per ``key``.

        Raises:
            InvalidInput: The text cannot be sent, or the moment is not ahead.
            Conflict: A colleague holds the conversation.
        """
        house, now = self._house, self._house.clock()
        if open_variables(text):
            raise InvalidInput("variables without a value", field="open_variable")
        due_at = self._moment(when)
        if not now < due_at <= now + MOST_SCHEDULED_AHEAD:
            raise InvalidInput("not a moment ahead", field="when")
        held = house.officers.handling(conversation_id)
        if held is not None and held.officer != account.id:
            raise Conflict(f"conversation {conversation_id} is held by another officer")
        signed = self._serve.signed(text, account.title)
        message = Scheduled(
            "", conversation_id, f"{account.id}:{key}", account.id, text.strip(), signed, due_at
        )
        with house.one_commit():
            scheduled_id = house.room.schedule(message, now)
            house.record(
                account, "percakapan.jadwalkan", "percakapan", conversation_id, pesan=scheduled_id
            )

    def template(self, account: Account, conversation_id: str, kind: NoticeKind, key: str) -> None:
        """Send an approved template, once per ``key``."""
        house = self._house
        text = house.wording.say(f"room.template.text.{kind.value}")
        signed = self._serve.signed(text, account.title)
        notice = Notice(conversation_id, f"officer:{account.id}:{key}", kind, Reply(signed))
        with house.one_commit():
            if house.notices.push(notice, house.clock()):
                house.room.write_note(
                    Note(
                        conversation_id, f"templat:{account.id}:{key}", account.id,
                        NoteKind.TEMPLATE, house.clock(), "", {"template": kind.value},
                    )
                )  # fmt: skip
                house.record(
                    account, "percakapan.templat", "percakapan", conversation_id, templat=kind.value
                )

    def _moment(self, when: str) -> datetime:
        try:
            return datetime.fromisoformat(when).replace(tzinfo=self._house.office.office().zone)
        except ValueError:
            raise InvalidInput("no date and time", field="when") from None

    def _store(self, conversation_id: str, file: Attachment) -> str:
        kind = "photo" if file.is_photo else "document"
        media = InboundMedia(kind, "console", file.mime_type, len(file.content), file.name)  # type: ignore[arg-type]
        return self._house.media.put(media, file.content, conversation_id)


def _media(file: Attachment, media_id: str) -> ReplyMedia:
    return ReplyMedia("photo" if file.is_photo else "document", media_id, title=file.name)


def _media_of(house: House, conversation_id: str, sent: str) -> set[str]:
    entries = house.room.history(conversation_id).entries
    return {file.id for entry in entries if entry.id == sent for file in entry.files}
