"""Paper: the grid as it is printed, the pack, the grid typed for a member, its five days, its double check."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Role
from deadlines.tick import tick
from journal.models import Event
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from letters.models import Mail, StoredFile
from letters.typography import french_date
from reviewers import actions, gridcode
from reviewers.grid import criteria
from reviewers.models import Assignment, GridEntry, InterestLink, Score
from reviewers.models.entries import is_drawn
from reviewers.pack import pack_pdf
from reviewers.paper import printed_grid
from tests.factories import papers
from tests.factories import reviewers as factory
from tests.factories.accounts import acting, give_role, signed_in, staff
from tests.factories.structures import AT, proof
from tests.reading import pdf_words, plain, words
from workflows.todo import Reader, todo_for

pytestmark = pytest.mark.django_db
State = Assignment.State
POINTS = {False: 12, True: 16}
BOX = 8 * 72 / 25.4


@pytest.fixture(autouse=True)
def nothing_is_drawn(settings) -> None:
    """The draw follows the journal: a test says itself when a grid is one of the sample."""
    settings.DOUBLE_CHECK_PERCENT = 0


@pytest.fixture
def panel() -> list[Assignment]:
    return factory.assignments_of(factory.under_review())


def again(assignment: Assignment) -> Assignment:
    return Assignment.objects.get(pk=assignment.pk)


# --- print ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("large", [False, True])
def test_the_grid_bears_its_code_on_each_page_and_splits_no_criterion(panel, large) -> None:
    assignment = panel[0]
    reader = PdfReader(io.BytesIO(printed_grid(assignment, large_print=large)))
    texts = [plain(page.extract_text()) for page in reader.pages]
    code, reference = str(gridcode.code_of(assignment)), assignment.application.reference
    heads = [f"{reference} · {code} · page {number} / {len(texts)}" for number in range(1, len(texts) + 1)]
    assert [head in text for head, text in zip(heads, texts, strict=True)] == [True] * len(texts)

    rows = criteria(assignment.application.edition, assignment.snapshot)
    boxes = {row.code: 7 if row.na_allowed else 6 for row in rows}
    seen = []
    for page, text in zip(reader.pages[1:-1], texts[1:-1], strict=True):
        found = [row for row in rows if plain(f"{row.code} {row.title}") in text]
        seen += [row.code for row in found]
        for row in found:
            assert plain(row.question) in text
            assert all(plain(sentence) in text for *_, sentence in row.anchors)
        assert text.count("Pourquoi cette note ?") == len(found)
        assert text.count("Sans objet") == sum(row.na_allowed for row in found)
        drawn = drawn_boxes(page)
        assert len(drawn) == sum(boxes[row.code] for row in found)
        assert all(size == pytest.approx(BOX, abs=0.02) for _bottom, *sizes in drawn for size in sizes)
        assert all(bottom > 30 for bottom, *_ in drawn)
        assert len(written_lines(page)) == 3 * len(found)
        assert min(written_lines(page)) > 30
    assert seen == [row.code for row in rows]
    sizes = {float(size) for page in reader.pages for size in re.findall(r" ([\d.]+) Tf", operators(page))}
    assert min(sizes) == pytest.approx(POINTS[large], abs=0.01)
    assert assignment.mandate.user.last_name not in "".join(texts)
    assert "Je n'ai aucun lien avec ce dossier." in texts[0]
    assert "01 00 00 00 00" in texts[0]
    assert "sans timbre" in texts[0]
    assert "Votre avis d'ensemble" in texts[-1]
    assert "signature" in texts[-1]


def operators(page: Any) -> str:
    return page.get_contents().get_data().decode("latin-1")


def drawn_boxes(page: Any) -> list[tuple[float, float, float]]:
    """Bottom, width and height of each box to tick."""
    found = re.findall(r"w [\d.]+ ([\d.]+) ([\d.]+) ([\d.]+) re S", operators(page))
    return [(float(bottom), float(width), float(height)) for bottom, width, height in found]


def written_lines(page: Any) -> list[float]:
    return [float(height) for height in re.findall(r"[\d.]+ ([\d.]+) l S", operators(page))]


def test_black_on_white_and_tagged(panel) -> None:
    reader = PdfReader(io.BytesIO(printed_grid(panel[0])))
    inks = {ink for page in reader.pages for ink in re.findall(r"([\d.]+ [\d.]+ [\d.]+) rg", operators(page))}
    assert all(
        max(map(float, ink.split())) < 0.4 for ink in inks - {"0.78 0.83 0.84"}
    )  # that hairline is no text
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "fr"


def test_the_pack_holds_the_summary_the_answers_the_pieces_and_no_score(panel) -> None:
    assignment = factory.filled(panel[0])
    for large in (False, True):
        reader = PdfReader(
            io.BytesIO(pack_pdf(assignment.application, assignment.snapshot, large_print=large))
        )
        sizes = [
            float(size) for page in reader.pages for size in re.findall(r" ([\d.]+) Tf", operators(page))
        ]
        assert max(set(sizes), key=sizes.count) == pytest.approx(POINTS[large], abs=0.01)
    text = pdf_words(pack_pdf(assignment.application, assignment.snapshot))
    assert assignment.application.reference in text
    assert "Nous accueillons les proches" in text
    assert "Lu dans le dossier." not in text
    for other in panel:
        assert other.mandate.user.last_name not in text


def test_the_pack_is_for_those_past_the_gate(client: Client, panel) -> None:
    assignment, reference = panel[0], panel[0].application.reference
    own, printed = (
        reverse("committee_pack_pdf", args=[assignment.pk]),
        reverse("staff_pack_pdf", args=[reference, assignment.pk]),
    )
    secretary = factory.secretary()
    signed_in(client, assignment.mandate.user)
    assert client.get(own).status_code == 404
    signed_in(client, secretary.user)
    assert client.get(printed).status_code == 404
    page = reverse("staff_paper_grid", args=[reference, assignment.pk])
    assert client.post(page, {"go": "accept"}).status_code == 302
    assert again(assignment).state == State.PROPOSED
    client.post(page, {"go": "accept", "told-means": "phone"})
    told = again(assignment)
    assert (told.state, told.entry_means, told.entered_by) == (State.ACCEPTED, "phone", None)
    event = Event.objects.get(subject=subject_key(assignment), move="accept")
    assert (event.on_behalf_of, event.role) == (subject_key(assignment.mandate.user), Role.SECRETARIAT)
    assert client.get(printed)["Content-Type"] == "application/pdf"
    assert client.get(f"{printed}?gros=1").status_code == 200
    signed_in(client, assignment.mandate.user)
    assert client.get(own).status_code == 200
    actions.recuse(assignment_pk=assignment.pk, at=AT, by=factory.ethics_officer().because("Lien."))
    assert client.get(own).status_code == 404
    signed_in(client, secretary.user)
    assert client.get(printed).status_code == 404


# --- the code -------------------------------------------------------------------------------------------------


def test_a_code_is_read_as_people_type_it() -> None:
    code = gridcode.GridCode(12, 345, 2, 1)
    for typed in (str(code), str(code).lower(), str(code).replace("-", " "), f" {code}. ".replace("GR-", "")):
        assert gridcode.read_code(typed) == code
    for wrong in ("", "GR", "GR-12-345-2-1", "GR-0-345-2-1-11", str(code)[:-2] + "00", "9" * 4000):
        assert gridcode.read_code(wrong) is None


def test_one_wrong_figure_is_always_seen() -> None:
    text = str(gridcode.GridCode(12, 345, 2, 1))
    for place, sign in enumerate(text[3:], start=3):
        for figure in "0123456789":
            if sign.isdigit() and figure != sign:
                assert gridcode.read_code(text[:place] + figure + text[place + 1 :]) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"application": 1}, "autre dossier"),
        ({"mandate": 1}, "autre personne"),
        ({"edition": 1}, "autre édition"),
        ({"snapshot": 1}, "a changé depuis l'impression"),
        ({}, "faute de frappe"),
    ],
)
def test_a_grid_of_something_else_is_refused_with_the_reason(panel, change, words) -> None:
    own = gridcode.code_of(panel[0])
    wrong = own._replace(**{key: getattr(own, key) + more for key, more in change.items()})
    code = str(wrong) if change else str(own)[:-1]
    for means in ("post", "phone"):
        with pytest.raises(Blocked, match=words) as refused:
            papers.typed(panel[0], code=code, means=means)
        assert [reason.code for reason in refused.value.reasons] == ["code"]
    assert again(panel[0]).state == State.PROPOSED
    assert not Score.objects.exists()
    assert not GridEntry.objects.exists()


def test_the_grid_of_a_colleague_is_refused_on_the_page_beside_its_field(client: Client, panel) -> None:
    mine, theirs = panel[:2]
    signed_in(client, factory.secretary().user)
    address = reverse("staff_paper_grid", args=[mine.application.reference, mine.pk])
    data = {
        "means": "phone",
        "statement_signed": "on",
        "code": str(gridcode.code_of(theirs)),
        "A1-1-note": "3",
        "A1-1-comment": "Gardé.",
        "read_back_by": "call",
        "read_back_on": "",
    }
    shown = client.post(address, data)
    assert "autre personne du panel" in words(shown)
    assert "Gardé." in words(shown) + shown.content.decode()
    assert not Score.objects.exists()


# --- typing, correcting, sealing ------------------------------------------------------------------------------


def test_a_grid_on_paper_needs_its_statement_its_scan_and_a_true_file(panel) -> None:
    assignment = panel[0]
    tomorrow = timezone.localdate(AT) + timedelta(days=1)
    for match, changes in {
        "aucun lien": {"statement_signed": False},
        "numérisée": {"scan": None},
        "en haut de chaque page": {"code": " "},
        "réponses proposées": {"means": "fax"},
        "pas encore passée": {"read_back_on": tomorrow},
    }.items():
        with pytest.raises(Blocked, match=match):
            papers.typed(assignment, **changes)
    with pytest.raises(Blocked, match="réponses proposées"):
        papers.typed(assignment, read_back_by="dream")
    with pytest.raises(ValidationError):
        papers.typed(assignment, scan=proof("grille.pdf", b"MZ program"))
    with pytest.raises(Blocked):
        papers.typed(assignment, lines={})
    assert again(assignment).state == State.PROPOSED
    assert not Score.objects.exists()
    assert not GridEntry.objects.exists()


def test_the_case_officer_of_the_file_never_types_its_grids(client: Client, panel) -> None:
    officer = panel[0].application.case_officer
    give_role(officer, Role.SECRETARIAT)
    by = acting(type(officer).objects.get(pk=officer.pk), Role.SECRETARIAT)
    with pytest.raises(NotAllowed):
        papers.typed(panel[0], by=by)
    with pytest.raises(NotAllowed):
        actions.accept_on_behalf(assignment_pk=panel[0].pk, means="phone", at=AT, by=by)
    signed_in(client, by.user)
    address = reverse("staff_paper_grid", args=[panel[0].application.reference, panel[0].pk])
    for shown in (client.get(address), client.post(address, {"go": "accept", "told-means": "phone"})):
        assert "Vous suivez ce dossier" in words(shown)
        assert b"<form class=" not in shown.content
    assert again(panel[0]).state == State.PROPOSED


def test_a_grid_is_typed_read_back_and_sealed_by_the_clock(panel) -> None:
    assignment, member = panel[0], panel[0].mandate.user
    kept = papers.typed(assignment, read_back_on=None)
    assert (kept.state, kept.entry.correction_due_on) == (State.ACCEPTED, None)
    assert not Mail.objects.filter(kind="paper_grid").exists()
    tick(at=AT + timedelta(days=8))
    assert again(assignment).state == State.ACCEPTED

    at = AT + timedelta(days=8)
    secretary = factory.secretary()
    kept = papers.typed(assignment, scan=None, statement_signed=False, at=at, by=secretary)
    last = timezone.localdate(at) + timedelta(days=5)
    assert (kept.state, kept.entered_by, kept.entry.correction_due_on) == (
        State.ACCEPTED,
        secretary.user,
        last,
    )
    mail = Mail.objects.get(kind="paper_grid", recipient=member)
    assert "Vous avez 5 jours pour corriger" in plain(mail.text)
    event = Event.objects.filter(subject=subject_key(assignment), move="enter_paper_grid").last()
    assert (event.on_behalf_of, event.role) == (subject_key(member), Role.SECRETARIAT)
    assert StoredFile.objects.get(purpose="paper_grid") == kept.paper_grid

    with pytest.raises(NotAllowed):
        actions.seal_entry(assignment_pk=assignment.pk, at=at + timedelta(days=9), by=secretary)
    with pytest.raises(Blocked, match="ne sont pas passés"):
        actions.seal_entry(assignment_pk=assignment.pk, at=at + timedelta(days=5), by=Actor.system())
    tick(at=at + timedelta(days=5))
    assert again(assignment).state == State.ACCEPTED
    tick(at=at + timedelta(days=6))
    assert again(assignment).state == State.SUBMITTED
    assert Event.objects.get(subject=subject_key(assignment), move="submit").role == "system"


def test_a_letter_takes_days_in_the_post(panel) -> None:
    kept = papers.typed(panel[0], read_back_by="letter")
    assert kept.entry.correction_due_on == timezone.localdate(AT) + timedelta(days=10)


def correct(assignment: Assignment, *, at: datetime, value: int = 3) -> Score:
    kept = Score.objects.get(assignment=assignment, criterion="A1.1")
    return actions.save_score(
        assignment_pk=assignment.pk,
        criterion="A1.1",
        verdict="scored",
        value=value,
        comment="",
        version=kept.version,
        at=at,
        by=factory.member_actor(assignment),
    )


def test_the_member_corrects_within_five_days_and_not_after(client: Client, panel) -> None:
    assignment = papers.typed(panel[0])
    assert correct(assignment, at=AT + timedelta(days=5)).value == 3
    assert GridEntry.objects.get().corrected_at == AT + timedelta(days=5)
    late = AT + timedelta(days=6)
    by = factory.member_actor(assignment)
    with pytest.raises(Blocked, match="Vous pouviez corriger jusqu'au"):
        correct(assignment, at=late, value=2)
    with pytest.raises(Blocked, match="Vous pouviez"):
        actions.save_overall(assignment_pk=assignment.pk, advice="unfavourable", comment="", at=late, by=by)
    with pytest.raises(Blocked, match="Vous pouviez"):
        actions.submit_review(assignment_pk=assignment.pk, advice="unfavourable", comment="", at=late, by=by)
    with pytest.raises(Blocked, match="Vous pouviez"):
        papers.typed(assignment, value=3, at=late)
    assert Score.objects.get(assignment=assignment, criterion="A1.1").value == 3
    tick(at=late)
    assert (again(assignment).state, again(assignment).overall_advice) == (State.SUBMITTED, "favourable")


def test_the_member_may_send_without_waiting_and_reads_who_typed(client: Client) -> None:
    now = timezone.now()
    panel = factory.assignments_of(factory.under_review(at=now))
    secretary = factory.secretary()
    assignment = papers.typed(panel[0], at=now, by=secretary)
    signed_in(client, assignment.mandate.user)
    page = reverse("committee_dossier", args=[assignment.pk])
    shown = words(client.get(page))
    assert f"Saisie par {secretary.user}" in shown
    assert reverse("stored_file", args=[assignment.paper_grid_id]) in client.get(page).content.decode()
    actions.submit_review(
        assignment_pk=assignment.pk,
        advice="favourable",
        comment="",
        at=now,
        by=factory.member_actor(assignment),
    )
    tick(at=now + timedelta(days=8))
    assert again(assignment).state == State.SUBMITTED


def test_the_last_grid_sealed_by_the_clock_closes_the_evaluation(panel) -> None:
    for one in panel[1:]:
        factory.submitted(one)
    papers.typed(panel[0])
    assert Application.objects.get().state == "under_review"
    tick(at=AT + timedelta(days=6))
    assert Application.objects.get().state == "in_deliberation"


def test_a_grid_left_incomplete_waits_on_the_list_of_the_secretariat(panel) -> None:
    assignment = papers.typed(panel[0])
    correct(assignment, at=AT, value=0)  # and no sentence that says why
    tick(at=AT + timedelta(days=6))
    assert again(assignment).state == State.ACCEPTED
    reader = Reader(
        factory.secretary().user, timezone.localdate(AT) + timedelta(days=6), frozenset({Role.SECRETARIAT})
    )
    assert "Terminer une grille recopiée" in [task.title for task in todo_for(reader, "staff")]


def test_a_grid_of_somebody_recused_is_sealed_by_nobody(panel) -> None:
    papers.typed(panel[0])
    actions.recuse(assignment_pk=panel[0].pk, at=AT, by=factory.ethics_officer().because("Lien."))
    tick(at=AT + timedelta(days=6))
    assert again(panel[0]).state == State.RECUSED
    with pytest.raises(Blocked):
        papers.typed(panel[0])


# --- the double check -----------------------------------------------------------------------------------------


def test_the_draw_can_be_done_again_from_the_journal(panel, settings) -> None:
    settings.DOUBLE_CHECK_PERCENT = 50
    for one in panel[:4]:
        papers.typed(one)
    papers.typed(panel[4], means="phone", scan=None, code="")
    for entry in GridEntry.objects.exclude(assignment=panel[4]):
        event = Event.objects.get(subject=subject_key(entry.assignment), move="enter_paper_grid")
        assert entry.drawn_from == event.digest
        assert entry.drawn == is_drawn(event.digest, percent=50)
    assert GridEntry.objects.get(assignment=panel[4]).drawn_from == ""


def test_about_one_grid_in_ten_is_drawn() -> None:
    digests = [f"{number * 2654435761 % 2**32:08x}{'0' * 56}" for number in range(10_000)]
    assert 900 < sum(is_drawn(one, percent=10) for one in digests) < 1100
    assert not any(is_drawn(one, percent=0) for one in digests)
    assert all(is_drawn(one, percent=100) for one in digests)


def retype(
    assignment: Assignment, *, by: Actor, at: datetime = AT, advice: str = "favourable", **scores: int
):
    codes = [row["code"] for row in assignment.application.edition.data["criteria"]]
    lines = {code: actions.Given("scored", scores.get(code.replace(".", "_"), 2)) for code in codes}
    return actions.type_again(
        assignment_pk=assignment.pk, lines=lines, advice=advice, version=version_of(assignment), at=at, by=by
    )


def version_of(assignment: Assignment) -> int:
    entry = GridEntry.objects.filter(assignment=assignment).first()
    return entry.version if entry else 0


def settle(assignment: Assignment, *, by: Actor, at: datetime = AT, **choices: str) -> GridEntry:
    return actions.settle_differences(
        assignment_pk=assignment.pk,
        choices={code.replace("_", "."): choice for code, choice in choices.items()},
        version=version_of(assignment),
        at=at,
        by=by,
    )


def test_a_grid_of_the_sample_waits_for_a_second_person(panel) -> None:
    first, second = factory.secretary(), factory.secretary()
    assignment = papers.drawn(panel[0], by=first)
    tick(at=AT + timedelta(days=6))
    assert again(assignment).state == State.ACCEPTED
    day = timezone.localdate(AT)
    titles = {
        actor: [
            task.title for task in todo_for(Reader(actor.user, day, frozenset({Role.SECRETARIAT})), "staff")
        ]
        for actor in (first, second)
    }
    assert "Relire une grille tirée au sort" in titles[second]
    assert "Relire une grille tirée au sort" not in titles[first]
    with pytest.raises(NotAllowed):
        retype(assignment, by=first)
    officer = assignment.application.case_officer
    give_role(officer, Role.SECRETARIAT)
    with pytest.raises(NotAllowed):
        retype(assignment, by=acting(type(officer).objects.get(pk=officer.pk), Role.SECRETARIAT))
    entry = retype(assignment, by=second, at=AT + timedelta(days=7))
    assert (entry.differences, entry.settled_at) == ([], AT + timedelta(days=7))
    assert again(assignment).state == State.SUBMITTED
    with pytest.raises(Blocked):
        retype(assignment, by=second)


def test_differences_are_settled_against_the_scan_and_the_member_may_correct_again(panel) -> None:
    second = factory.secretary()
    assignment = papers.drawn(panel[0])
    entry = retype(assignment, by=second, advice="unfavourable", A1_1=3, A1_2=3)
    assert entry.differences == ["A1.1", "A1.2", "advice"]
    assert entry.settled_at is None
    with pytest.raises(Blocked, match="déjà relue"):
        retype(assignment, by=second)
    choices = {"A1_1": "second", "A1_2": "first"}
    later = AT + timedelta(days=2)
    with pytest.raises(Blocked, match="Pour chaque différence"):
        settle(assignment, at=later, by=second, **choices)
    entry = settle(assignment, at=later, by=second, advice="second", **choices)
    values = dict(Score.objects.filter(assignment=assignment).values_list("criterion", "value"))
    assert (values["A1.1"], values["A1.2"], again(assignment).overall_advice) == (3, 2, "unfavourable")
    assert entry.correction_due_on == timezone.localdate(later) + timedelta(days=5)
    assert Mail.objects.filter(kind="paper_grid").count() == 2
    tick(at=later + timedelta(days=6))
    assert again(assignment).state == State.SUBMITTED


def test_the_second_reading_is_blind_on_its_page(client: Client) -> None:
    now = timezone.now()
    panel = factory.assignments_of(factory.under_review(at=now))
    first, second = factory.secretary(), factory.secretary()
    assignment = papers.drawn(panel[0], value=4, by=first, at=now)
    address = reverse("staff_double_check", args=[assignment.application.reference, assignment.pk])
    signed_in(client, first.user)
    assert "Une autre personne relit cette grille" in words(client.get(address))
    signed_in(client, second.user)
    shown = client.get(address).content.decode()
    assert "Lu dans le dossier." not in shown
    assert " checked" not in shown
    codes = [row["code"].replace(".", "-") for row in assignment.application.edition.data["criteria"]]
    data = {f"{code}-note": "4" for code in codes} | {"A1-1-note": "none", "advice": "favourable"}
    assert client.post(address, {**data, "advice": ""}).status_code == 200
    assert GridEntry.objects.get().second_at is None
    data["seen"] = str(version_of(assignment))
    client.post(address, data)
    assert GridEntry.objects.get().differences == ["A1.1"]
    shown = client.get(address)
    assert "Je ne me prononce pas" in words(shown)
    assert client.post(address, {}).status_code == 200
    assert GridEntry.objects.get().settled_at is None
    assert client.post(address, {"A1.1": "second", "seen": data["seen"]}).status_code == 302
    assert Score.objects.get(assignment=assignment, criterion="A1.1").verdict == "no_opinion"
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("moment", ["before the second reading", "after it"])
def test_what_the_member_corrected_is_not_undone_by_the_double_check(panel, moment: str) -> None:
    second = factory.secretary()
    assignment = papers.drawn(panel[0])
    if moment == "before the second reading":
        correct(assignment, at=AT, value=4)
        retype(assignment, by=second, A1_1=3, A1_2=3)
    else:
        retype(assignment, by=second, A1_1=3, A1_2=3)
        correct(assignment, at=AT, value=4)
    assert GridEntry.objects.get().to_settle == ["A1.2"]
    settle(assignment, by=second, A1_1="second", A1_2="second")
    values = dict(Score.objects.filter(assignment=assignment).values_list("criterion", "value"))
    assert (values["A1.1"], values["A1.2"]) == (4, 3)


def test_the_advice_that_the_member_corrected_stays(panel) -> None:
    second = factory.secretary()
    assignment = papers.drawn(panel[0])
    retype(assignment, by=second, advice="unfavourable")
    actions.save_overall(
        assignment_pk=assignment.pk,
        advice="favourable_with_conditions",
        comment="",
        at=AT,
        by=factory.member_actor(assignment),
    )
    entry = settle(assignment, by=second, advice="second")
    assert again(assignment).overall_advice == "favourable_with_conditions"
    assert entry.settled_at == AT
    assert Mail.objects.filter(kind="paper_grid").count() == 1  # nothing changed: nothing to tell again


def test_when_the_member_corrected_all_that_differed_nothing_is_left_to_choose(client: Client) -> None:
    now = timezone.now()
    panel = factory.assignments_of(factory.under_review(at=now))
    second = factory.secretary()
    assignment = papers.drawn(panel[0], at=now)
    retype(assignment, by=second, at=now, A1_1=3)
    correct(assignment, at=now, value=4)
    address = reverse("staff_double_check", args=[assignment.application.reference, assignment.pk])
    signed_in(client, second.user)
    assert "a corrigé lui-même" in words(client.get(address))
    assert client.post(address, {"seen": str(version_of(assignment))}).status_code == 302
    assert GridEntry.objects.get().settled_at is not None
    assert Score.objects.get(assignment=assignment, criterion="A1.1").value == 4


def test_a_double_check_is_of_the_typing_that_its_page_showed(client: Client) -> None:
    now = timezone.now()
    panel = factory.assignments_of(factory.under_review(at=now))
    second = factory.secretary()
    assignment = papers.drawn(panel[0], at=now)
    retype(assignment, by=second, at=now, A1_1=3)
    papers.typed(assignment, value=3, at=now, scan=None)
    retype(assignment, by=second, at=now, A1_1=2)
    address = reverse("staff_double_check", args=[assignment.application.reference, assignment.pk])
    signed_in(client, second.user)
    for stale in ({"seen": "1"}, {"seen": "x"}, {}):
        data = dict.fromkeys(GridEntry.objects.get().differences, "second")
        assert "Rouvrez la page" in words(client.post(address, data | stale))
    assert GridEntry.objects.get().settled_at is None


def test_a_page_opened_before_a_correction_does_not_write_over_it(client: Client) -> None:
    now = timezone.now()
    panel = factory.assignments_of(factory.under_review(at=now))
    secretary = factory.secretary()
    assignment = papers.typed(panel[0], at=now, by=secretary)
    address = reverse("staff_paper_grid", args=[assignment.application.reference, assignment.pk])
    signed_in(client, secretary.user)
    seen = GridEntry.objects.get().token
    codes = [row["code"].replace(".", "-") for row in assignment.application.edition.data["criteria"]]
    data = {f"{code}-note": "3" for code in codes} | {"advice": "favourable", "means": "phone"}
    data |= {"read_back_on": f"{timezone.localdate(now):%d/%m/%Y}", "read_back_by": "call"}
    assert f'name="seen" value="{seen}"' in client.get(address).content.decode()
    correct(assignment, at=now, value=2)
    for stale in ({"seen": seen}, {}):
        shown = client.post(address, data | stale)
        assert "Cette grille a changé depuis que la page est ouverte" in words(shown)
    assert Score.objects.get(assignment=assignment, criterion="A1.1").value == 2
    fresh = again_posted(data, shown)
    assert "Dites si vous gardez ses réponses" in words(client.post(address, fresh))
    assert client.post(address, fresh | {"own": "keep"}).status_code == 302
    kept = dict(Score.objects.filter(assignment=assignment).values_list("criterion", "value"))
    assert (kept.pop("A1.1"), set(kept.values())) == (2, {3})
    entry = GridEntry.objects.get()
    assert (entry.corrected, bool(entry.corrected_at)) == (["A1.1"], True)
    replaced = again_posted(data, client.get(address)) | {"own": "replace"}
    assert client.post(address, replaced).status_code == 302
    assert Score.objects.get(assignment=assignment, criterion="A1.1").value == 3
    assert GridEntry.objects.get().corrected == []
    assert Event.objects.filter(subject=subject_key(assignment), move="replace_own_words").count() == 1


def again_posted(data: dict[str, str], shown: Any) -> dict[str, str]:
    """What the page sends when its button is pressed again: the tokens that it now bears."""
    page = shown.content.decode()
    tokens = dict(re.findall(r'name="([\w-]+-version|seen)" value="([^"]*)"', page))
    return data | tokens


def test_what_two_people_typed_at_once_is_shown_side_by_side(client: Client) -> None:
    now = timezone.now()
    panel = factory.assignments_of(factory.under_review(at=now))
    first, second = factory.secretary(), factory.secretary()
    assignment = papers.typed(panel[0], at=now, by=first, read_back_on=None)
    address = reverse("staff_paper_grid", args=[assignment.application.reference, assignment.pk])
    signed_in(client, second.user)
    mine = {"means": "phone", "read_back_by": "call", "read_back_on": "", "A1-1-note": "4"}
    mine = again_posted(mine, client.get(address))
    lines = {"A1.1": actions.Given("scored", 0, "Aucune preuve jointe.")}
    papers.typed(assignment, at=now, by=first, read_back_on=None, scan=None, lines=lines)
    shown = client.post(address, mine | {"A1-1-comment": "Compté trois fois."})
    assert "changée ailleurs" in words(shown)
    assert all(text in shown.content.decode() for text in ("Aucune preuve jointe.", "Compté trois fois."))
    assert Score.objects.get(assignment=assignment, criterion="A1.1").value == 0
    mine = again_posted(mine, shown) | {"A1-1-comment": "Compté trois fois."}
    assert client.post(address, mine).status_code == 302
    assert Score.objects.get(assignment=assignment, criterion="A1.1").value == 4


# --- what the member wrote online -----------------------------------------------------------------------------


OWN = "Mes mots à moi."


def begun_online(client: Client) -> tuple[Assignment, str]:
    """A member who scored A1.1 and A1.2 online and gave an advice, then calls; the page of the secretariat."""
    now = timezone.now()
    assignment = factory.accepted(factory.assignments_of(factory.under_review(at=now))[0], at=now)
    by = factory.member_actor(assignment)
    for code, value, comment in (("A1.1", 4, OWN), ("A1.2", 0, "")):
        actions.save_score(
            assignment_pk=assignment.pk,
            criterion=code,
            verdict="scored",
            value=value,
            comment=comment,
            version=0,
            at=now,
            by=by,
        )
    actions.save_overall(assignment_pk=assignment.pk, advice="unfavourable", comment=OWN, at=now, by=by)
    signed_in(client, factory.secretary().user)
    return assignment, reverse("staff_paper_grid", args=[assignment.application.reference, assignment.pk])


def test_what_the_member_wrote_online_is_never_shown_nor_erased_by_who_types(client: Client) -> None:
    assignment, address = begun_online(client)
    data = {"means": "phone", "read_back_by": "call", "A2-1-note": "3"}
    for _time in range(2):
        page = client.get(address)
        assert OWN not in page.content.decode()
        assert 'value="4" checked' not in page.content.decode()
        assert "a déjà répondu en ligne" in words(page)
        assert client.post(address, again_posted(data, page)).status_code == 302
    kept = again(assignment)
    assert (kept.overall_advice, kept.overall_comment) == ("unfavourable", OWN)
    values = dict(Score.objects.filter(assignment=assignment).values_list("criterion", "value"))
    assert values == {"A1.1": 4, "A1.2": 0, "A2.1": 3}
    told = client.get(address).content.decode()
    assert OWN not in told
    assert re.search(r'name="A2-1-note"[^>]*value="3" checked', told)
    assert 'value="unfavourable" checked' not in told


def test_what_is_missing_leads_within_the_page_and_tells_nothing_of_the_member(client: Client) -> None:
    assignment, address = begun_online(client)
    codes = [row["code"] for row in assignment.application.edition.data["criteria"]]
    typed = {f"{code.replace('.', '-')}-note": "3" for code in codes if code not in ("A1.1", "A1.2", "A2.1")}
    today = f"{timezone.localdate():%d/%m/%Y}"
    data = typed | {"means": "phone", "read_back_by": "call", "read_back_on": today}
    shown = client.post(address, again_posted(data, client.get(address)))
    assert "pourquoi vous donnez 0" not in words(shown)
    assert "A1.2 : la personne n'a pas fini de noter ce critère elle-même." in words(shown)
    links = set(re.findall(r'<li><a href="([^"]+)">', shown.content.decode()))
    assert {"#criterion-A1-2", "#criterion-A2-1"} <= links
    assert not any(link.startswith("/comite/") for link in links)
    assert all(f'id="{link[1:]}"' in shown.content.decode() for link in links if link.startswith("#crit"))


def test_the_double_check_says_nothing_of_what_the_member_wrote_online(client: Client) -> None:
    assignment, _address = begun_online(client)
    codes = [row["code"] for row in assignment.application.edition.data["criteria"]]
    lines = {code: actions.Given("scored", 2) for code in codes if code not in ("A1.1", "A1.2")}
    now = timezone.now()
    with pytest.raises(Blocked, match="n'a pas fini"):
        papers.typed(assignment, at=now, lines=lines, advice="")
    actions.save_score(
        assignment_pk=assignment.pk,
        criterion="A1.2",
        verdict="scored",
        value=3,
        comment="",
        version=1,
        at=now,
        by=factory.member_actor(assignment),
    )
    papers.drawn(assignment, at=now, lines=lines, advice="")
    entry = retype(assignment, by=factory.secretary(), at=now, A2_1=4)
    assert entry.differences == ["A2.1"]
    assert again(assignment).overall_advice == "unfavourable"


def test_the_read_back_has_near_bounds(panel) -> None:
    asked = panel[0].answer_due_on - timedelta(days=5)
    for day in (asked - timedelta(days=1), asked.replace(year=1900)):
        with pytest.raises(Blocked, match="Choisissez une date entre le") as refused:
            papers.typed(panel[0], read_back_on=day)
        assert [one.code for one in refused.value.reasons] == ["read_back_on"]
    later = AT + timedelta(days=3)
    read = factory.accepted(panel[1], at=later)
    with pytest.raises(Blocked, match="Choisissez une date entre le"):
        papers.typed(read, at=later, read_back_on=timezone.localdate(AT))
    assert papers.typed(panel[0], read_back_on=asked).read_back_on == asked


def test_a_grid_typed_again_is_read_again(panel) -> None:
    second = factory.secretary()
    assignment = papers.drawn(panel[0])
    retype(assignment, by=second, A1_1=3)
    papers.typed(assignment, value=3, scan=None)
    entry = GridEntry.objects.get()
    assert (entry.drawn, entry.second_at, entry.differences) == (True, None, [])


def test_what_was_not_typed_for_a_member_is_not_to_read_again(client: Client, panel) -> None:
    assignment = factory.filled(panel[0])
    with pytest.raises(Blocked, match="pas à relire"):
        retype(assignment, by=factory.secretary())
    signed_in(client, staff(Role.SECRETARIAT))
    address = reverse("staff_double_check", args=[assignment.application.reference, assignment.pk])
    assert client.get(address).status_code == 404


def test_a_link_found_meanwhile_keeps_the_grid_open(panel) -> None:
    assignment = papers.typed(panel[0])
    link = actions.declare_link(
        mandate_pk=assignment.mandate_id,
        organisation_name=assignment.application.structure.name,
        kind="donor",
        at=AT,
        by=factory.member_actor(assignment),
    )
    InterestLink.objects.filter(pk=link.pk).update(structure=assignment.application.structure)
    tick(at=AT + timedelta(days=6))
    assert again(assignment).state == State.ACCEPTED
    with pytest.raises(Blocked, match="ne peut plus évaluer"):
        actions.seal_entry(assignment_pk=assignment.pk, at=AT + timedelta(days=6), by=Actor.system())
    assert "Terminer une grille recopiée" in todo(factory.secretary(), days=6)


def test_nothing_more_is_asked_of_who_gave_a_paper_grid(panel) -> None:
    at = AT + timedelta(days=20)
    waiting, silent = papers.typed(panel[0], at=at), factory.accepted(panel[1])
    Assignment.objects.filter(pk=waiting.pk).update(review_due_on=silent.review_due_on)
    tick(at=at)
    assert Mail.objects.filter(kind="M6", recipient=silent.mandate.user).exists()
    assert not Mail.objects.filter(kind="M6", recipient=waiting.mandate.user).exists()
    late = [title for title in todo(factory.secretary(), days=28) if title.startswith("Appeler un membre")]
    assert len(late) == 1


def todo(actor: Actor, *, days: int) -> list[str]:
    reader = Reader(actor.user, timezone.localdate(AT) + timedelta(days=days), frozenset({Role.SECRETARIAT}))
    return [task.title for task in todo_for(reader, "staff")]


# --- the days to correct are what every page tells --------------------------------------------------------------


def test_more_time_is_refused_in_the_days_to_correct(panel) -> None:
    assignment = papers.typed(panel[0])
    for by in (factory.member_actor(assignment), factory.secretary()):
        with pytest.raises(Blocked, match="elle se corrige jusqu'au"):
            actions.extend_review(assignment_pk=assignment.pk, at=AT, by=by)
    assert again(assignment).review_due_on == assignment.review_due_on
    kept = papers.typed(panel[1], read_back_on=None)
    assert actions.extend_review(assignment_pk=kept.pk, at=AT, by=factory.member_actor(kept))


def test_every_page_of_the_member_tells_the_last_day_to_correct(client: Client) -> None:
    now = timezone.now()
    assignment = papers.typed(factory.assignments_of(factory.under_review(at=now))[0], at=now)
    last, review = told(assignment.entry.correction_due_on), told(assignment.review_due_on)
    signed_in(client, assignment.mandate.user)
    pages = [
        reverse("committee"),
        reverse("committee_reviews"),
        reverse("committee_dossier", args=[assignment.pk]),
        reverse("committee_review", args=[assignment.pk, "A1.1"]),
        reverse("committee_grid", args=[assignment.pk]),
        reverse("committee_unavailable", args=[assignment.pk]),
    ]
    for page in pages:
        shown = plain(client.get(page).content.decode())
        assert last in shown, page
        assert review not in shown, page
    assert "more_time" not in client.get(pages[-1]).content.decode()


def told(day: date) -> str:
    return plain(french_date(day))
