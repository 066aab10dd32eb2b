"""`tanya survey index` over ports in memory."""

from __future__ import annotations

from argparse import Namespace
from datetime import timedelta

import pytest

from izin.satisfaction import ELEMENTS, Rating, SurveyResponse
from izin.usecases.report_satisfaction import ReportSatisfaction
from ops.survey_cli import run
from tests.usecases.house import wording
from tests.usecases.opinion_house import NOW, Citizen


def report(citizen: Citizen) -> ReportSatisfaction:
    return ReportSatisfaction(citizen.ratings, citizen.surveys, citizen.office)


def show(citizen: Citizen, since: str = "2026-11-23", until: str = "2026-11-23", **more: bool):
    options = {"since": since, "until": until, "simulator": False, "remarks": False, **more}
    return run(report(citizen), Namespace(**options), wording())


def answered(score: int = 3, remark: str = "") -> Citizen:
    citizen = Citizen()
    scores = {element.name: score for element in ELEMENTS}
    scores["Waktu penyelesaian"] = 1
    response = SurveyResponse(citizen.id, "2026-2", scores, NOW, remark)
    citizen.surveys.store(response, "t1")
    citizen.ratings.rate(Rating(citizen.id, "layanan", 2, NOW, remark), "t2")
    return citizen


def test_index_grade_and_the_lowest_elements_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert show(answered()) == 0
    shown = capsys.readouterr().out
    assert "1 responden" in shown
    assert "U3  Waktu penyelesaian  1" in shown
    assert "SKM 2,7778, IKM 69,44, mutu C (Kurang baik)" in shown
    assert "Unsur terendah, perlu rencana tindak lanjut: Waktu penyelesaian;" in shown
    assert "Penilaian 1-5: 1 nilai, rata-rata 2" in shown


def test_remarks_are_listed_on_demand_with_personal_data_hidden(
    capsys: pytest.CaptureFixture[str],
) -> None:
    citizen = answered(remark="hubungi saya 081234567890, NIK 3326011203900001")
    show(citizen)
    assert "hubungi" not in capsys.readouterr().out
    show(citizen, remarks=True)
    shown = capsys.readouterr().out
    assert shown.count("hubungi saya") == 2
    assert "0812" not in shown
    assert "3326" not in shown


def test_an_empty_period_has_no_index_and_whole_days_count(
    capsys: pytest.CaptureFixture[str],
) -> None:
    citizen = answered()
    assert show(citizen, "2026-11-24", "2026-12-31") == 0
    assert "belum dapat dihitung" in capsys.readouterr().out
    citizen.ratings.rate(Rating(citizen.id, "layanan", 5, NOW + timedelta(hours=14)), "t3")
    show(citizen)
    assert "2 nilai, rata-rata 3,5" in capsys.readouterr().out


@pytest.mark.parametrize(("since", "until"), [("x", "2026-01-01"), ("2026-02-01", "2026-01-01")])
def test_wrong_dates_are_refused(
    since: str, until: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(Citizen(), since, until) == 1
    assert "Tanggal ditulis" in capsys.readouterr().err
