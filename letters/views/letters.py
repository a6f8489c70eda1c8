"""One letter: as the association reads it, as the office serves it, and before it leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from django_fsm import TransitionNotAllowed

from accounts.access import actor_for, person, staff_required
from accounts.models import Role, User
from accounts.once import once
from accounts.rules import Claim, may
from journal.models import Event
from journal.moves import Actor
from journal.refusals import Blocked, Missing, NotAllowed
from letters import actions, files, forms, rendering, shown, subjects
from letters.models import Letter, Mail, StoredFile
from letters.spoken import told_time
from letters.visibility import READING_ROLES, may_see_letter

SERVING_ROLES = (Role.CASE_OFFICER, Role.SECRETARIAT, Role.APPEAL_OFFICER)


@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter in the space of the association; the first opening by who represents it is the receipt."""
    now = timezone.now()
    found = _visible(request, pk)
    counts = may("letters.open_letter", request.user, found, on=timezone.localdate(now))
    if counts and request.method == "GET":
        found = actions.open_online(letter_pk=found.pk, at=now, by=opener(person(request), found, now))
    page = shown.letter_as_page(rendering.from_data(found.content))
    return render(
        request,
        "letters/letter.html",
        {**page, "letter": found, "facts": shown.delivery(found), "counts": counts},
    )


@staff_required(*READING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def staff_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter in the office: its text, its delivery, and for who serves it the next step of its service by post."""
    found = _visible(request, pk)
    serves = may("letters.serve_letter", request.user, found, on=timezone.localdate())
    if request.method == "POST" and not serves:
        raise Http404
    step = next_step(found) if serves else ""
    form, reasons = (_FORMS[step]() if step else None), []
    go = request.POST.get("go", "")
    if go in _FORMS and go != step:
        return _somebody_first(request, found, go)
    if go and go == step:
        form = _FORMS[step](request.POST, request.FILES)
        if form.is_valid():
            try:
                reasons = _serve(request, found, step, form.cleaned_data)
            except TransitionNotAllowed:
                return _somebody_first(request, found, step)
            if not reasons:
                messages.success(
                    request, _("C'est noté sur la lettre {reference}.").format(reference=found.reference)
                )
                return redirect("staff_letter", pk=found.pk)
    page = shown.letter_as_page(rendering.from_data(found.content))
    mails = Mail.objects.filter(kind="letter", key__startswith=f"letter:{found.pk}:").order_by("pk")[:10]
    context = {**page, "letter": found, "facts": shown.delivery(found), "form": form, "step": step}
    context |= {"reasons": reasons, "mails": mails, "step_words": STEP_WORDS[step], "serves": serves}
    return render(request, "letters/staff_letter.html", context)


def opener(user: User, found: Letter, at: datetime) -> Actor:
    """Who opens a letter: its addressee, or somebody in their role for the association."""
    on = timezone.localdate(at)
    try:
        record = subjects.visible(found.subject, user, on=on)
    except LookupError:
        return Actor(user, "addressee")
    is_member = subjects.corresponds("reads", Claim(user, on), record)
    return Actor(user, subjects.role_for_association(user, record, on=on) if is_member else "addressee")


def next_step(found: Letter) -> str:
    """What comes next for a letter on paper: `sign`, `post`, `receive`; nothing when done, withdrawn or online.

    `by_post` for one that waits online while the mails that announce it come back.
    """
    if found.is_lost_online:
        return "by_post"
    if found.channel != Letter.Channel.POST or found.received_on or found.is_withdrawn:
        return ""
    if not found.signed_scan_id:
        return "sign"
    return "receive" if found.sent_on else "post"


_FORMS: dict[str, Any] = {
    "by_post": forms.ByPostForm,
    "sign": forms.HandSignatureForm,
    "post": forms.PostingForm,
    "receive": forms.ReceiptForm,
}
STEP_WORDS = {
    "by_post": gettext_lazy("Les e-mails à cette personne reviennent : remettre la lettre par courrier"),
    "sign": gettext_lazy("À imprimer et à signer"),
    "post": gettext_lazy("À poster en recommandé"),
    "receive": gettext_lazy("Réception à noter"),
    "": "",
}


def _serve(request: HttpRequest, found: Letter, step: str, facts: dict[str, Any]) -> list[Missing]:
    """Do the step; the reasons when it is not possible. Nothing is kept then, not even the file."""
    now, by = timezone.now(), actor_for(request, *SERVING_ROLES)
    try:
        with transaction.atomic():
            if step == "by_post":
                actions.serve_by_post(letter_pk=found.pk, at=now, by=by)
            elif step == "sign":
                scan = _kept(facts["scan"], found, "letter_scan", now, by)
                actions.record_hand_signature(letter_pk=found.pk, scan=scan, at=now, by=by)
            elif step == "post":
                actions.record_posting(letter_pk=found.pk, at=now, by=by, **facts)
            else:
                proof = _kept(facts.pop("proof"), found, "letter_proof", now, by)
                actions.record_receipt(letter_pk=found.pk, proof=proof, at=now, by=by, **facts)
    except Blocked as blocked:
        return blocked.reasons
    except NotAllowed as refused:
        raise Http404 from refused
    return []


def _somebody_first(request: HttpRequest, found: Letter, go: str) -> HttpResponse:
    """E39: the step is done already; what was typed is shown and not kept."""
    event = Event.objects.filter(thread=found.thread_id).order_by("-position").first()
    name = event.actor.get_full_name() if event and event.actor else _("Une autre personne")
    words = _("{name} vient de le faire, à {time}. Voici la lettre à jour.")
    messages.error(request, words.format(name=name, time=told_time(event.at if event else timezone.now())))
    typed = [str(request.POST.get(name, "")).strip()[:200] for name in _FORMS[go].base_fields]
    if any(typed):
        shown_words = ", ".join(text for text in typed if text)
        messages.info(request, _("Ce que vous avez écrit n'est pas noté : {typed}").format(typed=shown_words))
    return redirect("staff_letter", pk=found.pk)


def _kept(upload: Any, found: Letter, purpose: str, now: Any, by: Actor) -> StoredFile:
    return files.store(
        upload=upload, subject=found.subject, purpose=purpose, thread=found.thread, at=now, by=by
    )


def _visible(request: HttpRequest, pk: int) -> Letter:
    letters = Letter.objects.select_related("thread", "addressee", "pdf", "signed_scan", "proof")
    found = get_object_or_404(letters, pk=pk)
    if not may_see_letter(found, request.user, on=timezone.localdate()):
        raise Http404
    return found
