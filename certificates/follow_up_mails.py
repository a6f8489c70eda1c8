"""The mails about follow-ups, gaps and declared changes: they announce and lead to a page, after sign-in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.follow_up import read_before
from certificates.models import Change, FollowUp, Gap, Label
from label import mails
from letters import actions as letters
from letters.spoken import told_date

Words = Callable[[], tuple[str, str]]


def _announce(label: Label, kind: str, words: Words, path: str, *, key: str, at: datetime) -> None:
    """One mail per contact, in the language of each; whoever has no mailbox is told by the office."""
    for person in mails.contacts(label.application):
        letters.queue_mail(
            kind=kind,
            key=key,
            recipient=person,
            title=lambda: words()[0],
            text=lambda: words()[1],
            at=at,
            thread=label.thread,
            path=path,
            or_by_hand=True,
        )


def page_of(follow_up: FollowUp) -> str:
    """The page of the association about a follow-up."""
    return reverse("follow_up", args=[follow_up.year])


def opened(follow_up: FollowUp, *, at: datetime) -> None:
    """M9: the follow-up is open."""

    def words() -> tuple[str, str]:
        text = _(
            "Le suivi annuel de votre label {number} est ouvert. Envoyez-le avant le {date} : il montre que votre "
            "label est toujours mérité. Préparez les comptes de l'année, le nombre de personnes aidées et de "
            "bénévoles actifs."
        )
        return _("Suivi annuel : 5 minutes si rien n'a changé"), text.format(
            number=follow_up.label.number, date=told_date(follow_up.due_on)
        )

    _announce(follow_up.label, "follow_up_opened", words, page_of(follow_up), key=str(follow_up.pk), at=at)


def awaited(follow_up: FollowUp, offset: int, *, at: datetime) -> None:
    """The day has come, or is passed: the follow-up is awaited."""

    def words() -> tuple[str, str]:
        text = _(
            "Le suivi annuel de votre label {number} est attendu depuis le {date}. Vous pouvez encore l'envoyer : "
            "5 minutes suffisent si rien n'a changé. Besoin d'aide ou de temps ? Appelez-nous."
        )
        return _("Suivi annuel attendu : {structure}").format(
            structure=follow_up.label.structure.name[:120]
        ), text.format(number=follow_up.label.number, date=told_date(follow_up.due_on))

    key = f"{follow_up.pk}:{offset}"
    _announce(follow_up.label, "follow_up_awaited", words, page_of(follow_up), key=key, at=at)


def received(follow_up: FollowUp, *, at: datetime) -> None:
    """The follow-up is sent: its receipt, and until when it is read."""
    before = read_before(follow_up)

    def words() -> tuple[str, str]:
        text = _("Nous avons reçu votre suivi annuel. Nous le lisons avant le {date}.")
        return _("Suivi annuel reçu : {structure}").format(
            structure=follow_up.label.structure.name[:120]
        ), text.format(date=told_date(before) if before else "")

    _announce(follow_up.label, "follow_up_received", words, page_of(follow_up), key=str(follow_up.pk), at=at)


def in_order(follow_up: FollowUp, *, at: datetime) -> None:
    """The follow-up is read, or its gaps are closed: all is in order."""

    def words() -> tuple[str, str]:
        text = _("Votre suivi annuel est terminé : tout est en ordre. Vous n'avez rien à faire.")
        return _("Suivi annuel terminé : {structure}").format(
            structure=follow_up.label.structure.name[:120]
        ), text

    _announce(follow_up.label, "follow_up_over", words, page_of(follow_up), key=str(follow_up.pk), at=at)


def gaps_found(follow_up: FollowUp, gaps: list[Gap], *, at: datetime) -> None:
    """Gaps were found: how many, and the first date. What they are stands on the page."""
    first = min(gap.due_on for gap in gaps)

    def words() -> tuple[str, str]:
        title = ngettext(
            "{n} point à corriger avant le {date} : {structure}",
            "{n} points à corriger, le premier avant le {date} : {structure}",
            len(gaps),
        ).format(n=len(gaps), date=told_date(first), structure=follow_up.label.structure.name[:100])
        text = _(
            "Nous avons lu votre suivi annuel. La page dit ce qui est attendu et comment envoyer une preuve. "
            "Une question ? Appelez-nous."
        )
        return title, text

    _announce(follow_up.label, "gaps_found", words, page_of(follow_up), key=str(follow_up.pk), at=at)


def gap_awaited(gap: Gap, *, at: datetime, key: str) -> None:
    """The proof of a gap is awaited: its date comes near, or the proof sent did not show what was expected."""
    follow_up = gap.follow_up

    def words() -> tuple[str, str]:
        text = _(
            "Une preuve est attendue pour votre suivi annuel. La page dit laquelle. Besoin d'aide ? Appelez-nous."
        )
        return _("Une preuve à envoyer avant le {date} : {structure}").format(
            date=told_date(gap.due_on), structure=follow_up.label.structure.name[:100]
        ), text

    _announce(follow_up.label, "gap_awaited", words, page_of(follow_up), key=f"{gap.pk}:{key}", at=at)


def change_received(change: Change, *, at: datetime) -> None:
    """A change was declared: its receipt."""

    def words() -> tuple[str, str]:
        text = _(
            "Nous avons reçu le changement que vous déclarez. Nous le lisons et vous écrivons si besoin."
        )
        return _("Changement reçu : {structure}").format(structure=change.label.structure.name[:120]), text

    _announce(change.label, "change_received", words, reverse("space_label"), key=str(change.pk), at=at)
