"""Texts that change in the demonstration: a harder edition in draft, and a new charter whose campaign is under way."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import OneTimeCode, Role
from certificates.mailings import CharterToSign
from certificates.models import Label
from charter import actions as charters
from charter.actions.signatures import purpose
from charter.models import Charter, Signature
from desks.demonstration.people import OFFICER, SIGNATORY, acting
from desks.demonstration.story.filing import CODE, quick_hash
from journal.moves import Actor
from journal.refusals import Blocked
from label import actions as editions
from label.models import Edition
from letters import actions as letters
from letters import sending
from letters.models import Mailing

COMING = "2028"
ADOPTED, IN_FORCE, ASKED, SIGNED = (timedelta(days=days) for days in (125, 25, 20, 12))
HARDER = {
    "favourable": {"total": 90, "axis": 75, "college": 80},
    "with_conditions": {"total": 80, "axis": 65},
}


def change_the_texts(now: datetime) -> None:
    """A draft edition to try, a charter in force that the holders of labels are signing; each once."""
    draft_an_edition(now - timedelta(days=10))
    replace_the_charter(now)
    ask_to_sign(now)


def draft_an_edition(at: datetime) -> None:
    """The framework in force with higher thresholds, one weight moved and one minimum more."""
    present = Edition.objects.in_force()
    if present is None or Edition.objects.filter(version=COMING).exists():
        return
    data: dict[str, Any] = {**copy.deepcopy(present.data), "version": COMING, "thresholds": HARDER}
    criteria = {row["code"]: row for row in data["criteria"]}
    criteria["A3.1"]["weight"] -= 1
    criteria["A3.2"]["weight"] += 1
    criteria["A5.1"]["eliminatory_below"] = 3
    editions.load_edition(
        version=COMING,
        title_fr=present.title_fr,
        title_en=present.title_en,
        data=data,
        at=at,
        by=acting(SIGNATORY, Role.SIGNATORY),
    )


def replace_the_charter(now: datetime) -> None:
    """Prepared and adopted after the opinion of the committee, in force after its notice."""
    present = Charter.objects.in_force()
    if present is None or Charter.objects.filter(version=COMING).exists():
        return
    text = copy.deepcopy(present.text)
    text["articles"].append(
        {
            "number": len(text["articles"]) + 1,
            "fr": "Nous disons clairement ce qui est payant et ce qui ne l'est pas.",
            "en": "We say clearly what is paid for and what is not.",
        }
    )
    by, adopted = acting(SIGNATORY, Role.SIGNATORY), now - ADOPTED
    draft = charters.prepare_version(version=COMING, text=text, at=adopted, by=by)
    charters.adopt_charter(
        charter_pk=draft.pk,
        effective_on=timezone.localdate(now - IN_FORCE),
        opinion="Le comité est favorable, à l'unanimité : les personnes demandent à connaître les prix.",
        opinion_on=timezone.localdate(adopted),
        at=adopted,
        by=by,
    )
    charters.enter_into_force(charter_pk=draft.pk, at=now - IN_FORCE, by=Actor.system())


def ask_to_sign(now: datetime) -> None:
    """The mailing was confirmed and has left; the first one asked has signed."""
    if Mailing.objects.filter(kind=CharterToSign.code).exists():
        return
    by, at = acting(OFFICER, Role.CASE_OFFICER), now - ASKED
    try:
        mailing = letters.prepare_mailing(kind=CharterToSign.code, at=at, by=by)
    except Blocked:
        return  # no label holds yet on that day
    letters.confirm_mailing(mailing_pk=mailing.pk, typed=mailing.number, at=at, by=by)
    sending.send_mailing(mailing.pk, at=at)
    charter = Charter.objects.get(version=COMING)
    for label in Label.objects.listed(on=timezone.localdate(at)).order_by("pk")[:1]:
        _sign(label, charter, now - SIGNED)


def _sign(label: Label, charter: Charter, at: datetime) -> None:
    representative = label.structure.representative()
    if representative is None or Signature.objects.valid_for(label.structure) is not None:
        return
    OneTimeCode.objects.create(
        user=representative,
        purpose=purpose(charter.pk, label.structure_id),
        code_hash=quick_hash(CODE),
        created_at=at,
        expires_at=at + timedelta(minutes=15),
    )
    charters.sign_charter(
        structure_pk=label.structure_id,
        charter_pk=charter.pk,
        quality="Présidence",
        code=CODE,
        at=at,
        by=Actor(representative, "representative"),
    )
