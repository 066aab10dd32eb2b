"""Looks at a name of several permits: known permits, several of them, nobody else's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from izin import content
from izin.content import Check, Everything, Problem
from izin.permits import AmbiguousTerm


def check(term: AmbiguousTerm, everything: Everything) -> Sequence[Problem]:
    """Give what is wrong with a name of several permits."""
    permits = everything.items(content.PERMIT)
    live = {item.item.key for item in permits if item.live}
    found = [
        Problem("term_code_unknown", f"codes.{number}", {"code": code})
        for number, code in enumerate(term.codes)
        if code not in live
    ]
    if len(set(term.codes)) < len(term.codes):
        found.append(Problem("term_code_twice", "codes"))
    if not term.codes:
        found.append(Problem("term_without_codes", "codes", warning=True))
    elif len(set(term.codes)) == 1:
        found.append(Problem("term_one_code", "codes", warning=True))
    name = term.term.casefold()
    for item in permits:
        names = (item.document["short_name"], *item.document["synonyms"])
        own = any(str(one).casefold() == name for one in names)
        if own and item.live and term.codes and item.item.key not in term.codes:
            values = {"term": term.term, "code": item.item.key}
            found.append(Problem("term_of_other_permit", "term", values))
    if not term.ask.rstrip().endswith("?"):
        found.append(Problem("term_no_question", "ask", warning=True))
    return found


CHECKS: Mapping[str, Check] = {content.AMBIGUOUS_TERM: check}
