"""The demo registry: loaded once, reproducible, and moved on at will (``tanya demo``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import InterfaceError, OperationalError

from izin.applications import Application, StageVisit, Status
from izin.errors import Conflict, InvalidInput, NotFound, RegistryUnavailable
from izin.office import Calendar
from izin.storage.registry.engine import registry_url
from izin.storage.registry.views import RegistryViews
from izin.storage.seed_files import Seed, read_seed
from ops.demo_registry import (
    DemoWorld,
    amount_due,
    end_of_validity,
    invent,
    issued_permit,
)
from ops.demo_stories import DemoPerson, PlannedStage, read_people, read_stories
from ops.demo_tables import DemoTables, Loading

DATA_FOLDER = Path(__file__).resolve().parent.parent / "data"
DEFAULT_SEED = 20261121
_LOADING_LOCK = 7_203_044  # two starts at once must not both load


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What loading did.

    Attributes:
        loaded: False when a registry was there already and was left as it is.
        day: The day its dates are relative to.
        seed: What it was made from.
        applications: How many were written (0 when nothing was).
    """

    loaded: bool
    day: date
    seed: int
    applications: int = 0


def load(
    url: str,
    today: date,
    *,
    seed: int = DEFAULT_SEED,
    again: bool = False,
    data_folder: Path = DATA_FOLDER,
) -> DemoReport:
    """Put the demo registry into the database at ``url``, once.

    In PostgreSQL it gets the schema ``demo_registry``, elsewhere tables named ``contoh_…``
    in the default schema. A registry that is there is kept, unless ``again`` asks for a new
    one, whose dates are then relative to ``today``.

    Raises:
        Conflict: The database holds the documented views of another registry.
        InvalidInput: The data files or the URL are unusable.
        RegistryUnavailable: The database does not answer.
    """
    with _engine(url) as engine:
        content = read_seed(data_folder)
        tables = DemoTables(engine, content.office.zone)
        with _transaction(engine) as connection:
            _one_at_a_time(connection)
            found = tables.loaded(connection)
            if found is not None and not again:
                return DemoReport(False, found.day, found.seed)
            world = _world(content, data_folder, Loading(today, seed))
            rows = invent(world, read_people(data_folder))
            tables.create(connection)
            tables.fill(connection, rows, Loading(today, seed))
        return DemoReport(True, today, seed, len(rows))


def advance(
    url: str, number: str, now: datetime, *, data_folder: Path = DATA_FOLDER
) -> Application:
    """Move a demo application to its next stage at ``now`` and give it as it is then.

    A returned one goes back to where it came from with nothing missing any more; behind the
    catalogue's last stage the permit is issued.

    Raises:
        NotFound: No demo registry, or no application with this number.
        Conflict: It is decided: there is no next stage.
        RegistryUnavailable: The database does not answer.
    """
    with _engine(url) as engine:
        content = read_seed(data_folder)
        tables = DemoTables(engine, content.office.zone)
        views = RegistryViews(content.office.zone, tables.schema)
        with _transaction(engine) as connection:
            _one_at_a_time(connection)
            found = tables.loaded(connection)
            application = views.find(connection, number) if found else None
            if found is None or application is None:
                raise NotFound(f"no demo application {number}")
            world = _world(content, data_folder, found)
            moved = _moved(world, application, max(now, application.changed_at).astimezone(UTC))
            tables.replace(connection, moved)
        return moved


def people(data_folder: Path = DATA_FOLDER) -> tuple[DemoPerson, ...]:
    """Give the demo citizens.

    Raises:
        InvalidInput: ``data/demo/people.yaml`` is missing or malformed.
    """
    return read_people(data_folder)


def _moved(world: DemoWorld, application: Application, now: datetime) -> Application:
    following = _following(world, application)
    left = tuple(
        replace(visit, left_at=now) if visit.left_at is None else visit
        for visit in application.history
    )
    visit = StageVisit(following.status, following.name, following.unit, now)
    moved = replace(
        application,
        status=following.status,
        stage=following.name,
        unit=following.unit,
        changed_at=now,
        history=(*left, visit),
        missing=(),
        note=None,
        amount_due_rupiah=amount_due(world, application.number, application.permit_code)
        if following.status is Status.PAYMENT
        else None,
    )
    if following.status is not Status.ISSUED:
        return moved
    day = now.astimezone(world.zone).date()
    code = application.permit_code
    valid_until = end_of_validity(world, code, day)
    issued = issued_permit(world, application.number, code, day, valid_until)
    return replace(moved, completed_at=now, issued=issued)


def _following(world: DemoWorld, application: Application) -> PlannedStage:
    if not application.status.is_open:
        raise Conflict(f"{application.number} is decided; it has no next stage")
    if application.status is Status.RETURNED:
        before = next(
            (v for v in reversed(application.history) if v.status is not Status.RETURNED), None
        )
        if before is not None:
            return PlannedStage(before.status, before.stage, before.unit)
    permit = world.permits.get(application.permit_code)
    if permit is None:
        raise InvalidInput(f"no permit {application.permit_code!r} in the catalogue")
    flow = [s for s in world.stories.plan(permit) if s.status is not Status.RETURNED]
    names = [stage.name for stage in flow]
    position = names.index(application.stage) if application.stage in names else -1
    rest = [stage for stage in flow[position + 1 :] if stage.status is not Status.DRAFT]
    return rest[0] if rest else world.stories.own_stage(Status.ISSUED)


def _world(content: Seed, data_folder: Path, loading: Loading) -> DemoWorld:
    return DemoWorld(
        permits={permit.code: permit for permit in content.permits},
        calendar=Calendar(content.holidays),
        zone=content.office.zone,
        stories=read_stories(data_folder),
        today=loading.day,
        seed=loading.seed,
    )


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = create_engine(registry_url(url), pool_size=1, hide_parameters=True)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    except (OperationalError, InterfaceError) as error:
        raise RegistryUnavailable("the demo registry's database does not answer") from error


def _one_at_a_time(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOADING_LOCK})
