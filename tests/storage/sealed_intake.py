"""An intake of a complaint as the house stores it, step by step, for tests of what it leaves."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from izin.complaints import (
    Complaint,
    ComplaintEvent,
    ComplaintState,
    Confidentiality,
    Deadlines,
)
from izin.conversations import InboundMedia, OutboundMessage
from izin.office import DueDate
from izin.replies import Choice, Reply
from izin.storage.postgres import sealing_due
from izin.storage.postgres.complaints import PostgresComplaints
from izin.storage.postgres.drafts import PostgresDrafts
from izin.storage.postgres.engine import create
from izin.storage.postgres.escalations import PostgresEscalations
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.media import FolderMediaStore
from izin.storage.postgres.outbox import PostgresOutbox
from izin.storage.vault import Vault
from izin.usecases.dialogue import TurnInput
from izin.usecases.turn_draft import TurnDraft
from tests.contracts.conversation_ports import fresh, message

NOW = datetime(2026, 11, 23, 2, 47, 11, 123456, tzinfo=UTC)
STORY = "Calo berjaket merah minta dua juta di parkiran"
PLACE = "Parkiran Kecamatan Wiradesa"
CATEGORY = "PUNGLI"
VAULT = Vault("v" * 32)

FORBIDDEN = ("jaket merah", "Wiradesa", CATEGORY, "Pungutan liar", "anonim", "rahasia")
"""What no ordinary table may hold once an intake is sealed."""


@dataclass
class Intake:
    """One citizen's chat with the house behind it."""

    engine: Engine
    folder: Path
    level: Confidentiality = Confidentiality.ANONYMOUS
    chat: str = field(default_factory=lambda: fresh("chat"))
    conversation_id: str = ""
    turn_ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.inbox = PostgresInbox(self.engine, vault=VAULT)
        self.outbox = PostgresOutbox(self.engine)
        self.media = FolderMediaStore(self.engine, self.folder)
        self.complaints = PostgresComplaints(self.engine, VAULT)
        self.escalations = PostgresEscalations(self.engine)
        self.draft = TurnDraft(PostgresDrafts(self.engine), "pengaduan")

    def says(self, words: str = "", **changes: Any) -> str:
        """Receive a message; gives its turn's id."""
        received = self.inbox.receive(message(self.chat, text=words, **changes), NOW)
        self.conversation_id = received.conversation_id
        self.turn_ids.append(received.turn_id)
        self.inbox.begin(received.turn_id)
        return received.turn_id

    def keeps(self, turn_id: str, **state: Any) -> None:
        """Save the intake's draft as the use case does."""
        turn = TurnInput(conversation_id=self.conversation_id, turn_id=turn_id, now=NOW, intent="x")
        self.draft.save(turn, state)

    def tracks(self, turn_id: str, words: str, answer: str) -> None:
        """Write what Rasa's store holds after a turn."""
        with self.engine.begin() as connection:
            found = connection.execute(
                text("select document from rasa_trackers where sender_id = :id"),
                {"id": self.conversation_id},
            ).scalar() or {"name": self.conversation_id, "events": [], "turns": []}
            said = {"turn_id": turn_id, "now": NOW.isoformat(), "choice_title": words}
            found["events"] += [
                {"event": "user", "text": words, "metadata": said, "timestamp": 1.0,
                 "parse_data": {"intent": {"name": "lapor_pengaduan"}, "text": words,
                                "entities": [{"entity": "kategori", "value": CATEGORY}],
                                "metadata": said}},
                {"event": "slot", "name": "pengaduan_selesai", "value": None},
                {"event": "bot", "text": None, "data": {"custom": {"text": answer}}},
            ]  # fmt: skip
            found["turns"].append({"turn_id": turn_id, "replies": [{"text": answer}],
                                   "intent": "lapor_pengaduan", "confidence": 1.0})  # fmt: skip
            connection.execute(
                text("insert into rasa_trackers (sender_id, document) values (:id, :doc)"
                     " on conflict (sender_id) do update set document = excluded.document"),
                {"id": self.conversation_id, "doc": json.dumps(found)},
            )  # fmt: skip

    def answers(self, turn_id: str, reply: Reply, words: str = "", deliver: bool = True) -> str:
        """Store the answer of a turn and deliver it; gives the outbox id."""
        self.tracks(turn_id, words, reply.text)
        [message_id] = self.inbox.answer(turn_id, [reply], {})
        if deliver:
            self.delivers(message_id)
        return message_id

    def delivers(self, message_id: str) -> OutboundMessage:
        """Let the platform take an answer."""
        self.outbox.part_accepted(message_id, 0, fresh("p"), 1, NOW)
        return self.outbox.message(message_id)

    def evidence(self) -> str:
        """Store a file as a turn's; gives its id."""
        media = InboundMedia("document", "f", "text/plain", file_name="bukti jaket merah.txt")
        return self.media.put(media, b"jaket merah", self.conversation_id)

    def told(self) -> str:
        """Run an intake up to its summary; gives the turn that will file."""
        first = self.says(f"mau lapor, {STORY}")
        self.keeps(first, story=STORY, category=CATEGORY, confidentiality="rahasia")
        question = Reply("Pungutan liar: di mana?", (Choice("Pungutan liar", "lapor_pengaduan",
                                                            {"kategori": CATEGORY}),),
                         urgent=True)  # fmt: skip
        self.answers(first, question, STORY)
        second = self.says(PLACE, kind="photo", media=(InboundMedia("photo", "jaket merah"),))
        media_id = self.evidence()
        self.inbox.set_media(second, [media_id])
        self.keeps(second, story=STORY, category=CATEGORY, place=PLACE, media=[media_id],
                   confidentiality=self.level.value)  # fmt: skip
        summary = Reply(f"Ringkasan: {STORY}, {PLACE}, {self.level.value}",
                        (Choice("Kirim", "setuju"),))  # fmt: skip
        self.answers(second, summary, PLACE)
        return self.says("kirim")

    def complaint(self, media_ids: tuple[str, ...] = ()) -> Complaint:
        """Give what the use case files."""
        letters = uuid.uuid4().hex.upper().translate(str.maketrans("01", "ZX"))[:6]
        return Complaint(
            ticket=f"ADU-{letters[:4]}-{letters[4:]}",
            category=CATEGORY,
            class_code="BERKADAR",
            story=STORY,
            place=PLACE,
            confidentiality=self.level,
            state=ComplaintState.RECEIVED,
            filed_at=NOW,
            deadlines=Deadlines(DueDate(date(2026, 11, 26)), DueDate(date(2027, 1, 22))),
            owner="Inspektorat",
            conversation_id=self.conversation_id,
            media_ids=media_ids,
            events=(ComplaintEvent(NOW, "received"),),
        )

    def files(self, turn_id: str) -> Complaint:
        """File what was told, as the use case does in that turn."""
        state = self.draft.before(
            TurnInput(conversation_id=self.conversation_id, turn_id=turn_id, now=NOW, intent="x")
        )
        filed = self.complaints.file(self.complaint(tuple(state.get("media", ()))), turn_id, "file")
        self.keeps(turn_id)
        return filed

    def acknowledged(self, turn_id: str, filed: Complaint, deliver: bool = True) -> str:
        """Answer the turn that filed; gives the outbox id."""
        reply = Reply(
            f"Aduan diterima, tiket {filed.ticket}: {STORY} ({self.level.value})",
            (Choice("Pantau", "cek_pengaduan", {"tiket": filed.ticket, "langkah": "tambah"}),
             Choice("Petugas", "minta_petugas")),
        )  # fmt: skip
        return self.answers(turn_id, reply, "kirim", deliver)

    def due(self, now: datetime = NOW) -> None:
        """Run the job that seals what is left."""
        sealing_due.seal_traces(self.engine, VAULT, now)


def readable(engine: Engine, schema: str = "public") -> dict[str, str]:
    """Give every row of every table of a schema as one text, by table."""
    with engine.begin() as connection:
        names = connection.execute(
            text("select table_name from information_schema.tables where table_schema = :schema"
                 " and table_type = 'BASE TABLE'"),
            {"schema": schema},
        ).scalars()  # fmt: skip
        return {
            name: "\n".join(
                connection.execute(text(f'select row_to_json(t)::text from "{schema}"."{name}" t'))
                .scalars()
            )
            for name in sorted(names)
        }  # fmt: skip


def holding(engine: Engine, *words: str, schema: str = "public") -> dict[str, list[str]]:
    """Give the tables that hold one of the words, with those words."""
    found = {
        name: [word for word in words if word.casefold() in rows.casefold()]
        for name, rows in readable(engine, schema).items()
    }
    return {name: words for name, words in found.items() if words}


def new_engine(database_url: str) -> Engine:
    """Give an engine of its own."""
    return create(database_url, pool_size=4)
