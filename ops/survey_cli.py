"""`tanya survey index`: the satisfaction index of a period, as the regulation computes it."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from decimal import Decimal
from fractions import Fraction

from izin.errors import InvalidInput
from izin.satisfaction import two_decimals
from izin.storage.postgres.engine import create
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.postgres.satisfaction import PostgresRatings, PostgresSurveys
from izin.usecases.report_satisfaction import ReportSatisfaction, SatisfactionReport
from izin.wording import Wording
from ops.databases import database
from ops.settings import OpsSettings

_FOUR = Decimal("0.0001")


def add_commands(commands: argparse._SubParsersAction, wording: Wording) -> None:  # type: ignore[type-arg]
    """Add the commands of `tanya survey`."""
    about = wording.say("survey.cli.index")
    index = commands.add_parser("index", help=about, description=about)
    for name, field in (("from", "since"), ("to", "until")):
        index.add_argument(
            f"--{name}", dest=field, required=True, help=wording.say(f"survey.cli.{name}")
        )
    for switch in ("simulator", "remarks"):
        index.add_argument(
            f"--{switch}", action="store_true", help=wording.say(f"survey.cli.{switch}")
        )
    index.set_defaults(run=show_index)


def show_index(options: argparse.Namespace, wording: Wording) -> int:
    """Print the index between two days; gives the exit code."""
    with database(OpsSettings.from_environment()) as url:
        engine = create(url, pool_size=1)
        try:
            report = ReportSatisfaction(
                PostgresRatings(engine), PostgresSurveys(engine), PostgresOfficeBook(engine)
            )
            return run(report, options, wording)
        finally:
            engine.dispose()


def run(report: ReportSatisfaction, options: argparse.Namespace, wording: Wording) -> int:
    """Print a report; what cannot be read is said on standard error, with exit code 1."""
    try:
        since, until = date.fromisoformat(options.since), date.fromisoformat(options.until)
        found = report.between(since, until, "simulator" if options.simulator else "live")
    except (ValueError, InvalidInput):
        print(wording.say("survey.cli.bad_dates"), file=sys.stderr)
        return 1
    for line in lines(found, since, until, wording, remarks=options.remarks):
        print(line)
    return 0


def lines(
    found: SatisfactionReport, since: date, until: date, wording: Wording, *, remarks: bool
) -> list[str]:
    """Give a report's lines."""
    say, index = wording.say, found.index
    shown = [
        say(
            "survey.cli.period",
            since=wording.date(since, weekday=False),
            until=wording.date(until, weekday=False),
            respondents=index.respondents,
        )
    ]
    for item in index.elements:
        shown.append(
            say(
                "survey.cli.element",
                code=item.element.code,
                name=item.element.name,
                average=wording.number(float(two_decimals(item.average))),
                respondents=item.respondents,
            )
        )
    if index.index is None or index.converted is None or index.grade is None:
        shown.append(say("survey.cli.unknown"))
    else:
        shown.append(
            say(
                "survey.cli.result",
                index=wording.number(_four_decimals(index.index)),
                converted=wording.number(float(index.converted)),
                grade=index.grade,
                performance=say(f"survey.grade_{index.grade}"),
            )
        )
        names = "; ".join(item.element.name for item in index.lowest)
        shown.append(say("survey.cli.lowest", names=names))
    if found.scores:
        average = two_decimals(Fraction(sum(found.scores), len(found.scores)))
        number = wording.number(float(average))
        shown.append(say("survey.cli.ratings", count=len(found.scores), average=number))
    if remarks:
        shown += [say("survey.cli.remark", text=" ".join(text.split())) for text in found.remarks]
    return shown


def _four_decimals(value: Fraction) -> float:
    return float((Decimal(value.numerator) / Decimal(value.denominator)).quantize(_FOUR))
