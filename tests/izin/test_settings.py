"""Settings come from the environment, or say which variable is wrong."""

from __future__ import annotations

from datetime import time

import pytest

from izin.errors import InvalidInput
from izin.following import NoticeKind, QuietHours, Template
from izin.settings import Settings

BASE = {"DATABASE_URL": "postgresql://x/y"}


def test_only_the_database_must_be_given() -> None:
    settings = Settings.from_environment(BASE)
    assert settings.database_url == "postgresql://x/y"
    assert settings.gateway_host == "127.0.0.1"
    assert not settings.simulator and not settings.demo
    assert settings.telegram_token == settings.whatsapp_token == settings.rasa_secret == ""


@pytest.mark.parametrize("environment", [{}, {"DATABASE_URL": ""}])
def test_without_a_database_nothing_starts(environment: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        Settings.from_environment(environment)
    assert caught.value.field == "DATABASE_URL"


def test_every_variable_is_read() -> None:
    settings = Settings.from_environment(
        {
            **BASE,
            "TANYA_GATEWAY_PORT": "0",
            "TANYA_WORKER_CONCURRENCY": "3",
            "TANYA_MESSAGES_PER_MINUTE": "0",
            "TANYA_FLOOD_PAUSE_S": "20",
            "TANYA_MERGED_MESSAGES": "1",
            "TANYA_ABUSE_PER_HOUR": "2",
            "TANYA_ABUSE_SILENCE_MIN": "10",
            "TANYA_SIMULATOR": "Ya",
            "TANYA_DEMO": "1",
            "TANYA_RASA_URL": "http://10.0.0.5:5005/",
            "TELEGRAM_TOKEN": " 1:abc\n",
            "TELEGRAM_MESSAGES_PER_SECOND": "100",
            "WHATSAPP_MESSAGES_PER_SECOND": "1000",
        }
    )
    assert (settings.telegram_per_second, settings.whatsapp_per_second) == (100, 1000)
    assert (settings.gateway_port, settings.worker_concurrency) == (0, 3)
    assert settings.simulator and settings.demo
    assert settings.telegram_token == "1:abc"
    assert (settings.messages_per_minute, settings.flood_pause_s) == (0, 20)
    assert settings.merged_messages == 1
    assert (settings.abuse_per_hour, settings.abuse_silence_min) == (2, 10)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TANYA_GATEWAY_PORT", "abc"),
        ("TANYA_GATEWAY_PORT", "65536"),
        ("TANYA_GATEWAY_PORT", "-1"),
        ("TANYA_GATEWAY_PORT", "²"),
        ("TANYA_METRICS_PORT", "80.5"),
        ("TANYA_WORKER_CONCURRENCY", "0"),
        ("TANYA_MESSAGES_PER_MINUTE", "-1"),
        ("TANYA_FLOOD_PAUSE_S", "0"),
        ("TANYA_WORKER_CONCURRENCY", "banyak"),
        ("TANYA_SIMULATOR", "mungkin"),
    ],
)
def test_a_malformed_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Settings.from_environment({**BASE, name: value})
    assert caught.value.field == name
    assert name in str(caught.value)


def test_a_gateway_does_everything_unless_it_is_told_its_part() -> None:
    assert Settings.from_environment({"DATABASE_URL": "x"}).gateway_role == "all"
    given = {"DATABASE_URL": "x", "TANYA_GATEWAY_ROLE": "kasir"}
    with pytest.raises(InvalidInput) as caught:
        Settings.from_environment(given)
    assert caught.value.field == "TANYA_GATEWAY_ROLE"


def test_the_action_server_is_asked_where_rasa_asks_it() -> None:
    given = "http://a.example:5055/webhook, http://b.example:5055/webhook"
    away = Settings.from_environment({"DATABASE_URL": "x", "TANYA_ACTIONS_URL": given})
    assert away.actions_servers == ("http://a.example:5055", "http://b.example:5055")
    near = {"DATABASE_URL": "x", "TANYA_ACTIONS_PORT": "6055"}
    assert Settings.from_environment(near).actions_servers == ("http://127.0.0.1:6055",)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "8.8.8.8", "aksi.example"])  # noqa: S104
def test_the_action_server_never_listens_where_the_internet_reaches_it(host: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Settings.from_environment({"DATABASE_URL": "x", "TANYA_ACTIONS_HOST": host})
    assert caught.value.field == "TANYA_ACTIONS_HOST"
    near = Settings.from_environment({"DATABASE_URL": "x", "TANYA_ACTIONS_HOST": "10.1.2.3"})
    assert near.actions_host == "10.1.2.3"


def test_secrets_are_not_in_what_is_printed_of_the_settings() -> None:
    secrets = {
        "DATABASE_URL": "postgresql://u:rahasia0@x/y",
        "PERMIT_DATABASE_URL": "mariadb://u:rahasia1@x/y",
        "TANYA_RASA_SECRET": "rahasia2",
        "TANYA_ACTIONS_SECRET": "rahasia3",
        "TELEGRAM_TOKEN": "rahasia4",
        "TELEGRAM_WEBHOOK_SECRET": "rahasia5",
        "WHATSAPP_TOKEN": "rahasia6",
        "WHATSAPP_APP_SECRET": "rahasia7",
        "WHATSAPP_VERIFY_TOKEN": "rahasia8",
    }
    assert "rahasia" not in repr(Settings.from_environment(secrets))


def test_templates_are_set_for_each_kind_of_notice_with_their_language() -> None:
    env = {**BASE, "WHATSAPP_TEMPLATE_RETURNED": "berkas_kurang",
           "WHATSAPP_TEMPLATE_OVERDUE": "lewat_waktu:en_US"}  # fmt: skip
    templates = Settings.from_environment(env).whatsapp_templates
    assert templates == {
        NoticeKind.RETURNED: Template("berkas_kurang", "id"),
        NoticeKind.OVERDUE: Template("lewat_waktu", "en_US"),
    }


@pytest.mark.parametrize("raw", ["Nama Besar", "nama:bahasa", "nama:id:id", "a" * 513])
def test_a_malformed_template_names_its_variable(raw: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Settings.from_environment({**BASE, "WHATSAPP_TEMPLATE_STAGE": raw})
    assert caught.value.field == "WHATSAPP_TEMPLATE_STAGE"


@pytest.mark.parametrize(("raw", "expected"), [
    ("", QuietHours(time(20), time(7))), ("21.30-06.15", QuietHours(time(21, 30), time(6, 15))),
    ("22:00-05:00", QuietHours(time(22), time(5))), ("0", None), ("08.00-08.00", None),
])  # fmt: skip
def test_quiet_hours_are_a_span_of_the_day_or_none(raw: str, expected: QuietHours | None) -> None:
    env = {**BASE, "TANYA_QUIET_HOURS": raw}
    assert Settings.from_environment(env).quiet_hours == expected


@pytest.mark.parametrize("raw", ["malam", "20.00", "25.00-07.00", "20.00-07.00-08.00", "ya"])
def test_malformed_quiet_hours_are_refused(raw: str) -> None:
    with pytest.raises(InvalidInput):
        Settings.from_environment({**BASE, "TANYA_QUIET_HOURS": raw})


@pytest.mark.parametrize(
    "url", ["http://alarm.example/x", "alarm.example", "ftp://a.example", "https://"]
)
def test_alarms_are_told_over_https_or_on_this_machine_alone(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Settings.from_environment({"DATABASE_URL": "postgresql://x/y", "TANYA_ALARM_URL": url})
    assert caught.value.field == "TANYA_ALARM_URL"
    for fine in ("https://alarm.example/kait/rahasia", "http://127.0.0.1:9/x"):
        read = Settings.from_environment(
            {"DATABASE_URL": "postgresql://x/y", "TANYA_ALARM_URL": fine}
        )
        assert read.alarm_url == fine
        assert "rahasia" not in repr(read)
