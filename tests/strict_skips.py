"""Fails the run when a test is skipped, if `TANYA_NO_SKIPS=1` (continuous integration sets it).

Nothing may silently stop being tested on the machine that is meant to have every program.
"""

from __future__ import annotations

import os

import pytest

_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember every skipped test."""
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Remember modules skipped as a whole."""
    if report.skipped:
        _skipped.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Turn a green run with skips into a failed one."""
    if _skipped and exitstatus == 0 and os.environ.get("TANYA_NO_SKIPS") == "1":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was skipped."""
    if _skipped and os.environ.get("TANYA_NO_SKIPS") == "1":
        terminalreporter.section("skipped although TANYA_NO_SKIPS=1: the run fails", red=True)
        for name in _skipped:
            terminalreporter.line(name)
