"""The shared pages: errors, header, footer, parts, and the house rules of every template."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from accounts.models import RoleGrant, User
from config.look.icons import icon_names
from config.look.navigation import BY_ROLE, COMMITTEE, STRUCTURE, Navigation, hats_of
from config.look.session import KEY, end_of_session

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STATIC = ROOT / "static"
PAGES_WITHOUT_CONTEXT = ("400.html", "500.html", "403_csrf.html")


def page(name: str, **context: object) -> str:
    request = RequestFactory().get("/verifier/")
    request.user = AnonymousUser()
    return render_to_string(name, context, request)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_a_template_keeps_the_house_rules(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"fr-(?:accordion|tabs|modal|icon-)", text)
    assert not re.search(r"<(?:button|input|select|textarea|fieldset)[^>]*\sdisabled", text)
    assert not re.search(r"\sstyle=|\son[a-z]+=[\"']|<style|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"\b(?:Valider|valider|Soumettre|soumettre|invalide|malheureusement)\b", text)
    for name in re.findall(r"{% icon \"([^\"]+)\" %}", text):
        assert name in icon_names(), name


@pytest.mark.parametrize("name", PAGES_WITHOUT_CONTEXT)
def test_a_failure_page_needs_nothing(name: str) -> None:
    html = render_to_string(name)
    assert html.count("<h1") == 1
    assert 'lang="en"' in html
    assert "{{" not in html and "None" not in html


def test_not_found_says_so_and_where_to_go() -> None:
    html = page("404.html")
    assert "Cette page n'existe pas, ou n'est plus pour vous." in html.replace("&#x27;", "'")
    assert "<title>Page introuvable – Label associatif</title>" in re.sub(r"\s+", " ", html)
    assert html.count("<h1") == 1


def test_a_page_has_skip_links_one_main_and_a_language() -> None:
    html = page("404.html")
    assert html.index('href="#content"') < html.index("<header") < html.index('id="content"')
    assert html.count("<main") == 1 and html.count("<footer") == 1
    assert '<html lang="fr"' in html
    with translation.override("en"):
        assert '<html lang="en"' in page("404.html")


def test_a_page_with_errors_says_it_in_its_title() -> None:
    html = page("404.html", has_errors=True)
    assert re.search(r"<title>Erreur\s: Page introuvable", html)


def test_htmx_adds_neither_style_nor_evaluation() -> None:
    assert '{"includeIndicatorStyles":false,"allowEval":false}' in page("404.html")


def test_the_state_font_is_never_used() -> None:
    css = (STATIC / "css/label.css").read_text(encoding="utf-8")
    assert "Marianne" not in css
    assert re.search(r"body,button,input,select,textarea[^{]*{font-family:var\(--lb-font\)}", css)


def test_every_file_named_by_the_style_sheet_is_there() -> None:
    css = (STATIC / "css/label.css").read_text(encoding="utf-8")
    named = re.findall(r'url\("([^"]+)"\)', css)
    assert len(named) == 6
    for address in named:
        assert (STATIC / "css" / address).resolve().is_file(), address
    assert "SIL Open Font License" in (STATIC / "fonts/LICENSE-atkinson-hyperlegible.txt").read_text("utf-8")


def render(source: str, **context: object) -> str:
    return re.sub(r"\s+", " ", Template(source).render(Context(context)))


def test_dates_and_numbers_follow_the_language() -> None:
    at = datetime(2027, 8, 9, 16, 5, tzinfo=UTC)
    source = "{{ at|french_datetime }} | {{ n|number }} | {{ n|euros }} | {{ s|file_size }} | {{ p|percent }}"
    values = {"at": at, "n": 1250, "s": 400_000, "p": 62.5}
    assert render(source, **values) == "9 août 2027 à 18 h 05 | 1 250 | 1 250 € | 0,4 Mo | 62,5 %"
    with translation.override("en"):
        assert render(source, **values) == "9 August 2027 at 18:05 | 1,250 | €1,250 | 0.4 MB | 62.5%"


def test_a_distance_is_told_in_both_languages() -> None:
    source = "{{ day|in_days:today }}"
    today = date(2027, 9, 2)
    assert render(source, day=date(2027, 9, 15), today=today) == "dans 13 jours"
    with translation.override("en"):
        assert render(source, day=date(2027, 8, 30), today=today) == "for 3 days"


def test_nothing_is_shown_for_a_value_that_is_not_there() -> None:
    source = "{{ x|french_date }}{{ x|french_time }}{{ x|in_days }}{{ x|number }}{{ x|euros }}{{ x|phone }}"
    assert render(source, x=None) == ""


def test_the_path_of_a_dossier_can_be_read_without_colour() -> None:
    html = render('{% include "parts/path.html" with step=2 %}')
    assert '1. Déposé<span class="fr-sr-only"> : fait' in html
    assert html.count('aria-current="step"') == 1
    assert re.search(r"2\. Vérification des pièces : en cours", html)


def test_what_is_missing_stands_as_a_list_of_links() -> None:
    reasons = [
        {"text": "La charte n'est pas encore signée.", "url": "/charte/"},
        {"text": "Une <autre> personne"},
    ]
    html = render('{% include "parts/missing.html" with verb="déposer" %}', reasons=reasons)
    assert "Ce qu'il manque avant de déposer" in html
    assert '<a href="/charte/">' in html
    assert "&lt;autre&gt;" in html


def test_the_band_says_what_when_and_why() -> None:
    html = render(
        '{% include "parts/next_step.html" with what="Envoyer 2 pièces" url="/x/" action="Répondre" %}',
        before=date(2027, 9, 15),
        today=date(2027, 9, 2),
    )
    assert "mercredi 15 septembre 2027" in html
    assert "(dans 13 jours)" in html
    assert html.count("fr-btn") == 1


def person(email: str = "nadia@exemple.fr") -> User:
    return User.objects.create_user(email, first_name="Nadia", last_name="Brossard")


@pytest.mark.django_db
def test_a_visitor_has_no_hat_and_costs_no_query(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert hats_of(AnonymousUser(), on=date(2027, 1, 1)).roles == frozenset()


@pytest.mark.django_db
def test_hats_are_read_in_one_query_and_follow_the_dates(django_assert_num_queries: object) -> None:
    user = person()
    RoleGrant.objects.create(
        user=user, role="signatory", starts_on=date(2027, 1, 1), ends_on=date(2027, 6, 30)
    )
    RoleGrant.objects.create(user=user, role="case_officer", starts_on=date(2027, 7, 1))
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert hats_of(user, on=date(2027, 6, 30)).roles == {"signatory"}
    assert hats_of(user, on=date(2027, 7, 1)).roles == {"case_officer"}
    assert hats_of(user, on=date(2026, 12, 31)).roles == frozenset()
    assert not hats_of(user, on=date(2027, 7, 1)).is_member_of_committee


@pytest.mark.django_db
def test_staff_sees_the_links_of_its_role_with_the_count() -> None:
    user = person()
    RoleGrant.objects.create(user=user, role="case_officer", starts_on=date(2020, 1, 1))
    request = RequestFactory().get("/inca/")
    request.user = user
    navigation = Navigation(
        request, count_for=lambda asked, area: 3 if (asked.user, area) == (user, "staff") else 0
    )
    navigation._addresses.update(staff="/inca/", staff_applications="/inca/dossiers/", staff_labels="")
    assert navigation.is_staff_area
    shown = [(str(link.words), link.address, link.is_current, link.count) for link in navigation.links[:2]]
    assert shown == [("À faire", "/inca/", True, 3), ("Dossiers", "/inca/dossiers/", False, 0)]
    assert "Labels" not in [str(link.words) for link in navigation.links]


def test_nobody_sees_more_than_five_links() -> None:
    for entries in (STRUCTURE, COMMITTEE, *BY_ROLE.values()):
        assert len(entries) <= 5
        assert sum(entry.counted for entry in entries) <= 1


@pytest.mark.django_db
def test_the_session_of_an_active_person_is_pushed_back() -> None:
    user = person()
    client = Client()
    client.force_login(user)
    session = client.session
    near = timezone.now() + timedelta(minutes=9)
    session[KEY] = near.isoformat()
    session.save()
    client.get("/")
    pushed = datetime.fromisoformat(client.session[KEY])
    assert pushed - near > timedelta(hours=7)
    client.get("/")
    assert datetime.fromisoformat(client.session[KEY]) == pushed


def test_a_visitor_has_no_end_of_session() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert end_of_session(request) is None
