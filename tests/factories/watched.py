"""Two dossiers with words that nobody could take for others in every text, and the people who may not read them.

A word of the table is a "canary": where it is seen, its text has leaked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from decisions import actions as acts
from decisions.content import Content
from label import actions as label_actions
from label import published_list
from label.models import Application, Edition, Finding
from label.questions import questions_of
from letters import files
from letters.actions import exchanges
from letters.models import StoredFile
from reviewers import actions
from reviewers.actions.sessions import state_on_item
from reviewers.grid import with_finding
from reviewers.models import (
    AgendaItem,
    Assignment,
    Challenge,
    InterestLink,
    LinkMatch,
    Mandate,
    OfficeFinding,
    PlainSummary,
    Score,
    Session,
)
from structures.models import Structure
from tests.factories import label, reviewers, sessions, watched_sitting
from tests.factories.accounts import acting, give_role, person, signed_in, staff
from tests.factories.structures import AT, PDF, proof, representative_of, structure
from tests.factories.watched_sitting import HIDDEN, SHARED

LONG = " Le comité a lu le dossier et constaté les faits." * 8
LATER = AT + timedelta(days=10)
# Of the first dossier, under review; then of the second one, on which the committee gave its opinion.
DOSSIER = frozenset({"answer", "address", "filename", "description", "bytes", "contributor"})
OFFICE = frozenset({"finding", "note", "derogation"})
PANEL = frozenset({"comment", "overall", "alert", "scan"})
PEOPLE = frozenset({"reader", "judge", "conflicted", "gone", "waiting", "alias"})
LINKS = frozenset({"statement", "linkwords", "matchnote", "concluded"})
MANDATE = frozenset({"act"})
SHOWN_TO_THE_PANEL = frozenset({"officefinding", "plain"})
SITTING = frozenset({"sitting", "agenda"})  # what whoever sits may know of a session
THIRD = frozenset({"third", "reference3"})  # a dossier on the agenda
EXCHANGED = frozenset({"message", "call", "challenged", "challenge", "refusal"})
SECOND = frozenset({"answer2", "comment2", "judge2"})
OPINION = frozenset({"opinion", "minority", "condition", "decision", "factual"})


def word(name: str) -> str:
    """The canary of that name, as it is planted."""
    return f"Zqx{name}zq"


@dataclass
class Watched:
    """What was made: each person's browser, the rows named by addresses, and what each canary looks like."""

    clients: dict[str, Client] = field(default_factory=dict)
    people: dict[str, User | AnonymousUser] = field(default_factory=dict)
    rows: dict[str, list[Any]] = field(default_factory=dict)
    canaries: dict[str, str] = field(default_factory=dict)
    first: Application = None  # type: ignore[assignment]
    second: Application = None  # type: ignore[assignment]
    third: Application = None  # type: ignore[assignment]
    sittings: list[Session] = field(default_factory=list)

    def evaluations(self, who: str) -> list[int]:
        """The evaluation asked of that person, if any, and the one that a colleague has sent."""
        rows = Assignment.objects.filter(application=self.first)
        mine = rows.filter(mandate__user=self.people[who].pk or 0)
        sent = rows.filter(state=Assignment.State.SUBMITTED)
        return sorted({*mine.values_list("pk", flat=True), *sent.values_list("pk", flat=True)})


def named(name: str, **facts: Any) -> User:
    """A person whose last name is a canary."""
    return person(first_name="Camille", last_name=word(name), **facts)


def watched() -> Watched:
    """Everything, made once through the real actions; the words that pages never take are written afterwards."""
    made = Watched()
    sat = watched_sitting.held(word)  # first, so that its minutes name nobody of the others
    home = structure(name=word("name"), address=word("address"))
    officer = staff(Role.CASE_OFFICER)
    seats = _seats()
    made.first = _under_review(home, officer, seats)
    made.second = _advised()
    rows = _first_panel(made.first, seats)
    made.third, item, left = _on_an_agenda()
    made.sittings = [sat.session, item.session]
    _exchanged(made.first, officer, rows["judge"])
    made.people = {
        "visitor": AnonymousUser(),
        "conflicted": seats["conflicted"].user,
        "gone": seats["gone"].user,
        "reader": seats["reader"].user,
        "waiting": seats["waiting"].user,
        "applicant": home.representative(),
        "second_applicant": made.second.structure.representative(),
        "stranger": structure(name="Une autre association").representative(),
        "officer": officer,
        "technician": staff(Role.TECHNICAL_ADMINISTRATOR),
        "left_item": left,
        "kept_off": sat.kept_off,
        "sitter": sat.sitter,
        "conflicted_secretary": _also_secretary(home),
        "reading_secretary": seats["reading_secretary"].user,
    }
    for name in ("reading_secretary", "gone"):
        give_role(seats[name].user, Role.SECRETARIAT)
    StoredFile.objects.update(scanned_at=AT)
    made.clients = {
        who: signed_in(Client(), User.objects.get(pk=user.pk)) if user.pk else Client()
        for who, user in made.people.items()
    }
    names = (
        SHOWN_TO_THE_PANEL
        | {"sitting", "third", "itemlink"}
        | DOSSIER
        | OFFICE
        | PANEL
        | PEOPLE
        | LINKS
        | MANDATE
        | EXCHANGED
        | SECOND
        | OPINION
        | HIDDEN
        | SHARED
        | {"name", "summary"}
    )
    made.canaries = {name: word(name).lower() for name in names} | {
        "number": home.number().lower(),
        "reference": made.first.reference.lower(),
        "reference2": made.second.reference.lower(),
        "reference3": made.third.reference.lower(),
        "agenda": f"{item.subject} ",
    }
    made.rows = _rows(made)
    return made


def _seats() -> dict[str, Mandate]:
    """The six of the first panel, and what becomes of each."""
    names = ("reader", "judge", "conflicted", "gone", "waiting", "reading_secretary")
    colleges = ("patients", "caregivers", "professionals")
    return {
        name: reviewers.member(user=named(name) if name in PEOPLE else person(), college=colleges[place % 3])
        for place, name in enumerate(names)
    }


def _under_review(home: Structure, officer: User, seats: dict[str, Mandate]) -> Application:
    label.ready_for_applications()
    texts = {
        question.key: word("answer")
        for question in questions_of(Edition.objects.get())
        if question.kind in ("text", "long_text")
    }
    application = label.filled(home, **{**texts, "structure_summary": word("summary")})
    doing: dict[str, Any] = {"application_pk": application.pk, "at": AT, "by": representative_of(home)}
    content = PDF + f"\n%{word('bytes')}\n".encode()
    upload = SimpleUploadedFile(f"{word('filename')}.pdf", content, content_type="application/pdf")
    label_actions.add_document(upload=upload, description=word("description"), **doing)
    label_actions.save_contributor(name=word("contributor"), part="", is_confirmed=False, **doing)
    application = label_actions.submit(**doing)
    staff(Role.APPEAL_OFFICER)
    by = acting(officer, Role.CASE_OFFICER)
    application = label_actions.take_file(application_pk=application.pk, at=AT, by=by)
    label.register_concluded(application)
    Finding.objects.create(
        application=application,
        snapshot=application.snapshot,
        item="paper_statutes",
        verdict="unclear",
        comment=word("finding"),
        made_by=officer,
        made_at=AT,
    )
    for item in published_list.papers():
        if item.code != "paper_statutes":
            row = {"application": application, "snapshot": application.snapshot, "item": item.code}
            Finding.objects.create(**row, verdict="present", made_by=officer, made_at=AT)
    application = label_actions.declare_admissible(application_pk=application.pk, at=AT, by=by)
    facts = {"application": application, "snapshot": application.snapshot}
    for criterion in with_finding(application.edition, application.snapshot):
        OfficeFinding.objects.create(
            **facts, criterion=criterion, version=1, text=word("officefinding"), made_by=officer, made_at=AT
        )
    PlainSummary.objects.create(
        **facts, number=1, text=word("plain"), digest="0" * 64, written_by=officer, written_at=AT
    )
    actions.name_panel(
        application_pk=application.pk,
        mandate_pks=[one.pk for one in seats.values()],
        derogation=word("derogation"),
        at=AT,
        by=reviewers.secretary(),
    )
    return Application.objects.get(pk=application.pk)


def _first_panel(application: Application, seats: dict[str, Mandate]) -> dict[str, Assignment]:
    """One sent, one not, one who stood down, one whose link was declared late, one who has not answered."""
    rows = {name: Assignment.objects.get(application=application, mandate=one) for name, one in seats.items()}
    Assignment.objects.filter(pk=rows["judge"].pk).update(pseudonym=f"Aidant {word('alias')}"[:20])
    for name in ("reader", "conflicted", "gone", "reading_secretary"):
        reviewers.accepted(rows[name])
    judged = reviewers.filled(rows["judge"])
    Score.objects.filter(assignment=judged).update(comment=word("comment"))
    by = reviewers.member_actor(judged)
    actions.raise_alert(assignment_pk=judged.pk, text=word("alert"), at=AT, by=by)
    actions.submit_review(assignment_pk=judged.pk, advice="favourable", comment=word("overall"), at=AT, by=by)
    files.store(
        upload=proof("grille.pdf", PDF + f"\n%{word('scan')}\n".encode()),
        subject=judged,
        purpose="paper_grid",
        thread=application.thread,
        at=AT,
        by=reviewers.secretary(),
    )
    left = rows["gone"]
    actions.stand_down(
        assignment_pk=left.pk, statement=word("statement"), at=AT, by=reviewers.member_actor(left)
    )
    actions.answer_link_statement(
        assignment_pk=left.pk, at=AT, by=reviewers.ethics_officer().because(word("concluded"))
    )
    Mandate.objects.filter(pk=judged.mandate_id).update(act_reference=word("act"))
    _declare(seats["conflicted"], application.structure)
    return {
        name: Assignment.objects.select_related("mandate__user").get(pk=row.pk) for name, row in rows.items()
    }


def _declare(mandate: Mandate, found: Structure) -> InterestLink:
    """A link that only its number gives away: the member never wrote the name of the structure."""
    link = actions.declare_link(
        mandate_pk=mandate.pk,
        organisation_name="Une association de ma ville",
        organisation_number=found.number(),
        kind="officer",
        description=word("linkwords"),
        at=AT,
        by=reviewers.member_actor(mandate),
    )
    LinkMatch.objects.filter(link=link).update(
        severity="blocking", note=word("matchnote"), settled_at=AT, settled_by=mandate.user
    )
    return link


def _on_an_agenda() -> tuple[Application, AgendaItem, User]:
    """A session convened on a third dossier, and somebody of the secretariat who sits and told of a link with it."""
    members = [reviewers.member(college=college) for college in ("patients", "caregivers", "professionals")]
    third = sessions.deliberated(found=structure(name=word("third")))
    session = sessions.convened([third], members=members, place=word("sitting"))
    item = sessions.item_of(session)
    state_on_item(
        item_pk=item.pk,
        mandate_pk=members[0].pk,
        has_link=True,
        text=word("itemlink"),
        at=sessions.CONVENED_AT,
        by=reviewers.member_actor(members[0]),
    )
    give_role(members[0].user, Role.SECRETARIAT)
    return third, item, members[0].user


def _also_secretary(found: Structure) -> User:
    """Somebody of the secretariat who also sits, with a link: what their role opens, the link closes."""
    mandate = reviewers.member(user=person())
    _declare(mandate, found)
    give_role(mandate.user, Role.SECRETARIAT)
    return mandate.user


def _exchanged(application: Application, officer: User, judged: Assignment) -> None:
    writes, works = representative_of(application.structure), acting(officer, Role.CASE_OFFICER)
    exchanges.write_message(record=application, text=word("message"), at=AT, by=writes)
    exchanges.record_call(record=application, text=word("call"), at=AT, by=works)
    exchanges.write_note(record=application, text=word("note"), at=AT, by=works)
    asked: dict[str, Any] = {"application_pk": application.pk, "at": AT, "by": writes}
    first = actions.ask_challenge(who=word("challenged"), reasons=word("challenge"), **asked)
    actions.ask_challenge(who=word("challenged"), reasons=word("challenge"), **asked)
    ethics = reviewers.ethics_officer().because(word("refusal"))
    actions.answer_challenge(challenge_pk=first.pk, answer="refused", at=AT, by=ethics)


def _advised() -> Application:
    """The second dossier: all is known of it inside, and nothing of its opinion may be told outside."""
    members = [reviewers.member(user=named("judge2"), college=college) for college in ("patients",)]
    members += [reviewers.member(college=c) for c in ("patients", *["caregivers", "professionals"] * 2)]
    application = reviewers.under_review(
        structure(name="Rives et Relais"), members=members, structure_summary=word("answer2")
    )
    for row in reviewers.assignments_of(application):
        filled = reviewers.filled(row)
        Score.objects.filter(assignment=filled).update(comment=word("comment2"))
        reviewers.submit(filled)
    actions.record_opinion(
        application_pk=application.pk,
        kind="favourable_with_conditions",
        reasons=word("opinion") + LONG,
        conditions=[word("condition")],
        votes={"for": 3, "against": 1, "abstained": 0},
        **reviewers.on_paper(),
        minority=word("minority"),
        solutions=list(application.solutions.values_list("pk", flat=True)),
        adopted_on=timezone.localdate(LATER),
        at=LATER,
        by=reviewers.secretary(),
    )
    application = Application.objects.get(pk=application.pk)
    content = Content(
        kind="refuse",
        reasons_in_law=word("decision") + LONG,
        reasons_in_fact=word("factual") + LONG,
        divergence_reasons="Une autre lecture." + LONG,
        criteria=("A1.1",),
    )
    acts.prepare(application_pk=application.pk, content=content, at=LATER, by=decisions_officer(application))
    return application


def decisions_officer(application: Application) -> Any:
    """The case officer of that dossier, acting."""
    return label.officer_of(Application.objects.select_related("case_officer").get(pk=application.pk))


def _rows(made: Watched) -> dict[str, list[Any]]:
    """The keys that addresses may name, by the kind of row."""
    both = [made.first.pk, made.second.pk]
    threads = [made.first.thread_id, made.second.thread_id, made.sittings[0].thread_id]
    first = Assignment.objects.filter(application=made.first)
    from decisions.models import Decision
    from letters.models import Letter

    def keys(rows: Any) -> list[int]:
        return list(rows.order_by("pk").values_list("pk", flat=True))

    return {
        "assignment": keys(first),
        "mandate": keys(Mandate.objects.filter(assignments__in=first)),
        "letter": keys(Letter.objects.filter(thread__in=threads)),
        "file": keys(StoredFile.objects.filter(thread__in=threads)),
        "decision": keys(Decision.objects.filter(application__in=both)),
        "challenge": keys(Challenge.objects.filter(application__in=both)),
        "match": keys(LinkMatch.objects.filter(structure=made.first.structure_id)),
        "person": [made.people["officer"].pk],
        "item": keys(AgendaItem.objects.filter(session__in=made.sittings)),
    }
