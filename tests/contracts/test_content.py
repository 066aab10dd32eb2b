"""Items of content and their versions keep their promises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from izin.content import KINDS, ItemName, VersionState
from izin.errors import Conflict, InvalidInput, NotFound
from izin.ports.content import ContentRoom
from izin.storage.content_kinds import CONTENT_KINDS, Item
from izin.storage.memory.content import MemoryContentRoom
from izin.storage.postgres.content import PostgresContentRoom
from izin.storage.postgres.engine import create, transaction
from izin.storage.postgres.faq import PostgresFaqBook
from izin.storage.seed import seed_all
from ops.settings import CHECKOUT

NOW = datetime(2026, 5, 4, 3, tzinfo=UTC)
A, B = "akun-a", "akun-b"
NEW = ItemName("faq", "baru_sekali")


def seeded(url: str) -> Engine:
    """Give a database with the office's content, in which a newer release offers one answer."""
    seed_all(url, CHECKOUT / "data")
    engine = create(url)
    with transaction(engine) as connection:
        connection.execute(text("update seed_items set offered = seeded || '{\"answer\": \"R\"}'"
                                " where kind = 'faq' and key = 'oss_lupa_sandi'"))  # fmt: skip
    return engine


@pytest.fixture(scope="module")
def stored(module_database_url: str) -> dict[str, dict[str, Item]]:
    engine = seeded(module_database_url)
    with transaction(engine) as connection:
        found = {name: dict(kind.read(connection)) for name, kind in CONTENT_KINDS.items()}
    engine.dispose()
    return found


@pytest.fixture(params=["postgres", "memory"])
def room(request: pytest.FixtureRequest) -> Iterator[ContentRoom]:
    if request.param == "memory":
        stored = request.getfixturevalue("stored")
        document = {**stored["faq"]["oss_lupa_sandi"][0], "answer": "R"}
        yield MemoryContentRoom(stored, {ItemName("faq", "oss_lupa_sandi"): document})
        return
    engine = seeded(request.getfixturevalue("database_url"))
    yield PostgresContentRoom(engine)
    engine.dispose()


def test_every_kind_can_be_read_and_checked(room: ContentRoom) -> None:
    for kind in KINDS:
        items = room.items(kind)
        assert items, kind
        for item in items[:2]:
            assert room.item(item.item) == item
            draft = room.begin(item.item, item.document, item.live, A, NOW)
            assert draft.document == item.document
            assert room.versions(item.item)[0] == draft
            room.publish(draft.id, draft.edits, B, NOW)
            after = room.item(item.item)
            assert after.document == item.document and after.number == draft.number == 2


def test_a_draft_is_begun_only_from_what_is_still_in_force(room: ContentRoom) -> None:
    first, second = room.items("faq")[:2]
    assert first.base == second.base == 1
    kept = room.begin(second.item, second.document, True, A, NOW, second.base)
    room.move(kept.id, 0, VersionState.DISCARDED, A, NOW)
    room.begin(second.item, second.document, True, B, NOW, second.base)
    changed = {**first.document, "answer": "Jawaban baru."}
    draft = room.begin(first.item, changed, True, A, NOW, first.base)
    room.publish(draft.id, 0, B, NOW)
    with pytest.raises(Conflict):
        room.begin(first.item, first.document, True, B, NOW, first.base)
    now = room.item(first.item)
    assert now.base == 2 and now.document == changed
    begun = room.begin(NEW, {**first.document, "key": NEW.key}, True, A, NOW, 0)
    assert room.item(NEW).base == 0
    room.publish(begun.id, 0, B, NOW)
    with pytest.raises(Conflict):
        room.begin(NEW, begun.document, True, B, NOW, 0)


def test_answers_asked_for_in_the_same_words_are_found(room: ContentRoom) -> None:
    own, other = room.items("faq")[:2]
    question = other.document["question"]
    asked = [question.upper().replace(" ", "  ") + " ?!", "tidak pernah ditanyakan"]
    assert room.namesakes(own.item.key, asked) == [(question, question)]
    assert room.namesakes(other.item.key, asked) == []
    off = room.begin(other.item, other.document, False, A, NOW)
    room.publish(off.id, 0, B, NOW)
    assert room.namesakes(own.item.key, asked) == []


def test_two_editors_do_not_overwrite_one_another(room: ContentRoom) -> None:
    name = room.items("faq")[0].item
    first = room.item(name).document
    draft = room.begin(name, {**first, "answer": "Jawaban baru."}, True, A, NOW)
    with pytest.raises(Conflict):
        room.begin(name, first, True, B, NOW)
    saved = room.save(draft.id, 0, {**first, "answer": "Jawaban lain."}, True, B, NOW)
    with pytest.raises(Conflict):
        room.save(draft.id, 0, first, True, A, NOW)
    assert saved.authors == (A, B) and room.version(draft.id) == saved
    with pytest.raises(InvalidInput):
        room.save(draft.id, saved.edits, {**first, "answr": "x"}, True, A, NOW)
    with pytest.raises(InvalidInput):
        room.save(draft.id, saved.edits, {**first, "key": "lain"}, True, A, NOW)
    review = room.move(draft.id, saved.edits, VersionState.REVIEW, A, NOW)
    with pytest.raises(Conflict):
        room.save(draft.id, review.edits, first, True, A, NOW)
    assert room.in_state(VersionState.REVIEW) == [review]
    assert room.in_state(VersionState.DRAFT) == []


def test_a_published_answer_is_told_and_can_be_taken_back(room: ContentRoom) -> None:
    name = room.items("faq")[0].item
    first = room.item(name).document
    draft = room.begin(name, {**first, "answer": "Jawaban lain."}, True, A, NOW)
    room.publish(draft.id, draft.edits, B, NOW)
    assert room.item(name).document["answer"] == "Jawaban lain."
    with pytest.raises(Conflict):
        room.publish(draft.id, draft.edits + 1, B, NOW)
    oldest = room.versions(name)[-1]
    room.restore(oldest.id, B, NOW)
    assert room.item(name).document == first
    assert [version.state for version in room.versions(name)] == [
        VersionState.PUBLISHED, VersionState.REPLACED, VersionState.REPLACED,
    ]  # fmt: skip
    with pytest.raises(Conflict):
        room.restore(room.versions(name)[0].id, B, NOW)


def test_what_was_begun_before_a_rollback_must_begin_anew(room: ContentRoom) -> None:
    name = room.items("faq")[0].item
    first = room.item(name).document
    one = room.begin(name, {**first, "answer": "Satu."}, True, A, NOW)
    room.publish(one.id, 0, B, NOW)
    two = room.begin(name, {**first, "answer": "Dua."}, True, A, NOW)
    room.restore(room.versions(name)[-1].id, B, NOW)
    with pytest.raises(Conflict):
        room.publish(two.id, 0, B, NOW)
    later = room.move(two.id, 0, VersionState.SCHEDULED, B, NOW, publish_at=NOW)
    assert room.publish_due(NOW) == []
    back = room.version(later.id)
    assert (back.state, back.note) == (VersionState.REVIEW, "base_replaced")


def test_a_scheduled_version_goes_live_when_it_is_due(room: ContentRoom) -> None:
    document = {**room.items("faq")[0].document, "key": NEW.key, "answer": "Nanti."}
    draft = room.begin(NEW, document, True, A, NOW)
    later = NOW + timedelta(hours=2)
    room.move(draft.id, 0, VersionState.SCHEDULED, B, NOW, publish_at=later)
    assert room.publish_due(NOW) == []
    assert not room.item(NEW).live and room.items("faq")[-1].item == NEW
    assert [version.item for version in room.publish_due(later)] == [NEW]
    assert room.item(NEW).live and room.publish_due(later) == []


def test_a_switched_off_item_stays_and_is_not_live(room: ContentRoom) -> None:
    name = room.items("faq")[0].item
    draft = room.begin(name, room.item(name).document, False, A, NOW)
    room.publish(draft.id, 0, B, NOW)
    assert not room.item(name).live


@pytest.mark.parametrize("kind", ["unit", "canned"])
def test_an_item_that_says_itself_whether_it_is_used_is_believed(
    room: ContentRoom, kind: str
) -> None:
    item = room.items(kind)[1]
    draft = room.begin(item.item, {**item.document, "active": False}, True, A, NOW)
    assert draft.live is False
    room.publish(draft.id, 0, B, NOW)
    after = room.item(item.item)
    assert not after.live and not after.document["active"]


def test_a_releases_offer_is_kept_until_it_is_taken_or_left(room: ContentRoom) -> None:
    name = ItemName("faq", "oss_lupa_sandi")
    offered = room.item(name).offered
    assert offered is not None and offered["answer"] == "R"
    draft = room.begin(name, offered, True, A, NOW)
    room.publish(draft.id, 0, B, NOW)
    assert room.item(name).offered is None
    room.dismiss_offer(name, NOW)
    assert room.item(name).number == 2


def test_what_is_unknown_is_not_found(room: ContentRoom) -> None:
    for kind in KINDS:
        with pytest.raises(NotFound):
            room.item(ItemName(kind, "tidak_ada"))
    with pytest.raises(NotFound):
        room.versions(ItemName("faq", "tidak_ada"))
    with pytest.raises(NotFound):
        room.version("x")
    with pytest.raises(NotFound):
        room.items("tidak_ada")


def test_a_published_answer_is_what_citizens_are_told(database_url: str) -> None:
    seed_all(database_url, CHECKOUT / "data")
    engine = create(database_url)
    room, book = PostgresContentRoom(engine), PostgresFaqBook(engine)
    name = room.items("faq")[0].item
    draft = room.begin(name, {**room.item(name).document, "answer": "Baru."}, True, A, NOW)
    assert next(e for e in book.entries() if e.key == name.key).answer != "Baru."
    room.publish(draft.id, 0, B, NOW)
    assert next(e for e in book.entries() if e.key == name.key).answer == "Baru."
    engine.dispose()
