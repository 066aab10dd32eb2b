"""Both ends notice when the other machine falls silent."""

from __future__ import annotations

import pytest

from izin.storage.postgres.silence import watchful


@pytest.mark.parametrize(
    "url", ["postgresql:///tanya", "postgresql://a@/tanya?host=/var/run/pg", "host=@abstract"]
)
def test_a_socket_of_this_machine_needs_no_watching(url: str) -> None:
    assert watchful(url) == {}


def test_client_and_server_ask_each_other_over_a_network() -> None:
    given = watchful("postgresql://a@db.example/tanya")
    assert given["keepalives_idle"] == 10
    assert given["tcp_user_timeout"] == 25_000
    assert "tcp_keepalives_idle=10" in given["options"]
    assert "idle_in_transaction_session_timeout=30s" in given["options"]


def test_what_the_url_says_itself_stays() -> None:
    given = watchful(
        "postgresql://a@db.example/tanya?keepalives_idle=60&options=-c%20tcp_keepalives_idle%3D7"
    )
    assert "keepalives_idle" not in given
    assert given["options"].endswith("-c tcp_keepalives_idle=7"), "the last one counts"
