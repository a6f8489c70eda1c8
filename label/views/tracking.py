"""Where a filed dossier stands (P09), and the answer to a request for pieces (P10)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import person
from accounts.both_texts import reopen_the_page
from journal.models import Event
from journal.moves import subject_key
from journal.refusals import Blocked, Stale
from label import actions, clocks, differences, mails, notification
from label.checklist import missing_to_complete
from label.forms.material import PieceForm
from label.models import Application, DocumentRequest, RequestedPiece
from label.registry import obstacles_to_open
from label.views.access import actor_on, allowed, dossier, told
from letters.models import Exchange, Letter
from letters.visibility import on_thread

LATEST = 5
State = Application.State
# The five steps that the association sees, by the state it is told; 6 = all done.
STEPS: dict[str, int] = {
    State.SUBMITTED: 2,
    State.INCOMPLETE: 2,
    State.ADMISSIBLE: 3,
    State.UNDER_REVIEW: 3,
    State.IN_DELIBERATION: 4,
    State.DEFERRED: 4,
    State.ADVISED: 5,
    State.GRANTED: 6,
    State.REFUSED: 6,
}


def tracking(request: HttpRequest, reference: str) -> HttpResponse:
    """P09: where is it, when will I know?"""
    found = dossier(request, reference)
    if found.submitted_at is None:
        return redirect("application", found.reference)
    subject = subject_key(found)
    today = timezone.localdate()
    letters = on_thread(found.thread_id, person(request), on=today)
    outcome = notification.outcomes([found.pk], on=today).get(found.pk)
    is_over = found.told_state in Application.FINAL
    exchanges = Exchange.objects.filter(subject=subject).select_related("author").prefetch_related("files")
    return render(
        request,
        "label/tracking.html",
        {
            "application": found,
            "today": today,
            "step": STEPS.get(found.told_state, 0),
            "next": decision_on_its_way(letters) or next_step(found),
            "events": timeline(found, outcome),
            "letters": letters,
            "outcome": outcome,
            "exchanges": list(exchanges.order_by("-pk")[:LATEST])[::-1],
            "subject": subject,
            "silence": mails.silence_sentence() if found.told_state == found.state else "",
            "pause": clocks.silence_pause(found, on=timezone.localdate()),
            "is_over": is_over,
            "can_withdraw": found.state in Application.UNDER_WAY
            and allowed(request, "label.withdraw_application", found),
            "can_duplicate": is_over
            and allowed(request, "label.edit_application", found)
            and not obstacles_to_open(found.structure, on=timezone.localdate()),
            "changes": last_changes(found),
            "committee_part": ["reviewers/hearing_part.html", "structures/nothing.html"],
        },
    )


def decision_on_its_way(letters: list[tuple[Letter, bool]]) -> dict[str, Any]:
    """The band while a decision waits to be received: where it is, never what it says; empty when none waits."""
    waiting = next(((letter, is_open) for letter, is_open in letters if letter.awaits_receipt()), None)
    if waiting is None:
        return {}
    letter, is_open = waiting
    if is_open:
        url, action = reverse("letter", args=[letter.pk]), _("Ouvrir la lettre")
        return {"what": letter.told_title, "url": url, "action": action}
    if letter.channel == Letter.Channel.POST:
        return {"what": _("Une décision vous arrive par courrier recommandé.")}
    return {
        "what": letter.told_title,
        "why": _("La personne qui représente la structure l'ouvre la première."),
    }


def next_step(found: Application) -> dict[str, Any]:
    """The band: what to do, or when news will come."""
    if found.state == State.INCOMPLETE and (waiting := found.open_request()):
        return {
            "what": _("Envoyez les pièces demandées"),
            "before": waiting.due_on,
            "why": mails.pause_sentence(),
            "url": reverse("application_pieces", args=[found.reference]),
            "action": _("Envoyer les pièces"),
        }
    if found.state == State.DEFERRED:
        time = clocks.running(found, clocks.DEFERRAL)
        return {
            "what": _("Répondez aux questions du comité"),
            "before": time.due_on if time else None,
            "why": "" if time else _("Votre délai commence quand vous recevez la lettre du comité."),
            "url": reverse("application_deferral", args=[found.reference]),
            "action": _("Répondre"),
        }
    check = clocks.running(found, clocks.COMPLETENESS)
    news: date | None = check.due_on if check else found.implicit_decision_on
    return {"by": None if found.told_state in Application.FINAL else news}


TOLD = {
    "submit": gettext_lazy("Dossier déposé"),
    "ask_documents": gettext_lazy("Pièces demandées"),
    "complete": gettext_lazy("Pièces envoyées"),
    "declare_admissible": gettext_lazy("Dossier complet"),
    "assign_panel": gettext_lazy("Évaluation par le comité commencée"),
    "record_opinion": gettext_lazy("Avis du comité donné"),
    "withdraw": gettext_lazy("Demande retirée par vous"),
}


def timeline(found: Application, outcome: notification.Outcome | None) -> list[dict[str, Any]]:
    """What was done, with its exact time, then what is to come; never an opinion before the decision is notified."""
    rows = Event.objects.filter(thread=found.thread_id, subject=subject_key(found)).order_by("position")
    events: list[dict[str, Any]] = [
        {"at": row.at, "words": TOLD[row.move]} for row in rows if row.move in TOLD
    ]
    if outcome is not None:
        events.append({"on": outcome.notified_on, "words": _("Décision reçue")})
    if found.told_state in Application.FINAL:
        return events
    check = clocks.running(found, clocks.COMPLETENESS)
    if check is not None and check.due_on:
        events.append(
            {
                "on": check.due_on,
                "words": _("Pièces vérifiées"),
                "prefix": _("au plus tard le"),
                "future": True,
            }
        )
    session = clocks.last_useful_session(found)
    is_decided = found.told_state in (State.ADVISED, notification.DECIDING)
    if session is not None and session >= timezone.localdate() and not is_decided:
        events.append(
            {"on": session, "words": _("Avis du comité"), "prefix": _("en général le"), "future": True}
        )
    if found.implicit_decision_on is not None and found.told_state == found.state:
        events.append(
            {
                "on": found.implicit_decision_on,
                "words": _("Réponse de l'Institut"),
                "prefix": _("au plus tard le"),
                "future": True,
            }
        )
    return events


def last_changes(found: Application) -> list[differences.Difference]:
    """« Ce qui a changé » between the two latest snapshots; nothing when there is one."""
    latest = list(found.snapshots.order_by("-number")[:2])
    return differences.between(latest[1].content, latest[0].content) if len(latest) == 2 else []


@told("application_tracking")
def pieces(request: HttpRequest, reference: str) -> HttpResponse:
    """P10: what exactly is asked? One block per piece; what is there can be sent, the clock runs when all is."""
    found = dossier(request, reference)
    waiting, posted = found.open_request(), request.method == "POST"
    if waiting is None:
        return _nothing_awaited(found, posted=posted)
    can_answer = allowed(request, "label.answer_pieces", found)
    rows = list(waiting.pieces.select_related("file").order_by("pk"))
    if posted and not can_answer:
        raise Http404
    forms = [
        PieceForm(
            request.POST if posted else None,
            request.FILES if posted else None,
            prefix=str(row.pk),
            initial={"answer": row.answer, "cannot_provide": row.cannot_provide},
        )
        for row in rows
    ]
    conflicts: list[RequestedPiece] = []
    if posted and _save(request, found, rows, forms, conflicts):
        if not missing_to_complete(found):
            actions.complete(application_pk=found.pk, at=timezone.now(), by=actor_on(request, found))
            return redirect("application_pieces_sent", found.reference)
        if any(form.has_changed() for form in forms):
            messages.success(
                request, _("Ce que vous avez donné est enregistré. Le délai repart quand tout est là.")
            )
        else:
            messages.info(
                request, _("Rien n'a été ajouté. Écrivez une réponse ou choisissez un fichier, puis envoyez.")
            )
        return redirect("application_pieces", found.reference)
    if posted and found.open_request() is None:
        return _nothing_awaited(found, posted=True)
    context = _pieces_context(found, waiting, rows, forms, can_answer)
    context["conflicts"] = _both_answers(conflicts, rows, forms)
    context["tokens"] = [
        (name, request.POST.get(name, "" if posted else row.token()))
        for row in rows
        for name in [f"seen_{row.pk}"]
    ]
    return render(request, "label/pieces.html", context, status=409 if conflicts else 200)


def _nothing_awaited(found: Application, *, posted: bool) -> HttpResponse:
    """After a second click on « Envoyer », the receipt of the first; else where the dossier stands."""
    sent = posted and found.document_requests.exclude(answered_at=None).exists()
    return redirect("application_pieces_sent" if sent else "application_tracking", found.reference)


def _pieces_context(
    found: Application,
    waiting: DocumentRequest,
    rows: list[RequestedPiece],
    forms: list[PieceForm],
    can_answer: bool,
) -> dict[str, Any]:
    answers = {}
    if found.snapshot is not None:
        answers = {row["key"]: row["shown"] for row in found.snapshot.content["answers"]}
        answers |= {row["key"]: row["text"] for row in found.snapshot.content["criteria"].values()}
    given = sum(1 for row in rows if row.answered_at)
    return {
        "application": found,
        "today": timezone.localdate(),
        "waiting": waiting,
        "blocks": [
            {"piece": row, "form": form, "former": answers.get(row.code, "")}
            for row, form in zip(rows, forms, strict=True)
        ],
        "given": given,
        "pause": mails.pause_sentence(),
        "total": len(rows),
        "can_answer": can_answer,
        "has_errors": any(form.errors for form in forms),
    }


def _save(
    request: HttpRequest,
    found: Application,
    rows: list[RequestedPiece],
    forms: list[PieceForm],
    conflicts: list[RequestedPiece],
) -> bool:
    """Keep every answer that is right; what is wrong is said beside its field and the page comes back.

    `conflicts` receives the pieces that somebody else answered meanwhile (E11).
    """
    now, by, go = timezone.now(), actor_on(request, found), request.POST.get("go", "")
    for row, form in zip(rows, forms, strict=True):
        seen, chosen = request.POST.get(f"seen_{row.pk}"), request.POST.get(f"theirs_{row.pk}")
        if chosen is not None and go == "theirs":
            continue
        if not seen:
            form.add_error("answer", reopen_the_page())
            continue
        is_valid = form.is_valid()
        clean = form.cleaned_data
        try:
            actions.answer_piece(
                application_pk=found.pk,
                piece_pk=row.pk,
                answer=clean.get("answer", row.answer),
                upload=clean.get("upload") if is_valid else None,
                cannot_provide=bool(clean.get("cannot_provide")),
                seen=chosen if chosen is not None and go == "mine" else seen,
                at=now,
                by=by,
            )
        except Stale as stale:
            conflicts.append(stale.theirs)
        except Blocked as refusal:
            form.add_error("answer", [str(reason.text) for reason in refusal.reasons])
        except ValidationError as error:
            form.add_error("upload", error)
    return not conflicts and not any(form.errors for form in forms)


def _both_answers(
    conflicts: list[RequestedPiece], rows: list[RequestedPiece], forms: list[PieceForm]
) -> list[dict[str, Any]]:
    """E11: for each piece answered by two people, the words typed here and those that are kept."""
    typed = {row.pk: form["answer"].value() for row, form in zip(rows, forms, strict=True)}
    return [
        {
            "key": row.pk,
            "what": row.what,
            "mine": typed[row.pk],
            "theirs": "\n".join(filter(None, [row.answer, row.file.name if row.file else ""])),
            "seen": row.token(),
        }
        for row in conflicts
    ]


def pieces_sent(request: HttpRequest, reference: str) -> HttpResponse:
    """The receipt of the complements, with the new legal date and what changed."""
    found = dossier(request, reference)
    last = found.document_requests.exclude(answered_at=None).order_by("-answered_at").first()
    if last is None or found.snapshot is None:
        raise Http404
    return render(
        request,
        "label/pieces_sent.html",
        {
            "application": found,
            "last": last,
            "changes": last_changes(found),
            "silence": mails.silence_sentence(),
        },
    )
