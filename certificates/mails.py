"""The mails about a label that lives: they announce and lead to a page, after sign-in."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from certificates.models import Condition, Label, MergerRequest, Suspension
from certificates.openings import band, was_refused
from certificates.renewals import followers, window_of
from label.mails import Words, members_who_write
from label.models import Application
from letters import actions as letters
from letters.spoken import told_date
from structures.models import Structure


def suspension_ends(period: Suspension, offset_days: int, *, at: datetime) -> None:
    """To the signatories and the officer of the label: the written end comes, and a person may decide before."""
    label, on = period.label, timezone.localdate(at)
    officer = label.application.case_officer_id
    concerned = list(User.objects.holding(Role.SIGNATORY, on=on).values_list("pk", flat=True))
    for person in User.objects.answering_for([*concerned, *([officer] if officer else [])], on=on):
        letters.queue_mail(
            kind="suspension_ends",
            key=f"{period.pk}:{offset_days}",
            recipient=person,
            title=lambda: _("Fin de suspension le {date} : {number}").format(
                date=told_date(period.ends_on), number=label.number
            ),
            text=lambda: _(
                "La suspension du label {number} s'arrête le {date}. "
                "Sans nouvelle décision, le label redevient valable le lendemain."
            ).format(number=label.number, date=told_date(period.ends_on)),
            at=at,
            thread=label.thread,
            path=reverse("staff_label", args=[label.number]),
        )


def condition_due(condition: Condition, occasion: int | str, *, at: datetime) -> None:
    """To the association: a proof is awaited before a date."""
    for person in members_who_write(condition.label.structure):
        letters.queue_mail(
            kind="condition_due",
            key=f"{condition.pk}:{occasion}",
            recipient=person,
            title=lambda: _("Une preuve à envoyer avant le {date}").format(date=told_date(condition.due_on)),
            text=lambda: _(
                "Pour garder votre label, vous avez un point à corriger et une preuve à envoyer "
                "avant le {date}. Le détail est dans votre espace."
            ).format(date=told_date(condition.due_on)),
            at=at,
            thread=condition.label.thread,
            path=reverse("space_label"),
        )


def condition_read(condition: Condition, *, at: datetime) -> None:
    """To the association: its proof was read. What was found is on its page, never in the mail."""
    for person in members_who_write(condition.label.structure):
        letters.queue_mail(
            kind="condition_read",
            key=f"{condition.pk}:{at.isoformat()}",
            recipient=person,
            title=lambda: _("Votre preuve a été lue"),
            text=lambda: _("Nous avons lu la preuve que vous avez envoyée. La suite est dans votre espace."),
            at=at,
            thread=condition.label.thread,
            path=reverse("space_label"),
        )


def relinquished(label: Label, *, at: datetime) -> None:
    """To the association and to the officer of the label: it was given up."""
    _ended(
        label,
        "relinquished",
        lambda: (
            _("Label rendu : {number}").format(number=label.number),
            _("Le label {number} est rendu depuis le {date}. Il ne peut plus être utilisé.").format(
                number=label.number, date=told_date(timezone.localdate(at))
            ),
        ),
        at=at,
    )


def annulled_by_a_judge(label: Label, *, at: datetime) -> None:
    """To the association and to the officer of the label: a judgment annulled the grant (domain 5.3, notice)."""
    _ended(
        label,
        "annulled_by_a_judge",
        lambda: (
            _("Label annulé par un juge : {number}").format(number=label.number),
            _(
                "Un juge a annulé la décision qui donnait le label {number}. "
                "Depuis le {date}, il ne peut plus être utilisé. "
                "Écrivez-nous si vous voulez comprendre ce jugement, ou déposer une nouvelle demande."
            ).format(number=label.number, date=told_date(timezone.localdate(at))),
        ),
        at=at,
    )


def _ended(label: Label, kind: str, words: Words, *, at: datetime) -> None:
    officer = label.application.case_officer_id
    told = [(one, reverse("space_label")) for one in members_who_write(label.structure)]
    told += [
        (one, reverse("staff_label", args=[label.number]))
        for one in User.objects.answering_for([officer] if officer else [], on=timezone.localdate(at))
    ]
    for person, path in told:
        letters.queue_mail(
            kind=kind,
            key=str(label.pk),
            recipient=person,
            title=lambda: words()[0],
            text=lambda: words()[1],
            at=at,
            thread=label.thread,
            path=path,
        )


def _tell(label: Label, kind: str, key: str, words: Words, page: str, *, at: datetime) -> None:
    for person in members_who_write(label.structure):
        letters.queue_mail(
            kind=kind,
            key=f"{label.number}:{key}",
            recipient=person,
            title=lambda: words()[0],
            text=lambda: words()[1],
            at=at,
            thread=label.thread,
            path=reverse(page),
        )


def renewal_call(label: Label, *, on: date, at: datetime) -> None:
    """M9: the renewal is open, or is still not filed; one mail per person and per date."""
    window = window_of(label)
    draft = followers(label).filter(kind=Application.Kind.RENEWAL, state=Application.State.DRAFT).first()

    def words() -> tuple[str, str]:
        until = window.protected_until if on <= window.protected_until else window.ends_on
        title = _("Renouvelez votre label avant le {date}").format(date=told_date(until))
        begun = (
            _("Votre brouillon {DOS} n'est pas encore déposé.").format(DOS=draft.reference)
            if draft
            else _("Votre dernier dossier est repris : il reste à relire et à changer ce qui a changé.")
        )
        prepare = _(
            "À préparer : les comptes, la composition du conseil et ce qui a changé dans vos actions."
        )
        return title, " ".join([band(label, on), begun, prepare])

    _tell(label, "renewal", str(on), words, "space_renewal", at=at)


def label_ended(label: Label, *, at: datetime) -> None:
    """The label has ended by its date: what to do with the logo is in the letter, and there is a way back."""
    until = None if was_refused(label) else window_of(label).come_back_until

    def words() -> tuple[str, str]:
        title = _("Votre label est terminé : {structure}").format(structure=label.structure.name[:120])
        parts = [_("Le courrier dans votre espace dit à partir de quand ne plus utiliser le logo.")]
        if until:
            parts.append(
                _("Jusqu'au {date}, une demande allégée est possible.").format(date=told_date(until))
            )
        return title, " ".join(parts)

    _tell(label, "label_ended", "end", words, "space_label", at=at)


def merger_answer_is_near(asked: MergerRequest, offset_days: int, *, at: datetime) -> None:
    """To the signatories and the officer of the label: without an answer, silence will be an acceptance."""
    label, on = asked.label, timezone.localdate(at)
    officer = label.application.case_officer_id
    concerned = list(User.objects.holding(Role.SIGNATORY, on=on).values_list("pk", flat=True))
    for person in User.objects.answering_for([*concerned, *([officer] if officer else [])], on=on):
        letters.queue_mail(
            kind="merger_near",
            key=f"{asked.pk}:{offset_days}",
            recipient=person,
            title=lambda: _("Une demande avant fusion à répondre avant le {date}").format(
                date=told_date(asked.due_on)
            ),
            text=lambda: _(
                "Le porteur du label {number} demande si son label continuera après une fusion. "
                "Sans réponse écrite le {date}, le silence vaut accord."
            ).format(number=label.number, date=told_date(asked.due_on)),
            at=at,
            thread=label.thread,
            path=reverse("staff_merger", args=[asked.pk]),
        )


def merger_answered(asked: MergerRequest, successor: Structure, *, at: datetime) -> None:
    """To those who write for the structure that would take over: the answer can be read."""
    for person in members_who_write(successor):
        letters.queue_mail(
            kind="merger_answered",
            key=str(asked.pk),
            recipient=person,
            title=lambda: _("Fusion prévue : notre réponse sur le label"),
            text=lambda: _(
                "Une structure avec laquelle une fusion est prévue nous a demandé ce que deviendra son label. "
                "Notre réponse est dans votre espace."
            ),
            at=at,
            thread=asked.label.thread,
            path=reverse("merger_request", args=[asked.pk]),
            or_by_hand=True,
        )
