"""The act that ends a withdrawal procedure: prepared here, signed as every act (`decisions.actions.sign`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.actions.measures import Terms, write_measure
from certificates.actions.withdrawals import held_withdrawal
from certificates.models import Measure, Withdrawal
from certificates.rules import require_on_label
from decisions.content import Content
from decisions.models import Decision
from decisions.observations import joined
from journal.moves import Actor
from journal.refusals import Blocked

Kind = Decision.Kind
ENDING = (Kind.WITHDRAW, Kind.ANNUL, Kind.CONDITIONS)


@transaction.atomic
def prepare_end(  # noqa: PLR0913 - one act, said in one place
    *,
    withdrawal_pk: int,
    content: Content,
    ground_pks: tuple[int, ...] = (),
    legal_effect: str = "",
    answers: Mapping[str, str] | None = None,
    fraud_proof: str = "",
    seen: str | None = None,
    at: datetime,
    by: Actor,
) -> Measure:
    """Open the act that ends a procedure, or write it anew; an act of another kind that was prepared is given up.

    `answers` gives the answer to each thing said, by its name (`certificates.answers.said_in_procedure`); `seen` is
    the token of the act that the page showed. Raises `NotAllowed`; `Stale` with the act; `Blocked` before the opinion.
    """
    withdrawal, label = held_withdrawal(withdrawal_pk)
    by = require_on_label("certificates.prepare_measure", by, label, on=timezone.localdate(at))
    if content.kind not in ENDING or withdrawal.state != Withdrawal.State.ADVISED:
        raise Blocked([_("La procédure n'est pas à une étape où ceci est possible.")])
    others = Decision.objects.filter(measure__withdrawal=withdrawal, state=Decision.State.PREPARED)
    hearing = withdrawal.hearings.filter(dropped_at=None).order_by("-pk").first()
    measure = write_measure(
        label,
        kind=content.kind,
        content=content,
        terms=Terms(
            hearing_id=hearing.pk if hearing else None,
            withdrawal_id=withdrawal.pk,
            ground_pks=ground_pks,
            legal_effect=legal_effect,
            answers_to_observations=joined(answers or {}),
            event_proof=fraud_proof,
        ),
        seen=seen,
        at=at,
        by=by,
    )
    for decision in others.exclude(pk=measure.decision_id):
        decision.held_with(label).abandon(by=by, at=at)
        decision.save()
    return measure


def end_under_way(withdrawal: Withdrawal) -> Measure | None:
    """The act that ends a procedure: being prepared, or signed; None before."""
    found = withdrawal.measures.exclude(decision__state=Decision.State.ABANDONED)
    return found.select_related("decision").order_by("-pk").first()
