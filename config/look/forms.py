"""Form rendering in DSFR markup: one field template, ids that screen readers follow, errors that mend."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseForm, BaseFormSet
from django.forms.boundfield import BoundField as DjangoBoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import ChoiceWidget
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import kept
from letters.spoken import told_excess

Words = str | Promise

# Django's own sentences say what is wrong; these say how to mend it.
_DJANGO_SENTENCES: dict[type[forms.Field], dict[str, Words]] = {
    forms.EmailField: {"invalid": _("Cette adresse n'est pas complète. Écrivez-la comme nom@exemple.fr.")},
    forms.DateField: {"invalid": _("Écrivez une date comme 03/03/2027.")},
    forms.DecimalField: {"invalid": _("Écrivez un nombre, comme 12,5.")},
    forms.IntegerField: {
        "invalid": _("Écrivez un nombre entier, sans lettre. S'il n'y en a pas, écrivez 0."),
    },
    forms.FileField: {"empty": _("Ce fichier est vide. Ouvrez-le pour vérifier, puis renvoyez-le.")},
    forms.ChoiceField: {"invalid_choice": _("Choisissez une des réponses proposées.")},
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One error and the id of the field it belongs to; no id for an error of the whole form."""

    text: str
    target: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One radio or checkbox of a group."""

    tag: SafeString
    identifier: str
    label: Words
    hint: Words = ""
    hint_identifier: str = ""


class BoundField(DjangoBoundField):
    """A field that knows its DSFR kind, its hint, its limit and its errors in our words."""

    @property
    def kind(self) -> str:
        """`input`, `select`, `upload`, `checkbox` (one box) or `options` (a group with a legend)."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
            return "options"
        if isinstance(widget, forms.CheckboxInput):
            return "checkbox"
        if isinstance(widget, forms.Select):
            return "select"
        return "upload" if isinstance(widget, forms.FileInput) else "input"

    @property
    def css_class(self) -> str:
        """The DSFR class of the control itself."""
        return {"input": "fr-input", "select": "fr-select", "upload": "fr-upload"}.get(self.kind, "")

    @property
    def optional(self) -> bool:
        """Whether the label says « (facultatif) »: never on one box, a filter or a form that is kept half-filled."""
        keeps_drafts = getattr(self.form, "is_filter", False) or getattr(self.form, "keeps_drafts", False)
        by_nature = self.kind == "checkbox" or keeps_drafts
        return not self.field.required and not by_nature

    @property
    def limit(self) -> int | None:
        """The number of characters to tell: only for long texts, a short field tells nothing."""
        maximum = getattr(self.field, "max_length", None)
        return maximum if isinstance(maximum, int) and isinstance(self.field.widget, forms.Textarea) else None

    @property
    def problems(self) -> list[str]:
        """The errors of this field, each saying how to mend."""
        found = self.form.errors.get(self.name)
        return [sentence_of(error, self) for error in found.as_data()] if found else []

    def value(self) -> Any:
        """What the control shows: before what is stored, the words kept from before a new sign-in."""
        words = None if self.form.is_bound else kept.words.get()
        if words is None or self.html_name not in words:
            return super().value()
        given = self.field.widget.value_from_datadict(words, MultiValueDict(), self.html_name)
        return self.field.prepare_value(given)

    @property
    def aria_describedby(self) -> str | None:
        """Hint, limit, then errors: each is read once, in the order of the page."""
        if self.field.widget.attrs.get("aria-describedby") or not self.auto_id or self.is_hidden:
            return None
        parts = [
            (self.help_text, "helptext"),
            (self.limit, "limit"),
            (self.errors, "error"),
        ]
        return " ".join(f"{self.auto_id}_{suffix}" for present, suffix in parts if present)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Django's attributes with the DSFR class, without `maxlength`, which cuts a pasted text unseen."""
        built = super().build_widget_attrs(attrs, widget)
        used = widget or self.field.widget
        if used.is_hidden:
            return built
        own = str(built.get("class", used.attrs.get("class", "")))
        if classes := dict.fromkeys(f"{self.css_class} {own}".split()):
            built["class"] = " ".join(classes)
        if "maxlength" in used.attrs:
            built["maxlength"] = False
        if self.limit is not None:
            built["data-lb-limit"] = str(self.limit)
        return built

    def options(self) -> Iterator[tuple[Words | None, list[Option]]]:
        """The boxes of a group, as pairs (name of the sub-group or None, boxes).

        A widget may carry `option_hints`, a dict from value to a line of help.
        """
        widget = self.field.widget
        if not isinstance(widget, ChoiceWidget):
            return
        hints = {str(value): text for value, text in getattr(widget, "option_hints", {}).items()}
        attrs = self.build_widget_attrs({"id": self.auto_id} if self.auto_id else {})
        context = widget.get_context(self.html_name, self.value(), attrs)
        for group, boxes, _index in context["widget"]["optgroups"]:
            yield group, [self._option(box, hints.get(str(box["value"]), "")) for box in boxes]

    def _option(self, box: dict[str, Any], hint: Words) -> Option:
        identifier = str(box["attrs"].get("id", ""))
        hint_identifier = f"{identifier}_hint" if hint else ""
        if hint_identifier:
            box["attrs"]["aria-describedby"] = hint_identifier
        tag = self.form.renderer.render("django/forms/widgets/input.html", {"widget": box})
        return Option(SafeString(tag), identifier, box["label"], hint, hint_identifier)

    @property
    def target(self) -> str:
        """The id that a link of the error summary leads to: the control, or the first box of a group."""
        if self.kind == "options":
            for _group, boxes in self.options():
                for option in boxes:
                    return option.identifier
        return self.id_for_label or self.auto_id


class Renderer(TemplatesSetting):
    """`FORM_RENDERER = "config.look.forms.Renderer"`: our templates, Django's widgets."""

    bound_field_class = BoundField


def sentence_of(error: ValidationError, field: DjangoBoundField) -> str:
    """The sentence of one error; Django's standard ones are replaced by ours, a form's own one is kept."""
    text = str(error.messages[0])
    code = error.code or ""
    if text != _django_sentence(error, field.field, code):
        return text
    if code == "required":
        return gettext("Répondez à cette question : « {question} ».").format(
            question=str(field.label).rstrip(" .:")
        )
    if code == "max_length" and error.params and "limit_value" in error.params:
        return told_excess(error.params["show_value"], error.params["limit_value"])
    for kind, sentences in _DJANGO_SENTENCES.items():
        if isinstance(field.field, kind) and code in sentences:
            return str(sentences[code])
    return text


def _django_sentence(error: ValidationError, field: forms.Field, code: str) -> str:
    """What Django itself says for that code, or the text of a validator of Django."""
    for parent in type(field).__mro__:
        if parent.__module__.startswith("django.") and code in getattr(parent, "default_error_messages", {}):
            sentence = str(parent.default_error_messages[code])  # type: ignore[attr-defined]
            return sentence % error.params if error.params else sentence
    return str(error.messages[0]) if code in ("max_length", "invalid") and error.params is not None else ""


def problems_of(form: BaseForm | BaseFormSet | list[BaseForm | BaseFormSet]) -> list[Problem]:
    """Every error of a form, of each form of a formset, or of each of a list, in the order of the page.

    A sentence that several fields share says of which question it speaks.
    """
    found = _found(form)
    said = Counter(problem.text for problem in found)
    return [
        replace(problem, text=f"{problem.question} – {problem.text}")
        if problem.question and said[problem.text] > 1
        else problem
        for problem in found
    ]


def _found(form: BaseForm | BaseFormSet | list[BaseForm | BaseFormSet]) -> list[Problem]:
    if isinstance(form, list):
        return [problem for one in form for problem in _found(one)]
    if isinstance(form, BaseFormSet):
        whole = [Problem(str(text)) for text in form.non_form_errors()] if form.is_bound else []
        return whole + [problem for one in form.forms for problem in _found(one)]
    if not form.is_bound:
        return []
    found = [Problem(str(text)) for text in form.non_field_errors()]
    for bound in form:
        texts = bound.problems if isinstance(bound, BoundField) else [str(text) for text in bound.errors]
        target = bound.target if isinstance(bound, BoundField) else bound.id_for_label
        found += [Problem(text, "" if bound.is_hidden else target, str(bound.label)) for text in texts]
    return found
