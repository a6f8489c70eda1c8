"""Health data of a person in a comment or in a document (domain 5.3): masked or set apart, with a trace."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from label import actions
from letters.models import Exchange, InternalNote, StoredFile
from reviewers.actions import mask_comment
from reviewers.models import Score
from tests.factories import label, reviewers
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.structures import AT, proof, representative_of
from tests.reading import words

pytestmark = pytest.mark.django_db


def test_the_secretariat_masks_a_passage_of_a_comment_with_trace(client: Client) -> None:
    found = reviewers.in_deliberation(at=AT)
    score = Score.objects.filter(assignment__application=found).first()
    told = "Mme Untel, soignée pour un cancer du sein en 2025"
    Score.objects.filter(pk=score.pk).update(comment=f"Bien. {told}. Merci.")
    secretary = reviewers.secretary()
    facts = {"assignment_pk": score.assignment_id, "score_pk": score.pk, "at": AT}
    with pytest.raises(Blocked, match="Recopiez exactement"):
        mask_comment(**facts, passage="Autre chose", by=secretary)
    with pytest.raises(NotAllowed):
        mask_comment(**facts, passage=told, by=acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER))
    signed_in(client, secretary.user)
    address = reverse("staff_comments", args=[found.reference])
    assert told in words(client.get(address))
    client.post(address, {"score": score.pk, "passage": told})
    masked = Score.objects.get(pk=score.pk)
    assert masked.comment == "Bien. […]. Merci." and masked.value == score.value
    assert told not in words(client.get(address))
    event = Event.objects.get(move="mask_comment")
    assert event.actor == secretary.user and "Untel" not in str(event.__dict__)


def test_the_reason_of_a_change_in_the_second_round_is_masked_too() -> None:
    found = reviewers.in_deliberation(at=AT)
    score = Score.objects.filter(assignment__application=found).first()
    told = "Ma voisine, traitée en 2025, le dit"
    Score.objects.filter(pk=score.pk).update(round=2, comment=f"{told}.", change_reason=f"{told}.")
    facts = {"assignment_pk": score.assignment_id, "score_pk": score.pk, "at": AT}
    mask_comment(**facts, passage=told, by=reviewers.secretary())
    masked = Score.objects.get(pk=score.pk)
    assert masked.comment == masked.change_reason == "[…]."


def test_a_document_with_health_data_is_set_apart_then_deleted_with_its_check(
    client: Client, django_capture_on_commit_callbacks
) -> None:
    found = label.filled()
    by = representative_of(found.structure)
    document = actions.add_document(
        application_pk=found.pk, upload=proof("patients.pdf"), description="Nos patients", at=AT, by=by
    )
    found = actions.submit(application_pk=found.pk, at=AT, by=by)
    office = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    facts = {"application_pk": found.pk, "document_pk": document.pk, "at": AT}
    with pytest.raises(NotAllowed):
        actions.set_document_apart(**facts, by=by)
    with pytest.raises(Blocked, match="de côté"):
        actions.delete_document(**facts, breach_check="Personne.", by=office)
    signed_in(client, office.user)
    address = reverse("staff_documents", args=[found.reference])
    client.post(address, {"document": document.pk, "go": "apart"})
    assert StoredFile.objects.get(pk=document.file_id).quarantined_at is not None
    assert "version sans nom" in Exchange.objects.get(thread=found.thread).text
    signed_in(member := Client(), by.user)
    assert member.get(reverse("stored_file", args=[document.file_id])).status_code == 404
    assert (
        "Écrivez qui a pu lire"
        in words(client.post(address, {"document": document.pk, "breach_check": "\u200b"}))
        or not InternalNote.objects.exists()
    )
    content = document.file.content
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"document": document.pk, "breach_check": "Lu par une personne de l'Institut."})
    kept = StoredFile.objects.get(pk=document.file_id)
    assert kept.removed_at is not None and kept.sha256 and not content.storage.exists(content.name)
    assert InternalNote.objects.get().text.startswith("Lu par")
    assert {"set_document_apart", "delete_document"} <= set(Event.objects.values_list("move", flat=True))
    assert "Supprimé le" in words(client.get(address))
    assert client.post(address, {"document": "9" * 30}).status_code == 404
    assert timezone.localdate(kept.removed_at) == timezone.localdate()
