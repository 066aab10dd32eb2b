"""What stands beside a complaint on the officer's page: who sent it, and its files."""

from __future__ import annotations

from dataclasses import dataclass

from izin.conversations import ChannelName

OCTETS = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Complainant:
    """The chat an ordinary or confidential complaint came from.

    Attributes:
        channel: Where answers go.
        phone: The proven phone, ``+62…``, or None.
        simulated: The complaint comes from the simulator.
    """

    channel: ChannelName
    phone: str | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file of a complaint, without its content."""

    id: str
    mime_type: str = OCTETS
    size_bytes: int = 0
