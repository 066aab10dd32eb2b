"""What was measured of the house, before any rule looks at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from izin.health import Sign

Answer = Literal["ok", "refused", "unreachable"]


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """How messages go over one channel.

    Attributes:
        given_up: Messages of the last hour that the platform did not take, not because of the
            citizen.
        retried: Messages that wait after several tries.
        accepted: Messages of the last quarter of an hour that the platform took.
        refused: Webhook calls of the last quarter of an hour with a wrong secret or signature.
        received: Messages that came in within the last quarter of an hour.
    """

    given_up: int = 0
    retried: int = 0
    accepted: int = 0
    refused: int = 0
    received: int = 0


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """The backups that are known of.

    Attributes:
        last_good: End of the newest one that worked.
        failed: Beginning of the newest one if it failed; None if it worked or none was made.
        since: Since when backups could have been made: the database's first migration.
    """

    last_good: datetime | None = None
    failed: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Understanding:
    """How many messages were looked at by the model, and how many it did not understand."""

    judged: int = 0
    lost: int = 0

    @property
    def share(self) -> float:
        """Give the share not understood, 0 when there was nothing."""
        return self.lost / self.judged if self.judged else 0.0


@dataclass(frozen=True, slots=True)
class HouseFacts:
    """What our own database tells.

    Attributes:
        oldest_turn_s: Age of the oldest message that waits for its answer.
        oldest_delivery_s: Age of the oldest answer that is due and waits for delivery.
        longest_turn_s: How long the longest of the turns now worked on has taken.
        worker_silent_s: Time since any worker gave a sign of life; None if there never was one.
        channels: By channel.
        recent: Understanding in the last hours.
        usual: Understanding in the last weeks.
        signs: Of all processes.
        published: Id that Rasa has for the published language model; "" for none.
    """

    oldest_turn_s: float = 0.0
    oldest_delivery_s: float = 0.0
    longest_turn_s: float = 0.0
    worker_silent_s: float | None = 0.0
    channels: Mapping[str, ChannelFacts] = field(default_factory=dict)
    backup: BackupFacts = BackupFacts()
    recent: Understanding = Understanding()
    usual: Understanding = Understanding()
    signs: Sequence[Sign] = ()
    published: str = ""


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """What a platform says when it is asked about our bot or number.

    Attributes:
        webhook: Where it sends messages: ``ours``, ``other``, ``none`` or ``unknown``.
        pending: Messages that wait at the platform.
        error_at: When it last failed to reach our webhook.
        error_status: HTTP status it then got, 0 if it got none.
        error_tls: It did not trust our certificate.
    """

    answer: Answer
    webhook: Literal["ours", "other", "none", "unknown"] = "unknown"
    pending: int = 0
    error_at: datetime | None = None
    error_status: int = 0
    error_tls: bool = False


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate in front of a public address.

    Attributes:
        host: Name it was asked of.
        until: Last moment it is valid; None when it could not be read.
        trusted: Browsers and platforms take it.
        reached: Anything answered with TLS there.
    """

    host: str
    until: datetime | None = None
    trusted: bool = True
    reached: bool = True


@dataclass(frozen=True, slots=True)
class RasaFacts:
    """One Rasa process: ``model_id`` is None when it does not answer."""

    name: str
    model_id: str | None


@dataclass(frozen=True, slots=True)
class OutsideFacts:
    """What the parts beside the database say.

    Attributes:
        platforms: By channel; only those switched on.
        polled: Telegram is polled, so it needs no webhook.
        actions: The action server answers.
        registry: The permit registry answers; None when nobody could say.
        registry_connected: The office has connected one.
    """

    platforms: Mapping[str, PlatformFacts] = field(default_factory=dict)
    polled: bool = True
    rasa: Sequence[RasaFacts] = ()
    actions: bool | None = None
    registry: bool | None = None
    registry_connected: bool = True
    certificates: Sequence[Certificate] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was measured in one round.

    Attributes:
        house: None when our own database does not answer.
        outside: What else was asked.
        production: Backups are expected: this is no demo.
    """

    house: HouseFacts | None
    outside: OutsideFacts = OutsideFacts()
    production: bool = True
