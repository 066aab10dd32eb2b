"""What a tried conversation looks like on its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from console.editing.tryout_chats import TriedChat, TriedTurn
from console.editing.tryout_sandbox import SharedSandbox
from izin.content import ContentVersion
from izin.content_titles import title
from izin.wording import Wording
from ops.sandbox_handle import SandboxState


@dataclass(frozen=True, slots=True)
class Reading:
    """How one message was understood, in words for editors.

    Attributes:
        changed: (as written, as read) for each word that was read otherwise.
        intents: Name, code, percent, and its n-grams, the likeliest first.
        entities: (kind, what it stands for, as written).
        questions: Names of what is asked, when several things are.
        faq: Question, key and score of the nearest answers.
    """

    normalised: str
    changed: Sequence[tuple[str, str]]
    intents: Sequence[dict[str, Any]]
    entities: Sequence[tuple[str, str, str]]
    questions: Sequence[str]
    faq: Sequence[dict[str, Any]]


def intent_name(wording: Wording, intent: str) -> str:
    """Give an intent's name for people, or its code."""
    for area in ("room", "figures"):
        if wording.has(key := f"{area}.intent.{intent}"):
            return wording.say(key)
    return intent


def reading_of(wording: Wording, turn: TriedTurn) -> Reading | None:
    """Give how a message was understood; None for what is no text."""
    found = turn.understood
    if not found:
        return None
    questions = found.get("questions", [])
    return Reading(
        normalised=found["normalised"],
        changed=[(t["raw"], t["text"]) for t in found["tokens"] if t["raw"] != t["text"]],
        intents=[
            {
                "name": intent_name(wording, item["intent"]),
                "code": item["intent"],
                "percent": round(item["confidence"] * 100),
                "ngrams": [(gram, weight) for gram, weight in item["ngrams"] if weight > 0],
            }
            for item in found.get("intents", [])
        ],
        entities=[
            (item["entity"], str(item["value"] or ", ".join(item["candidates"])), item["raw"])
            for item in found["entities"]
        ],
        questions=[intent_name(wording, item["intent"]) for item in questions]
        if len(questions) > 1
        else [],
        faq=[{**hit, "percent": round(hit["score"] * 100)} for hit in found.get("faq", [])],
    )


def state_words(wording: Wording, state: SandboxState, needed_mb: int) -> dict[str, Any]:
    """Give where the sandbox stands: ``name``, ``text``, and ``startable``."""
    if state.name == "starting":
        text = wording.say(f"tryout.step.{state.step or 'process'}")
    elif state.name == "failed" and state.code == "memory":
        text = wording.say("tryout.failed.memory", needed=state.values.get("needed", needed_mb),
                           free=state.values.get("free", 0))  # fmt: skip
    elif state.name == "failed":
        known = state.code if state.code in ("model", "slow", "often") else "broken"
        text = wording.say(f"tryout.failed.{known}")
    elif state.name == "ended":
        known = state.code if state.code in ("idle", "killed") else "asked"
        text = wording.say(f"tryout.ended.{known}")
    else:
        text = wording.say(f"tryout.{state.name}")
    return {
        "name": state.name,
        "text": text,
        "startable": state.name in ("off", "failed", "ended"),
    }


def chat_context(
    wording: Wording, sandbox: SharedSandbox, chat: TriedChat, version: ContentVersion | None,
    *, needed_mb: int, typed: str = "", error: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Give what ``isi/coba/chat.html`` shows."""
    last = chat.turns[-1] if chat.turns else None
    return {
        "chat": chat,
        "shown": [(turn, reading_of(wording, turn)) for turn in chat.turns],
        "tappable": last,
        "state": state_words(wording, sandbox.state(), needed_mb),
        "version": version,
        "about": title(version.item, version.document) if version else "",
        "typed": typed,
        "error": error,
    }
