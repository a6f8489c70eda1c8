"""The withdrawal procedure for the office (screens P33): stage by stage, and what may be done next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import actor_for, person, staff_required
from accounts.codes import CodeRefused
from accounts.models import Role, User
from accounts.rules import delegation_of, may
from accounts.second_factor import check_totp
from certificates import actions
from certificates.actions.withdrawals import open_hearing, open_proposal
from certificates.acts import Act, acts_also
from certificates.checklist import (
    missing_before_step,
    missing_to_close_procedure,
    missing_to_open,
    missing_to_sign_step,
    steps_possible,
)
from certificates.forms import GroundFormSet
from certificates.history import procedure_history
from certificates.models import Label, Withdrawal, WithdrawalProposal
from certificates.protections import rank_of, stages
from certificates.subjects import KIND
from certificates.views.labels import canonical
from certificates.withdrawal_forms import (
    WITH_GROUNDS,
    NoticeAnswerForm,
    OpeningForm,
    RemedyForm,
    StepForm,
    initial_step,
)
from decisions.forms import SendBackForm, SignatureForm
from decisions.rules import with_part_in
from journal.refusals import Blocked, Missing, NotAllowed, Stale
from label.models import Application
from label.visibility import HANDLING_ROLES
from reviewers.models import AgendaItem

State = Withdrawal.State
Step = WithdrawalProposal.Step
OFFICE = (Role.CASE_OFFICER, Role.SECRETARIAT)


def found_procedure(request: HttpRequest, pk: int, now: datetime) -> Withdrawal:
    """A procedure that this person may see; "not found" otherwise."""
    visible = Withdrawal.objects.visible_to(request.user, on=timezone.localdate(now))
    related = visible.select_related(
        "label__structure",
        "label__edition",
        "label__decision",
        "label__application__structure",
        "label__application__case_officer",
        "formal_notice",
        "closing_letter",
        "opinion",
        "opened_by",
    )
    found: Withdrawal = get_object_or_404(related, pk=pk)
    return found


@acts_also
def withdrawal_on(label: Label, user: User, on: date) -> Iterator[Act]:
    """In the list of the acts on a label: the procedure that is open, or its opening."""
    if not may("certificates.prepare_measure", user, label, on=on):
        return
    found = label.withdrawals.filter(state__in=Withdrawal.LIVE).first()
    if found is not None:
        yield Act(_("Continuer la procédure de retrait"), reverse("staff_withdrawal", args=[found.pk]))
        return
    reasons = missing_to_open(label, None, origin=Withdrawal.Origin.OFFICE, facts="-")
    url = reverse("staff_withdrawal_open", args=[label.number])
    yield Act(_("Ouvrir une procédure de retrait"), url, reasons)


@staff_required(Role.CASE_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_withdrawal_open(request: HttpRequest, number: str) -> HttpResponse:
    """« Ouvrir une procédure de retrait »: the facts known, and where they come from."""
    now = timezone.now()
    on = timezone.localdate(now)
    visible = Label.objects.visible_to(request.user, on=on).select_related(
        "structure", "application__structure"
    )
    label = get_object_or_404(visible, number=canonical(number))
    if not may("certificates.prepare_measure", request.user, label, on=on):
        raise Http404
    form = OpeningForm(request.POST or None, initial={"origin": Withdrawal.Origin.OFFICE})
    reasons: list[Missing] = []
    if request.method == "POST" and form.is_valid():
        try:
            opened = actions.open_withdrawal(
                label_pk=label.pk,
                **form.cleaned_data,
                at=now,
                by=actor_for(request, Role.CASE_OFFICER),
            )
        except NotAllowed as error:
            raise Http404 from error
        except Blocked as blocked:
            reasons = blocked.reasons
        else:
            messages.success(
                request, _("La procédure est ouverte. La structure n'en est pas encore informée.")
            )
            return redirect("staff_withdrawal", opened.pk)
    context = {"label": label, "form": form, "reasons": reasons}
    return render(request, "certificates/staff_withdrawal_open.html", context, status=409 if reasons else 200)


@staff_required(*HANDLING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """P33: at each stage what protects the association, with proof and date; the next act when all is there."""
    now = timezone.now()
    on = timezone.localdate(now)
    found = found_procedure(request, pk, now)
    go = request.POST.get("go", "")
    remedy = RemedyForm(request.POST if go == "remedy" else None, prefix="remedy")
    answer = NoticeAnswerForm(request.POST if go == "answer" else None, prefix="answer")
    refused: list[Missing] = []
    if request.method == "POST":
        try:
            said = _done(request, found, go, remedy, answer, now)
        except NotAllowed as error:
            raise Http404 from error
        except Blocked as blocked:
            said, refused = "", blocked.reasons
        if said:
            messages.success(request, said)
            return redirect("staff_withdrawal", found.pk)
        found = found_procedure(request, pk, now)
    label = found.label
    prepares = may("certificates.prepare_measure", request.user, label, on=on)
    hearing = open_hearing(found)
    rank = rank_of(found)
    shown = stages(found, on=on)
    context = {
        "withdrawal": found,
        "label": label,
        "stages": shown,
        "rank": rank,
        "stage": shown[rank - 1],
        "following": shown[rank] if rank < len(shown) and found.state in Withdrawal.LIVE else None,
        "prepares": prepares,
        "runs": may("certificates.run_hearing", request.user, label, on=on),
        "signs": may("certificates.sign_step", request.user, label, on=on),
        "proposal": open_proposal(found),
        "steps": _steps(found, on) if prepares else [],
        "hearing": hearing,
        "hearings": found.hearings.order_by("pk"),
        "to_close": missing_to_close_procedure(found, hearing, on=on),
        "item": _item(found),
        "measure": actions.end_under_way(found),
        "remedy": remedy,
        "answer": answer,
        "both": [remedy, answer],
        "refused": refused,
        "events": procedure_history(found),
    }
    return render(request, "certificates/staff_withdrawal.html", context, status=409 if refused else 200)


def _steps(found: Withdrawal, on: Any) -> list[dict[str, Any]]:
    """What the officer may put forward now, each with what is missing before it is signed."""
    words = {
        Step.DISMISS: _("Classer : les faits ne sont pas établis"),
        Step.FORMAL_NOTICE: _("Mettre en demeure : ce qui manque peut être corrigé"),
        Step.HEARING: _("Notifier les motifs et inviter la structure à répondre"),
        Step.MAINTAIN: _("Maintenir le label"),
    }
    if found.state == State.ADVISED:
        words[Step.HEARING] = _("Ajouter un motif nouveau")
    return [
        {"step": step, "words": words[Step(step)], "reasons": missing_before_step(found, step, on=on)}
        for step in steps_possible(found)
    ]


def _item(found: Withdrawal) -> AgendaItem | None:
    """The last item of an agenda about that procedure."""
    items = AgendaItem.objects.filter(kind=KIND, subject=f"{found._meta.label_lower}:{found.pk}")
    return items.select_related("session").order_by("-pk").first()


def _done(
    request: HttpRequest,
    found: Withdrawal,
    go: str,
    remedy: RemedyForm,
    answer: NoticeAnswerForm,
    now: datetime,
) -> str:
    """What was done, in one sentence; empty when a form has faults. Raises as the actions do."""
    if go == "close":
        actions.close_procedure_hearing(withdrawal_pk=found.pk, at=now, by=actor_for(request, *OFFICE))
        return _("Le temps de répondre est terminé. Le comité va donner son avis.")
    if go == "remedy":
        if not remedy.is_valid():
            return ""
        by = actor_for(request, Role.CASE_OFFICER)
        actions.record_remedy(withdrawal_pk=found.pk, **remedy.cleaned_data, at=now, by=by)
        return _("La correction est acceptée. La lettre de fin est prête.")
    if go == "answer":
        if not answer.is_valid():
            return ""
        by = actor_for(request, *OFFICE)
        actions.answer_notice(withdrawal_pk=found.pk, **answer.cleaned_data, at=now, by=by)
        return _("La réponse est gardée.")
    raise Blocked([_("Cette action n'existe pas.")])


@staff_required(Role.CASE_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_withdrawal_propose(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One step written by the officer, for a signatory."""
    now = timezone.now()
    on = timezone.localdate(now)
    found = found_procedure(request, pk, now)
    if not may("certificates.prepare_measure", request.user, found.label, on=on):
        raise Http404
    if step not in steps_possible(found):
        messages.info(request, _("La procédure a avancé : voici la page à jour."))
        return redirect("staff_withdrawal", found.pk)
    waiting = open_proposal(found)
    before = found.proposals.filter(step=step, signed_at=None).order_by("-pk").first()
    initial, facts = initial_step(before)
    data = request.POST if request.method == "POST" else None
    form = StepForm(data, step=step, initial=initial)
    grounds: Any = GroundFormSet(data, prefix="grounds", initial=facts) if step in WITH_GROUNDS else None
    reasons: list[Missing] = []
    if data is not None and form.is_valid() and (grounds is None or grounds.is_valid()):
        try:
            actions.propose(
                withdrawal_pk=found.pk,
                content=form.content(grounds.written() if grounds is not None else []),
                seen=_whole(request.POST.get("seen", "")),
                at=now,
                by=actor_for(request, Role.CASE_OFFICER),
            )
        except NotAllowed as error:
            raise Http404 from error
        except Stale:
            reasons = [
                Missing(_("Une autre personne vient d'écrire cette étape. Relisez, puis envoyez de nouveau."))
            ]
            waiting = open_proposal(found)
        except Blocked as blocked:
            reasons = blocked.reasons
        else:
            messages.success(request, _("L'étape est transmise à la signature."))
            return redirect("staff_withdrawal", found.pk)
    context = {
        "withdrawal": found,
        "label": found.label,
        "step": Step(step),
        "form": form,
        "grounds": grounds,
        "waiting": waiting,
        "given_back": before if before is not None and before.dropped_reason else None,
        "is_new_ground": step == Step.HEARING and found.state == State.ADVISED,
        "reasons": reasons,
        "before": missing_before_step(found, step, on=on),
        "both": [form, grounds] if grounds is not None else [form],
        "has_errors": bool(form.errors or (grounds is not None and grounds.total_error_count()))
        if data is not None
        else False,
    }
    return render(request, "certificates/staff_withdrawal_step.html", context, status=409 if reasons else 200)


def _whole(text: str) -> int:
    """The key of a proposal as the page said it; -1, which is never one, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1


@staff_required(Role.SIGNATORY)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_withdrawal_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """One step, for the signatory: what the officer wrote, what is missing, the signature with a fresh code."""
    now = timezone.now()
    proposal = get_object_or_404(
        WithdrawalProposal.objects.select_related("proposed_by"),
        pk=pk,
        withdrawal__in=Withdrawal.objects.visible_to(request.user, on=timezone.localdate(now)).values("pk"),
    )
    found = found_procedure(request, proposal.withdrawal_id, now)
    if proposal.signed_at or proposal.dropped_at:
        return redirect("staff_withdrawal", found.pk)
    code, back = SignatureForm(), SendBackForm()
    refused: list[Missing] = []
    if request.method == "POST":
        go = request.POST.get("go", "")
        code = SignatureForm(request.POST) if go == "sign" else code
        back = SendBackForm(request.POST) if go == "send_back" else back
        try:
            if go == "sign" and code.is_valid():
                by = actor_for(request, Role.SIGNATORY)
                check_totp(user=person(request), code=code.cleaned_data["code"], at=now)
                actions.sign_step(proposal_pk=proposal.pk, at=now, by=by)
                messages.success(request, _("L'étape est signée."))
                return redirect("staff_withdrawal", found.pk)
            if go == "send_back" and back.is_valid():
                by = actor_for(request, Role.SIGNATORY).because(back.cleaned_data["reason"])
                actions.send_back_step(proposal_pk=proposal.pk, at=now, by=by)
                messages.success(request, _("L'étape est rendue à la personne qui l'a préparée."))
                return redirect("staff_withdrawal", found.pk)
        except CodeRefused as error:
            code.add_error("code", str(error))
        except NotAllowed as error:
            raise Http404 from error
        except Blocked as blocked:
            refused = blocked.reasons
    context = {
        "withdrawal": found,
        "label": found.label,
        "proposal": proposal,
        "grounds": initial_step(proposal)[1],
        "code": code,
        "back": back,
        "both": [code, back],
        "has_errors": bool(code.errors or back.errors),
        "refused": bool(refused),
        "reasons": refused or _to_sign(request, proposal, found, now),
        "delegation": delegation_of(person(request), on=timezone.localdate(now)),
    }
    return render(request, "certificates/staff_withdrawal_sign.html", context, status=409 if refused else 200)


def _to_sign(
    request: HttpRequest, proposal: WithdrawalProposal, found: Withdrawal, now: datetime
) -> list[Missing]:
    on, user = timezone.localdate(now), person(request)
    dossier = with_part_in(user, Application.objects.all()).get(pk=found.label.application_id)
    delegation = delegation_of(user, on=on)
    return missing_to_sign_step(proposal, found, found.label, dossier, user, on=on, delegation=delegation)
