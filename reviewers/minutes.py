"""The minutes of a session, written from its record: plain data, then the words of the document and of its extract.

Minutes are French whatever the language of the person at work. The extract names nobody; an opinion stands in it once
the decision that follows it is notified, never before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone, translation

from letters.pdf import Block
from letters.typography import french_date, french_time
from reviewers import experts, questions, reopenings
from reviewers.conflicts import late_recusals
from reviewers.models import (
    AgendaItem,
    Attendance,
    AttendanceMode,
    College,
    Contribution,
    Mandate,
    Rapporteur,
    Session,
    StepOut,
)
from reviewers.registry import choice_in_words, subject_of
from reviewers.room import members_in_office

TO_COMPLETE = "À compléter"
OPENING, CLOSING = "opening", "closing"


def item_part(pk: int) -> str:
    """The name of the part completed by hand for an item: what was said."""
    return f"item-{pk}"


def parts_of(record: Mapping[str, Any]) -> dict[str, str]:
    """The parts completed by hand, with their titles, in order."""
    items = {
        item_part(item["pk"]): f"Point {item['position']} : ce qui a été dit" for item in record["items"]
    }
    return {OPENING: "Ouverture de la séance", **items, CLOSING: "Questions diverses"}


def record_of(session: Session) -> dict[str, Any]:
    """What the system knows of a sitting, as plain data; the same number of queries whatever its length."""
    with translation.override("fr"):
        seats = list(
            Attendance.objects.filter(session=session, convocation=session.convocation)
            .select_related("mandate__user", "holder__user")
            .order_by("college", "mandate__user__last_name", "pk")
        )
        seated = {seat.mandate_id: seat.mandate.user.get_full_name() for seat in seats}
        return {
            "reference": session.reference,
            "sits_at": session.sits_at.isoformat(),
            "opened_at": _iso(session.opened_at),
            "closed_at": _iso(session.closed_at),
            "place": session.place,
            "is_second": session.is_second,
            "first_sits_at": _iso(session.first_sits_at),
            "chairs": [_member(one) for one in (session.lay_chair, session.professional_chair)]
            + ([_member(session.acting_chair)] if session.acting_chair else []),
            "secretary": session.secretary.get_full_name(),
            "quorum": session.quorum,
            "attendance": [_seat(seat, seated) for seat in seats],
            "absent": [_member(one) for one in members_in_office(on=session.sits_on) if one.pk not in seated],
            "items": _items(session),
        }


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _member(mandate: Mandate) -> dict[str, str]:
    return {"name": mandate.user.get_full_name(), "college": mandate.college}


def _seat(seat: Attendance, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "earlier": [{**one, "holder": names.get(one["holder"], "")} for one in seat.earlier],
        "name": seat.mandate.user.get_full_name(),
        "college": seat.college,
        "mode": seat.mode,
        "holder": seat.holder.user.get_full_name() if seat.holder else "",
        "left_at": _iso(seat.left_at),
    }


def _items(session: Session) -> list[dict[str, Any]]:
    items = session.items.select_related(
        "application__structure", "application__edition", "casting_by__user", "opinion", "deferral", "session"
    ).prefetch_related("points", "experts")
    outs: dict[int, list[dict[str, str]]] = {}
    for one in StepOut.objects.filter(item__session=session).select_related("attendance__mandate__user"):
        outs.setdefault(one.item_id or 0, []).append(
            {
                "name": one.attendance.mandate.user.get_full_name(),
                "left_at": _iso(one.left_at),
                "returned_at": _iso(one.returned_at),
            }
        )
    written: dict[int, list[dict[str, str]]] = {}
    told = Contribution.objects.filter(item__session=session, mandate__in=_in_writing(session))
    for text in told.select_related("mandate__user").order_by("mandate__college", "mandate__user__last_name"):
        written.setdefault(text.item_id, []).append({**_member(text.mandate), "text": text.text})
    recused: dict[int, list[str]] = {}
    requests = [item.application_id for item in items if subject_of(item.kind).on_a_request]
    for application_pk, pseudonym in late_recusals(requests).values_list("application_id", "pseudonym"):
        recused.setdefault(application_pk, []).append(pseudonym)
    presents = Rapporteur.objects.by_dossier(requests)
    asked, again = questions.asked_of(requests), reopenings.reopened(requests)
    return [
        _item(item, outs.get(item.pk, []), recused.get(item.application_id, []))
        | {
            "written": written.get(item.pk, []),
            "rapporteur": _named(presents.get(item.application_id)),
            "asked": questions.before(item, asked),
            "reopened": reopenings.before(item, again),
        }
        for item in items.order_by("position", "pk")
    ]


def _in_writing(session: Session) -> QuerySet[Any, Any]:
    """The mandates of those who took part in writing."""
    seats = Attendance.objects.filter(session=session, convocation=session.convocation)
    return seats.filter(mode=AttendanceMode.WRITTEN).values("mandate_id")


def _named(rapporteur: Rapporteur | None) -> str:
    """Who presents the dossier, by lot among its panel; empty when nobody is left."""
    return rapporteur.assignment.mandate.user.get_full_name() if rapporteur is not None else ""


def _item(item: AgendaItem, outs: list[dict[str, str]], recused: list[str]) -> dict[str, Any]:
    adopted = subject_of(item.kind).written(item)
    deferral = getattr(item, "deferral", None)
    return {
        "pk": item.pk,
        "application": item.application_id,
        "kind": item.kind,
        "about": int(item.subject.partition(":")[2]),
        "position": item.position,
        "title": subject_of(item.kind).title(item),
        "state": item.state,
        "called_at": _iso(item.called_at),
        "heard_at": _iso(item.hearing_done_at),
        "not_heard": item.hearing_waived,
        "without_answer": item.without_answer,
        "experts": [experts.as_data(one) for one in item.experts.all() if one.is_invited],
        "left": outs,
        "recused": recused,
        "points": sum(point.discussed_at is not None for point in item.points.all()),
        "is_secret": item.is_secret,
        "counts": item.counts,
        "outcome": item.outcome if item.state == AgendaItem.State.ADOPTED else "",
        "casting": {
            "by": item.casting_by.user.get_full_name(),
            "choice": item.casting_choice,
            "reason": item.casting_reason,
        }
        if item.casting_by
        else None,
        "reasons": adopted.reasons if adopted else "",
        "conditions": list(adopted.conditions) if adopted else [],
        "minority": adopted.minority if adopted else "",
        "sent_to": item.sent_to,
        "left_vote": item.state == AgendaItem.State.SENT_BACK and item.vote_opened_at is not None,
        "questions": deferral.questions if deferral else [],
    }


def title_of(record: Mapping[str, Any]) -> str:
    """The title of the document."""
    return f"Procès-verbal de la séance du {_day(record['sits_at'])}"


def extract_title(record: Mapping[str, Any]) -> str:
    """The title of the public extract."""
    return f"Comité du label : séance du {_day(record['sits_at'])}"


def blocks_of(record: Mapping[str, Any], parts: Mapping[str, str], *, is_draft: bool = False) -> list[Block]:
    """The minutes as the blocks of a PDF; in a draft, « À compléter » where a part is empty."""
    with translation.override("fr"):
        return [
            *_head(record),
            *_part("Ouverture de la séance", parts.get(OPENING, ""), is_draft),
            *(
                block
                for item in record["items"]
                for block in _item_blocks(item, parts.get(item_part(item["pk"]), ""), is_draft)
            ),
            *_part("Questions diverses", parts.get(CLOSING, ""), is_draft),
        ]


def blocks_about(record: Mapping[str, Any], parts: Mapping[str, str], *, application_pk: int) -> list[Block]:
    """What the minutes say of one dossier, with who was there: the other items of the session are left out."""
    with translation.override("fr"):
        told = [item for item in record["items"] if item["application"] == application_pk]
        items = [
            block
            for item in told
            for block in _item_blocks(item, parts.get(item_part(item["pk"]), ""), False)
        ]
        return [*_head(record), *items]


def _head(record: Mapping[str, Any]) -> list[Block]:
    quorum = record["quorum"]
    facts = [
        ("Date", _day(record["sits_at"])),
        ("Ouverte à", _time(record["opened_at"])),
        ("Close à", _time(record["closed_at"])),
        ("Lieu", record["place"]),
        ("Présidence", ", ".join(f"{one['name']} ({_college(one['college'])})" for one in record["chairs"])),
        ("Secrétariat", record["secretary"]),
    ]
    if record["is_second"]:
        first = _day(record["first_sits_at"])
        words = f"après la séance du {first}, sans quorum ; aucun quorum d'ensemble n'est requis"
        facts.append(("Seconde convocation", words))
    count = ", ".join(f"{_college(key).lower()} : {value}" for key, value in quorum["by_college"].items())
    blocks: list[Block] = [
        ("facts", [(label, value) for label, value in facts if value]),
        ("h", "Présences"),
        (
            "p",
            f"{quorum['in_office']} membres en exercice, {quorum['here']} présents ou représentés ({count}).",
        ),
        ("li", [_seat_line(seat) for seat in record["attendance"]]),
    ]
    if record["absent"]:
        names = [f"{one['name']} ({_college(one['college'])})" for one in record["absent"]]
        blocks.append(("p", f"Absents : {', '.join(names)}."))
    return [block for block in blocks if block[1]]


def _seat_line(seat: Mapping[str, Any]) -> str:
    before = [f"{_mode(one)} jusqu'à {_time(one['until'])}" for one in seat.get("earlier", [])]
    how = ", puis ".join([*before, _mode(seat)])
    left = f", parti à {_time(seat['left_at'])}" if seat["left_at"] else ""
    return f"{seat['name']}, {_college(seat['college'])} : {how}{left}"


def _mode(seat: Mapping[str, Any]) -> str:
    return (
        f"pouvoir à {seat['holder']}" if seat["holder"] else str(AttendanceMode(seat["mode"]).label).lower()
    )


def _part(title: str, text: str, is_draft: bool) -> list[Block]:
    if not text and not is_draft:
        return []
    return [("h", title), *_paragraphs(text or f"[{TO_COMPLETE}]")]


def _paragraphs(text: str) -> list[Block]:
    return [("p", line) for line in text.splitlines() if line.strip()]


def _item_blocks(item: Mapping[str, Any], said: str, is_draft: bool) -> list[Block]:
    blocks: list[Block] = [("h", f"Point {item['position']} : {item['title']}")]
    if item.get("rapporteur"):  # not in minutes drafted before it was written there
        blocks.append(("p", f"Rapporteur, tiré au sort : {item['rapporteur']}."))
    for one in item["left"]:
        back = f", revenu à {_time(one['returned_at'])}" if one["returned_at"] else ""
        blocks.append(("p", f"{one['name']} a quitté la séance à {_time(one['left_at'])}{back}."))
    for pseudonym in item["recused"]:
        blocks.append(("p", f"Évaluation retirée du calcul après une récusation : {pseudonym}."))
    blocks += [block for one in item.get("reopened", []) for block in reopenings.blocks_of(one)]
    asked = item.get("asked", [])  # minutes written before have none
    for one in asked:
        blocks += questions.blocks_of(one)
    if item["without_answer"] and not asked:
        blocks.append(("p", "La structure n'a pas répondu aux questions du comité."))
    if item["heard_at"]:
        blocks.append(("p", f"La structure a été entendue ({_time(item['heard_at'])})."))
    elif item.get("not_heard"):
        blocks.append(("p", f"La structure n'a pas été entendue : {item['not_heard']}"))
    blocks += [block for one in item.get("experts", []) for block in experts.blocks_of(one)]
    blocks += [block for one in item.get("written", []) for block in _written_blocks(one)]
    if said or is_draft:
        blocks += _paragraphs(said or f"[{TO_COMPLETE}]")
    return [*blocks, *_outcome_blocks(item)]


def _written_blocks(one: Mapping[str, Any]) -> list[Block]:
    title = f"Contribution écrite de {one['name']}, {_college(one['college'])}"
    return [("h3", title), *_paragraphs(one["text"])]


def _outcome_blocks(item: Mapping[str, Any]) -> list[Block]:
    if not item["outcome"]:
        sent = AgendaItem.SentTo(item["sent_to"]).label if item["sent_to"] else ""
        blocks: list[Block] = [("p", f"Point reporté : {str(sent).lower()}.")]
        if item.get("left_vote"):
            blocks.insert(0, ("p", "Le vote ouvert sur ce point n'a pas été compté."))
        return blocks + ([("li", item["questions"])] if item["questions"] else [])
    kind = _kind(item)
    told = votes_told(item["counts"], kind)
    blocks = [("p", f"{'Vote secret' if item['is_secret'] else 'Vote'} : {told}.")]
    casting = item["casting"]
    if casting:
        text = f"À égalité, {casting['by']} tranche : {_choice(kind, casting['choice'])}. {casting['reason']}"
        blocks.append(("p", text))
    blocks.append(("h3", f"Avis : {_choice(kind, item['outcome'])}"))
    blocks += _paragraphs(item["reasons"])
    if item["conditions"]:
        blocks += [("h3", "Réserves"), ("li", item["conditions"])]
    if item["minority"]:
        blocks += [("h3", "Opinions minoritaires"), *_paragraphs(item["minority"])]
    return blocks


def votes_told(counts: Mapping[str, int], kind: str) -> str:
    """« favorable : 10, favorable avec réserves : 2, défavorable : 0, abstention : 1 »."""
    choices = subject_of(kind).choices.values
    return ", ".join(f"{_choice(kind, choice)} : {counts.get(choice, 0)}" for choice in choices)


def extract_blocks(records: Iterable[Mapping[str, Any]], *, on: date) -> list[Block]:
    """The public extract: how many took part by college, and the opinions that may be told that day; no name.

    An opinion may be told once the decision on its dossier is notified (record 9).
    """
    with translation.override("fr"):
        return [block for record in records for block in _extract(record, told_items(record, on=on))]


def told_items(record: Mapping[str, Any], *, on: date) -> set[int]:
    """The places, in these minutes, of the items whose outcome everybody may know that day."""
    by_kind: dict[str, dict[int, int]] = {}
    for item in record["items"]:
        by_kind.setdefault(_kind(item), {})[item.get("about", item["application"])] = item["position"]
    return {places[key] for kind, places in by_kind.items() for key in subject_of(kind).told(places, on=on)}


def _kind(item: Mapping[str, Any]) -> str:
    """What the item is about; minutes written when there were dossiers only do not say it."""
    return str(item.get("kind", "opinion"))


def _extract(record: Mapping[str, Any], told: set[int]) -> list[Block]:
    modes = Counter(seat["mode"] for seat in record["attendance"])
    count = [f"{_college(key)} : {value}" for key, value in record["quorum"]["by_college"].items()]
    blocks: list[Block] = [
        ("p", f"Séance du {_day(record['sits_at'])}."),
        ("p", "Personnes présentes ou représentées, par collège :"),
        ("li", count),
    ]
    if modes[AttendanceMode.PROXY]:
        blocks.append(("p", f"Pouvoirs : {modes[AttendanceMode.PROXY]}."))
    if record["is_second"]:
        blocks.append(("p", "Seconde convocation."))
    if heard := experts.number_heard(record["items"]):
        blocks.append(("p", f"Personnes extérieures entendues, sans voix : {heard}."))
    adopted = [item for item in record["items"] if item["outcome"]]
    lines = [
        f"Point {item['position']} : avis {_outcome_told(item)}"
        for item in adopted
        if item["position"] in told
    ]
    if lines:
        blocks += [("h", "Avis rendus"), ("li", lines)]
    waiting = len(adopted) - len(lines)
    if waiting:
        blocks.append(("p", f"Avis publiés après la notification des décisions : {waiting}."))
    return blocks


def attendance_rows(session: Session) -> list[Sequence[Any]]:
    """Who took part and what is to be paid back: name, college, mode, euros, notes; for a spreadsheet."""
    seats = Attendance.objects.filter(session=session, convocation=session.convocation)
    return [
        (
            seat.mandate.user.get_full_name(),
            str(College(seat.college).label),
            str(AttendanceMode(seat.mode).label),
            seat.expenses_cents / 100 if seat.expenses_cents is not None else None,
            seat.expenses_notes,
        )
        for seat in seats.select_related("mandate__user").order_by(
            "college", "mandate__user__last_name", "pk"
        )
    ]


def _outcome_told(item: Mapping[str, Any]) -> str:
    kind = _kind(item)
    return f"{_choice(kind, item['outcome'])} ({votes_told(item['counts'], kind)})"


def _choice(kind: str, code: str) -> str:
    return str(choice_in_words(kind, code)).lower()


def _college(code: str) -> str:
    return str(College(code).label)


def _day(moment: str) -> str:
    return french_date(timezone.localdate(datetime.fromisoformat(moment))) if moment else ""


def _time(moment: str) -> str:
    return french_time(datetime.fromisoformat(moment)) if moment else ""
