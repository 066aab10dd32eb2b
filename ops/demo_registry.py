"""Invents the applications of the demo registry: believable, fictional, the same for a seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from izin.applications import Application, IssuedPermit, MissingDocument, StageVisit, Status
from izin.errors import InvalidInput
from izin.office import Calendar
from izin.permits import Permit
from ops.demo_legs import legs_of
from ops.demo_stories import DemoPerson, PlannedStage, Situation, Stories
from ops.demo_timeline import visits_until

_DECIDED = (Status.ISSUED, Status.REJECTED)


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """All that the inventions rest on.

    Attributes:
        permits: The catalogue, by code.
        calendar: Working days.
        zone: The office's zone.
        stories: What ``data/demo/stories.yml`` says.
        today: The day all dates are relative to.
        seed: Equal seeds give equal registries.
    """

    permits: Mapping[str, Permit]
    calendar: Calendar
    zone: ZoneInfo
    stories: Stories
    today: date
    seed: int

    def random(self, *names: object) -> Random:
        """Give the random numbers of one application; others do not disturb them."""
        return Random(f"{self.seed}:{':'.join(map(str, names))}")  # noqa: S311  (no secret)


def invent(world: DemoWorld, people: Iterable[DemoPerson]) -> tuple[Application, ...]:
    """Give the applications of the demo citizens, then those of everybody else.

    Raises:
        InvalidInput: The people name an unknown permit or a situation it cannot be in.
    """
    own = [application for person in people for application in _of_person(world, person)]
    others = sorted(_of_strangers(world), key=lambda a: (a.submitted_at, a.number))
    return (*own, *_numbered(world, others, {application.number for application in own}))


def issued_permit(
    world: DemoWorld, number: str, permit_code: str, issued_on: date, valid_until: date | None
) -> IssuedPermit:
    """Give the permit that comes of an application."""
    serial = Random(f"{world.seed}:{number}").randint(1, 9999)  # noqa: S311  (no secret)
    pattern: str = world.stories.numbers["permit"]
    return IssuedPermit(
        pattern.format(serial=serial, code=permit_code, year=issued_on.year),
        issued_on,
        valid_until,
    )


def end_of_validity(world: DemoWorld, permit_code: str, issued_on: date) -> date | None:
    """Give the last day a permit issued on ``issued_on`` is valid, None without an end."""
    years = world.stories.validity_years.get(permit_code)
    return None if years is None else _years_later(issued_on, years)


def amount_due(world: DemoWorld, number: str, permit_code: str) -> int:
    """Give what an application in a payment stage owes, in rupiah."""
    amounts = world.stories.amounts_rupiah.get(permit_code)
    if not amounts:
        raise InvalidInput(f"data/demo/stories.yml: no amounts for {permit_code}")
    return world.random(number, "amount").choice(list(amounts))


def _of_person(world: DemoWorld, person: DemoPerson) -> Iterator[Application]:
    for wanted in person.applications:
        permit = world.permits.get(wanted.permit)
        if permit is None:
            raise InvalidInput(f"data/demo/people.yaml: no permit {wanted.permit!r}")
        situation = world.stories.situation(wanted.situation)
        application = _application(world, permit, situation, wanted.number)
        if application is None:
            raise InvalidInput(f"data/demo: {wanted.number} cannot be {wanted.situation}")
        yield replace(
            application,
            applicant_name=person.name,
            phone=person.phone,
            nik_last4=person.nik_last4,
        )


def _of_strangers(world: DemoWorld) -> Iterator[Application]:
    serial = 0
    for permit in world.permits.values():
        for key, situation, stage in _wanted(world, permit):
            serial += 1
            draft = f"{permit.code}:{key}"
            application = _application(world, permit, situation, draft, stage)
            if application is not None:
                yield _with_stranger(world, application, serial)


def _wanted(
    world: DemoWorld, permit: Permit
) -> Iterator[tuple[str, Situation, PlannedStage | None]]:
    for name in world.stories.every_stage:
        situation = world.stories.situation(name)
        for stage in world.stories.plan(permit):
            if stage.status is situation.status:
                yield f"{name}:{stage.name}", situation, stage
    for situation in world.stories.situations.values():
        copies = 1 if permit.code in situation.permits else situation.per_permit
        copies = situation.copies.get(permit.code, copies)
        for copy in range(copies):
            yield f"{situation.name}:{copy}", situation, None


def _with_stranger(world: DemoWorld, application: Application, serial: int) -> Application:
    random = world.random(application.number, "who")
    names = world.stories.names
    name = f"{random.choice(names['first'])} {random.choice(names['middle'])} {names['last']}"
    return replace(
        application,
        applicant_name=name,
        phone=names["phone"].format(serial=serial),
        nik_last4=f"{random.randint(1, 9999):04d}",
    )


def _application(
    world: DemoWorld,
    permit: Permit,
    situation: Situation,
    number: str,
    stage: PlannedStage | None = None,
) -> Application | None:
    """Give an application in a situation, or None where the permit knows no such stage."""
    random = world.random(number, situation.name)
    if situation.valid_days is not None and permit.code not in world.stories.validity_years:
        return None
    legs = legs_of(world.stories, permit, situation, random, stage)
    if legs is None:
        return None
    issued_on, valid_until = _validity(world, permit, situation, random)
    end = world.today if issued_on is None else issued_on
    visits = visits_until(legs, end, world.calendar, world.zone, random)
    if situation.since is not None:
        visits = (replace(visits[0], entered_at=_noon(situation.since, world.zone)), *visits[1:])
        visits = _stretched(visits, situation.since, world)
    if situation.status is Status.EXPIRED and valid_until is not None:
        visits = _closed(visits, world.stories.own_stage(Status.EXPIRED), valid_until, world.zone)
    return _described(world, permit, situation, number, visits, valid_until, random)


def _described(
    world: DemoWorld,
    permit: Permit,
    situation: Situation,
    number: str,
    visits: Sequence[StageVisit],
    valid_until: date | None,
    random: Random,
) -> Application:
    now = visits[-1]
    decided = next((visit for visit in visits if visit.status in _DECIDED), None)
    issued = next((visit for visit in visits if visit.status is Status.ISSUED), None)
    issued_on = issued.entered_at.astimezone(world.zone).date() if issued else None
    if issued_on is not None and valid_until is None:
        valid_until = end_of_validity(world, permit.code, issued_on)
    notes = world.stories.notes
    paying = now.status is Status.PAYMENT
    return Application(
        number=number,
        permit_code=permit.code,
        status=now.status,
        stage=now.stage,
        unit=now.unit,
        submitted_at=visits[0].entered_at,
        changed_at=now.entered_at,
        completed_at=decided.entered_at if decided else None,
        sla_working_days=permit.sla_working_days or None,
        history=tuple(visits),
        missing=_missing(world, permit, situation, random),
        amount_due_rupiah=amount_due(world, number, permit.code) if paying else None,
        note=notes.get(situation.name) or notes.get(now.status.value),
        issued=issued_permit(world, number, permit.code, issued_on, valid_until)
        if issued_on
        else None,
    )


def _missing(
    world: DemoWorld, permit: Permit, situation: Situation, random: Random
) -> tuple[MissingDocument, ...]:
    texts = list(dict.fromkeys(item.text for item in permit.requirements_for("new")))
    least, most = situation.missing
    count = min(random.randint(int(least), int(most)), len(texts))
    return tuple(
        MissingDocument(text, random.choice(list(world.stories.missing_notes)))
        for text in random.sample(texts, count)
    )


def _validity(
    world: DemoWorld, permit: Permit, situation: Situation, random: Random
) -> tuple[date | None, date | None]:
    """Give issue and end of a permit that ends soon or ended, issued on a working day."""
    if situation.valid_days is None:
        return None, None
    years = world.stories.validity_years[permit.code]
    least, most = (int(value) for value in situation.valid_days)
    offsets = list(range(least, most + 1))
    random.shuffle(offsets)
    choices = [
        (_years_later(end, -years), end)
        for end in (world.today + timedelta(days=offset) for offset in offsets)
    ]
    working = [pair for pair in choices if world.calendar.is_working_day(pair[0])]
    return (working or choices)[0]


def _stretched(
    visits: Sequence[StageVisit], since: date, world: DemoWorld
) -> tuple[StageVisit, ...]:
    """Give the visits of an application that got stuck right after its first days."""
    moment = visits[0].entered_at
    moved = []
    for number, visit in enumerate(visits):
        last = number == len(visits) - 1
        day = world.calendar.add_working_days(since, 3 * (number + 1)).day
        left = None if last else _noon(day, world.zone)
        moved.append(replace(visit, entered_at=moment, left_at=left))
        moment = left or moment
    return tuple(moved)


def _closed(
    visits: Sequence[StageVisit], stage: PlannedStage, last_day: date, zone: ZoneInfo
) -> tuple[StageVisit, ...]:
    after = datetime.combine(last_day + timedelta(days=1), time(0, 5), zone).astimezone(UTC)
    closed = replace(visits[-1], left_at=after)
    return (*visits[:-1], closed, StageVisit(stage.status, stage.name, stage.unit, after))


def _noon(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(12), zone).astimezone(UTC)


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _numbered(
    world: DemoWorld, applications: Sequence[Application], taken: set[str]
) -> Iterator[Application]:
    numbers = world.stories.numbers
    serials: dict[int, int] = {}
    for index, application in enumerate(applications):
        day = application.submitted_at.astimezone(world.zone).date()
        in_simbg = application.permit_code in numbers["simbg_codes"] and index % 2 == 0
        pattern: str = numbers["simbg" if in_simbg else "application"]
        serial = serials.get(day.year, numbers["first_serial"]) + 1 + index % 3
        number = ""
        while not number or number in taken:
            number = pattern.format(
                serial=serial % 90 + 1 if in_simbg else serial,
                code=application.permit_code,
                year=day.year,
                day=day,
            )
            serial += 1
        serials[day.year] = serial
        taken.add(number)
        yield replace(application, number=number)
