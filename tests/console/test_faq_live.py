"""What one editor writes and a second publishes is found at once, by whoever asks for it."""

from __future__ import annotations

from functools import partial

import pytest
from tanya_language import Lexicon, Normaliser, TextIndex

from console.editing.faq_search import LEXICON
from izin.accounts import Role
from izin.content import FAQ, ItemName
from izin.storage.postgres.faq import PostgresFaqBook
from izin.usecases.answer_generally import Nearness
from izin.usecases.search_faq import SearchFaq
from izin.wording import Wording
from tests.console.conftest import RunningConsole


@pytest.mark.parametrize(
    "text", ["ada ruang menyusuin ga min", "ruang laktsi dmn", "tmpt mnyusui bayi ada?"]
)
def test_paraphrases_find_what_was_just_published(console: RunningConsole, text: str) -> None:
    everyday = Wording().say("answers.words_everyday").split()
    make = partial(TextIndex, normaliser=Normaliser(Lexicon.load(LEXICON)), everyday=everyday)
    faq, least = SearchFaq(PostgresFaqBook(console.engine), make), min(Nearness().asked.values())
    edit, name = console.house.edit_content, ItemName(FAQ, "ruang_laktasi")
    if not any(item.item == name and item.live for item in console.house.content.items(FAQ)):
        assert [hit for hit in faq.asked(text) if hit.score >= least] == []
        author, second = (console.account(Role.EDITOR) for _ in range(2))
        document = {
            "key": name.key, "topic": "layanan_loket", "checked_on": "2026-11-01",
            "question": "Apakah tersedia ruang laktasi di kantor?", "answer": "Ada, di lantai dua.",
            "variants": ["ruang menyusui", "tempat menyusui bayi"],
        }  # fmt: skip
        draft = edit.submit(edit.begin(name, document, True, author).id, 0, author)
        edit.approve(draft.id, draft.edits, second)
    found = faq.asked(text)
    assert found[0].entry.key == name.key and found[0].score >= least
    for other in ("cuaca besok gimana", "putar lagu dangdut", "syarat slf apa"):
        assert name.key not in {hit.entry.key for hit in faq.asked(other) if hit.score >= least}
