"""Form fields that read what French people write: dates, amounts, whole numbers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from letters.typography import read_amount, read_date

FIRST_YEAR, LAST_YEAR = 1800, 2199


class FrenchDateField(forms.DateField):
    """A date in one plain text field; E22 when it cannot be read."""

    default_error_messages = {"invalid": _("Écrivez une date comme 03/03/2027.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.DateInput(format="%d/%m/%Y", attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        """The date written, or None for nothing."""
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if value in self.empty_values:
            return None
        try:
            day = read_date(str(value))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if (
            not FIRST_YEAR <= day.year <= LAST_YEAR
        ):  # a slip of the hand, and arithmetic needs room on both sides
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class FrenchAmountField(forms.DecimalField):
    """An amount in euros; E25 when it cannot be read."""

    default_error_messages = {"invalid": _("Écrivez un montant en euros, comme 1 250,50.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """The amount written, or None for nothing."""
        if value in self.empty_values or isinstance(value, Decimal | int):
            return super().to_python(value)
        try:
            return super().to_python(read_amount(str(value)))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class WebAddressField(forms.URLField):
    """The address of a site, with or without `https://`."""

    default_error_messages = {"invalid": _("Écrivez une adresse comme https://www.exemple.fr.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 300)
        super().__init__(assume_scheme="https", **kwargs)


class WholeNumberField(forms.IntegerField):
    """A whole number, spaces allowed, bounded; E24 when it cannot be read."""

    default_error_messages = {
        "invalid": _("Écrivez un nombre entier, sans lettre. S'il n'y en a pas, écrivez 0."),
        "max_value": _("Ce nombre est trop grand : vérifiez-le."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_value", 2_000_000_000)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        """The number written, or None for nothing."""
        if isinstance(value, str):
            value = "".join(value.split())
        return super().to_python(value)
