"""Training in the running house: what gets worse is held back; publishing, and going back."""

from __future__ import annotations

import html
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import httpx
import pytest
from tanya_language.evaluation import read_sentences

from izin.accounts import Account, Role
from izin.language_models import LanguageModel, ModelState, Report, Training, TrainingState
from izin.learning import RegressionCase, TrainingExample
from izin.storage.postgres.learning import PostgresLearning
from izin.storage.postgres.models import PostgresLanguageModels
from izin.storage.postgres.trainings import PostgresTrainings
from ops.settings import CHECKOUT
from tests.journeys.console_people import PASSWORD, new_account
from tests.journeys.stack import Stack

pytestmark = pytest.mark.timeout(1800)

BASE = "/isi/model"
TRAINED_WITHIN_S = 700.0
SWAPPED_WITHIN_S = 60.0
NAMES = ("imb", "pbg", "slf", "reklame", "sip dokter", "apotek", "klinik", "pkkpr", "tdg", "pirt")
MISTAKEN = "tanya_lama_proses"
TAUGHT = [(f"{name} kresekane opo", "tanya_syarat") for name in NAMES]
ASKED = "pirt kresekane opo"
ASKED_BY_ONE = 20
"""Fewer than the messages a minute that are answered to one citizen."""


class Editors:
    """A supervisor and an editor at the console, and what they look at."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.models = PostgresLanguageModels(stack.engine)
        self.trainings = PostgresTrainings(stack.engine)
        self.learning = PostgresLearning(stack.engine)
        self.account = new_account(stack, Role.EDITOR, name="Rani Penyunting")
        self.http = self._signed_in(self.account)
        self.supervisor = self._signed_in(new_account(stack, Role.SUPERVISOR, name="Sri Penyelia"))

    def _signed_in(self, account: Account) -> httpx.Client:
        http = httpx.Client(base_url=self.stack.trial.console_url, timeout=30, trust_env=False)
        form = {"login": account.login, "password": PASSWORD}
        token = _token(http.get("/masuk").text)
        answer = http.post("/masuk", data={"csrf": token, **form})
        assert answer.status_code == 303, answer.text
        return http

    def teach(self, pairs: list[tuple[str, str]]) -> list[str]:
        """Add examples; gives their ids."""
        now = datetime.now(UTC)
        added = [TrainingExample(str(uuid.uuid4()), *pair, self.account.id, now) for pair in pairs]
        for example in added:
            self.learning.add_example(example)
        return [example.id for example in added]

    def train(self) -> tuple[Training, LanguageModel]:
        """Press the button and wait; gives the training and what came of it."""
        page = self.http.get(BASE).text
        form = {"csrf": _token(page), "once": uuid.uuid4().hex}
        assert self.http.post(f"{BASE}/latih", data=form).status_code == 303
        training = self.trainings.latest(1)[0]
        seen: set[int] = set()

        def over() -> bool:
            now = self.trainings.training(training.id)
            seen.add(now.percent)
            return now.state is not TrainingState.RUNNING

        self.stack.until(over, TRAINED_WITHIN_S)
        ended = self.trainings.training(training.id)
        assert ended.state is TrainingState.DONE, ended
        assert len(seen) > 5  # it told how far it was
        return ended, self.models.model(ended.model_id or "")

    def publish(
        self, model: LanguageModel, reason: str = "", by: httpx.Client | None = None
    ) -> httpx.Response:
        """Press the button that publishes it."""
        http = by or self.http
        form = {"csrf": _token(http.get(f"{BASE}/{model.id}").text), "reason": reason}
        return http.post(f"{BASE}/{model.id}/terbitkan", data=form)

    def report(self, model: LanguageModel) -> Report:
        """Give what was found when it was judged."""
        report = self.models.report(model.id)
        assert report is not None
        return report

    def live_everywhere(self) -> bool:
        """Say whether the page says that every process has the published model."""
        return 'data-done="true"' in self.http.get(f"{BASE}/keadaan").text

    def rasa_id(self) -> str:
        """Give the id of the model Rasa has."""
        answer = httpx.get(f"{self.stack.trial.rasa_url}/readyz", trust_env=False)
        return str(answer.json().get("model_id"))


def _token(page: str) -> str:
    return page.split('name="csrf" value="', 1)[1].split('"', 1)[0] if 'name="csrf"' in page else ""


@pytest.fixture(scope="module")
def editors(stack: Stack) -> Iterator[Editors]:
    """The editors; afterwards the model of the release is live again."""
    editors = Editors(stack)
    first = editors.models.published()
    assert first is not None
    yield editors
    if editors.rasa_id() != first.rasa_id:
        editors.publish(first)
        stack.until(lambda: editors.rasa_id() == first.rasa_id, SWAPPED_WITHIN_S)
    editors.http.close()
    editors.supervisor.close()


@pytest.fixture(scope="module")
def held(editors: Editors) -> LanguageModel:
    """A model of examples that do harm, and of some that help: one training serves all tests."""
    asked = read_sentences(CHECKOUT / "data" / "evaluation")
    sentences = [one.text for one in asked if one.intent == MISTAKEN][:50]
    case = RegressionCase(
        str(uuid.uuid4()), sentences[0], MISTAKEN, added_by=editors.account.id,
        added_at=datetime.now(UTC),
    )  # fmt: skip
    editors.learning.add_case(case)
    ids = editors.teach([(text, "pamit") for text in sentences]) + editors.teach(TAUGHT)
    before = editors.rasa_id()

    training, model = editors.train()

    print("held back", [one.code for one in model.verdict], editors.report(model).took_s)
    assert editors.trainings.training(training.id).model_id == model.id
    assert editors.rasa_id() == before  # a training publishes nothing
    for example_id in ids:
        editors.learning.switch_example(example_id, active=False)
    return model


def test_a_training_that_makes_things_worse_is_held_back_and_says_why(
    editors: Editors, held: LanguageModel
) -> None:
    before = editors.rasa_id()
    codes = {reason.code for reason in held.verdict}
    assert held.state is ModelState.REFUSED
    assert {"accuracy", "intent", "cases"} <= codes
    page = html.unescape(editors.http.get(f"{BASE}/{held.id}").text)
    assert "ditahan karena" in page
    assert f"Maksud {MISTAKEN} turun dari" in page
    count = editors.report(held).cases
    assert f"1 dari {count} kasus uji yang tadinya dimengerti sekarang tidak" in page
    worse = [one for one in editors.report(held).worse if one.wanted.startswith(MISTAKEN)]
    assert len(worse) > 10
    assert all(f'<td class="model-sentence">{one.text}</td>' in page for one in worse)

    refused = editors.publish(held, "Kalimat ujinya sendiri keliru.")

    assert (refused.status_code, "Hanya penyelia" in refused.text) == (422, True)
    unexplained = editors.publish(held, by=editors.supervisor)
    assert (unexplained.status_code, "Tuliskan alasan" in unexplained.text) == (422, True)
    assert editors.rasa_id() == before


class Load:
    """Citizens who go on asking while models are exchanged."""

    def __init__(self, stack: Stack) -> None:
        self.wrong: list[str] = []
        self.answered = 0
        self.slowest_ms = 0.0
        self._stack = stack
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(channel,))
            for channel in ("telegram", "whatsapp")
        ]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def goes_on(self) -> None:
        """Wait until some more are answered; fails with what went wrong."""
        answered = self.answered
        assert self._stack.comes(lambda: self.answered > answered + 4, 60), self.wrong

    def _ask(self, channel: str) -> None:
        for number in count():
            if self._over.is_set():
                return
            name = NAMES[number % len(NAMES)]
            if not number % ASKED_BY_ONE:
                chat = self._stack.chat(channel)
            answer = chat.post(text=f"berapa biaya {name}?")
            if answer.status_code != 200 or answer.json().get("handled_by", "bot") != "bot":
                self.wrong.append(answer.text)
                continue
            self.slowest_ms = max(self.slowest_ms, answer.json().get("turn_ms", 0.0))
            self.answered += bool(answer.json()["replies"])
            if not answer.json()["replies"]:
                self.wrong.append(f"no answer to {name}")


def test_a_model_goes_live_under_load_and_back_without_losing_a_turn(
    editors: Editors, stack: Stack, held: LanguageModel
) -> None:
    first = editors.models.published()
    assert first is not None
    wanted = stack.chat("whatsapp").say("apa saja syarat pirt?").text
    before = stack.chat("whatsapp").say(ASKED).text
    assert before != wanted
    took_s = []
    last = stack.one("select max(seq) from turns")
    with Load(stack) as load:
        load.goes_on()
        for model, understood in ((held, wanted), (first, before)):
            began = datetime.now(UTC)
            published = editors.publish(model, "Contoh yang keliru sudah ditandai.",
                                        by=editors.supervisor)  # fmt: skip
            assert published.status_code == 303
            stack.until(editors.live_everywhere, SWAPPED_WITHIN_S)
            took_s.append((datetime.now(UTC) - began).total_seconds())
            assert editors.rasa_id() == model.rasa_id
            assert stack.chat("whatsapp").say(ASKED).text == understood
            load.goes_on()
    print("swaps", took_s, "turns", load.answered, "slowest ms", load.slowest_ms)
    assert load.wrong == []
    lost = "select count(*) from turns where seq > :last and state not in ('answered', 'merged')"
    stack.until(lambda: stack.one(lost, last=last) == 0)
    overridden = editors.models.model(held.id)
    assert (overridden.state, bool(overridden.override)) == (ModelState.REPLACED, True)


def test_a_broken_archive_stays_away_from_citizens(editors: Editors, stack: Stack) -> None:
    model = next(one for one in editors.models.models() if one.state is ModelState.REPLACED)
    before = editors.rasa_id()
    with stack.engine.begin() as connection:
        connection.exec_driver_sql(
            "update language_models set archive = substr(archive, 1, 100000) where id = %s",
            (model.id,),
        )

    answer = editors.publish(model)

    assert (answer.status_code, "rusak" in answer.text) == (422, True)
    assert editors.rasa_id() == before
    assert stack.chat("telegram").say("berapa biaya imb?").text
