"""Before a renewal is refused: all that letter L9d promises exists, as before a measure, and the refusal answers it."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from certificates import actions
from certificates.models import Hearing, Label, Observation
from deadlines.calendar import add_months
from deadlines.models import Deadline
from deadlines.tick import Report, handle_due
from decisions import actions as acts
from decisions.content import token_of
from decisions.models import Decision
from decisions.observations import joined, said_before_refusal
from desks.bundle.contents import _hearings as bundled
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from label.actions import withdraw
from label.models import Application
from reviewers.actions import declare_link
from reviewers.models import InterestLink
from tests.factories import certificates, decisions, measures, renewals, reviewers, structures
from tests.factories.accounts import acting, give_role, signatory, signed_in, staff
from tests.factories.renewals import noon
from tests.factories.structures import PDF, member, member_of, representative_of
from workflows.integrity import measures_without_a_hearing

pytestmark = pytest.mark.django_db
CONTEMPLATED = "Les comptes de deux années ne sont pas publiés, malgré deux demandes écrites de l'Institut."
OPENS = date(2029, 4, 3)  # of the window of a label granted on 4 January 2027
DAY = timedelta(days=1)


def contemplated(*, on: date = OPENS, received: bool = True) -> Hearing:
    """A renewal on which the committee is unfavourable, its holder invited to answer that day."""
    label = certificates.label()
    filed = renewals.advised(
        renewals.filed(renewals.draft(label, on=on), on=on), on=on, opinion="unfavourable"
    )
    hearing = offer(filed, on=on)
    if received:
        measures.received(hearing.letter, at=noon(on))
    return Hearing.objects.select_related("renewal", "label__structure", "letter").get(pk=hearing.pk)


def offer(filed: Application, *, on: date = OPENS, by: Any = None, text: str = CONTEMPLATED) -> Hearing:
    return actions.offer_refusal_hearing(
        application_pk=filed.pk, contemplated=text, at=noon(on), by=by or decisions.officer_of(filed)
    )


def clock(on: date) -> None:
    """What the clock does with what is due; the daily jobs of other rooms would make these tests slow."""
    report = Report()
    handle_due(noon(on), report)
    assert report.failures == []


def told(filed: Application, text: str = "Nous l'avons lu.") -> str:
    return joined({one.name: text for one in said_before_refusal(filed)})


def words(client: Client, address: str) -> str:
    return " ".join(unescape(client.get(address).content.decode()).split())


def opens(client: Client, address: str) -> bool:
    """Whether that page or that document opens; read to its end, "not found" otherwise."""
    got = client.get(address)
    assert got.status_code in (200, 404)
    return bool(got.getvalue()) and got.status_code == 200


def test_the_invitation_is_offered_once_at_its_stage_by_who_holds_the_dossier() -> None:
    label = certificates.label()
    draft = renewals.draft(label, on=OPENS)
    filed = renewals.filed(draft, on=OPENS)
    with pytest.raises(Blocked, match="comité a donné son avis"):
        offer(filed)
    filed = renewals.advised(filed, on=OPENS, opinion="unfavourable")
    with pytest.raises(Blocked, match="pour quelles raisons"):
        offer(filed, text=" ")
    for other in (staff(Role.CASE_OFFICER), staff(Role.SECRETARIAT)):
        with pytest.raises(NotAllowed):
            offer(filed, by=acting(other, Role.CASE_OFFICER))
    assert not Hearing.objects.exists()
    one = offer(filed)
    assert offer(filed).pk == one.pk  # a second click
    assert (one.label, one.renewal, one.days, one.letter.code) == (label, filed, 30, "L9d")
    assert one.application == filed and one.structure == label.structure
    assert Event.objects.filter(thread=filed.thread_id, move="offer_refusal_hearing").count() == 1
    with pytest.raises(Blocked, match="depuis le dossier de renouvellement"):
        actions.notify_grounds(
            label_pk=label.pk,
            measure="refuse",
            grounds=[measures.GROUND],
            days=30,
            at=noon(OPENS),
            by=measures.officer_of(label),
        )
    actions.drop_hearing(hearing_pk=one.pk, at=noon(OPENS), by=decisions.officer_of(filed))
    assert offer(filed, text="D'autres raisons.").pk != one.pk  # other reasons, another letter, another time


def test_the_database_refuses_what_the_actions_refuse() -> None:
    hearing = contemplated()
    for changes in (
        {"contemplated": ""},
        {"renewal": None},
        {"measure": "suspend"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Hearing.objects.filter(pk=hearing.pk).update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hearing.objects.create(
            label=hearing.label,
            renewal=hearing.renewal,
            measure="refuse",
            contemplated="Encore.",
            days=30,
            notified_at=noon(OPENS),
            notified_by=hearing.notified_by,
        )


def test_no_refusal_before_the_receipt_nor_before_the_time_is_over() -> None:
    hearing = contemplated(received=False)
    filed = hearing.renewal
    with pytest.raises(Blocked, match="preuve que la structure a reçu la lettre manque"):
        decisions.to_sign(filed, "refuse", at=noon(OPENS + 90 * DAY))
    measures.received(hearing.letter, at=noon(OPENS + 10 * DAY))
    last = OPENS + 40 * DAY
    assert Deadline.objects.get(kind="observations").due_on == last
    with pytest.raises(Blocked, match="peut encore répondre"):
        decisions.to_sign(filed, "refuse", at=noon(last))
    with pytest.raises(Blocked, match="peut encore arriver"):
        decisions.to_sign(filed, "refuse", at=noon(last + 5 * DAY))
    clock(last + 5 * DAY)
    assert Hearing.objects.get().closed_on is None
    clock(last + 6 * DAY)
    assert Hearing.objects.get().closed_on == last + 6 * DAY
    signed = decisions.signed(filed, "refuse", at=noon(last + 6 * DAY))
    assert "Nous n'avons pas reçu d'observation." in str(signed.letter.content)
    assert list(measures_without_a_hearing()) == []
    Hearing.objects.update(closed_on=last + 7 * DAY)
    assert list(measures_without_a_hearing()) == [
        f"decision {signed.pk} refuses a renewal before its holder was heard"
    ]


def test_post_phone_visit_and_oral_hearing_are_answered_one_by_one_in_the_refusal() -> None:
    hearing = contemplated()
    filed, label = hearing.renewal, hearing.label
    officer, holder = decisions.officer_of(filed), representative_of(label.structure)
    secretary = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    day, at = OPENS + 5 * DAY, noon(OPENS + 5 * DAY)
    who = {"hearing_pk": hearing.pk, "at": at}
    actions.observe(text="Ils sont en ligne.", by=holder, **who)
    actions.observe(text="Voici les comptes.", by=secretary, **measures.by_post(day), **who)
    with pytest.raises(Blocked, match="Relisez"):
        actions.observe(text="Dit.", means="phone", received_on=day, by=secretary, **who)
    for means in ("phone", "visit"):
        actions.observe(
            text=f"Dit ({means}).", means=means, received_on=day, read_back_on=day, by=secretary, **who
        )
    actions.ask_to_be_heard(assisted_by="Maître Roche", by=holder, **who)
    editor = member_of(label.structure, member(label.structure, role="editor"))
    for give_up in (actions.waive_oral_hearing, actions.say_nothing_to_add):
        with pytest.raises(NotAllowed):
            give_up(by=editor, **who)
    over = OPENS + 60 * DAY
    clock(over)
    assert Hearing.objects.get().closed_on is None  # the promised hearing is kept, however late
    with pytest.raises(Blocked, match="entendez-la"):
        decisions.to_sign(filed, "refuse", at=noon(over))
    actions.plan_oral_hearing(hearing_pk=hearing.pk, planned_at=noon(over + DAY), at=noon(over), by=officer)
    actions.record_oral_hearing(
        hearing_pk=hearing.pk,
        held_on=over + DAY,
        minutes="La présidente montre les comptes.",
        at=noon(over + DAY),
        by=officer,
    )
    actions.close_hearing(hearing_pk=hearing.pk, at=noon(over + DAY), by=officer)

    said = said_before_refusal(filed)
    assert [one.name.split(",")[0] for one in said[:4]] == [f"Observation {n}" for n in (1, 2, 3, 4)]
    assert said[4].name.split() == ["Entretien", "du", "3", "juin", "2029"]
    whole = {one.name: f"Réponse {rank}." for rank, one in enumerate(said, start=1)}
    for one in said:  # none may be left without its answer
        partial = joined({name: text for name, text in whole.items() if name != one.name})
        with pytest.raises(Blocked, match="Répondez à ce que la structure a dit") as refused:
            decisions.to_sign(filed, "refuse", at=noon(over + DAY), answers_to_observations=partial)
        assert len(refused.value.reasons) == 1
    signed = decisions.signed(filed, "refuse", at=noon(over + DAY), answers_to_observations=joined(whole))
    content = str(signed.letter.content)
    assert all(f"Réponse {rank}." in content for rank in range(1, 6))
    for move in ("observe", "ask_to_be_heard", "record_oral_hearing", "hearing_closed"):
        assert Event.objects.filter(thread=filed.thread_id, move=move).exists(), move
    assert not Event.objects.filter(thread=label.thread_id, move="observe").exists()
    part = next(iter(bundled(filed)))
    assert CONTEMPLATED in str(part.blocks) and "Voici les comptes." in str(part.blocks)
    assert not list(bundled(label.application))


def test_what_was_posted_in_time_is_answered_by_the_refusal_that_was_ready() -> None:
    hearing = contemplated()
    filed = hearing.renewal
    over = OPENS + 36 * DAY
    clock(over)
    decision = decisions.to_sign(filed, "refuse", at=noon(over))
    secretary = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    late = {"hearing_pk": hearing.pk, "text": "Voici les comptes.", "at": noon(over), "by": secretary}
    actions.observe(**late, **measures.by_post(over, posted_on=OPENS + 30 * DAY))
    sign = {"decision_pk": decision.pk, "at": noon(over), "by": acting(signatory(), Role.SIGNATORY)}
    with pytest.raises(Blocked, match="Répondez à ce que la structure a dit"):
        acts.sign(**sign)
    decisions.signed(filed, "refuse", at=noon(over), answers_to_observations=told(filed))
    late["text"] = "Autre chose."
    with pytest.raises(Blocked, match="décision est déjà prise"):
        actions.observe(**late, **measures.by_post(over, posted_on=OPENS + 30 * DAY))


def test_the_representative_may_say_at_once_that_there_is_nothing_to_say() -> None:
    hearing = contemplated()
    filed, label = hearing.renewal, hearing.label
    who = {"hearing_pk": hearing.pk, "at": noon(OPENS)}
    actions.say_nothing_to_add(by=representative_of(label.structure), **who)
    actions.close_hearing(by=decisions.officer_of(filed), **who)
    assert decisions.to_sign(filed, "refuse", at=noon(OPENS)).submitted_at is not None


def test_only_who_holds_the_renewal_runs_its_hearing() -> None:
    """The officer of the renewal, or the secretariat; not the officer of the dossier that the label came from."""
    hearing = contemplated()
    label = hearing.label
    filed = hearing.renewal
    assert label.application.case_officer != filed.case_officer
    people = {
        "officer": decisions.officer_of(filed),
        "former officer": measures.officer_of(label),
        "secretary": acting(staff(Role.SECRETARIAT), Role.SECRETARIAT),
        "signatory": acting(signatory(), Role.SIGNATORY),
        "holder": representative_of(label.structure),
        "member who works here": acting(
            member(label.structure, user=staff(Role.SECRETARIAT)), Role.SECRETARIAT
        ),
    }
    said = {"hearing_pk": hearing.pk, "text": "Dit.", "at": noon(OPENS), **measures.by_post(OPENS)}
    allowed = set()
    for name, by in people.items():
        try:
            with transaction.atomic():
                actions.observe(by=by, **said)
                transaction.set_rollback(True)
        except NotAllowed:
            continue
        allowed.add(name)
    assert allowed == {"officer", "secretary"}


def test_a_grant_tells_nothing_before_it_is_received_and_a_request_taken_back_ends_the_hearing() -> None:
    hearing = contemplated()
    filed = hearing.renewal
    granted = decisions.signed(filed, "grant", at=noon(OPENS + DAY), divergence_reasons=decisions.OTHERWISE)
    assert Hearing.objects.get().dropped_at is None  # its holder would learn the act from it (docs/adr/0009)
    decisions.receive(granted, at=noon(OPENS + 2 * DAY))
    assert Hearing.objects.get().dropped_at == noon(OPENS + 2 * DAY)
    assert not Deadline.objects.running().filter(kind__startswith="observations").exists()


def test_a_request_taken_back_ends_the_hearing() -> None:
    hearing = contemplated()
    holder = representative_of(hearing.label.structure)
    withdraw(application_pk=hearing.renewal_id, at=noon(OPENS + DAY), by=holder)
    assert Hearing.objects.get().dropped_at == noon(OPENS + DAY)


def test_the_end_of_a_label_leaves_the_hearing_of_its_renewal_open() -> None:
    """Filed late, the renewal does not hold the label; its holder still answers before it is refused."""
    late = date(2029, 12, 1)
    hearing = contemplated(on=late)
    for day in (date(2030, 1, 4), date(2030, 1, 5)):
        clock(day)
    assert Label.objects.get().state == "expired"
    kept = Hearing.objects.get()
    assert (kept.dropped_at, kept.closed_on) == (None, None)
    holder = representative_of(hearing.label.structure)
    actions.observe(hearing_pk=hearing.pk, text="Les voici.", at=noon(date(2030, 1, 2)), by=holder)


def test_who_reads_the_hearing_of_a_renewal() -> None:
    """The holder, and the staff who handle dossiers; a link with the holder closes it, its documents too."""
    now = timezone.now()
    label = certificates.label(at=now - timedelta(days=400))
    day = timezone.localdate(now) - timedelta(days=20)
    Label.objects.update(ends_on=add_months(day, 5))
    label = measures.fresh(label)
    filed = renewals.advised(
        renewals.filed(renewals.draft(label, on=day), on=day), on=day, opinion="unfavourable"
    )
    hearing = offer(filed, on=day)
    measures.received(hearing.letter, at=noon(day))
    mandate = reviewers.member(at=noon(day))
    linked = reviewers.member(at=noon(day))
    link = declare_link(
        mandate_pk=linked.pk,
        organisation_name=label.structure.name,
        kind="officer",
        at=noon(day),
        by=reviewers.member_actor(linked),
    )
    InterestLink.objects.filter(pk=link.pk).update(structure=label.structure)
    give_role(linked.user, Role.CASE_OFFICER)
    actions.observe(
        hearing_pk=hearing.pk,
        text="Voici les comptes.",
        at=noon(day),
        by=decisions.officer_of(filed),
        **measures.by_post(day),
    )
    stranger = structures.structure(name="Une autre association")
    people = {
        "officer": filed.case_officer,
        "secretary": staff(Role.SECRETARIAT),
        "ethics": staff(Role.ETHICS_OFFICER),
        "holder": label.structure.representative(),
        "stranger": stranger.representative(),
        "committee": mandate.user,
        "linked": linked.user,
    }
    pages = {
        "space": reverse("hearing", args=[hearing.pk]),
        "file": reverse("hearing_file", args=[hearing.pk]),
        "office": reverse("staff_hearing", args=[hearing.pk]),
        "document": reverse("stored_file", args=[Observation.objects.get().file_id]),
    }
    opened: dict[str, set[str]] = {name: set() for name in pages}
    for who, user in people.items():
        browser = signed_in(Client(), user)
        for name, address in pages.items():
            if opens(browser, address):
                opened[name].add(who)
    assert opened["space"] == opened["file"] == {"holder"}
    assert {"officer", "secretary"} <= opened["office"]
    assert not {"holder", "stranger", "committee", "linked"} & opened["office"]
    assert {"officer", "holder"} <= opened["document"]
    assert not {"stranger", "committee", "linked"} & opened["document"]


def test_from_the_letter_to_the_refusal_on_the_pages(client: Client) -> None:
    label = certificates.label(at=timezone.now() - timedelta(days=400))
    today = timezone.localdate()
    Label.objects.update(ends_on=add_months(today + timedelta(days=20), 4))
    label = measures.fresh(label)
    filed = renewals.advised(
        renewals.filed(renewals.draft(label, on=today), on=today), on=today, opinion="unfavourable"
    )
    officer = signed_in(Client(), filed.case_officer)
    offered = reverse("staff_refusal_hearing", args=[filed.reference])
    assert "Préparer la lettre" in words(officer, offered)
    assert officer.post(offered, {"contemplated": "  "}).status_code == 200
    assert officer.post(offered, {"contemplated": CONTEMPLATED}).status_code == 302
    hearing = Hearing.objects.get()
    office, space = (reverse(name, args=[hearing.pk]) for name in ("staff_hearing", "hearing"))
    assert officer.get(offered).headers["Location"] == office
    signed_in(client, label.structure.representative())
    assert client.get(space).status_code == 404  # on paper, and nobody has it yet
    measures.received(hearing.letter, at=timezone.now())
    assert "Répondre avant la décision" in words(client, reverse("space"))
    shown = words(client, space)
    assert CONTEMPLATED[:40] in shown and "Je n'ai pas d'observation" in shown
    read = words(client, reverse("hearing_file", args=[hearing.pk]))
    assert "Avis du comité" in read and decisions.IN_FACT[:60] in read and filed.reference in read
    assert Hearing.objects.get().file_read_at is not None
    upload = SimpleUploadedFile("preuve.pdf", PDF, content_type="application/pdf")
    client.post(space, {"go": "answer", "text": "Ils sont publiés depuis mars.", "file": upload})
    client.post(space, {"go": "oral", "assisted_by": "Une avocate"})

    assert "Entendre la structure avant un refus" in words(officer, reverse("staff"))
    read = words(officer, office)
    assert "Ils sont publiés depuis mars." in read and "Une avocate" in read and "entendez-la" in read
    document = reverse("stored_file", args=[Observation.objects.get().file_id])
    assert opens(officer, document) and opens(client, document)
    minutes = {
        "go": "minutes",
        "minutes-held_on": f"{today:%d/%m/%Y}",
        "minutes-minutes": "La présidente est entendue.",
    }
    assert officer.post(office, minutes).status_code == 302
    client.post(space, {"go": "done"})
    assert officer.post(office, {"go": "close"}).status_code == 302
    prepare = reverse("staff_decision_prepare", args=[filed.reference])
    assert prepare in words(officer, office)
    typed = {
        "kind": "refuse",
        "reasons_in_law": decisions.IN_LAW,
        "reasons_in_fact": decisions.IN_FACT,
        "criteria": "A1.1",
        "how_to_improve": "Publier les comptes.",
        "conditions-TOTAL_FORMS": "0",
        "conditions-INITIAL_FORMS": "0",
        "seen": "",
    }
    keys = [f"answer_{one.key}" for one in said_before_refusal(filed)]
    assert len(keys) == 2
    assert all(f'name="{key}"' in words(officer, prepare) for key in keys)
    officer.post(prepare, typed | {keys[0]: "Une seule année l'est."})
    decision = Decision.objects.get(application=filed)
    shown = words(officer, prepare)
    assert "Une seule année l'est." in shown
    assert "Répondez à ce que la structure a dit : Entretien du" in shown
    officer.post(prepare, typed | {"seen": token_of(decision), keys[0]: "Non.", keys[1]: "Lu."})
    decision.refresh_from_db(fields=["answers_to_observations"])
    assert "Lu." in decision.answers_to_observations
    assert "Répondez à ce que" not in words(officer, prepare)
