"""What forbids opening is told, thing by thing, and the list can become empty."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Delegation, Role, RoleGrant
from accounts.second_factor import enrol
from certificates.seal.standing import standing
from desks.demonstration import people
from desks.readiness import faults_of_the_seal, is_ready, missing_to_open, worth_knowing
from journal import triggers
from label.rules import NEEDED_TO_OPEN, applications_are_open
from tests.certificates.credential.test_keys import private
from tests.factories import label, structures
from tests.factories.accounts import signatory, staff

pytestmark = pytest.mark.django_db


def told(on=None) -> str:
    return "\n".join(missing_to_open(on=on or timezone.localdate())).replace("\u00a0", " ")


@pytest.fixture
def open_house(settings, tmp_path) -> None:
    """An installation to which nothing is missing."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "Label associatif <label@institut.fr>"
    settings.PUBLIC_URL = "https://label.institut.fr"
    settings.ALLOWED_HOSTS = ["label.institut.fr"]
    settings.SQLITE_IS_CHOSEN = True
    settings.CREDENTIAL_KEY = private(tmp_path / "2027.pem")
    settings.LOG_KEY = private(tmp_path / "log.pem")
    label.ready_for_applications(at=timezone.now())
    RoleGrant.objects.all().delete()
    for role in Role:
        if role != Role.SIGNATORY:
            enrol(staff(role))
    enrol(signatory())
    structures.register_entry()


def test_a_complete_installation_is_ready(open_house, capsys) -> None:
    assert told() == ""
    assert is_ready(on=timezone.localdate())
    call_command("ready")
    assert "nothing forbids opening" in capsys.readouterr().out


def test_an_empty_installation_lists_everything_and_fails(settings, capsys) -> None:
    for name in NEEDED_TO_OPEN:
        setattr(settings, name, None)
    settings.SESSION_DATES = []

    with pytest.raises(CommandError, match="not ready: [0-9]+ things"):
        call_command("ready")

    lines = capsys.readouterr().out
    for sentence in (
        "ce que signifie le silence",
        "Aucune édition",
        "Aucune version de la charte",
        "Aucun registre",
        "Aucune séance du comité",
    ):
        assert sentence in lines
    for name in NEEDED_TO_OPEN:
        assert f"({name})" in lines
    for role in Role:
        assert str(role.label) in lines


@pytest.mark.parametrize("name", NEEDED_TO_OPEN)
def test_each_decision_of_the_institute_is_asked_for(open_house, settings, name: str) -> None:
    setattr(settings, name, None)

    assert f"({name})" in told()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "http://label.institut.fr"),
        ("ALLOWED_HOSTS", []),
        ("DEFAULT_FROM_EMAIL", "Label associatif <label@exemple.fr>"),
        ("DEFAULT_FROM_EMAIL", "Label associatif"),
        ("CREDENTIAL_KEY", ""),
    ],
)
def test_an_environment_that_cannot_serve_the_public(open_house, settings, name: str, value: object) -> None:
    setattr(settings, name, value)

    assert f"({name})" in told()


def test_a_key_that_cannot_be_read_forbids_opening(open_house, settings, tmp_path) -> None:
    settings.CREDENTIAL_FORMER_KEYS = [str(tmp_path / "2026.pem")]

    assert "CREDENTIAL_FORMER_KEYS: 2026.pem cannot be read" in told()


@pytest.mark.parametrize("content", [b"", b"not a key", None])
def test_a_key_of_the_log_that_cannot_be_read_forbids_opening(
    open_house, settings, tmp_path, content
) -> None:
    settings.LOG_KEY = str(tmp_path / "of-the-log.pem")
    if content is not None:
        (tmp_path / "of-the-log.pem").write_bytes(content)

    assert "La clé du journal public ne peut pas être lue : LOG_KEY: of-the-log.pem" in told()


def test_without_a_key_of_the_seal_one_opens_and_it_is_said(open_house, settings, capsys) -> None:
    settings.SEAL_BACKEND = ""

    call_command("ready")

    printed = capsys.readouterr().out
    assert "(à savoir) Aucune clé ne scelle les certificats (SEAL_BACKEND)" in printed.replace("\u00a0", " ")
    assert "nothing forbids opening" in printed


def test_a_key_of_the_seal_that_does_not_answer_is_a_failure_and_closes_no_page(
    open_house, settings, capsys
) -> None:
    settings.SEAL_BACKEND, settings.PKCS11_MODULE = "pkcs11", "/nowhere/module.so"

    with pytest.raises(CommandError, match="1 things"):
        call_command("ready")

    assert "Le sceau des certificats ne fonctionne pas (SEAL_BACKEND)" in capsys.readouterr().out
    assert is_ready(on=timezone.localdate()), "an application may still be filed"


def test_the_end_of_the_certificate_of_the_seal_is_told_before_it_comes(open_house, settings, capsys) -> None:
    ends = standing(on=timezone.localdate()).ends_on
    assert ends is not None

    for days, said in ((91, False), (90, True), (1, True)):
        day = ends - timedelta(days=days)
        found = list(worth_knowing(standing(on=day), on=day))
        assert bool(found) is said
    assert "prend fin le" in found[0] and not list(faults_of_the_seal(standing(on=ends - timedelta(days=1))))
    over = ends + timedelta(days=1)
    assert "ne fonctionne pas" in "".join(faults_of_the_seal(standing(on=over)))
    assert not list(worth_knowing(standing(on=over), on=over))


def test_sqlite_is_a_choice_that_somebody_made(open_house, settings) -> None:
    settings.SQLITE_IS_CHOSEN = False

    assert ("(SQLITE_IS_CHOSEN)" in told()) == (connection.vendor == "sqlite")


def test_the_demonstration_never_opens(open_house) -> None:
    people.account(people.OFFICER, at=timezone.now())

    assert "les personnes de la démonstration" in told()


def test_a_role_that_ends_leaves_a_hole(open_house) -> None:
    today = timezone.localdate()
    RoleGrant.objects.filter(role=Role.ETHICS_OFFICER).update(ends_on=today)

    assert "Déontologue" not in told(today)
    assert "Déontologue" in told(today + timedelta(days=1))


def test_a_delegation_that_ended_forbids_opening(open_house) -> None:
    Delegation.objects.update(ends_on=timezone.localdate() - timedelta(days=1))

    assert "Aucune délégation de signature n'est valable aujourd'hui." in told()


def test_one_person_alone_cannot_open(open_house) -> None:
    user = RoleGrant.objects.get(role=Role.CASE_OFFICER).user
    RoleGrant.objects.filter(role=Role.APPEAL_OFFICER).update(user=user)

    assert "l'une reste libre pour un recours" in told()


def test_staff_without_a_second_factor_are_named(open_house) -> None:
    late = staff(Role.SECRETARIAT, first_name="Samira", last_name="Benali")

    assert "Samira Benali n'a pas encore installé l'application" in told()
    assert told().count("application de connexion") == 1 and late.pk


def test_missing_triggers_and_mails_that_do_not_leave(open_house, settings) -> None:
    settings.EMAIL_BACKEND = "letters.backends.DemonstrationBackend"
    triggers.lift()
    found = told()
    triggers.install()

    assert "Les e-mails ne partent pas" in found
    assert "journal_event" in found


def test_in_production_applications_open_only_when_nothing_is_missing(open_house, settings) -> None:
    from django.core.cache import cache

    settings.PRODUCTION = True
    assert applications_are_open()

    Delegation.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert applications_are_open(), "the answer is remembered for a minute"
    cache.clear()
    assert not applications_are_open()

    settings.LOG_KEY = ""
    assert "Le journal public n'a pas de clé qui signe ses points de contrôle" in told()

    settings.PRODUCTION = False
    assert applications_are_open()
