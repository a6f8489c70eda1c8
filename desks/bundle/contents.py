"""The documents of a bundle, each written again from what was frozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from certificates.models import Hearing
from deadlines.models import Deadline, Extension
from deadlines.registry import public
from decisions.models import Appeal, Decision
from desks.clocks import KINDS
from desks.journal_words import ROLES, event_words, handed_to_in
from journal.models import Event
from label.masking import maskings_of
from label.models import Application
from label.papers import dossier_blocks
from letters import rendering
from letters.models import Letter, StoredFile
from letters.pdf import Block, Content, LetterContent
from letters.shown import delivery
from letters.typography import french_date, french_datetime
from reviewers.experts import heard_without_a_vote
from reviewers.minutes import blocks_about, title_of, votes_told
from reviewers.models import AgendaItem, Opinion
from reviewers.reopenings import act_blocks, blocks_of, reopened

OUTCOMES = {"met": "respectée", "dropped": "devenue sans objet", "passed": "passée", "": "en cours"}


@dataclass(frozen=True)
class Part:
    """One document of a bundle: its title, its date, its text, and the files received or made that stand behind it."""

    title: str
    dated: date | None
    blocks: list[Block]
    files: list[StoredFile] = field(default_factory=list)


def parts_of(decision: Decision) -> list[Part]:
    """All that this decision rests on and what followed, in the order in which a judge reads it.

    Reports of the public stand on threads of their own: none is here. Individual scores are left out (domain 3.1).
    """
    application = decision.application
    if application is None:
        return []
    found = [
        _dossier(application, decision),
        *_letters(decision),
        _clocks(decision),
        *_opinions(decision),
        *_minutes(application),
        *_hearings(application),
        _act(decision),
        *_appeals(decision),
        _journal(decision),
    ]
    return [part for part in found if part.blocks]


def _dossier(application: Application, decision: Decision) -> Part:
    snapshot = decision.snapshot or application.snapshot
    if snapshot is None:
        return Part("Dossier", None, [])
    facts: list[tuple[str, Content]] = [
        ("Figé le", french_datetime(snapshot.made_at)),
        ("Empreinte SHA-256", snapshot.digest),
        *(
            (
                f"Passage retiré le {french_datetime(one.event.at)}",
                f"{one.get_why_display()}. SHA-256 {one.after}",
            )
            for one in maskings_of(snapshot)
        ),
    ]
    files = StoredFile.objects.filter(pk__in=[row["file"] for row in snapshot.content["documents"]])
    blocks: list[Block] = [("facts", facts), *dossier_blocks(snapshot.content)]
    day = timezone.localdate(snapshot.made_at)
    return Part("Dossier tel qu'il a été jugé", day, blocks, list(files.order_by("pk")))


def _letters(decision: Decision) -> Iterator[Part]:
    rows = Letter.objects.filter(thread=decision.thread_id).order_by("issued_at", "pk")
    for letter in rows.select_related("pdf", "signed_scan", "proof", "addressee"):
        files = [one for one in (letter.pdf, letter.signed_scan, letter.proof) if one is not None]
        proofs: list[Block] = [
            ("h", "Remise et preuves"),
            ("facts", [*delivery(letter), *map(_file_fact, files)]),
        ]
        content = rendering.from_data(letter.content)
        title = f"Lettre {letter.code} : {letter.title}"
        yield Part(title, timezone.localdate(letter.issued_at), [*_letter(content), *proofs], files)


def _file_fact(stored: StoredFile) -> tuple[str, Content]:
    return stored.name, f"SHA-256 {stored.sha256}"


def _letter(content: LetterContent) -> list[Block]:
    signatory = content.signatory
    named = f"{signatory.first_name} {signatory.name}".strip()
    signed = [named, signatory.quality, signatory.service, signatory.delegation]
    facts: list[tuple[str, Content]] = [
        ("Référence", content.reference),
        ("Adressée à", "\n".join(content.addressee_lines)),
        ("Date", content.place_date),
        ("Objet", content.subject),
        ("Signée par", "\n".join(words for words in signed if words)),
    ]
    blocks: list[Block] = [("facts", facts), ("h", "En résumé"), ("li", list(content.summary_lines))]
    blocks += content.body_blocks
    for title, lines in (
        ("Pièces jointes", content.attachments),
        ("Ce que dit la loi", content.legal_references),
    ):
        if lines:
            blocks += [("h", title), ("li", list(lines))]
    return blocks


def _clocks(decision: Decision) -> Part:
    blocks: list[Block] = []
    rows = Deadline.objects.filter(thread=decision.thread_id).order_by("started_on", "pk")
    for row in rows.prefetch_related("pauses", "extensions__outage"):
        length = [f"{row.months} mois" if row.months else "", f"{row.days} jours" if row.days else ""]
        rule = " et ".join(words for words in length if words) or "le jour même"
        facts: list[tuple[str, Content]] = [
            ("Départ", french_date(row.started_on)),
            ("Durée", rule + (" (délai franc)" if row.franc else "")),
            ("Preuve du départ", row.proof or "—"),
        ]
        facts += [
            (
                "Arrêt",
                f"du {french_date(pause.begins_on)} au {french_date(pause.ends_on) if pause.ends_on else '…'}"
                f" ({pause.cause})",
            )
            for pause in row.pauses.all()
        ]
        facts += [_outage(one) for one in row.extensions.all() if one.outcome != one.Outcome.NOTHING]
        facts.append(("Fin calculée", french_date(row.due_on) if row.due_on else "suspendue"))
        facts.append(("Issue", OUTCOMES.get(row.outcome, row.outcome)))
        blocks += [("h3", str(KINDS.get(row.kind, row.kind))), ("facts", facts)]
    kept = Extension.objects.filter(thread=decision.thread_id, deadline=None).select_related("outage")
    for one in kept.order_by("pk"):
        blocks += [("h3", str(public[one.kind].words)), ("facts", [_outage(one)])]
    return Part("Échéances", None, blocks)


def _outage(row: Extension) -> tuple[str, Content]:
    """What an outage of the service gave to a date, and what was left to a person."""
    began, ended = french_date(row.outage.first_day), french_date(row.outage.last_day)
    days = f"le {began}" if began == ended else f"du {began} au {ended}"
    became = f"devient le {french_date(row.due_on)}" if row.gives_time else "temps à rendre par une personne"
    return "Service en panne", f"{days} ; le dernier jour, le {french_date(row.was_due_on)}, {became}"


def _paper_votes(opinion: Opinion) -> str:
    """The three figures of an opinion adopted on paper."""
    words = (("pour", "for"), ("contre", "against"), ("abstentions", "abstained"))
    return ", ".join(f"{word} : {opinion.votes.get(name, 0)}" for word, name in words)


def _opinions(decision: Decision) -> Iterator[Part]:
    opinions = Opinion.objects.filter(application=decision.application_id).order_by("pk")
    related = ("item", "act__signed_by__user", "act__set_apart__user")
    for opinion in opinions.select_related(*related).prefetch_related("item__experts"):
        facts: list[tuple[str, Content]] = [
            ("Avis", opinion.get_kind_display()),
            ("Adopté le", french_date(opinion.adopted_on)),
        ]
        if opinion.votes:
            facts.append(
                (
                    "Votes",
                    votes_told(opinion.votes, opinion.item.kind) if opinion.item else _paper_votes(opinion),
                )
            )
        if heard := heard_without_a_vote(opinion):
            facts.append(("Entendu sans voix", "\n".join(heard)))
        blocks: list[Block] = [("facts", facts), ("h", "Motifs"), *_paragraphs(opinion.reasons)]
        if opinion.conditions:
            blocks += [("h", "Réserves proposées"), ("li", list(opinion.conditions))]
        if opinion.minority:
            blocks += [("h", "Opinions minoritaires"), *_paragraphs(opinion.minority)]
        files = [opinion.paper_minutes] if opinion.paper_minutes else []
        yield Part("Avis du comité", opinion.adopted_on, blocks, files)
        if act := getattr(opinion, "act", None):
            title = "Acte de la présidence sur le secret de la délibération"
            yield Part(title, timezone.localdate(act.signed_at), act_blocks(act))
    dossiers = [decision.application_id] if decision.application_id else []
    for row in (row for rows in reopened(dossiers).values() for row in rows if row["question"]):
        asked_on = timezone.localdate(datetime.fromisoformat(row["at"]))
        yield Part("Second avis demandé", asked_on, blocks_of(row))


def _minutes(application: Application) -> Iterator[Part]:
    items = AgendaItem.objects.filter(application=application, session__minutes__isnull=False)
    for item in items.select_related("session__minutes__pdf").order_by("session__sits_at", "pk"):
        minutes = item.session.minutes
        blocks = blocks_about(minutes.record, minutes.parts, application_pk=application.pk)
        yield Part(f"{title_of(minutes.record)} (extrait)", item.session.sits_on, blocks)


def _hearings(application: Application) -> Iterator[Part]:
    of_the_label = Q(label__application=application, renewal=None)  # several labels after a merger
    rows = Hearing.objects.filter(of_the_label | Q(renewal=application)).order_by("pk")
    for hearing in rows.select_related("oral_file").prefetch_related("grounds", "observations__file"):
        blocks: list[Block] = [
            ("facts", [("Mesure envisagée", hearing.get_measure_display())]),
        ]
        if hearing.contemplated:
            blocks += [("h", "Raisons envisagées"), *_paragraphs(hearing.contemplated)]
        else:
            blocks.append(("h", "Griefs notifiés"))
        for ground in hearing.grounds.all():
            blocks.append(("p", f"{ground.fact} ({ground.text_breached} ; source : {ground.source})"))
        for row in hearing.observations.all():
            posted = f"postées le {french_date(row.postmarked_on)}, " if row.postmarked_on else ""
            day = french_date(row.received_on)
            how = f"Observations {posted}reçues le {day} ({row.get_means_display().lower()})"
            blocks += [("h", how), *_paragraphs(row.text)]
        if hearing.oral_minutes:
            blocks += [("h", "Observations orales"), *_paragraphs(hearing.oral_minutes)]
        files = [row.file for row in hearing.observations.all() if row.file]
        files += [hearing.oral_file] if hearing.oral_file else []
        yield Part("Contradictoire", timezone.localdate(hearing.notified_at), blocks, files)


def _act(decision: Decision) -> Part:
    facts: list[tuple[str, Content]] = [
        ("Décision", decision.get_kind_display()),
        ("État", decision.get_state_display()),
    ]
    if decision.signed_at:
        signed = [decision.signatory_name, decision.signatory_quality, decision.signatory_service]
        facts += [
            ("Signée par", "\n".join(words for words in signed if words)),
            ("Délégation", decision.delegation.act_reference if decision.delegation else "—"),
            ("Signée le", french_datetime(decision.signed_at)),
        ]
    for words, day in (
        ("Notifiée le", decision.notified_on),
        ("Recours gracieux jusqu'au", decision.gracious_until),
        ("Recours devant le tribunal jusqu'au", decision.court_until),
    ):
        if day:
            facts.append((words, french_date(day)))
    if not decision.remedies_opposable:
        facts.append(("Délais de recours", "non opposables : l'accusé de réception manquait"))
    blocks: list[Block] = [("facts", facts)]
    for title, text in (
        ("En droit", decision.reasons_in_law),
        ("En fait", decision.reasons_in_fact),
        ("Pourquoi la décision s'écarte de l'avis", decision.divergence_reasons),
        ("Comment progresser", decision.how_to_improve),
    ):
        if text:
            blocks += [("h", title), *_paragraphs(text)]
    conditions = [
        f"{row.text} Preuve : {row.proof}. Avant le {french_date(row.due_on)}."
        for row in decision.conditions.order_by("due_on", "pk")
    ]
    if conditions:
        blocks += [("h", "Réserves"), ("li", conditions)]
    signed_on = timezone.localdate(decision.signed_at) if decision.signed_at else None
    return Part("Décision", signed_on, blocks)


def _appeals(decision: Decision) -> Iterator[Part]:
    for appeal in Appeal.objects.filter(decision=decision).order_by("pk"):
        facts: list[tuple[str, Content]] = [
            ("État", appeal.get_state_display()),
            ("Formé le", french_date(appeal.lodged_on)),
            ("Reçu le", french_date(appeal.received_on)),
            ("Rejet implicite le", french_date(appeal.silence_on)),
        ]
        blocks: list[Block] = [("facts", facts), ("h", "Ce qui est contesté"), *_paragraphs(appeal.contested)]
        blocks += [("h", "Ce qui est demandé"), *_paragraphs(appeal.asked)]
        yield Part("Recours", appeal.received_on, blocks, list(appeal.files.order_by("pk")))


def _journal(decision: Decision) -> Part:
    """Keys and words: never a name, nor the text of a reason."""
    events = list(Event.objects.filter(thread=decision.thread_id).order_by("position"))
    named = dict.fromkeys(handed_to_in(events), "un agent de l'Institut")
    rows: list[tuple[str, Content]] = [
        (
            f"{event.position} · {french_datetime(event.at)}",
            f"{event_words(event, named)} – {ROLES.get(event.role, event.role)} – {event.digest[:16]}",
        )
        for event in events
    ]
    head = (
        f"Chaque ligne est chaînée à la précédente. Tête de chaîne : {events[-1].digest if events else '—'}."
    )
    return Part("Extrait du journal", None, [("p", head), ("facts", rows)])


def _paragraphs(text: str) -> list[Block]:
    return [("p", line.strip()) for line in text.splitlines() if line.strip()]
