"""Stores a new subscription with what its citizen has just been told."""

from __future__ import annotations

from dataclasses import dataclass

from izin.answers.status_view import StatusView
from izin.applications import Application
from izin.following import Subscription, snapshot_of
from izin.ports import Following
from izin.usecases.check_status import CheckStatus
from izin.usecases.dialogue import TurnInput


@dataclass(frozen=True, slots=True)
class BeginFollowing:
    """Begins subscriptions of a proven application."""

    status: CheckStatus
    following: Following

    def follow(self, turn: TurnInput, application: Application, full: bool) -> str:
        """Begin to follow and give the sentence that says so."""
        number, say = application.number, self.status.wording.say
        if not has_future(application, full=full):
            return say("following.nothing_to_come", number=number)
        office = self.status.office
        view = StatusView(
            application=application,
            permit=self.status.catalogue.permit(application.permit_code),
            status_label="",
            full=full,
            now=turn.now,
            zone=office.office().zone,
        )
        subscription = Subscription(
            conversation_id=turn.conversation_id,
            number=number,
            permit_code=application.permit_code,
            proof="phone" if full else "digits",
            snapshot=snapshot_of(application, view.account(office.calendar()), view.today),
            since=turn.now,
            changed_at=application.changed_at,
        )
        if not self.following.follow(subscription, turn.turn_id):
            return say("following.already", number=number)
        return say("following.begun" if full else "following.begun_limited", number=number)


def has_future(application: Application, *, full: bool) -> bool:
    """Say whether there can be news: until decided, and of a permit's end to its holder."""
    issued = application.issued
    return application.status.is_open or (
        full and issued is not None and issued.valid_until is not None
    )
