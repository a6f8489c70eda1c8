"""Who may read and handle a report: never the usual officer of that label (domain 5.2 rule 1)."""

from __future__ import annotations

from datetime import date

import rules
from django.db.models import Exists, OuterRef, Q

from accounts.models import Role, RoleGrant, User
from accounts.rules import Claim, covered_by, is_case_officer, is_clock, is_signatory, roles_of
from certificates.models import FollowUp, Label, Withdrawal
from decisions.rules import with_part_in
from feedback.models import Report
from label.models import Application
from reviewers.visibility import closed_dossiers


def tied(user: User, *, on: date) -> Q:
    """The reports about a label with which that person has to do: they ran its file, follow it or belong to it.

    A link of interest with the association closes them too (domain 6.4). Asked row by row, of the rows that are read:
    as sets of dossiers, PostgreSQL reads all of them to answer about one report.
    """
    part, ran = _part_in(user, on=on, label="label", way="label__")
    # Opening the procedure that a report ends in makes its officer a part of the dossier: they still close it.
    own = Q(officer=user, measure=Report.Measure.WITHDRAWAL, state__in=["founded", "closed"])
    return part | (ran & ~own)


def has_part_in(user: User, label: Label, *, on: date) -> bool:
    """Whether that person has to do with that label, and so may not be the one to give it a report."""
    part, ran = _part_in(user, on=on, label="pk", way="")
    return Label.objects.filter(part | ran, pk=label.pk).exists()


def _part_in(user: User, *, on: date, label: str, way: str) -> tuple[Q, Q]:
    """The rows about a label that concern that person, and those whose file they ran; `way` leads to the label."""
    asked = with_part_in(user, Application.objects.all())
    judged = (
        Q(signatory_judged=True) | Q(signatory_belongs=True) | Q(signatory_apart=True) | Q(case_officer=user)
    )
    granted = asked.filter(pk=OuterRef(f"{way}application"))
    running = asked.filter(structure=OuterRef(f"{way}structure"), state__in=Application.UNDER_WAY)
    opened = Withdrawal.objects.filter(label=OuterRef(label), opened_by=user).exclude(origin="report")
    part = (
        Q(Exists(granted.filter(judged)))
        | Q(**{f"{way}application__in": closed_dossiers(user, on)})
        | Q(Exists(running.filter(judged | Q(signatory_ran=True))))
        | Q(Exists(FollowUp.objects.filter(label=OuterRef(label), read_by=user)))
        | Q(Exists(opened))
    )
    return part, Q(Exists(granted.filter(Q(signatory_ran=True))))


@rules.predicate
def is_apart(claim: Claim, report: Report | None) -> bool:
    """Has nothing to do with the label that the report is about."""
    if report is None or claim.user is None:
        return False
    return not Report.objects.filter(tied(claim.user, on=claim.on), pk=report.pk).exists()


@rules.predicate
def label_is_settled(claim: Claim, report: Report | None) -> bool:
    """It is known whose usual officer must not read it."""
    return report is not None and report.settled_at is not None


@rules.predicate
def holds_the_report(claim: Claim, report: Report | None) -> bool:
    """Qualified it, or replaces today the officer who did."""
    if report is None or claim.user is None or report.officer_id is None:
        return False
    return report.officer_id in covered_by(claim.user, on=claim.on)


def left_by_officer(on: date) -> Q:
    """The reports under way that their officer visibly cannot follow any more, as a condition, for the lists.

    `tied` says it of one person and knows more: a link of interest, a part taken long ago.
    """
    officer = OuterRef("officer")
    ran = Application.objects.filter(case_officer=officer)
    running = ran.filter(structure=OuterRef("label__structure"), state__in=Application.UNDER_WAY)
    opened = Withdrawal.objects.filter(label=OuterRef("label"), opened_by=officer).exclude(origin="report")
    left = (
        ~Exists(RoleGrant.objects.valid(on=on).filter(user=officer, role=Role.CASE_OFFICER))
        | Exists(ran.filter(pk=OuterRef("label__application")))
        | Exists(running)
        | Exists(FollowUp.objects.filter(label=OuterRef("label"), read_by=officer))
        | Exists(opened)
    )
    return Q(left, state__in=Report.FOLLOWED)


@rules.predicate
def officer_cannot_go_on(claim: Claim, report: Report | None) -> bool:
    """Its officer has something to do with the label since, or is no longer a case officer."""
    if report is None or report.officer is None:
        return False
    if Role.CASE_OFFICER not in roles_of(report.officer, on=claim.on):
        return True
    return Report.objects.filter(tied(report.officer, on=claim.on), pk=report.pk).exists()


@rules.predicate
def did_not_propose(claim: Claim, report: Report | None) -> bool:
    """Neither led the inquiry nor wrote its conclusion."""
    if report is None or claim.user is None:
        return False
    return claim.user.pk not in (report.proposed_by_id, report.officer_id)


handles = is_case_officer & holds_the_report & is_apart
signs = is_signatory & is_apart

rules.add_perm("feedback.qualify_report", is_case_officer & label_is_settled & is_apart)
rules.add_perm("feedback.handle_report", handles)
# Nobody takes a report from an officer who follows it; a signatory may give it to another at any time.
rules.add_perm("feedback.take_over_report", is_case_officer & is_apart & officer_cannot_go_on)
rules.add_perm("feedback.hand_over_report", signs)
rules.add_perm("feedback.settle_label", signs)
rules.add_perm("feedback.change_label", handles | signs)
rules.add_perm("feedback.note_danger", signs)
rules.add_perm("feedback.pass_on_report", signs)
rules.add_perm("feedback.conclude_report", signs & did_not_propose)
rules.add_perm("feedback.read_source", handles | (signs & label_is_settled))
rules.add_perm("feedback.erase_report", handles | signs)
rules.add_perm("feedback.erase_source", handles | signs | is_clock)
