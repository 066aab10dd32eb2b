"""Following an application: begun after proof, listed, and stopped in one word."""

from __future__ import annotations

import pytest

from izin.applications import Status
from tests.usecases.following_world import FollowingWorld
from tests.usecases.long_dialogues import (
    NIK_LAST4,
    NOW,
    NUMBER,
    PHONE,
    again,
    application,
    issued,
    readable,
    said,
)

OTHER = "503/0124/SLF/2026"
TWO = (application(), application(number=OTHER, permit_code="SLF"))


def test_the_verified_phones_only_application_is_followed_at_once() -> None:
    world = FollowingWorld([application()])
    result = world.say("kabari saya kalau ada perubahan")
    assert result.outcome == "finished"
    assert world.followed() == [NUMBER]
    assert "stop" in said(result).text and NUMBER in said(result).text
    assert readable(said(result))


def test_of_several_one_or_all_are_chosen_by_a_tap() -> None:
    world = FollowingWorld(TWO)
    asked = said(world.say("kabarin klo ada perubahan"))
    assert NUMBER in asked.text and OTHER in asked.text
    assert world.followed() == []
    world.tap(asked, OTHER)
    assert world.followed() == [OTHER]
    world.tap(asked, "Kabari semuanya")
    assert sorted(world.followed()) == [NUMBER, OTHER]


def test_following_again_says_so_and_tells_the_same_turn_the_same() -> None:
    world = FollowingWorld([application()])
    first = world.turn("kabari saya")
    text = said(world.dialogue.start(first)).text
    assert said(world.dialogue.start(again(first))).text == text
    assert "sudah saya pantau" in said(world.say("kabari saya")).text


def test_without_a_proof_nothing_is_followed_and_the_number_is_asked_for() -> None:
    world = FollowingWorld([application()], phone=None)
    result = world.say("kabari saya kalau berubah")
    assert result.outcome == "consumed"
    assert world.followed() == []


def test_the_nik_digits_open_the_status_and_begin_a_limited_subscription() -> None:
    world = FollowingWorld([application()], phone=None)
    asked = world.say("kabari", entities={"nomor_permohonan": NUMBER})
    assert asked.outcome == "consumed" and "Kajian teknis" not in said(asked).text
    done = world.dialogue.step(world.turn(NIK_LAST4, "nlu_fallback"))
    assert done.outcome == "finished"
    assert "Kajian teknis" in said(done).text and "hanya memuat" in said(done).text
    assert "Berkas fisik" not in said(done).text
    [item] = world.following.of_conversation(world.chat)
    assert item.proof == "digits"


def test_a_wrong_proof_follows_nothing_and_five_lock() -> None:
    world = FollowingWorld([application()], phone=None)
    world.say("kabari", entities={"nomor_permohonan": NUMBER})
    for guess in range(5):
        result = world.dialogue.step(world.turn(f"{guess:04d}", "nlu_fallback"))
    assert "24 jam" in said(result).text
    locked = world.say("kabari", entities={"nomor_permohonan": NUMBER})
    assert "24 jam" in said(locked).text
    assert world.followed() == []


def test_somebody_elses_number_needs_the_proof_also_from_a_verified_phone() -> None:
    world = FollowingWorld([application(phone="+6280000000777")])
    result = world.say("kabari 503/0123", entities={"nomor_permohonan": NUMBER})
    assert result.outcome == "consumed"
    assert world.followed() == []


def test_the_button_under_a_status_follows_with_what_that_chat_has_proven() -> None:
    world = FollowingWorld([application()], phone=None)
    tap = world.turn(
        entities={"langkah": "ikuti", "nomor_permohonan": NUMBER}, metadata={"kind": "choice"}
    )
    result = world.dialogue.start(tap)
    assert result.outcome == "finished" and "hanya memuat" in said(result).text
    assert world.followed() == [NUMBER]


def test_a_number_locked_meanwhile_is_not_followed_by_an_old_button() -> None:
    world = FollowingWorld([application()], phone=None)
    for guess in range(5):
        world.world.ledger.record_failure(NUMBER, "elsewhere", f"t{guess}", NOW)
    tap = world.turn(
        entities={"langkah": "ikuti", "nomor_permohonan": NUMBER}, metadata={"kind": "choice"}
    )
    assert "24 jam" in said(world.dialogue.start(tap)).text
    assert world.followed() == []


@pytest.mark.parametrize("text", [
    "ga usah kabari lagi", "stop", "berhenti langganan", "matiin notif", "jgn dikabarin lagi",
    "ora usah dikabari maneh", "teu kudu dibere nyaho deui", "kada usah dihabari lagi",
    "kagak usah dikabarin lagi dah", "unsubscribe",
])  # fmt: skip
def test_one_sentence_in_any_tongue_ends_everything(text: str) -> None:
    world = FollowingWorld(TWO)
    world.tap(said(world.say("kabari")), "Kabari semuanya")
    ended = said(world.say(text))
    assert world.followed() == []
    assert NUMBER in ended.text and OTHER in ended.text
    assert [choice.title for choice in ended.choices][:1] == [f"Kabari lagi {NUMBER}"]


@pytest.mark.parametrize("text", [
    "jangan lupa kabari saya ya", "ojo lali kabari yo",
    "kabari klo berkasku berhenti di satu meja", "kabarin dong kalo udah ga diproses lagi",
])  # fmt: skip
def test_words_for_stopping_in_another_sense_do_not_stop(text: str) -> None:
    world = FollowingWorld([application()])
    world.follow()
    world.say(text)
    assert world.followed() == [NUMBER]


def test_one_of_several_is_ended_by_its_number_its_permit_or_a_tap() -> None:
    world = FollowingWorld(TWO)
    choose = said(world.say("kabari"))
    world.tap(choose, "Kabari semuanya")
    world.say("stop yang 0124")
    assert world.followed() == [NUMBER]
    world.tap(choose, OTHER)
    world.say("stop yang slf", entities={"izin": "SLF"})
    assert world.followed() == [NUMBER]
    world.tap(choose, OTHER)
    world.tap(said(world.say("saya ikuti apa saja?")), f"Berhenti {OTHER}")
    assert world.followed() == [NUMBER]


def test_a_stop_that_names_what_is_not_followed_ends_nothing_else() -> None:
    world = FollowingWorld([application()])
    world.follow()
    assert "tidak sedang saya pantau" in said(world.say("stop 0999")).text
    assert world.followed() == [NUMBER]


def test_stopping_nothing_says_so_and_a_stop_run_again_says_what_it_ended() -> None:
    world = FollowingWorld([application()])
    assert "Tidak ada permohonan" in said(world.say("stop kabar")).text
    world.follow()
    stop = world.turn("ga usah kabari lagi")
    text = said(world.dialogue.start(stop)).text
    assert said(world.dialogue.start(again(stop))).text == text and NUMBER in text


@pytest.mark.parametrize("text", ["saya ikuti apa saja?", "langganan saya apa aja",
                                  "daftar yang saya pantau", "yg gue pantau apa aje"])  # fmt: skip
def test_what_is_followed_is_listed_with_its_stage(text: str) -> None:
    world = FollowingWorld([application()])
    world.follow()
    listed = said(world.say(text))
    assert NUMBER in listed.text and "Kajian teknis" in listed.text
    assert f"Berhenti {NUMBER}" in [choice.title for choice in listed.choices]


def test_a_lone_stop_taken_for_a_cancellation_ends_the_notices_of_a_chat_that_has_some() -> None:
    world = FollowingWorld([application()])
    assert world.dialogue.aside(world.turn("stop", "batal")) is None
    world.follow()
    assert world.dialogue.aside(world.turn("stop dulu biaya pbg berapa", "batal")) is None
    stop = world.turn("STOP!", "batal")
    answer = world.dialogue.aside(stop)
    assert answer is not None and NUMBER in answer.replies[0].text
    assert world.followed() == []
    repeated = world.dialogue.aside(again(stop))
    assert repeated is not None and repeated.replies == answer.replies


def test_a_question_about_the_list_taken_for_something_else_is_answered() -> None:
    world = FollowingWorld([application()])
    world.follow()
    answer = world.dialogue.aside(world.turn("saya ikuti apa saja?", "menu_bantuan"))
    assert answer is not None and NUMBER in answer.replies[0].text
    assert world.dialogue.aside(world.turn("kamu bisa apa saja?", "menu_bantuan")) is None
    assert world.dialogue.aside(world.turn("stop", "tanya_syarat")) is None


def test_in_a_group_nothing_is_followed_listed_or_said() -> None:
    world = FollowingWorld([application()])
    result = world.say("kabari saya", metadata={"group": True})
    assert result.outcome == "finished" and NUMBER not in said(result).text
    assert world.followed() == []
    world.follow()
    assert world.dialogue.aside(world.turn("stop", "batal", metadata={"group": True})) is None


def test_a_decided_application_without_an_end_has_nothing_to_come() -> None:
    world = FollowingWorld([application(status=Status.REJECTED, stage="Ditolak", history=())])
    tap = world.turn(
        entities={"langkah": "ikuti", "nomor_permohonan": NUMBER}, metadata={"kind": "choice"}
    )
    assert "tidak ada perubahan lagi" in said(world.dialogue.start(tap)).text
    assert world.followed() == []


def test_a_permit_that_ends_one_day_is_followed_by_its_holder_alone() -> None:
    until = NOW.date().replace(year=2027)
    for phone, numbers in ((PHONE, [NUMBER]), (None, [])):
        world = FollowingWorld([issued(valid_until=until)], phone=phone)
        tap = world.turn(
            entities={"langkah": "ikuti", "nomor_permohonan": NUMBER}, metadata={"kind": "choice"}
        )
        world.dialogue.start(tap)
        assert world.followed() == numbers


def test_a_registry_that_is_away_is_told_honestly() -> None:
    world = FollowingWorld([application()])
    world.world.registry.down = True
    result = world.say("kabari saya")
    assert result.outcome == "finished" and readable(said(result))
    assert said(result).choices and world.followed() == []


@pytest.mark.parametrize(("text", "intent", "entities", "numbers"), [
    ("no 2", "tolak", {}, [OTHER]),
    ("yang slf aja", "nlu_fallback", {"izin": "SLF"}, [OTHER]),
    ("sing nomer 2 kuwi", "nlu_fallback", {}, [OTHER]),
    ("0123", "nlu_fallback", {}, [NUMBER]),
    ("yang slf saja ya", "tanya_syarat", {"izin": "SLF"}, [OTHER]),
    ("semuanya dong", "setuju", {}, [NUMBER, OTHER]),
    ("kabari yang pbg", "ubah_langganan", {"izin": "PBG"}, [NUMBER]),
    (OTHER, "cek_status", {"nomor_permohonan": OTHER}, [OTHER]),
])  # fmt: skip
def test_which_one_is_also_answered_in_words(
    text: str, intent: str, entities: dict[str, str], numbers: list[str]
) -> None:
    world = FollowingWorld(TWO)
    assert world.say("kabari saya").outcome == "consumed"
    result = world.dialogue.step(world.turn(text, intent, entities=entities))
    assert result.outcome == "finished"
    assert sorted(world.followed()) == numbers


@pytest.mark.parametrize("text", ["batal", "ga jadi", "stop"])
def test_the_question_which_one_can_be_dropped(text: str) -> None:
    world = FollowingWorld(TWO)
    world.say("kabari saya")
    result = world.dialogue.step(world.turn(text, "batal"))
    assert result.outcome == "finished" and world.followed() == []
    assert said(result).choices


def test_nonsense_asks_which_one_again_and_a_question_is_left_to_its_answer() -> None:
    world = FollowingWorld(TWO)
    world.say("kabari saya")
    assert world.dialogue.step(world.turn("asdf", "nlu_fallback")).outcome == "consumed"
    question = world.turn("berapa biaya slf", "tanya_biaya", entities={"izin": "SLF"})
    assert world.dialogue.step(question).outcome == "interrupted"
    assert "Tinggal pilih" in world.dialogue.prompt(question).text
    assert world.followed() == []


def test_a_stop_that_names_a_permit_is_understood_when_taken_for_a_cancellation() -> None:
    world = FollowingWorld(TWO)
    world.tap(said(world.say("kabari")), "Kabari semuanya")
    stop = world.turn("stop yang slf", "batal", entities={"izin": "SLF"})
    assert world.dialogue.aside(stop) is not None
    assert world.followed() == [NUMBER]


def test_a_permit_or_part_of_a_number_named_at_once_needs_no_question() -> None:
    parking = application(number="503/0182/PARKIR/2026", permit_code="PARKIR")
    world = FollowingWorld([application(), parking])
    assert world.say("kabari jg yang parkir ya").outcome == "finished"
    assert world.followed() == [parking.number]
    world.say("sip, kabari yg 0123 juga")
    assert sorted(world.followed()) == [NUMBER, parking.number]
    assert world.dialogue.aside(world.turn("stop yang parkir", "batal")) is not None
    assert world.followed() == [NUMBER]


@pytest.mark.parametrize("text", ["kabari ya kalo ada perkembangan", "kabari dong", "notif"])
def test_a_wish_repeated_instead_of_a_choice_is_never_left_to_another_action(text: str) -> None:
    """It has none: Rasa would begin the same form again and again."""
    world = FollowingWorld(TWO)
    world.say("kabari saya")
    assert world.dialogue.step(world.turn(text)).outcome == "consumed"
    world.world.registry.down = True
    assert world.dialogue.step(world.turn(text)).outcome != "interrupted"


def test_a_status_asked_for_instead_of_a_choice_is_left_to_its_dialogue() -> None:
    world = FollowingWorld(TWO)
    world.say("kabari saya")
    asked = world.turn("status permohonan saya gimana", "cek_status")
    assert world.dialogue.step(asked).outcome == "interrupted"


@pytest.mark.parametrize("text", ["kabari saya kalau berubah", "notif dong"])
def test_a_wish_repeated_instead_of_a_proof_is_never_left_to_another_action(text: str) -> None:
    world = FollowingWorld([application()], phone=None)
    world.say("kabari", entities={"nomor_permohonan": NUMBER})
    assert world.dialogue.step(world.turn(text)).outcome == "consumed"
