"""One frozen settings object per process, built once from the environment.

Secrets have no default. Every other default is explained beside its value.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from ipaddress import ip_address
from urllib.parse import urlsplit

from izin.errors import InvalidInput
from izin.following import NoticeKind, QuietHours, Template
from izin.model_gate import Tolerance

LOOPBACK = "127.0.0.1"

GATEWAY_ROLES = ("all", "web", "worker")
EVENING_TO_MORNING = QuietHours(time(20), time(7))
_TEMPLATE = re.compile(r"(?P<name>[a-z0-9_]{1,512})(:(?P<language>[a-z]{2}(_[A-Z]{2})?))?")
"""Template names and language codes as Meta allows them."""


@dataclass(frozen=True)
class Settings:
    """What the processes read from the environment.

    Attributes:
        database_url: libpq URL of our own PostgreSQL (``postgresql://…``).
        permit_database_url: SQLAlchemy URL of the office's permit registry; empty means
            our own database holds the demo registry.
        rasa_processes: Where every Rasa process listens that answers citizens;
            ``TANYA_RASA_URL`` separated by commas. The gateway shares turns among them.
        rasa_secret: Sent to Rasa's input channel; required outside the demo.
        model_server_token: Asked of whoever fetches the published language model from the
            gateway; empty serves none.
        actions_secret: Required by the action server outside the demo.
        actions_host: Where the action server listens: loopback, or an address of a private
            network between machines of ours; never one the internet can reach.
        actions_port: Port of the action server.
        actions_servers: Where every action server listens that Rasa asks; ``TANYA_ACTIONS_URL``
            separated by commas, without ``/webhook``.
        gateway_role: What this gateway process does: ``all``, only the doors (``web``: webhooks,
            polling, simulator) or only the work (``worker``: turns, deliveries, due jobs).
        gateway_host: Where webhooks and health are served.
        gateway_port: Port of the gateway.
        gateway_proxies: How many proxies of ours stand before the gateway: so many entries at
            the end of X-Forwarded-For are believed; 0 believes none.
        metrics_port: Private port of the gateway's Prometheus metrics; 0 switches it off.
        worker_concurrency: Turns handled at once by one worker process.
        simulator: The simulator page and API are switched on.
        demo: Demo data and relaxed loopback secrets.
        public_url: Public https address for webhooks; empty means Telegram polling.
        telegram_token: Bot token; empty switches Telegram off.
        telegram_secret: Secret of Telegram's webhook header.
        telegram_api: Base address of the Bot API.
        telegram_per_second: Messages a second that the bot may send.
        whatsapp_token: Bearer token of the Cloud API; empty switches WhatsApp off.
        whatsapp_phone_id: Id of the business phone number.
        whatsapp_app_secret: Key of the webhook signature.
        whatsapp_verify_token: Word compared at the webhook's GET challenge.
        whatsapp_api: Base address of the Graph API with its version.
        whatsapp_per_second: Messages a second that the number may send.
        whatsapp_templates: Approved template of each kind of notice; a kind without one waits
            for the citizen's next message when the 24 h window is closed.
        quiet_hours: When notices wait for the morning, None for never.
        messages_per_minute: Messages of one citizen answered in a minute; 0 limits nothing.
        flood_pause_s: Seconds without a message after which a flood is over.
        merged_messages: Waiting texts of one citizen answered together at most; 1 merges none.
        abuse_per_hour: Abusive messages of one citizen answered within an hour.
        abuse_silence_min: Minutes of silence on pure abuse after that.
        var_folder: Folder of logs and models, looked at for room on its disk.
        backup_folder: Folder of backups, looked at for the same; empty looks at none.
        alarm_url: Told of alarms when no chat of an admin works; empty tells nobody else.
        media_folder: Where citizens' files are kept, readable by this process only.
        console_host: Where the console is served; a public address needs HTTPS in front of it.
        console_port: Port of the console.
        console_url: Public https address of the console; empty means plain loopback.
        console_proxies: How many proxies of ours stand before the console: so many entries at
            the end of X-Forwarded-For are believed; 0 believes none.
        console_key: Key of the second factors and of known browsers; kept apart from the
            database and its backups. Required by the console.
        single_editor: An office with one editor: whoever wrote a content version may approve it.
        content_age_days: Days after which facts told to citizens are to be checked again.
        audit_key: Key of the audit log's chain; kept apart from the database and its backups.
            Required by the console and the gateway.
        audit_months: Full months the audit log keeps, 12 at least.
        seal_key: Key of what may lead from an anonymous complaint to its chat; kept apart
            from the database and its backups. Required by the gateway and the action server.
    """

    database_url: str = field(repr=False)  # holds a password, as those below
    permit_database_url: str = field(default="", repr=False)
    rasa_processes: tuple[str, ...] = (f"http://{LOOPBACK}:5005",)
    rasa_secret: str = field(default="", repr=False)
    model_server_token: str = field(default="", repr=False)
    actions_secret: str = field(default="", repr=False)
    actions_host: str = LOOPBACK
    actions_port: int = 5055
    actions_servers: tuple[str, ...] = (f"http://{LOOPBACK}:5055",)
    gateway_role: str = "all"  # one process on one machine; a large office has several of each
    gateway_host: str = LOOPBACK
    gateway_port: int = 8080
    gateway_proxies: int = 0  # as console_proxies
    metrics_port: int = 9464
    worker_concurrency: int = 16  # turns mostly wait for Rasa; measured enough for 16 chats
    simulator: bool = False
    demo: bool = False
    public_url: str = ""
    telegram_token: str = field(default="", repr=False)
    telegram_secret: str = field(default="", repr=False)
    telegram_api: str = "https://api.telegram.org"
    telegram_per_second: int = 30  # the Bot API's limit; paid broadcasts raise it to 1000
    whatsapp_token: str = field(default="", repr=False)
    whatsapp_phone_id: str = ""
    whatsapp_app_secret: str = field(default="", repr=False)
    whatsapp_verify_token: str = field(default="", repr=False)
    whatsapp_api: str = "https://graph.facebook.com/v23.0"
    whatsapp_per_second: int = 80  # the Cloud API's limit; Meta raises it to 1000 for large senders
    whatsapp_templates: Mapping[NoticeKind, Template] = field(default_factory=dict)
    # News of a permit can wait for the morning; a phone that rings at night is switched off.
    quiet_hours: QuietHours | None = EVENING_TO_MORNING
    messages_per_minute: int = 30  # nobody types faster for a minute; a stuck phone does
    flood_pause_s: int = 60
    merged_messages: int = 10
    abuse_per_hour: int = 4  # each shorter than the one before; more would be quarrelling
    abuse_silence_min: int = 30
    var_folder: str = "var"
    backup_folder: str = ""
    alarm_url: str = field(default="", repr=False)  # such addresses hold a secret word
    media_folder: str = "var/media"
    console_host: str = LOOPBACK
    console_port: int = 8090
    console_url: str = ""
    console_proxies: int = 0  # whoever reaches the console itself could write the header
    console_key: str = field(default="", repr=False)
    single_editor: bool = False  # what a second person read holds fewer mistakes
    content_age_days: int = 180  # local rules and fees mostly change with the budget year
    audit_key: str = field(default="", repr=False)
    audit_months: int = 24  # a complaint and what was done about it stay two years after closing
    seal_key: str = field(default="", repr=False)

    @property
    def registry_connected(self) -> bool:
        """Say whether there is a permit registry to ask: the office's, or the demo's."""
        return bool(self.permit_database_url) or self.demo

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings.

        Raises:
            InvalidInput: DATABASE_URL is missing, or a number or switch is malformed;
                ``field`` names the variable.
        """
        env = os.environ if environment is None else environment
        if not env.get("DATABASE_URL"):
            raise InvalidInput("DATABASE_URL is not set", field="DATABASE_URL")
        actions_port = _port(env, "TANYA_ACTIONS_PORT", cls.actions_port)
        actions = [url.removesuffix("/webhook") for url in _addresses(env, "TANYA_ACTIONS_URL")]
        return cls(
            database_url=env["DATABASE_URL"],
            permit_database_url=env.get("PERMIT_DATABASE_URL", ""),
            rasa_processes=_addresses(env, "TANYA_RASA_URL") or cls.rasa_processes,
            rasa_secret=env.get("TANYA_RASA_SECRET", ""),
            model_server_token=env.get("TANYA_MODEL_SERVER_TOKEN", ""),
            actions_secret=env.get("TANYA_ACTIONS_SECRET", ""),
            actions_host=private_host(env, "TANYA_ACTIONS_HOST"),
            actions_port=actions_port,
            actions_servers=tuple(actions) or (f"http://{LOOPBACK}:{actions_port}",),
            gateway_role=_one_of(env, "TANYA_GATEWAY_ROLE", GATEWAY_ROLES),
            gateway_host=env.get("TANYA_GATEWAY_HOST", cls.gateway_host),
            gateway_port=_port(env, "TANYA_GATEWAY_PORT", cls.gateway_port),
            gateway_proxies=_count(env, "TANYA_GATEWAY_PROXIES", cls.gateway_proxies),
            metrics_port=_port(env, "TANYA_METRICS_PORT", cls.metrics_port),
            worker_concurrency=_number(env, "TANYA_WORKER_CONCURRENCY", cls.worker_concurrency),
            simulator=_switch(env, "TANYA_SIMULATOR"),
            demo=_switch(env, "TANYA_DEMO"),
            public_url=env.get("TANYA_PUBLIC_URL", "").rstrip("/"),
            telegram_token=env.get("TELEGRAM_TOKEN", "").strip(),
            telegram_secret=env.get("TELEGRAM_WEBHOOK_SECRET", ""),
            telegram_api=env.get("TELEGRAM_API", cls.telegram_api).rstrip("/"),
            telegram_per_second=_number(
                env, "TELEGRAM_MESSAGES_PER_SECOND", cls.telegram_per_second
            ),
            whatsapp_token=env.get("WHATSAPP_TOKEN", "").strip(),
            whatsapp_phone_id=env.get("WHATSAPP_PHONE_ID", "").strip(),
            whatsapp_app_secret=env.get("WHATSAPP_APP_SECRET", ""),
            whatsapp_verify_token=env.get("WHATSAPP_VERIFY_TOKEN", ""),
            whatsapp_api=env.get("WHATSAPP_API", cls.whatsapp_api).rstrip("/"),
            whatsapp_per_second=_number(
                env, "WHATSAPP_MESSAGES_PER_SECOND", cls.whatsapp_per_second
            ),
            whatsapp_templates=_templates(env),
            quiet_hours=_quiet_hours(env, cls.quiet_hours),
            messages_per_minute=_count(env, "TANYA_MESSAGES_PER_MINUTE", cls.messages_per_minute),
            flood_pause_s=_number(env, "TANYA_FLOOD_PAUSE_S", cls.flood_pause_s),
            merged_messages=_number(env, "TANYA_MERGED_MESSAGES", cls.merged_messages),
            abuse_per_hour=_number(env, "TANYA_ABUSE_PER_HOUR", cls.abuse_per_hour),
            abuse_silence_min=_number(env, "TANYA_ABUSE_SILENCE_MIN", cls.abuse_silence_min),
            var_folder=env.get("TANYA_VAR_FOLDER") or cls.var_folder,
            backup_folder=env.get("TANYA_BACKUP_FOLDER", ""),
            alarm_url=_alarm_url(env),
            media_folder=env.get("TANYA_MEDIA_FOLDER", cls.media_folder),
            console_host=env.get("TANYA_CONSOLE_HOST", cls.console_host),
            console_port=_port(env, "TANYA_CONSOLE_PORT", cls.console_port),
            console_url=env.get("TANYA_CONSOLE_URL", "").rstrip("/"),
            console_proxies=_count(env, "TANYA_CONSOLE_PROXIES", cls.console_proxies),
            console_key=env.get("TANYA_CONSOLE_KEY", ""),
            single_editor=_switch(env, "TANYA_SINGLE_EDITOR"),
            content_age_days=_number(env, "TANYA_CONTENT_AGE_DAYS", cls.content_age_days),
            audit_key=env.get("TANYA_AUDIT_KEY", ""),
            audit_months=audit_months(env),
            seal_key=env.get("TANYA_SEAL_KEY", ""),
        )


def audit_months(env: Mapping[str, str]) -> int:
    """Give the full months that the audit log keeps.

    Raises:
        InvalidInput: ``TANYA_AUDIT_MONTHS`` is no number, or less than a year.
    """
    months = _number(env, "TANYA_AUDIT_MONTHS", Settings.audit_months)
    if months < 12:
        raise InvalidInput("TANYA_AUDIT_MONTHS must be at least 12", field="TANYA_AUDIT_MONTHS")
    return months


def private_host(env: Mapping[str, str], name: str) -> str:
    """Give an address that only machines of ours can reach, loopback unless one is named.

    Rasa's API shows conversations, and an action server believes whatever it is sent.

    Raises:
        InvalidInput: It is no address, or one of the internet, or of every network at once.
    """
    host = env.get(name, "").strip() or LOOPBACK
    try:
        address = ip_address(host)
    except ValueError:
        raise InvalidInput(f"{name} must be an IP address", field=name) from None
    if not address.is_private or address.is_unspecified:
        raise InvalidInput(f"{name} must be an address of a private network", field=name)
    return host


def model_tolerance(environment: Mapping[str, str] | None = None) -> Tolerance:
    """Give how far a newly trained language model may fall below the published one.

    ``TANYA_MODEL_ACCURACY_TOLERANCE``, ``TANYA_MODEL_PERMIT_TOLERANCE`` and
    ``TANYA_MODEL_INTENT_TOLERANCE`` are percentage points; ``TANYA_MODEL_CASES_TOLERANCE``,
    ``TANYA_MODEL_JOURNEYS_TOLERANCE`` and ``TANYA_MODEL_FEES_TOLERANCE`` numbers. Defaults and
    their reasons: ``izin.model_gate.Tolerance``.

    Raises:
        InvalidInput: One is no whole number from 0 on.
    """
    env = os.environ if environment is None else environment
    usual = Tolerance()

    def points(name: str, default: float) -> float:
        return _count(env, name, round(default * 100)) / 100

    return Tolerance(
        accuracy=points("TANYA_MODEL_ACCURACY_TOLERANCE", usual.accuracy),
        permit_f1=points("TANYA_MODEL_PERMIT_TOLERANCE", usual.permit_f1),
        intent_f1=points("TANYA_MODEL_INTENT_TOLERANCE", usual.intent_f1),
        cases=_count(env, "TANYA_MODEL_CASES_TOLERANCE", usual.cases),
        journeys=_count(env, "TANYA_MODEL_JOURNEYS_TOLERANCE", usual.journeys),
        fees=_count(env, "TANYA_MODEL_FEES_TOLERANCE", usual.fees),
    )


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    raw = env.get(name, "")
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        value = 0
    if value < 1:
        raise InvalidInput(f"{name} must be a positive whole number", field=name)
    return value


def _count(env: Mapping[str, str], name: str, default: int) -> int:
    """Give a number that may also be 0, which switches off what it limits."""
    return 0 if env.get(name, "").strip() == "0" else _number(env, name, default)


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    raw = env.get(name, "")
    if not raw:
        return default
    if not (raw.isascii() and raw.isdigit()) or int(raw) > 65535:
        raise InvalidInput(f"{name} must be a port number", field=name)
    return int(raw)


def _alarm_url(env: Mapping[str, str]) -> str:
    """Give where alarms are told, https or on this machine: they say what is weak now."""
    url = env.get("TANYA_ALARM_URL", "").strip()
    place = urlsplit(url)
    here = place.scheme == "http" and place.hostname in (LOOPBACK, "localhost")
    if url and not (place.hostname and (place.scheme == "https" or here)):
        raise InvalidInput("TANYA_ALARM_URL must begin with https://", field="TANYA_ALARM_URL")
    return url


def _addresses(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Give the addresses that are separated by commas."""
    given = (url.strip().rstrip("/") for url in env.get(name, "").split(","))
    return tuple(url for url in given if url)


def _one_of(env: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    """Give the value, or the first of those allowed when nothing is set."""
    value = env.get(name, "").strip() or allowed[0]
    if value not in allowed:
        raise InvalidInput(f"{name} must be one of {', '.join(allowed)}", field=name)
    return value


def _templates(env: Mapping[str, str]) -> dict[NoticeKind, Template]:
    """Give the templates that ``WHATSAPP_TEMPLATE_<KIND>=name`` or ``=name:language`` set."""
    found = {}
    for kind in NoticeKind:
        variable = f"WHATSAPP_TEMPLATE_{kind.name}"
        raw = env.get(variable, "").strip()
        if not raw:
            continue
        match = _TEMPLATE.fullmatch(raw)
        if match is None:
            raise InvalidInput(f"{variable} must be name or name:language", field=variable)
        found[kind] = Template(match["name"], match["language"] or "id")
    return found


def _quiet_hours(env: Mapping[str, str], default: QuietHours | None) -> QuietHours | None:
    """Give the span written ``20.00-07.00``; ``0`` switches quiet hours off."""
    raw = env.get("TANYA_QUIET_HOURS", "").strip()
    if not raw:
        return default
    if raw == "0":
        return None
    try:
        start, end = (time.fromisoformat(part.replace(".", ":")) for part in raw.split("-"))
    except ValueError:
        raise InvalidInput(
            "TANYA_QUIET_HOURS must look like 20.00-07.00, or be 0", field="TANYA_QUIET_HOURS"
        ) from None
    return QuietHours(start, end) if start != end else None


def _switch(env: Mapping[str, str], name: str) -> bool:
    raw = env.get(name, "").strip().lower()
    if raw in ("", "0", "no", "off", "tidak"):
        return False
    if raw in ("1", "yes", "on", "ya"):
        return True
    raise InvalidInput(f"{name} must be 1 or 0", field=name)
