"""What is missing before a move of a mandate: who may be proposed, appointed, renewed, terminated (domain 5.1, 6.2)."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import RoleGrant, Suppression, User
from deadlines.calendar import add_months
from journal.refusals import Missing
from journal.wording import is_blank
from label.models import Application
from letters.spoken import told_date
from reviewers.models import Mandate, MandateHearing
from structures.models import Membership

State = Mandate.State
Ground = MandateHearing.Ground


def missing_to_propose(user: User, *, on: date) -> list[Missing]:
    """Before a mandate is proposed: the person may be written to, has no other, and has a term left."""
    if user.never_contact or Suppression.objects.silences(user.mailbox):
        return [Missing(_("On n'écrit plus à cette personne."), code="email")]
    known = list(Mandate.objects.filter(user=user).exclude(state__in=Mandate.OVER))
    if any(one.state in Mandate.PENDING or not _is_near_its_end(one, on) for one in known):
        return [Missing(_("Cette personne a déjà un mandat, ou une proposition en cours."), code="email")]
    if Mandate.objects.all().terms_of(user).count() >= settings.MANDATE_TERMS:
        text = _("Cette personne a déjà fait {n} mandats : un mandat ne se renouvelle plus.")
        return [Missing(text.format(n=settings.MANDATE_TERMS), code="email")]
    return []


def _is_near_its_end(mandate: Mandate, on: date) -> bool:
    return mandate.ends_on is not None and on >= add_months(mandate.ends_on, -settings.MANDATE_RENEWAL_MONTHS)


def missing_to_replace(replaced: Mandate, *, college: str, on: date) -> list[Missing]:
    """Before somebody is proposed for the rest of a term: it was cut short, time is left, same college, once."""
    if replaced.state not in Mandate.OVER or replaced.ends_on is None or replaced.ends_on <= on:
        return [Missing(_("Ce mandat n'a pas de reste à finir."), code="replaces")]
    if replaced.college != college:
        return [Missing(_("Le remplacement se fait dans le même collège."), code="college")]
    if replaced.replacements.exclude(state=State.NOT_APPOINTED).exists():
        return [Missing(_("Quelqu'un est déjà proposé pour finir ce mandat."), code="replaces")]
    return []


def missing_to_appoint(mandate: Mandate, *, act_reference: str, starts_on: date, on: date) -> list[Missing]:
    """Before an appointment: the member's own consent, the written act, nobody whom the rules keep out, a free time."""
    reasons = _wrong_start(starts_on, on)
    if mandate.consented_at is None or mandate.consent_withdrawn_at is not None:
        reasons.append(Missing(_("La personne n'a pas encore donné son accord."), code="consent"))
    if is_blank(act_reference):
        reasons.append(Missing(_("Indiquez la référence de l'acte écrit."), code="act_reference"))
    if RoleGrant.objects.valid(on=starts_on).filter(user=mandate.user_id).exists():
        reasons.append(Missing(_("Cette personne travaille à l'Institut : elle ne peut pas siéger.")))
    if _represents_an_applicant(mandate.user):
        reasons.append(Missing(_("Cette personne représente une structure qui demande le label.")))
    first = mandate.renews
    if first is not None and first.state in Mandate.SEATED and first.ends_on and starts_on <= first.ends_on:
        text = _("Le premier mandat court jusqu'au {date} : choisissez un jour après.")
        reasons.append(Missing(text.format(date=told_date(first.ends_on)), code="starts_on"))
    last = mandate.replaces.ends_on if mandate.replaces else None
    if last is not None and starts_on >= last:
        text = _("Le mandat à finir s'arrête le {date} : choisissez un jour avant.")
        reasons.append(Missing(text.format(date=told_date(last)), code="starts_on"))
    return reasons


def _wrong_start(starts_on: date, on: date) -> list[Missing]:
    """A term that would be over already, or that begins years from now, is a slip of the hand."""
    first = add_months(on, -settings.MANDATE_MONTHS) + timedelta(days=1)
    last = add_months(on, settings.MANDATE_AHEAD_MONTHS)
    return [] if first <= starts_on <= last else [choose_between(first, last, code="starts_on")]


def choose_between(first: date, last: date, *, code: str) -> Missing:
    """What is answered to a day out of its bounds, beside its field."""
    text = _("Choisissez une date entre le {first} et le {last}.")
    return Missing(text.format(first=told_date(first), last=told_date(last)), code=code)


def _represents_an_applicant(user: User) -> bool:
    """Officers of an association whose request is under way do not sit on the committee (domain 5.1)."""
    speaking = Membership.objects.current().filter(user=user, role=Membership.Role.REPRESENTATIVE)
    return Application.objects.filter(
        state__in=Application.UNDER_WAY, structure_id__in=speaking.values("structure_id")
    ).exists()


def missing_to_start(mandate: Mandate, *, on: date) -> list[Missing]:
    """Before an appointed member is made active: the term has begun, and no other one of theirs still runs."""
    if mandate.starts_on is not None and mandate.starts_on > on:
        text = _("Le mandat commence le {date}.").format(date=told_date(mandate.starts_on))
        return [Missing(text)]
    if Mandate.objects.filter(user=mandate.user_id, state__in=Mandate.SEATED).exists():
        return [Missing(_("Le premier mandat de cette personne n'est pas terminé."))]
    return []


def missing_to_notify_grounds(
    mandate: Mandate, *, ground: str, facts: str, notified_on: date, on: date
) -> list[Missing]:
    """Before grounds are notified: a closed list, the facts, a day that has come; six months for a declaration."""
    reasons = []
    if ground not in Ground.values:
        reasons.append(Missing(_("Choisissez une des réponses proposées."), code="ground"))
    elif ground == Ground.NO_DECLARATION and not _is_undeclared(mandate, on):
        text = _("Il faut {n} mois sans déclaration à jour.").format(n=settings.MANDATE_UNDECLARED_MONTHS)
        reasons.append(Missing(text, code="ground"))
    if is_blank(facts):
        reasons.append(Missing(_("Écrivez les faits : la personne doit pouvoir y répondre."), code="facts"))
    if notified_on > on:
        reasons.append(Missing(_("Cette date n'est pas encore passée."), code="notified_on"))
    return reasons


def _is_undeclared(mandate: Mandate, on: date) -> bool:
    months = settings.INTERESTS_MONTHS + settings.MANDATE_UNDECLARED_MONTHS
    confirmed = mandate.interests_confirmed_on
    overdue = mandate.state == State.INTERESTS_OVERDUE and confirmed is not None
    return bool(overdue and confirmed and on >= add_months(confirmed, months))


def missing_to_hear(
    hearing: MandateHearing, *, means: str, observations: str, heard_on: date, on: date
) -> list[Missing]:
    """Before observations are written down: how they came, what they say; silence only counts once the time is over."""
    if means not in MandateHearing.Means.values:
        return [Missing(_("Choisissez une des réponses proposées."), code="means")]
    reasons = []
    silent = means == MandateHearing.Means.SILENT
    if silent and on <= hearing.answer_until:
        text = _("La personne peut répondre jusqu'au {date}.").format(date=told_date(hearing.answer_until))
        reasons.append(Missing(text, code="means"))
    if silent and not is_blank(observations):
        reasons.append(Missing(_("La personne a répondu : dites comment."), code="means"))
    if not silent and is_blank(observations):
        reasons.append(Missing(_("Écrivez ce que la personne a dit."), code="observations"))
    if not hearing.notified_on <= heard_on <= on:
        reasons.append(choose_between(hearing.notified_on, on, code="heard_on"))
    return reasons


def missing_to_terminate(hearing: MandateHearing | None, *, act_reference: str, reason: str) -> list[Missing]:
    """Before a mandate is ended early: grounds notified, the member heard, the written act and its reasons."""
    reasons = []
    if hearing is None:
        reasons.append(
            Missing(_("La personne n'est pas prévenue de ce qui lui est reproché."), code="hearing")
        )
    elif hearing.heard_on is None:
        reasons.append(Missing(_("La personne n'a pas encore été entendue."), code="hearing"))
    if is_blank(act_reference):
        reasons.append(Missing(_("Indiquez la référence de l'acte écrit."), code="act_reference"))
    if is_blank(reason):
        reasons.append(Missing(_("Écrivez pourquoi."), code="reason"))
    return reasons


def may_finish(mandate: Mandate, *, on: date) -> bool:
    """Whether what its person accepted may still be finished: in a term of theirs, some weeks after it (domain 5.1).

    That they may go on today is asked elsewhere, with their declaration (`missing_to_work`).
    """
    known = Mandate.objects.filter(user=mandate.user_id)
    return any(one.state in Mandate.SEATED or has_just_ended(one, on=on) for one in known)


def has_just_ended(mandate: Mandate, *, on: date) -> bool:
    """Whether the term came to its end, sixty days ago at most."""
    if mandate.state != State.ENDED or mandate.ended_at is None:
        return False
    return (on - timezone.localdate(mandate.ended_at)).days <= settings.MANDATE_FINISH_DAYS


def may_be_erased(mandate: Mandate, *, on: date) -> bool:
    """Whether the legal period is over: shorter for somebody who was not retained (domain 5.1)."""
    if mandate.ended_at is None or mandate.data_erased_at is not None:
        return False
    months = (
        settings.CANDIDATE_KEPT_MONTHS
        if mandate.state == State.NOT_APPOINTED
        else settings.MANDATE_KEPT_MONTHS
    )
    return on >= add_months(timezone.localdate(mandate.ended_at), months)
