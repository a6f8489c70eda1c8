"""A certificate issued again with the same dates, when what it prints was wrong (domain 5.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.actions.hearings import held_label
from certificates.credential.keys import public_keys
from certificates.facts import facts_of
from certificates.models import Certificate, Label
from certificates.renewals import followers
from certificates.rules import require_on_label
from certificates.seal import signers
from certificates.tasks import make_after_commit
from decisions.checklist import GRANTING
from decisions.models import Decision
from journal.moves import Actor, note
from journal.refusals import Blocked
from journal.wording import is_blank
from label.models import Application

BATCH = 50


@transaction.atomic
def reissue_certificate(*, label_pk: int, at: datetime, by: Actor) -> Certificate:
    """Issue the certificate again from what is true today, with a reason (`by.reason`); the former issue is kept.

    The number and the dates of the label stay. Raises `NotAllowed`, `Blocked` without a reason, once the label has
    ended, or when nothing printed would differ.
    """
    label = held_label(label_pk)
    by = require_on_label("certificates.prepare_measure", by, label, on=timezone.localdate(at))
    if label.state not in Label.LIVE:
        raise Blocked([_("Le label n'est plus en cours.")])
    if is_blank(by.reason):
        raise Blocked([_("Dites en une phrase pourquoi.")])
    last = label.certificates.order_by("-issue").first()
    facts = facts_of(label, _last_grant(label), label.solutions())
    if last is not None and last.facts == facts:
        raise Blocked([_("Le certificat dit déjà ce qui est vrai aujourd'hui.")])
    made = Certificate.objects.create(
        label=label, issue=(last.issue if last else 0) + 1, facts=facts, issued_at=at, replaces=last
    )
    make_after_commit(made.pk)
    note(label, what="reissue_certificate", at=at, by=by)
    return made


def issue_again(label: Label, *, at: datetime) -> Certificate | None:
    """Issue the same certificate again with another credential, for a label that is held; None when it had none yet."""
    last = label.certificates.order_by("-issue").first()
    if last is None:
        return None
    again = Certificate.objects.create(
        label=label, issue=last.issue + 1, facts=last.facts, issued_at=at, replaces=last
    )
    make_after_commit(again.pk)
    return again


def replace_lost_credentials(*, at: datetime) -> int:
    """Issue again the certificate of each label that holds whose credential no published key has signed; how many.

    What follows a stolen key, once it is published no more. Run again, it goes on where it stopped.
    """
    last = Certificate.objects.filter(label=OuterRef("pk")).order_by("-issue")
    signed_by = last.values("credential__signed_by")[:1]
    holding = Label.objects.holding(on=timezone.localdate(at))
    lost = holding.annotate(signed_by=Subquery(signed_by)).exclude(signed_by=None)
    found = lost.exclude(signed_by__in=list(public_keys())).order_by("pk")
    return _issued_again(found, list(found.values_list("pk", flat=True)), at)


def seal_what_was_not(*, at: datetime) -> int:
    """Issue again, sealed, the certificates that were made without a key, of labels that hold; how many. Bounded.

    Nothing while no key is set. What was issued unsealed stays as it is.
    """
    if not signers.is_available():
        return 0
    last = Certificate.objects.filter(label=OuterRef("pk"), replaced_by=None)
    holding = Label.objects.holding(on=timezone.localdate(at))
    unsealed = holding.filter(Exists(last.filter(file__isnull=False, sealed_at=None))).order_by("pk")
    return _issued_again(unsealed, list(unsealed.values_list("pk", flat=True)[:BATCH]), at)


def _issued_again(wanted: QuerySet[Label], found: list[int], at: datetime) -> int:
    """Each label found is asked again once it is held: somebody else may have done it meanwhile."""
    done = 0
    for label_pk in found:
        with transaction.atomic():
            label = Label.objects.hold(label_pk)
            if wanted.filter(pk=label_pk).exists():
                issue_again(label, at=at)
                note(label, what="reissue_certificate", at=at, by=Actor.system())
                done += 1
    return done


def _last_grant(label: Label) -> Decision:
    """The act that the certificate names: the grant, or the last addition that its holder received."""
    added = Decision.objects.filter(
        application__in=followers(label).filter(kind=Application.Kind.ADDITION),
        kind__in=GRANTING,
        notified_on__isnull=False,
    )
    return added.order_by("-signed_at").first() or label.decision
