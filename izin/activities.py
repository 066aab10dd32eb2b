"""What citizens want to do, and which permits that needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

MOST_QUESTIONS = 2
"""More questions than this are an interview; an officer decides what is left."""

Needed = tuple[str, str]
"""(catalogue code, one line of why)."""


@dataclass(frozen=True, slots=True)
class ActivityAnswer:
    """One answer to a question about an activity, and what it changes.

    Attributes:
        key: Stable name, unique within the activity.
        label: What the button says, at most 20 characters.
        words: Words or phrases that mean this answer when they are typed.
        up_to: A figure up to and including this one means this answer; the first fitting
            answer counts.
        add: Permits needed besides, after the others.
        drop: Catalogue codes not needed then.
        say: What else is worth knowing then (risk, track, condition).
        officer: True when only an officer can decide from here.
    """

    key: str
    label: str
    words: tuple[str, ...] = ()
    up_to: float | None = None
    add: tuple[Needed, ...] = ()
    drop: tuple[str, ...] = ()
    say: str | None = None
    officer: bool = False


@dataclass(frozen=True, slots=True)
class ActivityQuestion:
    """A question whose answer decides.

    Attributes:
        ask: The question.
        answers: What can be answered, in the order to offer.
        measure: Entity whose figure answers it (``jumlah``, ``luas``, ``lantai``…), or None.
        after: Asked only after one of these answers to an earlier question; empty: always.
    """

    ask: str
    answers: tuple[ActivityAnswer, ...]
    measure: str | None = None
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Activity:
    """A described activity and the permits it needs, for "which permit do I need".

    Attributes:
        key: Stable name in the data.
        phrases: How citizens describe the activity.
        permits: The permits it needs before any question, in the order to apply.
        questions: At most two of them are ever asked.
        kbli: KBLI codes with edition and risk where a source tells them, as one line each.
        note: What to say besides, e.g. when an officer must decide.
        inferred: True when no public source was found.
    """

    key: str
    phrases: tuple[str, ...]
    permits: tuple[Needed, ...]
    questions: tuple[ActivityQuestion, ...] = ()
    kbli: tuple[str, ...] = ()
    note: str | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """What an activity needs, given the answers so far.

    Attributes:
        permits: In the order to apply.
        says: What the answers made worth knowing.
        officer: True when only an officer can decide the rest.
        question: What to ask next, or None.
    """

    permits: tuple[Needed, ...]
    says: tuple[str, ...]
    officer: bool
    question: ActivityQuestion | None


def advise(activity: Activity, given: Sequence[str]) -> Advice:
    """Give the advice for an activity after the answers ``given`` (their keys)."""
    answers = [
        answer
        for question in activity.questions
        for answer in question.answers
        if answer.key in given
    ]
    dropped = {code for answer in answers for code in answer.drop}
    needed: dict[str, str] = dict(activity.permits)
    for answer in answers:
        needed.update(dict(answer.add))
    return Advice(
        tuple((code, why) for code, why in needed.items() if code not in dropped),
        tuple(answer.say for answer in answers if answer.say),
        any(answer.officer for answer in answers),
        open_question(activity, given),
    )


def open_question(activity: Activity, given: Collection[str]) -> ActivityQuestion | None:
    """Give the next question, or None when nothing more is to be asked."""
    asked = [item for item in activity.questions if _answered(item, given)]
    if len(asked) >= MOST_QUESTIONS:
        return None
    for question in activity.questions:
        possible = not question.after or any(key in given for key in question.after)
        if possible and not _answered(question, given):
            return question
    return None


def read_answer(
    question: ActivityQuestion,
    words: Sequence[str],
    figures: Mapping[str, float],
    normalised: Mapping[str, Sequence[str]],
) -> ActivityAnswer | None:
    """Give the answer that a message gives to a question, or None.

    ``words`` are the message's words in standard form, ``figures`` its figures by entity, and
    ``normalised`` the standard words of each phrase of the answers. The longest phrase wins;
    a figure counts when no phrase fits.
    """
    best: tuple[int, ActivityAnswer] | None = None
    for answer in question.answers:
        for phrase in (answer.label, *answer.words):
            parts = normalised[phrase]
            if _holds(words, parts) and (best is None or len(parts) > best[0]):
                best = (len(parts), answer)
    if best is not None:
        return best[1]
    figure = figures.get(question.measure) if question.measure else None
    if figure is None:
        return None
    for answer in question.answers:
        if answer.up_to is not None and figure <= answer.up_to:
            return answer
    limits = [answer for answer in question.answers if answer.up_to is not None]
    above = [answer for answer in question.answers if answer.up_to is None and not answer.words]
    return above[0] if limits and above else None


def _answered(question: ActivityQuestion, given: Collection[str]) -> bool:
    return any(answer.key in given for answer in question.answers)


def _holds(words: Sequence[str], phrase: Sequence[str]) -> bool:
    size = len(phrase)
    return size > 0 and any(
        list(words[start : start + size]) == list(phrase) for start in range(len(words) - size + 1)
    )
