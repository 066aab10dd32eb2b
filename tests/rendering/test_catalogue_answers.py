"""Every answer of the shipped catalogue and FAQ, as each channel shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from izin.answers.duration import duration
from izin.answers.faq import faq_answer
from izin.answers.fees import fee
from izin.answers.legal_basis import legal_basis
from izin.answers.overview import overview
from izin.answers.procedure import procedure
from izin.answers.requirements import requirements
from izin.answers.sources import provenance
from izin.answers.validity import extension, validity
from izin.rendering import telegram, whatsapp, whatsapp_limits
from izin.rendering.shape import RenderedMessage
from izin.replies import Choice, Reply
from izin.storage.memory.office import MemoryOfficeBook
from izin.storage.seed_files import Seed, read_seed
from izin.wording import Wording

DATA = Path(__file__).parents[2] / "data"
WORDING = Wording()
CODES = sorted(path.stem for path in (DATA / "catalog/permits").glob("*.yml"))
BUTTONS = {
    "few": tuple(Choice(f"Pilihan {number}", "tanya_biaya") for number in range(3)),
    "many": tuple(Choice(f"Pilihan {number}", "tanya_biaya") for number in range(8)),
    "none": (),
}
_ITEM = re.compile(r"(?:\d+\.|•) ")


@cache
def seed() -> Seed:
    return read_seed(DATA)


def answers_on(code: str) -> Iterator[str]:
    """Give the text of every answer about a permit, with its source, and all in one message."""
    content = seed()
    permit = next(item for item in content.permits if item.code == code)
    calendar = MemoryOfficeBook(content.office, holidays=content.holidays).calendar()
    sections = [
        overview(permit, WORDING),
        *(requirements(permit, kind, WORDING) for kind in ("new", "extension", "change")),
        fee(permit, content.fee_tables, WORDING),
        procedure(permit, WORDING),
        duration(permit, calendar, date(2026, 11, 23), WORDING),
        validity(permit, WORDING),
        extension(permit, WORDING),
        legal_basis(permit, content.office, WORDING),
    ]
    source = provenance(permit, content.office, WORDING)
    yield from (f"{section.text}\n\n{source}" for section in sections)
    yield "\n\n".join([*(section.text for section in sections), source])


def shown(text: str, choices: tuple[Choice, ...], channel: str) -> tuple[RenderedMessage, ...]:
    ids = [f"c{number}" for number in range(len(choices))]
    if channel == "telegram":
        messages = telegram.render_telegram(Reply(text, choices), ids)
        for message in messages:
            telegram.check_limits(message)
    else:
        messages = whatsapp.render_whatsapp(Reply(text, choices), ids)
        for message in messages:
            whatsapp_limits.check_limits(message)
    return messages


def reads_well(text: str, messages: tuple[RenderedMessage, ...], limit: int) -> bool:
    """Say whether no word is lost, and nothing is cut inside a line that fits a message."""
    plain = text.replace("[b]", "").replace("[/b]", "")
    parts = [message.text for message in messages]
    assert " ".join(plain.split()) == " ".join(" ".join(parts).split())
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    for line in lines:
        if len(line) <= limit:
            assert any(line in part for part in parts), f"cut: {line}"
    for part in parts[:-1]:
        last = part.splitlines()[-1]
        assert not last.endswith(":") or _ITEM.match(last), f"a heading alone: {last}"
    return True


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
@pytest.mark.parametrize("buttons", BUTTONS)
@pytest.mark.parametrize("code", CODES)
def test_every_answer_on_a_permit_is_cut_where_a_reader_would(
    code: str, buttons: str, channel: str
) -> None:
    limit = 1024 if channel == "whatsapp" and BUTTONS[buttons] else 4096
    for text in answers_on(code):
        messages = shown(text, BUTTONS[buttons], channel)
        assert reads_well(text, messages, limit)
        assert [len(message.choices) for message in messages[:-1]] == [0] * (len(messages) - 1)


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
def test_every_faq_answer_is_cut_where_a_reader_would(channel: str) -> None:
    content = seed()
    for entry in content.faq:
        text = faq_answer(entry, content.office, WORDING).text
        assert reads_well(text, shown(text, BUTTONS["few"], channel), 1024)


def test_an_answer_that_fits_is_one_message() -> None:
    for code in CODES:
        for text in answers_on(code):
            if len(text) <= 1000:
                assert len(shown(text, BUTTONS["few"], "whatsapp")) == 1
            if len(text) <= 4000:
                assert len(shown(text, BUTTONS["few"], "telegram")) == 1


@pytest.mark.parametrize("code", CODES)
def test_a_list_that_fits_a_message_is_never_torn(code: str) -> None:
    for text in answers_on(code):
        plain = text.replace("[b]", "").replace("[/b]", "")
        lists = re.findall(r"(?:^(?:\d+\.|•) .*\n?)+", plain, re.MULTILINE)
        for channel in ("telegram", "whatsapp"):
            parts = [message.text for message in shown(text, BUTTONS["few"], channel)]
            for found in lists:
                assert any(found.strip() in part for part in parts) or len(found) > 4000
