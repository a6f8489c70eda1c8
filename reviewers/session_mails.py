"""What members are told by mail of a session: never the name of a structure, nor who is kept away from what."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from label.mails import contacts
from label.models import Application
from letters.actions import queue_mail
from letters.spoken import told_date, told_time
from reviewers.calendar_file import calendar_file
from reviewers.models import Session


def member_page(session: Session) -> str:
    """The page of a session in the space of the committee."""
    return f"/comite/seances/{session.reference}/"


def staff_page(session: Session) -> str:
    """The page of a session in the space of the Institute."""
    return f"/inca/comite/seances/{session.reference}/"


def calendar_of(session: Session, *, at: datetime, path: str = "") -> bytes:
    """The calendar file of a session; a later file of the same session replaces it in the calendar of the member.

    Its sequence is the length of the thread, which every change makes longer. `path` is the page of the reader's own
    space, that of the committee by default.
    """
    return calendar_file(
        uid=f"{session.reference}@{urlsplit(settings.PUBLIC_URL).hostname or 'label'}",
        title=_("Séance du comité du label"),
        starts_at=session.sits_at,
        ends_at=session.ends_at,
        stamped_at=at,
        place=session.place,
        description="\n".join(text for text in (session.link, session.access_notes) if text),
        url=f"{settings.PUBLIC_URL}{path or member_page(session)}",
        sequence=session.thread.length,
        is_cancelled=session.state == Session.State.CANCELLED,
    )


def tell_convocation(session: Session, user: User, *, at: datetime) -> None:
    """M7: when, where, how to take part, the question about links, the calendar file on the page."""
    with translation.override(user.language):
        lines = [
            _("Lieu : {place}.").format(place=session.place),
            _("À distance : {link}").format(link=session.link) if session.link else "",
            session.access_notes,
            _("Durée prévue : {n} minutes, avec une pause.").format(n=session.minutes_planned),
            session.expenses_notes,
            _("Seconde convocation : aucun quorum d'ensemble ne sera exigé.") if session.is_second else "",
            _("Avez-vous un lien avec un point de l'ordre du jour ? Dites-le sur la page de la séance."),
            _("Vous y trouvez aussi les documents et un fichier pour votre agenda."),
        ]
        # The convocation itself goes to them on paper.
        key = f"convened-{session.convocation}"
        _tell(session, user, key, _title(session), lines, member_page(session), at, or_by_hand=False)


def remind_of_session(session: Session, user: User, *, at: datetime) -> None:
    """A few days before."""
    with translation.override(user.language):
        lines = [
            _("Lieu : {place}.").format(place=session.place),
            _("À distance : {link}").format(link=session.link) if session.link else "",
            _("Vous ne pouvez pas venir ? Donnez un pouvoir ou envoyez votre contribution par écrit."),
        ]
        key = f"reminder-{session.convocation}-{timezone.localdate(at).isoformat()}"
        _tell(session, user, key, _title(session), lines, member_page(session), at)


def tell_change(session: Session, user: User, *, at: datetime) -> None:
    """The place or the link is another one than in the convocation."""
    with translation.override(user.language):
        title = _("Séance du {date} : le lieu ou le lien a changé").format(date=told_date(session.sits_at))
        lines = [
            _("Lieu : {place}.").format(place=session.place),
            _("À distance : {link}").format(link=session.link) if session.link else "",
            _("La date et l'heure ne changent pas : {time}.").format(time=told_time(session.sits_at)),
            _("Prenez de nouveau le fichier pour votre agenda : il remplace le premier."),
        ]
        _tell(session, user, f"changed:{at.isoformat()}", title, lines, member_page(session), at)


def ask_for_another_holder(session: Session, user: User, *, at: datetime) -> None:
    """The one to whom a member gives their proxy will not be there: never named in a mail."""
    with translation.override(user.language):
        title = _("Votre pouvoir pour la séance du {date} : choisissez une autre personne").format(
            date=told_date(session.sits_at)
        )
        lines = [
            _(
                "La personne que vous avez choisie ne sera pas là. Sans autre choix, personne ne vote pour vous."
            )
        ]
        _tell(session, user, f"holder:{at.isoformat()}", title, lines, member_page(session), at)


def tell_cancelled(session: Session, user: User, *, at: datetime) -> None:
    """The session does not take place."""
    with translation.override(user.language):
        title = _("La séance du {date} est annulée").format(date=told_date(session.sits_at))
        lines = [_("Les dossiers passent à la suivante. Vous n'avez rien à faire.")]
        _tell(session, user, "cancelled", title, lines, member_page(session), at)


def ask_to_approve(session: Session, user: User, *, at: datetime) -> None:
    """The minutes wait for an approval."""
    with translation.override(user.language):
        title = _("Un procès-verbal attend votre accord")
        lines = [
            _("Séance du {date}. Relisez-le, puis approuvez-le ou dites ce qui manque.").format(
                date=told_date(session.sits_at)
            )
        ]
        path = staff_page(session) if user == session.secretary else member_page(session)
        _tell(session, user, f"approve:{at.isoformat()}", title, lines, path, at)


def tell_minutes_changed(session: Session, user: User, *, had_approved: bool, at: datetime) -> None:
    """The minutes are no more those that were sent, or approved: they are read, and approved, again."""
    with translation.override(user.language):
        title = _("Le procès-verbal a été corrigé : votre accord est de nouveau attendu")
        lines = [
            _("Séance du {date}.").format(date=told_date(session.sits_at)),
            _("Votre accord portait sur l'ancien texte : il ne compte plus.") if had_approved else "",
            _("La page montre l'ancien texte et le nouveau. Relisez, puis approuvez ou dites ce qui manque."),
        ]
        path = staff_page(session) if user == session.secretary else member_page(session)
        _tell(session, user, f"minutes-changed:{at.isoformat()}", title, lines, path, at)


def tell_minutes_are_awaited(session: Session, *, at: datetime) -> None:
    """The secretary of the session has fifteen days to write the minutes."""
    with translation.override(session.secretary.language):
        title = _("Procès-verbal à rédiger")
        text = _("La séance est close. Le procès-verbal est attendu dans les {n} jours.")
        lines = [text.format(n=settings.MINUTES_DAYS)]
        _tell(
            session,
            session.secretary,
            f"minutes:{timezone.localdate(at).isoformat()}",
            title,
            lines,
            staff_page(session),
            at,
        )


def remind_to_answer(application: Application, *, before: date, at: datetime) -> None:
    """The questions of the committee still wait for the association."""
    for user in contacts(application):
        with translation.override(user.language):
            queue_mail(
                kind="deferral",
                key=f"deferral:{application.pk}:{before.isoformat()}",
                recipient=user,
                title=_("Le comité attend votre réponse avant le {date}").format(date=told_date(before)),
                text=_("Répondez à ses questions dans votre espace. Besoin d'aide ? Appelez-nous."),
                at=at,
                thread=application.thread,
                path=reverse("application_deferral", args=[application.reference]),
            )


def _title(session: Session) -> str:
    return _("Séance du {date} à {time}").format(
        date=told_date(session.sits_at), time=told_time(session.sits_at)
    )


def _tell(
    session: Session,
    user: User,
    key: str,
    title: str,
    lines: list[str],
    path: str,
    at: datetime,
    *,
    or_by_hand: bool = True,
) -> None:
    queue_mail(
        kind="session",
        key=f"{session.pk}:{key}",
        recipient=user,
        title=title,
        text="\n".join(line for line in lines if line),
        at=at,
        thread=session.thread,
        path=path,
        or_by_hand=or_by_hand,
    )
