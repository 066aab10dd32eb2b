"""Content changes in drafts; a second person publishes; what is due goes live by itself."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from izin.accounts import Account, Role
from izin.audit import SYSTEM
from izin.content import Everything, ItemName, Problem, VersionState
from izin.errors import Conflict, InvalidInput, OwnWork, Unpublishable
from izin.faq import FaqEntry
from izin.storage.documents import plain
from izin.storage.memory.audit import MemoryAuditLog
from izin.storage.memory.content import MemoryContentRoom
from izin.usecases.edit_content import EditContent
from izin.usecases.publish_content import PublishContent

NOW = datetime(2026, 5, 4, 3, tzinfo=UTC)
AUTHOR = Account("a", "a", "A", frozenset({Role.EDITOR}))
SECOND = Account("b", "b", "B", frozenset({Role.EDITOR}))
NAME = ItemName("faq", "satu")
FIRST = plain(FaqEntry("satu", "umum", "Apa?", "Ini.", date(2026, 1, 1)))


def check(entry: FaqEntry, everything: Everything) -> list[Problem]:
    assert [item.item for item in everything.items("faq")] == [NAME]
    long = [Problem("long", "answer")] if len(entry.answer) > 20 else []
    return [Problem("short", "answer", warning=True), *long]


@pytest.fixture
def edit() -> EditContent:
    room = MemoryContentRoom({"faq": {"satu": (FIRST, True)}})
    return EditContent(room, {"faq": check}, lambda: NOW)


def answered(answer: str) -> dict[str, Any]:
    return {**FIRST, "answer": answer}


def submitted(edit: EditContent, answer: str = "Itu.") -> tuple[str, int]:
    draft = edit.put(NAME, answered(answer), True, AUTHOR)
    version = edit.submit(draft.id, draft.edits, AUTHOR, " Baru ")
    assert version.note == "Baru"
    return version.id, version.edits


def test_a_second_person_publishes_and_an_author_cannot(edit: EditContent) -> None:
    version = submitted(edit)
    with pytest.raises(OwnWork):
        edit.approve(*version, AUTHOR)
    published = edit.approve(*version, SECOND)
    assert published.state is VersionState.PUBLISHED
    assert edit.room.item(NAME).document["answer"] == "Itu."


def test_an_office_of_one_publishes_its_own_draft(edit: EditContent) -> None:
    draft = edit.begin(NAME, answered("Itu."), True, AUTHOR)
    with pytest.raises(Conflict):
        edit.approve(draft.id, 0, SECOND)
    alone = replace(edit, single_editor=True)
    assert alone.approve(draft.id, 0, AUTHOR).state is VersionState.PUBLISHED


def test_whoever_helped_to_write_is_an_author_too(edit: EditContent) -> None:
    draft = edit.begin(NAME, answered("Itu."), True, AUTHOR)
    saved = edit.put(NAME, answered("Begitu."), True, SECOND, draft.id, draft.edits)
    review = edit.submit(saved.id, saved.edits, AUTHOR)
    with pytest.raises(OwnWork):
        edit.approve(review.id, review.edits, SECOND)


def test_what_has_problems_goes_nowhere_but_a_doubt_holds_nothing_up(edit: EditContent) -> None:
    draft = edit.begin(NAME, answered("Panjang sekali jawabannya."), True, AUTHOR)
    with pytest.raises(Unpublishable) as refused:
        edit.submit(draft.id, 0, AUTHOR)
    assert [problem.code for problem in refused.value.problems] == ["long", "short"]
    off = edit.save(draft.id, 0, draft.document, False, AUTHOR)
    assert edit.submit(off.id, off.edits, AUTHOR).state is VersionState.REVIEW


def test_a_reviewer_says_why_and_an_author_may_take_back(edit: EditContent) -> None:
    version = submitted(edit)
    with pytest.raises(InvalidInput):
        edit.send_back(*version, SECOND)
    with pytest.raises(InvalidInput):
        edit.send_back(*version, SECOND, "x" * 1001)
    back = edit.send_back(*version, SECOND, "Kurang jelas.")
    assert (back.state, back.note, back.decided_by) == ("draft", "Kurang jelas.", "b")
    again = edit.submit(back.id, back.edits, AUTHOR)
    assert edit.send_back(again.id, again.edits, AUTHOR).state is VersionState.DRAFT


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=-1), timedelta(days=400)])
def test_a_moment_that_passed_or_is_far_off_is_refused(edit: EditContent, ahead: timedelta) -> None:
    with pytest.raises(InvalidInput):
        edit.approve(*submitted(edit), SECOND, NOW + ahead)


def test_what_is_due_goes_live_once_with_its_entry(edit: EditContent) -> None:
    audit = MemoryAuditLog("k" * 32)
    job = PublishContent(edit.room, edit, audit, nullcontext)
    later = NOW + timedelta(hours=1)
    version = edit.approve(*submitted(edit), SECOND, later)
    assert job.run(NOW) == 0 and edit.room.version(version.id).state is VersionState.SCHEDULED
    assert (job.run(later), job.run(later)) == (1, 0)
    assert edit.room.item(NAME).document["answer"] == "Itu."
    (entry,) = audit.kept
    assert (entry.actor, entry.subject) == (SYSTEM, "satu")


def test_what_no_longer_fits_when_due_goes_back_to_review(edit: EditContent) -> None:
    version = edit.approve(*submitted(edit), SECOND, NOW + timedelta(hours=1))
    strict = replace(edit, checks={"faq": lambda entry, everything: [Problem("taken")]})
    job = PublishContent(edit.room, strict, MemoryAuditLog("k" * 32), nullcontext)
    assert job.run(NOW + timedelta(hours=1)) == 0
    back = edit.room.version(version.id)
    assert (back.state, back.note) == (VersionState.REVIEW, "problems")


def test_an_earlier_content_comes_back_unless_it_has_problems(edit: EditContent) -> None:
    edit.approve(*submitted(edit), SECOND)
    oldest = edit.room.versions(NAME)[-1]
    strict = replace(edit, checks={"faq": lambda entry, everything: [Problem("taken")]})
    with pytest.raises(Unpublishable):
        strict.restore(oldest.id, AUTHOR)
    edit.restore(oldest.id, AUTHOR)
    assert edit.room.item(NAME).document == FIRST


def test_what_something_else_needs_cannot_be_switched_off(edit: EditContent) -> None:
    needing = replace(edit, needed={"faq": lambda key, everything: [Problem(f"needed_{key}")]})
    off = needing.put(NAME, answered("Jawaban yang terlalu panjang."), False, AUTHOR, base=1)
    with pytest.raises(Unpublishable) as refused:
        needing.submit(off.id, off.edits, AUTHOR)
    assert [problem.code for problem in refused.value.problems] == ["needed_satu"]
    assert edit.submit(off.id, off.edits, AUTHOR).state is VersionState.REVIEW
