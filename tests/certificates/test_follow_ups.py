"""The yearly follow-up through its actions: planned, opened, filled, sent, read, mended, escalated or void."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from accounts.models import Role
from certificates import actions
from certificates.actions import Declaration, Finding, Paper
from certificates.actions.follow_ups import planning
from certificates.follow_up import escalates_on, years_of
from certificates.models import Consultation, FollowUp, Gap, Label, Withdrawal
from deadlines.models import Deadline
from deadlines.tick import tick
from journal.models import Event
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed, Stale
from letters.models import Letter, Mail
from reviewers.models import College
from tests.factories import certificates, follow_ups, reviewers
from tests.factories.accounts import acting, person, signatory, staff
from tests.factories.letters import an_upload
from tests.factories.structures import AT, frozen, member, member_of, representative_of
from tests.reading import plain

pytestmark = pytest.mark.django_db
CLOCK = Actor.system()
State = FollowUp.State
DAY = timedelta(days=1)


def reasons(refused: Any) -> str:
    return plain("; ".join(str(reason.text) for reason in refused.value.reasons))


# --- the machine, by hand -----------------------------------------------------------------------------------------

MOVES: dict[str, dict[str, str]] = {
    "open_now": {"upcoming": "open"},
    "fall_overdue": {"open": "overdue"},
    "gain_time": {"overdue": "open"},
    "submit": {"open": "submitted", "overdue": "submitted"},
    "accept": {"submitted": "compliant"},
    "find_gaps": {"submitted": "gaps"},
    "resolve": {"gaps": "resolved"},
    "escalate": {"overdue": "escalated", "gaps": "escalated"},
    "void": dict.fromkeys(("upcoming", "open", "overdue", "submitted", "gaps"), "void"),
}
PATHS = {
    "upcoming": [],
    "open": ["open_now"],
    "overdue": ["open_now", "fall_overdue"],
    "submitted": ["open_now", "submit"],
    "gaps": ["open_now", "submit", "find_gaps"],
    "compliant": ["open_now", "submit", "accept"],
    "resolved": ["open_now", "submit", "find_gaps", "resolve"],
    "escalated": ["open_now", "fall_overdue", "escalate"],
    "void": ["void"],
}


def moved(follow_up: FollowUp, name: str, sender: Any, reader: Any) -> FollowUp:
    with transaction.atomic():
        held = FollowUp.objects.hold(follow_up.pk)
        by = acting(sender, "editor") if name == "submit" else acting(reader, Role.CASE_OFFICER)
        getattr(held, name)(by=by, at=AT)
        held.save()
    return held


def test_each_move_from_each_state() -> None:
    follow_up, sender, reader = follow_ups.planned(), person(), staff()
    assert {transition.name for transition in FollowUp().get_all_state_transitions()} == set(MOVES)
    for state, path in PATHS.items():
        with transaction.atomic():
            for name in path:
                moved(follow_up, name, sender, reader)
            for name, table in MOVES.items():
                with transaction.atomic():
                    if state in table:
                        assert moved(follow_up, name, sender, reader).state == table[state], (state, name)
                        assert Event.objects.latest("pk").move == name
                    else:
                        with pytest.raises(TransitionNotAllowed):
                            moved(follow_up, name, sender, reader)
                    transaction.set_rollback(True)
            transaction.set_rollback(True)


# --- who may ------------------------------------------------------------------------------------------------------

Act = Callable[[FollowUp, Actor], Any]
WHEN = AT + timedelta(days=320)
ACTS: dict[str, tuple[str, Act]] = {
    "save": (
        "open",
        lambda found, by: actions.save_follow_up(
            follow_up_pk=found.pk, declaration=Declaration(nothing_changed=True), at=WHEN, by=by
        ),
    ),
    "send": (
        "open",
        lambda found, by: actions.send_follow_up(
            follow_up_pk=found.pk,
            declaration=follow_ups.nothing_changed(),
            exact=True,
            paper=Paper("phone", WHEN.date(), WHEN.date()) if by.role in Role.values else None,
            at=WHEN,
            by=by,
        ),
    ),
    "accept": (
        "submitted",
        lambda found, by: actions.accept_follow_up(follow_up_pk=found.pk, at=WHEN, by=by),
    ),
    "find gaps": (
        "submitted",
        lambda found, by: actions.find_gaps(
            follow_up_pk=found.pk, findings=[follow_ups.MINOR], at=WHEN, by=by
        ),
    ),
    "note a contact": (
        "open",
        lambda found, by: actions.note_contact(
            follow_up_pk=found.pk, channel="phone", tried_on=WHEN.date(), outcome="Message.", at=WHEN, by=by
        ),
    ),
    "open": (
        "upcoming",
        lambda found, by: actions.open_follow_up(follow_up_pk=found.pk, at=WHEN, by=by),
    ),
}
ALLOWED: dict[str, set[str]] = {
    "representative": {"save", "send"},
    "editor": {"save", "send"},
    "reader": set(),
    "stranger": set(),
    "officer": {"save", "send", "accept", "find gaps", "note a contact"},
    "officer, once a member": set(),
    "secretariat": {"save", "send", "note a contact"},
    "signatory": set(),
    "ethics": set(),
    "clock": {"open"},
}


def test_each_act_by_each_role() -> None:
    made = {"open": follow_ups.opened(), "submitted": follow_ups.sent(), "upcoming": follow_ups.planned()}
    for act, (state, run) in ACTS.items():
        found = made[state]
        structure = found.label.structure
        once = staff()
        member(structure, role="reader", user=once)
        people = {
            "representative": representative_of(structure),
            "editor": member_of(structure, member(structure)),
            "reader": member_of(structure, member(structure, role="reader")),
            "stranger": acting(person(), "representative"),
            "officer": follow_ups.officer(),
            "officer, once a member": acting(once, Role.CASE_OFFICER),
            "secretariat": acting(staff(Role.SECRETARIAT), Role.SECRETARIAT),
            "signatory": acting(signatory(), Role.SIGNATORY),
            "ethics": acting(staff(Role.ETHICS_OFFICER), Role.ETHICS_OFFICER),
            "clock": CLOCK,
        }
        assert people.keys() == ALLOWED.keys()
        for name, by in people.items():
            with transaction.atomic():
                if act in ALLOWED[name]:
                    run(found, by)
                else:
                    with pytest.raises(NotAllowed):
                        run(found, by)
                transaction.set_rollback(True)


# --- the clock ----------------------------------------------------------------------------------------------------


def test_two_follow_ups_and_none_in_the_renewal_year() -> None:
    label = certificates.label()

    assert [year for year, _day in years_of(label)] == [1, 2]
    assert actions.plan_what_is_left(AT) == 1 and actions.plan_what_is_left(AT) == 0
    first, second = FollowUp.objects.filter(label=label).order_by("year")
    assert (first.due_on - label.starts_on).days in (365, 366)
    assert second.due_on < label.ends_on - timedelta(days=300)
    opening = Deadline.objects.get(subject=subject_key(first))
    assert opening.due_on == first.due_on - timedelta(days=61)  # over the day after: on D-60


def test_a_label_found_after_years_keeps_the_anniversaries_to_come() -> None:
    label = certificates.label()

    made = actions.plan_follow_ups(label_pk=label.pk, at=AT + timedelta(days=500), by=CLOCK)

    assert [one.year for one in made] == [2]
    ended = certificates.label()
    certificates.moved(ended, "relinquish")
    assert actions.plan_follow_ups(label_pk=ended.pk, at=AT, by=CLOCK) == []


def test_the_year_of_a_follow_up_day_by_day() -> None:
    follow_up = follow_ups.planned()
    due = follow_up.due_on
    seen: list[tuple[int, str]] = []
    for offset in (-61, -60, -60, -30, 0, 0, 1, 15, 40):
        tick(follow_ups.at(due + timedelta(days=offset)))
        state = FollowUp.objects.get(pk=follow_up.pk).state
        if not seen or seen[-1][1] != state:
            seen.append((offset, state))

    assert seen == [(-61, "upcoming"), (-60, "open"), (1, "overdue")]
    assert Letter.objects.filter(code="L9a").count() == 1
    kinds = list(
        Mail.objects.filter(kind__startswith="follow_up").order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == ["follow_up_opened", "follow_up_awaited", "follow_up_awaited"]
    letter = Letter.objects.get(code="L9a")
    words = plain(str(letter.content))
    assert "Suivi annuel de votre label" in letter.title
    assert follow_up.label.number in words and "Courrier édité par le service" in words


def test_a_clock_forty_days_late_leaves_the_whole_time_and_reminds_once() -> None:
    follow_up = follow_ups.planned()
    late = follow_up.due_on + timedelta(days=40)

    for _worker in range(2):
        tick(follow_ups.at(late))

    kept = FollowUp.objects.get(pk=follow_up.pk)
    assert kept.state == "open" and kept.due_on == late + timedelta(days=59)
    assert Letter.objects.filter(code="L9a").count() == 1
    tick(follow_ups.at(kept.due_on + timedelta(days=40)))
    assert FollowUp.objects.get(pk=follow_up.pk).state == "overdue"
    assert Mail.objects.filter(kind="follow_up_awaited").count() == 1  # the later reminder overtook the other


def test_a_label_that_ended_opens_nothing_and_its_clocks_stop() -> None:
    upcoming, gone = follow_ups.planned(), follow_ups.with_gaps()
    certificates.moved(upcoming.label, "relinquish")
    actions.open_follow_up(follow_up_pk=upcoming.pk, at=WHEN, by=CLOCK)
    label = certificates.moved(gone.label, "withdraw")

    assert set(FollowUp.objects.filter(label=label).values_list("state", flat=True)) == {"void"}
    assert FollowUp.objects.get(pk=upcoming.pk).state == "void"
    running = Deadline.objects.running().filter(kind__startswith="follow_up")
    assert not running.exclude(kind=planning.OPENING).exists()


# --- what the association sends -----------------------------------------------------------------------------------


def test_prefilled_from_the_dossier_then_from_the_year_before() -> None:
    follow_up = follow_ups.sent()
    label = follow_up.label
    assert label.structure.name in follow_up.answers["register"]
    actions.accept_follow_up(follow_up_pk=follow_up.pk, at=WHEN, by=follow_ups.officer())

    second = FollowUp.objects.get(label=label, year=2)
    opened = actions.open_follow_up(follow_up_pk=second.pk, at=AT + timedelta(days=680), by=CLOCK)

    assert opened.answers["last_figures"] == {"people_helped": 120, "active_volunteers": 14}
    assert opened.answers.get("people_helped") is None and opened.nothing_changed is None


def test_saving_sends_nothing_and_two_tabs_never_overwrite_each_other() -> None:
    follow_up = follow_ups.opened()
    by, version = representative_of(follow_up.label.structure), follow_up.version
    mine = Declaration(nothing_changed=False, changed=["officers"], texts={"officers": "Nadia Roux"})

    kept = actions.save_follow_up(
        follow_up_pk=follow_up.pk, declaration=mine, version=version, at=WHEN, by=by
    )
    again = actions.save_follow_up(
        follow_up_pk=follow_up.pk, declaration=mine, version=version, at=WHEN, by=by
    )

    assert kept.state == "open" and kept.answers["changed"] == ["officers"]
    assert again.version == kept.version  # the same words from an old tab change nothing
    with pytest.raises(Stale):
        actions.save_follow_up(
            follow_up_pk=follow_up.pk,
            declaration=Declaration(texts={"officers": "Autre"}),
            version=version,
            at=WHEN,
            by=by,
        )


def test_what_is_missing_is_told_field_by_field_and_nothing_is_half_sent() -> None:
    follow_up = follow_ups.opened()
    by = representative_of(follow_up.label.structure)

    with pytest.raises(Blocked) as refused:
        actions.send_follow_up(
            follow_up_pk=follow_up.pk, declaration=Declaration(), exact=False, at=WHEN, by=by
        )

    codes = {reason.code for reason in refused.value.reasons}
    assert {"nothing_changed", "people_helped", "active_volunteers", "accounts_file", "exact"} <= codes
    assert FollowUp.objects.get(pk=follow_up.pk).state == "open"
    with pytest.raises(ValidationError):
        actions.send_follow_up(
            follow_up_pk=follow_up.pk,
            declaration=follow_ups.nothing_changed(accounts=SimpleUploadedFile("c.pdf", b"MZ")),
            exact=True,
            at=WHEN,
            by=by,
        )
    assert FollowUp.objects.get(pk=follow_up.pk).state == "open"


def test_sent_twice_is_sent_once_and_an_ended_label_takes_none() -> None:
    follow_up = follow_ups.sent()
    by = representative_of(follow_up.label.structure)
    again = actions.send_follow_up(
        follow_up_pk=follow_up.pk, declaration=follow_ups.nothing_changed(), exact=True, at=WHEN, by=by
    )

    assert again.submitted_at == follow_up.submitted_at
    assert Mail.objects.filter(kind="follow_up_received").count() == 1
    with pytest.raises(Blocked, match="déjà envoyé"):
        actions.save_follow_up(
            follow_up_pk=follow_up.pk, declaration=Declaration(nothing_changed=True), at=WHEN, by=by
        )
    over = follow_ups.opened()
    certificates.moved(over.label, "relinquish")
    with pytest.raises(Blocked, match="terminé"):
        actions.send_follow_up(
            follow_up_pk=over.pk,
            declaration=follow_ups.nothing_changed(),
            exact=True,
            at=WHEN,
            by=representative_of(over.label.structure),
        )


def test_the_secretariat_types_for_somebody_with_the_copy_or_the_reading_again() -> None:
    follow_up = follow_ups.overdue()
    secretary = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    at = follow_ups.at(follow_up.due_on + timedelta(days=3))

    def send(paper: Paper) -> FollowUp:
        return actions.send_follow_up(
            follow_up_pk=follow_up.pk,
            declaration=follow_ups.nothing_changed(),
            exact=True,
            paper=paper,
            at=at,
            by=secretary.standing_for(follow_up.label.structure),
        )

    for paper, words in (
        (Paper("phone", at.date()), "Relisez"),
        (Paper("post", at.date()), "copie du courrier"),
        (Paper("", None), "comment"),
        (Paper("visit", at.date() + DAY, at.date()), "pas encore arrivée"),
    ):
        with pytest.raises(Blocked) as refused:
            send(paper)
        assert words in reasons(refused)
    done = send(Paper("post", at.date(), scan=an_upload()))
    assert done.state == "submitted" and done.scan is not None
    with pytest.raises(NotAllowed):  # who typed it does not read it
        actions.accept_follow_up(
            follow_up_pk=follow_up.pk,
            at=at,
            by=acting(done.submitted_by, Role.CASE_OFFICER),
        )


# --- gaps ---------------------------------------------------------------------------------------------------------


def test_gaps_have_at_least_the_time_set_and_name_a_criterion_of_the_label() -> None:
    follow_up = follow_ups.sent()
    on = timezone.localdate(WHEN)
    wrong = [Finding("huge", " ", "", "Z9", on), follow_ups.MINOR]

    with pytest.raises(Blocked) as refused:
        actions.find_gaps(follow_up_pk=follow_up.pk, findings=wrong, at=WHEN, by=follow_ups.officer())
    assert {reason.code for reason in refused.value.reasons} == {
        f"0-{name}" for name in ("severity", "criterion", "fact", "expected", "due_on")
    }
    with pytest.raises(Blocked):
        actions.find_gaps(follow_up_pk=follow_up.pk, findings=[], at=WHEN, by=follow_ups.officer())
    soon = Finding("major", "Un fait.", "Une correction.", due_on=on + DAY)
    actions.find_gaps(
        follow_up_pk=follow_up.pk, findings=[soon, follow_ups.MINOR], at=WHEN, by=follow_ups.officer()
    )
    assert [(gap.severity, (gap.due_on - on).days) for gap in follow_up.gaps.order_by("pk")] == [
        ("major", 30),
        ("minor", 60),
    ]
    kinds = Deadline.objects.running().filter(kind=planning.GAP)
    assert kinds.count() == 2
    tick(follow_ups.at(on + timedelta(days=20)))
    assert Mail.objects.filter(kind="gap_awaited").count() == 1


def test_a_proof_is_sent_returned_sent_again_and_the_last_gap_closes_the_follow_up() -> None:
    follow_up = follow_ups.with_gaps(None, follow_ups.MINOR)
    (gap,) = follow_up.gaps.all()
    officer = follow_ups.officer()
    by = representative_of(follow_up.label.structure)
    with pytest.raises(Blocked, match="pas encore envoyé"):
        actions.close_gap(gap_pk=gap.pk, at=WHEN, by=officer)
    with pytest.raises(Blocked, match="Joignez une preuve"):
        actions.answer_gap(gap_pk=gap.pk, plan="Nous le ferons.", send=True, at=WHEN, by=by)
    saved = actions.answer_gap(
        gap_pk=gap.pk, plan="Nous le ferons.", send=False, version=gap.version, at=WHEN, by=by
    )
    assert saved.proved_at is None
    with pytest.raises(Stale):
        actions.answer_gap(
            gap_pk=gap.pk, plan="Un autre onglet.", send=False, version=gap.version, at=WHEN, by=by
        )
    follow_ups.proved(gap)
    with pytest.raises(Blocked, match="déjà envoyée"):
        follow_ups.proved(gap)
    with pytest.raises(Blocked):
        actions.return_proof(gap_pk=gap.pk, why=" ", at=WHEN, by=officer)
    returned = actions.return_proof(gap_pk=gap.pk, why="La page est vide.", at=WHEN, by=officer)
    assert returned.proved_at is None and returned.returned_why
    follow_ups.proved(gap)
    with pytest.raises(NotAllowed):  # who sent the follow-up never closes its gaps
        actions.close_gap(gap_pk=gap.pk, at=WHEN, by=acting(follow_up.submitted_by, Role.CASE_OFFICER))

    actions.close_gap(gap_pk=gap.pk, at=WHEN, by=officer)

    assert FollowUp.objects.get(pk=follow_up.pk).state == "resolved"
    assert not Deadline.objects.running().filter(subject=subject_key(gap)).exists()
    with pytest.raises(Blocked, match="clos"):
        actions.close_gap(gap_pk=gap.pk, at=WHEN, by=officer)


def members_of_each_college() -> dict[str, int]:
    return {college: reviewers.member(college=college).user_id for college in College.values}


def test_a_major_gap_closes_with_one_word_of_each_college() -> None:
    follow_up = follow_ups.with_gaps(None, follow_ups.MAJOR)
    (gap,) = follow_up.gaps.all()
    officer, secretary = follow_ups.officer(), acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    asked = members_of_each_college()
    with pytest.raises(Blocked, match="pas encore envoyé"):
        actions.ask_members(gap_pk=gap.pk, members=asked, at=WHEN, by=secretary)
    follow_ups.proved(gap)
    swapped = {College.PATIENTS: asked[College.CAREGIVERS]}
    with pytest.raises(Blocked, match="ne siège pas"):
        actions.ask_members(gap_pk=gap.pk, members=swapped, at=WHEN, by=secretary)
    voices = actions.ask_members(gap_pk=gap.pk, members=asked, at=WHEN, by=secretary)
    patient, caregiver, professional = voices
    with pytest.raises(Blocked) as refused:
        actions.close_gap(gap_pk=gap.pk, at=WHEN, by=officer)
    assert reasons(refused).count("n'a pas encore dit") == 3
    with pytest.raises(NotAllowed):
        actions.give_voice(
            consultation_pk=patient.pk, said="enough", at=WHEN, by=acting(caregiver.member, "committee")
        )
    actions.give_voice(
        consultation_pk=patient.pk, said="enough", at=WHEN, by=acting(patient.member, "committee")
    )
    actions.give_voice(consultation_pk=caregiver.pk, said="enough", at=WHEN, by=secretary)
    with pytest.raises(Blocked, match="ce qui manque"):
        actions.give_voice(consultation_pk=professional.pk, said="not_enough", at=WHEN, by=secretary)
    actions.give_voice(
        consultation_pk=professional.pk, said="not_enough", comment="Pas de date.", at=WHEN, by=secretary
    )
    with pytest.raises(Blocked, match="ne suffit pas"):
        actions.close_gap(gap_pk=gap.pk, at=WHEN, by=officer)
    actions.return_proof(gap_pk=gap.pk, why="Il manque la date.", at=WHEN, by=officer)
    follow_ups.proved(gap)
    again = actions.ask_members(gap_pk=gap.pk, members=asked, at=WHEN, by=secretary)
    for voice in again:
        actions.give_voice(consultation_pk=voice.pk, said="enough", at=WHEN, by=secretary)
    actions.close_gap(gap_pk=gap.pk, at=WHEN, by=officer)

    assert Gap.objects.get(pk=gap.pk).closed_at is not None
    assert Consultation.objects.filter(gap=gap).count() == 6  # the words on the former proof are kept


def test_a_member_with_a_link_is_not_asked() -> None:
    follow_up = follow_ups.with_gaps(None, follow_ups.MAJOR)
    (gap,) = follow_up.gaps.all()
    follow_ups.proved(gap)
    mandate = reviewers.member(college=College.PATIENTS)
    member(follow_up.label.structure, role="reader", user=mandate.user)

    with pytest.raises(Blocked, match="lien"):
        actions.ask_members(
            gap_pk=gap.pk, members={College.PATIENTS: mandate.user_id}, at=WHEN, by=follow_ups.officer()
        )


# --- escalation ---------------------------------------------------------------------------------------------------


def test_no_procedure_before_sixty_days_and_two_channels() -> None:
    follow_up = follow_ups.overdue()
    officer, first = follow_ups.holder(follow_up), escalates_on(follow_up)
    follow_ups.sought(follow_up, "phone", "phone", on=first - DAY)

    def escalate(day: Any, facts: str = "Le suivi n'est pas venu.", **more: Any) -> FollowUp:
        return actions.escalate_follow_up(
            follow_up_pk=follow_up.pk, facts=facts, at=follow_ups.at(day), by=officer, **more
        )

    with pytest.raises(Blocked) as refused:
        escalate(first - DAY, facts=" ")
    assert "à partir du" in reasons(refused) and "deux essais" in reasons(refused)
    assert "Écrivez les faits" in reasons(refused)
    with pytest.raises(Blocked, match="deux essais"):
        escalate(first, safety=True)  # danger is a matter of gaps, never of silence
    follow_ups.sought(follow_up, "post", on=first)
    done = escalate(first)

    assert done.state == "escalated"
    procedure = Withdrawal.objects.get(label=follow_up.label)
    assert (procedure.origin, procedure.origin_key) == ("follow_up", subject_key(follow_up))
    assert Label.objects.get(pk=follow_up.label_id).state == "in_force"  # nothing is decided
    with pytest.raises(Blocked):
        escalate(first)


def test_a_major_gap_out_of_time_or_danger_leads_to_a_procedure_a_minor_one_never() -> None:
    minor = follow_ups.with_gaps(None, follow_ups.MINOR)
    (gap,) = minor.gaps.all()
    late = follow_ups.at(gap.due_on + timedelta(days=30))
    with pytest.raises(Blocked, match="Aucun écart majeur"):
        actions.escalate_follow_up(
            follow_up_pk=minor.pk, facts="Rien n'est venu.", at=late, by=follow_ups.holder(minor)
        )
    major = follow_ups.with_gaps(None, follow_ups.MAJOR)
    (gap,) = major.gaps.all()
    with pytest.raises(Blocked, match="Aucun écart majeur"):
        actions.escalate_follow_up(
            follow_up_pk=major.pk,
            facts="Rien n'est venu.",
            at=follow_ups.at(gap.due_on),
            by=follow_ups.holder(major),
        )
    after = follow_ups.at(gap.due_on + DAY)
    proved = follow_ups.with_gaps(None, follow_ups.MAJOR)
    follow_ups.proved(proved.gaps.get())  # in time, and read by nobody yet: the delay is ours
    with pytest.raises(Blocked, match="Aucun écart majeur"):
        actions.escalate_follow_up(
            follow_up_pk=proved.pk, facts="Rien n'est venu.", at=after, by=follow_ups.holder(proved)
        )
    for found, safety in ((major, False), (minor, True)):
        done = actions.escalate_follow_up(
            follow_up_pk=found.pk,
            facts="Des personnes sont en danger." if safety else "L'écart majeur reste.",
            safety=safety,
            at=after,
            by=follow_ups.holder(found),
        )
        assert done.state == "escalated"


# --- what if (domain 5.3) -----------------------------------------------------------------------------------------


def test_what_if_the_contact_person_leaves() -> None:
    """Letters go to the representative at the seat; with nobody left, no letter and a person calls."""
    follow_up = follow_ups.planned()
    follow_up.label.structure.memberships.update(ended_at=AT)

    opened = actions.open_follow_up(
        follow_up_pk=follow_up.pk, at=follow_ups.at(follow_up.due_on - timedelta(days=60)), by=CLOCK
    )

    assert opened.state == "open" and opened.call is None
    assert Event.objects.latest("pk").move == "follow_up_without_letter"
    assert not Mail.objects.filter(kind="follow_up_opened").exists()


def test_what_if_the_structure_is_torn_by_a_dispute() -> None:
    """Its space is read only: nobody sends, the office does not write for one side, and nothing is escalated."""
    follow_up = follow_ups.overdue()
    structure = follow_up.label.structure
    frozen(structure, at=WHEN)
    at = follow_ups.at(escalates_on(follow_up))
    for by, paper in (
        (representative_of(structure), None),
        (acting(staff(Role.SECRETARIAT), Role.SECRETARIAT), Paper("phone", at.date(), at.date())),
    ):
        with pytest.raises(NotAllowed):
            actions.send_follow_up(
                follow_up_pk=follow_up.pk,
                declaration=follow_ups.nothing_changed(),
                exact=True,
                paper=paper,
                at=at,
                by=by,
            )
    follow_ups.sought(follow_up, "phone", "post", on=at.date())
    with pytest.raises(Blocked, match="lecture seule"):
        actions.escalate_follow_up(
            follow_up_pk=follow_up.pk, facts="Rien n'est venu.", at=at, by=follow_ups.holder(follow_up)
        )
