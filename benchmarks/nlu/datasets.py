"""Examples to learn from and utterances to be measured on."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

#: Size of the training set both sides can afford; stock Rasa needs about 20 minutes for it.
SAMPLE_SIZE = 3015
SAMPLE_SEED = 3015
OUT_OF_SCOPE = "di_luar_topik"
_FIELDS = frozenset({"text", "intent", "register", "entities", "questions", "today"})


class DatasetError(ValueError):
    """A file of examples or utterances does not hold what it should."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message with the answer expected.

    Attributes:
        text: The message as a citizen would send it.
        intent: The intent it has.
        register: How it is written (baku, chat, jawa, ...); empty where nobody said.
        entities: Names and values as ``/model/parse`` returns them.
        today: The day it is read on, for words like "kemarin"; None for any.
    """

    text: str
    intent: str
    register: str = ""
    entities: tuple[tuple[str, Any], ...] = ()
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """A training set and a test set of one language and task.

    Attributes:
        name: Short, for files and the command line.
        title: For people.
        train: ``(text, intent)`` pairs.
        test: What is measured.
        out_of_scope: The intent that means "none of ours"; empty where there is none.
        has_entities: The test set says which entities each message holds.
        for_stock: Stock Rasa can be trained on it in bearable time.
    """

    name: str
    title: str
    train: tuple[tuple[str, str], ...]
    test: tuple[Utterance, ...]
    out_of_scope: str = ""
    has_entities: bool = False
    for_stock: bool = True


def read_examples(folder: Path) -> list[tuple[str, str]]:
    """Return the ``(text, intent)`` pairs of Rasa's training files in ``folder``.

    Raises:
        DatasetError: The folder holds no examples.
    """
    found = []
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = (line.strip() for line in block.get("examples", "").splitlines())
            found.extend((line[2:].strip(), block["intent"]) for line in lines if line[:2] == "- ")
    if not found:
        raise DatasetError(f"no training examples in {folder}")
    return found


def read_evaluation(folder: Path) -> list[Utterance]:
    """Return the evaluation utterances in ``folder`` (``*.yml``), none when it has no files.

    Raises:
        DatasetError: A file is no list of utterances, or one lacks or misspells a field.
    """
    found = []
    for path in sorted(folder.glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(content, Mapping) or not isinstance(content.get("utterances"), list):
            raise DatasetError(f"{path} lacks the list 'utterances'")
        for place, item in enumerate(content["utterances"], 1):
            found.append(_utterance(item, f"{path.name}, utterance {place}"))
    return found


def _utterance(item: Any, where: str) -> Utterance:
    if not isinstance(item, Mapping):
        raise DatasetError(f"{where}: not a mapping")
    unknown = set(item) - _FIELDS
    if unknown:
        raise DatasetError(f"{where}: unknown fields {sorted(unknown)}")
    for name in ("text", "intent"):
        if not isinstance(item.get(name), str) or not item[name].strip():
            raise DatasetError(f"{where}: '{name}' is missing")
    today = item.get("today")
    if isinstance(today, str):
        today = date.fromisoformat(today)
    try:
        entities = tuple(
            (one["entity"], _plain(one["value"])) for one in item.get("entities") or ()
        )
    except (KeyError, TypeError) as error:
        raise DatasetError(f"{where}: entities need 'entity' and 'value'") from error
    return Utterance(item["text"], item["intent"], item.get("register") or "", entities, today)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def read_massive(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Return ``(text, intent)`` pairs by partition of one MASSIVE file (arXiv 2204.08582).

    Raises:
        DatasetError: A column is missing.
    """
    partitions: dict[str, list[tuple[str, str]]] = {"train": [], "dev": [], "test": []}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            try:
                partitions[row["partition"]].append((row["utt"], row["intent"]))
            except KeyError as error:
                raise DatasetError(f"{path} lacks the column or partition {error}") from error
    return partitions


def own_corpus(root: Path) -> Corpus | None:
    """Return our own data below the repository's ``root``; None without an evaluation set."""
    test = read_evaluation(root / "data" / "evaluation")
    if not test:
        return None
    train = tuple(read_examples(root / "data" / "rasa" / "nlu"))
    return Corpus("own", "Own data", train, tuple(test), OUT_OF_SCOPE, has_entities=True)


def massive_corpora(folder: Path) -> Iterator[Corpus]:
    """Yield the MASSIVE corpora whose files are in ``folder``, each with 3,015 examples and all."""
    for locale, title in (("id-ID", "MASSIVE id-ID"), ("jv-ID", "MASSIVE jv-ID")):
        path = folder / "massive" / f"massive_{locale}.tsv"
        if not path.is_file():
            continue
        parts = read_massive(path)
        test = tuple(Utterance(text, intent) for text, intent in parts["test"])
        short = f"massive-{locale[:2]}"
        few = tuple(sample(parts["train"], SAMPLE_SIZE, SAMPLE_SEED))
        yield Corpus(f"{short}-3015", f"{title}, {len(few):,} examples", few, test)
        everything = tuple(parts["train"])
        yield Corpus(
            short, f"{title}, all {len(everything):,} examples", everything, test, for_stock=False
        )


def sample(examples: Sequence[tuple[str, str]], size: int, seed: int) -> list[tuple[str, str]]:
    """Return ``size`` of the examples, drawn once for each seed, in their own order."""
    if len(examples) <= size:
        return list(examples)
    chosen = random.Random(seed).sample(range(len(examples)), size)
    return [examples[place] for place in sorted(chosen)]


def with_texts(utterances: Iterable[Utterance], texts: Iterable[str]) -> list[Utterance]:
    """Return the utterances with other texts, everything else as it was."""
    return [replace(one, text=text) for one, text in zip(utterances, texts, strict=True)]
