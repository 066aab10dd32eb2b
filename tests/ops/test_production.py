"""A production installation tells no example and nothing of the fictional office."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from izin.accounts import Account, Role
from izin.answers import duration, fees, office_hours, procedure, requirements, validity
from izin.examples import has_examples
from izin.passwords import weakness
from izin.storage.documents import plain
from izin.storage.passwords import Argon2Hashes
from izin.storage.postgres.accounts import PostgresAccounts
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.content_overview import PostgresContentOverview
from izin.storage.postgres.engine import create, transaction
from izin.storage.postgres.faq import PostgresFaqBook
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.seed import seed_all
from izin.wording import Wording
from ops import demo_officers
from ops.errors import DemoInProduction
from ops.init_cli import make
from ops.office_answers import QUESTIONS, read_answer
from ops.prepare import load_demo
from ops.production import refuse_demo
from ops.settings import CHECKOUT, OpsSettings
from tests.ops.office_samples import ANSWERS

DATA = CHECKOUT / "data"
FICTION = ("contoh.example", "Kabupaten Contoh", "Jalan Contoh", "000-000", "Contoh Kota")
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("produksi") / "rumah"
    make(home, {one.name: read_answer(one, ANSWERS.get(one.name)) for one in QUESTIONS})
    return home


@pytest.fixture(scope="module")
def engine(module_database_url: str, home: Path) -> Iterator[Engine]:
    seed_all(module_database_url, DATA, home / "kantor")
    engine = create(module_database_url)
    yield engine
    engine.dispose()


def settings(home: Path, tmp_path: Path) -> OpsSettings:
    return OpsSettings(CHECKOUT, tmp_path / "pg", home=home)


def test_citizens_are_told_no_example_and_nothing_of_the_fictional_office(engine: Engine) -> None:
    catalogue, office, wording = PostgresCatalogue(engine), PostgresOfficeBook(engine), Wording()
    tables, calendar = catalogue.fee_tables(), office.calendar()
    assert not has_examples(plain(tables))
    told = []
    for permit in catalogue.permits():
        sections = [
            *(requirements.requirements(permit, kind, wording)
              for kind in ("new", "extension", "change")),
            fees.fee(permit, tables, wording), procedure.procedure(permit, wording),
            duration.duration(permit, calendar, TODAY, wording), validity.validity(permit, wording),
        ]  # fmt: skip
        assert not any(section.inferred for section in sections), permit.code
        assert not has_examples(plain(permit)), permit.code
        told += [section.text for section in sections]
    assert len(told) == 7 * 30
    for entry in PostgresFaqBook(engine).entries():
        assert not entry.inferred
        told.append(entry.answer)
    everything = "\n".join([*told, str(plain(office.office())), str(plain(tables))])
    assert not [word for word in FICTION if word in everything]
    assert office.office().short_name == ANSWERS["short_name"]
    assert not office.office().fictional
    assert not office.places()


def test_what_is_not_confirmed_is_said_to_be_unknown_with_an_officer(engine: Engine) -> None:
    catalogue, wording = PostgresCatalogue(engine), Wording()
    tables = catalogue.fee_tables()
    clinic, building = catalogue.permit("KLINIK"), catalogue.permit("PBG")
    assert clinic is not None and building is not None
    for section in (
        fees.fee(clinic, tables, wording), procedure.procedure(clinic, wording),
        validity.validity(clinic, wording), fees.fee(building, tables, wording),
    ):  # fmt: skip
        assert section.unknown
    assert "Rp" not in fees.fee(clinic, tables, wording).text
    assert not requirements.requirements(building, "new", wording).unknown


def test_editors_find_each_of_them_and_a_second_seeding_changes_nothing(
    engine: Engine, module_database_url: str, home: Path
) -> None:
    found = PostgresContentOverview(engine).offers()
    waiting, total = found[True]
    assert len(waiting) == total > 100
    assert found[False] == ([], 0)
    assert {"permit", "faq", "fee_table"} <= {offer.item.kind for offer in waiting}
    assert all(has_examples(offer.offered) for offer in waiting)
    again = seed_all(module_database_url, DATA, home / "kantor")
    assert not again.changed
    assert not again.differences
    assert PostgresContentOverview(engine).offers()[True] == (waiting, total)


def test_the_demo_is_seeded_as_before(database_url: str) -> None:
    seed_all(database_url, DATA)
    engine = create(database_url)
    try:
        assert PostgresOfficeBook(engine).office().fictional
        assert set(PostgresContentOverview(engine).offers()) == {True, False}
        assert not any(total for _, total in PostgresContentOverview(engine).offers().values())
        clinic = PostgresCatalogue(engine).permit("KLINIK")
        assert clinic is not None and clinic.fee.inferred
    finally:
        engine.dispose()


def test_a_database_of_the_demo_is_refused(database_url: str, home: Path, tmp_path: Path) -> None:
    own = settings(home, tmp_path)
    seed_all(database_url, DATA)
    with pytest.raises(DemoInProduction):
        refuse_demo(own, database_url)
    refuse_demo(OpsSettings(CHECKOUT, tmp_path / "pg"), database_url)  # outside production
    engine = create(database_url)
    with transaction(engine) as connection:
        connection.execute(text("update office set fictional = false"))
    refuse_demo(own, database_url)
    demo_officers.load(database_url, DATA, demo=True)
    with pytest.raises(DemoInProduction):
        refuse_demo(own, database_url)
    with transaction(engine) as connection:
        connection.execute(text("delete from accounts"))
        connection.execute(text("create schema demo_registry"))
    with pytest.raises(DemoInProduction):
        refuse_demo(own, database_url)
    engine.dispose()


def test_a_real_account_with_a_demo_password_is_refused(
    database_url: str, home: Path, tmp_path: Path
) -> None:
    officer = demo_officers.read_officers(DATA)[3]
    own = settings(home, tmp_path)
    seed_all(database_url, DATA, home / "kantor")
    engine = create(database_url)
    PostgresAccounts(engine).add(
        Account(str(uuid.uuid4()), officer.login, "Sari", frozenset([Role.ADMIN])),
        Argon2Hashes().hash(officer.password),
        datetime.now(UTC),
    )
    engine.dispose()
    with pytest.raises(DemoInProduction):
        refuse_demo(own, database_url)


def test_passwords_of_the_demo_are_chosen_by_nobody() -> None:
    for officer in demo_officers.read_officers(DATA):
        assert weakness(officer.password, "siti", "Siti Aminah") == "common"


def test_switches_of_the_demo_are_refused_in_a_production_folder(
    home: Path, tmp_path: Path
) -> None:
    for switch in ("TANYA_DEMO", "TANYA_SIMULATOR"):
        with pytest.raises(DemoInProduction):
            OpsSettings.from_environment({"TANYA_HOME": str(home), switch: "1"})
    with pytest.raises(DemoInProduction):
        OpsSettings.from_environment({"TANYA_HOME": str(home)}, demo=True)
    with pytest.raises(DemoInProduction):
        load_demo(settings(home, tmp_path), "postgresql:///none")


def test_contacts_of_the_office_are_its_own(engine: Engine) -> None:
    book, wording = PostgresOfficeBook(engine), Wording()
    said = office_hours.contact(book.office(), wording)
    assert ANSWERS["phone"] in str(said)
