from __future__ import annotations

import pytest
from tanya_language import EntityExtractor, LinearModel, lead_intent, split_questions

from .conftest import SATURDAY


def asked(text: str, model: LinearModel, extractor: EntityExtractor) -> list[tuple[str, list]]:
    return [
        (q.intent, [e.value for e in q.entities if e.entity == "izin"])
        for q in split_questions(text, model, extractor, SATURDAY)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("syarat sama biaya slf apa", [("tanya_syarat", ["SLF"]), ("tanya_biaya", ["SLF"])]),
        (
            "imb berapa lama jadinya dan bayar berapa?",
            [("tanya_lama_proses", ["PBG"]), ("tanya_biaya", ["PBG"])],
        ),
        ("syarat pbg dan slf", [("tanya_syarat", ["PBG"]), ("tanya_syarat", ["SLF"])]),
        ("biaya nib, pirt, sama reklame", [
            ("tanya_biaya", ["NIB"]), ("tanya_biaya", ["PIRT"]), ("tanya_biaya", ["REKLAME"])]),
        (
            "syarate opo wae terus biayane piro nek gawe pirt",
            [("tanya_syarat", ["PIRT"]), ("tanya_biaya", ["PIRT"])],
        ),
        ("syarat slf dan biaya pbg", [("tanya_syarat", ["SLF"]), ("tanya_biaya", ["PBG"])]),
    ],
)  # fmt: skip
def test_several_questions_are_told_apart(
    model: LinearModel, extractor: EntityExtractor, text: str, expected: list
) -> None:
    assert asked(text, model, extractor) == expected


@pytest.mark.parametrize(
    "text",
    [
        "syarat bikin imb rumah apa aja ya",
        "nama dan alamat kantor di mana",
        "apa bedanya pbg dan slf",
        "saya diminta uang 500 ribu sama petugas, tolong ditindak",
        "pbg saya sudah 2 minggu belum jadi, biaya sudah dibayar",
        "mau perpanjangan sip dokter gigi, berkas apa saja",
        "fotokopi ktp dan kk perlu berapa lembar buat urus nib",
        "makasih ya, sama sama",
        "halo min, mau tanya syarat slf",
    ],
)
def test_one_question_stays_one(model: LinearModel, extractor: EntityExtractor, text: str) -> None:
    assert len(asked(text, model, extractor)) == 1


def test_each_question_knows_its_place(model: LinearModel, extractor: EntityExtractor) -> None:
    text = "Min, syarat PIRT apa aja? Terus biayanya berapa?"

    first, second = split_questions(text, model, extractor, SATURDAY)

    assert "syarat PIRT" in text[first.start : first.end]
    assert text[second.start : second.end] == "biayanya berapa"
    assert first.end <= second.start


def test_there_are_never_more_than_six(model: LinearModel, extractor: EntityExtractor) -> None:
    text = "syarat, biaya, dan berapa lama untuk pbg, slf, nib, pirt, reklame, trayek, dan kkpr"

    assert 1 < len(asked(text, model, extractor)) <= 6


def test_the_first_of_several_questions_leads_the_message(
    model: LinearModel, extractor: EntityExtractor
) -> None:
    text = "kantornya buka jam berapa, terus syarat slf apa aja"
    questions = split_questions(text, model, extractor, SATURDAY)
    assert len({question.intent for question in questions}) == 2
    led = lead_intent(model.rank(text), questions)
    assert led[0][0] == questions[0].intent == "tanya_kontak_jam_lokasi"
    assert sorted(intent for intent, _ in led) == sorted(intent for intent, _ in model.rank(text))


def test_a_single_question_keeps_its_ranking(
    model: LinearModel, extractor: EntityExtractor
) -> None:
    text = "syarat pbg dan slf"
    ranking = model.rank(text)
    assert lead_intent(ranking, split_questions(text, model, extractor, SATURDAY)) == ranking


STORY = (
    "selamat sore pak, kemarin saya sudah ke sana naik bis, hujan deras, anak saya ikut, terus"
    " saya pulang lagi karena kemalaman, "
)


@pytest.mark.parametrize(
    ("end", "intent"),
    [
        ("nah saya cuma mau nanya syarat bikin izin reklame apa aja", "tanya_syarat"),
        ("yang mau saya tanyakan berapa biaya bikin slf", "tanya_biaya"),
    ],
)
def test_a_long_story_is_what_it_asks_at_its_end(
    model: LinearModel, extractor: EntityExtractor, end: str, intent: str
) -> None:
    questions = split_questions(STORY + end, model, extractor, SATURDAY)
    assert questions[-1].intent == intent
    assert lead_intent(model.rank(STORY + end), questions)[0][0] == intent


class Unsure:
    """A classifier that is sure only of what begins with the fee."""

    def rank(self, text: str) -> list[tuple[str, float]]:
        sure = text.startswith("biaya")
        return [("tanya_biaya", 0.98) if sure else ("privasi", 0.3), ("sapa", 0.01)]


def test_a_short_unsure_message_is_what_follows_its_wish_to_ask(
    extractor: EntityExtractor,
) -> None:
    asked = split_questions("nomor sy 12345 mau tanya biaya slf brp", Unsure(), extractor, SATURDAY)
    assert [(item.intent, item.confidence) for item in asked] == [("tanya_biaya", 0.98)]
    plain = split_questions("nomor sy 12345 biaya slf brp", Unsure(), extractor, SATURDAY)
    assert plain[0].intent == "privasi"
