"""What every room of the console works with, joined once in ``console.main``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.editing.tryout_sandbox import SharedSandbox
from console.health_view import HealthView
from console.pages import Pages
from console.programs import Programs
from console.signing import Signing
from izin.accounts import Account
from izin.audit import AuditEntry
from izin.ports import (
    Accounts,
    AccountSessions,
    ApiKeys,
    AuditLog,
    CannedReplies,
    Catalogue,
    ComplaintDesk,
    ContentRoom,
    ConversationRoom,
    Desk,
    DeskQueues,
    MediaStore,
    Notices,
    OfficeBook,
    Officers,
    Presence,
    PrivacyDesk,
    PublicComplaints,
    Registry,
    Units,
    Webhooks,
)
from izin.ports.case_file import CaseFile
from izin.ports.complaint_export import ComplaintExport
from izin.ports.complaint_work import ComplaintWork
from izin.ports.journeys import SavedJourneys
from izin.settings import Settings
from izin.usecases.edit_content import EditContent
from izin.usecases.enter_console import EnterConsole
from izin.usecases.manage_accounts import ManageAccounts
from izin.usecases.report_figures import ReportFigures
from izin.usecases.work_complaint import WorkComplaint
from izin.wording import Wording


@dataclass(frozen=True, slots=True)
class House:
    """Ports, wording and pages of one console process.

    Attributes:
        settings: From the environment.
        clock: Gives the aware present moment.
        one_commit: ``with house.one_commit():`` makes all port calls within one transaction.
        health: How the house stands, for its page and every page's frame.
        signing: Sessions in cookies.
        enter: Looks at passwords and codes, and counts attempts.
        manage_accounts: Everything that is done to accounts.
        desk: Who may see which conversation, and who looks at it.
        presence: Open pages, and who serves.
        desk_queues: The inbox's queues and search.
        room: One conversation: history, notes, later messages.
        canned: Replies kept ready.
        content: Items of content and their versions.
        edit_content: Every step an editor takes with them.
        notices: Messages nobody asked for, here the approved templates.
        registry: The office's permit database.
        complaint_steps: What officers do to complaints.
        media_folder: Where files lie; read through ``media`` or a port that checks who asks.
        public_complaints: Ordinary complaints as anybody may see them.
        derived: Gives secret bytes for a purpose, from the audit key.
        programs: Long work in processes of its own, that dies with the console.
        journeys: Tried conversations kept as tests.
        sandbox: Where drafts are tried; off until somebody does.
    """

    settings: Settings
    wording: Wording
    pages: Pages
    health: HealthView
    clock: Callable[[], datetime]
    one_commit: Callable[[], AbstractContextManager[None]]
    accounts: Accounts
    sessions: AccountSessions
    signing: Signing
    enter: EnterConsole
    manage_accounts: ManageAccounts
    units: Units
    audit: AuditLog
    officers: Officers
    desk: Desk
    presence: Presence
    desk_queues: DeskQueues
    room: ConversationRoom
    canned: CannedReplies
    content: ContentRoom
    edit_content: EditContent
    notices: Notices
    registry: Registry
    catalogue: Catalogue
    figures: ReportFigures
    office: OfficeBook
    complaint_desk: ComplaintDesk
    complaint_work: ComplaintWork
    complaint_steps: WorkComplaint
    case_file: CaseFile
    complaint_export: ComplaintExport
    privacy_desk: PrivacyDesk
    media: MediaStore
    media_folder: Path
    api_keys: ApiKeys
    webhooks: Webhooks
    public_complaints: PublicComplaints
    derived: Callable[[str], bytes]
    programs: Programs
    journeys: SavedJourneys
    sandbox: SharedSandbox

    def record(
        self,
        account: Account,
        action: str,
        subject_kind: str,
        subject: str,
        **details: str | int | bool,
    ) -> None:
        """Write into the audit log what an account does now; ids and codes only."""
        self.audit.record(
            AuditEntry(self.clock(), account.id, action, subject_kind, subject, details)
        )
