"""The conflict rule holds for the staff: a name that a structure bears too keeps its bearer away (domain 5.3)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Role, User
from accounts.rules import may, roles_of
from decisions.checklist import part_gaps
from decisions.rules import with_part_in
from journal.refusals import Blocked, NotAllowed
from label.actions import assign_officer, record_findings, save_contributor, take_file
from label.models import Application
from label.rules import free_for_appeal
from letters.models import Mail
from reviewers.actions import settle_staff_match
from reviewers.actions.staff_matches import match_new_names
from reviewers.due import look_for_names_of_the_staff
from reviewers.models import StaffMatch
from structures.models import Membership
from tests.factories import label, structures
from tests.factories.accounts import acting, give_role, person, signatory, signed_in, staff
from tests.factories.structures import AT, member, representative_of
from tests.reading import plain
from workflows import todo

pytestmark = pytest.mark.django_db
TODAY = AT.date()
SAME = {"first_name": "Anne-Marie", "last_name": "Lefèvre"}


def filed(*, contributor="", **named):
    """A dossier just filed by a structure whose president is called so."""
    found = structures.structure(representative=person(**named) if named else None)
    application = label.filled(found)
    if contributor:
        save_contributor(
            application_pk=application.pk,
            name=contributor,
            part="Un atelier.",
            is_confirmed=True,
            at=AT,
            by=representative_of(found),
        )
    return label.actions.submit(application_pk=application.pk, at=AT, by=representative_of(found))


def take(application, officer):
    return take_file(application_pk=application.pk, at=AT, by=acting(officer, Role.CASE_OFFICER))


def settle(match, severity="without_effect", *, by=None, reason="Une homonyme : vu avec elle.", seen=""):
    by = by or acting(staff(Role.ETHICS_OFFICER), Role.ETHICS_OFFICER)
    return settle_staff_match(match_pk=match.pk, severity=severity, seen=seen, at=AT, by=by.because(reason))


def ethics_to_do(user):
    tasks = todo.todo_for(todo.Reader(user, TODAY, roles_of(user, on=TODAY)), "staff")
    return [plain(task.title) for task in tasks if task.key.startswith("name-")]


def test_what_if_an_officer_bears_the_name_of_the_president():
    officer = staff(Role.CASE_OFFICER, **SAME)
    ethics = staff(Role.ETHICS_OFFICER)
    staff(Role.APPEAL_OFFICER)
    application = filed(first_name="Mme Anne Marie", last_name="LEFEVRE")
    match = StaffMatch.objects.get()
    assert (match.person, match.ground, match.is_exact) == (officer, "member", True)
    told = Mail.objects.get(kind="staff_name")
    assert told.recipient == officer and "LEFEVRE" not in told.text
    assert ethics_to_do(ethics) == ["Examiner le nom d'un agent, porté aussi dans une structure"]
    with pytest.raises(Blocked, match="confiez le dossier à quelqu'un d'autre"):
        take(application, officer)
    by = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    with pytest.raises(Blocked, match="confiez le dossier à quelqu'un d'autre"):
        assign_officer(application_pk=application.pk, officer=officer, at=AT, by=by)
    settle(match, by=acting(ethics, Role.ETHICS_OFFICER))
    assert ethics_to_do(ethics) == []
    assert "sans effet" in Mail.objects.get(kind="staff_name_settled").text
    assert take(application, officer).case_officer == officer


def test_a_name_that_only_resembles_waits_and_closes_nothing_to_who_already_works():
    officer = staff(Role.CASE_OFFICER, **SAME)
    staff(Role.APPEAL_OFFICER)
    application = filed(contributor="Dr Lefèvre")
    assert StaffMatch.objects.get().is_exact is False
    with pytest.raises(Blocked):
        take(application, officer)
    # they held it before somebody of that name was announced
    Application.objects.filter(pk=application.pk).update(case_officer=officer)
    application = Application.objects.get(pk=application.pk)
    assert may("label.check_file", officer, application, on=TODAY)
    settle(StaffMatch.objects.get(), "blocking", reason="C'est sa sœur.")
    assert not may("label.check_file", officer, application, on=TODAY)


def test_the_same_name_closes_at_once_to_who_holds_the_file():
    officer = staff(Role.CASE_OFFICER, **SAME)
    application = label.taken(officer=officer)
    facts = {"application_pk": application.pk, "findings": {}, "at": AT}
    record_findings(**facts, by=label.officer_of(application))
    member(application.structure, user=person(**SAME))
    look_for_names_of_the_staff(AT + timedelta(days=1))
    with pytest.raises(NotAllowed):
        record_findings(**facts, by=label.officer_of(application))
    match = StaffMatch.objects.get()
    assert settle(match, "without_effect").severity == "without_effect"
    record_findings(**facts, by=label.officer_of(application))


def test_somebody_who_joins_the_staff_is_compared_the_next_night_and_only_once():
    application = filed(**SAME)
    assert not StaffMatch.objects.exists()
    officer = person(**SAME)
    give_role(officer, Role.CASE_OFFICER, since=TODAY)
    assert [one.structure for one in match_new_names(at=AT)] == [application.structure]
    assert match_new_names(at=AT) == []
    assert Mail.objects.filter(kind="staff_name").count() == 1


def test_who_signs_and_who_could_examine_an_appeal_are_kept_apart_too():
    signing = signatory(**SAME)
    appeals = staff(Role.APPEAL_OFFICER, **SAME)
    application = filed(**SAME)
    assert set(StaffMatch.objects.values_list("person", flat=True)) == {signing.pk, appeals.pk}
    found = with_part_in(signing, Application.objects.filter(pk=application.pk)).get()
    assert ["porte votre nom" in words for words in part_gaps(found, signing, [])] == [True]
    assert appeals not in free_for_appeal(application, on=TODAY)
    for match in StaffMatch.objects.all():
        settle(match)
    found = with_part_in(signing, Application.objects.filter(pk=application.pk)).get()
    assert list(part_gaps(found, signing, [])) == []
    assert appeals in free_for_appeal(application, on=TODAY)


def test_the_second_person_to_reach_is_compared_and_the_own_account_is_a_membership():
    contact = staff(Role.CASE_OFFICER, **SAME)
    application = label.submitted(structure_second_contact="Anne-Marie Lefèvre, 01 99 00 00 51")
    match = StaffMatch.objects.get()
    assert (match.person, match.ground, match.is_exact) == (contact, "contact", False)
    own = staff(Role.SECRETARIAT, first_name="Jeanne", last_name="Roumat")
    member(application.structure, user=own)
    match_new_names(at=AT)
    assert not StaffMatch.objects.filter(person=own).exists()


def test_others_of_the_same_surname_and_people_without_role_are_not_told():
    staff(Role.CASE_OFFICER, first_name="Bruno", last_name="Lefèvre")
    person(**SAME)
    staff(Role.TECHNICAL_ADMINISTRATOR, **SAME)
    filed(**SAME)
    assert not StaffMatch.objects.exists()


def test_who_left_the_structure_long_ago_is_not_compared():
    application = filed(**SAME)
    Membership.objects.filter(structure=application.structure).update(
        ended_at=AT - timedelta(days=1200), started_at=AT - timedelta(days=2000)
    )
    give_role(person(**SAME), Role.CASE_OFFICER, since=TODAY)
    assert match_new_names(at=AT) == []


def test_what_is_wrong_with_a_conclusion_is_told():
    staff(Role.CASE_OFFICER, **SAME)
    filed(**SAME)
    match = StaffMatch.objects.get()
    with pytest.raises(Blocked, match="réponses proposées"):
        settle(match, "perhaps")
    with pytest.raises(Blocked, match="ce que vous avez conclu"):
        settle(match, reason=" ")
    settle(match)
    with pytest.raises(Blocked, match="vient d'examiner"):
        settle(match, "blocking")
    match = StaffMatch.objects.get()
    assert settle(match, "blocking", seen=match.token()).severity == "blocking"


@pytest.mark.parametrize(
    "role", ["self", "member", *(role for role in Role.values if role != Role.ETHICS_OFFICER)]
)
def test_only_another_ethics_officer_concludes(role):
    own = staff(Role.ETHICS_OFFICER, **SAME)
    application = filed(**SAME)
    makers = {
        "self": lambda: acting(own, Role.ETHICS_OFFICER),
        "member": lambda: acting(
            member(application.structure, user=staff(Role.ETHICS_OFFICER)), Role.ETHICS_OFFICER
        ),
    }
    by = makers[role]() if role in makers else acting(staff(role), role)
    with pytest.raises(NotAllowed):
        settle(StaffMatch.objects.get(person=own), by=by)
    assert ethics_to_do(own) == []


class TestPage:
    def test_the_ethics_officer_reads_both_and_concludes(self, client):
        officer = staff(Role.CASE_OFFICER, **SAME)
        application = filed(**SAME)
        ethics = staff(Role.ETHICS_OFFICER)
        signed_in(client, ethics)
        match = StaffMatch.objects.get()
        where = reverse("staff_name_match", args=[match.pk])
        assert where in client.get(reverse("staff_challenges")).content.decode()
        page = client.get(where).content.decode()
        assert "Anne-Marie Lefèvre" in page and application.reference in page
        assert "Erreur" in client.post(where, {"severity": "", "reason": ""}).content.decode()
        client.post(where, {"severity": "blocking", "reason": "C'est elle.", "seen": ""})
        assert StaffMatch.objects.get().severity == "blocking"
        assert "C&#x27;est elle." in client.get(where).content.decode()
        assert User.objects.get(pk=officer.pk).is_active

    @pytest.mark.parametrize("role", Role.values)
    def test_who_opens_it(self, client, role):
        staff(Role.CASE_OFFICER, **SAME)
        filed(**SAME)
        signed_in(client, staff(role))
        where = reverse("staff_name_match", args=[StaffMatch.objects.get().pk])
        assert client.get(where).status_code == (200 if role == Role.ETHICS_OFFICER else 404)

    def test_the_officer_is_told_why_they_do_not_take_the_file(self, client):
        officer = staff(Role.CASE_OFFICER, **SAME)
        staff(Role.APPEAL_OFFICER)
        application = filed(**SAME)
        signed_in(client, officer)
        client.post(reverse("staff_act", args=[application.reference]), {"go": "take", "followed_by": ""})
        page = client.get(reverse("staff_application", args=[application.reference])).content.decode()
        assert "Le déontologue doit d&#x27;abord dire que c&#x27;est sans effet" in page
        assert Application.objects.get(pk=application.pk).case_officer is None
