"""What awaits the members of a structure: first what the law or a date asks for, then what is advised."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.models import Condition, Label
from charter.models import Charter, Signature
from decisions.models import Appeal
from label.models import Application, DocumentRequest
from letters import parts
from letters.models import Exchange, Letter
from reviewers.models import Deferral
from structures.models import Invitation, Membership, Structure
from structures.rules import WRITERS
from workflows.todo.engine import Found, Reader, Task, source

REPRESENTATIVE = Membership.Role.REPRESENTATIVE


def _memberships(reader: Reader, *roles: str) -> QuerySet[Membership]:
    rows = Membership.objects.current().filter(user=reader.user, structure__in=reader.structures)
    return rows.filter(role__in=roles) if roles else rows


def structures_of(reader: Reader, *roles: str) -> QuerySet[Any, Any]:
    """The structures for which the reader acts in one of these roles, whose space is open to writing."""
    return _memberships(reader, *roles).filter(structure__state=Structure.State.OPEN).values("structure_id")


def _start_of(day: date) -> datetime:
    """An invitation that ends in the course of a day counts until its evening."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _pieces(found: Found) -> Task:
    number = int(found.extra)
    title = ngettext(
        "Envoyer {n} pièce qui manque à votre dossier",
        "Envoyer {n} pièces qui manquent à votre dossier",
        number,
    )
    return Task(
        f"pieces-{found.row}",
        title.format(n=number),
        found.reference,
        reverse("application_pieces", args=[found.reference]),
        found.since,
        why=_("Tant que les pièces manquent, le délai de réponse de l'Institut est arrêté."),
        action=_("Répondre à la demande"),
        dossier=found.dossier,
        clock="documents",
    )


@source(
    "space",
    moment="asked_at",
    tell=_pieces,
    dossier="application_id",
    reference="application__reference",
    extra=Cast(Count("pieces", filter=Q(pieces__answered_at=None)), CharField()),
)
def pieces_to_send(reader: Reader) -> QuerySet[Any, Any]:
    """Requests for pieces that wait for their answer."""
    return DocumentRequest.objects.filter(
        answered_at=None,
        application__state=Application.State.INCOMPLETE,
        application__structure__in=structures_of(reader, *WRITERS),
    )


def _questions(found: Found) -> Task:
    return Task(
        f"questions-{found.row}",
        _("Répondre aux questions du comité"),
        found.reference,
        reverse("application_deferral", args=[found.reference]),
        found.since,
        why=_("Sans réponse à temps, le comité donnera son avis avec ce qu'il a."),
        action=_("Répondre"),
        dossier=found.dossier,
        clock="deferral",
    )


@source(
    "space",
    moment="item__settled_at",
    tell=_questions,
    dossier="application_id",
    reference="application__reference",
)
def questions_to_answer(reader: Reader) -> QuerySet[Any, Any]:
    """What the committee asks before its opinion."""
    return Deferral.objects.filter(
        answered_at=None,
        passed_at=None,
        application__state=Application.State.DEFERRED,
        application__structure__in=structures_of(reader, *WRITERS),
    )


def _letter(found: Found) -> Task:
    return Task(
        f"letter-{found.row}",
        _("Une décision est disponible"),
        found.reference,
        reverse("letter", args=[found.row]),
        found.since,
        why=_("La lettre dit ce qui est décidé, pourquoi, et comment contester."),
        action=_("Ouvrir la lettre"),
        # the day on which it counts as received, opened or not (domain 3.2)
        due_on=timezone.localdate(found.since) + timedelta(days=settings.PRESUMED_RECEIPT_DAYS),
    )


@source("space", moment="issued_at", tell=_letter, reference="thread__application__reference")
def letters_to_open(reader: Reader) -> QuerySet[Any, Any]:
    """Decisions served online that nobody has opened: the representative opens them. Receipts wait for nobody."""
    mine = _memberships(reader, REPRESENTATIVE).values("structure_id")
    return Letter.objects.filter(
        channel=Letter.Channel.ONLINE,
        received_on=None,
        opened_at=None,
        code__in=parts.ACTS,
        thread__application__structure__in=mine,
    )


def _message(found: Found) -> Task:
    return Task(
        f"message-{found.row}",
        _("Lire un message de l'Institut"),
        found.reference,
        reverse("exchanges", args=[f"label.application:{found.row}"]),
        found.since,
        action=_("Lire le message"),
    )


@source("space", moment="edited_at", tell=_message, reference="reference")
def messages_to_read(reader: Reader) -> QuerySet[Any, Any]:
    """Dossiers in which the office wrote and nobody has read."""
    unread = Exchange.objects.filter(
        side=Exchange.Side.OFFICE,
        read_at=None,
        subject=Concat(
            Value("label.application:"), Cast(OuterRef("pk"), CharField()), output_field=CharField()
        ),
    )
    mine = _memberships(reader).values("structure_id")
    return Application.objects.filter(Exists(unread), structure__in=mine)


def _holder_message(found: Found) -> Task:
    return Task(
        f"label-message-{found.row}",
        _("Lire un message de l'Institut"),
        found.reference,
        reverse("exchanges", args=[f"certificates.label:{found.row}"]),
        found.since,
        action=_("Lire le message"),
    )


@source("space", moment="issued_at", tell=_holder_message, reference="number")
def messages_on_labels_to_read(reader: Reader) -> QuerySet[Any, Any]:
    """Labels taken over by a merger, on which the office wrote to who holds them and nobody has read."""
    subject = Concat(
        Value("certificates.label:"), Cast(OuterRef("pk"), CharField()), output_field=CharField()
    )
    unread = Exchange.objects.filter(side=Exchange.Side.OFFICE, read_at=None, subject=subject)
    mine = _memberships(reader).values("structure_id")
    return Label.objects.filter(Exists(unread), structure__in=mine)


def _appeal_message(found: Found) -> Task:
    return Task(
        f"appeal-message-{found.row}",
        _("Lire un message sur votre recours"),
        found.reference,
        reverse("exchanges", args=[f"decisions.appeal:{found.row}"]),
        found.since,
        action=_("Lire le message"),
    )


@source("space", moment="lodged_at", tell=_appeal_message, reference="decision__application__reference")
def appeal_messages_to_read(reader: Reader) -> QuerySet[Any, Any]:
    """Appeals on which the office wrote and nobody has read."""
    subject = Concat(Value("decisions.appeal:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    unread = Exchange.objects.filter(side=Exchange.Side.OFFICE, read_at=None, subject=subject)
    mine = _memberships(reader).values("structure_id")
    return Appeal.objects.filter(Exists(unread), decision__application__structure__in=mine)


def _request(found: Found) -> Task:
    return Task(
        f"request-{found.row}",
        _("Répondre à une demande pour rejoindre votre structure"),
        "",
        reverse("structure_people"),
        found.since,
        why=f"{found.reference} {found.name}",
        action=_("Voir la demande"),
    )


@source(
    "space",
    moment="created_at",
    tell=_request,
    reference="requested_by__first_name",
    name="requested_by__last_name",
)
def people_who_ask_to_join(reader: Reader) -> QuerySet[Any, Any]:
    """Requests to join the structure: its representative answers."""
    mine = structures_of(reader, REPRESENTATIVE)
    waiting = Invitation.objects.filter(answered_at=None, expires_at__gt=_start_of(reader.on))
    return waiting.filter(structure__in=mine, requested_by__isnull=False)


def _draft(found: Found) -> Task:
    return Task(
        f"draft-{found.row}",
        _("Continuer votre dossier"),
        found.reference,
        reverse("application", args=[found.reference]),
        found.since,
        why=_("Ce que vous avez écrit est enregistré. Rien n'est encore envoyé."),
        action=_("Continuer"),
    )


@source("space", moment="opened_at", tell=_draft, reference="reference")
def drafts(reader: Reader) -> QuerySet[Any, Any]:
    """Drafts to go on with."""
    return Application.objects.filter(
        state=Application.State.DRAFT, structure__in=structures_of(reader, *WRITERS)
    )


def _charter(found: Found) -> Task:
    return Task(
        f"charter-{found.row}",
        _("Signer la charte d'engagement"),
        "",
        reverse("charter_sign"),
        found.since,
        why=_("Vous la lisez, puis vous la signez avec un code. Comptez 10 minutes."),
        action=_("Lire et signer"),
    )


@source("space", moment="started_at", tell=_charter)
def charters_to_sign(reader: Reader) -> QuerySet[Any, Any]:
    """The charter in force, unsigned, once a dossier is begun: only the representative signs."""
    in_force = Charter.objects.filter(state=Charter.State.IN_FORCE)
    signed = Signature.objects.filter(structure=OuterRef("structure"), charter__in=in_force.values("pk"))
    begun = Application.objects.filter(structure=OuterRef("structure"), state=Application.State.DRAFT)
    rows = _memberships(reader, REPRESENTATIVE).filter(structure__state=Structure.State.OPEN)
    return rows.filter(Exists(in_force), Exists(begun), ~Exists(signed))


def _condition(found: Found) -> Task:
    return Task(
        f"condition-{found.row}",
        _("Lever une réserve de votre label"),
        found.reference,
        reverse("condition_proof", args=[found.row]),
        found.since,
        why=found.extra,
        action=_("Envoyer la preuve"),
        due_on=found.due_on,
    )


@source(
    "space",
    moment="label__issued_at",
    tell=_condition,
    reference="label__number",
    extra="text",
    due="due_on",
)
def conditions_to_meet(reader: Reader) -> QuerySet[Any, Any]:
    """Conditions whose proof is awaited, on a label of the structure, once its act is notified."""
    labels = Label.objects.live().filter(structure__in=structures_of(reader))
    mine = Label.objects.visible_to(reader.user, on=reader.on).filter(pk__in=labels.values("pk"))
    return Condition.objects.filter(met_on=None, answered_at=None, label__in=mine.values("pk"))


def _second(found: Found) -> Task:
    return Task(
        f"second-{found.row}",
        _("Ajouter une deuxième personne à contacter"),
        "",
        reverse("structure_people"),
        found.since,
        why=_("Si vous n'êtes pas là, une autre personne recevra nos messages."),
        action=_("Inviter une personne"),
        advised=True,
    )


@source("space", moment="created_at", tell=_second)
def structures_with_one_person(reader: Reader) -> QuerySet[Any, Any]:
    """Structures known by one person only."""
    others = Membership.objects.current().filter(structure=OuterRef("pk")).exclude(user=reader.user)
    waiting = Invitation.objects.filter(answered_at=None, expires_at__gt=_start_of(reader.on))
    invited = waiting.filter(structure=OuterRef("pk"), requested_by=None)
    return Structure.objects.filter(~Exists(others), ~Exists(invited), pk__in=structures_of(reader, *WRITERS))
