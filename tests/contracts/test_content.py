"""Items of content and their versions keep their promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from izin.content import KINDS, ItemName, VersionState
from izin.errors import Conflict, InvalidInput, NotFound
from izin.ports.content import ContentRoom
from izin.storage.postgres.content import PostgresContentRoom
from izin.storage.postgres.engine import create
from izin.storage.postgres.faq import PostgresFaqBook
from izin.storage.seed import seed_all
from ops.settings import CHECKOUT

NOW = datetime(2026, 5, 4, 3, tzinfo=UTC)
A, B = "akun-a", "akun-b"


@pytest.fixture
def engine(database_url: str):
    seed_all(database_url, CHECKOUT / "data")
    engine = create(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def room(engine: Engine) -> ContentRoom:
    return PostgresContentRoom(engine)


def test_every_kind_can_be_read_and_checked(room: ContentRoom) -> None:
    for kind in KINDS:
        items = room.items(kind)
        assert items, kind
        for item in items[:3]:
            draft = room.begin(item.item, item.document, item.live, A, NOW)
            assert draft.document == item.document
            assert room.versions(item.item)[0] == draft
            room.publish(draft.id, draft.edits, B, NOW)
            after = room.item(item.item)
            assert after.document == item.document and after.number == draft.number == 2


def test_a_published_answer_is_told_and_can_be_taken_back(
    room: ContentRoom, engine: Engine
) -> None:
    book = PostgresFaqBook(engine)
    name = room.items("faq")[0].item
    first = room.item(name).document
    draft = room.begin(name, {**first, "answer": "Jawaban baru."}, True, A, NOW)
    with pytest.raises(Conflict):
        room.begin(name, first, True, B, NOW)
    saved = room.save(draft.id, 0, {**first, "answer": "Jawaban lain."}, True, B, NOW)
    with pytest.raises(Conflict):
        room.save(draft.id, 0, first, True, A, NOW)
    assert saved.authors == (A, B)
    with pytest.raises(InvalidInput):
        room.save(draft.id, saved.edits, {**first, "answr": "x"}, True, A, NOW)
    review = room.move(draft.id, saved.edits, VersionState.REVIEW, A, NOW)
    with pytest.raises(Conflict):
        room.save(draft.id, review.edits, first, True, A, NOW)
    room.publish(draft.id, review.edits, B, NOW)
    assert next(e for e in book.entries() if e.key == name.key).answer == "Jawaban lain."
    oldest = room.versions(name)[-1]
    room.restore(oldest.id, B, NOW)
    assert next(e for e in book.entries() if e.key == name.key).answer == first["answer"]
    assert [version.state for version in room.versions(name)] == [
        VersionState.PUBLISHED, VersionState.REPLACED, VersionState.REPLACED,
    ]  # fmt: skip


def test_a_scheduled_version_goes_live_when_it_is_due(room: ContentRoom) -> None:
    name = ItemName("faq", "baru_sekali")
    document = {**room.items("faq")[0].document, "key": "baru_sekali", "answer": "Nanti."}
    draft = room.begin(name, document, True, A, NOW)
    later = NOW + timedelta(hours=2)
    room.move(draft.id, 0, VersionState.SCHEDULED, B, NOW, publish_at=later)
    assert room.publish_due(NOW) == []
    assert not room.item(name).live
    assert [version.item for version in room.publish_due(later)] == [name]
    assert room.item(name).live and room.publish_due(later) == []


def test_what_is_unknown_is_not_found(room: ContentRoom) -> None:
    with pytest.raises(NotFound):
        room.item(ItemName("faq", "tidak_ada"))
    with pytest.raises(NotFound):
        room.version("x")
    with pytest.raises(NotFound):
        room.items("tidak_ada")
