"""Template tags and filters of the house, available in every template without `load`."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.forms import BaseForm, BaseFormSet
from django.forms.boundfield import BoundField as DjangoBoundField
from django.template.defaulttags import CsrfTokenNode
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts import kept
from accounts.once import FIELD, new_token
from config.look import icons
from config.look.forms import Problem, problems_of
from config.look.state_words import Audience, Words, state_word
from letters import spoken, typography

register = template.Library()

PATH_STEPS = (
    gettext_lazy("Déposé"),
    gettext_lazy("Vérification des pièces"),
    gettext_lazy("Évaluation par le comité"),
    gettext_lazy("Avis du comité"),
    gettext_lazy("Décision"),
)

TONE_CLASSES = {
    "success": "fr-badge--success",
    "info": "fr-badge--info",
    "todo": "lb-badge--todo",
    "warning": "fr-badge--warning",
    "error": "fr-badge--error",
    "plain": "lb-badge--plain",
}


@register.simple_tag(takes_context=True)
def csrf_token(context: template.Context) -> SafeString:
    """Django's own tag, and for whom the page was made: words kept from it are given back to nobody else."""
    token = SafeString(CsrfTokenNode().render(context))
    request = context.get("request")
    mark = kept.mark_of(request.user) if request is not None else ""
    if not mark:
        return token
    return format_html('{}<input type="hidden" name="{}" value="{}">', token, kept.MADE_FOR, mark)


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "checkbox-circle-fill" %}`: the inline SVG; always with a word beside it."""
    return icons.icon(name)


@register.simple_tag
def badge(words: Words, tone: str = "plain", icon_name: str = "") -> SafeString:
    """`{% badge "Confidentiel" "plain" "lock-line" %}`: a badge that is no state."""
    drawing = icons.icon(icon_name) if icon_name else ""
    return format_html(
        '<span class="fr-badge fr-badge--no-icon lb-badge {}">{}{}</span>', TONE_CLASSES[tone], drawing, words
    )


@register.simple_tag
def state_badge(kind: str, code: str, audience: Audience = "public") -> SafeString:
    """`{% state_badge "application" dossier.state "staff" %}`: nothing when the state is not told."""
    return _state_badge(kind, code, audience, get_language())


@cache
def _state_badge(kind: str, code: str, audience: Audience, _language: str | None) -> SafeString:
    word = state_word(kind, code)
    words = word.for_audience(audience)
    return badge(words, word.tone, word.icon) if words is not None else SafeString("")


@register.simple_tag
def state_text(kind: str, code: str, audience: Audience = "public") -> str:
    """`{% state_text "label" code "public" %}`: the word alone, as text."""
    return str(state_word(kind, code).for_audience(audience) or "")


@register.simple_tag
def state_line(kind: str, code: str, **values: Any) -> str:
    """`{% state_line "label" "suspended" date=end %}`: the plain sentence of the state.

    A date among the values is written in words. Raises KeyError when the sentence needs one not given.
    """
    line = state_word(kind, code).line
    if line is None:
        return ""
    written = {
        name: french_date(value) if isinstance(value, date) else value for name, value in values.items()
    }
    return str(line).format(**written)


@register.filter
def french_date(day: date | None, style: str = "") -> str:
    """`1er mars 2027`; `|french_date:"weekday"` gives `lundi 1er mars 2027`; in English when it is active."""
    if day is None or day == "":
        return ""
    return spoken.told_date(day, weekday=style == "weekday")


@register.filter
def french_time(at: datetime | None) -> str:
    """`14 h 32`, in English `14:32`; hour of Paris."""
    return spoken.told_time(at) if at else ""


@register.filter
def french_datetime(at: datetime | None) -> str:
    """`9 août 2027 à 18 h 05`, in English `9 August 2027 at 18:05`."""
    return spoken.told_datetime(at) if at else ""


@register.filter
def french_moment(at: datetime | None) -> str:
    """`à 14 h 32` today, `le 9 août 2027 à 18 h 05` on another day."""
    if not at:
        return ""
    if typography.paris(at).date() == timezone.localdate():
        return _("à {time}").format(time=spoken.told_time(at))
    return _("le {moment}").format(moment=spoken.told_datetime(at))


@register.filter
def in_days(day: date | None, today: date | None = None) -> str:
    """`dans 13 jours`, `aujourd'hui`, `depuis 3 jours`: distance from `today` (by default, of Paris)."""
    if not day:
        return ""
    if isinstance(day, datetime):
        day = typography.paris(day).date()
    return spoken.told_distance((day - (today or timezone.localdate())).days)


@register.filter
def file_size(size: int | None) -> str:
    """`0,4 Mo`, in English `0.4 MB`."""
    return "" if size is None else spoken.told_size(size)


@register.filter
def number(value: int | float | Decimal | None, decimals: int | None = None) -> str:
    """`1 250`, in English `1,250`."""
    if value is None or value == "":
        return ""
    return spoken.told_number(value, decimals=decimals)


@register.filter
def percent(value: int | float | Decimal | None, decimals: int | None = None) -> str:
    """`62,5 %` from 62.5, in English `62.5%`."""
    if value is None or value == "":
        return ""
    return (
        typography.french_percent(value, decimals=decimals)
        if spoken.in_french()
        else f"{number(value, decimals)}%"
    )


@register.filter
def euros(value: int | float | Decimal | None) -> str:
    """`12,50 €`, in English `€12.50`."""
    if value is None or value == "":
        return ""
    if spoken.in_french():
        return typography.french_amount(value)
    amount = Decimal(str(value)).quantize(Decimal("0.01"))
    return f"€{number(amount, 0 if amount == amount.to_integral_value() else 2)}"


@register.filter
def phone(value: str | None) -> str:
    """`01 00 00 00 00`."""
    return typography.french_phone(value) if value else ""


@register.filter
def phone_link(value: str | None) -> str:
    """`tel:+33100000000` for the address of a phone link."""
    digits = "".join(sign for sign in value or "" if sign.isdigit() or sign == "+")
    return f"tel:+33{digits[1:]}" if digits.startswith("0") and len(digits) == 10 else f"tel:{digits}"


@register.filter
def problems(form: Any) -> list[Problem]:
    """Every error of a form or formset, in the order of the page, with the id of its field."""
    return problems_of(form) if isinstance(form, BaseForm | BaseFormSet | list) else []


@register.simple_tag
def count_of_problems(count: int) -> str:
    """The title of the error summary."""
    return ngettext("Une réponse est à corriger", "%(count)s réponses sont à corriger", count) % {
        "count": count
    }


@register.simple_tag
def field_with(field: DjangoBoundField, **attributes: Any) -> SafeString:
    """`{% field_with form.name autofocus=True hx_post=url %}`: the field group with more attributes.

    An underscore in a name is written as a hyphen.
    """
    field.field.widget.attrs.update({name.replace("_", "-"): value for name, value in attributes.items()})
    return field.as_field_group()


@register.simple_tag
def once() -> SafeString:
    """`{% once %}` in a creating form: its token, which `accounts.once` consumes with the creation."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_token())


@register.simple_tag
def limit_told(maximum: int) -> str:
    """`2 000 caractères au plus`."""
    return _("%(number)s caractères au plus") % {"number": number(maximum)}


@register.simple_tag
def path_steps(now: int) -> list[dict[str, Any]]:
    """The five steps of a dossier with what is done and what is under way; 6 means all done."""
    return [
        {"number": place, "words": words, "is_done": place < now, "is_now": place == now}
        for place, words in enumerate(PATH_STEPS, start=1)
    ]
