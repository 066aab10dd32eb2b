"""Deliveries reach a real receiver, and none that is not public or asks for more."""

from __future__ import annotations

import base64
import json
import ssl
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.jobs.webhooks import WebhookJobs, WebhookSender
from izin.integration import EVENTS, Delivery, Outcome, Webhook, signature
from izin.storage.memory.integration import MemoryWebhooks

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
SECRET = b"s" * 32
LOOPBACK = "127.0.0.1"


@dataclass
class Received:
    """What a receiver got, and how it answers."""

    port: int = 0
    status: int = 200
    location: str = ""
    pause: threading.Event | None = None
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def receiving(tls: ssl.SSLContext | None = None, **how: object) -> Iterator[Received]:
    received = Received(**how)  # type: ignore[arg-type]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.requests.append(({k.lower(): v for k, v in self.headers.items()}, body))
            if received.pause:
                received.pause.wait(10)
            self.send_response(received.status)
            if received.location:
                self.send_header("location", received.location)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silence."""

    with ThreadingHTTPServer((LOOPBACK, 0), Handler) as server:
        server.daemon_threads = True
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        received.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield received
        finally:
            if received.pause:
                received.pause.set()
            server.shutdown()


class Names:
    """A name server of the test's own, which counts how often it is asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return answer


def hook(url: str) -> Webhook:
    return Webhook(str(uuid.uuid4()), url, EVENTS, NOW, "akun-1")


def delivery(of: Webhook) -> Delivery:
    return Delivery(str(uuid.uuid4()), of.id, str(uuid.uuid4()), "complaint.created",
                    {"ticket": "ADU-2222-22"}, NOW, attempts=1)  # fmt: skip


def sender(names: Names, **more: object) -> WebhookSender:
    chosen = {"allowed": {LOOPBACK}, "schemes": ("http", "https"), "timeout_s": 5.0, **more}
    return WebhookSender(lambda _: SECRET, names, **chosen)  # type: ignore[arg-type]


async def test_a_delivery_arrives_signed_with_its_event_s_id() -> None:
    with receiving() as received:
        webhook = hook(f"http://kait.example:{received.port}/terima?a=1")
        sent = delivery(webhook)
        assert await sender(Names([LOOPBACK])).send(webhook, sent) == Outcome(200)
    [(headers, body)] = received.requests
    assert json.loads(body) == {
        "type": "complaint.created",
        "timestamp": "2026-11-23T02:30:00Z",
        "data": {"ticket": "ADU-2222-22"},
    }
    assert headers["host"] == f"kait.example:{received.port}"
    assert headers["webhook-id"] == sent.event_id
    made = signature(SECRET, sent.event_id, int(headers["webhook-timestamp"]), body)
    assert headers["webhook-signature"] == made
    assert len(base64.b64decode(made.removeprefix("v1,"))) == 32


@pytest.mark.parametrize("answer", [
    ["127.0.0.1"], ["10.0.0.5"], ["169.254.169.254"], ["::1"], ["::ffff:10.0.0.5"],
    ["93.184.216.34", "192.168.1.1"], ["fd00::1"], [],
])  # fmt: skip
async def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(
    answer: list[str],
) -> None:
    with receiving() as received:
        webhook = hook(f"http://kait.example:{received.port}/")
        outcome = await sender(Names(answer), allowed=frozenset()).send(webhook, delivery(webhook))
    assert (outcome, received.requests) == (Outcome(error="address"), [])


async def test_the_checked_address_is_used_though_the_name_changes_its_answer() -> None:
    with receiving() as received:
        names = Names([LOOPBACK], ["10.0.0.5"])
        webhook = hook(f"http://kait.example:{received.port}/")
        assert (await sender(names).send(webhook, delivery(webhook))).status == 200
        assert names.asked == 1
    with receiving() as received:
        names = Names(["10.0.0.5"], [LOOPBACK])
        assert (await sender(names).send(webhook, delivery(webhook))).error == "address"


async def test_an_address_without_tls_is_refused_outside_tests() -> None:
    webhook = hook("http://kait.example/")
    names = Names(["93.184.216.34"])
    outcome = await WebhookSender(lambda _: SECRET, names).send(webhook, delivery(webhook))
    assert (outcome.error, names.asked) == ("address", 0)


async def test_a_redirect_is_not_followed() -> None:
    with receiving() as inside, receiving() as received:
        received.status, received.location = 302, f"http://127.0.0.1:{inside.port}/rahasia"
        webhook = hook(f"http://kait.example:{received.port}/")
        outcome = await sender(Names([LOOPBACK])).send(webhook, delivery(webhook))
    assert outcome == Outcome(302, "redirect")
    assert (len(received.requests), inside.requests) == (1, [])


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(204, Outcome(204)), (500, Outcome(500, "status")), (404, Outcome(404, "status")),
     (410, Outcome(410, "gone", final=True))],
)  # fmt: skip
async def test_each_answer_has_its_consequence(status: int, outcome: Outcome) -> None:
    with receiving(status=status) as received:
        webhook = hook(f"http://kait.example:{received.port}/")
        assert await sender(Names([LOOPBACK])).send(webhook, delivery(webhook)) == outcome


async def test_a_receiver_that_is_slow_or_away_is_given_up() -> None:
    with receiving(pause=threading.Event()) as received:
        webhook = hook(f"http://kait.example:{received.port}/")
        slow = sender(Names([LOOPBACK]), timeout_s=0.3)
        assert await slow.send(webhook, delivery(webhook)) == Outcome(error="timeout")
    webhook = hook("http://kait.example:1/")
    assert (await sender(Names([LOOPBACK])).send(webhook, delivery(webhook))).error == "unreachable"


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Give the receiver's and the sender's TLS for a host of this name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "kait.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))


async def test_tls_asks_for_the_name_though_the_address_is_called(tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "kait.example")
    with receiving(tls=server) as received:
        for name, outcome in (("kait.example", Outcome(200)), ("lain.example", None)):
            webhook = hook(f"https://{name}:{received.port}/")
            found = await sender(Names([LOOPBACK]), tls=client).send(webhook, delivery(webhook))
            assert found == (outcome or Outcome(error="tls"))
    assert len(received.requests) == 1


async def test_what_is_due_is_sent_in_order_and_a_silent_receiver_holds_nobody_up() -> None:
    webhooks = MemoryWebhooks()
    with receiving() as received:
        works = webhooks.add(hook(f"http://kait.example:{received.port}/"))
        away = webhooks.add(hook("http://lain.example:1/"))
        for number in range(3):
            webhooks.happened("complaint.created", {"n": number}, NOW + timedelta(seconds=number))
        names = Names([LOOPBACK])
        jobs = WebhookJobs(webhooks, sender(names), lambda: NOW + timedelta(minutes=1))
        assert await jobs.run() == 3
        assert await jobs.run() == 0
    assert [json.loads(body)["data"]["n"] for _, body in received.requests] == [0, 1, 2]
    assert {item.state for item in webhooks.deliveries(works.id)} == {"delivered"}
    assert {item.state for item in webhooks.deliveries(away.id)} == {"waiting"}
    assert names.asked == 4  # three that worked, one that did not stands for the others
    assert webhooks.failing() == [away.id]
