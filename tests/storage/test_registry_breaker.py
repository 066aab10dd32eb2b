"""The circuit breaker on its own."""

from __future__ import annotations

import pytest

from izin.errors import RegistryUnavailable
from izin.storage.registry.breaker import CircuitBreaker
from tests.contracts.registry_samples import StandingClock


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def opened(clock: StandingClock) -> CircuitBreaker:
    breaker = CircuitBreaker(clock)
    for _ in range(3):
        breaker.admit()
        breaker.failed()
    return breaker


def test_failures_with_an_answer_between_them_do_not_open_it(clock: StandingClock) -> None:
    breaker = CircuitBreaker(clock)
    for _ in range(5):
        breaker.failed()
        breaker.failed()
        breaker.succeeded()
    breaker.admit()
    assert not breaker.is_open


def test_an_open_circuit_refuses(opened: CircuitBreaker) -> None:
    assert opened.is_open
    with pytest.raises(RegistryUnavailable):
        opened.admit()


def test_after_the_rest_only_one_trial_goes_through(
    opened: CircuitBreaker, clock: StandingClock
) -> None:
    clock.pass_by(10)
    opened.admit()
    with pytest.raises(RegistryUnavailable):
        opened.admit()


def test_a_failed_trial_opens_it_for_another_rest(
    opened: CircuitBreaker, clock: StandingClock
) -> None:
    clock.pass_by(10)
    opened.admit()
    opened.failed()
    clock.pass_by(9)
    with pytest.raises(RegistryUnavailable):
        opened.admit()
    clock.pass_by(1)
    opened.admit()


def test_a_good_trial_closes_it(opened: CircuitBreaker, clock: StandingClock) -> None:
    clock.pass_by(10)
    opened.admit()
    opened.succeeded()
    opened.admit()
    opened.admit()
    assert not opened.is_open


def test_a_trial_that_never_reports_is_replaced_after_another_rest(
    opened: CircuitBreaker, clock: StandingClock
) -> None:
    clock.pass_by(10)
    opened.admit()
    clock.pass_by(10)
    opened.admit()
