from __future__ import annotations

import pytest
from tanya_language import Normaliser, TextIndex

from tests.timing import quickest

DOCUMENTS = [
    ("otp", ["Kode OTP OSS tidak masuk", "otp tidak terkirim ke surel"]),
    ("lupa_sandi", ["Lupa kata sandi akun OSS", "reset password"]),
    ("ubah_alamat", ["Mengubah alamat usaha pada NIB"]),
    ("unduh", ["Cara mengunduh NIB yang sudah terbit"]),
    ("kuasa", ["Pengurusan diwakilkan dengan surat kuasa"]),
]


@pytest.fixture(scope="module")
def index(normaliser: Normaliser) -> TextIndex[str]:
    return TextIndex(DOCUMENTS, normaliser)


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("otp nya ga masuk2", "otp"),
        ("lali pasword oss", "lupa_sandi"),
        ("ganti alamt usaha", "ubah_alamat"),
        ("donlot nib gmn", "unduh"),
        ("bisa diwakilin ga pake surat kuasa", "kuasa"),
        ("kode otp oss ora mlebu", "otp"),
    ],
)
def test_a_chat_question_finds_its_answer(index: TextIndex[str], query: str, key: str) -> None:
    assert index.search(query)[0][0] == key


def test_scores_are_between_zero_and_one_and_sorted(index: TextIndex[str]) -> None:
    found = index.search("kode otp tidak masuk ke akun nib", limit=3)

    scores = [score for _, score in found]
    assert len(found) == 3
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_the_same_words_score_one(index: TextIndex[str]) -> None:
    assert index.search("mengubah alamat usaha pada nib")[0][1] == pytest.approx(1.0)


def test_a_stranger_scores_low(index: TextIndex[str]) -> None:
    assert all(score < 0.3 for _, score in index.search("resep rendang padang pedas"))


@pytest.mark.parametrize("query", ["", "   ", "!!!", "😀" * 5_000])
def test_nothing_asked_finds_nothing(index: TextIndex[str], query: str) -> None:
    assert index.search(query) == []


def test_an_empty_index_finds_nothing(normaliser: Normaliser) -> None:
    assert TextIndex([], normaliser).search("otp") == []
    assert TextIndex([("kosong", [])], normaliser).search("otp") == []


def test_two_hundred_documents_take_under_two_milliseconds(normaliser: Normaliser) -> None:
    documents = [
        (f"{key}-{number}", [f"{text} bagian {number}" for text in texts])
        for number in range(40)
        for key, texts in DOCUMENTS
    ]
    index = TextIndex(documents, normaliser)
    query = "min kode otp oss saya kok tidak masuk ke surel ya"
    index.search(query)

    def twenty() -> None:
        for _ in range(20):
            index.search(query)

    assert quickest(twenty, 20 * 0.002) < 20 * 0.002
