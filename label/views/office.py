"""P12: the office reads a dossier, checks it item by item, asks for pieces, declares it admissible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_fsm import TransitionNotAllowed

from accounts.access import person, staff_only, staff_required
from accounts.models import Role, User
from accounts.rules import may, roles_of
from journal.moves import subject_key
from journal.refusals import Stale
from label import actions, clocks, differences, papers, published_list
from label.checklist import asked_before, latest_check, missing_to_admit
from label.forms.office import AskPiecesForm, AssignForm, FindingsForm, ReadBackForm
from label.models import Application, Finding
from label.rules import free_for_appeal
from label.views.access import allowed, dossier, given_back, led_to_the_dossier, officer, told
from label.views.reading import reading_of
from label.views.tracking import last_changes
from letters import actions as letters
from letters import shown
from letters.models import Exchange, InternalNote
from letters.visibility import on_thread
from structures.models import RegisterCheck

LATEST = 5
HANDLING = (Role.CASE_OFFICER, Role.SECRETARIAT)


@staff_only
def staff_application(request: HttpRequest, reference: str) -> HttpResponse:
    """The dossier as the Institute reads it, its clocks, its register block, and the acts that are possible now."""
    found = dossier(request, reference)
    if found.state == Application.State.PURGED:
        raise Http404
    subject, today = subject_key(found), timezone.localdate()
    exchanges = Exchange.objects.filter(subject=subject).select_related("author").prefetch_related("files")
    notes = InternalNote.objects.filter(subject=subject).select_related("author")
    return render(
        request,
        "label/staff_application.html",
        {
            "application": found,
            "subject": subject,
            **reading_of(found, papers.current_content(found)),
            **acts(request, found),
            **clock_facts(found),
            **_history(request, found),
            "letters": on_thread(found.thread_id, person(request), on=today),
            "committee_part": ["reviewers/dossier_part.html", "structures/nothing.html"],
            "decisions_part": ["decisions/dossier_part.html", "structures/nothing.html"],
            "today": today,
            "may_write": allowed(request, "letters.write_note", found),
            "may_set_apart": may("label.set_document_apart", request.user, found, on=today),
            "may_mask": found.snapshot_id and may("label.mask_passage", request.user, found, on=today),
            "exchanges": list(exchanges.order_by("-pk")[:LATEST])[::-1],
            "notes": notes.order_by("-pk")[:LATEST],
            "changes": last_changes(found),
            "since_last": differences.since_last_dossier(found),
            "helps": found.help_requests.filter(handled_at=None).select_related("asked_by"),
            "findings": findings_of(found),
            "waiting": found.open_request(),
        },
    )


def findings_of(found: Application) -> list[tuple[Finding, str]]:
    """The findings on the current snapshot, each with the words of its item."""
    words = {item.code: item.what for item in published_list.items(found.edition)}
    rows = found.findings.filter(snapshot=found.snapshot_id).order_by("pk")
    return [(row, words.get(row.item, row.item)) for row in rows]


PANEL = frozenset({Role.CASE_OFFICER, Role.SECRETARIAT, Role.ETHICS_OFFICER})
OPINION = PANEL | {Role.SIGNATORY}
DECISION = frozenset({Role.CASE_OFFICER})
# The page of an upper room that takes the dossier further, per state, and the roles that it serves.
ONWARDS = {
    Application.State.ADMISSIBLE: ("staff_panel", gettext_lazy("Composer le panel"), PANEL),
    Application.State.UNDER_REVIEW: ("staff_panel", gettext_lazy("Voir le panel"), PANEL),
    Application.State.IN_DELIBERATION: ("staff_opinion", gettext_lazy("Noter l'avis du comité"), OPINION),
    Application.State.INCOMPLETE: ("staff_decision_prepare", gettext_lazy("Préparer une décision"), DECISION),
    Application.State.ADVISED: ("staff_decision_prepare", gettext_lazy("Préparer une décision"), DECISION),
}

# A cause found during the evaluation makes a dossier inadmissible too (domain 5.1, « cause découverte »).
FOUND_LATER = (Application.State.ADMISSIBLE, Application.State.UNDER_REVIEW)


def acts(request: HttpRequest, found: Application) -> dict[str, Any]:
    """What this person may do now with the dossier, and what forbids the rest."""
    today = timezone.localdate()
    is_checking = found.state == Application.State.SUBMITTED
    day = found.implicit_decision_on
    can_check = allowed(request, "label.check_file", found)
    onwards = ONWARDS.get(Application.State(found.state))
    running = not found.is_draft() and found.state not in Application.FINAL
    can_take = (
        running and allowed(request, "label.take_file", found) and found.case_officer_id != request.user.pk
    )
    return {
        "onwards": onwards if onwards and onwards[2] & roles_of(request.user, on=today) else None,
        "can_check": can_check and is_checking,
        "can_find_inadmissible": can_check and found.state in FOUND_LATER,
        "records_silence": can_check
        and found.state in Application.IMPLICIT
        and day is not None
        and day < today
        and clocks.running(found, clocks.SILENCE) is not None,
        "can_take": can_take,
        "can_assign": running and allowed(request, "label.assign_file", found),
        "can_help": allowed(request, "label.handle_help", found),
        "can_read_back": allowed(request, "label.read_back", found) and found.submitted_at is not None,
        "missing_to_admit": missing_to_admit(found) if is_checking and can_check else [],
        "free": list(free_for_appeal(found, on=today)) if running else [],
        "free_after": list(free_for_appeal(found, on=today, besides=person(request))) if can_take else [],
        "entry": getattr(found, "paper_entry", None),
    }


def clock_facts(found: Application) -> dict[str, Any]:
    """The legal line: receipt, day 15, implicit date, last useful session; the last two while the dossier lives."""
    check = clocks.running(found, clocks.COMPLETENESS)
    return {
        "has_ended": found.state in Application.FINAL,
        "received_on": clocks.received_on(found) if found.submitted_at else None,
        "posted_on": found.received_on,
        "check_before": check.due_on if check else None,
        "session": clocks.last_useful_session(found),
        "pause": clocks.silence_pause(found, on=timezone.localdate()),
        "latest_check": latest_check(found),
    }


@staff_required(*HANDLING)
@told("staff_application")
def staff_completeness(request: HttpRequest, reference: str) -> HttpResponse:
    """Item by item: « Présent », « Manquant », « À préciser »; the dossier stands beside the published list."""
    if not allowed(request, "label.check_file", found := dossier(request, reference)):
        return led_to_the_dossier(request, found) or _not_found()
    items = published_list.items(found.edition)
    known = {row.item: row for row in Finding.objects.filter(snapshot=found.snapshot_id)}
    form = FindingsForm(items, known, request.POST or None)
    conflicts: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            return _keep_findings(request, found, form)
        except TransitionNotAllowed:
            return given_back(request, found.reference, form.as_read(form.findings()).values())
        except Stale as stale:
            conflicts = _conflicts(form, stale.theirs)
    _still_checked(found)
    content = papers.current_content(found)
    context = {
        "application": found,
        "form": form,
        "groups": _checklist(found, form, content),
        "conflicts": conflicts,
        "tokens": [
            (name, request.POST.get(name, actions.finding_token(known.get(item.code))))
            for item in items
            for name in [f"seen_{item.code}"]
        ],
        "missing_to_admit": missing_to_admit(found),
        "content": content,
        **clock_facts(found),
        **_history(request, found),
    }
    return render(request, "label/staff_completeness.html", context, status=409 if conflicts else 200)


def _checklist(found: Application, form: FindingsForm, content: dict[str, Any]) -> list[dict[str, Any]]:
    """The published list beside the answers and their documents; the first section not finished stands open."""
    reading = {row["key"]: row["shown"] for row in content["answers"]}
    reading |= {row["key"]: row["text"] for row in content["criteria"].values()}
    proofs = {row["key"]: row["documents"] for row in content["criteria"].values()}
    groups: list[dict[str, Any]] = []
    for section, items in published_list.items_by_section(found.edition):
        rows = []
        for item in items:
            verdict, comment = form.fields_of(item.code)
            documents = [row for row in content["documents"] if row["key"] in proofs.get(item.code, ())]
            rows.append(
                {
                    "item": item,
                    "text": reading.get(item.code, ""),
                    "documents": documents,
                    "verdict": verdict,
                    "comment": comment,
                }
            )
        done = sum(bool(row["verdict"].value()) for row in rows)
        groups.append({"section": section, "rows": rows, "done": done, "is_open": bool(form.errors)})
    unfinished = (group for group in groups if group["done"] < len(group["rows"]))
    if (first := next(unfinished, None)) is not None:
        first["is_open"] = True
    return groups


def _history(request: HttpRequest, found: Application) -> dict[str, Any]:
    """What the registers answered about the structure, and its other dossiers."""
    today = timezone.localdate()
    checks = RegisterCheck.objects.filter(structure=found.structure_id).select_related("concluded_by")
    visible = Application.objects.visible_to(request.user, on=today)
    past = visible.filter(structure=found.structure_id).exclude(pk=found.pk)
    return {
        "checks": checks.order_by("-pk")[:LATEST],
        "can_conclude": may("structures.conclude_check", request.user, found.structure, on=today),
        "past": past.order_by("-pk")[:LATEST],
    }


def _keep_findings(request: HttpRequest, found: Application, form: FindingsForm) -> HttpResponse:
    """Keep what was touched; the two buttons of a conflict say which findings win there."""
    go, findings = request.POST.get("go", ""), form.findings()
    seen = {code: request.POST.get(f"seen_{code}", "") for code in findings}
    chosen = {code: request.POST[f"theirs_{code}"] for code in findings if f"theirs_{code}" in request.POST}
    if go == "mine":
        seen |= chosen
    if go == "theirs":
        findings = {code: one for code, one in findings.items() if code not in chosen}
    actions.record_findings(
        application_pk=found.pk, findings=findings, seen=seen, at=timezone.now(), by=officer(request)
    )
    if go == "ask":
        return redirect("staff_ask_documents", found.reference)
    messages.success(request, _("Les constats sont enregistrés."))
    return redirect("staff_completeness", found.reference)


def _conflicts(form: FindingsForm, theirs: Mapping[str, Finding | None]) -> list[dict[str, Any]]:
    """E11: each finding that somebody else changed, as typed here and as it is kept."""
    kept = {code: (row.verdict, row.comment) if row else ("", "") for code, row in theirs.items()}
    mine, other = form.as_read(form.findings()), form.as_read(kept)
    return [
        {
            "code": code,
            "what": mine[code][0],
            "mine": mine[code][1],
            "theirs": other[code][1],
            "seen": actions.finding_token(row),
        }
        for code, row in theirs.items()
    ]


def _not_found() -> HttpResponse:
    raise Http404


def _still_checked(found: Application) -> None:
    """E39 when somebody moved the dossier since the page was opened."""
    if found.state != Application.State.SUBMITTED:
        raise TransitionNotAllowed("the pieces of this dossier are no longer being checked")


@staff_required(*HANDLING)
@told("staff_application")
def staff_ask_documents(request: HttpRequest, reference: str) -> HttpResponse:
    """« Demander des pièces »: sentences prefilled, edited by a person; the letter is shown before it leaves."""
    if not allowed(request, "label.check_file", found := dossier(request, reference)):
        return led_to_the_dossier(request, found) or _not_found()
    items = published_list.items(found.edition)
    lacking = Finding.objects.filter(snapshot=found.snapshot_id).exclude(verdict=Finding.Verdict.PRESENT)
    wanted = {row.item: row.comment for row in lacking}
    form = AskPiecesForm(items, wanted, request.POST or None, earlier=asked_before(found))
    preview: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("go") == "send":
                return _ask(request, found, form)
            _still_checked(found)
        except TransitionNotAllowed:
            names = {item.code: item.what for item in items}
            typed = [(names[piece["code"]], piece["why"]) for piece in form.pieces()]
            return given_back(request, found.reference, typed)
        letter = _letter(request, found, form)
        if request.POST.get("go") == "pdf":
            return shown.draft_as_pdf(letter)
        preview = {"preview": letter, **shown.letter_as_page(letter.content)}
    _still_checked(found)
    first = [item for item in items if item.code in wanted]
    others = [item for item in items if item.code not in wanted]
    context = {
        "application": found,
        "form": form,
        "first": [(item, *form.fields_of(item.code)) for item in first],
        "others": [(item, *form.fields_of(item.code)) for item in others],
        **preview,
    }
    return render(request, "label/staff_ask_documents.html", context)


def _ask(request: HttpRequest, found: Application, form: AskPiecesForm) -> HttpResponse:
    actions.ask_documents(
        application_pk=found.pk,
        pieces=form.pieces(),
        reason=form.why_more(),
        at=timezone.now(),
        by=officer(request),
    )
    messages.success(request, _("La demande de pièces est partie. Le délai de réponse est arrêté."))
    return redirect("staff_application", found.reference)


def _letter(request: HttpRequest, found: Application, form: AskPiecesForm) -> letters.Preview:
    """Letter L2 as it would leave with these pieces."""
    now = timezone.now()
    names = {item.code: item.what for item in form.items}
    return letters.preview(
        "L2",
        record=found,
        at=now,
        addressee=found.structure.representative(),
        channel=actions.channel_of(found),
        signed_by=officer(request).user,
        pieces=[{"name": names[piece["code"]], "why": piece["why"]} for piece in form.pieces()],
        answer_before=clocks.answer_before(timezone.localdate(now)),
        implicit_on=clocks.implicit_if_asked(found, timezone.localdate(now)),
        asked_on=timezone.localdate(now),
        reason=form.why_more(),
    )


@staff_required(*HANDLING)
@require_POST
@told("staff_application")
def staff_act(request: HttpRequest, reference: str) -> HttpResponse:
    """The acts of one click: take the file, declare admissible, note that help was given. Unknown acts are refused."""
    found = dossier(request, reference)
    now, by = timezone.now(), officer(request)
    match request.POST.get("go", ""):
        case "take":
            shown = request.POST.get("followed_by")
            actions.take_file(application_pk=found.pk, followed_by=shown, at=now, by=by)
            messages.success(request, _("Vous suivez maintenant ce dossier."))
        case "admit":
            actions.declare_admissible(application_pk=found.pk, at=now, by=by)
            messages.success(request, _("Le dossier est recevable. Le panel peut être composé."))
        case "read_back_letter":
            actions.issue_read_back(application_pk=found.pk, at=now, by=by)
            messages.success(request, _("La lettre de relecture est prête à imprimer."))
        case _:
            raise Http404
    return redirect("staff_application", found.reference)


@staff_required(*HANDLING)
@told("staff_application")
def staff_assign(request: HttpRequest, reference: str) -> HttpResponse:
    """Give the file to an officer, or move it; who stays free for an appeal is told."""
    found = dossier(request, reference)
    if not allowed(request, "label.assign_file", found):
        raise Http404
    today = timezone.localdate()
    officers = User.objects.holding(Role.CASE_OFFICER, on=today).order_by("last_name", "pk")
    form = AssignForm(officers, request.POST or None, initial={"officer": found.case_officer_id})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["officer"]
        shown = request.POST.get("followed_by")
        actions.assign_officer(
            application_pk=found.pk, officer=chosen, followed_by=shown, at=timezone.now(), by=officer(request)
        )
        messages.success(request, _("{name} suit maintenant ce dossier.").format(name=chosen.get_full_name()))
        return redirect("staff_application", found.reference)
    context = {"application": found, "form": form, "free": free_for_appeal(found, on=today)}
    return render(request, "label/staff_assign.html", context)


@staff_required(*HANDLING)
@told("staff_application")
def staff_read_back(request: HttpRequest, reference: str) -> HttpResponse:
    """« Relu avec la personne le … »."""
    found = dossier(request, reference)
    if not allowed(request, "label.read_back", found):
        raise Http404
    form = ReadBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        read_on = form.cleaned_data["read_on"]
        actions.record_read_back(
            application_pk=found.pk, read_on=read_on, at=timezone.now(), by=officer(request)
        )
        messages.success(request, _("La relecture est notée."))
        return redirect("staff_application", found.reference)
    return render(request, "label/staff_read_back.html", {"application": found, "form": form})
