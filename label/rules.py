"""Who may do what with an application, and whether the service takes applications at all."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import rules
from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from accounts.models import Role, User
from accounts.rules import (
    Claim,
    covered_by,
    in_place_of,
    is_case_officer,
    is_clock,
    is_secretariat,
    is_signatory,
    require,
)
from charter.models import Charter
from journal.models import Event
from journal.moves import Actor
from label.models import Application, Edition
from label.registry import concerned_by, people_apart
from structures.models import Membership
from structures.rules import is_outsider, is_representative, is_writer, represents

# Without these the Institute may not receive a request: what silence means, its legal basis, where to write...
NEEDED_TO_OPEN = (
    "SILENCE_EFFECT",
    "SILENCE_MONTHS",
    "SILENCE_LEGAL_REFERENCE",
    "LEGAL_BASIS",
    "SERVICE_NAME",
    "SERVICE_ADDRESS",
    "SERVICE_PHONE",
    "SERVICE_EMAIL",
    "COURT_NAME",
    "RETENTION_TABLE",
    "PRIVACY_NOTICE",
    "COMMITTEE_RULES",
    "PUBLICATION_DIRECTOR",
    "HOSTING",
    "DATA_PROTECTION_CONTACT",
    "SOURCE_CODE_URL",
)
EXAMINING = ("ask_documents", "declare_admissible")  # moves by which somebody examines, even as a substitute
FILE_HANDED_TO = "file_to:"  # note on the journal, followed by the key of the officer


def missing_settings(configuration: Any = settings) -> list[str]:
    """The names of the settings that are still empty and without which applications stay closed."""
    return [name for name in NEEDED_TO_OPEN if not getattr(configuration, name, None)]


def applications_are_open(configuration: Any = settings) -> bool:
    """Whether an association may start an application today: settings given, edition and charter in force.

    In production nothing at all may be missing: the whole list of `manage.py ready`, asked through a setting.
    """
    return (
        not missing_settings(configuration)
        and Edition.objects.in_force() is not None
        and Charter.objects.in_force() is not None
        and (not configuration.PRODUCTION or import_string(configuration.READINESS)())
    )


@rules.predicate
def writes_for_structure(claim: Claim, application: Application | None) -> bool:
    """Represents the structure of the dossier or writes for it, and its space is open."""
    return application is not None and is_writer(claim, application.structure)


@rules.predicate
def represents_structure(claim: Claim, application: Application | None) -> bool:
    """Is the legal representative of the structure of the dossier, and its space is open."""
    return application is not None and is_representative(claim, application.structure)


@rules.predicate
def receives_for_structure(claim: Claim, application: Application | None) -> bool:
    """Is the legal representative, even while the space is read only."""
    return application is not None and represents(claim, application.structure)


@rules.predicate
def came_on_paper(claim: Claim, application: Application | None) -> bool:
    """The office typed this dossier for somebody who wrote, called or came."""
    return application is not None and hasattr(application, "paper_entry")


@rules.predicate
def is_outside_structure(claim: Claim, application: Application | None) -> bool:
    """Never belonged to the structure, nor to whoever took over its label, and is not kept apart from them.

    Nobody handles an association of theirs, nor one of which somebody bears their name until that is examined.
    """
    if application is None or claim.user is None:
        return False
    concerned = concerned_by(application)
    members = Membership.objects.filter(concerned, user=claim.user).values("pk")
    apart = people_apart().filter(concerned, person=claim.user).values("pk")
    return not members.union(apart, all=True).exists()


@rules.predicate
def is_never_member(claim: Claim, application: Application | None) -> bool:
    """Never belonged to the structure, nor to whoever took over its label; the checklist tells of a name in common."""
    if application is None or claim.user is None:
        return False
    return not Membership.objects.filter(concerned_by(application), user=claim.user).exists()


@rules.predicate
def holds_the_file(claim: Claim, application: Application | None) -> bool:
    """The dossier is assigned to this officer, or to somebody whom they replace today."""
    if application is None or claim.user is None:
        return False
    return application.case_officer_id in covered_by(claim.user, on=claim.on)


is_office = is_case_officer | is_secretariat
types_for_them = is_office & came_on_paper & is_outside_structure
checks_the_file = is_case_officer & holds_the_file & is_outside_structure

rules.add_perm("label.open_application", is_writer | (is_office & is_outsider))
rules.add_perm("label.enter_on_behalf", is_office & is_outsider)
rules.add_perm("label.edit_application", writes_for_structure | types_for_them)
rules.add_perm("label.submit_application", represents_structure | types_for_them)
rules.add_perm("label.withdraw_application", receives_for_structure | types_for_them)
rules.add_perm("label.ask_help", writes_for_structure)
rules.add_perm("label.answer_pieces", writes_for_structure | types_for_them)
rules.add_perm("label.read_back", is_office & came_on_paper & is_outside_structure)
rules.add_perm("label.handle_help", is_office)
rules.add_perm("label.take_file", is_case_officer & is_never_member)
rules.add_perm("label.assign_file", is_office & is_outside_structure)
rules.add_perm("label.check_file", checks_the_file)
rules.add_perm("label.set_document_apart", is_office & is_outside_structure)
rules.add_perm("label.mask_passage", is_office & is_outside_structure)
rules.add_perm("label.settle_outage_page", is_office)
rules.add_perm("label.settle_outage", is_office & is_outside_structure)
rules.add_perm("label.purge_draft", is_clock)
rules.add_perm("label.adopt_edition", is_signatory | is_secretariat)
rules.add_perm("label.enter_edition_into_force", is_clock | is_signatory | is_secretariat)


def require_on_file(permission: str, by: Actor, application: Application | None, *, on: date) -> Actor:
    """Require an act of whoever holds the file; returns the actor, on behalf of the officer whom they replace.

    Raises `NotAllowed`.
    """
    require(permission, by, application, on=on)
    return in_place_of(by, application.case_officer if application else None, on=on)


def people_involved(application: Application) -> set[int]:
    """The keys of the officers who have ever held this file or examined it for another: not of the secretariat."""
    found = {application.case_officer_id} if application.case_officer_id else set()
    events = Event.objects.filter(thread_id=application.thread_id)
    examined = events.filter(move__in=EXAMINING).exclude(actor=None)
    found |= set(examined.values_list("actor_id", flat=True))
    found |= set(application.findings.values_list("made_by_id", flat=True))
    notes = events.filter(move__startswith=FILE_HANDED_TO)
    for move in notes.values_list("move", flat=True):
        if named := re.fullmatch(rf"{FILE_HANDED_TO}(\d+)", move):
            found.add(int(named[1]))
    return found


def free_for_appeal(application: Application, *, on: date, besides: User | None = None) -> QuerySet[User]:
    """The people of the Institute who could still examine an appeal: appeal officers, or officers not involved.

    `besides` is the person about to take the file, who will not be free any more (domain 5.2 rule 1).
    """
    taken = people_involved(application) | ({besides.pk} if besides else set())
    able = User.objects.holding(Role.APPEAL_OFFICER, on=on) | User.objects.holding(Role.CASE_OFFICER, on=on)
    members = application.structure.memberships.values("user_id")
    apart = people_apart(to_take=True).filter(concerned_by(application)).values("person_id")
    able = able.exclude(pk__in=taken).exclude(pk__in=members).exclude(pk__in=apart)
    return able.distinct().order_by("last_name", "pk")
