"""Tasks left open are kept in mind, offered in one line, resumed, dismissed and forgotten."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from izin.replies import Choice, Reply, join_replies
from izin.storage.memory.drafts import MemoryDrafts
from izin.usecases.dialogue import Answer, Entity, StepResult, TurnInput
from izin.usecases.open_tasks import DRAFT, OpenTasks, Task
from izin.usecases.resume_tasks import RememberedTask, ResumeTasks, WithOpenTasks
from izin.usecases.task_words import TaskWords
from izin.usecases.turn_draft import TurnDraft
from izin.wording import Wording

NOW = datetime.fromisoformat("2026-11-23T10:00:00+07:00")
WORDING = Wording()
_turns = itertools.count(1)


def turn(text: str = "", intent: str = "nlu_fallback", **changes: Any) -> TurnInput:
    """Give a turn of the chat."""
    entities = changes.pop("entities", {})
    values: dict[str, Any] = {
        "conversation_id": "chat",
        "turn_id": f"turn-{next(_turns)}",
        "now": NOW,
        "intent": intent,
        "text": text,
        "entities": tuple(Entity(name, value) for name, value in entities.items()),
    }
    return TurnInput(**{**values, **changes})


def tap(intent: str, **entities: Any) -> TurnInput:
    """Give the turn of a tapped button."""
    return turn(intent=intent, entities=entities, previous_turn_id="long ago")


def said(result: StepResult) -> Reply:
    """Give what the citizen gets."""
    return join_replies(list(result.replies))


@dataclass
class Asking:
    """A long dialogue that asks for words until it hears "cukup" or "batal"."""

    drafts: MemoryDrafts
    kind: str

    def start(self, item: TurnInput) -> StepResult:
        return self.step(item)

    def step(self, item: TurnInput) -> StepResult:
        draft = TurnDraft(self.drafts, self.kind)
        if item.intent == "batal" or item.text == "cukup":
            draft.save(item, {})
            return StepResult("finished", (Reply(f"{self.kind} selesai"),))
        if item.intent.startswith("tanya"):
            return StepResult("interrupted")
        told = [*draft.before(item).get("told", []), *([item.text] if item.text else [])]
        draft.save(item, {"told": told})
        return StepResult("consumed", (Reply(f"{self.kind}: apa lagi?"),))

    def prompt(self, item: TurnInput) -> Reply:
        draft = TurnDraft(self.drafts, self.kind)
        state = draft.before(item)
        draft.save(item, {**state, "reminded": True})
        if state.get("reminded"):
            return Reply(silent=True)
        return Reply(f"{self.kind}: sampai {state.get('told')}, apa lagi?")


class Talking:
    """A one-turn use case."""

    def answer(self, item: TurnInput) -> Answer:
        return Answer((Reply("Jawaban", (Choice("Menu", "menu_bantuan"),)),))


@dataclass
class Chat:
    """One chat with two tasks and the answers beside them."""

    drafts: MemoryDrafts = field(default_factory=MemoryDrafts)
    before: str | None = "turn-before"

    def __post_init__(self) -> None:
        tasks = OpenTasks(self.drafts, [Task("pengaduan"), Task("status", lives=timedelta(days=1))])
        self.resuming = ResumeTasks(tasks, WORDING, TaskWords(WORDING))
        self.complaint = self._task("pengaduan")
        self.status = self._task("status")
        self.talk = WithOpenTasks(Talking(), self.resuming)

    def _task(self, kind: str) -> RememberedTask:
        return RememberedTask(kind, Asking(self.drafts, kind), self.resuming)

    def turn(self, text: str = "", intent: str = "nlu_fallback", **changes) -> TurnInput:  # type: ignore[no-untyped-def]
        item = turn(text, intent, **{"previous_turn_id": self.before, **changes})
        self.before = item.turn_id
        return item

    def told(self, kind: str) -> list[str]:
        return list(TurnDraft(self.drafts, kind).now(turn()).get("told", []))


@pytest.fixture
def chat() -> Chat:
    """A chat with a complaint left open behind a status that was asked for."""
    chat = Chat()
    chat.complaint.start(chat.turn("loket lambat", "lapor_pengaduan"))
    chat.status.start(chat.turn("cek status", "cek_status"))
    return chat


def buttons(reply: Reply) -> list[str]:
    return [choice.title for choice in reply.choices]


OFFER = "Tadi aduan Anda belum terkirim. Lanjutkan?"


def test_a_finished_task_offers_the_other_one_in_one_line_with_a_button(chat: Chat) -> None:
    reply = said(chat.status.step(chat.turn("cukup")))
    assert reply.text == f"status selesai\n\n{OFFER}"
    assert buttons(reply) == ["Lanjutkan aduan"]


def test_a_cancelled_task_offers_the_other_one_too(chat: Chat) -> None:
    assert said(chat.status.step(chat.turn("batal", "batal"))).text.endswith(OFFER)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("ya", "setuju"), ("lanjut", "nlu_fallback"), ("yg tadi aja", "nlu_fallback"),
     ("terusno mas", "koreksi"), ("balik ke aduan", "cek_pengaduan"),
     ("terusin yang tadi dong", "tanya_faq"),
     ("hayu lanjutkeun nu tadi", "setuju"), ("hayu lanjutkeun", "sapa"),
     ("kembali ke laporan saya tadi dong", "lapor_pengaduan")],
)  # fmt: skip
def test_the_offered_task_goes_on_where_it_was_left(chat: Chat, text: str, intent: str) -> None:
    chat.status.step(chat.turn("cukup"))
    answer = chat.talk.answer(chat.turn(text, intent))
    assert answer.replies[0].text == "pengaduan: sampai ['loket lambat'], apa lagi?"
    assert answer.opens == "pengaduan"
    chat.complaint.step(chat.turn("di kecamatan"))
    assert chat.told("pengaduan") == ["loket lambat", "di kecamatan"]


def test_the_button_works_long_after_the_offer_and_inside_another_task(chat: Chat) -> None:
    assert chat.status.step(tap("setuju", tugas="pengaduan")).outcome == "interrupted"
    answer = chat.talk.answer(tap("setuju", tugas="pengaduan"))
    assert answer.opens == "pengaduan"


def test_naming_another_open_task_leads_there_and_keeps_this_one(chat: Chat) -> None:
    assert chat.status.step(chat.turn("balik ke aduan tadi", "koreksi")).outcome == "interrupted"
    assert chat.complaint.start(chat.turn("balik ke aduan tadi", "lapor_pengaduan")).outcome == (
        "consumed"
    )
    assert chat.told("pengaduan") == ["loket lambat"]
    assert said(chat.complaint.step(chat.turn("cukup"))).text.endswith(
        "Tadi pengecekan status belum selesai. Lanjutkan?"
    )


@pytest.mark.parametrize(
    "text",
    ["syarat pbg lanjut apa", "aduan saya yang dulu sudah dilanjutkan ke dinas belum ya min", "ya"],
)
def test_other_words_are_no_wish_to_go_back(chat: Chat, text: str) -> None:
    answer = chat.talk.answer(chat.turn(text, "tanya_syarat"))
    assert answer.opens is None and answer.replies[0].text == "Jawaban"


def test_an_open_task_is_offered_not_forced_at_the_beginning_of_a_new_talk(chat: Chat) -> None:
    later = NOW + timedelta(hours=30)
    first = chat.talk.answer(chat.turn("halo", "sapa", now=later, previous_turn_id=None))
    assert first.replies[0].text == f"Jawaban\n\n{OFFER}"  # the status is too old by now
    assert buttons(first.replies[0]) == ["Lanjutkan aduan", "Menu"]
    assert first.opens is None
    second = chat.talk.answer(chat.turn("syarat slf", "tanya_syarat", now=later))
    assert second.replies[0].text == "Jawaban"


def test_thanks_remind_of_what_is_open_but_not_inside_a_form(chat: Chat) -> None:
    inside = chat.talk.answer(chat.turn("makasih", "terima_kasih", open_form="form_status"))
    assert inside.replies[0].text == "Jawaban"
    outside = chat.talk.answer(chat.turn("makasih", "terima_kasih"))
    assert "Lanjutkan?" in outside.replies[0].text


def test_no_keeps_the_task_and_is_not_asked_again_in_this_talk(chat: Chat) -> None:
    chat.status.step(chat.turn("cukup"))
    kept = chat.talk.answer(chat.turn("gak dulu", "tolak"))
    assert kept.replies[0].text == WORDING.say("flow.kept")
    assert "Lanjutkan?" not in chat.talk.answer(chat.turn("ok", "pamit")).replies[0].text
    assert chat.talk.answer(chat.turn("lanjutkan")).opens == "pengaduan"


def test_cancel_after_the_offer_forgets_that_task(chat: Chat) -> None:
    chat.status.step(chat.turn("cukup"))
    dropped = chat.talk.answer(chat.turn("gak usah batal aja", "batal"))
    assert dropped.replies[0].text == WORDING.say("flow.dropped")
    assert chat.drafts.get("chat", "pengaduan") is None
    assert chat.talk.answer(chat.turn("lanjut")).opens is None


def test_yes_to_something_else_resumes_nothing(chat: Chat) -> None:
    chat.status.step(chat.turn("cukup"))
    chat.talk.answer(chat.turn("syarat slf", "tanya_syarat"))
    assert chat.talk.answer(chat.turn("ya", "setuju")).opens is None


@pytest.mark.parametrize("text", ["reset", "Mulai dari awal ya kak", "ulang dari awal"])
def test_beginning_anew_forgets_every_task_and_what_was_talked_about(chat: Chat, text: str) -> None:
    answer = chat.talk.answer(chat.turn(text, "batal"))
    assert answer.slots == {"izin": None, "pertanyaan": None}
    assert answer.replies[0].text == WORDING.say("flow.reset")
    for kind in ("pengaduan", "status", DRAFT):
        assert chat.drafts.get("chat", kind) is None


def test_beginning_anew_inside_a_form_closes_it(chat: Chat) -> None:
    result = chat.status.step(chat.turn("reset"))
    assert (result.outcome, dict(result.slots)) == ("finished", {"izin": None, "pertanyaan": None})
    assert chat.drafts.get("chat", "pengaduan") is None


def test_a_turn_that_runs_again_says_the_same(chat: Chat) -> None:
    finishing = chat.turn("cukup")
    first, second = chat.status.step(finishing), chat.status.step(finishing)
    assert said(first) == said(second)
    yes = chat.turn("ya", "setuju")
    again = [chat.talk.answer(yes) for _ in range(2)]
    assert again[0].opens == again[1].opens == "pengaduan"
    assert again[0].replies == again[1].replies


def test_nothing_is_offered_or_resumed_before_others(chat: Chat) -> None:
    group = {"metadata": {"group": True}}
    hello = chat.talk.answer(chat.turn("halo", "sapa", previous_turn_id=None, **group))
    assert hello.replies[0].text == "Jawaban"
    assert chat.talk.answer(chat.turn("lanjut", **group)).opens is None
