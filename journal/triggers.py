"""The database itself refuses to change rows that are append-only.

Installed after each migrate: SQLite drops triggers when it rebuilds a table. Upper apps declare their
append-only tables with `append_only("label_snapshot")` in their models file.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

TABLES: list[str] = ["journal_event"]

_BODY = """
BEGIN RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = '23001'; END """
_FUNCTION = f"CREATE OR REPLACE FUNCTION refuse_to_change() RETURNS trigger LANGUAGE plpgsql AS $${_BODY}$$"
_REFUSE = "EXECUTE FUNCTION refuse_to_change()"


def append_only(table: str) -> None:
    """Declare a table whose rows are written once and never changed or deleted."""
    if table not in TABLES:
        TABLES.append(table)


def _expected(using: str) -> dict[str, tuple[str, str]]:
    """The triggers of the tables that exist: name -> (table, definition as the database itself writes it)."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    found: dict[str, tuple[str, str]] = {}
    for table in (one for one in TABLES if one in existing):
        if connection.vendor == "postgresql":
            moments = {
                "append_only": f"BEFORE DELETE OR UPDATE ON {table} FOR EACH ROW {_REFUSE}",
                "no_truncate": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {_REFUSE}",
            }
        else:
            refusal = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are append-only'); END"
            moments = {
                "no_update": f"BEFORE UPDATE ON {table} {refusal}",
                "no_delete": f"BEFORE DELETE ON {table} {refusal}",
                # REPLACE INTO deletes without waking the trigger of deletions.
                "no_replace": f"BEFORE INSERT ON {table} WHEN {_is_there(table, using)} {refusal}",
            }
        for ending, moment in moments.items():
            found[f"{table}_{ending}"] = (table, f"CREATE TRIGGER {table}_{ending} {moment}")
    return found


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
            cursor.execute(_FUNCTION)
        for name in missing(using):
            table, definition = expected[name]
            cursor.execute(_dropping(name, table, connection.vendor))
            cursor.execute(definition)


def lift(using: str = "default") -> None:
    """Drop the triggers: only for the flush between tests and for a supervised repair."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, (table, _definition) in _expected(using).items():
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
                "SELECT tgname, pg_get_triggerdef(t.oid, true) FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid "
                "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND prosrc = %s",
                [_BODY],
            )
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        present = dict(cursor.fetchall())
    expected = _expected(using)
    return [name for name, (_table, definition) in expected.items() if present.get(name) != definition]


def install_after_migrate(using: str = "default", **_: Any) -> None:
    """Receiver of `post_migrate`."""
    install(using)
