"""The simulated world: its clock, its lots, its people, and what is counted while it lives."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import Role
from deadlines.calendar import is_working_day
from desks.demonstration import people
from desks.demonstration.people import Person
from desks.demonstration.story.context import Story
from desks.demonstration.structures import Action, Told
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterator

TOWNS = (
    ("Lyon", "69003"),
    ("Nantes", "44000"),
    ("Lille", "59000"),
    ("Marseille", "13001"),
    ("Rennes", "35000"),
    ("Strasbourg", "67000"),
    ("Bordeaux", "33000"),
    ("Saint-Denis", "97400"),
)
FIELDS = ("PSY", "APA", "AID", "INFO", "SUPP", "TRAV")


@dataclass(frozen=True)
class Temperament:
    """How an association behaves: chances between 0 and 1, delays in days."""

    name: str
    weight: int  # how many in a hundred
    answers: float = 0.97  # opens its letters, sends what is asked
    delay: int = 8  # days, on average, before it does what is awaited
    quality: float = 0.8  # chance of a dossier that the committee likes
    online: bool = True


TEMPERAMENTS = (
    Temperament("punctual", 50),
    Temperament("late", 20, answers=0.9, delay=25),
    Temperament("on_paper", 12, answers=0.92, delay=14, online=False),
    Temperament("silent", 8, answers=0.35, delay=30),
    Temperament("weak", 8, quality=0.25),
    Temperament("convincing", 2, quality=0.9),
)


@dataclass(frozen=True)
class Lived(Story):
    """A story without a plan: everything that it does, it does at the moment of the simulation."""

    rank: int = 0

    @property
    def place(self) -> int:
        """Its rank among the simulated structures."""
        return self.rank

    def at(self, day: int, hour: int = 10) -> datetime:
        """Now."""
        return self.now


@dataclass
class Life:
    """One association: who it is, how it behaves, when it asks for the label, what it has decided to do and when."""

    rank: int
    told: Told
    temperament: Temperament
    asks_on: date
    plans: dict[str, date] = field(default_factory=dict)  # what it will do -> the day; date.max: never


@dataclass
class World:
    """Everything that a simulated day needs. The same seed gives the same years."""

    start: date
    years: int
    seed: int
    lives: list[Life] = field(default_factory=list)
    day: date = date.min
    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    waits: dict[str, list[int]] = field(default_factory=dict)  # name of a delay -> days
    backlog: dict[str, int] = field(default_factory=dict)  # name of a queue -> its longest

    def __post_init__(self) -> None:
        """The lots of this world, and its first day."""
        self.lot = random.Random(self.seed)  # noqa: S311  (chance of a simulation, not a secret)
        self.day = self.start

    @property
    def last_day(self) -> date:
        """The day after which nothing is lived."""
        return self.start.replace(year=self.start.year + self.years) - timedelta(days=1)

    def moment(self, hour: int = 10, minute: int = 0) -> datetime:
        """A moment of today."""
        return timezone.make_aware(datetime.combine(self.day, time(hour, minute)))

    @property
    def is_working(self) -> bool:
        """Whether the office works today."""
        return is_working_day(self.day)

    def story(self, life: Life) -> Lived:
        """The story of that association, now."""
        return Lived(life.told, self.moment(), life.rank)

    def chance(self, share: float) -> bool:
        """Whether something that happens that often happens."""
        return self.lot.random() < share

    def after(self, days: int, *, spread: int | None = None) -> date:
        """A day around that many days from now."""
        spread = days // 2 if spread is None else spread
        return self.day + timedelta(days=max(0, days + self.lot.randint(-spread, spread)))

    def due(self, life: Life, plan: str, *, days: int, share: float = 1.0) -> bool:
        """Whether that association does today what it decided the first time it was asked; forgotten once done.

        It decides once: to do it after about that many days, or never when it is not among that share.
        """
        if plan not in life.plans:
            life.plans[plan] = self.after(days) if self.chance(share) else date.max
        if life.plans[plan] > self.day:
            return False
        life.plans[plan] = date.max
        return True

    def answers(self, life: Life, plan: str) -> bool:
        """The same for what is awaited from it, by its own habits."""
        return self.due(life, plan, days=life.temperament.delay, share=life.temperament.answers)

    def waited(self, name: str, since: date) -> None:
        """Note how long something took until today."""
        self.waits.setdefault(name, []).append((self.day - since).days)

    def queue(self, name: str, length: int) -> None:
        """Note the length of a queue: the longest is kept."""
        self.backlog[name] = max(self.backlog.get(name, 0), length)

    @contextmanager
    def trying(self, what: str) -> Iterator[None]:
        """Do something that a rule may refuse: the refusal is counted, and life goes on."""
        try:
            yield
        except (Blocked, NotAllowed) as refusal:
            said = [reason.code or str(reason.text) for reason in getattr(refusal, "reasons", [])]
            self.refused[f"{what}: {said[0] if said else 'not allowed'}"] += 1

    # Who acts at the Institute.
    @property
    def officer(self) -> Actor:
        """The case officer who is there."""
        return people.acting(people.OFFICER, Role.CASE_OFFICER)

    @property
    def secretary(self) -> Actor:
        """The secretariat."""
        return people.acting(people.SECRETARY, Role.SECRETARIAT)

    @property
    def signatory(self) -> Actor:
        """Who signs."""
        return people.acting(people.SIGNATORY, Role.SIGNATORY)

    @property
    def appeal_officer(self) -> Actor:
        """Who examines appeals."""
        return people.acting(people.APPEALS, Role.APPEAL_OFFICER)

    @property
    def ethics_officer(self) -> Actor:
        """Who examines links of interest."""
        return people.acting(people.ETHICS, Role.ETHICS_OFFICER)


def peopled(start: date, years: int, structures: int, seed: int) -> World:
    """A world with that many associations, which ask for the label over the first half of the years."""
    world = World(start, years, seed)
    first_half = max(1, years * 365 // 2)
    weights = [temperament.weight for temperament in TEMPERAMENTS]
    for rank in range(structures):
        temperament = world.lot.choices(TEMPERAMENTS, weights)[0]
        asks_on = start + timedelta(days=world.lot.randrange(first_half))
        world.lives.append(Life(rank, _told(world, rank, temperament), temperament, asks_on))
    return world


def _told(world: World, rank: int, temperament: Temperament) -> Told:
    city, postal_code = world.lot.choice(TOWNS)
    field_ = world.lot.choice(FIELDS)
    name = f"Association simulée {rank:04d}"
    return Told(
        key=f"s{rank:04d}",
        name=name,
        kind="rna",
        number=f"W{980_000_000 + rank}",
        city=city,
        postal_code=postal_code,
        president=Person("Camille", f"Simulée {rank:04d}"),
        quality="présidente",
        summary=f"{name} accueille et accompagne des personnes touchées par un cancer et leurs proches.",
        stage="simulated",
        begun=0,
        actions=(
            Action(
                f"Accueil {rank:04d}",
                "Un accueil gratuit, tenu par des bénévoles formés.",
                field_,
                fields=(field_,),
                departments=(postal_code[:2] if postal_code < "97" else postal_code[:3],),
            ),
        ),
        online=temperament.online,
        score=3 if world.chance(temperament.quality) else 1,
    )
