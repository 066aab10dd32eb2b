"""Differences of content are told part by part and word by word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from izin.content_changes import MISSING, Change, changes, words


def test_only_what_differs_is_told_with_its_place() -> None:
    before = {"short_name": "PBG", "fee": {"type": "free", "note": None}, "synonyms": ["imb"]}
    after = {"short_name": "PBG", "fee": {"type": "formula", "note": ""}, "synonyms": ["imb", "b"]}
    assert changes("permit", before, after) == (
        Change(("fee", "type"), "free", "formula"),
        Change(("synonyms", 2), MISSING, "b"),
    )


def test_a_requirement_taken_out_does_not_change_those_after_it() -> None:
    texts = ["Fotokopi KTP pemohon", "Bukti kepemilikan tanah", "Gambar denah bangunan"]
    before = [{"number": n, "text": text} for n, text in enumerate(texts, 1)]
    after = [{"number": 1, "text": texts[1]}, {"number": 2, "text": f"{texts[2]} terbaru"}]
    assert changes("permit", {"requirements": before}, {"requirements": after}) == (
        Change(("requirements", 1), before[0], MISSING),
        Change(("requirements", 2, "text"), texts[2], f"{texts[2]} terbaru"),
    )


def test_another_order_is_one_change() -> None:
    found = changes("faq", {"sources": ["a", "b"]}, {"sources": ["b", "a"]})
    assert found == (Change(("sources",), ["a", "b"], ["b", "a"]),)


def test_kinds_whose_documents_are_pairs_are_compared_too() -> None:
    assert changes("status_label", ["DRAFT", "Belum"], ["DRAFT", "Sudah"]) == (
        Change(("label",), "Belum", "Sudah"),
    )
    assert changes("fee_table", ["pbg", {"tarif": 1}], ["pbg", {"tarif": 2}]) == (
        Change(("tarif",), 1, 2),
    )
    pairs = changes("activity", {"permits": [["NIB", "a"]]}, {"permits": [["NIB", "b"]]})
    assert [change.path for change in pairs] == [("permits", 1, 2)] or len(pairs) == 2


def test_a_new_item_is_told_whole() -> None:
    assert changes("faq", None, {"key": "a", "sources": []}) == (Change(("key",), MISSING, "a"),)


def test_words_that_differ_are_marked() -> None:
    left, right = words("Biayanya 100 ribu rupiah.", "Biayanya 150 ribu rupiah.")
    assert [piece.text for piece in left if piece.changed] == ["100"]
    assert [piece.text for piece in right if piece.changed] == ["150"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_pieces_put_together_are_the_texts(one: str, other: str) -> None:
    left, right = words(one, other)
    assert "".join(piece.text for piece in left) == one
    assert "".join(piece.text for piece in right) == other


def _json() -> st.SearchStrategy[object]:
    leaf = st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=5)
    return st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
        max_leaves=12,
    )


@given(st.dictionaries(st.text(max_size=3), _json(), max_size=4),
       st.dictionaries(st.text(max_size=3), _json(), max_size=4))  # fmt: skip
def test_any_two_documents_can_be_compared(one: dict, other: dict) -> None:
    assert changes("permit", one, one) == ()
    changes("permit", one, other)
