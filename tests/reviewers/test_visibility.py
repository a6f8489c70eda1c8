"""Who sees what: nothing before the statement, nothing after a link, never the scores of others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from accounts.second_factor import enrol
from journal.moves import subject_key
from journal.refusals import NotAllowed
from label.models import Application
from letters.models import StoredFile
from reviewers import actions
from reviewers.gridcode import code_of
from reviewers.models import Assignment, Mandate, Score
from structures.models import Structure
from tests.factories import papers
from tests.factories import reviewers as factory
from tests.factories.accounts import acting, give_role, person, signed_in, staff
from tests.factories.structures import AT, proof, structure

pytestmark = pytest.mark.django_db
ON = timezone.localdate(AT)


def sees(user: User, application: Application) -> bool:
    return Application.objects.visible_to(user, on=ON).filter(pk=application.pk).exists()


def test_a_member_reads_the_dossier_only_between_the_statement_and_the_end() -> None:
    application = factory.under_review()
    assignment = factory.assignments_of(application)[0]
    user = assignment.mandate.user
    assert not sees(user, application)
    factory.accepted(assignment)
    assert sees(user, application)
    assert not sees(factory.assignments_of(application)[1].mandate.user, application)
    actions.stand_down(
        assignment_pk=assignment.pk, statement="Élue.", at=AT, by=factory.member_actor(assignment)
    )
    assert not sees(user, application)


@pytest.mark.parametrize("how", ["to_examine", "blocking", "recused"])
def test_a_link_closes_dossier_structure_and_evaluation_whatever_else_opens(how: str) -> None:
    found = structure(name="Rives et Relais")
    application = factory.under_review(found)
    assignment = factory.accepted(factory.assignments_of(application)[0])
    user = assignment.mandate.user
    if how == "recused":
        ethics = factory.ethics_officer().because("Lien découvert.")
        actions.recuse(assignment_pk=assignment.pk, at=AT, by=ethics)
    else:
        link = actions.declare_link(
            mandate_pk=assignment.mandate_id,
            organisation_name=found.name,
            kind="officer",
            at=AT,
            by=factory.member_actor(assignment),
        )
        if how == "blocking":
            actions.analyse_link(link_pk=link.pk, severity="blocking", at=AT, by=factory.ethics_officer())
    from tests.factories.accounts import give_role

    give_role(user, Role.SECRETARIAT)  # an audience that opens everything
    again = User.objects.get(pk=user.pk)
    assert not sees(again, application)
    assert not Structure.objects.visible_to(again, on=ON).filter(pk=found.pk).exists()
    visible = Assignment.objects.visible_to(again, on=ON)
    assert visible.filter(pk=assignment.pk).exists() is (how == "recused")  # a state, told to the office
    other = factory.under_review(structure(name="Une autre"))
    assert sees(again, other)


def test_a_member_who_belongs_to_an_association_keeps_the_space_of_that_association() -> None:
    mandate = factory.member()
    found = structure(name="La mienne", representative=mandate.user)
    application = factory.admissible(found)
    actions.declare_link(
        mandate_pk=mandate.pk,
        organisation_name="La mienne",
        kind="officer",
        at=AT,
        by=factory.member_actor(mandate),
    )
    assert sees(mandate.user, application)
    assert Structure.objects.visible_to(mandate.user, on=ON).filter(pk=found.pk).exists()


def test_scores_of_others_are_visible_to_nobody_before_the_closing() -> None:
    application = factory.under_review()
    rows = factory.assignments_of(application)
    for row in rows[:2]:
        factory.submitted(row)
    reader, secretary, officer = rows[0].mandate.user, staff(Role.SECRETARIAT), application.case_officer
    assert officer is not None

    def owners(user: User) -> set[int]:
        fresh = User.objects.get(pk=user.pk)
        return set(Score.objects.visible_to(fresh, on=ON).values_list("assignment_id", flat=True))

    assert owners(reader) == {rows[0].pk}
    assert owners(secretary) == owners(officer) == owners(person()) == set()
    for row in rows[2:]:
        factory.submitted(row, at=AT + timedelta(hours=1))
    assert owners(reader) == {rows[0].pk}
    assert owners(secretary) == {row.pk for row in rows}
    assert owners(officer) == set()


def test_no_page_of_a_member_or_of_the_office_tells_the_scores_of_others(client: Client) -> None:
    application = factory.under_review(structure(name="Rives et Relais"))
    rows = factory.assignments_of(application)
    secret = "Phrase que personne d'autre ne doit lire"
    theirs = factory.filled(rows[1], value=0)
    Score.objects.filter(assignment=theirs).update(comment=secret)
    actions.save_overall(
        assignment_pk=theirs.pk,
        advice="unfavourable",
        comment=secret,
        at=AT,
        by=factory.member_actor(theirs),
    )
    mine = factory.filled(rows[0], value=3)
    pages = [
        reverse("committee_dossier", args=[mine.pk]),
        reverse("committee_review", args=[mine.pk, "A1.1"]),
        reverse("committee_grid", args=[mine.pk]),
        reverse("committee_send", args=[mine.pk]),
        reverse("committee_reviews"),
    ]
    signed_in(client, mine.mandate.user)
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = answer.content.decode()
        assert secret[:20] not in text
        for row in rows[1:]:
            assert row.mandate.user.last_name not in text
            assert row.pseudonym not in text
    for address in pages[:4]:
        assert client.get(address.replace(f"/{mine.pk}/", f"/{theirs.pk}/")).status_code == 404
    for role in (Role.SECRETARIAT, Role.CASE_OFFICER, Role.ETHICS_OFFICER):
        signed_in(client, staff(role))
        for name in ("staff_panel", "staff_opinion"):
            answer = client.get(reverse(name, args=[application.reference]))
            assert answer.status_code == 200
            assert secret[:20] not in answer.content.decode()
    signed_in(client, staff(Role.SECRETARIAT))
    typed = client.get(reverse("staff_paper_grid", args=[application.reference, theirs.pk]))
    assert typed.status_code == 200
    assert secret[:20] not in typed.content.decode()


def test_the_scan_of_a_paper_grid_is_for_its_member_and_the_secretariat(client: Client) -> None:
    assignment = factory.assignments_of(factory.under_review())[0]
    papers.typed(assignment)
    scan = StoredFile.objects.get(subject=subject_key(assignment))
    StoredFile.objects.filter(pk=scan.pk).update(scanned_at=AT)
    address = reverse("stored_file", args=[scan.pk])
    allowed = [assignment.mandate.user, staff(Role.SECRETARIAT)]
    for user in allowed:
        answer = signed_in(client, user).get(address)
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content)  # reading to the end closes the file
    for user in (staff(Role.CASE_OFFICER), staff(Role.ETHICS_OFFICER), person()):
        assert signed_in(client, user).get(address).status_code == 404


def test_who_sits_on_the_panel_and_works_in_the_office_reads_no_grid_before_giving_theirs(
    client: Client,
) -> None:
    mine, theirs = [
        row for row in factory.assignments_of(factory.under_review()) if row.college == "patients"
    ]
    codes = [row["code"] for row in theirs.application.edition.data["criteria"]]
    typed = {
        "assignment_pk": theirs.pk,
        "lines": {code: actions.Given("scored", 2, "Leurs mots.") for code in codes},
        "advice": "favourable",
        "comment": "",
        "means": "post",
        "code": str(code_of(theirs)),
        "statement_signed": True,
        "read_back_on": None,
        "scan": proof("grille.pdf"),
        "at": AT,
    }
    actions.enter_paper_grid(**typed, by=factory.secretary())
    scan = StoredFile.objects.get(subject=subject_key(theirs))
    StoredFile.objects.filter(pk=scan.pk).update(scanned_at=AT)
    reference = theirs.application.reference
    pages = [
        reverse("staff_paper_grid", args=[reference, theirs.pk]),
        reverse("staff_grid_pdf", args=[reference, theirs.pk]),
        reverse("stored_file", args=[scan.pk]),
    ]
    user = mine.mandate.user
    give_role(user, Role.SECRETARIAT)
    enrol(user)
    signed_in(client, user)

    assert [client.get(page).status_code for page in pages] == [404, 404, 404]
    with pytest.raises(NotAllowed):
        actions.enter_paper_grid(**typed, by=acting(User.objects.get(pk=user.pk), Role.SECRETARIAT))

    factory.submit(factory.filled(mine))
    assert client.get(pages[0]).status_code == 200


def test_documents_of_the_dossier_follow_the_dossier(client: Client) -> None:
    from letters.files import store

    application = factory.under_review()
    assignment = factory.assignments_of(application)[0]
    file = store(
        upload=proof("statuts.pdf"),
        subject=application,
        purpose="document",
        thread=application.thread,
        at=AT,
        by=factory.secretary(),
    )
    StoredFile.objects.filter(pk=file.pk).update(scanned_at=AT)
    address = reverse("stored_file", args=[file.pk])
    signed_in(client, assignment.mandate.user)
    assert client.get(address).status_code == 404
    factory.accepted(assignment)
    answer = client.get(address)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)  # reading to the end closes the file
    actions.stand_down(
        assignment_pk=assignment.pk, statement="Élue.", at=AT, by=factory.member_actor(assignment)
    )
    assert client.get(address).status_code == 404


def test_mandates_are_for_their_holder_and_those_who_run_the_committee() -> None:
    mandate = factory.member()

    def visible(user: User) -> bool:
        return Mandate.objects.visible_to(user, on=ON).filter(pk=mandate.pk).exists()

    assert visible(mandate.user)
    assert visible(staff(Role.SECRETARIAT))
    assert visible(staff(Role.ETHICS_OFFICER))
    assert not visible(staff(Role.CASE_OFFICER))
    assert not visible(factory.member().user)
    assert not visible(staff(Role.TECHNICAL_ADMINISTRATOR))
