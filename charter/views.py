"""Pages of the charter: its text, its signature, the record, and what the office does."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_fsm import TransitionNotAllowed

from accounts.access import actor_for, person, staff_only, staff_required
from accounts.codes import CodeRefused
from accounts.models import Role
from accounts.once import led_to, once
from accounts.rules import may
from charter import actions, differences, records
from charter.forms import AdoptionForm, CodeForm, CommitmentForm, IdentityForm, PaperForm
from charter.models import Charter, Signature
from journal.refusals import Blocked, NotAllowed
from structures.context import for_structure, hats, member_actor
from structures.forms import add_reasons, posted
from structures.models import Structure

COMMITMENT = "charter_commitment"


def _language() -> str:
    return get_language() or "fr"


def _words(charter: Charter) -> dict[str, Any]:
    language = _language()
    return {
        "charter": charter,
        "preamble": charter.preamble(language),
        "articles": charter.articles(language),
    }


@login_not_required
@require_safe
def charter_text(request: HttpRequest) -> HttpResponse:
    """`/charte/`: the text in force, for everybody."""
    charter = Charter.objects.in_force()
    return render(request, "charter/text.html", _words(charter) if charter else {})


@login_not_required
@require_safe
def charter_pdf(request: HttpRequest) -> HttpResponse:
    """The text in force as a PDF, with a place to sign by hand."""
    charter = Charter.objects.in_force()
    if charter is None:
        raise Http404
    content = records.text_pdf(charter, _language(), with_signature=True)
    return _pdf(content, f"charte-{charter.version}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
@for_structure
def charter_sign(request: HttpRequest, structure: Structure) -> HttpResponse:
    """P07: read, see what changed, then ask the representative or receive the code."""
    charter = Charter.objects.in_force()
    form = CommitmentForm(*posted(request), structure=structure.name)
    if charter is not None and request.method == "POST":
        answer = _ask(request, structure) if request.POST.get("go") == "ask" else None
        if answer is None and request.POST.get("go") == "code" and form.is_valid():
            answer = _send_code(request, structure, charter, form)
        if answer is not None:
            return answer
    if request.method != "POST":
        form = CommitmentForm(structure=structure.name, initial=_initial(request, structure))
    context = {"structure": structure, "form": form, **(_words(charter) if charter else {})}
    return render(
        request, "charter/sign.html", {**context, **_situation(request, structure, charter), **hats(request)}
    )


def _situation(request: HttpRequest, structure: Structure, charter: Charter | None) -> dict[str, Any]:
    """Who may sign, what is signed already, and what changed since."""
    today = timezone.localdate()
    former = Signature.objects.former_of(structure)
    return {
        "signature": Signature.objects.valid_for(structure),
        "may_sign": may("charter.sign_charter", request.user, structure, on=today),
        "may_ask": may("charter.ask_to_sign", request.user, structure, on=today),
        "representative": structure.representative(),
        "changes": differences.changes(former.charter, charter, _language()) if former and charter else [],
        "sign_by": charter.sign_by_of(structure) if former and charter else None,
    }


def _initial(request: HttpRequest, structure: Structure) -> dict[str, Any]:
    member = structure.memberships.filter(ended_at=None, user=request.user.pk).first()
    return {"quality": member.quality if member else ""}


def _ask(request: HttpRequest, structure: Structure) -> HttpResponse:
    try:
        told = actions.ask_to_sign(
            structure_pk=structure.pk, at=timezone.now(), by=member_actor(request, structure)
        )
    except NotAllowed:
        raise Http404 from None
    except Blocked as blocked:
        for reason in blocked.reasons:
            messages.error(request, str(reason.text))
    else:
        if told.mailbox:
            messages.success(request, _("Un e-mail est parti à {name}.").format(name=told))
        else:
            messages.info(
                request,
                _("{name} n'a pas d'e-mail : imprimez la charte et signez-la sur papier.").format(name=told),
            )
    return redirect("charter_sign")


def _send_code(
    request: HttpRequest, structure: Structure, charter: Charter, form: CommitmentForm
) -> HttpResponse | None:
    by = member_actor(request, structure)
    try:
        actions.request_signing_code(structure_pk=structure.pk, at=timezone.now(), by=by)
    except NotAllowed:
        raise Http404 from None
    except CodeRefused as refused:
        form.add_error(None, str(refused))
        return None
    except Blocked as blocked:
        add_reasons(form, blocked)
        return None
    request.session[COMMITMENT] = {
        "structure": structure.pk,
        "charter": charter.pk,
        "quality": form.cleaned_data["quality"],
    }
    return redirect("charter_code")


@require_http_methods(["GET", "HEAD", "POST"])
@for_structure
def charter_code(request: HttpRequest, structure: Structure) -> HttpResponse:
    """P07, second page: the code, then the signature; a second click lands where the first one did."""
    if (done := led_to(request)) is not None:
        return done
    commitment = request.session.get(COMMITMENT)
    if not commitment or commitment["structure"] != structure.pk:
        return redirect("charter_sign")
    form = CodeForm(*posted(request))
    if request.method == "POST" and form.is_valid():
        answer = _sign(request, structure, commitment, form)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "structure": structure,
        "address": person(request).mailbox,
        "commitment": commitment,
    }
    return render(request, "charter/code.html", {**context, **hats(request)})


@once
def _sign(
    request: HttpRequest, structure: Structure, commitment: dict[str, Any], form: CodeForm
) -> HttpResponse | None:
    try:
        actions.sign_charter(
            structure_pk=structure.pk,
            charter_pk=commitment["charter"],
            quality=commitment["quality"],
            code=form.cleaned_data["code"],
            at=timezone.now(),
            by=member_actor(request, structure),
        )
    except NotAllowed:
        raise Http404 from None
    except CodeRefused as refused:
        form.add_error("code", str(refused))
        return None
    except Blocked as blocked:
        for reason in blocked.reasons:
            messages.error(request, str(reason.text))
    del request.session[COMMITMENT]
    return redirect("charter_sign")


@require_safe
@for_structure
def charter_record_pdf(request: HttpRequest, structure: Structure) -> HttpResponse:
    """The record of the latest signature of the structure."""
    return _record(structure)


@require_safe
@staff_only
def staff_charter_record(request: HttpRequest, structure_pk: int) -> HttpResponse:
    """The same record, for the office."""
    return _record(_visible(request, structure_pk))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.CASE_OFFICER, Role.SECRETARIAT)
def staff_charter_paper(request: HttpRequest, structure_pk: int) -> HttpResponse:
    """Record a charter signed by hand."""
    structure = _visible(request, structure_pk)
    if not may("charter.record_paper_signature", request.user, structure, on=timezone.localdate()):
        raise Http404
    charter = Charter.objects.in_force()
    form = PaperForm(*posted(request), structure_pk=structure.pk)
    if charter is not None and request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.record_paper_signature(
                structure_pk=structure.pk,
                charter_pk=charter.pk,
                signatory=data["member"].user,
                quality=data["quality"],
                signed_on=data["signed_on"],
                scan=data["scan"],
                at=timezone.now(),
                by=actor_for(request, Role.CASE_OFFICER, Role.SECRETARIAT),
            )
        except Blocked as blocked:
            add_reasons(form, blocked)
        except ValidationError as wrong:
            form.add_error("scan", wrong)
        else:
            messages.success(request, _("Signature enregistrée."))
            return redirect("staff_structure", structure.pk)
    return render(
        request, "charter/staff_paper.html", {"form": form, "structure": structure, "charter": charter}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.CASE_OFFICER, Role.SECRETARIAT)
@once
def staff_charter_identity(request: HttpRequest, structure_pk: int) -> HttpResponse:
    """Note a call back to who signed by hand, or their written answer."""
    structure = _visible(request, structure_pk)
    if not may("charter.record_paper_signature", request.user, structure, on=timezone.localdate()):
        raise Http404
    form = IdentityForm(*posted(request), structure_pk=structure.pk)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            actions.check_identity(
                structure_pk=structure.pk,
                signatory=data.pop("member").user,
                **data,
                at=timezone.now(),
                by=actor_for(request, Role.CASE_OFFICER, Role.SECRETARIAT),
            )
        except Blocked as blocked:
            add_reasons(form, blocked)
        except ValidationError as wrong:
            form.add_error("proof", wrong)
        else:
            messages.success(request, _("C'est noté."))
            return redirect("staff_structure", structure.pk)
    context = {"form": form, "structure": structure, "checks": structure.identity_checks.newest()}
    return render(request, "charter/staff_identity.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def staff_charter(request: HttpRequest) -> HttpResponse:
    """The versions of the charter; the signatory adopts a draft with its date of effect."""
    today = timezone.localdate()
    may_adopt = may("charter.adopt_version", request.user, on=today)
    replaces = Charter.objects.in_force() is not None
    posted: dict[int, AdoptionForm] = {}
    if request.method == "POST":
        if not may_adopt:
            raise Http404
        draft = get_object_or_404(Charter, version=request.POST.get("version", "").replace("\x00", "")[:20])
        form = AdoptionForm(request.POST, auto_id=f"id_{draft.pk}_%s", replaces=replaces)
        if form.is_valid() and _adopt(request, draft, form):
            return redirect("staff_charter")
        posted[draft.pk] = form
    versions = [
        (version, posted.get(version.pk) or AdoptionForm(auto_id=f"id_{version.pk}_%s", replaces=replaces))
        for version in Charter.objects.order_by("-pk")[:50]
    ]
    context = {
        "versions": versions,
        "form": next(iter(posted.values()), None),
        "may_adopt": may_adopt,
        "may_follow": may("charter.follow_signatures", request.user, on=today),
    }
    return render(request, "charter/staff_versions.html", context)


def _adopt(request: HttpRequest, draft: Charter, form: AdoptionForm) -> bool:
    try:
        actions.adopt_charter(
            charter_pk=draft.pk,
            **form.cleaned_data,
            at=timezone.now(),
            by=actor_for(request, Role.SIGNATORY),
        )
    except Blocked as blocked:
        add_reasons(form, blocked)
        return False
    except TransitionNotAllowed:
        messages.error(request, _("Quelqu'un vient de le faire. Voici la page à jour."))
        return True
    messages.success(request, _("Version adoptée. Elle prendra effet à sa date."))
    return True


def _visible(request: HttpRequest, structure_pk: int) -> Structure:
    return get_object_or_404(
        Structure.objects.visible_to(request.user, on=timezone.localdate()), pk=structure_pk
    )


def _record(structure: Structure) -> HttpResponse:
    latest = (
        Signature.objects.filter(structure=structure)
        .select_related("charter", "structure")
        .order_by("-pk")
        .first()
    )
    if latest is None:
        raise Http404
    return _pdf(records.record_pdf(latest), f"signature-charte-{latest.charter.version}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
