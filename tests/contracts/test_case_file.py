"""What stands beside a complaint, in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from izin.case_file import Complainant, EvidenceFile
from izin.conversations import InboundMedia
from izin.ports.case_file import CaseFile
from izin.storage.memory.case_file import MemoryCaseFile
from izin.storage.postgres.case_file import PostgresCaseFile
from izin.storage.postgres.engine import create
from tests.contracts.conversation_ports import NOW, Ports, fresh, fresh_phone, message


@pytest.fixture
def case_file(ports: Ports, request: pytest.FixtureRequest) -> Iterator[CaseFile]:
    if ports.kind == "memory":
        yield MemoryCaseFile(ports.inbox.data)  # type: ignore[attr-defined]
        return
    engine = create(request.getfixturevalue("module_database_url"), pool_size=1)
    yield PostgresCaseFile(engine)
    engine.dispose()


def test_the_sender_is_given_with_channel_phone_and_whether_simulated(
    case_file: CaseFile, ports: Ports
) -> None:
    phone = fresh_phone()
    real = ports.inbox.receive(message(phone=phone, channel="whatsapp"), NOW).conversation_id
    played = ports.inbox.receive(message(namespace="simulator"), NOW).conversation_id
    assert case_file.complainant(real) == Complainant("whatsapp", phone, False)
    assert case_file.complainant(played) == Complainant("telegram", None, True)
    assert case_file.complainant("00000000-0000-0000-0000-000000000000") is None


def test_files_come_in_order_and_lost_ones_are_left_out(case_file: CaseFile, ports: Ports) -> None:
    here = ports.inbox.receive(message(), NOW).conversation_id
    ids = [
        ports.media.put(InboundMedia("document", fresh(), mime), b"isi", here)
        for mime in ("text/plain", None)
    ]
    asked = [ids[1], "00000000-0000-0000-0000-000000000000", "bukan id", ids[0]]
    assert list(case_file.files(asked, sealed=False)) == [
        EvidenceFile(ids[1], "application/octet-stream", 3),
        EvidenceFile(ids[0], "text/plain", 3),
    ]
    assert list(case_file.files(ids, sealed=True)) == [], "sealed files are others"
