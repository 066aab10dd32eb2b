"""What a chat follows, and the buttons to begin and to stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from izin.answers import suggestions
from izin.applications import Application
from izin.following import Subscription
from izin.permits import Permit
from izin.replies import Choice, Reply
from izin.wording import Wording

MOST_CHOICES = 8
INTENT = "ubah_langganan"


def without_following(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """Give choices less those about following, for an application followed already."""
    return tuple(choice for choice in choices if choice.intent != INTENT)


def follow_choice(number: str, wording: Wording, title: str | None = None) -> Choice:
    """Give the button that begins; shown only where the chat has proven the application."""
    title = title or wording.say("following.choice_follow")
    return Choice(title, INTENT, {"langkah": "ikuti", "nomor_permohonan": number})


def stop_choice(number: str, wording: Wording, title: str | None = None) -> Choice:
    """Give the button that ends one subscription."""
    title = title or wording.say("following.choice_stop")
    return Choice(title, INTENT, {"langkah": "berhenti", "nomor_permohonan": number})


def followed_list(followed: Sequence[Subscription], wording: Wording) -> Reply:
    """Give what is followed with the stage last told, and a button to stop each."""
    key = "following.list_one" if len(followed) == 1 else "following.list"
    lines = [wording.say(key, count=len(followed))]
    lines += [
        wording.say(
            "following.list_line", place=place, number=item.number, stage=item.snapshot.stage
        )
        for place, item in enumerate(followed, start=1)
    ]
    choices = [
        stop_choice(
            item.number, wording, wording.say("following.choice_stop_number", number=item.number)
        )
        for item in followed[:MOST_CHOICES]
    ]
    if len(followed) > 1:
        choices.append(stop_all_choice(wording))
    return Reply("\n".join(lines), (*choices, check_choice(wording)))


def which_application(
    mine: Sequence[Application],
    permits: Mapping[str, Permit | None],
    labels: Mapping[str, str],
    wording: Wording,
) -> Reply:
    """Ask which of a citizen's applications to follow, or all of them."""
    lines = [wording.say("following.which")]
    for place, item in enumerate(mine[:MOST_CHOICES], start=1):
        permit = permits.get(item.permit_code)
        lines.append(
            wording.say(
                "following.which_line",
                place=place,
                number=item.number,
                permit=permit.short_name if permit else item.permit_code,
                status=labels.get(item.status, item.stage),
            )
        )
    every = Choice(wording.say("following.choice_follow_all"), INTENT, {"langkah": "ikuti_semua"})
    choices = [follow_choice(item.number, wording, item.number) for item in mine[:MOST_CHOICES]]
    return Reply("\n".join(lines), (*choices, every))


def stopped(numbers: Sequence[str], wording: Wording) -> Reply:
    """Confirm an end, with a button to begin again."""
    choices = [
        follow_choice(number, wording, wording.say("following.choice_again", number=number))
        for number in numbers[:MOST_CHOICES]
    ]
    text = wording.say("following.stopped", numbers=joined(numbers))
    return Reply(text, (*choices, check_choice(wording)))


def nothing_followed(key: str, wording: Wording) -> Reply:
    """Say, in the sentence ``key``, that nothing is followed, and offer to begin."""
    begin = Choice(wording.say("following.choice_begin"), INTENT, {"langkah": "mulai"})
    return Reply(wording.say(key), (begin, check_choice(wording)))


def manage_choices(wording: Wording) -> tuple[Choice, ...]:
    """Give the buttons that list and stop what is followed."""
    listed = Choice(wording.say("following.choice_list"), INTENT, {"langkah": "daftar"})
    return (listed, stop_all_choice(wording), check_choice(wording))


def stop_all_choice(wording: Wording) -> Choice:
    """Give the button that ends everything."""
    return Choice(wording.say("following.choice_stop_all"), INTENT, {"langkah": "berhenti"})


def check_choice(wording: Wording) -> Choice:
    """Give the button that asks for a status."""
    return suggestions.menu_choice("cek_status", wording)


def joined(numbers: Sequence[str]) -> str:
    """Give application numbers as a sentence has them."""
    return ", ".join(f"[b]{number}[/b]" for number in numbers)
