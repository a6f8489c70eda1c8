"""Who may do what on the committee."""

from __future__ import annotations

import rules

from accounts.models import Role
from accounts.rules import (
    Claim,
    is_case_officer,
    is_clock,
    is_ethics_officer,
    is_secretariat,
    is_signatory,
    is_technical_administrator,
)
from label.models import Application
from label.rules import checks_the_file, writes_for_structure
from label.rules import is_outside_structure as is_outside_the_dossier
from reviewers.conflicts import barred
from reviewers.models import AgendaItem, Assignment, LinkMatch, Mandate, Session, StaffMatch
from reviewers.reading import closed_keys
from structures.rules import is_outsider

MEMBER = "member"


@rules.predicate
def is_holder(claim: Claim, mandate: Mandate | None) -> bool:
    """The mandate is this person's own."""
    return (
        mandate is not None
        and claim.user is not None
        and claim.user.is_active
        and mandate.user_id == claim.user.pk
        and claim.role in ("", MEMBER)
    )


@rules.predicate
def writes_for_holder(claim: Claim, mandate: Mandate | None) -> bool:
    """The secretariat writes down what a member without e-mail said by post, by phone or face to face."""
    return (
        mandate is not None
        and claim.holds(Role.SECRETARIAT)
        and claim.user != mandate.user
        and mandate.user.is_active
        and not mandate.user.mailbox
    )


@rules.predicate
def is_reviewer(claim: Claim, assignment: Assignment | None) -> bool:
    """The evaluation was asked of this person."""
    return assignment is not None and is_holder(claim, assignment.mandate)


@rules.predicate
def is_not_barred(claim: Claim, assignment: Assignment | None) -> bool:
    """The gate asked afresh, with the words of the dossier as they are today (domain 6.4), at each act.

    Of an evaluation that the member left already, the checklist says why it is closed.
    """
    if assignment is None:
        return False
    if assignment.state not in Assignment.LIVE:
        return True
    member = assignment.mandate.user_id
    return member not in barred(assignment.application, [member], on=claim.on)


@rules.predicate
def is_outside_structure(claim: Claim, record: Application | Assignment | None) -> bool:
    """Never belonged to the structure: the conflict rule holds for the staff too (domain 5.3)."""
    application = record.application if isinstance(record, Assignment) else record
    return bool(is_outside_the_dossier(claim, application))


@rules.predicate
def is_outside_match(claim: Claim, match: LinkMatch | StaffMatch | None) -> bool:
    """Never belonged to the structure that a link or a name resembles."""
    return match is not None and is_outsider(claim, match.structure)


@rules.predicate
def is_not_about_them(claim: Claim, match: StaffMatch | None) -> bool:
    """Nobody concludes on their own name."""
    return match is not None and claim.user is not None and match.person_id != claim.user.pk


@rules.predicate
def owes_no_review(claim: Claim, assignment: Assignment | None) -> bool:
    """Has no evaluation of their own to give on that dossier: nobody reads the others' grids before."""
    return assignment is not None and (
        not Assignment.objects.filter(
            application=assignment.application_id, mandate__user=claim.user, state__in=Assignment.OPEN
        )
        .exclude(pk=assignment.pk)
        .exists()
    )


@rules.predicate
def is_not_its_case_officer(claim: Claim, assignment: Assignment | None) -> bool:
    """Does not run that dossier: who types or reads back a member's scores is never its case officer (domain 6.9)."""
    return assignment is not None and assignment.application.case_officer_id != getattr(
        claim.user, "pk", None
    )


@rules.predicate
def is_not_its_typist(claim: Claim, assignment: Assignment | None) -> bool:
    """Did not type that grid the first time: the double check is somebody else's."""
    return assignment is not None and assignment.entered_by_id != getattr(claim.user, "pk", None)


def _session_of(record: Session | AgendaItem | None) -> Session | None:
    return record.session if isinstance(record, AgendaItem) else record


@rules.predicate
def is_seated(claim: Claim, record: object = None) -> bool:
    """Holds a mandate that is active."""
    return (
        claim.user is not None
        and claim.user.is_active
        and claim.role in ("", MEMBER)
        and Mandate.objects.filter(user=claim.user, state=Mandate.State.ACTIVE).exists()
    )


@rules.predicate
def is_chair(claim: Claim, record: Session | AgendaItem | None) -> bool:
    """Presides over the session: one of its co-chairs, or whom it named to preside."""
    session = _session_of(record)
    return (
        session is not None
        and claim.user is not None
        and claim.user.is_active
        and claim.role in ("", MEMBER)
        and Mandate.objects.filter(
            pk__in=session.chair_pks, user=claim.user, state=Mandate.State.ACTIVE
        ).exists()
    )


@rules.predicate
def is_secretary_of_session(claim: Claim, record: Session | AgendaItem | None) -> bool:
    """Keeps the minutes of the session."""
    session = _session_of(record)
    return session is not None and claim.user == session.secretary and claim.holds(Role.SECRETARIAT)


@rules.predicate
def replaces_secretary(claim: Claim, record: Session | AgendaItem | None) -> bool:
    """Is of the secretariat, when a link keeps who writes the minutes from an item of the session."""
    session = _session_of(record)
    return (
        session is not None
        and claim.holds(Role.SECRETARIAT)
        and bool(closed_keys(session, session.secretary, on=claim.on))
    )


@rules.predicate
def is_outside_item(claim: Claim, item: AgendaItem | None) -> bool:
    """Never belonged to the structure of the dossier discussed."""
    return item is not None and is_outside_structure(claim, item.application)


runs_the_panel = is_secretariat & is_outside_structure
evaluates = is_reviewer & is_not_barred
facilitates = runs_the_panel & is_not_barred & owes_no_review & is_not_its_case_officer

rules.add_perm("reviewers.approach_member", is_secretariat)
rules.add_perm("reviewers.appoint_member", is_signatory)
rules.add_perm("reviewers.set_aside_member", is_signatory)
rules.add_perm("reviewers.consent_to_mandate", is_holder | writes_for_holder)
rules.add_perm("reviewers.activate_mandate", is_ethics_officer | is_secretariat)
rules.add_perm("reviewers.pause_mandate", is_holder | is_secretariat)
rules.add_perm("reviewers.resume_mandate", is_holder | writes_for_holder)
rules.add_perm("reviewers.resign_mandate", is_holder | writes_for_holder)
rules.add_perm("reviewers.hear_member", is_secretariat | is_signatory)
rules.add_perm("reviewers.send_observations", is_holder)
rules.add_perm("reviewers.terminate_mandate", is_signatory)
rules.add_perm("reviewers.change_seat", is_signatory)
rules.add_perm("reviewers.change_profile", is_secretariat)
rules.add_perm("reviewers.choose_publication", is_holder | writes_for_holder)
rules.add_perm("reviewers.record_declaration", is_ethics_officer | is_secretariat)
rules.add_perm("reviewers.release_silenced", is_secretariat | is_technical_administrator)
rules.add_perm("reviewers.end_mandate", is_clock)
rules.add_perm("reviewers.expire_interests", is_clock)
rules.add_perm("reviewers.confirm_interests", is_holder | writes_for_holder)
rules.add_perm("reviewers.analyse_interests", is_ethics_officer)
rules.add_perm("reviewers.declare_link", is_holder | writes_for_holder)
rules.add_perm("reviewers.choose_grid", is_holder)

rules.add_perm("reviewers.name_panel", runs_the_panel)
rules.add_perm("reviewers.write_findings", checks_the_file)
rules.add_perm("reviewers.rebuild_panel", runs_the_panel)
rules.add_perm("reviewers.answer_assignment", is_reviewer)
rules.add_perm("reviewers.open_assignment", evaluates)
rules.add_perm("reviewers.score_assignment", evaluates)
rules.add_perm("reviewers.reread_scores", evaluates)
rules.add_perm("reviewers.run_discussion", runs_the_panel)
rules.add_perm("reviewers.enter_paper_grid", facilitates)
rules.add_perm("reviewers.enter_rereading", facilitates)
rules.add_perm("reviewers.enter_alert", facilitates)
rules.add_perm("reviewers.check_entry", facilitates & is_not_its_typist)
rules.add_perm("reviewers.seal_entry", is_clock)
rules.add_perm("reviewers.write_summary", runs_the_panel)
rules.add_perm("reviewers.practise", is_holder)
rules.add_perm("reviewers.replace_reviewer", is_reviewer | runs_the_panel)
rules.add_perm("reviewers.extend_review", is_reviewer | runs_the_panel)
rules.add_perm("reviewers.expire_assignment", is_clock | runs_the_panel)
rules.add_perm("reviewers.recuse_reviewer", is_ethics_officer & is_outside_structure)
rules.add_perm("reviewers.answer_link_statement", is_ethics_officer)
rules.add_perm("reviewers.read_link_statement", is_ethics_officer | is_secretariat)
rules.add_perm("reviewers.close_evaluation", runs_the_panel)
rules.add_perm("reviewers.record_opinion", runs_the_panel)
rules.add_perm("reviewers.mask_comment", runs_the_panel)
rules.add_perm("reviewers.see_panel", is_case_officer | is_secretariat | is_ethics_officer | is_signatory)

rules.add_perm("reviewers.settle_match", is_ethics_officer & is_outside_match)
rules.add_perm("reviewers.settle_staff_match", is_ethics_officer & is_outside_match & is_not_about_them)
rules.add_perm(
    "reviewers.ask_challenge",
    writes_for_structure | ((is_case_officer | is_secretariat) & is_outside_structure),
)
rules.add_perm("reviewers.answer_challenge", is_ethics_officer & is_outside_structure)
runs_the_session = is_chair | is_secretariat
runs_the_item = (is_chair | is_secretariat) & is_outside_item

rules.add_perm("reviewers.plan_session", is_secretariat)
rules.add_perm("reviewers.convene_session", runs_the_session)
rules.add_perm("reviewers.reconvene_session", is_secretariat)
rules.add_perm("reviewers.cancel_session", runs_the_session)
rules.add_perm("reviewers.run_session", runs_the_session)
rules.add_perm("reviewers.list_item", is_secretariat & is_outside_item)
rules.add_perm("reviewers.invite_expert", is_secretariat & is_outside_item)
rules.add_perm("reviewers.erase_expert", is_clock)
rules.add_perm("reviewers.run_item", runs_the_item)
rules.add_perm("reviewers.answer_invitation", is_holder | is_secretariat)
rules.add_perm("reviewers.state_on_item", is_holder | is_secretariat)
rules.add_perm("reviewers.ask_secret_ballot", is_seated | (is_secretariat & is_outside_item))
rules.add_perm("reviewers.vote", is_seated | (is_secretariat & is_outside_item))
rules.add_perm("reviewers.cast_deciding_vote", is_chair)
rules.add_perm("reviewers.rule_on_deliberation", is_chair & is_outside_item)
rules.add_perm("reviewers.draft_minutes", is_secretariat)
rules.add_perm("reviewers.approve_minutes", is_chair | is_secretary_of_session | replaces_secretary)
rules.add_perm("reviewers.write_logbook", is_seated | is_secretariat)
rules.add_perm("reviewers.see_session", is_seated | is_secretariat | is_ethics_officer)
rules.add_perm("reviewers.answer_deferral", writes_for_structure | runs_the_panel)
rules.add_perm("reviewers.let_deferral_pass", is_clock | runs_the_panel)
