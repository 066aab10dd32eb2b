"""What the page of one fee table shows: figures, examples, and a calculator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from console.editing.content_words import ContentWords
from console.editing.fee_form import (
    AMOUNT,
    EXAMPLES,
    INPUT_FLAGS,
    INPUT_NUMBERS,
    TRIED,
    FeeForm,
    content_of,
    field_of,
    inputs_of,
    of_content,
    of_fields,
)
from console.editing.fee_try import worked_out
from console.editing.permit_answers import ShownAnswer, shown_answer
from console.editing.permit_saving import Opened, problems_of, read_from, save
from console.house import House
from console.pages import see_other, with_flash
from izin.accounts import Account
from izin.answers.section import Section
from izin.content import FEE_TABLE, Problem
from izin.errors import Conflict, InvalidInput
from izin.fee_examples import INPUTS
from izin.fee_parameters import FeeGroup, FeeParameter, at, parameters
from izin.usecases.fee_building_figures import USES

BASE = "/isi/katalog/biaya"
_ABOUT_EXAMPLES = "fee_example"


@dataclass(slots=True)
class FeePage:
    """One showing of the form; ``errors`` and ``doubts`` are sentences by field name."""

    house: House
    opened: Opened
    form: FeeForm
    content: Mapping[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, list[str]] = field(default_factory=dict)
    conflict: bool = False
    refused: bool = False
    tried: ShownAnswer | None = None

    @property
    def table(self) -> str:
        """Give the table's name."""
        return self.opened.name.key

    def take(self, found: Sequence[Problem]) -> None:
        """Put problems beside their fields."""
        for problem in found:
            values = dict(problem.values or {})
            if "part" in values:
                values["part"] = self.label(str(values["part"]))
            said = self.house.wording.say(f"content.problem.{problem.code}", **values)
            name = field_of(problem.field)
            if problem.warning:
                self.doubts.setdefault(name, []).append(said)
            else:
                self.errors.setdefault(name, said)

    def label(self, key: str, group: FeeGroup | None = None) -> str:
        """Give the name of a figure, a kind or an input."""
        say, known = self.house.wording.say, f"catalogue.fee_key.{key}"
        if key.isdigit():
            return say("catalogue.fee_storeys", floors=key)
        if group is not None and group.path[:1] == ("jenis",):
            return f"{self.label(group.path[1])} · {say(known)}"
        return say(known) if self.house.wording.has(known) else key.replace("_", " ")

    def groups(self) -> list[tuple[str, str, list[tuple[FeeParameter, str, str]]]]:
        """Give (name, unit, figures) of each group; a figure with its field and label."""
        found: dict[str, tuple[str, str, list[tuple[FeeParameter, str, str]]]] = {}
        for one in parameters(self.table, self.content):
            code = "jenis" if one.path[0] == "jenis" else one.group.code
            name = self.house.wording.say(f"catalogue.fee_group.{code}")
            unit = self.house.wording.say(f"catalogue.unit.{one.group.unit}")
            line = (one, ".".join(one.path), self.label(one.key, one.group))
            found.setdefault(code, (name, unit, []))[2].append(line)
        return list(found.values())

    def choices(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Give the options of inputs that are chosen, by input."""
        kinds = {"pbg": (), "reklame": ("nilai_dasar_idr_per_m2_per_hari",)}
        codes: dict[str, Sequence[str]] = {
            "fungsi": USES,
            "klasifikasi": ("sederhana", "tidak_sederhana"),
            "pekerjaan": tuple(at(self.content, ("Ibg",)) or ()),
            "jenis": tuple(at(self.content, kinds.get(self.table, ("jenis",))) or ()),
            "kelas_jalan": tuple(at(self.content, ("faktor_lokasi",)) or ()),
        }
        return {
            name: [(code, self.label(code)) for code in listed]
            for name, listed in codes.items()
            if name in INPUTS[self.table]
        }

    def shown(self, request: Request, status: int = 200) -> Response:
        """Give the page."""
        words, version = ContentWords(self.house), self.opened.version
        mine = [self.table, self.content]
        theirs = words.changes(FEE_TABLE, self.opened.theirs, mine) if self.conflict else []
        return self.house.pages.page(
            request, "isi/katalog/fee.html", status, page=self, form=self.form,
            errors=self.errors, doubts=self.doubts, item=self.opened.item, version=version,
            opened=words.opened(self.opened.item) if self.opened.item else None, theirs=theirs,
            inputs=INPUTS[self.table], numbers=INPUT_NUMBERS, flags=INPUT_FLAGS,
            choices=self.choices(), amount=AMOUNT, example=EXAMPLES, tried=TRIED,
        )  # fmt: skip

    def try_out(self) -> None:
        """Work out the case in the form, by the figures in the form."""
        unread: dict[str, str] = {}
        inputs = inputs_of(self.table, self.form.tried, TRIED, unread)
        say = self.house.wording.say
        self.errors |= {name: say(sentence) for name, sentence in unread.items()}
        if unread:
            return
        try:
            text = worked_out(self.house, self.table, self.content, inputs)
        except InvalidInput as error:
            name = f"{TRIED}:{error.field}" if error.field in INPUTS[self.table] else TRIED
            self.errors[name] = say("catalogue.error.input")
        else:
            self.tried = shown_answer("fee", Section(text))


def page_of(house: House, opened: Opened) -> FeePage:
    """Give the page of a table as it stands, with what is wrong or doubtful about it."""
    table, content = opened.name.key, opened.document[1]
    page = FeePage(house, opened, of_content(table, content, opened.live), content)
    page.take(problems_of(house, opened.name, opened.document, opened.live))
    page.try_out()
    return page


def answered(
    request: Request, house: House, opened: Opened, items: Sequence[tuple[str, object]],
    account: Account,
) -> Response:  # fmt: skip
    """Answer a sent form: examples moved, a case worked out, or a saved draft."""
    table = opened.name.key
    typed = {name: value for name, value in items if isinstance(value, str)}
    act, form = typed.get("act", "save"), of_fields(table, items)
    if act.partition(":")[0] in ("add", "remove", "up", "down"):
        form = form.with_examples(act)
    content, unread = content_of(table, form, opened.document[1])
    page = FeePage(house, opened, form, content)
    page.errors = {name: house.wording.say(sentence) for name, sentence in unread.items()}
    found = problems_of(house, opened.name, [table, content], form.live)
    page.take(found)
    page.try_out()
    if act != "save":
        return page.shown(request)
    # An example that does not come out may wait in a draft; it cannot be published.
    page.refused = bool(unread) or any(
        not problem.warning and not problem.code.startswith(_ABOUT_EXAMPLES) for problem in found
    )
    if page.refused:
        return page.shown(request, 422)
    try:
        save(house, opened, [table, content], form.live, account, read_from(typed))
    except Conflict:
        page.opened = Opened(opened.name, [table, content], form.live,
                             house.content.item(opened.name))  # fmt: skip
        page.conflict = True
        return page.shown(request, 409)
    return see_other(with_flash(f"{BASE}/{table}", "catalogue_saved"))
