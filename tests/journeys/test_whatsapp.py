"""A citizen on WhatsApp, through the strict fake Cloud API and signed webhooks."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from izin.storage.keyring import FILE_HEAD
from izin.storage.postgres.media import read_file
from ops.journeys.files import FILES
from tests.fakes.meta import Citizen
from tests.journeys.stack import Stack

_numbers = count(6280000900001)


@pytest.fixture
def citizen(stack: Stack) -> Citizen:
    """A new citizen; the webhook is known to the platform."""
    stack.meta.webhook = f"{stack.trial.gateway_url}/webhooks/whatsapp"
    number = next(_numbers)
    return Citizen(str(number), f"ID.{number}")


def sent_to(stack: Stack, who: Citizen) -> list[dict[str, Any]]:
    chats = set(who.chats())
    return [
        message
        for message in stack.meta.sent
        if str(message.get("to", message.get("recipient", ""))).lstrip("+") in chats
    ]


def answer(stack: Stack, who: Citizen, number: int) -> dict[str, Any]:
    """Give the `number`-th message to a citizen, waiting for it."""
    stack.meta.wait_for(lambda: len(sent_to(stack, who)) >= number, 25)
    return sent_to(stack, who)[number - 1]


def text_of(message: dict[str, Any]) -> str:
    content = message[message["type"]]
    body = content["body"]
    return str(body if isinstance(body, str) else body["text"])


def options_of(message: dict[str, Any]) -> dict[str, str]:
    action = message["interactive"]["action"]
    options = [button["reply"] for button in action.get("buttons", [])]
    options += [row for section in action.get("sections", []) for row in section["rows"]]
    return {option["title"]: option["id"] for option in options}


def test_the_subscription_challenge_is_echoed_for_the_right_word_only(
    stack: Stack, citizen: Citizen
) -> None:
    right = stack.meta.subscribe(stack.meta.webhook)
    assert (right.status_code, right.text) == (200, "1158201444")
    assert stack.meta.subscribe(stack.meta.webhook, "kata-lain").status_code == 403


def test_a_signed_webhook_is_answered_through_the_cloud_api(stack: Stack, citizen: Citizen) -> None:
    message_id = stack.meta.say(citizen, "biaya slf")
    assert stack.meta.deliver() == [200]
    said = answer(stack, citizen, 1)
    assert "Rp0" in text_of(said)
    assert message_id in [read for read, _ in stack.meta.reads]
    title, choice = next(iter(options_of(said).items()))
    kind = "list_reply" if said["interactive"]["type"] == "list" else "button_reply"
    stack.meta.tap(citizen, choice, title, kind)
    assert stack.meta.deliver() == [200]
    assert stack.permit("SLF").short_name in text_of(answer(stack, citizen, 2))


def test_a_batch_with_duplicates_is_answered_once_each_in_order(
    stack: Stack, citizen: Citizen
) -> None:
    other = Citizen(str(next(_numbers)), None)
    stack.meta.say(citizen, "biaya slf")
    stack.meta.queue({"messages": [{"id": "rusak", "type": 7}]})
    stack.meta.say(other, "syarat slf")
    assert set(stack.meta.deliver(batch=True, twice=True)) == {200}
    assert "Rp0" in text_of(answer(stack, citizen, 1))
    assert stack.permit("SLF").official_name in text_of(answer(stack, other, 1))
    stack.meta.say(citizen, "biaya pbg")
    stack.meta.deliver()
    assert "PBG" in text_of(answer(stack, citizen, 2))
    assert len(sent_to(stack, citizen)) == 2
    kept = stack.one("select count(*) from review_items where channel = 'whatsapp'")
    assert kept >= 1


def test_a_wrong_or_missing_signature_stores_nothing(stack: Stack, citizen: Citizen) -> None:
    item = stack.meta.message(citizen, "text", {"body": "biaya slf"})
    body = stack.meta.body([item])
    before = (
        stack.one("select count(*) from turns"),
        stack.one("select count(*) from review_items"),
    )
    assert stack.meta.post(body, signature="").status_code == 401
    assert stack.meta.post(body, signature="sha256=" + "0" * 64).status_code == 403
    assert stack.meta.post(body + b" ", signature=None).status_code == 200  # rightly signed
    answer(stack, citizen, 1)
    assert stack.meta.post(b"{" * 100).status_code == 400
    assert stack.meta.post(b"x" * 4_000_000).status_code == 413
    after = (
        stack.one("select count(*) from turns"),
        stack.one("select count(*) from review_items"),
    )
    assert after == (before[0] + 1, before[1])


def test_the_citizen_s_own_number_is_proof_of_their_applications(stack: Stack) -> None:
    stack.meta.webhook = f"{stack.trial.gateway_url}/webhooks/whatsapp"
    who = Citizen("6280000000101", None)
    stack.meta.say(who, "cek status 503/0123/PBG/2026")
    stack.meta.deliver()
    application = stack.application("503/0123/PBG/2026")
    answer(stack, who, 2)  # the notice of a first contact makes it longer than one message
    said = "\n".join(text_of(answer(stack, who, number)) for number in (1, 2))
    assert application.stage in said and stack.day(application.submitted_at) in said


def test_a_citizen_who_hides_the_number_is_answered_by_user_id(
    stack: Stack, citizen: Citizen
) -> None:
    hidden = Citizen(str(next(_numbers)), f"ID.{next(_numbers)}", shows_number=False,
                     username="warga.contoh")  # fmt: skip
    stack.meta.say(hidden, "biaya slf")
    stack.meta.deliver()
    said = answer(stack, hidden, 1)
    assert said["recipient"] == hidden.bsuid and "to" not in said
    assert "Rp0" in text_of(said)


def test_receipts_are_recorded_and_only_move_forward(stack: Stack, citizen: Citizen) -> None:
    stack.meta.say(citizen, "biaya slf")
    stack.meta.deliver()
    sent = answer(stack, citizen, 1)["id"]
    status = "select status from sent_parts where external_id = :id"
    stack.until(lambda: stack.one(status, id=stack.marked(sent)) is not None)
    for name in ("delivered", "read", "sent", "delivered"):
        stack.meta.receipt(sent, name)
        stack.meta.deliver()
    assert stack.one(status, id=stack.marked(sent)) == "read"
    kept = stack.rows("select status from receipts where external_id = :id", id=stack.marked(sent))
    assert {row["status"] for row in kept} == {"sent", "delivered", "read"}


def test_a_failed_receipt_opens_the_conversation_to_an_officer(
    stack: Stack, citizen: Citizen
) -> None:
    stack.meta.say(citizen, "biaya slf")
    stack.meta.deliver()
    sent = answer(stack, citizen, 1)["id"]
    stack.until(
        lambda: (
            stack.one(
                "select count(*) from sent_parts where external_id = :id", id=stack.marked(sent)
            )
            == 1
        )
    )
    stack.meta.receipt(sent, "failed", 131026)
    stack.meta.deliver()
    opened = stack.one(
        "select e.reason from escalations e join outbox o on e.key = 'delivery:' || o.id"
        " join sent_parts p on p.outbox_id = o.id where p.external_id = :id",
        id=stack.marked(sent),
    )
    assert opened == "delivery_failed"


def test_an_overloaded_platform_gets_the_message_later_once(stack: Stack, citizen: Citizen) -> None:
    stack.meta.fail("messages", 130429)
    stack.meta.say(citizen, "biaya slf")
    stack.meta.deliver()
    assert "Rp0" in text_of(answer(stack, citizen, 1))
    stack.meta.say(citizen, "biaya pbg")
    stack.meta.deliver()
    answer(stack, citizen, 2)
    assert len(sent_to(stack, citizen)) == 2


def test_a_photo_is_fetched_at_once_and_kept(stack: Stack, citizen: Citizen) -> None:
    jpeg = FILES["foto berlokasi"]
    message_id = stack.meta.send_file(citizen, "image", jpeg, "image/jpeg")
    stack.meta.deliver()
    assert answer(stack, citizen, 1)
    [row] = stack.rows(
        "select m.id::text as id, m.mime_type from media_files m"
        " join turns t on m.id::text = any(t.media_ids) where t.external_id = :id",
        id=stack.marked(message_id),
    )
    assert row["mime_type"] == "image/jpeg"
    folder = stack.trial.folder / "var" / "media"
    assert (folder / row["id"]).read_bytes().startswith(FILE_HEAD)
    kept = read_file(stack.engine, folder, row["id"])
    assert b"Samsung" in jpeg and b"Samsung" not in kept
    assert kept.startswith(b"\xff\xd8\xff")


def test_the_webhook_answers_fast_while_rasa_is_busy(stack: Stack, citizen: Citizen) -> None:
    with stack.locked("rasa_trackers"):
        stack.meta.say(citizen, "biaya slf")
        assert stack.meta.deliver() == [200]
        assert sent_to(stack, citizen) == []
    assert "Rp0" in text_of(answer(stack, citizen, 1))
