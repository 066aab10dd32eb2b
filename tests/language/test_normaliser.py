from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tanya_language import Lexicon, Normaliser

from tests.timing import quickest

CHAT = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("abcdeginrstuy0123456789 .,/-'\n\u200b\u200f\u0301😀👍²½ªßİ"),
    ),
    max_size=300,
)


@pytest.mark.parametrize(
    ("spoken", "standard"),
    [
        ("brp biayanya yg hrs dibyr", "berapa biayanya yang harus dibayar"),
        ("GIMANA cara Bikin IMB???", "bagaimana cara membuat imb"),
        ("lamaaaa bgttt", "lama sangat"),
        ("surat2 tanah", "surat surat tanah"),
        ("syarate opo wae", "syaratnya apa saja"),
        ("biayane piro", "biayanya berapa"),
        ("ngurus nib", "mengurus nib"),
        ("mbangun omah", "membangun rumah"),
        ("biayana sabaraha kang", "biayanya berapa kang"),
        ("kayapa maurus ijin warung", "bagaimana mengurus izin warung"),
        ("berape lame ngurusnye", "berapa lama mengurusnya"),
        ("daftarin dong", "daftarkan dong"),
        ("dimana kantornya", "di mana kantornya"),
        ("i.m.b rumah", "imb rumah"),
        ("2lt 150rb", "2 lantai 150 ribu"),
        ("prsyrtan apotik", "persyaratan apotek"),
        ("pelayananipun sae", "pelayanannya bagus"),
        ("wis dadi durung", "sudah jadi belum"),
        ("👍", "oke"),
    ],
)
def test_chat_regional_and_misspelt_words_become_standard(
    normaliser: Normaliser, spoken: str, standard: str
) -> None:
    assert normaliser.normalise(spoken).text == standard


@pytest.mark.parametrize("word", ["ulah", "pisan", "can", "ampun", "urang", "lah"])
def test_words_of_two_meanings_are_left_alone(normaliser: Normaliser, word: str) -> None:
    assert normaliser.normalise(word).text == word


@pytest.mark.parametrize(
    "word", ["maaf", "tanggal", "pesawat", "kode", "mana", "sate", "makan", "bakso"]
)
def test_ordinary_words_stay(normaliser: Normaliser, word: str) -> None:
    assert normaliser.normalise(word).text == word


def test_no_spelling_of_the_lexicon_is_a_standard_word_too(lexicon: Lexicon) -> None:
    assert not set(lexicon.words) & lexicon.standard


def test_every_meaning_in_the_lexicon_is_itself_stable(
    lexicon: Lexicon, normaliser: Normaliser
) -> None:
    meanings = {*lexicon.words.values(), *lexicon.phrases.values(), *lexicon.emoji.values()}

    changed = {m: normaliser.normalise(m).text for m in meanings}

    assert {m: text for m, text in changed.items() if m != text} == {}


def test_tokens_point_at_the_original_spelling(normaliser: Normaliser) -> None:
    text = "Syarat\u200b ĲIN dimana, p\u200dbg²"

    tokens = normaliser.normalise(text).tokens

    spans = [(token.text, text[token.start : token.end]) for token in tokens]
    assert ("syarat", "Syarat") in spans
    assert ("di", "dimana") in spans
    assert ("mana", "dimana") in spans
    assert spans[-1][1].startswith("p\u200dbg")


def test_look_alike_letters_and_wide_letters_are_read_as_latin(normaliser: Normaliser) -> None:
    assert normaliser.normalise("рbg ｐｂｇ 𝐩𝐛𝐠 p\u200bbg").text == "pbg pbg pbg pbg"


@settings(deadline=None, max_examples=300)
@given(CHAT)
def test_any_text_normalises_with_offsets_inside_it(text: str) -> None:
    result = _shipped().normalise(text)

    for token in result.tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert token.text
    starts = [token.start for token in result.tokens]
    assert starts == sorted(starts)
    assert len(result.raw) == len(result.tokens)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1, max_size=12))
def test_twenty_thousand_characters_of_anything_take_bounded_time(piece: str) -> None:
    text = (piece * (20_000 // len(piece) + 1))[:20_000]
    normaliser = _shipped()

    assert quickest(lambda: normaliser.normalise(text), 0.2) < 0.2


_CACHE: list[Normaliser] = []


def _shipped() -> Normaliser:
    """Property tests cannot take session fixtures without a health check; build one once."""
    if not _CACHE:
        from .conftest import DATA

        _CACHE.append(Normaliser(Lexicon.load(DATA / "lexicon")))
    return _CACHE[0]
