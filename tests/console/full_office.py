"""An office with work in it, for pages that are full: what stands for each route's parameters."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from benchmarks.console.world import Size, fill
from console.static_files import version
from izin.accounts import Role
from izin.content import ItemName
from izin.content_imports import ContentImport
from izin.conversations import InboundMedia
from izin.language_models import (
    CaseResult,
    Change,
    GateReason,
    NewModel,
    Origin,
    Report,
    Scores,
    Taught,
)
from izin.storage.postgres.content_imports import PostgresContentImports
from izin.storage.postgres.models import PostgresLanguageModels
from ops.journeys.files import FILES
from tests.console.conftest import RunningConsole

AUDIT_KEY = "a" * 32
SIZE = Size(160)

Samples = Mapping[str, Mapping[str, str]]

_FILES = (
    ("photo", "foto berlokasi", "image/jpeg", "denah.jpg"),
    ("document", "surat", "application/pdf", "surat-kuasa.pdf"),
    ("voice", "rekaman", "audio/wav", None),
)

FAQ_KEY = "oss_lupa_sandi"


def fill_office(console: RunningConsole) -> None:
    """Fill the console's database with conversations, complaints and whatever pages show."""
    officers = [
        console.account(Role.OFFICER, name=name).id
        for name in ("Ani Lestari", "Budi Santoso", "Citra Maharani binti Abdurrahman Wahid")
    ]
    fill(console.engine, SIZE, datetime.now(UTC), officers, AUDIT_KEY)
    _send_files(console, _conversation(console))
    _queue_message(console, _conversation(console), officers[0])
    _connect(console)
    _give_evidence(console)


def samples_of(console: RunningConsole) -> Samples:
    """Give values for the parameters of every route that has some."""
    chat = {"conversation_id": _conversation(console)}
    ticket = {"ticket": _ticket(console)}
    sealed = {"ticket": _sealed(console)}
    request = "select ticket from privacy_requests where state = 'terbuka' limit 1"
    return {
        "/static/{version}/{name}": {"version": version(), "name": "console.css"},
        "/percakapan/{conversation_id}": chat,
        "/percakapan/{conversation_id}/riwayat": chat,
        "/percakapan/{conversation_id}/keadaan": chat,
        "/berkas/{conversation_id}/{media_id}": {
            **chat,
            "media_id": _one(console, "select id from media_files where kind = 'photo' limit 1"),
        },
        "/balasan/{reply_id}": {
            "reply_id": _one(console, "select id from canned_replies order by title limit 1")
        },
        "/pengaduan/{ticket}": ticket,
        "/pengaduan/{ticket}/kabar": ticket,
        "/pengaduan/{ticket}/bukti/{media_id}": {
            **ticket,
            "media_id": _one(
                console, "select media_ids[1] from complaints where media_ids <> '{}'"
            ),
        },
        "/pengaduan-tertutup/{ticket}": sealed,
        "/pengaduan-tertutup/{ticket}/kabar": sealed,
        "/pengaduan-tertutup/{ticket}/bukti/{media_id}": {
            **sealed,
            "media_id": _one(console, "select id from sealed.media_files"),
        },
        "/permintaan-data/{ticket}": {"ticket": _one(console, request)},
        "/unduh/angka/{name}.{form}": {"name": "semua", "form": "xlsx"},
        "/unduh/pengaduan.{form}": {"form": "csv"},
        "/jejak/unduh.{kind}": {"kind": "csv"},
        "/integrasi/kait/{webhook_id}": {"webhook_id": _one(console, "select id from webhooks")},
        "/isi/tanya-jawab/{key}": {"key": FAQ_KEY},
        "/isi/versi/{version_id}": {"version_id": _draft(console)},
        "/isi/berkas/unduh/{name}.{form}": {"name": "tanya-jawab", "form": "xlsx"},
        "/isi/berkas/{import_id}": {"import_id": _import(console)},
        "/isi/katalog/biaya/{name}": {"name": "pbg"},
        "/isi/katalog/{code}": {"code": "PBG"},
        "/isi/katalog/{code}/perubahan": {"code": "PBG"},
        "/isi/kantor/{kind}": {"kind": "activity"},
        "/isi/kantor/baru/{kind}": {"kind": "activity"},
        "/isi/kantor/{kind}/{key:path}": {"kind": "office", "key": "office"},
        "/isi/coba/percakapan/{chat_id}": {"chat_id": "0" * 32},
        "/isi/coba/percakapan/{chat_id}/simpan": {"chat_id": "0" * 32},
        "/isi/coba/perjalanan/{journey_id}": {"journey_id": _journey(console)},
        "/isi/belajar/kelompok/{cluster_id}": {"cluster_id": _cluster(console)},
        "/isi/model/{model_id}": {"model_id": _model(console)},
        "/akun/{account_id}": {
            "account_id": _one(console, "select id from accounts order by name limit 1")
        },
    }


def _draft(console: RunningConsole) -> str:
    item = console.house.content.item(ItemName("faq", FAQ_KEY))
    document = {**item.document, "answer": "Jawaban lain. " * 20}
    author = console.account(Role.EDITOR)
    return console.house.edit_content.begin(item.item, document, True, author).id


def _import(console: RunningConsole) -> str:
    import_id, account = str(uuid.uuid4()), console.account(Role.EDITOR)
    waiting = ContentImport(
        import_id, account.id, "tanya.xlsx", "0" * 64, datetime.now(UTC), (), ()
    )  # fmt: skip
    PostgresContentImports(console.engine).add(waiting)
    return import_id


def _model(console: RunningConsole) -> str:
    scores = Scores(0.97, 0.95, {"sapa": 1.0, "tanya_biaya": 0.9}, 1234)
    report = Report(
        scores, scores, worse=[Change("brp", "tanya_biaya", "tanya_biaya", "sapa")], cases=1,
        failing_cases=[CaseResult("1", "piro", "tanya_biaya", "sapa", new=True)],
        reasons=[GateReason("cases", {"count": 1, "of": 1})],
    )  # fmt: skip
    taught = Taught([("brp", "tanya_biaya")], {})
    model = NewModel("rasa", b"arsip", "rilis", Origin.TRAINING, taught, report)
    return PostgresLanguageModels(console.engine).add(model, datetime.now(UTC)).id


def _journey(console: RunningConsole) -> str:
    text = "perjalanan:\n- nama: Biaya SLF\n  langkah:\n  - warga: biaya slf\n    memuat: [Rp0]\n"
    return console.house.journeys.add("Biaya SLF", text, "uji", "uji", datetime.now(UTC))


def _cluster(console: RunningConsole) -> str:
    console.rows(
        "insert into unrecognised (id, turn_id, text, key, reason, intent, confidence, said_at,"
        " cluster) select gen_random_uuid(), id, 'mesin antrian rusak', 'mesin antrian rusak',"
        " 'lost', 'nlu_fallback', 0.2, office_now, :cluster from turns limit 2"
        " on conflict do nothing",
        cluster=str(uuid.uuid4()),
    )
    return _one(console, "select cluster from unrecognised limit 1")


def _ticket(console: RunningConsole) -> str:
    return _one(
        console,
        "select ticket from complaints where state = 'ditindaklanjuti' and unit is not null"
        " order by filed_at desc limit 1",
    )


def _sealed(console: RunningConsole) -> str:
    return _one(console, "select ticket from sealed.complaints order by 1 limit 1")


def _give_evidence(console: RunningConsole) -> None:
    """Let an ordinary and a sealed complaint have a picture each."""
    photo = InboundMedia("photo", "x-bukti", "image/jpeg", file_name="bukti.jpg")
    media = [
        console.house.media.put(photo, FILES["foto berlokasi"], _conversation(console))
        for _ in range(2)
    ]
    console.rows(
        "update complaints set media_ids = array[:media] where ticket = :ticket",
        media=media[0], ticket=_ticket(console),
    )  # fmt: skip
    console.rows(
        "with moved as (delete from media_files where id = :media returning *)"
        " insert into sealed.media_files (id, ticket, kind, mime_type, size_bytes, sha256)"
        " select id, :ticket, kind, mime_type, size_bytes, sha256 from moved",
        media=media[1], ticket=_sealed(console),
    )  # fmt: skip
    console.rows(
        "update sealed.complaints set media_ids = array[:media] where ticket = :ticket",
        media=media[1], ticket=_sealed(console),
    )  # fmt: skip


def _one(console: RunningConsole, statement: str) -> str:
    return str(console.rows(statement)[0][0])


def _conversation(console: RunningConsole) -> str:
    """Give the longest conversation that waits."""
    return _one(
        console,
        "select t.conversation_id from turns t join escalations e using (conversation_id)"
        " where e.closed_at is null group by 1 order by count(*) desc, 1 limit 1",
    )


def _send_files(console: RunningConsole, conversation_id: str) -> None:
    for kind, name, mime_type, file_name in _FILES:
        media = InboundMedia(kind, f"x-{name}", mime_type, file_name=file_name)  # type: ignore[arg-type]
        media_id = console.house.media.put(media, FILES[name], conversation_id)
        message = {
            "channel": "whatsapp", "chat": "x", "namespace": "live", "user": None,
            "external_id": name, "kind": kind, "sent_at": datetime.now(UTC).isoformat(),
            "text": "ini berkasnya" if kind == "photo" else "", "choice_id": None, "media": [],
            "location": None, "phone": None, "aliases": [], "group": False, "reply_to": None,
        }  # fmt: skip
        console.rows(
            "insert into turns (id, conversation_id, namespace, channel, external_id, message,"
            " media_ids, state, office_now, received_at) select :id, id, namespace, channel,"
            " :name, cast(:message as jsonb), array[:media], 'held', now(), now()"
            " from conversations where id = :chat",
            id=str(uuid.uuid4()), name=name, message=json.dumps(message), media=media_id,
            chat=conversation_id,
        )  # fmt: skip


def _queue_message(console: RunningConsole, conversation_id: str, author: str) -> None:
    console.rows(
        "insert into scheduled_messages (id, conversation_id, key, author, text, signed, due_at,"
        " created_at) values (:id, :chat, 'x', :author, 'Besok saya kabari lagi.',"
        " 'Besok saya kabari lagi.', now() + interval '1 day', now())",
        id=str(uuid.uuid4()), chat=conversation_id, author=author,
    )  # fmt: skip


def _connect(console: RunningConsole) -> None:
    """Let other programs be connected: keys, and a webhook that was told something."""
    webhook = str(uuid.uuid4())
    console.rows(
        "insert into api_keys (id, name, key_hash, created_at, created_by)"
        " values (:id, 'Dasbor kabupaten', 'x', now(), 'x')",
        id=str(uuid.uuid4()),
    )
    console.rows(
        "insert into webhooks (id, url, events, created_at, created_by) values (:id,"
        " 'https://lapor.example.id/terima/' || repeat('panjang/', 12), '{complaint.created}',"
        " now(), 'x')",
        id=webhook,
    )
    console.rows(
        "insert into webhook_deliveries (webhook_id, event_id, type, payload, created_at, state,"
        " attempts, next_at, status, error) values (:id, gen_random_uuid(), 'complaint.created',"
        " '{}', now(), 'failed', 8, now(), 503, 'status')",
        id=webhook,
    )
