"""The fake Meta serves a second, independent receiver and client, as strictly as us."""

from __future__ import annotations

import threading

import httpx
import pytest
from fastapi import FastAPI
from pywa import WhatsApp
from pywa.errors import InvalidParameter, ReEngagementMessage, WhatsAppError
from pywa.types import Button, MessageStatusType

from bot.whatsapp.webhook import sign, verify_whatsapp
from tests.fakes.meta import Citizen
from tests.fakes.serving import serve

ANI = Citizen("6281200000001", "ID.1000000000000001")
BUDI = Citizen("6281200000002", "ID.2000000000000002", shows_number=False, username="budi")


class ToFake(httpx.BaseTransport):
    """Leads what is meant for graph.facebook.com to the fake."""

    def __init__(self, origin: str) -> None:
        self._inner = httpx.HTTPTransport()
        self._origin = httpx.URL(origin)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host in ("graph.facebook.com", self._origin.host)
        request.url = request.url.copy_with(
            scheme="http", host=self._origin.host, port=self._origin.port
        )
        request.headers["Host"] = f"{self._origin.host}:{self._origin.port}"
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


@pytest.fixture
def heard():
    """Give what pywa's handlers were called with, and a way to wait for it."""
    return [], threading.Condition()


@pytest.fixture
def pywa(fake_meta, heard):
    seen, condition = heard

    def keep(*item) -> None:
        with condition:
            seen.append(item)
            condition.notify_all()

    app = FastAPI()
    with httpx.Client(transport=ToFake(fake_meta.origin)) as session:
        client = WhatsApp(
            phone_id=fake_meta.phone_id, token=fake_meta.token, session=session, server=app,
            webhook_endpoint="/pywa", verify_token=fake_meta.verify_token,
            app_secret=fake_meta.app_secret,
        )  # fmt: skip
        client.on_message()(lambda _, m: keep(m.type.value, m.text, m.from_user.bsuid))
        client.on_callback_button()(lambda _, b: keep("tap", b.data, b.title))
        client.on_message_status()(
            lambda _, s: keep("status", s.status, s.error and s.error.error_code)
        )
        with serve(app) as base:
            fake_meta.webhook = f"{base}/pywa"
            yield client


def wait_for(heard, count: int):
    seen, condition = heard
    with condition:
        assert condition.wait_for(lambda: len(seen) >= count, 10), seen
    return seen


def test_pywa_passes_the_fakes_challenge_and_signature(fake_meta, pywa, heard):
    """Fact 10."""
    assert fake_meta.subscribe(fake_meta.webhook).text == "1158201444"
    assert fake_meta.subscribe(fake_meta.webhook, "keliru").status_code == 403
    fake_meta.say(ANI, "halo é 😀")
    body = fake_meta.body(fake_meta.queued)
    assert fake_meta.post(body, "sha256=" + "0" * 64).status_code == 403
    assert fake_meta.post(body, sign(body, fake_meta.app_secret)).status_code == 200
    assert wait_for(heard, 1) == [("text", "halo é 😀", "ID.1000000000000001")]


def test_pywas_own_check_agrees_with_ours(fake_meta, pywa):
    """Fact 10."""
    for body in (b"{}", '{"é": 1}'.encode(), b""):
        for header in (sign(body, fake_meta.app_secret), sign(body, "lain"), "sha256=", "x"):
            refused = pywa.webhook_update_validator(body, header)
            assert (refused is None) == verify_whatsapp(body, header, fake_meta.app_secret)


def test_pywa_reads_what_citizens_do(fake_meta, pywa, heard):
    """Facts 13, 14 and 16."""
    fake_meta.say(BUDI, "tanpa nomor")
    fake_meta.tap(ANI, "c1", "Biaya")
    fake_meta.send_file(ANI, "image", b"\xff\xd8\xff", "image/jpeg", sha256="x")
    fake_meta.queue(fake_meta.message(ANI, "location", {"latitude": -7.5, "longitude": 110.2}))
    assert fake_meta.deliver() == [200] * 4
    assert sorted(wait_for(heard, 4), key=str) == [
        ("image", None, "ID.1000000000000001"),
        ("location", None, "ID.1000000000000001"),
        ("tap", "c1", "Biaya"),
        ("text", "tanpa nomor", "ID.2000000000000002"),
    ]


def test_pywa_sends_within_the_limits_and_meets_the_same_errors(fake_meta, pywa):
    """Facts 15, 16 and 18."""
    with pytest.raises(ReEngagementMessage):
        pywa.send_message(ANI.wa_id, "belum ada jendela")
    fake_meta.say(ANI, "halo")
    sent = pywa.send_message(
        ANI.wa_id, "Pilih", buttons=[Button(title="Biaya", callback_data="c1")]
    )
    assert sent.id == fake_meta.sent[0]["id"]
    with pytest.raises(InvalidParameter):
        pywa.send_message(ANI.wa_id, "Pilih", buttons=[Button(title="x" * 21, callback_data="c1")])
    with pytest.raises(InvalidParameter):
        pywa.send_message(ANI.wa_id, "x" * 4097)
    fake_meta.fail("messages", 131042)
    with pytest.raises(WhatsAppError) as caught:
        pywa.send_message(ANI.wa_id, "x")
    assert caught.value.code == 131042


def test_pywa_fetches_a_file_in_two_steps(fake_meta, pywa):
    """Fact 19."""
    media_id = fake_meta.keep_file(b"\xff\xd8\xff123", "image/jpeg")
    found = pywa.get_media_url(media_id)
    assert found.url.startswith(fake_meta.origin)
    assert pywa.get_media_bytes(found.url) == b"\xff\xd8\xff123"


def test_statuses_reach_pywa(fake_meta, pywa, heard):
    """Fact 14: ours record what pywa hears."""
    fake_meta.say(ANI, "halo")
    sent = pywa.send_message(ANI.wa_id, "Halo")
    item = {
        "id": sent.id, "status": "delivered", "timestamp": "1790000000",
        "recipient_id": ANI.wa_id, "recipient_user_id": ANI.bsuid,
    }  # fmt: skip
    fake_meta.queued.clear()
    fake_meta.queue({"contacts": [ANI.contact()], "statuses": [item]})
    assert fake_meta.deliver() == [200]
    assert wait_for(heard, 1)[0][:2] == ("status", MessageStatusType.DELIVERED)
