"""Whatever is sent to the gateway, rightly signed or not: a clear answer, never a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.guard import HEADERS
from bot.main import Gateway
from bot.simulator import api
from bot.telegram.webhook import SECRET_HEADER
from bot.whatsapp.webhook import SIGNATURE_HEADER, sign
from izin.settings import Settings
from tests.fakes.serving import serve
from tests.fuzzing import BODIES, PATIENCE_S, TYPES, bodies, fuzz_settings, nearly

SECRET = "rahasia-uji-coba"
TELEGRAM, WHATSAPP = "/webhooks/telegram", "/webhooks/whatsapp"
NOT_READY = "/readyz"

_CHAT = {"id": 6281, "type": "private", "first_name": "Ani"}
_FROM = {"id": 6281, "is_bot": False, "first_name": "Ani", "language_code": "id"}
_FILE = {"file_id": "AgAC", "file_unique_id": "u", "file_size": 9, "mime_type": "image/jpeg"}


def _telegram(**content: Any) -> dict[str, Any]:
    message = {"message_id": 7, "date": 1_790_000_000, "chat": _CHAT, "from": _FROM, **content}
    return {"update_id": 10, "message": message}


UPDATES = (
    _telegram(text="halo", entities=[{"type": "bold", "offset": 0, "length": 4}]),
    _telegram(photo=[{**_FILE, "width": 1, "height": 1}], caption="denah"),
    _telegram(document={**_FILE, "file_name": "a.pdf"}),
    _telegram(contact={"phone_number": "+6281200000001", "first_name": "Ani", "user_id": 6281}),
    _telegram(location={"latitude": -6.9, "longitude": 109.6}),
    _telegram(chat={"id": -100, "type": "supergroup", "title": "x"}, text="/start@bot a"),
    {"update_id": 11, "edited_message": _telegram(text="salah")["message"]},
    {"update_id": 12, "callback_query": {"id": "1", "from": _FROM, "chat_instance": "1",
     "data": "c1", "message": _telegram(text="x")["message"]}},
    {"update_id": 13, "my_chat_member": {"chat": _CHAT, "from": _FROM, "date": 1,
     "new_chat_member": {"status": "kicked", "user": _FROM},
     "old_chat_member": {"status": "member", "user": _FROM}}},
)  # fmt: skip


def _whatsapp(**value: Any) -> dict[str, Any]:
    told = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "62285", "phone_number_id": "1"},
        **value,
    }
    change = {"field": "messages", "value": told}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


def _says(kind: str, content: Any) -> dict[str, Any]:
    return _whatsapp(
        contacts=[{"wa_id": "6281200000001", "profile": {"name": "Ani"}}],
        messages=[{"from": "6281200000001", "id": "wamid.1", "timestamp": "1790000000",
                   "type": kind, kind: content, "context": {"id": "wamid.0"}}],
    )  # fmt: skip


WEBHOOKS = (
    _says("text", {"body": "halo"}),
    _says("image", {"id": "12", "mime_type": "image/jpeg", "sha256": "x", "caption": "denah"}),
    _says("document", {"id": "12", "mime_type": "application/pdf", "filename": "a.pdf"}),
    _says("location", {"latitude": -6.9, "longitude": 109.6, "name": "Kantor"}),
    _says("interactive", {"type": "list_reply", "list_reply": {"id": "c1", "title": "Ya"}}),
    _says("contacts", [{"phones": [{"phone": "+62", "wa_id": "62"}]}]),
    _whatsapp(statuses=[{"id": "wamid.1", "status": "failed", "timestamp": "1790000000",
                         "recipient_id": "62", "errors": [{"code": 131047, "title": "x"}]}]),
)  # fmt: skip


@pytest.fixture(scope="module")
def gateway(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A gateway with every route, over a real database, and its address; nobody works there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "ANSWER_TIMEOUT_S", 0.0)
        made = Gateway(Settings(
            database_url=module_database_url,
            media_folder=str(tmp_path_factory.mktemp("media")),
            rasa_processes=("http://127.0.0.1:9",), actions_servers=("http://127.0.0.1:9",),
            seal_key="s" * 32, audit_key="a" * 32, simulator=True, demo=True,
            public_url="https://izin.contoh.example", model_server_token=SECRET,
            telegram_token="1:contoh", telegram_secret=SECRET, telegram_api="http://127.0.0.1:9",
            whatsapp_token="contoh", whatsapp_phone_id="1", whatsapp_app_secret=SECRET,
            whatsapp_verify_token=SECRET, whatsapp_api="http://127.0.0.1:9",
        ))  # fmt: skip
        application = made.application()
        with serve(application) as base:
            yield application, base
        made.engine.dispose()


@pytest.fixture(scope="module")
def http(gateway: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=gateway[1], trust_env=False, timeout=PATIENCE_S) as client:
        yield client


def sound(answer: httpx.Response, what: object) -> None:
    """Fail unless it is a clear answer with every header, and says nothing of our inside."""
    assert answer.status_code < 500, (answer.status_code, what)
    assert "Traceback" not in answer.text, what
    assert SECRET not in answer.text, what
    assert all(name in answer.headers for name in HEADERS), what


def test_rightly_signed_junk_of_telegram_is_taken_or_told_to_be_junk(http: httpx.Client) -> None:
    @fuzz_settings(120)
    @given(nearly(UPDATES) | bodies)
    def attack(body: bytes) -> None:
        answer = http.post(TELEGRAM, content=body, headers={SECRET_HEADER: SECRET})
        assert answer.status_code in (200, 400), body
        sound(answer, body)

    attack()


def test_rightly_signed_junk_of_meta_is_taken_or_told_to_be_junk(http: httpx.Client) -> None:
    @fuzz_settings(120)
    @given(nearly(WEBHOOKS) | bodies)
    def attack(body: bytes) -> None:
        answer = http.post(WHATSAPP, content=body, headers={SIGNATURE_HEADER: sign(body, SECRET)})
        assert answer.status_code in (200, 400), body
        sound(answer, body)

    attack()


def test_wrongly_signed_calls_are_refused_whatever_they_hold(http: httpx.Client) -> None:
    words = st.sampled_from(
        ["", SECRET[:-1], SECRET + " x", "sha256=", "sha256=" + "0" * 64, "sha1=" + "0" * 40,
         "\x80\xff", "a" * 9000]
    )  # fmt: skip

    @fuzz_settings(40)
    @given(st.sampled_from((TELEGRAM, WHATSAPP)), words, bodies, st.sampled_from(TYPES))
    def attack(path: str, word: str, body: bytes, kind: str) -> None:
        headers = [(SECRET_HEADER, word), (SIGNATURE_HEADER, word), ("content-type", kind)]
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        answer = http.post(path, content=body, headers=raw)
        assert answer.status_code in (401, 403), (path, word)
        sound(answer, (path, word))

    attack()


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")
PATHS = (
    "/", "/healthz", "/simulator", "/simulator/static/../api.py", "/simulator/static/%00",
    "/simulator/api/turns", "/simulator/api/messages", "/simulator/api/clock", TELEGRAM, WHATSAPP,
    "/simulator/api/media/%2e%2e%2f?channel=telegram&chat=a", "/webhooks/%74elegram", "//evil",
    "/internal/model/x?token=%ff", f"/internal/model/%00?token={SECRET}", "/docs", "/openapi.json",
    f"{WHATSAPP}?hub.mode=subscribe&hub.verify_token=%F0%9F%92%A5&hub.challenge=1", "/%ff", "/%7f",
)  # fmt: skip


def test_no_method_path_or_type_is_a_fault_of_ours(http: httpx.Client) -> None:
    @fuzz_settings(80)
    @given(
        st.sampled_from(METHODS), st.sampled_from(PATHS), bodies, st.sampled_from(TYPES),
        st.sampled_from(("", "chunked")),
    )  # fmt: skip
    def attack(method: str, path: str, body: bytes, kind: str, coding: str) -> None:
        content: Any = iter([body]) if coding else body
        headers = [(b"content-type", kind.encode("latin-1"))]
        answer = http.request(method, path, content=content, headers=headers)
        if answer.status_code != 504:  # nobody answers a simulated citizen here
            sound(answer, (method, path, body))

    attack()


def test_no_call_that_the_openapi_allows_or_forbids_is_a_fault_of_ours(
    gateway: Any, http: httpx.Client
) -> None:
    application, base = gateway
    schema = schemathesis.openapi.from_dict(application.openapi())
    operations = [found.ok() for found in schema.get_all_operations()]
    operations = [one for one in operations if one.path != NOT_READY]
    modes = list(schemathesis.GenerationMode)

    @fuzz_settings(60)
    @given(st.data(), st.sampled_from(operations), st.sampled_from(modes))
    def attack(data: st.DataObject, operation: Any, mode: Any) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        answer = case.call(base_url=base, timeout=PATIENCE_S)
        assert answer.status_code < 500 or answer.status_code == 504, case.as_curl_command()
        assert b"Traceback" not in answer.content

    attack()


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:12]))
def test_every_known_kind_of_junk_stays_junk(http: httpx.Client, body: bytes) -> None:
    signed = {SIGNATURE_HEADER: sign(body, SECRET), SECRET_HEADER: SECRET}
    for path in (TELEGRAM, WHATSAPP):
        sound(http.post(path, content=body, headers=signed), path)
