"""The forms of the office's content: one declaration for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from console.editing.kind_fields import Field
from console.editing.kind_office_form import OFFICE_FIELDS
from izin import content
from izin.canned_replies import LONGEST_CATEGORY, LONGEST_TEXT, LONGEST_TITLE
from izin.units import LONGEST_CONTACT, LONGEST_NAME

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KindForm:
    """How items of a kind are listed and edited.

    Attributes:
        kind: As in ``izin.content.KINDS``.
        fields: Of the form, in order.
        key: Gives the key of a new item's document.
        about: Gives what else stands in a list; "" for nothing.
        new: What a new item's document begins with; None when there can be no further item.
        hides: An item may be switched off.
        pair: The document is a list of the key and one value.
        active: The document itself says in ``active`` whether it is on.
    """

    kind: str
    fields: tuple[Field, ...]
    key: Callable[[Document], str]
    about: Callable[[Document], str] = lambda document: ""
    new: Document | None = None
    hides: bool = True
    pair: bool = False
    active: bool = False

    def opened(self, document: Any) -> Any:
        """Give a document as its fields name it."""
        if not self.pair:
            return document
        return {item.path: value for item, value in zip(self.fields, document, strict=True)}

    def closed(self, document: Any, live: bool) -> Any:
        """Give the document that is stored for what the fields hold."""
        if self.pair:
            return [document[item.path] for item in self.fields]
        return {**document, "active": live} if self.active else document


_PERMIT_ROW = (
    Field("code", "choice", required=True, options="permits", words="permit"),
    Field("why", required=True, longest=200, words="why"),
)
_CODE_ROW = (Field("code", "choice", required=True, options="permits", words="permit"),)

_ANSWER = (
    Field("label", required=True, longest=60, hint=True),
    Field("key", required=True, longest=60, hint=True, shape="key"),
    Field("words", "lines", longest=80, hint=True),
    Field("up_to", "decimal", hint=True),
    Field("add", "rows", fields=_PERMIT_ROW, stored="row"),
    Field("drop", "rows", fields=_CODE_ROW, stored="only"),
    Field("say", "area", longest=600),
    Field("officer", "check"),
)
_QUESTION = (
    Field("ask", required=True, longest=200),
    Field("answers", "rows", required=True, fields=_ANSWER),
    Field("measure", "choice", options="measures", hint=True),
    Field("after", "lines", longest=60, hint=True),
)
_INFERRED = Field("inferred", "check", words="inferred", hint=True)

_FORMS = (
    KindForm(
        content.OFFICE, OFFICE_FIELDS, lambda _: "office",
        lambda one: str(one.get("address") or ""), hides=False,
    ),
    KindForm(
        content.HOLIDAY,
        (
            Field("day", "date", required=True, fixed=True, hint=True),
            Field("name", required=True, longest=120),
            Field("kind", "choice", required=True, options="holiday_kinds"),
        ),
        lambda one: str(one["day"]), lambda one: str(one["kind"]),
        {"kind": "libur_nasional"},
    ),
    KindForm(
        content.UNIT,
        (
            Field("code", required=True, longest=24, fixed=True, hint=True, shape="code"),
            Field("name", required=True, longest=LONGEST_NAME),
            Field("contact", longest=LONGEST_CONTACT, empty="", hint=True),
        ),
        lambda one: str(one["code"]), lambda one: str(one["code"]),
        {}, active=True,
    ),
    KindForm(
        content.CANNED,
        (
            Field("title", required=True, longest=LONGEST_TITLE),
            Field("category", required=True, longest=LONGEST_CATEGORY, options="canned_groups"),
            Field("text", "area", required=True, longest=LONGEST_TEXT, hint=True),
        ),
        lambda one: str(one["id"]), lambda one: str(one["category"]), {}, active=True,
    ),
    KindForm(
        content.AMBIGUOUS_TERM,
        (
            Field("term", required=True, longest=80, fixed=True, hint=True, shape="term"),
            Field("ask", required=True, longest=200),
            Field("codes", "rows", fields=_CODE_ROW, stored="only"),
        ),
        lambda one: str(one["term"]),
        lambda one: ", ".join(one["codes"]), {"codes": []},
    ),
    KindForm(
        content.LEGACY_NAME,
        (
            Field("old", required=True, longest=120, fixed=True),
            Field("now", required=True, longest=160),
            Field("code", "choice", options="permits", words="permit_now", hint=True),
            Field("since", longest=400),
            Field("note", "area", longest=600),
            _INFERRED,
        ),
        lambda one: str(one["old"]), lambda one: str(one.get("since") or ""), {},
    ),
    KindForm(
        content.ACTIVITY,
        (
            Field("key", required=True, longest=60, fixed=True, hint=True, shape="key"),
            Field("phrases", "lines", required=True, longest=120, hint=True),
            Field("permits", "rows", fields=_PERMIT_ROW, stored="row", hint=True),
            Field("questions", "rows", fields=_QUESTION, hint=True, section="questions"),
            Field("kbli", "lines", longest=300, section="more"),
            Field("note", "area", longest=600),
            _INFERRED,
        ),
        lambda one: str(one["key"]),
        lambda one: ", ".join(str(pair[0]) for pair in one["permits"]), {"permits": []},
    ),
    KindForm(
        content.PLACE,
        (
            Field("kind", "choice", required=True, options="place_kinds", fixed=True),
            Field("name", required=True, longest=80, fixed=True),
            Field("synonyms", "lines", longest=80, hint=True),
        ),
        lambda one: f"{one['kind']}:{one['name']}",
        lambda one: str(one["kind"]), {"kind": "desa"},
    ),
    KindForm(
        content.STATUS_LABEL,
        (
            Field("code", required=True, fixed=True),
            Field("label", required=True, longest=60),
        ),
        lambda one: str(one["code"]), lambda one: str(one["code"]),
        hides=False, pair=True,
    ),
    KindForm(
        content.COMPLAINT_CLASS,
        (
            Field("code", required=True, longest=40, fixed=True, hint=True, shape="code"),
            Field("label", required=True, longest=80),
            Field("meaning", "area", longest=400, empty=""),
            Field("resolve_working_days", "number", required=True, least=1, most=366, hint=True),
            Field("always_confidential", "check"),
            Field("human_only", "check"),
            _INFERRED,
        ),
        lambda one: str(one["code"]), lambda one: str(one["code"]),
        {},
    ),
    KindForm(
        content.COMPLAINT_CATEGORY,
        (
            Field("code", required=True, longest=40, fixed=True, hint=True, shape="code"),
            Field("label", required=True, longest=80),
            Field("class_code", "choice", required=True, options="classes"),
            Field("owner", required=True, longest=120),
            Field("phrases", "lines", required=True, longest=120, hint=True),
            Field("first_help", "area", longest=600),
            Field("details.forwarded", "area", longest=600, hint=True),
            Field("confidential", "check", section="handling"),
            Field("urgent", "check"),
            Field("details.human_only", "check"),
            Field("details.about_application", "maybe", hint=True),
            Field("details.asks_place", "maybe"),
            Field("details.asks_time", "maybe"),
            Field("details.help_intent", "choice", options="help_intents", hint=True),
            Field("details.handling", "area", longest=600),
            Field("details.escalate_if", longest=300),
            Field("details.flag", longest=200),
            Field("details.note", "area", longest=1000, words="note_for_officers"),
            Field("details.sources", "lines", longest=400, words="sources"),
        ),
        lambda one: str(one["code"]), lambda one: str(one["owner"]),
        {"details": {}},
    ),
)  # fmt: skip

KIND_FORMS: Mapping[str, KindForm] = {form.kind: form for form in _FORMS}
"""By kind, in the order they are shown."""
