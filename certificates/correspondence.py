"""The letters of this room: its end, the invitations to answer, the acts on a label; who may read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from accounts.rules import Claim
from certificates import merger_letters  # noqa: F401  (its letters register themselves)
from certificates.actions.conditions import PROOF as CONDITION_PROOF
from certificates.actions.hearings import (
    MINUTES_FILE,
    OBSERVATION_FILE,
    GroundContent,
    time_to_answer_starts,
)
from certificates.actions.mergers import TREATY
from certificates.actions.relinquishing import STATEMENT
from certificates.actions.withdrawals import ANSWER_FILE, time_to_comply_starts
from certificates.answers import said_in_procedure
from certificates.checklist.measures import labels_joined, lasts_until, periods_of
from certificates.checklist.mergers import request_before
from certificates.follow_up_correspondence import reads_what_the_holder_sent
from certificates.models import (
    Ground,
    Hearing,
    Label,
    Measure,
    Withdrawal,
    WithdrawalOpinion,
    WithdrawalProposal,
)
from certificates.openings import was_refused
from certificates.renewals import label_followed, renewal_under_way, window_of
from certificates.rules import answers_for_holder, belongs_to_holder
from charter.models import Charter, Signature
from decisions.correspondence import SUBJECT as ACT
from decisions.correspondence import act_received, reasons, told_answers, told_solution
from decisions.effects import Facts, also_tell, dossier_of, served_to
from decisions.models import Decision
from journal.moves import Actor
from label.correspondence import SUBJECT as DOSSIER
from label.correspondence import common
from label.mails import members_who_write
from label.models import Application, Edition
from letters import registry
from letters.models import Letter
from letters.typography import french_date, sentence
from structures.models import Structure
from structures.rules import represents

SUBJECT = "certificates.label"

# What each measure would do, in the words of the letter that invites to answer.
EFFECTS = {
    Hearing.Measure.CONDITIONS: "Le label resterait valable. Vous auriez des points à corriger, chacun à une date.",
    Hearing.Measure.SUSPEND: "Vous ne pourriez plus utiliser le label pendant un temps limité, avec une date de fin.",
    Hearing.Measure.WITHDRAW: "Le label s'arrêterait avant sa date de fin.",
    Hearing.Measure.ANNUL: "Le label serait considéré comme n'ayant jamais été accordé.",
    Hearing.Measure.LAPSE: "Nous noterions que la structure n'existe plus : le label s'arrêterait avec elle.",
}


for _purpose in (OBSERVATION_FILE, MINUTES_FILE, ANSWER_FILE, CONDITION_PROOF, STATEMENT, TREATY):
    registry.file_audience(_purpose)(reads_what_the_holder_sent)


@registry.letter("L13b", about=SUBJECT, compulsory=("structure",))
def invited_to_answer(label: Label, *, hearing: Hearing, **extra: Any) -> dict[str, Any]:
    """Facts of the invitation to observations (CRPA L122-1, L122-2)."""
    return {
        **_about(label, label.structure),
        "measure": _in_a_sentence(hearing.get_measure_display()),
        "effect": EFFECTS[Hearing.Measure(hearing.measure)],
        "grounds": [_ground(row) for row in hearing.grounds.all()],
        "days": hearing.days,
        "urgent": hearing.is_urgent,
        "page": _page_of(hearing),
        **extra,
    }


def _page_of(hearing: Hearing) -> str:
    return f"{settings.PUBLIC_URL}{reverse('hearing', args=[hearing.pk])}"


def _in_a_sentence(words: Any) -> str:
    with translation.override("fr"):
        text = str(words)
    return text[:1].lower() + text[1:]


def _ground(row: Ground) -> dict[str, Any]:
    return {
        "fact": sentence(row.fact),
        "day": row.occurred_on,
        "breached": sentence(row.text_breached),
        "source": sentence(row.source),
    }


def _about(label: Label, structure: Structure) -> dict[str, Any]:
    """What every letter about a label says, to the structure that receives it."""
    return {
        **common(label.application, structure),
        "number": _told_number(label),
        "valid_until": label.ends_on,
    }


def _told_number(label: Label) -> str:
    """The number of the label, with that of the one that it renews: the holder may still show the older one."""
    if label.previous is None or label.previous.state != Label.State.RENEWED:
        return label.number
    return f"{label.number} (suite du label {label.previous.number})"


def _measure(decision: Decision) -> Measure:
    related = ("label__structure", "label__application__structure", "label__application__case_officer")
    found: Measure = Measure.objects.select_related(*related, "label__edition", "hearing", "successor").get(
        decision=decision
    )
    return found


def _act(decision: Decision, measure: Measure) -> dict[str, Any]:
    about = _about(measure.label, served_to(decision))
    return {**reasons(decision), **about, "observations_answered": measure.answers_to_observations}


def _conditions(decision: Decision) -> list[dict[str, Any]]:
    rows = decision.conditions.order_by("due_on", "pk")
    return [{"text": sentence(row.text), "proof": sentence(row.proof), "before": row.due_on} for row in rows]


@registry.letter("L11", about=ACT, compulsory=("structure",))
def suspended(decision: Decision, **extra: Any) -> dict[str, Any]:
    """Facts of a suspension: its written end, what lifts it, the urgency or the grounds retained."""
    measure = _measure(decision)
    written = timezone.localdate(decision.signed_at) if decision.signed_at else None
    is_later = measure.starts_on is not None and measure.starts_on != written
    return {
        **_act(decision, measure),
        "suspended_until": measure.ends_on or "",
        "not_before": measure.starts_on if is_later else None,
        "what_lifts_it": measure.what_lifts_it,
        "urgency": measure.urgency_reason,
        "grounds": [_ground(row) for row in measure.grounds.all()],
        **extra,
    }


@registry.letter("L11b", about=ACT, compulsory=("structure",))
def lifted(decision: Decision, **extra: Any) -> dict[str, Any]:
    """Facts of the act that lifts a suspension; it may set conditions."""
    measure = _measure(decision)
    return {**_act(decision, measure), "conditions": _conditions(decision), **extra}


@registry.letter("L7b", about=ACT, compulsory=("structure",))
def conditions_set_later(decision: Decision, **extra: Any) -> dict[str, Any]:
    """Facts of the conditions set on a label that lives."""
    return {**_act(decision, _measure(decision)), "conditions": _conditions(decision), **extra}


@registry.letter("L9c", about=ACT, compulsory=("structure",))
def extended(decision: Decision, **extra: Any) -> dict[str, Any]:
    """Facts of an extension: the end that was, the end that is."""
    measure = _measure(decision)
    return {**_act(decision, measure), "extended_until": measure.ends_on or "", **extra}


@registry.letter("L10b", about=ACT, compulsory=("structure",))
def lapsed(decision: Decision, **extra: Any) -> dict[str, Any]:
    """Facts of the end of a holder: when, and where it is proven."""
    measure = _measure(decision)
    return {
        **_act(decision, measure),
        "ended_on": measure.event_on or "",
        "proof": measure.event_proof,
        **extra,
    }


@registry.letter("L6b", about=ACT, compulsory=("structure",))
def transferred(decision: Decision, **extra: Any) -> dict[str, Any]:
    """Facts of a transfer, to the successor: what it takes over, until when."""
    measure = _measure(decision)
    joined = labels_joined(measure)
    before = request_before(measure.label, measure.successor)
    signed_on = timezone.localdate(decision.signed_at) if decision.signed_at else measure.label.starts_on
    suspended = [row.last_day for label in joined for row in periods_of(label).holding_from(signed_on)]
    rows = measure.label.edition.data.get("maintenance_conditions", [])
    return {
        **_act(decision, measure),
        "former_number": measure.label.number,
        "former_structure": measure.label.structure.name,
        "merged_on": measure.event_on or "",
        "asked_before_on": before.received_on if before else None,
        "own_number": "".join(own.number for own in joined[1:]),
        "valid_until": min(lasts_until(label, signed_on) for label in joined),
        "suspended_until": max(suspended, default=None),
        "solutions": [told_solution(solution) for solution in decision.recognised],
        "conditions_of_maintenance": [row["fr"] for row in rows],
        **extra,
    }


@registry.letter("L12", about=ACT, compulsory=("structure",))
def withdrawn(decision: Decision, **extra: Any) -> dict[str, Any]:
    """Facts of a withdrawal: its legal effect, the grounds retained, the opinion, each observation answered."""
    measure = _measure(decision)
    withdrawal = Withdrawal.objects.select_related("opinion").get(measures=measure)
    opinion = withdrawal.opinion
    kind = Measure.LegalEffect(measure.legal_effect) if measure.legal_effect else None
    return {
        **_act(decision, measure),
        "legal_effect": _in_a_sentence(measure.get_legal_effect_display()),
        "kind": measure.legal_effect,
        "from_the_origin": kind in (Measure.LegalEffect.EX_TUNC, Measure.LegalEffect.FRAUD),
        "grounds": [_ground(row) for row in measure.grounds.all()],
        "fraud_proof": measure.event_proof if kind == Measure.LegalEffect.FRAUD else "",
        "opinion": _opinion(opinion) if opinion else "",
        "divergence": decision.divergence_reasons,
        "answers": told_answers(said_in_procedure(withdrawal), measure.answers_to_observations),
        **extra,
    }


def _opinion(opinion: WithdrawalOpinion) -> str:
    words = _in_a_sentence(opinion.get_kind_display())
    return f"Le comité a rendu cet avis le {french_date(opinion.adopted_on)} : {words}.\n\n{opinion.reasons}"


@registry.letter("L13a", about=SUBJECT, compulsory=("structure",))
def put_on_notice(
    label: Label,
    *,
    withdrawal: Withdrawal,
    proposal: WithdrawalProposal,
    grounds: Iterable[GroundContent],
    **extra: Any,
) -> dict[str, Any]:
    """Facts of a formal notice: exact acts, and a time from the receipt."""
    return {
        **_about(label, label.structure),
        "acts": [sentence(text) for text in proposal.acts],
        "grounds": [
            _ground(
                Ground(
                    fact=row.fact,
                    occurred_on=row.occurred_on,
                    text_breached=row.text_breached,
                    source=row.source,
                )
            )
            for row in grounds
        ],
        "days": proposal.days,
        "page": f"{settings.PUBLIC_URL}{reverse('procedure', args=[withdrawal.pk])}",
        **extra,
    }


@registry.letter("L13c", about=SUBJECT, compulsory=("structure",))
def procedure_is_over(label: Label, *, withdrawal: Withdrawal, **extra: Any) -> dict[str, Any]:
    """Facts of the end of a procedure that changes nothing: corrected, or maintained."""
    return {
        **_about(label, label.structure),
        "outcome": withdrawal.state,
        "told_on": withdrawal.told_on(),
        "reasons": withdrawal.remedy or withdrawal.closing_reason,
        **extra,
    }


@registry.letter("L9b", about=SUBJECT, compulsory=("structure", "edition"))
def renewal_call(label: Label, **extra: Any) -> dict[str, Any]:
    """Facts of the call to renew: the dates, what the protected one protects, what changed in the norms."""
    window = window_of(label)
    edition = Edition.objects.in_force_on(window.opens_on) or label.edition
    charter = Charter.objects.in_force()
    return {
        **_about(label, label.structure),
        "ends_on": label.own_end,
        "protected_until": window.protected_until,
        "come_back_until": window.come_back_until,
        "extension_months": settings.EXTENSION_MONTHS,
        "edition": edition.version,
        "old_edition": label.edition.version,
        "edition_changed": edition.pk != label.edition_id,
        "charter": charter.version if charter else "",
        "charter_to_sign": charter is not None and Signature.objects.valid_for(label.structure) is None,
        **extra,
    }


@registry.letter("L9d", about=DOSSIER, compulsory=("structure",))
def before_a_refusal(application: Application, *, hearing: Hearing, **extra: Any) -> dict[str, Any]:
    """Facts of the invitation to answer before a refusal of a renewal (CRPA L121-1, L122-1)."""
    return {
        **common(application),
        "number": hearing.label.number,
        "ends_on": hearing.label.own_end,
        "contemplated": hearing.contemplated,
        "days": hearing.days,
        "page": _page_of(hearing),
        **extra,
    }


@registry.letter("L10", about=SUBJECT, compulsory=("structure",))
def label_ended(label: Label, **extra: Any) -> dict[str, Any]:
    """Facts of the notice that a label has ended by its date: its last day, the logo, the way back."""
    window = window_of(label)
    ended_on = label.ended_on or label.ends_on + timedelta(days=1)
    return {
        **_about(label, label.structure),
        "starts_on": label.starts_on,
        "last_day": ended_on - timedelta(days=1),
        "ended_on": ended_on,
        "logo_until": ended_on + timedelta(days=settings.LOGO_DAYS),
        "come_back_until": _way_back(label, window.come_back_until),
        "filed_late": renewal_under_way(label) is not None,
        "protected_until": window.protected_until,
        **extra,
    }


def _way_back(label: Label, until: date) -> date | None:
    return None if was_refused(label) or renewal_under_way(label) is not None else until


@also_tell(Decision.Kind.REFUSE)
def what_becomes_of_the_label(decision: Decision) -> Facts:
    """What L8 says of the label that is not renewed, or to which nothing is added."""
    label = label_followed(dossier_of(decision))
    if label is None or label.state not in Label.LIVE:
        return {}
    if dossier_of(decision).kind == Application.Kind.ADDITION:
        return {"label_number": label.number}
    return {
        "label_number": label.number,
        "label_ends_on": label.own_end,
        "logo_days": str(settings.LOGO_DAYS),
    }


@registry.on_receipt("L13a")
def notice_received(letter: Letter, received_on: date, presumed: bool, at: datetime, by: Actor) -> None:
    """The time to correct runs from the receipt."""
    time_to_comply_starts(letter=letter, received_on=received_on, at=at, by=by)


def invitation_received(letter: Letter, received_on: date, presumed: bool, at: datetime, by: Actor) -> None:
    """The time to answer runs from the receipt (domain 3.2), before a measure and before a refusal of a renewal."""
    time_to_answer_starts(letter=letter, received_on=received_on, at=at, by=by)


for code in ("L13b", "L9d"):
    registry.on_receipt(code)(invitation_received)
for code in ("L6b", "L7b", "L9c", "L10b", "L11", "L11b", "L12"):
    registry.on_receipt(code)(act_received)


def _reads(claim: Claim, label: Label) -> bool:
    return bool(belongs_to_holder(claim, label))


def _writes(claim: Claim, label: Label) -> bool:
    return bool(answers_for_holder(claim, label))


def _represents(claim: Claim, label: Label) -> bool:
    return bool(represents(claim, label.structure))


def _association(label: Label, on: date) -> Iterable[User]:
    return members_who_write(label.structure)


def _office(label: Label, on: date) -> Iterable[User]:
    """Who answers that day for the officer of the dossier."""
    officer = label.application.case_officer_id
    return User.objects.answering_for([officer] if officer else [], on=on)


registry.exchanges(
    SUBJECT, reads=_reads, writes=_writes, represents=_represents, association=_association, office=_office
)
