"""What is missing before each step of a withdrawal procedure: no step before the one that protects the association."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Delegation, User
from certificates.answers import said_in_procedure
from certificates.checklist.hearings import (
    LONGEST_DAYS,
    MOST_GROUNDS,
    missing_to_close,
    missing_to_notify,
)
from certificates.models import (
    Ground,
    Hearing,
    Label,
    Measure,
    NoticeAnswer,
    Withdrawal,
    WithdrawalOpinion,
    WithdrawalProposal,
)
from certificates.openings import act_on_its_way
from deadlines.calendar import add_months
from decisions.checklist import answer_gaps, delegation_gap, divergence_gaps, part_gaps
from decisions.models import Decision
from journal.refusals import Missing
from journal.wording import is_blank, length_read
from label.models import Application
from letters.spoken import told_date

Gap = (
    tuple[str, str] | Missing
)  # the words and the field where it is mended, or what is mended on another page
Kind = Decision.Kind
State = Withdrawal.State
Step = WithdrawalProposal.Step
Opinion = WithdrawalOpinion.Kind
MOST_ACTS = 12
UNDO_MONTHS = 4  # CRPA L242-1

STEPS_FROM: dict[str, tuple[str, ...]] = {
    Step.DISMISS: (State.OPENED,),
    Step.FORMAL_NOTICE: (State.OPENED,),
    Step.HEARING: (State.OPENED, State.FORMAL_NOTICE, State.ADVISED),
    Step.MAINTAIN: (State.ADVISED,),
}
# What each act does, in the words of the committee: another one departs from its opinion.
FOLLOWS: dict[str, str] = {
    Kind.WITHDRAW: Opinion.WITHDRAW,
    Kind.ANNUL: Opinion.WITHDRAW,
    Kind.CONDITIONS: Opinion.CONDITIONS,
    Step.MAINTAIN: Opinion.MAINTAIN,
}


def missing_to_open(label: Label, under_way: Withdrawal | None, *, origin: str, facts: str) -> list[Missing]:
    """What forbids to open a procedure: a label that ended or is not told yet, one already open, no facts."""
    found = []
    if label.state not in Label.LIVE:
        found.append(Missing(_("Le label n'est plus en cours.")))
    elif label.decision.state == Decision.State.SIGNED:
        found.append(Missing(_("La décision qui accorde ce label n'est pas encore notifiée.")))
    if under_way is not None:
        found.append(Missing(_("Une procédure est déjà ouverte sur ce label.")))
    if origin not in Withdrawal.Origin:
        found.append(Missing(_("Dites d'où vient l'information."), "#id_origin", "origin"))
    if is_blank(facts):
        found.append(Missing(_("Écrivez les faits connus à ce jour."), "#id_facts", "facts"))
    return found


def steps_possible(withdrawal: Withdrawal) -> list[str]:
    """The steps that may be put before the signatories now, in the order of the procedure."""
    return [step for step, states in STEPS_FROM.items() if withdrawal.state in states]


def missing_to_propose(withdrawal: Withdrawal, label: Label, columns: Mapping[str, Any]) -> list[Missing]:
    """What a proposal lacks; `columns` are those of a `WithdrawalProposal`."""
    step = columns["step"]
    if withdrawal.state not in STEPS_FROM.get(step, ()):
        return [Missing(_("La procédure n'est pas à une étape où ceci est possible."))]
    if step in (Step.DISMISS, Step.MAINTAIN):
        return _missing_reasons(columns["reasons"])
    if step == Step.FORMAL_NOTICE:
        return _missing_notice(columns)
    found = missing_to_notify(
        label, columns["measure"], columns["grounds"], columns["days"] or 0, is_urgent=columns["is_urgent"]
    )
    if columns["measure"] not in Hearing.OF_A_PROCEDURE:
        found.append(Missing(_("Choisissez la mesure envisagée."), "#id_measure", "measure"))
    if withdrawal.state == State.ADVISED and not _brings_a_new_ground(withdrawal, columns["grounds"]):
        found.append(Missing(_("Ces faits ont déjà été notifiés : il n'y a pas de motif nouveau.")))
    return found


def _missing_reasons(reasons: str) -> list[Missing]:
    enough = settings.REASONS_MIN_LENGTH
    if length_read(reasons) >= enough:
        return []
    words = _("Écrivez les raisons, en {n} caractères au moins.")
    return [Missing(words.format(n=enough), "#id_reasons", "reasons")]


def _missing_notice(columns: Mapping[str, Any]) -> list[Missing]:
    """Exact acts, facts that are told, and enough time (domain 5.1 REVOCATION, letter L13a)."""
    found = []
    if not 0 < len(columns["acts"]) <= MOST_ACTS:
        words = _("Écrivez ce que la structure doit faire : entre 1 et {n} points.")
        found.append(Missing(words.format(n=MOST_ACTS), "#id_acts", "acts"))
    grounds = columns["grounds"]
    whole = all(not is_blank(row[part]) for row in grounds for part in ("fact", "text_breached", "source"))
    if not 0 < len(grounds) <= MOST_GROUNDS or not whole:
        words = _(
            "Chaque fait a besoin de trois choses : le fait, le texte concerné, d'où vient l'information."
        )
        found.append(Missing(words, "#id_grounds-0-fact", "grounds"))
    least = settings.FORMAL_NOTICE_DAYS
    if not least <= (columns["days"] or 0) <= LONGEST_DAYS:
        words = _("Laissez au moins {n} jours pour corriger, et {most} au plus.")
        found.append(Missing(words.format(n=least, most=LONGEST_DAYS), "#id_days", "days"))
    return found


def _brings_a_new_ground(withdrawal: Withdrawal, grounds: list[Mapping[str, Any]]) -> bool:
    notified = set(Ground.objects.filter(hearing__withdrawal=withdrawal).values_list("fact", flat=True))
    return any(row["fact"].strip() not in notified for row in grounds)


def missing_before_step(withdrawal: Withdrawal, step: str, *, on: date) -> list[Missing]:
    """What protects the association and is not there yet, before a step is signed."""
    if step != Step.HEARING or withdrawal.state != State.FORMAL_NOTICE:
        return []
    if withdrawal.comply_by is None:
        words = _("La preuve que la structure a reçu la mise en demeure manque : son temps n'a pas commencé.")
        return [Missing(words)]
    if on <= withdrawal.comply_by:
        words = _("La structure peut encore corriger jusqu'au {date}.")
        return [Missing(words.format(date=told_date(withdrawal.comply_by)))]
    return []


def missing_to_sign_step(
    proposal: WithdrawalProposal,
    withdrawal: Withdrawal,
    label: Label,
    dossier: Application,
    user: User,
    *,
    on: date,
    delegation: Delegation | None,
) -> list[Missing]:
    """What is missing before this person takes that step today: as for an act (domain 5.2 rule 1, CRPA L212-1).

    `dossier` was read with `decisions.rules.with_part_in(user, …)`.
    """
    columns = {name: getattr(proposal, name) for name in COLUMNS}
    found = [
        *missing_to_propose(withdrawal, label, columns),
        *missing_before_step(withdrawal, proposal.step, on=on),
    ]
    if proposal.step == Step.MAINTAIN and settings.OPINION_IS_BINDING and departs(withdrawal, Step.MAINTAIN):
        found.append(Missing(_("L'avis du comité lie l'Institut : la décision doit le suivre.")))
    officers = [proposal.proposed_by_id, withdrawal.opened_by_id, dossier.case_officer_id]
    found += [Missing(text) for text in part_gaps(dossier, user, officers)]
    if delegation is None:
        found.append(Missing(delegation_gap(user, on)))
    return found


COLUMNS = ("step", "reasons", "grounds", "acts", "days", "measure", "is_urgent")


def missing_to_answer_notice(
    withdrawal: Withdrawal, *, text: str, means: str, received_on: date | None, on: date
) -> list[Missing]:
    """What an answer to a formal notice lacks: words, how they came, an honest day."""
    if withdrawal.state != State.FORMAL_NOTICE or withdrawal.formal_notice is None:
        return [Missing(_("Aucune correction n'est attendue pour ce label."))]
    found = []
    if is_blank(text):
        found.append(Missing(_("Écrivez la réponse."), "#id_text", "text"))
    if means not in NoticeAnswer.Means:
        found.append(Missing(_("Dites comment la réponse est arrivée."), "#id_means", "means"))
    first = timezone.localdate(withdrawal.formal_notice.issued_at)
    if received_on is None or not first <= received_on <= on:
        words = _("Choisissez une date entre le {first} et le {last}.")
        words = words.format(first=told_date(first), last=told_date(on))
        found.append(Missing(words, "#id_received_on", "received_on"))
    return found


def missing_to_record_remedy(withdrawal: Withdrawal, *, remedy: str) -> list[Missing]:
    """What forbids to say that the association has corrected: nothing was asked, or no proof is named."""
    found = []
    if withdrawal.state != State.FORMAL_NOTICE:
        found.append(Missing(_("Aucune correction n'est attendue pour ce label.")))
    if is_blank(remedy):
        found.append(Missing(_("Dites quelle preuve vous acceptez."), "#id_remedy", "remedy"))
    return found


def missing_to_close_procedure(withdrawal: Withdrawal, hearing: Hearing | None, *, on: date) -> list[Missing]:
    """What forbids to go to the committee: the proof of receipt, the time to answer, the oral hearing asked for."""
    if withdrawal.state != State.HEARING or hearing is None:
        return [Missing(_("Aucune réponse n'est attendue de la structure."))]
    return missing_to_close(hearing, on=on)


def missing_to_advise(withdrawal: Withdrawal) -> list[Missing]:
    """What forbids the committee to give its opinion: the association has not been heard yet."""
    if withdrawal.state != State.HEARING_CLOSED:
        return [Missing(_("La structure n'a pas fini de répondre, ou l'avis est déjà rendu."), code="state")]
    return []


def departs(withdrawal: Withdrawal, kind: str) -> bool:
    """Whether that decision departs from the opinion of the committee."""
    return withdrawal.opinion is not None and withdrawal.opinion.kind != FOLLOWS[kind]


def undo_until(label: Label) -> date | None:
    """The last day on which an illegal grant may be undone from its origin (CRPA L242-1); None if never signed."""
    granted = label.decision
    day = timezone.localdate(granted.signed_at) if granted.signed_at else granted.notified_on
    return add_months(day, UNDO_MONTHS) if day else None


def withdrawal_gaps(measure: Measure, decision: Decision, on: date) -> Iterator[Gap]:
    """Before a label is withdrawn or annulled: each step that protects the association, with its proof."""
    withdrawal = measure.withdrawal
    if withdrawal is None or withdrawal.label_id != measure.label_id:
        yield _("Aucune procédure de retrait n'est ouverte sur ce label."), "id_grounds_0"
        return
    yield from ending_gaps(measure, withdrawal, decision)
    yield from _legal_gaps(measure, decision.kind, on)


def ending_gaps(measure: Measure, withdrawal: Withdrawal, decision: Decision) -> Iterator[Gap]:
    """Before a procedure ends by any act, conditions included: the same protections."""
    yield from _procedure_gaps(withdrawal)
    yield from _ground_gaps(measure, withdrawal, decision.kind)
    yield from answer_gaps(said_in_procedure(withdrawal), measure.answers_to_observations)
    if departs(withdrawal, decision.kind):
        yield from divergence_gaps(decision)
    yield from act_on_its_way(measure.label, Kind.TRANSFER)


def _procedure_gaps(withdrawal: Withdrawal) -> Iterator[Gap]:
    hearings = [row for row in withdrawal.hearings.all() if row.dropped_at is None]
    if not hearings:
        yield _("Les motifs n'ont pas encore été notifiés à la structure (lettre L13b)."), "id_grounds_0"
    if any(row.answer_until is None for row in hearings):
        yield _("La preuve que la structure a reçu la lettre L13b manque."), "id_grounds_0"
    if any(row.closed_on is None for row in hearings):
        yield _("Le temps de réponse de la structure n'est pas terminé."), "id_grounds_0"
    if withdrawal.state != State.ADVISED:
        yield _("Le comité n'a pas encore donné son avis."), "id_grounds_0"


def _ground_gaps(measure: Measure, withdrawal: Withdrawal, kind: str) -> Iterator[Gap]:
    """Only notified grounds; a new one asks for another hearing (domain 5.1 REVOCATION)."""
    retained = list(measure.grounds.select_related("hearing"))
    if not retained:
        yield _("Choisissez au moins un des motifs notifiés."), "id_grounds_0"
    if any(row.hearing.withdrawal_id != withdrawal.pk or row.hearing.closed_on is None for row in retained):
        yield (
            _("Ce motif est nouveau : l'association doit pouvoir répondre. Nouvelle lettre, nouveau délai."),
            "id_grounds_0",
        )
    if kind == Kind.ANNUL and any(row.hearing.measure != Hearing.Measure.ANNUL for row in retained):
        yield _("La lettre envoyée à la structure n'annonçait pas l'annulation du label."), "id_legal_effect"


def _legal_gaps(measure: Measure, kind: str, on: date) -> Iterator[Gap]:
    """For the future by default (L242-2); from the origin if illegal and in time (L242-1), or for fraud (L241-2)."""
    effect, legal = measure.legal_effect, Measure.LegalEffect
    allowed = (legal.REPEAL,) if kind == Kind.WITHDRAW else (legal.EX_TUNC, legal.FRAUD)
    if effect not in allowed:
        yield _("Choisissez l'effet de la décision."), "id_legal_effect"
    last = undo_until(measure.label)
    if effect == legal.EX_TUNC and (last is None or on > last):
        words = _(
            "Le label ne peut plus être retiré depuis l'origine : les quatre mois se sont terminés le {date}."
        )
        yield words.format(date=told_date(last) if last else "—"), "id_legal_effect"
    if effect == legal.FRAUD and is_blank(measure.event_proof):
        yield _("Dites quelle preuve établit la fraude."), "id_event_proof"
