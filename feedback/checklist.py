"""What is missing before each step of a report; read by the page and by the action."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.rules import roles_of
from certificates.models import FollowUp, Gap, Label, Withdrawal
from certificates.succession import label_in_course
from deadlines.models import after_outages
from feedback.models import Report, Source
from feedback.rules import has_part_in, tied
from journal.moves import subject_key
from journal.refusals import Missing
from journal.wording import is_blank
from letters.models import Exchange
from letters.spoken import told_date

LEAST = 40  # characters of an answer that says something
INQUIRING = (Report.State.QUALIFIED, Report.State.UNDER_INQUIRY)
WITH_GAPS = (FollowUp.State.SUBMITTED, FollowUp.State.GAPS)  # where a gap can be written, and answered


def missing_to_qualify(report: Report, *, severity: str) -> list[Missing]:
    """How serious it is; that its label is known, the permission to qualify asks (`feedback.rules`)."""
    missing = []
    if report.duplicate_of_id is not None:
        missing.append(Missing(_("Ce signalement suit celui auquel il est lié.")))
    if severity not in Report.Severity.values:
        missing.append(Missing(_("Dites ce qui est en jeu."), code="severity"))
    return missing


def missing_to_link(report: Report, first: Report | None) -> list[Missing]:
    """Only to an older report about the same label, that follows no other and is not ended."""
    if first is None or first.pk == report.pk:
        return [Missing(_("Ce numéro n'est pas celui d'un autre signalement."), code="first")]
    missing = []
    if report.state not in Report.NEW or report.duplicate_of_id or report.linked.exists():
        missing.append(Missing(_("Ce signalement a déjà sa propre suite.")))
    if first.label_id != report.label_id or first.label_id is None:
        missing.append(Missing(_("L'autre signalement ne concerne pas le même label."), code="first"))
    if first.duplicate_of_id or first.state not in Report.OPEN:
        missing.append(Missing(_("L'autre signalement est terminé, ou lié lui-même."), code="first"))
    return missing


def missing_to_answer(report: Report, answer: str) -> list[Missing]:
    """The person who reported reads reasons, never less than a sentence."""
    if is_blank(answer) or len(answer.strip()) < LEAST:
        return [Missing(_("Écrivez une vraie réponse : au moins une phrase."), code="answer")]
    return []


def missing_to_pass_on(report: Report, *, authority: str, answer: str) -> list[Missing]:
    """The authority has a name, and the person is told."""
    missing = missing_to_answer(report, answer)
    if is_blank(authority):
        missing.append(Missing(_("Écrivez à quelle autorité."), code="authority"))
    return missing


def missing_to_hand_over(report: Report, officer: User, *, reason: str, on: date) -> list[Missing]:
    """Another case officer, who has nothing to do with the label and did not confirm its conclusion; a reason."""
    missing = []
    if report.state not in Report.FOLLOWED:
        missing.append(Missing(_("Personne ne suit ce signalement, ou il est terminé.")))
    is_free = Role.CASE_OFFICER in roles_of(officer, on=on) and officer.pk not in (
        report.officer_id,
        report.confirmed_by_id,
    )
    if not is_free or Report.objects.filter(tied(officer, on=on), pk=report.pk).exists():
        missing.append(Missing(_("Cette personne ne peut pas suivre ce signalement."), code="officer"))
    if is_blank(reason):
        missing.append(Missing(_("Dites en une phrase pourquoi."), code="reason"))
    return missing


def missing_to_change_label(
    report: Report, label: Label | None, user: User | None, *, reason: str, on: date
) -> list[Missing]:
    """Another label, that this person does not handle, before the conclusion; a reason, and facts to put again."""
    missing = []
    if report.settled_at is None or report.state not in (*Report.NEW, *INQUIRING):
        missing.append(Missing(_("Le label de ce signalement ne change plus.")))
    if report.duplicate_of_id is not None:
        missing.append(Missing(_("Ce signalement suit celui auquel il est lié.")))
    if label is None or label.pk == report.label_id:
        missing.append(Missing(_("Écrivez le numéro d'un autre label."), code="label"))
    elif report.officer is not None and has_part_in(report.officer, label, on=on):
        text = _("La personne qui suit ce signalement s'occupe de ce label : confiez-le d'abord à une autre.")
        missing.append(Missing(text, code="label"))
    elif user is None or has_part_in(user, label, on=on):
        text = _("Vous vous occupez de ce label : demandez à une autre personne de rattacher ce signalement.")
        missing.append(Missing(text, code="label"))
    if is_blank(reason):
        missing.append(Missing(_("Dites en une phrase pourquoi."), code="reason"))
    return missing


def missing_to_send_back(report: Report, *, reason: str) -> list[Missing]:
    """A proposal waits, and who wrote it reads why it comes back."""
    if report.proposed_at is None or report.state != Report.State.UNDER_INQUIRY:
        return [Missing(_("Rien n'est proposé."))]
    return [Missing(_("Dites en une phrase pourquoi."), code="reason")] if is_blank(reason) else []


def missing_to_inquire(report: Report, *, facts: str) -> list[Missing]:
    """A label, facts, and nothing in them that says who told."""
    missing = []
    if report.label_id is None:
        missing.append(Missing(_("Ce signalement ne concerne aucun label : il n'y a personne à interroger.")))
    if is_blank(facts) or len(facts.strip()) < LEAST:
        missing.append(Missing(_("Écrivez les faits, avec leurs dates."), code="facts"))
    return [*missing, *names_told(who_told(report), "facts", facts)]


def missing_to_propose(
    report: Report,
    *,
    conclusion: str,
    measure: str,
    reasons: str,
    told: str,
    answer: str,
    gap: dict[str, str],
    on: date,
) -> list[Missing]:
    """The association could answer; the conclusion has its reasons, and what each side is told."""
    missing = missing_before_concluding(report, on=on)
    if conclusion not in Report.Conclusion.values:
        missing.append(Missing(_("Choisissez une des réponses proposées."), code="conclusion"))
    if conclusion == Report.Conclusion.FOUNDED and measure not in Report.Measure.values:
        missing.append(Missing(_("Dites ce que l'on demande à l'association."), code="measure"))
    if is_blank(reasons):
        missing.append(Missing(_("Écrivez vos raisons."), code="reasons"))
    missing += missing_to_answer(report, answer)
    if conclusion == Report.Conclusion.FOUNDED:
        missing += _missing_for_the_measure(report, measure, gap, on)
    return [*missing, *missing_to_tell(report, told)]


def missing_to_tell(report: Report, told: str) -> list[Missing]:
    """What the association reads at the end says something, and does not say who told it."""
    missing = []
    if is_blank(told) or len(told.strip()) < LEAST:
        missing.append(Missing(_("Écrivez ce que l'association doit savoir."), code="told"))
    return [*missing, *names_told(who_told(report), "told", told)]


def missing_before_concluding(report: Report, *, on: date) -> list[Missing]:
    """Nothing is concluded before the association has answered, or had its time to do so since it read the facts."""
    if report.state != Report.State.UNDER_INQUIRY or report.asked is None:
        return [Missing(_("Les faits ne sont pas encore présentés à l'association."))]
    later = Exchange.objects.filter(subject=report.asked.subject, pk__gt=report.asked_id)
    if later.filter(side=Exchange.Side.ASSOCIATION).exists():
        return []
    calls = later.exclude(kind=Exchange.Kind.MESSAGE).order_by("pk").values_list("at", flat=True)
    known = report.asked.read_at or calls.first()
    page = str(reverse_lazy("staff_exchanges", args=[report.asked.subject]))
    if known is None:
        text = _("L'association n'a pas ouvert le message. Appelez-la, et notez l'appel sur le dossier.")
        return [Missing(text, url=page)]
    [until] = after_outages(timezone.localdate(known) + timedelta(days=settings.REPORT_FACTS_DAYS))
    if on <= until:
        return [
            Missing(_("L'association peut répondre jusqu'au {date}.").format(date=told_date(until)), url=page)
        ]
    return []


def _missing_for_the_measure(report: Report, measure: str, gap: dict[str, str], on: date) -> list[Missing]:
    label = label_in_course(report.label) if report.label else None
    if measure in (Report.Measure.GAP, Report.Measure.WITHDRAWAL) and label is None:
        text = _(
            "Ce label n'est plus en cours : rattachez le signalement à un autre, ou choisissez une recommandation."
        )
        return [Missing(text, code="measure")]
    if measure == Report.Measure.WITHDRAWAL:
        if Withdrawal.objects.filter(label=label, state__in=Withdrawal.LIVE).exists():
            return [Missing(_("Une procédure de retrait est déjà ouverte pour ce label."), code="measure")]
        return []
    if measure != Report.Measure.GAP:
        return []
    missing = []
    if label is None or not follow_ups_open_to_gaps(label).exists():
        text = _(
            "Aucun suivi annuel transmis n'est en cours : choisissez une recommandation ou une procédure."
        )
        missing.append(Missing(text, code="measure"))
    if gap.get("severity") not in Gap.Severity.values:
        missing.append(Missing(_("Dites si l'écart est mineur ou majeur."), code="gap_severity"))
    if is_blank(gap.get("expected", "")):
        missing.append(Missing(_("Écrivez ce qui est attendu."), code="gap_expected"))
    if not gap.get("due_on") or date.fromisoformat(gap["due_on"]) <= on:
        missing.append(Missing(_("Donnez une date à venir."), code="gap_due_on"))
    return [*missing, *names_told(who_told(report), "gap_expected", gap.get("expected", ""))]


def follow_ups_open_to_gaps(label: Label) -> QuerySet[FollowUp]:
    """The yearly follow-ups of that label in which a gap can be written today; the latest is the one in course."""
    return label.follow_ups.filter(state__in=WITH_GAPS)


def missing_to_confirm(report: Report, *, seen: str) -> list[Missing]:
    """A proposal stands, and it is the one that the page showed."""
    if not report.conclusion or report.proposed_at is None:
        return [Missing(_("Rien n'est proposé."))]
    if report.proposed_at.isoformat() != seen:
        return [Missing(_("La proposition a changé. Relisez-la avant de confirmer."))]
    return []


def missing_to_close(report: Report) -> list[Missing]:
    """What was asked of the association is over: the gap closed, the procedure ended."""
    gap = report.gap if report.measure == Report.Measure.GAP else None
    if gap is not None and gap.closed_at is None and gap.follow_up.state in FollowUp.LIVE:
        return [Missing(_("L'écart n'est pas encore levé dans le suivi annuel."))]
    opened = Withdrawal.objects.filter(origin_key=subject_key(report), state__in=Withdrawal.LIVE)
    if report.measure == Report.Measure.WITHDRAWAL and opened.exists():
        return [Missing(_("La procédure de retrait n'est pas terminée."))]
    return []


def who_told(report: Report) -> list[Source]:
    """The sources of a report and of those that are linked to it: its facts speak for all of them."""
    return [one.source for one in (report, *report.linked.select_related("source"))]


def names_told(sources: Iterable[Source], code: str, text: str) -> list[Missing]:
    """What the association would read must not say who told it: neither name, mail, phone nor address."""
    found = [words for source in sources for words in _signs_of(source) if words and words in _plain(text)]
    if not found:
        return []
    return [
        Missing(
            _("Ce texte permet de reconnaître la personne qui a signalé. Retirez ce qui la désigne."),
            code=code,
        )
    ]


def _signs_of(source: Source) -> Iterable[str]:
    """Each word of three letters of the name, the address of the mail, the figures of the phone, the street."""
    for word in re.findall(r"\w{3,}", source.name):
        yield f" {_plain(word).strip()} "
    if source.email:
        yield _plain(source.email).rstrip()
    figures = re.sub(r"\D", "", source.phone)
    if len(figures) >= 6:
        yield f" {figures} "
        yield " ".join(["", *re.findall(r"..", figures), ""])
    for line in source.address.splitlines():
        if len(line.strip()) >= 6:
            yield _plain(line).rstrip()


def _plain(text: str) -> str:
    """Without accents or capitals, one space between words and at both ends, so that ways of writing do not matter."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return f" {' '.join(re.findall(r'[a-z0-9]+', letters))} "
