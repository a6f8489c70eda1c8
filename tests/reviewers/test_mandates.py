"""Mandates from the proposal to the erasure: hearing, replacement, renewal, seats, consent and what is public."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from deadlines.calendar import add_months
from deadlines.models import Deadline
from deadlines.tick import tick
from journal.models import Event, Reason
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed
from letters.models import Mail
from letters.visibility import may_see_file
from reviewers import actions
from reviewers.composition import composition
from reviewers.models import (
    Assignment,
    College,
    InterestLink,
    LinkMatch,
    Mandate,
    MandateHearing,
    Publication,
    Score,
    Seat,
)
from reviewers.panels import candidates
from tests.factories import reviewers as factory
from tests.factories.accounts import acting, give_role, person, signed_in, staff
from tests.factories.mandates import deciding, grounds, without_email
from tests.factories.structures import AT, PDF
from tests.reading import plain

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(AT)
NOW = timezone.now() - timedelta(days=2)


def state(mandate: Mandate) -> str:
    return str(Mandate.objects.get(pk=mandate.pk).state)


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def choose(mandate: Mandate, publication: str, pseudonym: str = "", *, at: datetime = AT) -> Mandate:
    return actions.choose_publication(
        mandate_pk=mandate.pk,
        publication=publication,
        pseudonym=pseudonym,
        at=at,
        by=factory.member_actor(mandate),
    )


# --- heard before it ends -------------------------------------------------------------------------------------


def test_nobody_is_terminated_before_grounds_and_an_answer() -> None:
    row = factory.accepted()
    mandate, by = row.mandate, deciding().because("Les faits sont établis.")
    end: dict[str, Any] = {"mandate_pk": mandate.pk, "act_reference": "DEC-7", "at": AT, "by": by}
    with pytest.raises(Blocked, match="n'est pas prévenue"):
        actions.terminate(**end)
    grounds(mandate)
    with pytest.raises(Blocked, match="déjà prévenue"):
        grounds(mandate)
    mail = Mail.objects.get(kind="hearing")
    assert "Rien n'est décidé" in mail.text and "publiées" not in mail.text
    with pytest.raises(Blocked, match="pas encore été entendue"):
        actions.terminate(**end)
    assert Assignment.objects.get(pk=row.pk).state == "accepted"  # a refused act releases nothing
    silent: dict[str, Any] = {"means": "silent", "observations": "", "heard_on": TODAY}
    office = factory.secretary()
    with pytest.raises(Blocked, match="peut répondre jusqu'au"):
        actions.record_observations(mandate_pk=mandate.pk, **silent, at=AT, by=office)
    answer = {"mandate_pk": mandate.pk, "observations": "Je conteste."}
    heard = actions.send_observations(**answer, at=AT, by=factory.member_actor(mandate))
    assert (heard.means, heard.heard_on) == ("online", TODAY)
    with pytest.raises(Blocked, match="déjà notée"):
        actions.send_observations(**answer, at=AT, by=factory.member_actor(mandate))
    for wrong, words in ({"act_reference": " "}, "acte écrit"), ({"by": by.because(" ")}, "pourquoi"):
        with pytest.raises(Blocked, match=words):
            actions.terminate(**{**end, **wrong})
    ended = actions.terminate(**end)
    assert (ended.state, ended.end_act_reference) == ("terminated", "DEC-7")
    assert Assignment.objects.get(pk=row.pk).state == "replaced"
    assert Reason.objects.get(event__move="terminate").text == "Les faits sont établis."


def test_silence_counts_once_the_time_to_answer_is_over_and_grounds_may_be_dropped() -> None:
    mandate, later = factory.member(), AT + timedelta(days=16)
    grounds(mandate)
    note: dict[str, Any] = {"mandate_pk": mandate.pk, "heard_on": timezone.localdate(later), "at": later}
    office = factory.secretary()
    for means, said, words in (
        ("silent", "Elle a parlé.", "dites comment"),
        ("spoken", " ", "Écrivez ce que la personne a dit"),
        ("by pigeon", "Rien.", "réponses proposées"),
    ):
        with pytest.raises(Blocked, match=words):
            actions.record_observations(**note, means=means, observations=said, by=office)
    with pytest.raises(Blocked, match="entre le"):
        actions.record_observations(
            **{**note, "heard_on": TODAY - timedelta(days=1)}, means="spoken", observations="Non.", by=office
        )
    assert actions.record_observations(**note, means="silent", observations="", by=office).heard_on
    actions.drop_grounds(mandate_pk=mandate.pk, at=later, by=office)
    assert "mandat continue" in Mail.objects.get(kind="hearing_dropped").text
    with pytest.raises(Blocked, match="n'est pas prévenue"):
        actions.terminate(
            mandate_pk=mandate.pk, act_reference="DEC-7", at=later, by=deciding().because("Motif.")
        )
    grounds(mandate, at=later)  # another procedure may begin
    with pytest.raises(IntegrityError), transaction.atomic():
        MandateHearing.objects.filter(dropped_at=None).update(heard_on=TODAY)


def test_a_declaration_that_stays_away_is_a_ground_after_six_months() -> None:
    mandate = factory.member()
    for days, allowed in ((30, False), (400, False), (560, True)):
        at = AT + timedelta(days=days)
        tick(at=at)
        if allowed:
            grounds(mandate, at=at, ground="no_declaration")
        else:
            with pytest.raises(Blocked, match="sans déclaration à jour"):
                grounds(mandate, at=at, ground="no_declaration")
    assert state(mandate) == "interests_overdue"


def test_the_member_reads_the_grounds_and_answers_on_their_page(client: Client) -> None:
    mandate = factory.member(at=NOW)
    grounds(mandate, at=NOW)
    signed_in(client, mandate.user)
    address = reverse("committee_mandate")
    assert "Répondre avant une décision" in plain(client.get(reverse("committee")).content.decode())
    assert "notes ont été publiées" in plain(client.get(address).content.decode())
    empty = client.post(address, {"go": "observe", "observations": ""})
    assert "Répondez à cette question" in plain(empty.content.decode())
    client.post(address, {"go": "observe", "observations": "Je conteste tout."})
    assert "Je conteste tout" in plain(client.get(address).content.decode())
    assert MandateHearing.objects.get().observations == "Je conteste tout."
    act = {"mandate_pk": mandate.pk, "act_reference": "DEC-7", "at": NOW}
    actions.terminate(**act, by=deciding().because("Les faits sont prouvés."))
    shown = plain(client.get(address).content.decode())
    assert "Les faits sont prouvés." in shown and "DEC-7" in shown
    assert "dit pourquoi" in Mail.objects.get(kind="mandate_over").text


# --- who comes after ------------------------------------------------------------------------------------------


def test_somebody_finishes_the_term_of_who_resigned_and_no_longer() -> None:
    gone, at = factory.member(), AT + timedelta(days=100)
    with pytest.raises(Blocked, match="pas de reste"):
        factory.approached(college=gone.college, replaces=gone, at=at)
    actions.resign(mandate_pk=gone.pk, at=at, by=factory.member_actor(gone))
    gone = Mandate.objects.get(pk=gone.pk)
    with pytest.raises(Blocked, match="même collège"):
        factory.approached(college=College.CAREGIVERS, replaces=gone, at=at)
    heir = factory.approached(college=gone.college, replaces=gone, at=at)
    with pytest.raises(Blocked, match="déjà proposé"):
        factory.approached(college=gone.college, replaces=gone, at=at)
    actions.record_consent(mandate_pk=heir.pk, at=at, by=factory.member_actor(heir))
    act: dict[str, Any] = {"mandate_pk": heir.pk, "act_reference": "DEC-8", "at": at, "by": deciding()}
    with pytest.raises(Blocked, match="choisissez un jour avant"):
        actions.appoint(**act, starts_on=gone.ends_on)
    heir = actions.appoint(**act, starts_on=timezone.localdate(at))
    assert heir.ends_on == gone.ends_on
    assert (
        Deadline.objects.running().get(subject=subject_key(heir), kind="mandate_term").due_on == gone.ends_on
    )
    assert not Mandate.objects.all().terms_of(heir.user).exists()  # finishing a term is not one's own
    tick(at=midnight(gone.ends_on + timedelta(days=1)))  # type: ignore[operator]  # appointed: it has an end
    assert state(heir) == "ended"  # never made active, and over all the same


def test_a_mandate_is_renewed_once_and_prepared_before_the_first_one_ends() -> None:
    first = factory.member()
    end, user = first.ends_on, first.user
    assert end is not None
    with pytest.raises(Blocked, match="a déjà un mandat"):
        factory.approached(user=user, at=midnight(end - timedelta(days=300)))
    at = midnight(end - timedelta(days=90))
    actions.confirm_interests(mandate_pk=first.pk, at=at, by=factory.member_actor(first))
    second = factory.approached(user=user, college=first.college, at=at)
    assert second.renews == first
    actions.record_consent(mandate_pk=second.pk, at=at, by=factory.member_actor(second))
    act: dict[str, Any] = {"mandate_pk": second.pk, "act_reference": "DEC-8", "at": at, "by": deciding()}
    with pytest.raises(Blocked, match="choisissez un jour après"):
        actions.appoint(**act, starts_on=end)
    with transaction.atomic():
        actions.withdraw_consent(mandate_pk=first.pk, at=at, by=factory.member_actor(first))
        assert state(first) == "resigned"
        with pytest.raises(Blocked, match="pas encore donné son accord"):
            actions.appoint(**act, starts_on=end + timedelta(days=1))
        transaction.set_rollback(True)  # that was another life
    actions.appoint(**act, starts_on=end + timedelta(days=1))
    start: dict[str, Any] = {
        "mandate_pk": second.pk,
        "interests_link": "https://dpi.exemple.fr/",
        **dict.fromkeys(("filed_on", "confidentiality_signed_on", "trained_on"), timezone.localdate(at)),
        "by": factory.ethics_officer(),
    }
    with pytest.raises(Blocked, match="Le mandat commence le"):
        actions.activate(**start, at=at)
    after = midnight(end + timedelta(days=1))
    with pytest.raises(Blocked, match="n'est pas terminé"):
        actions.activate(**start, at=after)
    tick(at=after)
    assert (state(first), actions.activate(**start, at=after).state) == ("ended", "active")
    third = midnight(Mandate.objects.get(pk=second.pk).ends_on)  # type: ignore[arg-type]
    tick(at=third + timedelta(days=1))
    with pytest.raises(Blocked, match="ne se renouvelle plus"):
        factory.approached(user=user, at=third + timedelta(days=2))


def test_what_was_accepted_may_be_finished_for_sixty_days_then_goes_to_others() -> None:
    application = factory.under_review()
    kept, other = factory.assignments_of(application)[:2]
    factory.accepted(kept)
    factory.accepted(other)
    for row in (kept, other):
        Mandate.objects.filter(pk=row.mandate_id).update(ends_on=TODAY)
        actions.end(mandate_pk=row.mandate_id, at=AT, by=Actor.system())
    tick(at=AT + timedelta(days=60))
    assert Assignment.objects.get(pk=kept.pk).state == "accepted"
    with pytest.raises(Blocked, match="encore être fini"):
        actions.release_after_term(mandate_pk=kept.mandate_id, at=AT + timedelta(days=60), by=Actor.system())
    tick(at=AT + timedelta(days=61))
    assert {Assignment.objects.get(pk=row.pk).state for row in (kept, other)} == {"replaced"}


@pytest.mark.parametrize("who", ["colleague", "representative"])
def test_whom_the_rules_keep_out_is_not_appointed(who: str) -> None:
    application = factory.admissible()
    user = person() if who == "colleague" else application.structure.representative()
    mandate = factory.approached(user=user)
    actions.record_consent(mandate_pk=mandate.pk, at=AT, by=factory.member_actor(mandate))
    if who == "colleague":
        give_role(user, Role.CASE_OFFICER)
    with pytest.raises(Blocked, match="travaille à l'Institut|demande le label"):
        actions.appoint(mandate_pk=mandate.pk, act_reference="D", starts_on=TODAY, at=AT, by=deciding())


def test_an_appointment_begins_neither_years_ago_nor_years_away() -> None:
    mandate = factory.approached()
    actions.record_consent(mandate_pk=mandate.pk, at=AT, by=factory.member_actor(mandate))
    act: dict[str, Any] = {"mandate_pk": mandate.pk, "act_reference": "D", "at": AT, "by": deciding()}
    for day in (TODAY.replace(year=1900), add_months(TODAY, -36), add_months(TODAY, 12) + timedelta(days=1)):
        with pytest.raises(Blocked, match="Choisissez une date entre le") as refused:
            actions.appoint(**act, starts_on=day)
        assert [one.code for one in refused.value.reasons] == ["starts_on"]
    assert actions.appoint(**act, starts_on=add_months(TODAY, -35)).state == "appointed"


# --- seats ----------------------------------------------------------------------------------------------------


def test_full_members_come_first_substitutes_take_the_seat_of_who_is_away_the_reserve_last() -> None:
    reserve, second, first = (
        factory.member(college=College.PATIENTS, seat=seat)
        for seat in (Seat.RESERVE, Seat.SUBSTITUTE, Seat.FULL)
    )
    other = factory.member(college=College.PATIENTS)
    assert [one.pk for one in Mandate.objects.seated_on(TODAY)] == [first.pk, other.pk, second.pk, reserve.pk]
    offered = candidates(factory.admissible(), on=TODAY)
    assert [one.mandate.seat for one in offered] == ["full", "full", "substitute", "reserve"]
    found = composition(on=TODAY)
    assert [one.pk for one in found.sitting] == [first.pk, other.pk]
    actions.pause(mandate_pk=first.pk, at=AT, by=factory.member_actor(first))
    found = composition(on=TODAY)
    assert [one.pk for one in found.sitting] == [other.pk, second.pk]
    assert not any("siège est vide" in plain(fault) for fault in found.faults)
    actions.pause(mandate_pk=other.pk, at=AT, by=factory.member_actor(other))
    assert any("siège est vide" in plain(fault) for fault in composition(on=TODAY).faults)
    assert not Mandate.objects.seated_on(TODAY + timedelta(days=366)).exists()  # nobody confirmed
    promoted = actions.change_seat(
        mandate_pk=second.pk, seat=Seat.FULL, act_reference="DEC-9", at=AT, by=deciding()
    )
    assert promoted.seat == Seat.FULL
    for wrong in ({"seat": "throne"}, {"act_reference": " "}):
        with pytest.raises(Blocked):
            actions.change_seat(
                **{"mandate_pk": second.pk, "seat": Seat.FULL, "act_reference": "D", **wrong},
                at=AT,
                by=deciding(),
            )


def test_the_page_of_the_composition_says_what_breaks_the_balance(client: Client) -> None:
    signed_in(client, staff(Role.SECRETARIAT))
    counts = []
    for more in (1, 2):
        for _one in range(more):
            factory.member(college=College.PATIENTS, at=NOW, region="84")
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(reverse("staff_composition"))
        counts.append(len(captured))
    shown = plain(answer.content.decode())
    for words in (
        "« Patients » : 3 titulaires, il en faut de 6 à 8.",
        "« Patients » tient 100 % des sièges, 40 % au plus.",
        "« Aidants » : il manque 2 suppléants.",
        "La région Auvergne-Rhône-Alpes tient 100 % des sièges",
    ):
        assert words in shown
    assert counts[0] == counts[1] <= 10 + 4


# --- consent and what is public -------------------------------------------------------------------------------


def test_taking_the_consent_back_looks_like_any_departure_and_leaves_no_reason() -> None:
    row = factory.accepted()
    mandate, by = row.mandate, factory.member_actor(row).because("Je suis malade.")
    choose(mandate, "name_and_college")
    quiet = factory.member(college=mandate.college)
    actions.resign(mandate_pk=quiet.pk, at=AT, by=factory.member_actor(quiet))
    gone = actions.withdraw_consent(mandate_pk=mandate.pk, at=AT, by=by)
    assert (gone.state, gone.publication, gone.consent_withdrawn_at) == ("resigned", "nothing", AT)
    assert Assignment.objects.get(pk=row.pk).state == "replaced"
    ends = {
        one: list(
            Event.objects.filter(subject=subject_key(one)).order_by("-pk").values_list("move", flat=True)[:1]
        )
        for one in (mandate, quiet)
    }
    assert ends[mandate] == ends[quiet] == ["resign"]
    assert not Reason.objects.exists()
    with pytest.raises(Blocked, match="pas d'accord à retirer"):
        actions.withdraw_consent(mandate_pk=mandate.pk, at=AT, by=by)
    with pytest.raises(Blocked, match="Donnez d'abord votre accord"):
        choose(mandate, "name")


def test_who_was_only_approached_takes_the_consent_back_and_may_give_it_again() -> None:
    mandate = factory.approached()
    by = factory.member_actor(mandate)
    actions.record_consent(mandate_pk=mandate.pk, at=AT, by=by)
    actions.withdraw_consent(mandate_pk=mandate.pk, at=AT, by=by)
    with pytest.raises(Blocked, match="pas encore donné son accord"):
        actions.appoint(mandate_pk=mandate.pk, act_reference="D", starts_on=TODAY, at=AT, by=deciding())
    again = actions.record_consent(mandate_pk=mandate.pk, at=AT, by=by)
    assert (again.state, again.consent_withdrawn_at) == ("approached", None)


def test_the_public_page_says_what_each_member_chose_and_nothing_else(client: Client) -> None:
    chosen = {
        ("Anne", "name_and_college"): College.PATIENTS,
        ("Benoît", "name"): College.PATIENTS,
        ("Cécile", "pseudonym"): College.CAREGIVERS,
        ("Denis", "nothing"): College.CAREGIVERS,
        ("Élise", ""): College.PATIENTS,
    }
    members = {}
    for (name, publication), college in chosen.items():
        members[name] = factory.member(
            user=person(first_name=name, last_name="Public"), college=college, at=NOW
        )
        if publication:
            choose(members[name], publication, "Mésange" if publication == "pseudonym" else "", at=NOW)
    for name, words in (("Cécile", " "), ("Anne", "anything")):
        with pytest.raises(Blocked):
            choose(members[name], "pseudonym" if name == "Cécile" else words, words)
    address = reverse("public_committee")
    with CaptureQueriesContext(connection) as captured:
        shown = plain(client.get(address).content.decode())
    assert len(captured) <= 2
    assert "<li>Anne Public, collège « Patients »</li><li>Benoît Public</li><li>Mésange</li>" in shown
    assert not any(words in shown for words in ("Cécile", "Denis", "Élise", "Aidants »"))
    actions.pause(mandate_pk=members["Anne"].pk, at=NOW, by=factory.member_actor(members["Anne"]))
    assert "Anne" in plain(client.get(address).content.decode())  # a pause is nobody's business
    choose(members["Anne"], "nothing", at=NOW)
    actions.withdraw_consent(
        mandate_pk=members["Benoît"].pk, at=NOW, by=factory.member_actor(members["Benoît"])
    )
    shown = plain(client.get(address).content.decode())
    assert "Anne" not in shown and "Benoît" not in shown and "Mésange" in shown
    kept = Mandate.objects.get(pk=members["Anne"].pk)
    assert kept.publication_chosen_at == NOW and "Rien" in kept.publication_text
    assert Event.objects.filter(move="choose_publication", subject=subject_key(kept)).count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=kept.pk).update(publication=Publication.PSEUDONYM, pseudonym="")


def test_the_member_chooses_and_takes_the_consent_back_on_their_pages(client: Client) -> None:
    mandate = factory.member(college=College.CAREGIVERS, at=NOW)
    signed_in(client, mandate.user)
    publication, withdrawal = reverse("committee_publication"), reverse("committee_withdraw_consent")
    assert "que je fais partie du collège « Aidants »" in plain(client.get(publication).content.decode())
    wrong = client.post(publication, {"publication": "pseudonym", "pseudonym": ""})
    assert "Écrivez le pseudonyme." in plain(wrong.content.decode())
    client.post(publication, {"publication": "pseudonym", "pseudonym": "Mésange"})
    assert Mandate.objects.get().pseudonym == "Mésange"
    told = plain(client.get(withdrawal).content.decode())
    for words in ("votre mandat s'arrête aujourd'hui", "sans explication", "effacée le", "Faire une pause"):
        assert words in told
    assert "Votre accord est retiré" in plain(client.post(withdrawal, follow=True).content.decode())
    assert state(mandate) == "resigned"
    assert client.get(withdrawal).status_code == client.get(publication).status_code == 404
    assert "Retiré le" in plain(client.get(reverse("committee_mandate")).content.decode())


def test_a_case_officer_sees_a_panel_by_pseudonym_only(client: Client) -> None:
    application = factory.under_review(at=NOW)
    row = factory.assignments_of(application)[0]
    address = reverse("staff_panel", args=[application.reference])
    for role, is_named in ((Role.CASE_OFFICER, False), (Role.SECRETARIAT, True), (Role.ETHICS_OFFICER, True)):
        shown = client.get(address) if signed_in(client, staff(role)) else None
        text = plain(shown.content.decode())  # type: ignore[union-attr]
        assert row.pseudonym in text
        assert (row.mandate.user.last_name in text) is is_named


def test_a_member_without_email_is_written_for_by_the_secretariat(client: Client) -> None:
    mandate, secretary = without_email(at=NOW), staff(Role.SECRETARIAT)
    by = acting(secretary, Role.SECRETARIAT)
    with pytest.raises(Blocked, match="accord signé"):
        actions.record_consent(mandate_pk=mandate.pk, at=NOW, by=by)
    with pytest.raises(NotAllowed):
        actions.record_consent(mandate_pk=factory.approached().pk, at=NOW, by=by)  # reached by e-mail
    signed_in(client, secretary)
    address = reverse("staff_mandate", args=[mandate.pk])
    assert "Joignez" in plain(client.post(address, {"go": "paper_consent"}).content.decode())
    scan = SimpleUploadedFile("accord.pdf", PDF, content_type="application/pdf")
    client.post(address, {"go": "paper_consent", "paper_consent-scan": scan})
    kept = Mandate.objects.get(pk=mandate.pk)
    assert kept.consented_at and kept.consent_scan
    assert Event.objects.get(move="consent").on_behalf_of == subject_key(mandate.user)
    for role, opens in ((Role.SECRETARIAT, True), (Role.ETHICS_OFFICER, True), (Role.SIGNATORY, False)):
        assert may_see_file(kept.consent_scan, staff(role), on=timezone.localdate()) is opens
    client.post(address, {"go": "publication", "publication-publication": "name"})
    assert Mandate.objects.get(pk=mandate.pk).publication == "name"
    client.post(address, {"go": "withdraw_consent"})
    assert Mandate.objects.get(pk=mandate.pk).consent_withdrawn_at


# --- interests ------------------------------------------------------------------------------------------------


def test_a_new_declaration_and_the_end_of_a_link_are_noted() -> None:
    mandate, later = factory.member(), AT + timedelta(days=200)
    day = timezone.localdate(later)
    noted: dict[str, Any] = {
        "mandate_pk": mandate.pk,
        "interests_link": "https://dpi.exemple.fr/2",
        "at": later,
    }
    office = factory.secretary()
    for wrong in (day + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(Blocked, match="entre le"):
            actions.record_declaration(**noted, filed_on=wrong, by=office)
    made = actions.record_declaration(**noted, filed_on=day, by=office)
    assert (made.interests_confirmed_on, made.interests_link[-1]) == (day, "2")
    assert Deadline.objects.running().get(subject=subject_key(mandate), kind="interests").started_on == day
    by = factory.member_actor(mandate)
    link = actions.declare_link(
        mandate_pk=mandate.pk, organisation_name="Rives", kind="donor", since=TODAY, at=later, by=by
    )
    for wrong, words in (
        (day + timedelta(days=1), "pas encore passée"),
        (AT.date() - timedelta(days=9), "début"),
    ):
        with pytest.raises(Blocked, match=words):
            actions.end_link(link_pk=link.pk, until=wrong, at=later, by=by)
    actions.end_link(link_pk=link.pk, until=day, at=later, by=by)
    assert InterestLink.objects.closing(on=day + timedelta(days=365)).filter(pk=link.pk).exists()
    with pytest.raises(Blocked, match="déjà notée"):
        actions.end_link(link_pk=link.pk, until=day, at=later, by=by)


def test_the_member_notes_the_end_of_a_link_on_their_page(client: Client) -> None:
    mandate, other = factory.member(at=NOW), factory.member(at=NOW)
    links = [
        actions.declare_link(
            mandate_pk=one.pk, organisation_name="Rives", kind="donor", at=NOW, by=factory.member_actor(one)
        )
        for one in (mandate, other)
    ]
    signed_in(client, mandate.user)
    address, mine = reverse("committee_interests"), links[0]
    day = timezone.localdate().strftime("%d/%m/%Y")
    for until, words in (("hier", "Écrivez une date"), ("01/01/2090", "pas encore passée")):
        data = {"go": f"end-{mine.pk}", f"end-{mine.pk}-until": until}
        assert words in plain(client.post(address, data, follow=True).content.decode())
    client.post(address, {"go": f"end-{mine.pk}", f"end-{mine.pk}-until": day})
    assert InterestLink.objects.get(pk=mine.pk).until == timezone.localdate()
    for number in (links[1].pk, "x", "9" * 30):
        assert client.post(address, {"go": f"end-{number}"}).status_code == 404


# --- what is kept ---------------------------------------------------------------------------------------------


def test_data_are_erased_after_the_legal_period_and_the_name_goes_when_nothing_else_needs_it() -> None:
    row = factory.submitted()
    lone, also_staff, aside = row.mandate, factory.member(), factory.approached()
    for one in (lone, also_staff):
        by = factory.member_actor(one)
        actions.declare_link(mandate_pk=one.pk, organisation_name="Rives", kind="donor", at=AT, by=by)
        actions.resign(mandate_pk=one.pk, at=AT, by=by)
    LinkMatch.objects.create(
        link=lone.links.get(),
        structure=row.application.structure,
        ground="name",
        is_exact=True,
        in_link="Rives",
        in_dossier="Rives",
        found_at=AT,
    )
    give_role(also_staff.user, Role.CASE_OFFICER)
    actions.set_aside(mandate_pk=aside.pk, at=AT, by=deciding().because("Une autre candidature convient."))
    early, clock = AT + timedelta(days=170), Actor.system()
    with pytest.raises(Blocked, match="encore être gardées"):
        actions.erase_data(mandate_pk=aside.pk, at=early, by=clock)
    tick(at=AT + timedelta(days=190))
    assert Mandate.objects.get(pk=aside.pk).data_erased_at and not User.objects.get(pk=aside.user_id).email
    assert Reason.objects.get(event__move="set_aside").text == ""
    assert InterestLink.objects.count() == 2
    tick(at=AT + timedelta(days=1830))
    assert not InterestLink.objects.exists()
    left = Mandate.objects.get(pk=lone.pk)
    assert (left.interests_link, left.interests_confirmed_on) == ("", None)
    assert Score.objects.filter(assignment=row).exists()  # the scores stay, under the pseudonym
    gone, kept = User.objects.get(pk=lone.user_id), User.objects.get(pk=also_staff.user_id)
    assert (gone.get_full_name(), gone.email, gone.is_active) == ("", None, False)
    assert gone.pseudonymised_at and kept.email
    assert Assignment.objects.get(pk=row.pk).scores.exists()  # reviews stay, under their pseudonym
    assert Mandate.objects.get(pk=lone.pk).consent_text == ""


def test_the_database_holds_one_seat_one_proposal_and_one_successor() -> None:
    first, second = factory.member(), factory.member()
    Mandate.objects.filter(pk=second.pk).update(replaces=first)
    for change in (
        lambda: Mandate.objects.filter(pk=second.pk).update(user=first.user),
        lambda: Mandate.objects.filter(pk=factory.member().pk).update(replaces=first),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_who_is_appointed_is_told_what_to_do_and_has_thirty_days() -> None:
    mandate = factory.appointed()
    clock = Deadline.objects.running().get(subject=subject_key(mandate), kind="activation")
    assert clock.due_on == TODAY + timedelta(days=30)
    tick(at=AT + timedelta(days=21))
    told = Mail.objects.filter(kind="appointed", recipient=mandate.user).order_by("pk")
    assert [mail.title for mail in told] == ["Vous êtes nommé au comité", "Avant votre premier dossier"]
    assert factory.member(user=person(), college="caregivers").state == "active"
    assert Deadline.objects.running().filter(kind="activation").count() == 1  # met for who is active


def test_a_member_says_that_they_are_an_adult() -> None:
    mandate = factory.approached()
    actions.record_consent(mandate_pk=mandate.pk, at=AT, by=factory.member_actor(mandate))
    assert "18 ans ou plus" in plain(Mandate.objects.get(pk=mandate.pk).consent_text)
