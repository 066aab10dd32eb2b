"""Which permits an activity needs, with one line of why for each."""

from __future__ import annotations

from collections.abc import Sequence

from izin.answers.section import Section, mark, sentence
from izin.permits import Activity, Permit
from izin.wording import Wording


def activity_answer(
    activity: Activity,
    permits: Sequence[tuple[Permit, str]],
    wording: Wording,
    *,
    ask: bool,
    among_others: bool = False,
) -> Section:
    """Give the permits in the order to apply for them, and at most one question.

    ``permits`` pairs each published permit with its line of why; ``ask`` is False when the
    message already holds what would be asked; ``among_others`` names the activity, as one of
    several in the message.
    """
    title = (
        wording.say("answers.which_title_of", activity=activity.phrases[0])
        if among_others
        else wording.say("answers.which_title")
    )
    lines = [mark(title, activity.inferred, wording)]
    lines += [
        wording.say("answers.which_line", number=place, permit=permit.short_name, why=sentence(why))
        for place, (permit, why) in enumerate(permits, start=1)
    ]
    if activity.note:
        lines.append(sentence(activity.note))
    if activity.ask and ask:
        lines.append(activity.ask)
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
