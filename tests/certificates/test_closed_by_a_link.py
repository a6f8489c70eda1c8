"""What a link or a membership closes of a label: its procedures, its pages, its letters and its files.

After a merger, the dossier of a label is that of the structure that was absorbed: both structures count.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from accounts.rules import may
from certificates import actions
from certificates.models import FollowUp, Label, Withdrawal
from decisions.rules import with_part_in
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from letters.models import StoredFile
from letters.visibility import may_see_file, may_see_letter
from reviewers.actions import declare_link
from reviewers.conflicts import barred
from reviewers.models import AgendaItem, InterestLink
from reviewers.visibility import closed_dossiers
from structures.models import Structure
from tests.factories import certificates, follow_ups, measures, reviewers, sessions, withdrawals
from tests.factories.accounts import acting, give_role, signatory, signed_in, staff
from tests.factories.structures import AT, member, proof, representative_of

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=10)
ON = LATER.date()


def linked(found: Structure, role: str = "", *, at: Any = AT) -> User:
    """A member of the committee with a link with that structure, which was recognised; since then at the Institute."""
    mandate = reviewers.member(at=at)
    link = declare_link(
        mandate_pk=mandate.pk,
        organisation_name=found.name,
        kind="officer",
        at=at,
        by=reviewers.member_actor(mandate),
    )
    InterestLink.objects.filter(pk=link.pk).update(structure=found)
    if role:
        give_role(mandate.user, role)
    return mandate.user


def belonged(user: User, found: Structure) -> User:
    """That person was a member of that structure and left it."""
    member(found, user=user)
    found.memberships.filter(user=user).update(ended_at=AT)
    return user


def both(label: Label) -> tuple[Structure, Structure]:
    """Who holds a label that was taken over, and to whom it was granted."""
    assert label.structure != label.application.structure
    return label.structure, label.application.structure


def test_after_a_merger_nobody_tied_to_either_structure_signs() -> None:
    """Domain 5.2 rule 1, 5.3: the holder and the structure absorbed."""
    label = measures.taken_over(certificates.label())
    found = withdrawals.opened(label, at=LATER)
    proposal = withdrawals.propose(found, "dismiss", at=LATER)
    for structure in both(label):
        for user in (belonged(signatory(), structure), linked(structure, Role.SIGNATORY)):
            assert not may("certificates.sign_step", user, label, on=ON)
            by = acting(user, Role.SIGNATORY)
            with pytest.raises(NotAllowed):
                actions.sign_step(proposal_pk=proposal, at=LATER, by=by)
            with pytest.raises(NotAllowed):
                actions.send_back_step(proposal_pk=proposal, at=LATER, by=by.because("À revoir."))
        with pytest.raises(Blocked, match="membre de cette structure"), transaction.atomic():
            measures.signed(label, "suspend", at=LATER, by=belonged(signatory(), structure))
    actions.sign_step(proposal_pk=proposal, at=LATER, by=acting(signatory(), Role.SIGNATORY))
    assert withdrawals.fresh(found).state == "dismissed"


def test_after_a_merger_the_part_of_a_person_is_that_in_both_structures() -> None:
    label = measures.taken_over(certificates.label())
    stranger = certificates.label(at=LATER)
    for structure in both(label):
        user = belonged(staff(Role.CASE_OFFICER), structure)
        parts = with_part_in(user, Application.objects.all())
        assert parts.get(pk=label.application_id).signatory_belongs
        assert not parts.get(pk=stranger.application_id).signatory_belongs
        assert barred(label.application, [user.pk], on=ON) == {user.pk}
        for permission in ("certificates.check_event", "certificates.note_contact"):
            assert not may(permission, user, label, on=ON)
            assert may(permission, user, stranger, on=ON)


def test_after_a_merger_a_link_with_either_structure_closes_all_that_is_about_the_label() -> None:
    label = measures.taken_over(certificates.label())
    withdrawal = withdrawals.opened(label, at=LATER)
    follow_up = follow_ups.planned(label)
    item = AgendaItem.objects.create(
        session=sessions.planned(at=AT),
        kind="withdrawal",
        subject=f"certificates.withdrawal:{withdrawal.pk}",
        application=label.application,
        position=1,
    )
    free = staff(Role.CASE_OFFICER)
    for structure in both(label):
        named = reviewers.member()  # a link that its name alone tells: no row says which structure it is
        declare_link(
            mandate_pk=named.pk,
            organisation_name=structure.name,
            kind="officer",
            at=AT,
            by=reviewers.member_actor(named),
        )
        user = linked(structure, Role.CASE_OFFICER)
        people = [named.user_id, user.pk, free.pk]
        assert barred(label.application, people, on=ON) == {named.user_id, user.pk}
        assert set(closed_dossiers(user, ON)) == {(label.application_id,)}
        for row in (label, label.application, withdrawal, follow_up, item):
            seen = type(row).objects
            assert not seen.visible_to(user, on=ON).filter(pk=row.pk).exists(), (row, structure)
            assert seen.visible_to(free, on=ON).filter(pk=row.pk).exists(), row
    holder, absorbed = both(label)
    for structure, sees in ((holder, True), (absorbed, False)):
        inside = linked(structure)
        member(structure, user=inside)
        assert Label.objects.visible_to(inside, on=ON).filter(pk=label.pk).exists() == sees
        assert FollowUp.objects.visible_to(inside, on=ON).filter(pk=follow_up.pk).exists() == sees


def test_a_link_closes_the_pages_letters_and_files_of_a_label() -> None:
    """What is held against an association is read as its dossier: by nobody who has a link with it."""
    now = timezone.now()
    label = certificates.label(at=now - timedelta(days=20))
    since = now - timedelta(days=9)
    hearing = measures.invited(label, at=since)
    measures.received(hearing.letter, at=since)
    hearing.refresh_from_db()
    condition = certificates.condition(label, due_on=timezone.localdate() + timedelta(days=20))
    holder = representative_of(label.structure)
    office = {"at": now, "by": measures.officer_of(label)}
    actions.observe(hearing_pk=hearing.pk, text="Rouvert.", file=proof(), at=now, by=holder)
    actions.ask_to_be_heard(hearing_pk=hearing.pk, at=now, by=holder)
    actions.record_oral_hearing(
        hearing_pk=hearing.pk, held_on=timezone.localdate(), minutes="Entendue.", file=proof(), **office
    )
    actions.send_condition_proof(condition_pk=condition.pk, text="Voici.", file=proof(), at=now, by=holder)
    notice = withdrawals.on_notice(withdrawals.opened(label, at=since), at=since)
    actions.answer_notice(withdrawal_pk=notice.pk, text="Corrigé.", file=proof(), at=now, by=holder)
    change = actions.declare_change(
        label_pk=label.pk,
        kind="other",
        happened_on=timezone.localdate(),
        text="Un changement.",
        upload=proof(),
        at=now,
        by=holder,
    )
    pages = [
        reverse("staff_label", args=[label.number]),
        reverse("staff_hearing", args=[hearing.pk]),
        reverse("staff_condition", args=[condition.pk]),
        reverse("staff_change", args=[label.number, change.pk]),
        reverse("staff_withdrawal", args=[notice.pk]),
        reverse("staff_letter", args=[hearing.letter.pk]),
    ]
    purposes = ["observation", "oral_minutes", "condition_proof", "notice_answer", "change_proof"]
    files = list(StoredFile.objects.filter(purpose__in=purposes))
    assert {row.purpose for row in files} == set(purposes)
    pages += [reverse("stored_file", args=[row.pk]) for row in files]
    user = linked(label.structure, Role.CASE_OFFICER, at=since)
    shut, open_ = signed_in(Client(), user), signed_in(Client(), staff(Role.CASE_OFFICER))
    for page in pages:
        assert shut.get(page).status_code == 404, page
        answer = open_.get(page)
        assert answer.status_code == 200, page
        assert answer.getvalue()  # read to the end, so that a file is closed
    today = timezone.localdate()
    assert all(may_see_file(row, holder.user, on=today) for row in files)
    assert may_see_letter(hearing.letter, holder.user, on=today)
    # A link that no stored row tells yet: the bytes are asked afresh, as for the documents of a dossier.
    InterestLink.objects.update(structure=None)
    assert Label.objects.visible_to(user, on=today).exists()
    assert not any(may_see_file(row, user, on=today) for row in files)


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.SECRETARIAT])
def test_the_page_of_a_label_leads_to_its_procedures(role: str) -> None:
    now = timezone.now()
    label = certificates.label(at=now - timedelta(days=20))
    first = withdrawals.opened(label, at=now - timedelta(days=9))
    client, page = signed_in(Client(), staff(role)), reverse("staff_label", args=[label.number])
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        shown = client.get(page).content.decode()
    withdrawals.step(first, "dismiss", at=now - timedelta(days=8))
    withdrawals.opened(label, at=now - timedelta(days=7))
    with CaptureQueriesContext(connection) as two:
        again = client.get(page).content.decode()
    assert reverse("staff_withdrawal", args=[first.pk]) in shown
    assert all(reverse("staff_withdrawal", args=[row.pk]) in again for row in Withdrawal.objects.all())
    assert len(one) == len(two)
