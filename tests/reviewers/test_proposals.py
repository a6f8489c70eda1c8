"""A panel proposed from the records, on its pages, and the rapporteur drawn among those who sit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from certificates.models import Label
from journal.models import Event, Reason
from journal.refusals import Blocked
from label import actions as label_actions
from label.models import Application
from letters.models import Mail
from reviewers import actions
from reviewers.lot import drawn, number
from reviewers.models import Assignment, College, Mandate, Rapporteur
from reviewers.panels import judged_before, panel_token
from reviewers.proposals import causes_told, changes_told, draft, reasons_told, shortage_told
from structures.models import SolutionFacet
from tests.factories import decisions
from tests.factories import reviewers as factory
from tests.factories.accounts import give_role, signed_in, staff
from tests.factories.structures import AT, representative_of, structure
from tests.reading import plain, words
from workflows.integrity import lots_that_differ

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
State = Assignment.State


def page(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def waiting(name: str = "Rives et Relais") -> Application:
    """A dossier that waits for its panel, about information, in Île-de-France."""
    application = factory.admissible(structure(name=name), at=NOW)
    application.structure.region = "11"
    application.structure.save()
    solution = application.solutions.get()
    solution.main_field = "INFO"
    solution.save()
    solution.facets.all().delete()
    SolutionFacet.objects.create(solution=solution, facet="cancer", code="breast")
    return Application.objects.select_related("structure", "edition").get(pk=application.pk)


def names(client: Client, address: str, data: dict[str, Any] | None = None) -> list[int]:
    """The keys of those whom the page proposes."""
    answer = client.post(address, data) if data else client.get(address)
    assert answer.status_code == 200
    return [card["mandate"].pk for _college, cards in answer.context["colleges"] for card in cards]


# --- from the records -----------------------------------------------------------------------------------------


def test_those_who_know_the_subject_and_come_from_elsewhere_are_proposed_with_reasons() -> None:
    application = waiting()
    plain_members = factory.committee(at=NOW)
    known = [
        factory.member(college=college, region="93", fields_known=["INFO", "breast"], at=NOW)
        for college in College
    ]
    near = factory.member(college="professionals", region="11", fields_known=["FORM"], at=NOW)
    found = draft([application], on=TODAY)
    assert {one.pk for one in known} <= {one.pk for one in found.chosen(application)}
    assert near not in found.chosen(application)
    assert [one.college for one in found.chosen(application)] == [c for c in College for _ in range(2)]
    expert = next(one for one in known if one.college == "professionals")
    told = reasons_told(found.proposal.why(application.pk, expert.pk))
    assert told == ["connaît ce champ", "autre région", "connaît ce type de cancer", "première évaluation"]
    told = reasons_told(found.proposal.why(application.pk, near.pk))
    assert {"même région", "connaît d'autres champs"} <= set(told)
    lay = next(one for one in plain_members if one.college == "patients")
    assert "expérience vécue" in reasons_told(found.proposal.why(application.pk, lay.pk))


@pytest.mark.parametrize(
    "why", ["link", "paused", "full", "staff", "declined", "insider", "overdue", "examined"]
)
def test_nobody_who_cannot_take_it_is_proposed(why: str) -> None:
    application = waiting()
    factory.committee(at=NOW)
    best = factory.member(
        college="professionals", region="93", fields_known=["INFO", "breast"], load_cap=1, at=NOW
    )
    assert best in draft([application], on=TODAY).chosen(application)
    by = factory.member_actor(best)
    if why == "link":
        actions.declare_link(
            mandate_pk=best.pk,
            organisation_name="Rives et Relais",
            kind="officer",
            description="",
            at=NOW,
            by=by,
        )
    elif why == "paused":
        actions.pause(mandate_pk=best.pk, at=NOW, by=by)
    elif why == "full":
        others = [one for one in Mandate.objects.all() if one.college != "professionals"]
        lone = factory.member(college="professionals", at=NOW)
        factory.under_review(structure(name="Autre"), members=[*others, best, lone], at=NOW)
    elif why == "staff":
        give_role(best.user, Role.CASE_OFFICER)
    elif why == "declined":
        asked = Assignment.objects.open(
            thread=_held(application),
            at=NOW,
            by=factory.secretary(),
            application=application,
            mandate=best,
            snapshot=application.snapshot,
            college=best.college,
            pseudonym="Professionnel Z",
            answer_due_on=TODAY,
            review_due_on=TODAY,
        )
        actions.decline(assignment_pk=asked.pk, at=NOW, by=by)
    elif why == "examined":
        actions.declare_link(
            mandate_pk=best.pk,
            organisation_name="Rives et Relai",
            kind="officer",
            description="",
            at=NOW,
            by=by,
        )
    elif why == "insider":
        application.structure.memberships.create(user=best.user, role="reader", started_at=NOW)
    else:
        Mandate.objects.filter(pk=best.pk).update(interests_confirmed_on=TODAY - timedelta(days=500))
    found = draft([application], on=TODAY)
    assert best not in found.chosen(application)
    assert found.proposal.is_complete


def _held(application: Application) -> Any:
    with transaction.atomic():
        return Application.objects.hold(application.pk)._thread


def test_who_evaluated_the_label_last_time_does_not_evaluate_its_renewal() -> None:
    granted = decisions.notified(factory.advised(at=AT), at=AT + timedelta(days=20)).application
    before = {one.mandate_id for one in factory.assignments_of(granted)}
    later = AT + timedelta(days=40)
    factory.committee(at=later)
    Label.objects.update(ends_on=later.date() + timedelta(days=150))  # its renewal is open
    renewal = factory.admissible(granted.structure, kind="renewal", at=later)
    found = draft([renewal], on=later.date())
    assert before <= found.mandates.keys()
    chosen = found.chosen(renewal)
    assert len(chosen) == 6
    assert not before & {one.pk for one in chosen}
    assert "n'a pas évalué ce label la dernière fois" in reasons_told(
        found.proposal.why(renewal.pk, chosen[0].pk)
    )
    with pytest.raises(Blocked) as refusal:
        actions.name_panel(
            application_pk=renewal.pk, mandate_pks=sorted(before), at=later, by=factory.secretary()
        )
    assert all("a évalué ce label la dernière fois" in str(one.text) for one in refusal.value.reasons)


def test_other_members_judge_a_dossier_that_an_appeal_reopens_however_often() -> None:
    """« Si votre recours est accepté, d'autres membres du comité évalueront le dossier » (screens P23)."""
    first = decisions.notified(
        factory.advised(at=AT, kind="unfavourable"), "refuse", at=AT + timedelta(days=20)
    ).application
    before = {one.mandate_id for one in factory.assignments_of(first)}
    later = AT + timedelta(days=40)
    factory.committee(at=later)
    with transaction.atomic():
        again = label_actions.reopen(
            application=_ended(first), is_admissible=True, at=later, by=decisions.officer_of(first)
        )
    _not_among(before, again, later)
    twice = Application(pk=again.pk + 1, reopens=again)
    assert len(judged_before([twice])[twice.pk]) == len(before)


def _ended(application: Application) -> Application:
    related = Application.objects.select_related("structure", "edition", "snapshot", "thread")
    return related.hold(application.pk)


def _not_among(before: set[int], again: Application, at: Any) -> None:
    found = draft([Application.objects.select_related("structure", "edition").get(pk=again.pk)], on=at.date())
    assert before <= found.mandates.keys()
    chosen = found.chosen(again)
    assert len(chosen) == 6
    assert not before & {one.pk for one in chosen}


def test_as_many_queries_for_one_and_three_dossiers() -> None:
    factory.committee(per_college=3, at=NOW)
    found = [waiting(f"Association {number}") for number in range(3)]
    counts = []
    for some in (found[:1], found):
        fresh = list(
            Application.objects.select_related("structure", "edition").filter(pk__in=[one.pk for one in some])
        )
        with CaptureQueriesContext(connection) as captured:
            assert draft(fresh, on=TODAY).proposal.is_complete
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12


def test_the_impossible_is_told_with_the_smallest_change() -> None:
    application, another = waiting(), waiting("Une autre")
    members = factory.committee(at=NOW)
    assert shortage_told(draft([application], on=TODAY)) == ""
    lone, other = [one for one in members if one.college == "caregivers"]
    Mandate.objects.filter(pk=lone.pk).update(load_cap=1)
    actions.pause(mandate_pk=other.pk, at=NOW, by=factory.member_actor(other))
    found = draft([application, another], on=TODAY)
    assert plain(shortage_told(found)) == (
        "Aucun panel possible pour 2 dossiers : il manque 3 personnes du collège « Aidants »."
    )
    causes = [plain(one) for one in causes_told(found)]
    assert f"{application.reference}, Aidants : " in causes[0]
    assert all("1 membre ne peut prendre aucun dossier aujourd'hui" in one for one in causes)
    assert any("1 membre a atteint sa charge" in one for one in causes)
    changes = [plain(one) for one in changes_told(found)]
    assert changes[0].startswith(("nommer 2 membres de plus", "attendre pour"))
    actions.resume(mandate_pk=other.pk, at=NOW, by=factory.member_actor(other))
    changes = [plain(one) for one in changes_told(draft([application, another], on=TODAY))]
    assert changes[0] == f"accepter 2 dossiers au lieu de 1 pour {lone.user}"


# --- the pages ------------------------------------------------------------------------------------------------


def test_a_panel_is_proposed_changed_and_invited(client: Client) -> None:
    application = waiting()
    factory.committee(per_college=4, at=NOW)
    address = page("staff_proposal", application.reference)
    signed_in(client, application.case_officer)
    assert client.get(address).status_code == 404
    signed_in(client, staff(Role.SECRETARIAT))
    assert address in client.get(page("staff_panel", application.reference)).content.decode()
    shown = names(client, address)
    assert len(shown) == 6
    assert "1 dossier sur 4, celui-ci compris" in words(client.get(address))
    kept, gone, disliked = shown[0], shown[1], shown[2]
    sent: dict[str, Any] = {"shown": shown, "go": f"keep-{kept}"}
    assert names(client, address, sent) == shown
    sent |= {"keep": [kept], "go": f"replace-{gone}"}
    after = names(client, address, sent)
    assert len(after) == 6
    assert set(shown) - set(after) == {gone}
    sent |= {"shown": after, "out": [gone], "go": f"exclude-{disliked}"}
    answer = client.post(address, sent)
    name = Mandate.objects.get(pk=disliked).user
    assert f"Écrivez pourquoi {name} est à écarter." in words(answer)
    assert "<title>Erreur" in plain(answer.content.decode())
    sent[f"why-{disliked}"] = "Déjà très sollicité."
    final = names(client, address, sent)
    assert set(after) - set(final) == {disliked}
    assert kept in final
    assert not Assignment.objects.exists()
    sent |= {"shown": final, "out": [gone, disliked], "go": "again"}
    others = names(client, address, sent)
    assert set(others) & set(final) == {kept}
    sent |= {"go": f"back-{gone}"}
    assert gone not in client.post(address, sent).context["out"]
    sent |= {"shown": final, "go": "invite", "once": "a" * 32}
    assert client.post(address, sent).url == page("staff_panel", application.reference)
    assert client.post(address, sent).url == page("staff_panel", application.reference)
    assert {one.mandate_id for one in factory.assignments_of(application)} == set(final)
    assert Application.objects.get(pk=application.pk).state == "under_review"
    named = Event.objects.get(subject=f"label.application:{application.pk}", move="assign_panel")
    assert plain(Reason.objects.get(event=named).text) == "Écarté de la proposition : Déjà très sollicité."
    assert "il ne manque personne" in words(client.get(address))


@pytest.mark.parametrize(
    ("go", "status"),
    [("", 404), ("burn", 404), ("keep-99999", 404), ("back-1", 404), ("keep-x", 404), ("again", 200)],
)
def test_an_unknown_button_does_nothing(client: Client, go: str, status: int) -> None:
    application = waiting()
    factory.committee(at=NOW)
    signed_in(client, staff(Role.SECRETARIAT))
    sent = {"shown": ["9" * 30, "x", "-1"], "keep": ["7"], "out": [str(10**18)], "go": go}
    assert client.post(page("staff_proposal", application.reference), sent).status_code == status
    assert not Assignment.objects.exists()


def test_whoever_cannot_come_any_more_is_told_and_replaced(client: Client) -> None:
    application = waiting()
    factory.committee(per_college=3, at=NOW)
    address = page("staff_proposal", application.reference)
    signed_in(client, staff(Role.SECRETARIAT))
    shown = names(client, address)
    lost = Mandate.objects.get(pk=shown[0])
    actions.declare_link(
        mandate_pk=lost.pk,
        organisation_name="Rives et Relais",
        kind="officer",
        description="",
        at=NOW,
        by=factory.member_actor(lost),
    )
    answer = client.post(address, {"shown": shown, "keep": [lost.pk], "go": "invite", "once": "b" * 32})
    assert "Cette étape n'est pas encore possible" in words(answer)
    assert not Assignment.objects.exists()
    answer = client.post(address, {"shown": shown, "keep": [lost.pk], "go": f"keep-{lost.pk}"})
    assert f"Ne peut plus faire partie de ce panel : {lost.user}." in words(answer)
    assert len(names(client, f"{address}?membres={','.join(map(str, shown))}")) == 6


def test_somebody_who_leaves_is_replaced_by_a_proposal(client: Client) -> None:
    application = waiting()
    members = factory.committee(per_college=3, at=NOW)
    chosen = [one for place, one in enumerate(members) if place % 3]
    actions.name_panel(
        application_pk=application.pk, mandate_pks=[one.pk for one in chosen], at=NOW, by=factory.secretary()
    )
    first = next(one for one in factory.assignments_of(application) if one.college == members[0].college)
    actions.decline(assignment_pk=first.pk, at=NOW, by=factory.member_actor(first))
    signed_in(client, staff(Role.SECRETARIAT))
    address = page("staff_proposal", application.reference)
    assert names(client, address) == [members[0].pk]
    stale = client.post(address, {"shown": [members[0].pk], "panel": "1-2", "go": "invite", "once": "d" * 32})
    assert "Le panel a changé depuis que cette page est ouverte." in words(stale)
    sent = {"panel": panel_token(application), "go": "invite", "once": "c" * 32}
    assert sent["panel"] in client.get(address).content.decode()
    client.post(address, {"shown": [members[0].pk], **sent})
    live = Assignment.objects.filter(application=application, state__in=Assignment.LIVE)
    assert {one.mandate_id for one in live} == {members[0].pk, *(one.pk for one in chosen)} - {
        first.mandate_id
    }


def test_all_dossiers_that_wait_have_one_proposal(client: Client) -> None:
    signed_in(client, staff(Role.SECRETARIAT))
    address = page("staff_panels")
    assert "Aucun dossier n'attend de panel." in words(client.get(address))
    found = [waiting(f"Association {number}") for number in range(3)]
    factory.committee(per_college=3, at=NOW)
    counts = []
    for dossiers in (1, 3):
        Application.objects.filter(pk__in=[one.pk for one in found[dossiers:]]).update(submitted_at=NOW)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20
    text = words(answer)
    assert "Inviter les panels de 3 dossiers" in text
    assert "6 places sur 6 · 3 membres disponibles · charge : 6 dossiers sur 12" in text
    seats = [f"{row['application'].pk}:{row['keys']}" for row in answer.context["rows"]]
    for wrong in ("", "invite-99999", "burn", "invite-x"):
        assert client.post(address, {"seats": seats, "go": wrong, "once": "d" * 32}).status_code == 404
    assert client.post(address, {"seats": ["x:1"], "go": "invite", "once": "e" * 32}).status_code == 404
    one = {"seats": seats, "go": f"invite-{found[0].pk}", "once": "f" * 32}
    assert client.post(address, one).url == address
    assert Assignment.objects.count() == 6
    Mandate.objects.update(load_cap=1)  # nobody can take more, whatever the page that was open says
    answer = client.post(address, {"seats": seats[1:], "go": "invite", "once": "a" * 32}, follow=True)
    assert "Ces panels ne sont pas invités" in words(answer)
    Mandate.objects.update(load_cap=4)
    rest = {"seats": seats[1:], "go": "invite", "once": "b" * 32}
    assert "12 membres sont invités." in words(client.post(address, rest, follow=True))
    assert set(Application.objects.values_list("state", flat=True)) == {"under_review"}
    answer = client.post(address, {**rest, "once": "c" * 32}, follow=True)
    assert "un dossier n'attend plus de panel" in words(answer)
    assert Assignment.objects.count() == 18


# --- the rapporteur -------------------------------------------------------------------------------------------


def test_the_rapporteur_is_drawn_when_the_panel_is_named_and_the_lot_can_be_drawn_again(
    client: Client,
) -> None:
    application = factory.under_review(at=NOW)
    rows = {one.pk: one for one in factory.assignments_of(application)}
    first = Rapporteur.objects.current(application)
    named = Event.objects.get(subject=f"label.application:{application.pk}", move="assign_panel")
    assert (first.seed, first.position, first.among) == (named.digest, named.position, sorted(rows))
    assert first.assignment_id == min(rows, key=lambda key: number(named.digest, key))
    assert first.is_regular()
    signed_in(client, staff(Role.SECRETARIAT))
    assert (
        words(client.get(page("staff_panel", application.reference))).count("Rapporteur, tiré au sort") == 1
    )
    stays = next(one for pk, one in rows.items() if pk != first.assignment_id)
    actions.decline(assignment_pk=stays.pk, at=NOW, by=factory.member_actor(stays))
    assert Rapporteur.objects.count() == 1
    gone = rows[first.assignment_id]
    actions.decline(assignment_pk=gone.pk, at=NOW, by=factory.member_actor(gone))
    second = Rapporteur.objects.current(application)
    assert set(second.among) == set(rows) - {gone.pk, stays.pk}
    assert second.is_regular()
    assert list(lots_that_differ()) == []
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Rapporteur.objects.filter(pk=first.pk).update(seed="0" * 64)
    Rapporteur.objects.create(
        application=application,
        assignment=next(one for pk, one in rows.items() if pk != drawn("0" * 64, rows)),
        seed="0" * 64,
        position=1,
        among=sorted(rows),
        drawn_at=NOW,
    )
    assert len(list(lots_that_differ())) == 1


def test_the_rapporteur_is_told_once_they_have_accepted_and_reads_it_on_their_page(client: Client) -> None:
    application = factory.under_review(at=NOW)
    rows = {one.pk: one for one in factory.assignments_of(application)}
    told = Mail.objects.filter(kind="rapporteur")
    for row in rows.values():
        factory.accepted(row, at=NOW)
    first = rows[Rapporteur.objects.get().assignment_id]
    mail = told.get()
    assert mail.recipient == first.mandate.user
    assert application.structure.name not in mail.title + mail.text
    sentence = "C'est à vous de présenter ce dossier au comité"
    for row in [*list(rows.values())[:3], first]:
        signed_in(client, row.mandate.user)
        shown = words(client.get(page("committee_dossier", row.pk)))
        assert (sentence in shown) == (row.pk == first.pk)
    actions.replace(assignment_pk=first.pk, at=NOW, by=factory.member_actor(first))
    second = Rapporteur.objects.current(application)
    assert told.latest("pk").recipient == second.assignment.mandate.user
    assert told.count() == 2


def test_a_dossier_that_ends_draws_no_lot() -> None:
    application = factory.under_review(at=NOW)
    by = representative_of(application.structure)
    label_actions.withdraw(application_pk=application.pk, reason="Nous arrêtons.", at=NOW, by=by)
    assert Rapporteur.objects.count() == 1
    assert Rapporteur.objects.current(application) is None


def test_the_lot_favours_nobody() -> None:
    counts = dict.fromkeys(range(1, 7), 0)
    for seed in range(1200):
        counts[drawn(f"{seed:064x}", counts.keys())] += 1
    assert all(150 < count < 250 for count in counts.values())
    with pytest.raises(ValueError, match="empty"):
        drawn("0" * 64, [])
