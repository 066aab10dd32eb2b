"""What editors work on: answers, their versions, unrecognised messages, a large import."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine, text

from benchmarks.console import texts
from benchmarks.console.filling import Filler

_FAQ = """from generate_series(1, :answers) n
  join bench_said s on s.place = (n * 31) % (select count(*) from bench_said)
  join bench_told a on a.place = (n * 7) % (select count(*) from bench_told)"""

_DOCUMENT = """jsonb_build_object('key', f.key, 'topic', f.topic, 'question', f.question,
  'answer', f.answer, 'checked_on', f.checked_on, 'variants', to_jsonb(f.variants),
  'sources', to_jsonb(f.sources), 'inferred', f.inferred, 'permits', to_jsonb(f.permits),
  'valid_from', f.valid_from, 'valid_until', f.valid_until)"""

_OURS = "from faq_entries f where f.key like 'uji\\_%'"
_PLACE = "substr(f.key, 5)::int"

_TURNS = """from (
    select t.*, row_number() over (order by t.received_at desc) - 1 as n
    from (
        select id, received_at, conversation_id from turns
        order by received_at desc limit :messages
    ) t
  ) t join bench_said s on s.place = (t.n % :clusters) % (select count(*) from bench_said)"""


def fill_editing(engine: Engine, now: datetime, answers: int, clusters: int) -> dict[str, int]:
    """Give the editors so many answers and clusters, once; gives the rows that are new.

    Args:
        engine: Of a superuser.
        now: The world's latest moment.
        answers: How many entries of the FAQ, of which a fifth was edited.
        clusters: How many clusters of three messages each.
    """
    values = {"now": now, "answers": answers, "clusters": clusters, "messages": clusters * 3}
    with engine.begin() as connection:
        known = "select count(*) from faq_entries where key like 'uji\\_%'"
        if connection.execute(text(known)).scalar_one():
            return {}
        filler = Filler(connection, values)
        _sentences(connection, filler)
        with filler.without_triggers():
            _answers(filler)
            _messages(filler)
            _lessons(filler)
        filler.run("update content_revisions set revision = revision + 1")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
    return filler.rows


def _sentences(connection: Connection, filler: Filler) -> None:
    for name, said in (("said", texts.citizens()), ("told", texts.answers())):
        filler.run(
            f"create temp table bench_{name} on commit drop as select place - 1 as place, text"  # noqa: S608
            " from unnest(cast(:sentences as text[])) with ordinality as u(text, place)",
            sentences=list(said),
        )
        connection.exec_driver_sql(f"create unique index on bench_{name} (place)")
        connection.exec_driver_sql(f"analyze bench_{name}")


def _answers(filler: Filler) -> None:
    filler.fill(
        "faq_entries", _FAQ,
        key="'uji_' || n", position="10000 + n", topic="'uji_' || n % 25",
        question="s.text || ' (' || n || ')'", answer="a.text",
        checked_on="cast(:now as timestamptz)::date - (n % 500)",
        variants="array[s.text || ' gimana ' || n, 'cara ' || s.text || ' ' || n]",
        sources="array['https://contoh.go.id/' || n]",
        permits="case when n % 5 = 0 then array['PBG'] else array[]::text[] end",
        published="n % 20 <> 0",
    )  # fmt: skip
    usual = {
        "id": "gen_random_uuid()", "kind": "'faq'", "key": "f.key", "document": _DOCUMENT,
        "live": "f.published", "authors": "array['uji-a']", "created_at": ":now",
        "changed_at": f":now - make_interval(hours => {_PLACE})",
    }  # fmt: skip
    filler.fill(
        "content_versions", f"{_OURS} and {_PLACE} <= :answers / 5",
        **usual, number="1", state="'published'", published_at=":now",
    )  # fmt: skip
    filler.fill(
        "content_versions", f"{_OURS} and {_PLACE} <= :answers / 20",
        **usual, number="2", base="1",
        state=f"case when {_PLACE} % 2 = 0 then 'review' else 'draft' end",
    )  # fmt: skip
    changed = f"{_DOCUMENT} || jsonb_build_object('answer', f.answer || ' Baru.')"
    filler.fill(
        "content_imports", _OURS,
        id="gen_random_uuid()", account_id="'uji-a'", file_name="'uji.xlsx'", digest="'x'",
        created_at=":now", notes="'[]'::jsonb",
        items=f"jsonb_agg(jsonb_build_array('faq', f.key, {changed}, f.published))",
    )  # fmt: skip


def _messages(filler: Filler) -> None:
    filler.fill(
        "unrecognised", _TURNS,
        id="gen_random_uuid()", turn_id="t.id", conversation_id="t.conversation_id",
        text="s.text || ' ' || t.n % :clusters",
        key="s.text || ' ' || t.n % :clusters", intent="'nlu_fallback'",
        reason="(array['unsure', 'lost', 'faq_missing', 'rated_badly'])[1 + t.n % 4]",
        confidence="0.3 + t.n % 50 / 100.0", said_at="t.received_at",
        cluster="md5('kelompok' || t.n % :clusters)::uuid",
    )  # fmt: skip
    filler.fill(
        "name_hints", _TURNS,
        turn_id="t.id", text="s.text", said_at="t.received_at",
        permit="(array['PBG', 'SLF', 'REKLAME', 'AIR_TANAH'])[1 + t.n % 4]",
    )  # fmt: skip
    latest = "from (select id, received_at from turns order by received_at desc limit 1) t"
    filler.fill("learning_progress", latest, id="1", received_at="t.received_at", turn_id="t.id")


def _lessons(filler: Filler) -> None:
    shared = {
        "id": "gen_random_uuid()", "text": "s.text || ' ' || n", "key": "s.text || ' ' || n",
        "intent": "(array['tanya_biaya', 'tanya_syarat', 'cek_status', 'sapa'])[1 + n % 4]",
        "source": "'pasted'", "added_by": "'uji-a'", "added_at": ":now",
    }  # fmt: skip
    some = _FAQ.replace(":answers", ":clusters")
    filler.fill("training_examples", some, **shared)
    filler.fill("regression_cases", some, **shared)
    filler.fill(
        "learning_decisions", some,
        id="gen_random_uuid()", once="'uji' || n", intent="'tanya_biaya'",
        texts="array[s.text]", messages="3", decided_by="'uji-a'",
        decided_at=":now - make_interval(mins => n)",
    )  # fmt: skip
