"""Searches by PostgreSQL's own means, to compare with our index."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import psycopg

Documents = Sequence[tuple[str, Sequence[str]]]
Search = Callable[[str], tuple[str, float]]
"""Gives the nearest key and its score; ("", 0) for none."""

_FULL_TEXT = """
    select key, max(ts_rank(to_tsvector('indonesian', text), query, 1)) as score
    from rival, (select nullif(replace(plainto_tsquery('indonesian', %s)::text, '&', '|'), '')
                 ::tsquery as query) asked
    where to_tsvector('indonesian', text) @@ query
    group by key order by score desc limit 1
"""
_TRIGRAM = """
    select key, max(similarity(text, %s)) as score from rival group by key
    order by score desc limit 1
"""
_WORDS = """
    select key, max(word_similarity(text, %s)) as score from rival group by key
    order by score desc limit 1
"""


def rivals(
    connection: psycopg.Connection, documents: Documents, normalise: Callable[[str], str]
) -> dict[str, Search]:
    """Give every search that this server can do, over texts and queries in standard words."""
    connection.execute("create temporary table rival (key text, text text)")
    with connection.cursor() as cursor:
        rows = [(key, normalise(text)) for key, texts in documents for text in texts]
        cursor.executemany("insert into rival values (%s, %s)", rows)

    def by(statement: str) -> Search:
        def search(text: str) -> tuple[str, float]:
            row = connection.execute(statement, (normalise(text),)).fetchone()
            return (str(row[0]), float(row[1])) if row and row[1] else ("", 0.0)

        return search

    found = {"PostgreSQL full text (indonesian)": by(_FULL_TEXT)}
    known = "select 1 from pg_available_extensions where name = 'pg_trgm'"
    if connection.execute(known).fetchone():
        connection.execute("create extension if not exists pg_trgm")
        found["pg_trgm similarity"] = by(_TRIGRAM)
        found["pg_trgm word_similarity"] = by(_WORDS)
    return found
