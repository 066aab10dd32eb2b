"""The use cases of a citizen's own data, over memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from izin.conversations import ChatAddress, Conversation
from izin.storage.memory.complaints import MemoryComplaints
from izin.storage.memory.conversations import ConversationData
from izin.storage.memory.media import MemoryMediaStore
from izin.storage.memory.privacy import (
    MemoryOwnData,
    MemoryPrivacyChoices,
    MemoryPrivacyRequests,
)
from izin.storage.memory.proof import MemoryProofLedger
from izin.usecases.copy_own_data import CopyOwnData
from izin.usecases.handle_privacy import HandlePrivacy
from izin.usecases.manage_own_data import ManageOwnData
from izin.usecases.privacy_requests import RightsDesk

HERE = "conversation-1"


@dataclass(frozen=True)
class OwnDataHouse:
    """The use cases and what they write into."""

    data: ConversationData
    requests: MemoryPrivacyRequests
    choices: MemoryPrivacyChoices
    complaints: MemoryComplaints
    media: MemoryMediaStore
    ledger: MemoryProofLedger
    privacy: HandlePrivacy
    dialogue: ManageOwnData


def own_data_house(office: Any, drafts: Any, escalations: Any, wording: Any) -> OwnDataHouse:
    """Give the use cases over an empty chat with the id ``HERE``."""
    data = ConversationData()
    data.conversations[HERE] = Conversation(HERE, ChatAddress("telegram", "1"))
    requests, choices = MemoryPrivacyRequests(data), MemoryPrivacyChoices()
    complaints, media, ledger = MemoryComplaints(data), MemoryMediaStore(data), MemoryProofLedger()
    desk = RightsDesk(requests, MemoryOwnData(data), choices, complaints, escalations)
    dialogue = ManageOwnData(desk, office, drafts, ledger, wording)
    copies = CopyOwnData(desk, media, office, wording)
    privacy = HandlePrivacy(desk, copies, dialogue, office, wording)
    return OwnDataHouse(data, requests, choices, complaints, media, ledger, privacy, dialogue)
