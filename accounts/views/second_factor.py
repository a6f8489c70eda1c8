"""The second factor of staff: set-up, recovery codes, asking again, and two colleagues giving access back."""

from __future__ import annotations

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import actions, codes, second_factor
from accounts.access import actor_for, fresh_sign_in, person, safe_next, staff_required, with_next
from accounts.codes import CodeRefused
from accounts.forms import CodeForm, RecoveryForm, SecondFactorCodeForm, SecondFactorForm
from accounts.models import Role, RoleGrant, StaffRecovery, User
from journal.refusals import Blocked, NotAllowed

SECRET = "second_factor_secret"  # noqa: S105  (the name under which a session keeps it during the set-up)
SHOWN = "recovery_codes_shown"
HELPERS = (Role.SECRETARIAT, Role.TECHNICAL_ADMINISTRATOR)


@never_cache
@fresh_sign_in
def set_up(request: HttpRequest) -> HttpResponse:
    """QR code and secret to copy; the first code of the application proves that it works."""
    user, wanted, now = person(request), safe_next(request), timezone.now()
    if not RoleGrant.objects.valid(on=timezone.localdate(now)).filter(user=user).exists():
        raise Http404
    if second_factor.is_enrolled(user):
        return redirect(with_next("account_landing", wanted))
    secret = request.session.setdefault(SECRET, second_factor.new_secret())
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if second_factor.fits(secret, form.cleaned_data["code"], now):
            with transaction.atomic():
                second_factor.enrol(user, secret=secret)
            del request.session[SECRET]
            request.session[SHOWN] = True
            second_factor.remember(request, user, str(Authenticator.Type.TOTP))
            return redirect(with_next("mfa_view_recovery_codes", wanted))
        form.add_error(
            "code", _("Ce code ne correspond pas. Recopiez les 6 chiffres affichés par votre application.")
        )
    image = segno.make(get_adapter().build_totp_url(user, secret)).svg_data_uri(
        scale=5, border=4, light="#ffffff"
    )
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    page = {"form": form, "image": image, "secret": groups, "wanted": wanted}
    return render(request, "mfa/totp/activate_form.html", page)


@never_cache
def show_recovery_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes, shown once: after the set-up, or when they are made anew."""
    if not request.session.get(SHOWN):
        return redirect("mfa_generate_recovery_codes")
    wanted = safe_next(request)
    if request.method == "POST":
        del request.session[SHOWN]
        return redirect(with_next("account_landing", wanted))
    page = {"codes": second_factor.recovery_codes(person(request)), "wanted": wanted}
    return render(request, "mfa/recovery_codes/index.html", page)


@never_cache
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes: the old ones stop working. Asks the application's code."""
    user = person(request)
    if not second_factor.is_enrolled(user):
        raise Http404
    form = SecondFactorCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second_factor.check_totp(user=user, code=form.cleaned_data["code"], at=timezone.now())
        except CodeRefused as refusal:
            form.add_error("code", str(refusal))
        else:
            with transaction.atomic():
                second_factor.renew_recovery_codes(user)
            request.session[SHOWN] = True
            return redirect("mfa_view_recovery_codes")
    left = len(second_factor.recovery_codes(user))
    return render(request, "mfa/recovery_codes/generate.html", {"form": form, "left": left})


@never_cache
def ask_again(request: HttpRequest) -> HttpResponse:
    """Proves that the person is still there: by their application, else by a code in their mailbox."""
    user, wanted = person(request), safe_next(request)
    if second_factor.is_enrolled(user):
        form = SecondFactorForm(request.POST or None, user=user)
        if request.method == "POST" and form.is_valid():
            second_factor.remember(request, user, form.cleaned_data["code"])
            return redirect(wanted or "account_home")
        return render(
            request, "account/reauthenticate.html", {"form": form, "wanted": wanted, "by_mail": False}
        )
    return _ask_by_mail(request, user, wanted)


def _ask_by_mail(request: HttpRequest, user: User, wanted: str) -> HttpResponse:
    now, problem = timezone.now(), ""
    form = CodeForm()
    if request.POST.get("go") == "send":
        try:
            codes.send_code(user=user, purpose=codes.CONFIRM_PERSON, at=now)
        except CodeRefused as refusal:
            problem = str(refusal)
        else:
            return redirect(with_next("account_reauthenticate", wanted) + ("&" if wanted else "?") + "sent=1")
    elif request.method == "POST":
        form = CodeForm(request.POST)
        if form.is_valid():
            try:
                codes.check_code(
                    user=user, purpose=codes.CONFIRM_PERSON, code=form.cleaned_data["code"], at=now
                )
            except CodeRefused as refusal:
                form.add_error("code", str(refusal))
            else:
                second_factor.remember_code(request, user)
                return redirect(wanted or "account_home")
    page = {"form": form, "wanted": wanted, "by_mail": True, "problem": problem}
    return render(
        request, "account/reauthenticate.html", {**page, "sent": "sent" in request.GET or form.is_bound}
    )


@never_cache
@staff_required(*HELPERS)
def recoveries(request: HttpRequest) -> HttpResponse:
    """Colleagues who lost their device: two staff members together give access back."""
    user, now = person(request), timezone.now()
    colleagues = User.objects.staff(on=timezone.localdate(now)).exclude(pk=user.pk)
    form = RecoveryForm(request.POST or None, people=colleagues.order_by("last_name", "first_name"))
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        try:
            actions.start_recovery(
                person=fields["person"], code=fields["code"], at=now, by=actor_for(request, *HELPERS)
            )
        except CodeRefused as refusal:
            form.add_error("code", str(refusal))
        except Blocked as refusal:
            form.add_error("person", str(refusal))
        else:
            sentence = _("C'est noté. Une deuxième personne doit maintenant confirmer, dans les 24 heures.")
            messages.success(request, sentence)
            return redirect("staff_recoveries")
    since = now - actions.RECOVERY_WITHIN
    waiting = StaffRecovery.objects.filter(closed_at=None, first_at__gt=since).select_related(
        "person", "first_by"
    )
    page = {"form": form, "waiting": waiting.exclude(person=user), "person": user}
    return render(request, "accounts/recoveries.html", page)


@never_cache
@staff_required(*HELPERS)
def recovery(request: HttpRequest, pk: int) -> HttpResponse:
    """The second staff member confirms."""
    row = get_object_or_404(StaffRecovery.objects.select_related("person", "first_by"), pk=pk)
    form = SecondFactorCodeForm(request.POST or None)
    if person(request) in (row.person, row.first_by):
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm_recovery(
                recovery=row,
                code=form.cleaned_data["code"],
                at=timezone.now(),
                by=actor_for(request, *HELPERS),
            )
        except NotAllowed as refusal:
            raise Http404 from refusal
        except (CodeRefused, Blocked) as refusal:
            form.add_error("code", str(refusal))
        else:
            sentence = _(
                "L'accès de {name} est remis à zéro. Cette personne installera de nouveau l'application."
            )
            messages.success(request, sentence.format(name=row.person))
            return redirect("staff_recoveries")
    return render(request, "accounts/recovery.html", {"form": form, "recovery": row})
