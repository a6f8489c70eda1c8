"""The renewal of a label, from the opening of its window to the label that follows (domain 5.1 RENEWAL, 5.3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import transaction

from accounts.models import Role
from certificates.actions import decline_renewal, hearings, offer_refusal_hearing, relinquish
from certificates.models import Certificate, Label, Suspension, Withdrawal
from certificates.openings import filing_fact
from certificates.status import status_on
from deadlines.models import Deadline
from deadlines.tick import Report, handle_due, remind
from decisions import actions as acts
from decisions.models import Decision
from decisions.observations import joined, said_before_refusal
from journal.models import Event
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed
from label.actions import choose_newer_edition, submit, withdraw
from label.models import Application
from letters.models import Letter, Mail
from tests.factories import certificates, decisions, measures, renewals, withdrawals
from tests.factories import label as labels
from tests.factories.accounts import acting, signatory
from tests.factories.renewals import noon
from tests.factories.structures import representative_of

pytestmark = pytest.mark.django_db
# The label of these tests is granted on 4 January 2027 until 3 January 2030.
END = date(2030, 1, 3)
OPENS, PROTECTED = date(2029, 4, 3), date(2029, 9, 3)
DAY = timedelta(days=1)
CONDITIONS = [("Publier les comptes.", "Lien vers la page", date(2028, 9, 1))]


def tick(at: datetime) -> None:
    """What the clock does with what is due; the daily jobs of other rooms would make these tests slow."""
    report = Report()
    handle_due(at, report)
    remind(at, report)
    assert report.failures == []


def text_of(letter: Letter) -> str:
    return " ".join(str(letter.content).replace("\\xa0", " ").replace("\\u202f", " ").split())


def read(label: Label) -> Label:
    return certificates.read(label)


def code(label: Label, day: date) -> str:
    return status_on(read(label), day).code


def listed(label: Label, day: date) -> list[str]:
    rows = Label.objects.listed(on=day).filter(structure=label.structure_id)
    return list(rows.values_list("number", flat=True))


def notes(label: Label) -> set[str]:
    return set(Event.objects.filter(subject=subject_key(label)).values_list("move", flat=True))


def test_the_window_calls_and_reminds_until_something_is_filed() -> None:
    label = certificates.label()
    tick(noon(OPENS - DAY))
    assert not Letter.objects.filter(code="L9b").exists()

    for day in (OPENS, OPENS, date(2029, 6, 3), date(2029, 6, 4)):
        tick(noon(day))
    letter = Letter.objects.get(code="L9b")
    assert "3 septembre 2029" in text_of(letter)
    calls = Mail.objects.filter(kind="renewal").order_by("pk")
    assert [mail.title for mail in calls] == ["Renouvelez votre label avant le 3 septembre 2029"] * 2

    renewals.filed(renewals.draft(label, on=date(2029, 7, 2)), on=date(2029, 7, 3))
    for day in (date(2029, 8, 3), date(2029, 11, 3)):
        tick(noon(day))
    assert calls.count() == 2
    assert Label.objects.get().renewal_filed_on == date(2029, 7, 3)


def test_who_does_not_renew_hears_no_more_and_may_change_their_mind() -> None:
    label = certificates.label()
    tick(noon(OPENS))
    by = representative_of(label.structure)
    with pytest.raises(NotAllowed):
        decline_renewal(label_pk=label.pk, at=noon(OPENS), by=Actor.system())
    for _ in range(2):
        decline_renewal(label_pk=label.pk, at=noon(OPENS), by=by)
    tick(noon(date(2029, 6, 3)))
    assert Mail.objects.filter(kind="renewal").count() == 1

    assert renewals.draft(label, on=date(2029, 6, 4)).kind == "renewal"
    tick(noon(END + DAY))
    assert (Label.objects.get().state, Label.objects.get().ended_on) == ("expired", END + DAY)
    notice = Letter.objects.get(code="L10")
    assert "3 juillet 2030" in text_of(notice)  # the way back
    assert "3 février 2030" in text_of(notice)  # the logo
    with pytest.raises(Blocked):
        decline_renewal(label_pk=label.pk, at=noon(END + DAY), by=by) if False else _filed_then_declined(
            label
        )


def _filed_then_declined(label: Label) -> None:
    Label.objects.filter(pk=label.pk).update(renewal_declined_on=None)
    decline_renewal(label_pk=label.pk, at=noon(END + DAY), by=representative_of(label.structure))


def test_label_expires_during_renewal_review_filed_in_time() -> None:
    """What-if 5.3: filed before M-4 it waits for a person, and the new label starts the day after the old end."""
    label = certificates.label()
    filed = renewals.filed(renewals.draft(label, on=OPENS), on=PROTECTED)
    assert Label.objects.get().renewal_filed_on == PROTECTED
    assert filing_fact(Label.objects.get(), PROTECTED).startswith("Renouvellement déposé à temps")
    tick(noon(END + DAY))
    assert (Label.objects.get().state, code(label, END + DAY)) == ("in_force", "extended")
    assert listed(label, END + DAY) == [label.number]

    signed_on = date(2030, 2, 1)
    decision = renewals.decided(filed, on=signed_on)
    new = Label.objects.get(decision=decision)
    assert (new.starts_on, new.ends_on, new.previous_id) == (END + DAY, date(2033, 1, 3), label.pk)
    # Nobody is told before the letter is received: the old one goes on, and the register lists it alone.
    assert (Label.objects.get(pk=label.pk).state, code(label, signed_on)) == ("renewed", "extended")
    assert listed(label, signed_on) == [label.number]
    assert "renouvelé" in decision.letter.title

    decisions.receive(decision, at=noon(date(2030, 2, 5)))
    assert (code(label, date(2030, 2, 5)), code(new, date(2030, 2, 5))) == ("renewed", "valid")
    assert listed(label, date(2030, 2, 5)) == [new.number]
    assert code(label, END) == "valid"
    assert not Deadline.objects.running().of(label).exists()
    assert Deadline.objects.running().of(new).count() == 2


def test_label_expires_during_renewal_review_filed_late() -> None:
    """What-if 5.3: filed after M-4 it is accepted and does not protect; the new label fills no gap."""
    label = certificates.label()
    filed = renewals.filed(renewals.draft(label, on=PROTECTED), on=PROTECTED + DAY)
    assert Label.objects.get().renewal_filed_on is None
    assert "en retard" in filing_fact(label, END)
    tick(noon(END + 40 * DAY))
    assert (Label.objects.get().state, Label.objects.get().ended_on) == ("expired", END + DAY)
    assert "continuons de l'examiner" in text_of(Letter.objects.get(code="L10"))

    decision = renewals.decided(filed, on=date(2030, 3, 1))
    new = Label.objects.get(decision=decision)
    assert (new.starts_on, new.previous_id) == (date(2030, 3, 1), label.pk)
    decisions.receive(decision, at=noon(date(2030, 3, 4)))
    assert [code(label, day) for day in (END, END + DAY, date(2030, 3, 5))] == ["valid", "expired", "expired"]
    assert listed(label, date(2030, 3, 5)) == [new.number]


def test_a_late_renewal_is_protected_by_a_written_act_only() -> None:
    label = certificates.label()
    renewals.filed(renewals.draft(label, on=PROTECTED), on=END)
    Label.objects.filter(pk=label.pk).update(extended_until=date(2030, 5, 3))
    tick(noon(END + DAY))
    assert code(label, END + DAY) == "extended"
    tick(noon(date(2030, 5, 3)))
    assert Label.objects.get().state == "in_force"
    tick(noon(date(2030, 5, 4)))
    assert (Label.objects.get().state, Label.objects.get().ended_on) == ("expired", date(2030, 5, 4))


def test_what_if_a_late_renewal_is_protected_by_a_signed_act() -> None:
    label = certificates.label()
    renewals.filed(renewals.draft(label, on=PROTECTED), on=END - 10 * DAY)
    measures.signed(label, "extend", at=noon(END - 5 * DAY), ends_on=date(2030, 5, 3))
    tick(noon(END + DAY))
    assert code(label, END + DAY) == "extended"
    tick(noon(date(2030, 5, 4)))
    assert (Label.objects.get().state, Label.objects.get().ended_on) == ("expired", date(2030, 5, 4))


def test_a_renewal_waits_for_what_weighs_on_the_label() -> None:
    """A signed act that is on its way, or a procedure, is not forgotten because another label takes its place."""
    label = certificates.label()
    advised = renewals.advised(renewals.filed(renewals.draft(label, on=OPENS), on=OPENS), on=PROTECTED)
    at = noon(PROTECTED)
    act = decisions.prepared(advised, "grant", at=at)
    suspension = measures.signed(label, "suspend", at=at)
    with pytest.raises(Blocked, match="pas encore reçue"):
        acts.send_for_signature(decision_pk=act.pk, at=at, by=decisions.officer_of(advised))
    decisions.receive(suspension, at=at)
    with pytest.raises(Blocked, match="devient la suspension"):
        acts.send_for_signature(decision_pk=act.pk, at=at, by=decisions.officer_of(advised))
    measures.signed(label, "lift", at=at + DAY)
    procedure = withdrawals.opened(measures.fresh(label), at=at + DAY)
    with pytest.raises(Blocked, match="procédure de retrait est ouverte"):
        acts.send_for_signature(decision_pk=act.pk, at=at + DAY, by=decisions.officer_of(advised))
    assert Withdrawal.objects.get(pk=procedure.pk).state == "opened"


def test_a_condition_of_a_renewal_comes_after_its_label_starts() -> None:
    label = certificates.label()
    advised = renewals.advised(
        renewals.filed(renewals.draft(label, on=OPENS), on=OPENS),
        on=PROTECTED,
        opinion="favourable_with_conditions",
    )
    facts = {"kind": "grant_with_conditions", "at": noon(PROTECTED)}
    early = decisions.prepared(advised, conditions=[("Publier.", "Un lien", END)], **facts)
    with pytest.raises(Blocked, match="choisissez une date plus tard"):
        acts.send_for_signature(decision_pk=early.pk, at=noon(PROTECTED), by=decisions.officer_of(advised))


def test_the_longest_wait_ends_by_date() -> None:
    label = certificates.label()
    renewals.filed(renewals.draft(label, on=OPENS), on=OPENS)
    for day in (END + DAY, date(2030, 7, 3)):
        tick(noon(day))
    assert Label.objects.get().state == "in_force"
    tick(noon(date(2030, 7, 4)))
    assert (Label.objects.get().state, Label.objects.get().ended_on) == ("expired", date(2030, 7, 4))


def test_a_renewal_granted_before_the_end_lists_the_structure_once_on_any_day() -> None:
    label = certificates.label()
    filed = renewals.filed(renewals.draft(label, on=OPENS), on=OPENS)
    decision = renewals.decided(filed, on=date(2029, 10, 1))
    new = Label.objects.get(decision=decision)
    decisions.receive(decision, at=noon(date(2029, 10, 5)))
    assert [(code(label, day), code(new, day)) for day in (date(2029, 10, 1), END, END + DAY)] == [
        ("valid", "not_yet_issued"),
        ("valid", "not_yet_issued"),
        ("renewed", "valid"),
    ]
    for day in (date(2029, 9, 1), date(2029, 10, 6), END):
        assert listed(label, day) == [label.number]
    for day in (END + DAY, new.ends_on):
        assert listed(label, day) == [new.number]
    tick(noon(END + DAY))
    assert Label.objects.get(pk=label.pk).state == "renewed"


def test_a_suspended_label_is_renewed_as_the_act_says() -> None:
    label = certificates.label()
    filed = renewals.filed(renewals.draft(label, on=OPENS), on=OPENS)
    certificates.suspended(label, since=date(2029, 12, 1), until=date(2030, 2, 28))
    with pytest.raises(Blocked, match="suspension"):
        renewals.decided(filed, on=date(2029, 12, 10))
    advised = Application.objects.get(pk=filed.pk)
    with transaction.atomic():
        goes_on = decisions.signed(
            advised, "grant", at=noon(date(2029, 12, 10)), suspension_outcome="goes_on"
        )
        new = Label.objects.get(decision=goes_on)
        assert new.suspensions.get().ends_on == date(2030, 2, 28)
        assert [code(new, day) for day in (END, END + DAY, date(2030, 3, 1))] == [
            "not_yet_issued",
            "suspended",
            "valid",
        ]
        transaction.set_rollback(True)
    ends = decisions.signed(advised, "grant", at=noon(date(2029, 12, 10)), suspension_outcome="ends")
    assert code(label, date(2029, 12, 11)) == "suspended"
    decisions.receive(ends, at=noon(date(2029, 12, 12)))
    assert code(label, date(2029, 12, 12)) == "valid"
    assert Label.objects.get(decision=ends).state == "in_force"
    assert not Suspension.objects.filter(lifted_on=None).exists()


@pytest.mark.parametrize(
    ("received", "ended"), [(date(2029, 12, 1), END + DAY), (date(2030, 2, 1), date(2030, 2, 2))]
)
def test_a_refused_renewal_ends_the_label_at_the_later_of_its_end_and_the_receipt(
    received: date, ended: date
) -> None:
    label = certificates.label()
    filed = renewals.advised(
        renewals.filed(renewals.draft(label, on=OPENS), on=OPENS), on=OPENS, opinion="unfavourable"
    )
    by = decisions.officer_of(filed)
    with pytest.raises(Blocked, match="répondre"):
        decisions.to_sign(filed, "refuse", at=noon(OPENS))
    heard_on = received - timedelta(days=60)
    for _ in range(2):
        hearing = offer_refusal_hearing(
            application_pk=filed.pk, contemplated="Les comptes ne sont pas publiés.", at=noon(heard_on), by=by
        )
    measures.received(hearing.letter, at=noon(heard_on))
    with pytest.raises(Blocked, match="encore répondre"):
        decisions.to_sign(filed, "refuse", at=noon(heard_on))
    holder = representative_of(label.structure)
    hearings.observe(hearing_pk=hearing.pk, text="Ils le sont.", at=noon(heard_on), by=holder)
    hearings.say_nothing_to_add(hearing_pk=hearing.pk, at=noon(heard_on), by=holder)
    with pytest.raises(Blocked, match="Terminez"):
        decisions.to_sign(filed, "refuse", at=noon(heard_on))
    hearings.close_hearing(hearing_pk=hearing.pk, at=noon(heard_on), by=by)
    with pytest.raises(Blocked, match="Répondez à ce que la structure a dit"):
        decisions.to_sign(filed, "refuse", at=noon(heard_on))
    told = joined({one.name: "Ils ne le sont pas." for one in said_before_refusal(filed)})
    decision = decisions.signed(filed, "refuse", at=noon(received - 5 * DAY), answers_to_observations=told)
    text = text_of(decision.letter)
    assert "3 janvier 2030" in text
    assert label.number in text
    assert "Ils ne le sont pas." in text
    if received > END:
        tick(noon(received - DAY))
        assert code(label, received - DAY) == "extended"
    decisions.receive(decision, at=noon(received))
    tick(noon(END + DAY))
    tick(noon(ended))
    kept = Label.objects.get()
    assert (kept.state, kept.ended_on) == ("expired", ended)
    assert Letter.objects.filter(code="L10").exists() == (received < END)  # else the refusal says it
    assert code(label, ended - DAY) in {"valid", "extended"}
    with pytest.raises(Blocked, match="nouvelle demande"):
        renewals.draft(label, on=ended)


def test_a_renewal_withdrawn_protects_no_longer() -> None:
    label = certificates.label()
    filed = renewals.filed(renewals.draft(label, on=OPENS), on=OPENS)
    by = representative_of(label.structure)
    withdraw(application_pk=filed.pk, at=noon(OPENS + DAY), by=by)
    assert Label.objects.get().renewal_filed_on is None
    again = renewals.filed(renewals.draft(label, on=PROTECTED), on=PROTECTED)
    tick(noon(END + DAY))
    withdraw(application_pk=again.pk, at=noon(END + 2 * DAY), by=by)
    assert (Label.objects.get().state, Label.objects.get().ended_on) == ("expired", END + 3 * DAY)
    assert Letter.objects.filter(code="L10").count() == 1  # nobody else tells it
    assert Mail.objects.filter(kind="label_ended").exists()


def test_framework_and_charter_change_mid_process() -> None:
    """What-if 5.3: the edition in force on the day when the window opened, the newer one when asked in writing."""
    label = certificates.label()
    labels.edition(version="2029", at=noon(date(2029, 3, 1)))
    labels.edition(version="2030", at=noon(date(2029, 6, 1)))
    draft = renewals.draft(label, on=date(2029, 7, 1))
    assert draft.edition.version == "2029"
    by = representative_of(label.structure)
    assert choose_newer_edition(application_pk=draft.pk, at=noon(PROTECTED), by=by).edition.version == "2030"
    with pytest.raises(Blocked):
        choose_newer_edition(application_pk=draft.pk, at=noon(PROTECTED), by=by)
    filed = renewals.filed(draft, on=PROTECTED)
    labels.edition(version="2031", at=noon(PROTECTED + DAY))
    decision = renewals.decided(filed, on=date(2029, 12, 1))
    assert Label.objects.get(decision=decision).edition.version == "2030"


def test_the_way_back_fills_no_gap_and_closes_after_six_months() -> None:
    label = certificates.label()
    tick(noon(END + DAY))
    with pytest.raises(Blocked):
        renewals.draft(label, on=date(2030, 7, 4))
    draft = renewals.draft(label, on=date(2030, 7, 3))
    assert [row.name for row in draft.solutions.all()] == ["Permanence d'écoute"]
    with pytest.raises(Blocked):
        submit(application_pk=draft.pk, at=noon(date(2030, 7, 4)), by=representative_of(label.structure))
    decision = decisions.notified(
        renewals.advised(renewals.filed(draft, on=date(2030, 7, 3)), on=date(2030, 9, 1)),
        at=noon(date(2030, 9, 1)),
    )
    new = Label.objects.get(decision=decision)
    assert (new.starts_on, new.previous_id) == (date(2030, 9, 1), label.pk)
    assert code(label, date(2030, 8, 1)) == "expired"


def test_an_action_added_amends_the_label_and_links_a_new_certificate() -> None:
    label = certificates.label()
    day = date(2028, 3, 1)
    draft = renewals.addition(label, on=day)
    with pytest.raises(Blocked):  # one open dossier at a time
        renewals.addition(label, on=day)
    decision = renewals.decided(
        renewals.filed(draft, on=day), "grant_with_conditions", on=day, conditions=CONDITIONS
    )
    assert label.recognised.count() == 1  # nobody is told before the act is received
    assert "étendu" in decision.letter.title
    decisions.receive(decision, at=noon(day + 3 * DAY))
    kept = Label.objects.get()
    assert (kept.starts_on, kept.ends_on, kept.state) == (label.starts_on, label.ends_on, "in_force")
    assert [row.name for row in kept.recognised.order_by("pk")] == [
        "Permanence d'écoute",
        "Atelier d'écriture",
    ]
    second = Certificate.objects.get(issue=2)
    assert second.replaces == Certificate.objects.get(issue=1)
    assert [row[0] for row in second.facts["solutions"]] == ["Permanence d'écoute", "Atelier d'écriture"]
    assert "atelier d ecriture" in kept.search_text
    assert code(kept, day + 4 * DAY) == "valid_with_conditions"
    with pytest.raises(Blocked, match="renouvellement est ouvert"):
        renewals.addition(label, on=OPENS)


def test_an_addition_refused_changes_nothing() -> None:
    label = certificates.label()
    day = date(2028, 3, 1)
    advised = renewals.advised(
        renewals.filed(renewals.addition(label, on=day), on=day), on=day, opinion="unfavourable"
    )
    before = Label.objects.values().get()
    decision = decisions.notified(advised, "refuse", at=noon(day))
    assert Label.objects.values().get() == before
    assert "ne change pas" in text_of(decision.letter)
    assert Decision.objects.count() == 2


def test_silence_refuses_a_renewal_whatever_became_of_the_label(settings) -> None:
    """Silence decides by itself (CRPA L231-4): that the label was given up since forbids no note of a refusal."""
    label = certificates.label()
    application = renewals.filed(renewals.draft(label, on=OPENS), on=OPENS)
    by = representative_of(label.structure)
    relinquish(label_pk=label.pk, statement=label.number, at=noon(OPENS + DAY), by=by)
    assert application.implicit_decision_on is not None
    at = noon(application.implicit_decision_on + DAY)
    settings.SILENCE_EFFECT = "acceptance"
    with pytest.raises(Blocked, match="ne peut plus être renouvelé"):
        acts.record_implicit(application_pk=application.pk, at=at, by=acting(signatory(), Role.SIGNATORY))
    settings.SILENCE_EFFECT = "refusal"
    silence = acts.record_implicit(application_pk=application.pk, at=at, by=decisions.officer_of(application))
    assert silence.notified_on == application.implicit_decision_on
    assert not Label.objects.live().exists()
