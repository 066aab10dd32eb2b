"""Asks Rasa for the answer to one turn, over HTTP on loopback."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from bot.plain_http import PlainTransport
from bot.telegram.commands import default_sentences
from izin.conversations import Turn
from izin.errors import DialogueUnavailable, InvalidInput
from izin.replies import Reply
from izin.storage.keyring import DIALOGUE_PHONE, locked_for

LONGEST_TEXT = 8000
"""Characters of a message that Rasa reads; enough for the longest story of a complaint."""

CALL_TIMEOUT_S = 8.0
"""Longer than the 5 s Rasa gives an action, shorter than the 20 s a turn has."""

CONNECT_TIMEOUT_S = 1.0

AWAY_S = (2.0, 5.0, 15.0, 30.0)
"""How long a Rasa is asked last after failing once, twice, and so on."""

PARTS_AWAY = frozenset({"tracker_store", "actions_away"})
"""What Rasa says when its trackers' database or the action servers are away."""

_KEPT_CONTROLS = "\n\t"
_COMMAND = re.compile(r"/([A-Za-z]{1,32})(?=\s|$)")

START_LINKS: Mapping[str, str] = {
    "status": "cek_status",
    "aduan": "lapor_pengaduan",
    "petugas": "minta_petugas",
    "izin": "tanya_izin_apa",
    "jam": "tanya_kontak_jam_lokasi",
    "menu": "menu_bantuan",
    "bantuan": "menu_bantuan",
    "data": "privasi",
}
"""Deep links (``?start=status``) that begin a task; they carry no data and prove nothing."""


@dataclass(frozen=True, slots=True)
class DialogueAnswer:
    """What Rasa said to a turn; ``replayed`` means it had answered this turn before."""

    replies: tuple[Reply, ...]
    intent: str
    confidence: float
    replayed: bool


class PartAway(DialogueUnavailable):
    """A part that every turn needs is away: waiting helps, and nothing speaks against the turn."""


class NotSent(PartAway):
    """Rasa did not accept the connection: the turn was certainly not begun."""


@dataclass(slots=True)
class _Rasa:
    """One Rasa process: how many turns it holds, and until when it is asked last.

    One that fails answers fast, or holds turns until they are given up: without this it would
    draw all turns to itself, or take its share of them for nothing.
    """

    url: str
    turns: int = 0
    failures: int = 0
    away_until: float = 0.0

    def failed(self, now: float) -> None:
        self.away_until = now + AWAY_S[min(self.failures, len(AWAY_S) - 1)]
        self.failures += 1

    def answered(self) -> None:
        self.failures, self.away_until = 0, 0.0


class RasaClient:
    """Speaks to the input channel in ``nlu/components``, of one Rasa or of several.

    Any Rasa can answer any turn, as trackers lie in PostgreSQL: the one with the fewest turns in
    hand is asked, one that does not listen is passed over.
    """

    def __init__(
        self,
        base_urls: str | Sequence[str],
        secret: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the addresses; ``transport`` replaces the network in tests."""
        known = {"authorization": f"Bearer {secret}"} if secret else {}
        self._headers = {**known, "content-type": "application/json"}
        self._plain = transport if isinstance(transport, PlainTransport) else None
        urls = [base_urls] if isinstance(base_urls, str) else base_urls
        self._rasas = [_Rasa(url.rstrip("/")) for url in urls]
        self._clock = clock
        self._http = httpx.AsyncClient(
            headers=known,
            timeout=httpx.Timeout(CALL_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            transport=transport,
            trust_env=False,
        )

    async def answer(
        self, turn: Turn, new_session: bool, private_url: str | None = None
    ) -> DialogueAnswer:
        """Give the replies to a turn; safe to repeat, as every Rasa knows the turn's id.

        ``private_url`` leads from a group to a private chat with us.

        Raises:
            NotSent: No Rasa is listening.
            PartAway: Its trackers cannot be reached, or no action server is listening.
            DialogueUnavailable: Rasa, its model or an action failed; nothing was saved.
        """
        status, content = await self._post(_body(turn, new_session, private_url))
        if status != 200:
            reason = _reason(content)
            failure = PartAway if reason in PARTS_AWAY else DialogueUnavailable
            raise failure(f"rasa answered {status}: {reason}")
        try:
            document = json.loads(content)
            return DialogueAnswer(
                replies=tuple(_spoken(item) for item in document["replies"]),
                intent=str(document.get("intent") or ""),
                confidence=float(document.get("confidence") or 0.0),
                replayed=bool(document.get("replayed")),
            )
        except (ValueError, KeyError, TypeError, InvalidInput) as error:
            raise DialogueUnavailable("rasa answered in an unknown shape") from error

    async def _post(self, turn: Mapping[str, Any]) -> tuple[int, bytes]:
        """Give status and body of the first Rasa that takes the turn."""
        body = json.dumps(turn, ensure_ascii=False, separators=(",", ":")).encode()
        unsent: Exception | None = None
        broken = False
        now = self._clock()
        for rasa in sorted(self._rasas, key=lambda rasa: (rasa.away_until > now, rasa.turns)):
            rasa.turns += 1
            try:
                status, content = await self._call(f"{rasa.url}/webhooks/tanya/turns", body)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                # Nothing was begun there, so another one may begin.
                rasa.failed(self._clock())
                unsent = error
            except httpx.HTTPError as error:
                rasa.failed(self._clock())
                if broken or isinstance(error, httpx.TimeoutException) or not self._another(now):
                    reason = f"rasa did not answer: {type(error).__name__}"
                    raise DialogueUnavailable(reason) from error
                # It ended in the middle of the turn. Another may answer it at once, but only one:
                # a turn that itself ends its Rasa must not end them all.
                broken = True
            else:
                if status == 200:
                    rasa.answered()
                else:
                    rasa.failed(self._clock())
                return status, content
            finally:
                rasa.turns -= 1
        if broken:
            raise DialogueUnavailable("rasa ended, and no other is listening") from unsent
        raise NotSent("rasa is not listening") from unsent

    async def _call(self, url: str, body: bytes) -> tuple[int, bytes]:
        if self._plain is not None:
            answer = await self._plain.post(
                url, body, self._headers, connect_s=CONNECT_TIMEOUT_S, read_s=CALL_TIMEOUT_S
            )
            return answer.status, answer.content
        response = await self._http.post(url, content=body, headers=self._headers)
        return response.status_code, response.content

    def _another(self, now: float) -> bool:
        return any(rasa.away_until <= now for rasa in self._rasas)

    async def ready(self) -> bool:
        """Say whether a Rasa holds a model and reaches its tracker store."""
        for rasa in self._rasas:
            try:
                response = await self._http.get(f"{rasa.url}/webhooks/tanya/ready", timeout=2.0)
            except httpx.HTTPError:
                continue
            if response.status_code == 200:
                return True
        return False

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def utterance(turn: Turn) -> tuple[str | None, Mapping[str, Any] | None]:
    """Give what the turn says: (text, None) for typed words, (None, choice) for all else.

    A choice carries one of our own intents; a citizen's text never does.
    """
    message = turn.message
    if message.kind == "choice":
        if turn.choice is None:
            return None, _sent("kirim_lain", "tombol_lama")
        choice = {"intent": turn.choice["intent"], "entities": dict(turn.choice["entities"])}
        return None, choice
    if message.kind == "start" and not readable(message.text):
        return None, _sent("mulai", "start")
    if message.kind == "start" and message.text.casefold() in START_LINKS:
        return None, {"intent": START_LINKS[message.text.casefold()], "entities": {}}
    captioned = message.kind in ("photo", "document", "video") and message.text.strip()
    if message.kind in ("photo", "document", "video", "voice") and not captioned:
        return None, _sent("kirim_berkas", message.kind)
    if message.kind == "location":
        return None, _sent("kirim_lokasi", "location")
    if message.kind == "contact":
        return None, _sent("kirim_kontak", "sendiri" if message.phone else "lain")
    if message.kind in ("sticker", "unsupported"):
        return None, _sent("kirim_lain", message.kind)
    text = _commanded(readable(message.text))
    if not any(letter.isalnum() for letter in text):
        return None, _sent("kirim_lain", "tanpa_kata")
    return text[:LONGEST_TEXT], None


def _commanded(text: str) -> str:
    """Give the sentence that a command at the beginning of a text stands for.

    Telegram's own commands were read by its parser; elsewhere they are typed as words.
    """
    match = _COMMAND.match(text)
    sentence = default_sentences().get(match[1].lower()) if match else None
    return f"{sentence} {text[match.end() :].strip()}".strip() if match and sentence else text


def readable(text: str) -> str:
    """Drop invisible characters; keep line breaks and everything else.

    A control character becomes a space, as it may have stood between two words.
    """
    letters = []
    for letter in text.replace("\r\n", "\n"):
        category = unicodedata.category(letter)
        if letter in _KEPT_CONTROLS or category not in ("Cc", "Cf", "Cs", "Co"):
            letters.append(letter)
        elif category == "Cc":
            letters.append(" ")
    return "".join(letters).strip()


def _sent(what: str, kind: str) -> dict[str, Any]:
    # Nothing was said, so no intent of the language fits: the action reads `kiriman`.
    return {"intent": "nlu_fallback", "entities": {"kiriman": what, "jenis": kind}}


def _body(turn: Turn, new_session: bool, private_url: str | None) -> dict[str, Any]:
    text, choice = utterance(turn)
    conversation, message = turn.conversation, turn.message
    location: Sequence[float] | None = list(message.location) if message.location else None
    return {
        "turn_id": turn.id,
        "conversation_id": conversation.id,
        "now": turn.now.isoformat(),
        "text": text,
        "choice": choice,
        "new_session": new_session,
        "metadata": {
            "channel": conversation.address.channel,
            "namespace": conversation.address.namespace,
            "conversation_id": conversation.id,
            # Rasa has no key: what it keeps of a turn must not tell the phone.
            "verified_phone": locked_for(DIALOGUE_PHONE, conversation.verified_phone),
            "group": message.group,
            "private_url": private_url,
            "kind": message.kind,
            "typed": text is not None,
            "media_ids": list(turn.media_ids),
            "location": location,
            "choice_title": turn.choice["title"] if turn.choice else None,
        },
    }


def _spoken(item: Any) -> Reply:
    reply = Reply.from_json(item)
    if not (reply.text.strip() or reply.choices or reply.media or reply.silent):
        raise InvalidInput("a reply says nothing")
    return reply


def _reason(content: bytes) -> str:
    try:
        return str(json.loads(content).get("error", "unknown"))
    except (ValueError, AttributeError):
        return "unreadable"
