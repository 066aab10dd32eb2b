"""Which passwords are good enough, and how long somebody waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from izin.passwords import normalised, temporary_password, weakness
from izin.throttle import Limit, shared_keys, sign_in_keys


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("sebelas-11!", "short"),
        ("x" * 257, "long"),
        ("sitirahayu12", "own_name"),
        ("Siti!Rahayu!2026", "own_name"),
        ("srahayu-srahayu", "own_name"),
        ("password1234", "common"),
        ("P@ssw0rd!!2026", "common"),
        ("passwordpassword", "common"),
        ("rahasiarahasia", "common"),
        ("Indonesia-2026!", "common"),
        ("indonesiamerdeka", "common"),
        ("bismillah12345", "common"),
        ("12345678901234", "common"),
        ("98765432109876", "common"),
        ("qwertyuiopasdf", "common"),
        ("abcdefghijklmn", "common"),
        ("aaaaaaaaaaaaaa", "common"),
        ("abababababab", "common"),
        ("dpmptsp2026!!", "common"),
        ("kopi tubruk di teras", None),
        ("Siti suka kopi tubruk", None),
        ("🌧️🚲🌋🌾🍛🪁🥁🐃🌴🛶🧵🪔", None),
        ("3x7Kq!vZp0Lm", None),
        ("pagi buta di dermaga", None),
    ],
)
def test_length_counts_and_what_everybody_tries_is_refused(password: str, why: str | None) -> None:
    assert weakness(password, "srahayu", "Siti Rahayu") == why


def test_the_same_characters_count_the_same_however_they_were_composed() -> None:
    assert normalised("cafe\u0301 di teras") == normalised("caf\u00e9 di teras")


def test_temporary_passwords_are_good_and_never_the_same() -> None:
    made = {temporary_password() for _ in range(50)}
    assert len(made) == 50
    assert {weakness(password, "srahayu", "Siti Rahayu") for password in made} == {None}


def test_a_pause_doubles_up_to_its_longest() -> None:
    limit = Limit(free=2, most_s=60)
    pauses = [limit.pause(failures).total_seconds() for failures in range(1, 9)]
    assert pauses == [0, 5, 10, 20, 40, 60, 60, 60]
    assert limit.pause(10_000) == timedelta(seconds=60)


def test_a_known_browser_counts_alone_and_colleagues_share_only_the_address() -> None:
    assert [item.key for item in sign_in_keys("sari", "10.0.0.1", "abc")] == ["device:abc"]
    strange = sign_in_keys("sari", "10.0.0.1")
    assert len(strange) == 3
    assert shared_keys(strange) == ["address:10.0.0.1"]
