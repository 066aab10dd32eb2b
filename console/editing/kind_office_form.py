"""The form of the office itself: identity, contacts, hours and what else citizens ask of it."""

from __future__ import annotations

from console.editing.kind_fields import Field

_SOURCES = Field("sources", "lines", longest=400, words="sources")
_INFERRED = Field("inferred", "check", words="inferred")

_PERIOD = (
    Field("name", required=True, longest=80),
    Field("first", "date", required=True),
    Field("last", "date", required=True),
    Field("opening_hours", "week", by_name=True, words="opening_hours"),
    Field("words", "lines", longest=40, hint=True),
    Field("note", "area", longest=400),
    _INFERRED,
)

_COUNTER = (
    Field("name", required=True, longest=80),
    Field("days", "days"),
    Field("services", required=True, longest=200),
)

_CHANNEL = (
    Field("name", required=True, longest=80),
    Field("how", required=True, longest=400),
    Field("scope", longest=60, hint=True),
    _SOURCES,
    _INFERRED,
)

OFFICE_FIELDS = (
    Field("agency", required=True, longest=160, section="identity"),
    Field("short_name", required=True, longest=60),
    Field("regency", required=True, longest=80),
    Field("timezone", "choice", required=True, options="zones", hint=True),
    Field("fictional", "check", hint=True),
    Field("address", "area", longest=300, section="contact"),
    Field("phone", longest=60),
    Field("whatsapp", longest=60),
    Field("email", longest=120),
    Field("website", longest=200, hint=True),
    Field("location", "point", hint=True),
    Field("opening_hours", "week", section="hours", hint=True, words="opening_hours"),
    Field("hours_inferred", "check"),
    Field("details.hours_note", "area", longest=400),
    Field("details.special_hours", "rows", longest=20, fields=_PERIOD, hint=True,
          section="special_hours"),
    Field("details.mpp.name", longest=120, section="mall"),
    Field("details.mpp.address", "area", longest=300),
    Field("details.mpp.note", "area", longest=400),
    Field("details.mpp.inferred", "check", words="inferred"),
    Field("details.mpp.counters", "rows", longest=60, fields=_COUNTER),
    Field("details.complaint_channels", "rows", longest=30, fields=_CHANNEL, hint=True,
          section="channels"),
    Field("details.objection.within_working_days", "number", least=1, most=366,
          section="objection"),
    Field("details.objection.decided_within_working_days", "number", least=1, most=366),
    Field("details.objection.appeal_within_working_days", "number", least=1, most=366),
    Field("details.objection.basis", longest=200),
    Field("details.objection.note", "area", longest=600),
    Field("details.objection.sources", "lines", longest=400, words="sources"),
    Field("details.online_systems", "rows", longest=30, section="promises", fields=(
        Field("name", required=True, longest=80),
        Field("for", required=True, longest=200),
    )),
    Field("details.service_promises", "lines", longest=400),
    Field("details.privacy.sections", "rows", longest=20, section="privacy", hint=True, fields=(
        Field("title", required=True, longest=80),
        Field("text", "area", required=True, longest=2000),
    )),
    Field("checked_on", "date", section="sources"),
    _SOURCES,
)  # fmt: skip
