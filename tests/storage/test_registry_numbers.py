"""Application numbers in whatever spelling."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from izin.storage.registry.numbers import (
    like_pattern,
    matches_incomplete,
    normalise_number,
    number_parts,
    telling_part,
)

NUMBERS = st.builds(
    lambda serial, code, year: f"503/{serial:04d}/{code}/{year}",
    st.integers(1, 99999),
    st.sampled_from(["PBG", "SIP_DOKTER", "PERTEK_B3"]),
    st.integers(2010, 2030),
)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("503 / 0123/pbg/ 2026", "503/0123/PBG/2026"),
        ("503\\0123\\PBG\\2026", "503/0123/PBG/2026"),
        ("PBG–332601—12032024-01", "PBG-332601-12032024-01"),
        ("\t５０３/1\u00a0", "503/1"),
        ("", ""),
    ],
)
def test_one_number_has_one_normal_form(typed: str, normal: str) -> None:
    assert normalise_number(typed) == normal


@given(NUMBERS, st.data())
def test_a_number_with_parts_left_out_matches_and_the_pattern_lets_it_through(
    number: str, data: st.DataObject
) -> None:
    parts = number.split("/")
    kept = [part for part in parts if data.draw(st.booleans())]
    incomplete = "/".join(kept)
    has_digit = any(c.isdigit() for c in incomplete)
    assert matches_incomplete(number, incomplete) is has_digit
    as_regex = like_pattern(incomplete).replace("%", ".*")
    assert re.fullmatch(as_regex, number)
    assert (telling_part(incomplete) or "") in number


@given(NUMBERS, st.text(max_size=20))
def test_whatever_is_typed_only_what_the_pattern_finds_can_match(number: str, typed: str) -> None:
    if matches_incomplete(number, typed):
        assert re.fullmatch(like_pattern(typed).replace("%", ".*"), number)


@given(st.text(max_size=40))
def test_the_pattern_holds_nothing_that_like_understands_but_its_own_percent_signs(
    typed: str,
) -> None:
    assert re.fullmatch(r"[%0-9A-Z]*", like_pattern(typed))


def test_parts_in_another_order_do_not_match() -> None:
    assert not matches_incomplete("503/0123/PBG/2026", "2026/0123")


def test_leading_zeros_are_no_difference() -> None:
    assert number_parts("503/0001/PBG") == ("503", "1", "PBG")
    assert number_parts("000") == ("0",)


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("503/0010123/PBG/2026", "10123"),
        ("PBG-339901-12032024-01", "12032024"),
        ("0123/PBG/2026", None),  # the longest is a year, which many numbers have
        ("3399/12/SLF", None),
        ("PBG", None),
        ("", None),
    ],
)
def test_the_telling_part_is_one_that_few_numbers_have(typed: str, part: str | None) -> None:
    assert telling_part(typed) == part
