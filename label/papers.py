"""What a person can keep or print: the dossier as a document, its receipt, the blank form, and the data export."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from label import clocks, mails
from label.masking import maskings_of
from label.models import Application, Edition
from label.questions import PLAIN_QUESTIONS, SECTIONS, Question, criterion_questions
from label.snapshots import answers_by_section, content_of
from letters.pdf import Block, Content, render_document
from letters.typography import french_date, french_datetime
from structures import facets

EMPTY = "—"


def current_content(application: Application) -> dict[str, Any]:
    """What was filed, or what is written so far."""
    if application.snapshot is not None:
        return application.snapshot.content
    return content_of(application, application.charter_signature)


@translation.override("fr")
def export(application: Application) -> bytes:
    """The dossier as JSON, readable by people and programs, with the digest of what was filed."""
    data = {
        "dossier": current_content(application),
        "sha256": application.snapshot.digest if application.snapshot else "",
        "maskings": [
            {"at": one.event.at.isoformat(), "why": one.why, "sha256_before": one.before, "sha256": one.after}
            for one in (maskings_of(application.snapshot) if application.snapshot else ())
        ],
        "submitted_at": application.submitted_at.isoformat() if application.submitted_at else "",
    }
    return json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True).encode()


@translation.override("fr")
def dossier_pdf(application: Application) -> bytes:
    """The whole dossier as an accessible PDF."""
    dated = application.submitted_at or application.edited_at
    blocks = dossier_blocks(current_content(application))
    return render_document(
        _("Dossier de demande de label"), blocks, reference=application.reference, dated=dated
    )


def dossier_blocks(content: dict[str, Any]) -> list[Block]:
    """The whole of a dossier, as its snapshot froze it or as it is written so far."""
    blocks: list[Block] = [("facts", _identity(content))]
    for section, rows in answers_by_section(content):
        blocks.append(("h", str(section.title)))
        blocks += [block for row in rows for block in _answer(row["question"], row["shown"])]
        if section.key == "governance":
            blocks += _solutions(content)
        if section.key == "contributors" and content["contributors"]:
            blocks.append(("li", [f"{row['name']} – {row['part']}" for row in content["contributors"]]))
    blocks.append(("h", _("Preuves par critère")))
    names = {row["key"]: row["description"] for row in content["documents"]}
    for code, row in content["criteria"].items():
        blocks += _answer(f"{code} – {row['question']}", row["text"])
        shown = [names[key] for key in row["documents"] if key in names]
        if shown:
            blocks.append(("p", _("Documents : {list}").format(list=" ; ".join(shown))))
    return blocks + _documents(content)


def _identity(content: dict[str, Any]) -> list[tuple[str, Content]]:
    structure = content["structure"]
    numbers = ", ".join(row["value"] for row in structure["registrations"] if row["value"])
    return [
        (_("Structure"), structure["name"]),
        (_("Numéro d'inscription"), numbers or EMPTY),
        (_("Représentée par"), structure["representative"] or EMPTY),
        (_("Édition du référentiel"), content["edition"]),
    ]


def _answer(question: str, text: str) -> list[Block]:
    return [("h3", question), ("p", text or EMPTY)]


def _solutions(content: dict[str, Any]) -> list[Block]:
    blocks: list[Block] = [("h", _("Actions proposées"))]
    for row in content["solutions"]:
        blocks += [("h3", row["name"]), ("p", row["summary"] or EMPTY)]
        blocks.append(("facts", solution_facts(row)))
    return blocks


def solution_facts(row: dict[str, Any]) -> list[tuple[str, Content]]:
    """The facets of a solution in words, as frozen in a snapshot."""
    lists = (
        (_("Champs d'action"), "field", facets.FIELDS_OF_ACTION),
        (_("Cancers"), "cancer", facets.CANCER_TYPES),
        (_("Publics"), "audience", facets.AUDIENCES),
        (_("Régions"), "region", facets.REGIONS),
        (_("Départements"), "department", facets.DEPARTMENTS),
        (_("Accès"), "access", facets.ACCESS_MODES),
    )
    found = [(_("Champ principal"), str(facets.label_of(facets.FIELDS_OF_ACTION, row["main_field"])))]
    found += [
        (words, " · ".join(str(facets.label_of(terms, code)) for code in row["facets"].get(key, [])))
        for words, key, terms in lists
        if row["facets"].get(key)
    ]
    territory = str(facets.label_of(facets.TERRITORY_LEVELS, row["territory"]))
    found.append((_("Zone couverte"), ", ".join(part for part in (territory, row["place"]) if part)))
    if row["remote"]:
        found.append((_("À distance"), _("Oui")))
    return [(name, value) for name, value in found if value]


def _documents(content: dict[str, Any]) -> list[Block]:
    if not content["documents"]:
        return []
    lines = [f"{row['description']} ({row['name']})" for row in content["documents"]]
    return [("h", _("Documents joints")), ("ol", lines)]


def what_comes_next(application: Application) -> list[str]:
    """« Et maintenant ? »: the dated steps after filing."""
    check = clocks.running(application, clocks.COMPLETENESS)
    found = []
    if check is not None and check.due_on:
        found.append(
            _("Au plus tard le {date} : nous avons vérifié vos pièces.").format(
                date=french_date(check.due_on)
            )
        )
    found.append(_("Ensuite : des membres du comité évaluent votre dossier."))
    session = clocks.last_useful_session(application)
    if session is not None:
        found.append(_("En général le {date} : le comité donne son avis.").format(date=french_date(session)))
    if application.implicit_decision_on is not None:
        day = french_date(application.implicit_decision_on)
        found.append(
            _("Nous devons répondre avant le {date}.").format(date=day) + " " + mails.silence_sentence()
        )
    return found


@translation.override("fr")
def receipt_pdf(application: Application) -> bytes:
    """The receipt to keep: number, moment, fingerprint, what comes next, a name and a phone number."""
    if application.snapshot is None or application.submitted_at is None:
        raise ValueError("a receipt is given for a filed dossier only")
    count = len(application.snapshot.content["documents"])
    pieces = ngettext("{n} document", "{n} documents", count).format(n=count)
    facts: list[tuple[str, Content]] = [
        (_("Dossier"), application.reference),
        (_("Structure"), application.snapshot.content["structure"]["name"]),
        (_("Déposé le"), french_datetime(application.submitted_at)),
        (_("Date de réception"), french_date(clocks.applied_on(application))),
        (
            _("Déposé par"),
            application.submitted_by.get_full_name() if application.submitted_by else EMPTY,
        ),
        (_("Documents joints"), pieces),
        (_("Empreinte du dossier (SHA-256)"), application.snapshot.digest),
        (_("Personne à contacter"), mails.who_follows(application)),
        (_("Téléphone"), settings.SERVICE_PHONE),
    ]
    blocks: list[Block] = [
        ("facts", facts),
        ("h", _("Et maintenant ?")),
        ("ol", what_comes_next(application)),
    ]
    title = _("Accusé de dépôt")
    return render_document(title, blocks, reference=application.reference, dated=application.submitted_at)


@translation.override("fr")
def blank_form_pdf(edition: Edition) -> bytes:
    """« Je préfère le papier »: every question with room to answer by hand."""
    where: list[tuple[str, Content]] = [
        (_("À envoyer à"), f"{settings.SERVICE_NAME}, {settings.SERVICE_ADDRESS}"),
        (_("Téléphone"), settings.SERVICE_PHONE),
    ]
    blocks: list[Block] = [
        ("p", _("Remplissez ce que vous pouvez, joignez vos documents, et envoyez le tout par courrier.")),
        ("facts", where),
        ("h", _("Votre structure")),
        ("p", _line(_("Nom de la structure"))),
        ("p", _line(_("Numéro RNA ou SIREN"))),
        ("p", _line(_("Nom et qualité de la personne qui la représente"))),
        ("p", _line(_("Adresse et téléphone"))),
    ]
    by_section: dict[str, list[Question]] = {}
    for question in [*PLAIN_QUESTIONS, *criterion_questions(edition)]:
        by_section.setdefault(question.section, []).append(question)
    for section in SECTIONS:
        if section.key == "solutions":
            blocks += [("h", str(section.title)), ("p", _line(_("Nom de l'action"))), *_room(6)]
        for place, question in enumerate(by_section.get(section.key, [])):
            blocks += [("h", str(section.title))] if place == 0 else []
            blocks.append(("h3", _asked(question)))
            blocks += [("small", str(question.help))] if question.help else []
            blocks += _room(_lines_for(question))
    blocks += [
        ("h", _("Signature")),
        (
            "p",
            _("Signez aussi la charte d'engagement : elle est jointe à ce formulaire ou vous est envoyée."),
        ),
        ("p", _line(_("Date, nom et signature"))),
    ]
    return render_document(_("Demander le label : formulaire à remplir à la main"), blocks)


def _asked(question: Question) -> str:
    words = str(question.label)
    return (
        words if question.required or question.when or question.sometimes else f"{words} {_('(facultatif)')}"
    )


def _lines_for(question: Question) -> int:
    return {"long_text": 5, "yes_no": 1}.get(question.kind, 1)


def _line(words: str) -> str:
    return f"{words} : {'.' * 60}"


def _room(count: int) -> list[Block]:
    return [("p", "." * 110) for _place in range(count)]
