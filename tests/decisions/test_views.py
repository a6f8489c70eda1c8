"""The pages on which an act is prepared, read, signed and followed."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence, Role, User
from accounts.second_factor import code_at, enrol
from certificates.models import Label
from decisions import actions
from decisions.models import Decision
from journal.models import Event
from label.models import Answer, Application
from tests.factories import decisions, structures
from tests.factories.accounts import acting, signatory, signed_in, staff
from tests.factories.structures import AT
from tests.reading import pdf_words, plain

pytestmark = pytest.mark.django_db


def now() -> Any:
    return timezone.now()


@pytest.fixture
def application() -> Application:
    return decisions.advised(at=now())


def page_of(application: Application) -> str:
    return reverse("staff_decision_prepare", args=[application.reference])


def as_officer(client: Client, application: Application) -> Client:
    return signed_in(client, application.case_officer)


def typed(application: Application, **changes: Any) -> dict[str, Any]:
    """What the browser posts."""
    rows = changes.pop("rows", [])
    data: dict[str, Any] = {
        "kind": "grant",
        "reasons_in_law": decisions.IN_LAW,
        "reasons_in_fact": decisions.IN_FACT,
        "criteria": ["A1.1"],
        "solutions": [str(pk) for pk in application.solutions.values_list("pk", flat=True)],
        "conditions-TOTAL_FORMS": str(max(len(rows), 1)),
        "conditions-INITIAL_FORMS": "0",
    }
    for rank, (text, proof, due_on) in enumerate(rows):
        data |= {
            f"conditions-{rank}-text": text,
            f"conditions-{rank}-proof": proof,
            f"conditions-{rank}-due_on": due_on,
        }
    return {**data, **changes}


# --- preparation -------------------------------------------------------------------------------------------------


def test_the_page_shows_opinion_figures_and_who_stays_free(client: Client, application: Application) -> None:
    free = staff(Role.APPEAL_OFFICER, first_name="Paul", last_name="Libre")

    answer = as_officer(client, application).get(page_of(application))
    page = " ".join(answer.content.decode().split())

    assert "Favorable" in page
    assert "75 %" in page
    assert "Permanence d&#x27;écoute" in page
    assert "Restent libres pour un recours" in page
    assert str(free) in page
    assert "300 caractères au moins" in page
    assert "Transmettre à la signature" not in page


def test_a_plain_post_saves_and_never_sends(client: Client, application: Application) -> None:
    answer = as_officer(client, application).post(page_of(application), typed(application))

    assert answer.status_code == 302
    decision = Decision.objects.get()
    assert (decision.state, decision.submitted_at) == ("prepared", None)
    assert decision.criteria == ["A1.1"]
    assert list(decision.solutions.all()) == list(application.solutions.all())


def test_an_unfinished_text_is_saved_and_what_is_missing_is_told(
    client: Client, application: Application
) -> None:
    as_officer(client, application)

    answer = client.post(
        page_of(application),
        typed(application, reasons_in_law="Vu le règlement.", reasons_in_fact=""),
        follow=True,
    )

    page = answer.content.decode()
    assert Decision.objects.get().reasons_in_law == "Vu le règlement."
    assert (
        "Ce qu&#x27;il manque avant de transmettre à la signature" in page
        or "transmettre à la signature" in page
    )
    assert "Les motifs en fait manquent." in page
    assert 'value="send"' not in page


def test_sending_from_the_page(client: Client, application: Application) -> None:
    as_officer(client, application)
    client.post(page_of(application), typed(application))
    assert 'value="send"' in client.get(page_of(application)).content.decode()

    answer = client.post(page_of(application), typed(application, go="send"))

    assert answer.url == reverse("staff_decision", args=[Decision.objects.get().pk])
    assert Decision.objects.get().submitted_at is not None


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


@pytest.fixture
def pair(application: Application) -> tuple[Client, Client]:
    """The officer of the file and the substitute of their absence, each with the page of the act open."""
    substitute = staff(Role.CASE_OFFICER)
    today = timezone.localdate()
    Absence.objects.create(
        user=application.case_officer,
        substitute=substitute,
        starts_on=today,
        ends_on=today + timedelta(days=3),
    )
    return as_officer(Client(), application), signed_in(Client(), substitute)


def test_two_people_on_the_same_act_and_no_text_is_lost(
    pair: tuple[Client, Client], application: Application
) -> None:
    officer, substitute = pair
    pages = [one.get(page_of(application)).content.decode() for one in pair]
    first, second = (typed(application, seen=hidden(page, "seen")) for page in pages)
    assert (
        officer.post(page_of(application), {**first, "reasons_in_fact": "Le texte de Lucie."}).status_code
        == 302
    )

    refused = substitute.post(page_of(application), {**second, "reasons_in_fact": "Le texte de Denis."})

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Deux textes pour la même décision" in page
    assert "Le texte de Lucie." in page
    assert page.count("Le texte de Denis.") == 2  # beside the other one, and in its field
    assert Decision.objects.get().reasons_in_fact == "Le texte de Lucie."
    again = {**second, "reasons_in_fact": "Le texte de Denis.", "seen": hidden(page, "seen")}
    assert substitute.post(page_of(application), again).status_code == 409  # saving again is no choice
    chosen = {**again, "theirs": hidden(page, "theirs"), "go": "mine"}
    assert substitute.post(page_of(application), chosen).status_code == 302
    assert Decision.objects.get().reasons_in_fact == "Le texte de Denis."


def test_a_double_click_on_sending_sends_once(client: Client, application: Application) -> None:
    as_officer(client, application)
    client.post(page_of(application), typed(application))
    seen = hidden(client.get(page_of(application)).content.decode(), "seen")
    data = typed(application, seen=seen, go="send", reasons_in_fact=decisions.IN_FACT + " Et encore.")
    answers = [client.post(page_of(application), data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Event.objects.filter(move="send_for_signature").count() == 1


def test_after_a_refused_sending_the_page_knows_what_it_saved(
    client: Client, application: Application
) -> None:
    as_officer(client, application)
    data = typed(application, reasons_in_fact="Bref.", go="send")
    page = client.post(page_of(application), data).content.decode()

    answer = client.post(page_of(application), {**typed(application), "seen": hidden(page, "seen")})

    assert answer.status_code == 302
    assert Decision.objects.get().reasons_in_fact == decisions.IN_FACT.strip()


def test_a_text_that_comes_after_the_signature_is_given_back(
    client: Client, application: Application
) -> None:
    decisions.signed(application, at=now())

    answer = as_officer(client, application).post(
        page_of(application), typed(application, reasons_in_fact="Écrit pour rien ?")
    )

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Écrit pour rien ?" in page
    assert "vient de le faire" in page


def test_sending_what_is_not_complete_keeps_the_words_and_tells(
    client: Client, application: Application
) -> None:
    answer = as_officer(client, application).post(
        page_of(application), typed(application, reasons_in_fact="Bref.", go="send")
    )

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Les motifs en fait sont trop courts" in page
    assert "Bref." in page
    assert Decision.objects.get().submitted_at is None


def test_conditions_are_typed_without_javascript(client: Client, application: Application) -> None:
    later = timezone.localdate() + timedelta(days=200)
    rows = [("Publier les comptes.", "Lien", f"{later:%d/%m/%Y}"), ("", "", "")]

    as_officer(client, application).post(
        page_of(application), typed(application, kind="grant_with_conditions", rows=rows)
    )

    condition = Decision.objects.get().conditions.get()
    assert (condition.text, condition.proof, condition.due_on) == ("Publier les comptes.", "Lien", later)


def test_half_a_condition_is_told_beside_its_fields(client: Client, application: Application) -> None:
    rows = [("Publier les comptes.", "", "demain")]

    answer = as_officer(client, application).post(
        page_of(application), typed(application, kind="grant_with_conditions", rows=rows)
    )

    page = answer.content.decode()
    assert "Écrivez une date comme 03/03/2027." in page
    assert "Répondez à cette question" in page
    assert "Publier les comptes." in page
    assert not Decision.objects.exists()


def test_a_sentence_is_added_at_the_end_and_the_rest_is_saved(
    client: Client, application: Application
) -> None:
    as_officer(client, application).post(
        page_of(application),
        typed(application, reasons_in_fact="Mon texte.", go="add:reasons_in_fact:grant:0"),
    )

    kept = Decision.objects.get().reasons_in_fact
    assert kept.startswith("Mon texte.\n\nLe comité a évalué")


def test_an_unknown_act_is_refused(client: Client, application: Application) -> None:
    answer = as_officer(client, application).post(page_of(application), typed(application, go="grant_all"))

    assert answer.status_code == 409
    assert not Decision.objects.exists()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "😀 مرحبا", "x" * 100_000])
def test_any_text_is_kept_and_escaped(client: Client, application: Application, text: str) -> None:
    answer = as_officer(client, application).post(
        page_of(application), typed(application, reasons_in_fact=text), follow=True
    )

    page = answer.content.decode()
    assert "<script>alert" not in page
    assert answer.status_code == 200
    if len(text) > 20_000:
        assert "caractères de trop (20" in page
        assert text in page
    else:
        assert Decision.objects.get().reasons_in_fact == text


def test_the_page_is_for_the_officer_of_the_file_only(client: Client, application: Application) -> None:
    for stranger in (staff(Role.SECRETARIAT), signatory(), application.structure.representative()):
        assert signed_in(Client(), stranger).get(page_of(application)).status_code == 404
    colleague = signed_in(Client(), staff(Role.CASE_OFFICER))
    dossier = reverse("staff_application", args=[application.reference])
    assert colleague.get(page_of(application))["Location"] == dossier
    assert colleague.post(page_of(application), {"kind": "grant"}).status_code == 404
    assert client.get(page_of(application)).status_code in {302, 404}


def test_inadmissible_has_its_closed_reasons_and_nothing_of_a_grant(client: Client) -> None:
    application = decisions.filed(at=now())
    as_officer(client, application)

    page = client.get(page_of(application)).content.decode()
    client.post(
        page_of(application),
        {
            "kind": "inadmissible",
            "closed_reason": "duplicate",
            "reasons_in_law": decisions.IN_LAW,
            "reasons_in_fact": decisions.IN_FACT,
        },
    )

    assert "Un autre dossier porte sur la même demande" in page
    assert "Actions reconnues" not in page
    assert Decision.objects.get().closed_reason == "duplicate"


def test_a_signed_act_is_shown_instead_of_the_form(client: Client, application: Application) -> None:
    decision = decisions.signed(application, at=now())

    answer = as_officer(client, application).get(page_of(application))

    assert answer.url == reverse("staff_decision", args=[decision.pk])


def test_silence_is_noted_from_the_page_once_its_date_is_passed(client: Client) -> None:
    early = decisions.in_deliberation(at=now())
    page = as_officer(client, early).get(page_of(early)).content.decode()
    assert "Noter la décision implicite" not in page
    assert "Aucune décision ne peut être préparée à cette étape du dossier." in page
    client.post(page_of(early), {"go": "implicit"})
    assert not Decision.objects.exists()
    late = decisions.in_deliberation(at=now() - timedelta(days=90))
    assert "Noter la décision implicite" in as_officer(client, late).get(page_of(late)).content.decode()

    answer = client.post(page_of(late), {"go": "implicit"})

    assert answer.url == reverse("staff_decision", args=[Decision.objects.get().pk])
    assert client.get(answer.url).status_code == 200


def test_a_label_granted_by_silence_is_noted_by_a_signatory_and_not_by_the_officer(
    client: Client, settings: Any
) -> None:
    settings.SILENCE_EFFECT = "acceptance"
    late = decisions.in_deliberation(at=now() - timedelta(days=90))
    page = plain(as_officer(client, late).get(page_of(late)).content.decode())
    assert "Noter la décision implicite" not in page
    assert "Une personne qui a une délégation de signature doit le noter" in page
    assert client.post(page_of(late), {"go": "implicit"}).status_code == 404

    user = signatory()
    assert "Noter la décision implicite" in signed_in(client, user).get(page_of(late)).content.decode()
    answer = client.post(page_of(late), {"go": "implicit"})

    decision = Decision.objects.get()
    assert answer.url == reverse("staff_decision", args=[decision.pk])
    assert decision.delegation.user == user
    assert Label.objects.get().decision == decision


def test_a_signatory_finds_nothing_to_note_while_silence_grants_nothing(client: Client) -> None:
    late = decisions.in_deliberation(at=now() - timedelta(days=90))
    signed_in(client, signatory())
    assert client.get(page_of(late)).status_code == 404
    assert client.post(page_of(late), {"go": "implicit"}).status_code == 404


def test_the_draft_of_a_letter_is_a_pdf_that_says_it_is_not_signed(client: Client) -> None:
    decision = decisions.to_sign(at=now())
    draft = reverse("staff_decision_draft", args=[decision.pk])
    user = signatory(first_name="Irène", last_name="Valmy")
    assert (
        draft
        in signed_in(client, user).get(reverse("staff_decision_sign", args=[decision.pk])).content.decode()
    )

    words = pdf_words(client.get(draft).content)

    assert words.count("Projet – lettre non signée") == words.count("page ") > 1
    assert "Irène Valmy" in words
    assert "donné à la signature" in words
    assert (
        draft
        in as_officer(client, decision.application)
        .get(reverse("staff_decision", args=[decision.pk]))
        .content.decode()
    )
    actions.sign(decision_pk=decision.pk, at=now(), by=acting(user, Role.SIGNATORY))
    assert client.get(draft).status_code == 404


# --- signature ---------------------------------------------------------------------------------------------------


class Signing:
    """A signatory in front of the page of an act."""

    def __init__(self, client: Client, decision: Decision, user: User | None = None) -> None:
        self.client, self.decision = client, decision
        self.user = user or signatory(first_name="Irène", last_name="Valmy")
        self.secret = enrol(self.user)
        signed_in(client, self.user)
        self.address = reverse("staff_decision_sign", args=[decision.pk])

    def page(self) -> str:
        return self.client.get(self.address).content.decode()

    def sign(self, *, code: str | None = None, seen: str | None = None) -> Any:
        return self.client.post(
            self.address,
            {
                "go": "sign",
                "code": code or code_at(self.secret, now()),
                "seen": Decision.objects.get(pk=self.decision.pk).submitted_at.isoformat()
                if seen is None
                else seen,
            },
        )


@pytest.fixture
def signing(client: Client, application: Application) -> Signing:
    return Signing(client, decisions.to_sign(application, at=now()))


def test_the_page_shows_the_letter_and_who_signs(signing: Signing) -> None:
    page = signing.page()

    assert "donné à la signature" in page
    assert "Irène Valmy" in page
    assert "Directrice générale adjointe" in page
    assert "Direction générale" in page
    assert "DEC-2020-001" in page
    assert "Signer la décision" in page
    assert "manque" not in page.split("<aside>")[1].split("</aside>")[0]
    assert not Label.objects.exists()


def test_money_of_the_institute_is_told_to_who_signs_and_bars_nothing(signing: Signing) -> None:
    """Domain 5.3: an applicant whom the Institute pays is not disqualified, and who decides knows it."""
    assert "Argent de l'Institut" not in html.unescape(signing.page())
    Answer.objects.create(
        application=signing.decision.application,
        question="funding_institute",
        text="yes",
        saved_at=now(),
        saved_by=signing.user,
    )
    act = signing.client.get(reverse("staff_decision", args=[signing.decision.pk]))
    for page in (signing.page(), act.content.decode()):
        assert "La structure dit en recevoir" in html.unescape(page)
    assert signing.sign().status_code == 302


def test_a_partnership_without_money_is_told_in_the_same_places(signing: Signing) -> None:
    """Domain 5.3: a partner of the Institute is not disqualified either, and who decides knows what for."""
    said = {"funding_institute_partner": "no", "funding_institute_partner_what": "Une convention."}
    for question, text in said.items():
        Answer.objects.create(
            application=signing.decision.application,
            question=question,
            text=text,
            saved_at=now(),
            saved_by=signing.user,
        )
    assert "Partenariat avec l'Institut" not in html.unescape(signing.page())
    Answer.objects.filter(question="funding_institute_partner").update(text="yes")
    act = signing.client.get(reverse("staff_decision", args=[signing.decision.pk]))
    for page in (signing.page(), act.content.decode()):
        assert "La structure dit être partenaire" in html.unescape(page)
        assert "Une convention." in html.unescape(page)
    assert signing.sign().status_code == 302


def test_signing_with_a_fresh_code(signing: Signing) -> None:
    answer = signing.sign()

    assert answer.url == reverse("staff_decision", args=[signing.decision.pk])
    assert Decision.objects.get().signed_by == signing.user
    page = signing.client.get(answer.url).content.decode()
    assert "Signée, à notifier" in page
    assert "aucun délai de recours ne court" in page


@pytest.mark.parametrize("code", ["000000", "abc", "1" * 500, " "])
def test_a_wrong_code_signs_nothing(signing: Signing, code: str) -> None:
    answer = signing.sign(code=code)

    assert answer.status_code == 200
    assert Decision.objects.get().state == "prepared"
    assert "Signer la décision" in answer.content.decode()


def test_a_code_serves_once(client: Client) -> None:
    user = signatory()
    first = Signing(client, decisions.to_sign(decisions.advised(at=now()), at=now()), user)
    code = code_at(first.secret, now())
    assert first.sign(code=code).status_code == 302
    second = decisions.to_sign(decisions.advised(at=now()), at=now())

    client.post(
        reverse("staff_decision_sign", args=[second.pk]),
        {"go": "sign", "code": code, "seen": second.submitted_at.isoformat()},
    )

    assert Decision.objects.get(pk=second.pk).state == "prepared"


def test_an_act_changed_since_it_was_read_is_not_signed(signing: Signing) -> None:
    for seen in ("", "hier", "2020-01-01T00:00:00+00:00"):
        answer = signing.sign(seen=seen, code=code_at(signing.secret, now()))
        assert Decision.objects.get().state == "prepared"
    assert answer.status_code in {200, 409}


def test_enter_in_a_field_without_button_signs_nothing(signing: Signing) -> None:
    signing.client.post(signing.address, {"code": code_at(signing.secret, now())})

    assert Decision.objects.get().state == "prepared"


def test_what_is_missing_stands_in_the_place_of_the_button(client: Client, application: Application) -> None:
    decision = decisions.prepared(application, at=now(), reasons_in_fact="")
    signing = Signing(client, decision)

    page = signing.page()

    assert "Les motifs en fait manquent." in page
    assert "La décision n&#x27;est pas encore transmise à la signature." in page
    assert 'value="sign"' not in page
    assert "disabled" not in page


def test_somebody_signed_first(signing: Signing) -> None:
    seen = signing.decision.submitted_at.isoformat()
    actions.sign(
        decision_pk=signing.decision.pk,
        at=now(),
        by=acting(signatory(first_name="Odile", last_name="Ferrand"), Role.SIGNATORY),
    )

    answer = signing.sign(seen=seen)

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Odile Ferrand vient de le faire, à" in page
    assert Label.objects.count() == 1


def test_sending_back_with_a_reason(signing: Signing) -> None:
    refused = signing.client.post(signing.address, {"go": "send_back", "reason": " "})
    assert refused.status_code == 200
    assert Decision.objects.get().submitted_at is not None

    signing.client.post(signing.address, {"go": "send_back", "reason": "Citer la pièce."})

    assert Decision.objects.get().submitted_at is None
    assert Event.objects.get(move="send_back").reason.text == "Citer la pièce."


def test_only_signatories_open_the_page(signing: Signing) -> None:
    for stranger in (
        signing.decision.application.case_officer,
        staff(Role.SECRETARIAT),
        signing.decision.application.structure.representative(),
    ):
        assert signed_in(Client(), stranger).get(signing.address).status_code == 404


# --- the act, followed -------------------------------------------------------------------------------------------


def test_the_page_tells_both_dates_once_notified(client: Client) -> None:
    found = structures.structure(postal_code="97400", city="Saint-Denis")
    decision = decisions.notified(decisions.advised(found), at=AT)
    signed_in(client, staff(Role.SECRETARIAT))

    page = client.get(reverse("staff_decision", args=[decision.pk])).content.decode().replace("\u00a0", " ")

    assert "Recours gracieux jusqu" in page
    assert "5 mars 2027" in page
    assert "5 avril 2027" in page
    assert "Notifiée" in page


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.CASE_OFFICER, 200),
        (Role.SECRETARIAT, 200),
        (Role.SIGNATORY, 200),
        (Role.APPEAL_OFFICER, 200),
        (Role.ETHICS_OFFICER, 404),
        (Role.DATA_PROTECTION_OFFICER, 404),
        (Role.TECHNICAL_ADMINISTRATOR, 404),
    ],
)
def test_who_reads_an_act(client: Client, role: str, status: int) -> None:
    decision = decisions.prepared()
    signed_in(client, staff(role))

    assert client.get(reverse("staff_decision", args=[decision.pk])).status_code == status


def test_members_see_an_act_from_its_signature_on() -> None:
    decision = decisions.to_sign()
    member = decision.application.structure.representative()
    today = AT.date()

    assert not Decision.objects.visible_to(member, on=today).exists()
    actions.sign(decision_pk=decision.pk, at=AT, by=acting(signatory(), Role.SIGNATORY))
    assert Decision.objects.visible_to(member, on=today).get() == decision
    assert not Decision.objects.visible_to(structures.structure().representative(), on=today).exists()
