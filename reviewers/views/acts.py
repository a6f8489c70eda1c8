"""What the Institute may do about one mandate today: one table, from the button to the action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.rules import may
from journal.moves import subject_key
from reviewers import actions
from reviewers.forms import ActivateForm, AppointForm
from reviewers.mandate_forms import (
    DeclarationForm,
    GroundsForm,
    ObservationsForm,
    PaperConsentForm,
    ProfileForm,
    PublicationForm,
    SeatForm,
    TerminateForm,
)
from reviewers.models import Mandate, MandateHearing
from reviewers.training import practised_on

State = Mandate.State
Seen = Callable[[Mandate, MandateHearing | None], bool]
RUNNING = (State.APPROACHED, State.APPOINTED, *Mandate.SEATED)
HEARABLE = (State.ACTIVE, State.INTERESTS_OVERDUE)
OFFICE = (Role.SECRETARIAT, Role.SIGNATORY)


def _always(mandate: Mandate, hearing: MandateHearing | None) -> bool:
    return True


def _by_hand(mandate: Mandate, hearing: MandateHearing | None) -> bool:
    """Acts of the member that the secretariat writes down: only for somebody without e-mail."""
    return not mandate.user.mailbox


@dataclass(frozen=True)
class Act:
    """One act: its button, who does it in which states, what is typed, the action, and when it is offered."""

    name: str
    words: str | Promise
    permission: str
    states: tuple[str, ...]
    roles: tuple[str, ...]
    action: Callable[..., Any]
    form: type[forms.Form] | None = None
    seen: Seen = _always
    for_member: bool = False


ACTS = (
    Act(
        "paper_consent",
        _("Noter l'accord signé"),
        "reviewers.consent_to_mandate",
        (State.APPROACHED,),
        (Role.SECRETARIAT,),
        actions.record_consent,
        PaperConsentForm,
        lambda mandate, hearing: _by_hand(mandate, hearing) and mandate.consented_at is None,
        for_member=True,
    ),
    Act(
        "appoint",
        _("Nommer"),
        "reviewers.appoint_member",
        (State.APPROACHED,),
        (Role.SIGNATORY,),
        actions.appoint,
        AppointForm,
    ),
    Act(
        "set_aside",
        _("Ne pas retenir"),
        "reviewers.set_aside_member",
        (State.APPROACHED,),
        (Role.SIGNATORY,),
        actions.set_aside,
    ),
    Act(
        "activate",
        _("Rendre le mandat actif"),
        "reviewers.activate_mandate",
        (State.APPOINTED,),
        (Role.ETHICS_OFFICER, Role.SECRETARIAT),
        actions.activate,
        ActivateForm,
    ),
    Act(
        "analyse",
        _("Déclaration examinée"),
        "reviewers.analyse_interests",
        (State.INTERESTS_OVERDUE,),
        (Role.ETHICS_OFFICER,),
        actions.analyse_interests,
    ),
    Act(
        "terminate",
        _("Mettre fin au mandat"),
        "reviewers.terminate_mandate",
        HEARABLE,
        (Role.SIGNATORY,),
        actions.terminate,
        TerminateForm,
        lambda mandate, hearing: hearing is not None and hearing.heard_on is not None,
    ),
    Act(
        "observations",
        _("Noter ce que la personne répond"),
        "reviewers.hear_member",
        HEARABLE,
        OFFICE,
        actions.record_observations,
        ObservationsForm,
        lambda mandate, hearing: hearing is not None and hearing.heard_on is None,
    ),
    Act(
        "drop_grounds",
        _("Arrêter la procédure"),
        "reviewers.hear_member",
        HEARABLE,
        OFFICE,
        actions.drop_grounds,
        None,
        lambda mandate, hearing: hearing is not None,
    ),
    Act(
        "declaration",
        _("Noter une nouvelle déclaration"),
        "reviewers.record_declaration",
        Mandate.SEATED,
        (Role.ETHICS_OFFICER, Role.SECRETARIAT),
        actions.record_declaration,
        DeclarationForm,
    ),
    Act(
        "resume",
        _("Noter que la personne revient"),
        "reviewers.resume_mandate",
        (State.PAUSED,),
        (Role.SECRETARIAT,),
        actions.resume,
        None,
        _by_hand,
        for_member=True,
    ),
    Act(
        "pause",
        _("Mettre en pause"),
        "reviewers.pause_mandate",
        (State.ACTIVE,),
        (Role.SECRETARIAT,),
        actions.pause,
    ),
    Act(
        "profile",
        _("Région, champs connus, nombre de dossiers"),
        "reviewers.change_profile",
        RUNNING,
        (Role.SECRETARIAT,),
        actions.change_profile,
        ProfileForm,
    ),
    Act(
        "seat",
        _("Changer de place au comité"),
        "reviewers.change_seat",
        RUNNING,
        (Role.SIGNATORY,),
        actions.change_seat,
        SeatForm,
    ),
    Act(
        "publication",
        _("Noter ce que la personne veut rendre public"),
        "reviewers.choose_publication",
        RUNNING,
        (Role.SECRETARIAT,),
        actions.choose_publication,
        PublicationForm,
        lambda mandate, hearing: _by_hand(mandate, hearing) and mandate.consented_at is not None,
        for_member=True,
    ),
    Act(
        "resign",
        _("Noter que la personne quitte le comité"),
        "reviewers.resign_mandate",
        (State.APPOINTED, *Mandate.SEATED),
        (Role.SECRETARIAT,),
        actions.resign,
        None,
        _by_hand,
        for_member=True,
    ),
    Act(
        "withdraw_consent",
        _("Noter que la personne retire son accord"),
        "reviewers.consent_to_mandate",
        RUNNING,
        (Role.SECRETARIAT,),
        actions.withdraw_consent,
        None,
        lambda mandate, hearing: _by_hand(mandate, hearing) and mandate.consented_at is not None,
        for_member=True,
    ),
    Act(
        "grounds",
        _("Dire à la personne ce qui lui est reproché"),
        "reviewers.hear_member",
        HEARABLE,
        OFFICE,
        actions.notify_grounds,
        GroundsForm,
        lambda mandate, hearing: hearing is None,
    ),
)
BY_NAME = {act.name: act for act in ACTS}


@dataclass
class Offered:
    """An act as the page offers it, with its form."""

    act: Act
    form: forms.Form | None

    @property
    def is_bound(self) -> bool:
        """Whether its button was pressed and its form must be mended."""
        return self.form is not None and self.form.is_bound


def offered(request: HttpRequest, mandate: Mandate, go: str, *, on: date | None = None) -> dict[str, Offered]:
    """The acts that this person may do on this mandate in its state, each with its form."""
    today = on or timezone.localdate()
    hearing = actions.open_hearing(mandate)
    return {
        act.name: Offered(act, _form(request, act, mandate, go))
        for act in ACTS
        if mandate.state in act.states
        and act.seen(mandate, hearing)
        and may(act.permission, request.user, mandate, on=today)
    }


def _form(request: HttpRequest, act: Act, mandate: Mandate, go: str) -> forms.Form | None:
    if act.form is None:
        return None
    initial: dict[str, Any] = {
        name: getattr(mandate, name)
        for name in (
            "region",
            "fields_known",
            "load_cap",
            "seat",
            "interests_link",
            "publication",
            "pseudonym",
        )
    }
    if act.form is ActivateForm:  # the day of the practice is proposed; a person records the training
        initial["trained_on"] = practised_on(mandate)
    build: Any = act.form
    more = {"college": mandate.college} if act.form is PublicationForm else {}
    data = (request.POST, request.FILES) if go == act.name else (None, None)
    made: forms.Form = build(*data, prefix=act.name, initial=initial, **more)
    return made


def on_behalf_of(act: Act, mandate: Mandate) -> str:
    """For whom the secretariat writes: the member, when the act is theirs."""
    return subject_key(mandate.user) if act.for_member else ""
