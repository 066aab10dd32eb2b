"""Rasa's message processor, strict: a turn is carried out whole or not at all.

Stock Rasa logs an action's exception, goes on without its events and saves the tracker. Here
every failure leaves :meth:`TurnProcessor.handle_turn` as a
:class:`~nlu.components.turns.TurnFailed`, and the tracker is written once, at the end.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from rasa.core.actions.action import (
    Action,
    ActionExecutionRejection,
    ActionListen,
    RemoteAction,
)
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import (
    ActionExecutionRejected,
    BotUttered,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.components.action_endpoint import is_away
from nlu.components.compaction import compacted
from nlu.components.opening import NEVER_OVERRULED, OFFICER_INTENT, SURE, opening_clause
from nlu.components.tracker_store import PostgresTrackerStore
from nlu.components.turns import (
    ActionFailed,
    ActionsAway,
    Choice,
    DialogueFailed,
    EmptyReply,
    InvalidTurn,
    ModelFailed,
    Turn,
    TurnAnswer,
    TurnFailed,
)

log = structlog.get_logger(__name__)

FALLBACK_INTENT = "nlu_fallback"
CHANNEL_NAME = "tanya"
# Measured on a sixth of the examples held out: below this, where a tenth of the messages lies,
# the guess is wrong more often than right, so the action offers the best three instead.
DEFAULT_CONFIDENCE_THRESHOLD = 0.45
# Rasa's parser runs a text beginning with this as an intent. The look-alike has the same
# length (positions stay true) and means nothing to it.
_PAYLOAD_SIGN, _HARMLESS_SIGN = "/", "\u2215"

_LOOKING_ONLY = frozenset({ActionListen, RemoteAction})


def confidence_threshold() -> float:
    """The threshold of TANYA_CONFIDENCE_THRESHOLD, or the default.

    Raises:
        ValueError: The variable is not a number from 0 to 1.
    """
    raw = os.environ.get("TANYA_CONFIDENCE_THRESHOLD", "")
    if not raw:
        return DEFAULT_CONFIDENCE_THRESHOLD
    try:
        value = float(raw)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise ValueError("TANYA_CONFIDENCE_THRESHOLD must be a number from 0 to 1")
    return value


class SilentOutput(OutputChannel):
    """Takes what Rasa would send; the replies are read from the tracker's events."""

    @classmethod
    def name(cls) -> str:
        """Name of the channel in Rasa's events."""
        return CHANNEL_NAME

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Send nothing."""


class TurnProcessor(MessageProcessor):
    """Carries out turns on one loaded model."""

    tracker_store: PostgresTrackerStore

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, on_circuit_break=_too_many_actions, **kwargs)
        self._threshold = confidence_threshold()

    async def handle_turn(self, turn: Turn) -> TurnAnswer:
        """Answer a turn, or return the stored answer when it was answered before.

        Raises:
            InvalidTurn: The choice names an intent the domain does not know.
            TurnFailed: Anything failed; nothing was saved.
        """
        if turn.choice is not None and turn.choice.intent not in self.domain.intents:
            raise InvalidTurn("choice.intent is not an intent of the domain")
        stored = await self.tracker_store.load(turn.conversation_id)
        tracker = stored.tracker
        for answer in stored.turns:
            if answer.turn_id == turn.turn_id:
                return TurnAnswer(
                    answer.turn_id, answer.replies, answer.intent, answer.confidence, replayed=True
                )
        if tracker is None or turn.new_session:
            tracker = self.tracker_store.init_tracker(turn.conversation_id)
        tracker.model_id = self.model_metadata.model_id
        tracker.assistant_id = self.model_metadata.assistant_id
        try:
            answer = await self._run(turn, tracker)
        except (TurnFailed, InvalidTurn):
            raise
        except Exception as error:
            raise DialogueFailed(type(error).__name__) from error
        await self.tracker_store.save_turns(
            compacted(tracker, self.domain), (*stored.turns, answer), stored.version
        )
        return answer

    async def _run(self, turn: Turn, tracker: DialogueStateTracker) -> TurnAnswer:
        output = SilentOutput()
        await self._update_tracker_session(tracker, output)
        message = UserMessage(
            turn.text or "",
            output,
            turn.conversation_id,
            parse_data=await self._parse_data(turn, tracker),
            input_channel=CHANNEL_NAME,
            message_id=turn.turn_id,
            metadata=turn.message_metadata(),
        )
        before = len(tracker.events)
        await self._handle_message_with_tracker(message, tracker)
        tracker = await self.run_action_extract_slots(output, tracker)
        await self._run_prediction_loop(output, tracker)
        self._forget_finished_forms(tracker)
        replies = _replies(list(tracker.events)[before:])
        intent = message.parse_data["intent"]
        return TurnAnswer(turn.turn_id, replies, intent["name"], float(intent["confidence"]))

    async def _parse_data(self, turn: Turn, tracker: DialogueStateTracker) -> dict[str, Any]:
        if turn.choice is not None:
            return _chosen(turn.choice)
        text = (turn.text or "").strip()
        if not text:
            return _unread(text)
        harmless = text
        if text.startswith(_PAYLOAD_SIGN):
            harmless = _HARMLESS_SIGN + text[1:]
        message = UserMessage(
            harmless, sender_id=turn.conversation_id, metadata=turn.message_metadata()
        )
        try:
            parsed = await self.parse_message(message, tracker)
        except Exception as error:
            raise ModelFailed(type(error).__name__) from error
        parsed["text"] = text
        intent = parsed["intent"]
        if not intent.get("name") or intent["confidence"] < self._threshold:
            parsed["intent"] = {"name": FALLBACK_INTENT, "confidence": intent["confidence"]}
        if wished := await self._wish_for_a_human(text, intent.get("name"), tracker):
            parsed["intent"] = wished
        return parsed

    async def _wish_for_a_human(
        self, text: str, intent: str | None, tracker: DialogueStateTracker
    ) -> dict[str, Any] | None:
        """Give the intent of an opening that plainly asks for a human, before its story.

        The story ("…, my file has been there for weeks") weighs more in the whole message, but
        who begins so wants to tell it to a human. An open form decides for itself.
        """
        clause = opening_clause(text) if intent not in NEVER_OVERRULED else None
        if clause is None or tracker.active_loop_name is not None:
            return None
        message = UserMessage(clause.lstrip(_PAYLOAD_SIGN), sender_id=tracker.sender_id)
        try:
            opening = (await self.parse_message(message, tracker))["intent"]
        except Exception as error:
            raise ModelFailed(type(error).__name__) from error
        wished = opening.get("name") == OFFICER_INTENT and opening["confidence"] >= SURE
        return {"name": OFFICER_INTENT, "confidence": opening["confidence"]} if wished else None

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Warn of what the domain does not know; Rasa makes an empty domain to find out."""
        intent = parse_data["intent"]["name"]
        entities = {entity["entity"] for entity in parse_data["entities"]}
        if intent not in self.domain.intents or not entities <= set(self.domain.entities):
            super()._check_for_unseen_features(parse_data)

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        """Run one action; unlike Rasa's own, an exception fails the turn."""
        try:
            seen = self._seen_by(action, tracker, prediction)
            events = await action.run(output_channel, nlg, seen, self.domain)
        except ActionExecutionRejection:
            tracker.update(
                ActionExecutionRejected(
                    action.name(), prediction.policy_name, prediction.max_confidence
                )
            )
            return self.should_predict_another_action(action.name())
        except Exception as error:
            log.error("action_failed", action=action.name(), error=type(error).__name__)
            failure = ActionsAway if is_away(error) else ActionFailed
            raise failure(action.name()) from error
        self._log_action_on_tracker(tracker, action, events, prediction)
        if any(isinstance(event, UserUttered) for event in events or ()):
            raise ActionFailed(f"{action.name()} may not speak for the citizen")
        return self.should_predict_another_action(action.name())

    def _seen_by(
        self, action: Action, tracker: DialogueStateTracker, prediction: PolicyPrediction
    ) -> DialogueStateTracker:
        """The tracker with the prediction's events, a copy where they may be taken back.

        A copy replays all events; what only looks at the tracker gets it itself.
        """
        if not prediction.events and type(action) in _LOOKING_ONLY:
            return tracker
        seen = tracker.copy()
        seen.update_with_events(prediction.events, self.domain)
        return seen

    def _log_action_on_tracker(
        self,
        tracker: DialogueStateTracker,
        action: Action,
        events: list[Event] | None,
        prediction: PolicyPrediction,
    ) -> None:
        """Add what an action came to; Rasa's own also copies all of it for a debug log."""
        happened = events or []
        if not any(isinstance(event, ActionExecutionRejected) for event in happened):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(happened, self.domain)

    def _forget_finished_forms(self, tracker: DialogueStateTracker) -> None:
        """Clear a closed form's own slots, or it would be finished when it opens again."""
        for form in self.domain.form_names:
            if form == tracker.active_loop_name:
                continue
            for slot in self.domain.required_slots_for_form(form):
                if tracker.get_slot(slot) is not None:
                    tracker.update(SlotSet(slot, None), self.domain)


def _too_many_actions(*_: Any) -> None:
    raise DialogueFailed("the rules asked for too many actions in one turn")


def _chosen(choice: Choice) -> dict[str, Any]:
    entities = [
        {
            "entity": name,
            "value": value,
            "start": 0,
            "end": 0,
            "confidence": 1.0,
            "extractor": CHANNEL_NAME,
        }
        for name, value in choice.entities.items()
    ]
    intent = {"name": choice.intent, "confidence": 1.0}
    question = {
        "intent": choice.intent,
        "confidence": 1.0,
        "entities": entities,
        "start": 0,
        "end": 0,
    }
    return {
        "text": "",
        "intent": intent,
        "intent_ranking": [intent],
        "entities": entities,
        "questions": [question],
    }


def _unread(text: str) -> dict[str, Any]:
    return {
        "text": text,
        "intent": {"name": FALLBACK_INTENT, "confidence": 0.0},
        "intent_ranking": [],
        "entities": [],
        "questions": [],
    }


def _replies(events: Sequence[Any]) -> tuple[Mapping[str, Any], ...]:
    said = [event for event in events if isinstance(event, BotUttered)]
    if not said:
        raise EmptyReply("no action said anything")
    replies = []
    for event in said:
        reply = (event.data or {}).get("custom")
        if not isinstance(reply, dict) or event.text:
            raise ActionFailed("a reply is not a json_message")
        if reply.get("silent") is not True:
            replies.append(reply)
    return tuple(replies)
