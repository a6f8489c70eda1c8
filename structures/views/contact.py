"""« Coordonnées »: where a structure is reached, mended by the structure or by the office."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import actor_for, safe_next, staff_only
from accounts.both_texts import form_conflicts, reopen_the_page
from accounts.models import Role
from accounts.rules import may
from journal.moves import Actor
from journal.refusals import Stale
from structures import actions
from structures.context import for_structure, hats, member_actor
from structures.forms import ContactForm
from structures.models import Structure


@require_http_methods(["GET", "HEAD", "POST"])
@for_structure
def contact(request: HttpRequest, structure: Structure) -> HttpResponse:
    """The structure writes where its letters go, then goes back where it came from."""
    back = safe_next(request) or reverse("structure_people")
    return _page(request, structure, member_actor(request, structure), back)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def staff_contact(request: HttpRequest, structure_pk: int) -> HttpResponse:
    """The office writes it for a structure that asked by post or by phone."""
    visible = Structure.objects.visible_to(request.user, on=timezone.localdate())
    structure = visible.filter(pk=structure_pk).first()
    if structure is None:
        raise Http404
    back = safe_next(request) or reverse("staff_structure", args=[structure.pk])
    return _page(request, structure, actor_for(request, Role.CASE_OFFICER, Role.SECRETARIAT), back)


def _page(request: HttpRequest, structure: Structure, by: Actor, back: str) -> HttpResponse:
    if not may("structures.edit_structure", request.user, structure, on=timezone.localdate()):
        raise Http404
    if request.POST.get("go") == "theirs":
        return redirect(f"{request.path}?{urlencode({'next': back})}")
    names = ContactForm.Meta.fields
    seen = request.POST.get("theirs" if request.POST.get("go") == "mine" else "seen")
    shown = structure.token_of(names)
    conflicts: list[dict[str, str]] = []
    form = ContactForm(request.POST if request.method == "POST" else None, instance=structure)
    if request.method == "POST" and not seen:
        form.add_error(None, reopen_the_page())
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in names}
        try:
            actions.save_structure(structure_pk=structure.pk, data=data, seen=seen, at=timezone.now(), by=by)
        except Stale as stale:
            conflicts = form_conflicts(form, stale.theirs, names, seen=stale.theirs.token_of(names))
        else:
            messages.success(request, _("Les coordonnées sont enregistrées."))
            return redirect(back)
    check = structure.register_checks.exclude(found_address="").order_by("-pk").first()
    context = {"structure": structure, "form": form, "back": back, "check": check, **hats(request)}
    context |= {"seen": seen or (shown if request.method != "POST" else ""), "conflicts": conflicts}
    return render(request, "structures/contact.html", context, status=409 if conflicts else 200)
