"""The practice dossiers: the real criteria, and nothing that counts anywhere."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Role
from journal.models import Event, Thread
from journal.refusals import Blocked, NotAllowed
from label.models import Edition
from reviewers import actions
from reviewers.grid import edition_criteria
from reviewers.models import Practice
from reviewers.training import DATA, cases, practised_on
from tests.factories import label
from tests.factories import reviewers as factory
from tests.factories.accounts import person, signed_in, staff
from tests.factories.structures import AT
from tests.reading import plain, words
from workflows.integrity import breaches

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Edition:
    return label.draft().edition


def rows_of(edition: Edition) -> dict[str, int]:
    """How many rows each table holds, the practice and the sessions of the browser apart."""
    apart = {"reviewers.practice", "sessions.session", "usersessions.usersession", "accounts.usedform"}
    return {
        model._meta.label_lower: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label_lower not in apart
    }


def test_the_cases_hold_with_the_edition(edition: Edition) -> None:
    rows = {row.code: row for row in edition_criteria(edition)}
    found = cases(edition)
    assert [case.code for case in found] == ["jardin", "ligne"]
    for case in found:
        assert len(case.lines) == 6
        for line in case.lines:
            allowed = {"0", "1", "2", "3", "4", "none"} | (
                {"na"} if rows[line.row.code].na_allowed else set()
            )
            assert set(line.accepted) <= allowed
            assert line.accepted
    with translation.override("en"):
        assert "does not exist" in cases(edition)[0].summary
    told = json.loads(DATA.read_text(encoding="utf-8"))["cases"]
    for case in told:
        for line in case["criteria"].values():
            assert all(len(line["why"][tongue]) > 40 for tongue in ("fr", "en"))


def test_practising_writes_nothing_but_the_practice(client: Client, edition: Edition) -> None:
    mandate = factory.appointed(at=timezone.now())
    signed_in(client, mandate.user)
    home = reverse("committee_practice")
    client.get(home)
    before, heads = rows_of(edition), set(Thread.objects.values_list("head", flat=True))
    events = Event.objects.count()
    for case in cases(edition):
        result = reverse("committee_practice_result", args=[case.code])
        for place, line in enumerate(case.lines):
            page = reverse("committee_practice_criterion", args=[case.code, line.row.code])
            shown = client.get(page)
            assert line.why not in words(shown)
            assert plain(line.row.question) in words(shown)
            assert (
                client.post(page, {f"{line.row.anchor_id}-note": "4"}).status_code == 200
            )  # E28: no sentence
            last = place + 1 == len(case.lines)
            assert last or "Il reste" in words(client.get(result))
            assert line.why not in words(client.get(result))
            answer = client.post(
                page, {f"{line.row.anchor_id}-note": "1", f"{line.row.anchor_id}-comment": "Trop court."}
            )
            following = (
                result
                if last
                else reverse("committee_practice_criterion", args=[case.code, case.lines[place + 1].row.code])
            )
            assert answer["Location"] == following
        assert practised_on(mandate) is None
        assert client.post(result).status_code == 302
        told = words(client.get(result))
        assert all(line.why.split(":")[0].strip()[:30] in told for line in case.lines)
        assert "Trop court." in told
    assert practised_on(mandate) == timezone.localdate()
    assert "terminé les deux dossiers" in words(client.get(home))
    assert rows_of(edition) == before
    assert (set(Thread.objects.values_list("head", flat=True)), Event.objects.count()) == (heads, events)
    assert list(breaches()) == []


def test_the_day_is_proposed_to_the_secretariat_which_records_it(client: Client, edition: Edition) -> None:
    mandate = factory.appointed()
    by = factory.member_actor(mandate)
    for place, case in enumerate(cases(edition)):
        for line in case.lines:
            facts = {"mandate_pk": mandate.pk, "case": case, "note": "2", "comment": "", "at": AT, "by": by}
            actions.save_practice(criterion=line.row.code, **facts)
        day = AT + timedelta(days=place)
        actions.finish_practice(mandate_pk=mandate.pk, case=case, at=day, by=by)
        actions.finish_practice(mandate_pk=mandate.pk, case=case, at=AT + timedelta(days=30), by=by)
    mandate = type(mandate).objects.get(pk=mandate.pk)
    assert mandate.trained_on is None
    assert practised_on(mandate) == timezone.localdate(AT) + timedelta(days=1)
    signed_in(client, staff(Role.SECRETARIAT))
    shown = client.get(reverse("staff_mandate", args=[mandate.pk]))
    expected = practised_on(mandate).strftime("%d/%m/%Y")
    assert f'name="activate-trained_on" value="{expected}"' in shown.content.decode()
    assert "Entraînement terminé le" in words(shown)


def test_what_is_refused(edition: Edition) -> None:
    case = cases(edition)[0]
    mandate, other = factory.member(), factory.member()
    facts = {"mandate_pk": mandate.pk, "case": case, "comment": "", "at": AT}
    own = factory.member_actor(mandate)
    for note in ("5", "-1", "x", "na"):
        with pytest.raises(Blocked):
            actions.save_practice(criterion="A1.1", note=note, by=own, **facts)
    with pytest.raises(Blocked):
        actions.save_practice(criterion="A1.1", note="1", by=own, **{**facts, "comment": "x" * 5001})
    with pytest.raises(LookupError):
        actions.save_practice(criterion="A9.9", note="1", by=own, **facts)
    for by in (factory.member_actor(other), factory.secretary()):
        with pytest.raises(NotAllowed):
            actions.save_practice(criterion="A1.1", note="1", by=by, **facts)
    with pytest.raises(Blocked, match="sans réponse"):
        actions.finish_practice(mandate_pk=mandate.pk, case=case, at=AT, by=own)
    actions.resign(mandate_pk=mandate.pk, at=AT, by=own)
    with pytest.raises(NotAllowed):
        actions.save_practice(criterion="A1.1", note="1", by=own, **facts)
    assert not Practice.objects.exclude(answers={}).exists()


def test_the_pages_are_the_members_own(client: Client, edition: Edition) -> None:
    mandate = factory.member(at=timezone.now())
    address = reverse("committee_practice_criterion", args=["jardin", "A1.1"])
    signed_in(client, mandate.user)
    for wrong in (("jardin", "A9.9"), ("inconnu", "A1.1")):
        assert client.get(reverse("committee_practice_criterion", args=wrong)).status_code == 404
    client.post(address, {"A1-1-note": "2", "go": "later"})
    mine = client.get(address).content.decode()
    assert 'value="2" checked' in mine
    signed_in(client, factory.member(at=timezone.now()).user)
    assert 'value="2" checked' not in client.get(address).content.decode()
    signed_in(client, person())
    assert client.get(address).status_code == 404
