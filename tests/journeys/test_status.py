"""Where an application stands: with the verified phone, with four digits, and without proof."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

from ops.journeys.chat import Chat
from ops.settings import CHECKOUT
from tests.journeys.stack import Stack

PEOPLE = yaml.safe_load(Path(CHECKOUT, "data/demo/people.yaml").read_text(encoding="utf-8"))


def person(situation: str) -> tuple[dict[str, str], str]:
    """Give a demo citizen and the application of theirs that is in a situation."""
    return next(
        (who, application["number"])
        for who in PEOPLE["people"]
        for application in who["applications"]
        if application["situation"] == situation
    )


def tells_nothing_personal(text: str, who: dict[str, str]) -> bool:
    """Say whether a text names no part of who the applicant is."""
    names = [word for word in re.findall(r"\w+", who["name"]) if word not in ("Contoh", "dr")]
    return not any(part in text for part in [*names, who["phone"], who["phone"][3:]])


def test_the_verified_phone_opens_the_full_status(stack: Stack, chat: Chat) -> None:
    who, number = person("kajian_teknis")
    chat.phone = who["phone"]
    said = chat.say(f"cek status {number}")
    application = stack.application(number)
    assert said.tells([number, application.stage, application.unit])
    assert said.tells([stack.permit(application.permit_code).short_name])
    assert said.tells([stack.day(application.submitted_at), stack.day(application.changed_at)])
    standard = stack.permit(application.permit_code).sla_working_days
    assert re.search(rf"\d+ dari {standard} hari kerja", said.text)
    assert tells_nothing_personal(said.text, who)


def test_the_phone_alone_lists_all_applications_of_the_phone(stack: Stack, chat: Chat) -> None:
    who = next(one for one in PEOPLE["people"] if len(one["applications"]) == 4)
    chat.phone = who["phone"]
    said = chat.say("permohonan saya sampai mana ya")
    numbers = [application["number"] for application in who["applications"]]
    assert said.tells(numbers)
    chosen = next(title for title in chat.choices if numbers[2] in title)
    assert chat.tap(chosen).tells([stack.application(numbers[2]).stage])


def test_four_digits_open_stage_unit_days_and_missing_names_only(stack: Stack, chat: Chat) -> None:
    who, number = person("berkas_kurang_banyak")
    asked = chat.say(f"status permohonan {number}")
    application = stack.application(number)
    assert application.stage not in asked
    assert all(document.name not in asked for document in application.missing)

    said = chat.say(who["nik_last4"])
    assert said.tells([application.stage, application.unit])
    assert said.tells(document.name for document in application.missing)
    notes = [document.note for document in application.missing if document.note]
    assert all(note not in said for note in notes)
    assert f"Diajukan: {stack.day(application.submitted_at)}" not in said
    assert f"Izin: {stack.permit(application.permit_code).short_name}" not in said
    assert tells_nothing_personal(said.text, who)


def test_an_overdue_application_says_so_and_offers_the_complaint(stack: Stack, chat: Chat) -> None:
    who, number = person("lewat_waktu")
    chat.say(f"status {number}")
    said = chat.say(who["nik_last4"])
    assert re.search(r"lewat \d+ hari kerja", said.text)
    assert any("adukan" in title.casefold() for title in said.choices)


def test_the_clock_stands_while_a_payment_is_awaited(stack: Stack, chat: Chat) -> None:
    who, number = person("menunggu_bayar")
    chat.phone = who["phone"]
    said = chat.say(f"status {number}")
    due = stack.application(number).amount_due_rupiah
    assert due is not None
    assert said.tells([stack.wording.rupiah(due), "sedang berhenti", "kanal resmi"])


def test_an_unknown_number_and_a_wrong_proof_get_the_same_answer(stack: Stack, chat: Chat) -> None:
    who, number = person("terbit_setelah_perbaikan")
    unknown = number.replace("0064", "9064")
    other = stack.chat(chat.channel)
    assert chat.say(f"status {unknown}").text == other.say(f"status {number}").text.replace(
        number, unknown
    )
    wrong = f"{(int(who['nik_last4']) + 1) % 10_000:04d}"
    assert chat.say(wrong).text == other.say(wrong).text


@pytest.mark.parametrize(
    ("channel", "situation"), [("telegram", "habis_7_hari"), ("whatsapp", "dicabut")]
)
def test_five_wrong_proofs_lock_the_number_everywhere_and_alert_its_owner(
    stack: Stack, channel: str, situation: str
) -> None:
    who, number = person(situation)
    owner = stack.chat(channel, who["phone"])
    owner.say("halo")
    before = owner.messages()[-1]["id"]

    thief = stack.chat(channel)
    thief.say(f"status {number}")
    for guess in range(4):
        said = thief.say(f"{guess:04d}")
        assert stack.application(number).stage not in said
    locked = thief.say("0004")
    assert "24 jam" in locked
    assert "24 jam" in thief.say(f"status {number}")

    elsewhere = stack.chat("whatsapp" if channel == "telegram" else "telegram")
    assert "24 jam" in elsewhere.say(f"status {number}")
    _, other_number = person("kajian_teknis")
    assert "24 jam" in thief.say(f"status {other_number}")  # the chat is locked too

    alerts = owner.messages(after=before)
    assert len(alerts) == 1
    assert alerts[0]["turn_id"] is None
    text = alerts[0]["replies"][0]["text"]
    assert "dikunci" in text or "kunci" in text
    assert number not in text

    tomorrow = datetime.now(stack.office.zone) + timedelta(hours=25)
    asked = elsewhere.say(f"status {number}", tomorrow)
    assert "24 jam" not in asked
    assert stack.application(number).stage in elsewhere.say(who["nik_last4"], tomorrow)


def test_a_full_nik_is_warned_about_and_never_repeated(stack: Stack, chat: Chat) -> None:
    who, number = person("hampir_selesai")
    chat.say(f"status {number}")
    nik = "339901010190" + who["nik_last4"]
    said = chat.say(nik)
    assert nik not in said.text
    assert said.tells(["tidak perlu", stack.application(number).stage])


def test_a_question_inside_the_status_dialogue_is_answered_and_the_dialogue_goes_on(
    stack: Stack, chat: Chat
) -> None:
    who, number = person("baru_masuk")
    chat.say(f"status {number}")
    said = chat.say("berapa biaya slf?")
    assert said.tells([stack.permit("SLF").official_name, "Rp0", number])
    assert stack.application(number).stage in chat.say(who["nik_last4"])


def test_an_unreachable_registry_is_told_honestly_while_the_catalogue_answers(
    stack: Stack, chat: Chat
) -> None:
    who, number = person("kajian_teknis")
    chat.phone = who["phone"]
    stage = stack.application(number).stage
    with stack.locked("demo_registry.contoh_permohonan"):
        said = chat.say(f"status {number}")
        assert said.tells(["tidak bisa dihubungi"])
        assert stage not in said
        slf = stack.permit("SLF")
        assert chat.say("syarat slf").tells(item.text for item in slf.requirements_for("new"))
    assert stage in chat.say(f"status {number}")


def test_an_advanced_demo_application_shows_its_next_stage(stack: Stack, chat: Chat) -> None:
    numbers = {"telegram": "503/0182/PARKIR/2026", "whatsapp": "503/0112/SIP_DOKTER/2026"}
    number = numbers[chat.channel]
    who = next(
        one
        for one in PEOPLE["people"]
        if any(application["number"] == number for application in one["applications"])
    )
    chat.phone = who["phone"]
    before = stack.application(number)
    assert before.stage in chat.say(f"status {number}")
    done = stack.trial.command("demo", "advance", number)
    assert done.returncode == 0, done.stderr
    after = stack.application(number)
    assert after.stage != before.stage
    assert number in done.stdout and after.stage in done.stdout
    said = chat.say(f"status {number}")
    assert said.tells([after.stage])
    assert before.stage not in said
