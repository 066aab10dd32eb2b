"""Turns as read from JSON."""

from __future__ import annotations

import pytest

from nlu.components.turns import InvalidTurn, Turn, storable

BODY = {
    "turn_id": "t",
    "conversation_id": "c",
    "now": "2026-03-02T02:00:00Z",
    "text": "halo",
    "choice": None,
    "new_session": False,
    "metadata": {"channel": "telegram"},
}


def test_a_turn_is_read_with_its_metadata() -> None:
    turn = Turn.from_json(BODY)

    assert turn.text == "halo"
    assert turn.message_metadata() == {
        "channel": "telegram",
        "turn_id": "t",
        "now": "2026-03-02T02:00:00+00:00",
        "choice": False,
    }


def test_our_own_metadata_cannot_be_overwritten() -> None:
    turn = Turn.from_json({**BODY, "metadata": {"turn_id": "x", "now": "x", "choice": True}})

    assert turn.message_metadata()["turn_id"] == "t"
    assert turn.message_metadata()["choice"] is False


def test_optional_fields_may_be_missing() -> None:
    body = {key: BODY[key] for key in ("turn_id", "conversation_id", "now", "text")}

    assert Turn.from_json(body).new_session is False


@pytest.mark.parametrize("missing", ["turn_id", "conversation_id", "now", "text"])
def test_what_is_needed_must_be_there(missing: str) -> None:
    with pytest.raises(InvalidTurn):
        Turn.from_json({key: value for key, value in BODY.items() if key != missing})


def test_what_jsonb_refuses_is_replaced_in_place() -> None:
    assert storable({"a\x00": ["b\x00c", "\ud83d!", "😀", 1, None]}) == {
        "a\ufffd": ["b\ufffdc", "\ufffd!", "😀", 1, None]
    }
