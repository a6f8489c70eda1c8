"""The mails to many about labels: a new charter to sign, a new edition announced, a renewal to prepare."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Exists, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from certificates.models import Label
from certificates.norms import to_sign_again
from certificates.renewals import window_of
from charter.clocks import start_signature
from charter.mails import signature_words
from charter.models import SIGNATURE, Charter
from deadlines import actions as deadlines
from deadlines.calendar import add_months
from journal.moves import subject_key
from label.models import Edition
from letters.campaigns import Campaign, Criteria, Target, Words, campaign
from letters.models import MailingRecipient
from letters.spoken import told_date
from structures.models import Membership, Structure


def representatives(labels: QuerySet[Label]) -> dict[int, User]:
    """Who represents each structure of these labels, by structure; one query."""
    seats = Membership.objects.current().filter(
        role=Membership.Role.REPRESENTATIVE, structure__in=labels.values("structure")
    )
    return {seat.structure_id: seat.user for seat in seats.select_related("user").order_by("-pk")}


def label_of(recipient: MailingRecipient) -> Label:
    """The label that a row of a mailing is about."""
    return Label.objects.select_related("structure").get(pk=int(recipient.subject.split(":", 1)[1]))


class ToHolders(Campaign):
    """A mailing to the representatives of the holders of some labels."""

    def labels(self, criteria: Criteria, on: date) -> QuerySet[Label]:
        """The labels that it concerns that day."""
        raise NotImplementedError

    def concerned(self, criteria: Criteria, on: date) -> Iterator[Target]:
        labels = self.labels(criteria, on).select_related("structure").order_by("pk")
        people = representatives(labels)
        for label in labels:
            about = f"{label.structure.name} ({label.number})"
            yield Target(subject_key(label), label.thread_id, about, people.get(label.structure_id))

    def still_concerns(self, criteria: Criteria, recipient: MailingRecipient, on: date) -> bool:
        key = int(recipient.subject.split(":", 1)[1])
        return self.labels(criteria, on).filter(pk=key).exists()


@campaign
class CharterToSign(Campaign):
    """A new version of the charter: each holder of a live label is asked to sign it (domain 5.3)."""

    code = "charter_signature"
    title = gettext_lazy("La charte a changé : à signer")
    why = gettext_lazy("Ces structures ont un label et n'ont pas signé la version en vigueur de la charte.")

    def criteria(self, on: date) -> Criteria | None:
        charter = Charter.objects.in_force()
        return {"charter": charter.version} if charter else None

    def concerned(self, criteria: Criteria, on: date) -> Iterator[Target]:
        labels = to_sign_again(self._charter(criteria), on=on).order_by("pk")
        people = representatives(labels)
        for label in labels:
            held = label.structure
            yield Target(subject_key(held), held.thread_id, held.name, people.get(held.pk))

    def still_concerns(self, criteria: Criteria, recipient: MailingRecipient, on: date) -> bool:
        charter, structure = self._charter(criteria), self._structure(recipient)
        is_current = charter.state == Charter.State.IN_FORCE
        return is_current and to_sign_again(charter, on=on).filter(structure=structure).exists()

    def words(self, criteria: Criteria, recipient: MailingRecipient, on: date) -> Words:
        charter, structure = self._charter(criteria), self._structure(recipient)
        running = deadlines.running(structure, SIGNATURE)
        begun = max(on, charter.effective_on or on)
        sign_by = begun + timedelta(days=settings.CHARTER_SIGNATURE_DAYS)
        if running is not None and running.proof == subject_key(charter) and running.due_on:
            sign_by = running.due_on
        title, text = signature_words(structure, sign_by=sign_by)
        return Words(title, text, reverse("charter_sign"))

    def told(self, criteria: Criteria, recipient: MailingRecipient, at: datetime) -> None:
        start_signature(self._structure(recipient), self._charter(criteria), at=at)

    def _charter(self, criteria: Criteria) -> Charter:
        return Charter.objects.get(version=criteria["charter"])

    def _structure(self, recipient: MailingRecipient) -> Structure:
        return Structure.objects.select_related("thread").get(pk=int(recipient.subject.split(":", 1)[1]))


@campaign
class EditionAnnounced(ToHolders):
    """An adopted edition is announced to the holders of labels before it comes into force."""

    code = "edition_notice"
    title = gettext_lazy("Le référentiel va changer")
    why = gettext_lazy("Ces structures ont un label. Une nouvelle édition du référentiel est adoptée.")

    def criteria(self, on: date) -> Criteria | None:
        coming = Edition.objects.filter(state=Edition.State.ADOPTED, effective_on__gt=on)
        edition = coming.order_by("effective_on", "pk").first()
        return {"edition": edition.version} if edition else None

    def labels(self, criteria: Criteria, on: date) -> QuerySet[Label]:
        edition = Edition.objects.filter(version=criteria["edition"], state=Edition.State.ADOPTED)
        return Label.objects.listed(on=on).filter(Exists(edition))

    def words(self, criteria: Criteria, recipient: MailingRecipient, on: date) -> Words:
        edition = Edition.objects.get(version=criteria["edition"])
        label = label_of(recipient)
        text = _(
            "Le référentiel {version} remplacera l'édition actuelle le {date}. Votre label {number} ne change pas : "
            "{structure} sera suivie avec la nouvelle édition à son prochain suivi ou à son renouvellement. "
            "Vous n'avez rien à faire aujourd'hui."
        ).format(
            version=edition.version,
            date=told_date(edition.effective_on or on),
            number=label.number,
            structure=label.structure.name,
        )
        title = _("Le référentiel change le {date}").format(date=told_date(edition.effective_on or on))
        return Words(title, text, reverse("space_label"))


@campaign
class RenewalCalled(ToHolders):
    """A call to the holders whose label ends and who have not begun a renewal."""

    code = "renewal_call"
    title = gettext_lazy("Votre label se termine : préparer le renouvellement")
    why = gettext_lazy("Ces labels se terminent bientôt et aucun renouvellement n'est commencé.")

    def criteria(self, on: date) -> Criteria | None:
        return {"ends_before": add_months(on, settings.RENEWAL_WINDOW_MONTHS).isoformat()}

    def labels(self, criteria: Criteria, on: date) -> QuerySet[Label]:
        ending = Label.objects.listed(on=on).ending_without_renewal(on=on, not_begun=True)
        return ending.filter(
            ends_on__lte=date.fromisoformat(criteria["ends_before"]), renewal_declined_on=None
        )

    def words(self, criteria: Criteria, recipient: MailingRecipient, on: date) -> Words:
        label = label_of(recipient)
        before = window_of(label).protected_until
        in_time = _(
            "Le label {number} de {structure} se termine le {end}. Un dossier déposé au plus tard le {before} évite "
            "toute interruption. Votre dossier précédent sert de point de départ."
        )
        late = _(
            "Le label {number} de {structure} se termine le {end}. Vous pouvez encore demander le renouvellement ; "
            "le label peut s'arrêter à cette date si nous n'avons pas fini. Votre dossier précédent sert de point "
            "de départ."
        )
        text = (in_time if on <= before else late).format(
            number=label.number,
            structure=label.structure.name,
            end=told_date(label.own_end),
            before=told_date(before),
        )
        title = _("Votre label se termine le {date}").format(date=told_date(label.own_end))
        return Words(title, text, reverse("space_label"))
