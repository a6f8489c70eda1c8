"""Pages that the law asks of every public service, and how to reach people."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.data_map import SUBJECTS


@login_not_required
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """A phone number first: nobody has to write to be helped."""
    return render(
        request, "portal/contact.html", {"email": settings.SERVICE_EMAIL, "service": settings.SERVICE_NAME}
    )


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The statement of accessibility (law 2005-102 article 47, RGAA)."""
    context = {
        "status": settings.ACCESSIBILITY_STATUS,
        "audited_on": settings.ACCESSIBILITY_AUDITED_ON,
        "auditor": settings.ACCESSIBILITY_AUDITOR,
        "email": settings.SERVICE_EMAIL,
        "site": settings.PUBLIC_URL,
    }
    return render(request, "portal/accessibility.html", context)


@login_not_required
@require_safe
def personal_data(request: HttpRequest) -> HttpResponse:
    """The privacy notice and the map of what is kept, made from the models."""
    context = {
        "subjects": SUBJECTS,
        "notice": settings.PRIVACY_NOTICE,
        "retention": settings.RETENTION_TABLE,
        "officer": settings.DATA_PROTECTION_CONTACT,
        "post": settings.SERVICE_ADDRESS,
    }
    return render(request, "portal/personal_data.html", context)


@login_not_required
@require_safe
def legal_notice(request: HttpRequest) -> HttpResponse:
    """Who publishes, who hosts, under which rule."""
    context = {
        "director": settings.PUBLICATION_DIRECTOR,
        "hosting": settings.HOSTING,
        "legal_basis": settings.LEGAL_BASIS,
        "post": settings.SERVICE_ADDRESS,
    }
    return render(request, "portal/legal_notice.html", context)


@login_not_required
@require_safe
def source_code(request: HttpRequest) -> HttpResponse:
    """How anybody who uses the service gets its source (AGPL, article 13)."""
    address = settings.SOURCE_CODE_URL
    elsewhere = address if address != reverse("source_code") else ""
    return render(
        request, "portal/source_code.html", {"elsewhere": elsewhere, "email": settings.SERVICE_EMAIL}
    )
