"""A link that no stored row tells keeps its holder away all the same: pages, files, the poll, the minutes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from letters import files
from letters.models import StoredFile
from reviewers import actions
from reviewers.conflicts import barred, linked_to_each
from reviewers.models import AgendaItem, LinkMatch
from reviewers.reading import closed_keys
from structures.models import Structure
from tests.factories import reviewers
from tests.factories import sessions as factory
from tests.factories.structures import proof
from tests.reading import closed, plain
from tests.reviewers.test_session_views import POLLED, World, opened
from tests.test_house import ROOMS, ROOT

pytestmark = pytest.mark.django_db
POLL = {"HX-Request": "true"}


def renamed(world: World, dossier: int) -> None:
    """The structure of a dossier takes the name that the member declared."""
    Structure.objects.filter(pk=world.dossiers[dossier].structure_id).update(name="Les voisins du lac")


def led_by(world: World, dossier: int) -> None:
    """Whoever represents the structure of a dossier is the person that the member named."""
    leader = world.dossiers[dossier].structure.representative()
    leader.first_name, leader.last_name = "Voisins", "du lac"
    leader.save()


def declared(world: World, place: int, at: Any = None) -> None:
    """The member declares a link with something that no dossier names."""
    actions.declare_link(
        mandate_pk=world.members[place].pk,
        organisation_name="Les voisins du lac",
        kind="officer",
        at=at or world.now,
        by=reviewers.member_actor(world.members[place]),
    )


AFTERWARDS = pytest.mark.parametrize("becomes", [renamed, led_by])


@AFTERWARDS
def test_a_link_made_by_a_later_name_closes_the_item_everywhere(
    becomes: Callable[[World, int], None], django_assert_max_num_queries: Any
) -> None:
    world = opened(flags=True)
    item, other = world.item(0), world.item(1)
    for place in (0, 1):
        world.states(place, item)
    declared(world, 1)
    member = world.member(1)
    assert member.get(world.url("dossier", item.pk)).status_code == 200
    world.run(f"call-{item.pk}")
    assert "À discuter en séance" in world.read(member, "live")

    becomes(world, 0)

    assert not LinkMatch.objects.exists()
    for name in ("item", "dossier", "vote", "secret"):
        assert member.get(world.url(name, item.pk)).status_code == 404, name
        assert world.post(member, name, item.pk, go="none", no_link="on").status_code == 404
    for name in ("", "live"):
        page = world.read(member, name)
        for told in ("Association n° 0", "Les voisins du lac", world.dossiers[0].reference, "À discuter"):
            assert told not in page, (name, told)
        assert "Association n° 1" in page
    with django_assert_max_num_queries(POLLED):
        member.get(world.url("live"), {"vu": "?"}, headers=POLL)
    assert member.get(world.url("item", other.pk)).status_code == 200
    refused = world.post(world.member(1), "item", item.pk, go="link", text="Je le savais.")
    assert refused.status_code == 404


def test_a_poll_costs_no_more_during_a_vote_for_somebody_with_links(
    django_assert_max_num_queries: Any,
) -> None:
    world = opened(flags=True)
    item = world.item(0)
    for place in (0, 1):
        world.states(place, item)
    declared(world, 1)
    world.run(f"call-{item.pk}")
    world.run("discussed", point=[str(key) for key in item.points.values_list("pk", flat=True)])
    world.run("open_vote")

    with django_assert_max_num_queries(POLLED):
        page = world.member(1).get(world.url("live"), {"vu": "?"}, headers=POLL)

    assert "Votre vote est attendu." in plain(page.content.decode())


@AFTERWARDS
def test_the_documents_of_the_dossier_close_too(becomes: Callable[[World, int], None]) -> None:
    world = opened(dossiers=1)
    world.states(1, world.item())
    declared(world, 1)
    dossier = world.dossiers[0]
    keys = [
        files.store(
            upload=proof("statuts.pdf"),
            subject=dossier,
            purpose=purpose,
            thread=dossier.thread,
            at=world.now,
            by=factory.secretary_of(world.session),
        ).pk
        for purpose in ("document", "piece")
    ]
    StoredFile.objects.update(scanned_at=world.now)
    assert [opens(world, key) for key in keys] == [True, True]

    becomes(world, 0)

    assert [opens(world, key) for key in keys] == [False, False]


def opens(world: World, key: int) -> bool:
    """Whether the member of these tests downloads that file."""
    answer: Any = world.member(1).get(reverse("stored_file", args=[key]))
    if answer.status_code == 200:
        b"".join(answer.streaming_content)
        closed(answer)
    return bool(answer.status_code == 200)


@AFTERWARDS
def test_a_co_chair_linked_by_a_later_name_presides_over_that_item_no_more(
    becomes: Callable[[World, int], None],
) -> None:
    world = opened()
    item = world.item(0)
    declared(world, 0)
    world.run(f"call-{item.pk}")

    becomes(world, 0)

    page = world.read(world.member(0), "run")
    assert "Un lien vous tient à l'écart de ce point" in page and "voisins" not in page
    assert world.post(world.member(0), "run", go="open_vote").status_code == 404


def test_every_list_of_items_asks_the_gate_afresh() -> None:
    """`visible_to` alone knows what is stored: of the product, only the questions of `reviewers.reading` call it."""
    found = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "AgendaItem.objects.visible_to" in path.read_text(encoding="utf-8")
    }
    assert found == {
        "reviewers/reading.py",
        "workflows/todo/sittings.py",
    }  # the latter tells no item, only a date


@AFTERWARDS
def test_whatever_keeps_somebody_away_closes_the_item_to_them(becomes: Callable[[World, int], None]) -> None:
    """What pages ask is never less than what `barred` knows."""
    world = opened()
    declared(world, 1)
    world.states(2, world.item(0), link=True)
    becomes(world, 0)
    on, items = world.now.date(), list(AgendaItem.objects.select_related("application__structure"))
    users = [one.user for one in world.members]
    for item in items:
        kept = barred(item.application, [one.pk for one in users], on=on)
        for user in users:
            assert (item.pk in closed_keys(world.session, user, on=on)) is (user.pk in kept)
    assert linked_to_each([], [users[0].pk], on=on) == {}
