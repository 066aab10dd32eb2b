"""What citizens wait for: the status of an application, and answers of the FAQ."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, text

from actions.main import build_parts
from actions.registry import Parts, advisor, one_turn_use_cases
from benchmarks.console.house import BenchHouse
from benchmarks.growth.compare import Work
from izin.pace import LOOKED_BACK
from izin.storage.postgres.one_look import one_look
from izin.storage.registry import DEMO_SCHEMA, open_registry
from izin.usecases.dialogue import Entity, Question, StepResult, TurnInput
from izin.usecases.search_faq import SearchFaq

SAMPLES = 40
AREA = "citizens"
ONCE_AN_HOUR_MS = 250.0
"""How long permits took lately is asked once an hour and permit, by whoever asks first."""


class SystemClock:
    """Tells the real time."""

    def now(self) -> datetime:
        """Give the present in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """An application in the registry, and a chat that asks for it."""

    number: str
    phone: str
    conversation_id: str


class Citizens:
    """The citizens' work on one house, through the use cases of the action server."""

    def __init__(self, bench: BenchHouse) -> None:
        """Join the use cases to the house's database."""
        self._engine: Engine = bench.engine
        self._parts: Parts = build_parts(bench.settings, bench.engine)
        self._jawab = one_turn_use_cases(self._parts, advisor(self._parts))["action_jawab"]
        self._faq = SearchFaq(self._parts.faq, self._parts.make_index)
        self._registry = open_registry(
            bench.settings, SystemClock(), self._parts.office.office().zone
        )
        self._known = _known(bench.engine)
        release = [item for item in self._parts.faq.entries() if not item.key.startswith("uji_")]
        self._asked = [item.variants[0] for item in release if item.variants][:SAMPLES]

    def close(self) -> None:
        """Close the registry's connections."""
        self._registry.close()

    def works(self) -> list[Work]:
        """Give all that is timed, in a fixed order."""
        return [*self._status(), *self._questions()]

    def _status(self) -> Sequence[Work]:
        registry = self._registry
        since = datetime.now(UTC) - LOOKED_BACK
        return [
            self._work("status by number, proven phone", self._by_number),
            self._work("status of a number nobody has", self._by_wrong_number),
            self._work("status by verified phone alone", self._by_phone),
            self._work("registry: incomplete number", lambda known, _: _must_be(
                registry.find_like(known.number.split("/", 1)[1]) is not None)),
            self._work("registry: how long a permit took lately (once an hour)",
                       lambda known, number: _must_be(
                           bool(registry.courses(("PBG", "SLF", "REKLAME")[number % 3], since))),
                       ONCE_AN_HOUR_MS),
        ]  # fmt: skip

    def _questions(self) -> Sequence[Work]:
        return [
            Work(AREA, "FAQ: search of the index", lambda n: _must_be(
                bool(self._faq.search(self._text(n))))),
            Work(AREA, "FAQ: telling words of the index", lambda n: self._faq.asked(self._text(n))),
            self._work("FAQ: turn of the action server", self._faq_turn),
            self._work("turn that nothing answers", self._lost_turn),
        ]  # fmt: skip

    def _work(self, name: str, do: Callable[[Known, int], object], enough_ms: float = 0.0) -> Work:
        def once(number: int) -> None:
            known = self._known[number % len(self._known)]
            with one_look(self._engine, known.conversation_id):
                do(known, number)

        return Work(AREA, name, once, enough_ms)

    def _text(self, number: int) -> str:
        return self._asked[number % len(self._asked)]

    def _by_number(self, known: Known, number: int) -> None:
        result = self._start(known, [known.number], known.phone)
        _must_be(known.number in result.replies[0].text)

    def _by_wrong_number(self, known: Known, number: int) -> None:
        result = self._start(known, [f"503/9{number:06}/PBG/2026"], known.phone)
        _must_be(bool(result.replies))

    def _by_phone(self, known: Known, number: int) -> None:
        result = self._start(known, [], known.phone)
        _must_be(result.outcome != "interrupted" and bool(result.replies))

    def _start(self, known: Known, numbers: Sequence[str], phone: str) -> StepResult:
        entities = tuple(Entity("nomor_permohonan", item, item) for item in numbers)
        turn = _turn(known, "cek_status", " ".join(["cek status", *numbers]), entities, phone)
        status: Any = self._parts.status
        result: StepResult = status.start(turn)
        _must_be("status.registry_down" not in result.replies[0].text)
        return result

    def _faq_turn(self, known: Known, number: int) -> None:
        asked = self._text(number)
        turn = _turn(known, "tanya_faq", asked, (), known.phone)
        _must_be(bool(self._jawab.answer(turn).replies))

    def _lost_turn(self, known: Known, number: int) -> None:
        turn = _turn(known, "nlu_fallback", f"mblgk zrtu pqx{number}", (), known.phone)
        _must_be(bool(self._jawab.answer(turn).replies))


def _turn(
    known: Known, intent: str, said: str, entities: tuple[Entity, ...], phone: str
) -> TurnInput:
    question = Question(intent, 0.9, entities, 0, len(said))
    return TurnInput(
        known.conversation_id, str(uuid.uuid4()), datetime.now(UTC),
        intent, 0.9, said, entities, (question,),
        metadata={"verified_phone": phone, "channel": "whatsapp", "namespace": "live"},
    )  # fmt: skip


def _known(engine: Engine) -> list[Known]:
    """Give invented applications all over the registry, each with a chat of its own."""
    with engine.connect() as connection:
        chosen = connection.execute(
            text(
                f"select nomor, no_hp from {DEMO_SCHEMA}.contoh_permohonan"  # noqa: S608
                " where nama_pemohon like 'Pemohon Uji %' and status <> 'DRAFT'"
                " order by md5(nomor) limit :samples"
            ),
            {"samples": SAMPLES},
        ).all()
        chats = connection.execute(
            text("select id from conversations where not held_by_officer order by id"
                 " limit :samples"), {"samples": SAMPLES},
        ).scalars().all()  # fmt: skip
    pairs = zip(chosen, chats, strict=True)
    return [Known(str(row.nomor), str(row.no_hp), str(chat)) for row, chat in pairs]


def _must_be(good: bool) -> None:
    if not good:
        raise AssertionError("the work gave something else than expected")
