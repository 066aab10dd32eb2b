"""Hands a citizen a copy of what is kept about their chat, as files in the chat."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from izin.answers.own_copy import readable_copy
from izin.answers.own_data import moment_words, openly_filed, rights
from izin.complaints import Complaint, Confidentiality
from izin.conversations import InboundMedia
from izin.ports import MediaStore, OfficeBook
from izin.privacy import EXPORT_LIVES, PrivacyRequest, RequestKind, RequestState
from izin.replies import Reply, ReplyMedia
from izin.usecases.dialogue import TurnInput
from izin.usecases.privacy_requests import RightsDesk
from izin.wording import Wording

_BYTE_ORDER_MARK = "\ufeff"
"""Old phone viewers take a text without it for another character set."""


@dataclass(frozen=True, slots=True)
class CopyOwnData:
    """Writes the copy, stores it privately for a day and sends it along."""

    desk: RightsDesk
    media: MediaStore
    office: OfficeBook
    wording: Wording

    def answer(self, turn: TurnInput) -> Reply:
        """Give the reply with both files; the same turn again gives the same files."""
        named = [str(value).upper() for value in turn.values("tiket")]
        request = self.desk.open(turn, RequestKind.COPY, RequestState.WORKING)
        if request.state is RequestState.WORKING:
            request = self._write(turn, request, named)
        zone = self.office.office().zone
        removed = moment_words(request.requested_at + EXPORT_LIVES, zone, self.wording)
        lines = [self.wording.say("privacy.copy_ready", ticket=request.ticket, **removed)]
        left_out = list(request.details.get("left_out") or ())
        if left_out:
            tickets = ", ".join(left_out)
            lines.append(self.wording.say("privacy.copy_ticket_not_yours", tickets=tickets))
        lines.append(self.wording.say("privacy.copy_sealed"))
        files = tuple(
            ReplyMedia("document", media_id=item["media_id"], title=item["name"])
            for item in request.details.get("files") or ()
        )
        return Reply("\n".join(lines), rights(self.wording, "copy", "notice"), files)

    def _write(
        self, turn: TurnInput, request: PrivacyRequest, named: Sequence[str]
    ) -> PrivacyRequest:
        filed, left_out = self._complaints(turn, named)
        copy = dict(self.desk.own.copy(turn.conversation_id))
        copy["pengaduan"] = [_complaint(item) for item in filed]
        name = self.wording.say("privacy.copy_file", ticket=request.ticket)
        files = [
            self._store(turn, f"{name}.txt", "text/plain", self._readable(turn, request, copy)),
            self._store(turn, f"{name}.json", "application/json", _json(copy)),
        ]
        return self.desk.requests.finish(
            request.ticket, turn.now, {"files": files, "left_out": left_out}
        )

    def _complaints(
        self, turn: TurnInput, named: Sequence[str]
    ) -> tuple[list[Complaint], list[str]]:
        """Give what may be copied: a confidential one by its ticket, an anonymous one never."""
        book = self.desk.complaints
        filed = openly_filed(book.of_conversation(turn.conversation_id))
        left_out = []
        for ticket in named:
            found = book.find(ticket)
            ours = found is not None and book.owned_by(ticket, turn.conversation_id)
            if found is None or not ours or found.confidentiality is Confidentiality.ANONYMOUS:
                left_out.append(ticket)
            elif found.ticket not in {item.ticket for item in filed}:
                filed.append(found)
        return filed, left_out

    def _readable(self, turn: TurnInput, request: PrivacyRequest, copy: Mapping[str, Any]) -> bytes:
        office = self.office.office()
        made = moment_words(turn.now, office.zone, self.wording)
        heading = self.wording.say(
            "privacy.doc_head", ticket=request.ticket, agency=office.agency, **made
        )
        text = readable_copy(copy, heading, office.zone, self.wording)
        return (_BYTE_ORDER_MARK + text).encode()

    def _store(self, turn: TurnInput, name: str, mime_type: str, content: bytes) -> dict[str, str]:
        media = InboundMedia("document", "", mime_type, len(content), name)
        media_id = self.media.put(media, content, turn.conversation_id, turn.now + EXPORT_LIVES)
        return {"media_id": media_id, "name": name}


def _json(copy: Mapping[str, Any]) -> bytes:
    return json.dumps(copy, ensure_ascii=False, indent=2).encode()


def _complaint(complaint: Complaint) -> dict[str, Any]:
    return {
        "tiket": complaint.ticket,
        "kategori": complaint.category,
        "kerahasiaan": complaint.confidentiality.value,
        "keadaan": complaint.state.value,
        "diajukan": complaint.filed_at.isoformat(),
        "tempat": complaint.place,
        "cerita": complaint.story,
        "diharapkan": complaint.desired,
        "nomor_permohonan": complaint.application_number,
        "tanggapan_pertama_paling_lambat": complaint.deadlines.first_response.day.isoformat(),
        "keputusan_paling_lambat": complaint.deadlines.decision.day.isoformat(),
        "tambahan": [
            {"waktu": item.at.isoformat(), "teks": item.text} for item in complaint.additions
        ],
        "nilai": complaint.rating,
    }
