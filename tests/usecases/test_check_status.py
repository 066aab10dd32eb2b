"""The status dialogue: number, proof, locks, and what each proof opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from izin.applications import Status
from tests.usecases.long_dialogues import (
    NIK_LAST4,
    NOW,
    NUMBER,
    PHONE,
    World,
    application,
    missing,
    readable,
    said,
    tap,
    tapped,
    turn,
)


@pytest.fixture
def world() -> World:
    return World([application()])


def named(number: str = NUMBER, **changes):  # type: ignore[no-untyped-def]
    return turn(number, "cek_status", entities={"nomor_permohonan": number}, **changes)


def prove(world: World, digits: str, **changes):  # type: ignore[no-untyped-def]
    return world.status.step(turn(digits, **changes))


def wrong(world: World, times: int, **changes):  # type: ignore[no-untyped-def]
    results = []
    for _ in range(times):
        world.status.start(named(**changes))
        results.append(prove(world, "0000", **changes))
    return results


def test_without_a_number_it_is_asked_for(world: World) -> None:
    asked = world.status.start(turn("cek status dong", "cek_status"))
    assert asked.outcome == "consumed"
    assert "nomor permohonan" in said(asked).text
    found = world.status.step(turn(NUMBER))
    assert "4 angka terakhir NIK" in said(found).text


def test_the_verified_phone_of_the_applicant_opens_everything(world: World) -> None:
    shown = world.status.start(named(phone=PHONE))
    text = said(shown).text
    assert shown.outcome == "finished"
    for part in (NUMBER, "Kajian teknis", "Dinas PUPR", "Berkas fisik di rak 3", "PBG"):
        assert part in text
    assert "Contoh Pemohon" not in text, "personal data serves proof only"
    assert NIK_LAST4 not in text
    assert PHONE not in text


def test_four_digits_open_stage_unit_days_date_and_missing_names_only() -> None:
    world = World(
        [application(status=Status.RETURNED, missing=missing(), amount_due_rupiah=750_000)]
    )
    world.status.start(named())
    shown = prove(world, f"ini {NIK_LAST4} ya")
    text = said(shown).text
    assert shown.outcome == "finished"
    for part in ("Kajian teknis", "Dinas PUPR", "hari kerja", "Gambar denah", "KTP"):
        assert part in text
    for hidden in ("buram", "rak 3", "Contoh Pemohon", "Persetujuan Bangunan", "750.000"):
        assert hidden not in text
    for choice in said(shown).choices:
        assert "izin" not in choice.entities, "no button may tell which permit it is"


def test_another_verified_phone_opens_nothing_by_itself(world: World) -> None:
    asked = world.status.start(named(phone="+6280000000099"))
    assert asked.outcome == "consumed"
    assert "4 angka terakhir" in said(asked).text


def test_an_unknown_number_and_a_wrong_proof_get_the_very_same_answers(world: World) -> None:
    answers = []
    for number in (NUMBER, "503/9999/PBG/2026"):
        one = turn(number, "cek_status", entities={"nomor_permohonan": number})
        asked = world.status.start(replace(one, conversation_id=number))
        answer = world.status.step(replace(turn("1111"), conversation_id=number))
        answers.append(
            [
                (result.outcome, said(result).text.replace(number, "#"), said(result).choices)
                for result in (asked, answer)
            ]
        )
    assert answers[0] == answers[1]


def test_a_number_without_registered_digits_cannot_be_proven() -> None:
    world = World([application(nik_last4=None, phone=None)])
    world.status.start(named())
    assert "tidak menemukan" in said(prove(world, "0000")).text


def test_an_applicant_without_a_phone_is_never_matched_by_a_chat_without_one() -> None:
    world = World([application(phone=None)])
    assert "4 angka terakhir" in said(world.status.start(named())).text


def test_five_wrong_proofs_lock_the_number_in_every_chat_and_the_chat_itself(
    world: World,
) -> None:
    results = wrong(world, 5)
    assert [result.outcome for result in results] == ["consumed"] * 4 + ["finished"]
    assert "dikunci" in said(results[-1]).text
    elsewhere = world.status.start(replace(named(), conversation_id="other"))
    assert "dikunci" in said(elsewhere).text
    here = world.status.start(named("503/7777/SLF/2026"))
    assert "dikunci" in said(here).text
    other = world.status.start(replace(named("503/7777/SLF/2026"), conversation_id="other"))
    assert "4 angka" in said(other).text


def test_a_lock_ends_after_a_day(world: World) -> None:
    wrong(world, 5)
    later = NOW + timedelta(hours=24)
    world.status.start(named(now=later))
    assert "Kajian teknis" in said(prove(world, NIK_LAST4, now=later)).text


def test_a_right_proof_given_while_locked_opens_nothing(world: World) -> None:
    world.status.start(replace(named(), conversation_id="early"))
    wrong(world, 5)
    shown = world.status.step(replace(turn(NIK_LAST4), conversation_id="early"))
    assert "dikunci" in said(shown).text


def test_a_locked_number_is_not_shown_to_its_own_phone_either(world: World) -> None:
    wrong(world, 5)
    for start in (named(phone=PHONE), turn("status saya", "cek_status", phone=PHONE)):
        shown = world.status.start(replace(start, conversation_id="applicant"))
        assert "dikunci" in said(shown).text
        assert "Kajian" not in said(shown).text


def test_locked_numbers_are_left_out_of_the_applicants_own_list() -> None:
    world = World([application(), application(number="503/0124/PBG/2026")])
    world.registry.put(application(number="503/0125/PBG/2026"))
    wrong(world, 5)
    shown = world.status.start(
        replace(turn("status saya", "cek_status", phone=PHONE), conversation_id="applicant")
    )
    titles = [choice.title for choice in said(shown).choices]
    assert titles == ["503/0124/PBG/2026", "503/0125/PBG/2026", "Semuanya"]
    assert NUMBER not in said(shown).text


def test_the_registered_phone_is_alerted_once_when_its_number_is_locked(world: World) -> None:
    applicant = world.chat_of(PHONE)
    wrong(world, 7)
    [alert] = world.pushed(applicant)
    assert "dikunci" in alert or "kunci" in alert
    assert NUMBER not in alert, "a phone may have changed hands"


def test_a_crash_between_lock_and_alert_still_alerts(world: World) -> None:
    applicant = world.chat_of(PHONE)
    wrong(world, 4)
    world.status.start(named())
    fifth = turn("0000")
    # The worker died after the ledger had committed and before the notice was queued.
    assert world.ledger.record_failure(NUMBER, "chat", fifth.turn_id, fifth.now)
    assert world.pushed(applicant) == []
    assert "dikunci" in said(world.status.step(fifth)).text
    assert len(world.pushed(applicant)) == 1
    world.status.step(fifth)
    assert len(world.pushed(applicant)) == 1


def test_the_same_turn_run_twice_counts_and_says_the_same(world: World) -> None:
    for _ in range(5):
        world.status.start(named())
        one = turn("0000")
        assert world.status.step(one) == world.status.step(one)
    assert world.ledger.is_locked(NUMBER, "elsewhere", NOW)


def test_a_right_proof_run_twice_shows_the_same(world: World) -> None:
    world.status.start(named())
    one = turn(NIK_LAST4)
    assert world.status.step(one) == world.status.step(one)
    assert "Kajian teknis" in said(world.status.step(one)).text


def test_a_whole_nik_proves_by_its_end_and_is_asked_to_be_deleted(world: World) -> None:
    world.status.start(named())
    shown = prove(world, f"330000000000{NIK_LAST4}")
    assert "hapus" in said(shown).text
    assert "Kajian teknis" in said(shown).text


def test_what_is_not_four_digits_is_asked_again_and_counts_as_no_proof(world: World) -> None:
    world.status.start(named())
    for text in ("12", "12345", "lupa", "empat angka"):
        assert "4 angka" in said(prove(world, text)).text
    assert "Kajian teknis" in said(prove(world, NIK_LAST4)).text


def test_another_number_typed_instead_of_a_proof_is_taken_up(world: World) -> None:
    world.registry.put(application(number="503/0200/SLF/2026", nik_last4="9999"))
    world.status.start(named())
    world.status.step(named("503/0200/SLF/2026"))
    assert "503/0200/SLF/2026" in said(prove(world, "9999")).text


def test_an_incomplete_number_that_means_one_application_is_understood(world: World) -> None:
    world.status.start(named("503/0123/PBG"))
    assert NUMBER in said(prove(world, NIK_LAST4)).text


def test_an_incomplete_number_that_means_several_is_told_as_not_found() -> None:
    world = World([application(), application(number="503/0123/PBG/2025")])
    world.status.start(named("503/0123/PBG"))
    assert "tidak menemukan" in said(prove(world, NIK_LAST4)).text


def test_a_verified_phone_sees_its_only_application_at_once(world: World) -> None:
    shown = world.status.start(turn("status izin saya", "cek_status", phone=PHONE))
    assert shown.outcome == "finished"
    assert NUMBER in said(shown).text


def test_a_verified_phone_with_several_chooses_and_gets_it_whole() -> None:
    world = World([application(), application(number="503/0124/SLF/2026", permit_code="SLF")])
    asked = world.status.start(turn("status izin saya", "cek_status", phone=PHONE))
    assert "SLF" in said(asked).text
    one = tapped(asked, NUMBER)
    shown = world.status.step(replace(one, metadata={**one.metadata, "verified_phone": PHONE}))
    assert "Berkas fisik di rak 3" in said(shown).text


def test_a_verified_phone_without_applications_is_asked_for_a_number(world: World) -> None:
    asked = world.status.start(turn("status", "cek_status", phone="+6280000000099"))
    assert asked.outcome == "consumed"
    assert "nomor" in said(asked).text


def test_telegram_offers_the_contact_and_sharing_it_opens_everything(world: World) -> None:
    asked = world.status.start(named())
    assert said(asked).ask_contact
    shown = world.status.step(
        turn(intent="kirim_kontak", phone=PHONE, metadata={"kind": "contact"})
    )
    assert shown.outcome == "finished"
    assert "rak 3" in said(shown).text


def test_whatsapp_knows_the_number_already_and_asks_for_no_contact(world: World) -> None:
    asked = world.status.start(named(metadata={"channel": "whatsapp"}, phone="+6280000000099"))
    assert not said(asked).ask_contact


def test_in_a_group_nothing_is_asked_or_shown(world: World) -> None:
    for metadata in ({"group": True}, {"group": True, "verified_phone": PHONE}):
        shown = world.status.start(named(metadata=metadata))
        assert shown.outcome == "finished"
        assert "pribadi" in said(shown).text
        assert NUMBER not in said(shown).text
        stepped = world.status.step(turn(NIK_LAST4, metadata=metadata))
        assert "Kajian" not in said(stepped).text


@pytest.mark.parametrize("at", ["start", "number", "proof", "own"])
def test_a_registry_that_is_down_is_said_so_and_nothing_is_guessed(world: World, at: str) -> None:
    if at == "number":
        world.status.start(turn("status", "cek_status"))
    elif at == "proof":
        world.status.start(named())
    world.registry.down = True
    result = {
        "start": lambda: world.status.start(named()),
        "number": lambda: world.status.step(turn(NUMBER)),
        "proof": lambda: prove(world, NIK_LAST4),
        "own": lambda: world.status.start(turn("status", "cek_status", phone=PHONE)),
    }[at]()
    assert result.outcome == "finished"
    assert "tidak bisa dihubungi" in said(result).text
    assert any(choice.intent == "minta_petugas" for choice in said(result).choices)


def test_a_question_in_between_interrupts_and_the_prompt_takes_it_up_again(world: World) -> None:
    world.status.start(named())
    assert world.status.step(turn("syarat slf apa", "tanya_syarat")).outcome == "interrupted"
    reminder = world.status.prompt(turn("syarat slf apa", "tanya_syarat"))
    assert NUMBER in reminder.text
    assert "Kajian teknis" in said(prove(world, NIK_LAST4)).text


def test_an_unsure_reading_is_no_interruption(world: World) -> None:
    world.status.start(named())
    unsure = turn("hmm apa ya", "tanya_syarat", confidence=0.4)
    assert world.status.step(unsure).outcome == "consumed"


@pytest.mark.parametrize("intent", ["batal", "tolak"])
def test_it_can_be_cancelled_at_any_time(world: World, intent: str) -> None:
    world.status.start(named())
    assert world.status.step(turn("batal aja", intent)).outcome == "finished"
    assert "nomor permohonan" in said(world.status.step(turn("halo"))).text


def test_the_other_number_button_begins_anew(world: World) -> None:
    world.status.start(named())
    asked = world.status.step(tap("cek_status"))
    assert "nomor permohonan" in said(asked).text


def test_every_status_of_the_vocabulary_reads_well() -> None:
    for status in Status:
        world = World([application(status=status, missing=missing())])
        for phone in (PHONE, None):
            shown = world.status.start(named(phone=phone))
            if phone is None:
                shown = prove(world, NIK_LAST4)
            assert readable(said(shown)), said(shown).text
            assert shown.outcome == "finished"


def test_the_reminder_comes_once_however_often_the_dialogue_is_interrupted(world: World) -> None:
    world.status.start(turn("cek status", "cek_status"))
    first = turn("syarat slf apa", "tanya_syarat")
    assert world.status.prompt(first).text
    assert world.status.prompt(first).text, "the same turn, run again after a crash"
    assert world.status.prompt(turn("biaya slf", "tanya_biaya")).silent


def test_a_sentence_that_nobody_understood_is_no_number(world: World) -> None:
    world.status.start(turn("cek status", "cek_status"))
    lost = world.status.step(turn("saya mau daftar antrean online bisa", "nlu_fallback"))
    assert lost.outcome == "interrupted"
