"""Several applications of one citizen: numbered to choose from, or all in short."""

from __future__ import annotations

from collections.abc import Sequence

from izin.answers.status_view import StatusView
from izin.applications import Status
from izin.office import Calendar
from izin.replies import Choice, Reply
from izin.wording import Wording

ALL = "semua"
MORE = "lainnya"
"""``langkah`` of the buttons that show all in short, and the next page."""

WHOLE = 9
"""So many are listed at once; WhatsApp shows ten rows, and one says "Semuanya"."""

PAGE = 8
"""A longer list goes in pages, with rows for the next page and for all."""


def page_end(count: int, start: int) -> int:
    """Give the place behind the last application listed from ``start`` on."""
    return count if count - start <= (PAGE if start or count > WHOLE else WHOLE) else start + PAGE


def list_reply(
    views: Sequence[StatusView], start: int, count: int, intro: str, wording: Wording
) -> Reply:
    """Give one page to choose from: its intro, a numbered line and a row for each.

    Args:
        views: The applications of this page.
        start: How many stand on the pages before.
        count: How many there are in all.
        intro: The sentence to begin with.
        wording: The sentences.
    """
    lines, choices = [intro], []
    for place, view in enumerate(views, start=start + 1):
        number, name = view.application.number, _name(view)
        lines.append(
            wording.say(
                "status.choose_line",
                place=place, number=number, permit=name, status=view.status_label,
            )
        )  # fmt: skip
        choices.append(
            Choice(
                number,
                "cek_status",
                {"nomor_permohonan": number},
                description=f"{name}: {view.status_label}"[:72],
            )
        )
    rest = count - start - len(views)
    return Reply(
        "\n".join([*lines, *_more_line(rest, wording)]),
        choices=(*choices, *_paging(rest, wording), *_all(wording)),
    )


def summary_reply(
    views: Sequence[StatusView], start: int, count: int, calendar: Calendar, wording: Wording
) -> Reply:
    """Give one page of all in short: where each is and what it needs."""
    title = wording.say("status.summary_title", count=count)
    if count > len(views):
        last = start + len(views)
        title = wording.say("status.choose_page", first=start + 1, last=last, count=count)
    lines = [title]
    for place, view in enumerate(views, start=start + 1):
        lines.append(
            wording.say(
                "status.summary_line",
                place=place,
                number=view.application.number,
                permit=_name(view),
                status=view.status_label,
                fact=_fact(view, calendar, wording),
            )
        )
    rest = count - start - len(views)
    choices = [
        Choice(view.application.number, "cek_status", {"nomor_permohonan": view.application.number})
        for view in views
    ]
    more = _paging(rest, wording, all_in_short=True)
    return Reply("\n\n".join([*lines, *_more_line(rest, wording)]), choices=(*choices, *more))


def _fact(view: StatusView, calendar: Calendar, wording: Wording) -> str:
    application = view.application
    account = view.account(calendar)
    if application.missing:
        names = "; ".join(document.name for document in application.missing)
        return wording.say("status.summary_missing", count=len(application.missing), names=names)
    if application.status is Status.PAYMENT and application.amount_due_rupiah is not None:
        amount = wording.rupiah(application.amount_due_rupiah)
        return wording.say("status.summary_due", amount=amount)
    if account.overdue_days:
        return wording.say(
            "status.summary_overdue", unit=application.unit, days=account.overdue_days
        )
    if issued := application.issued:
        if issued.valid_until is None:
            return wording.say("status.summary_issued", number=issued.number)
        until = wording.date(issued.valid_until, weekday=False)
        return wording.say("status.summary_issued_until", number=issued.number, date=until)
    if application.status is Status.REJECTED:
        return wording.say("status.summary_note", note=application.note or application.stage)
    if account.expected and account.running:
        provisional = wording.say("status.provisional") if account.expected.provisional else ""
        return wording.say(
            "status.summary_expected",
            unit=application.unit,
            date=wording.date(account.expected.day, weekday=False),
            provisional=provisional,
        )
    return wording.say("status.summary_holder", unit=application.unit)


def _name(view: StatusView) -> str:
    return view.permit.short_name if view.permit else view.application.permit_code


def _more_line(rest: int, wording: Wording) -> list[str]:
    return [wording.say("status.choose_more", count=rest)] if rest else []


def _paging(rest: int, wording: Wording, *, all_in_short: bool = False) -> tuple[Choice, ...]:
    if not rest:
        return ()
    entities = {"langkah": MORE, "jenis": ALL} if all_in_short else {"langkah": MORE}
    return (Choice(wording.say("status.choice.more", count=rest), "cek_status", entities),)


def _all(wording: Wording) -> tuple[Choice, ...]:
    return (Choice(wording.say("status.choice.all"), "cek_status", {"langkah": ALL}),)
