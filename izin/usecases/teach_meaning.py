"""Makes messages, or an editor's own sentences, into training examples and regression cases."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from izin.accounts import Account
from izin.content import FAQ, ItemName, StoredItem, VersionState
from izin.errors import InvalidInput
from izin.learning import (
    Decision,
    Meaning,
    RegressionCase,
    Source,
    TrainingExample,
    checked_text,
    text_key,
)
from izin.ports import ContentRoom, Learning, Listening
from izin.usecases.edit_content import EditContent

MOST_TEXTS = 500


@dataclass(frozen=True, slots=True)
class TeachMeaning:
    """What an editor decides on messages; the caller puts its audit entry into the same commit."""

    learning: Learning
    listening: Listening
    room: ContentRoom
    edit: EditContent
    clock: Callable[[], datetime]

    def settle(
        self, message_ids: Sequence[str], meaning: Meaning, texts: Sequence[str],
        account: Account, once: str,
    ) -> Decision | None:  # fmt: skip
        """Decide what messages mean; ``texts`` become examples and cases.

        Gives None when the same form was sent before.

        Raises:
            Conflict: Somebody else decided on all of them meanwhile.
            InvalidInput: A text cannot be an example, see ``checked_text``.
        """
        sentences = () if meaning.ignores else sentences_of(texts)
        decision = Decision(
            str(uuid.uuid4()), meaning, account.id, self.clock(), sentences, len(message_ids),
            self._into_faq(meaning, sentences, account),
        )  # fmt: skip
        stored = self.listening.settle(decision, message_ids, f"{account.id}:{once}")
        if stored != decision.id:
            return None
        self._add(meaning, sentences, account, Source.MESSAGE, decision.id)
        return self.listening.decision(stored)

    def add(
        self, meaning: Meaning, texts: Sequence[str], account: Account, *, cases: bool,
        examples: bool = True,
    ) -> int:  # fmt: skip
        """Add an editor's own sentences; gives how many were new.

        Raises:
            InvalidInput: A text cannot be an example.
        """
        sentences = sentences_of(texts)
        source = Source.BY_HAND if len(sentences) == 1 else Source.PASTED
        self._into_faq(meaning, sentences if examples else (), account)
        return self._add(meaning, sentences, account, source, None, cases, examples)

    def waits_for_answer(self, decision: Decision) -> bool:
        """Say whether sentences did not reach their FAQ entry, as its open version is no draft."""
        if decision.meaning.faq is None or decision.faq_version:
            return False
        item = self.room.item(ItemName(FAQ, decision.meaning.faq))
        opened = item.open_version
        if opened is None or opened.state is VersionState.DRAFT:
            return False
        return _with_variants(opened.document, decision.texts) is not None

    def undo(self, decision_id: str, account: Account) -> Decision:
        """Take a decision back, as long as no training has taken its examples.

        Raises:
            Conflict: One has, or it was taken back already.
            NotFound: There is none.
        """
        decision = self.listening.undo(decision_id, self.clock())
        if decision.faq_version:
            version = self.room.version(decision.faq_version)
            if version.state is VersionState.DRAFT:
                dropped = {text_key(text) for text in decision.texts}
                kept = [
                    text for text in version.document["variants"] if text_key(text) not in dropped
                ]
                self.edit.save(
                    version.id, version.edits, {**version.document, "variants": kept},
                    version.live, account,
                )  # fmt: skip
        return decision

    def _add(
        self, meaning: Meaning, sentences: Sequence[str], account: Account, source: Source,
        decision: str | None, cases: bool = True, examples: bool = True,
    ) -> int:  # fmt: skip
        now, new = self.clock(), 0
        for text in sentences:
            added = False
            if examples:
                example = TrainingExample(
                    str(uuid.uuid4()), text, meaning.intent, account.id, now, meaning.permit,
                    source=source,
                )  # fmt: skip
                added = self.learning.add_example(example, decision)
            if cases:
                case = RegressionCase(
                    str(uuid.uuid4()), text, meaning.intent, meaning.permit, meaning.faq,
                    account.id, now, source=source,
                )  # fmt: skip
                added = self.learning.add_case(case, decision) or added
            new += added
        return new

    def _into_faq(self, meaning: Meaning, sentences: Sequence[str], account: Account) -> str | None:
        """Put sentences among an entry's example questions, as a draft; gives the version's id.

        A version that waits for its review stays as it is: the model learns the sentences, and
        the editor can add them to the entry later.
        """
        if meaning.faq is None or not sentences:
            return None
        name = ItemName(FAQ, meaning.faq)
        item = self.room.item(name)
        opened = item.open_version
        if opened is not None and opened.state is not VersionState.DRAFT:
            return None
        document = _with_variants(_document(item), sentences)
        if document is None:
            return None
        if opened is not None:
            live = opened.live
            return self.edit.save(opened.id, opened.edits, document, live, account).id
        return self.edit.begin(name, document, item.live, account).id


def sentences_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Give the sentences of lines, each once, as they may become examples.

    Raises:
        InvalidInput: There is none (field ``text``), or one cannot be an example.
    """
    lines = [line for text in texts for line in text.splitlines() if line.strip()]
    if not lines or len(lines) > MOST_TEXTS:
        raise InvalidInput(f"1 to {MOST_TEXTS} sentences", field="text")
    return tuple({text_key(line): checked_text(line) for line in lines}.values())


def _document(item: StoredItem) -> Mapping[str, Any]:
    document: Mapping[str, Any] = item.open_version.document if item.open_version else item.document
    return document


def _with_variants(document: Mapping[str, Any], sentences: Sequence[str]) -> dict[str, Any] | None:
    known = {text_key(text) for text in (document["question"], *document["variants"])}
    new = [text for text in sentences if text_key(text) not in known]
    return {**document, "variants": [*document["variants"], *new]} if new else None
