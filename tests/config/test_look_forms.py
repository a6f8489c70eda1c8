"""Forms as a screen reader hears them: label, hint, limit and error tied to the control, once each."""

import re
from html.parser import HTMLParser

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template

from config.look.forms import problems_of
from letters.fields import FrenchDateField


class WithHelp(forms.RadioSelect):
    option_hints = {"rna": "10 caractères."}


class Question(forms.Form):
    mail = forms.EmailField(label="Adresse e-mail", help_text="Nous vous envoyons un code.")
    nickname = forms.CharField(label="Surnom", required=False, max_length=10)
    text = forms.CharField(
        label="En quelques phrases", widget=forms.Textarea, max_length=2000, help_text="Aide."
    )
    on = FrenchDateField(label="Quelle date ?")
    region = forms.ChoiceField(label="Région", choices=[("", "Choisissez"), ("84", "Auvergne-Rhône-Alpes")])
    number = forms.ChoiceField(
        label="Quel numéro ?", widget=WithHelp, choices=[("rna", "Un numéro RNA"), ("none", "Aucun")]
    )
    fields_of_action = forms.MultipleChoiceField(
        label="Champs",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("Soins", [("a", "Écoute"), ("b", "Répit")]), ("Droits", [("c", "Juridique")])],
    )
    proof = forms.FileField(label="Ajouter un document")
    agreed = forms.BooleanField(label="J'ai lu la charte.")
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, object]:
        if self.cleaned_data.get("nickname") == "double":
            raise ValidationError("Ce dossier est déjà ouvert.", code="open")
        return self.cleaned_data


class Reader(HTMLParser):
    """Ids, references and controls of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.labelled: set[str] = set()
        self.controls: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if identifier := found.get("id"):
            self.ids.append(identifier)
        self.references += (found.get("aria-describedby") or "").split()
        if tag == "label":
            self.labelled.add(found.get("for") or "")
        if tag in ("input", "select", "textarea") and found.get("type") != "hidden":
            self.controls.append(found)


def wrong() -> Question:
    return Question({"mail": "abc", "on": "xx", "text": "z" * 2001})


@pytest.mark.parametrize("form", [Question(), wrong()], ids=["empty", "with errors"])
def test_every_reference_leads_to_one_element_and_every_control_has_its_label(form: Question) -> None:
    page = Reader(form.as_div())
    assert len(page.ids) == len(set(page.ids))
    assert set(page.references) <= set(page.ids)
    assert {control["id"] for control in page.controls} == page.labelled
    assert len(page.controls) == 12


def test_hint_limit_and_error_are_read_in_order_and_once() -> None:
    html = str(wrong()["text"])
    assert 'aria-describedby="id_text_helptext id_text_limit id_text_error"' in html
    group = wrong()["text"].as_field_group()
    assert group.count("id_text_helptext") == 2
    label = group[group.index("<label") : group.index("</label>")]
    assert "Aide." not in label
    assert "2\u202f000 caractères au plus" in group.replace("\u00a0", " ")


def test_only_optional_questions_say_so() -> None:
    html = Question().as_div()
    assert html.count("(facultatif)") == 2
    assert "(facultatif)" in Question()["nickname"].as_field_group()
    assert "*" not in html


def test_the_dsfr_class_goes_with_the_kind_of_control() -> None:
    form = Question()
    for name, css_class in (("mail", "fr-input"), ("region", "fr-select"), ("proof", "fr-upload")):
        assert f'class="{css_class}"' in str(form[name])
    assert "class=" not in str(form["agreed"])
    assert "class=" not in str(form["token"])


def test_a_group_of_boxes_is_a_fieldset_with_a_legend_and_help_per_choice() -> None:
    html = Question()["number"].as_field_group()
    assert html.startswith("<fieldset") and "<legend" in html
    assert 'aria-describedby="id_number_0_hint"' in html and 'id="id_number_0_hint"' in html
    grouped = Question()["fields_of_action"].as_field_group()
    assert (
        grouped.index("Soins")
        < grouped.index("Écoute")
        < grouped.index("Droits")
        < grouped.index("Juridique")
    )
    assert " required" not in grouped


def test_nothing_is_cut_by_the_browser() -> None:
    assert "maxlength" not in Question().as_div()


def test_errors_say_how_to_mend() -> None:
    form = wrong()
    assert form["mail"].problems == ["Cette adresse n'est pas complète. Écrivez-la comme nom@exemple.fr."]
    assert "raccourcissez-le" in form["text"].problems[0]
    assert form["on"].problems == ["Écrivez une date comme 03/03/2027."]
    assert re.sub(r"\s", " ", form["region"].problems[0]) == "Répondez à cette question : « Région »."
    assert "z" * 2001 in form.as_div()


def test_an_empty_file_is_told_apart_from_a_missing_one() -> None:
    form = Question({}, {"proof": SimpleUploadedFile("a.pdf", b"")})
    assert form["proof"].problems[0].startswith("Ce fichier est vide")


def test_the_words_of_a_form_are_kept() -> None:
    class Own(forms.Form):
        name = forms.CharField(error_messages={"required": "Dites-nous votre nom."})

    assert Own({})["name"].problems == ["Dites-nous votre nom."]


def test_what_is_typed_is_shown_as_text() -> None:
    form = Question({"mail": "<script>alert(1)</script>", "nickname": "double"})
    assert "<script>" not in form.as_div()


def summary(form: object) -> str:
    return Template('{% include "parts/error_summary.html" %}').render(Context({"form": form}))


def test_the_summary_has_the_same_words_and_leads_to_the_fields() -> None:
    form = wrong()
    html = summary(form)
    ids = Reader(form.as_div()).ids
    targets = re.findall(r'href="#([^"]+)"', html)
    assert len(targets) == 7
    assert set(targets) <= set(ids)
    assert "id_number_0" in targets
    for text in form["on"].problems:
        assert text in html
    assert 'tabindex="-1"' in html and "autofocus" in html


def test_the_summary_tells_errors_of_the_whole_form_and_of_formsets() -> None:
    form = Question({"nickname": "double"})
    assert "Ce dossier est déjà ouvert." in summary(form)
    several = forms.formset_factory(Question, min_num=2, validate_min=True, extra=0)
    posted = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-mail": "x", "form-1-mail": "y"}
    html = summary(several(posted))
    assert "#id_form-0-mail" in html and "#id_form-1-mail" in html


def test_without_error_there_is_no_summary() -> None:
    assert summary(Question()).strip() == ""
    assert summary(None).strip() == ""


def test_a_sentence_that_two_fields_share_says_of_which_question_it_speaks():
    class Amounts(forms.Form):
        first = forms.IntegerField(label="L'an dernier")
        second = forms.IntegerField(label="L'an d'avant")
        day = forms.DateField(label="Le jour")

    texts = [
        problem.text.replace("\u00a0", " ")
        for problem in problems_of(Amounts({"first": "x", "second": "y", "day": "z"}))
    ]
    assert texts == [
        "L'an dernier – Écrivez un nombre entier, sans lettre. S'il n'y en a pas, écrivez 0.",
        "L'an d'avant – Écrivez un nombre entier, sans lettre. S'il n'y en a pas, écrivez 0.",
        "Écrivez une date comme 03/03/2027.",
    ]
