"""Which activity a story names: by what it tells, not by a word that many share."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from izin.storage.memory.catalogue import MemoryCatalogue
from izin.storage.seed_files import read_seed
from izin.usecases.activity_stories import TAKE, ActivityStories
from izin.usecases.which_permit import WhichPermit
from tests.usecases.house import make_index, normaliser, small_chat, wording

DATA = Path(__file__).parents[2] / "data"


@cache
def stories() -> ActivityStories:
    """Give the search over the release's own activities."""
    seed = read_seed(DATA)
    catalogue = MemoryCatalogue(seed.permits, activities=seed.activities)
    return ActivityStories(
        WhichPermit(catalogue, make_index()),
        wording(),
        lambda text: normaliser().normalise(text).text,
    )


def taken(text: str) -> str | None:
    """Give the activity that a message is answered with, or None."""
    hits = stories().search(stories().told(text))
    return hits[0].activity.key if hits and hits[0].score >= TAKE else None


@pytest.mark.parametrize(
    "text",
    [
        "izin jual miras eceran", "jual rokok eceran izinnya apa", "jual petasan eceran",
        "izin jual senjata tajam eceran", "izin mendirikan partai", "mendirikan bank",
        "mendirikan stasiun radio", "usaha budidaya lebah", "jual mobil bekas", "buka rumah duka",
        "mau buka jasa tato", "buka praktek dukun pijat", "buka lapangan tembak",
        "handak maulah rumah walet",
    ],
)  # fmt: skip
def test_a_word_that_many_activities_share_names_none(text: str) -> None:
    assert taken(text) is None


@pytest.mark.parametrize(
    ("text", "activity"),
    [
        ("jual bensin eceran", "pertamini"),
        ("jual pertalite eceran di rumah", "pertamini"),
        ("mau mendirikan paud", "paud"),
        ("mendirikan koperasi", "koperasi"),
        ("mendirikan masjid", "tempat_ibadah"),
        ("mau bangun rumah", "bangun_rumah"),
        ("mau bangun rumah tingkat 6x12", "bangun_rumah"),
        ("usaha budidaya ikan lele", "kolam_ikan"),
        ("usaha rental mobil", "rental_mobil"),
        ("mau jualan di rumah", "warung_sembako"),
        ("buka salon kecil di rumah", "salon"),
        ("arep mbukak warung kopi", "kafe"),
        ("pengen buka praktek gigi sendiri di ruko, saya drg", "praktik_dokter"),
        ("mau buka praktek bidan", "praktik_bidan_mandiri"),
    ],
)
def test_an_activity_is_taken_by_what_is_told_of_it(text: str, activity: str) -> None:
    assert taken(text) == activity


def test_what_shares_only_a_common_word_may_still_be_offered() -> None:
    offered = [hit.activity.key for hit in stories().offers("jualan keripik di rumah")]
    assert "kue_kering_keripik" in offered


def test_an_activity_that_is_not_ours_is_said_to_be_unknown_with_an_officer() -> None:
    reply = small_chat().say("mendirikan partai", "tanya_izin_apa", entities=[])
    assert "belum ada di catatan" in reply.text
    assert "NIB" not in reply.text
    assert reply.choices[0].intent == "minta_petugas"
