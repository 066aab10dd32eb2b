"""What citizens, the assistant and officers said to each other."""

from __future__ import annotations

from benchmarks.console.filling import Filler

_MESSAGE = """jsonb_build_object('channel', t.channel, 'chat', t.phone, 'namespace', 'live',
  'user', null, 'external_id', 'm' || t.n, 'kind', 'text', 'sent_at', t.at, 'text', s.text,
  'choice_id', null, 'media', '[]'::jsonb, 'location', null,
  'phone', '+' || t.phone, 'aliases', '[]'::jsonb, 'group', false, 'reply_to', null)"""

_REPLY = """case when t.state = 'held' then jsonb_build_object('text', s.text)
  else jsonb_build_object('text', s.text, 'choices', jsonb_build_array(
    jsonb_build_object('title', 'Syarat', 'intent', 'tanya_syarat'),
    jsonb_build_object('title', 'Biaya', 'intent', 'tanya_biaya'),
    jsonb_build_object('title', 'Hubungi petugas', 'intent', 'minta_petugas'))) end"""


def _count(name: str) -> str:
    return f"(select count(*)::int from bench.{name})"  # noqa: S608


def fill_talks(filler: Filler) -> None:
    """Write conversations with their messages, and what officers did in them."""
    with filler.without_indexes("conversations", "turns", "outbox", "sent_parts"):
        filler.fill(
            "conversations",
            "from bench.chats c",
            id="c.id", namespace="'live'", channel="c.channel", chat="c.phone",
            held_by_officer="c.held",
            verified_phone="case when c.channel = 'whatsapp' or c.i % 3 = 0"
                           " then '+' || c.phone end",
            created_at="c.began",
            last_inbound_at="(select max(at) from bench.turns t where t.i = c.i and k = c.turns)",
            last_turn_at="(select max(at) from bench.turns t where t.i = c.i and k = c.turns)",
        )  # fmt: skip
        filler.fill(
            "chat_aliases",
            "from bench.chats c",
            namespace="'live'", channel="c.channel", conversation_id="c.id",
            alias="concat_ws(chr(58), 'live', c.channel, c.phone)",
        )  # fmt: skip
        filler.fill(
            "turns",
            f"from bench.turns t join bench.said s on s.n = bench.pick(t.n, 11, {_count('said')})"
            " order by t.at",
            id="t.id", conversation_id="t.conversation_id", namespace="'live'",
            channel="t.channel", external_id="'m' || t.n", message=_MESSAGE, state="t.state",
            attempts="1", office_now="t.at", received_at="t.at",
            answered_at="t.at + interval '1 second'",
            understood="""case when t.state = 'answered' then jsonb_build_object('intent',
              bench.one(array['tanya_syarat', 'tanya_biaya', 'cek_status', 'nlu_fallback'],
              t.n, 15), 'confidence', 0.4 + bench.pick(t.n, 16, 60) / 100.0) end""",
            timings_ms="""'{"queue": 12, "dialogue": 33}'::jsonb""",
        )  # fmt: skip
        _answers(filler)
    _serving(filler)


def _answers(filler: Filler) -> None:
    for held, said in ((False, "answered"), (True, "served")):
        key = r"'officer\:' || t.i || ':' || t.id" if held else "t.id || ':' || 0"
        filler.fill(
            "outbox",
            f"from bench.turns t join bench.{said} s on s.n = bench.pick(t.n, 12, {_count(said)})"
            f" where (t.state = 'held') = {held} order by t.at",
            id="bench.id('out', t.n)", conversation_id="t.conversation_id",
            turn_id="null::uuid" if held else "t.id", key=key, reply=_REPLY,
            state="case when bench.pick(t.n, 13, 400) = 0 then 'failed' else 'accepted' end",
            attempts="1", sent_parts="1",
            created_at=f"t.at + interval '{30 if held else 1} seconds'",
            accepted_at=f"t.at + interval '{31 if held else 2} seconds'",
            error_code="case when bench.pick(t.n, 13, 400) = 0 then '131026' end",
        )  # fmt: skip
    filler.fill(
        "sent_parts",
        "from bench.turns t",
        outbox_id="bench.id('out', t.n)", part="0", namespace="'live'", channel="t.channel",
        external_id="'o' || t.n", status_at="t.at + interval '3 seconds'",
        status="""case when bench.pick(t.n, 13, 400) = 0 then 'failed' else
          bench.one(array['read', 'read', 'delivered', 'sent'], t.n, 14) end""",
    )  # fmt: skip


_OPENED = """from (
  select c.*, t.at as opened, t.id as turn_id,
    (select max(at) from bench.turns l where l.i = c.i and l.k = c.turns) as latest
  from bench.chats c join bench.turns t on t.i = c.i
    and t.k = greatest(1, c.turns - 3 - c.turns / 8)
  where c.escalated) c"""


def _serving(filler: Filler) -> None:
    unit = """case when c.i % 10 = 3 then (select code from units where not desk order by code
      offset c.i % (select count(*) from units where not desk) limit 1) end"""
    filler.fill(
        "escalations",
        f"{_OPENED} order by opened",
        conversation_id="c.id", key="'bench:' || c.i", opened_at="c.opened",
        reason="""bench.one(array['minta_petugas', 'minta_petugas', 'minta_petugas', 'urgent',
          'turn_failed', 'tidak_dimengerti', 'delivery_failed'], c.i, 20)""",
        closed_at="case when not c.waiting then c.latest + interval '2 hours' end",
        respond_by="(c.opened + interval '3 days')::date",
        unit=unit if filler.knows("units") else "null",
    )  # fmt: skip
    filler.fill(
        "escalation_messages",
        "from bench.turns t join bench.chats c on c.i = t.i join escalations e"
        " on e.conversation_id = c.id where c.escalated and t.k > c.turns - 3 - c.turns / 8",
        escalation_id="e.id", turn_id="t.id",
    )  # fmt: skip
    filler.fill(
        "officer_handlings",
        f"{_OPENED} where c.handled and (not c.waiting or c.held) order by opened",
        id="c.i", conversation_id="c.id", officer="bench.one(cast(:officers as text[]), c.i, 21)",
        role="'Petugas'", claimed_at="c.opened + interval '4 minutes'",
        lease_until="case when c.held then :now + interval '10 minutes' else c.latest end",
        replied_at="c.latest + interval '31 seconds'",
        ended_at="case when not c.held then c.latest + interval '15 minutes' end",
        ended_by="case when not c.held then bench.one(array['petugas', 'warga', 'waktu'], c.i, 22)"
                 " end",
    )  # fmt: skip
    filler.run(
        "select setval(pg_get_serial_sequence('officer_handlings', 'id'),"
        " (select max(id) from officer_handlings))"
    )
    filler.fill(
        "conversation_notes",
        f"{_OPENED} where c.handled and c.i % 3 = 0 order by opened",
        id="bench.id('note', c.i)", conversation_id="c.id", key="'bench:' || c.i",
        author="bench.one(cast(:officers as text[]), c.i, 23)", kind=":note",
        text="bench.one(cast(:notes as text[]), c.i, 24)", at="c.opened + interval '8 minutes'",
    )  # fmt: skip
    filler.fill(
        "note_mentions",
        "from bench.chats c where c.handled and c.i % 30 = 0",
        note_id="bench.id('note', c.i)", account_id="(cast(:officers as text[]))[1]::uuid",
        at="c.began",
    )  # fmt: skip
