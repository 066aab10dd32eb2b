"""Open311 GeoReport v2, read only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.api_access import KeyDoor
from console.house import House
from console.open311 import Refused, RequestWriter, public_categories, service, wanted
from console.open311_formats import JSON, TYPES, written, written_one
from console.pages import with_headers
from console.routes import BY_KEY, Routes
from izin.errors import StorageUnavailable
from izin.public_complaints import PublicFilter

HERE = "/open311/v2"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


def router(house: House) -> APIRouter:
    """Serve ``/open311/v2``; every answer, also a refusal, has the form of the specification."""
    routes = Routes(HERE)
    room = _Room(house)

    @routes.get("/{asked:path}", BY_KEY)
    def read(request: Request, asked: str) -> Response:
        return room.answer(request, asked)

    @routes.post("/{asked:path}", BY_KEY)
    def write(request: Request, asked: str) -> Response:
        return room.refuse(_form(asked), Refused(405, "open311.error.read_only"))

    return routes.router


def too_often(say: Callable[..., str], path: str, seconds: int) -> Response:
    """Give the answer to an address that asks too often, whatever its keys."""
    late = Refused(429, "open311.error.address_pace", seconds=seconds)
    return _refusal(say, _form(path), late)


def _refusal(say: Callable[..., str], form: str, refused: Refused) -> Response:
    errors = [{"code": refused.code, "description": say(refused.sentence, **refused.said)}]
    content = written(form, "errors", "error", errors)
    answer = with_headers(Response(content, refused.code, media_type=TYPES[form]))
    if refused.code == 429:
        answer.headers["Retry-After"] = str(refused.said["seconds"])
    return answer


def _form(asked: str) -> str:
    ending = asked.rpartition(".")[2].lower()
    return ending if ending in TYPES else JSON


class _Room:
    """Answers questions by their path."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._door = KeyDoor(house.api_keys, house.clock)

    def answer(self, request: Request, asked: str) -> Response:
        form = _form(asked)
        try:
            self._let_in(request)
            path = asked.removesuffix(f".{form}")
            kind, _, one = path.partition("/")
            content = self._content(kind, one, form, request)
        except Refused as refused:
            return self.refuse(form, refused)
        except StorageUnavailable:
            return self.refuse(form, Refused(503, "open311.error.storage"))
        return with_headers(Response(content, media_type=TYPES[form]))

    def refuse(self, form: str, refused: Refused) -> Response:
        return _refusal(self._house.wording.say, form, refused)

    def _let_in(self, request: Request) -> None:
        key = self._door.key_of(request)
        if key is None:
            raise Refused(403, "open311.error.key")
        if seconds := self._door.wait_s(key):
            raise Refused(429, "open311.error.pace", seconds=seconds)

    def _content(self, kind: str, one: str, form: str, request: Request) -> bytes:
        if kind == "discovery" and not one:
            return written_one(form, "discovery", self._discovery(request))
        if kind == "services":
            return self._service(one, form) if one else self._services(form)
        if kind == "requests":
            return self._requests(one, form, request.query_params)
        raise Refused(404, "open311.error.not_found")

    def _services(self, form: str) -> bytes:
        catalogue = self._house.catalogue
        classes = {item.code: item.label for item in catalogue.complaint_classes().values()}
        records = [
            service(item, classes) for item in public_categories(catalogue.complaint_categories())
        ]
        return written(form, "services", "service", records)

    def _service(self, code: str, form: str) -> bytes:
        known = public_categories(self._house.catalogue.complaint_categories())
        if not any(item.code == code for item in known):
            raise Refused(404, "open311.error.no_service")
        empty: dict[str, Any] = {"service_code": code, "attributes": []}
        return written_one(form, "service_definition", empty)

    def _requests(self, ticket: str, form: str, query: Mapping[str, str]) -> bytes:
        house = self._house
        if ticket:
            asked = PublicFilter(tickets=(ticket,), simulated=house.settings.demo)
        else:
            asked = wanted(query, house.clock(), house.settings.demo)
        found = house.public_complaints.find(asked)
        if ticket and not found:
            raise Refused(404, "open311.error.no_request")
        names = {item.code: item.label for item in house.catalogue.complaint_categories()}
        units = {item.code: item.name for item in house.units.all()}
        write = RequestWriter(house.office.office(), house.office.places(), names, units)
        return written(form, "service_requests", "request", [write(item) for item in found])

    def _discovery(self, request: Request) -> dict[str, Any]:
        house = self._house
        base = house.settings.console_url or str(request.base_url).rstrip("/")
        office = house.office.office()
        return {
            "changeset": "2026-11-22T00:00:00+00:00",
            "contact": office.email or office.phone or office.agency,
            "key_service": f"{base}/integrasi",
            "endpoints": [
                {
                    "specification": SPECIFICATION,
                    "url": f"{base}{HERE}",
                    "changeset": "2026-11-22T00:00:00+00:00",
                    "type": "test" if house.settings.demo else "production",
                    "formats": [TYPES["xml"].split(";")[0], TYPES["json"].split(";")[0]],
                }
            ],
        }
