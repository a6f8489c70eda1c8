"""Reports of the tests, at each stage, through the real actions; the label and its people are made once per test."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Role, User
from certificates.models import Label
from feedback import actions
from feedback.actions.filing import Told, anybody
from feedback.models import Report
from journal.moves import Actor
from letters.actions import write_message
from tests.factories import certificates
from tests.factories.accounts import acting, signatory, staff
from tests.factories.structures import AT, representative_of

_keys = itertools.count(1)
# Each says who reported: none may ever be read by an association, nor stand in the journal.
NAME, EMAIL, PHONE, ADDRESS = (
    "Zoé Quartzin",
    "zoe.quartzin@exemple.fr",
    "06 99 88 77 66",
    "12 impasse Quartzite\n69999 Nulleville",
)
IDENTITY = ("Quartzin", "zoe.quartzin", "99 88 77 66", "0699887766", "Quartzite")
TEXT = "Le 3 mars, un bénévole a demandé à une malade d'arrêter son traitement. Texte-du-signalement."
FACTS = "Le 3 mars, une personne de votre association aurait conseillé d'arrêter un traitement."
ANSWER = "Nous avons demandé à l'association de s'expliquer, et nous avons vérifié ce qu'elle nous a répondu."
TOLD = "Nous avons lu votre réponse. Voici ce que nous retenons, et ce que nous vous demandons maintenant."


@dataclass
class World:
    """A label with its usual officer, another officer, a signatory."""

    label: Label = field(default_factory=certificates.label)
    other: User = field(default_factory=lambda: staff(Role.CASE_OFFICER))
    chief: User = field(default_factory=signatory)
    at: datetime = AT + timedelta(days=30)

    @property
    def usual(self) -> User:
        """The officer who runs the file of that label."""
        found = self.label.application.case_officer
        assert found is not None
        return found

    @property
    def officer(self) -> Actor:
        return acting(self.other, Role.CASE_OFFICER)

    @property
    def signing(self) -> Actor:
        return acting(self.chief, Role.SIGNATORY)


def told(world: World, **changes: Any) -> Told:
    """What somebody writes, with their identity unless it is left out."""
    given: dict[str, Any] = {
        "kind": "respect",
        "text": TEXT,
        "label": world.label,
        "name": NAME,
        "email": EMAIL,
        "phone": PHONE,
        "address": ADDRESS,
        "network": "n" * 32,
        "form_key": f"{next(_keys):032x}",
    }
    return Told(**(given | changes))


def nameless(world: World, **changes: Any) -> Told:
    """The same without a word about who they are."""
    return told(world, name="", email="", phone="", address="", **changes)


def filed(world: World, said: Told | None = None) -> tuple[Report, str]:
    return actions.file_report(told=said or told(world), at=world.at, by=anybody())


def qualified(world: World, said: Told | None = None, *, severity: str = "ethics") -> Report:
    report, _code = filed(world, said)
    return actions.qualify(report_pk=report.pk, severity=severity, at=world.at, by=world.officer)


def under_inquiry(world: World, said: Told | None = None) -> Report:
    report = qualified(world, said)
    return actions.inquire(report_pk=report.pk, facts=FACTS, at=world.at, by=world.officer)


def answered(world: World, said: Told | None = None) -> Report:
    """The association answered where the facts were put to it."""
    report = under_inquiry(world, said)
    assert report.asked is not None
    by = representative_of(world.label.structure)
    write_message(
        record=report.asked.subject, text="Cette personne n'est plus chez nous.", at=world.at, by=by
    )
    return report


def proposed(world: World, said: Told | None = None, **changes: Any) -> Report:
    report = answered(world, said)
    given = {"conclusion": "founded", "measure": "recommendation", "reasons": "Elle le reconnaît."}
    given |= {"told": TOLD, "answer": ANSWER} | changes
    return actions.propose(report_pk=report.pk, **given, at=world.at, by=world.officer)


def confirmed(world: World, said: Told | None = None, **changes: Any) -> Report:
    report = proposed(world, said, **changes)
    report.refresh_from_db(fields=["proposed_at"])  # as the page shows it
    seen = report.proposed_at.isoformat()
    return actions.confirm(report_pk=report.pk, seen=seen, at=world.at, by=world.signing)


def closed(world: World, said: Told | None = None) -> Report:
    report = confirmed(world, said)
    return actions.close(report_pk=report.pk, told=TOLD, answer=ANSWER, at=world.at, by=world.officer)
