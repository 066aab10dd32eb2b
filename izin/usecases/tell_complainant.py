"""Tells complainants what happens to their complaint, without being asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from izin.answers.complaint_case import FOLLOW, promised_dates, state_words, step_choice
from izin.answers.complaint_result import result_lines
from izin.complaint_states import ClosingReason, ComplaintState
from izin.complaints import Complaint, Confidentiality
from izin.following import Notice, NoticeKind, QuietHours
from izin.ports import AnonymousMail, Notices, OfficeBook
from izin.replies import Choice, Reply
from izin.usecases.track_complaint import REOPEN_WORKING_DAYS
from izin.wording import Wording

SCORES = range(5, 0, -1)
TYPED_ADD = "complaint.push.typed_add"


@dataclass(frozen=True, slots=True)
class TellComplainant:
    """Ordinary complaints are told of in their chat, sealed ones by ticket.

    Nothing that names a chat and a sealed complaint together is stored: ``mail`` alone knows
    the way. ``key`` makes each message go once; it must not name the ticket.
    """

    notices: Notices
    mail: AnonymousMail
    office: OfficeBook
    wording: Wording
    quiet: QuietHours | None = None

    def answered(self, complaint: Complaint, text: str, key: str, now: datetime) -> bool:
        """Tell the office's answer; False when nothing leads to the complainant any more."""
        words = self.wording.say(
            "complaint.push.answered", ticket=complaint.ticket, text=text, owner=complaint.owner
        )
        return self._send(complaint, words, self._add(complaint), TYPED_ADD, key, now)

    def asked(self, complaint: Complaint, text: str, key: str, now: datetime) -> bool:
        """Ask for what is missing, and tell until when."""
        until = complaint.waiting_until or complaint.deadlines.decision.day
        words = self.wording.say(
            "complaint.push.asked", ticket=complaint.ticket, text=text, owner=complaint.owner,
            date=self.wording.date(until),
        )  # fmt: skip
        return self._send(complaint, words, self._add(complaint), TYPED_ADD, key, now)

    def disposed(self, complaint: Complaint, key: str, now: datetime) -> bool:
        """Tell who handles it from now on; the reason stays inside the office."""
        words = self.wording.say(
            "complaint.push.disposed", ticket=complaint.ticket, owner=complaint.owner,
            date=self.wording.date(complaint.deadlines.decision.day),
        )  # fmt: skip
        return self._send(complaint, words, (self._look(complaint),), None, key, now)

    def reopened(self, complaint: Complaint, key: str, now: datetime) -> bool:
        """Tell that the office opened it again, with the new dates."""
        dates = promised_dates(complaint, self.wording)
        words = self.wording.say("complaint.push.reopened", ticket=complaint.ticket, dates=dates)
        return self._send(complaint, words, (self._look(complaint),), None, key, now)

    def ended(self, complaint: Complaint, key: str, now: datetime) -> bool:
        """Tell the result, how to open it again, and ask for a rating."""
        say, ticket = self.wording.say, complaint.ticket
        if complaint.state is ComplaintState.RESOLVED:
            title = say("complaint.push.resolved", ticket=ticket)
        else:
            state = state_words(complaint, self.wording)
            title = say("complaint.push.closed", ticket=ticket, state=state)
        lines = [title, *result_lines(complaint.closing, self.wording)]
        until = self.wording.date(self._reopen_until(complaint, now))
        choices: tuple[Choice, ...] = (step_choice("buka_lagi", ticket, self.wording),)
        if complaint.closing_reason == ClosingReason.RESOLVED:
            choices = (*self._scores(ticket), *choices)
        if complaint.confidentiality is Confidentiality.NORMAL:
            lines.append(say("complaint.push.again", date=until))
            if len(choices) > 1:
                lines.append(say("complaint.push.rate"))
        else:
            lines.append(say("complaint.push.typed_ended", ticket=ticket, date=until))
        return self._send(complaint, "\n".join(lines), choices, None, key, now)

    def settled(self, complaint: Complaint, key: str, now: datetime) -> bool:
        """Tell that a resolved complaint was closed, since nobody objected."""
        words = self.wording.say("complaint.push.settled", ticket=complaint.ticket)
        return self._send(complaint, words, (), None, key, now, automatic=True)

    def _send(
        self,
        complaint: Complaint,
        words: str,
        choices: tuple[Choice, ...],
        typed: str | None,
        key: str,
        now: datetime,
        *,
        automatic: bool = False,
    ) -> bool:
        if complaint.confidentiality is not Confidentiality.NORMAL:
            if typed:
                words = f"{words}\n\n{self.wording.say(typed, ticket=complaint.ticket)}"
            return self.mail.queue(complaint.ticket, Reply(words), f"tell:{key}", now)
        if complaint.conversation_id is None:
            return False
        zone = self.office.office().zone
        notice = Notice(
            complaint.conversation_id,
            f"aduan:{key}",
            NoticeKind.COMPLAINT,
            Reply(words, choices=choices),
            values=(complaint.ticket,),
            not_before=self.quiet.over_at(now, zone) if automatic and self.quiet else None,
            late_intro=self.wording.say("complaint.push.late"),
        )
        self.notices.push(notice, now)
        return True

    def _add(self, complaint: Complaint) -> tuple[Choice, ...]:
        return (step_choice("tambah", complaint.ticket, self.wording), self._look(complaint))

    def _look(self, complaint: Complaint) -> Choice:
        title = self.wording.say("complaint.choice.follow")
        return Choice(title, FOLLOW, {"tiket": complaint.ticket})

    def _scores(self, ticket: str) -> tuple[Choice, ...]:
        return tuple(
            Choice(
                self.wording.say(f"complaint.score_{score}"),
                FOLLOW,
                {"tiket": ticket, "nilai": score},
            )
            for score in SCORES
        )

    def _reopen_until(self, complaint: Complaint, now: datetime) -> date:
        zone, calendar = self.office.office().zone, self.office.calendar()
        closed = (complaint.closed_at or now).astimezone(zone).date()
        return calendar.add_working_days(closed, REOPEN_WORKING_DAYS).day
