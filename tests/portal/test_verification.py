"""The public answer about a number: every state with its own words, on any day, for people and programs."""

import json
from datetime import date, timedelta
from urllib.parse import urlparse

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certificates.actions import make_certificate
from certificates.models import Certificate
from journal.moves import Actor, subject_key
from journal.numbering import format_number
from letters.files import store_made
from letters.typography import french_date
from tests.factories import certificates
from tests.factories.accounts import person, signed_in
from tests.factories.portal import granted, moved, structure, suspended, with_condition
from tests.reading import closed, plain, words

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def today() -> date:
    return timezone.localdate()


def page(client, label):
    return client.get(reverse("verify_label", args=[label.number]))


def live(today, **fields):
    return granted(starts_on=today - 30 * DAY, ends_on=today + 900 * DAY, **fields)


def over(today, **fields):
    return granted(starts_on=today - 900 * DAY, ends_on=today - DAY, **fields)


def extended(today):
    return over(today, extended_until=today + 60 * DAY)


def with_open_condition(today):
    label = live(today)
    with_condition(label, today + 40 * DAY)
    return label


def stopped(move):
    return lambda today: moved(live(today), move, today - 3 * DAY, ended_on=today - 3 * DAY)


def followed(move, *, state_ends):
    def build(today):
        first = granted(starts_on=today - 900 * DAY, ends_on=today + state_ends * DAY)
        first = moved(first, move, today - 2 * DAY, ended_on=today - 2 * DAY)
        granted(
            holder=first.structure if move == "renew" else structure("Maison Bleue"),
            starts_on=today - DAY,
            ends_on=today + 900 * DAY,
            previous=first,
        )
        return first

    return build


STATES = {
    "valid": (live, "Label valide", "L'Institut national du cancer a accordé ce label à Escale Anémone"),
    "valid_with_conditions": (
        with_open_condition,
        "Label valide, avec réserves",
        "Elle doit corriger 1 point avant le",
    ),
    "extended": (
        extended,
        "Label valide, renouvellement en cours",
        "Le label est prolongé par écrit jusqu'au",
    ),
    "suspended": (
        lambda today: suspended(live(today), today - DAY),
        "Label suspendu",
        "L'association ne peut pas utiliser le label pendant ce temps.",
    ),
    "withdrawn": (stopped("withdraw"), "Label retiré", "L'Institut a retiré ce label le"),
    "expired": (over, "Label expiré", "Ce label n'est plus valable depuis le"),
    "renewed": (followed("renew", state_ends=-2), "Label remplacé", "Un nouveau label le remplace : LBL-"),
    "relinquished": (stopped("relinquish"), "Label rendu par l'association", "L'association y a renoncé le"),
    "lapsed": (stopped("lapse"), "Structure dissoute", "L'association n'existe plus depuis le"),
    "transferred": (
        followed("transfer", state_ends=90),
        "Label transféré",
        "Il est maintenant porté par Maison Bleue , sous le numéro LBL-",
    ),
    "annulled": (stopped("annul"), "Numéro non valide", "Aucun label n'est valable sous ce numéro."),
}


@pytest.mark.parametrize("code", STATES)
def test_each_state_answers_200_with_its_own_words(client, today, code):
    build, word, say = STATES[code]
    label = build(today)
    answer = page(client, label)
    assert answer.status_code == 200
    said = words(answer)
    assert f'<h2 class="lb-state__word" id="state-word">{word}</h2>' in answer.content.decode().replace(
        "&#x27;", "'"
    ).replace("\u202f", " ")
    assert say in said
    assert label.number in said


def test_a_renewal_filed_in_time_is_waited_for_and_never_told_as_an_act(client, today):
    label = over(today, renewal_filed_on=today - 200 * DAY)
    said = words(page(client, label))
    assert "Le label devait se terminer le" in said and plain(french_date(label.ends_on)) in said
    assert "prolongé par écrit" not in said


@pytest.mark.parametrize("code", STATES)
def test_programs_read_the_same_state(client, today, code):
    build, word, _say = STATES[code]
    label = build(today)
    answer = client.get(reverse("verify_label_json", args=[label.number]))
    assert answer.status_code == 200
    assert answer.json()["status"] == code
    assert answer.json()["word"]["fr"].replace("\u00a0", " ") == word
    assert answer.json()["may_be_used"] is (code in {"valid", "valid_with_conditions", "extended"})


def test_only_what_may_be_used_is_green(client, today):
    tones = {code: page(client, STATES[code][0](today)).content.decode() for code in STATES}
    assert {code for code, text in tones.items() if "lb-state--ok" in text} == {
        "valid",
        "valid_with_conditions",
    }


def test_an_annulled_label_names_nobody(client, today):
    label = stopped("annul")(today)
    for answer in (page(client, label), client.get(reverse("verify_label_json", args=[label.number]))):
        assert "Anémone" not in answer.content.decode()
    asked = client.get(reverse("verify_label", args=[label.number]), {"date": "03/03/2027"})
    assert "Anémone" not in asked.content.decode()


def test_what_was_certified_is_told(client, today):
    said = words(page(client, live(today)))
    for piece in (
        "Ligne d'écoute Anémone",
        "Soutien psychologique",
        "Auvergne-Rhône-Alpes, à distance",
        "Numéro RNA",
        "édition 2027",
    ):
        assert piece in said
    assert "Annecy (Haute-Savoie)" in said


@pytest.mark.parametrize("typed", ["{n}", "{low}", "{bare}", "{spaced}", "{dashes}", "{dots}"])
def test_a_number_is_read_as_people_write_it(client, today, typed):
    number = live(today).number
    text = typed.format(
        n=number,
        low=number.lower(),
        bare=number.replace("-", ""),
        spaced=number.replace("-", " "),
        dots=number.replace("-", "."),
        dashes=number.replace("-", "\u2013"),
    )
    answer = client.get(reverse("verify"), {"numero": text})
    assert answer.status_code == 302
    assert answer.url == reverse("verify_label", args=[number])
    direct = client.get(reverse("verify_label", args=[text]))
    assert (direct.status_code, direct.headers.get("Location")) in {(200, None), (301, answer.url)}
    assert client.get(reverse("verify_label_json", args=[text])).json()["status"] == "valid"


@pytest.mark.parametrize(
    ("number", "code", "word", "say"),
    [
        ("LBL-2027-000123-29", "unknown", "Numéro inconnu", "Nous n'avons jamais donné ce numéro."),
        (
            "LBL-2027-000123-28",
            "mistyped",
            "Faute de frappe ?",
            "ses deux derniers chiffres ne correspondent pas",
        ),
        *(
            (number, "lettered", "Faute de frappe ?", "lettre, comme O pour le chiffre 0")
            for number in ("LBL-2O27-000123-29", "lbl-2027-OOO123-29", "LBL-2027-00012l-29")
        ),
        ("LBL-2O27-12", "malformed", "Numéro incomplet ?", "Vérifiez qu'il n'en manque pas un morceau."),
        ("LBL-2027-12", "malformed", "Numéro incomplet ?", "Vérifiez qu'il n'en manque pas un morceau."),
        (
            "DOS-2027-000042-20",
            "dossier",
            "Numéro de dossier",
            "C'est le numéro d'une demande, pas d'un label.",
        ),
    ],
)
def test_a_number_never_given_answers_404_with_its_own_words(client, number, code, word, say):
    answer = client.get(reverse("verify_label", args=[number]))
    assert answer.status_code == 404
    assert word in words(answer)
    assert say in words(answer)
    assert f'value="{number}"' in answer.content.decode()
    machine = client.get(reverse("verify_label_json", args=[number]))
    assert machine.status_code == 404
    assert machine.json()["status"] == code


def test_the_field_says_what_is_wrong_and_keeps_what_was_typed(client):
    answer = client.get(reverse("verify"), {"numero": "LBL-2027"})
    assert answer.status_code == 200
    assert "Vérifiez qu'il n'en manque pas un morceau." in words(answer)
    assert 'value="LBL-2027"' in answer.content.decode()
    assert "<title>Erreur" in answer.content.decode()
    mistyped = client.get(reverse("verify"), {"numero": "lbl 2027 000123 28"})
    assert mistyped.status_code == 404
    assert "Faute de frappe ?" in words(mistyped)
    assert 'value="lbl 2027 000123 28"' in mistyped.content.decode()
    lettered = client.get(reverse("verify"), {"numero": "LBL 2027 OOO123 29"})
    assert lettered.status_code == 404
    assert "Faute de frappe ?" in words(lettered)
    assert "Répondez" not in words(client.get(reverse("verify")))


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' OR 1=1 --",
        "🎗️🎗️",
        "\u202eLBL-2027-000123-29",
        "LBL-2027-000123-29\u0000",
        "L" * 10_000,
        "%s%s%n",
        "{{ 7 }}",
        "٢٠٢٧",
    ],
)
def test_hostile_numbers_are_only_text(client, typed):
    for answer in (
        client.get(reverse("verify_label", args=[typed.replace("/", "")])),
        client.get(reverse("verify"), {"numero": typed}),
    ):
        assert answer.status_code in {200, 301, 302, 404}
        said = answer.content.decode()
        assert "<script>alert" not in said
        assert "<img src=x" not in said
        assert len(said) < 60_000
    assert client.get(reverse("verify_label_json", args=[typed.replace("/", "")])).status_code == 404


def test_a_hundred_zero_width_spaces_hide_nothing(client, today):
    label = live(today)
    hidden = "\u200b".join(label.number)
    assert client.get(reverse("verify_label", args=[hidden])).status_code == 301


@pytest.mark.parametrize(
    ("shift", "said"),
    [
        (-1000, "ce label n'existait pas encore."),
        (-10, "ce label était : Label suspendu."),
        (-25, "ce label était : Label valide."),
        (1000, "si rien ne change, ce label sera : Label expiré."),
    ],
)
def test_another_day(client, today, shift, said):
    label = suspended(live(today), today - 12 * DAY, lifted_on=today - 5 * DAY)
    day = today + shift * DAY
    for typed in (f"{day:%d/%m/%Y}", day.isoformat()):
        answer = client.get(reverse("verify_label", args=[label.number]), {"date": typed})
        assert said in words(answer)
        assert 'lb-state__word" id="state-word">Label valide<' in answer.content.decode()
    machine = client.get(reverse("verify_label_json", args=[label.number]), {"on": day.isoformat()})
    assert machine.json()["on"] == day.isoformat()


def test_a_date_in_words_is_read(client, today):
    answer = client.get(reverse("verify_label", args=[live(today).number]), {"date": "3 mars 1999"})
    assert "Le 3 mars 1999, ce label n'existait pas encore." in words(answer)


@pytest.mark.parametrize("typed", ["31/02/2027", "demain", "💥", "9" * 5000])
def test_an_unreadable_date_says_how_to_write_it(client, today, typed):
    answer = client.get(reverse("verify_label", args=[live(today).number]), {"date": typed})
    assert answer.status_code == 200
    assert "Écrivez une date comme 03/03/2027." in words(answer)


def test_a_lifted_suspension_is_no_longer_told(client, today):
    label = suspended(live(today), today - 12 * DAY, lifted_on=today - 5 * DAY)
    assert "suspen" not in words(page(client, label)).lower()


def test_a_suspension_that_stands_is_told_with_its_end(client, today):
    said = words(page(client, suspended(live(today), today - DAY)))
    assert "Label suspendu" in said
    assert "Fin de la suspension" in said


def test_why_it_is_suspended_is_told_in_words_that_accuse_nobody(client, today):
    label = suspended(live(today), today - DAY, public_reason="activity_stopped")
    assert "Label suspendu Raison : l'action reconnue est interrompue." in words(page(client, label))


def test_two_queries_whatever_hangs_on_the_label(client, today, django_assert_num_queries):
    small = live(today)
    large = suspended(live(today, name="Grande"), today - 12 * DAY, lifted_on=today - 5 * DAY)
    with_condition(large, today + DAY)
    with_condition(large, today + 2 * DAY)
    for label in (small, large):
        for address in (
            reverse("verify_label", args=[label.number]),
            reverse("verify_label_json", args=[label.number]),
        ):
            with django_assert_num_queries(2):
                assert client.get(address).status_code == 200
    with django_assert_num_queries(1):
        client.get(reverse("verify_label", args=[format_number("LBL", 2099, 123)]))
    with django_assert_num_queries(0):
        client.get(reverse("verify"))


def test_the_keys_of_the_json_are_a_promise(client, today, settings):
    label = live(today)
    answer = client.get(reverse("verify_label_json", args=[label.number]))
    assert answer.json() == {
        "number": label.number,
        "status": "valid",
        "word": {"fr": "Label valide", "en": "Valid"},
        "may_be_used": True,
        "structure": "Escale Anémone",
        "solutions": ["Ligne d'écoute Anémone"],
        "valid_from": label.starts_on.isoformat(),
        "valid_until": label.ends_on.isoformat(),
        "since": label.starts_on.isoformat(),
        "until": label.ends_on.isoformat(),
        "replaced_by": None,
        "proofs": {
            "certificate": None,
            "credential": None,
            "log": f"{settings.PUBLIC_URL}/transparence/label/{label.number}.json",
        },
        "on": today.isoformat(),
        "checked_at": answer.json()["checked_at"],
    }
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_json_leads_to_each_proof_that_can_be_had(client):
    """Whoever reads it finds the sealed file, the credential and the lines of the log, until a judge annuls all."""
    label = certificates.label(at=timezone.now())
    make_certificate(certificate_pk=label.certificates.get().pk, at=timezone.now())
    answer = client.get(reverse("verify_label_json", args=[label.number])).json()
    for address in answer["proofs"].values():
        assert closed(client.get(urlparse(address).path)).status_code == 200
    moved(label, "annul", timezone.localdate(), ended_on=timezone.localdate())
    answer = client.get(reverse("verify_label_json", args=[label.number])).json()
    assert set(answer["proofs"].values()) == {None}


def test_the_json_is_sent_again_only_when_it_changed(client, today):
    label = live(today)
    address = reverse("verify_label_json", args=[label.number])
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    moved(label, "withdraw", today, ended_on=today)
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.json()["status"] == "withdrawn"


@pytest.mark.parametrize("on", ["03/03/2027", "2027-02-30", "2027-W10-1", "x" * 5000])
def test_programs_are_told_how_to_write_a_day(client, today, on):
    answer = client.get(reverse("verify_label_json", args=[live(today).number]), {"on": on})
    assert answer.status_code == 400
    assert json.loads(answer.content)["error"] == "on: YYYY-MM-DD"


def test_a_page_is_never_kept_by_others(client, today):
    kept = page(client, live(today)).headers
    assert "no-cache" in kept["Cache-Control"]
    assert "private" in kept["Cache-Control"]


def test_a_name_full_of_markup_is_only_text(client, today):
    label = live(today, name="<b>Gras</b> & Cie")
    said = page(client, label).content.decode()
    assert "<b>Gras" not in said
    assert "&lt;b&gt;Gras&lt;/b&gt; &amp; Cie" in said


def test_a_measure_shows_at_once_on_a_page_already_asked(client, today):
    label = live(today)
    assert "Label valide" in words(page(client, label))
    moved(label, "withdraw", today, ended_on=today)
    assert "Label retiré" in words(page(client, label))


def test_one_query_when_somebody_just_asked(client, today, django_assert_num_queries):
    label = live(today)
    page(client, label)
    with django_assert_num_queries(1):
        page(client, label)


def test_nobody_reads_the_header_of_somebody_else(client, today):
    label, user = live(today), person(first_name="Solange")
    signed = signed_in(Client(), user)
    assert "Solange" in words(page(signed, label))
    assert "Solange" not in words(page(client, label))
    assert "Solange" in words(page(signed, label))


def test_each_language_has_its_own_answer(client, today):
    label = live(today)
    assert '<html lang="fr"' in page(client, label).content.decode()
    client.get(reverse("set_language_simple", args=["en"]))
    assert '<html lang="en"' in page(client, label).content.decode()


@pytest.mark.parametrize("name", ["verify_label", "verify_label_json"])
def test_another_method_is_refused_as_such(name):
    """Not as a form without its token: programs are told what is wrong."""
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse(name, args=["LBL-2027-000123-29"])).status_code == 405
    assert strict.post(reverse("verify")).status_code == 405


def test_the_certificate_can_be_kept_once_it_is_made(client, today):
    label = live(today)
    certificate = Certificate.objects.create(label=label, facts={}, issued_at=label.issued_at)
    assert "Certificat (PDF)" not in words(page(client, label))
    assert "Certificat en cours de scellement." in words(page(client, label))
    caches["answers"].clear()
    certificate.file = store_made(
        content=b"%PDF-1.7",
        name="certificat.pdf",
        content_type="application/pdf",
        subject=subject_key(label),
        purpose="certificate",
        thread=label.thread,
        at=label.issued_at,
        by=Actor.system(),
    )
    certificate.save()
    assert reverse("certificate_pdf", args=[label.number]) in page(client, label).content.decode()
    assert "Document non scellé : seule cette page fait foi." in words(page(client, label))
    caches["answers"].clear()
    Certificate.objects.update(sealed_at=label.issued_at)
    assert "Document scellé" in words(page(client, label))
    gone = moved(label, "annul", today, ended_on=today)
    assert "Certificat (PDF)" not in words(page(client, gone))


def test_numbers_may_be_guessed_at_will_each_for_one_query_and_nobody_is_shut_out(
    client, today, django_assert_num_queries
):
    """A whole hospital asks from one address, and the register is public: guessing finds nothing more, slows nobody."""
    label = live(today)
    year = today.year
    guessed = [format_number("LBL", year + 1, place) for place in range(1, 201)]
    for number in guessed:
        with django_assert_num_queries(1):
            answer = client.get(reverse("verify_label", args=[number]))
        assert answer.status_code == 404 and "Retry-After" not in answer.headers
        assert len(answer.content) < 30_000
    assert "Numéro inconnu" in words(answer)
    for name in ("verify_label", "verify_label_json", "live_badge", "badge_code"):
        for _ in range(50):
            assert client.get(reverse(name, args=[label.number])).status_code == 200


def test_the_page_is_sent_again_only_when_it_changed(client, today):
    label = live(today)
    address = reverse("verify_label", args=[label.number])
    first = client.get(address)
    assert first.headers["ETag"] == client.head(address).headers["ETag"]
    for method in (client.get, client.head):
        same = method(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (same.status_code, same.content) == (304, b"")
        assert same.headers["Cache-Control"] == "private, no-cache" and same.headers["Vary"] == "Cookie"
    moved(label, "withdraw", today, ended_on=today)
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200 and "Label retiré" in words(changed)


def test_what_varies_by_the_person_says_so_and_the_rest_carries_nobodys_cookie(client, today):
    label = live(today)
    signed = signed_in(Client(), person())
    session = signed.session
    session["ends_at"] = (timezone.now() + timedelta(hours=1)).isoformat()
    session.save()
    for name in ("verify_label_json", "log_label_json"):
        address = reverse(name, args=[label.number])
        for one in (client, signed):
            answer = one.get(address)
            assert answer.status_code == 200 and not answer.cookies and "Vary" not in answer.headers
            assert answer.headers["Cache-Control"] == "public, no-cache"
            again = one.get(address, headers={"If-None-Match": answer.headers["ETag"]})
            assert again.status_code == 304 and again.headers["Access-Control-Allow-Origin"] == "*"
    for address in (
        reverse("verify"),
        reverse("log_label", args=[label.number]),
        reverse("register"),
        "/perdu/",
    ):
        assert client.get(address).headers["Vary"] == "Cookie", "the language is in a cookie"
    # A failure has the header of the person, even at the address of a file that everybody reads.
    lost = signed.get(reverse("certificate_pdf", args=[label.number]))
    assert lost.status_code == 404 and lost.headers["Vary"] == "Cookie"
    assert "sessionid" in lost.cookies
