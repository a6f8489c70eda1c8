"""What a label forbids to open, file and grant, in the words that a person reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from certificates.actions import decline_renewal, open_addition, open_renewal
from decisions import actions as acts
from journal.refusals import Blocked, NotAllowed
from label.actions import open_application, present_solutions, submit
from label.models import Application
from structures.models import Structure
from tests.certificates.test_renewal import DAY, END, OPENS, tick
from tests.factories import certificates, decisions, renewals, structures
from tests.factories import label as labels
from tests.factories.accounts import acting, staff
from tests.factories.renewals import noon
from tests.factories.structures import AT, representative_of
from tests.refusing import refused

pytestmark = pytest.mark.django_db
LATE = date(2030, 7, 4)


def opening(words: str, action: Callable[..., Any], structure: Structure, on: date) -> None:
    by = representative_of(structure)
    refused(action, words, structure_pk=structure.pk, at=noon(on), by=by)


def filing(words: str, draft: Application, on: date) -> None:
    """Among what is missing, since the answers of that draft are."""
    by = representative_of(draft.structure)
    with pytest.raises(Blocked) as error:
        submit(application_pk=draft.pk, at=noon(on), by=by)
    assert [one for one in error.value.reasons if words in str(one.text)]


def test_a_dossier_about_a_label_opens_when_the_label_allows_it() -> None:
    label = certificates.label()
    opening("a déjà un label en cours", open_application, label.structure, OPENS)
    opening("Le renouvellement s'ouvre", open_renewal, label.structure, OPENS - DAY)
    opening("renouvellement est ouvert", open_addition, label.structure, OPENS)
    for action in (open_renewal, open_addition):
        with pytest.raises(NotAllowed):
            by = representative_of(structures.structure(name="Une autre association"))
            action(structure_pk=label.structure_id, at=noon(OPENS), by=by)
    certificates.suspended(label, since=OPENS - DAY, until=OPENS)
    opening("ne peut pas être utilisé", open_addition, label.structure, OPENS - DAY)
    tick(noon(END + DAY))
    opening("terminé depuis trop longtemps", open_renewal, label.structure, LATE)


def test_a_structure_without_label_renews_none_even_while_an_act_is_on_its_way() -> None:
    application = decisions.advised(opinion="unfavourable")
    labels.ready_for_applications()
    stranger = representative_of(structures.structure(name="Une autre association"))
    for action in (open_renewal, open_addition):
        opening("n'a pas de label en cours", action, application.structure, AT.date())
        with pytest.raises(NotAllowed):  # who does not represent it learns nothing of its label
            action(structure_pk=application.structure_id, at=AT, by=stranger)
    decisions.signed(application, "refuse")
    opening("n'a pas de label en cours", open_renewal, application.structure, AT.date())


def test_a_dossier_is_filed_while_the_label_that_it_follows_may_be() -> None:
    label = certificates.label()
    tick(noon(END + DAY))
    draft = renewals.draft(label, on=LATE - DAY)
    filing("terminé depuis trop longtemps", draft, LATE)

    label = certificates.label()
    draft = renewals.draft(label, on=OPENS)
    certificates.withdrawn(label, on=OPENS)
    filing("que suit ce dossier a pris fin", draft, OPENS)

    label = certificates.label()
    draft = renewals.addition(label, on=OPENS - DAY)
    recognised = label.recognised.values_list("solution", flat=True)
    by = representative_of(label.structure)
    present_solutions(application_pk=draft.pk, solution_pks=recognised, at=noon(OPENS - DAY), by=by)
    filing("est déjà reconnue", draft, OPENS - DAY)
    certificates.expired(label)
    filing("que suit ce dossier est terminé", draft, OPENS - DAY)


def test_an_addition_is_granted_to_a_label_that_lives() -> None:
    label = certificates.label()
    on = OPENS - DAY
    advised = renewals.advised(renewals.filed(renewals.addition(label, on=on), on=on), on=on)
    act = decisions.prepared(advised, at=noon(on))
    certificates.expired(label)
    given = {"decision_pk": act.pk, "at": noon(on), "by": decisions.officer_of(advised)}
    refused(acts.send_for_signature, "que suit ce dossier est terminé", **given)


def test_a_first_request_is_granted_to_a_structure_without_label() -> None:
    advised = decisions.advised()
    act = decisions.prepared(advised)
    other = certificates.label()
    type(other).objects.filter(pk=other.pk).update(
        structure=advised.structure_id
    )  # another request was granted
    given = {"decision_pk": act.pk, "at": AT, "by": decisions.officer_of(advised)}
    refused(acts.send_for_signature, "a déjà un label en cours", **given)


def test_who_holds_a_label_in_course_says_that_they_do_not_renew_it() -> None:
    label = certificates.label()
    given = {"label_pk": label.pk, "at": noon(OPENS)}
    with pytest.raises(NotAllowed):
        decline_renewal(by=acting(staff("secretariat"), "secretariat"), **given)
    by = representative_of(label.structure)
    renewals.filed(renewals.draft(label, on=OPENS), on=OPENS)
    refused(decline_renewal, "déjà déposé", by=by, **given)
    certificates.expired(label)
    refused(decline_renewal, "Ce label est terminé", by=by, **given)
