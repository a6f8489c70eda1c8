"""The addresses of the house, and beside them the barest pages that do the same reading."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path

from certificates.models import Label
from config.urls import urlpatterns as house
from label.models import Application

ROWS = Engine().from_string(
    "<table>{% for row in rows %}<tr><td>{{ row.reference }}</td><td>{{ row.structure.name }}</td>"
    "<td>{{ row.get_state_display }}</td><td>{{ row.get_kind_display }}, {{ row.structure.city }}</td>"
    "<td>{{ row.submitted_at|date }}</td><td>{{ row.implicit_decision_on|date }}</td>"
    "<td>{{ row.case_officer|default:'' }}</td></tr>{% endfor %}</table>"
)
ONE = Engine().from_string("<p>{{ label.number }} {{ label.structure.name }} {{ label.ends_on }}</p>")


@login_not_required
def keyset(request: HttpRequest) -> HttpResponse:
    """Fifty rows by key with the same facts, in a table: one query through the ORM and a template, nothing else."""
    rows = Application.objects.select_related("structure", "case_officer").order_by("-pk")[:50]
    return HttpResponse(ROWS.render(Context({"rows": rows})))


@login_not_required
def indexed(request: HttpRequest, number: str) -> HttpResponse:
    """One row by an index: what any verification must at least do."""
    label = Label.objects.select_related("structure").get(number=number)
    return HttpResponse(ONE.render(Context({"label": label})))


urlpatterns = [*house, path("bare/keyset/", keyset), path("bare/<str:number>/", indexed)]
