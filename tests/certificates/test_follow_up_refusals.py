"""What is refused in a follow-up, a change, a question before a merger, in the words that a person reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Role
from certificates import actions
from certificates.actions.follow_ups.reading import LONGEST_DAYS, add_gap
from certificates.follow_up import FIGURES, QUESTIONS, escalates_on
from certificates.follow_up_checklist import missing_to_escalate
from certificates.models import Gap, MergerRequest
from journal.refusals import NotAllowed
from reviewers.models import College
from tests.factories import certificates, decisions, follow_ups, measures, reviewers, withdrawals
from tests.factories.accounts import acting, signatory, staff
from tests.factories.letters import an_upload
from tests.factories.structures import AT, member, representative_of
from tests.refusing import refused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = timezone.localdate(AT)


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("si quelque chose a changé", {"nothing_changed": None}),
        *[
            ("Répondez à cette question", {"texts": {one.key: "\u200b"}})
            for one in QUESTIONS
            if one.key != "accounts"
        ],
        ("Répondez à cette question", {"texts": {"accounts": " "}}),
        *[("un nombre entier", {"figures": {**dict.fromkeys(FIGURES, 1), name: None}}) for name in FIGURES],
        ("Joignez les comptes", {"accounts_note": "\u200b"}),
    ],
)
def test_a_follow_up_is_sent_whole(words: str, changes: dict[str, Any]) -> None:
    found = follow_ups.opened()
    if "texts" in changes:
        changes = {"texts": {"accounts": "Cotisations.", **changes["texts"]}}
    by = representative_of(found.label.structure)
    given = {"follow_up_pk": found.pk, "at": follow_ups.at(found.due_on), "exact": True, "by": by}
    told = follow_ups.nothing_changed(**changes)
    refused(actions.send_follow_up, words, declaration=told, **given)


def test_a_follow_up_is_exact_awaited_and_sent_by_who_may() -> None:
    planned = follow_ups.planned()
    by = representative_of(planned.label.structure)
    at = follow_ups.at(planned.due_on - 60 * DAY)
    given: dict[str, Any] = {"declaration": follow_ups.nothing_changed(), "exact": True, "at": at}
    refused(actions.send_follow_up, "pas encore ouvert", follow_up_pk=planned.pk, by=by, **given)
    found = follow_ups.opened(certificates.label())
    given |= {"follow_up_pk": found.pk}
    holder = representative_of(found.label.structure)
    refused(actions.send_follow_up, "Ces informations sont exactes", by=holder, **{**given, "exact": False})
    for nobody in (by, acting(signatory(), Role.SIGNATORY)):
        with pytest.raises(NotAllowed):
            actions.send_follow_up(by=nobody, **given)
    with pytest.raises(NotAllowed):  # a paper is typed by the office
        actions.send_follow_up(paper=actions.Paper("post", TODAY), by=holder, **given)


def test_a_paper_has_its_way_its_days_and_its_copy() -> None:
    found = follow_ups.opened()
    at = follow_ups.at(found.due_on - 20 * DAY)
    on = timezone.localdate(at)
    given = {"follow_up_pk": found.pk, "declaration": follow_ups.nothing_changed(), "exact": True}
    given |= {"at": at, "by": follow_ups.officer()}

    def typed(words: str, *paper: Any) -> None:
        refused(actions.send_follow_up, words, paper=actions.Paper(*paper), **given)

    typed("pas encore arrivée", "post", on + DAY, None, an_upload())
    typed("pas encore arrivée", "phone", on, on + DAY)
    typed("comment ces informations", "pigeon", on)
    typed("le jour où elles", "post", None, None, an_upload())
    typed("Joignez la copie", "post", on)
    for aloud in ("phone", "visit"):
        typed("Relisez ce que vous", aloud, on, None)
    assert actions.send_follow_up(paper=actions.Paper("phone", on, on), **given).state == "submitted"


def test_gaps_are_whole_and_leave_enough_time() -> None:
    found = follow_ups.sent()
    at = follow_ups.at(found.due_on)
    on = timezone.localdate(at)
    given = {"follow_up_pk": found.pk, "at": at, "by": follow_ups.officer()}
    one = follow_ups.MINOR

    def find(words: str, *findings: Any) -> None:
        refused(actions.find_gaps, words, findings=findings, **given)

    find("au moins un écart")
    find("trop d'écarts", *[one] * 21)
    find("mineur ou majeur", replace(one, severity="x"))
    find("pas dans le référentiel", replace(one, criterion="Z9"))
    find("le fait constaté", replace(one, fact="\u200b"))
    find("ce qui est attendu", replace(one, expected=" "))
    for absurd in (on, on + timedelta(days=LONGEST_DAYS + 1)):
        find("une date jusqu'au", replace(one, due_on=absurd))
    for nobody in (
        representative_of(found.label.structure),
        acting(staff(Role.SECRETARIAT), Role.SECRETARIAT),
    ):
        with pytest.raises(NotAllowed):
            actions.find_gaps(findings=[one], **{**given, "by": nobody})
    last = on + timedelta(days=LONGEST_DAYS)
    actions.find_gaps(
        findings=[one] * 18 + [replace(one, due_on=last), replace(one, due_on=on + DAY)], **given
    )
    assert Gap.objects.filter(due_on=last).count() == 1


def test_nothing_is_read_nor_added_on_a_label_that_ended() -> None:
    found = follow_ups.sent()
    at = follow_ups.at(found.due_on)
    certificates.moved(found.label, "relinquish")
    given = {"follow_up_pk": found.pk, "at": at, "by": follow_ups.officer()}
    over = "il n'y a plus de suivi"
    refused(actions.accept_follow_up, over, **given)
    refused(actions.find_gaps, over, findings=[follow_ups.MINOR], **given)
    refused(add_gap, over, finding=follow_ups.MINOR, **given)
    found = follow_ups.opened(certificates.label())
    certificates.moved(found.label, "relinquish")
    told = {"declaration": follow_ups.nothing_changed(), "exact": True, "follow_up_pk": found.pk, "at": at}
    refused(actions.send_follow_up, over, by=representative_of(found.label.structure), **told)


def test_a_gap_is_answered_read_and_closed_on_its_proof() -> None:
    found = follow_ups.with_gaps()
    minor, major = found.gaps.order_by("severity").reverse()
    at = follow_ups.at(found.due_on)
    holder, officer = representative_of(found.label.structure), follow_ups.officer()
    reply = {"gap_pk": minor.pk, "send": True, "at": at, "by": holder}
    refused(actions.answer_gap, "ce que vous avez fait", plan="\u200b", proof_text="Ici.", **reply)
    refused(actions.answer_gap, "Joignez une preuve", plan="Fait.", proof_text=" ", **reply)
    with pytest.raises(NotAllowed):
        actions.answer_gap(plan="Fait.", **{**reply, "by": acting(signatory(), Role.SIGNATORY)})
    keys = {"gap_pk": minor.pk, "at": at}
    refused(actions.return_proof, "n'a pas encore envoyé", why="Rien.", by=officer, **keys)
    refused(actions.close_gap, "n'a pas encore envoyé", by=officer, **keys)
    with pytest.raises(NotAllowed):
        actions.close_gap(by=holder, **keys)
    refused(actions.ask_members, "Un écart mineur", members={}, by=officer, **keys)
    refused(actions.ask_members, "n'a pas encore envoyé", gap_pk=major.pk, members={}, at=at, by=officer)
    actions.answer_gap(plan="Fait.", proof_text="En ligne.", **reply)
    refused(actions.answer_gap, "déjà envoyée", plan="Encore.", **reply)
    refused(actions.return_proof, "ce que la preuve ne montre pas", why=" ", by=officer, **keys)
    with pytest.raises(NotAllowed):
        actions.return_proof(why="Le total manque.", by=holder, **keys)
    actions.close_gap(by=officer, **keys)
    for action, more in (
        (actions.answer_gap, {"plan": "Encore.", "send": True, "by": holder}),
        (actions.return_proof, {"why": "Encore.", "by": officer}),
        (actions.close_gap, {"by": officer}),
        (actions.ask_members, {"members": {}, "by": officer}),
    ):
        refused(action, "est clos", **more, **keys)


def test_a_major_gap_closes_with_the_word_of_each_college() -> None:
    found = follow_ups.with_gaps(None, follow_ups.MAJOR)
    gap = found.gaps.get()
    at = follow_ups.at(found.due_on)
    follow_ups.proved(gap, on=found.due_on)
    secretary, officer = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT), follow_ups.officer()
    seated = {college: reviewers.member(college=college).user_id for college in College}
    with pytest.raises(NotAllowed):
        actions.ask_members(gap_pk=gap.pk, members=seated, at=at, by=acting(signatory(), Role.SIGNATORY))
    refused(
        actions.ask_members,
        "ne siège pas",
        gap_pk=gap.pk,
        members={"x": seated["patients"]},
        at=at,
        by=officer,
    )
    voices = actions.ask_members(gap_pk=gap.pk, members=seated, at=at, by=secretary)
    first, *others = voices
    say = {"consultation_pk": first.pk, "at": at, "by": secretary}
    refused(actions.give_voice, "si la preuve suffit", said="x", **say)
    refused(actions.give_voice, "ce qui manque", said="not_enough", comment="\u200b", **say)
    for voice in others:
        actions.give_voice(consultation_pk=voice.pk, said="enough", at=at, by=secretary)
    refused(actions.close_gap, "n'a pas encore dit", gap_pk=gap.pk, at=at, by=officer)
    actions.give_voice(said="not_enough", comment="La date manque.", **say)
    refused(actions.give_voice, "n'attend plus", said="enough", **say)
    refused(actions.close_gap, "ne suffit pas", gap_pk=gap.pk, at=at, by=officer)


def test_a_procedure_follows_what_was_tried_from_its_day_on() -> None:
    found = follow_ups.overdue()
    by, first = follow_ups.holder(found), escalates_on(found)
    facts = {"follow_up_pk": found.pk, "facts": "Rien n'est venu."}
    escalate = {"at": follow_ups.at(first), "by": by, **facts}
    follow_ups.sought(found, "phone", on=first - DAY)
    refused(actions.escalate_follow_up, "deux moyens différents", **escalate)
    follow_ups.sought(found, "post", on=found.due_on - DAY)  # before its day: it was not late
    refused(actions.escalate_follow_up, "deux moyens différents", **escalate)
    follow_ups.sought(found, "post", on=found.due_on)
    refused(actions.escalate_follow_up, "à partir du", **{**escalate, "at": follow_ups.at(first - DAY)})
    refused(actions.escalate_follow_up, "les faits qui mènent", **{**escalate, "facts": "\u200b"})
    for nobody in (follow_ups.officer(), acting(signatory(), Role.SIGNATORY)):
        with pytest.raises(NotAllowed):
            actions.escalate_follow_up(**{**escalate, "by": nobody})
    withdrawals.opened(found.label, at=follow_ups.at(first))
    told = missing_to_escalate(found, safety=False, facts="Rien n'est venu.", on=first)  # read by the page
    assert ["déjà ouverte" in str(one.text) for one in told] == [True]
    refused(actions.escalate_follow_up, "déjà ouverte", **escalate)


def test_a_major_gap_leads_to_a_procedure_once_late() -> None:
    found = follow_ups.with_gaps(None, follow_ups.MAJOR)
    gap = found.gaps.get()
    escalate = {"follow_up_pk": found.pk, "facts": "La vente continue.", "by": follow_ups.holder(found)}
    refused(actions.escalate_follow_up, "Aucun écart majeur", at=follow_ups.at(gap.due_on), **escalate)
    assert actions.escalate_follow_up(at=follow_ups.at(gap.due_on + DAY), **escalate).state == "escalated"


def test_an_attempt_is_noted_with_its_way_its_day_and_its_outcome() -> None:
    found = follow_ups.opened()
    opened = timezone.localdate(found.opened_at)
    on = opened + 3 * DAY
    given = {"follow_up_pk": found.pk, "channel": "phone", "tried_on": on, "outcome": "Rien."}
    given |= {"at": follow_ups.at(on), "by": follow_ups.officer()}
    refused(actions.note_contact, "par quel moyen", **{**given, "channel": "x"})
    refused(actions.note_contact, "ce que cet essai", **{**given, "outcome": "\u200b"})
    for absurd in (opened - DAY, on + DAY):
        refused(actions.note_contact, "depuis l'ouverture", **{**given, "tried_on": absurd})
    with pytest.raises(NotAllowed):
        actions.note_contact(**{**given, "by": representative_of(found.label.structure)})
    assert actions.note_contact(**{**given, "tried_on": opened}).tried_on == opened
    planned = follow_ups.planned(certificates.label())
    refused(actions.note_contact, "Aucun suivi", **{**given, "follow_up_pk": planned.pk})


def test_only_the_clock_plans_and_opens() -> None:
    label = certificates.label()
    officer = measures.officer_of(label)
    with pytest.raises(NotAllowed):
        actions.plan_follow_ups(label_pk=label.pk, at=AT, by=officer)
    found = follow_ups.planned(label)
    for action, more in (
        (actions.open_follow_up, {}),
        (actions.let_fall_overdue, {}),
        (actions.gain_time, {"due_on": found.due_on + DAY}),
    ):
        with pytest.raises(NotAllowed):
            action(follow_up_pk=found.pk, at=follow_ups.at(found.due_on), by=officer, **more)


def test_a_change_is_told_with_its_kind_its_day_and_its_words() -> None:
    label = certificates.label()
    given = {"label_pk": label.pk, "kind": "seat", "happened_on": TODAY, "text": "Le siège change."}
    given |= {"at": AT, "by": representative_of(label.structure)}
    tell = actions.declare_change
    refused(tell, "Dites ce qui change", **{**given, "kind": "x"})
    refused(tell, "précède le label", **{**given, "happened_on": label.starts_on - DAY})
    refused(tell, "trop loin", **{**given, "happened_on": TODAY.replace(year=TODAY.year + 3, month=1, day=1)})
    refused(tell, "Décrivez le changement", **{**given, "text": "\u200b"})
    refused(tell, "comment ces informations", **{**given, "means": "pigeon"})
    with pytest.raises(NotAllowed):
        tell(**{**given, "by": acting(signatory(), Role.SIGNATORY)})
    late = TODAY.replace(year=TODAY.year + 2, month=12, day=31)
    change = tell(**{**given, "happened_on": late})
    officer = follow_ups.officer()
    read = {"change_pk": change.pk, "conclusion": "Vu.", "next_step": "scope", "at": AT}
    done = {"change_pk": change.pk, "done": "Fait.", "at": AT, "by": officer}
    refused(actions.finish_change, "Rien n'est à faire", **done)
    refused(actions.read_change, "votre conclusion", by=officer, **{**read, "conclusion": "\u200b"})
    refused(actions.read_change, "Dites ce qui suit", by=officer, **{**read, "next_step": "x"})
    with pytest.raises(NotAllowed):
        actions.read_change(by=acting(signatory(), Role.SIGNATORY), **read)
    actions.read_change(by=officer, **read)
    refused(actions.read_change, "déjà lu", by=officer, **read)
    refused(actions.finish_change, "Dites ce qui est fait", **{**done, "done": "\u200b"})
    with pytest.raises(NotAllowed):
        actions.finish_change(**{**done, "by": acting(signatory(), Role.SIGNATORY)})
    actions.finish_change(**done)
    refused(actions.finish_change, "Rien n'est à faire", **done)
    told = tell(**given)
    actions.read_change(by=officer, **{**read, "change_pk": told.pk, "next_step": "nothing"})
    refused(actions.finish_change, "Rien n'est à faire", **{**done, "change_pk": told.pk})


def test_a_question_before_a_merger_is_dropped_while_it_waits() -> None:
    label = certificates.label()
    holder = representative_of(label.structure)
    words = actions.MergerQuestion(
        "Nouveau Souffle", "W751000123", TODAY + 90 * DAY, "La permanence continue."
    )
    ask = {"label_pk": label.pk, "question": words, "at": AT, "by": holder}
    row = actions.ask_before_merger(treaty=an_upload(), **ask)
    answer = actions.MergerAnswer("yes", "", decisions.IN_LAW, decisions.IN_FACT)
    given = {"request_pk": row.pk, "at": AT}
    with pytest.raises(NotAllowed):
        actions.drop_merger_request(by=acting(signatory(), Role.SIGNATORY), **given)
    actions.answer_before_merger(content=answer, by=acting(signatory(), Role.SIGNATORY), **given)
    refused(actions.drop_merger_request, "déjà répondu", by=holder, **given)
    certificates.moved(label, "relinquish")
    refused(actions.ask_before_merger, "Ce label est terminé", treaty=an_upload(), **ask)
    assert MergerRequest.objects.count() == 1


def test_who_typed_a_follow_up_opens_no_procedure_on_it() -> None:
    """Who reads is not who sent, were it the officer who holds the dossier."""
    found = follow_ups.opened()
    by = follow_ups.holder(found)
    at = follow_ups.at(found.due_on - 10 * DAY)
    on = timezone.localdate(at)
    given = {"follow_up_pk": found.pk, "declaration": follow_ups.nothing_changed(), "exact": True}
    actions.send_follow_up(paper=actions.Paper("phone", on, on), at=at, by=by, **given)
    keys = {"follow_up_pk": found.pk, "at": at}
    actions.find_gaps(findings=[follow_ups.MAJOR], by=follow_ups.officer(), **keys)
    late = follow_ups.at(found.gaps.get().due_on + DAY)
    escalate = {"follow_up_pk": found.pk, "facts": "La vente continue.", "at": late}
    with pytest.raises(NotAllowed):
        actions.escalate_follow_up(by=by, **escalate)


def test_no_gap_is_answered_read_nor_closed_on_a_label_that_ended() -> None:
    found = follow_ups.with_gaps()
    gap = found.gaps.first()
    assert gap is not None
    certificates.moved(found.label, "relinquish")
    keys = {"gap_pk": gap.pk, "at": follow_ups.at(found.due_on)}
    over = "il n'y a plus de suivi"
    holder = representative_of(found.label.structure)
    refused(actions.answer_gap, over, plan="Fait.", send=True, by=holder, **keys)
    for action, more in (
        (actions.return_proof, {"why": "Rien."}),
        (actions.close_gap, {}),
        (actions.ask_members, {"members": {}}),
    ):
        refused(action, over, by=follow_ups.officer(), **more, **keys)


def test_the_word_of_a_member_kept_away_since_is_not_taken() -> None:
    found = follow_ups.with_gaps(None, follow_ups.MAJOR)
    gap = found.gaps.get()
    follow_ups.proved(gap, on=found.due_on)
    at, secretary = follow_ups.at(found.due_on), acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    mandate = reviewers.member(college=College.PATIENTS)
    seated = {College.PATIENTS: mandate.user_id}
    [voice] = actions.ask_members(gap_pk=gap.pk, members=seated, at=at, by=secretary)
    member(found.label.structure, role="reader", user=mandate.user)
    say = {"consultation_pk": voice.pk, "said": "enough", "at": at}
    for by in (secretary, acting(mandate.user, "committee")):
        refused(actions.give_voice, "à l'écart de cette structure", by=by, **say)
