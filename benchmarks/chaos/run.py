"""One run: citizens write in one thread, faults are done in another, then all is gathered."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import httpx

from benchmarks.chaos import gather
from benchmarks.chaos.citizens import OnTelegram, OnWhatsApp, Pace, Writer
from benchmarks.chaos.dialogues import Dialogues
from benchmarks.chaos.evidence import Evidence
from benchmarks.chaos.faults import Shaker, schedule
from benchmarks.chaos.house import House, running
from benchmarks.chaos.ledger import Ledger
from benchmarks.chaos.posts import PATIENCE_S, Doors, TelegramPost, WhatsAppPost
from tests.fakes.meta import FakeMeta
from tests.fakes.telegram import FakeTelegram

SETTLED_S = 420.0
"""The longest wait for the last answers: what was put off while the clock was ahead waits for the
clock, and a delivery is put off by a minute and more after some tries."""

LONGEST_CALM_S = 20.0
"""After so long the next fault comes, however little was answered meanwhile."""

AT_WORK = 6
"""So many answers come between two faults: a fault shall strike a house at work."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a run is."""

    citizens: int
    messages: int
    rounds: int
    pace: Pace
    share: float = 1.0
    only: str = ""


LONG = Size(citizens=500, messages=10_000, rounds=2, pace=Pace(6.0, 42.0))
SHORT = Size(citizens=60, messages=420, rounds=1, pace=Pace(0.5, 5.0), share=0.5)


class Crowd:
    """The citizens and the platforms' post, in a thread with a loop of their own."""

    def __init__(self, ledger: Ledger, doors: Doors, size: Size, seed: str) -> None:
        """Prepare; nothing is written before :meth:`start`."""
        self.ledger = ledger
        self.size = size
        self._doors = doors
        self._seed = seed
        self._shaking = True
        self._stop = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.done = threading.Event()
        self.failure: BaseException | None = None

    def start(self) -> None:
        """Let the citizens write."""
        self._thread.start()

    def restarted(self) -> None:
        """Send the duplicates that waited for a restart."""
        self._loop.call_soon_threadsafe(self.telegram.restarted)
        self._loop.call_soon_threadsafe(self.whatsapp.restarted)

    def no_more_faults(self) -> None:
        """Let whoever has written enough stop."""
        self._shaking = False

    def open(self) -> int:
        """Give how many updates and items nobody took yet."""
        with self.ledger.telegram.lock:
            return len(self.ledger.telegram.pending) + self.whatsapp.open

    def end(self) -> None:
        """End the post."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._live())
        except BaseException as error:  # told by the main thread
            self.failure = error
        finally:
            self.done.set()

    async def _live(self) -> None:
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=32)
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S, limits=limits) as http:
            random = Random(f"{self._seed}:post")
            self.telegram = TelegramPost(self.ledger, self._doors, http, random)
            self.whatsapp = WhatsAppPost(self.ledger, self._doors, http, random)
            posts = [self.ledger.watch(), self.telegram.run(), self.whatsapp.run(),
                     self.whatsapp.tell_statuses()]  # fmt: skip
            beside = [asyncio.create_task(work) for work in posts]
            watched = asyncio.gather(*beside)
            writers = [self._writer(number) for number in range(self.size.citizens)]
            living = asyncio.gather(*(writer.live(self._going_on) for writer in writers),
                                    self._blockers())  # fmt: skip
            await asyncio.wait({living, watched}, return_when=asyncio.FIRST_COMPLETED)
            if watched.done():
                watched.result()
            living.result()
            self.done.set()
            await asyncio.wait(
                {asyncio.create_task(self._stop.wait()), watched},
                return_when=asyncio.FIRST_COMPLETED,
            )
            watched.cancel()

    def _going_on(self) -> bool:
        # Faults need somebody to disturb, but a run has an end.
        return self._shaking and len(self.ledger.written) < 2 * self.size.messages

    def _writer(self, number: int) -> Writer:
        seed = f"{self._seed}:{number}"
        quota = -(-self.size.messages // self.size.citizens)
        common = (Dialogues(seed), self.size.pace, quota, Random(f"{seed}:pace"))
        if number % 2:
            chat = f"whatsapp:62899{number:08d}"
            return OnWhatsApp(self.ledger, chat, *common, post=self.whatsapp)
        chat = f"telegram:{6_100_000 + number}"
        return OnTelegram(self.ledger, chat, *common, post=self.telegram)

    async def _blockers(self) -> None:
        """Some write once and block the bot before its answer comes."""
        random = Random(f"{self._seed}:blockers")
        for number in range(max(1, self.size.citizens // 50)):
            await asyncio.sleep(random.uniform(1.0, 6.0))
            chat, wa_id = 6_900_000 + number, f"62897{number:08d}"
            self.ledger.refusing |= {f"telegram:{chat}", f"whatsapp:{wa_id}"}
            self.ledger.telegram.citizen(chat)
            self.ledger.telegram.blocked.add(chat)
            self.ledger.meta.unreachable.add(wa_id)
            writers: tuple[Writer, ...] = (
                OnTelegram(self.ledger, f"telegram:{chat}", Dialogues(f"b{number}"),
                           self.size.pace, 1, random, post=self.telegram),
                OnWhatsApp(self.ledger, f"whatsapp:{wa_id}", Dialogues(f"c{number}"),
                           self.size.pace, 1, random, post=self.whatsapp),
            )  # fmt: skip
            for writer in writers:
                for step in writer.dialogues.one_ticket():
                    writer._do(step)


def run(size: Size, seed: int, tell: Tell) -> tuple[Evidence, Shaker]:
    """Let a whole day happen; gives what it left behind.

    Raises:
        TimeoutError: The house does not come back after a fault.
    """
    with FakeTelegram().running() as telegram, FakeMeta().running() as meta:
        tell("starting the house")
        with running(telegram, meta) as house:
            gather.watch_statuses(house)
            ledger = Ledger(telegram, meta)
            crowd = Crowd(ledger, Doors(house.doors), size, str(seed))
            shaker = Shaker(house, ledger, Random(f"{seed}:faults"), crowd.restarted,
                            size.share)  # fmt: skip
            crowd.start()
            try:
                _shake(shaker, crowd, size, seed, tell)
                crowd.no_more_faults()
                _wait_for_citizens(crowd, tell)
                left = _settle(house, crowd, tell)
            finally:
                crowd.end()
            if crowd.failure is not None:
                raise crowd.failure
            return gather.evidence(house, ledger, left), shaker


def _shake(shaker: Shaker, crowd: Crowd, size: Size, seed: int, tell: Tell) -> None:
    arrivals = crowd.ledger.arrivals
    for share, name in schedule(Random(f"{seed}:schedule"), size.rounds, size.only):
        enough = max(share * size.messages, len(arrivals) + AT_WORK)
        latest = time.monotonic() + LONGEST_CALM_S
        while len(arrivals) < enough and time.monotonic() < latest:
            if crowd.done.is_set():
                break
            time.sleep(0.1)
        if crowd.failure is not None:
            return
        tell(f"{_progress(crowd)}  {name}")
        shaker.shake(name)


def _wait_for_citizens(crowd: Crowd, tell: Tell) -> None:
    while not crowd.done.wait(10):
        tell(_progress(crowd))


def _settle(house: House, crowd: Crowd, tell: Tell) -> dict[str, int]:
    deadline = time.monotonic() + SETTLED_S
    told = time.monotonic()
    while True:
        left = {**gather.left(house), "updates at the platforms": crowd.open()}
        if not any(left.values()) or time.monotonic() > deadline:
            time.sleep(0.5)  # what was sent last is noted
            return left
        if time.monotonic() - told > 10:
            told = time.monotonic()
            tell(f"waiting for {', '.join(f'{n} {what}' for what, n in left.items() if n)}")
        time.sleep(0.5)


def _progress(crowd: Crowd) -> str:
    ledger = crowd.ledger
    return (
        f"{ledger.now():6.1f} s  written {len(ledger.written)}, received {len(ledger.arrivals)},"
        f" waiting at the platforms {crowd.open()}"
    )
