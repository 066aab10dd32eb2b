"""The fixes behave as what they replace."""

from __future__ import annotations

import copyreg
import time
from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from nlu.components import rasa_fixes
from tests.nlu.fake_actions import said, slot

DOMAIN = Domain.load("data/domain")
RESPONSES: list[Any] = [
    {},
    {"events": [], "responses": []},
    said({"kind": "x"}, events=(slot("izin", "PBG"),)),
    {"events": [{"event": "slot", "name": "izin"}]},
    {"events": [{"event": "slot", "timestamp": "later", "name": "izin", "value": 1}]},
    {"events": [{"event": "no_such_event"}]},
    {"events": [{"event": "slot", "name": 7, "value": 1}]},
    {"events": [{"event": "slot", "timestamp": True, "name": "izin", "value": 1}]},
    {"events": [{"event": "slot", "timestamp": 1.5, "name": "izin", "value": None}]},
    {"events": [{"event": "slot", "name": "izin", "value": 1, "metadata": "x"}]},
    {"events": [{"event": "active_loop", "name": "form_status", "timestamp": None}]},
    {"events": [{"event": ["slot"], "name": "izin", "value": 1}]},
    {"events": [["slot"]], "responses": [{}]},
    {"events": {}},
    {"responses": ["text"]},
    {"responses": {}},
    [],
    None,
    "text",
]


def outcome(validate: Any, response: Any) -> Any:
    """What validating gives: True, or the error's text."""
    try:
        return validate(RemoteAction("action_x", None), response)
    except ValidationError as error:
        return error.message, list(error.path)


@pytest.mark.parametrize("response", RESPONSES)
def test_a_response_is_judged_as_rasa_judges_it(response: Any) -> None:
    expected = outcome(rasa_fixes.original_validate_action_result, response)

    assert outcome(rasa_fixes.validate_action_result, response) == expected


def test_both_verdicts_occur_among_the_responses() -> None:
    verdicts = [outcome(rasa_fixes.validate_action_result, response) for response in RESPONSES]

    assert True in verdicts
    assert any(verdict is not True for verdict in verdicts)


@pytest.mark.parametrize(
    "name", ["user", "slot", "bot", "active_loop", "action", "restart", "topic"]
)
def test_an_event_class_is_found_as_rasa_finds_it(name: str) -> None:
    expected = rasa_fixes.original_resolve_by_type(name)

    for _ in range(2):
        assert rasa_fixes.resolve_by_type(name) is expected


def test_an_unknown_event_is_an_error_or_the_callers_default() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="no_such_event"):
            rasa_fixes.resolve_by_type("no_such_event")
        assert rasa_fixes.resolve_by_type("no_such_event", SlotSet) is SlotSet
        assert rasa_fixes.resolve_by_type("no_such_event", UserUttered) is UserUttered


def test_the_fixes_are_faster_than_what_they_replace() -> None:
    response = said({"kind": "x"}, events=tuple(slot("izin", "PBG") for _ in range(3)))

    def seconds(function: Any, *arguments: Any) -> float:
        started = time.process_time()
        for _ in range(20):
            function(*arguments)
        return time.process_time() - started

    action = RemoteAction("action_x", None)
    assert seconds(rasa_fixes.validate_action_result, action, response) * 2 < seconds(
        rasa_fixes.original_validate_action_result, action, response
    )
    assert seconds(rasa_fixes.resolve_by_type, "restart") * 2 < seconds(
        rasa_fixes.original_resolve_by_type, "restart"
    )


def test_apply_puts_them_in_place_and_refuses_another_rasa(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", None)
    monkeypatch.setattr(Event, "resolve_by_type", None)
    monkeypatch.setattr(Slot, "__copy__", None, raising=False)
    rasa_fixes.apply()
    rasa_fixes.apply()

    assert RemoteAction._validate_action_result is rasa_fixes.validate_action_result
    assert Event.resolve_by_type is rasa_fixes.resolve_by_type
    assert Slot.__copy__ is rasa_fixes.copy_slot
    monkeypatch.setattr(rasa_fixes.rasa, "__version__", "3.6.22")
    with pytest.raises(RuntimeError, match=r"3\.6\.22"):
        rasa_fixes.apply()


def test_a_copied_slot_is_as_copied_by_python() -> None:
    for slot_of_domain in DOMAIN.slots:
        slot_of_domain.value = ["PBG"]
        state = slot_of_domain.__reduce_ex__(4)
        expected = copyreg.__newobj__(*state[1])
        expected.__dict__.update(state[2])

        twin = rasa_fixes.copy_slot(slot_of_domain)

        assert type(twin) is type(expected)
        assert twin.__dict__ == expected.__dict__
        assert twin.value is slot_of_domain.value
        slot_of_domain.reset()


def conversation() -> DialogueStateTracker:
    """A tracker of three turns, in the middle of the third."""
    tracker = DialogueStateTracker("c", DOMAIN.slots)
    tracker.update(ActionExecuted("action_listen"), DOMAIN)
    for number in range(3):
        parsed = {"intent": {"name": "sapa"}, "entities": [], "questions": [{"intent": "sapa"}]}
        message = UserUttered(
            f"halo {number}",
            {"name": "sapa"},
            parse_data=parsed,
            metadata={"turn_id": f"t{number}"},
        )
        tracker.update(message, DOMAIN)
        tracker.update(SlotSet("izin", "PBG"), DOMAIN)
        if number < 2:
            tracker.update(ActionExecuted("action_sosial"), DOMAIN)
            tracker.update(BotUttered(data={"custom": {"text": "Halo"}}), DOMAIN)
            tracker.update(ActionExecuted("action_listen"), DOMAIN)
    return tracker


def test_an_action_is_called_as_rasa_calls_it_but_for_domain_and_old_events() -> None:
    tracker, action = conversation(), RemoteAction("action_x", EndpointConfig("http://x"))
    stock = rasa_fixes.original_action_call_format(action, tracker, DOMAIN)
    ours = rasa_fixes.action_call_format(action, tracker, DOMAIN)

    assert ours.pop("domain") == {}
    assert stock.pop("domain")
    stock_events, events = stock["tracker"].pop("events"), ours["tracker"].pop("events")
    assert ours == stock
    for event in stock_events:
        event.pop("parse_data", None)
    newest = [at for at, event in enumerate(stock_events) if event["event"] == "user"][-2]
    assert events == stock_events[newest:]
    assert ours["tracker"]["latest_message"]["questions"] == [{"intent": "sapa"}]


def test_an_action_sees_of_the_tracker_what_it_sees_of_a_copy() -> None:
    tracker, action = conversation(), RemoteAction("action_jawab", None)
    tracker.slots["izin"].value = "PBG"

    seen = rasa_fixes.action_call_format(action, tracker, DOMAIN)

    assert seen == rasa_fixes.action_call_format(action, tracker.copy(), DOMAIN)


def test_a_first_turn_is_sent_with_all_its_events() -> None:
    tracker = DialogueStateTracker("c", DOMAIN.slots)
    tracker.update(ActionExecuted("action_listen"), DOMAIN)
    tracker.update(UserUttered("halo", {"name": "sapa"}), DOMAIN)
    call = rasa_fixes.action_call_format(
        RemoteAction("action_x", EndpointConfig("http://x")), tracker, DOMAIN
    )

    assert [event["event"] for event in call["tracker"]["events"]] == ["action", "user"]


class Step:
    """A node that tells its name and what it was given."""

    def __init__(self, name: str, calls: list[str], error: Exception | None = None) -> None:
        self.name, self.calls, self.error = name, calls, error

    def __call__(self, *given: Any) -> tuple[str, Any]:
        self.calls.append(self.name)
        if self.error:
            raise self.error
        return self.name, [self.name, *given]


def runner(calls: list[str], error: Exception | None = None) -> DaskGraphRunner:
    """A graph: a needs the input, b and c need a, d needs both and something never given."""
    needs = {
        "d": {"x": "b", "y": "c", "z": "never"},
        "b": {"x": "a"},
        "c": {"x": "a", "m": "message"},
        "a": {"m": "message"},
        "aside": {"m": "message"},
    }
    made = DaskGraphRunner.__new__(DaskGraphRunner)
    made._graph_schema = GraphSchema(
        {
            name: SchemaNode(need, GraphComponent, "create", "run", {}, is_target=name == "d")
            for name, need in needs.items()
        }
    )
    made._instantiated_nodes = {
        name: Step(name, calls, error if name == "c" else None) for name in needs
    }
    made._execution_context = None
    return made


@pytest.mark.parametrize("targets", [None, ["d"], ["b"], ["b", "c"], ["aside", "d"], ["message"]])
def test_a_graph_gives_what_it_gives_with_dask(targets: list[str] | None) -> None:
    calls: list[str] = []
    graph = runner(calls)
    for text in ("halo", "lagi"):
        stock = rasa_fixes.original_run(graph, {"message": [text]}, targets)
        before = sorted(calls)
        calls.clear()

        assert rasa_fixes.run(graph, {"message": [text]}, targets) == stock
        assert sorted(calls) == before
        calls.clear()


@pytest.mark.parametrize("error", [RuntimeError("x"), ValueError("y"), GraphRunError("z")])
def test_a_failing_node_fails_as_with_dask(error: Exception) -> None:
    graph = runner([], error)
    for function in (rasa_fixes.original_run, rasa_fixes.run):
        expected = GraphRunError if isinstance(error, RuntimeError) else type(error)
        with pytest.raises(expected):
            function(graph, {"message": [1]}, ["d"])


def test_an_input_called_as_a_node_is_refused_as_with_dask() -> None:
    for function in (rasa_fixes.original_run, rasa_fixes.run):
        with pytest.raises(GraphRunError, match=r"clash|name of a node"):
            function(runner([]), {"message": "a"}, ["d"])
