"""A thousand of what the real actions made once: its rows copied by the database, with keys of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import GeneratedField, Max

T = TypeVar("T", bound=models.Model)
# The keys of the copies start far from all others, and never meet: sequences go on from one test to the next.
FIRST, STEP = 100_000_000, 1_000_000
Before = dict[type[models.Model], int]


def copies(make: Callable[[], T], number: int) -> list[int]:
    """What `make` gives, and that many copies of all that it wrote; returns their keys. On PostgreSQL only.

    A copy stands on what was there before (an edition, a role) as the original does. Its chain in the journal keeps
    the digests of the original: it is no subject for a test of the chains.
    """
    before = _highest()
    made = make()
    written = {model: first for model, first in before.items() if _newest(model) > first}
    with transaction.atomic(), connection.cursor() as cursor:
        for model, first in written.items():
            assert _newest(model) < STEP, f"the copies of {model.__name__} would meet"
            cursor.execute(_copying(model, first, written), [number])
    return [made.pk, *(made.pk + FIRST + STEP * n for n in range(1, number + 1))]


def _highest() -> Before:
    known = apps.get_models(include_auto_created=True)
    whole = [one for one in known if one._meta.managed and isinstance(one._meta.pk, models.AutoField)]
    return {model: _newest(model) for model in whole if not model._meta.proxy}


def _newest(model: type[models.Model]) -> int:
    return model._base_manager.aggregate(newest=Max("pk"))["newest"] or 0


def _copying(model: type[models.Model], first: int, written: Before) -> str:
    fields = [one for one in model._meta.concrete_fields if not isinstance(one, GeneratedField)]
    names = ", ".join(f'"{one.column}"' for one in fields)
    values = ", ".join(_value(one, written) for one in fields)
    table, key = model._meta.db_table, model._meta.pk.column
    return (
        f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" AS made, '
        f"(SELECT n, {FIRST} + {STEP} * n AS shift FROM generate_series(1, %s) AS n) AS place "
        f'WHERE made."{key}" > {first}'
    )


def _value(field: Any, written: Before) -> str:
    column = f'made."{field.column}"'
    if field.primary_key:
        return f"{column} + shift"
    if field.is_relation:
        first = written.get(field.remote_field.model)
        return column if first is None else _moved(column, f"{column} > {first}", f"{column} + shift")
    if field.name in ("subject", "source"):
        key = f"CAST(split_part({column}, ':', 2) AS bigint)"
        ours = " OR ".join(
            f"split_part({column}, ':', 1) = '{model._meta.label_lower}' AND {key} > {first}"
            for model, first in written.items()
        )
        named = f"split_part({column}, ':', 1) || ':' || ({key} + shift)"
        return _moved(column, f"{column} ~ ':[0-9]+$' AND ({ours})", named)
    if (
        type(field) in (models.CharField, models.EmailField)
        and not field.choices
        and _is_one_of_a_kind(field, written)
    ):
        return _moved(column, f"{column} <> ''", f"n || '-' || {column}")
    if field.unique and isinstance(field, models.UUIDField):
        return "gen_random_uuid()"
    return column


def _is_one_of_a_kind(field: Any, written: Before) -> bool:
    """Whether the copies would meet on that text: it is unique, alone or with fields that stay as they are."""
    rules = [one for one in field.model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    moving = {
        one.name
        for one in field.model._meta.concrete_fields
        if one.remote_field and one.remote_field.model in written
    }
    return field.unique or any(field.name in rule.fields and not moving & set(rule.fields) for rule in rules)


def _moved(column: str, condition: str, value: str) -> str:
    return f"CASE WHEN {condition} THEN {value} ELSE {column} END"
