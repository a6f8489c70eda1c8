"""The PDFs of the charter: its text, and the record of a signature; made on demand from frozen rows."""

from __future__ import annotations

from django.utils import timezone

from charter.models import Charter, Signature
from letters.pdf import Block, render_document
from letters.typography import french_date, french_time


def text_pdf(charter: Charter, language: str, *, with_signature: bool = False) -> bytes:
    """The charter to read, or to sign by hand when a place for it is wanted."""
    english = language.startswith("en")
    title = (
        f"Commitment charter, version {charter.version}"
        if english
        else f"Charte d'engagement, version {charter.version}"
    )
    blocks: list[Block] = [("p", charter.preamble(language)), ("ol", charter.articles(language))]
    if with_signature:
        blocks += [
            ("rule", None),
            ("h", "Sign by hand" if english else "Signer à la main"),
            ("facts", [(label, " ") for label in (ENGLISH_PLACES if english else FRENCH_PLACES)]),
        ]
    return render_document(
        title, blocks, reference=charter.digest[:16], lang="en" if english else "fr", dated=charter.adopted_at
    )


FRENCH_PLACES = ("Structure", "Numéro", "Prénom et nom", "Qualité", "Date", "Signature")
ENGLISH_PLACES = ("Organisation", "Number", "First and last name", "Position", "Date", "Signature")


def record_pdf(signature: Signature) -> bytes:
    """The record of a signature: who committed the structure, in which quality, when, how, to which text."""
    charter, structure = signature.charter, signature.structure
    blocks: list[Block] = [
        ("facts", _facts(signature)),
        ("h", "Texte signé"),
        ("p", charter.preamble("fr")),
        (
            "ol",
            [
                text
                for number, text in zip(charter.numbers(), charter.articles("fr"), strict=True)
                if number in signature.articles
            ],
        ),
        ("h", "Preuve"),
        ("p", _proof(signature)),
        ("small", f"Empreinte SHA-256 du texte de la charte : {signature.text_digest}"),
    ]
    return render_document(
        "Attestation de signature de la charte d'engagement",
        blocks,
        reference=f"{structure.name}, version {charter.version}",
        dated=signature.signed_at,
    )


def _facts(signature: Signature) -> list[tuple[str, str]]:
    at = timezone.localtime(signature.signed_at)
    on_paper = signature.method == Signature.Method.PAPER
    when = (
        french_date(at.date())
        if on_paper
        else f"{french_date(at.date())} à {french_time(at)} (heure de Paris)"
    )
    return [
        ("Structure", signature.structure.name),
        ("Numéro", signature.structure.number() or "sans numéro"),
        ("Signée par", signature.signatory_name),
        ("En qualité de", signature.quality),
        ("Date", when),
        ("Moyen", "Signature à la main" if on_paper else "Code reçu par e-mail"),
        ("Version de la charte", signature.charter.version),
    ]


def _proof(signature: Signature) -> str:
    if signature.method == Signature.Method.PAPER:
        return "Le document signé à la main est conservé par l'Institut, avec la date de son enregistrement."
    return (
        "La personne qui représente la structure a lu le texte ci-dessus, puis l'a signé avec un code à usage unique "
        "reçu à son adresse e-mail. L'Institut conserve la date, l'heure et l'empreinte du texte."
    )
