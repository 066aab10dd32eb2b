"""Puts what the status dialogue found into replies, and keeps which application was shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from izin.answers import suggestions
from izin.answers.status import OTHER_NUMBER, StatusView, complaint_choice, status_reply
from izin.answers.status_followup import followup_reply
from izin.answers.status_list import list_reply, page_end, summary_reply
from izin.applications import MOST_OF_PHONE, Application
from izin.ports import Catalogue, Drafts, OfficeBook
from izin.replies import Choice, Reply
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.recent_pace import RecentPace
from izin.usecases.turn_draft import TurnDraft
from izin.wording import Wording

DRAFT = "status"
NUMBER_EXAMPLE = "503/0123/PBG/2026"
Proven = Callable[[TurnInput, Application, bool, Reply], Reply]
"""Takes a proven application, whether its full status may be told, and the status reply;
gives the reply to send instead."""

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TellStatus:
    """Tells statuses, lists and follow-ups; the proof was judged before."""

    catalogue: Catalogue
    office: OfficeBook
    drafts: Drafts
    wording: Wording
    proven: Proven | None = None
    pace: RecentPace | None = None

    def status(
        self, turn: TurnInput, application: Application, full: bool, state: State
    ) -> StepResult:
        """Give the whole status."""
        view = self._view(turn, application, full)
        return self._shown(
            turn, view, status_reply(view, self.office.calendar(), self.wording), state
        )

    def follow_up(
        self,
        turn: TurnInput,
        application: Application,
        full: bool,
        topics: Sequence[str],
        state: State,
    ) -> StepResult:
        """Give only what was asked about the application."""
        view = self._view(turn, application, full)
        reply = followup_reply(topics, view, self.office.calendar(), self.wording)
        told = [*state.get("told", ()), *topics]
        return self._shown(turn, view, reply, state, told)

    def complaint_offer(
        self, turn: TurnInput, application: Application, full: bool, state: State
    ) -> StepResult | None:
        """Give the button of a ready filled complaint if the application is overdue."""
        view = self._view(turn, application, full)
        if not view.account(self.office.calendar()).overdue_days:
            return None
        choice = complaint_choice("complain", "KETERLAMBATAN", view, self.wording)
        reply = Reply(self.wording.say("status.complain_offer"), choices=(choice,))
        return self._shown(turn, view, reply, state)

    def choices(
        self, turn: TurnInput, listed: Sequence[Application], start: int, named: bool = False
    ) -> StepResult:
        """Give a page of applications to choose from; ``named``: of the permit asked for."""
        end = page_end(len(listed), start)
        self.save(turn, list_state(listed, end))
        views = [self._view(turn, item, True) for item in listed[start:end]]
        intro = self._intro(turn, views, start, len(listed), named)
        reply = list_reply(views, start, len(listed), intro, self.wording)
        return StepResult("consumed", (reply,))

    def summary(self, turn: TurnInput, listed: Sequence[Application], start: int) -> StepResult:
        """Give a page of applications in short."""
        end = page_end(len(listed), start)
        self.save(turn, {**list_state(listed, end), "at": turn.now.isoformat()})
        views = [self._view(turn, item, True) for item in listed[start:end]]
        calendar = self.office.calendar()
        reply = summary_reply(views, start, len(listed), calendar, self.wording)
        return StepResult("finished", (reply,))

    def ask_number(self, turn: TurnInput) -> StepResult:
        """Ask for the application number; on Telegram a shared contact does as well."""
        if _may_share_contact(turn):
            return self._with_contact("status.ask_number_or_contact", example=NUMBER_EXAMPLE)
        return self.ask("status.ask_number")

    def ask_proof(self, turn: TurnInput, number: str) -> StepResult:
        """Ask for the four digits; on Telegram a shared contact does as well."""
        if _may_share_contact(turn):
            return self._with_contact("status.ask_proof_or_contact", number=number)
        return self.ask("status.ask_proof", number=number)

    def help_without_number(self, turn: TurnInput) -> StepResult:
        """Say how an application is found by somebody who does not know its number."""
        if _may_share_contact(turn):
            return self._with_contact("status.number_forgotten_contact")
        return self.ask("status.number_forgotten")

    def ask(self, key: str, **parameters: object) -> StepResult:
        """Give a sentence after which the dialogue goes on."""
        return StepResult("consumed", (self.say(key, **parameters),))

    def finish(self, turn: TurnInput, key: str) -> StepResult:
        """Give a sentence that ends the dialogue."""
        self.save(turn, {})
        return StepResult("finished", (self.say(key),))

    def save(self, turn: TurnInput, state: Mapping[str, Any]) -> None:
        """Store the dialogue's state after this turn."""
        TurnDraft(self.drafts, DRAFT).save(turn, dict(state))

    def say(self, key: str, **parameters: object) -> Reply:
        """Give a sentence of the dialogue with its buttons."""
        cancel = Choice(self.wording.say("status.choice.cancel"), "batal")
        officer = Choice(self.wording.say("status.choice.officer"), "minta_petugas")
        other = Choice(
            self.wording.say("status.choice.other"), "cek_status", {"langkah": OTHER_NUMBER}
        )
        choices: dict[str, tuple[Choice, ...]] = {
            "status.ask_proof": (other, cancel),
            "status.ask_proof_again": (other, cancel),
            "status.not_four_digits": (other, cancel),
            "status.item_for_proof": (other, cancel),
            "status.proof_unknown": (officer, other, cancel),
            "status.ask_number": (cancel,),
            "status.ask_number_again": (cancel,),
            "status.item_for_number": (cancel,),
            "status.not_a_number": (officer, cancel),
            "status.number_forgotten": (officer, cancel),
            "status.none_for_phone": (cancel,),
            "status.no_match": (other, officer, cancel),
            "status.registry_down": (officer,),
            "status.locked": (officer,),
            "status.choose_again": (other, cancel),
            "status.cancelled": suggestions.menu(self.wording)[:4],
        }
        return Reply(
            self.wording.say(key, **{"example": NUMBER_EXAMPLE, **parameters}),
            choices=choices.get(key, ()),
        )

    def _with_contact(self, key: str, **parameters: object) -> StepResult:
        text = self.wording.say(key, **parameters)
        return StepResult("consumed", (Reply(text, ask_contact=True),))

    def complaint_facts(self, turn: TurnInput, application: Application) -> dict[str, str]:
        """Give the entities of a complaint on the application: its number, and that it is late."""
        facts = {"nomor_permohonan": application.number}
        account = self._view(turn, application, False).account(self.office.calendar())
        return {**facts, "kategori": "KETERLAMBATAN"} if account.overdue_days else facts

    def _shown(
        self,
        turn: TurnInput,
        view: StatusView,
        reply: Reply,
        state: State,
        told: Sequence[str] = (),
    ) -> StepResult:
        """Keep which application was shown; a dialogue that only needed the proof goes on."""
        application = view.application
        kept: State = {key: state[key] for key in ("list", "seen") if key in state}
        shown = {"shown": application.number, "full": view.full, "at": turn.now.isoformat()}
        self.save(turn, {**kept, **shown, "told": sorted(set(told))})
        if self.proven is not None:
            reply = self.proven(turn, application, view.full, reply)
            return StepResult("finished", (reply,))
        # Which permit it is may be told to the applicant's own phone alone.
        slots = {"izin": [application.permit_code], "pertanyaan": None}
        return StepResult("finished", (reply,), slots if view.full and view.permit else {})

    def _view(self, turn: TurnInput, application: Application, full: bool) -> StatusView:
        office = self.office.office()
        labels = self.catalogue.status_labels()
        view = StatusView(
            application=application,
            permit=self.catalogue.permit(application.permit_code),
            status_label=labels.get(application.status, application.status.value),
            full=full,
            now=turn.now,
            zone=office.zone,
            objection=office.details.get("objection") or {},
        )
        if self.pace is None or not application.status.is_open:
            return view
        return replace(view, pace=self.pace.of(application.permit_code, turn.now))

    def _intro(
        self, turn: TurnInput, views: Sequence[StatusView], start: int, count: int, named: bool
    ) -> str:
        say = self.wording.say
        if start:
            return say("status.choose_page", first=start + 1, last=start + len(views), count=count)
        code = turn.value("izin")
        wanted = self.catalogue.permit(str(code)) if code else None
        if wanted is not None:
            key = "status.choose_permit" if named else "status.choose_none_of_permit"
            return say(key, count=count, permit=wanted.short_name)
        intro = say("status.choose", count=count)
        if count < MOST_OF_PHONE:
            return intro
        return f"{intro} {say('status.choose_newest_only', count=count)}"


def _may_share_contact(turn: TurnInput) -> bool:
    return turn.metadata.get("channel") == "telegram" and not turn.verified_phone


def list_state(listed: Sequence[Application], seen: int) -> State:
    """Give what is kept of a list: its numbers in order, and how far it was shown."""
    return {"list": [item.number for item in listed], "seen": seen}
