"""`tanya officer …` over ports in memory."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime, timedelta

import pytest

from ops import officer_cli
from ops.officer_cli import Terminal, run_at
from tests.usecases.house import wording
from tests.usecases.opinion_house import NOW, Citizen


def waiting(text: str = "tolong cek berkas saya") -> Citizen:
    citizen = Citizen()
    citizen.asking.start(citizen.turn("petugas", "minta_petugas"))
    citizen.asking.step(citizen.turn(text, "nlu_fallback"))
    return citizen


def run(citizen: Citizen, command: str, **options: object) -> int:
    """Run a command at a terminal at the citizen's present moment."""
    desk = Terminal(citizen.serve, wording(), citizen.now)
    options = {"name": None, "role": "Petugas", "until": None, **options}
    return run_at(desk, getattr(officer_cli, command), Namespace(**options))


def test_presence_lasts_until_closing_and_ends_by_word(capsys: pytest.CaptureFixture[str]) -> None:
    citizen = Citizen()
    assert run(citizen, "present", name="Ani") == 0
    assert "Ani siaga sampai pukul 15.00" in capsys.readouterr().out
    [session] = citizen.officers.present(citizen.now)
    assert session.until == datetime.fromisoformat("2026-11-23T15:00:00+07:00")
    assert run(citizen, "absent", name="Ani") == 0
    assert citizen.officers.present(citizen.now) == []
    run(citizen, "absent", name="Ani")
    assert "memang tidak sedang siaga" in capsys.readouterr().out


def test_another_end_may_be_named_but_not_one_that_is_over(
    capsys: pytest.CaptureFixture[str],
) -> None:
    citizen = Citizen()
    assert run(citizen, "present", name="Ani", until="20.15") == 0
    assert "20.15" in capsys.readouterr().out
    for wrong in ("07.00", "xx", "25.00"):
        assert run(citizen, "present", name="Ani", until=wrong) == 1
        assert "Jam ditulis seperti" in capsys.readouterr().err
    citizen.now = NOW + timedelta(hours=12)
    assert run(citizen, "present", name="Ani") == 1
    assert "--until" in capsys.readouterr().err


def test_the_queue_shows_codes_and_dates_and_no_text_of_citizens(
    capsys: pytest.CaptureFixture[str],
) -> None:
    citizen = waiting("NIK saya 3326011203900001")
    assert run(citizen, "queue") == 0
    shown = capsys.readouterr().out
    assert citizen.id[:8] in shown
    assert "minta petugas" in shown
    assert "26 November 2026" in shown
    assert "3326" not in shown
    assert run(Citizen(), "queue") == 0
    assert "Tidak ada warga" in capsys.readouterr().out


def test_a_conversation_is_taken_read_answered_and_released(
    capsys: pytest.CaptureFixture[str],
) -> None:
    citizen = waiting()
    run(citizen, "present", name="Ani")
    assert run(citizen, "take", conversation="next") == 0
    assert "tolong cek berkas saya" in capsys.readouterr().out
    code = citizen.id[:8]
    assert run(citizen, "reply", conversation=code, text="Sudah saya cek.") == 0
    assert "Sudah saya cek." in citizen.pushed()[-1].text
    assert run(citizen, "release", conversation=code) == 0
    assert citizen.waits() == []
    assert run(citizen, "release", conversation=citizen.id) == 1
    assert "tidak Anda pegang" in capsys.readouterr().err


def test_who_sits_there_must_be_known(capsys: pytest.CaptureFixture[str]) -> None:
    citizen = waiting()
    assert run(citizen, "take", conversation="next") == 1
    assert "--name" in capsys.readouterr().err
    assert run(citizen, "take", conversation="next", name="Budi") == 0
    assert run(citizen, "reply", conversation=citizen.id[:8], text="x", name="Ani") == 1
    assert run(citizen, "take", conversation="next", name="Ani") == 1


def test_a_wrong_code_or_an_empty_answer_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    citizen = waiting()
    assert run(citizen, "read", conversation="zzz") == 1
    assert "zzz" in capsys.readouterr().err
    run(citizen, "take", conversation="next", name="Ani")
    assert run(citizen, "reply", conversation=citizen.id[:8], text=" ", name="Ani") == 1
    assert "Jawaban harus berisi" in capsys.readouterr().err


def test_a_text_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    citizen = waiting("halo \x1b[2J\x1b]0;x\x07 pak")
    assert run(citizen, "read", conversation=citizen.id[:8]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "halo" in shown
