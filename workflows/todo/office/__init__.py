"""What awaits the people of the Institute, by role; its sources in the order of the procedure."""

from workflows.todo.office import appeals, committee, dossiers, letters, people, reports, rights, sessions  # noqa: F401  (each gives its sources)
