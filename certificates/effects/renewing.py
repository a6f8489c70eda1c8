"""One label takes the place of another, or a solution is added to it: at the signature, then when the act is received.

The new label exists from the signature (docs/adr/0009), and nobody is told before the act is received: until then the
old one goes on as if nothing were decided, then ends on its own last day.
"""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from certificates.actions.closing import close_under_way
from certificates.actions.hearings_before_refusal import drop_before_a_refusal
from certificates.actions.renewals import release
from certificates.effects.notification import at_notification
from certificates.effects.recognising import recognise
from certificates.facts import facts_of
from certificates.log.noting import note_move
from certificates.models import Certificate, Label, LoggedFact, Suspension
from certificates.renewals import ONE_DAY, label_followed
from certificates.search import search_text
from certificates.status import last_day_of
from certificates.tasks import make_after_commit
from deadlines.calendar import add_months
from decisions.effects import application_of, dossier_of
from decisions.models import Decision
from journal.moves import Actor, note
from label.models import Application

Kind = Decision.Kind


def replace_label(label: Label, *, at: datetime, by: Actor) -> None:
    """The old label, held, is renewed unless it has expired.

    The end that it is given is the furthest it could have: its status shows nothing until the act is received.
    """
    if label.state in Label.LIVE:
        furthest = max(last_day_of(label), add_months(label.term, settings.EXTENSION_MONTHS))
        label.renew(by=by, at=at, ended_on=furthest + ONE_DAY)
        label.save()


def suspensions_to_carry(old: Label, decision: Decision, starts_on: date) -> list[Suspension]:
    """The suspensions that the act continues on the next label: their written ends come after the old one."""
    if decision.suspension_outcome != Decision.SuspensionOutcome.GOES_ON:
        return []
    return list(old.suspensions.holding_from(starts_on))


@at_notification(Kind.GRANT)
@at_notification(Kind.GRANT_WITH_CONDITIONS)
def grant_is_received(decision: Decision, received_on: date, at: datetime, by: Actor) -> None:
    """Nothing shows on a label before its holder receives the act about what follows it (docs/adr/0009)."""
    if dossier_of(decision).kind == Application.Kind.ADDITION:
        add_solutions(decision, at=at, by=by)
    else:
        tell_succession(decision, received_on, at, by)


@at_notification(Kind.REFUSE)
@at_notification(Kind.INADMISSIBLE)
@at_notification(Kind.CLOSE)
def ended_without_a_label(decision: Decision, received_on: date, at: datetime, by: Actor) -> None:
    """The renewal protects the label no longer, from the receipt of the act that ends it."""
    application = dossier_of(decision)
    if application.kind == Application.Kind.RENEWAL:
        release(application, on=received_on, at=at, by=by)


def tell_succession(decision: Decision, on: date, at: datetime, by: Actor) -> None:
    """The renewal is received: the old label ends on its own last day, and its suspension as the act says.

    A refusal that was contemplated is no longer; before that day its holder would learn the act from it.
    """
    drop_before_a_refusal(application_of(decision), at=at, by=by)
    followed = label_followed(dossier_of(decision))
    if followed is None:
        return
    label = Label.objects.hold(followed.pk)
    if label.state == Label.State.RENEWED:
        label.ended_on = label.ends_on + ONE_DAY
        label.save(update_fields=["ended_on"])
        if decision.suspension_outcome == Decision.SuspensionOutcome.ENDS:
            for period in label.suspensions.holding_from(on):
                period.stop(on)
        close_under_way(label, at=at, by=by)
    note(label, what="succeeded", at=at, by=by)
    if label.state == Label.State.RENEWED and label.ended_on is not None:
        note_move(label, LoggedFact.Kind.RENEWED, on=label.ended_on, at=at)


def add_solutions(decision: Decision, *, at: datetime, by: Actor) -> None:
    """The addition is received: the label recognises the new solutions, and a new certificate replaces the last one."""
    followed = label_followed(dossier_of(decision))
    if followed is None:
        return
    label = Label.objects.select_related("structure", "edition").hold(followed.pk)
    if label.state not in Label.LIVE:
        return
    recognise(label, decision, on=timezone.localdate(decision.signed_at or at))
    solutions = label.solutions()
    structure = label.structure
    names = [solution.name for solution in solutions]
    label.search_text = search_text(structure.name, structure.short_name, structure.city, *names)
    label.save(update_fields=["search_text"])
    last = label.certificates.order_by("-issue").first()
    certificate = Certificate.objects.create(
        label=label,
        issue=last.issue + 1 if last else 1,
        facts=facts_of(label, decision, solutions),
        issued_at=at,
        replaces=last,
    )
    note(label, what="add_solutions", at=at, by=by)
    make_after_commit(certificate.pk)
