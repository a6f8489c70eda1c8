"""What awaits the people of the Institute, by role; its sources in the order of the procedure."""

from workflows.todo.office import (  # noqa: F401  (each gives its sources)
    appeals,
    committee,
    dossiers,
    letters,
    outages,
    people,
    reports,
    rights,
    sessions,
)
