"""Who may prepare, sign and send back the acts of the Institute; what part somebody had in a dossier."""

from __future__ import annotations

from datetime import date
from typing import Any

import rules
from django.db.models import CharField, DateTimeField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import Role, User
from accounts.rules import Claim, is_appeal_officer, is_case_officer, is_clock, is_secretariat, is_signatory
from decisions.effects import served_to
from decisions.models import Appeal, Decision, DecisionQuerySet
from journal.models import Event
from journal.moves import subject_key
from label.clocks import acceptance
from label.models import Application, ApplicationQuerySet, Finding
from label.registry import other_holders, people_apart
from label.rules import (
    EXAMINING,
    FILE_HANDED_TO,
    free_for_appeal,
    holds_the_file,
    is_outside_structure,
    people_involved,
)
from reviewers.models import Assignment, Ballot, SecondOpinion
from structures.models import Membership
from structures.rules import is_outsider, represents

WRITING = ("open", "revise", "send_for_signature")  # events of the journal by which a person prepares an act


def wrote_in(user: User | None, decision: Decision) -> bool:
    """Whether that person prepared the act or wrote in it."""
    if user is None:
        return False
    if decision.prepared_by_id == user.pk:
        return True
    written = Event.objects.filter(thread=decision.thread_id, subject=subject_key(decision), move__in=WRITING)
    return written.filter(actor=user).exists()


def with_part_of(user: User | None, acts: DecisionQuerySet) -> DecisionQuerySet:
    """These acts with what that person had to do with each: ran or wrote it, judged it, belongs to the structure.

    Separation of duties (domain 5.2 rule 1): none of them signs. Asked in the statement that reads the act, so
    that the answer is that of the moment when the thread is held.
    """
    key = user.pk if user else 0
    subject = Concat(Value("decisions.decision:"), Cast(OuterRef("pk"), CharField()))
    wrote = _examined(key) | Q(actor=key, move__in=WRITING, subject=subject)
    return acts.annotate(**_part(key, wrote, "application", "application__structure"))


def with_part_in(user: User | None, dossiers: ApplicationQuerySet) -> ApplicationQuerySet:
    """These dossiers with what that person had to do with each, before any act exists; named as in `with_part_of`."""
    key = user.pk if user else 0
    return dossiers.annotate(**_part(key, _examined(key), "pk", "structure"))


def also_examines(events: Q) -> None:
    """Say by which events of the journal somebody runs a file in an upper room: a procedure that follows the grant."""
    _also_examining.append(events)


_also_examining: list[Q] = []


def _examined(key: int) -> Q:
    found = Q(move__in=EXAMINING)
    for events in _also_examining:
        found |= events
    return Q(move=f"{FILE_HANDED_TO}{key}") | (Q(actor=key) & found)


def _part(key: int, ran: Q, dossier: str, structure: str) -> dict[str, Exists | Q]:
    checked = Finding.objects.filter(application=OuterRef(dossier), made_by=key)
    judged = Assignment.objects.filter(application=OuterRef(dossier), mandate__user=key)
    voted = Ballot.objects.filter(item__application=OuterRef(dossier), mandate__user=key)
    belongs = Membership.objects.filter(structure=OuterRef(structure), user=key)
    took_over = other_holders().filter(application=OuterRef(dossier), structure__memberships__user=key)
    apart = people_apart().filter(structure=OuterRef(structure), person=key)
    return {
        "signatory_ran": Q(Exists(Event.objects.filter(ran, thread=OuterRef("thread")))) | Q(Exists(checked)),
        "signatory_judged": Q(Exists(judged)) | Q(Exists(voted)),
        "signatory_belongs": Q(Exists(belongs)) | Q(Exists(took_over)),
        "signatory_apart": Exists(apart),
    }


ON_A_LABEL = "certificates."  # subjects of the journal: what leads to an act on a label
JUDGING = (Role.CASE_OFFICER, Role.SIGNATORY)


def _traces(
    act: Any, dossier: Any, thread: Any, *, on_request: Any, signed_at: Any
) -> list[tuple[QuerySet[Any], str]]:
    """What shows a part in a contested act beside the file itself: rows, and the column of the person.

    Who wrote the act, judged the dossier, asked the committee again, led what came before an act on a label: what the
    answer to the appeal gives back comes after, and makes nobody a part of the act. Asked of one act, or of a set.
    """
    subject = Concat(Value("decisions.decision:"), Cast(act, CharField()))
    wrote = Q(move__in=WRITING, subject=subject)
    led = Q(subject__startswith=ON_A_LABEL, role__in=JUDGING, at__lte=signed_at) & ~Q(on_request)
    return [
        (Event.objects.filter(wrote | led, thread=thread).exclude(actor=None), "actor"),
        (Assignment.objects.filter(application=dossier), "mandate__user"),
        (Ballot.objects.filter(item__application=dossier), "mandate__user"),
        (SecondOpinion.objects.filter(application=dossier), "asked_by"),
    ]


def people_of(contested: Decision) -> set[int]:
    """The keys of those who had a part in a contested act: none of them examines the appeal nor signs its answer.

    Who signed, prepared or wrote it, ran or judged the dossier, led what came before an act on a label (domain 5.2
    rule 1). Never the secretariat, which does no act on the merits.
    """
    application = contested.application
    found = people_involved(application) if application else set()
    found |= {contested.prepared_by_id} | ({contested.signed_by_id} if contested.signed_by_id else set())
    traces = _traces(
        Value(contested.pk),
        contested.application_id,
        contested.thread_id,
        on_request=Value(contested.is_on_a_request),
        signed_at=Value(contested.signed_at, output_field=DateTimeField()),
    )
    return found.union(*(rows.values_list(column, flat=True) for rows, column in traces))


def free_to_examine(contested: Decision, *, on: date) -> QuerySet[User]:
    """The people of the Institute who may examine an appeal against that act, by name."""
    if contested.application is None:
        return User.objects.none()
    return free_for_appeal(contested.application, on=on).exclude(pk__in=people_of(contested))


def contested_by_part_of(user: User) -> Q:
    """The appeals against acts in which that person had a part, as a condition: `people_of` asked the other way."""
    thread, dossier = OuterRef("decision__thread"), OuterRef("decision__application")
    file = Q(actor=user, move__in=EXAMINING) | Q(move=f"{FILE_HANDED_TO}{user.pk}")
    on_request = Exists(
        Decision.objects.filter(pk=OuterRef(OuterRef("decision")), kind__in=Decision.ON_A_REQUEST)
    )
    traces = _traces(
        OuterRef("decision"),
        dossier,
        thread,
        on_request=on_request,
        signed_at=OuterRef("decision__signed_at"),
    )
    found = (
        Q(decision__prepared_by=user)
        | Q(decision__signed_by=user)
        | Q(decision__application__case_officer=user)
        | Q(Exists(Event.objects.filter(file, thread=thread)))
        | Q(Exists(Finding.objects.filter(application=dossier, made_by=user)))
    )
    for rows, column in traces:
        found |= Q(Exists(rows.filter(**{column: user})))
    return found


@rules.predicate
def represents_the_structure(claim: Claim, decision: Decision | None) -> bool:
    """Represents the structure to which the act was served, even while its space is read only.

    Nobody loses a remedy; after a merger, it is no more the structure that applied.
    """
    return decision is not None and represents(claim, served_to(decision))


@rules.predicate
def is_foreign_to_the_structure(claim: Claim, decision: Decision | None) -> bool:
    """Never belonged to the structure of the dossier, nor to the one to which the act was served."""
    if decision is None or not is_outside_structure(claim, decision.application):
        return False
    return is_outsider(claim, served_to(decision))


@rules.predicate
def examines_an_appeal_of(claim: Claim, application: Application | None) -> bool:
    """Examines an appeal against an act on that dossier, not answered yet."""
    if application is None or claim.user is None:
        return False
    return Appeal.objects.filter(
        decision__application=application, officer=claim.user, state__in=Appeal.OPEN
    ).exists()


@rules.predicate
def examines_it(claim: Claim, appeal: Appeal | None) -> bool:
    """Took up that very appeal."""
    return appeal is not None and claim.user is not None and appeal.officer_id == claim.user.pk


@rules.predicate
def holds_the_dossier(claim: Claim, decision: Decision | None) -> bool:
    """The dossier of the act is theirs, or of somebody whom they replace that day."""
    return decision is not None and holds_the_file(claim, decision.application)


@rules.predicate
def silence_grants(claim: Claim, application: Application | None) -> bool:
    """Silence means acceptance: noting it makes a label."""
    return acceptance()


# Asked of the dossier, since the act may not exist yet.
rules.add_perm("decisions.prepare_decision", is_case_officer & holds_the_file & is_outside_structure)
# A refusal by silence is noted by who holds the file; an acceptance makes a label: a signatory (domain 5.1).
rules.add_perm(
    "decisions.record_implicit",
    is_outside_structure
    & ((silence_grants & is_signatory) | (~silence_grants & is_case_officer & holds_the_file)),
)
# Separation of duties (domain 5.2 rule 1) is told with its reasons, by `checklist.missing_to_sign`.
rules.add_perm("decisions.sign_decision", is_signatory)
rules.add_perm("decisions.send_back_decision", is_signatory)
rules.add_perm("decisions.ask_second_opinion", is_signatory & is_outside_structure)  # asked of the dossier

# Appeals: asked of the contested act. That one had no part in it is told with its reasons, by `appeal_checklist`.
examines = is_appeal_officer | is_case_officer
rules.add_perm("decisions.lodge_appeal", represents_the_structure)
rules.add_perm("decisions.drop_appeal", represents_the_structure)
rules.add_perm(
    "decisions.enter_appeal",
    (is_case_officer | is_secretariat | is_appeal_officer) & is_foreign_to_the_structure,
)
rules.add_perm("decisions.acknowledge_appeal", is_secretariat | is_appeal_officer | is_clock)
rules.add_perm("decisions.take_up_appeal", examines & is_foreign_to_the_structure)
rules.add_perm("decisions.answer_appeal", examines & examines_an_appeal_of & is_outside_structure)
rules.add_perm("decisions.write_answer", examines_it)  # asked of the appeal
rules.add_perm("decisions.note_silence_on_appeal", is_clock)
rules.add_perm("decisions.follow_litigation", is_appeal_officer & is_foreign_to_the_structure)
# What silence has decided: asked by the association, answered by who runs the file.
rules.add_perm("decisions.ask_about_silence", represents_the_structure)
rules.add_perm(
    "decisions.answer_about_silence", is_case_officer & holds_the_dossier & is_foreign_to_the_structure
)
# A bundle holds the minutes, which name the members of the committee: not for whoever runs the file (domain 6.4).
rules.add_perm(
    "decisions.make_bundle", (is_signatory | is_appeal_officer | is_secretariat) & is_outside_structure
)
