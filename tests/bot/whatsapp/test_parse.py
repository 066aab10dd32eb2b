"""WhatsApp webhooks as messages and receipts: facts 11-14 and 16 of the channel."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.whatsapp.parse import parse_webhook
from izin.errors import InvalidInput
from tests.fakes.meta import Citizen, FakeMeta

ANI = Citizen("6281200000001", "ID.1000000000000001")
BUDI = Citizen("6281200000002", "ID.2000000000000002", shows_number=False, username="budi")
OLD = Citizen("6281200000003", None)


@pytest.fixture
def meta() -> FakeMeta:
    return FakeMeta()


def parse(meta: FakeMeta, *items: dict[str, Any], phone_id: str = ""):
    return parse_webhook(json.loads(meta.body(list(items))), phone_id)


def one(meta: FakeMeta, item: dict[str, Any]):
    parsed = parse(meta, item)
    assert (parsed.unparsed, parsed.ignored) == ((), ())
    (message,) = parsed.messages
    return message


def test_a_text_keeps_its_words_id_time_and_verified_phone(meta):
    """Fact 13."""
    item = meta.message(ANI, "text", {"body": "syarat pbg"})
    message = one(meta, item)
    assert (message.kind, message.text, message.phone) == ("text", "syarat pbg", "+6281200000001")
    assert message.external_id == item["messages"][0]["id"]
    assert int(message.sent_at.timestamp()) == int(item["messages"][0]["timestamp"])
    assert message.address.chat == "ID.1000000000000001"
    assert message.aliases == ("ID.1000000000000001", "6281200000001")


def test_a_citizen_without_a_phone_number_is_not_dropped(meta):
    """Fact 13, and the failure "users without a phone number dropped"."""
    message = one(meta, meta.message(BUDI, "text", {"body": "halo"}))
    assert (message.address.chat, message.phone) == ("ID.2000000000000002", None)
    assert message.aliases == ("ID.2000000000000002",)


def test_a_username_never_identifies_as_it_can_pass_to_somebody_else(meta):
    message = one(meta, meta.message(BUDI, "text", {"body": "halo"}))
    assert "budi" not in str(message)


def test_a_citizen_known_by_number_alone_is_addressed_by_it(meta):
    """Fact 13: webhooks from before the BSUID."""
    message = one(meta, meta.message(OLD, "text", {"body": "halo"}))
    assert (message.address.chat, message.aliases) == ("6281200000003", ("6281200000003",))


def test_the_contact_beside_a_message_completes_who_wrote_it(meta):
    """Fact 13: number and BSUID of one citizen are aliases that can merge."""
    item = meta.message(ANI, "text", {"body": "halo"})
    del item["messages"][0]["from_user_id"]
    assert one(meta, item).aliases == ("ID.1000000000000001", "6281200000001")


def test_contacts_of_other_citizens_are_never_mixed_in(meta):
    first, second = (
        meta.message(who, "text", {"body": "x"}) for who in (OLD, Citizen("6281200000004"))
    )
    mixed = {
        "messages": first["messages"] + second["messages"],
        "contacts": [second["contacts"][0], first["contacts"][0]],
    }
    messages = parse(meta, mixed).messages
    assert [message.aliases for message in messages] == [
        ("6281200000003",),
        ("ID.1000000000000001", "6281200000004"),
    ]


def test_a_message_from_nobody_is_kept_for_review(meta):
    item = meta.message(ANI, "text", {"body": "halo"})
    for key in ("from", "from_user_id"):
        del item["messages"][0][key]
    item["contacts"] = []
    assert len(parse(meta, item).unparsed) == 1


@pytest.mark.parametrize(
    ("kind", "content", "expected", "media"),
    [
        ("image", {"id": "1", "mime_type": "image/jpeg", "caption": "ini"}, "photo", "photo"),
        ("document", {"id": "1", "filename": "a.pdf"}, "document", "document"),
        ("audio", {"id": "1", "voice": True}, "voice", "voice"),
        ("video", {"id": "1"}, "video", "video"),
        ("sticker", {"id": "1", "animated": False}, "sticker", "sticker"),
        ("location", {"latitude": -7.5, "longitude": 110.2, "name": "MPP"}, "location", None),
        ("contacts", [{"name": {"formatted_name": "A"}}], "contact", None),
        ("unsupported", None, "unsupported", None),
        ("order", {"product_items": []}, "unsupported", None),
        ("jenis_baru", {}, "unsupported", None),
        ("request_welcome", None, "start", None),
        ("interactive", {"type": "nfm_reply", "nfm_reply": {}}, "unsupported", None),
    ],
)
def test_every_kind_of_message_is_told_apart(meta, kind, content, expected, media):
    message = one(meta, meta.message(ANI, kind, content))
    assert message.kind == expected
    assert [item.kind for item in message.media] == ([media] if media else [])


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("interactive", {"type": "button_reply", "button_reply": {"id": "c1", "title": "Biaya"}}),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "c1", "title": "Biaya"}}),
        ("button", {"payload": "c1", "text": "Biaya"}),
    ],
)
def test_taps_on_buttons_rows_and_template_buttons_are_choices(meta, kind, content):
    """Fact 16, and the failure "a retry button that sends nothing"."""
    message = one(meta, meta.message(ANI, kind, content, context={"id": "wamid.lama"}))
    assert (message.kind, message.choice_id, message.text) == ("choice", "c1", "Biaya")
    assert message.reply_to == "wamid.lama"


def test_an_edit_names_the_message_it_changes(meta):
    edit = {
        "original_message_id": "wamid.asli",
        "message": {"type": "text", "text": {"body": "syarat slf"}},
    }
    message = one(meta, meta.message(ANI, "edit", edit))
    assert (message.kind, message.text, message.reply_to) == ("edited", "syarat slf", "wamid.asli")


def test_reactions_and_deletions_wait_for_no_answer(meta):
    parsed = parse(
        meta,
        meta.message(ANI, "reaction", {"message_id": "x", "emoji": "👍"}),
        meta.message(ANI, "revoke", {"original_message_id": "x"}),
    )
    assert (parsed.messages, len(parsed.ignored)) == ((), 2)


def test_a_groups_message_is_left_alone(meta):
    """Nothing about a person is said in a group; the number belongs to none."""
    item = meta.message(ANI, "text", {"body": "halo"}, group_id="120363000000000000")
    assert parse(meta, item).ignored == ("a message of a group",)


def test_a_changed_number_is_left_to_a_person(meta):
    system = {"type": "user_changed_number", "wa_id": "6281299999999", "body": "x"}
    parsed = parse(meta, meta.message(ANI, "system", system))
    assert (parsed.messages, len(parsed.unparsed)) == ((), 1)


# Batches


def statuses(*items: tuple[str, str]) -> dict[str, Any]:
    return {
        "statuses": [
            {"id": number, "status": status, "timestamp": "1790000000", "recipient_id": "62812"}
            for number, status in items
        ]
    }


def test_every_entry_change_message_and_status_of_a_batch_is_read(meta):
    """Fact 11, and the failure "only the first of a batch handled"."""
    first = meta.message(ANI, "text", {"body": "1"})
    second = meta.message(ANI, "text", {"body": "2"})
    first["messages"] += second["messages"]
    items = [
        first,
        meta.message(BUDI, "text", {"body": "3"}),
        statuses(("w1", "sent"), ("w2", "read")),
        meta.message(OLD, "text", {"body": "4"}) | statuses(("w3", "delivered")),
    ]
    parsed = parse(meta, *items)
    assert len(json.loads(meta.body(items))["entry"]) == 2
    assert [message.text for message in parsed.messages] == ["1", "2", "3", "4"]
    assert [(r.external_id, r.status) for r in parsed.receipts] == [
        ("w1", "sent"), ("w2", "read"), ("w3", "delivered"),
    ]  # fmt: skip


def test_messages_of_a_batch_are_put_in_the_order_they_were_written(meta):
    """Fact 11: unordered."""
    late = meta.message(ANI, "text", {"body": "kedua"}, timestamp="1790000010")
    early = meta.message(ANI, "text", {"body": "pertama"}, timestamp="1790000001")
    assert [message.text for message in parse(meta, late, early).messages] == ["pertama", "kedua"]


BROKEN: list[Any] = [
    {"id": "x"}, {"type": "text"}, {"type": "text", "text": {}, "id": "w", "timestamp": "1"},
    {"type": "text", "text": {"body": 5}}, {"type": "image", "image": None}, None, 5, "x", [],
    {"type": "location", "location": {"latitude": "RAHASIA"}}, {"type": None},
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_one_bad_message_never_loses_the_rest(meta, broken):
    """Fact 12: what cannot be understood is kept for review."""
    item = meta.message(ANI, "text", {"body": "baik"})
    bad = broken
    if isinstance(broken, dict):
        bad = {"from": "6281200000009", "id": "w9", "timestamp": "1790000000"} | broken
        if broken == {"id": "x"}:
            bad = broken
    item["messages"] = [bad, *item["messages"], copy.deepcopy(bad)]
    parsed = parse(meta, item, statuses(("w1", "sent")))
    assert [message.text for message in parsed.messages] == ["baik"]
    assert len(parsed.receipts) == 1
    assert len(parsed.unparsed) == 2
    kept, reason = parsed.unparsed[0]
    assert json.loads(kept) == bad
    assert "RAHASIA" not in reason


@pytest.mark.parametrize("level", ["entry", "change", "value", "statuses", "timestamp", "status"])
def test_damage_at_any_level_stays_there(meta, level):
    """Fact 12."""
    document = json.loads(
        meta.body([meta.message(ANI, "text", {"body": "baik"}), statuses(("w1", "sent"))])
    )
    bad_status = statuses(("w2", "sent"))
    if level == "timestamp":
        bad_status["statuses"][0]["timestamp"] = "9" * 30
    if level == "status":
        bad_status["statuses"][0]["status"] = "hilang"
    damage: dict[str, Any] = {
        "entry": lambda: document["entry"].insert(0, {"id": "1"}),
        "change": lambda: document["entry"][0]["changes"].insert(0, None),
        "value": lambda: document["entry"][0]["changes"].insert(0, {"field": "messages"}),
    }
    status_change = {"field": "messages", "value": bad_status}
    if level == "statuses":
        status_change["value"] = {"statuses": "bukan daftar"}
    damage.get(level, lambda: document["entry"][0]["changes"].insert(0, status_change))()
    parsed = parse_webhook(document)
    assert [message.text for message in parsed.messages] == ["baik"]
    assert [receipt.external_id for receipt in parsed.receipts] == ["w1"]
    assert len(parsed.unparsed) == 1


# Receipts


@pytest.mark.parametrize(
    ("told", "kept"),
    [("sent", "sent"), ("delivered", "delivered"), ("read", "read"), ("played", "read")],
)
def test_a_status_becomes_a_receipt(meta, told, kept):
    """Fact 14."""
    (receipt,) = parse(meta, statuses(("w1", told))).receipts
    assert (receipt.external_id, receipt.status, receipt.error_code) == ("w1", kept, None)


def test_a_failed_status_names_its_error(meta):
    """Facts 14 and 18."""
    item = statuses(("w1", "failed"))
    item["statuses"][0]["errors"] = [{"code": 131047, "title": "Re-engagement message"}]
    (receipt,) = parse(meta, item).receipts
    assert (receipt.status, receipt.error_code) == ("failed", "131047")


def test_every_status_is_told_in_whatever_order_and_number(meta):
    """Fact 14: every one is recorded; only forward is the store's rule."""
    items = statuses(("w1", "read"), ("w1", "sent"), ("w1", "sent"), ("w1", "delivered"))
    assert [r.status for r in parse(meta, items).receipts] == ["read", "sent", "sent", "delivered"]


def test_items_of_another_number_of_the_account_are_not_ours(meta):
    item = meta.message(ANI, "text", {"body": "halo"})
    assert parse(meta, item, phone_id="999").messages == ()
    assert len(parse(meta, item, phone_id=meta.phone_id).messages) == 1


def test_other_fields_are_ignored(meta):
    document = json.loads(meta.body([meta.message(ANI, "text", {"body": "halo"})]))
    document["entry"][0]["changes"][0]["field"] = "account_update"
    parsed = parse_webhook(document)
    assert (parsed.messages, parsed.ignored) == ((), ("field account_update",))


@pytest.mark.parametrize(
    "body", [None, [], "x", {}, {"object": "page", "entry": []},
             {"object": "whatsapp_business_account"},
             {"object": "whatsapp_business_account", "entry": "x"}],
)  # fmt: skip
def test_what_is_no_whatsapp_webhook_is_a_clear_error(body):
    with pytest.raises(InvalidInput):
        parse_webhook(body)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "from",
                    "type",
                    "text",
                    "body",
                    "timestamp",
                    "messages",
                    "statuses",
                    "status",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(_json)
def test_whatever_comes_a_good_message_beside_it_is_read(noise):
    """Fact 12."""
    meta = FakeMeta()
    document = json.loads(meta.body([meta.message(ANI, "text", {"body": "baik"})]))
    document["entry"][0]["changes"].insert(0, {"field": "messages", "value": noise})
    document["entry"].append(noise)
    parsed = parse_webhook(document)
    assert "baik" in [message.text for message in parsed.messages]
