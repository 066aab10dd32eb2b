"""Addresses behind proxies, and how often each may call."""

from __future__ import annotations

import pytest

from izin.client_addresses import AddressLimit, client_address


@pytest.mark.parametrize(("forwarded", "proxies", "found"), [
    ([], 0, "9.9.9.9"),
    (["1.2.3.4"], 0, "9.9.9.9"),
    (["1.2.3.4"], 1, "1.2.3.4"),
    (["6.6.6.6, 1.2.3.4"], 1, "1.2.3.4"),
    (["6.6.6.6", "1.2.3.4, 10.0.0.1"], 2, "1.2.3.4"),
    (["6.6.6.6"], 2, "9.9.9.9"),
    (["bukan alamat"], 1, "-"),
    (["::ffff:1.2.3.4"], 1, "1.2.3.4"),
    (["2001:db8:1:2:3:4:5:6"], 1, "2001:db8:1:2::"),
])  # fmt: skip
def test_what_our_proxies_wrote_is_believed_alone(
    forwarded: list[str], proxies: int, found: str
) -> None:
    assert client_address("9.9.9.9", forwarded, proxies) == found


def test_so_many_calls_a_minute_are_within_the_limit_at_once_or_evenly() -> None:
    at = [0.0]
    limit = AddressLimit(60, lambda: at[0])
    assert [limit.count("a") for _ in range(61)] == [0] * 60 + [1]
    assert (limit.count("b"), limit.wait_s("a"), limit.wait_s("b")) == (0, 1, 0)
    at[0] = 1.0
    assert (limit.wait_s("a"), limit.count("a"), limit.count("a")) == (0, 0, 1)
    for second in range(2, 300):
        at[0] = float(second)
        assert limit.count("a") == 0


def test_refused_calls_make_nobody_wait_longer() -> None:
    at = [0.0]
    limit = AddressLimit(10, lambda: at[0])
    assert sum(limit.count("a") > 0 for _ in range(1000)) == 990
    at[0] = 6.0
    assert limit.count("a") == 0


def test_memory_is_bounded_and_whoever_called_longest_ago_is_forgotten() -> None:
    limit = AddressLimit(1, lambda: 0.0, most=100)
    for number in range(10_000):
        limit.count(f"10.0.{number // 256}.{number % 256}")
    assert len(limit._free_at) == 100
    assert limit.wait_s("10.0.0.0") == 0
    assert limit.wait_s(f"10.0.{9_999 // 256}.{9_999 % 256}") == 60
