"""Facts of the office beside the criteria: before the panel, versioned afterwards, never a score."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from reviewers import actions
from reviewers.checklist import missing_findings
from reviewers.models import OfficeFinding
from tests.factories import label
from tests.factories import reviewers as factory
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.structures import AT, structure
from tests.reading import plain, words

pytestmark = pytest.mark.django_db
WANTED = ("A1.1", "A3.1", "A4.1", "A6.1", "A6.2")
LATER = AT + timedelta(days=2)
NOW = timezone.now()


def writing(application: Application, **facts: Any) -> list[OfficeFinding]:
    given = {"findings": {"A1.1": "Récépissé joint."}, "seen": {}, "by": label.officer_of(application)}
    return actions.record_office_findings(application_pk=application.pk, at=LATER, **{**given, **facts})


def test_the_edition_says_which_criteria_wait_for_a_fact_and_no_panel_is_named_without() -> None:
    application = factory.summarised(label.admissible())
    members = [one.pk for one in factory.committee()]
    missing = missing_findings(application)
    assert [WANTED[place] in reason.text for place, reason in enumerate(missing)] == [True] * 5

    def naming() -> object:
        return actions.name_panel(
            application_pk=application.pk, mandate_pks=members, at=LATER, by=factory.secretary()
        )

    with pytest.raises(Blocked, match=r"A6\.2"):
        naming()
    written = writing(application, findings=dict.fromkeys(WANTED, "  Pièce jointe, du 3 mars.  "))
    assert {(row.version, row.text, row.correction) for row in written} == {
        (1, "Pièce jointe, du 3 mars.", "")
    }
    assert writing(application, findings={"A1.1": "Pièce jointe, du 3 mars."}, seen={"A1.1": 1}) == []
    naming()
    assert Event.objects.filter(move="write_findings").count() == 1


def test_only_the_officer_of_the_file_writes() -> None:
    application = label.admissible()
    others = [
        acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER),
        factory.secretary(),
        factory.ethics_officer(),
        factory.member_actor(factory.member()),
    ]
    for by in others:
        with pytest.raises(NotAllowed):
            writing(application, by=by)
    assert not OfficeFinding.objects.exists()


def test_once_the_panel_reads_a_change_says_why_and_the_old_text_stays() -> None:
    application = factory.summarised(label.admissible())
    writing(application, findings=dict.fromkeys(WANTED, "Pièce jointe."))
    members = [one.pk for one in factory.committee()]
    actions.name_panel(application_pk=application.pk, mandate_pks=members, at=LATER, by=factory.secretary())
    change = {"findings": {"A4.1": "Comptes de 2025 seulement."}, "seen": {"A4.1": 1}}
    with pytest.raises(Blocked, match="pourquoi ce constat change"):
        writing(application, **change, corrections={"A4.1": " "})

    (row,) = writing(application, **change, corrections={"A4.1": "Une pièce avait été mal lue."})

    assert (row.version, row.correction) == (2, "Une pièce avait été mal lue.")
    kept = OfficeFinding.objects.filter(criterion="A4.1").order_by("version")
    assert [one.text for one in kept] == ["Pièce jointe.", "Comptes de 2025 seulement."]
    assert OfficeFinding.objects.current(application.snapshot_id)["A4.1"] == row
    with pytest.raises(actions.StaleFinding):
        writing(application, findings={"A4.1": "Autre."}, seen={"A4.1": 1}, corrections={"A4.1": "Oui."})


@pytest.mark.parametrize(
    ("findings", "error", "told"),
    [
        ({"A1.2": "Texte."}, LookupError, "A1.2"),
        ({"A9.9": "Texte."}, LookupError, "A9.9"),
        ({"A1.1": "x" * 2001}, Blocked, "au plus"),
        ({"A3.1": " ", "A1.1": "Bon."}, None, ""),
    ],
)
def test_what_cannot_be_a_finding_is_refused_and_nothing_is_written(
    findings: dict[str, str], error: type[Exception] | None, told: str
) -> None:
    application = label.admissible()
    if error is None:
        writing(application, findings={"A3.1": "Écrit."})
        with pytest.raises(Blocked, match="ne s'efface pas"):
            writing(application, findings=findings, seen={"A3.1": 1})
        assert OfficeFinding.objects.count() == 1
        return
    with pytest.raises(error) as refused:
        writing(application, findings=findings)
    assert told in plain(str(getattr(refused.value, "reasons", refused.value)))
    assert not OfficeFinding.objects.exists()


def test_a_finding_is_never_changed_in_place_nor_after_the_opinion() -> None:
    application = factory.admissible()
    row = OfficeFinding.objects.filter(application=application).first()
    assert row is not None
    for act in (row.delete, lambda: OfficeFinding.objects.update(text="Autre.")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficeFinding.objects.create(
            application=application,
            snapshot_id=row.snapshot_id,
            criterion=row.criterion,
            version=1,
            text="Deux fois.",
            made_by=row.made_by,
            made_at=AT,
        )
    advised = factory.advised(structure(name="Deuxième"))
    with pytest.raises(Blocked, match="ne changent plus"):
        writing(advised, by=label.officer_of(advised))


def test_the_member_reads_the_fact_beside_its_criterion_and_nowhere_else(client: Client) -> None:
    application = factory.under_review(at=NOW)
    row = factory.accepted(factory.assignments_of(application)[0], at=NOW)
    signed_in(client, row.mandate.user)
    with_fact = words(client.get(reverse("committee_review", args=[row.pk, "A1.1"])))
    assert "Constat de l'Institut Les pièces du critère A1.1 sont jointes et lisibles." in with_fact
    assert "Constat de l'Institut" not in words(
        client.get(reverse("committee_review", args=[row.pk, "A1.2"]))
    )
    whole = words(client.get(reverse("committee_grid", args=[row.pk])))
    assert whole.count("Constat de l'Institut") == 5


def test_the_page_of_the_officer_keeps_what_is_typed_and_tells_two_officers_apart(client: Client) -> None:
    application = label.admissible(at=NOW)
    url = reverse("staff_findings", args=[application.reference])
    signed_in(client, application.case_officer)
    assert "Il manque 5 constats" in words(client.get(url))
    done = client.post(url, {"text_A1.1": "Récépissé <i>joint</i>.", "seen_A1.1": "0"}, follow=True)
    assert "Les constats sont enregistrés." in words(done)
    assert "Il manque 4 constats" in words(done)
    assert "&lt;i&gt;joint" in done.content.decode()

    stale = client.post(url, {"text_A1.1": "Mon texte.", "seen_A1.1": "0"})

    assert stale.status_code == 409
    assert "Une autre personne vient d'écrire ce constat" in words(stale)
    assert "Mon texte." in stale.content.decode()
    assert 'name="seen_A1.1" value="1"' in stale.content.decode()
    long = client.post(url, {"text_A1.1": "x" * 2001, "seen_A1.1": "1"})
    assert "Erreur" in words(long)
    assert "x" * 2001 in long.content.decode()
    signed_in(client, staff(Role.SECRETARIAT))
    assert "Enregistrer les constats" not in words(client.get(url))
    assert client.post(url, {"text_A1.1": "Autre."}).status_code == 404
    panel = words(client.get(reverse("staff_panel", args=[application.reference])))
    assert "Le constat de l'Institut manque sur le critère A6.2." in panel
