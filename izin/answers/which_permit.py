"""Which permits an activity needs, with one line of why for each."""

from __future__ import annotations

from collections.abc import Sequence

from izin.activities import Activity, ActivityQuestion
from izin.answers.section import Section, mark, sentence
from izin.permits import Permit
from izin.wording import Wording


def activity_answer(
    activity: Activity,
    permits: Sequence[tuple[Permit, str]],
    wording: Wording,
    *,
    says: Sequence[str] = (),
    officer: bool = False,
    among_others: bool = False,
) -> Section:
    """Give the permits in the order to apply for them, and what is worth knowing.

    ``permits`` pairs each published permit with its line of why (none: the activity needs no
    permit of ours); ``says`` is what the citizen's answers made worth knowing; ``officer``:
    only an officer can decide the rest; ``among_others`` names the activity, as one of several
    in the message.
    """
    title = (
        wording.say("answers.which_title_of", activity=activity.phrases[0])
        if among_others
        else wording.say("answers.which_title")
    )
    if not permits:
        title = wording.say("answers.which_none", activity=activity.phrases[0])
    lines = [mark(title, activity.inferred, wording)]
    lines += [
        wording.say("answers.which_line", number=place, permit=permit.short_name, why=sentence(why))
        for place, (permit, why) in enumerate(permits, start=1)
    ]
    lines += [sentence(item) for item in (*says, activity.note) if item]
    if activity.kbli and not among_others:
        lines.append(wording.say("answers.which_kbli", codes="; ".join(activity.kbli)))
    if officer:
        lines.append(wording.say("answers.which_officer"))
    return Section("\n".join(lines), inferred=activity.inferred)


def named_permits(permits: Sequence[Permit], wording: Wording) -> Section:
    """Give what is known when only permit names fit and no activity does."""
    lines = [wording.say("answers.which_title")]
    lines += [
        wording.say(
            "answers.which_line",
            number=place,
            permit=permit.short_name,
            why=sentence(permit.official_name),
        )
        for place, permit in enumerate(permits, start=1)
    ]
    lines.append(wording.say("answers.which_check"))
    return Section("\n".join(lines))


def question_section(question: ActivityQuestion, wording: Wording) -> Section:
    """Give the question that makes the list exact."""
    return Section(wording.say("answers.which_question", question=question.ask))
