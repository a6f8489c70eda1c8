"""Texts that change (domain 5.1 NORM, 5.3): dry run, notice, opinion, who signs again, what is put away."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from certificates import actions as certificate_actions
from certificates import norms
from certificates.due.norms import archive_norms
from certificates.models import FollowUp, Label
from charter.models import Charter, Signature
from deadlines.calendar import add_months
from deadlines.models import Deadline
from deadlines.tick import tick
from journal.moves import Actor, subject_key
from journal.refusals import Blocked
from label.actions import adopt_edition, enter_into_force_edition
from label.due import put_editions_in_force
from label.models import Application, Edition
from letters import actions as letters
from letters import sending
from letters.models import Mail, MailingRecipient
from reviewers.models import Evaluation
from reviewers.trial import judge_again
from tests.desks.test_lists import sheet_of
from tests.factories import certificates, follow_ups, label, portal
from tests.factories import charter as charters
from tests.factories import norms as make
from tests.factories.accounts import acting, signatory, signed_in, staff
from tests.factories.structures import AT
from tests.reading import words

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=40)
TODAY = timezone.localdate(AT)
OPINION = {"opinion": "Favorable à l'unanimité.", "opinion_on": TODAY}


def adopt(edition: Edition, **changes):
    facts = {"effective_on": add_months(TODAY, 3), **OPINION, **changes}
    return adopt_edition(edition_pk=edition.pk, at=AT, by=acting(signatory(), Role.SIGNATORY), **facts)


def test_a_change_waits_for_the_opinion_and_the_notice_unless_a_law_requires_it() -> None:
    label.edition()
    coming = make.draft_edition()
    for wrong, told in (
        ({"opinion": " "}, "Écrivez ce que le comité en a pensé"),
        ({"opinion_on": None}, "date de l'avis"),
        ({"opinion_on": TODAY + timedelta(days=1)}, "date de l'avis"),
        ({"effective_on": add_months(TODAY, 3) - timedelta(days=1)}, "Choisissez une date à partir du"),
        ({"effective_on": TODAY - timedelta(days=1)}, "ne peut pas être passée"),
    ):
        with pytest.raises(Blocked, match=told):
            adopt(coming, **wrong)
    at_once = adopt(coming, effective_on=TODAY, immediate_reason="Loi du 3 mars 2027, article 2.")
    assert (at_once.state, at_once.immediate_reason) == ("adopted", "Loi du 3 mars 2027, article 2.")


def test_the_clock_puts_an_edition_in_force_on_its_day_and_running_labels_keep_theirs() -> None:
    held = make.held()
    coming = adopt(make.draft_edition())
    assert (
        Deadline.objects.get(kind="edition_effective", subject=subject_key(coming)).due_on
        == coming.effective_on
    )
    day = AT + timedelta(days=(coming.effective_on - TODAY).days)
    put_editions_in_force(day - timedelta(days=1))
    assert Edition.objects.in_force().version == "2027"
    put_editions_in_force(day)
    put_editions_in_force(day)
    assert Edition.objects.in_force().pk == coming.pk
    assert Application.objects.get(pk=held.application_id).edition.version == "2027"
    # The label is still judged by its own edition; a follow-up read under the new one makes it migrate.
    editions = list(Edition.objects.evaluated())
    assert norms.judging_edition(held, [], editions).version == "2027"
    opened = FollowUp(label=held, year=1, due_on=TODAY, opened_at=day, state=FollowUp.State.COMPLIANT)
    assert norms.judging_edition(held, [opened], editions).version == "2028"
    opened.opened_at = day - timedelta(days=1)
    assert norms.judging_edition(held, [opened], editions).version == "2027"
    # Its officer reads it with the edition in force on the day it was opened.
    sender = {"submitted_at": day, "submitted_by": held.structure.representative()}
    opened = FollowUp.objects.create(
        label=held, year=1, due_on=TODAY, opened_at=day, state=FollowUp.State.SUBMITTED, **sender
    )
    assert norms.judging_edition(held, [opened], editions).version == "2027"
    assert norms.edition_to_read(opened).version == "2028"


def test_the_dry_run_says_who_would_fall_in_constant_queries(
    client: Client, django_assert_num_queries
) -> None:
    since = timezone.now() - DAYS
    first = make.held(since=since)
    signed_in(client, signatory())
    harder, same = make.harder(), make.draft_edition("2029")
    with django_assert_num_queries(2):
        (row,) = norms.dry_run(harder, Label.objects.all())
    assert row.trial is not None and row.trial.would_fall and row.trial.before == row.trial.total
    assert not next(norms.dry_run(same, Label.objects.all())).trial.would_fall

    make.held(since=since)
    with django_assert_num_queries(2):
        assert len(list(norms.dry_run(harder, Label.objects.all()))) == 2
    page = words(client.get(reverse("staff_edition", args=[harder.pk])))
    assert "2 labels relus" in page and "2 passeraient sous les seuils" in page and first.number in page
    assert "60 % puis 90 %" in page
    assert len(sheet_of(client, reverse("staff_edition_file", args=[harder.pk]))) == 3
    answer = client.post(
        reverse("staff_edition", args=[harder.pk]),
        {"effective_on": "01/01/2020", "opinion": "Oui.", "opinion_on": "02/03/2026"},
    )
    assert "ne peut pas être passée" in words(answer) and Edition.objects.get(pk=harder.pk).state == "draft"


def test_new_criteria_and_minima_are_told_and_never_invented() -> None:
    found = Evaluation.objects.get(application=make.held().application)
    framework = label.framework()
    added = {**framework["criteria"][0], "code": "A1.9", "weight": 6, "eliminatory_below": None}
    framework["criteria"][0]["weight"] = 0
    framework["criteria"][1]["eliminatory_below"] = 4
    framework["criteria"].append(added)
    trial = judge_again(found.result, label.framework(), framework)
    assert trial.unjudged == ("A1.9",)
    assert trial.low_criteria == ("A1.2",) and trial.would_fall


@pytest.mark.parametrize("data", [{}, [], {"criteria": 3}, {"axes": [], "criteria": [], "thresholds": {}}])
def test_a_draft_that_is_not_whole_is_told_and_never_breaks_the_page(client: Client, data) -> None:
    edition = make.draft_edition()
    Edition.objects.filter(pk=edition.pk).update(data=data)
    signed_in(client, signatory())
    assert "Il manque des parties" in words(client.get(reverse("staff_edition", args=[edition.pk])))
    with pytest.raises(Blocked):
        adopt(edition)


def test_a_new_charter_is_signed_again_by_campaign_with_reminders_and_no_loss(client: Client) -> None:
    now = timezone.localtime()
    held, other = make.held(since=now - DAYS), make.held(since=now - DAYS)
    charters.charter(version="2028", at=now)
    officer = acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)
    signed_in(client, officer.user)
    assert "À demander : 2" in words(client.get(reverse("staff_charter_signatures")))

    mailing = letters.prepare_mailing(kind="charter_signature", at=now, by=officer)
    with pytest.raises(Blocked, match="nombre"):
        letters.confirm_mailing(mailing_pk=mailing.pk, typed=3, at=now, by=officer)
    assert not Deadline.objects.filter(kind="charter_signature").exists()
    letters.confirm_mailing(mailing_pk=mailing.pk, typed=2, at=now, by=officer)
    charters.signature(
        other.structure, at=now
    )  # signed between the preview and the sending: no longer concerned
    sending.send_mailings(now)
    sending.send_mailings(now)
    assert Mail.objects.filter(kind="charter_signature").count() == 1
    assert sorted(MailingRecipient.objects.values_list("outcome", flat=True)) == ["past", "sent"]
    clock = Deadline.objects.get(kind="charter_signature")
    assert clock.due_on == timezone.localdate(now) + timedelta(days=90)
    page = words(client.get(reverse("staff_charter_signatures")))
    assert "Signée : 1" in page and "Demandée, en attente : 1" in page

    tick(now + timedelta(days=60))
    assert Mail.objects.filter(kind="charter_reminder").count() == 1
    later = now + timedelta(days=91)
    assert norms.charter_gap(held.structure, on=later.date())
    assert not norms.charter_gap(other.structure, on=later.date())
    assert Label.objects.get(pk=held.pk).state == "in_force"
    charters.signature(held.structure, at=later)
    assert not norms.charter_gap(held.structure, on=later.date())
    assert Deadline.objects.get(pk=clock.pk).outcome == "met"
    assert Signature.objects.filter(charter__version="2028").count() == 2


def test_a_charter_left_unsigned_is_read_as_a_gap_on_the_page_of_the_follow_up(client: Client) -> None:
    """Domain 5.3: a gap at the follow-up, raised by a person, never an automatic loss of the label."""
    now = timezone.localtime()
    follow_up = follow_ups.sent(certificates.label(at=now - timedelta(days=400)))
    held = follow_up.label
    asked = now - timedelta(days=95)
    charters.charter(version="2028", at=asked)
    officer = acting(held.application.case_officer, Role.CASE_OFFICER)
    page = reverse("staff_follow_up", args=[held.number, follow_up.year])
    gap = "La nouvelle charte n'est pas signée, et la date donnée pour la signer est passée."
    signed_in(client, officer.user)
    assert gap not in words(client.get(page))  # nobody was asked yet

    mailing = letters.prepare_mailing(kind="charter_signature", at=asked, by=officer)
    letters.confirm_mailing(mailing_pk=mailing.pk, typed=1, at=asked, by=officer)
    sending.send_mailings(asked)
    sending.send_mailings(asked)

    assert gap in words(client.get(page))
    assert Label.objects.get(pk=held.pk).state == "in_force"
    fact = "La charte 2028 n'est pas signée, quatre-vingt-dix jours après la demande."
    finding = certificate_actions.Finding(severity="minor", criterion="", fact=fact, expected="La signer.")
    certificate_actions.find_gaps(follow_up_pk=follow_up.pk, findings=[finding], at=now, by=officer)
    assert fact in words(client.get(page)) and gap not in words(client.get(page))
    assert Label.objects.get(pk=held.pk).state == "in_force"


def test_a_charter_signed_in_time_is_no_gap_on_the_page_of_the_follow_up(client: Client) -> None:
    now = timezone.localtime()
    follow_up = follow_ups.sent(certificates.label(at=now - timedelta(days=400)))
    held, asked = follow_up.label, now - timedelta(days=95)
    charters.charter(version="2028", at=asked)
    officer = acting(held.application.case_officer, Role.CASE_OFFICER)
    mailing = letters.prepare_mailing(kind="charter_signature", at=asked, by=officer)
    letters.confirm_mailing(mailing_pk=mailing.pk, typed=1, at=asked, by=officer)
    sending.send_mailings(asked)
    sending.send_mailings(asked)
    charters.signature(held.structure, at=now - timedelta(days=20))
    signed_in(client, officer.user)
    page = words(client.get(reverse("staff_follow_up", args=[held.number, follow_up.year])))
    assert "La nouvelle charte n'est pas signée" not in page and "Tout est conforme" in page


def test_what_nobody_uses_any_more_is_archived_by_the_clock() -> None:
    held = make.held()
    charters.charter()
    charters.signature(held.structure)
    charters.charter(version="2028")
    coming = make.draft_edition()
    adopt(coming, effective_on=TODAY, immediate_reason="Une loi.")
    enter_into_force_edition(edition_pk=coming.pk, at=AT, by=Actor.system())
    archive_norms(AT)
    assert {Edition.objects.get(version="2027").state, Charter.objects.get(version="2027").state} == {
        "superseded"
    }
    charters.signature(held.structure)
    archive_norms(AT)
    assert Charter.objects.get(version="2027").state == "archived"
    portal.moved(held, "expire", TODAY, ended_on=TODAY)
    archive_norms(AT)
    assert Edition.objects.get(version="2027").state == "archived"
