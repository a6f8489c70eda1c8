"""The live badge of each state, whatever the names; the page that gives its code."""

import html
import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from certificates.models import Label
from journal.numbering import format_number
from label.models import Edition
from letters.spoken import told_date
from portal.badge import LEAST, refused
from portal.words import PANELS, word_in
from tests.factories import certificates, decisions
from tests.factories.accounts import person, signed_in
from tests.factories.portal import granted, moved, suspended
from tests.portal.test_verification import DAY, STATES, live, today  # noqa: F401  (`today` is a fixture)
from tests.reading import words

pytestmark = pytest.mark.django_db

XMLNS = "{http://www.w3.org/2000/svg}"
USABLE = {"valid", "valid_with_conditions", "extended"}
NAMES = {
    "long": "Association des personnes touchées par un cancer et de leurs proches " * 4 + "de la vallée",
    "arabic": "جمعية الأشخاص المصابين بالسرطان وذويهم",
    "chinese": "癌症患者及其家属互助协会" * 20,
    "emoji": "🎗️👩🏽‍🤝‍👨🏿🏳️‍🌈 " * 20,
    "accents": "Z" + "\u0301" * 299,
    "markup": '</title><script>alert(1)</script><a href="javascript:alert(1)">&amp;\'"]]>',
    "control": "Nom\x0bavec\x01signes\ufffe\u202eà l'envers",
}


def badge(client: Client, label: Label, **asked: str) -> Any:
    return client.get(reverse("live_badge", args=[label.number]), asked)


def read(answer: Any) -> ElementTree.Element:
    """The image as an XML parser reads it: what is not well-formed fails here."""
    return ElementTree.fromstring(answer.content.decode())


def title(answer: Any) -> str:
    return str(read(answer).find(f"{XMLNS}title").text)


def texts(answer: Any) -> list[str]:
    return [str(one.text) for one in read(answer).iter(f"{XMLNS}text")]


def is_struck(answer: Any) -> bool:
    return any("stroke-dasharray" in one.attrib for one in read(answer).iter(f"{XMLNS}rect"))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("code", STATES)
def test_each_state_turns_the_badge_by_itself(client, today, code, language):  # noqa: F811
    label = STATES[code][0](today)
    answer = badge(client, label, langue=language)
    drawing = read(answer)
    assert answer.status_code == 200
    assert (drawing.get("width"), drawing.get("height"), drawing.get("role")) == ("240", "80", "img")
    assert drawing.get("lang") == answer.headers["Content-Language"] == language
    word = word_in(language, code)
    assert word in " ".join(texts(answer)) and word in title(answer)
    assert label.number in texts(answer) and label.number in title(answer)
    assert is_struck(answer) is (code not in USABLE)
    assert ("Anémone" in title(answer)) is (code != "annulled")
    assert drawing.findall(f".//{XMLNS}path"), "the icon is drawn in the image"


def test_a_label_that_is_not_valid_never_shows_the_word_label_alone(client, today):  # noqa: F811
    for code in STATES.keys() - USABLE:
        drawn = texts(badge(client, STATES[code][0](today)))
        assert drawn[0] == "Label associatif", "the name of the label, not its state"
        assert drawn[1].casefold() not in {"label", "label valide"}


def test_the_date_that_counts_is_told(client, today):  # noqa: F811
    valid = live(today)
    assert f"jusqu'au {told_date(valid.ends_on)}" in texts(badge(client, valid))
    conditional = STATES["valid_with_conditions"][0](today)
    assert f"jusqu'au {told_date(conditional.ends_on)}" in texts(badge(client, conditional))
    extended = STATES["extended"][0](today)
    assert f"jusqu'au {told_date(extended.extended_until)}" in texts(badge(client, extended))
    gone = STATES["withdrawn"][0](today)
    assert f"depuis le {told_date(today - 3 * DAY)}" in texts(badge(client, gone))
    with override("en"):
        assert f"since {told_date(today - 3 * DAY)}" in texts(badge(client, gone, langue="en"))
    coming = granted(starts_on=today + DAY, ends_on=today + 900 * DAY)
    assert f"à partir du {told_date(today + DAY)}" in texts(badge(client, coming)) and is_struck(
        badge(client, coming)
    )


def test_it_turns_at_once_when_a_measure_is_received(client, today):  # noqa: F811
    label = live(today)
    known = badge(client, label).headers["ETag"]
    address = reverse("live_badge", args=[label.number])
    same = client.get(address, headers={"If-None-Match": known})
    assert (same.status_code, same.content, same.headers["Cache-Control"]) == (
        304,
        b"",
        "public, max-age=300",
    )
    suspended(label, today)
    turned = client.get(address, headers={"If-None-Match": known})
    assert turned.status_code == 200 and "Label suspendu" in texts(turned)


def test_it_expires_by_its_date_and_no_clock(client, today):  # noqa: F811
    label = granted(starts_on=today - 900 * DAY, ends_on=today - DAY)
    assert label.state == Label.State.IN_FORCE
    assert "Label expiré" in texts(badge(client, label))


@pytest.mark.parametrize("name", NAMES)
def test_whatever_the_names_the_image_is_whole(client, today, name):  # noqa: F811
    label = live(today, name=NAMES[name][:300])
    Edition.objects.filter(pk=label.edition_id).update(title_fr=NAMES[name][:200])
    answer = badge(client, label)
    drawing = answer.content.decode()
    assert "<script" not in drawing and "javascript:" not in re.sub(r"<text.*|<title>.*", "", drawing)
    assert len(drawing) < 20_000
    for sizes in re.findall(r'font-size="([^"]+)"', drawing):
        assert float(sizes) >= LEAST
    first = texts(answer)[0]
    if name == "control":
        assert first == "Nom avec signes à l'envers"
    elif name == "accents":
        assert first == "Z\u0301\u0301", "what no eye tells apart is not drawn"
    else:
        assert first.endswith("…") and NAMES[name].startswith(first[:-1]), "what is shortened says so"
        assert title(answer).startswith(NAMES[name][:200]), "and the title says it whole"
        assert NAMES[name][:300] in title(answer)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (format_number("LBL", 2099, 123), "unknown"),
        (format_number("LBL", 2027, 999_999), "unknown"),
        ("LBL-2027-000123-28", "mistyped"),
        ("LBL-2O27-000123-29", "lettered"),
        ("rien", "malformed"),
        ("<script>", "malformed"),
        ("x" * 5000, "malformed"),
        ("DOS-2027-000042-20", "dossier"),
    ],
)
def test_a_number_never_given_is_an_honest_404(client, number, code):
    answer = client.get(reverse("live_badge", args=[number]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "image/svg+xml; charset=utf-8")
    assert is_struck(answer) and word_in("fr", code) in " ".join(texts(answer))
    assert "ETag" not in answer.headers and len(answer.content) < 3000


def test_nothing_is_told_before_its_holder_knows(client):
    found = Label.objects.get(decision=decisions.signed())
    answer = badge(client, found)
    assert answer.status_code == 404
    assert "Numéro pas encore confirmé" in " ".join(texts(answer))
    assert found.structure.name not in answer.content.decode()
    assert client.get(reverse("badge_code", args=[found.number])).status_code == 404


def test_two_queries_and_one_once_somebody_asked(client, today, django_assert_num_queries):  # noqa: F811
    label = suspended(live(today), today - 12 * DAY, lifted_on=today - 5 * DAY)
    caches["answers"].clear()
    with django_assert_num_queries(2):
        badge(client, label)
    with django_assert_num_queries(1):
        badge(client, label)
    with django_assert_num_queries(1):
        client.get(reverse("live_badge", args=[format_number("LBL", 2099, 123)]))
    with django_assert_num_queries(0):
        client.get(reverse("live_badge", args=["LBL-2027-000123-28"]))
    with django_assert_num_queries(2):
        client.get(reverse("badge_code", args=[label.number]))


def test_every_visitor_of_a_site_sees_the_same_image_and_no_cookie_goes_with_it(client, today):  # noqa: F811
    label = live(today)
    signed = signed_in(Client(), person())
    session = signed.session
    session["ends_at"] = (timezone.now() + timedelta(hours=1)).isoformat()
    session.save()
    client.get(reverse("set_language_simple", args=["en"]))
    answers = [badge(one, label) for one in (Client(), client, signed)]
    assert len({one.content for one in answers}) == 1
    for one in answers:
        assert not one.cookies and "Vary" not in one.headers
        assert one.headers["Access-Control-Allow-Origin"] == "*"
        assert one.headers["Content-Language"] == "fr"
    assert signed.get(reverse("verify_label", args=[label.number])).cookies["sessionid"].value


def test_the_word_of_every_panel_is_large_enough_to_be_read(settings):
    for language in ("fr", "en"):
        with override(language):
            for code in PANELS:
                drawing = ElementTree.fromstring(refused(code, number="LBL-2027-000123-29"))
                bold = [one for one in drawing.iter(f"{XMLNS}text") if one.get("font-weight")]
                assert " ".join(str(one.text) for one in bold) == str(PANELS[code].word).replace(
                    "\u2028", " "
                )
                assert min(float(str(one.get("font-size"))) for one in bold) >= 11, (language, code)


# --- the page that gives the code ----------------------------------------------------------------------------------


class Pasted(HTMLParser):
    """The tags of a page that somebody else made, with their attributes."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str | None]] = {}
        self.feed(code)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        assert tag not in self.found
        self.found[tag] = dict(attrs)


def code_of(answer: Any) -> str:
    [inside] = re.findall(r"<textarea[^>]*>(.*?)</textarea>", answer.content.decode(), re.DOTALL)
    return html.unescape(inside)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_code_that_is_pasted_shows_the_badge_in_a_link(client, today, settings, language):  # noqa: F811
    settings.PUBLIC_URL = "https://label.exemple.fr"
    label = live(today)
    Edition.objects.update(title_fr='Label "associatif" <b>', title_en='The "label" <b>')
    client.get(reverse("set_language_simple", args=[language]))
    pasted = Pasted(code_of(client.get(reverse("badge_code", args=[label.number])))).found
    assert pasted["a"] == {"href": f"https://label.exemple.fr/verifier/{label.number}/"}
    image = pasted["img"]
    assert (image["width"], image["height"]) == ("240", "80")
    asked = "" if language == "fr" else "?langue=en"
    assert image["src"] == f"https://label.exemple.fr/verifier/{label.number}.svg{asked}"
    assert ('Label "associatif" <b>' if language == "fr" else 'The "label" <b>') in str(image["alt"])
    assert label.number in str(image["alt"]) and "valid" not in str(image["alt"])
    shown = client.get(str(image["src"]).removeprefix(settings.PUBLIC_URL))
    assert shown.status_code == 200 and shown.headers["Content-Language"] == language


def test_the_page_says_what_may_be_done_and_that_it_turns_by_itself(client, today):  # noqa: F811
    label = live(today)
    said = words(client.get(reverse("badge_code", args=[label.number])))
    for piece in (
        "Afficher le badge sur votre site",
        "Le badge change tout seul si le label change.",
        "Sélectionner le code",
        "sans changer un mot, une couleur ni une proportion",
        "le label porte sur elles seulement",
        "un soin, un traitement ou un résultat",
        "notre lettre dit avant quelle date",
    ):
        assert piece in said


@pytest.mark.parametrize("code", STATES)
def test_the_code_is_offered_as_long_as_the_label_goes_on(client, today, code):  # noqa: F811
    label = STATES[code][0](today)
    answer = client.get(reverse("badge_code", args=[label.number]))
    if code == "annulled":
        assert answer.url == reverse("verify_label", args=[label.number])
    else:
        assert ("<textarea" in answer.content.decode()) is (code in USABLE | {"suspended"})
        assert ("Retirez le badge et le logo" in words(answer)) is (code not in USABLE | {"suspended"})


def test_the_page_is_found_under_a_number_as_people_write_it(client, today):  # noqa: F811
    label = live(today)
    typed = client.get(reverse("badge_code", args=[label.number.lower()]))
    assert (typed.status_code, typed.url) == (301, reverse("badge_code", args=[label.number]))
    wrong = client.get(reverse("badge_code", args=["LBL-2027-000123-28"]))
    assert wrong.status_code == 404 and "Faute de frappe ?" in words(wrong)
    assert client.get(reverse("badge_code", args=["rien"])).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    for name in ("badge_code", "live_badge"):
        assert strict.post(reverse(name, args=[label.number])).status_code == 405


def test_the_association_finds_it_from_its_label(client):
    label = certificates.label(at=timezone.now())
    member = label.structure.representative()
    page = signed_in(client, member).get(reverse("space_label")).content.decode()
    assert reverse("badge_code", args=[label.number]) in page
    moved(label, "withdraw", timezone.localdate(), ended_on=timezone.localdate())
    page = client.get(reverse("space_label")).content.decode()
    assert reverse("badge_code", args=[label.number]) not in page
