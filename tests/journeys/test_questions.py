"""Permit questions through the whole house, checked against the catalogue in the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from izin.permits import Permit
from ops.journeys.chat import Chat, Said
from tests.journeys.stack import Stack


def names_its_source(said: Said, permit: Permit, stack: Stack) -> bool:
    """Say whether the answer names a law of the permit and the day it was last checked."""
    checked = stack.wording.date(permit.checked_on, weekday=False)
    return said.tells([permit.legal_basis[0], checked])


def requirements(permit: Permit) -> list[str]:
    return [item.text for item in permit.requirements_for("new")]


def test_an_old_name_and_three_follow_ups_are_answered_from_the_catalogue(
    stack: Stack, chat: Chat
) -> None:
    pbg, slf = stack.permit("PBG"), stack.permit("SLF")
    at = stack.open_at()

    said = chat.say("syarat bikin imb rumah apa aja ya", at)
    assert said.tells(requirements(pbg))
    assert names_its_source(said, pbg, stack)
    assert said.tells(["IMB", "nama lama", pbg.official_name])
    assert said.choices

    said = chat.say("kalau biayanya?", at)
    assert said.tells([f"Biaya {pbg.short_name}", "perkiraan"])
    assert said.tells(pbg.fee.details["exemptions"])
    assert names_its_source(said, pbg, stack)

    said = chat.say("brp lama?", at)
    due = stack.calendar.add_working_days(at.date(), pbg.sla_working_days)
    assert said.tells([f"{pbg.sla_working_days} hari kerja", stack.wording.date(due.day)])
    assert names_its_source(said, pbg, stack)

    said = chat.say("klo slf?", at)
    due = stack.calendar.add_working_days(at.date(), slf.sla_working_days)
    assert said.tells([slf.official_name, f"{slf.sla_working_days} hari kerja"])
    assert said.tells([stack.wording.date(due.day)])
    assert pbg.official_name not in said
    assert names_its_source(said, slf, stack)


def test_an_activity_is_told_which_permits_it_needs(stack: Stack, chat: Chat) -> None:
    said = chat.say("mau buka apotek izinnya apa")
    activity = next(item for item in stack.catalogue.activities() if item.key == "apotek")
    permits = [stack.permit(code) for code, _ in activity.permits]
    assert said.tells(permit.short_name for permit in permits)
    assert said.tells(why for _, why in activity.permits)
    oldest = min(permit.checked_on for permit in permits)
    assert said.tells([permits[0].legal_basis[0], stack.wording.date(oldest, weekday=False)])
    assert said.choices


def test_two_questions_in_one_message_are_both_answered(stack: Stack, chat: Chat) -> None:
    slf = stack.permit("SLF")
    said = chat.say("syarat sama biaya slf apa")
    assert said.tells(requirements(slf))
    assert "Rp0" in said
    assert names_its_source(said, slf, stack)


def test_two_permits_in_one_message_are_both_answered(stack: Stack, chat: Chat) -> None:
    said = chat.say("berapa lama pbg dan slf")
    for code in ("PBG", "SLF"):
        permit = stack.permit(code)
        assert said.tells([permit.official_name, f"{permit.sla_working_days} hari kerja"])
        assert names_its_source(said, permit, stack)


def test_a_suggested_button_is_answered_about_the_same_permit(stack: Stack, chat: Chat) -> None:
    chat.say("syarat slf")
    said = chat.tap("Lama proses")
    slf = stack.permit("SLF")
    assert said.tells([slf.official_name, f"{slf.sla_working_days} hari kerja"])


def test_an_ambiguous_name_asks_which_profession_and_keeps_the_question(
    stack: Stack, chat: Chat
) -> None:
    codes = ("SIP_DOKTER", "SIP_PERAWAT", "SIP_BIDAN", "SIP_FARMASI", "SIP_NAKES")
    said = chat.say("syarat SIP apa saja")
    assert set(said.choices) - {"Data Anda"} == {stack.permit(c).short_name for c in codes}
    bidan = stack.permit("SIP_BIDAN")
    said = chat.tap(bidan.short_name)
    assert said.tells(requirements(bidan))
    assert names_its_source(said, bidan, stack)


def test_old_trade_names_are_answered_under_the_new_one(stack: Stack, chat: Chat) -> None:
    nib = stack.permit("NIB")
    said = chat.say("syarat TDP")
    assert said.tells(["TDP", "nama lama", nib.short_name, *requirements(nib)])


def test_an_unknown_permit_is_asked_about_and_never_invented(stack: Stack, chat: Chat) -> None:
    said = chat.say("syarat izin naga terbang")
    assert "Rp" not in said.text and "hari kerja" not in said.text
    known = {row["short_name"] for row in stack.rows("select short_name from permits")}
    assert set(said.choices) & known


@pytest.mark.parametrize("text", ["cara perpanjang SIM A gimana", "harga iphone berapa sekarang"])
def test_what_is_out_of_scope_gets_no_permit_facts_but_a_way_on(
    stack: Stack, chat: Chat, text: str
) -> None:
    said = chat.say(text)
    assert not any(permit.official_name in said.text for permit in stack.catalogue.permits())
    assert "Rp" not in said.text and "hari kerja" not in said.text
    assert said.choices


def test_office_hours_follow_the_office_clock(stack: Stack, chat: Chat) -> None:
    opens = stack.open_at()
    spans = stack.office.opening_hours[opens.weekday()]
    hours = [f"{start:%H.%M}-{end:%H.%M}" for start, end in spans]
    said = chat.say("kantor buka jam brp?", opens)
    assert said.tells(["Sekarang buka", f"{spans[0][1]:%H.%M}", *hours])
    assert said.tells(["contoh, belum dipastikan"])  # the demo's hours have no source
    checked = stack.office.checked_on
    assert checked and stack.wording.date(checked, weekday=False) in said

    said = chat.say("kantor buka jam brp?", stack.closed_at())
    assert said.tells(["Sekarang tutup", "Buka lagi", *hours])


def test_a_holiday_is_named_when_the_office_is_closed_for_it(stack: Stack, chat: Chat) -> None:
    holiday = next(
        day
        for day in (datetime.now(stack.office.zone) + timedelta(days=n) for n in range(1, 400))
        if stack.calendar.holiday(day.date()) and day.weekday() < 5
    )
    named = stack.calendar.holiday(holiday.date())
    assert named
    assert chat.say("kantor buka jam brp?", holiday).tells(["libur", named.name])


def test_a_date_in_a_year_without_holidays_is_called_provisional(stack: Stack, chat: Chat) -> None:
    last = max(stack.calendar.loaded_years)
    at = datetime(last, 12, 20, 9, tzinfo=stack.office.zone)
    assert chat.say("berapa lama pbg", at).tells(["sementara"])


def test_an_account_question_is_answered_from_the_faq_with_its_date(
    stack: Stack, chat: Chat
) -> None:
    said = chat.say("lupa password oss gimana")
    assert "OSS" in said
    assert "diperiksa" in said


def test_the_same_reply_is_not_sent_twice_in_a_row(chat: Chat) -> None:
    replies = [chat.say("makasih ya").text for _ in range(4)]
    assert all(first != second for first, second in pairwise(replies))


def test_a_lost_citizen_is_offered_an_officer_the_second_time(chat: Chat) -> None:
    chat.say("blergh wakkawakka zzz")
    said = chat.say("qwrt plokm jjjj")
    assert any("petugas" in title.casefold() for title in said.choices), said


def test_asking_for_a_human_tells_the_truth_inside_and_outside_hours(
    stack: Stack, chat: Chat
) -> None:
    at = stack.open_at()
    due = stack.wording.date(stack.calendar.add_working_days(at.date(), 3).day)
    said = chat.say("saya mau bicara dengan petugas", at)
    assert said.tells(["belum ada petugas", due])  # nobody has signed in

    said = chat.say("tolong sambungkan ke petugas", stack.closed_at())
    assert said.tells(["sedang tutup", due])
    opened = stack.one(
        "select count(*) from escalations"
        " where conversation_id = :conversation and reason = 'minta_petugas'",
        conversation=stack.conversation(chat.name),
    )
    assert opened == 1  # asking again opens no second place in the queue


def test_a_message_to_the_officer_s_conversation_stays_with_the_officer(
    stack: Stack, chat: Chat
) -> None:
    chat.say("halo")
    with stack.engine.begin() as connection:
        connection.exec_driver_sql(
            "update conversations set held_by_officer = true where id = %s",
            (stack.conversation(chat.name),),
        )
    answer = chat.post(text="syarat pbg").json()
    assert answer["handled_by"] == "officer"
    assert answer["replies"] == []
