"""The documents of a session on paper: for whom they are printed, and the pack of one item in two sizes (P31)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import staff_required
from accounts.models import Role
from label.models import Application
from letters.pdf import Block
from letters.typography import french_percent
from reviewers.actions.evaluations import latest
from reviewers.actions.sessions.convening import paper_copies
from reviewers.models import AgendaItem, Assignment, Invitation, ItemStatement, Mandate, Session
from reviewers.pack import EMPTY, Cover, pack_pdf
from reviewers.room import who_stated
from reviewers.views.opinion import point_sentences, result_of
from reviewers.views.sessions.access import Row, own_seat, visible_item

PRINTED = (*Session.AWAITED, Session.State.OPEN)


@dataclass
class Copies:
    """What is printed for one member: the packs of the items without link, and how many wait for a statement."""

    invitation: Invitation
    packs: list[Row] = field(default_factory=list)
    waiting: int = 0


def copies_of(session: Session, rows: Sequence[Row]) -> list[Copies]:
    """What to print for each member who reads on paper, of the items that the reader may know; in three queries."""
    if session.state not in PRINTED:
        return []
    statements = ItemStatement.objects.filter(item__session=session)
    said = {
        (item, member): link for item, member, link in statements.values_list("item", "mandate", "has_link")
    }
    reading = set(
        Assignment.objects.filter(
            application__in=[row.item.application_id for row in rows], state__in=Assignment.READING
        ).values_list("application_id", "user_id")
    )
    found = []
    for invitation in paper_copies(session):
        copies, member = Copies(invitation), invitation.mandate_id
        for row in rows:
            item = row.item
            if not row.is_open or item.state not in AgendaItem.PENDING:
                continue
            link = said.get((item.pk, member))
            if link is False or (
                link is None and (item.application_id, invitation.mandate.user_id) in reading
            ):
                copies.packs.append(row)
            elif link is None:
                copies.waiting += 1
        found.append(copies)
    return found


def own_pack(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The dossier of an item to read on paper; Http404 before the member said that there is no link."""
    mandate = own_seat(request)
    return _pack(request, visible_item(request, reference, pk), mandate)


@staff_required(Role.SECRETARIAT)
def pack(request: HttpRequest, reference: str, member: int, pk: int) -> HttpResponse:
    """The same, printed for a member convened who said that there is no link; before that, nothing leaves."""
    item = visible_item(request, reference, pk)
    rows = item.session.invitations.filter(convocation=item.session.convocation, mandate=member)
    invitation = rows.select_related("mandate__user").first()
    if invitation is None:
        raise Http404
    return _pack(request, item, invitation.mandate)


def _pack(request: HttpRequest, item: AgendaItem, mandate: Mandate) -> HttpResponse:
    snapshot = item.application.snapshot
    visible = Application.objects.visible_to(mandate.user, on=timezone.localdate())
    if (
        snapshot is None
        or mandate.pk not in who_stated(item, [mandate.pk])
        or not visible.filter(pk=item.application_id).exists()
    ):
        raise Http404
    content = pack_pdf(
        item.application, snapshot, cover=_cover(item, mandate), large_print="gros" in request.GET
    )
    answer = HttpResponse(content, content_type="application/pdf")
    name = f"seance-{item.session.reference}-{item.application.reference}.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@translation.override("fr")
def _cover(item: AgendaItem, mandate: Mandate) -> Cover:
    """The pack of a session: after the summary, what must be discussed and the result, as on the page of the item."""
    return Cover(
        gettext_lazy("Dossier de séance"),
        gettext_lazy("Confidentiel : pour la séance seulement"),
        () if owes_a_review(item, mandate) else tuple(_discussed(item)),
    )


def owes_a_review(item: AgendaItem, mandate: Mandate) -> bool:
    """Nobody reads what the others think before giving their own scores."""
    owed = Assignment.objects.filter(
        application=item.application_id, user=mandate.user_id, state__in=Assignment.OPEN
    )
    return owed.exists()


def _discussed(item: AgendaItem) -> Iterator[Block]:
    points = [words for _point, words in point_sentences(item)]
    if points:
        yield ("h", _("À discuter en séance"))
        yield ("li", points)
    result = result_of(item.application, latest(item.application))
    if result is not None:
        told = [(_("Total"), result["total"]), *result["axes"]]
        told += [(name, figure) for name, _count, figure in result["colleges"]]
        yield ("h", _("Résultat de l'évaluation"))
        yield ("facts", [(name, _percent(figure)) for name, figure in told])


def _percent(figure: Decimal | None) -> str:
    return french_percent(figure, decimals=1) if figure is not None else EMPTY
