"""Editors change what citizens are told: written by one, published by another, told at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

from izin.accounts import Role
from tests.browsers import CHROMIUM, launched
from tests.journeys.console_people import DESKTOP, PHONE, AtDesk, at_desk
from tests.journeys.stack import Stack

pytestmark = [
    pytest.mark.needs_chromium,
    pytest.mark.skipif(CHROMIUM is None, reason="run: apt-get install -y chromium"),
]

CHANNELS = ("telegram", "whatsapp")
OSS = "https://oss.go.id"
NEW_TOPIC = {
    "Pertanyaan": "Apakah dokumen izin bisa diantar ke rumah?",
    "Jawaban": "Bisa. Dokumen cetak diantar kurir kantor tanpa biaya ke alamat pemohon.",
    "Contoh pertanyaan": "layanan antar dokumen ke rumah\nizin cetak dikirim lewat kurir",
    "Topik": "layanan loket",
    "Sumber": "SK layanan antar dokumen (contoh)",
}
PARAPHRASES = (
    "min surat izinnya bs dianter k rmh ga?",
    "dokumen izin saya bisa dikirim kurir nggak, ga sempat ke kantor",
    "ada layanan antr dokumen kerumah kah",
)
UNRELATED = (
    "resep rendang padang yang empuk gimana",
    "besok hujan gak ya",
    "syarat slf apa aja",
    "jam buka kantor hari ini",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    with launched() as browser:
        yield browser


@contextmanager
def editors(
    stack: Stack, browser: Browser, size: tuple[int, int] = DESKTOP
) -> Iterator[tuple[AtDesk, AtDesk]]:
    """Two people of the editors' room, each in a browser of their own."""
    with (
        at_desk(stack, browser, Role.EDITOR, name="Sinta", size=size) as author,
        at_desk(stack, browser, Role.SUPERVISOR, name="Bagus", size=size) as second,
    ):
        yield author, second


def hand_in(author: AtDesk) -> str:
    """Save and submit the form that is open; gives the version's path."""
    author.press("Simpan dan ajukan")
    author.page.wait_for_url(re.compile("/isi/versi/"))
    return author.page.url.removeprefix(author.url).split("?")[0]


def publish(second: AtDesk, version: str) -> None:
    """Approve a version of somebody else's."""
    second.open(version)
    second.page.locator("summary", has_text="Setujui dan terbitkan").click()
    second.press("Terbitkan sekarang")
    second.sees("Sudah terbit")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_answer_changed_by_one_and_published_by_another_is_told_at_once(
    stack: Stack, browser: Browser, size: tuple[int, int]
) -> None:
    told = f"Buka {OSS}, pilih Lupa Kata Sandi. Petunjuk edisi {size[0]}."
    with editors(stack, browser, size) as (author, second):
        author.open("/isi/tanya-jawab/oss_lupa_sandi")
        author.write("Jawaban", told)
        version = hand_in(author)
        author.open(version)  # who wrote it cannot publish it
        assert author.page.get_by_role("button", name="Terbitkan sekarang").count() == 0
        for channel in CHANNELS:
            assert "Petunjuk edisi" not in stack.chat(channel).say("lupa password oss")
        publish(second, version)
        for channel in CHANNELS:
            assert f"Petunjuk edisi {size[0]}" in stack.chat(channel).say("lupa password oss")

        second.open("/isi/tanya-jawab/oss_lupa_sandi")
        second.page.get_by_role("link", name="Versi 1", exact=True).first.click()
        second.page.locator("summary", has_text="Berlakukan lagi versi ini").click()
        second.press("Berlakukan sekarang")
        second.sees("Isi lama berlaku lagi")
        assert "Petunjuk edisi" not in stack.chat("telegram").say("lupa password oss")


def test_a_topic_nobody_trained_for_is_answered_once_it_is_published(
    stack: Stack, browser: Browser
) -> None:
    answer = "diantar kurir kantor tanpa biaya"
    before = [stack.chat("telegram").say(text) for text in (*PARAPHRASES, *UNRELATED)]
    assert not any(answer in said for said in before)
    with editors(stack, browser) as (author, second):
        author.open("/isi/tanya-jawab/baru")
        for label, words in NEW_TOPIC.items():
            author.write(label, words)
        publish(second, hand_in(author))
    for channel in CHANNELS:
        for text in PARAPHRASES:
            assert answer in stack.chat(channel).say(text), text
        for text in UNRELATED:
            assert answer not in stack.chat(channel).say(text), text
