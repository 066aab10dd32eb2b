"""Training examples, regression cases, and the messages they are made from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from izin.learning import (
    Cluster,
    Decision,
    HeardTurn,
    RegressionCase,
    TrainingExample,
    Unrecognised,
)


class Learning(Protocol):
    """What editors taught, and what is waiting to be taught."""

    def examples(self) -> Sequence[TrainingExample]:
        """Give the active examples in the order they were added; a training takes these."""
        ...

    def cases(self) -> Sequence[RegressionCase]:
        """Give the active regression cases in the order they were added."""
        ...

    def revision(self) -> int:
        """Give a number that changes whenever an example or case does."""
        ...

    def list_examples(
        self,
        *,
        intent: str = "",
        words: str = "",
        active: bool | None = None,
        after: int = 0,
        limit: int = 50,
    ) -> Sequence[TrainingExample]:
        """Give examples, newest first, ``after`` so many; ``words`` must stand in them."""
        ...

    def list_cases(
        self,
        *,
        intent: str = "",
        words: str = "",
        active: bool | None = None,
        after: int = 0,
        limit: int = 50,
    ) -> Sequence[RegressionCase]:
        """Give regression cases, newest first, ``after`` so many."""
        ...

    def add_example(self, example: TrainingExample, decision: str | None = None) -> bool:
        """Add one; False when the intent has an equal sentence already, which is active then."""
        ...

    def add_case(self, case: RegressionCase, decision: str | None = None) -> bool:
        """Add one; an equal sentence keeps one case, which now expects this."""
        ...

    def switch_example(self, example_id: str, active: bool) -> TrainingExample:
        """Switch one on or off (NotFound if there is none)."""
        ...

    def switch_case(self, case_id: str, active: bool) -> RegressionCase:
        """Switch one on or off (NotFound if there is none)."""
        ...

    def note_trained(self, example_ids: Sequence[str], now: datetime) -> None:
        """Remember that a training took these: decisions they come from can stay."""
        ...


class Hearing(Protocol):
    """The turns that are looked at for what was not understood well."""

    def heard(self, limit: int, until: datetime) -> Sequence[HeardTurn]:
        """Give the next turns not yet looked at, received by ``until``, oldest first."""
        ...

    def keep(self, found: Sequence[Unrecognised], looked_at: Sequence[HeardTurn]) -> int:
        """Keep these messages and remember how far was looked; gives how many are new.

        What equals a message that was decided before is decided alike. A turn that is gone, or
        is to be sealed, leaves nothing.
        """
        ...

    def leaders(self) -> Sequence[tuple[str, str]]:
        """Give every cluster's id and most central message, decided ones too."""
        ...

    def members(self, clusters: Sequence[str], most: int) -> Sequence[tuple[str, str, str]]:
        """Give (cluster, id, text) of up to ``most`` messages of each of these clusters."""
        ...

    def set_centralities(self, values: Sequence[tuple[str, float]]) -> None:
        """Remember how much messages, by id, are like the others of their clusters."""
        ...

    def forget(self, before: datetime) -> int:
        """Forget what was said before; gives how many."""
        ...


class Listening(Protocol):
    """The messages that were not understood well, and what was decided on them."""

    def open_messages(self, cluster: str | None = None) -> Sequence[Unrecognised]:
        """Give the messages nobody decided on, of a cluster or of all, most central first."""
        ...

    def samples(self, clusters: Sequence[str], most: int) -> Sequence[Unrecognised]:
        """Give up to ``most`` different open messages of each cluster, most central first."""
        ...

    def clusters(
        self, *, after: int = 0, limit: int = 50, only: str | None = None
    ) -> Sequence[Cluster]:
        """Give the clusters of open messages, those of most citizens first, or ``only`` one."""
        ...

    def open_counts(self) -> tuple[int, int]:
        """Give how many messages and clusters are open."""
        ...

    def settle(self, decision: Decision, message_ids: Sequence[str], once: str) -> str:
        """Remember a decision on these messages, once per ``once``; gives its id.

        Raises:
            Conflict: None of the messages is open any more.
        """
        ...

    def decisions(self, limit: int = 20) -> Sequence[Decision]:
        """Give the latest decisions, newest first."""
        ...

    def decision(self, decision_id: str) -> Decision:
        """Give one (NotFound if there is none)."""
        ...

    def undo(self, decision_id: str, now: datetime) -> Decision:
        """Take a decision back: its examples and cases go, its messages are open again.

        Raises:
            Conflict: A training has taken one of its examples, or it was undone already.
            NotFound: There is none.
        """
        ...
