"""Filing a dossier, its receipt, what can be kept of it, and what surrounds it: help, reading, withdrawal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.both_texts import form_conflicts, reopen_the_page
from journal.refusals import Blocked, Missing, Stale
from label import actions, mails, papers
from label.checklist import missing_to_choose_edition, missing_to_submit, section_url
from label.forms.material import ContributorForm, HelpForm, WithdrawForm
from label.models import Application, Edition
from label.questions import axes_of
from label.registry import notices_of, obstacles_to_file
from label.views.access import actor_on, allowed, dossier, tell, told
from label.views.reading import reading_of
from label.views.saving import editable
from structures.context import for_structure, member_actor
from structures.models import Structure


@for_structure
def start(request: HttpRequest, structure: Structure) -> HttpResponse:
    """« Commencer le dossier »: opens the draft of the structure, or leads to the one that is open (E10)."""
    existing = Application.objects.open_as_told(on=timezone.localdate()).filter(structure=structure).first()
    if existing is not None:
        return redirect("application", existing.reference)
    if request.method != "POST":
        return redirect("apply")
    try:
        made = actions.open_application(
            structure_pk=structure.pk, at=timezone.now(), by=member_actor(request, structure)
        )
    except Blocked as refusal:
        return _to_the_open_one(request, refusal) or redirect("apply")
    return redirect("application", made.reference)


def _to_the_open_one(request: HttpRequest, refusal: Blocked) -> HttpResponse | None:
    """Tell why no draft opens; after E10, lead to the dossier that is open."""
    known = next((reason.url for reason in refusal.reasons if reason.code == "already_open"), "")
    if known:
        messages.info(request, str(refusal))
        return redirect(known)
    tell(request, refusal)
    return None


@told("application")
def submit(request: HttpRequest, reference: str) -> HttpResponse:
    """P08: one page, one button; a second click shows the same receipt."""
    found = dossier(request, reference)
    if found.submitted_at is not None:
        return redirect("application_receipt", found.reference)
    missing = [*obstacles_to_file(found, on=timezone.localdate()), *missing_to_submit(found)]
    may_submit = allowed(request, "label.submit_application", found)
    if request.method == "POST" and request.POST.get("go") == "submit":
        try:
            actions.submit(application_pk=found.pk, at=timezone.now(), by=actor_on(request, found))
        except Blocked:
            return _back_to_the_list(request, found, missing)
        return redirect("application_receipt", found.reference)
    if not may_submit:
        missing = [_only_the_representative(found), *missing]
    return render(
        request,
        "label/submit.html",
        {
            "application": found,
            "missing": missing,
            "notices": notices_of(found, on=timezone.localdate()),
            "entry": getattr(found, "paper_entry", None),
            "representative": found.structure.representative(),
        },
    )


def _back_to_the_list(request: HttpRequest, found: Application, missing: list[Missing]) -> HttpResponse:
    """E14: how much is missing; the page then lists it, each with the link that leads there."""
    words = ngettext(
        "Il manque une réponse. La liste y mène.",
        "Il manque {n} réponses. La liste mène à chacune.",
        len(missing),
    )
    messages.error(request, words.format(n=len(missing)))
    return redirect(section_url(found, "check"))


def _only_the_representative(found: Application) -> Missing:
    """E12."""
    representative = found.structure.representative()
    words = _("Seule la personne qui représente la structure peut signer et déposer. Demandez-le à {name}.")
    return Missing(
        words.format(name=representative.get_full_name() if representative else _("cette personne"))
    )


def _filed(request: HttpRequest, reference: str) -> Application:
    found = dossier(request, reference)
    if found.submitted_at is None or found.snapshot is None:
        raise Http404
    return found


@require_safe
def receipt(request: HttpRequest, reference: str) -> HttpResponse:
    """The receipt, kept at its address."""
    found = _filed(request, reference)
    first = found.snapshots.order_by("number").first()
    addresses = [person.mailbox for person in mails.contacts(found) if person.mailbox]
    return render(
        request,
        "label/receipt.html",
        {
            "application": found,
            "snapshot": first,
            "steps": papers.what_comes_next(found),
            "addresses": addresses,
            "follower": mails.who_follows(found),
        },
    )


def _download(content: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def receipt_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """« Télécharger l'accusé de réception (PDF) »."""
    found = _filed(request, reference)
    return _download(papers.receipt_pdf(found), f"accuse-{found.reference}.pdf", "application/pdf")


@require_safe
def read(request: HttpRequest, reference: str) -> HttpResponse:
    """« Lire ou imprimer »: the whole dossier on one page."""
    found = dossier(request, reference)
    if found.state == Application.State.PURGED:
        raise Http404
    content = papers.current_content(found)
    return render(request, "label/read.html", {"application": found, **reading_of(found, content)})


@require_safe
def dossier_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """The whole dossier as a PDF."""
    found = dossier(request, reference)
    if found.state == Application.State.PURGED:
        raise Http404
    return _download(papers.dossier_pdf(found), f"{found.reference}.pdf", "application/pdf")


@require_safe
def export(request: HttpRequest, reference: str) -> HttpResponse:
    """« Télécharger »: the dossier as data."""
    found = dossier(request, reference)
    if found.state == Application.State.PURGED:
        raise Http404
    return _download(papers.export(found), f"{found.reference}.json", "application/json")


@told("application")
@require_POST
def duplicate(request: HttpRequest, reference: str) -> HttpResponse:
    """« Dupliquer »: a new draft with the same words; of a dossier that ended, once its act is notified."""
    found = dossier(request, reference)
    if found.told_state != found.state:
        raise Http404
    try:
        made = actions.duplicate(application_pk=found.pk, at=timezone.now(), by=actor_on(request, found))
    except Blocked as refusal:
        return _to_the_open_one(request, refusal) or redirect("application", found.reference)
    messages.success(
        request,
        _("Nouveau brouillon : {DOS}. Les documents sont à joindre de nouveau.").format(DOS=made.reference),
    )
    return redirect("application", made.reference)


@told("application")
def choose_edition(request: HttpRequest, reference: str) -> HttpResponse:
    """A renewal passes to the edition in force: asked in writing by the representative, on a page of its own."""
    found = dossier(request, reference)
    newer = Edition.objects.in_force()
    if missing_to_choose_edition(found) or not allowed(request, "label.submit_application", found):
        raise Http404
    if request.method == "POST" and request.POST.get("go") == "choose":
        actions.choose_newer_edition(application_pk=found.pk, at=timezone.now(), by=actor_on(request, found))
        messages.success(request, _("Votre dossier suit maintenant le référentiel en vigueur."))
        return redirect("application", found.reference)
    return render(request, "label/edition.html", {"application": found, "newer": newer})


@told("application")
def ask_help(request: HttpRequest, reference: str) -> HttpResponse:
    """« Je voudrais être aidé »: where and when to call back."""
    found = dossier(request, reference)
    if not allowed(request, "label.ask_help", found):
        raise Http404
    user = request.user
    form = HelpForm(request.POST or None, initial={"phone": getattr(user, "phone", "")})
    if request.method == "POST" and form.is_valid():
        actions.ask_help(
            application_pk=found.pk, **form.cleaned_data, at=timezone.now(), by=actor_on(request, found)
        )
        messages.success(request, _("C'est noté. Nous vous rappelons au moment que vous avez choisi."))
        return redirect("application", found.reference)
    return render(request, "label/help.html", {"application": found, "form": form})


@told("application")
def ask_reading(request: HttpRequest, reference: str) -> HttpResponse:
    """« Faire relire mon brouillon »: a page that says what the office will see, and one button."""
    found = dossier(request, reference)
    if not allowed(request, "label.ask_help", found):
        raise Http404
    if request.method == "POST" and request.POST.get("go") == "ask":
        actions.ask_reading(application_pk=found.pk, at=timezone.now(), by=actor_on(request, found))
        messages.success(
            request, _("L'Institut peut maintenant lire votre brouillon. Nous vous répondons par message.")
        )
        return redirect("application", found.reference)
    return render(request, "label/reading.html", {"application": found})


@told("application_tracking")
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """« Retirer ma demande »: its own page; the reason is optional."""
    found = _filed(request, reference)
    if not allowed(request, "label.withdraw_application", found):
        raise Http404
    if found.told_state != found.state:
        text = _("Une décision est déjà en route : la demande ne peut plus être retirée. Appelez-nous.")
        messages.info(request, text)
        return redirect("application_tracking", found.reference)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and request.POST.get("go") == "withdraw" and form.is_valid():
        reason = form.cleaned_data["reason"]
        actions.withdraw(
            application_pk=found.pk, reason=reason, at=timezone.now(), by=actor_on(request, found)
        )
        messages.success(
            request, _("Votre demande est retirée. Vous pouvez en faire une autre quand vous voulez.")
        )
        return redirect("application_tracking", found.reference)
    return render(request, "label/withdraw.html", {"application": found, "form": form})


@told("application")
def remove_document(request: HttpRequest, reference: str, document_pk: int) -> HttpResponse:
    """« Retirer » a document: asked once more, then done."""
    found = editable(request, reference)
    document = found.documents.filter(removed_at=None, pk=document_pk).select_related("file").first()
    if document is None:
        raise Http404
    back = redirect("application_evidence", found.reference, axes_of(found)[0]["code"])
    if request.method == "POST" and request.POST.get("go") == "remove":
        actions.remove_document(
            application_pk=found.pk, document_pk=document.pk, at=timezone.now(), by=actor_on(request, found)
        )
        messages.success(request, _("Le document est retiré."))
        return back
    return render(
        request, "label/remove_document.html", {"application": found, "document": document, "back": back.url}
    )


@told("application")
def contributor(request: HttpRequest, reference: str, contributor_pk: int) -> HttpResponse:
    """Change or remove one person or partner."""
    found = editable(request, reference)
    row = found.contributors.filter(pk=contributor_pk).first()
    if row is None:
        raise Http404
    now, by = timezone.now(), actor_on(request, found)
    page = redirect("application_section", found.reference, "personnes")
    if request.POST.get("go") == "theirs":
        return redirect("application_contributor", found.reference, row.pk)
    seen = request.POST.get("theirs" if request.POST.get("go") == "mine" else "seen")
    shown = row.token()
    conflicts: list[dict[str, str]] = []
    form = ContributorForm(request.POST or None, instance=row)
    about: dict[str, Any] = {
        "application_pk": found.pk,
        "contributor_pk": row.pk,
        "seen": seen,
        "at": now,
        "by": by,
    }
    if request.method == "POST" and not seen:
        form.add_error(None, reopen_the_page())
    try:
        if seen and request.POST.get("go") == "remove":
            actions.remove_contributor(**about)
            return page
        if request.method == "POST" and form.is_valid():
            actions.save_contributor(**form.cleaned_data, **about)
            return page
    except Stale as stale:
        names = ("name", "part", "is_confirmed")
        conflicts = form_conflicts(form, stale.theirs, names, seen=stale.theirs.token())
    context = {"application": found, "form": form, "row": row, "back": page.url, "conflicts": conflicts}
    context["seen"] = seen or (shown if request.method != "POST" else "")
    return render(request, "label/contributor.html", context, status=409 if conflicts else 200)
