"""Open311 answers with what is public, in the specification's form, to whoever has a key."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import httpx
import pytest

from console.api_access import PER_MINUTE
from console.door import secret_hash
from izin.integration import ApiKey
from tests.console.conftest import RunningConsole

HERE = "/open311/v2"
NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
PRIVATE = ("story & <rahasia>", "Jalan Melati 5", "Budi Petugas", "rumah saya")


def parsed(text: str | bytes) -> ElementTree.Element:
    """Give our own answer as a tree."""
    return ElementTree.fromstring(text)  # noqa: S314


def new_key(console: RunningConsole) -> str:
    secret = f"tanya_{uuid.uuid4().hex}"
    console.house.api_keys.add(ApiKey(str(uuid.uuid4()), "uji", NOW, "akun"), secret_hash(secret))
    return secret


def file(console: RunningConsole, ticket: str, schema: str = "public", **changes: object) -> None:
    values = {
        "t": ticket, "category": "KETERLAMBATAN", "place": "rumah saya di Kec. Misalrejo",
        "state": "diterima", "filed": NOW - timedelta(days=1), "closed": None, **changes,
    }  # fmt: skip
    extra, mark = (", owner_mark", ", 'x'") if schema == "sealed" else ("", "")
    console.rows(
        "INSERT INTO " + schema + ".complaints (ticket, key, category, class_code, story, place,"
        " confidentiality, state, owner, filed_at, closed_at, first_response_due, decision_due"
        + extra + ") VALUES (:t, :t, :category, 'TIDAK_BERKADAR', 'story & <rahasia>', :place,"
        " 'normal', :state, 'Budi Petugas', :filed, :closed, '{\"day\": \"2026-11-25\"}',"
        " '{\"day\": \"2026-12-10\"}'" + mark + ")",
        **values,
    )  # fmt: skip


@pytest.fixture(scope="module")
def reader(console: RunningConsole) -> Iterator[httpx.Client]:
    console.at(NOW)
    file(console, "ADU-AAAA-AA")
    file(console, "ADU-BBBB-BB", state="ditutup", closed=NOW, filed=NOW - timedelta(days=30),
         place="Jalan Melati 5")  # fmt: skip
    file(console, "ADU-CCCC-CC", filed=NOW - timedelta(days=200))
    file(console, "ADU-SEAL-ED", schema="sealed")
    with httpx.Client(base_url=console.url + HERE, trust_env=False,
                      headers={"x-api-key": new_key(console)}) as http:  # fmt: skip
        yield http


def ids(answer: httpx.Response) -> list[str]:
    return [item["service_request_id"] for item in answer.json()]


def test_nothing_is_answered_without_a_key_that_opens(console: RunningConsole) -> None:
    console.at(NOW)
    with httpx.Client(base_url=console.url + HERE, trust_env=False) as http:
        for path in ("/services.json", "/requests.json", "/discovery.json", "/apa.json"):
            for key in ("", "tanya_salah", "x" * 500):
                answer = http.get(path, params={"api_key": key})
                assert answer.status_code == 403
                assert answer.json()[0]["code"] == 403
        xml = parsed(http.get("/requests.xml").text)
        assert (xml.tag, xml[0].tag, xml[0][0].text) == ("errors", "error", "403")
        key = new_key(console)
        assert http.get("/services.json", params={"api_key": key}).status_code == 200
        found = next(item for item in console.house.api_keys.all() if item.last_used_at)
        console.house.api_keys.revoke(found.id, NOW)
        assert http.get("/services.json", params={"api_key": key}).status_code == 403


def test_a_key_that_asks_too_often_must_wait(console: RunningConsole) -> None:
    console.at(NOW)
    headers = {"x-api-key": new_key(console)}
    with httpx.Client(base_url=console.url + HERE, trust_env=False, headers=headers) as http:
        for _ in range(PER_MINUTE):
            assert http.get("/discovery.json").status_code == 200
        answer = http.get("/discovery.json")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
        console.at(NOW + timedelta(seconds=61))
        assert http.get("/discovery.json").status_code == 200
    console.at(NOW)


def test_services_are_the_categories_of_ordinary_complaints(
    console: RunningConsole, reader: httpx.Client
) -> None:
    services = reader.get("/services.json").json()
    codes = {item["service_code"] for item in services}
    known = console.house.catalogue.complaint_categories()
    assert codes == {item.code for item in known if not item.confidential}
    assert set(services[0]) == {"service_code", "service_name", "description", "metadata", "type",
                                "keywords", "group"}  # fmt: skip
    xml = parsed(reader.get("/services.xml").text)
    assert xml.tag == "services"
    assert {item.findtext("service_code") for item in xml.findall("service")} == codes
    code = services[0]["service_code"]
    assert reader.get(f"/services/{code}.json").json() == {"service_code": code, "attributes": []}
    definition = parsed(reader.get(f"/services/{code}.xml").text)
    assert (definition.tag, definition[0].text) == ("service_definition", code)
    assert reader.get("/services/TIDAK_ADA.json").status_code == 404
    for item in known:
        if item.confidential:
            assert reader.get(f"/services/{item.code}.json").status_code == 404


def test_requests_tell_what_is_public_and_nothing_else(reader: httpx.Client) -> None:
    answer = reader.get("/requests.json")
    assert ids(answer) == ["ADU-AAAA-AA", "ADU-BBBB-BB"]
    first, second = answer.json()
    assert (first["status"], second["status"]) == ("open", "closed")
    assert first["requested_datetime"] == "2026-11-22T09:30:00+07:00"
    assert second["updated_datetime"] == "2026-11-23T09:30:00+07:00"
    assert first["expected_datetime"] == "2026-12-10T23:59:59+07:00"
    assert first["address"].startswith("Misalrejo, ")
    assert "Melati" not in second["address"]
    assert first["description"] is first["media_url"] is first["lat"] is None
    for form in ("json", "xml"):
        text = reader.get(f"/requests.{form}").text
        assert not any(private in text for private in PRIVATE)
    xml = parsed(reader.get("/requests.xml").text)
    assert xml.tag == "service_requests"
    assert [item.findtext("service_request_id") for item in xml.findall("request")] == ids(answer)


def test_a_sealed_complaint_does_not_exist(reader: httpx.Client) -> None:
    for path in ("/requests/ADU-SEAL-ED.json", "/requests/ADU-TIDA-KA.json"):
        assert reader.get(path).status_code == 404
    assert (
        reader.get("/requests/ADU-SEAL-ED.json").text
        == reader.get("/requests/ADU-TIDA-KA.json").text
    )
    asked = {"service_request_id": "ADU-SEAL-ED,ADU-CCCC-CC"}
    assert ids(reader.get("/requests.json", params=asked)) == ["ADU-CCCC-CC"]


def test_requests_are_filtered_and_paged(reader: httpx.Client) -> None:
    def found(**query: str) -> list[str]:
        return ids(reader.get("/requests.json", params=query))

    assert found(status="open") == ["ADU-AAAA-AA"]
    assert found(status="closed,open") == ["ADU-AAAA-AA", "ADU-BBBB-BB"]
    assert found(service_code="LAIN") == []
    assert found(service_code="KETERLAMBATAN, LAIN") == ["ADU-AAAA-AA", "ADU-BBBB-BB"]
    assert found(page_size="1", page="2") == ["ADU-BBBB-BB"]
    assert found(start_date="2026-11-20T00:00:00Z") == ["ADU-AAAA-AA"]
    assert found(end_date="2026-11-20T00:00:00+07:00") == ["ADU-BBBB-BB"]
    assert found(start_date="2026-05-01T00:00:00Z", end_date="2026-06-30T00:00:00Z") == [
        "ADU-CCCC-CC"
    ]
    one = reader.get("/requests/ADU-CCCC-CC.json")
    assert ids(one) == ["ADU-CCCC-CC"]


@pytest.mark.parametrize("query", [
    {"status": "pending"}, {"start_date": "kemarin"}, {"end_date": "0001-01-01T00:00:00Z"},
    {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-30T00:00:00Z"},
    {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-30T00:00:00Z"},
    {"page": "0"}, {"page_size": "1001"}, {"page": "x"}, {"page": "99999999999"},
    {"service_request_id": ",".join(str(n) for n in range(101))},
])  # fmt: skip
def test_a_question_that_cannot_be_read_is_refused_in_the_standard_s_form(
    reader: httpx.Client, query: dict[str, str]
) -> None:
    answer = reader.get("/requests.json", params=query)
    assert (answer.status_code, answer.json()[0]["code"]) == (400, 400)
    xml = parsed(reader.get("/requests.xml", params=query).text)
    assert xml.findtext("error/code") == "400"


def test_unknown_paths_and_writing_are_refused_in_the_standard_s_form(
    reader: httpx.Client,
) -> None:
    for path in ("/apa.json", "/tokens/1.xml", "/", "/discovery/1.json"):
        assert reader.get(path).status_code == 404
    assert reader.post("/requests.json", data={"description": "x"}).json()[0]["code"] == 405
    odd = reader.get("/requests.json", params={"service_code": "\x00' OR 1=1 --"})
    assert (odd.status_code, odd.json()) == (200, [])


def test_the_discovery_names_the_endpoint(console: RunningConsole, reader: httpx.Client) -> None:
    found = reader.get("/discovery.json").json()
    assert found["endpoints"][0]["url"] == f"{console.url}{HERE}"
    xml = parsed(reader.get("/discovery.xml").text)
    assert xml.findtext("endpoints/endpoint/url") == f"{console.url}{HERE}"
    assert [item.text for item in xml.findall("endpoints/endpoint/formats/format")] == [
        "text/xml", "application/json",
    ]  # fmt: skip


def test_text_is_escaped_in_xml() -> None:
    from console.open311_formats import written

    nasty = "<b>&\x00\ud800\"'"
    text = written("xml", "services", "service", [{"service_name": nasty, "group": None}])
    assert parsed(text).findtext("service/service_name") == "<b>&\"'"
