"""Until when an association may ask that somebody does not examine its dossier: questions, nothing is written."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from journal.models import Event
from journal.moves import subject_key
from journal.refusals import Missing
from label.models import Application
from letters.spoken import told_date
from reviewers.models import Assignment, Challenge, College, Mandate

MOST_WAITING = 5  # requests of one dossier that wait at once
MOST_CHOICES = 500
State = Application.State
OPEN_TO_CHALLENGE = (State.ADMISSIBLE, State.UNDER_REVIEW, State.IN_DELIBERATION, State.DEFERRED)


def last_day_to_ask(application: Application) -> date | None:
    """The last day of the period, which runs from the last composition of the panel; None before it is composed."""
    composed = Event.objects.filter(
        thread=application.thread_id, subject=subject_key(application), move="assign_panel"
    )
    at = composed.order_by("-position").values_list("at", flat=True).first()
    return timezone.localdate(at) + timedelta(days=settings.CHALLENGE_DAYS) if at else None


def missing_to_ask(application: Application, *, on: date) -> list[Missing]:
    """Why a recusal may not be asked for that day; nothing when it may."""
    if application.state in (State.ADVISED, *Application.FINAL):
        return [Missing(_("Le comité a déjà donné son avis sur ce dossier."), code="over")]
    last = last_day_to_ask(application)
    if last is None or application.state not in OPEN_TO_CHALLENGE:
        text = _("Le comité n'examine pas encore ce dossier. Vous pourrez le demander à ce moment-là.")
        return [Missing(text, code="early")]
    if on > last:
        text = _("Le temps pour le demander est passé depuis le {date}. Un lien grave ? Écrivez-nous.")
        return [Missing(text.format(date=told_date(last)), code="late")]
    if application.challenges.filter(answer="").count() >= MOST_WAITING:
        return [Missing(_("Vos demandes précédentes attendent encore leur réponse."), code="many")]
    return []


def who_may_be_kept_away(application: Application) -> list[Mandate]:
    """The people who sit, soon will, or are on the panel of that dossier though their term is over.

    By college and name; each once, by the last of their mandates.
    """
    on_the_panel = Assignment.objects.filter(application=application, state__in=Assignment.LIVE)
    rows = Mandate.objects.filter(
        Q(state__in=(Mandate.State.APPOINTED, *Mandate.SEATED)) | Q(pk__in=on_the_panel.values("mandate"))
    ).select_related("user")
    by_person = {one.user_id: one for one in rows.order_by("pk")[:MOST_CHOICES]}
    order = list(College)
    return sorted(
        by_person.values(), key=lambda one: (order.index(College(one.college)), one.user.last_name, one.pk)
    )


def live_assignment(challenge: Challenge, mandate: Mandate) -> Assignment | None:
    """The evaluation of that person on the dossier of the challenge, when they are on its panel."""
    rows = Assignment.objects.filter(
        application=challenge.application_id, user=mandate.user_id, state__in=Assignment.LIVE
    )
    return rows.first()
