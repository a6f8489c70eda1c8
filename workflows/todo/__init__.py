"""The to-do list of a person: what, for which dossier, by when; the oldest obligation first. One query module."""

from workflows.todo import (  # noqa: F401  (each gives its sources)
    association,
    committee,
    follow_ups,
    measures,
    office,
    renewals,
    sittings,
    withdrawals,
)
from workflows.todo.engine import (
    AREAS,
    PAGE,
    Cursor,
    Reader,
    Task,
    TodoPage,
    count,
    pages,
    read_cursor,
    todo_for,
    todo_page,
    write_cursor,
)

__all__ = [
    "AREAS",
    "PAGE",
    "Cursor",
    "Reader",
    "Task",
    "TodoPage",
    "count",
    "pages",
    "read_cursor",
    "todo_for",
    "todo_page",
    "write_cursor",
]
