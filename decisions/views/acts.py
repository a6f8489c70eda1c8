"""Pages about one act of the Institute: it is prepared, read and signed, then followed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_fsm import TransitionNotAllowed

from accounts.access import actor_for, person, staff_required
from accounts.codes import CodeRefused
from accounts.models import Role
from accounts.rules import delegation_of, may
from accounts.second_factor import check_totp
from decisions import actions
from decisions.appeal_checklist import contestable, missing_to_contest
from decisions.checklist import (
    diverges,
    kinds_possible,
    missing_to_record_implicit,
    missing_to_send,
    missing_to_sign,
)
from decisions.content import content_of, token_of
from decisions.correspondence import percent_words
from decisions.effects import effects
from decisions.forms import (
    ConditionFormSet,
    PreparationForm,
    SendBackForm,
    SignatureForm,
    initial_conditions,
    initial_of,
    long_texts,
)
from decisions.history import history, judged
from decisions.models import Appeal, Decision
from decisions.rules import with_part_of
from decisions.sentences import offered, sentence
from journal.refusals import Blocked, Missing, NotAllowed, Stale
from label.clocks import acceptance
from label.models import Application
from label.rules import free_for_appeal
from label.views.access import given_back, led_to_the_dossier
from letters.actions import Preview
from letters.shown import delivery, draft_as_pdf, letter_as_page
from letters.spoken import told_time
from reviewers.models import Opinion

WORKERS = (Role.CASE_OFFICER, Role.SECRETARIAT, Role.SIGNATORY, Role.APPEAL_OFFICER)
Kind = Decision.Kind


@staff_required(Role.CASE_OFFICER, Role.SIGNATORY)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_decision_prepare(request: HttpRequest, reference: str) -> HttpResponse:
    """P21: what the Institute decides and why. The default post saves; `go=send` hands over to the signatories.

    A signatory finds here what silence has granted, and notes it.
    """
    now = timezone.now()
    on = timezone.localdate(now)
    visible = Application.objects.visible_to(request.user, on=on).select_related(
        "structure", "edition", "case_officer"
    )
    application = get_object_or_404(visible, reference=reference)
    if not may("decisions.prepare_decision", request.user, application, on=on):
        return led_to_the_dossier(request, application) or _silence(request, application, now)
    decision = _under_way(application)
    led_elsewhere = _elsewhere(request, application, decision, now)
    if led_elsewhere is not None:
        return led_elsewhere
    opinion = application.opinions.select_related("evaluation").order_by("-pk").first()
    form, conditions = _forms(request, application, decision, opinion)
    status, reasons, other = 200, [], None
    if request.method == "POST" and form.is_valid() and conditions.is_valid():
        try:
            return _saved(request, application, form, conditions, now)
        except NotAllowed as error:
            raise Http404 from error
        except Blocked as blocked:
            status, reasons = 409, blocked.reasons
        except Stale as stale:
            status, other = 409, stale.theirs
        except TransitionNotAllowed:
            return given_back(request, application.reference, long_texts(request.POST))
        decision = _under_way(application)
    if not reasons and decision is not None and decision.submitted_at is None:
        reasons = missing_to_send(decision, on=on)
    context = {
        "application": application,
        "decision": decision,
        "form": form,
        "conditions": conditions,
        "reasons": reasons,
        "both": [form, conditions],
        "has_errors": bool(form.errors or conditions.total_error_count()),
        "seen": _seen_text(request, form, conditions, decision),
        **_both_texts(form, conditions, other),
        "silence_has_decided": not missing_to_record_implicit(application, on=on),
        "may_note_silence": may("decisions.record_implicit", request.user, application, on=on),
        "sentences": offered(form.kinds),
        "free": free_for_appeal(application, on=on, besides=person(request)),
        **_judgement(application, opinion),
    }
    return render(request, "decisions/prepare.html", context, status=status)


def _elsewhere(
    request: HttpRequest, application: Application, decision: Decision | None, now: datetime
) -> HttpResponse | None:
    """Where there is nothing to write: silence noted, a text that comes too late, an act that is signed."""
    if request.method == "POST" and request.POST.get("go") == "implicit":
        return _implicit(request, application, now)
    if request.method == "POST" and not kinds_possible(application):
        return given_back(request, application.reference, long_texts(request.POST))
    if decision is not None and decision.state == Decision.State.SIGNED:
        return redirect("staff_decision", pk=decision.pk)
    return None


def _silence(request: HttpRequest, application: Application, now: datetime) -> HttpResponse:
    """What silence has granted, for the signatory who notes it; "not found" for anybody else and before its date."""
    on = timezone.localdate(now)
    if not may("decisions.record_implicit", request.user, application, on=on):
        raise Http404
    if missing_to_record_implicit(application, on=on):
        raise Http404
    if request.method == "POST" and request.POST.get("go") == "implicit":
        return _implicit(request, application, now)
    return render(request, "decisions/silence.html", {"application": application, "may_note_silence": True})


def _implicit(request: HttpRequest, application: Application, now: datetime) -> HttpResponse:
    by = actor_for(request, Role.SIGNATORY if acceptance() else Role.CASE_OFFICER)
    try:
        decision = actions.record_implicit(application_pk=application.pk, at=now, by=by)
    except NotAllowed as error:
        raise Http404 from error
    except Blocked as blocked:
        messages.error(request, " ".join(str(reason.text) for reason in blocked.reasons))
        return redirect("staff_decision_prepare", reference=application.reference)
    messages.success(request, _("La décision implicite est notée."))
    return redirect("staff_decision", pk=decision.pk)


def _forms(
    request: HttpRequest, application: Application, decision: Decision | None, opinion: Opinion | None
) -> tuple[PreparationForm, Any]:
    data = request.POST if request.method == "POST" else None
    form = PreparationForm(
        data, application=application, opinion=opinion, initial=initial_of(decision, application, opinion)
    )
    counted = data is None or data.get("kind") == Kind.GRANT_WITH_CONDITIONS
    conditions = ConditionFormSet(
        data if data is None or Kind.GRANT_WITH_CONDITIONS in form.kinds else None,
        prefix="conditions",
        initial=initial_conditions(decision, opinion),
        form_kwargs={"counted": counted},
    )
    if data is not None and not conditions.is_bound:
        conditions.is_bound, conditions.data = (
            True,
            {"conditions-TOTAL_FORMS": "0", "conditions-INITIAL_FORMS": "0"},
        )
    return form, conditions


def _saved(
    request: HttpRequest, application: Application, form: PreparationForm, conditions: Any, now: datetime
) -> HttpResponse:
    by = actor_for(request, Role.CASE_OFFICER)
    go = request.POST.get("go", "save")
    added = sentence(go.removeprefix("add:")) if go.startswith("add:") else None
    if added is not None:
        field, text = added
        form.cleaned_data[field] = f"{form.cleaned_data[field].strip()}\n\n{text}".strip()
    elif go not in {"save", "send", "mine"}:
        raise Blocked([_("Cette action n'existe pas.")])
    content = form.content(conditions.written())
    seen = request.POST.get("theirs" if go == "mine" else "seen", "")
    decision = actions.prepare(application_pk=application.pk, content=content, seen=seen, at=now, by=by)
    if go == "send":
        actions.send_for_signature(decision_pk=decision.pk, at=now, by=by)
        messages.success(request, _("La décision est transmise à la signature."))
        return redirect("staff_decision", pk=decision.pk)
    messages.success(request, _("Enregistré à {time}.").format(time=told_time(now)))
    return redirect("staff_decision_prepare", reference=application.reference)


def _seen_text(
    request: HttpRequest, form: PreparationForm, conditions: Any, decision: Decision | None
) -> str:
    """The token of the text on the page: that of the act, unless what was typed is still to be kept."""
    if request.method != "POST":
        return token_of(decision)
    kept = content_of(decision).text() if decision else ""
    is_whole = form.is_valid() and conditions.is_valid()
    if is_whole and form.content(conditions.written()).text() == kept:
        return token_of(decision)
    return str(request.POST.get("seen", ""))[:40]


def _both_texts(form: PreparationForm, conditions: Any, other: Decision | None) -> dict[str, Any]:
    """E11: each part that differs, as typed here and as a colleague kept it; nothing without conflict."""
    if other is None:
        return {}
    mine, theirs = form.as_read(form.content(conditions.written())), form.as_read(content_of(other))
    return {
        "theirs": token_of(other),
        "differing": [(part, mine[part], theirs[part]) for part in mine if mine[part] != theirs[part]],
    }


def _under_way(application: Application) -> Decision | None:
    acts = Decision.objects.whole().filter(kind__in=Decision.ON_A_REQUEST, state__in=actions.UNDER_WAY)
    return acts.filter(application=application).first()


def _judgement(application: Application, opinion: Opinion | None) -> dict[str, Any]:
    """The opinion and the figures of the evaluation, in words."""
    if opinion is None:
        return {"opinion": None}
    result = opinion.evaluation.result
    axes = [
        (axis, percent_words(result.get("axes", {}).get(axis["code"])))
        for axis in application.edition.data["axes"]
    ]
    return {
        "opinion": opinion,
        "axes": axes,
        "total": percent_words(result.get("total")),
        "departing": [
            kind.label
            for kind in (Kind.GRANT, Kind.GRANT_WITH_CONDITIONS, Kind.REFUSE)
            if diverges(kind, opinion)
        ],
    }


def _found(request: HttpRequest, pk: int, now: datetime) -> Decision:
    visible = Decision.objects.visible_to(request.user, on=timezone.localdate(now))
    acts = Decision.objects.whole().filter(pk__in=visible.values("pk"))
    related = with_part_of(person(request), acts).select_related("prepared_by", "signed_by", "delegation")
    decision: Decision = get_object_or_404(related, pk=pk)
    return decision


@staff_required(Role.SIGNATORY)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_decision_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as it will leave, what is missing before signing, and the signature with a fresh code."""
    now = timezone.now()
    decision = _found(request, pk, now)
    code, back = SignatureForm(), SendBackForm()
    status, reasons = 200, []
    if request.method == "POST":
        go = request.POST.get("go", "")
        code = SignatureForm(request.POST) if go == "sign" else code
        back = SendBackForm(request.POST) if go == "send_back" else back
        try:
            if go == "sign" and code.is_valid():
                return _signed(request, decision, code, now)
            if go == "send_back" and back.is_valid():
                return _sent_back(request, decision, back, now)
        except CodeRefused as refused:
            code.add_error("code", str(refused))
        except NotAllowed as error:
            raise Http404 from error
        except Blocked as blocked:
            status, reasons = 409, blocked.reasons
        except TransitionNotAllowed:
            return _somebody_first(request, pk, now)
        decision = _found(request, pk, now)
    if decision.state != Decision.State.PREPARED:
        return redirect("staff_decision", pk=pk)
    preview = actions.preview_letter(decision=decision, user=person(request), at=now)
    context = {
        "decision": decision,
        "application": decision.application,
        "code": code,
        "back": back,
        "both": [code, back],
        "day": timezone.localdate(now),
        "on_receipt": effects[decision.kind].on_receipt,
        "has_errors": bool(code.errors or back.errors),
        "reasons": reasons or _reasons_not_to_sign(decision, preview, request, now),
        "refused": bool(reasons),
        "delegation": delegation_of(person(request), on=timezone.localdate(now)),
        "asks_again": decision.is_on_a_request and decision.opinion_id is not None,
        "seen": decision.submitted_at.isoformat() if decision.submitted_at else "",
        "preview": preview,
        **letter_as_page(preview.content),
    }
    return render(request, "decisions/sign.html", context, status=status)


def _reasons_not_to_sign(
    decision: Decision, preview: Preview, request: HttpRequest, now: datetime
) -> list[Missing]:
    on, user = timezone.localdate(now), person(request)
    reasons = missing_to_sign(decision, user, on=on, delegation=delegation_of(user, on=on))
    told = {reason.code for reason in reasons if reason.code} | {"id_" + reason.code for reason in reasons}
    more = [part for part in preview.missing if part.code != "signatory" and f"id_{part.code}" not in told]
    return [*reasons, *more]


def _signed(request: HttpRequest, decision: Decision, form: SignatureForm, now: datetime) -> HttpResponse:
    by = actor_for(request, Role.SIGNATORY)
    check_totp(user=person(request), code=form.cleaned_data["code"], at=now)
    actions.sign(decision_pk=decision.pk, at=now, by=by, seen=_seen(request) or now)
    messages.success(request, _("La décision est signée. La lettre est prête."))
    return redirect("staff_decision", pk=decision.pk)


def _seen(request: HttpRequest) -> datetime | None:
    """When the act was sent for signature, as the page said; None for anything else."""
    try:
        return parse_datetime(request.POST.get("seen", "")[:40])
    except ValueError:
        return None


def _sent_back(request: HttpRequest, decision: Decision, form: SendBackForm, now: datetime) -> HttpResponse:
    by = actor_for(request, Role.SIGNATORY).because(form.cleaned_data["reason"])
    actions.send_back(decision_pk=decision.pk, at=now, by=by)
    messages.success(request, _("La décision est rendue à la personne qui l'a préparée."))
    return redirect("staff_decision", pk=decision.pk)


def _somebody_first(request: HttpRequest, pk: int, now: datetime) -> HttpResponse:
    """E39: who did it, when, and the page as it stands now."""
    decision = _found(request, pk, now)
    words = _("{name} vient de le faire, à {time}. Voici le dossier à jour.")
    said = words.format(
        name=decision.signed_by or _("Une autre personne"), time=told_time(decision.signed_at or now)
    )
    return _page(request, decision, now, first=said, status=409)


@staff_required(*WORKERS)
@require_safe
def staff_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """One act: its state, its letter, how it was served, the remedies with both dates, its journal."""
    now = timezone.now()
    return _page(request, _found(request, pk, now), now)


@staff_required(*WORKERS)
@require_safe
def staff_decision_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as it would leave if this person signed now, as a PDF marked as a draft; 404 once it is signed."""
    now = timezone.now()
    decision = _found(request, pk, now)
    if decision.state != Decision.State.PREPARED:
        raise Http404
    return draft_as_pdf(actions.preview_letter(decision=decision, user=person(request), at=now))


def _page(
    request: HttpRequest, decision: Decision, now: datetime, *, first: str = "", status: int = 200
) -> HttpResponse:
    on = timezone.localdate(now)
    application = decision.application
    context = {
        "decision": decision,
        "application": application,
        "edit_url": effects[decision.kind].page(decision) if decision.kind in effects else "",
        "first": first,
        "may_prepare": decision.state == Decision.State.PREPARED
        and may(effects[decision.kind].permission, request.user, application, on=on),
        "may_sign": decision.state == Decision.State.PREPARED
        and may("decisions.sign_decision", request.user, decision, on=on),
        "makes_bundle": may("decisions.make_bundle", request.user, application, on=on),
        "recognised": decision.recognised,
        "set_conditions": decision.conditions.order_by("due_on", "pk"),
        "delivery": delivery(decision.letter) if decision.letter else [],
        "events": history(decision),
        **_contested(request, decision, on),
    }
    return render(request, "decisions/decision.html", context, status=status)


def _contested(request: HttpRequest, decision: Decision, on: date) -> dict[str, Any]:
    """What was lodged against that act: who had a part in it knows that an appeal exists, and no more."""
    open_to_them = set(
        Appeal.objects.visible_to(request.user, on=on).filter(decision=decision).values_list("pk", flat=True)
    )
    appeals = list(decision.appeals.order_by("pk"))
    user = person(request)
    return {
        "appeals": [(appeal, appeal.pk in open_to_them) for appeal in appeals],
        "cases": decision.litigations.order_by("pk"),
        "judged": judged(decision),
        "silence_requests": decision.silence_requests.order_by("pk"),
        "may_answer_silence": may("decisions.answer_about_silence", user, decision, on=on),
        "may_enter_appeal": contestable(decision)
        and not missing_to_contest(decision)
        and may("decisions.enter_appeal", user, decision, on=on),
        "may_follow": may("decisions.follow_litigation", user, decision, on=on),
    }
