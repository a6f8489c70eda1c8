"""The people of the demonstration: one per role at the Institute, a committee of eighteen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts import actions
from accounts.installation import name_first
from accounts.models import Absence, Delegation, Role, RoleGrant, User
from accounts.second_factor import enrol, is_enrolled
from journal.moves import Actor
from reviewers import actions as committee
from reviewers.models import College, InterestLink, Mandate, Publication, Seat

DOMAIN = "example.org"  # reserved for examples: no mail can ever leave to it
SERVICE = "Mission Label associatif"
LONG_AGO = timedelta(days=460)
SEATED_SINCE = timedelta(days=440)
CONFIRMED_SINCE = timedelta(days=80)  # interests are confirmed each year


@dataclass(frozen=True)
class Person:
    """Somebody of the demonstration, named once."""

    first_name: str
    last_name: str
    roles: tuple[str, ...] = ()
    look_at: str = ""
    phone: str = ""  # somebody without e-mail is reached by phone and by post

    @property
    def email(self) -> str:
        """The address with which this person signs in; empty for somebody reached by phone."""
        if self.phone:
            return ""
        plain = f"{self.first_name}.{self.last_name}".lower()
        return f"{plain.translate(ACCENTS).replace(' ', '-')}@{DOMAIN}"


ACCENTS = str.maketrans("àâäçéèêëîïôöùûüÿñ'", "aaaceeeeiioouuuyn-")

ADMINISTRATOR = Person(
    "Marc", "Oliveira", (Role.TECHNICAL_ADMINISTRATOR,), "l'état du service, les personnes"
)
OFFICER = Person(
    "Claire", "Vasseur", (Role.CASE_OFFICER,), "la liste « À faire », les dossiers, les échéances"
)
COLLEAGUE = Person("Hugo", "Lemaire", (Role.CASE_OFFICER,), "absent : sa liste est confiée à Claire Vasseur")
SECRETARY = Person("Samira", "Benali", (Role.SECRETARIAT,), "un panel à composer, des courriers à poster")
ETHICS = Person(
    "Paul", "Nguyen", (Role.ETHICS_OFFICER,), "des liens d'intérêts à examiner, une récusation demandée"
)
SIGNATORY = Person("Hélène", "Marchand", (Role.SIGNATORY,), "une décision à signer")
OTHER_SIGNATORY = Person(
    "Denis", "Kervella", (Role.SIGNATORY,), "signe les réponses aux recours : il n'avait pas décidé"
)
APPEALS = Person("Antoine", "Roche", (Role.APPEAL_OFFICER,), "un recours auquel répondre")
PRIVACY = Person(
    "Lucie", "Ferrand", (Role.DATA_PROTECTION_OFFICER,), "l'état du service, sans contenu de dossier"
)
STAFF = (ADMINISTRATOR, OFFICER, COLLEAGUE, SECRETARY, ETHICS, SIGNATORY, OTHER_SIGNATORY, APPEALS, PRIVACY)

MEMBERS: dict[str, tuple[Person, ...]] = {
    College.PATIENTS: (
        Person("Aline", "Moreau", look_at="membre du comité : une évaluation commencée"),
        Person("Bruno", "Castel", look_at="membre du comité : ses notes à relire avec le groupe"),
        Person("Chantal", "Petit"),
        Person("Didier", "Rousseau"),
        Person("Élodie", "Faure"),
        Person("Fabrice", "Lambert"),
    ),
    College.CAREGIVERS: (
        Person("Gisèle", "Bonnet"),
        Person("Henri", "Carpentier"),
        Person("Inès", "Duval"),
        Person("Joël", "Etienne"),
        Person("Karine", "Fontaine"),
        Person("Lionel", "Garnier", phone="01 99 00 00 12"),
    ),
    College.PROFESSIONALS: (
        Person("Myriam", "Haddad"),
        Person("Nicolas", "Imbert"),
        Person("Odile", "Jacquet"),
        Person("Pascal", "Keller"),
        Person("Quitterie", "Leroy"),
        Person("Romain", "Masson"),
    ),
}
SUBSTITUTES: dict[str, tuple[Person, ...]] = {
    College.PATIENTS: (Person("Ursula", "Perrin"), Person("Victor", "Quentin")),
    College.CAREGIVERS: (Person("Wanda", "Robin"), Person("Xavier", "Simon")),
    College.PROFESSIONALS: (Person("Yasmine", "Tessier"), Person("Zoé", "Vidal")),
}
RESERVE = {College.CAREGIVERS: (Person("Armand", "Weber"),)}
# What some members chose for the public page; the others chose nothing, and are not named.
PUBLIC = {
    "Aline": (Publication.NAME_AND_COLLEGE, ""),
    "Chantal": (Publication.NAME, ""),
    "Gisèle": (Publication.PSEUDONYM, "Une fille de Saône-et-Loire"),
    "Inès": (Publication.NAME_AND_COLLEGE, ""),
    "Myriam": (Publication.NAME_AND_COLLEGE, ""),
    "Nicolas": (Publication.NAME, ""),
}
APPROACHED = Person("Sylvie", "Noël", look_at="une proposition de mandat sans réponse")
APPOINTED = Person("Thierry", "Olivier", look_at="nommé, pas encore actif")
WITHOUT_EMAIL: dict[str, str] = {
    "address": "3 rue du Moulin",
    "postal_code": "69003",
    "city": "Lyon",
    "preferred_channel": User.Channel.POST,
    "preferred_format": User.Format.LARGE_PRINT,
}
REGIONS = ("84", "11", "52", "75", "93", "76")
FIELDS = ("PSY", "APA", "AID", "INFO", "SUPP", "TRAV")


def account(person: Person, *, at: datetime) -> User:
    """The account of that person, made once."""
    known = found(person)
    if known is not None:
        return known
    without_email = WITHOUT_EMAIL | {"phone": person.phone} if person.phone else {}
    return User.objects.create_user(
        person.email or None,
        first_name=person.first_name,
        last_name=person.last_name,
        created_at=at,
        **without_email,
    )


def found(person: Person) -> User | None:
    """The account of that person, None when it is not made yet; by the names of somebody without e-mail."""
    if person.email:
        return User.objects.filter(email=person.email).first()
    names = {"first_name": person.first_name, "last_name": person.last_name}
    return User.objects.filter(**names, email=None).first()


def acting(person: Person, role: str) -> Actor:
    """That person acting in that role."""
    return Actor(User.objects.get(email=person.email), role)


def load_staff(now: datetime) -> None:
    """The people of the Institute with their roles, the delegation of signature, an absence and second factors."""
    then = now - LONG_AGO
    since = timezone.localdate(then)
    for person in (ADMINISTRATOR, PRIVACY):
        user = account(person, at=then)
        if not RoleGrant.objects.filter(user=user).exists():
            # The first two are named by the installation itself: nobody could name them, or confirm it, before.
            name_first(user=user, role=person.roles[0], service=SERVICE, starts_on=since, at=then)
    by = acting(ADMINISTRATOR, Role.TECHNICAL_ADMINISTRATOR)
    second = acting(PRIVACY, Role.DATA_PROTECTION_OFFICER)
    for person in STAFF:
        user = account(person, at=then)
        for role in person.roles:
            if not RoleGrant.objects.filter(user=user, role=role).exists():
                grant = actions.grant_role(
                    user=user, role=role, service=SERVICE, starts_on=since, at=then, by=by
                )
                actions.confirm_right(right=grant, at=then, by=second)
        if not is_enrolled(user):
            enrol(user)
    for signatory, quality in (
        (SIGNATORY, "Directrice générale adjointe"),
        (OTHER_SIGNATORY, "Directeur adjoint"),
    ):
        user = account(signatory, at=then)
        if not Delegation.objects.filter(user=user).exists():
            delegation = actions.delegate_signature(
                user=user,
                quality=quality,
                service="Direction générale",
                act_reference="décision 2026-017 (démonstration)",
                starts_on=since,
                at=then,
                by=by,
            )
            actions.confirm_right(right=delegation, at=then, by=second)
    absent, substitute = account(COLLEAGUE, at=then), account(OFFICER, at=then)
    if not Absence.objects.filter(user=absent).exists():
        today = timezone.localdate(now)
        begun, back = today - timedelta(days=1), today + timedelta(days=30)
        actions.record_absence(
            user=absent, substitute=substitute, starts_on=begun, ends_on=back, at=now, by=by
        )


def load_committee(now: datetime) -> None:
    """Eighteen members, substitutes and a reserve; somebody approached, somebody appointed; a link to analyse."""
    at = now - SEATED_SINCE
    for seat, colleges in ((Seat.FULL, MEMBERS), (Seat.SUBSTITUTE, SUBSTITUTES), (Seat.RESERVE, RESERVE)):
        for college, people in colleges.items():
            for place, person in enumerate(people):
                mandate = _mandate(person, college, place, at, seat=seat)
                mandate = _appointed(mandate, at + timedelta(days=3))
                if mandate.state == Mandate.State.APPOINTED:
                    _activate(mandate, at + timedelta(days=10))
                    _publish(mandate, person, at + timedelta(days=11))
                _confirm(mandate, now - CONFIRMED_SINCE)
    recent = now - timedelta(days=6)
    _mandate(APPROACHED, College.CAREGIVERS, 0, recent)
    _appointed(_mandate(APPOINTED, College.PATIENTS, 1, recent), recent + timedelta(days=2))
    _declare_a_link(now - timedelta(days=4))


def _confirm(mandate: Mandate, at: datetime) -> None:
    known = Mandate.objects.get(pk=mandate.pk)
    if known.interests_confirmed_on and known.interests_confirmed_on < timezone.localdate(at):
        committee.confirm_interests(mandate_pk=known.pk, at=at, by=Actor(known.user, "member"))


def _publish(mandate: Mandate, person: Person, at: datetime) -> None:
    if person.first_name in PUBLIC:
        publication, pseudonym = PUBLIC[person.first_name]
        committee.choose_publication(
            mandate_pk=mandate.pk,
            publication=publication,
            pseudonym=pseudonym,
            at=at,
            by=Actor(mandate.user, "member"),
        )


def _mandate(person: Person, college: str, place: int, at: datetime, *, seat: str = Seat.FULL) -> Mandate:
    user = account(person, at=at)
    known = Mandate.objects.filter(user=user).first()
    if known is not None:
        return known
    return committee.approach(
        user=user,
        college=college,
        seat=seat,
        region=REGIONS[place],
        fields_known=[FIELDS[place]],
        at=at,
        by=acting(SECRETARY, Role.SECRETARIAT),
    )


def _appointed(mandate: Mandate, at: datetime) -> Mandate:
    if mandate.state != Mandate.State.APPROACHED:
        return mandate
    committee.record_consent(mandate_pk=mandate.pk, at=at, by=Actor(mandate.user, "member"))
    return committee.appoint(
        mandate_pk=mandate.pk,
        act_reference="décision 2026-021 (démonstration)",
        starts_on=timezone.localdate(at),
        at=at,
        by=acting(SIGNATORY, Role.SIGNATORY),
    )


def _activate(mandate: Mandate, at: datetime) -> None:
    day = timezone.localdate(at)
    committee.activate(
        mandate_pk=mandate.pk,
        interests_link=f"https://dpi.{DOMAIN}/{mandate.pk}",
        filed_on=day - timedelta(days=2),
        confidentiality_signed_on=day - timedelta(days=2),
        trained_on=day - timedelta(days=1),
        at=at,
        by=acting(ETHICS, Role.ETHICS_OFFICER),
    )


def _declare_a_link(at: datetime) -> None:
    user = User.objects.get(email=MEMBERS[College.PROFESSIONALS][5].email)
    mandate = Mandate.objects.get(user=user)
    if InterestLink.objects.filter(mandate=mandate).exists():
        return
    committee.declare_link(
        mandate_pk=mandate.pk,
        organisation_name="Fondation des Rives",
        kind=InterestLink.Kind.EXPERT,
        description="Deux formations payées l'an dernier.",
        since=timezone.localdate(at) - timedelta(days=300),
        at=at,
        by=Actor(user, "member"),
    )
