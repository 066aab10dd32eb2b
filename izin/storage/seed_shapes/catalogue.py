"""The shapes of the other files of ``data/catalog`` and of ``data/faq``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from izin.activities import Activity, ActivityAnswer, ActivityQuestion
from izin.complaints import ComplaintCategory, ComplaintClass
from izin.faq import FaqEntry
from izin.permits import AmbiguousTerm, LegacyName
from izin.storage.seed_shapes.shape import Day, Key, Shape, Text


class AmbiguousTermShape(Shape):
    """A name that means several permits."""

    term: Text
    codes: list[Text]
    ask: Text
    published: bool = True

    def noun(self) -> AmbiguousTerm:
        """Give the term."""
        return AmbiguousTerm(self.term, tuple(self.codes), self.ask)


class AmbiguousTermsFile(Shape):
    """``data/catalog/ambiguous_terms.yml``."""

    compiled: Day
    terms: list[AmbiguousTermShape]


class LegacyNameShape(Shape):
    """An old name; ``code`` is null when it was abolished."""

    old: Text
    now: Text
    code: Text | None
    since: Text | None = None
    note: Text | None = None
    inferred: bool = False
    published: bool = True


class LegacyNamesFile(Shape):
    """``data/catalog/legacy_names.yml``."""

    compiled: Day
    names: list[LegacyNameShape]

    def nouns(self) -> tuple[LegacyName, ...]:
        """Give the old names in file order."""
        return tuple(LegacyName(**item.model_dump(exclude={"published"})) for item in self.names)


class FeeTablesFile(Shape):
    """``data/catalog/fee_tables.yml``; each table keeps the keys its calculator reads."""

    compiled: Day
    tables: dict[str, dict[str, Any]]


class StatusShape(Shape):
    """One status of the common vocabulary."""

    code: Text
    label: Text
    sla_clock: bool
    applicant_action: bool
    published: bool = True


class StatusesFile(Shape):
    """``data/catalog/statuses.yml``."""

    compiled: Day
    statuses: list[StatusShape]


class MetaFile(Shape):
    """``data/catalog/meta.yml``: what the catalogue is, and the order of its permits."""

    title: Text
    version: int
    compiled: Day
    reviewed: Day
    review_note: Text
    language: Text
    example_set: Text
    conventions: dict[str, Text]
    order: list[Text]
    sla_rules: list[Text]
    roles: list[dict[str, Text]]
    systems: list[dict[str, Any]]


class ActivityPermitShape(Shape):
    """A permit an activity needs, and one line of why."""

    code: Text
    why: Text


class ActivityAnswerShape(Shape):
    """One answer to a question about an activity."""

    key: Key
    label: Annotated[Text, Field(max_length=20)]
    words: list[Text] = []
    up_to: float | None = None
    add: list[ActivityPermitShape] = []
    drop: list[Text] = []
    say: Text | None = None
    officer: bool = False

    def noun(self) -> ActivityAnswer:
        """Give the answer with the permits it adds."""
        return ActivityAnswer(
            self.key,
            self.label,
            tuple(self.words),
            self.up_to,
            tuple((item.code, item.why) for item in self.add),
            tuple(self.drop),
            self.say,
            self.officer,
        )


class ActivityQuestionShape(Shape):
    """A question whose answer decides which permits an activity needs."""

    ask: Text
    answers: Annotated[list[ActivityAnswerShape], Field(min_length=2, max_length=9)]
    measure: Literal["jumlah", "luas", "lantai"] | None = None
    after: list[Key] = []

    def noun(self) -> ActivityQuestion:
        """Give the question with its answers in their order."""
        answers = tuple(item.noun() for item in self.answers)
        return ActivityQuestion(self.ask, answers, self.measure, tuple(self.after))


class ActivityShape(Shape):
    """A described activity."""

    key: Key
    phrases: Annotated[list[Text], Field(min_length=1)]
    permits: list[ActivityPermitShape]
    questions: list[ActivityQuestionShape] = []
    kbli: list[Text] = []
    note: Text | None = None
    inferred: bool = False
    published: bool = True

    def noun(self) -> Activity:
        """Give the activity with its permits in the order to apply."""
        permits = tuple((item.code, item.why) for item in self.permits)
        questions = tuple(item.noun() for item in self.questions)
        return Activity(
            self.key,
            tuple(self.phrases),
            permits,
            questions,
            tuple(self.kbli),
            self.note,
            self.inferred,
        )


class ActivitiesFile(Shape):
    """``data/catalog/activities.yml``."""

    compiled: Day
    activities: list[ActivityShape]


class ComplaintClassShape(Shape):
    """A class of complaint with its target in working days."""

    code: Text
    label: Text
    meaning: Text
    resolve_working_days: Annotated[int, Field(ge=1, le=366)]
    always_confidential: bool = False
    human_only: bool = False
    inferred: bool = False
    published: bool = True


class ComplaintCategoryShape(Shape):
    """A category of complaint; the keys without a field of their own become details."""

    code: Text
    label: Text
    class_code: Annotated[Text, Field(alias="class")]
    owner: Text
    phrases: Annotated[list[Text], Field(min_length=1)]
    confidential: bool = False
    urgent: bool = False
    first_help: Text | None = None
    human_only: bool | None = None
    handling: Text | None = None
    escalate_if: Text | None = None
    flag: Text | None = None
    note: Text | None = None
    sources: list[Text] | None = None
    about_application: bool | None = None
    asks_place: bool | None = None
    asks_time: bool | None = None
    help_intent: Text | None = None
    forwarded: Text | None = None
    published: bool = True

    def noun(self) -> ComplaintCategory:
        """Give the category."""
        details = {
            "human_only", "handling", "escalate_if", "flag", "note", "sources",
            "about_application", "asks_place", "asks_time", "help_intent", "forwarded",
        }  # fmt: skip
        return ComplaintCategory(
            **{**self.model_dump(exclude={*details, "published"}), "phrases": tuple(self.phrases)},
            details=self.model_dump(include=details, exclude_none=True),
        )


class ComplaintsFile(Shape):
    """``data/catalog/complaints.yml``."""

    compiled: Day
    classes: list[ComplaintClassShape]
    class_sources: list[Text]
    class_note: Text
    categories: list[ComplaintCategoryShape]
    statutory_deadlines: dict[str, Any]
    escalation_ladder: list[Text]
    obsolete_do_not_quote: list[Text]

    def class_nouns(self) -> dict[str, ComplaintClass]:
        """Give the classes by code."""
        return {
            item.code: ComplaintClass(**item.model_dump(exclude={"published"}))
            for item in self.classes
        }


class FaqEntryShape(Shape):
    """One question and its answer."""

    key: Key
    question: Text
    variants: list[Text]
    answer: Text
    sources: list[Text] = []
    inferred: bool = False
    permits: list[Text] = []
    checked_on: Day | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    published: bool = True


class FaqFile(Shape):
    """One file of ``data/faq``: the entries of one topic."""

    compiled: Day
    topic: Key
    entries: list[FaqEntryShape]

    def nouns(self) -> tuple[FaqEntry, ...]:
        """Give the entries in file order."""
        return tuple(
            FaqEntry(
                key=item.key,
                topic=self.topic,
                question=item.question,
                answer=item.answer,
                checked_on=item.checked_on or self.compiled,
                variants=tuple(item.variants),
                sources=tuple(item.sources),
                inferred=item.inferred,
                permits=tuple(item.permits),
                valid_from=item.valid_from,
                valid_until=item.valid_until,
            )
            for item in self.entries
        )
