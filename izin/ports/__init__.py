"""What the use cases need from the outside, as protocols.

All calls are synchronous and each writing call is one transaction of its own; processes
with an event loop call them in threads. ``turn_id``/``step`` are idempotency keys: the
same key twice changes nothing and gives the first result again. Implemented in
``izin.storage.postgres`` and ``izin.storage.memory``; the same contract tests run on both.
"""

from __future__ import annotations

from izin.ports.accounts import (
    Accounts,
    AccountSessions,
    Attempts,
    OneTimeCodes,
    PasswordHashes,
    Safe,
    SecondFactors,
)
from izin.ports.audit import AuditLog
from izin.ports.cases import Complaints, Drafts, Escalations, ProofLedger
from izin.ports.content import ContentRoom
from izin.ports.conversation_room import CannedReplies, ConversationRoom
from izin.ports.desk import Desk, DeskQueues, Presence
from izin.ports.following import Following, Notices
from izin.ports.integration import ApiKeys, PublicComplaints, Webhooks
from izin.ports.knowledge import Catalogue, Clock, FaqBook, OfficeBook, Registry
from izin.ports.learning import Hearing, Learning, Listening
from izin.ports.messages import Inbox, MediaStore, Outbox
from izin.ports.officers import Officers
from izin.ports.privacy import OwnData, PrivacyChoices, PrivacyDesk, PrivacyRequests
from izin.ports.satisfaction import Ratings, Surveys
from izin.ports.sealed import AnonymousMail, ComplaintDesk, MailRoom
from izin.ports.units import Units

__all__ = [
    "AccountSessions",
    "Accounts",
    "AnonymousMail",
    "ApiKeys",
    "Attempts",
    "AuditLog",
    "CannedReplies",
    "Catalogue",
    "Clock",
    "ComplaintDesk",
    "Complaints",
    "ContentRoom",
    "ConversationRoom",
    "Desk",
    "DeskQueues",
    "Drafts",
    "Escalations",
    "FaqBook",
    "Following",
    "Hearing",
    "Inbox",
    "Learning",
    "Listening",
    "MailRoom",
    "MediaStore",
    "Notices",
    "OfficeBook",
    "Officers",
    "OneTimeCodes",
    "Outbox",
    "OwnData",
    "PasswordHashes",
    "Presence",
    "PrivacyChoices",
    "PrivacyDesk",
    "PrivacyRequests",
    "ProofLedger",
    "PublicComplaints",
    "Ratings",
    "Registry",
    "Safe",
    "SecondFactors",
    "Surveys",
    "Units",
    "Webhooks",
]
