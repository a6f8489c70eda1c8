"""Links matched by numbers and names, settled once per structure; who is barred, and what a late link does."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Role, User
from accounts.rules import roles_of
from deadlines.models import Deadline
from journal.moves import subject_key
from journal.refusals import Blocked, NotAllowed
from label import actions as label_actions
from label.models import Answer, Application
from reviewers import actions
from reviewers.conflicts import barred, barred_from_each, compare, facts_of, late_recusals
from reviewers.likeness import is_named_in, is_near, may_name, name_key, number_keys, person_key
from reviewers.models import Assignment, InterestLink, LinkMatch, Mandate
from reviewers.panels import candidates
from structures.identifiers import normalise, numbers_in
from structures.models import Registration, Structure
from tests.factories import reviewers as factory
from tests.factories.accounts import acting, person, signed_in, staff
from tests.factories.structures import AT, member, register_entry, structure
from tests.reading import plain, words
from workflows import todo

ON = timezone.localdate(AT)
SIREN = "732829320"
SIRET = f"{SIREN}00074"
TEXTS = st.text(max_size=60)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Association Rives et Relais", "RIVES & RELAIS"),
        ("Asso. Rives et Relais", "rives-et-relais"),
        ("Ligue contre le cancer", "La ligue contre le Cancer"),
        ("L'Étape", "l etape"),
        ("Cœur à cœur", "COEUR A COEUR"),
        ("A.P.F.", "APF"),
        ("Association « Les Mimosas » (loi 1901)", "Les mimosas"),
        ("Galénia S.A.S.", "Galenia"),
        ("Straße", "strasse"),
    ],
)
def test_the_same_name_written_otherwise_has_the_same_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) != ""
    assert is_near(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rives et Relais", "Relais et Rives"),
        ("Rives et Relais", "Rive et Relais"),
        ("Fondation des Rives bleues", "Association des Rives bleues"),
        ("Vivre avec un myélome", "Vivre avec un myelome Rhône"),
    ],
)
def test_a_near_name_is_for_a_person_to_look_at(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)
    assert is_near(one, other)


def test_initials_and_short_names() -> None:
    assert is_near("FRM", "Association Famille Rhône Myélome")
    assert not is_near("Sein", "Rein")
    assert not is_near("", "Rives")
    assert not is_near("Escale Anémone", "Rives et Relais")
    assert name_key("Association") == "association"  # nothing else would stay
    assert name_key("« »") == ""


@given(TEXTS, TEXTS)
@settings(max_examples=60)
def test_names_are_compared_the_same_way_from_both_sides(one: str, other: str) -> None:
    assert is_near(one, other) == is_near(other, one)
    assert is_near(one, one) == bool(name_key(one))
    assert name_key(one.upper().lower()) == name_key(one.lower())
    if name_key(one) and name_key(one) == name_key(other):
        assert is_near(one, other)


@given(
    st.lists(
        st.sampled_from(["rives", "relais", "étape", "asso.", "la", "ligue", "œuvre", "2 ", "(loi 1901)"])
    )
)
@settings(max_examples=60)
def test_a_key_is_a_normal_form(parts: list[str]) -> None:
    name = " ".join(parts)
    assert name_key(f"  {name.upper()} ! ") == name_key(name)
    assert name_key(f"Association {name}") in (name_key(name), "association" + name_key(name), "association")
    assert name_key(name_key(name)) == name_key(name)


@given(st.integers(0, 10**9 - 1), st.sampled_from([" ", ".", "-", ""]))
@settings(max_examples=40)
def test_a_number_is_the_same_however_it_is_spaced(figure: int, sign: str) -> None:
    digits = f"{figure:09d}"
    spaced = sign.join([digits[:3], digits[3:6], digits[6:]])
    assert number_keys(spaced) == number_keys(digits)
    rna = f"w{spaced[:3]}{sign}{digits[3:]}"
    assert number_keys(rna) == {f"W{digits}"}


def test_a_siret_names_its_siren_and_words_are_no_number() -> None:
    assert number_keys(SIRET) == number_keys(SIREN) == {SIREN}
    assert number_keys("069 P 0201234567") == {"069P0201234567"}
    assert number_keys("je ne sais pas") == number_keys("") == frozenset()


@given(
    st.sampled_from(["W990000003", "732829320", "73282932000074", "069P0201234567"]),
    st.sampled_from(
        ["", "RNA", "RNA : ", "n° ", "N°", "Siren : ", "SIRET ", "identifiant n° ", "(", "numéro "]
    ),
    st.sampled_from(["", " ", ".", "-", "\u00a0", "\u202f"]),
    st.sampled_from(["", ")", " (siège)", ", à Lyon", " ."]),
    st.booleans(),
)
@settings(max_examples=80)
def test_the_words_around_a_number_change_nothing(
    number: str, before: str, between: str, after: str, small: bool
) -> None:
    typed = before + between.join(number[place : place + 3] for place in range(0, len(number), 3)) + after
    assert number_keys(number) <= number_keys(typed.lower() if small else typed)
    assert number_keys(number)


@given(st.text(alphabet="0123456789 W.-/:n°RNA", max_size=60))
@settings(max_examples=80)
def test_what_is_found_in_a_text_is_a_normal_form(typed: str) -> None:
    for kind, value in numbers_in(typed):
        assert normalise(kind, value) == value
        assert (kind, value) in numbers_in(value)


def test_the_number_of_another_register_is_compared_whole() -> None:
    assert number_keys("BE 0403.019.261") == number_keys("be0403019261") != frozenset()
    assert number_keys("DE 123 456") != number_keys("AU 123 456")
    assert number_keys("Strasbourg / 009 / 015") == number_keys("strasbourg ; vol. 009 ; folio 015")
    assert number_keys("Strasbourg / 009 / 015") != number_keys("Strasbourg / 009 / 016")


PEOPLE = st.sampled_from(
    [
        ("Nadia", "Brossard"),
        ("Jean-Paul", "N'Diaye"),
        ("Élodie", "Le Goff"),
        ("Anne Marie", "de la Tour"),
        ("Maxime", "Brossard-Leroy"),
        ("Mona", "Ly"),
        ("José", "García Núñez"),
        ("Zoé", "Œuvray"),
    ]
)


@given(
    PEOPLE,
    st.sampled_from(["", "M.", "Mme", "Mlle ", "Monsieur", "Madame", "Dr", "Pr", "Me", "Professeure"]),
    st.sampled_from(
        ["{first} {last}", "{last} {first}", "{last}, {first}", "{last} ({first})", "{first}-{last}"]
    ),
    st.sampled_from([str, str.upper, str.lower, str.title]),
    st.booleans(),
)
@settings(max_examples=120)
def test_the_name_of_an_officer_is_met_however_it_is_written(
    person: tuple[str, str], civility: str, order: str, case: Any, bare: bool
) -> None:
    first, last = person
    said = case(f"{civility} {order.format(first=first, last=last)}")
    if bare:
        said = "".join(one for one in unicodedata.normalize("NFKD", said) if not unicodedata.combining(one))
    assert person_key(said) == person_key(f"{first} {last}")
    assert may_name(said, first_name=first, last_name=last)


@given(PEOPLE, PEOPLE)
@settings(max_examples=60)
def test_initials_compound_names_and_other_people(one: tuple[str, str], other: tuple[str, str]) -> None:
    (first, last), (given, surname) = one, other
    for said in (f"{first[0]}. {last}", f"Mme {last}", f"{first} {last}-Martin", f"Martin-{last} {first}"):
        assert may_name(said, first_name=first, last_name=last)
    assert may_name(f"{first} {last}, trésorière de Rives", first_name=first, last_name=last)
    if "Brossard" not in last or "Brossard" not in surname:
        assert may_name(f"{given} {surname}", first_name=first, last_name=last) is (one == other)


@pytest.mark.parametrize(
    "said",
    [
        "Paul Brossard",
        "P. Brossard",
        "Nadia Martin",
        "Mme Martin",
        "Association Rives et Relais",
        "Nadia",
        "Fondation Leroy",
        "« »",
        "",
    ],
)
def test_somebody_else_stays_without_effect(said: str) -> None:
    assert not may_name(said, first_name="Nadia", last_name="Brossard")
    assert not may_name(said, first_name="", last_name="")


def test_a_funder_is_found_in_a_sentence() -> None:
    said = "Cotisations 20 %, mairie, et le laboratoire Galénia Pharma pour 3 000 €."
    assert is_named_in("Galenia Pharma", said)
    assert is_named_in("Laboratoires Galénia Pharma", said)
    assert not is_named_in("Pharma Galénia", said)
    assert not is_named_in("Gal", said)


def declared(
    mandate: Mandate, name: str, number: str = "", kind: str = "officer", **facts: Any
) -> InterestLink:
    return actions.declare_link(
        mandate_pk=mandate.pk,
        organisation_name=name,
        organisation_number=number,
        kind=kind,
        at=AT,
        by=factory.member_actor(mandate),
        **facts,
    )


def is_barred(application: Application, mandate: Mandate, *, on=ON) -> bool:
    return mandate.user_id in barred(application, [mandate.user_id, person().pk], on=on)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "number", "kind", "ground"),
    [
        ("Autre nom", "w 751 000 123", "member", "number"),
        ("Autre nom", SIRET, "member", "number"),
        ("Autre nom", SIREN, "member", "number"),
        ("Autre nom", "069P0201234567", "member", "number"),
        ("Autre nom", "RNA W751000123", "member", "number"),
        ("Autre nom", "n° W751000123", "member", "number"),
        ("Autre nom", "SIREN : 732 829 320", "member", "number"),
        ("Autre nom (W751000123)", "", "member", "number"),
        ("asso. RIVES & RELAIS", "", "donor", "name"),
        ("R2R", "", "donor", "name"),
        ("Nadia Brossard", "", "family", "officer"),
        ("BROSSARD, Nadia", "", "family", "officer"),
        ("Mme N. Brossard", "", "family", "near_officer"),
        ("Nadia BROSSARD-LEROY", "", "donor", "near_officer"),
        ("Paul Brossard", "", "family", "near_officer"),  # a relative bears the same surname
        ("Paul Brossard", "", "donor", ""),
        ("Galenia", "", "industry", "funder"),
        ("Laboratoire du Bois", "", "industry", "near_funder"),
        ("Rives et Relai", "", "employee", "near_name"),
        ("Autre nom", "W751000999", "member", "old_number"),
        ("Tout autre chose", "", "officer", ""),
        ("Galenia", "", "donor", ""),  # only a tie with a company is compared with the funders
    ],
)
def test_what_matches_and_what_it_closes(name: str, number: str, kind: str, ground: str) -> None:
    found = structure(name="Rives et Relais", short_name="R2R", raw_number="W751000123")
    found.registrations.create(kind=Registration.Kind.SIREN, value=SIREN, added_at=AT)
    found.registrations.create(kind=Registration.Kind.RNA, value="W751000999", added_at=AT, superseded_at=AT)
    register_entry("W751000123", old_number="069P0201234567")
    application = factory.admissible(
        found, funding_sources="Dons. Aide du laboratoire du Bois pour un livret."
    )
    by = found.representative()
    Answer.objects.create(
        application=application,
        question="funding_industry_names",
        text="Galénia SAS : 2 000 € ; Autre",
        saved_at=AT,
        saved_by=by,
    )
    mandate = factory.member()

    link = declared(mandate, name, number, kind)

    assert [row.ground for row in link.matches.all()] == ([ground] if ground else [])
    exact = ground not in ("", *LinkMatch.ONLY_NEAR)
    assert is_barred(application, mandate) is exact
    reason = next(one.reasons for one in candidates(application, on=ON) if one.mandate == mandate)
    assert bool(reason) is bool(ground)
    if ground:
        severity = "without_effect" if exact else "blocking"
        ethics = factory.ethics_officer().because("Ce n'est pas la même." if exact else "C'est bien elle.")
        actions.settle_match(match_pk=link.matches.get().pk, severity=severity, at=AT, by=ethics)
        assert is_barred(application, mandate) is not exact


@pytest.mark.django_db
def test_the_dossier_filed_after_the_link_meets_it_and_the_answer_serves_the_next_one() -> None:
    mandate = factory.member()
    link = declared(mandate, "Association Rives et Relais")
    assert not link.matches.exists()
    application = factory.admissible(structure(name="Rives et relais"))
    match = link.matches.get()
    assert (match.ground, match.is_exact, match.severity) == ("name", True, "")
    assert (match.in_link, match.in_dossier) == ("Association Rives et Relais", "Rives et relais")
    ethics = factory.ethics_officer()
    with pytest.raises(Blocked, match="conclu"):
        actions.settle_match(match_pk=match.pk, severity="blocking", at=AT, by=ethics)
    with pytest.raises(Blocked, match="proposées"):
        actions.settle_match(match_pk=match.pk, severity="to_examine", at=AT, by=ethics.because("Vu."))
    for nobody in (factory.secretary(), factory.member_actor(mandate), acting(person(), Role.ETHICS_OFFICER)):
        with pytest.raises(NotAllowed):
            actions.settle_match(match_pk=match.pk, severity="blocking", at=AT, by=nobody.because("Vu."))
    actions.settle_match(match_pk=match.pk, severity="without_effect", at=AT, by=ethics.because("Homonyme."))
    again: dict[str, Any] = {"match_pk": match.pk, "severity": "without_effect", "at": AT}
    with pytest.raises(Blocked, match="vient d'examiner ce lien"):
        actions.settle_match(**again, by=ethics.because("Homonyme."))
    seen = LinkMatch.objects.get(pk=match.pk).token()
    actions.settle_match(**again, seen=seen, by=ethics.because("Homonyme, relu."))
    by = acting(application.structure.representative(), "representative")
    label_actions.withdraw(application_pk=application.pk, reason="", at=AT, by=by)
    again = factory.admissible(application.structure)
    assert not is_barred(again, mandate)
    assert LinkMatch.objects.count() == 1


@pytest.mark.django_db
def test_a_link_that_ended_before_the_look_back_or_that_was_examined_closes_nothing(settings: Any) -> None:
    application = factory.admissible(structure(name="Rives et Relais"))
    old, lived, kept = factory.member(), factory.member(), factory.member(college="professionals")
    declared(old, "Rives et Relais", until=ON - timedelta(days=5 * 366))
    recent = factory.member()
    declared(recent, "Rives et Relais", until=ON - timedelta(days=5 * 364))
    declared(lived, "Rives et Relais", kind="user")  # to have been helped is why patients sit
    declared(kept, "Rives et Relais", kind="user")
    assert [is_barred(application, one) for one in (old, recent, lived, kept)] == [False, True, False, True]
    settings.INTERESTS_LOOK_BACK_MONTHS = 12
    assert not is_barred(application, recent)


@pytest.mark.django_db
def test_a_donor_below_the_threshold_evaluates_and_waits_for_nobody(settings: Any) -> None:
    settings.DONOR_THRESHOLD_EUROS = 200
    application = factory.admissible(structure(name="Rives et Relais"))
    small, large = factory.member(), factory.member(college="professionals")
    gift = declared(small, "Rives et Relais", kind="donor", small_gift=True)
    declared(large, "Rives et Relais", kind="donor")

    assert (gift.gift_below, gift.severity) == (200, "without_effect")
    assert [is_barred(application, one) for one in (small, large)] == [False, True]
    assert not small.links.to_analyse().exists() and large.links.to_analyse().exists()
    clocks = Deadline.objects.running().filter(kind="link_analysis")
    assert [clock.subject for clock in clocks] == [subject_key(large)]
    with pytest.raises(Blocked, match="ne concerne que les dons"):
        declared(small, "Rives et Relais", kind="officer", small_gift=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        InterestLink.objects.filter(pk=gift.pk).update(kind="officer")

    actions.analyse_link(link_pk=gift.pk, severity="blocking", at=AT, by=factory.ethics_officer())
    assert is_barred(application, small)  # the ethics officer has the last word
    settings.DONOR_THRESHOLD_EUROS = 0
    with pytest.raises(Blocked, match="ne concerne que les dons"):
        declared(small, "Rives et Relais", kind="donor", small_gift=True)


@pytest.mark.django_db
def test_a_donor_says_on_the_page_that_the_gift_is_small(client: Client, settings: Any) -> None:
    settings.DONOR_THRESHOLD_EUROS = 200
    mandate = factory.member(at=timezone.now())
    page = reverse("committee_interests")
    signed_in(client, mandate.user)
    assert "Je donne moins de 200 € par an" in words(client.get(page))
    data = {"organisation_name": "Rives et Relais", "kind": "donor", "small_gift": "on"}
    assert "ne concerne que les dons" in words(client.post(page, data | {"kind": "user"}))
    assert not mandate.links.exists()
    told = words(client.post(page, data, follow=True))
    assert "Moins de 200 € par an. Il ne vous empêche pas d'évaluer ses dossiers." in told
    ethics = signed_in(Client(), staff(Role.ETHICS_OFFICER))
    assert "Moins de 200 € par an." in words(ethics.get(reverse("staff_mandate", args=[mandate.pk])))
    settings.DONOR_THRESHOLD_EUROS = 0
    assert "par an à cet organisme" not in words(client.get(page))


@pytest.mark.django_db
def test_a_dispute_with_the_association_keeps_the_member_away_until_it_is_examined() -> None:
    """Domain 5.3: helped by the association or not, who is in dispute with it does not judge it."""
    application = factory.admissible(structure(name="Rives et Relais"))
    helped = factory.member()
    declared(helped, "Rives et Relais", kind="user")
    assert not is_barred(application, helped)

    dispute = declared(helped, "Rives et Relais", kind="dispute", description="Procédure en cours.")

    assert dispute.severity == "blocking" and is_barred(application, helped)
    assert [one.eligible for one in candidates(application, on=ON)] == [False]
    actions.analyse_link(link_pk=dispute.pk, severity="without_effect", at=AT, by=factory.ethics_officer())
    assert not is_barred(application, helped)


@pytest.mark.django_db
def test_members_of_the_structure_now_or_lately_are_barred_and_their_review_closes() -> None:
    found = structure(name="Rives et Relais")
    application = factory.under_review(found)
    mine = factory.accepted(factory.assignments_of(application)[0])
    user = mine.mandate.user
    assert Assignment.objects.visible_to(user, on=ON).filter(pk=mine.pk).exists()
    member(found, user=user)
    assert is_barred(application, mine.mandate)
    assert not Assignment.objects.visible_to(user, on=ON).filter(pk=mine.pk).exists()
    found.memberships.filter(user=user).update(ended_at=AT)
    later = ON + timedelta(days=30 * 35), ON + timedelta(days=30 * 38)
    assert [is_barred(application, mine.mandate, on=day) for day in later] == [True, False]


@pytest.mark.django_db
def test_the_gate_is_asked_afresh_when_the_dossier_opens() -> None:
    """A structure that took the name of a link after the panel was named: no row was written, the gate holds."""
    application = factory.under_review(structure(name="Rives et Relais"))
    row = factory.assignments_of(application)[0]
    declared(row.mandate, "Escale du Lac")
    Structure.objects.filter(pk=application.structure_id).update(name="L'escale du lac")
    with pytest.raises(NotAllowed):
        actions.accept_assignment(assignment_pk=row.pk, at=AT, by=factory.member_actor(row))
    assert Assignment.objects.get(pk=row.pk).state == "proposed"


@pytest.mark.django_db
def test_many_dossiers_are_asked_at_the_cost_of_one(django_assert_num_queries: Any) -> None:
    first, second = (
        factory.admissible(structure(name="Rives")),
        factory.admissible(structure(name="Relais bleus")),
    )
    mandates = factory.committee(per_college=1)
    declared(mandates[0], "Rives")
    declared(mandates[1], "Les relais bleus")
    people = [one.user_id for one in mandates]
    with django_assert_num_queries(3):
        assert barred(first, people, on=ON) == {people[0]}
    rows = list(Application.objects.select_related("structure"))
    with django_assert_num_queries(3):
        found = barred_from_each(rows, people, on=ON)
    assert found == {first.pk: {people[0]}, second.pk: {people[1]}}
    assert barred(first, [], on=ON) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["submitted", "final"])
def test_a_late_link_takes_the_review_out_and_says_so(state: str) -> None:
    application = factory.in_deliberation(structure(name="Rives et Relais"))
    row, other = factory.assignments_of(application)[:2]
    if state == "final":
        with transaction.atomic():
            held = Assignment.objects.hold(row.pk)
            held.finalise(by=factory.secretary(), at=AT)
            held.save()
    match = factory.matched(application, mandate=row.mandate)
    assert not Assignment.objects.visible_to(row.mandate.user, on=ON).filter(pk=row.pk).exists()
    ethics = factory.ethics_officer()
    actions.settle_match(match_pk=match.pk, severity="blocking", at=AT, by=ethics.because("Elle y est élue."))
    assert [one.pk for one in late_recusals([application.pk])] == [row.pk]
    assert factory.evaluation_of(application).result["valid"] is False
    secretary = staff(Role.SECRETARIAT)
    reader = todo.Reader(secretary, ON, roles_of(secretary, on=ON))
    tasks = [plain(task.title) for task in todo.todo_for(reader, "staff")]
    assert "Recomposer le panel : un collège n'a plus assez d'évaluations" in tasks
    stood = factory.ethics_officer().because("Autre lien.")
    actions.recuse(assignment_pk=other.pk, at=AT, by=stood)
    assert [one.pk for one in late_recusals([application.pk])] == [row.pk, other.pk]


@pytest.mark.django_db
def test_once_the_opinion_is_adopted_the_refusal_says_what_to_do(client: Client) -> None:
    application = factory.advised(structure(name="Rives et Relais"))
    row = factory.assignments_of(application)[0]
    match = factory.matched(application, mandate=row.mandate)
    ethics = factory.ethics_officer().because("Elle y est élue.")
    with pytest.raises(Blocked, match="second avis"):
        actions.settle_match(match_pk=match.pk, severity="blocking", at=AT, by=ethics)
    assert LinkMatch.objects.get(pk=match.pk).severity == ""
    assert Assignment.objects.get(pk=row.pk).state != "recused"


@pytest.mark.django_db
def test_the_ethics_officer_finds_both_texts_side_by_side(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    application = factory.admissible(structure(name="Rives et Relais"))
    match = factory.matched(application)
    ethics = staff(Role.ETHICS_OFFICER)
    reader = todo.Reader(ethics, ON, roles_of(ethics, on=ON))
    task = next(one for one in todo.todo_for(reader, "staff") if "rapproché" in one.title)
    assert task.url == reverse("staff_match", args=[match.pk])
    assert task.why == "Asso. Rives et Relais ↔ Rives et Relais"
    assert task.about.endswith("– Rives et Relais")
    signed_in(client, ethics)
    text = words(client.get(task.url))
    assert "Asso. Rives et Relais" in text and "Même nom" in text
    refused = client.post(task.url, {"severity": "blocking", "reason": " "})
    assert refused.status_code == 200 and LinkMatch.objects.get().severity == ""
    client.post(task.url, {"severity": "without_effect", "reason": "Un homonyme."})
    kept = LinkMatch.objects.get()
    assert (kept.severity, kept.note, kept.settled_by) == ("without_effect", "Un homonyme.", ethics)
    for _ in range(2):
        factory.matched(application)
    with django_assert_max_num_queries(10):
        assert client.get(reverse("staff_challenges")).status_code == 200
    signed_in(client, staff(Role.SECRETARIAT))
    assert client.get(task.url).status_code == 200
    assert client.post(task.url, {"severity": "blocking", "reason": "Vu."}).status_code == 404


@pytest.mark.django_db
def test_the_database_keeps_a_settled_match_with_its_note_and_its_author() -> None:
    match = factory.matched(factory.admissible(structure(name="Rives et Relais")))
    wrong = (
        {"severity": "blocking"},
        {"settled_at": AT},
        {"severity": "blocking", "note": "Vu.", "settled_at": AT},
    )
    for facts in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            LinkMatch.objects.filter(pk=match.pk).update(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        LinkMatch.objects.create(
            link=match.link, structure=match.structure, ground="name", is_exact=True, found_at=AT
        )


@pytest.mark.django_db
def test_an_ethics_officer_of_the_association_settles_nothing_of_it() -> None:
    found = structure(name="Rives et Relais")
    match = factory.matched(factory.admissible(found))
    ethics = staff(Role.ETHICS_OFFICER)
    member(found, user=ethics)
    with pytest.raises(NotAllowed):
        actions.settle_match(
            match_pk=match.pk,
            severity="without_effect",
            at=AT,
            by=acting(User.objects.get(pk=ethics.pk), Role.ETHICS_OFFICER, reason="Rien."),
        )


@pytest.mark.django_db
def test_nothing_is_compared_with_nothing() -> None:
    assert facts_of([]) == {}
    application = factory.admissible(structure(name="Rives et Relais"))
    link = InterestLink(organisation_name="« »", kind="officer")
    assert compare(link, facts_of([application])[application.structure_id]) is None
