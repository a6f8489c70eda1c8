"""One structure of the demonstration while its story is told: its records read afresh, its days, its people acting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Role, User
from desks.demonstration import people
from desks.demonstration.structures import STRUCTURES, Told
from journal.moves import Actor, subject_key
from label.models import Application
from structures.models import Membership, Structure

# The dossiers of the colleague who is away: his substitute finds them in her list.
OF_THE_COLLEAGUE = ("paslegers", "heures")


@dataclass(frozen=True)
class Story:
    """The structure told, and the moment at which the demonstration is loaded."""

    told: Told
    now: datetime

    @property
    def place(self) -> int:
        """Its place among the structures, from which its panel and the hours of its steps follow."""
        return STRUCTURES.index(self.told)

    def at(self, day: int, hour: int = 10) -> datetime:
        """A moment of the story, `day` days after it began; never in the future."""
        begun = timezone.localtime(self.now) - timedelta(days=self.told.begun)
        moment = begun.replace(hour=hour, minute=(7 * self.place) % 60, second=0, microsecond=0)
        return min(moment + timedelta(days=day), self.now)

    @property
    def exists(self) -> bool:
        """Whether the structure has its space."""
        return Structure.objects.filter(name=self.told.name).exists()

    @property
    def structure(self) -> Structure:
        """The structure, read afresh."""
        return Structure.objects.get(name=self.told.name)

    @property
    def application(self) -> Application:
        """Its newest dossier, read afresh, but one that an appeal reopened."""
        return self._dossiers.select_related("edition", "snapshot")[:1].get()

    @property
    def state(self) -> str:
        """The state of its dossier; empty before there is one."""
        return str(self._dossiers.values_list("state", flat=True).first() or "")

    @property
    def _dossiers(self) -> QuerySet[Application]:
        own = Application.objects.filter(structure__name=self.told.name, reopens=None)
        return own.order_by("-pk")

    @property
    def president(self) -> Actor:
        """Who represents the structure."""
        structure = self.structure
        user = structure.representative()
        return Actor(user, Membership.Role.REPRESENTATIVE, subject_key(structure))

    @property
    def writer(self) -> Actor:
        """Who types in the dossier: a member, or the secretariat when it came on paper."""
        if self.told.stage == "paper":
            return Actor(self.secretary.user, Role.SECRETARIAT, subject_key(self.structure))
        return self.president

    @property
    def officer(self) -> Actor:
        """The case officer of this dossier."""
        person = people.COLLEAGUE if self.told.key in OF_THE_COLLEAGUE else people.OFFICER
        return people.acting(person, Role.CASE_OFFICER)

    @property
    def secretary(self) -> Actor:
        """The secretariat."""
        return people.acting(people.SECRETARY, Role.SECRETARIAT)

    @property
    def signatory(self) -> Actor:
        """Who holds the delegation of signature."""
        return people.acting(people.SIGNATORY, Role.SIGNATORY)


def member_of_committee(person: people.Person) -> User:
    """The account of a member."""
    user = people.found(person)
    if user is None:
        raise User.DoesNotExist(person.last_name)
    return user
