"""`tanya init`: make a production folder, or say what one is missing; nothing is ever replaced."""

from __future__ import annotations

import argparse
import os
import re
import secrets
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from izin.wording import LOCALES_FOLDER, Wording
from ops.errors import AnswersNeeded, ProductionFolderUnusable
from ops.office_answers import (
    QUESTIONS,
    Answer,
    AnswerWrong,
    Question,
    office_files,
    read_answer,
    read_answers,
)
from ops.production_home import ENV_FILE
from ops.settings import CHECKOUT

OFFICE_FOLDER, BACKUP_KEY_FILE = "kantor", "kunci-cadangan.txt"
FOLDERS = ("var", "var/media", "cadangan")
_TEMPLATES = LOCALES_FOLDER / "id" / "production"
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_SETTING = re.compile(r"^(#?)([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
_TRIES = 5
_OURS = frozenset({"var", "cadangan", OFFICE_FOLDER, BACKUP_KEY_FILE})
_HALF = re.compile(rf"\.({re.escape(BACKUP_KEY_FILE)}|{re.escape(ENV_FILE)})\.\d+")
"""What a making that was killed left half-written."""


def add_arguments(command: argparse.ArgumentParser, wording: Wording) -> None:
    """Add what the command takes."""
    say = wording.say
    command.add_argument("folder", type=Path, nargs="?", help=say("ops.init.folder"))
    command.add_argument("--from", dest="answers", type=Path, help=say("ops.init.from"))
    command.add_argument("--example", action="store_true", help=say("ops.init.example"))


def run(options: argparse.Namespace, wording: Wording) -> int:
    """Make what is missing; 0 when the folder is whole."""
    if options.example:
        print((_TEMPLATES / "jawaban.yml").read_text("utf-8"), end="")
        return 0
    if options.folder is None:
        print(wording.say("ops.init.which_folder"), file=sys.stderr)
        return 2
    home = options.folder.expanduser().resolve()
    try:
        return _run(home, options.answers, wording)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        refused = ProductionFolderUnusable(f"{home}: {detail}", folder=str(home), detail=detail)
        refused.sentence = "ops.error.production_unwritable"
        raise refused from error


def _run(home: Path, answered: Path | None, wording: Wording) -> int:
    _refuse(home)
    if (home / ENV_FILE).exists() and (home / OFFICE_FOLDER).exists():
        return _look_at(home, wording)
    answers = _answers(answered, wording)
    if answers is None:
        return 1
    make(home, answers)
    print(wording.say("ops.init.made", folder=str(home)))
    print(wording.say("ops.init.next", folder=str(home), key=str(home / BACKUP_KEY_FILE)))
    return 0


def make(home: Path, answers: Mapping[str, Answer], draw: Callable[[], str] | None = None) -> None:
    """Write what a production folder holds and does not have yet.

    Args:
        home: the folder, made when missing.
        answers: by the names of `ops.office_answers.QUESTIONS`.
        draw: draws a secret; for tests.
    """
    texts = office_files(answers, CHECKOUT / "data", datetime.now(UTC).date())
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in home.glob(".*"):
        if _HALF.fullmatch(left.name):
            left.unlink()
    for name in (*FOLDERS, OFFICE_FOLDER):
        (home / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in texts.items():
        _write_new(home / OFFICE_FOLDER / name, text)
    if (home / ENV_FILE).exists():
        return
    secret, public = _backup_keys(home / BACKUP_KEY_FILE)
    values = {
        "backup": public,
        "public_url": str(answers.get("public_url") or ""),
        "console_url": str(answers.get("console_url") or ""),
        "gateway_proxies": "1" if answers.get("public_url") else "0",
        "console_proxies": "1" if answers.get("console_url") else "0",
    }
    pick = draw or (lambda: secrets.token_urlsafe(32))
    template = (_TEMPLATES / ENV_FILE).read_text("utf-8")
    filled = _PLACE.sub(lambda at: pick() if at[1] == "new" else values[at[1]], template)
    _write_new(home / BACKUP_KEY_FILE, f"{secret}\n")
    _write_new(home / ENV_FILE, filled)  # last: with it the folder counts as made


def _backup_keys(kept: Path) -> tuple[str, str]:
    """Secret and public key: new ones, or those of a making that was stopped half-way.

    A new public key beside a kept secret one would lock backups that nobody opens.

    Raises:
        BackupKeyInvalid: what was kept is no key.
    """
    from ops.backup_keys import new_key, openers

    if not kept.exists():
        return new_key()
    secret = openers({}, kept)[0]
    return str(secret), str(secret.to_public())


def missing_settings(text: str) -> list[str]:
    """The settings of the release that an environment file neither sets nor mentions."""
    known = {match[2] for match in _SETTING.finditer(text)}
    template = (_TEMPLATES / ENV_FILE).read_text("utf-8")
    return [match[2] for match in _SETTING.finditer(template) if match[2] not in known]


def empty_secrets(text: str) -> list[str]:
    """The secrets that the environment file should hold and does not."""
    has = {match[2] for match in _SETTING.finditer(text) if not match[1] and match[3].strip()}
    template = (_TEMPLATES / ENV_FILE).read_text("utf-8")
    drawn = (match[2] for match in _SETTING.finditer(template) if "{{new}}" in match[3])
    return [name for name in (*drawn, "TANYA_BACKUP_KEY") if name not in has]


def _refuse(home: Path) -> None:
    """Refuse a folder that must not become a production folder.

    Raises:
        ProductionFolderUnusable: it holds something else, lies in the program, or lost its
            secrets while its database is there.
    """
    reason = ""
    if home == CHECKOUT or CHECKOUT in home.parents:
        reason = "ops.error.production_inside"
    elif home.exists() and not home.is_dir():
        reason = "ops.error.production_foreign"
    elif home.exists() and not (home / ENV_FILE).exists():
        if (home / "pg" / "data").exists():
            reason = "ops.error.production_lost"
        elif any(item.name not in _OURS and not _HALF.fullmatch(item.name)
                 for item in home.iterdir()):  # fmt: skip
            reason = "ops.error.production_foreign"
    if reason:
        refused = ProductionFolderUnusable(f"{home} cannot be used", folder=str(home))
        refused.sentence = reason
        raise refused


def _look_at(home: Path, wording: Wording) -> int:
    """Say what a folder made earlier is missing; nothing is changed."""
    say = wording.say
    file = home / ENV_FILE
    text = file.read_text("utf-8")
    print(say("ops.init.already", folder=str(home)))
    wrong = False
    if file.stat().st_mode & 0o077:
        print(say("ops.init.open_file", file=str(file)))
        wrong = True
    for name in empty_secrets(text):
        print(say("ops.init.no_secret", name=name))
        wrong = True
    for name in missing_settings(text):
        print(say("ops.init.new_setting", name=name))
    if not re.search(r"^(TELEGRAM_TOKEN|WHATSAPP_TOKEN)=\S", text, re.MULTILINE):
        print(say("ops.init.no_channel"))
    if not re.search(r"^PERMIT_DATABASE_URL=\S", text, re.MULTILINE):
        print(say("ops.init.no_registry"))
    if (home / BACKUP_KEY_FILE).exists():
        print(say("ops.init.move_key", file=str(home / BACKUP_KEY_FILE)))
    return 1 if wrong else 0


def _answers(file: Path | None, wording: Wording) -> dict[str, Answer] | None:
    if file is not None:
        answers, wrong = read_answers(file)
        for error in wrong:
            print(_wrong(error, wording), file=sys.stderr)
        return None if wrong else answers
    if not sys.stdin.isatty():
        raise AnswersNeeded("nobody to ask and no file of answers")
    print(wording.say("ops.init.welcome"))
    return {question.name: _ask(question, wording) for question in QUESTIONS}


def _ask(question: Question, wording: Wording) -> Answer:
    """Ask until the answer can be used.

    Raises:
        AnswersNeeded: five answers in a row could not, or nobody answers any more.
    """
    for _ in range(_TRIES):
        try:
            return read_answer(question, input(wording.say(f"ops.init.ask.{question.name}") + " "))
        except AnswerWrong as error:
            print(_wrong(error, wording))
        except EOFError:
            break
    raise AnswersNeeded(f"no usable answer to {question.name}")


def _wrong(error: AnswerWrong, wording: Wording) -> str:
    return wording.say(f"ops.init.wrong.{error.reason}", name=error.name)


def _write_new(file: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all; one that is there stays."""
    if file.exists():
        return
    written = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(written, file)
    except FileExistsError:
        pass
    finally:
        written.unlink()
