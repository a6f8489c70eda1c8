"""What the label of a structure forbids: which dossier it may open, file and be granted on a day (domain 5.1, 5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.models import Label, Measure, Withdrawal
from certificates.renewals import (
    ENDED_BY_AN_ACT,
    ONE_DAY,
    followers,
    label_followed,
    renewal_under_way,
    window_of,
)
from certificates.status import status_on
from decisions.effects import also_checks, effects
from decisions.models import Decision
from journal.refusals import Missing
from label.models import Application
from label.registry import forbids_filing, forbids_opening, notice_on
from letters.spoken import told_date
from structures.models import Structure

Kind = Application.Kind


def label_to_follow(structure: Structure) -> Label | None:
    """The label from which the next dossier of the structure starts: in force, suspended or expired, not replaced."""
    known = Label.objects.told().filter(structure=structure, following=None)
    wanted = (*Label.LIVE, Label.State.EXPIRED)
    found: Label | None = known.filter(state__in=wanted).select_related("application", "structure").last()
    return found


@forbids_opening("label")
def what_the_label_forbids(structure: Structure, kind: str, on: date) -> Iterator[Missing]:
    """Why a structure may not open a dossier of that kind that day.

    A structure whose label lives asks for no other one; a label that ended forbids nothing (design section 3).
    """
    if kind == Kind.INITIAL:
        yield from already_labelled(structure)
        return
    label = label_to_follow(structure)
    if label is None:
        yield Missing(_("Votre structure n'a pas de label en cours."), code="no_label")
    elif kind == Kind.RENEWAL:
        yield from _too_soon_or_too_late(label, on)
    else:
        yield from _no_addition(label, on)


def already_labelled(structure: Structure, *, but: Label | None = None) -> Iterator[Missing]:
    """A structure has one live label at most (domain 5.2 rule 6); `but` is the one that ends with the act."""
    others = Label.objects.live().filter(structure=structure).exclude(pk__in=[but.pk] if but else [])
    number = others.values_list("number", flat=True).first()
    if number:
        words = _("La structure a déjà un label en cours : {number}.")
        yield Missing(words.format(number=number), code="has_label")


def _too_soon_or_too_late(label: Label, on: date) -> Iterator[Missing]:
    window = window_of(label)
    stage = window.stage(on)
    if label.state == Label.State.EXPIRED and was_refused(label):
        words = _("Le renouvellement a été refusé. Vous pouvez faire une nouvelle demande.")
        yield Missing(words, code="refused")
    elif stage == "closed":
        words = _("Le renouvellement s'ouvre le {date}.")
        yield Missing(words.format(date=told_date(window.opens_on)), code="too_soon")
    elif stage == "over":
        words = _(
            "Le label est terminé depuis trop longtemps pour être renouvelé. Faites une nouvelle demande."
        )
        yield Missing(words, code="too_late")


def _no_addition(label: Label, on: date) -> Iterator[Missing]:
    if not status_on(label, on).may_be_used:
        yield Missing(_("Le label ne peut pas être utilisé aujourd'hui."), code="not_usable")
    elif window_of(label).stage(on) != "closed":
        words = _("Le renouvellement est ouvert : présentez la nouvelle action dans cette demande.")
        yield Missing(words, code="in_renewal")


def was_refused(label: Label) -> bool:
    """Whether the renewal of that label was refused, and no appeal nor judge reopened it."""
    refused = followers(label).filter(kind=Kind.RENEWAL, state=Application.State.REFUSED, reopened_by=None)
    return refused.exists()


@forbids_filing
def what_the_dossier_follows(application: Application, on: date) -> Iterator[Missing]:
    """What happened since the draft was opened to the label that it follows."""
    label = label_followed(application)
    if label is None or label.state in (*ENDED_BY_AN_ACT, Label.State.RENEWED):
        words = _(
            "Le label que suit ce dossier a pris fin. Appelez-nous : une nouvelle demande est possible."
        )
        yield Missing(words, code="label_ended")
    elif application.kind == Kind.ADDITION:
        yield from _added_to(label, application)
    elif window_of(label).stage(on) == "over":
        words = _(
            "Le label est terminé depuis trop longtemps pour être renouvelé. Faites une nouvelle demande."
        )
        yield Missing(words, code="too_late")


def _added_to(label: Label, application: Application) -> Iterator[Missing]:
    if label.state not in Label.LIVE:
        yield Missing(_("Le label que suit ce dossier est terminé."), code="label_ended")
    known = label.recognised.filter(solution__in=application.solutions.values("pk"))
    for name in known.values_list("name", flat=True):
        words = _("L'action « {name} » est déjà reconnue : retirez-la de ce dossier.")
        yield Missing(words.format(name=name), code="solutions")


def what_forbids_the_grant(decision: Decision) -> Iterator[Missing]:
    """Why the act may not grant what is asked now: another label lives, or the one that it follows has ended."""
    application = decision.application
    if application is None:
        return
    label = label_followed(application)
    if application.kind == Kind.INITIAL or label is None:
        yield from already_labelled(application.structure)
        return
    if application.kind == Kind.ADDITION:
        yield from _added_to(label, application)
        return
    yield from already_labelled(application.structure, but=label)
    if label.state in (*ENDED_BY_AN_ACT, Label.State.RENEWED):
        words = _("Le label {number} a pris fin : il ne peut plus être renouvelé.")
        yield Missing(words.format(number=label.number), code="label_ended")
    if label.state == Label.State.SUSPENDED and not decision.suspension_outcome:
        yield Missing(_("Dites ce que devient la suspension du label."), code="suspension_outcome")
    yield from what_would_be_lost(label)


def what_would_be_lost(label: Label) -> Iterator[Missing]:
    """What weighs on a label and would be forgotten if another took its place now (domain 5.1 REVOCATION).

    An act that its holder has not received yet, a procedure of withdrawal that nothing has ended: neither becomes
    without object because the label is renewed or transferred.
    """
    yield from act_on_its_way(label, *(kind for kind, effect in effects.items() if effect.on_receipt))
    procedure = Withdrawal.objects.filter(label=label, state__in=Withdrawal.LIVE).first()
    if procedure is not None:
        words = _("Une procédure de retrait est ouverte sur ce label : dites d'abord ce qu'elle devient.")
        yield Missing(words, reverse("staff_withdrawal", args=[procedure.pk]), "withdrawal")


def act_on_its_way(label: Label, *kinds: str) -> Iterator[Missing]:
    """An act of those kinds on that label that is signed and not received yet: what is signed now, or it, would come
    too late. A transfer is also about the label that the successor holds.
    """
    taken_over = Q(successor=label.structure_id, decision__kind=Decision.Kind.TRANSFER)
    on_its_way = Measure.objects.filter(
        Q(label=label) | taken_over, decision__kind__in=kinds, decision__state=Decision.State.SIGNED
    )
    if key := on_its_way.values_list("decision_id", flat=True).first():
        words = _(
            "Une décision signée sur ce label n'est pas encore reçue : attendez la preuve de sa réception."
        )
        yield Missing(words, reverse("staff_decision", args=[key]), "on_its_way")


@also_checks(Decision.Kind.GRANT_WITH_CONDITIONS)
def conditions_after_the_start(decision: Decision, on: date) -> Iterator[Missing]:
    """A condition of a renewal is met on the label that it sets: its day comes after the first day of that label."""
    application = decision.application
    label = label_followed(application) if application and application.kind == Kind.RENEWAL else None
    if label is None or label.state not in Label.LIVE:
        return
    if decision.conditions.filter(due_on__lte=label.ends_on + ONE_DAY).exists():
        words = _("Le nouveau label commence le {date} : choisissez une date plus tard pour chaque réserve.")
        yield Missing(words.format(date=told_date(label.ends_on + ONE_DAY)), code="conditions")


@notice_on
def until_when(application: Application, on: date) -> str:
    """The band of a renewal being written (screens P25)."""
    label = label_followed(application)
    if application.kind != Kind.RENEWAL or label is None or not application.is_draft():
        return ""
    return band(label, on)


def band(label: Label, on: date) -> str:
    """Until when a renewal may be filed that day, and what that protects; empty outside the window."""
    window = window_of(label)
    stage = window.stage(on)
    if stage == "closed":
        return _("Le renouvellement s'ouvre le {date}.").format(date=told_date(window.opens_on))
    if stage == "open":
        words = _("À déposer avant le {date} pour que votre label ne s'interrompe pas.")
        return words.format(date=told_date(window.protected_until))
    if stage == "late":
        words = _("Vous pouvez encore déposer. Le label peut s'arrêter le {date} si nous n'avons pas fini.")
        return words.format(date=told_date(window.ends_on))
    if stage == "ended":
        words = _("Votre label est terminé. Jusqu'au {date}, une demande allégée est possible.")
        return words.format(date=told_date(window.come_back_until))
    return ""


def filing_fact(label: Label, on: date) -> str:
    """For the checklist of an extension: whether the renewal came in time; says also that none is filed."""
    filed = renewal_under_way(label)
    if filed is None:
        return _("Aucun renouvellement n'est déposé.")
    day = told_date(filed.received_on or timezone.localdate(filed.submitted_at or filed.opened_at))
    if label.renewal_filed_on:
        return _("Renouvellement déposé à temps, le {date}.").format(date=day)
    return _("Renouvellement déposé en retard, le {date}.").format(date=day)
