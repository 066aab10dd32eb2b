"""The fake Telegram serves a second, independent client, and is as strict with it."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Update,
)

from bot.telegram.parse import parse_update

pytestmark = pytest.mark.anyio


def connect(fake_telegram, token: str | None = None) -> Bot:
    session = AiohttpSession(api=TelegramAPIServer.from_base(fake_telegram.url))
    return Bot(token or fake_telegram.token, session=session)


@pytest.fixture
async def bot(fake_telegram, anyio_backend):
    client = connect(fake_telegram)
    fake_telegram.paced = False
    yield client
    await client.session.close()


async def test_aiogram_reads_what_citizens_do(fake_telegram, bot):
    fake_telegram.say(42, "halo")
    fake_telegram.share_contact(42, "6281234567890")
    fake_telegram.send_photo(42, b"\xff\xd8\xff" + bytes(200), "foto")
    fake_telegram.edit(fake_telegram.say(42, "salah"), "benar")
    updates = await bot.get_updates()
    assert [update.event_type for update in updates] == ["message"] * 4 + ["edited_message"]
    assert updates[1].message.contact.user_id == 42
    for update in updates:
        again = update.model_dump(mode="json", by_alias=True, exclude_none=True)
        assert parse_update(again | _dates(update), fake_telegram.username).external_id


def _dates(update: Update) -> dict:
    """aiogram writes dates as text; put Telegram's numbers back."""
    name = update.event_type
    document = update.event.model_dump(mode="json", by_alias=True, exclude_none=True)
    document["date"] = int(update.event.date.timestamp())
    return {name: document}


async def test_aiogram_sends_edits_and_answers(fake_telegram, bot):
    fake_telegram.citizen(42)
    keyboard = InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Ya", callback_data="c1")]]
    )
    sent = await bot.send_message(
        42, "<b>Halo</b> &amp; hai", parse_mode=ParseMode.HTML, reply_markup=keyboard
    )
    assert sent.text == "Halo & hai"
    fake_telegram.tap(fake_telegram.sent[0], "c1")
    (update,) = await bot.get_updates()
    assert await bot.answer_callback_query(update.callback_query.id, text="baik")
    edited = await bot.edit_message_text("Baru", chat_id=42, message_id=sent.message_id)
    assert edited.text == "Baru"
    assert await bot.set_my_commands([BotCommand(command="menu", description="Menu")])
    photo = await bot.send_photo(42, BufferedInputFile(b"\xff\xd8\xff123", "a.jpg"), caption="x")
    assert photo.photo[0].file_size == 6


async def test_aiogram_meets_the_same_limits_and_error_classes(fake_telegram, bot):
    fake_telegram.citizen(42)
    long_data = InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Ya", callback_data="é" * 33)]]
    )
    for refused in (
        {"text": "x" * 4097},
        {"text": "<b>x", "parse_mode": ParseMode.HTML},
        {"text": "x", "reply_markup": long_data},
    ):
        with pytest.raises(TelegramBadRequest):
            await bot.send_message(42, **refused)
    with pytest.raises(TelegramBadRequest):
        await bot.send_photo(42, BufferedInputFile(b"x", "a.jpg"), caption="x" * 1025)
    with pytest.raises(TelegramBadRequest):
        await bot.answer_callback_query("tidak-ada")
    fake_telegram.blocked.add(42)
    with pytest.raises(TelegramForbiddenError):
        await bot.send_message(42, "x")
    fake_telegram.fail("getMe", 429, "Too Many Requests", retry_after=3)
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.get_me()
    assert caught.value.retry_after == 3
    fake_telegram.fail("getMe", 502, "Bad Gateway")
    with pytest.raises(TelegramServerError):
        await bot.get_me()


async def test_aiogram_meets_the_webhook_conflict_and_a_wrong_token(fake_telegram, bot):
    await bot.set_webhook("https://izin.contoh.go.id/x", secret_token="rahasia")
    with pytest.raises(TelegramConflictError):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == []
    stranger = connect(fake_telegram, "7654321:token-yang-keliru")
    try:
        with pytest.raises(TelegramUnauthorizedError):
            await stranger.get_me()
    finally:
        await stranger.session.close()


async def test_aiogram_downloads_a_file(fake_telegram, bot):
    fake_telegram.send_photo(42, b"\xff\xd8\xff" + bytes(200))
    (update,) = await bot.get_updates()
    found = await bot.get_file(update.message.photo[-1].file_id)
    content = await bot.download_file(found.file_path)
    assert content.read() == b"\xff\xd8\xff" + bytes(200)
