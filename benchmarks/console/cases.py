"""Complaints, ratings, surveys and requests about own data."""

from __future__ import annotations

from benchmarks.console.filling import Filler

_DUE = """jsonb_build_object('day', (g.filed + interval '{days} days')::date::text,
  'provisional', false)"""


def _complaint_rows(count: str, sealed: bool) -> str:
    wanted = "confidential" if sealed else "not confidential"
    offset = 100_000 if sealed else 0
    return f"""from (select i, bench.ticket(i + {offset}) as ticket, c.id as conversation_id,
        c.began + interval '5 minutes' as filed, c.began < :now - interval '20 days' as old,
        row_number() over () as place
      from bench.chats c where i > :waiting / 2 order by i limit :{count}) g
    join lateral (select code, class_code, owner from complaint_categories
      where {wanted} order by position
      offset bench.pick(g.i, 30, (select count(*)::int from complaint_categories where {wanted}))
      limit 1) k on true"""  # noqa: S608


_CLOSED = "(g.old and g.i % 20 <> 0)"


def _filed(**more: str) -> dict[str, str]:
    return {
        "ticket": "g.ticket", "key": "'bench:' || g.ticket", "conversation_id": "g.conversation_id",
        "category": "k.code", "class_code": "k.class_code", "owner": "k.owner",
        "story": "bench.one(cast(:stories as text[]), g.i, 31)",
        "place": "bench.one(cast(:places as text[]), g.i, 32)", "confidentiality": "'normal'",
        "state": f"case when {_CLOSED} then 'ditutup' else bench.one(array['diterima',"
                 " 'diverifikasi', 'didisposisi', 'ditindaklanjuti', 'menunggu_pelapor'],"
                 " g.i, 33) end",
        "unit": """case when g.i % 3 > 0 then (select code from units where not desk order by code
          offset g.i % (select count(*) from units where not desk) limit 1) end""",
        "officer": "case when g.i % 4 > 0 then bench.one(cast(:officers as text[]), g.i, 37) end",
        "priority": "bench.one(array['biasa', 'biasa', 'biasa', 'tinggi', 'mendesak'], g.i, 38)",
        "first_response_at": f"case when {_CLOSED} or g.i % 4 > 0 then"
                             " g.filed + make_interval(hours => 2 + bench.pick(g.i, 39, 120)) end",
        "responded_at": f"case when {_CLOSED} then g.filed + interval '8 days' end",
        "due_at": f"case when {_CLOSED} then '9000-01-01 00:00:00+00' else"
                  " g.filed + interval '20 days' end",
        "alarm_at": "'9000-01-01 00:00:00+00'::timestamptz",
        "filed_at": "g.filed", "first_response_due": _DUE.format(days=5),
        "decision_due": _DUE.format(days=20), "occurred_on": "(g.filed - interval '3 days')::date",
        "closed_at": f"case when {_CLOSED} then g.filed + interval '9 days' end",
        "closing": f"case when {_CLOSED} then jsonb_build_object('reason', 'selesai', 'text',"
                   " 'Sudah ditindaklanjuti di loket.', 'unit', '', 'done_on',"
                   " (g.filed + interval '9 days')::date::text, 'basis', '', 'other', '',"
                   " 'forwarded_to', '') end",
        "closing_reason": f"case when {_CLOSED} then bench.one(array['selesai', 'selesai',"
                          " 'selesai', 'dicabut', 'bukan_kewenangan'], g.i, 34) end",
        "rating": f"case when {_CLOSED} and g.i % 3 = 0 then 1 + bench.pick(g.i, 35, 5) end",
        **more,
    }  # fmt: skip


def fill_cases(filler: Filler) -> None:
    """Write complaints, opinions and requests."""
    _complaints(filler)
    _sealed(filler)
    _opinions(filler)


def _complaints(filler: Filler) -> None:
    filler.fill("complaints", _complaint_rows("complaints", False), **_filed())
    for kind, hours, where in (
        ("received", 0, ""),
        ("added", 30, "where ticket > 'ADU-S'"),
        ("rated", 240, "where rating is not null"),
    ):
        filler.fill(
            "complaint_events", f"from complaints {where} order by filed_at",
            ticket="ticket", at=f"filed_at + interval '{hours} hours'", kind=f"'{kind}'",
        )  # fmt: skip
    filler.fill(
        "complaint_additions", "from complaints where ticket > 'ADU-S' order by filed_at",
        ticket="ticket", at="filed_at + interval '30 hours'",
        text="'Ini saya tambahkan. ' || story",
    )  # fmt: skip


def _sealed(filler: Filler) -> None:
    filler.fill(
        "sealed.complaints",
        _complaint_rows("sealed", True),
        **_filed(
            conversation_id="null::uuid",
            confidentiality="bench.one(array['rahasia', 'anonim'], g.i, 36)",
            owner_mark="md5('owner' || g.i)",
            filed_at="date_trunc('hour', g.filed)",
        ),
    )
    filler.fill(
        "sealed.complaint_events", "from sealed.complaints order by filed_at",
        ticket="ticket", at="filed_at", kind="'received'",
    )  # fmt: skip


def _opinions(filler: Filler) -> None:
    filler.fill(
        "ratings", "from bench.chats c where c.i % 2 = 0 order by began",
        conversation_id="c.id", namespace="'live'", turn_id="'bench:' || c.i",
        subject="bench.one(array['layanan', 'jawaban', 'petugas', 'status'], c.i, 40)",
        score="1 + bench.pick(c.i, 41, 5)", at="c.began + interval '30 minutes'",
    )  # fmt: skip
    scores = ", ".join(f"'U{n}', 2 + bench.pick(c.i, {50 + n}, 3)" for n in range(1, 10))
    filler.fill(
        "survey_responses", "from bench.chats c where c.i % 10 = 0 order by began",
        conversation_id="c.id", namespace="'live'", turn_id="'bench:' || c.i",
        period="to_char(c.began, 'YYYY') || '-S' || case when date_part('month', c.began) < 7"
               " then 1 else 2 end",
        scores=f"jsonb_build_object({scores})", at="c.began + interval '40 minutes'",
    )  # fmt: skip
    filler.fill(
        "privacy_requests", "from bench.chats c where c.i % 100 = 7",
        ticket="'PDP-' || substr(bench.ticket(c.i), 5)", key="'bench:' || c.i",
        conversation_id="c.id", kind="bench.one(array['salinan', 'perbaikan', 'penghapusan',"
        " 'keberatan'], c.i, 60)", requested_at="c.began", due_at="c.began + interval '72 hours'",
        state="case when c.i % 5 = 2 then 'terbuka' else 'selesai' end",
        finished_at="case when c.i % 5 <> 2 then c.began + interval '20 hours' end",
        needs_officer="true",
    )  # fmt: skip
