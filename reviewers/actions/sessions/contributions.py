"""What a member writes of the items of a session at which they will not speak: each text is with its item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from journal.moves import Actor
from journal.refusals import Blocked
from journal.wording import is_blank
from reviewers.models import AgendaItem, Contribution, Mandate, Session
from reviewers.reading import closed_keys, contributions_of

LONGEST = 10_000


def write_contributions(
    session: Session, mandate: Mandate, texts: Mapping[int, str], *, at: datetime, by: Actor
) -> None:
    """Keep what the member wrote, by the key of the item; an empty text takes back what was written.

    Part of an act whose author was checked, on a session already held. Raises KeyError for an item of another session;
    `Blocked` for an item that is over, or from which a link keeps the member away.
    """
    states = dict(session.items.values_list("pk", "state"))
    kept = {one.item_id: one for one in contributions_of(session, mandate)}
    said = {key: "" if is_blank(text) else text.strip()[:LONGEST] for key, text in texts.items()}
    changed = {key: text for key, text in said.items() if text != (kept[key].text if key in kept else "")}
    closed = closed_keys(session, mandate.user, on=timezone.localdate(at)) if any(changed.values()) else set()
    for key, text in changed.items():
        if states[key] not in AgendaItem.PENDING:
            raise Blocked([_("Ce point est terminé.")])
        if not text:
            kept[key].delete()
            continue
        if key in closed:
            raise Blocked([_("Un lien avec ce dossier est connu : vous ne prenez pas part à ce point.")])
        facts = {"text": text, "written_at": at, "recorded_by": by.person}
        Contribution.objects.update_or_create(item_id=key, mandate=mandate, defaults=facts)
