"""The blanks of the offered sentences never reach a signature."""

from __future__ import annotations

import pytest

from decisions import actions
from decisions.sentences import BLANKS, IN_FACT, blanks_left
from journal.refusals import Blocked
from tests.factories import decisions
from tests.factories.structures import AT
from tests.reading import plain

pytestmark = pytest.mark.django_db
REASONS = IN_FACT["grant"][0] + " Le dossier montre un accueil régulier, ouvert à tous." * 4


def test_an_act_with_blanks_is_not_sent():
    decision = decisions.prepared(reasons_in_fact=REASONS)
    with pytest.raises(Blocked) as refused:
        actions.send_for_signature(
            decision_pk=decision.pk, at=AT, by=decisions.officer_of(decision.application)
        )
    assert [(one.code, plain(str(one.text))) for one in refused.value.reasons] == [
        ("id_reasons_in_fact", "Remplacez ce qui reste entre crochets : [point fort].")
    ]


def test_words_of_a_person_between_brackets_are_theirs():
    assert blanks_left("Le comité écrit « remarquable [sic] » [voir la pièce 3].") == []
    assert blanks_left("comme le montre [pièce du\n dossier]") == ["[pièce du dossier]"]
    assert {"[point fort]", "[constat]", "[date]", "[liste]", "[raison]"} <= BLANKS


def test_the_sentences_filled_in_leave_nothing():
    decisions.to_sign(reasons_in_fact=REASONS.replace("[point fort]", "l'accueil est ouvert à tous"))
