"""What the pages on learning work with, and what they show of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.editing.learning_index import LearningIndex, Suggestion, Twin, intents_known
from console.house import House
from izin.accounts import Account
from izin.errors import InvalidInput, NotFound
from izin.learning import (
    FAQ_INTENT,
    IGNORED,
    OUT_OF_SCOPE,
    PLACEHOLDER,
    Cluster,
    Decision,
    Meaning,
    Unrecognised,
    checked_meaning,
)
from izin.ports import FaqBook, Learning, Listening
from izin.usecases.teach_meaning import TeachMeaning

SAMPLES = 8
"""Different messages of a cluster that one key press teaches."""

OUT, IGNORE = "luar", "abai"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button that says what messages mean."""

    value: str
    name: str
    about: str
    faq: bool


@dataclass(frozen=True, slots=True)
class ClusterLine:
    """A cluster on the list: its messages, what they may mean, the sentences it would teach."""

    cluster: Cluster
    messages: Sequence[Unrecognised]
    choices: Sequence[Choice]
    texts: str


@dataclass(frozen=True, slots=True)
class LearningDesk:
    """The ports and words of the pages on learning."""

    house: House
    learning: Learning
    listening: Listening
    index: LearningIndex
    teach: TeachMeaning
    intents: tuple[str, ...]

    @classmethod
    def over(
        cls, house: House, learning: Learning, listening: Listening, faq: FaqBook
    ) -> LearningDesk:
        """Join it."""
        teach = TeachMeaning(learning, listening, house.content, house.edit_content, house.clock)
        index = LearningIndex(learning, faq)
        return cls(house, learning, listening, index, teach, intents_known())

    def name(self, intent: str) -> str:
        """Give an intent's name for people."""
        key = f"learning.intent.{intent}"
        return self.house.wording.say(key) if self.house.wording.has(key) else intent

    def about(self, intent: str) -> str:
        """Give what an intent is about."""
        key = f"learning.about.{intent}"
        return self.house.wording.say(key) if self.house.wording.has(key) else ""

    def intent_options(self) -> list[tuple[str, str]]:
        """Give (code, name) of every intent, for a form."""
        return [(intent, self.name(intent)) for intent in self.intents]

    def permit_options(self) -> list[tuple[str, str]]:
        """Give (code, name) of every permit, for a form."""
        return [(permit.code, permit.short_name) for permit in self.house.catalogue.permits()]

    def lines(self, clusters: Sequence[Cluster]) -> list[ClusterLine]:
        """Give clusters with their messages and what they may mean."""
        members: dict[str, list[Unrecognised]] = {}
        for message in self.listening.samples([item.id for item in clusters], SAMPLES):
            members.setdefault(message.cluster, []).append(message)
        return [self._line(item, members.get(item.id, [])) for item in clusters]

    def _line(self, cluster: Cluster, messages: Sequence[Unrecognised]) -> ClusterLine:
        found = self.index.suggest(cluster.text, cluster.intent)
        clean = [item.text for item in messages if not PLACEHOLDER.search(item.text)]
        texts = clean or [cluster.text]
        return ClusterLine(cluster, messages, self.choices(found), "\n".join(texts))

    def choices(self, found: Sequence[Suggestion]) -> list[Choice]:
        """Give suggestions as buttons."""
        return [
            Choice(item.value, item.faq.question, "", True)
            if item.faq
            else Choice(item.value, self.name(item.intent), self.about(item.intent), False)
            for item in found
        ]

    def searched(self, words: str) -> list[Choice]:
        """Give the intents and FAQ entries that words point to."""
        named = {intent: f"{self.name(intent)} {self.about(intent)}" for intent in self.intents}
        return self.choices(self.index.search(words, lambda intent: named[intent]))

    def meaning(self, chosen: str, permit: str) -> Meaning:
        """Give what a button says messages mean.

        Raises:
            InvalidInput: It is none of ours; ``field`` is ``choice``.
        """
        kind, _, code = chosen.partition(":")
        if kind == IGNORE:
            return IGNORED
        meaning = {
            OUT: Meaning(OUT_OF_SCOPE),
            "intent": Meaning(code, permit or None),
            "faq": Meaning(FAQ_INTENT, permit or None, code),
        }.get(kind)
        if meaning is None:
            raise InvalidInput("no such meaning", field="choice")
        known = {code} if meaning.faq and self.index.entry(code) else set()
        permits = {code for code, _ in self.permit_options()}
        try:
            return checked_meaning(meaning, self.intents, permits, known)
        except InvalidInput as error:
            raise InvalidInput(str(error), field="choice") from error

    def settle(
        self, cluster_id: str, meaning: Meaning, texts: str, picked: Sequence[str],
        account: Account, once: str,
    ) -> None:  # fmt: skip
        """Decide what a cluster's messages mean, or those ``picked``.

        Raises:
            Conflict: Somebody else decided on them meanwhile.
            InvalidInput: A sentence cannot be an example.
        """
        members = {item.id for item in self.listening.open_messages(cluster_id)}
        ids = [item for item in picked if item in members] or sorted(members)
        with self.house.one_commit():
            decision = self.teach.settle(ids, meaning, [texts], account, once)
            if decision is not None:
                self.house.record(
                    account, "belajar.putuskan", "keputusan", decision.id,
                    maksud=meaning.intent, tanya_jawab=meaning.faq or "", pesan=decision.messages,
                )  # fmt: skip

    def twins(self, texts: Sequence[str], meaning: Meaning) -> list[Twin]:
        """Give the sentences that mean something else so far."""
        lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
        return [] if meaning.ignores else self.index.twins(lines, meaning.intent)

    def meaning_words(self, meaning: Meaning) -> str:
        """Give a meaning for people."""
        if meaning.ignores:
            return self.house.wording.say("learning.ignored")
        entry = self.index.entry(meaning.faq) if meaning.faq else None
        return entry.question if entry else self.name(meaning.intent)

    def people(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Give the names of accounts by id."""
        names: dict[str, str] = {}
        for account_id in set(ids):
            try:
                names[account_id] = self.house.accounts.account(account_id).name
            except NotFound:
                names[account_id] = self.house.wording.say("learning.gone")
        return names

    def latest(self) -> Decision | None:
        """Give the latest decision that can still be taken back, or None."""
        return next(
            (
                item
                for item in self.listening.decisions(10)
                if item.undone_at is None and not item.trained
            ),
            None,
        )
