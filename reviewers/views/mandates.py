"""The member's own mandate: consent, links of interest, pause, resignation."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import person
from accounts.once import once
from deadlines.calendar import add_months
from journal.keys import row_key
from journal.models import Reason
from journal.moves import subject_key
from journal.refusals import Missing
from letters.models import Letter
from reviewers import actions
from reviewers.checklist import interests_are_current
from reviewers.consent import consent_text, publication_text
from reviewers.forms import ConsentForm, LinkForm
from reviewers.mandate_forms import EndLinkForm, OwnObservationsForm, PublicationForm
from reviewers.models import Assignment, InterestLink, Mandate
from reviewers.views.access import as_member, own_mandate, proposed_mandate, refusals, tell

State = Mandate.State
PAUSE, RESUME, RESIGN = "pause", "resume", "resign"


def mandate(request: HttpRequest) -> HttpResponse:
    """Where the mandate stands; the text to accept when one is proposed; a break, the way back, an answer."""
    found, proposed = own_mandate(request), proposed_mandate(request)
    go = request.POST.get("go", "") if request.method == "POST" else ""
    consenting = ConsentForm(request.POST if go == "consent" else None)
    answering = OwnObservationsForm(request.POST if go == "observe" else None)
    if go == "consent" and proposed is not None:
        page = _consent(request, proposed, consenting)
    elif go == "observe":
        page = _observe(request, found, answering)
    else:
        page = _act(request, found) if request.method == "POST" else None
    if page is not None:
        return page
    hearing = actions.open_hearing(found)
    context = {
        "mandate": found,
        "proposed": proposed,
        "proposed_text": consent_text(proposed.college) if proposed else "",
        "form": answering if answering.is_bound else consenting,
        "consenting": consenting,
        "answering": answering,
        "hearing": hearing,
        "may_answer": hearing is not None and hearing.heard_on is None and found.state in Mandate.SEATED,
        "can_pause": found.state == State.ACTIVE,
        "can_resume": found.state == State.PAUSED,
        "can_resign": found.state in (State.APPOINTED, *Mandate.SEATED),
        "can_withdraw": found.consented_at is not None and found.consent_withdrawn_at is None,
        "finish_by": _finish_by(found),
        "ending": _ending(found),
        "public_words": publication_text(found.publication, found.college),
        "letters": Letter.objects.of(found).filter(addressee=found.user).defer("content"),
    }
    return render(request, "reviewers/mandate.html", context)


def _finish_by(found: Mandate) -> date | None:
    """Until when what was accepted may be finished, once the term is over."""
    if found.state != State.ENDED or found.ended_at is None:
        return None
    return timezone.localdate(found.ended_at) + timedelta(days=settings.MANDATE_FINISH_DAYS)


def _ending(found: Mandate) -> str:
    """The reasons of the act that ended the mandate early, for the person whom it concerns."""
    if found.state != State.TERMINATED:
        return ""
    acts = Reason.objects.filter(event__subject=subject_key(found), event__move="terminate")
    return "".join(acts.values_list("text", flat=True)[:1])


def withdraw(request: HttpRequest) -> HttpResponse:
    """« Retirer mon accord »: what follows is said before; no reason is asked."""
    found = own_mandate(request)
    if found.consented_at is None or found.consent_withdrawn_at is not None:
        raise Http404
    if request.method == "POST":
        reasons: list[Missing] = []
        with refusals(into=reasons):
            actions.withdraw_consent(mandate_pk=found.pk, at=timezone.now(), by=as_member(request))
            return redirect("committee_done", "accord")
        tell(request, reasons)
    kept_from = timezone.localdate(found.ended_at) if found.ended_at else timezone.localdate()
    context = {
        "mandate": found,
        "is_running": found.state in (State.APPOINTED, *Mandate.SEATED),
        "erased_on": add_months(kept_from, settings.MANDATE_KEPT_MONTHS),
    }
    return render(request, "reviewers/withdraw_consent.html", context)


def publication(request: HttpRequest) -> HttpResponse:
    """What the public page says of the member: as they choose, whenever they like."""
    found = own_mandate(request)
    if found.consented_at is None or found.consent_withdrawn_at is not None:
        raise Http404
    initial = {"publication": found.publication, "pseudonym": found.pseudonym}
    form = PublicationForm(request.POST or None, initial=initial, college=found.college)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.choose_publication(
                mandate_pk=found.pk, **form.cleaned_data, at=timezone.now(), by=as_member(request)
            )
            messages.success(request, _("C'est noté. La page publique est déjà à jour."))
            return redirect("committee_mandate")
    context = {"mandate": found, "form": form, "is_seated": found.state in Mandate.SEATED}
    return render(request, "reviewers/publication.html", context)


@once
def interests(request: HttpRequest) -> HttpResponse:
    """« Mes liens d'intérêts »: those declared, the yearly confirmation, a new one."""
    found = own_mandate(request)
    go = request.POST.get("go", "") if request.method == "POST" else ""
    adds = request.method == "POST" and go != "confirm" and not go.startswith("end-")
    form = LinkForm(request.POST if adds else None)
    if request.method == "POST" and not adds:
        return _end_link(request, found, go) if go.startswith("end-") else _confirm(request, found)
    if adds and form.is_valid():
        with refusals(form):
            actions.declare_link(
                mandate_pk=found.pk, **form.cleaned_data, at=timezone.now(), by=as_member(request)
            )
            small = form.cleaned_data.get("small_gift")
            told = _("Votre lien est noté. Il ne vous empêche pas d'évaluer ses dossiers.")
            messages.success(request, told if small else _("Votre lien est noté. Le déontologue l'examine."))
            return redirect("committee_interests")
    context = {
        "mandate": found,
        "links": list(_links(found).order_by("-pk")[:100]),
        "is_current": interests_are_current(found, on=timezone.localdate()),
        "is_seated": found.state in Mandate.SEATED,
        "form": form,
    }
    return render(request, "reviewers/interests.html", context)


def unavailable(request: HttpRequest) -> HttpResponse:
    """« Je suis indisponible » for everything: a break, without any reason."""
    found = own_mandate(request)
    if request.method == "POST":
        reasons: list[Missing] = []
        with refusals(into=reasons):
            actions.pause(mandate_pk=found.pk, at=timezone.now(), by=as_member(request))
            return redirect("committee_done", "indisponible")
        tell(request, reasons)
    today = timezone.localdate()
    asked = Assignment.objects.visible_to(request.user, on=today).filter(
        mandate__user=person(request).pk, state__in=Assignment.OPEN
    )
    context = {
        "mandate": found,
        "can_pause": found.state == State.ACTIVE,
        "asked": asked.select_related("application__structure").order_by("review_due_on", "pk")[:50],
    }
    return render(request, "reviewers/pause.html", context)


def _confirm(request: HttpRequest, found: Mandate) -> HttpResponse:
    reasons: list[Missing] = []
    with refusals(into=reasons):
        actions.confirm_interests(mandate_pk=found.pk, at=timezone.now(), by=as_member(request))
        messages.success(request, _("C'est confirmé."))
    if reasons:
        tell(request, reasons)
    return redirect("committee_interests")


def _links(found: Mandate) -> QuerySet[InterestLink]:
    """What this person declared, under an earlier mandate too: it still counts."""
    return InterestLink.objects.filter(mandate__user=found.user_id)


def _end_link(request: HttpRequest, found: Mandate, go: str) -> HttpResponse:
    """The end of one link of this member; the button is named `end-12` and its day `end-12-until`."""
    link = _links(found).filter(pk=row_key(go.removeprefix("end-")) or 0).first()
    if link is None:
        raise Http404
    form = EndLinkForm(request.POST, prefix=go)
    if form.is_valid():
        with refusals(form):
            actions.end_link(
                link_pk=link.pk, until=form.cleaned_data["until"], at=timezone.now(), by=as_member(request)
            )
            messages.success(request, _("C'est noté. Le lien compte encore pendant quelques années."))
    if form.errors:
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
    return redirect(f"{reverse('committee_interests')}#lien-{link.pk}")


def _consent(request: HttpRequest, found: Mandate, form: ConsentForm) -> HttpResponse | None:
    if form.is_valid():
        with refusals(form):
            actions.record_consent(mandate_pk=found.pk, at=timezone.now(), by=as_member(request))
            messages.success(request, _("Merci. Votre accord est enregistré."))
            return redirect("committee_mandate")
    return None


def _observe(request: HttpRequest, found: Mandate, form: OwnObservationsForm) -> HttpResponse | None:
    if form.is_valid():
        with refusals(form):
            actions.send_observations(
                mandate_pk=found.pk,
                observations=form.cleaned_data["observations"],
                at=timezone.now(),
                by=as_member(request),
            )
            messages.success(request, _("Votre réponse est envoyée. Elle est lue avant toute décision."))
            return redirect("committee_mandate")
    return None


def _act(request: HttpRequest, found: Mandate) -> HttpResponse:
    acts = {PAUSE: actions.pause, RESUME: actions.resume, RESIGN: actions.resign}
    act = acts.get(request.POST.get("go", ""))
    reasons: list[Missing] = []
    with refusals(into=reasons):
        if act is not None:
            act(mandate_pk=found.pk, at=timezone.now(), by=as_member(request))
            messages.success(request, _("C'est noté. Vous pourrez revenir quand vous voudrez."))
    if reasons:
        tell(request, reasons)
    return redirect("committee_mandate")
