"""What only PostgreSQL can race: the same number registered by several people at once, one hand-over answered twice."""

import threading

import pytest
from django.db import connection

from journal.refusals import Blocked, NotAllowed
from structures import actions
from structures.models import Membership, Structure
from tests.factories.accounts import acting, person
from tests.factories.structures import AT, proof, representative_of, structure

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def race(*acts):
    """Run the acts at the same moment; gives what each returned or raised."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            start.wait(10)
            results[place] = act()
        except (Blocked, NotAllowed) as refused:
            results[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_one_number_gives_one_space():
    founders = [person() for _ in range(6)]

    def opening(founder):
        return lambda: structure(representative=founder, raw_number="W990000001")

    results = race(*(opening(founder) for founder in founders))
    won = [one for one in results if isinstance(one, Structure)]
    assert len(won) == 1
    assert [one.structure_pk for one in results if isinstance(one, actions.AlreadyRegistered)] == [
        won[0].pk
    ] * 5
    assert Structure.objects.count() == 1


def test_a_hand_over_accepted_by_several_clicks_seats_one_representative():
    found, successor = structure(), person("suite@exemple.fr")
    one = actions.hand_over(
        structure_pk=found.pk,
        email="suite@exemple.fr",
        quality="Présidente",
        proof=proof(),
        at=AT,
        by=representative_of(found),
    )

    def accept():
        return actions.answer_invitation(
            invitation_pk=one.pk, accepted=True, at=AT, by=acting(successor, "invited")
        )

    results = race(*[accept] * 4)
    assert {result.user_id for result in results} == {successor.pk}
    assert Membership.objects.current().get(structure=found, role="representative").user == successor
    assert Membership.objects.filter(structure=found, user=successor).count() == 1
