"""The suppression list: people and addresses to whom nothing leaves any more; neutral words, no reason is asked."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import actions
from accounts.access import actor_for, staff_required
from accounts.forms import FindPersonForm
from accounts.models import Role, Suppression, User
from accounts.rules import may
from journal.keys import row_key
from journal.refusals import Blocked, NotAllowed

ROLES = (Role.SECRETARIAT, Role.TECHNICAL_ADMINISTRATOR)
PAGE, MOST_FOUND, MOST_WORDS = 50, 20, 5
keepers = staff_required(*ROLES)


@never_cache
@keepers
def suppressions(request: HttpRequest) -> HttpResponse:
    """Who is on the list, newest first; somebody is sought by a form that is posted, so that no address has a name."""
    form = FindPersonForm(request.POST or None)
    found: list[User] = []
    address = ""
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        found = list(_people(words)[:MOST_FOUND])
        address = _address_alone(words)
        if request.POST.get("go") == "address" and address:
            return _suppress(request, address=address)
    rows = Suppression.objects.standing().select_related("user", "recorded_by").order_by("-pk")
    before = row_key(request.GET.get("avant", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    shown = list(rows[: PAGE + 1])
    page = {
        "form": form,
        "found": found,
        "address": address,
        "is_searched": form.is_bound and form.is_valid(),
        "rows": shown[:PAGE],
        "next_url": f"?avant={shown[PAGE - 1].pk}" if len(shown) > PAGE else "",
    }
    return render(request, "accounts/suppressions.html", page)


@never_cache
@keepers
def suppress(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: what stops, said before it is done; and the way back when it was a mistake."""
    user = get_object_or_404(User, pk=pk)
    standing = Suppression.objects.standing().filter(user=user).first()
    allowed = may("accounts.suppress", request.user, user, on=timezone.localdate())
    if request.method == "POST":
        return _suppress(request, user=user)
    page = {"person": user, "standing": standing, "allowed": allowed}
    return render(request, "accounts/suppress.html", page)


@never_cache
@keepers
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """An address or a person comes off the list."""
    standing = get_object_or_404(Suppression.objects.standing(), pk=pk)
    if request.method == "POST":
        return _lift(request, standing)
    return render(request, "accounts/suppression_lift.html", {"row": standing})


def _suppress(request: HttpRequest, *, user: User | None = None, address: str = "") -> HttpResponse:
    now, by = timezone.now(), actor_for(request, *ROLES)
    try:
        if user is not None:
            actions.suppress_person(user=user, at=now, by=by)
        else:
            actions.suppress_address(address=address, at=now, by=by)
        messages.success(request, _("C'est noté. Plus rien ne partira."))
    except (Blocked, NotAllowed) as refusal:
        messages.error(request, _told(refusal))
    return redirect("staff_suppressions")


def _lift(request: HttpRequest, row: Suppression) -> HttpResponse:
    try:
        actions.lift_suppression(suppression=row, at=timezone.now(), by=actor_for(request, *ROLES))
        messages.success(request, _("C'est enlevé de la liste. Ce qui était arrêté le reste."))
    except (Blocked, NotAllowed) as refusal:
        messages.error(request, _told(refusal))
    return redirect("staff_suppressions")


def _told(refusal: Blocked | NotAllowed) -> str:
    if isinstance(refusal, Blocked):
        return str(refusal)
    return _("Demandez-le à l'administration technique : cette personne travaille à l'Institut.")


def _people(words: str) -> QuerySet[User]:
    """Whoever matches every word, by name or by address."""
    rows = User.objects.filter(pseudonymised_at=None).select_related("shares_mailbox_with")
    for word in words.split()[:MOST_WORDS]:
        rows = rows.filter(
            Q(last_name__istartswith=word) | Q(first_name__istartswith=word) | Q(email__istartswith=word)
        )
    return rows.order_by("last_name", "pk")


def _address_alone(words: str) -> str:
    """The words, when they are an address with which nobody signs in here."""
    try:
        validate_email(words)
    except ValidationError:
        return ""
    return "" if User.objects.filter(email=words.lower()).exists() else words.lower()
