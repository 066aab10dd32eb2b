"""What was not understood becomes examples and regression cases, by a key each."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from bot.jobs.learning import LearningJobs
from izin.accounts import Role
from izin.content import FAQ, ItemName
from izin.learning import RegressionCase, TrainingExample
from izin.privacy import Purpose
from izin.replies import Reply
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.learning import PostgresLearning
from izin.storage.postgres.learning_messages import PostgresListening
from izin.storage.postgres.privacy import PostgresPrivacyChoices
from tests.console.conftest import RunningConsole, csrf_of
from tests.console.filed import audited
from tests.contracts.conversation_ports import fresh, message

LOST = {"intent": "nlu_fallback", "confidence": 0.2}


def heard(console: RunningConsole, *texts: str) -> None:
    """Let a citizen who allows reviews say these, and collect them."""
    inbox, chat = PostgresInbox(console.engine), fresh("chat")
    said = datetime.now(UTC) - timedelta(minutes=20)
    turn_ids = []
    for words in ("halo", *texts):
        received = inbox.receive(message(chat, text=words), said, said)
        inbox.begin(received.turn_id)
        turn_ids.append(received.turn_id)
        if words == "halo":
            PostgresPrivacyChoices(console.engine).record(
                received.conversation_id, Purpose.REVIEW.value, True, "1",
                said - timedelta(days=1), fresh("turn"),
            )  # fmt: skip
        read = {"intent": "sapa", "confidence": 0.99} if words == "halo" else LOST
        inbox.answer(received.turn_id, [Reply("…")], {}, read)
    console.rows("delete from learning_progress")
    LearningJobs(console.engine).often()["collect_unrecognised"](datetime.now(UTC))


@pytest.fixture
def listening(console: RunningConsole) -> PostgresListening:
    console.rows("delete from unrecognised")
    console.rows("delete from training_examples")
    console.rows("delete from regression_cases")
    console.rows("delete from turns")
    return PostgresListening(console.engine)


def taught(console: RunningConsole) -> tuple[list[TrainingExample], list[RegressionCase]]:
    learning = PostgresLearning(console.engine)
    return list(learning.examples()), list(learning.cases())


def form(page: str, **fields: str) -> dict[str, str]:
    return {"csrf": csrf_of(page), "once": uuid.uuid4().hex, **fields}


def test_a_cluster_becomes_examples_and_cases_and_can_be_taken_back(
    console: RunningConsole, listening: PostgresListening
) -> None:
    heard(console, "retribusinya dibalikin gak kl batal", "retribusi dibalikin gak kalau batal")
    (cluster,) = listening.clusters()
    with console.client(Role.EDITOR) as http:
        page = http.get("/isi/belajar").text
        assert cluster.text in page and "2 pesan dari 1 percakapan" in page
        texts = "retribusinya dibalikin gak kl batal\nretribusi dibalikin gak kalau batal"
        fields = form(page, choice="intent:tanya_biaya", texts=texts, confirmed="1")
        for _ in range(2):
            sent = http.post(f"/isi/belajar/kelompok/{cluster.id}", data=fields)
            assert sent.status_code == 303
        examples, cases = taught(console)
        assert [(item.text, item.intent) for item in examples] == [
            (line, "tanya_biaya") for line in texts.splitlines()
        ]
        assert [(case.text, case.intent) for case in cases] == [
            (line, "tanya_biaya") for line in texts.splitlines()
        ]
        assert listening.open_counts() == (0, 0)
        (decision,) = listening.decisions(1)
        assert audited(console, decision.id) == ["belajar.putuskan"]
        page = http.get("/isi/belajar").text
        http.post(f"/isi/belajar/keputusan/{decision.id}/urung", data=form(page))
        assert taught(console) == ([], [])
        assert listening.open_counts() == (2, 1)
        again = http.post(f"/isi/belajar/keputusan/{decision.id}/urung", data=form(page))
        assert again.headers["location"].endswith("pesan=learning_stays")


def test_a_faq_entry_takes_the_sentences_as_a_draft(
    console: RunningConsole, listening: PostgresListening
) -> None:
    heard(console, "retribusinya dibalikin gak kl batal")
    (cluster,) = listening.clusters()
    item = console.house.content.items(FAQ)[0]
    key = item.item.key
    with console.client(Role.EDITOR) as http:
        page = http.get("/isi/belajar").text
        fields = form(page, choice=f"faq:{key}", texts="retribusinya dibalikin gak kl batal")
        assert http.post(f"/isi/belajar/kelompok/{cluster.id}", data=fields).status_code == 303
        ((example,), (case,)) = taught(console)
        assert (example.intent, case.intent, case.faq) == ("tanya_faq", "tanya_faq", key)
        draft = console.house.content.item(ItemName(FAQ, key)).open_version
        assert draft is not None
        assert draft.document["variants"][-1] == "retribusinya dibalikin gak kl batal"
        page = http.get("/isi/belajar").text
        (decision,) = listening.decisions(1)
        http.post(f"/isi/belajar/keputusan/{decision.id}/urung", data=form(page))
        draft = console.house.content.item(ItemName(FAQ, key)).open_version
        assert draft is not None and draft.document == item.document
        console.house.edit_content.submit(draft.id, draft.edits, console.account(Role.EDITOR))
        http.post(f"/isi/belajar/kelompok/{cluster.id}", data={**fields, "once": uuid.uuid4().hex})
        assert "belum masuk ke sana" in http.get("/isi/belajar").text


def test_a_placeholder_or_a_twin_brings_the_form_back_with_its_text(
    console: RunningConsole, listening: PostgresListening
) -> None:
    heard(console, "nama saya Budi Santoso, retribusinya dibalikin gak")
    (cluster,) = listening.clusters()
    assert cluster.text == "nama saya [NAMA], retribusinya dibalikin gak"
    where = f"/isi/belajar/kelompok/{cluster.id}"
    with console.client(Role.EDITOR) as http:
        page = http.get(where).text
        kept = http.post(where, data=form(page, choice="luar", texts=cluster.text))
        assert kept.status_code == 422 and cluster.text in kept.text
        assert "Masih ada penanda" in kept.text
        twin = http.post(where, data=form(page, choice="luar", texts="otp gak masuk masuk"))
        assert twin.status_code == 422 and "otp gak masuk masuk" in twin.text
        assert "Tanya jawab lain" in twin.text and taught(console) == ([], [])
        near = http.post(where, data=form(page, choice="luar", texts="lupa pasword oss min"))
        assert near.status_code == 422 and "lupa pasword oss" in near.text
        assert taught(console) == ([], [])
        none = http.post(where, data=form(page, choice="intent:tidak_ada", texts="x"))
        assert none.status_code == 422
        fields = form(page, choice="luar", texts="otp gak masuk masuk", confirmed="1")
        assert http.post(where, data=fields).status_code == 303
        assert taught(console)[1][0].intent == "di_luar_topik"
        assert http.get(where).status_code == 404
        late = http.post(where, data=form(page, choice="abai"))
        assert late.status_code in (303, 404)


def test_single_messages_can_be_decided_apart_and_ignored_ones_stay_ignored(
    console: RunningConsole, listening: PostgresListening
) -> None:
    heard(console, "mesin antrian rusak", "antrian mesin rusak ya")
    (cluster,) = listening.clusters()
    chosen = listening.open_messages(cluster.id)[0]
    where = f"/isi/belajar/kelompok/{cluster.id}"
    with console.client(Role.EDITOR) as http:
        page = http.get(where).text
        http.post(where, data=form(page, choice="abai", messages=chosen.id))
        assert listening.open_counts() == (1, 1)
        assert taught(console) == ([], [])
    heard(console, chosen.text)
    assert listening.open_counts() == (1, 1)


def test_sentences_are_added_by_hand_switched_off_and_found(
    console: RunningConsole, listening: PostgresListening
) -> None:
    with console.client(Role.EDITOR) as http:
        page = http.get("/isi/belajar/contoh").text
        texts = (
            "retribusinya dibalikin gak\n\nuang retribusi bisa balik\nuang retribusi bisa balik?"
        )
        fields = form(page, texts=texts, intent="tanya_faq", both="1")
        assert http.post("/isi/belajar/contoh", data=fields).status_code == 303
        examples, cases = taught(console)
        assert len(examples) == len(cases) == 2
        page = http.get("/isi/belajar/contoh", params={"cari": "uang"}).text
        assert "uang retribusi" in page and "dibalikin" not in page
        http.post(f"/isi/belajar/contoh/{examples[0].id}", data=form(page, active=""))
        assert len(taught(console)[0]) == 1
        off = http.get("/isi/belajar/contoh", params={"dipakai": "tidak"}).text
        assert examples[0].text in off and examples[1].text not in off
        assert "uang retribusi" in http.get("/isi/belajar/kasus").text
        wrong = http.post("/isi/belajar/kasus", data=form(page, texts="[NIK]", intent="sapa"))
        assert wrong.status_code == 422 and "[NIK]" in wrong.text
        missing = f"/isi/belajar/kasus/{uuid.uuid4()}"
        assert http.post(missing, data=form(page)).status_code == 404
