"""What members are told by mail: never the name of a structure, a score, or the reason of an absence."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Role, User
from label.mails import announce
from label.models import Application
from letters.actions import queue_mail
from letters.actions.mails import Words
from letters.spoken import told_date
from reviewers.challenges import last_day_to_ask
from reviewers.models import Assignment, Challenge, LinkMatch, Mandate, MandateHearing, StaffMatch


def propose_review(assignment: Assignment, *, at: datetime, again: bool = False) -> None:
    """M5: a review is proposed, or still waits for an answer."""

    def text() -> str:
        return _(
            "Accepteriez-vous d'évaluer un dossier avant le {date} ? Dites-le-nous avant le {answer} ; "
            "vous pouvez refuser sans donner de raison."
        ).format(
            date=told_date(assignment.review_due_on),
            answer=told_date(assignment.answer_due_on),
        )

    key = f"M5{'-again' if again else ''}:{assignment.pk}"
    _to_evaluator(assignment, "M5", gettext_lazy("Une évaluation vous est proposée"), text, key=key, at=at)


def await_review(assignment: Assignment, *, left: int, at: datetime) -> None:
    """M6: a review is awaited, with the way to ask for more time or a replacement."""

    def title() -> str:
        return _("Votre évaluation : avant le {date}").format(date=told_date(assignment.review_due_on))

    def text() -> str:
        return ngettext(
            "Il reste {n} critère. Besoin de plus de temps, ou d'être remplacé ? "
            "Un clic suffit, sans explication.",
            "Il reste {n} critères. Besoin de plus de temps, ou d'être remplacé ? "
            "Un clic suffit, sans explication.",
            left,
        ).format(n=left)

    key = f"M6:{assignment.pk}:{at.date().isoformat()}"
    _to_evaluator(assignment, "M6", title, text, key=key, at=at)


def tell_evaluation_is_over(assignment: Assignment, *, at: datetime) -> None:
    """The dossier has ended: nothing is awaited from the member; why it ended is not told."""
    _to_evaluator(
        assignment,
        "evaluation_over",
        gettext_lazy("Une évaluation n'est plus à faire"),
        gettext_lazy(
            "Le dossier qui vous était confié n'est plus à évaluer. Vous n'avez rien à faire. Merci."
        ),
        at=at,
        path=reverse("committee_reviews"),
    )


def tell_rapporteur(assignment: Assignment, *, at: datetime) -> None:
    """The lot named this member, who has accepted: they present the dossier in session; no name is written."""
    _to_evaluator(
        assignment,
        "rapporteur",
        gettext_lazy("Un dossier à présenter au comité"),
        gettext_lazy(
            "Après tirage au sort, c'est à vous de présenter en séance un dossier que vous évaluez."
        ),
        key=f"rapporteur:{assignment.pk}",
        at=at,
        path=reverse("committee_assignment", args=[assignment.pk]),
    )


def tell_link_is_answered(assignment: Assignment, *, at: datetime) -> None:
    """P15 « Le déontologue vous répond »: the member stays away from the dossier; no name is written."""
    _to_evaluator(
        assignment,
        "link_answered",
        gettext_lazy("Le déontologue a lu le lien que vous avez signalé"),
        gettext_lazy(
            "Merci de l'avoir signalé. Vous n'évaluez pas ce dossier, et vous n'avez rien d'autre à faire. "
            "Une question ? Appelez-nous."
        ),
        at=at,
        path=reverse("committee_interests"),
    )


def tell_staff_of_a_name(match: StaffMatch, application: Application, *, at: datetime) -> None:
    """Somebody of the Institute: somebody of a structure may bear their name; nobody's name is written."""
    words = gettext_lazy(
        "Une personne de la structure qui a déposé le dossier {number} porte votre nom, ou un nom proche. Ne prenez "
        "pas ce dossier : le déontologue regarde si c'est sans effet, et vous le dira."
    )
    queue_mail(
        kind="staff_name",
        key=str(match.pk),
        recipient=match.person,
        title=gettext_lazy("Un dossier à ne pas prendre pour le moment"),
        text=lambda: words.format(number=application.reference),
        at=at,
        thread=application.thread,
        path=reverse("staff_application", args=[application.reference]),
    )


def tell_staff_of_the_conclusion(match: StaffMatch, *, at: datetime) -> None:
    """The same once the ethics officer concluded: only whether they may handle the dossiers of the structure."""
    is_free = match.severity == LinkMatch.Severity.WITHOUT_EFFECT
    free = gettext_lazy("Vous pouvez suivre les dossiers de {structure} : votre nom est sans effet.")
    kept = gettext_lazy(
        "Ne suivez aucun dossier de {structure}. Si vous en suivez un, confiez-le à un collègue."
    )
    queue_mail(
        kind="staff_name_settled",
        key=f"{match.pk}:{at.isoformat()}",
        recipient=match.person,
        title=gettext_lazy("Le déontologue a répondu"),
        text=lambda: str(free if is_free else kept).format(structure=match.structure.name),
        at=at,
        thread=match.structure.thread,
    )


def tell_paper_entry(assignment: Assignment, *, days: int, until: date, at: datetime) -> None:
    """The member reads what was typed for them, and has five days to correct."""

    def text() -> str:
        return ngettext(
            "Nous avons recopié votre grille papier. Vous avez {n} jour pour corriger, jusqu'au {date}.",
            "Nous avons recopié votre grille papier. Vous avez {n} jours pour corriger, jusqu'au {date}.",
            days,
        ).format(n=days, date=told_date(until))

    key = f"paper_grid:{assignment.pk}:{assignment.version}"
    title = gettext_lazy("Votre grille papier est recopiée")
    _to_evaluator(assignment, "paper_grid", title, text, key=key, at=at)


def tell_rereading_entered(assignment: Assignment, *, at: datetime) -> None:
    """The member reads what was typed for them in the second round, and may correct it until the discussion closes."""
    _to_evaluator(
        assignment,
        "rereading",
        gettext_lazy("Votre relecture est recopiée"),
        gettext_lazy(
            "Nous avons recopié ce que vous gardez et ce que vous changez. "
            "Vous pouvez corriger jusqu'à la fin de la discussion."
        ),
        key=f"rereading:{assignment.pk}:{at.isoformat()}",
        at=at,
    )


def tell_safety_alert(assignment: Assignment, *, at: datetime, on: date) -> None:
    """Each person of the secretariat is told that an alert waits or was taken back, without its words."""
    for person in User.objects.holding(Role.SECRETARIAT, on=on):
        waits = bool(assignment.safety_alert)
        queue_mail(
            kind="safety_alert",
            key=f"safety_alert:{assignment.pk}:{assignment.version}:{person.pk}",
            recipient=person,
            title=gettext_lazy("Une alerte de sécurité attend votre lecture")
            if waits
            else gettext_lazy("Une alerte de sécurité est retirée"),
            text=gettext_lazy("Un membre du comité signale un risque pour des personnes.")
            if waits
            else gettext_lazy("Le membre du comité qui avait signalé un risque l'a retiré."),
            at=at,
            thread=assignment.application.thread,
            path=reverse("staff_panel", args=[assignment.application.reference]),
        )


def tell_discussion(assignment: Assignment, *, at: datetime, on: date) -> None:
    """The scores of the panel can be read and one's own changed; not to a member who has a link since then."""
    if not Assignment.objects.visible_to(assignment.mandate.user, on=on).filter(pk=assignment.pk).exists():
        return
    _to_evaluator(
        assignment,
        "discussion",
        gettext_lazy("Relisez vos notes avec celles du groupe"),
        gettext_lazy(
            "Toutes les évaluations d'un dossier sont arrivées. Vous pouvez lire les notes du groupe, "
            "sans les noms, et garder ou changer les vôtres."
        ),
        key=f"discussion:{assignment.pk}:{at.isoformat()}",
        at=at,
    )


def tell_outcome(application: Application, *, key: str, at: datetime, on: date) -> None:
    """Who gave a final evaluation is told that the decision can be read; not who has a link with the structure."""
    panel = Assignment.objects.filter(application=application, state=Assignment.State.FINAL)
    for assignment in panel.select_related("mandate__user").order_by("pk"):
        member = assignment.mandate.user
        if not Assignment.objects.visible_to(member, on=on).filter(pk=assignment.pk).exists():
            continue
        queue_mail(
            kind="outcome",
            key=f"outcome:{assignment.pk}:{key}",
            recipient=member,
            title=gettext_lazy("Un dossier que vous avez évalué a sa décision"),
            text=gettext_lazy("Vous pouvez la lire dans « Mes évaluations »."),
            at=at,
            thread=application.thread,
            path=reverse("committee_reviews"),
        )


def tell_panel_is_named(application: Application, *, at: datetime) -> None:
    """The association is told that the committee examines its dossier, and until when it may challenge somebody."""
    last = last_day_to_ask(application)
    if last is None:
        return

    def words() -> tuple[str, str]:
        text = _(
            "Des membres du comité lisent maintenant votre dossier. Une personne ne devrait pas l'examiner, à "
            "cause d'un lien ou d'un conflit ? Vous pouvez le dire jusqu'au {date}, sur la page du dossier."
        )
        return _("Le comité examine votre dossier"), text.format(date=told_date(last))

    key = f"panel:{last.isoformat()}"
    announce(application, "panel_named", words, "application_challenge", at=at, key=key)


def tell_challenge_is_answered(challenge: Challenge, *, at: datetime) -> None:
    """Who asked for a recusal, and who represents the association, may read the answer; the mail does not give it."""

    def words() -> tuple[str, str]:
        title = _("Votre demande de récusation a sa réponse")
        return title, _("Elle est sur la page du dossier.")

    announce(
        challenge.application,
        "challenge_answered",
        words,
        "application_challenge",
        at=at,
        key=f"challenge:{challenge.pk}",
    )


def propose_mandate(mandate: Mandate, *, at: datetime) -> None:
    """Somebody is approached for the committee."""
    _on_mandate(
        mandate,
        "mandate_proposed",
        gettext_lazy("Le comité du label vous propose un mandat"),
        gettext_lazy("Lisez ce qui vous est demandé, puis dites si vous acceptez."),
        at=at,
    )


def tell_appointed(mandate: Mandate, *, at: datetime, again: bool = False) -> None:
    """The member is appointed: what to do before the first dossier, in the days that the domain gives (5.1 MANDATE)."""

    def text() -> str:
        return ngettext(
            "Avant votre premier dossier, il faut, dans {n} jour : déclarer vos liens d'intérêts, "
            "signer l'engagement de confidentialité, suivre la formation d'une heure.",
            "Avant votre premier dossier, il faut, dans les {n} jours : déclarer vos liens d'intérêts, "
            "signer l'engagement de confidentialité, suivre la formation d'une heure.",
            settings.ACTIVATION_DAYS,
        ).format(n=settings.ACTIVATION_DAYS)

    title = (
        gettext_lazy("Avant votre premier dossier") if again else gettext_lazy("Vous êtes nommé au comité")
    )
    _on_mandate(mandate, "appointed", title, text, key=f"appointed:{mandate.pk}:{again}", at=at)


def tell_mandate_is_over(mandate: Mandate, *, at: datetime) -> None:
    """A term ended, or was ended: where to read it; why is on the page, never in the mail."""
    text = gettext_lazy(
        "Merci pour votre travail. La page de votre mandat dit ce qui suit, et ce que nous gardons."
    )
    if mandate.state == Mandate.State.TERMINATED:
        text = gettext_lazy("La page de votre mandat dit pourquoi, et ce que nous gardons.")
    title = gettext_lazy("Votre mandat au comité du label est terminé")
    _on_mandate(mandate, "mandate_over", title, text, at=at)


def tell_grounds(hearing: MandateHearing, *, at: datetime) -> None:
    """Something is held against a member: where to read it and until when to answer, nothing more."""

    def text() -> str:
        day = told_date(hearing.answer_until)
        return _("Nous attendons votre réponse avant le {date}. Rien n'est décidé.").format(date=day)

    title = gettext_lazy("Un courrier vous attend")
    _on_mandate(hearing.mandate, "hearing", title, text, key=f"hearing:{hearing.pk}", at=at)


def tell_grounds_are_dropped(hearing: MandateHearing, *, at: datetime) -> None:
    """The procedure stopped: nothing follows."""
    _on_mandate(
        hearing.mandate,
        "hearing_dropped",
        gettext_lazy("La procédure est arrêtée"),
        gettext_lazy("Votre mandat continue. Vous n'avez rien à faire."),
        key=f"hearing_dropped:{hearing.pk}",
        at=at,
    )


def ask_to_confirm_interests(mandate: Mandate, *, before: date, at: datetime) -> None:
    """The yearly confirmation of the declaration comes near."""

    def title() -> str:
        return _("Confirmez vos liens d'intérêts avant le {date}").format(date=told_date(before))

    key = f"interests:{mandate.pk}:{at.date().isoformat()}"
    text = gettext_lazy("Rien n'a changé ? Un clic suffit.")
    _on_mandate(mandate, "interests", title, text, key=key, at=at)


def _to_evaluator(
    assignment: Assignment,
    kind: str,
    title: Words,
    text: Words,
    *,
    at: datetime,
    key: str = "",
    path: str = "",
) -> None:
    """One mail to a member about an evaluation; it leads to its page unless told otherwise."""
    queue_mail(
        kind=kind,
        key=key or f"{kind}:{assignment.pk}",
        recipient=assignment.mandate.user,
        title=title,
        text=text,
        at=at,
        thread=assignment.application.thread,
        path=path or reverse("committee_assignment", args=[assignment.pk]),
    )


def _on_mandate(
    mandate: Mandate, kind: str, title: Words, text: Words, *, at: datetime, key: str = ""
) -> None:
    """One mail to a member about their mandate, whose page tells the rest."""
    queue_mail(
        kind=kind,
        key=key or f"{kind}:{mandate.pk}",
        recipient=mandate.user,
        title=title,
        text=text,
        at=at,
        thread=mandate.thread,
        path=reverse("committee_mandate"),
    )
