"""The database itself refuses to change rows that are append-only.

Installed after each migrate: SQLite drops triggers when it rebuilds a table. Upper apps declare their
append-only tables with `append_only("reviewers_opinion")` in their models file.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connections

TABLES: list[str] = ["journal_event"]


@dataclass(frozen=True)
class Door:
    """The one change that an append-only table lets through: of these columns only, when a condition holds.

    `when` is SQL on OLD and NEW that both databases read.
    """

    columns: tuple[str, ...]
    when: str


_doors: dict[str, Door] = {}

_REFUSAL = "RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = '23001';"
_REFUSE = "refuse_to_change"


def append_only(table: str, *, door: Door | None = None) -> None:
    """Declare a table whose rows are written once and never changed or deleted, but through its door."""
    if table not in TABLES:
        TABLES.append(table)
    if door is not None:
        _doors[table] = door


def _functions() -> dict[str, str]:
    """The functions of PostgreSQL, each with its body: the one that refuses all, one for each table with a door."""
    found = {_REFUSE: f"\nBEGIN {_REFUSAL} END "}
    for table, door in _doors.items():
        names = ", ".join(f"'{column}'" for column in door.columns)
        same = f"to_jsonb(NEW) - ARRAY[{names}] = to_jsonb(OLD) - ARRAY[{names}]"
        let_through = f"IF TG_OP = 'UPDATE' THEN IF {same} AND {door.when} THEN RETURN NEW; END IF; END IF;"
        found[f"{_REFUSE}_{table}"] = f"\nBEGIN {let_through} {_REFUSAL} END "
    return found


def _expected(using: str) -> dict[str, tuple[str, str]]:
    """The triggers of the tables that exist: name -> (table, definition as the database itself writes it)."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    found: dict[str, tuple[str, str]] = {}
    for table in (one for one in TABLES if one in existing):
        if connection.vendor == "postgresql":
            refuse = f"{_REFUSE}_{table}" if table in _doors else _REFUSE
            moments = {
                "append_only": f"BEFORE DELETE OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {refuse}()",
                "no_truncate": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {_REFUSE}()",
            }
        else:
            refusal = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are append-only'); END"
            moments = {
                "no_update": f"BEFORE UPDATE ON {table} {_closed(table, using)}{refusal}",
                "no_delete": f"BEFORE DELETE ON {table} {refusal}",
                # REPLACE INTO deletes without waking the trigger of deletions.
                "no_replace": f"BEFORE INSERT ON {table} WHEN {_is_there(table, using)} {refusal}",
            }
        for ending, moment in moments.items():
            found[f"{table}_{ending}"] = (table, f"CREATE TRIGGER {table}_{ending} {moment}")
    return found


def _closed(table: str, using: str) -> str:
    """On SQLite, the condition that a change does not go through the door of its table; nothing without a door."""
    door = _doors.get(table)
    if door is None:
        return ""
    with connections[using].cursor() as cursor:
        cursor.execute(f"PRAGMA table_info({table})")
        others = [row[1] for row in cursor.fetchall() if row[1] not in door.columns]
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in others)
    return f"WHEN NOT ({same} AND {door.when}) "


def _is_there(table: str, using: str) -> str:
    """On SQLite, the condition that the new row takes the key, or a value said to be unique, of another."""
    with connections[using].cursor() as cursor:
        cursor.execute(f"PRAGMA index_list({table})")
        uniques = [
            name for _seq, name, unique, _origin, partial in cursor.fetchall() if unique and not partial
        ]
        keys = [["id"]]
        for name in sorted(uniques):
            cursor.execute(f"PRAGMA index_info({name})")
            keys.append([column for _rank, _place, column in cursor.fetchall()])
    same = (" AND ".join(f"{column} = NEW.{column}" for column in key) for key in keys)
    return " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {condition})"  # noqa: S608  (names of our own tables and columns)
        for condition in same
    )


def install(using: str = "default") -> None:
    """Create what is missing, or mend what was altered, on tables that exist; safe to run again."""
    connection = connections[using]
    expected = _expected(using)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, body in _functions().items():
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
                )
        for name in missing(using):
            table, definition = expected[name]
            cursor.execute(_dropping(name, table, connection.vendor))
            cursor.execute(definition)


def lift(using: str = "default", *, tables: Collection[str] | None = None) -> None:
    """Drop the triggers, of these tables or of all: for the flush between tests, or for a supervised repair."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, (table, _definition) in _expected(using).items():
            if tables is None or table in tables:
                cursor.execute(_dropping(name, table, connection.vendor))


def _dropping(name: str, table: str, vendor: str) -> str:
    return f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else "")


def missing(using: str = "default") -> list[str]:
    """The names of the triggers that are absent, disabled, on another table, or do something else."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Enabled in ordinary sessions (O) or always (A); its function still refuses.
            cursor.execute(
                "SELECT tgname, pg_get_triggerdef(t.oid, true), proname, prosrc "
                "FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid "
                "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
            )
            bodies = _functions()
            rows = cursor.fetchall()
            present = {name: told for name, told, function, body in rows if bodies.get(function) == body}
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            present = dict(cursor.fetchall())
    expected = _expected(using)
    return [name for name, (_table, definition) in expected.items() if present.get(name) != definition]


def install_after_migrate(using: str = "default", **_: Any) -> None:
    """Receiver of `post_migrate`."""
    install(using)


def lift_doors_before_migrate(using: str = "default", **_: Any) -> None:
    """Receiver of `pre_migrate`: SQLite renames no table while a trigger of another names one that is being rebuilt."""
    if connections[using].vendor == "sqlite":
        lift(using, tables=_doors.keys())
