"""The share of each database: every test runs somewhere, and only what cannot differ runs once."""

import pytest

from tests.sharing import POSTGRES, SQLITE, databases_of


@pytest.mark.parametrize(
    ("marks", "fixture", "expected"),
    [
        ((), "", {SQLITE}),
        ((), "db", {SQLITE, POSTGRES}),
        ((), "transactional_db", {SQLITE, POSTGRES}),
        (("django_db",), "", {SQLITE, POSTGRES}),
        (("django_db", "walk"), "", {POSTGRES}),
        (("django_db", "demonstration"), "", {SQLITE}),
        (("django_db", "postgres"), "", {POSTGRES}),
        (("postgres",), "", {POSTGRES}),
        (("django_db", "browser"), "live_server", {SQLITE}),
    ],
)
def test_where_a_test_runs(
    request: pytest.FixtureRequest, marks: tuple[str, ...], fixture: str, expected: set[str]
) -> None:
    item = pytest.Function.from_parent(request.node.parent, name="test_x", callobj=lambda: None)
    for mark in marks:
        item.add_marker(mark)
    item.fixturenames[:] = [fixture] if fixture else []
    assert databases_of(item) == expected


def test_every_test_has_a_database(request: pytest.FixtureRequest) -> None:
    assert all(databases_of(item) for item in request.session.items)
