"""The committee as the Institute sees it: its members by college, and the acts on one mandate."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, staff_required
from accounts.models import Role
from accounts.once import once
from accounts.rules import may
from journal.keys import row_key
from reviewers import actions
from reviewers.composition import composition
from reviewers.consent import consent_text
from reviewers.forms import AnalyseForm
from reviewers.mandate_checklist import missing_to_propose, missing_to_replace
from reviewers.mandate_forms import ProposalForm
from reviewers.models import InterestLink, Mandate, Seat
from reviewers.panels import open_load
from reviewers.training import practised_on
from reviewers.views import acts
from reviewers.views.access import refusals, visible_mandates
from structures import facets
from structures.models import Structure

ROLES = (Role.SECRETARIAT, Role.ETHICS_OFFICER, Role.SIGNATORY)
State = Mandate.State


@staff_required(Role.SECRETARIAT)
@once
def approach(request: HttpRequest) -> HttpResponse:
    """Propose a mandate to somebody, or the rest of a term that was cut short."""
    replaced = _replaced(request)
    form = ProposalForm(request.POST or None, replaced=replaced)
    if request.method == "POST" and form.is_valid():
        now, by, data = timezone.now(), actor_for(request, Role.SECRETARIAT), dict(form.cleaned_data)
        seat = data.pop("seat", "") or (replaced.seat if replaced else Seat.FULL)
        college = data.pop("college", "") or (replaced.college if replaced else "")
        facts = {name: data.pop(name) for name in ("load_cap", "region", "fields_known")}
        with refusals(form), transaction.atomic():  # nobody is added when the proposal is refused
            user = actions.find_or_add_person(**data, at=now, by=by)
            made = actions.approach(
                user=user, college=college, seat=seat, replaces=replaced, **facts, at=now, by=by
            )
            messages.success(request, _("La proposition est partie."))
            return redirect("staff_mandate", made.pk)
    return render(request, "reviewers/staff_approach.html", {"form": form, "replaced": replaced})


def _replaced(request: HttpRequest) -> Mandate | None:
    """The mandate whose rest is proposed, when the address names one; `Http404` when it is not to be finished."""
    number = request.GET.get("remplace", "")
    if not number:
        return None
    key = row_key(number)
    if key is None:
        raise Http404
    found = _visible(request, key)
    if missing_to_replace(found, college=found.college, on=timezone.localdate()):
        raise Http404
    return found


@staff_required(*ROLES)
def balance(request: HttpRequest) -> HttpResponse:
    """How the committee is made up today, and what breaks its balance."""
    found = composition(on=timezone.localdate())
    return render(request, "reviewers/staff_composition.html", {"found": found})


@staff_required(*ROLES)
def mandate(request: HttpRequest, pk: int) -> HttpResponse:
    """One mandate with what can be done about it today."""
    today = timezone.localdate()
    found = _visible(request, pk)
    go = request.POST.get("go", "") if request.method == "POST" else ""
    shown = acts.offered(request, found, go)
    if go:
        page = _do(request, found, go, shown)
        if page is not None:
            return page
    reads_links = may("reviewers.read_link_statement", request.user, on=today)
    loaded: Any = Mandate.objects.annotate(load=open_load()).get(pk=found.pk)
    context = {
        "mandate": found,
        "acts": list(shown.values()),
        "hearing": actions.open_hearing(found),
        "practised_on": practised_on(found),
        "links": list(found.links.select_related("structure").order_by("-pk")[:100]) if reads_links else [],
        "reads_links": reads_links,
        "analyses": may("reviewers.analyse_interests", request.user, found, on=today),
        "severities": InterestLink.Severity.choices,
        "load": loaded.load,
        "region": facets.label_of(facets.REGIONS, found.region) if found.region else "",
        "fields": [facets.label_of(facets.FIELDS_OF_ACTION, code) for code in found.fields_known],
        "consent": consent_text(found.college),
        "renewable": _may_renew(request, found),
        "replaceable": may("reviewers.approach_member", request.user, on=today)
        and not missing_to_replace(found, college=found.college, on=today),
        "may_silence": may("accounts.suppress", request.user, found.user, on=today),
        "has_errors": any(one.form is not None and one.form.errors for one in shown.values()),
        "problem_forms": [one.form for one in shown.values() if one.is_bound],
    }
    return render(request, "reviewers/staff_mandate.html", context)


def _may_renew(request: HttpRequest, found: Mandate) -> bool:
    """Whether a second mandate may be proposed to the same person now."""
    today = timezone.localdate()
    may_propose = may("reviewers.approach_member", request.user, on=today)
    served = found.state in (*Mandate.SEATED, State.ENDED)
    return may_propose and served and not missing_to_propose(found.user, on=today)


def _visible(request: HttpRequest, pk: int) -> Mandate:
    related = visible_mandates(request).select_related(
        "user__shares_mailbox_with", "thread", "replaces__user", "renews", "consent_scan"
    )
    found: Mandate | None = related.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _do(request: HttpRequest, found: Mandate, go: str, shown: dict[str, acts.Offered]) -> HttpResponse | None:
    """Do one act; None when its form must be shown again."""
    if go == "analyse_link":
        return _analyse_link(request, found)
    if go == "renew":
        return _renew(request, found)
    if go not in shown:
        raise Http404
    act, form = shown[go].act, shown[go].form or forms.Form({})
    if not form.is_valid():
        return None
    data: dict[str, Any] = dict(form.cleaned_data)
    by = actor_for(request, *act.roles, on_behalf_of=acts.on_behalf_of(act, found))
    by = by.because(data.pop("reason", ""))
    with refusals(form):
        act.action(mandate_pk=found.pk, **data, at=timezone.now(), by=by)
        messages.success(request, _("C'est fait."))
        return redirect("staff_mandate", found.pk)
    if act.form is None:
        messages.error(request, " ".join(form.non_field_errors()))
        return redirect("staff_mandate", found.pk)
    return None


def _renew(request: HttpRequest, found: Mandate) -> HttpResponse:
    """A second mandate is proposed to the same person, in the same college and seat."""
    if not _may_renew(request, found):
        raise Http404
    form = forms.Form({})
    with refusals(form):
        made = actions.approach(
            user=found.user,
            college=found.college,
            seat=found.seat,
            region=found.region,
            fields_known=found.fields_known,
            load_cap=found.load_cap,
            at=timezone.now(),
            by=actor_for(request, Role.SECRETARIAT),
        )
        messages.success(request, _("La proposition est partie."))
        return redirect("staff_mandate", made.pk)
    messages.error(request, " ".join(form.non_field_errors()))
    return redirect("staff_mandate", found.pk)


def _analyse_link(request: HttpRequest, found: Mandate) -> HttpResponse:
    """What the ethics officer says of one link of this mandate, and with which structure it is."""
    link = found.links.filter(pk=row_key(request.POST.get("link", "")) or 0).first()
    form = AnalyseForm(request.POST)
    if link is None or not may("reviewers.analyse_interests", request.user, found, on=timezone.localdate()):
        raise Http404
    if not form.is_valid():
        messages.error(request, _("Choisissez une des réponses proposées."))
        return redirect(f"{reverse('staff_mandate', args=[found.pk])}#lien-{link.pk}")
    structure = Structure.objects.filter(
        name__iexact=request.POST.get("structure", "").replace("\x00", "").strip()
    ).first()
    with refusals(form):
        actions.analyse_link(
            link_pk=link.pk,
            severity=form.cleaned_data["severity"],
            structure=structure,
            at=timezone.now(),
            by=actor_for(request, Role.ETHICS_OFFICER),
        )
        messages.success(request, _("Le lien est examiné."))
    return redirect(f"{reverse('staff_mandate', args=[found.pk])}#lien-{link.pk}")
