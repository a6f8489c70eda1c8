"""For machines that watch: alive without the database, ready with all that the pages need."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.health import notes, readiness


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return JsonResponse({"alive": True})


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when people may be sent here, 503 otherwise, and which check fails."""
    now = timezone.now()
    checks = readiness(now)
    held = all(checks.values())
    told = {"ready": held, "checks": checks, "notes": notes(now)}
    return JsonResponse(told, status=200 if held else 503)


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines read the public pages, and only those."""
    private = ("/compte/", "/espace/", "/comite/", "/inca/", "/fichiers/", "/courriers/", "/api/")
    lines = ["User-agent: *", *[f"Disallow: {path}" for path in private], ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
