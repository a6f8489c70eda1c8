"""What a credential and a status list say, before they are signed. Nothing of any person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from certificates.credential import bits, loader
from certificates.credential.did import issuer_id
from certificates.credential.proof import Document, moment
from letters.pdf.document import AUTHOR

PURPOSES = ("revocation", "suspension")
LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the state of one credential stands: the number of the two lists, and the same index in both."""

    number: int
    index: int


def credential_id(number: str, issue: int) -> str:
    """The address of the credential of one issue of a certificate."""
    return f"{settings.PUBLIC_URL}/verifier/{number}/credential.json#{issue}"


def list_id(purpose: str, number: int) -> str:
    """The address of a status list."""
    return f"{settings.PUBLIC_URL}/statut/{purpose}/{number}.json"


def credential(facts: dict[str, Any], *, issue: int, place: Place) -> Document:
    """The credential of one issue of a certificate, without its proof; `facts` are what the certificate prints.

    Nothing about a person: not even who signed the act.
    """
    number, page = facts["number"], facts["verify_url"]
    specimen = "Spécimen sans valeur – " if facts["specimen"] else ""
    return {
        "@context": [loader.CREDENTIALS, loader.OPEN_BADGES],
        "id": credential_id(number, issue),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{specimen}{facts['title_fr']}",
        "issuer": {"id": issuer_id(), "type": ["Profile"], "name": AUTHOR, "url": settings.PUBLIC_URL},
        "validFrom": _instant(facts["starts_on"], time()),
        "validUntil": _instant(facts["ends_on"], LAST_SECOND),
        "credentialSubject": {
            "id": f"{page}#structure",
            "type": ["AchievementSubject"],
            "name": facts["structure_name"],
            "licenseNumber": number,
            "narrative": _narrative(facts),
            "achievement": _achievement(facts),
        },
        "credentialStatus": [_entry(purpose, place) for purpose in PURPOSES],
    }


def _achievement(facts: dict[str, Any]) -> Document:
    edition = facts["edition_name"]
    home = f"{settings.PUBLIC_URL}/demander/"
    return {
        "id": f"{home}#label-{edition}",
        "type": ["Achievement"],
        "achievementType": "Certification",
        "name": facts["title_fr"],
        "description": f"{facts['title_en']}. Édition {edition}.",
        "criteria": {
            "id": f"{home}#criteres-{edition}",
            "narrative": "\n".join(facts["conditions_fr"] or ["Les critères de l'édition nommée ci-dessus."]),
        },
    }


def _narrative(facts: dict[str, Any]) -> str:
    holder = ", ".join(
        part for part in (facts["structure_name"], facts["seat"], facts["registration"]) if part
    )
    actions = " ; ".join(name for name, _, _ in facts["solutions"])
    return f"Structure : {holder}.\nActions reconnues : {actions}.\nÀ vérifier sur {facts['verify_url']}"


def _entry(purpose: str, place: Place) -> Document:
    address = list_id(purpose, place.number)
    return {
        "id": f"{address}#{place.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(place.index),
        "statusListCredential": address,
    }


def status_list(purpose: str, number: int, content: bytes, *, at: datetime) -> Document:
    """A status list as it is published, without its proof (Bitstring Status List 1.0, 2.2)."""
    address = list_id(purpose, number)
    return {
        "@context": [loader.CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": {"id": issuer_id()},
        "validFrom": moment(at),
        "validUntil": moment(at + timedelta(days=settings.STATUS_LIST_DAYS)),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": bits.encoded(content),
        },
    }


def _instant(day: str, at: time) -> str:
    return moment(datetime.combine(date.fromisoformat(day), at, ZoneInfo(settings.TIME_ZONE)))
