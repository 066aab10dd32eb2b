"""Calls to the action server."""

from __future__ import annotations

import asyncio
import socket
import threading

import aiohttp
import pytest
from rasa.utils.endpoints import ClientResponseError

from nlu.components import plain_http
from nlu.components.action_endpoint import ActionEndpoint
from tests.nlu.fake_actions import FakeActions

BODY = {"next_action": "action_jawab", "tracker": {}}


def request(endpoint: ActionEndpoint, times: int = 1) -> object:
    """Call and close; the last answer."""

    async def run() -> object:
        try:
            for _ in range(times):
                answer = await endpoint.request(json=BODY, timeout=300)
            return answer
        finally:
            await endpoint.close()

    return asyncio.run(run())


def test_the_answer_is_the_servers_json(actions: FakeActions) -> None:
    answer = request(ActionEndpoint(actions.url, "secret"))

    assert answer["responses"][0]["custom"]["kind"] == "action_jawab"
    assert actions.headers[-1]["Authorization"] == "Bearer secret"


def test_a_status_of_400_or_more_keeps_its_body_for_rasa(actions: FakeActions) -> None:
    actions.fault = "500"
    with pytest.raises(ClientResponseError) as raised:
        request(ActionEndpoint(actions.url))

    assert raised.value.status == 500
    assert "broken" in raised.value.text


def test_it_gives_up_at_its_own_time_whatever_rasa_asks(actions: FakeActions) -> None:
    actions.fault = "hang"
    with pytest.raises(asyncio.TimeoutError):
        request(ActionEndpoint(actions.url, timeout_s=0.2))
    actions.released.set()
    actions.released.clear()


def test_a_server_that_is_not_there_is_not_asked_twice() -> None:
    with pytest.raises(aiohttp.ClientConnectorError):
        request(ActionEndpoint("http://127.0.0.1:9/webhook"))


def test_a_kept_connection_that_was_cut_is_opened_again() -> None:
    response = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    served = []

    def serve(listener: socket.socket) -> None:
        for _ in range(2):  # answers one request on each connection, then cuts it
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(response)
                served.append(1)
                if len(served) == 1:
                    connection.recv(65536)  # reads the second request and says nothing

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/webhook"
        assert request(ActionEndpoint(url), times=2) == {}
        thread.join(20)
    assert len(served) == 2


def test_several_servers_share_the_calls_and_one_that_is_away_is_passed_over(
    actions: FakeActions,
) -> None:
    nobody = "http://127.0.0.1:9/webhook"
    before = len(actions.headers)
    request(ActionEndpoint(f"{nobody}, {actions.url}"), times=3)
    assert len(actions.headers) == before + 3
    with pytest.raises(aiohttp.ClientConnectorError):
        request(ActionEndpoint(f"{nobody},{nobody}"))


def test_a_server_that_hangs_is_left_for_another_and_asked_last_afterwards(
    actions: FakeActions,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/webhook"
        endpoint = ActionEndpoint(f"{url},{actions.url}", timeout_s=0.5)
        answer = request(endpoint, times=3)
        silent.setblocking(False)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()  # it was asked once
    assert answer["responses"][0]["custom"]["kind"] == "action_jawab"


def test_when_all_servers_hang_the_call_still_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/webhook"
        with pytest.raises(asyncio.TimeoutError):
            request(ActionEndpoint(f"{url},{url}", timeout_s=0.2))


def test_a_server_that_ends_in_the_middle_of_a_call_is_passed_over(actions: FakeActions) -> None:
    asked = []

    def end_each(listener: socket.socket) -> None:
        for _ in range(2):  # the call and its one repetition
            connection, _ = listener.accept()
            with connection:
                asked.append(connection.recv(65536))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=end_each, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/webhook"
        answer = request(ActionEndpoint(f"{url},{actions.url}"))
        thread.join(20)
    assert len(asked) == 2
    assert answer["responses"][0]["custom"]["kind"] == "action_jawab"


def answered(*parts: bytes, end: bool = True) -> object:
    """What a call gives when the server sends these parts, each by itself."""

    def serve(listener: socket.socket) -> None:
        for _ in range(2):  # a call that met the end is made once more
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.recv(65536)
                for part in parts:
                    connection.sendall(part)
                if not end:
                    connection.recv(65536)  # until the caller has had enough

    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serve, args=(listener,))
    thread.start()
    try:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/webhook"
        return request(ActionEndpoint(url))
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(20)


def test_an_answer_in_chunks_or_after_an_interim_one_is_read_whole() -> None:
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"2\r\n{}\r\n", b"0\r\n\r\n"
    interim = (
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"ngth: 2\r\n\r\n{}",
    )

    assert answered(*chunks) == {}
    assert answered(*interim) == {}


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ((b"no HTTP at all\r\n\r\n",), aiohttp.ClientPayloadError),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{no}",), aiohttp.ClientPayloadError),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{",), aiohttp.ServerDisconnectedError),
        ((), aiohttp.ServerDisconnectedError),
    ],
)
def test_an_answer_that_is_none_is_an_error_of_its_own(
    parts: tuple[bytes, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        answered(*parts)


def test_an_answer_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_http, "LARGEST_BODY", 3)
    with pytest.raises(aiohttp.ClientPayloadError):
        answered(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{  }")


def test_an_answer_after_which_the_server_closes_is_read() -> None:
    closing = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
    assert answered(closing, end=False) == {}
