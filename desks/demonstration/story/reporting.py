"""What the public reported about three labels: a danger just told, a fact being checked, one that is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import Role
from certificates.models import Label
from desks.demonstration import people
from desks.demonstration.story.context import Story
from feedback import actions
from feedback.actions.filing import Told, anybody
from feedback.models import Report
from journal.moves import Actor, subject_key
from letters.actions import write_message

DANGER = (
    "Hier, pendant un atelier, une personne de l'association a conseillé à plusieurs malades d'arrêter leurs "
    "médicaments le temps d'une cure de jus. Deux personnes ont dit qu'elles allaient essayer."
)
PRESSURE = (
    "On m'a relancé quatre fois pour un don après un appel à la permanence d'écoute. Je trouve cela déplacé."
)
RELAUNCHED = (
    "Des personnes qui ont appelé la permanence d'écoute auraient été relancées plusieurs fois pour un don."
)
MONEY = "Le site annonce des séances gratuites. On m'a demandé 20 euros à l'entrée, sans reçu, deux fois."
ASKED = "En septembre, des personnes venues à un atelier annoncé comme gratuit ont payé 20 euros, sans reçu."
SAID = "Une bénévole croyait bien faire. Nous avons rendu l'argent, et l'affiche à l'entrée dit que tout est gratuit."
TOLD = "Nous retenons que la gratuité n'était pas respectée. Donnez un reçu pour tout paiement, et affichez les tarifs."
ANSWER = (
    "Vous aviez raison : des séances gratuites ont été payées. L'association a rendu l'argent et affiche ses tarifs. "
    "Nous vérifierons encore au prochain suivi annuel."
)


def report_a_danger(story: Story) -> None:
    """Told this morning: the signatory is alerted, nobody has read it yet."""
    at = story.now - timedelta(hours=3)
    _file(story, "d1", at, kind="safety", text=DANGER, phone="06 99 00 00 41")


def report_a_pressure(story: Story) -> None:
    """Being checked: the association has the facts and has not answered."""
    at = story.now - timedelta(days=12)
    report = _file(
        story,
        "d2",
        at,
        kind="respect",
        text=PRESSURE,
        name="Martine Delaunay",
        email="m.delaunay@example.org",
    )
    if report is None:
        return
    at += timedelta(days=2)
    actions.qualify(report_pk=report.pk, severity="ethics", at=at, by=_officer())
    actions.inquire(report_pk=report.pk, facts=RELAUNCHED, at=at, by=_officer())


def report_a_payment(story: Story) -> None:
    """Over: founded, a recommendation, done."""
    at = story.now - timedelta(days=35)
    report = _file(story, "d3", at, kind="money", text=MONEY, email="un.visiteur@example.org")
    if report is None:
        return
    at += timedelta(days=3)
    actions.qualify(report_pk=report.pk, severity="quality", at=at, by=_officer())
    actions.inquire(report_pk=report.pk, facts=ASKED, at=at, by=_officer())
    at += timedelta(days=6)
    write_message(record=subject_key(story.application), text=SAID, at=at, by=story.president)
    at += timedelta(days=2)
    report = actions.propose(
        report_pk=report.pk,
        conclusion="founded",
        measure="recommendation",
        reasons="L'association reconnaît les faits et les a corrigés ; rien ne dit qu'ils étaient voulus.",
        told=TOLD,
        answer=ANSWER,
        at=at,
        by=_officer(),
    )
    seen = report.proposed_at.isoformat() if report.proposed_at else ""
    actions.confirm(report_pk=report.pk, seen=seen, at=at + timedelta(days=1), by=story.signatory)
    done = "Merci pour l'affiche et pour le modèle de reçu. Nous n'attendons plus rien de vous sur ce point."
    actions.close(report_pk=report.pk, told=done, answer=ANSWER, at=at + timedelta(days=10), by=_officer())


def _file(story: Story, key: str, at: datetime, **said: str) -> Report | None:
    """The report, told once; None when the story was told before or the label is not there."""
    form_key = key.rjust(32, "0")
    label = Label.objects.filter(application=story.application).first()
    if label is None or Report.objects.filter(source__form_key=form_key).exists():
        return None
    report, _code = actions.file_report(
        told=Told(label=label, form_key=form_key, **said), at=at, by=anybody()
    )
    return report


def _officer() -> Actor:
    """The officer who does not handle these labels."""
    return people.acting(people.COLLEAGUE, Role.CASE_OFFICER)
