"""Ratings and the survey."""

from __future__ import annotations

from datetime import timedelta

import pytest

from izin.replies import Reply
from izin.satisfaction import ELEMENTS, Rating
from izin.usecases.rate_service import OfferRating
from izin.usecases.take_survey import OpinionAsTurn, SurveyByName
from tests.usecases.house import Silent, wording
from tests.usecases.opinion_house import NOW, Citizen, said, twice

RATE = "beri_penilaian"
FOREVER = NOW + timedelta(days=900)


def begin(citizen: Citizen, text: str = "nilai", **entities):
    return twice(citizen.opinion, citizen.turn(text, RATE, entities=entities), begins=True)


def step(citizen: Citizen, text: str, intent: str = RATE, **changes):
    return twice(citizen.opinion, citizen.turn(text, intent, **changes))


def ratings(citizen: Citizen) -> list[Rating]:
    return list(citizen.ratings.between(NOW, FOREVER))


def survey(citizen: Citizen):
    return begin(citizen, "mau isi survei kepuasan")


def test_a_good_rating_is_stored_at_once_and_the_survey_offered():
    citizen = Citizen()
    result = begin(citizen, "bintang 5", nilai=5)
    assert result.outcome == "finished"
    assert "Isi survei singkat" in [choice.title for choice in said(result).choices]
    [rating] = ratings(citizen)
    assert (rating.score, rating.subject, rating.comment) == (5, "layanan", "")


def test_a_low_rating_asks_for_its_reason_and_stores_it():
    citizen = Citizen()
    result = begin(citizen, "jelek banget, nilai 1", nilai=1)
    assert result.outcome == "consumed"
    assert {"lapor_pengaduan", "minta_petugas"} <= {c.intent for c in said(result).choices}
    assert step(citizen, "antrinya 3 jam", "lapor_pengaduan").outcome == "finished"
    [rating] = ratings(citizen)
    assert (rating.score, rating.comment) == (1, "antrinya 3 jam")


def test_a_low_rating_that_says_why_is_not_asked_again():
    citizen = Citizen()
    text = "nilai 1 aja soalnya sudah tiga kali bolak balik tidak selesai"
    assert begin(citizen, text, nilai=1).outcome == "finished"
    assert ratings(citizen)[0].comment == text


def test_the_reason_may_be_declined_and_the_score_corrected():
    citizen = Citizen()
    begin(citizen, "nilai 2", nilai=2)
    assert step(citizen, "gak usah", "tolak").outcome == "finished"
    assert [item.score for item in ratings(citizen)] == [2]
    other = Citizen()
    begin(other, "nilai 1", nilai=1)
    assert step(other, "eh salah 4", "koreksi", entities={"nilai": 4}).outcome == "finished"
    assert [item.score for item in ratings(other)] == [4]


@pytest.mark.parametrize("ticket", ["ADU-5KY2-Y4", "ADU-89GC-YE", "ADU-S2QF-77"])
@pytest.mark.parametrize("asked_why", [False, True])
def test_who_asks_for_a_ticket_gives_no_score(ticket, asked_why):
    """Its figures are no rating: one citizen's 5KY2 was thanked for a 5."""
    citizen = Citizen()
    if asked_why:
        begin(citizen, "nilai 1", nilai=1)
    else:
        begin(citizen)
    named = {"tiket": ticket}
    asked = step(citizen, f"cek tiket {ticket}", "cek_pengaduan", entities=named, confidence=0.6)
    assert asked.outcome == "interrupted"
    assert [item.score for item in ratings(citizen)] == [1] * asked_why


@pytest.mark.parametrize("value", [0, 6, 100, -1])
def test_a_rating_off_the_scale_is_asked_again(value):
    citizen = Citizen()
    result = begin(citizen, "…", nilai=value)
    scores = [item.entities.get("nilai") for item in said(result).choices]
    assert scores[:5] == [5, 4, 3, 2, 1]
    assert ratings(citizen) == []


@pytest.mark.parametrize(
    ("text", "score"),
    [("lumayan lah", 3), ("tidak baik", 2), ("sangat baik", 5), ("bagus", 4), ("lima", 5),
     ("⭐⭐⭐⭐", 4), ("jelek banget", 1)],
)  # fmt: skip
def test_a_score_may_be_said_in_words_or_stars(text, score):
    citizen = Citizen()
    begin(citizen)
    step(citizen, text, "nlu_fallback")
    assert [item.score for item in ratings(citizen)] == [score]


@pytest.mark.parametrize(
    ("text", "score"),
    [("3 dari 5", 3), ("4/5 lah", 4), ("tiga dari lima", 3), ("2 per 5", 2), ("nomer 3", 3)],
)
def test_a_score_out_of_five_is_its_first_figure(text, score):
    citizen = Citizen()
    begin(citizen)
    step(citizen, text, "nlu_fallback")
    assert [item.score for item in ratings(citizen)] == [score]


def test_a_score_out_of_five_is_no_five_when_both_figures_are_read():
    citizen = Citizen()
    begin(citizen, "bintang 2 dari 5", nilai=5)
    assert [item.score for item in ratings(citizen)] == [2]


@pytest.mark.parametrize(
    "text",
    ["2 bulan blm kelar", "3 hari blom ada kabar", "dua minggu nunggu", "loket 3", "antre 4 jam",
     "TI-2026-00412", "sudah 3 kali bolak balik"],
)  # fmt: skip
def test_times_and_counters_are_no_score(text):
    citizen = Citizen()
    begin(citizen)
    step(citizen, text, "nlu_fallback")
    assert ratings(citizen) == []


def test_four_figures_are_no_score():
    citizen = Citizen()
    begin(citizen)
    step(citizen, "2222", "nlu_fallback")
    assert ratings(citizen) == []


def test_nonsense_is_guided_and_a_question_let_through():
    citizen = Citizen()
    begin(citizen)
    assert "1 sampai 5" in said(step(citizen, "asdf", "nlu_fallback")).text
    assert step(citizen, "syarat nib apa?", "tanya_syarat").outcome == "interrupted"
    assert citizen.opinion.prompt(citizen.turn("x", "y")).silent
    assert step(citizen, "gak jadi", "batal").outcome == "finished"


def test_what_was_rated_comes_with_the_button():
    citizen = Citizen()
    begin(citizen, jenis="petugas")
    turn = citizen.turn("", RATE, entities={"nilai": 4, "jenis": "petugas"})
    citizen.opinion.start(turn)
    assert ratings(citizen)[0].subject == "petugas"
    citizen.opinion.start(citizen.turn("", RATE, entities={"nilai": 4, "jenis": "<x>"}))
    assert ratings(citizen)[1].subject == "layanan"


def test_a_rating_is_asked_for_once_a_day_never_in_a_group():
    citizen = Citizen()
    offer = OfferRating(citizen.ratings, wording())
    group = citizen.turn("makasih", "terima_kasih", metadata={"group": True})
    thanks = Reply("Sama-sama.")
    assert offer.after(group, thanks, "layanan") == thanks
    turn = citizen.turn("makasih", "terima_kasih")
    asked = offer.after(turn, thanks, "layanan")
    assert [choice.entities["nilai"] for choice in asked.choices] == [5, 4, 3, 2, 1]
    assert offer.after(turn, thanks, "layanan") == asked
    later = citizen.turn("makasih", "terima_kasih")
    assert offer.after(later, thanks, "layanan") == thanks


class StoppedSurveys:
    """The consents of a citizen who withdrew them."""

    def consents(self, conversation_id):
        return {"survei": False}

    def record(self, *said):
        raise AssertionError("asking records nothing")


def test_who_withdrew_consent_is_not_asked_for_a_rating():
    citizen = Citizen()
    offer = OfferRating(citizen.ratings, wording(), StoppedSurveys())
    thanks = Reply("Sama-sama.")
    assert offer.after(citizen.turn("makasih", "terima_kasih"), thanks, "layanan") == thanks


def test_the_survey_takes_nine_scores_and_a_remark():
    citizen = Citizen()
    reply = said(survey(citizen))
    for place in range(9):
        assert f"{place + 1} dari 9" in reply.text
        assert len([c for c in reply.choices if "nilai" in c.entities]) == 4
        result = twice(citizen.opinion, citizen.tapped(reply, f"{1 + place % 4} -"))
        reply = said(result)
    assert "saran" in reply.text
    result = step(citizen, "parkirnya sempit, hubungi 081234567890", "lapor_pengaduan")
    assert result.outcome == "finished"
    [response] = citizen.surveys.between(NOW, FOREVER)
    assert dict(response.scores) == {
        element.name: 1 + place % 4 for place, element in enumerate(ELEMENTS)
    }
    assert response.remark.startswith("parkirnya")
    assert response.period == "2026-2"
    assert "sudah mengisi" in said(survey(citizen)).text


def test_scores_may_be_words_and_wrong_ones_stay_at_the_question():
    citizen = Citizen()
    survey(citizen)
    for text in ("5", "nol", "zzz"):
        assert "1 dari 9" in said(step(citizen, text, "nlu_fallback")).text
    assert "2 dari 9" in said(step(citizen, "tidak baik", "tolak")).text
    assert "3 dari 9" in said(step(citizen, "kurang baik")).text
    assert "4 dari 9" in said(step(citizen, "baik", "setuju")).text
    assert "5 dari 9" in said(step(citizen, "lewati", "tolak")).text
    assert "6 dari 9" in said(step(citizen, "gak tau", "nlu_fallback")).text


def test_a_stopped_survey_goes_on_where_it_was_left():
    citizen = Citizen()
    survey(citizen)
    step(citizen, "4")
    stopped = step(citizen, "stop dulu ya", "nlu_fallback")
    assert stopped.outcome == "finished"
    assert list(citizen.surveys.between(NOW, FOREVER)) == []
    citizen.now += timedelta(days=2)
    resumed = twice(citizen.opinion, citizen.tapped(said(stopped), "Lanjutkan"), begins=True)
    assert "2 dari 9" in said(resumed).text


def test_a_survey_of_an_earlier_period_begins_anew():
    citizen = Citizen()
    survey(citizen)
    step(citizen, "4")
    citizen.now += timedelta(days=60)
    assert "1 dari 9" in said(survey(citizen)).text


def test_a_question_in_the_survey_is_answered_and_the_survey_named_once():
    citizen = Citizen()
    survey(citizen)
    assert step(citizen, "syarat nib apa?", "tanya_syarat").outcome == "interrupted"
    assert "1 dari 9" in citizen.opinion.prompt(citizen.turn("x", "tanya_syarat")).text
    assert citizen.opinion.prompt(citizen.turn("x", "tanya_syarat")).silent


def test_a_survey_with_every_element_skipped_is_not_stored():
    citizen = Citizen()
    survey(citizen)
    for _ in range(9):
        step(citizen, "lewati", "tolak")
    assert step(citizen, "gak ada", "tolak").outcome == "finished"
    assert list(citizen.surveys.between(NOW, FOREVER)) == []


def test_a_mere_yes_that_names_the_survey_goes_on_with_it():
    citizen = Citizen()
    both = SurveyByName(citizen.opinion, Silent())
    answer = both.answer(citizen.turn("ayo lanjut surveinya", "setuju"))
    assert answer.opens == "penilaian"
    assert both.answer(citizen.turn("ya", "setuju")).opens is None


def test_in_a_group_nothing_is_rated():
    citizen = Citizen()
    turn = citizen.turn("bintang 5", RATE, entities={"nilai": 5}, metadata={"group": True})
    answer = OpinionAsTurn(citizen.opinion).answer(turn)
    assert "pribadi" in answer.replies[0].text
    assert ratings(citizen) == []
