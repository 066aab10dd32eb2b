from __future__ import annotations

import re
from dataclasses import replace

import pytest

from izin.storage.memory.catalogue import MemoryCatalogue
from izin.usecases.dialogue import Entity, Question
from izin.usecases.live_names import LiveNames
from izin.usecases.read_questions import PERMIT_QUESTIONS
from tests.usecases.house import MONDAY, normaliser, permit, permits, small_chat, small_parts

RANKING = (("tanya_syarat", 0.3), ("setuju", 0.2), ("cek_status", 0.1), ("tanya_biaya", 0.1))


def titles(reply):
    return [choice.title for choice in reply.choices]


def test_a_question_is_answered_from_the_catalogue():
    reply = small_chat().say("syarat pbg", "tanya_syarat")
    assert "1. Formulir PBG" in reply.text
    assert "Surat kuasa (contoh, belum dipastikan)" in reply.text
    assert "Formulir PBG (contoh" not in reply.text


@pytest.mark.parametrize("intent", sorted(PERMIT_QUESTIONS))
def test_every_permit_answer_names_its_source_and_the_date_last_checked(intent):
    reply = small_chat().say("slf", intent, entities=[Entity("izin", "SLF", "slf", 0, 3)])
    assert "PP 16/2021" in reply.text
    assert "Pembanding dari daerah lain: Kota Depok" in reply.text
    assert "diperiksa 21 November 2026" in reply.text


def test_the_official_page_is_the_source_and_not_another_regions():
    reply = small_chat().say("syarat slf", "tanya_syarat")
    source = re.search(r"Sumber: ([^\n]*?)\. Pembanding", reply.text)
    assert source and "simbg.pu.go.id" in source[1] and "depok" not in source[1]


def test_a_follow_up_keeps_the_permit():
    chat = small_chat()
    chat.say("syarat pbg", "tanya_syarat")
    assert "Biaya PBG" in chat.say("kalau biayanya?", "tanya_biaya").text


def test_a_permit_alone_keeps_the_question_whatever_was_understood():
    chat = small_chat()
    chat.say("berapa lama pbg", "tanya_lama_proses")
    reply = chat.say("klo slf?", "nlu_fallback")
    assert "Lama proses SLF" in reply.text
    assert "3 hari kerja" in reply.text


def test_a_permit_alone_without_a_question_says_what_it_is_and_offers_questions():
    reply = small_chat().say("slf", "nlu_fallback")
    assert "Ditangani oleh: Dinas PU" in reply.text
    assert 3 <= len(reply.choices) <= 5


def test_two_questions_in_one_message_are_both_answered_with_one_source_line():
    questions = (Question("tanya_syarat", 0.9), Question("tanya_biaya", 0.8))
    reply = small_chat().say("syarat sama biaya slf apa", "tanya_syarat", questions=questions)
    assert "Formulir SLF" in reply.text
    assert "Rp0" in reply.text
    assert reply.text.count("Sumber:") == 1


def test_two_permits_in_one_message_are_both_answered_each_with_its_source():
    reply = small_chat().say("syarat pbg dan slf", "tanya_syarat")
    assert reply.text.index("Formulir PBG") < reply.text.index("Formulir SLF")
    assert reply.text.count("Sumber:") == 2
    assert "Biaya PBG" in titles(reply) and "Biaya SLF" in titles(reply)


def test_another_task_beside_a_question_is_offered_as_a_button():
    questions = (Question("tanya_syarat", 0.9), Question("cek_status", 0.8))
    reply = small_chat().say("syarat slf, terus status saya?", "tanya_syarat", questions=questions)
    assert "Formulir SLF" in reply.text
    assert "cek_status" in [choice.intent for choice in reply.choices]


def test_a_question_without_permit_asks_which_and_a_bare_name_answers_it():
    chat = small_chat()
    asked = chat.say("berapa lama ya", "tanya_lama_proses")
    assert "izin apa" in asked.text
    assert "PBG" in titles(asked)
    assert "Lama proses Izin apotek" in chat.say("apotek", "nlu_fallback").text


def test_a_tap_on_the_permit_answers_the_remembered_question():
    chat = small_chat()
    asked = chat.say("biayanya berapa", "tanya_biaya")
    assert "SLF" in chat.tap(asked, "SLF").text


def test_an_ambiguous_name_asks_which_with_the_question_kept():
    chat = small_chat()
    asked = chat.say("biaya sip", "tanya_biaya")
    assert "Profesi apa?" in asked.text
    assert titles(asked) == ["SIP Dokter", "SIPB"]
    assert "Rp0" in chat.tap(asked, "SIPB").text


def test_a_profession_answers_which_practice_licence_is_meant():
    chat = small_chat()
    chat.say("berapa lama sip", "tanya_lama_proses")
    reply = chat.say("bidan", "nlu_fallback", entities=[Entity("profesi", "bidan", "bidan", 0, 5)])
    assert "Lama proses SIPB" in reply.text


def test_a_general_name_with_one_permit_still_asks():
    reply = small_chat().say("syarat izin usaha", "tanya_syarat")
    assert "Usahanya apa?" in reply.text
    assert titles(reply)[0] == "NIB / OSS"
    assert "tanya_izin_apa" in [choice.intent for choice in reply.choices]


def test_an_old_name_is_answered_under_the_new_one_saying_so_in_one_line():
    reply = small_chat().say("syarat bikin imb rumah apa aja ya", "tanya_syarat")
    first = reply.text.split("\n")[0]
    assert "IMB adalah nama lama" in first and "PBG" in first and "tetap berlaku" in first
    assert "Formulir PBG" in reply.text


def test_the_current_name_gets_no_line_about_old_names():
    assert "nama lama" not in small_chat().say("syarat pbg", "tanya_syarat").text


def test_a_former_name_of_the_catalogue_says_so_too():
    assert "nama lama; sekarang: SLF" in small_chat().say("syarat ipb", "tanya_syarat").text


def test_an_old_name_that_means_two_permits_is_answered_and_keeps_the_other_tappable():
    reply = small_chat().say("syarat siup", "tanya_syarat")
    assert "SIUP adalah nama lama; sekarang: NIB" in reply.text
    assert "Formulir NIB" in reply.text
    assert "Izin perikanan" in titles(reply)


def test_an_abolished_name_is_said_to_be_abolished():
    reply = small_chat().say("syarat ho apa", "tanya_syarat", entities=[])
    assert "dihapus, sejak Permendagri 19/2017" in reply.text
    assert "izin apa" in reply.text


def test_a_name_new_in_the_catalogue_is_found_though_the_model_does_not_know_it():
    catalogue = MemoryCatalogue(permits())
    chat = small_chat(catalogue=catalogue, names=LiveNames(catalogue, normaliser()))
    chat.say("syarat pbg", "tanya_syarat")
    catalogue.put(permit("TOWER", "Izin menara", "Izin Menara", synonyms=("izin tower",)))
    reply = chat.say("syarat izin tower", "tanya_syarat", entities=[])
    assert "Formulir Izin menara" in reply.text


def test_what_the_data_does_not_hold_is_unknown_and_an_officer_is_offered():
    for intent in ("tanya_syarat", "tanya_lama_proses", "tanya_prosedur"):
        reply = small_chat().say("tanya soal izin air tanah", intent)
        assert "belum ada datanya" in reply.text
        assert "minta_petugas" in [choice.intent for choice in reply.choices]
        assert " 0 hari" not in reply.text


def test_requirements_of_an_extension_follow_from_the_words():
    reply = small_chat().say("syarat perpanjangan slf", "tanya_syarat")
    assert "Syarat perpanjangan SLF" in reply.text and "SLF lama" in reply.text


def test_a_change_without_data_is_unknown_rather_than_answered_with_new_requirements():
    reply = small_chat().say("syarat perubahan slf", "tanya_syarat")
    assert "belum ada datanya" in reply.text and "Formulir" not in reply.text


def test_a_date_by_the_calendar_comes_with_the_working_days():
    reply = small_chat().say("berapa lama slf", "tanya_lama_proses")
    assert "paling lambat selesai [b]Kamis, 26 November 2026[/b]" in reply.text


def test_a_date_in_a_year_without_holidays_is_provisional():
    chat = small_chat()
    chat.now = MONDAY.replace(year=2027, month=12)
    assert "sementara" in chat.say("berapa lama pbg", "tanya_lama_proses").text


def test_a_question_about_accounts_is_answered_from_the_faq():
    reply = small_chat().say("lupa password oss", "tanya_faq")
    assert "Pilih Lupa Kata Sandi" in reply.text
    assert "oss.go.id" in reply.text and "21 November 2026" in reply.text


def test_an_unsure_message_is_searched_in_the_faq_before_anything_else():
    reply = small_chat().say("lupa password oss nih", "nlu_fallback", entities=[], ranking=RANKING)
    assert "Pilih Lupa Kata Sandi" in reply.text


def test_a_faq_answer_without_source_says_so():
    reply = small_chat().say("otp tidak masuk", "tanya_faq")
    assert "belum dipastikan" in reply.text


def test_unsure_offers_the_top_three_with_human_titles_and_the_kept_permit():
    chat = small_chat()
    chat.say("syarat pbg", "tanya_syarat")
    reply = chat.say("asdf zxcv", "nlu_fallback", ranking=RANKING)
    assert titles(reply) == ["Syarat izin", "Status permohonan", "Biaya izin", "Hubungi petugas"]
    assert reply.choices[0].entities == {"izin": "PBG"}


def test_lost_twice_in_a_row_offers_the_officer_and_yes_takes_it():
    parts = small_parts()
    chat = small_chat(escalations=parts.escalations)
    chat.say("asdf zxcv", "nlu_fallback", ranking=RANKING)
    second = chat.say("qwer tyui", "nlu_fallback", ranking=RANKING)
    assert "petugas" in second.text
    assert second.choices[0].intent == "minta_petugas"
    chat.say("ya boleh", "setuju", action="action_lanjut")
    assert [reason for _, reason, _ in parts.escalations.opened.values()] == ["minta_petugas"]


def test_lost_again_after_an_understood_message_counts_from_one():
    chat = small_chat()
    chat.say("asdf zxcv", "nlu_fallback", ranking=RANKING)
    chat.say("syarat pbg", "tanya_syarat")
    assert "mana yang Anda maksud" in chat.say("qwer", "nlu_fallback", ranking=RANKING).text


def test_the_same_turn_run_again_gives_the_same_reply():
    chat = small_chat()
    chat.say("asdf zxcv", "nlu_fallback", ranking=RANKING)
    turn = chat.turn("qwer tyui", "nlu_fallback", [], ranking=RANKING)
    assert chat.run(turn) == chat.run(turn)


def test_out_of_scope_is_said_kindly_with_what_is_possible():
    reply = small_chat().say("perpanjang sim", "di_luar_topik", entities=[])
    assert "di luar layanan" in reply.text and len(reply.choices) >= 3


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "\x00\x07\x1b", "😀😀😀", "x" * 20_000, "syarat " * 3_000,
        "'; DROP TABLE permits; --", "<script>alert(1)</script>", '/tanya_syarat{"izin":"PBG"}',
        "{nama} %s {0} {{x}}", "ﷺ" * 50, "a\u202eb", "[b]tebal",
    ],
)  # fmt: skip
def test_any_text_gets_a_kind_answer_without_echo(text):
    reply = small_chat().say(text, "nlu_fallback", ranking=RANKING)
    assert reply.text
    for mark in ("{", "}", "None", "null", "<script", "DROP"):
        assert mark not in reply.text


def test_a_correction_with_a_permit_asks_the_same_question_about_it():
    chat = small_chat()
    chat.say("syarat pbg", "tanya_syarat")
    reply = chat.say("bukan, maksud saya slf", "koreksi", action="action_lanjut")
    assert "Syarat SLF" in reply.text


def test_cancel_forgets_permit_and_question():
    chat = small_chat()
    chat.say("syarat pbg", "tanya_syarat")
    chat.say("batal", "batal", action="action_lanjut")
    assert "izin apa" in chat.say("biayanya?", "tanya_biaya").text


def test_an_activity_gets_its_permits_with_a_reason_each():
    chat = small_chat()
    reply = chat.say("mau buka apotek izinnya apa", "tanya_izin_apa")
    assert "NIB / OSS[/b] — Legalitas usaha." in reply.text
    assert "Izin apotek[/b] — Izin tempatnya." in reply.text
    assert "Syarat Izin apotek" in chat.say("syaratnya?", "tanya_syarat").text


def test_an_unknown_activity_asks_to_describe_it_and_offers_an_officer():
    reply = small_chat().say("zzz qqq", "tanya_izin_apa", entities=[])
    assert "Ceritakan" in reply.text
    assert reply.choices[-1].intent == "minta_petugas"


def test_a_slot_that_names_no_published_permit_any_more_is_ignored():
    chat = small_chat()
    chat.slots = {"izin": ["DIHAPUS"], "pertanyaan": "tanya_syarat"}
    assert "izin apa" in chat.say("biayanya?", "tanya_biaya").text


def test_replies_do_not_change_with_how_the_slot_is_kept():
    chat = small_chat()
    one = chat.run(replace(chat.turn("biayanya?", "tanya_biaya"), slots={"izin": "SLF"}))
    many = chat.run(replace(chat.turn("biayanya?", "tanya_biaya"), slots={"izin": ["SLF"]}))
    assert one == many


def test_gibberish_taken_for_out_of_scope_twice_offers_the_officer_too():
    chat = small_chat()
    chat.say("asdf", "di_luar_topik", entities=[])
    assert chat.say("qwer", "di_luar_topik", entities=[]).choices[0].intent == "minta_petugas"


def test_a_permit_named_in_a_message_taken_for_out_of_scope_is_still_ours():
    reply = small_chat().say("izin reklame buat hajatan", "di_luar_topik")
    assert "Izin Penyelenggaraan Reklame" in reply.text and "di luar" not in reply.text


def test_a_greeting_that_names_a_permit_is_a_question_about_it():
    reply = small_chat().say("assalamualaikum mau tanya slf", "sapa", action="action_sosial")
    assert "Sertifikat Laik Fungsi" in reply.text


def test_an_ambiguous_name_alone_asks_once():
    assert small_chat().say("izin usaha", "nlu_fallback").text.count("Usahanya apa?") == 1


def test_a_correction_that_brings_its_question_along_is_answered_with_it():
    chat = small_chat()
    chat.say("biaya pbg", "tanya_biaya")
    ranking = (("koreksi", 0.6), ("tanya_syarat", 0.3))
    reply = chat.say(
        "bukan, syarat slf maksudnya", "koreksi", action="action_lanjut", ranking=ranking
    )
    assert "Syarat SLF" in reply.text


def test_the_activity_asked_for_is_taken_from_the_next_message():
    chat = small_chat()
    assert "Ceritakan" in chat.say("mau ngurus izin", "tanya_izin_apa", entities=[]).text
    reply = chat.say("bikin kandang ayam", "di_luar_topik", entities=[])
    assert "bila membangun kandang" in reply.text.lower()


def test_the_bare_word_permit_describes_no_activity():
    assert "Ceritakan" in small_chat().say("izin", "tanya_izin_apa", entities=[]).text


def test_unsure_never_offers_small_talk():
    ranking = (("pamit", 0.4), ("sapa", 0.3), ("tanya_syarat", 0.1))
    reply = small_chat().say("zxcv", "nlu_fallback", ranking=ranking)
    assert titles(reply) == ["Syarat izin", "Hubungi petugas"]


def test_a_date_alone_asks_whether_the_office_is_open_then():
    date = [Entity("tanggal", "2026-12-25", "25 desember", 6, 17)]
    reply = small_chat().say("kalau 25 desember?", "hitung_biaya", entities=date)
    assert "libur (Natal)" in reply.text


def test_a_name_that_looks_like_small_talk_is_still_a_permit():
    licence = [Entity("izin", None, "sip", 0, 3, 0.9, ("SIP_DOKTER", "SIP_BIDAN"))]
    reply = small_chat().say("sip", "bot_identitas", action="action_sosial", entities=licence)
    assert "Profesi apa?" in reply.text


def test_a_profession_as_a_correction_answers_which_licence():
    chat = small_chat()
    chat.say("biaya sip", "tanya_biaya")
    given = [Entity("profesi", "bidan", "bidan", 5, 10)]
    reply = chat.say("yang bidan", "koreksi", action="action_lanjut", entities=given)
    assert "SIPB" in reply.text and "Rp0" in reply.text


def test_another_permits_question_beside_a_calculation_is_about_that_permit():
    text = "hitung pbg rumah 90 m2 selantai, sama persyaratan slf apa"
    reply = small_chat().say(text, "hitung_biaya")
    assert "Formulir SLF" in reply.text and "Formulir PBG" not in reply.text


def test_which_permit_is_answered_beside_a_calculation():
    reply = small_chat().say("bikin kandang ayam 6x8 m, ijine opo trus bayare piro", "hitung_biaya")
    assert "bila membangun kandang" in reply.text.lower()
