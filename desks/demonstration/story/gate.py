"""The conflict gate: a link that resembles a structure, and a member whom an association challenges."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from desks.demonstration.people import MEMBERS
from desks.demonstration.story.context import Story, member_of_committee
from journal.moves import Actor
from reviewers import actions
from reviewers.models import Challenge, College, InterestLink, Mandate


def declare_a_link(story: Story) -> None:
    """A member says a link with the structure, written her own way: it waits for the ethics officer."""
    mandate = Mandate.objects.get(user=member_of_committee(MEMBERS[College.PROFESSIONALS][4]))
    if InterestLink.objects.filter(mandate=mandate).exists():
        return
    at = story.at(19, 18)
    actions.declare_link(
        mandate_pk=mandate.pk,
        organisation_name=f"Asso. {story.told.name.upper()} ({story.told.city})",
        kind=InterestLink.Kind.MEMBER,
        description="J'y ai animé un atelier par mois, comme bénévole.",
        since=timezone.localdate(at) - timedelta(days=700),
        until=timezone.localdate(at) - timedelta(days=200),
        at=at,
        by=Actor(mandate.user, "member"),
    )


def challenge_a_member(story: Story) -> None:
    """The association asks by post that somebody does not examine its dossier; the secretariat types the letter."""
    if Challenge.objects.filter(application=story.application).exists():
        return
    actions.ask_challenge(
        application_pk=story.application.pk,
        who="M. Henri Carpentier, s'il siège au comité",
        reasons="Il a quitté notre conseil en 2025 après un désaccord sur les comptes, et l'a écrit dans la presse.",
        received_on=timezone.localdate(story.at(26)),
        at=story.at(40, 8),
        by=story.secretary,
    )
