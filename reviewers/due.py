"""What the clock does for the committee: reminds, lets proposals and declarations expire, ends terms; never decides."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deadlines.models import Deadline, Extension
from deadlines.registry import Outcome, alert_only, daily, do_each, moves_with_outages, on_due, on_reminder
from journal.moves import Actor
from journal.refusals import Blocked
from label.due import whose_dossier
from label.models import Application
from letters.models import Letter
from reviewers import actions, mails, session_mails
from reviewers.actions.member_letters import call_for_interests
from reviewers.actions.sessions import erase_expert, let_deferral_pass
from reviewers.actions.sessions.holding import invitations_of
from reviewers.actions.staff_matches import match_new_names
from reviewers.experts import experts_to_erase
from reviewers.grid import criteria, given, scores_of
from reviewers.mandate_checklist import may_be_erased, may_finish
from reviewers.models import Assignment, Deferral, GridEntry, Mandate, Session
from reviewers.reopenings import CLOCK as SECOND_OPINION

# What was not received, decided, answered or held in time is late on the lists; a person acts.
alert_only(
    "review",
    "decision",
    "challenge",
    "session",
    "second_convocation",
    "minutes",
    "activation",
    SECOND_OPINION,
)

ONE_CALL = timedelta(days=60)  # one letter for one confirmation; what follows are reminders by mail


OPEN = (Application.State.ADMISSIBLE, Application.State.UNDER_REVIEW)


def _key(deadline: Deadline) -> int:
    return int(deadline.subject.split(":")[1])


def _assignment(deadline: Deadline, state: str) -> Assignment | None:
    """The assignment of a deadline, when it is still in that state and its dossier still under way."""
    found = Assignment.objects.filter(pk=_key(deadline), state=state, application__state__in=OPEN)
    return found.select_related(
        "mandate__user", "snapshot", "application__thread", "application__edition"
    ).first()


@on_due("assignment_answer")
def proposal_expires(deadline: Deadline, at: datetime) -> None:
    """Nobody answered: somebody else will be asked."""
    if _assignment(deadline, Assignment.State.PROPOSED) is not None:
        actions.expire(assignment_pk=_key(deadline), at=at, by=Actor.system())


@on_reminder("assignment_answer")
def remind_to_answer(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """The third day: the proposal is told again."""
    assignment = _assignment(deadline, Assignment.State.PROPOSED)
    if assignment is None:
        return False
    mails.propose_review(assignment, at=at, again=True)
    return True


@on_reminder("review")
def remind_of_review(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """M6, with the criteria that are left."""
    assignment = _assignment(deadline, Assignment.State.ACCEPTED)
    if assignment is None or GridEntry.objects.waiting().filter(assignment=assignment).exists():
        return False
    rows = criteria(assignment.application.edition, assignment.snapshot)
    mails.await_review(assignment, left=len(rows) - given(scores_of(assignment), rows), at=at)
    return True


@on_reminder("decision")
def remind_of_decision(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """The lists show it; no mail is written."""
    return False


@on_due("grid_correction")
def days_to_correct_are_over(deadline: Deadline, at: datetime) -> None:
    """A grid typed for a member is sealed; what a double check or a gap still holds waits on the secretariat's list."""
    with suppress(Blocked):
        actions.seal_entry(assignment_pk=_key(deadline), at=at, by=Actor.system())


@on_due("interests")
def declaration_expires(deadline: Deadline, at: datetime) -> None:
    """Twelve months without confirmation."""
    if Mandate.objects.filter(pk=_key(deadline), state=Mandate.State.ACTIVE).exists():
        actions.expire_interests(mandate_pk=_key(deadline), at=at, by=Actor.system())


@on_reminder("interests")
def remind_to_confirm(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """A month and a week before."""
    if not Mandate.objects.filter(pk=_key(deadline), state=Mandate.State.ACTIVE).exists():
        return False
    mandate = Mandate.objects.hold(_key(deadline))
    before = deadline.due_on or timezone.localdate(at)
    called = Letter.objects.of(mandate).filter(code="L15", issued_at__gt=at - ONE_CALL)
    if not called.exists():
        call_for_interests(mandate=mandate, before=before, is_first=False, at=at, by=Actor.system())
    mails.ask_to_confirm_interests(mandate, before=before, at=at)
    return True


@on_due("link_analysis")
def link_was_not_examined(deadline: Deadline, at: datetime) -> None:
    """A declared change that nobody examined in time: nothing new is asked of the member meanwhile."""
    mandate = Mandate.objects.filter(pk=_key(deadline), state=Mandate.State.ACTIVE).first()
    if mandate is not None and mandate.links.to_analyse().exists():
        actions.expire_interests(mandate_pk=mandate.pk, at=at, by=Actor.system())


@on_reminder("activation")
def remind_to_declare(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """Ten days before: what is missing before the first dossier is told again."""
    appointed = Mandate.objects.filter(pk=_key(deadline), state=Mandate.State.APPOINTED)
    mandate = appointed.select_related("user", "thread").first()
    if mandate is None:
        return False
    mails.tell_appointed(mandate, at=at, again=True)
    return True


@on_due("mandate_term")
def term_is_over(deadline: Deadline, at: datetime) -> None:
    """Three years, or what was left of a term; appointed and never made active included."""
    running = (Mandate.State.APPOINTED, *Mandate.SEATED)
    if Mandate.objects.filter(pk=_key(deadline), state__in=running).exists():
        actions.end(mandate_pk=_key(deadline), at=at, by=Actor.system())


# Jobs rather than clocks: the threads of the dossiers are held with that of the mandate, in order, from the start.
@daily("mandates_to_release")
def release_what_was_not_finished(at: datetime) -> None:
    """Sixty days after a term: what is still open goes to somebody else."""
    open_to = Assignment.objects.filter(state__in=Assignment.OPEN).values("user")
    ended = Mandate.objects.filter(state=Mandate.State.ENDED, ended_at__lte=at, user__in=open_to)
    today = timezone.localdate(at)
    over = [one.pk for one in ended.order_by("pk") if not may_finish(one, on=today)]
    do_each(over, lambda pk: actions.release_after_term(mandate_pk=pk, at=at, by=Actor.system()))


@daily("mandates_to_erase")
def erase_what_is_kept_no_longer(at: datetime) -> None:
    """The data of mandates whose legal period is over."""
    kept = Mandate.objects.filter(ended_at__lte=at, data_erased_at=None).order_by("pk")
    today = timezone.localdate(at)
    over = [one.pk for one in kept if may_be_erased(one, on=today)]
    do_each(over, lambda pk: actions.erase_data(mandate_pk=pk, at=at, by=Actor.system()))


@daily("experts_to_erase")
def erase_who_was_heard(at: datetime) -> None:
    """The people from outside heard on an item whose legal period is over."""
    over = [one.pk for one in experts_to_erase(on=timezone.localdate(at))]
    do_each(over, lambda pk: erase_expert(expert_pk=pk, at=at, by=Actor.system()))


@daily("staff_names")
def look_for_names_of_the_staff(at: datetime) -> None:
    """Somebody joined the staff, or the space of a structure, since its dossier was filed."""
    match_new_names(at=at)


def _session(deadline: Deadline, *states: str) -> Session | None:
    return (
        Session.objects.filter(pk=_key(deadline), state__in=states)
        .select_related("secretary", "thread")
        .first()
    )


@on_reminder("session")
def remind_of_session(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """A week and two days before: each member convened, but those who said they do not come."""
    session = _session(deadline, *Session.AWAITED)
    if session is None:
        return False
    for invitation in invitations_of(session):
        if invitation.answer != "absent":
            session_mails.remind_of_session(session, invitation.mandate.user, at=at)
    return True


@on_reminder("minutes")
def remind_of_minutes(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """Three days before the fifteenth."""
    session = _session(deadline, Session.State.CLOSED)
    if session is not None:
        session_mails.tell_minutes_are_awaited(session, at=at)
    return session is not None


@on_due("deferral")
def answer_did_not_come(deadline: Deadline, at: datetime) -> None:
    """The dossier comes back before the committee, marked « without answer »; never before the proof of receipt."""
    with suppress(Blocked):
        let_deferral_pass(application_pk=_key(deadline), at=at, by=Actor.system())


@on_reminder("deferral")
def remind_to_answer_the_committee(deadline: Deadline, offset_days: int, at: datetime) -> bool:
    """A week before: those of the association who write."""
    found = Application.objects.filter(pk=_key(deadline), state=Application.State.DEFERRED)
    application = found.select_related("structure", "thread").first()
    if application is None:
        return False
    session_mails.remind_to_answer(application, before=deadline.due_on or timezone.localdate(at), at=at)
    return True


@moves_with_outages("deferral", words=_("Répondre aux questions du comité"), whose=whose_dossier)
def answer_after_an_outage(extension: Extension, at: datetime) -> Outcome:
    """More time to answer the committee; a dossier that came back « without answer » is looked at by a person."""
    if extension.deadline is None or extension.deadline.ended_at is not None:
        passed = extension.deadline is not None and extension.deadline.outcome == "passed"
        return Outcome.TO_DO if passed else Outcome.NOTHING
    asked = Deferral.objects.filter(application__thread=extension.thread_id, answered_at=None, passed_at=None)
    asked.update(due_on=extension.due_on)
    return Outcome.MOVED
