"""Guards: domain, sentences and real data fit what the actions say."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest
import yaml

from actions.registry import Threads, build_executor
from izin.answers.suggestions import MENU, NEXT_QUESTIONS
from izin.storage.memory.catalogue import MemoryCatalogue
from izin.storage.memory.faq import MemoryFaqBook
from izin.storage.memory.office import MemoryOfficeBook
from izin.storage.seed_files import read_seed
from izin.usecases.dialogue import Entity
from izin.usecases.live_names import LiveNames
from izin.usecases.read_questions import OVERVIEW, PERMIT_QUESTIONS
from tests.usecases.house import ROOT, Chat, normaliser, small_parts, wording

SEED = read_seed(ROOT / "data")
SOURCES = [
    *(ROOT / "actions").glob("*.py"),
    *(ROOT / "izin" / "answers").glob("*.py"),
    *(ROOT / "izin" / "usecases").glob("*.py"),
]


def domain(name):
    return yaml.safe_load((ROOT / "data" / "domain" / f"{name}.yml").read_text("utf-8"))[name]


@cache
def _one_chat():
    catalogue = MemoryCatalogue(
        SEED.permits,
        ambiguous_terms=SEED.ambiguous_terms,
        legacy_names=SEED.legacy_names,
        activities=SEED.activities,
        fee_tables=SEED.fee_tables,
    )
    return Chat(
        small_parts(
            catalogue=catalogue,
            names=LiveNames(catalogue, normaliser()),
            office=MemoryOfficeBook(SEED.office, SEED.holidays, SEED.places),
            faq=MemoryFaqBook(SEED.faq),
        )
    )


def test_every_action_of_the_domain_is_registered():
    threads = Threads.open(1, 1)
    try:
        known = set(build_executor(small_parts(), threads).actions)
    finally:
        threads.close()
    missing = set(domain("actions")) - known
    assert not missing


def real_chat():
    """Give a chat with the real data; its indexes are built once for all tests."""
    chat = _one_chat()
    chat.slots = {}
    return chat


def used_wording_keys():
    """Give (file, key or its fixed beginning) of every sentence id written in the sources."""
    areas = ("answers.", "social.")
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and value.startswith(areas) and " " not in value:
                yield path.name, value
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginning = str(node.values[0].value)
                if beginning.startswith(areas):
                    yield path.name, beginning


def test_every_sentence_id_in_the_code_exists():
    keys = set(wording().keys())
    missing = [
        (name, key)
        for name, key in used_wording_keys()
        if key not in keys and not any(known.startswith(key) for known in keys)
    ]
    assert not missing


def test_every_sentence_of_ours_is_used():
    used = {key for _, key in used_wording_keys()}
    ours = [key for key in set(wording().keys()) if key.split(".")[0] in ("answers", "social")]
    unused = [key for key in ours if not any(key == one or key.startswith(one) for one in used)]
    assert not unused


def test_every_intent_has_a_human_title_for_when_the_assistant_is_unsure():
    hidden = {
        "sapa", "terima_kasih", "pamit", "bot_identitas", "kasar", "setuju", "tolak", "batal",
        "koreksi", "nlu_fallback", "di_luar_topik", "tanya_faq", "mulai",
    }  # fmt: skip
    intents = {next(iter(item)) if isinstance(item, dict) else item for item in domain("intents")}
    named = {name for name in intents - hidden if not name.startswith("kirim_")}
    assert all(wording().has(f"answers.intent_{name}") for name in named)


@pytest.mark.parametrize("intent", [*MENU, *NEXT_QUESTIONS, *sorted(PERMIT_QUESTIONS)])
def test_every_offered_intent_exists_in_the_domain(intent):
    names = [next(iter(item)) if isinstance(item, dict) else item for item in domain("intents")]
    assert intent in names


def test_no_sentence_stands_in_the_code():
    indonesian = re.compile(r"\b(yang|untuk|Anda|tidak|silakan|dengan|permohonan|maaf)\b")
    found = []
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        after_value = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in docs | after_value
                and indonesian.search(node.value)
            ):
                found.append((path.name, node.value))
    assert not found


@pytest.mark.parametrize("permit", SEED.permits, ids=lambda permit: permit.code)
def test_every_question_on_every_real_permit_gives_a_clean_sourced_reply(permit):
    chat = real_chat()
    codes = {item.code for item in SEED.permits if "_" in item.code}
    for intent in [*sorted(PERMIT_QUESTIONS), OVERVIEW]:
        given = [Entity("izin", permit.code)]
        reply = chat.say("", intent, entities=given, kind="choice")
        assert reply.text.strip() and reply.choices
        assert "diperiksa" in reply.text
        for mark in ("{", "}", "None", "null", "tanya_"):
            assert mark not in reply.text
        shown = set(re.findall(r"\b[A-Z]+_[A-Z_0-9]+\b", reply.text))
        assert not shown & codes
        assert all(choice.title.strip() and "_" not in choice.title for choice in reply.choices)


@pytest.mark.parametrize("activity", SEED.activities, ids=lambda activity: activity.key)
def test_every_real_activity_names_published_permits_with_a_reason(activity):
    chat = real_chat()
    known = {permit.code for permit in SEED.permits}
    assert {code for code, _ in activity.permits} <= known
    reply = chat.say("", "tanya_izin_apa", entities=[Entity("kegiatan", activity.key)])
    assert "1. [b]" in reply.text and "diperiksa" in reply.text


@pytest.mark.parametrize("entry", SEED.faq, ids=lambda entry: entry.key)
def test_every_real_faq_entry_is_found_by_its_own_question(entry):
    reply = real_chat().say(entry.question, "tanya_faq", entities=[])
    assert entry.answer.strip() in reply.text


@pytest.mark.parametrize("term", SEED.ambiguous_terms, ids=lambda term: term.term)
def test_every_real_ambiguous_term_asks_or_answers(term):
    name = term.term.split("/")[0].strip()
    reply = real_chat().say(f"syarat {name}", "tanya_syarat")
    assert reply.text and reply.choices


@pytest.mark.parametrize("legacy", SEED.legacy_names, ids=lambda legacy: legacy.old)
def test_every_real_old_name_says_what_became_of_it(legacy):
    name = legacy.old.split("/")[0].strip()
    given = [Entity("izin", legacy.code, name, 7, 7 + len(name))] if legacy.code else []
    reply = real_chat().say(f"syarat {name}", "tanya_syarat", entities=given)
    assert legacy.old in reply.text and "nama lama" in reply.text


def test_the_journey_of_the_first_release():
    chat = real_chat()
    assert "PBG" in chat.say("syarat bikin imb rumah apa aja ya", "tanya_syarat").text
    assert "perkiraan Rp445.500" in chat.say("kalau biayanya?", "tanya_biaya").text
    assert "28 hari kerja" in chat.say("brp lama?", "tanya_lama_proses").text
    assert "Lama proses SLF" in chat.say("klo slf?", "nlu_fallback").text
    assert "apotek" in chat.say("mau buka apotek izinnya apa", "tanya_izin_apa").text
    assert "buka" in chat.say("kantor buka jam brp?", "tanya_kontak_jam_lokasi").text


def test_several_activities_in_one_message_are_all_answered():
    text = "mau buka warkop di pinggir jalan trs pasang spanduk, terus ternak lele juga"
    reply = real_chat().say(text, "tanya_izin_apa")
    assert "spanduk" in reply.text.casefold()
    for name in ("NIB / OSS", "Izin reklame", "Izin perikanan"):
        assert name in reply.text


@pytest.mark.parametrize(
    ("text", "agency"),
    [("mau bikin sim c gimana caranya", "Satpas"), ("perpanjang paspor di mana", "Imigrasi"),
     ("ktp saya ilang", "Dindukcapil"), ("pajak motor mati 2 tahun", "Samsat")],
)  # fmt: skip
def test_what_is_not_ours_is_sent_to_the_right_agency(text, agency):
    assert agency in real_chat().say(text, "di_luar_topik").text


def test_what_belongs_to_nobody_we_know_is_still_refused_honestly():
    assert "di luar layanan" in real_chat().say("siapa juara liga inggris", "di_luar_topik").text
