"""What a signed grant does: the label, its number, its recognised solutions, its conditions, its certificate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from certificates.clocks import plan_the_end
from certificates.effects.recognising import recognise
from certificates.effects.renewing import grant_is_received, replace_label, suspensions_to_carry
from certificates.effects.suspending import carry_over
from certificates.facts import facts_of
from certificates.models import Certificate, Label
from certificates.openings import what_forbids_the_grant
from certificates.renewals import label_followed, starts_next
from certificates.search import search_text
from certificates.tasks import make_after_commit, plan_after_commit
from deadlines import actions as deadlines
from deadlines.calendar import add_months
from decisions.effects import Facts, application_of, dossier_of, effect_of
from decisions.models import Decision
from journal.models import Counter
from journal.moves import Actor
from journal.numbering import format_number
from journal.refusals import Missing
from label.clocks import SILENCE, acceptance
from label.models import Application
from structures.models import Structure

AT_SIGNATURE = "donné à la signature"  # what the letter shows in place of the number before the act is signed


def expected_label(decision: Decision, on: date) -> Facts:
    """The dates of the label if the act is signed that day; the number is given by the signature only."""
    application = dossier_of(decision)
    label = label_followed(application)
    if label is None:
        return {"number": AT_SIGNATURE, "valid_from": on, "valid_until": last_day(on)}
    if application.kind == Application.Kind.ADDITION:
        return _facts(label)
    starts_on = starts_next(label, on)
    return {
        "number": AT_SIGNATURE,
        "valid_from": starts_on,
        "valid_until": last_day(starts_on),
        "previous_number": label.number,
    }


def _facts(label: Label) -> Facts:
    return {"number": label.number, "valid_from": label.starts_on, "valid_until": label.ends_on}


def last_day(starts_on: date) -> date:
    """The last day of a label; the validity is a setting, in months."""
    return add_months(starts_on, settings.VALIDITY_MONTHS) - timedelta(days=1)


@effect_of(Decision.Kind.GRANT, letter="L6", obstacles=what_forbids_the_grant, expected=expected_label)
@effect_of(
    Decision.Kind.GRANT_WITH_CONDITIONS,
    letter="L7",
    obstacles=what_forbids_the_grant,
    expected=expected_label,
)
def issue_label(decision: Decision, at: datetime, by: Actor) -> Facts:
    """Grant the application and issue the label in the transaction of the signature.

    The number is the next of the year, without gap. Returns number and dates for the letter. The grant of a renewal
    takes the place of the old label; that of an addition amends the label once it is received.
    """
    application = application_of(decision)
    application.grant(by=by, at=at)
    application.save()
    return _issue(application, decision, timezone.localdate(at), at, by)


def what_forbids_the_silence(decision: Decision) -> Iterator[Missing]:
    """Silence that refuses is noted whatever became of the label: it is an effect of the law (CRPA L231-4)."""
    if acceptance():
        yield from what_forbids_the_grant(decision)


@effect_of(Decision.Kind.IMPLICIT, obstacles=what_forbids_the_silence)
def issue_label_by_silence(decision: Decision, at: datetime, by: Actor) -> Facts:
    """Silence that means acceptance: the label exists from the implicit date. A silence of refusal issues nothing."""
    if not acceptance():
        return {}
    application = application_of(decision)
    application.grant_implicitly(by=by, at=at)
    application.save()
    deadlines.settle(subject=application, at=at, met=[SILENCE])
    day = decision.notified_on or timezone.localdate(at)
    facts = _issue(application, decision, day, at, by)
    grant_is_received(decision, day, at, by)  # an act of the law is known from its day
    return facts


def _issue(application: Application, decision: Decision, on: date, at: datetime, by: Actor) -> Facts:
    """A first label, the one that follows another, or nothing yet for a solution added to a label."""
    followed = label_followed(application)
    if followed is not None and application.kind == Application.Kind.ADDITION:
        return _facts(followed)
    old = Label.objects.hold(followed.pk) if followed else None
    starts_on = starts_next(old, on) if old else on
    carried = suspensions_to_carry(old, decision, starts_on) if old else []
    if old:
        replace_label(old, at=at, by=by)
    label = issue(
        decision,
        structure=application.structure,
        starts_on=starts_on,
        ends_on=last_day(starts_on),
        previous=old,
        at=at,
        by=by,
    )
    carry_over(label, carried, decision, at=at, by=by)
    return {**_facts(label), "previous_number": old.number} if old else _facts(label)


def issue(
    decision: Decision,
    *,
    structure: Structure,
    starts_on: date,
    ends_on: date,
    previous: Label | None = None,
    at: datetime,
    by: Actor,
    **kept: date | None,
) -> Label:
    """A new label of that structure under that act, with what it recognises, its certificate and its clocks.

    `previous` is the label that it continues: a renewal, a return after the end, a merger; `kept` are other dates that
    it has from it. The thread is held.
    """
    on = timezone.localdate(at)
    application = dossier_of(decision)
    names = [solution.name for solution in decision.recognised]
    label: Label = Label.objects.open(
        thread=decision._thread,
        at=at,
        by=by,
        number=format_number("LBL", on.year, Counter.objects.allocate("LBL", on.year)),
        structure=structure,
        application=application,
        decision=decision,
        edition=application.edition,
        starts_on=starts_on,
        ends_on=ends_on,
        previous=previous,
        issued_at=at,
        search_text=search_text(structure.name, structure.short_name, structure.city, *names),
        **kept,
    )
    recognise(label, decision, on=starts_on)
    facts = facts_of(label, decision, decision.recognised)
    certificate = Certificate.objects.create(label=label, facts=facts, issued_at=at)
    plan_the_end(label)
    make_after_commit(certificate.pk)
    plan_after_commit(label.pk)
    return label
