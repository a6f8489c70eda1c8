"""What a member allows to be known: the consent to hold a college, its withdrawal, and what the public page says."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import pseudonymise_person
from accounts.rules import require
from deadlines import actions as deadlines
from journal.models import Reason
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing
from letters import files
from letters.models import StoredFile
from reviewers.actions import member_letters
from reviewers.actions.departures import hold_mandates, release_everything
from reviewers.consent import consent_text, publication_text
from reviewers.mandate_checklist import may_be_erased
from reviewers.models import LinkMatch, Mandate, Publication
from reviewers.rules import MEMBER

State = Mandate.State


@transaction.atomic
def record_consent(*, mandate_pk: int, scan: UploadedFile | None = None, at: datetime, by: Actor) -> Mandate:
    """The member agrees to hold the college; the text is stored as it was shown.

    Written for a member without e-mail, the signed paper is kept with it. Raises `NotAllowed`, `Blocked`;
    `ValidationError` for a file that cannot be kept (E15 to E18).
    """
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.consent_to_mandate", by, mandate, on=timezone.localdate(at))
    if mandate.state != State.APPROACHED:
        raise Blocked([_("Vous avez déjà répondu.")])
    if by.role not in ("", MEMBER) and scan is None:
        raise Blocked([Missing(_("Joignez l'accord signé, numérisé."), code="scan")])
    mandate.consent_text, mandate.consented_at = consent_text(mandate.college), at
    mandate.consent_withdrawn_at = None
    if scan is not None:
        mandate.consent_scan = files.store(
            upload=scan, subject=mandate, purpose="consent", thread=mandate._thread, at=at, by=by
        )
    mandate.save()
    note(mandate, what="consent", at=at, by=by)
    member_letters.confirm_consent(mandate=mandate, at=at, by=Actor.system())
    return mandate


@transaction.atomic
def withdraw_consent(*, mandate_pk: int, at: datetime, by: Actor) -> Mandate:
    """The member takes the consent back: the college can no longer be held, so the mandate stops; no reason is kept.

    The move is that of any departure. Nothing is published any more, at once. A second mandate that was being
    prepared stops with the first. Raises `NotAllowed`; `Blocked` when there is no consent to take back.
    """
    running = Mandate.objects.filter(user__mandates=mandate_pk).exclude(state__in=Mandate.OVER)
    agreed = running.filter(consented_at__isnull=False, consent_withdrawn_at=None).exclude(pk=mandate_pk)
    others = list(agreed.values_list("pk", flat=True))
    hold_mandates(mandate_pk, *others)
    mandate = _withdraw(mandate_pk, at=at, by=by.because(""))
    for pk in others:
        _withdraw(pk, at=at, by=by.because(""))
    return mandate


def _withdraw(mandate_pk: int, *, at: datetime, by: Actor) -> Mandate:
    mandate = release_everything(
        mandate_pk=mandate_pk, permission="reviewers.consent_to_mandate", at=at, by=by
    )
    if mandate.consented_at is None or mandate.consent_withdrawn_at is not None:
        raise Blocked([_("Il n'y a pas d'accord à retirer.")])
    mandate.consent_withdrawn_at = at
    mandate.publication, mandate.publication_text, mandate.pseudonym = Publication.NOTHING, "", ""
    if mandate.state in (State.APPOINTED, *Mandate.SEATED):
        mandate.resign(by=by, at=at)
        mandate.save()
        deadlines.drop(subject=mandate, at=at)
    else:
        mandate.save()
        note(mandate, what="withdraw_consent", at=at, by=by)
    return mandate


@transaction.atomic
def choose_publication(
    *, mandate_pk: int, publication: str, pseudonym: str = "", at: datetime, by: Actor
) -> Mandate:
    """The member says what the public page tells of them; it changes at once, as often as they wish, each time dated.

    Raises `NotAllowed`; `Blocked` without consent, for an unknown choice, or a pseudonym that is not given.
    """
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.choose_publication", by, mandate, on=timezone.localdate(at))
    if mandate.consented_at is None or mandate.consent_withdrawn_at is not None:
        raise Blocked([_("Donnez d'abord votre accord.")])
    if publication not in Publication.values:
        raise Blocked([Missing(_("Choisissez une des réponses proposées."), code="publication")])
    wanted = pseudonym.strip() if publication == Publication.PSEUDONYM else ""
    if publication == Publication.PSEUDONYM and not wanted:
        raise Blocked([Missing(_("Écrivez le pseudonyme."), code="pseudonym")])
    mandate.publication, mandate.pseudonym, mandate.publication_chosen_at = publication, wanted, at
    mandate.publication_text = publication_text(publication, mandate.college)
    mandate.save(update_fields=["publication", "pseudonym", "publication_chosen_at", "publication_text"])
    note(mandate, what="choose_publication", at=at, by=by)
    member_letters.confirm_consent(mandate=mandate, at=at, by=Actor.system())
    return mandate


@transaction.atomic
def erase_data(*, mandate_pk: int, at: datetime, by: Actor) -> Mandate:
    """The legal period is over: links, consent, hearings and reasons are erased; reviews stay, under their pseudonym.

    The person loses their name too when nothing else here needs it. Raises `NotAllowed`; `Blocked` before the time.
    """
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.end_mandate", by, mandate, on=timezone.localdate(at))
    if not may_be_erased(mandate, on=timezone.localdate(at)):
        raise Blocked([_("Ces données doivent encore être gardées.")])
    LinkMatch.objects.filter(link__mandate=mandate).delete()  # they repeat the words of the links
    mandate.links.all().delete()
    mandate.hearings.all().delete()
    Reason.objects.filter(event__thread=mandate.thread_id, erased_at=None).update(text="", erased_at=at)
    if mandate.consent_scan_id is not None:
        StoredFile.objects.filter(pk=mandate.consent_scan_id).update(removed_at=at)
    mandate.consent_text = mandate.publication_text = mandate.pseudonym = ""
    mandate.region = mandate.interests_link = ""
    mandate.interests_confirmed_on = None  # the declaration stays in the Institute's own tool (domain 5.3)
    mandate.publication, mandate.fields_known, mandate.data_erased_at = Publication.NOTHING, [], at
    mandate.save()
    note(mandate, what="erase_data", at=at, by=by)
    others = Mandate.objects.filter(user=mandate.user_id, data_erased_at=None)
    if (
        not others.exists()
        and not mandate.user.role_grants.exists()
        and not mandate.user.memberships.exists()
    ):
        pseudonymise_person(user=mandate.user, at=at, by=by)
    return mandate
