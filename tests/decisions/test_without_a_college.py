"""Quorum impossible for a college (domain 5.3): the opinion says so, the Institute gives its own reasons."""

import pytest
from django.utils import timezone

from decisions.checklist import missing_to_send
from decisions.correspondence import granted
from decisions.models import Decision
from desks.periods import period_of
from desks.selections import DOSSIERS
from journal.refusals import Blocked
from label.models import Application
from reviewers import actions
from tests.factories import decisions, reviewers
from tests.factories.structures import AT

pytestmark = pytest.mark.django_db
TRIED = "Deux suppléants appelés, seconde convocation le 20, contribution écrite demandée : sans réponse."


def test_an_opinion_without_a_college_says_so_and_the_decision_gives_its_own_reasons() -> None:
    found = decisions.in_deliberation()
    on_paper = reviewers.on_paper()
    facts = {
        "application_pk": found.pk,
        "kind": "favourable",
        "reasons": reviewers.REASONS,
        "votes": {"for": 5, "against": 0, "abstained": 0},
        **on_paper,
        "present": {**on_paper["present"], "patients": 0},
        "solutions": list(found.solutions.values_list("pk", flat=True)),
        "adopted_on": timezone.localdate(AT),
        "at": AT,
        "by": reviewers.secretary(),
    }
    with pytest.raises(Blocked, match="écrivez ce qui a été tenté"):
        actions.record_opinion(**facts, absence_reasons=" ")
    nobody = dict.fromkeys(on_paper["present"], 0)
    with pytest.raises(Blocked):
        actions.record_opinion(**{**facts, "present": nobody, "votes": {"for": 1}}, absence_reasons=TRIED)
    opinion = actions.record_opinion(**facts, absence_reasons=TRIED)
    assert [one.value for one in opinion.missing_colleges] == ["patients"]

    found = Application.objects.get(pk=found.pk)
    act = decisions.prepared(found, "grant")
    act = Decision.objects.whole().get(pk=act.pk)
    (missing,) = missing_to_send(act, on=timezone.localdate(AT))
    assert "Un collège n'a pas contribué" in str(missing.text) and missing.code == "id_divergence_reasons"
    act.divergence_reasons = "La structure attend depuis six mois et trois séances ont été tenues. " * 6
    assert not missing_to_send(act, on=timezone.localdate(AT))
    told = granted(act)["reasons_in_fact"]
    assert told.startswith("Avis rendu sans contribution du collège « Patients »") and "trois séances" in told

    signed = decisions.signed(found, divergence_reasons=act.divergence_reasons)
    period = period_of("", on=timezone.localdate(signed.signed_at))
    rows = Application.objects.filter(DOSSIERS["sans-college"].test(period))
    assert [row.pk for row in rows] == [found.pk]
    assert not Application.objects.filter(DOSSIERS["contre-avis"].test(period)).exists()
