"""Demo conversations for the console: loaded once, in order, and waiting for an officer."""

from __future__ import annotations

from datetime import UTC, datetime

from izin.officers import in_order
from izin.storage.postgres.engine import create
from izin.storage.postgres.officers import PostgresOfficers
from izin.storage.seed import seed_all
from ops import demo_desk
from ops.settings import CHECKOUT

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DATA = CHECKOUT / "data"


def test_demo_conversations_wait_for_an_officer_and_are_loaded_once(database_url: str) -> None:
    seed_all(database_url, DATA)
    added = demo_desk.load(database_url, NOW, DATA)
    assert added > 0
    assert demo_desk.load(database_url, NOW, DATA) == 0
    engine = create(database_url)
    try:
        officers = PostgresOfficers(engine)
        waiting = in_order(officers.waiting())
        assert len(waiting) == added
        assert {item.namespace for item in waiting} == {"simulator"}
        assert waiting[0].reasons == ("urgent",)
        assert all(item.respond_by for item in waiting)
        left = officers.conversation_with(waiting[0].conversation_id)
        assert [line.text for line in left] == [
            "tolong hari ini ada yang jawab, kulkas vaksin cuma tahan sampai besok"
        ]
        with engine.connect() as connection:
            states = connection.exec_driver_sql("select distinct state from turns").scalars().all()
            assert states == ["answered"]
            filed = connection.exec_driver_sql("select state, permit_code from complaints").all()
            assert len(filed) == 4
            assert {row.state for row in filed} == {"diterima"}
            named = {row.permit_code for row in filed} - {None}
            known = connection.exec_driver_sql("select code from permits").scalars().all()
            assert named <= set(known)
    finally:
        engine.dispose()
