"""Keys, webhooks, their deliveries, and complaints as the public may see them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from izin.complaints import Complaint, ComplaintState, Confidentiality, Deadlines
from izin.errors import Conflict, InvalidInput, NotFound
from izin.integration import (
    EVENTS,
    PAUSES,
    ApiKey,
    Outcome,
    Webhook,
    checked_events,
    checked_name,
    checked_url,
    is_public,
    signature,
)
from izin.office import DueDate, Place
from izin.ports import Complaints, Inbox
from izin.ports.integration import ApiKeys, PublicComplaints, Webhooks
from izin.public_complaints import PublicFilter, district
from izin.storage.memory.complaints import MemoryComplaints
from izin.storage.memory.conversations import ConversationData
from izin.storage.memory.inbox import MemoryInbox
from izin.storage.memory.integration import MemoryApiKeys, MemoryWebhooks
from izin.storage.memory.public_complaints import MemoryPublicComplaints
from izin.storage.postgres.complaints import PostgresComplaints
from izin.storage.postgres.engine import create, one_commit
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.integration import PostgresApiKeys, PostgresWebhooks
from izin.storage.postgres.public_complaints import PostgresPublicComplaints
from izin.storage.vault import Vault
from tests.contracts.conversation_ports import fresh, message

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
CREATED, CHANGED, CLOSED, REOPENED = EVENTS


@dataclass
class Kept:
    """The ports over one storage."""

    keys: ApiKeys
    webhooks: Webhooks
    public: PublicComplaints
    complaints: Complaints
    inbox: Inbox
    engine: Engine | None = None

    def happened(self, kind: str = CREATED) -> None:
        """Let something happen to a complaint."""
        if isinstance(self.webhooks, MemoryWebhooks):
            self.webhooks.happened(kind, {"ticket": "ADU-2222-22"}, datetime.now(UTC))
        else:
            self.complaints.file(self.complaint(), fresh("turn"), "file")

    def complaint(self, **changes: Any) -> Complaint:
        """Give a complaint of a conversation of its own."""
        namespace = changes.pop("namespace", "live")
        chat = self.inbox.receive(message(namespace=namespace), NOW).conversation_id
        values: dict[str, Any] = {
            "ticket": fresh("ADU").upper(),
            "category": "KETERLAMBATAN",
            "class_code": "TIDAK_BERKADAR",
            "story": "Sudah dua bulan belum ada kabar.",
            "place": "Loket 3",
            "confidentiality": Confidentiality.NORMAL,
            "state": ComplaintState.RECEIVED,
            "filed_at": NOW,
            "deadlines": Deadlines(DueDate(date(2026, 11, 26)), DueDate(date(2028, 1, 5))),
            "owner": "Kabid",
            "conversation_id": chat,
        }
        return Complaint(**{**values, **changes})

    def file(self, **changes: Any) -> Complaint:
        """File a complaint."""
        return self.complaints.file(self.complaint(**changes), fresh("turn"), "file")

    def rows(self, statement: str, **parameters: Any) -> list[Any]:
        """Run a statement on the database."""
        assert self.engine is not None
        with self.engine.begin() as connection:
            found = connection.execute(text(statement), parameters)
            return list(found) if found.returns_rows else []


def on_postgres(url: str) -> Kept:
    engine = create(url, pool_size=4)
    return Kept(
        PostgresApiKeys(engine),
        PostgresWebhooks(engine),
        PostgresPublicComplaints(engine),
        PostgresComplaints(engine, Vault("k" * 32)),
        PostgresInbox(engine),
        engine,
    )


@pytest.fixture(params=["memory", "postgres"])
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    if request.param == "memory":
        data = ConversationData()
        yield Kept(
            MemoryApiKeys(), MemoryWebhooks(), MemoryPublicComplaints(data),
            MemoryComplaints(data), MemoryInbox(data),
        )  # fmt: skip
        return
    made = on_postgres(request.getfixturevalue("database_url"))
    yield made
    assert made.engine is not None
    made.engine.dispose()


@pytest.fixture
def stored(database_url: str) -> Iterator[Kept]:
    made = on_postgres(database_url)
    yield made
    assert made.engine is not None
    made.engine.dispose()


def key(**changes: Any) -> ApiKey:
    return replace(ApiKey(str(uuid.uuid4()), "Portal satu data", NOW, "akun-1"), **changes)


def webhook(*events: str, **changes: Any) -> Webhook:
    made = Webhook(str(uuid.uuid4()), "https://kait.example/x", events or EVENTS, NOW, "akun-1")
    return replace(made, **changes)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def test_a_key_opens_until_it_is_revoked_and_shows_its_last_use(kept: Kept) -> None:
    made = kept.keys.add(key(), digest("satu"))
    assert kept.keys.add(replace(made, name="lain"), digest("satu")) == made
    with pytest.raises(Conflict):
        kept.keys.add(made, digest("dua"))
    assert kept.keys.use(digest("dua"), NOW) is None
    for seconds in (0, 30):  # counted to the minute
        found = kept.keys.use(digest("satu"), NOW + timedelta(seconds=seconds))
        assert found and found.id == made.id
    assert kept.keys.all()[0].last_used_at == NOW
    assert kept.keys.revoke(made.id, NOW)
    assert not kept.keys.revoke(made.id, NOW)
    assert kept.keys.use(digest("satu"), NOW) is None
    with pytest.raises(NotFound):
        kept.keys.revoke(str(uuid.uuid4()), NOW)


def test_keys_come_newest_first(kept: Kept) -> None:
    old = kept.keys.add(key(), digest("satu"))
    new = kept.keys.add(key(created_at=NOW + timedelta(days=1)), digest("dua"))
    assert kept.keys.all() == [new, old]


def test_a_webhook_is_made_once_and_changed(kept: Kept) -> None:
    made = kept.webhooks.add(webhook(CLOSED))
    assert kept.webhooks.add(replace(made, url="https://lain.example")) == made
    changed = replace(made, url="https://lain.example/y", events=(CREATED, CLOSED),
                      active=False, secret_version=2)  # fmt: skip
    kept.webhooks.change(changed)
    assert (kept.webhooks.webhook(made.id), list(kept.webhooks.all())) == (changed, [changed])
    for unknown in (str(uuid.uuid4()), "x"):
        with pytest.raises(NotFound):
            kept.webhooks.webhook(unknown)
    with pytest.raises(NotFound):
        kept.webhooks.change(webhook())


def test_only_what_an_active_webhook_wants_is_queued(kept: Kept) -> None:
    wants = kept.webhooks.add(webhook(CREATED))
    other = kept.webhooks.add(webhook(CLOSED))
    off = kept.webhooks.add(webhook(CREATED, active=False))
    kept.happened()
    assert [item.type for item in kept.webhooks.deliveries(wants.id)] == [CREATED]
    assert kept.webhooks.deliveries(other.id) == kept.webhooks.deliveries(off.id) == []


def test_a_delivery_is_claimed_by_one_and_again_when_its_taker_died(kept: Kept) -> None:
    hook = kept.webhooks.add(webhook(CREATED))
    kept.happened()
    now = datetime.now(UTC) + timedelta(seconds=1)
    [(owner, delivery)] = kept.webhooks.claim(now)
    assert (owner, delivery.attempts) == (hook, 1)
    assert kept.webhooks.claim(now + timedelta(minutes=1)) == []
    [(_, again)] = kept.webhooks.claim(now + timedelta(minutes=3))
    assert (again.event_id, again.attempts) == (delivery.event_id, 2)


def test_a_failed_attempt_waits_longer_each_time_and_fails_after_a_day(kept: Kept) -> None:
    hook = kept.webhooks.add(webhook(CREATED))
    kept.happened()
    now = began = datetime.now(UTC) + timedelta(seconds=1)
    pauses = []
    for _ in range(len(PAUSES)):
        [(_, delivery)] = kept.webhooks.claim(now)
        kept.webhooks.answered(delivery, Outcome(503, "status"), now)
        waiting = kept.webhooks.deliveries(hook.id)[0]
        assert (waiting.state, waiting.status) == ("waiting", 503)
        assert waiting.next_at == now + PAUSES[len(pauses)]
        assert kept.webhooks.claim(now + PAUSES[len(pauses)] - timedelta(seconds=1)) == []
        pauses.append(PAUSES[len(pauses)])
        now += pauses[-1]
    assert kept.webhooks.failing() == [hook.id]
    assert timedelta(hours=20) < now - began < timedelta(hours=26)
    assert pauses == sorted(pauses)
    [(_, delivery)] = kept.webhooks.claim(now)
    kept.webhooks.answered(delivery, Outcome(None, "timeout"), now)
    assert kept.webhooks.deliveries(hook.id)[0].state == "failed"
    assert kept.webhooks.claim(now + timedelta(days=9)) == []
    assert kept.webhooks.retry(hook.id, delivery.id, now)
    assert not kept.webhooks.retry(hook.id, delivery.id, now)
    [(_, anew)] = kept.webhooks.claim(now)
    assert (anew.event_id, anew.attempts) == (delivery.event_id, 1)
    kept.webhooks.answered(anew, Outcome(204), now)
    assert kept.webhooks.deliveries(hook.id)[0].state == "delivered"
    assert kept.webhooks.failing() == []


def test_an_answer_that_cannot_get_better_is_final(kept: Kept) -> None:
    hook = kept.webhooks.add(webhook(CREATED))
    kept.happened()
    now = datetime.now(UTC) + timedelta(seconds=1)
    [(_, delivery)] = kept.webhooks.claim(now)
    kept.webhooks.answered(delivery, Outcome(410, "gone", final=True), now)
    kept.webhooks.answered(delivery, Outcome(200), now)  # too late to undo it
    assert kept.webhooks.deliveries(hook.id)[0].state == "failed"


def test_a_test_delivery_is_queued_once_and_sent_though_the_webhook_is_off(kept: Kept) -> None:
    hook = kept.webhooks.add(webhook(CREATED, active=False))
    once = str(uuid.uuid4())
    kept.webhooks.test(hook.id, once, NOW)
    kept.webhooks.test(hook.id, once, NOW)
    [(_, delivery)] = kept.webhooks.claim(NOW)
    assert (delivery.type, delivery.payload) == ("webhook.test", {})


def test_a_switched_off_webhook_s_deliveries_wait_until_it_is_on_again(kept: Kept) -> None:
    hook = kept.webhooks.add(webhook(CREATED))
    kept.happened()
    kept.webhooks.change(replace(hook, active=False))
    later = datetime.now(UTC) + timedelta(hours=1)
    assert kept.webhooks.claim(later) == []
    kept.webhooks.change(hook)
    assert len(kept.webhooks.claim(later)) == 1


def test_deliveries_are_paged_and_forgotten_after_a_month(kept: Kept) -> None:
    hook = kept.webhooks.add(webhook(CREATED))
    for _ in range(3):
        kept.happened()
    first = kept.webhooks.deliveries(hook.id, limit=2)
    rest = kept.webhooks.deliveries(hook.id, (first[-1].created_at, first[-1].id), limit=2)
    assert len({item.id for item in (*first, *rest)}) == 3
    assert kept.webhooks.forget(datetime.now(UTC)) == 0
    assert kept.webhooks.forget(datetime.now(UTC) + timedelta(days=31)) == 3


def test_retrying_another_webhook_s_delivery_is_refused(kept: Kept) -> None:
    hook, other = kept.webhooks.add(webhook(CREATED)), kept.webhooks.add(webhook(CLOSED))
    kept.happened()
    delivery = kept.webhooks.deliveries(hook.id)[0]
    for unknown in (delivery.id, str(uuid.uuid4()), "x"):
        with pytest.raises(NotFound):
            kept.webhooks.retry(other.id, unknown, NOW)


def told(stored: Kept, hook: Webhook) -> list[tuple[str, Any]]:
    found = stored.rows(
        "SELECT type, payload FROM webhook_deliveries WHERE webhook_id = :id"
        " ORDER BY created_at, type",
        id=hook.id,
    )
    return [(row.type, row.payload) for row in found]


def test_the_trigger_tells_of_filing_changing_closing_and_reopening(stored: Kept) -> None:
    hook = stored.webhooks.add(webhook())
    filed = stored.file(story="rahasia dapur", place="rumah saya")
    for state in ("ditindaklanjuti", "selesai", "ditutup", "dibuka_kembali"):
        stored.rows(
            "UPDATE complaints SET state = :state WHERE ticket = :ticket",
            state=state, ticket=filed.ticket,
        )  # fmt: skip
    stored.rows("UPDATE complaints SET rating = 5 WHERE ticket = :t", t=filed.ticket)
    happened = told(stored, hook)
    assert [(kind, data["state"]) for kind, data in happened] == [
        (CREATED, "diterima"),
        (CHANGED, "ditindaklanjuti"),
        (CLOSED, "selesai"),
        (CHANGED, "selesai"),
        (CHANGED, "ditutup"),
        (REOPENED, "dibuka_kembali"),
        (CHANGED, "dibuka_kembali"),
    ]
    document = happened[0][1]
    assert set(document) == {
        "ticket", "category", "unit", "state", "previous_state", "filed_at", "changed_at",
        "decision_due", "simulation",
    }  # fmt: skip
    assert (document["ticket"], document["filed_at"], document["decision_due"]) == (
        filed.ticket, "2026-11-23T02:30:00Z", "2028-01-05",
    )  # fmt: skip
    assert happened[1][1]["previous_state"] == "diterima"
    assert document["simulation"] is False


def test_an_event_has_one_id_for_all_webhooks_and_another_each_time(stored: Kept) -> None:
    for _ in range(2):
        stored.webhooks.add(webhook())
    stored.file()
    stored.file()
    ids = stored.rows("SELECT event_id, count(*) AS many FROM webhook_deliveries GROUP BY 1")
    assert [row.many for row in ids] == [2, 2]


def test_of_a_sealed_complaint_nothing_is_told(stored: Kept) -> None:
    hook = stored.webhooks.add(webhook())
    for level in (Confidentiality.CONFIDENTIAL, Confidentiality.ANONYMOUS):
        filed = stored.file(confidentiality=level)
        stored.rows(
            "UPDATE sealed.complaints SET state = 'ditutup' WHERE ticket = :t", t=filed.ticket
        )
    assert told(stored, hook) == []


def test_what_was_queued_goes_with_its_complaint(stored: Kept) -> None:
    hook = stored.webhooks.add(webhook())
    filed = stored.file()
    assert len(told(stored, hook)) == 1
    stored.rows("DELETE FROM complaints WHERE ticket = :t", t=filed.ticket)
    assert told(stored, hook) == []


def test_what_was_rolled_back_is_not_told(stored: Kept) -> None:
    hook = stored.webhooks.add(webhook())
    engine = stored.engine
    assert engine is not None

    def fails() -> None:
        with one_commit(engine):
            stored.file()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert told(stored, hook) == []


def test_a_complaint_of_the_simulator_says_so(stored: Kept) -> None:
    hook = stored.webhooks.add(webhook())
    stored.file(namespace="simulator")
    assert told(stored, hook)[0][1]["simulation"] is True


def test_the_public_finds_ordinary_complaints_by_ticket_category_time_and_state(
    kept: Kept,
) -> None:
    old = kept.file(filed_at=NOW - timedelta(days=9), category="PUNGLI")
    new = kept.file()
    done = kept.file(filed_at=NOW - timedelta(days=1), state=ComplaintState.CLOSED, closed_at=NOW)
    sealed = kept.file(confidentiality=Confidentiality.CONFIDENTIAL)
    hidden = kept.file(confidentiality=Confidentiality.ANONYMOUS, conversation_id=None)
    kept.file(namespace="simulator")

    def found(**wanted: Any) -> list[str]:
        return [item.ticket for item in kept.public.find(PublicFilter(**wanted))]

    assert found() == [new.ticket, done.ticket, old.ticket]
    assert found(limit=1, offset=1) == [done.ticket]
    assert found(categories=("PUNGLI", "LAIN")) == [old.ticket]
    assert found(since=NOW - timedelta(days=1)) == [new.ticket, done.ticket]
    assert found(until=NOW - timedelta(days=1)) == [done.ticket, old.ticket]
    assert (found(open=True), found(open=False)) == ([new.ticket, old.ticket], [done.ticket])
    assert found(tickets=(old.ticket, sealed.ticket, hidden.ticket), open=False) == [old.ticket]
    assert len(found(simulated=True)) == 4
    shown = kept.public.find(PublicFilter(tickets=(done.ticket,)))[0]
    assert shown.unit is None
    assert (shown.open, shown.updated_at, shown.due) == (False, NOW, date(2028, 1, 5))


def test_of_a_place_only_the_district_is_told() -> None:
    places = [
        Place("Contoh Kota", "kecamatan", ("kec contoh kota",)),
        Place("Alunraya", "desa"),
        Place("Misalrejo", "kecamatan", ("misal rejo",)),
    ]
    assert district("Jl. Melati 5, Kec. Misal-Rejo", places) == "Misalrejo"
    assert district("rumah Pak Budi di Alunraya RT 2", places) is None
    assert district("", places) is None


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1",  # noqa: S104
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:93.184.216.34", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::1",
    "2001:db8::1",
])  # fmt: skip
def test_addresses_of_no_public_host_are_told(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_addresses_are_told(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", [
    "http://kait.example/x", "ftp://kait.example", "https://", "https:///x", "kait.example",
    "https://localhost/x", "https://server", "https://x.local", "https://db.internal",
    "https://127.0.0.1/x", "https://[::1]/", "https://10.0.0.1:8443", "https://a@kait.example/",
    "https://a:b@kait.example/", "https://kait.example/#x", "https://kait.example:0/",
    "https://kait.example:99999/", "https://kait.example/ x", "https://kait.example/\n",
    "https://kaít.example/", "https://[::1/", "https://kait.example/" + "x" * 500, "",
])  # fmt: skip
def test_addresses_that_no_webhook_may_have_are_refused(url: str) -> None:
    if url == "https://kait.example/\n":
        assert checked_url(url) == "https://kait.example/"  # as pasted
        return
    with pytest.raises(InvalidInput):
        checked_url(url)


@pytest.mark.parametrize("url", [
    "https://kait.example/x?y=1", " https://kait.example:8443/ ", "https://93.184.216.34/",
])  # fmt: skip
def test_public_addresses_of_webhooks_are_taken(url: str) -> None:
    assert checked_url(url) == url.strip()


def test_events_and_names_are_checked() -> None:
    assert checked_events((CLOSED, CREATED, CLOSED)) == (CREATED, CLOSED)
    for events in ((), ("complaint.deleted",), ("webhook.test",)):
        with pytest.raises(InvalidInput):
            checked_events(events)
    assert checked_name("  Portal   data ") == "Portal data"
    for name in ("", "x" * 81):
        with pytest.raises(InvalidInput):
            checked_name(name)


def test_the_signature_is_that_of_standard_webhooks() -> None:
    import base64

    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    given = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert given == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
