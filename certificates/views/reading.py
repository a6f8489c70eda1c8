"""The office reads a follow-up: in order or with gaps; it closes gaps, notes its calls, opens a procedure."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import staff_required
from accounts.models import Role
from accounts.once import once
from accounts.rules import roles_of
from certificates import actions
from certificates.follow_up import escalates_on
from certificates.follow_up_checklist import missing_to_close, missing_to_escalate
from certificates.follow_up_forms import (
    ContactForm,
    EscalationForm,
    GapFormSet,
    MembersForm,
    ReturnForm,
    VoiceForm,
)
from certificates.models import Consultation, FollowUp, Gap
from certificates.norms import charter_gap, edition_to_read
from certificates.views import following
from label.visibility import HANDLING_ROLES
from reviewers.conflicts import barred
from reviewers.models import College, Mandate
from reviewers.views.access import as_member, refusals

State = FollowUp.State
on_dossiers = staff_required(*HANDLING_ROLES)
office = staff_required(Role.CASE_OFFICER, Role.SECRETARIAT)
officers = staff_required(Role.CASE_OFFICER)
WITH_PEOPLE = ("consultations__member", "consultations__noted_by")


@on_dossiers
def follow_up(request: HttpRequest, number: str, year: int) -> HttpResponse:
    """What the association says, what is left to do; the primary act is to find it in order."""
    found = following.staff_follow_up_of(request, number, year)
    may_read = following.allowed(request, "certificates.read_follow_up", found)
    if request.method == "POST":
        if not may_read or request.POST.get("go") != "accept":
            raise Http404
        return following.after(
            lambda: actions.accept_follow_up(
                follow_up_pk=found.pk, at=timezone.now(), by=following.officer_on(request)
            ),
            request,
            "staff_follow_up",
            found.label.number,
            found.year,
        )
    is_live = found.label.state in found.label.LIVE
    context = {
        **following.shown(found),
        "escalates_on": escalates_on(found),
        "contacts": found.contacts.select_related("noted_by"),
        "gaps": found.gaps.select_related("proof", "closed_by").prefetch_related(*WITH_PEOPLE),
        "may_read": may_read and is_live,
        "edition": edition_to_read(found),
        "charter_unsigned": found.state == State.SUBMITTED
        and charter_gap(found.label.structure, on=timezone.localdate()),
        "may_type": is_live
        and found.state in FollowUp.AWAITED
        and following.allowed(request, "certificates.type_follow_up", found),
        "may_note": found.state in FollowUp.AWAITED
        and following.allowed(request, "certificates.note_contact", found),
        "may_escalate": found.state in (State.OVERDUE, State.GAPS)
        and following.allowed(request, "certificates.escalate_follow_up", found),
        "sent_it": found.submitted_by_id == request.user.pk,
        "back": reverse("staff_label", args=[found.label.number]),
    }
    return render(request, "certificates/staff_follow_up.html", context)


@officers
def gaps(request: HttpRequest, number: str, year: int) -> HttpResponse:
    """« Relever des écarts »: one row per gap; only the named button sends them to the association."""
    found = following.staff_follow_up_of(request, number, year)
    following.must(request, "certificates.read_follow_up", found)
    page = ("staff_follow_up", found.label.number, found.year)
    if found.state != State.SUBMITTED:
        return redirect(*page)
    edition = edition_to_read(found)
    criteria = [(row["code"], f"{row['code']} {row['fr']}") for row in edition.data["criteria"]]
    formset = _rows(request, criteria, proposed=_proposed(found))
    refused: list[Any] = []
    if request.POST.get("go") == "send" and formset.is_valid():
        findings = [form.finding() for form in formset]
        with refusals(into=refused):
            actions.find_gaps(
                follow_up_pk=found.pk,
                findings=findings,
                at=timezone.now(),
                by=following.officer_on(request),
            )
        _beside(formset, refused)
        if not refused:
            messages.success(request, _("Les écarts sont envoyés à l'association."))
            return redirect(*page)
    context = {
        **following.shown(found),
        "formset": formset,
        "refused": refused,
        "edition": edition,
        "back": reverse(page[0], args=page[1:]),
    }
    return render(request, "certificates/staff_gaps.html", context)


def _proposed(found: FollowUp) -> dict[str, str]:
    """The first gap as the software proposes it: a charter not signed in time, else nothing; the officer decides."""
    if not charter_gap(found.label.structure, on=timezone.localdate()):
        return {}
    return {
        "fact": _("La charte en vigueur n'est pas signée. La date donnée pour la signer est passée."),
        "expected": _("La charte en vigueur, signée par la personne qui représente la structure."),
    }


def _rows(request: HttpRequest, criteria: list[tuple[str, str]], *, proposed: dict[str, str]) -> Any:
    """The rows typed so far; another empty one when it is asked for."""
    kwargs: dict[str, Any] = {"form_kwargs": {"criteria": criteria}, "prefix": "ecart"}
    if request.method != "POST":
        return GapFormSet(initial=[proposed], **kwargs)
    if request.POST.get("go") == "send":
        return GapFormSet(request.POST, **kwargs)
    typed = GapFormSet(request.POST, **kwargs)
    rows = [{name: form[name].value() for name in form.fields} for form in typed.forms]
    return GapFormSet(initial=[*rows, {}], **kwargs)


def _beside(formset: Any, refused: list[Any]) -> None:
    """Put each reason beside its field; the list keeps those that are about the whole."""
    for reason in list(refused):
        place, dash, name = reason.code.partition("-")
        if dash and place.isdigit() and int(place) < len(formset.forms):
            formset.forms[int(place)].add_error(name, str(reason.text))


@office
def gap(request: HttpRequest, number: str, year: int, pk: int) -> HttpResponse:
    """One gap: its proof, what members say of it, and whether it closes."""
    found = following.staff_follow_up_of(request, number, year)
    one = get_object_or_404(Gap.objects.select_related("proof", "closed_by"), pk=pk, follow_up=found)
    one.follow_up = found
    may_close = following.allowed(request, "certificates.read_follow_up", found)
    may_ask = following.allowed(request, "certificates.consult_members", one)
    on = timezone.localdate()
    seated = Mandate.objects.at_work(on=on).select_related("user").order_by("user__last_name", "pk")
    kept_away = barred(found.label.application, [row.user_id for row in seated], on=on) if may_ask else set()
    go = request.POST.get("go", "")
    back_form = ReturnForm(request.POST if go == "return" else None)
    members_form = MembersForm(
        request.POST if go == "ask" else None, seated=seated.exclude(user__in=kept_away)
    )
    if request.method == "POST":
        if not (may_close or may_ask):
            raise Http404
        done = _act_on_gap(request, one, go, back_form, members_form)
        if done is not None:
            return done
    voices = list(
        one.consultations.select_related("member", "noted_by").order_by("superseded_at", "college", "pk")
    )
    waits = found.state == State.GAPS and one.closed_at is None
    standing = [voice for voice in voices if voice.superseded_at is None]
    context = {
        **following.shown(found),
        "gap": one,
        "voices": voices,
        "missing": list(missing_to_close(one, standing)),
        "may_close": may_close and waits,
        "may_ask": may_ask and waits and one.severity == Gap.Severity.MAJOR and one.proved_at is not None,
        "may_type": waits
        and one.proved_at is None
        and following.allowed(request, "certificates.type_follow_up", found),
        "return_form": back_form,
        "members_form": members_form,
        "all_asked": len(standing) == len(College),
        "notes_voices": waits and Role.SECRETARIAT in roles_of(request.user, on=on),
        "back": reverse("staff_follow_up", args=[found.label.number, found.year]),
    }
    return render(request, "certificates/staff_gap.html", context)


def _act_on_gap(
    request: HttpRequest, one: Gap, go: str, back_form: ReturnForm, members_form: MembersForm
) -> HttpResponse | None:
    now, by = timezone.now(), following.officer_on(request)
    if go == "close":
        return following.after(
            lambda: actions.close_gap(gap_pk=one.pk, at=now, by=by), request, *_page_of(one)
        )
    if go == "return" and back_form.is_valid():
        with refusals(back_form):
            actions.return_proof(gap_pk=one.pk, why=back_form.cleaned_data["why"], at=now, by=by)
            messages.success(request, _("L'association sait ce que la preuve ne montre pas."))
            return redirect(*_page_of(one))
    if go == "ask" and members_form.is_valid():
        with refusals(members_form):
            actions.ask_members(gap_pk=one.pk, members=members_form.members(), at=now, by=by)
            messages.success(request, _("Ces membres trouvent la question dans leur espace."))
            return redirect(*_page_of(one))
    return None


def _page_of(one: Gap) -> tuple[str, str, int, int]:
    return "staff_gap", one.follow_up.label.number, one.follow_up.year, one.pk


@staff_required(Role.SECRETARIAT)
def voice(request: HttpRequest, number: str, year: int, pk: int) -> HttpResponse:
    """The secretariat notes what a member said, by phone or on paper."""
    found = following.staff_follow_up_of(request, number, year)
    one = get_object_or_404(
        Consultation.objects.select_related("member", "gap__proof", "gap__follow_up__label__structure"),
        pk=pk,
        gap__follow_up=found,
    )
    following.must(request, "certificates.give_voice", one)
    page = _page_of(one.gap)
    back = reverse(page[0], args=page[1:])
    return _speak(request, one, following.officer_on(request), back, noted=True)


def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of the member: one gap, its proof, one question. Nothing else of the follow-up."""
    waiting = Consultation.objects.filter(member=request.user.pk, superseded_at=None)
    one = get_object_or_404(
        waiting.select_related("member", "gap__proof", "gap__follow_up__label__structure"), pk=pk
    )
    seen = FollowUp.objects.visible_to(request.user, on=timezone.localdate())
    follow_up_pk = one.gap.follow_up_id
    application = one.gap.follow_up.label.application
    kept_away = request.user.pk in barred(application, [one.member_id], on=timezone.localdate())
    if kept_away or not seen.filter(pk=follow_up_pk).exists():
        raise Http404
    return _speak(request, one, as_member(request), reverse("committee"), noted=False)


def _speak(request: HttpRequest, one: Consultation, by: Any, back: str, *, noted: bool) -> HttpResponse:
    form = VoiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.give_voice(consultation_pk=one.pk, **form.cleaned_data, at=timezone.now(), by=by)
            messages.success(request, _("C'est noté. Merci."))
            return redirect(back)
    context = {"consultation": one, "gap": one.gap, "form": form, "noted": noted, "back": back}
    return render(request, "certificates/consultation.html", context)


@office
@once
def contact(request: HttpRequest, number: str, year: int) -> HttpResponse:
    """« Noter un essai »: who was called or written to, and what came of it."""
    found = following.staff_follow_up_of(request, number, year)
    following.must(request, "certificates.note_contact", found)
    form = ContactForm(request.POST or None, initial={"tried_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.note_contact(
                follow_up_pk=found.pk,
                **form.cleaned_data,
                at=timezone.now(),
                by=following.officer_on(request),
            )
            return redirect("staff_follow_up", found.label.number, found.year)
    context = {
        **following.shown(found),
        "form": form,
        "contacts": found.contacts.select_related("noted_by"),
        "people": found.label.structure.memberships.filter(ended_at=None).select_related("user"),
        "back": reverse("staff_follow_up", args=[found.label.number, found.year]),
    }
    return render(request, "certificates/staff_contact.html", context)


@officers
def escalate(request: HttpRequest, number: str, year: int) -> HttpResponse:
    """« Ouvrir une procédure »: what forbids it, else the facts. Nothing is decided here."""
    found = following.staff_follow_up_of(request, number, year)
    following.must(request, "certificates.escalate_follow_up", found)
    if found.state not in (State.OVERDUE, State.GAPS):
        return redirect("staff_follow_up", found.label.number, found.year)
    form = EscalationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.escalate_follow_up(
                follow_up_pk=found.pk,
                **form.cleaned_data,
                at=timezone.now(),
                by=following.officer_on(request),
            )
            messages.success(
                request, _("La procédure est ouverte. Une lettre expliquera la suite à l'association.")
            )
            return redirect("staff_follow_up", found.label.number, found.year)
    on = timezone.localdate()
    # Danger may be ticked on the page: only what it does not mend stands in the place of the form.
    missing = list(missing_to_escalate(found, safety=True, facts="-", on=on))
    context = {
        **following.shown(found),
        "form": form,
        "missing": missing,
        "back": reverse("staff_follow_up", args=[found.label.number, found.year]),
    }
    return render(request, "certificates/staff_escalate.html", context)
