"""Every custom action of the domain, joined to its use case."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any

from rasa_sdk.executor import ActionExecutor

from actions.answering import AnsweringAction, WithOtherQuestions, WordsOrItem
from actions.forms import AskForm, FormTask, ValidateForm
from izin.ports import (
    Catalogue,
    Drafts,
    Escalations,
    FaqBook,
    OfficeBook,
    Officers,
    Ratings,
    Surveys,
)
from izin.usecases.about_application import AboutApplication, ComplaintOfShown, StatusDialogue
from izin.usecases.about_following import AboutFollowing, FollowDialogue
from izin.usecases.about_own_data import OwnDataByName, PermitInstead
from izin.usecases.activity_stories import ActivityStories
from izin.usecases.advice_dialogue import AdviceDialogue
from izin.usecases.advise_permit import AdvisePermit
from izin.usecases.answer_abuse import AbuseLimits, AnswerAbuse
from izin.usecases.answer_generally import AnswerGenerally
from izin.usecases.answer_permit import AnswerPermit
from izin.usecases.answer_questions import AnswerQuestions
from izin.usecases.ask_officer import AskOfficer
from izin.usecases.calculate_fee import CalculateFee
from izin.usecases.complaint_dialogue import ComplaintDialogue, ComplaintFirst, TicketFirst
from izin.usecases.continue_task import ContinueTask
from izin.usecases.dialogue import LongDialogue, OneTurn, TurnInput
from izin.usecases.fee_dialogue import FeeDialogue
from izin.usecases.fee_words import FeeWords
from izin.usecases.grave_matters import GraveMatters
from izin.usecases.greet import Greet
from izin.usecases.handle_privacy import HandlePrivacy
from izin.usecases.help_first import AsksNoMore, HelpFirst
from izin.usecases.lost import LostCount
from izin.usecases.meet_leader import MeetLeader
from izin.usecases.number_notice import WithNumberNotice
from izin.usecases.open_tasks import TASKS, OpenTasks, Task
from izin.usecases.published_instead import PublishedFirst, PublishedInstead
from izin.usecases.question_beside import (
    OpinionAndQuestion,
    QuestionBeside,
    RatingAndQuestion,
)
from izin.usecases.rate_service import OfferRating, RateService
from izin.usecases.read_questions import PermitNames, ReadQuestions
from izin.usecases.receive_item import ReceiveItem
from izin.usecases.recent_pace import RecentPace
from izin.usecases.resume_tasks import RememberedTask, ResumeTasks, WithOpenTasks
from izin.usecases.search_faq import SearchFaq
from izin.usecases.take_survey import GiveOpinion, OpinionAsTurn, SurveyByName, TakeSurvey
from izin.usecases.task_words import TaskWords
from izin.usecases.text_search import IndexMaker
from izin.usecases.which_permit import WhichPermit
from izin.wording import Wording

OWN_DATA_BY_NAME = frozenset({"action_jawab", "action_lanjut"})
"""What "nama saya keliru" and "lupakan saya" are often taken for."""

NUMBERS_NOT_NEEDED = frozenset({"action_jawab", "action_sosial", "action_privasi"})
"""Where a NIK, telephone or account number serves nothing."""

BESIDE_COMPLAINTS = frozenset({"action_jawab", "action_lanjut", "action_penilaian"})
"""Where a photo right after a ticket, a bare ticket or "cabut aduan" may arrive."""

BESIDE_STATUS = frozenset({"action_jawab", "action_sosial", "action_lanjut", "action_privasi"})
"""What "kurangnya apa?" or "kok lama?" right after a status is often taken for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the actions are built of; ``main`` fills it from the settings, tests from memory."""

    catalogue: Catalogue
    office: OfficeBook
    faq: FaqBook
    drafts: Drafts
    escalations: Escalations
    officers: Officers
    ratings: Ratings
    surveys: Surveys
    names: PermitNames
    make_index: IndexMaker
    normalise: Callable[[str], str]
    wording: Wording
    complaint: LongDialogue
    status: StatusDialogue
    subscribe: FollowDialogue
    track_complaint: OneTurn
    privacy: HandlePrivacy
    complaint_dialogue: ComplaintDialogue | None = None
    abuse: AbuseLimits = field(default_factory=AbuseLimits)
    pace: RecentPace | None = None
    ping_registry: Callable[[], None] | None = lambda: None


Look = Callable[[str], AbstractContextManager[None]]
"""Opens one look at the database for a conversation's action."""


class TurnThreads(ThreadPoolExecutor):
    """Threads whose every task takes a turn first, and works within one look."""

    def __init__(self, most: int, name: str, look: Look | None = None) -> None:
        """Take how many threads there may be, their name, and the look (none by default)."""
        super().__init__(most, thread_name_prefix=name)
        self._look = look

    def submit(self, task: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        """Run ``task`` on a turn and what else is given."""
        if self._look is None:
            return super().submit(task, *given, **named)
        return super().submit(self._within_look, self._look, task, *given, **named)

    @staticmethod
    def _within_look(look: Look, task: Callable[..., Any], turn: TurnInput, *given: Any) -> Any:
        with look(turn.conversation_id):
            return task(turn, *given)


@dataclass(frozen=True, slots=True)
class Threads:
    """Threads for answers and, apart, for what may wait on the permit registry."""

    answers: ThreadPoolExecutor
    registry: ThreadPoolExecutor

    @classmethod
    def open(cls, answers: int = 16, registry: int = 8, look: Look | None = None) -> Threads:
        """Give both pools; a stalled registry can only ever fill its own.

        ``look``: what each action does its work in, given the conversation's id.
        """
        return cls(TurnThreads(answers, "answers", look), TurnThreads(registry, "registry", look))

    def close(self) -> None:
        """Let running work end and take no more."""
        self.answers.shutdown(wait=True, cancel_futures=True)
        self.registry.shutdown(wait=True, cancel_futures=True)


def build_executor(parts: Parts, threads: Threads) -> ActionExecutor:
    """Give rasa-sdk's executor with an instance of every action registered."""
    executor = ActionExecutor()
    advise = advisor(parts)
    general = general_answers(parts, advise)
    grave = grave_matters(parts)
    use_cases = one_turn_use_cases(parts, advise, general)
    forms = form_tasks(parts, threads, use_cases["action_jawab"], advise, general)
    resuming = open_tasks(parts, forms)
    for name, use_case in use_cases.items():
        if parts.complaint_dialogue is not None and name in BESIDE_COMPLAINTS:
            use_case = ComplaintFirst(parts.complaint_dialogue, use_case)
        if name in BESIDE_STATUS:
            use_case = AboutApplication(parts.status, use_case)
        if name in OWN_DATA_BY_NAME:
            use_case = OwnDataByName(parts.privacy, use_case, parts.wording)
        if name in NUMBERS_NOT_NEEDED:
            use_case = WithNumberNotice(use_case, parts.wording)
        answering = HelpFirst(grave, WithOpenTasks(use_case, resuming))
        executor.register_action(AnsweringAction(name, answering, threads.answers))
    for task in forms:
        if task.offered_again and not task.steps_aside:
            remembered = RememberedTask(task.kind, task.dialogue, resuming)
            task = replace(task, dialogue=remembered)
        task = replace(task, grave=grave)
        executor.register_action(ValidateForm(task, parts.wording))
        executor.register_action(AskForm(task.slot, task.dialogue, task.pool))
    return executor


def open_tasks(parts: Parts, forms: tuple[FormTask, ...]) -> ResumeTasks:
    """Give who remembers the tasks that a citizen leaves open."""
    kinds = [form.kind for form in forms if form.offered_again and not form.steps_aside]
    tasks = OpenTasks(parts.drafts, [TASKS.get(kind) or Task(kind) for kind in kinds])
    return ResumeTasks(tasks, parts.wording, TaskWords(parts.wording))


def advisor(parts: Parts) -> AdvisePermit:
    """Give who tells which permits an activity needs; questions and its form share one."""
    which = WhichPermit(parts.catalogue, parts.make_index)
    stories = ActivityStories(which, parts.wording, parts.normalise)
    return AdvisePermit(stories, parts.drafts, parts.wording, parts.normalise)


def calculator(parts: Parts) -> CalculateFee:
    """Give who works out fees; questions, corrections and its form share the same draft."""
    return CalculateFee(
        parts.catalogue, parts.drafts, parts.wording, parts.normalise, parts.names.quantities
    )


def fee_dialogue(parts: Parts, questions: OneTurn) -> FeeDialogue:
    """Give the dialogue that asks for a fee's missing figures."""
    words = FeeWords(parts.wording, parts.normalise)
    return FeeDialogue(calculator(parts), questions, parts.catalogue, parts.wording, words)


def form_tasks(
    parts: Parts, threads: Threads, questions: OneTurn, advise: AdvisePermit,
    general: AnswerGenerally,
) -> tuple[FormTask, ...]:  # fmt: skip
    """Give the long dialogue behind each form."""
    status: LongDialogue = parts.status
    complaint: LongDialogue = parts.complaint
    if parts.complaint_dialogue is not None:
        status = TicketFirst(parts.complaint_dialogue, parts.status)
        complaint = ComplaintOfShown(parts.status, parts.complaint_dialogue)
    status, complaint = (PublishedInstead(general, one) for one in (status, complaint))
    complaint = AsksNoMore(grave_matters(parts), complaint)
    return (
        FormTask("form_pengaduan", "pengaduan_selesai", complaint, threads.answers),
        FormTask(
            "form_petugas",
            "petugas_selesai",
            ask_officer(parts),
            threads.answers,
            questions,
            offered_again=False,
        ),
        FormTask(
            "form_penilaian",
            "penilaian_selesai",
            OpinionAndQuestion(give_opinion(parts), beside_rating(parts, questions)),
            threads.answers,
            offered_again=False,
        ),
        FormTask("form_status", "status_selesai", status, threads.registry, questions),
        FormTask(
            "form_data_saya",
            "data_saya_selesai",
            parts.privacy.dialogue,
            threads.answers,
            offered_again=False,
        ),
        FormTask(
            "form_langganan", "langganan_selesai", parts.subscribe, threads.registry, questions
        ),
        FormTask(
            "form_biaya",
            "biaya_selesai",
            fee_dialogue(parts, questions),
            threads.answers,
            personal=False,
        ),
        FormTask(
            "form_izin_apa",
            "izin_apa_selesai",
            AdviceDialogue(advise, questions),
            threads.answers,
            personal=False,
            steps_aside=True,
        ),
    )


def ask_officer(parts: Parts) -> AskOfficer:
    """Give the dialogue of a citizen who waits for a human."""
    return AskOfficer(
        parts.office, parts.escalations, parts.officers, parts.drafts, parts.wording,
        parts.normalise,
    )  # fmt: skip


def give_opinion(parts: Parts) -> GiveOpinion:
    """Give the dialogue of ratings and the survey."""
    return GiveOpinion(
        RateService(parts.ratings, parts.drafts, parts.wording, parts.normalise),
        TakeSurvey(parts.surveys, parts.drafts, parts.office, parts.wording, parts.normalise),
    )


def meet_leader(parts: Parts, other: OneTurn) -> MeetLeader:
    """Give who tells how to meet the head of the office, before the other answers."""
    return MeetLeader(other, parts.office, parts.wording, parts.normalise)


def beside_rating(parts: Parts, questions: OneTurn) -> QuestionBeside:
    """Give who answers what is asked in one message with a rating."""
    return QuestionBeside(questions, parts.wording, parts.normalise)


def general_answers(parts: Parts, advise: AdvisePermit) -> AnswerGenerally:
    """Give who answers what is not about one permit; all share its index of the FAQ."""
    faq = SearchFaq(parts.faq, parts.make_index)
    lost = LostCount(parts.drafts)
    return AnswerGenerally(parts.office, faq, advise, lost, parts.wording, grave_matters(parts))


def grave_matters(parts: Parts) -> GraveMatters:
    """Give who notices danger, despair, threats and extortion, whatever was understood."""
    return GraveMatters(parts.catalogue, parts.wording, parts.normalise)


def one_turn_use_cases(
    parts: Parts, advise: AdvisePermit, general: AnswerGenerally | None = None
) -> dict[str, OneTurn]:
    """Give the use case behind each action that answers in one turn."""
    general = general or general_answers(parts, advise)
    lost = LostCount(parts.drafts)
    officer = ask_officer(parts)
    questions = _questions(parts, general)
    opinion = give_opinion(parts)
    offer = OfferRating(parts.ratings, parts.wording, parts.privacy.desk.choices)
    greet = Greet(parts.office, questions, parts.wording, offer)
    calm = AnswerAbuse(greet, questions, parts.drafts, parts.wording, parts.abuse, parts.status)
    asked = meet_leader(parts, questions)
    return {
        "action_jawab": AboutFollowing(
            parts.subscribe,
            WordsOrItem(asked, ReceiveItem(questions, greet, parts.office, parts.wording)),
        ),
        "action_sosial": AboutFollowing(
            parts.subscribe, meet_leader(parts, PublishedFirst(general, calm))
        ),
        "action_penilaian": RatingAndQuestion(
            OpinionAsTurn(opinion), beside_rating(parts, questions)
        ),
        "action_lanjut": SurveyByName(
            opinion,
            AboutFollowing(
                parts.subscribe,
                ContinueTask(questions, officer, lost, parts.wording, calculator(parts)),
            ),
        ),
        "action_cek_pengaduan": WithOtherQuestions(parts.track_complaint, questions),
        "action_privasi": PermitInstead(parts.privacy, questions, parts.wording),
    }


def _questions(parts: Parts, general: AnswerGenerally) -> AnswerQuestions:
    calculate = calculator(parts)
    return AnswerQuestions(
        ReadQuestions(parts.catalogue, parts.names, parts.wording, calculate),
        AnswerPermit(parts.catalogue, parts.office, calculate, parts.wording, parts.pace),
        general,
        parts.catalogue,
        parts.office,
        parts.wording,
    )
