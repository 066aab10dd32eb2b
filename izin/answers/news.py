"""News of an application that somebody follows: what happened, then the whole status."""

from __future__ import annotations

from izin.answers.following import stop_choice, without_following
from izin.answers.status import status_reply
from izin.answers.status_view import StatusView
from izin.applications import Status
from izin.following import NoticeKind
from izin.office import Calendar
from izin.replies import Reply
from izin.wording import Wording

MOST_NAMES = 10
"""Missing documents named in a template's one line; more are counted."""

_DECISIONS = {
    Status.ISSUED: "notice.issued",
    Status.REJECTED: "notice.rejected",
    Status.REVOKED: "notice.revoked",
    Status.EXPIRED: "notice.expired",
}


def news_reply(kind: NoticeKind, view: StatusView, calendar: Calendar, wording: Wording) -> Reply:
    """Give the notice: its news in a sentence, the status, and how to stop being told."""
    status = status_reply(view, calendar, wording)
    lines = (_headline(kind, view, calendar, wording), status.text, wording.say("notice.footer"))
    return Reply(
        "\n\n".join(lines),
        choices=(*without_following(status.choices), stop_choice(view.application.number, wording)),
    )


def template_values(
    kind: NoticeKind, view: StatusView, calendar: Calendar, wording: Wording
) -> tuple[str, ...]:
    """Give the parameters of the kind's approved template, as docs/howto/connect-whatsapp.md lists.

    They tell no more than the proof allows.
    """
    application = view.application
    account = view.account(calendar)
    number = application.number
    if kind is NoticeKind.RETURNED:
        return (number, _names(view, wording))
    if kind is NoticeKind.PAYMENT:
        due = application.amount_due_rupiah
        known = view.full and due is not None
        return (number, wording.rupiah(due or 0) if known else wording.say("notice.amount_on_bill"))
    if kind is NoticeKind.DECIDED:
        return (number, view.status_label)
    if kind is NoticeKind.OVERDUE:
        return (number, str(account.overdue_days))
    if kind is NoticeKind.EXPIRING and application.issued and application.issued.valid_until:
        until = application.issued.valid_until
        return (number, wording.date(until, weekday=False), str(_days_left(view)))
    if kind is NoticeKind.DATE and account.expected:
        return (number, wording.date(account.expected.day))
    return (number, application.stage, application.unit)


def _headline(kind: NoticeKind, view: StatusView, calendar: Calendar, wording: Wording) -> str:
    application = view.application
    if kind is NoticeKind.DECIDED:
        return wording.say(
            _DECISIONS.get(application.status, "notice.stage"), stage=application.stage
        )
    if kind is NoticeKind.EXPIRING:
        return wording.say("notice.expiring", days=_days_left(view))
    if kind is NoticeKind.RETURNED and not application.missing:
        return wording.say("notice.returned_unnamed")
    if kind is NoticeKind.DATE:
        expected = view.account(calendar).expected
        if expected:
            return wording.say("notice.date", date=wording.date(expected.day))
    return wording.say(f"notice.{kind.value}", stage=application.stage)


def _names(view: StatusView, wording: Wording) -> str:
    names = [document.name for document in view.application.missing]
    if not names:
        return wording.say("notice.missing_in_chat")
    shown = "; ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return wording.say("notice.missing_more", names=shown, more=more) if more > 0 else shown


def _days_left(view: StatusView) -> int:
    issued = view.application.issued
    return (issued.valid_until - view.today).days if issued and issued.valid_until else 0
