"""`tanya webhook` says plainly what is wrong on the way from the platforms to us."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socket import create_server

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from izin.wording import Wording
from ops import doctor_addresses, webhook_cli
from ops.doctor_webhooks import client

URL = "https://izin.test"
ENV = {
    "TANYA_PUBLIC_URL": URL,
    "TELEGRAM_TOKEN": "12345:" + "a" * 35,
    "TELEGRAM_WEBHOOK_SECRET": "rahasia",
    "TELEGRAM_API": "https://telegram.test",
}
WHATSAPP = {
    "WHATSAPP_TOKEN": "w", "WHATSAPP_PHONE_ID": "1", "WHATSAPP_APP_SECRET": "s",
    "WHATSAPP_VERIFY_TOKEN": "v", "WHATSAPP_API": "https://graph.test",
}  # fmt: skip
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def _address_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_addresses, "is_private", lambda url: False)
    monkeypatch.setattr(
        doctor_addresses, "_valid_until", lambda host, port: datetime.now(UTC) + timedelta(days=60)
    )


class House:
    """Gateway behind its proxy, Telegram and Meta, as each test wants them."""

    def __init__(self) -> None:
        self.door = 400
        self.token = 200
        self.info: dict[str, object] = {"url": f"{URL}/webhooks/telegram"}
        self.challenge = (200, "tanya-izin-1")
        self.set: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if request.url.host == "izin.test":
            if request.method == "GET":
                return httpx.Response(self.challenge[0], text=self.challenge[1])
            return httpx.Response(self.door)
        if path.endswith("/getMe") or request.url.host == "graph.test":
            return httpx.Response(self.token, json={"ok": True, "result": {}})
        if path.endswith("/getWebhookInfo"):
            return httpx.Response(200, json={"ok": True, "result": self.info})
        assert path.endswith("/setWebhook")
        self.set.append(request.content.decode())
        self.info = {"url": f"{URL}/webhooks/telegram"}
        return httpx.Response(200, json={"ok": True, "result": True})


@pytest.fixture
def house() -> House:
    return House()


def check(house: House, env: dict[str, str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = webhook_cli.check(env, Wording(), client(httpx.MockTransport(house)))
    said = capsys.readouterr().out
    assert "rahasia12" not in said and ENV["TELEGRAM_TOKEN"] not in said
    return code, said


def test_when_all_is_well_nothing_fails(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = check(house, {**ENV, **WHATSAPP}, capsys)
    assert code == 0, said
    assert "60" in said or "59" in said
    assert said.count("cocok") == 2 and "verifikasi alamat berhasil" in said


@pytest.mark.parametrize(
    ("change", "env", "words"),
    [
        ({"door": 403}, {}, "kata rahasia dari tanya.env"),
        ({"door": 404}, {}, "belum diteruskan"),
        ({"door": 502}, {}, "tidak berjalan"),
        ({"door": 200}, {}, "bukan jawaban gerbang"),
        ({"token": 401}, {}, "BotFather"),
        ({"info": {"url": ""}}, {}, "tanya webhook register"),
        ({"info": {"url": "https://lain.test/x"}}, {}, "https://lain.test/x"),
        (
            {"info": {"url": f"{URL}/webhooks/telegram",
                      "last_error_message": "Wrong response from the webhook: 403 Forbidden"}},
            {}, "berbeda dari milik layanan",
        ),
        (
            {"info": {"url": f"{URL}/webhooks/telegram",
                      "last_error_message": "SSL error {error:0A000086}"}},
            {}, "sertifikat di proksi",
        ),
        ({}, {"TANYA_PUBLIC_URL": "http://izin.test"}, "berawalan https"),
        ({}, {"TANYA_PUBLIC_URL": "https://izin.test:9443"}, "443, 80, 88"),
        ({}, {"TELEGRAM_TOKEN": ""}, "Belum ada TELEGRAM_TOKEN"),
        ({"challenge": (403, "")}, WHATSAPP, "Verify token di Meta"),
        ({}, {**WHATSAPP, "TANYA_PUBLIC_URL": ""}, "WhatsApp memerlukan"),
    ],
)  # fmt: skip
def test_each_fault_is_said_with_what_to_do(
    change: dict[str, object], env: dict[str, str], words: str, house: House,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for name, value in change.items():
        setattr(house, name, value)
    code, said = check(house, {**ENV, **env}, capsys)
    assert code == 1
    assert words in said
    assert not house.set


def test_registering_tells_telegram_and_what_meta_needs(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.info = {"url": ""}
    http = client(httpx.MockTransport(house))
    assert webhook_cli.register({**ENV, **WHATSAPP}, Wording(), http) == 0
    said = capsys.readouterr().out
    assert "secret_token=rahasia" in house.set[0] and "drop_pending_updates=false" in house.set[0]
    assert f"{URL}/webhooks/whatsapp" in said


def test_an_address_that_is_not_fit_is_not_registered(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        doctor_addresses, "_valid_until", lambda host, port: datetime.now(UTC) - timedelta(days=1)
    )
    http = client(httpx.MockTransport(house))
    assert webhook_cli.register(ENV, Wording(), http) == 1
    assert "habis masa berlakunya" in capsys.readouterr().out
    assert not house.set


@contextmanager
def tls_server(folder: Path, days: int, name: str) -> Iterator[int]:
    """Serve a self-made certificate on loopback; gives the port."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "uji")])
    until = datetime.now(UTC) + timedelta(days=days)
    names: list[x509.GeneralName] = [x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.9"))]
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
        .public_key(key.public_key()).serial_number(1)
        .not_valid_before(until - timedelta(days=90)).not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = folder / "tls.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            try:
                connection, _ = listening.accept()
                with connection, context.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(1)
            except OSError:
                pass

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


@pytest.mark.parametrize(
    ("days", "name", "trusted", "found"),
    [
        (60, "localhost", True, "address.ok"),
        (5, "localhost", True, "address.soon"),
        (-1, "localhost", True, "address.expired"),
        (60, "lain.test", True, "address.other_name"),
        (60, "localhost", False, "address.untrusted"),
    ],
)
def test_a_certificate_is_read_from_a_real_handshake(
    days: int, name: str, trusted: bool, found: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.undo()
    with tls_server(tmp_path, days, name) as port:
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "tls.pem"))
        row = doctor_addresses.examine_one("TANYA_PUBLIC_URL", f"https://localhost:{port}")
    assert row[1] == found


@pytest.mark.parametrize(
    ("address", "proxies"),
    [("TANYA_PUBLIC_URL", "TANYA_GATEWAY_PROXIES"), ("TANYA_CONSOLE_URL", "TANYA_CONSOLE_PROXIES")],
)
def test_an_address_without_a_believed_proxy_is_warned_of(address: str, proxies: str) -> None:
    env = {address: "https://izin.kantor.test"}
    for unset in ({}, {proxies: ""}, {proxies: "0"}):
        [_, (level, part, known)] = doctor_addresses.examine({**env, **unset})
        assert level == "warn"
        assert f"{proxies}=1" in Wording().say(f"ops.doctor.{part}", **known)
    assert len(list(doctor_addresses.examine({**env, proxies: "1"}))) == 1


def test_a_name_and_a_port_where_nobody_is_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    one = doctor_addresses.examine_one
    assert one("A", f"https://127.0.0.1:{port}")[1] == "address.nobody"
    assert one("A", "https://tidak-ada.invalid")[1] == "address.unknown_name"
    assert one("A", "https://")[1] == "address.not_https"
