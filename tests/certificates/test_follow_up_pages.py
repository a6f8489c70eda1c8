"""The pages of the yearly follow-up: five minutes when nothing changed, nothing lost, one list for the office."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from accounts.rules import roles_of
from certificates import actions
from certificates.models import Change, Contact, FollowUp, Gap, Label, RegisterAlert, Withdrawal
from letters.visibility import may_see_file
from reviewers.models import College
from tests.factories import certificates, follow_ups, reviewers
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.letters import an_upload
from tests.factories.structures import choosing, register_entry
from tests.reading import plain
from workflows import todo

pytestmark = pytest.mark.django_db
FIGURES = {
    "people_helped": "1 200",
    "active_volunteers": "14",
    "accounts": "Dons.",
    "accounts_note": "En mars.",
}


def aged(days: int) -> Label:
    """A label granted so many days ago: its pages read the real clock."""
    return certificates.label(at=timezone.now() - timedelta(days=days))


def association(follow_up: FollowUp) -> Client:
    user = follow_up.label.structure.representative()
    assert user is not None
    return choosing(signed_in(Client(), user), follow_up.label.structure)


def texts(response: Any) -> str:
    return plain(unescape(response.content.decode()))


def titles(user: User, area: str) -> list[str]:
    on: date = timezone.localdate()
    mine = tuple(user.memberships.values_list("structure_id", flat=True))
    reader = todo.Reader(user, on, roles_of(user, on=on), mine)
    return [plain(task.title) for task in todo.todo_for(reader, area)]


def test_nothing_changed_takes_one_question_and_one_page() -> None:
    follow_up = follow_ups.opened(aged(320))
    client, page = association(follow_up), reverse("follow_up", args=[1])
    user = follow_up.label.structure.representative()
    assert "Remplir le suivi annuel" in titles(user, "space")
    assert "Cinq minutes suffisent" in texts(client.get(reverse("space_label")))

    assert "est-ce que quelque chose a changé ?" in texts(client.get(page))
    client.post(page + "?question=1", {"nothing_changed": "rien"})
    shown = texts(client.get(page))
    assert follow_up.label.structure.name in shown and "Transmettre le suivi" in shown
    version = str(FollowUp.objects.get(pk=follow_up.pk).version)
    client.post(page, {**FIGURES, "version": version})  # the default of the form keeps
    kept = FollowUp.objects.get(pk=follow_up.pk)
    assert kept.state == "open" and kept.answers["people_helped"] == 1200
    refused = client.post(
        page, {**FIGURES, "people_helped": "beaucoup", "version": str(kept.version), "go": "send"}
    )
    assert "Écrivez un nombre entier" in texts(refused) and "beaucoup" in texts(refused)
    refused = client.post(page, {**FIGURES, "version": str(kept.version), "go": "send"})
    assert "Cochez" in texts(refused)
    sent = client.post(
        page,
        {**FIGURES, "version": str(kept.version), "go": "send", "exact": "on", "accounts_file": an_upload()},
        follow=True,
    )

    assert "Le suivi est transmis" in texts(sent) and "Envoyé" in texts(sent)
    assert FollowUp.objects.get(pk=follow_up.pk).state == "submitted"
    assert "Remplir le suivi annuel" not in titles(user, "space")
    assert "Cinq minutes suffisent" not in texts(client.get(reverse("space_label")))
    assert "Nous le lisons avant le" in texts(client.get(page))
    assert client.post(page, {"go": "send"}).status_code == 302  # a second sending changes nothing


def test_only_what_is_ticked_opens_and_an_old_tab_shows_both_texts() -> None:
    follow_up = follow_ups.opened(aged(320))
    client, page = association(follow_up), reverse("follow_up", args=[1])
    client.post(page + "?question=1", {"nothing_changed": "oui"})
    assert 'name="officers"' not in client.get(page).content.decode()
    old = str(FollowUp.objects.get(pk=follow_up.pk).version)
    client.post(page, {"changed": ["officers"], "version": old, "accounts": "Dons."})
    assert 'name="officers"' in client.get(page).content.decode()

    typed = {"changed": ["officers"], "officers": "Nadia Roux", "version": old, "accounts": "Dons."}
    both = client.post(page, typed)
    assert "Deux textes au même endroit" in texts(both) and "Nadia Roux" in texts(both)
    now = str(FollowUp.objects.get(pk=follow_up.pk).version)
    client.post(page, {**typed, "theirs": now, "go": "mine"})
    assert FollowUp.objects.get(pk=follow_up.pk).answers["officers"] == "Nadia Roux"


def test_the_secretariat_types_what_it_was_told_and_reads_it_again() -> None:
    follow_up = follow_ups.opened(aged(320))
    client = signed_in(Client(), staff(Role.SECRETARIAT))
    page = reverse("staff_follow_up_entry", args=[follow_up.label.number, 1])
    client.post(page + "?question=1", {"nothing_changed": "rien"})
    today = f"{timezone.localdate():%d/%m/%Y}"
    typed = {**FIGURES, "go": "send", "exact": "on", "means": "phone", "received_on": today}

    assert "Relisez ce que vous avez écrit" in texts(client.post(page, typed))
    done = client.post(page, {**typed, "read_back_on": today}, follow=True)

    assert "Saisi pour l'association" in texts(done) and "une autre personne le lit" in texts(done)
    assert FollowUp.objects.get(pk=follow_up.pk).state == "submitted"


def test_gaps_are_listed_proved_consulted_and_closed() -> None:
    follow_up = follow_ups.sent(aged(320))
    number, officer = follow_up.label.number, follow_up.label.application.case_officer
    office, secretary = signed_in(Client(), officer), staff(Role.SECRETARIAT)
    assert "Lire un suivi annuel" in titles(officer, "staff")
    assert "Tout est conforme" in texts(office.get(reverse("staff_follow_up", args=[number, 1])))
    page = reverse("staff_gaps", args=[number, 1])
    row = {"severity": "major", "criterion": "A1.1", "fact": "Une vente.", "expected": "Y mettre fin."}
    typed = {f"ecart-0-{name}": value for name, value in row.items()}
    counts = {"ecart-TOTAL_FORMS": "1", "ecart-INITIAL_FORMS": "1"}
    more = office.post(page, {**counts, **typed})  # « Ajouter un écart » sends nothing
    assert "Une vente." in texts(more) and "ecart-1-fact" in more.content.decode()
    missing = office.post(page, {**counts, **typed, "ecart-0-fact": "", "go": "send"})
    assert FollowUp.objects.get(pk=follow_up.pk).state == "submitted" and "Y mettre fin." in texts(missing)
    office.post(page, {**counts, **typed, "go": "send"})
    gap = follow_up.gaps.get()

    user, space = follow_up.label.structure.representative(), association(follow_up)
    assert "Envoyer une preuve pour le suivi annuel" in titles(user, "space")
    proof = reverse("follow_up_gap", args=[1, gap.pk])
    assert "Une vente." in texts(space.get(proof))
    space.post(proof, {"plan": "C'est fini.", "proof_text": "", "version": "1"})
    assert "Joignez une preuve" in texts(
        space.post(proof, {"plan": "C'est fini.", "version": "2", "go": "send"})
    )
    space.post(proof, {"plan": "C'est fini.", "version": "2", "go": "send", "upload": an_upload()})
    assert "Lire la preuve d'un écart" in titles(officer, "staff")

    members = {college: reviewers.member(college=college, at=timezone.now()) for college in College.values}
    one = reverse("staff_gap", args=[number, 1, gap.pk])
    assert "Ce qu'il manque avant de clore l'écart" in texts(office.get(one))
    office.post(one, {**{college: row.pk for college, row in members.items()}, "go": "ask"})
    voices = {voice.college: voice for voice in gap.consultations.all()}
    patient = members[College.PATIENTS].user
    assert "Dire si une preuve suffit" in titles(patient, "committee")
    own = signed_in(Client(), patient)
    word = reverse("committee_consultation", args=[voices[College.PATIENTS].pk])
    assert "Une vente." in texts(own.get(word))
    proof_of_it = Gap.objects.get(pk=gap.pk).proof
    assert proof_of_it is not None and may_see_file(proof_of_it, patient, on=timezone.localdate())
    stranger = reviewers.member(college=College.PATIENTS, at=timezone.now()).user
    assert not may_see_file(proof_of_it, stranger, on=timezone.localdate())
    assert signed_in(Client(), stranger).get(word).status_code == 404
    own.post(word, {"said": "enough"})
    noting = signed_in(Client(), secretary)
    for college in (College.CAREGIVERS, College.PROFESSIONALS):
        address = reverse("staff_voice", args=[number, 1, voices[college].pk])
        noting.post(address, {"said": "enough"})
    office.post(one, {"go": "close"})

    assert FollowUp.objects.get(pk=follow_up.pk).state == "resolved"
    assert "Corrections acceptées" in texts(space.get(reverse("follow_up", args=[1])))


def test_an_overdue_follow_up_is_called_for_then_escalated_by_a_person() -> None:
    follow_up = follow_ups.planned(aged(365 + 70))
    for day in (follow_up.due_on - timedelta(days=60), follow_up.due_on + timedelta(days=1)):
        moment = follow_ups.at(day)
        if follow_up.state == "upcoming":
            follow_up = actions.open_follow_up(follow_up_pk=follow_up.pk, at=moment, by=follow_ups.CLOCK)
        else:
            actions.let_fall_overdue(follow_up_pk=follow_up.pk, at=moment, by=follow_ups.CLOCK)
    number, officer = follow_up.label.number, follow_up.label.application.case_officer
    office = signed_in(Client(), officer)
    waiting = titles(officer, "staff")
    assert "Appeler une structure : son suivi annuel n'est pas venu" in waiting
    assert "Un suivi annuel n'est pas venu : décider d'une procédure" in waiting
    page = reverse("staff_escalate", args=[number, 1])
    assert "deux moyens différents" in texts(office.get(page))
    for channel in ("phone", "post"):
        office.post(
            reverse("staff_contact", args=[number, 1]),
            {"channel": channel, "tried_on": f"{timezone.localdate():%d/%m/%Y}", "outcome": "Rien."},
        )
    assert Contact.objects.count() == 2
    assert "Appeler une structure : son suivi annuel n'est pas venu" not in titles(officer, "staff")
    office.post(page, {"facts": "Le suivi n'est pas venu malgré deux essais."})

    assert FollowUp.objects.get(pk=follow_up.pk).state == "escalated"
    assert Withdrawal.objects.get().origin == "follow_up"
    shown = texts(association(follow_up).get(reverse("space_label")))
    assert "Procédure ouverte" in shown


def test_a_change_and_an_alert_of_the_register_await_the_office() -> None:
    label = aged(100)
    label = Label.objects.select_related("structure", "application").get(pk=label.pk)
    user, officer = label.structure.representative(), label.application.case_officer
    assert user is not None
    space = choosing(signed_in(Client(), user), label.structure)
    change = {"kind": "merger", "happened_on": f"{timezone.localdate():%d/%m/%Y}", "text": "Une fusion."}
    assert "Qu'est-ce qui change ?" in texts(space.post(reverse("change_declare"), {**change, "kind": ""}))
    assert not Change.objects.exists()
    space.post(reverse("change_declare"), change)
    told = Change.objects.get()
    assert "Lire un changement déclaré" in titles(officer, "staff")
    office, page = signed_in(Client(), officer), reverse("staff_change", args=[label.number, told.pk])
    assert "demande une suite" in texts(office.post(page, {"conclusion": "Vu.", "next_step": "nothing"}))
    office.post(page, {"conclusion": "Vu.", "next_step": "holder"})
    assert "Voir ce que devient un label : fusion ou dissolution" in titles(officer, "staff")
    office.post(page, {"done": "Transfert préparé."})
    assert "Transfert préparé." in texts(office.get(page))

    register_entry(label.structure.number(), position="D", dissolved_on=timezone.localdate())
    actions.watch_registers(timezone.now())
    alert = RegisterAlert.objects.get()
    page = reverse("staff_register_alert", args=[alert.pk])
    second = staff(Role.SECRETARIAT)
    check = {"holds": "oui", "words": "Annonce lue au Journal officiel."}
    assert "Joignez l'extrait" in texts(office.post(page, check))
    office.post(page, {**check, "upload": an_upload()})
    assert "une autre personne fait la seconde" in texts(office.get(page))
    assert "Vérifier ce que dit le registre d'une structure" not in titles(officer, "staff")
    assert "Vérifier ce que dit le registre d'une structure" in titles(second, "staff")
    signed_in(Client(), second).post(page, {**check, "upload": an_upload()})
    assert "Préparer la caducité" in texts(office.get(page))
    assert "Une structure n'existe plus : préparer la suite du label" in titles(officer, "staff")
    assert "Alerte du registre" in texts(office.get(reverse("staff_label", args=[label.number])))
    assert "Alerte du registre" not in texts(space.get(reverse("space_label")))  # the association is not told


def test_the_list_of_the_office_costs_the_same_for_one_and_three() -> None:
    first = follow_ups.sent(aged(320))
    client = signed_in(Client(), staff())
    page, costs = reverse("staff_follow_ups"), []
    client.get(page)
    for _number in range(2):
        with CaptureQueriesContext(connection) as found:
            shown = client.get(page)
        costs.append(len(found))
        follow_ups.opened(aged(320))
        follow_ups.planned(aged(10))
    assert costs[0] == costs[1] <= 10
    assert first.label.structure.name in texts(shown)
    assert "Aucun suivi ne correspond" in texts(client.get(page, {"etat": "gaps"}))
    assert "Aucun suivi ne correspond" in texts(client.get(page, {"retard": "on"}))
    assert client.get(page, {"etat": "<script>", "apres": "x~y"}).status_code == 200
    file = client.get(reverse("staff_follow_ups_file"))
    assert file.status_code == 200
    b"".join(file.streaming_content)


def test_a_year_that_does_not_exist_and_a_follow_up_of_others_are_not_found() -> None:
    mine, theirs = follow_ups.opened(aged(320)), follow_ups.with_gaps(aged(320))
    client = association(mine)
    gap = theirs.gaps.first()
    assert gap is not None
    for address in (
        reverse("follow_up", args=[9]),
        reverse("follow_up_gap", args=[1, gap.pk]),
        reverse("follow_up", args=[2_000_000_000]),
        reverse("committee_consultation", args=[1]),
    ):
        assert client.get(address).status_code == 404, address
    reader = acting(theirs.read_by, Role.CASE_OFFICER) if theirs.read_by else None
    assert reader is not None and reader.user is not None
    office = signed_in(Client(), reader.user)
    assert office.get(reverse("staff_gap", args=[mine.label.number, 1, gap.pk])).status_code == 404
