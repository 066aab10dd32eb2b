"""Complaints, evidence, mailboxes and stray uploads are kept as long as the rule says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from izin.complaints import Complaint, Confidentiality
from izin.conversations import InboundMedia
from izin.errors import NotFound
from izin.replies import Reply
from izin.storage.postgres import complaint_retention, sealed_mail
from izin.storage.postgres.complaint_retention import MAILBOX_WORKING_DAYS
from izin.storage.postgres.sealed_mail import PostgresAnonymousMail, PostgresMailRoom
from izin.storage.seed import seed_all
from izin.usecases.track_complaint import REOPEN_WORKING_DAYS
from tests.storage.sealed_intake import NOW, VAULT, Intake, holding, new_engine
from tests.usecases.house import ROOT

DAY = timedelta(days=1)
LEVELS = list(Confidentiality)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = new_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def intake(engine: Engine, tmp_path: Path) -> Intake:
    return Intake(engine, tmp_path / "media")


def filed(intake: Intake, level: Confidentiality = Confidentiality.ANONYMOUS) -> Complaint:
    intake.level = level
    turn_id = intake.told()
    found = intake.files(turn_id)
    intake.acknowledged(turn_id, found)
    return found


def run(intake: Intake, name: str, now: datetime) -> int:
    jobs = complaint_retention.bound_hourly(intake.engine, intake.media)
    return jobs[name](now)


def present() -> datetime:
    """Files are dated by the database's own clock."""
    return datetime.now(UTC)


@pytest.mark.parametrize("level", LEVELS)
def test_a_complaint_and_its_evidence_go_two_years_after_closing(
    intake: Intake, level: Confidentiality
) -> None:
    item = filed(intake, level)
    assert len(list(intake.folder.iterdir())) == 1
    run(intake, "forget_closed_complaints", NOW + 3000 * DAY)
    assert intake.complaints.find(item.ticket) is not None, "an open one stays"
    intake.complaints.withdraw(item.ticket, intake.turn_ids[-1], "w", NOW)
    run(intake, "forget_closed_complaints", NOW + 729 * DAY)
    assert intake.complaints.find(item.ticket) is not None
    assert run(intake, "forget_closed_complaints", NOW + 731 * DAY) == 1
    assert intake.complaints.find(item.ticket) is None
    assert list(intake.folder.iterdir()) == []
    assert holding(intake.engine, item.ticket, schema="sealed") == {}


def test_an_upload_outside_complaints_goes_after_a_day(intake: Intake) -> None:
    intake.says("ini ktp saya")
    media_id = intake.media.put(
        InboundMedia("document", "f", "text/plain"), b"ktp", intake.conversation_id
    )
    assert run(intake, "forget_uploads", present() + timedelta(hours=23)) == 0
    assert run(intake, "forget_uploads", present() + timedelta(hours=25)) == 1
    with pytest.raises(NotFound):
        intake.media.get(media_id)
    assert list(intake.folder.iterdir()) == []


@pytest.mark.parametrize("level", LEVELS)
def test_evidence_filed_or_added_or_in_an_open_task_stays(
    intake: Intake, level: Confidentiality
) -> None:
    item = filed(intake, level)
    later = intake.evidence()
    intake.complaints.add(item.ticket, "", [later], intake.turn_ids[-1], "add", NOW)
    open_task = intake.evidence()
    intake.keeps(intake.says("mau lapor lagi"), story="x", media=[open_task])
    assert run(intake, "forget_uploads", present() + 2 * DAY) == 0
    assert len(list(intake.folder.iterdir())) == 3


def test_a_file_sent_to_an_officer_stays_as_long_as_the_words(intake: Intake) -> None:
    turn_id = intake.says("ini berkasnya bu")
    media_id = intake.evidence()
    intake.inbox.set_media(turn_id, [media_id])
    with intake.engine.begin() as connection:
        connection.execute(
            text("update turns set state = 'held', received_at = now() where id = :id"),
            {"id": turn_id},
        )
    assert run(intake, "forget_uploads", present() + 2 * DAY) == 0
    assert run(intake, "forget_uploads", present() + 91 * DAY) == 1


def test_the_way_back_to_an_anonymous_complainant_lasts_until_nothing_can_be_reopened(
    intake: Intake, database_url: str
) -> None:
    seed_all(database_url, ROOT / "data")
    assert MAILBOX_WORKING_DAYS == REOPEN_WORKING_DAYS
    item = filed(intake)
    mail = PostgresAnonymousMail(intake.engine)
    run(intake, "forget_mailboxes", NOW + 300 * DAY)
    assert mail.queue(item.ticket, Reply("a"), "a", NOW), "an open one keeps its mailbox"
    intake.complaints.withdraw(item.ticket, intake.turn_ids[-1], "w", NOW)
    assert run(intake, "forget_mailboxes", NOW + 10 * DAY) == 0
    assert run(intake, "forget_mailboxes", NOW + 30 * DAY) == 1
    assert not mail.queue(item.ticket, Reply("b"), "b", NOW)
    assert intake.complaints.find(item.ticket) is not None


def test_mail_outside_the_window_waits_until_the_citizen_writes_again(intake: Intake) -> None:
    item = filed(intake)
    PostgresAnonymousMail(intake.engine).queue(item.ticket, Reply("a"), "a", NOW)
    room = PostgresMailRoom(intake.engine, VAULT)
    with intake.engine.begin() as connection:
        mail_id = str(connection.execute(text("select id from sealed.mail")).scalar())
    room.put_back(mail_id, "WindowClosed", "131047", NOW)
    send = sealed_mail.bound_often(intake.engine, VAULT)["send_held_mail"]
    assert send(NOW + 2 * DAY) == 0
    assert send(NOW + timedelta(hours=1)) == 1
    assert send(NOW + timedelta(hours=1)) == 0, "it is queued already"
    assert queued(intake.engine) == 2


def test_the_queue_of_jobs_names_neither_ticket_nor_chat_of_sealed_mail(intake: Intake) -> None:
    item = filed(intake)
    for _ in range(2):
        intake.due()
    with intake.engine.begin() as connection:
        connection.execute(text("delete from procrastinate_jobs"))
    PostgresAnonymousMail(intake.engine).queue(item.ticket, Reply("jaket"), "a", NOW)
    assert queued(intake.engine) == 1
    names = (item.ticket, intake.conversation_id, intake.chat, "jaket")
    assert "procrastinate_jobs" not in holding(intake.engine, *names)
    assert holding(intake.engine, item.ticket, "jaket") == {}


def queued(engine: Engine) -> int:
    with engine.begin() as connection:
        return int(
            connection.execute(
                text("select count(*) from procrastinate_jobs"
                     " where task_name = 'deliver_sealed_mail'")
            ).scalar_one()
        )  # fmt: skip
