"""Checking a label: by hand, by machine, today or on another day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.access import for_everybody
from certificates.status import Status
from journal.numbering import InvalidNumber
from letters.spoken import told_date
from portal.answers import answer_of, may_keep
from portal.forms import DayForm, NumberForm, prefilled, read_number
from portal.served import fresh, told_as_json
from portal.solutions import department_told, fields_told, places_told
from portal.verification import PublicLabel, complete, heading_of, history
from portal.words import NO_LABEL, PANELS, sentence, word_in
from structures.models import Registration


@csrf_exempt  # nothing is written: another method is refused as such
@login_not_required
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """The field; a number typed leads to its page, or says what is wrong with it."""
    form = NumberForm(request.GET) if "numero" in request.GET else NumberForm()
    if form.is_bound and form.is_valid():
        return redirect("verify_label", number=form.cleaned_data["numero"].canonical)
    for reason in ("mistyped", "lettered"):
        if form.has_error("numero", reason):
            return no_label(request, reason, request.GET["numero"], timezone.now())
    return fresh(request, render(request, "portal/verify.html", {"form": form}).content)


@csrf_exempt  # nothing is written: another method is refused as such
@login_not_required
@require_safe
def verify_label(request: HttpRequest, number: str) -> HttpResponse:
    """Is it true, today? Always an answer: 404 only for a number never given, or whose decision is on its way."""
    now = timezone.now()
    try:
        canonical = read_number(number).canonical
    except InvalidNumber as error:
        return no_label(request, error.reason, number, now)
    if canonical != number:
        return HttpResponsePermanentRedirect(reverse("verify_label", args=[canonical]))
    heading = heading_of(canonical)
    if heading is None or heading.is_on_its_way:
        return no_label(request, "on_its_way" if heading else "unknown", number, now)

    def page() -> bytes:
        return render(request, "portal/label.html", _page(request, complete(heading), now)).content

    return fresh(request, answer_of("page", heading, now, page) if may_keep(request) else page())


def _page(request: HttpRequest, public: PublicLabel, now: datetime) -> dict[str, Any]:
    today = timezone.localdate(now)
    status = public.status(today)
    day_form = DayForm(request.GET) if "date" in request.GET else DayForm()
    return {
        "number": public.heading.number,
        "checked_at": now,
        "status": status,
        "panel": PANELS[status.code],
        "say": sentence(public, status),
        "public": public,
        "facts": _facts(public) if status.code != "annulled" else [],
        "history": history(public, today),
        "day_form": day_form,
        "other_day": _other_day(public, day_form, today),
        "form": day_form if day_form.errors else None,
        "number_form": NumberForm(),
        "certificate_url": _certificate_url(public, status),
        "has_credential": public.has_credential and status.code != "annulled",
        "is_sealed": public.is_sealed,
        "certificate_waits": status.may_be_used and not public.has_certificate,
    }


def _facts(public: PublicLabel) -> list[tuple[str, Any] | tuple[str, Any, str]]:
    """« Ce qui a été labellisé »."""
    heading = public.heading
    department = f" ({department_told(heading.department)})" if heading.department else ""
    facts: list[tuple[str, Any] | tuple[str, Any, str]] = [
        (_("Structure"), heading.structure),
        (_("Siège"), f"{heading.city}{department}"),
    ]
    if public.registration:
        kind, value = public.registration
        facts.append((str(Registration.Kind(kind).label), value, "lb-mono"))
    several = len(public.solutions) > 1
    return [
        *facts,
        (
            _("Actions reconnues") if several else _("Action reconnue"),
            ", ".join(one.name for one in public.solutions),
        ),
        (_("Sert à"), fields_told(public.solutions)),
        (_("Où"), places_told(public.solutions)),
        (_("Décision"), _("du {date}").format(date=told_date(timezone.localdate(heading.issued_at)))),
        (_("Grille d'évaluation"), _("édition {version}").format(version=heading.edition)),
    ]


def _other_day(public: PublicLabel, form: DayForm, today: date) -> Any:
    """« Le {date}, ce label était : {mot}. », or None when no date was asked."""
    if not form.is_bound or not form.is_valid():
        return None
    day = form.cleaned_data["date"]
    code = public.status(day).code
    if code == "not_yet_issued":
        return _("Le {date}, ce label n'existait pas encore.").format(date=told_date(day))
    if day > today:
        words = _("Le {date}, si rien ne change, ce label sera : {word}.")
    else:
        words = _("Le {date}, ce label était : {word}.")
    return words.format(date=told_date(day), word=PANELS[code].word)


def _certificate_url(public: PublicLabel, status: Status) -> str:
    if not public.has_certificate or status.code == "annulled":
        return ""
    try:
        return reverse("certificate_pdf", args=[public.heading.number])
    except NoReverseMatch:
        return ""


def no_label(request: HttpRequest, reason: str, typed: str, now: datetime) -> HttpResponse:
    """No label to tell under this number: each reason with its own words, the field prefilled."""
    context = {
        "checked_at": now,
        "panel": PANELS[reason],
        "say": NO_LABEL[reason],
        "reason": reason,
        "number_form": prefilled(typed),
    }
    response = render(request, "portal/no_label.html", context, status=404)
    patch_cache_control(response, private=True, no_cache=True)
    return response


@for_everybody
def verify_label_json(request: HttpRequest, number: str) -> HttpResponse:
    """The same answer for programs; `on=YYYY-MM-DD` asks for another day. The keys are a promise."""
    now = timezone.now()
    try:
        day = _day_asked(request.GET.get("on", ""), timezone.localdate(now))
    except ValueError:
        return told_as_json(request, {"error": "on: YYYY-MM-DD"}, now, status=400)
    try:
        canonical = read_number(number).canonical
    except InvalidNumber as error:
        return told_as_json(request, nobody(number[:64], error.reason, day), now, status=404)
    heading = heading_of(canonical)
    if heading is None or heading.is_on_its_way:
        reason = "on_its_way" if heading else "unknown"
        return told_as_json(request, nobody(canonical, reason, day), now, status=404)
    answer = answer_of(f"json-{day}", heading, now, lambda: _payload(complete(heading), day))
    return told_as_json(request, answer, now)


def _day_asked(text: str, today: date) -> date:
    if not text:
        return today
    day = date.fromisoformat(text[:10])
    if day.isoformat() != text:
        raise ValueError(text)
    return day


def _payload(public: PublicLabel, day: date) -> dict[str, Any]:
    heading, status = public.heading, public.status(day)
    following = public.replaced_by(status)
    answer = nobody(heading.number, status.code, day)
    if status.code == "annulled":
        return answer
    return {
        **answer,
        "may_be_used": status.may_be_used,
        "structure": heading.structure,
        "solutions": [solution.name for solution in public.solutions],
        "valid_from": heading.starts_on.isoformat(),
        "valid_until": public.last_day.isoformat(),
        "since": status.since and status.since.isoformat(),
        "until": status.until and status.until.isoformat(),
        "replaced_by": following[0] if following else None,
        "proofs": {
            "certificate": _address("certificate_pdf", public) if public.has_certificate else None,
            "credential": _address("credential", public) if public.has_credential else None,
            "log": _address("log_label_json", public),
        },
    }


def _address(name: str, public: PublicLabel) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=[public.heading.number])}"


def nobody(number: str, code: str, day: date) -> dict[str, Any]:
    """The keys of every answer, naming nobody."""
    return {
        "number": number,
        "status": code,
        "word": {"fr": word_in("fr", code), "en": word_in("en", code)},
        "may_be_used": False,
        "structure": None,
        "solutions": [],
        "valid_from": None,
        "valid_until": None,
        "since": None,
        "until": None,
        "replaced_by": None,
        "proofs": {"certificate": None, "credential": None, "log": None},
        "on": day.isoformat(),
    }
