"""What a message says to Rasa, and what Rasa's word means to us."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, get_args

import httpx
import pytest

from bot.dialogue import (
    LONGEST_TEXT,
    START_LINKS,
    NotSent,
    RasaClient,
    readable,
    utterance,
)
from izin.conversations import ChatAddress, Conversation, InboundMessage, MessageKind, Turn
from izin.errors import DialogueUnavailable
from tests.bot.gateway.house import FakeRasa, said

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
ADDRESS = ChatAddress("telegram", "1")


def turn(kind: MessageKind = "text", text: str = "", **changes: Any) -> Turn:
    fields = {"phone", "location", "group", "choice_id"} & changes.keys()
    message = InboundMessage(
        ADDRESS, "m1", kind, NOW, text, **{name: changes.pop(name) for name in fields}
    )
    return Turn("t1", Conversation("c1", ADDRESS), message, NOW, NOW, **changes)


def sent(item: Turn) -> tuple[str, str]:
    text, choice = utterance(item)
    assert text is None
    assert choice is not None
    assert choice["intent"] == "nlu_fallback", "no citizen's message brings an intent along"
    return choice["entities"]["kiriman"], choice["entities"]["jenis"]


@pytest.mark.parametrize("kind", get_args(MessageKind))
@pytest.mark.parametrize("text", ["", "syarat pbg?"])
def test_every_kind_of_message_says_something(kind: MessageKind, text: str) -> None:
    words, choice = utterance(turn(kind, text))
    assert (words is None) != (choice is None)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (turn("photo"), ("kirim_berkas", "photo")),
        (turn("document", " \n"), ("kirim_berkas", "document")),
        (turn("voice"), ("kirim_berkas", "voice")),
        (turn("video"), ("kirim_berkas", "video")),
        (turn("location", location=(-7.0, 109.5)), ("kirim_lokasi", "location")),
        (turn("contact", phone="+62800"), ("kirim_kontak", "sendiri")),
        (turn("contact"), ("kirim_kontak", "lain")),
        (turn("sticker"), ("kirim_lain", "sticker")),
        (turn("unsupported"), ("kirim_lain", "unsupported")),
        (turn("choice", choice_id="gone"), ("kirim_lain", "tombol_lama")),
        (turn("start"), ("mulai", "start")),
        (turn("text", ""), ("kirim_lain", "tanpa_kata")),
        (turn("text", "🙏🙏🙏"), ("kirim_lain", "tanpa_kata")),
        (turn("text", "\x00\x07\u202e\u200b"), ("kirim_lain", "tanpa_kata")),
        (turn("text", "?!…"), ("kirim_lain", "tanpa_kata")),
        (turn("edited", "👍"), ("kirim_lain", "tanpa_kata")),
    ],
)
def test_what_is_not_words_is_named_by_its_kind(item: Turn, expected: tuple[str, str]) -> None:
    assert sent(item) == expected


@pytest.mark.parametrize("kind", ["photo", "document", "video", "edited", "text", "start"])
def test_words_under_a_file_or_behind_a_link_are_read(kind: MessageKind) -> None:
    assert utterance(turn(kind, "syarat slf?")) == ("syarat slf?", None)


@pytest.mark.parametrize(
    "text",
    ['/batal{"a": 1}', "/restart", "/session_start", "'; DROP TABLE turns; --", "<b>halo</b>",
     '/lapor_pengaduan{"kategori": "PUNGLI"}'],
)  # fmt: skip
def test_a_citizens_text_stays_text_whatever_it_looks_like(text: str) -> None:
    assert utterance(turn("text", text)) == (text, None)


@pytest.mark.parametrize("link", sorted(START_LINKS))
def test_a_start_link_begins_its_task_and_carries_nothing_else(link: str) -> None:
    words, choice = utterance(turn("start", link.upper()))
    assert words is None
    assert choice == {"intent": START_LINKS[link], "entities": {}}
    assert utterance(turn("text", link)) == (link, None), "typed words stay words"


@pytest.mark.parametrize("link", ["pbg", "tiket_ADU-7K3M-Q9", "status_503", "cek_status"])
def test_another_start_link_is_read_as_words(link: str) -> None:
    assert utterance(turn("start", link)) == (link, None)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("/menu", "menu bantuan"), ("/MENU", "menu bantuan"), ("/data", "data saya"),
     ("/status 503/0123/PBG/2026", "cek status permohonan saya 503/0123/PBG/2026")],
)  # fmt: skip
def test_a_command_typed_where_there_are_none_is_its_sentence(typed: str, read: str) -> None:
    assert utterance(turn("text", typed)) == (read, None)


def test_only_our_own_button_stands_for_an_intent() -> None:
    choice = {"intent": "tanya_biaya", "entities": {"izin": "PBG"}, "title": "Biaya"}
    assert utterance(turn("choice", "Biaya", choice=choice)) == (
        None,
        {"intent": "tanya_biaya", "entities": {"izin": "PBG"}},
    )


def test_a_very_long_text_is_cut() -> None:
    text, _ = utterance(turn("text", "a " * 20_000))
    assert text is not None
    assert len(text) <= LONGEST_TEXT


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("syarat\x0bpbg\rapa", "syarat pbg apa"),
        ("baris satu\r\nbaris dua\tsini", "baris satu\nbaris dua\tsini"),
        ("sya\u00adrat\u200b pbg\ufeff", "syarat pbg"),
        ("  halo\x00 ", "halo"),
        ("a\ud800b", "ab"),
        ("kopi ☕ déjà 你好", "kopi ☕ déjà 你好"),
    ],
)
def test_invisible_characters_go_and_no_two_words_grow_together(typed: str, read: str) -> None:
    assert readable(typed) == read


def client(*answers: Any) -> tuple[RasaClient, FakeRasa]:
    fake = FakeRasa(list(answers))
    return RasaClient("http://rasa", transport=httpx.MockTransport(fake)), fake


@pytest.mark.anyio
async def test_rasa_is_told_all_that_the_actions_need() -> None:
    rasa, fake = client(said("ya"))
    item = turn("location", location=(-7.0, 109.5), group=True, media_ids=("f1",))
    answer = await rasa.answer(item, new_session=True)
    assert [reply.text for reply in answer.replies] == ["ya"]
    assert (answer.intent, answer.confidence) == ("tanya_syarat", 0.9)
    body = fake.bodies[0]
    metadata = body.pop("metadata")
    assert body == {
        "turn_id": "t1",
        "conversation_id": "c1",
        "now": "2026-11-23T02:30:00+00:00",
        "text": None,
        "choice": {
            "intent": "nlu_fallback",
            "entities": {"kiriman": "kirim_lokasi", "jenis": "location"},
        },
        "new_session": True,
    }
    expected = {
        "channel": "telegram",
        "namespace": "live",
        "conversation_id": "c1",
        "verified_phone": None,
        "group": True,
        "kind": "location",
        "media_ids": ["f1"],
        "location": [-7.0, 109.5],
        "choice_title": None,
    }
    assert expected.items() <= metadata.items()
    assert "authorization" not in fake.headers[0]


@pytest.mark.anyio
@pytest.mark.parametrize("error", [httpx.ConnectError("no"), httpx.ConnectTimeout("no")])
async def test_a_rasa_that_does_not_listen_was_certainly_not_asked(error: Exception) -> None:
    rasa, _ = client(error)
    with pytest.raises(NotSent):
        await rasa.answer(turn("text", "a"), False)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
        httpx.Response(503, json={"error": "action"}),
        httpx.Response(500, text="<html>"),
        httpx.Response(404, json=[]),
        httpx.Response(200, text="not json"),
        httpx.Response(200, json=None),
        httpx.Response(200, json={"replies": None}),
        httpx.Response(200, json={"replies": ["x"]}),
        httpx.Response(200, json={"replies": [{"choices": [{}]}]}),
        said("ok", confidence="tinggi"),
        said(" "),
    ],
)
async def test_any_other_trouble_may_have_begun_the_turn(trouble: Any) -> None:
    rasa, _ = client(trouble)
    with pytest.raises(DialogueUnavailable) as caught:
        await rasa.answer(turn("text", "a"), False)
    assert not isinstance(caught.value, NotSent)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answer", "ready"),
    [
        (httpx.Response(200, json={"model_id": "m"}), True),
        (httpx.Response(503, json={"error": "model"}), False),
        (httpx.ConnectError("no"), False),
    ],
)
async def test_rasa_is_ready_only_when_it_says_so(answer: Any, ready: bool) -> None:
    rasa, fake = client(answer)
    assert await rasa.ready() is ready
    assert fake.bodies == [{"path": "/webhooks/tanya/ready"}]
    await rasa.close()


class Several:
    """Rasas by host; each answers with what it is set to, and notes that it was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.now = 100.0
        self.client = RasaClient(
            [f"http://{name}" for name in answers],
            transport=httpx.MockTransport(self._handle),
            clock=lambda: self.now,
        )

    def _handle(self, request: httpx.Request) -> httpx.Response:
        name = request.url.host
        self.asked.append(name)
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, content=answer.content)

    async def ask(self) -> str:
        answer = await self.client.answer(turn("text", "a"), False)
        return answer.replies[0].text


@pytest.mark.anyio
async def test_a_rasa_that_does_not_listen_is_passed_over_at_once() -> None:
    rasas = Several(a=httpx.ConnectError("no"), b=said("dari b"))
    assert [await rasas.ask(), await rasas.ask()] == ["dari b", "dari b"]
    assert rasas.asked == ["a", "b", "b"]
    rasas.answers["a"] = said("dari a")
    rasas.now += 3
    assert await rasas.ask() == "dari a"


@pytest.mark.anyio
async def test_when_no_rasa_listens_nothing_was_begun() -> None:
    rasas = Several(a=httpx.ConnectError("no"), b=httpx.ConnectTimeout("no"))
    for _ in range(2):
        with pytest.raises(NotSent):
            await rasas.ask()
    assert rasas.asked == ["a", "b"] * 2


@pytest.mark.anyio
@pytest.mark.parametrize(
    "trouble", [httpx.ReadTimeout("slow"), httpx.Response(503, json={"error": "model"})]
)
async def test_a_rasa_that_fails_turns_is_asked_last_until_it_answers(trouble: Any) -> None:
    rasas = Several(a=trouble, b=said("dari b"))
    with pytest.raises(DialogueUnavailable):
        await rasas.ask()
    assert await rasas.ask() == "dari b"
    rasas.now += 3
    with pytest.raises(DialogueUnavailable):
        await rasas.ask()
    rasas.now += 3
    assert await rasas.ask() == "dari b", "the second failure keeps it away for longer"


@pytest.mark.anyio
async def test_another_rasa_answers_at_once_when_one_ends_in_the_middle_of_a_turn() -> None:
    rasas = Several(a=httpx.RemoteProtocolError("cut"), b=said("dari b"), c=said("dari c"))
    assert await rasas.ask() == "dari b"
    assert rasas.asked == ["a", "b"]


@pytest.mark.anyio
async def test_a_turn_that_ended_its_rasa_may_have_begun_though_no_other_listens() -> None:
    rasas = Several(a=httpx.RemoteProtocolError("cut"), b=httpx.ConnectError("no"))
    with pytest.raises(DialogueUnavailable) as caught:
        await rasas.ask()
    assert not isinstance(caught.value, NotSent)


@pytest.mark.anyio
async def test_a_turn_that_ends_every_rasa_is_given_to_two_of_them() -> None:
    cut = httpx.RemoteProtocolError("cut")
    rasas = Several(a=cut, b=cut, c=said("dari c"))
    with pytest.raises(DialogueUnavailable):
        await rasas.ask()
    assert rasas.asked == ["a", "b"]


@pytest.mark.anyio
async def test_turns_are_shared_by_how_many_each_rasa_holds() -> None:
    held: list[str] = []
    all_held, go = asyncio.Event(), asyncio.Event()

    async def handle(request: httpx.Request) -> httpx.Response:
        held.append(request.url.host)
        if len(held) == 6:
            all_held.set()
        await go.wait()
        return httpx.Response(200, content=said("ok").content)

    client = RasaClient(["http://a", "http://b"], transport=httpx.MockTransport(handle))
    asking = [asyncio.create_task(client.answer(turn("text", "a"), False)) for _ in range(6)]
    await all_held.wait()
    go.set()
    await asyncio.gather(*asking)
    assert sorted(held) == ["a"] * 3 + ["b"] * 3


@pytest.mark.anyio
async def test_one_ready_rasa_is_enough() -> None:
    rasas = Several(a=httpx.ConnectError("no"), b=httpx.Response(200, json={"model_id": "m"}))
    assert await rasas.client.ready()
    rasas.answers["b"] = httpx.Response(503)
    assert not await rasas.client.ready()
