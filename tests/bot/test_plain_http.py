"""Requests to our own processes: kept connections, and httpx's names for every failure."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.plain_http import PlainTransport, PlatformTransport

pytestmark = pytest.mark.anyio

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[tuple[httpx.AsyncClient, list[int]]]:
    """A server on a port of its own; gives a client for it and the connections it took."""
    taken: list[int] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(len(taken))
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    timeout = httpx.Timeout(5.0, read=0.5)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", transport=PlainTransport(), timeout=timeout
    ) as client:
        yield client, taken
    server.close()


async def request_of(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n")
         if line.lower().startswith(b"content-length")), 0,
    )  # fmt: skip
    return head, await reader.readexactly(length)


def answering(*answers: bytes) -> Serve:
    """Answer each request of a connection with the next of these."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await request_of(reader)
            writer.write(answer)
            await writer.drain()

    return serve


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n" + b'{"a": 1}'


async def test_a_connection_is_kept_for_the_next_request() -> None:
    seen = []

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head, body = await request_of(reader)
            seen.append((head.split(b"\r\n")[0], body))
            writer.write(OK)

    async with serving(echo) as (client, taken):
        for _ in range(3):
            response = await client.post("/turns", json={"halo": "é"})
            assert (response.status_code, response.json()) == (200, {"a": 1})
        assert len(taken) == 1
    assert seen == [(b"POST /turns HTTP/1.1", '{"halo":"é"}'.encode())] * 3


async def test_a_post_needs_none_of_httpx_objects() -> None:
    """What it sends is what httpx's client sends, on the same connections."""
    heads = []

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head, body = await request_of(reader)
            heads.append({*head.lower().split(b"\r\n"), body})
            writer.write(OK)

    async with serving(echo) as (client, taken):
        plain = client._transport
        assert isinstance(plain, PlainTransport)
        said = {"x-one": "1", "user-agent": "tanya-izin"}
        await client.post("/turns?a=%20b", content=b"{}", headers=said)
        for _ in range(2):
            url = str(client.base_url.join("/turns?a=%20b"))
            answer = await plain.post(url, b"{}", {"x-one": "1"}, connect_s=1.0, read_s=1.0)
            assert (answer.status, answer.content) == (200, b'{"a": 1}')
            assert answer.header("content-type") == "application/json"
        with pytest.raises(httpx.LocalProtocolError):
            await plain.post(url, b"", {"x-one": "1\r\nx-two: 2"}, connect_s=1.0, read_s=1.0)
        assert len(taken) == 1
    assert heads[1] == heads[2] <= heads[0]


async def test_requests_at_once_have_connections_of_their_own() -> None:
    together = asyncio.Barrier(2)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        await together.wait()
        writer.write(OK)

    async with serving(meet) as (client, taken):
        responses = await asyncio.gather(client.get("/a"), client.get("/b"))
    assert [response.status_code for response in responses] == [200, 200]
    assert len(taken) == 2


async def test_a_server_that_closed_its_end_is_asked_on_a_new_connection() -> None:
    async with serving(answering(OK)) as (client, taken):
        await client.get("/a")
        await asyncio.sleep(0)
        while len(taken) < 2:  # the end arrives a moment later
            try:
                assert (await client.get("/b")).status_code == 200
            except httpx.HTTPError:
                continue
    assert len(taken) == 2


@pytest.mark.parametrize(
    ("answer", "content"),
    [
        (b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n", b""),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"2\r\nab\r\n0\r\nX-Behind: 1\r\n\r\n",
            b"ab",
        ),
        (b"HTTP/1.1 204 None\r\n\r\n", b""),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
            b"abcde",
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, b'{"a": 1}'),
        (OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), b'{"a": 1}'),
    ],
)
async def test_every_kind_of_answer_is_read(answer: bytes, content: bytes) -> None:
    async with serving(answering(answer, answer)) as (client, _):
        for _ in range(2):
            response = await client.get("/a")
            assert response.content == content


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
    ],
)
async def test_a_broken_answer_is_an_error_of_httpx(answer: bytes) -> None:
    async with serving(answering(answer)) as (client, _):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/a")


async def test_a_server_that_does_not_answer_is_given_up_and_its_answer_never_mistaken() -> None:
    answered = asyncio.Event()

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        if not answered.is_set():
            answered.set()
            await reader.read()  # until the client hangs up
            return
        writer.write(OK)

    async with serving(late) as (client, taken):
        with pytest.raises(httpx.ReadTimeout):
            await client.get("/a")
        assert (await client.get("/b")).json() == {"a": 1}
    assert len(taken) == 2


async def test_nobody_listening_is_told_from_nobody_answering() -> None:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    async with httpx.AsyncClient(transport=PlainTransport()) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/a")


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS for the name localhost, and that of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "server.pem"
    file.write_bytes(private + made)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=made.decode())


async def test_a_platform_is_called_over_tls_with_its_certificate_checked(tmp_path: Path) -> None:
    served, trusting = certificate(tmp_path)
    taken: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                taken.append((await request_of(reader))[1])
                writer.write(OK)
        writer.close()

    server = await asyncio.start_server(take, "localhost", 0, ssl=served)
    port = server.sockets[0].getsockname()[1]
    async with httpx.AsyncClient(
        base_url=f"https://localhost:{port}", transport=PlatformTransport(trusting)
    ) as client:
        for body in (b"short", b"a file" * 100_000):
            assert (await client.post("/call", content=body)).json() == {"a": 1}
            assert taken[-1] == body
        assert (await client.get("/file")).json() == {"a": 1}
    async with httpx.AsyncClient(
        base_url=f"https://localhost:{port}", transport=PlatformTransport()
    ) as client:
        with pytest.raises(httpx.ConnectError):
            await client.post("/call", content=b"to somebody else")
    assert len(taken) == 3
    server.close()


async def test_a_connection_idle_for_too_long_is_not_used_again() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await request_of(reader)
            writer.write(OK)

    async with serving(echo) as (client, taken):
        client._transport = PlainTransport(kept_s=-1.0)  # every connection is too old at once
        for _ in range(3):
            await client.post("/turns", json={})
        assert len(taken) == 3
        await client._transport.aclose()
