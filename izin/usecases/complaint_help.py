"""First help before a complaint is sent: what can be said at once, never in its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from izin.answers.duration import due_words
from izin.applications import Application
from izin.complaints import ComplaintCategory
from izin.errors import RegistryUnavailable
from izin.ports import Catalogue, OfficeBook, Registry
from izin.replies import Choice, Reply
from izin.service_time import service_time
from izin.usecases.complaint_facts import State
from izin.usecases.dialogue import TurnInput
from izin.wording import Wording

OBJECTION_WORKING_DAYS = 21
"""A written objection is possible so long after the decision (UU 30/2014 Ps. 77)."""

STATUS_HELP, OBJECTION = "cek_status", "PENOLAKAN"


@dataclass(frozen=True, slots=True)
class FirstHelp:
    """Gives the help a category of the catalogue names, with the citizen's own figures."""

    catalogue: Catalogue
    office: OfficeBook
    wording: Wording
    registry: Registry | None = None

    def reply(self, turn: TurnInput, state: State, category: ComplaintCategory) -> Reply | None:
        """Give advice, where the complaint goes, and a button to look for oneself; or None."""
        lines = []
        if own := self._status(turn, state, category):
            lines.append(own)
        elif category.first_help:
            lines.append(category.first_help)
        if category.code == OBJECTION and state.get("day"):
            lines.append(self._objection(date.fromisoformat(state["day"])))
        if category.details.get("forwarded"):
            lines.append(str(category.details["forwarded"]))
        if not lines:
            return None
        choice = None if own else self._choice(state, category)
        return Reply(" ".join(lines), choices=(choice,) if choice else ())

    def _choice(self, state: State, category: ComplaintCategory) -> Choice | None:
        intent = str(category.details.get("help_intent") or "")
        needed = "nomor_permohonan" if intent == STATUS_HELP else "izin"
        value = state.get("number" if intent == STATUS_HELP else "permit")
        if not intent or not value:
            return None
        return Choice(self.wording.say(f"complaint.choice.{intent}"), intent, {needed: value})

    def _objection(self, decided: date) -> str:
        due = self.office.calendar().add_working_days(decided, OBJECTION_WORKING_DAYS)
        return self.wording.say(
            "complaint.help_objection_until",
            day=self.wording.date(decided, weekday=False),
            date=due_words(due, self.wording),
        )

    def _status(self, turn: TurnInput, state: State, category: ComplaintCategory) -> str | None:
        """Give stage and days of the applicant's own file; the phone is the proof."""
        wanted = category.details.get("help_intent") == STATUS_HELP
        if not (wanted and self.registry and turn.verified_phone and state.get("number")):
            return None
        try:
            found = self.registry.find(str(state["number"]))
        except RegistryUnavailable:
            return None  # a complaint never waits for the registry
        if found is None or found.phone != turn.verified_phone or not found.status.is_open:
            return None
        return self._account(turn, found)

    def _account(self, turn: TurnInput, found: Application) -> str:
        permit = self.catalogue.permit(found.permit_code)
        zone, standard = self.office.office().zone, permit.sla_working_days if permit else None
        account = service_time(found, standard, self.office.calendar(), turn.now, zone)
        say = self.wording.say
        lines = [say("complaint.help_stage", number=found.number, stage=found.stage,
                     unit=found.unit)]  # fmt: skip
        if account.started and account.standard:
            lines.append(say("complaint.help_days", used=account.used, standard=account.standard))
        if account.overdue_days:
            lines.append(say("complaint.help_overdue", days=account.overdue_days))
        elif account.expected:
            day = due_words(account.expected, self.wording)
            lines.append(say("complaint.help_expected", date=day))
        return " ".join(lines)
