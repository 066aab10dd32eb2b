"""What the gateway needs from a channel, and which channels are switched on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from izin.conversations import ChatAddress, InboundMedia
from izin.rendering.shape import RenderedMessage, Renderer


class Sender(Protocol):
    """Sends to one platform. Raises the DeliveryFailed errors of ``izin.errors``."""

    async def send(self, address: ChatAddress, message: RenderedMessage) -> str:
        """Send one message and give the platform's id of it."""
        ...

    async def typing(self, address: ChatAddress, external_id: str) -> None:
        """Show the citizen that an answer is being prepared; never raises."""
        ...

    async def fetch_media(self, media: InboundMedia) -> tuple[bytes, str, str]:
        """Fetch a citizen's file: content, MIME type, file name."""
        ...


@dataclass(frozen=True, slots=True)
class Channels:
    """What each channel offers, by channel name.

    Attributes:
        renderers: Of every channel, switched on or not (the simulator shows both).
        senders: Of the channels that are switched on.
        private_links: Gives the address of a private chat with us, empty while unknown.
    """

    renderers: Mapping[str, Renderer]
    senders: Mapping[str, Sender]
    private_links: Mapping[str, Callable[[], str]] = field(default_factory=dict)

    def private_link(self, address: ChatAddress) -> str | None:
        """Give the address that leads from a group to a private chat, or None."""
        link = self.private_links.get(address.channel)
        return (link() or None) if link and address.namespace == "live" else None

    def sender(self, address: ChatAddress) -> Sender | None:
        """Give the sender for a live chat; a simulator chat never has one."""
        return self.senders.get(address.channel) if address.namespace == "live" else None
