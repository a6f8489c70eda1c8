"""« Récusation »: who may ask, until when, who answers, and what follows from each answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import record_absence
from accounts.models import Role, User
from accounts.rules import roles_of
from deadlines.models import Deadline
from journal.models import Event
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed
from journal.verification import broken_links
from label import actions as label_actions
from label.models import Application
from letters.models import Mail
from reviewers import actions
from reviewers.conflicts import barred, late_recusals
from reviewers.models import Assignment, Challenge
from tests.factories import reviewers as factory
from tests.factories.accounts import acting, person, signed_in, staff
from tests.factories.structures import AT, choosing, frozen, member, member_of, representative_of, structure
from tests.reading import plain, words
from workflows import todo

pytestmark = pytest.mark.django_db
ON = timezone.localdate(AT)
NOW = timezone.now() - timedelta(hours=1)
WHO, WHY = "Mme Untel", "Elle nous fait un procès depuis 2025."


def ask(application: Application, *, by: Actor | None = None, at=AT, **facts: Any) -> Challenge:
    facts = {"who": WHO, "reasons": WHY, **facts}
    by = by or representative_of(application.structure)
    return actions.ask_challenge(application_pk=application.pk, at=at, by=by, **facts)


def answer(challenge: Challenge, said: str, *, by: Actor | None = None, at=AT, **facts: Any) -> Challenge:
    by = by or factory.ethics_officer().because("Les faits sont établis.")
    return actions.answer_challenge(challenge_pk=challenge.pk, answer=said, at=at, by=by, **facts)


def test_the_association_asks_and_the_answer_is_due_in_five_days() -> None:
    application = factory.under_review()
    challenge = ask(application)
    assert (challenge.who, challenge.reasons, challenge.answer) == (WHO, WHY, "")
    assert challenge.answer_due_on == ON + timedelta(days=5)
    clock = Deadline.objects.running().get(subject=subject_key(challenge))
    assert (clock.kind, clock.due_on) == ("challenge", challenge.answer_due_on)
    for role in (Role.ETHICS_OFFICER, Role.SECRETARIAT):
        reader = staff(role)
        tasks = todo.todo_for(todo.Reader(reader, ON, roles_of(reader, on=ON)), "staff")
        task = next(one for one in tasks if "récusation" in one.title)
        assert (task.url, task.due_on) == (
            reverse("staff_challenge", args=[challenge.pk]),
            challenge.answer_due_on,
        )
    assert list(broken_links()) == []


def test_who_may_not_ask() -> None:
    found = structure(editor=(editor := person()), reader=(reader := person()))
    application = factory.under_review(found)
    other = structure(name="Une autre")
    for nobody in (
        member_of(found, reader),
        representative_of(other),
        factory.ethics_officer(),
        factory.member_actor(factory.assignments_of(application)[0]),
        Actor.system(),
    ):
        with pytest.raises(NotAllowed):
            ask(application, by=nobody)
    ask(application, by=member_of(found, editor))
    frozen(found)
    with pytest.raises(NotAllowed):
        ask(application)
    assert Challenge.objects.count() == 1


def test_when_one_may_not_ask(settings: Any) -> None:
    application = factory.admissible()
    with pytest.raises(Blocked, match="pas encore"):
        ask(application)
    application = factory.under_review()
    ask(application, at=AT + timedelta(days=15))
    with pytest.raises(Blocked, match="est passé depuis"):
        ask(application, at=AT + timedelta(days=16), reasons="Une autre raison.")
    for empty in ({"who": " "}, {"reasons": "  "}):
        with pytest.raises(Blocked, match="Dites qui"):
            ask(application, **empty)
    with pytest.raises(Blocked, match="déjà donné son avis"):
        ask(factory.advised())
    for place in range(4):
        ask(application, reasons=f"Motif {place}.")
    with pytest.raises(Blocked, match="attendent encore"):
        ask(application, reasons="Un motif de plus.")
    assert Challenge.objects.count() == 5


def test_the_office_types_what_came_by_post_at_the_day_of_the_postmark() -> None:
    application = factory.under_review()
    late = AT + timedelta(days=17)
    by = factory.secretary()
    with pytest.raises(Blocked):
        ask(application, at=late, by=by)
    for day in (ON - timedelta(days=1), ON + timedelta(days=18)):
        with pytest.raises(Blocked, match="futur, ou trop ancienne"):
            ask(application, at=late, by=by, received_on=day)
    challenge = ask(application, at=late, by=by, received_on=ON + timedelta(days=14))
    assert challenge.answer_due_on == ON + timedelta(days=22)


def test_accepted_recuses_the_member_and_keeps_them_away_for_good() -> None:
    application = factory.in_deliberation()
    row = factory.assignments_of(application)[0]
    challenge = ask(application)
    answer(challenge, "accepted", mandate_pk=row.mandate_id)
    kept = Challenge.objects.get(pk=challenge.pk)
    assert (kept.mandate_id, kept.assignment_id) == (row.mandate_id, row.pk)
    assert Assignment.objects.get(pk=row.pk).state == "recused"
    assert [one.pk for one in late_recusals([application.pk])] == [row.pk]
    assert factory.evaluation_of(application).result["valid"] is False
    assert not Deadline.objects.running().filter(subject=subject_key(challenge)).exists()
    elsewhere = factory.member()
    answer(ask(application), "accepted", mandate_pk=elsewhere.pk)
    assert barred(application, [row.mandate.user_id, elsewhere.user_id], on=ON) == {
        row.mandate.user_id,
        elsewhere.user_id,
    }
    mails = Mail.objects.filter(kind="challenge_answered")
    assert mails.count() == 2
    assert all(WHO not in mail.text and "faits" not in mail.text for mail in mails)
    assert list(broken_links()) == []


def test_refused_moves_nobody_and_the_association_reads_why(client: Client) -> None:
    application = factory.under_review(at=NOW)
    challenge = ask(application, at=NOW)
    answer(challenge, "refused", by=factory.ethics_officer().because("Aucun lien n'apparaît."), at=NOW)
    assert not Assignment.objects.filter(application=application, state="recused").exists()
    user = application.structure.representative()
    signed_in(client, user)
    text = words(choosing(client, application.structure).get(page(application)))
    assert "Refusée, pour ces raisons" in text and "Aucun lien n'apparaît." in text and WHY in text


@pytest.mark.parametrize(
    ("said", "facts", "match"),
    [
        ("maybe", {}, "réponses proposées"),
        ("", {}, "réponses proposées"),
        ("accepted", {}, "Choisissez la personne"),
        ("accepted", {"mandate_pk": 10**12}, "Choisissez la personne"),
    ],
)
def test_an_incomplete_answer_changes_nothing(said: str, facts: dict[str, Any], match: str) -> None:
    challenge = ask(factory.under_review())
    with pytest.raises(Blocked, match=match):
        answer(challenge, said, **facts)
    with pytest.raises(Blocked, match="motifs"):
        answer(challenge, "refused", by=factory.ethics_officer())
    for nobody in (factory.secretary(), representative_of(challenge.application.structure), Actor.system()):
        with pytest.raises(NotAllowed):
            answer(challenge, "refused", by=nobody.because("Non."))
    assert Challenge.objects.get().answer == ""
    answer(challenge, "refused")
    with pytest.raises(Blocked, match="déjà sa réponse"):
        answer(challenge, "refused")


def test_an_opinion_waits_for_the_answer_and_none_is_accepted_after_it() -> None:
    application = factory.in_deliberation()
    row = factory.assignments_of(application)[0]
    challenge = ask(application)

    def opine() -> None:
        actions.record_opinion(
            application_pk=application.pk,
            kind="favourable",
            reasons=factory.REASONS,
            conditions=[],
            votes={"for": 5, "against": 0, "abstained": 0},
            **factory.on_paper(),
            solutions=list(application.solutions.values_list("pk", flat=True)),
            adopted_on=ON + timedelta(days=4),
            at=AT + timedelta(days=4),
            by=factory.secretary(),
        )

    with pytest.raises(Blocked, match="récusation attend"):
        opine()
    answer(challenge, "refused")
    opine()
    left = Challenge.objects.create(
        application=application,
        who=WHO,
        reasons=WHY,
        asked_at=AT,
        asked_by=application.structure.representative(),
        answer_due_on=ON,
    )
    with pytest.raises(Blocked, match="second avis"):
        answer(left, "accepted", mandate_pk=row.mandate_id)


def test_a_dossier_that_ends_leaves_no_clock_of_a_challenge() -> None:
    application = factory.under_review()
    challenge = ask(application)
    label_actions.withdraw(
        application_pk=application.pk, reason="", at=AT, by=representative_of(application.structure)
    )
    assert not Deadline.objects.running().filter(subject=subject_key(challenge)).exists()
    ethics = staff(Role.ETHICS_OFFICER)
    tasks = todo.todo_for(todo.Reader(ethics, ON, roles_of(ethics, on=ON)), "staff")
    assert not any("récusation" in task.title for task in tasks)


def test_the_association_is_told_that_the_panel_is_named_without_a_name() -> None:
    application = factory.under_review()
    mail = Mail.objects.get(kind="panel_named", recipient=application.structure.representative())
    assert "jusqu'au 19 janvier 2027" in plain(mail.text)
    assert not any(row.mandate.user.last_name in mail.text for row in factory.assignments_of(application))


def page(application: Application) -> str:
    return reverse("application_challenge", args=[application.reference])


def test_the_page_of_the_association(client: Client) -> None:
    found = structure(editor=(editor := person()), reader=(reader := person()), at=NOW)
    application = factory.under_review(found, at=NOW)
    signed_in(client, editor)
    choosing(client, found)
    tracking = client.get(reverse("application_tracking", args=[application.reference]))
    assert page(application) in tracking.content.decode()
    refused = client.post(page(application), {"who": "", "reasons": "Un procès."})
    assert refused.status_code == 200 and "Un procès." in refused.content.decode()
    assert not Challenge.objects.exists()
    once = {"once": refused.context.get("once", "")}
    sent = client.post(page(application), {"who": WHO, "reasons": WHY, **once})
    assert sent.status_code == 302
    text = words(client.get(page(application)))
    assert WHO in text and "Réponse avant le" in text
    signed_in(client, User.objects.get(pk=reader.pk))
    choosing(client, found)
    assert "La personne qui représente l'association" in words(client.get(page(application)))
    assert client.post(page(application), {"who": WHO, "reasons": WHY}).status_code == 404
    signed_in(client, structure(name="Une autre").representative())
    assert client.get(page(application)).status_code == 404
    assert Challenge.objects.count() == 1


def test_the_ethics_officer_answers_on_a_page(client: Client, django_assert_max_num_queries: Any) -> None:
    application = factory.under_review(at=NOW)
    row = factory.assignments_of(application)[0]
    challenge = ask(application, at=NOW)
    address = reverse("staff_challenge", args=[challenge.pk])
    signed_in(client, staff(Role.SECRETARIAT))
    assert "Le déontologue répond" in words(client.get(address))
    assert client.post(address, {"answer": "refused", "reason": "Non."}).status_code == 404
    signed_in(client, staff(Role.ETHICS_OFFICER))
    refused = client.post(address, {"answer": "accepted", "mandate": "", "reason": "Un procès en cours."})
    assert refused.status_code == 200 and "Un procès en cours." in refused.content.decode()
    assert Challenge.objects.get().answer == ""
    wrong = client.post(address, {"answer": "accepted", "mandate": "x" * 40, "reason": "Un procès."})
    assert wrong.status_code == 200 and Challenge.objects.get().answer == ""
    done = client.post(
        address, {"answer": "accepted", "mandate": str(row.mandate_id), "reason": "Un procès en cours."}
    )
    assert done.status_code == 302
    assert Assignment.objects.get(pk=row.pk).state == "recused"
    assert "Un procès en cours." in words(client.get(address))
    with django_assert_max_num_queries(10):
        client.get(reverse("staff_challenges"))
    other = structure(name="La sienne")
    theirs = ask(factory.under_review(other, at=NOW), at=NOW)
    ethics = staff(Role.ETHICS_OFFICER)

    member(other, user=ethics, at=NOW)
    with pytest.raises(NotAllowed):
        answer(theirs, "refused", by=acting(ethics, Role.ETHICS_OFFICER, reason="Rien."))


def test_the_same_request_sent_from_two_pages_is_one_request(client: Client) -> None:
    application = factory.under_review(at=NOW)
    signed_in(client, application.structure.representative())
    choosing(client, application.structure)
    for once in ("a" * 32, "b" * 32):
        sent = client.post(page(application), {"who": WHO, "reasons": WHY, "once": once})
        assert sent.status_code == 302
    first = Challenge.objects.get()
    assert ask(application, who=f"  {WHO.upper()} ", at=NOW) == first
    assert Event.objects.filter(move="ask_challenge").count() == 1
    assert ask(application, reasons="Un autre motif.", at=NOW) != first
    answer(first, "refused", at=NOW)
    assert ask(application, at=NOW) != first
    copy = Challenge.objects.latest("pk")
    copy.pk, copy.who = None, copy.who.upper()
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_another_ethics_officer_answers_for_one_who_is_away_or_has_a_link() -> None:
    """Whoever replaces an absent officer holds the same role (accounts, absences); each is asked for their links."""
    found = structure()
    away, other = staff(Role.ETHICS_OFFICER), staff(Role.ETHICS_OFFICER)
    member(found, user=away)
    first, second = ask(factory.under_review(found)), ask(factory.under_review(structure(name="Ailleurs")))
    with pytest.raises(NotAllowed):
        answer(first, "refused", by=acting(away, Role.ETHICS_OFFICER, reason="Rien."))
    with pytest.raises(Blocked, match="mêmes rôles"):
        record_absence(
            user=away,
            substitute=staff(Role.SECRETARIAT),
            starts_on=ON,
            ends_on=None,
            at=AT,
            by=acting(away, Role.ETHICS_OFFICER),
        )
    record_absence(
        user=away, substitute=other, starts_on=ON, ends_on=None, at=AT, by=acting(away, Role.ETHICS_OFFICER)
    )
    for challenge in (first, second):
        tasks = todo.todo_for(todo.Reader(other, ON, roles_of(other, on=ON)), "staff")
        assert reverse("staff_challenge", args=[challenge.pk]) in {task.url for task in tasks}
        answer(challenge, "refused", by=acting(other, Role.ETHICS_OFFICER, reason="Rien n'apparaît."))


def test_the_database_refuses_half_an_answer() -> None:
    challenge = ask(factory.under_review())
    mandate = factory.member()
    someone = staff(Role.ETHICS_OFFICER)
    full = {"note": "Vu.", "answered_at": AT, "answered_by": someone}
    for facts in (
        {"answer": "refused"},
        {"answered_at": AT},
        {"answer": "accepted", **full},
        {"answer": "refused", "mandate": mandate, **full},
        {"answer": "refused", **full, "note": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Challenge.objects.filter(pk=challenge.pk).update(**facts)
