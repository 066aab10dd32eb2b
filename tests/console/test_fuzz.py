"""Whatever is sent to the console, by anybody, in any form: a clear answer and nothing told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st

from console.pages import HEADERS
from izin.accounts import Role
from tests.console.conftest import RunningConsole, csrf_of
from tests.console.full_office import Samples, fill_office, samples_of
from tests.console.hostile import NASTY, Target, address_of, targets
from tests.fuzzing import PATIENCE_S, TYPES, bodies, fuzz_settings

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")
ENDLESS = ("/langsung",)
LEAVING = ("/keluar",)
NAMES = ("Ani Lestari", "Budi Santoso", "Citra Maharani")

FILE_NAMES = (
    "a.png", "../../etc/passwd", "a\x00.png", "a.svg", "=cmd.csv", "a.xlsx", "\u202egnp.exe",
    "x" * 3000, "", 'a"b.pdf', "a\r\nb.csv",
)  # fmt: skip
CONTENTS = (
    b"", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"PK\x03\x04",
    b"<svg onload=alert(1)>", b"kode,nama\n=1+1,\xff\n", b"\x00" * 3000, b'"' * 3000,
    b"\xef\xbb\xbfkode;nama\n" + b"a;" * 2000, b"GIF89a" + b"\xff" * 40,
)  # fmt: skip
HEADER_VALUES = (
    "", "\x80\xff", "a" * 6000, "null", "https://[", "https://e.example", "*/*;q=x", "bytes=0-",
    "bytes=9-1,-0", "text/xml", "1; drop", "cors", "same-origin", "none", "Wed, 99 Foo 2026",
    "127.0.0.1, ::1, x",
)  # fmt: skip
HEADER_NAMES = (
    "accept", "accept-language", "referer", "origin", "sec-fetch-mode", "sec-fetch-site", "range",
    "if-none-match", "if-modified-since", "cookie", "x-csrf-token", "x-api-key", "host",
    "user-agent", "x-http-method-override", "forwarded", "last-event-id",
)  # fmt: skip

words = st.sampled_from([word for word in NASTY if len(word) < 4000]) | st.text(max_size=20)
headers = st.dictionaries(st.sampled_from(HEADER_NAMES), st.sampled_from(HEADER_VALUES), max_size=2)


@pytest.fixture(scope="module")
def samples(console: RunningConsole) -> Samples:
    fill_office(console)
    return samples_of(console)


@pytest.fixture(scope="module")
def clients(console: RunningConsole) -> Iterator[dict[str, httpx.Client]]:
    """A client for each role, one with all of them, and ``nobody``."""
    with ExitStack() as kept:
        made = {role.name: console.client(role) for role in Role}
        made["everybody"] = console.client(*Role)
        made["nobody"] = httpx.Client(base_url=console.url, trust_env=False, timeout=60)
        for client in made.values():
            client.timeout = httpx.Timeout(PATIENCE_S)
        yield {name: kept.enter_context(client) for name, client in made.items()}


def sound(answer: httpx.Response, what: object, *, by_nobody: bool = False) -> None:
    """Fail unless it is a clear answer; who is not signed in, or refused, reads no person."""
    assert answer.status_code < 500, (answer.status_code, what)
    assert "Traceback" not in answer.text, what
    assert all(name in answer.headers for name in HEADERS), what
    if by_nobody or answer.status_code == 403:
        assert not any(name in answer.text for name in NAMES), what


def raw(given: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Give headers as bytes, as an attacker's program writes them."""
    return [(name.encode(), value.encode("latin-1")) for name, value in given.items()]


def test_no_request_of_anybody_is_a_fault_of_ours(
    console: RunningConsole, samples: Samples, clients: dict[str, httpx.Client]
) -> None:
    attacked = [item for item in targets(console) if item.path not in (*ENDLESS, *LEAVING)]

    @fuzz_settings(140)
    @given(
        st.sampled_from(attacked), st.sampled_from(["nobody", "everybody", *clients]),
        st.sampled_from(METHODS) | st.none(), st.data(),
    )  # fmt: skip
    def attack(target: Target, who: str, method: str | None, data: st.DataObject) -> None:
        drawn = {part: data.draw(words) for part in target.parts if data.draw(st.booleans())}
        more = data.draw(headers)
        more["content-type"] = data.draw(st.sampled_from(TYPES))
        try:
            address = address_of(target, samples, drawn)
            request = clients[who].build_request(
                method or target.method, address, content=data.draw(bodies), headers=raw(more)
            )
        except (httpx.InvalidURL, UnicodeEncodeError):
            return
        answer = clients[who].send(request)
        sound(answer, (target, who, method, drawn, more), by_nobody=who == "nobody")

    attack()


def test_no_form_or_file_of_somebody_signed_in_is_a_fault_of_ours(
    console: RunningConsole, samples: Samples, clients: dict[str, httpx.Client]
) -> None:
    forms = [item for item in targets(console)
             if item.method == "POST" and item.path not in LEAVING]  # fmt: skip
    token = csrf_of(clients["everybody"].get("/akun-saya").text)

    @fuzz_settings(110)
    @given(st.sampled_from(forms), st.data())
    def attack(target: Target, data: st.DataObject) -> None:
        fields = {name: data.draw(words) for name in target.form if data.draw(st.booleans())}
        name = data.draw(st.sampled_from((*target.form, "file", "berkas")))
        file = (data.draw(st.sampled_from(FILE_NAMES)), data.draw(st.sampled_from(CONTENTS)))
        sent = {
            key: value.encode("utf-8", "replace").decode()
            for key, value in {**fields, "csrf": token}.items()
        }
        try:
            answer = clients["everybody"].post(
                address_of(target, samples, {}), data=sent, files={name: file}
            )
        except (httpx.InvalidURL, UnicodeEncodeError):
            return
        sound(answer, (target, sent, name, file))

    attack()


def test_no_call_that_the_openapi_allows_or_forbids_is_a_fault_of_ours(
    console: RunningConsole, samples: Samples, clients: dict[str, httpx.Client]
) -> None:
    schema = schemathesis.openapi.from_dict(console.app.openapi())
    operations = [
        one for one in (found.ok() for found in schema.get_all_operations())
        if one.path not in (*ENDLESS, *LEAVING)
    ]  # fmt: skip
    modes = list(schemathesis.GenerationMode)
    token = csrf_of(clients["everybody"].get("/akun-saya").text)

    @fuzz_settings(60)
    @given(st.data(), st.sampled_from(operations), st.sampled_from(modes),
           st.sampled_from(("nobody", "everybody")))  # fmt: skip
    def attack(data: st.DataObject, operation: object, mode: object, who: str) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))  # type: ignore[attr-defined]
        answer = case.call(
            base_url=console.url, cookies=dict(clients[who].cookies), allow_redirects=False,
            headers={"x-csrf-token": token}, timeout=PATIENCE_S,
        )  # fmt: skip
        assert answer.status_code < 500, case.as_curl_command()
        assert b"Traceback" not in answer.content

    attack()


def test_words_hidden_in_deep_or_long_bodies_reach_no_door(
    clients: dict[str, httpx.Client],
) -> None:
    @fuzz_settings(25)
    @given(bodies, st.sampled_from(TYPES), st.sampled_from(("/masuk", "/masuk/kode")))
    def attack(body: bytes, kind: str, path: str) -> None:
        answer = clients["nobody"].post(path, content=body, headers=raw({"content-type": kind}))
        sound(answer, (path, kind, body[:60]), by_nobody=True)

    attack()
