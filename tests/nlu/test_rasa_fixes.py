"""Both fixes behave as what they replace."""

from __future__ import annotations

import time
from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event, SlotSet, UserUttered

from nlu.components import rasa_fixes
from tests.nlu.fake_actions import said, slot

RESPONSES: list[Any] = [
    {},
    {"events": [], "responses": []},
    said({"kind": "x"}, events=(slot("izin", "PBG"),)),
    {"events": [{"event": "slot", "name": "izin"}]},
    {"events": [{"event": "slot", "timestamp": "later", "name": "izin", "value": 1}]},
    {"events": [{"event": "no_such_event"}]},
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


def test_apply_puts_both_in_place_and_refuses_another_rasa(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", None)
    monkeypatch.setattr(Event, "resolve_by_type", None)
    rasa_fixes.apply()
    rasa_fixes.apply()

    assert RemoteAction._validate_action_result is rasa_fixes.validate_action_result
    assert Event.resolve_by_type is rasa_fixes.resolve_by_type
    monkeypatch.setattr(rasa_fixes.rasa, "__version__", "3.6.22")
    with pytest.raises(RuntimeError, match=r"3\.6\.22"):
        rasa_fixes.apply()
