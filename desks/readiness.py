"""What still forbids opening the service to the public (design section 3, « Not ready, not open »)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from email.utils import parseaddr

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Delegation, Role, RoleGrant, User
from certificates.credential.keys import public_keys
from certificates.log.signing import log_signer
from certificates.seal.standing import Standing
from charter.models import Charter
from desks.demonstration import people
from journal import triggers
from label.models import Edition
from label.registry import planned_sessions
from label.rules import missing_settings
from letters.spoken import told_date
from structures.models import RegisterEntry

REMEMBERED = "ready-today"
FREE_FOR_APPEAL = 2  # one handles the file, another stays free for the appeal (domain 5.2 rule 1)
EXAMPLES = {"localhost", "exemple.fr", "example.org", "example.com", "example.net"}
BACKENDS_THAT_SEND_NOTHING = ("locmem", "console", "dummy", "filebased", "Demonstration")

SETTINGS = {
    "SILENCE_EFFECT": gettext_lazy("ce que signifie le silence de l'Institut (SILENCE_EFFECT)"),
    "SILENCE_MONTHS": gettext_lazy("au bout de combien de mois le silence compte (SILENCE_MONTHS)"),
    "SILENCE_LEGAL_REFERENCE": gettext_lazy("le texte qui règle le silence (SILENCE_LEGAL_REFERENCE)"),
    "LEGAL_BASIS": gettext_lazy("la base juridique du label (LEGAL_BASIS)"),
    "SERVICE_NAME": gettext_lazy("le nom du service (SERVICE_NAME)"),
    "SERVICE_ADDRESS": gettext_lazy("l'adresse postale du service (SERVICE_ADDRESS)"),
    "SERVICE_PHONE": gettext_lazy("le téléphone du service (SERVICE_PHONE)"),
    "SERVICE_EMAIL": gettext_lazy("l'adresse e-mail du service (SERVICE_EMAIL)"),
    "COURT_NAME": gettext_lazy("le tribunal compétent (COURT_NAME)"),
    "RETENTION_TABLE": gettext_lazy("le tableau des durées de conservation (RETENTION_TABLE)"),
    "PRIVACY_NOTICE": gettext_lazy("la mention d'information sur les données personnelles (PRIVACY_NOTICE)"),
    "COMMITTEE_RULES": gettext_lazy("le règlement du comité (COMMITTEE_RULES)"),
    "PUBLICATION_DIRECTOR": gettext_lazy("le nom du directeur de la publication (PUBLICATION_DIRECTOR)"),
    "HOSTING": gettext_lazy("le nom et l'adresse de l'hébergeur (HOSTING)"),
    "DATA_PROTECTION_CONTACT": gettext_lazy(
        "l'adresse du délégué à la protection des données (DATA_PROTECTION_CONTACT)"
    ),
    "SOURCE_CODE_URL": gettext_lazy("l'adresse du code source, que la licence demande (SOURCE_CODE_URL)"),
}


def missing_to_open(*, on: date) -> Iterator[str]:
    """One sentence per thing missing that day; nothing when the service may open."""
    for name in missing_settings():
        yield _("Il manque {what}.").format(what=SETTINGS.get(name, name))
    yield from _missing_environment()
    if not any(day > on for day in planned_sessions()):
        yield _("Aucune séance du comité n'est prévue (SESSION_DATES).")
    yield from _missing_norms()
    yield from _missing_people(on)
    yield from _missing_machinery()


def faults_of_the_seal(found: Standing) -> Iterator[str]:
    """What is wrong with the seal that was chosen. Asked by hand: a key that is away for an hour closes no page."""
    if found.fault:
        yield _("Le sceau des certificats ne fonctionne pas (SEAL_BACKEND) : {what}.").format(
            what=found.fault
        )


def worth_knowing(found: Standing, *, on: date) -> Iterator[str]:
    """What should be known and forbids nothing: no key seals here, or its certificate ends soon."""
    if not found.is_set:
        yield _(
            "Aucune clé ne scelle les certificats (SEAL_BACKEND) : ils sont donnés non scellés, le disent, et seront "
            "donnés de nouveau, scellés, quand une clé sera là."
        )
    elif found.ends_soon(on) and found.ends_on and not found.fault:
        yield _("Le certificat du sceau prend fin le {date} : préparez le suivant.").format(
            date=told_date(found.ends_on)
        )


def is_ready(*, on: date) -> bool:
    """Whether nothing is missing that day."""
    return next(missing_to_open(on=on), None) is None


def is_ready_today() -> bool:
    """Whether nothing is missing today, remembered for a minute: each page about applying asks."""
    known: bool | None = cache.get(REMEMBERED)
    if known is None:
        known = is_ready(on=timezone.localdate())
        cache.set(REMEMBERED, known, timeout=60)
    return known


def _missing_environment() -> Iterator[str]:
    if not settings.PUBLIC_URL.startswith("https://"):
        yield _("L'adresse publique ne commence pas par https:// (PUBLIC_URL).")
    if not settings.ALLOWED_HOSTS:
        yield _("Aucun nom de domaine n'est admis : aucune page ne s'ouvre (ALLOWED_HOSTS).")
    if is_example(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]):
        yield _("L'adresse qui envoie les e-mails est un exemple (DEFAULT_FROM_EMAIL).")
    yield from _missing_keys()
    yield from _missing_log_key()
    if connection.vendor != "postgresql" and not settings.SQLITE_IS_CHOSEN:
        yield _("La base n'est pas PostgreSQL (DATABASE_URL) et ce n'est pas un choix (SQLITE_IS_CHOSEN).")
    if User.objects.filter(email__endswith=f"@{people.DOMAIN}").exists():
        yield _("La base contient les personnes de la démonstration : partez d'une base neuve.")


def _missing_keys() -> Iterator[str]:
    if not settings.CREDENTIAL_KEY:
        yield _("Il manque la clé qui signe les attestations numériques (CREDENTIAL_KEY).")
        return
    try:
        public_keys()
    except ImproperlyConfigured as error:
        yield _("Une clé des attestations numériques ne peut pas être lue : {what}.").format(what=error)


def _missing_log_key() -> Iterator[str]:
    if not settings.LOG_KEY:
        if settings.PRODUCTION:
            yield _("Le journal public n'a pas de clé qui signe ses points de contrôle (LOG_KEY).")
        return
    try:
        log_signer()
    except ImproperlyConfigured as error:
        yield _("La clé du journal public ne peut pas être lue : {what}.").format(what=error)


def is_example(address: str) -> bool:
    """Whether that address is none, or can only be an example (RFC 2606, and the one of our settings)."""
    domain = address.rpartition("@")[2].lower()
    return (
        "@" not in address
        or domain in EXAMPLES
        or domain.endswith((".example", ".test", ".invalid", ".localhost"))
    )


def _missing_norms() -> Iterator[str]:
    if Edition.objects.in_force() is None:
        yield _("Aucune édition du référentiel n'est en vigueur.")
    if Charter.objects.in_force() is None:
        yield _("Aucune version de la charte n'est en vigueur.")


def _missing_people(on: date) -> Iterator[str]:
    held = set(RoleGrant.objects.valid(on=on).filter(user__is_active=True).values_list("role", flat=True))
    for role in Role:
        if role.value not in held:
            yield _("Personne ne tient le rôle « {role} ».").format(role=role.label)
    signing = Delegation.objects.valid(on=on).filter(user=OuterRef("pk"))
    if not User.objects.holding(Role.SIGNATORY, on=on).filter(Exists(signing)).exists():
        yield _("Aucune délégation de signature n'est valable aujourd'hui.")
    free = User.objects.holding(Role.CASE_OFFICER, on=on) | User.objects.holding(Role.APPEAL_OFFICER, on=on)
    if free.distinct().count() < FREE_FOR_APPEAL:
        yield _("Il faut au moins deux personnes qui puissent instruire : l'une reste libre pour un recours.")
    staff = User.objects.filter(is_active=True, pk__in=RoleGrant.objects.valid(on=on).values("user_id"))
    enrolled = Authenticator.objects.filter(type=Authenticator.Type.TOTP).values("user_id")
    for user in staff.exclude(pk__in=enrolled).order_by("pk"):
        yield _("{name} n'a pas encore installé l'application de connexion.").format(name=user)


def _missing_machinery() -> Iterator[str]:
    for name in triggers.missing():
        yield _("Le déclencheur {name} manque dans la base : lancez « manage.py migrate ».").format(name=name)
    if any(word in settings.EMAIL_BACKEND for word in BACKENDS_THAT_SEND_NOTHING):
        yield _("Les e-mails ne partent pas : réglez l'envoi (EMAIL_HOST).")
    if not settings.RECHERCHE_ENTREPRISES_URL and not RegisterEntry.objects.exists():
        yield _("Aucun registre n'est chargé : lancez « manage.py import_rna ».")
