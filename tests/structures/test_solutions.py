"""Solutions: facets from closed lists, and a second tab that never overwrites."""

import pytest

from accounts.models import Role
from journal.refusals import Blocked, NotAllowed
from structures import actions
from structures.models import Solution, SolutionFacet
from tests.factories.accounts import acting, person, staff
from tests.factories.structures import AT, member, member_of, representative_of, solution, structure

pytestmark = pytest.mark.django_db


def save(found, one=None, version=0, **data):
    return actions.save_solution(
        structure_pk=found.pk,
        solution_pk=one and one.pk,
        version=version,
        data=data,
        at=AT,
        by=representative_of(found),
    )


def test_a_solution_is_written_little_by_little():
    found = structure()
    one = save(found, name="Permanence")
    assert (one.version, one.is_free, one.territory) == (1, None, "")
    save(found, one, 1, fields=["PSY", "AID"], regions=["84"], is_free=True)
    save(found, one, 2, fields=["AID", "SOC"])
    kept = Solution.objects.get(pk=one.pk)
    assert (kept.name, kept.version, kept.is_free) == ("Permanence", 3, True)
    assert kept.codes("field") == ["AID", "SOC"]
    assert kept.codes("region") == ["84"]


def test_the_second_tab_is_told_and_writes_nothing():
    found = structure()
    one = save(found, name="Permanence")
    save(found, one, 1, summary="Premier onglet.")
    with pytest.raises(actions.StaleSolution) as refused:
        save(found, one, 1, summary="Second onglet.", fields=["PSY"])
    assert refused.value.theirs.summary == "Premier onglet."
    assert Solution.objects.get(pk=one.pk).summary == "Premier onglet."
    assert not SolutionFacet.objects.exists()


def test_region_01_and_department_01_never_mix():
    found = structure()
    one = save(found, name="X", regions=["01"], departments=["2A"])
    assert (one.codes("region"), one.codes("department")) == (["01"], ["2A"])


@pytest.mark.parametrize(
    "data",
    [
        {"fields": ["NOPE"]},
        {"regions": ["2A"]},
        {"departments": ["00"]},
        {"cancers": ["C50"]},
        {"audiences": ["<script>"]},
        {"access": [""]},
        {"moments": ["yesterday"]},
        {"main_field": "breast"},
        {"territory": "galaxy"},
        {"state": "frozen"},
        {"removed_at": AT},
    ],
)
def test_what_is_not_in_the_lists_is_an_error_and_writes_nothing(data):
    found = structure()
    with pytest.raises(ValueError, match="unknown"):
        save(found, name="X", **data)
    assert not Solution.objects.exists()


def test_an_editor_writes_and_the_office_on_behalf():
    found = structure()
    for by in (member_of(found, member(found)), acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)):
        actions.save_solution(structure_pk=found.pk, data={"name": "X"}, at=AT, by=by)
    assert Solution.objects.live().count() == 2


@pytest.mark.parametrize("role", ["reader", "stranger", Role.SIGNATORY, Role.TECHNICAL_ADMINISTRATOR])
def test_others_do_not_write(role):
    found = structure()
    one = solution(found)
    if role == "reader":
        by = member_of(found, member(found, role="reader"))
    else:
        by = acting(person() if role == "stranger" else staff(role), "editor" if role == "stranger" else role)
    with pytest.raises(NotAllowed):
        actions.save_solution(
            structure_pk=found.pk, solution_pk=one.pk, version=1, data={"name": "Y"}, at=AT, by=by
        )
    with pytest.raises(NotAllowed):
        actions.remove_solution(solution_pk=one.pk, at=AT, by=by)


def test_a_solution_of_another_structure_is_not_found():
    mine, theirs = structure(), structure()
    with pytest.raises(Solution.DoesNotExist):
        save(mine, solution(theirs), 1, name="À moi")


def test_a_removed_solution_stays_in_the_table_and_takes_no_more_words():
    found = structure()
    one = solution(found)
    actions.remove_solution(solution_pk=one.pk, at=AT, by=representative_of(found))
    actions.remove_solution(solution_pk=one.pk, at=AT, by=representative_of(found))
    assert not Solution.objects.live().exists()
    assert Solution.objects.get(pk=one.pk).version == 2
    with pytest.raises(Solution.DoesNotExist):
        save(found, one, 2, name="Encore")


def test_there_is_a_limit(settings):
    settings.MAX_SOLUTIONS = 2
    found = structure()
    solution(found)
    solution(found)
    with pytest.raises(Blocked, match="2 actions"):
        solution(found)
