"""Looks at an activity: its permits, its phrases, and questions that can all be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from izin import content
from izin.activities import MOST_QUESTIONS, Activity, ActivityQuestion, open_question
from izin.content import Check, Everything, Problem

LONGEST_LABEL = 20
"""Characters of a button on WhatsApp."""


def check(activity: Activity, everything: Everything) -> Sequence[Problem]:
    """Give what is wrong with an activity."""
    return [
        *_codes(activity, everything),
        *_phrases(activity, everything),
        *_questions(activity),
        *_too_many(activity),
    ]


CHECKS: Mapping[str, Check] = {content.ACTIVITY: check}


def _codes(activity: Activity, everything: Everything) -> Iterator[Problem]:
    live = {item.item.key for item in everything.items(content.PERMIT) if item.live}
    named = [(f"permits.{row}.0", pair[0]) for row, pair in enumerate(activity.permits)]
    for number, question in enumerate(activity.questions):
        for place, answer in enumerate(question.answers):
            at = f"questions.{number}.answers.{place}"
            named += [(f"{at}.add.{row}.0", pair[0]) for row, pair in enumerate(answer.add)]
            named += [(f"{at}.drop.{row}", code) for row, code in enumerate(answer.drop)]
    for field, code in named:
        if code not in live:
            yield Problem("activity_code_unknown", field, {"code": code})
    codes = [code for code, _ in activity.permits]
    if len(set(codes)) < len(codes):
        yield Problem("activity_code_twice", "permits")
    if not codes and not activity.note and not activity.questions:
        yield Problem("activity_says_nothing", "permits")


def _phrases(activity: Activity, everything: Everything) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for item in everything.items(content.ACTIVITY):
        if item.live and item.item.key != activity.key:
            for phrase in item.document["phrases"]:
                owners[_folded(phrase)] = item.item.key
    for phrase in activity.phrases:
        if owner := owners.get(_folded(phrase)):
            yield Problem("activity_phrase_taken", "phrases", {"phrase": phrase, "owner": owner})


def _questions(activity: Activity) -> Iterator[Problem]:
    known: set[str] = set()
    for number, question in enumerate(activity.questions):
        at = f"questions.{number}"
        if not 2 <= len(question.answers) <= 9:
            yield Problem("question_answers", f"{at}.answers")
        yield from (
            Problem("question_after_unknown", f"{at}.after", {"key": key})
            for key in question.after
            if key not in known
        )
        if question.measure and all(answer.up_to is None for answer in question.answers):
            yield Problem("question_without_limit", f"{at}.measure")
        for place, answer in enumerate(question.answers):
            field = f"{at}.answers.{place}"
            if len(answer.label) > LONGEST_LABEL:
                values = {"length": len(answer.label), "longest": LONGEST_LABEL}
                yield Problem("answer_label_long", f"{field}.label", values)
            if answer.key in known:
                yield Problem("answer_key_twice", f"{field}.key", {"key": answer.key})
            known.add(answer.key)
        yield from _same_words(question, at)


def _same_words(question: ActivityQuestion, at: str) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for place, answer in enumerate(question.answers):
        for word in (answer.label, *answer.words):
            owner = owners.setdefault(_folded(word), answer.key)
            if owner != answer.key:
                yield Problem("answer_word_taken", f"{at}.answers.{place}.words", {"word": word})


def _too_many(activity: Activity) -> Iterator[Problem]:
    """Find a question that comes after two others on some way: it is never asked there."""
    if len(activity.questions) <= MOST_QUESTIONS:
        return
    ways: list[tuple[str, ...]] = [()]
    for _ in range(MOST_QUESTIONS):
        ways = [way for one in ways for way in _answered(activity, one)]
    for way in ways:
        for number, question in enumerate(activity.questions):
            answered = any(answer.key in way for answer in question.answers)
            reached = not question.after or any(key in way for key in question.after)
            if reached and not answered:
                yield Problem("question_never_asked", f"questions.{number}.ask",
                              {"most": MOST_QUESTIONS})  # fmt: skip
                return


def _answered(activity: Activity, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    question = open_question(activity, way)
    if question is not None:
        for answer in question.answers:
            yield (*way, answer.key)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
