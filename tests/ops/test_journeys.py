"""The runner of journeys against a house that answers like an echo, and what can be saved."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from izin.errors import InvalidInput
from izin.saved_journeys import (
    KeptStep,
    SavedJourney,
    journey_of,
    phrases_of,
    proposed_phrases,
)
from ops.journeys.runner import JourneyResult, run_journeys
from ops.journeys.saving import exported, playable, written
from ops.journeys.script import CHANNELS, KINDS, SAVED_KINDS, parsed, read_journeys


class Echo(BaseHTTPRequestHandler):
    """Answers every message with itself and one choice."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        said = body.get("text") or f"diketuk {body['choice']}"
        part = {"text": f"Anda bilang {said}", "choices": [_choice()], "media": None}
        self._give({"turn_id": "1", "replies": [part], "turn_ms": 1.0})

    def do_GET(self) -> None:
        self._give({"messages": []})

    def _give(self, document: Any) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *given: Any) -> None:
        """Keep quiet."""


def _choice() -> dict[str, str]:
    return {"id": "c1", "title": "Kirim", "description": ""}


@pytest.fixture
def echo() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def journeys(*steps: dict[str, Any], **head: Any) -> list[Any]:
    document = {
        "perjalanan": [
            {"nama": "uji", "waktu": "2026-11-23T09:00:00+07:00", "langkah": list(steps), **head}
        ]
    }
    return parsed(json.dumps(document), "uji")


def at_a_time(text: str) -> str:
    """Let the journeys of a text begin at a given time, which asks no office."""
    return text.replace("- nama:", "- waktu: 2026-11-23T09:00:00+07:00\n  nama:")


def play(url: str, given: list[Any], **more: Any) -> list[JourneyResult]:
    return run_journeys(url, "postgresql://nobody@127.0.0.1:1/none", given, **more)


def test_every_channel_is_played_and_progress_is_heard(echo: str) -> None:
    heard: list[tuple[int, int]] = []
    good = journeys({"warga": "halo", "memuat": ["bilang  HALO"], "pilihan": ["Kirim"]},
                    {"ketuk": "Kirim", "memuat": ["diketuk c1"]})  # fmt: skip
    results = play(echo, good, progress=lambda done, of, result: heard.append((done, of)))
    assert [(result.channel, result.passed) for result in results] == [
        ("telegram", True), ("whatsapp", True),
    ]  # fmt: skip
    assert heard == [(1, 2), (2, 2)]


def test_what_does_not_hold_is_told_with_its_step(echo: str) -> None:
    bad = journeys({"warga": "halo", "memuat": ["halo"]}, {"warga": "biaya", "memuat": ["Rp0"]})
    [result] = play(echo, bad, channels=["telegram"])
    assert (result.passed, result.step, result.file, result.name) == (False, 2, "uji", "uji")
    assert "'Rp0' not in:\nAnda bilang biaya" in result.why


def test_the_same_answer_twice_and_an_unknown_choice_do_not_hold(echo: str) -> None:
    twice = journeys({"warga": "halo"}, {"warga": "halo"})
    unknown = journeys({"warga": "halo"}, {"ketuk": "Batal"})
    [said, tapped] = play(echo, [*twice, *unknown], channels=["telegram"])
    assert "said twice in a row" in said.why
    assert "no 'Batal' among" in tapped.why


def test_a_house_that_is_gone_fails_the_journey_and_not_the_run() -> None:
    [result] = play("http://127.0.0.1:9", journeys({"warga": "a"}), channels=["telegram"])
    assert not result.passed
    assert "ConnectError" in result.why


def test_a_run_can_be_stopped(echo: str) -> None:
    assert play(echo, journeys({"warga": "a"}), stopped=lambda: True) == []


def test_every_journey_of_the_release_can_be_read_and_files_be_chosen() -> None:
    known = read_journeys()
    assert len(known) > 150
    assert {one.file for one in read_journeys(["awal", "biaya.yaml"])} == {"awal", "biaya"}
    assert any(one.alone for one in known)
    assert any(not one.alone for one in known)
    with pytest.raises(FileNotFoundError):
        read_journeys(["../oops"])


@pytest.mark.parametrize(
    "text",
    ["[", "a: 1", "perjalanan: [1]", "perjalanan: [{nama: a, langkah: []}]",
     "perjalanan: [{nama: a, langkah: [1]}]", "perjalanan: [{nama: a, langkah: [{memuat: [a]}]}]",
     "perjalanan: [{nama: a, kanal: [sms], langkah: [{warga: a}]}]"],
)  # fmt: skip
def test_a_text_that_is_no_journey_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"uji\.yaml"):
        parsed(text, "uji")


def test_a_tried_conversation_becomes_a_journey_and_plays(echo: str) -> None:
    steps = [
        KeptStep("halo: kang #1", False, ("bilang halo",)),
        KeptStep("Kirim", True, ("diketuk c1",)),
    ]
    text = at_a_time(written(journey_of("  Warga   menyapa ", "telegram", steps)))
    now = datetime.now(UTC)
    saved = [SavedJourney(str(n), f"Uji {n}", text, True, "a", now) for n in (1, 2)]
    again = parsed(exported(saved), "simpanan")
    assert [one.name for one in again] == ["Warga menyapa"] * 2
    assert again[0].channels == ("telegram",)
    assert [result.passed for result in play(echo, playable(saved[:1]))] == [True]
    assert set(SAVED_KINDS) < set(KINDS)
    assert [one.channels for one in playable(saved)] == [("telegram",)] * 2
    assert parsed(written(journey_of("a", None, steps)), "x")[0].channels == CHANNELS


def test_a_citizen_s_dollar_is_no_placeholder() -> None:
    steps = [KeptStep("harga ${tiket}", False, phrases_of(" harga \n harga\n\n"))]
    [step] = journey_of("uang", None, steps)["langkah"]
    assert step == {"warga": "harga $ {tiket}", "memuat": ["harga"]}


@pytest.mark.parametrize(
    ("name", "steps", "field"),
    [
        ("", [KeptStep("a", False, ("b",))], "name"),
        ("x" * 121, [KeptStep("a", False, ("b",))], "name"),
        ("a", [], "steps"),
        ("a", [KeptStep("a", False, ())], "steps"),
        ("a", [KeptStep("a", False, ("b", "x" * 201))], "phrases.0"),
    ],
)
def test_a_journey_that_says_too_little_or_too_much_is_refused(
    name: str, steps: list[KeptStep], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        journey_of(name, None, steps)
    assert refused.value.field == field


def test_choices_are_kept_without_what_a_channel_makes_of_them() -> None:
    steps = [KeptStep("2. Mengapa PBG ada retribusinya…", True, ("Rp",))]
    journey = journey_of("a", None, steps, while_closed=True)
    assert journey["langkah"] == [{"ketuk": "Mengapa PBG ada retribusinya", "memuat": ["Rp"]}]
    assert journey["waktu"] == "jam_tutup"


def test_phrases_are_proposed_that_are_the_same_tomorrow() -> None:
    answer = (
        "<b>Biaya PBG</b>\nPerkiraan: Rp1.250.000 untuk rumah itu.\n"
        "Tiket ADU-AB12-CD diterima.\nBerlaku sampai 3 Maret 2027.\nBuka pukul 08.00."
    )
    assert proposed_phrases(answer) == ("Rp1.250.000 untuk rumah itu", "Biaya PBG")
    assert proposed_phrases("") == ()


def test_the_folder_of_journeys_is_explained() -> None:
    readme = (Path(read_journeys.__globals__["FOLDER"]) / "README.md").read_text()
    assert [kind for kind in KINDS if kind not in readme] == []
