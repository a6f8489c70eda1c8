"""« Proposer un panel » (P13): a dry run for one dossier, or for all that wait; nothing is kept before inviting.

What the secretariat chooses stands in the form itself: whom it keeps, whom it replaced, whom it set aside and why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import actor_for, staff_required
from accounts.models import Role
from accounts.once import led_to, once
from accounts.rules import may
from journal.keys import row_key
from journal.refusals import Missing
from label.models import Application
from reviewers import actions
from reviewers.models import College, Mandate
from reviewers.panels import panel_token
from reviewers.proposals import (
    Drafted,
    causes_told,
    changes_told,
    draft,
    files_told,
    load_told,
    reasons_told,
    shortage_told,
)
from reviewers.views.access import refusals, staff_dossier, tell

State = Application.State
MOST_CHOSEN = 60
MOST_DOSSIERS = 200
LONGEST_REASON = 500


@dataclass
class Choice:
    """What the form says: the keys of mandates, and the reasons typed."""

    shown: set[int] = field(default_factory=set)  # proposed on the page that was sent
    kept: set[int] = field(default_factory=set)
    out: set[int] = field(default_factory=set)
    why: dict[int, str] = field(default_factory=dict)  # of those set aside
    error: int = 0  # the member for whom a reason is missing

    @classmethod
    def read(cls, request: HttpRequest) -> Choice:
        """The choice that a page sent; `?membres=1,2` opens a page on a panel already proposed."""
        if request.method != "POST":
            return cls(shown=_keys(request.GET.get("membres", "").split(",")))
        typed = request.POST
        shown, kept, out = (_keys(typed.getlist(name)) for name in ("shown", "keep", "out"))
        choice = cls(shown, kept & shown, out)
        for key in choice.out | choice.shown:
            text = typed.get(f"why-{key}", "").replace("\x00", "").strip()[:LONGEST_REASON]
            if text:
                choice.why[key] = text
        return choice

    def take(self, go: str) -> None:
        """One button: what becomes of one person, or of all those who are not kept. Http404 for an unknown one."""
        act, _dash, number = go.partition("-")
        key = next(iter(_keys([number])), 0)
        if act == "again":
            self.out |= self.shown - self.kept
            self.shown = set(self.kept)
        elif act == "keep" and key in self.shown:
            self.kept ^= {key}
        elif act == "exclude" and key in self.shown and key not in self.why:
            self.error = key
        elif act in ("replace", "exclude") and key in self.shown:
            if act == "replace":
                self.why.pop(key, None)
            self.shown.discard(key)
            self.kept.discard(key)
            self.out.add(key)
        elif act == "back" and key in self.out:
            self.out.discard(key)
            self.shown = set(self.kept)
        else:
            raise Http404

    def reasons(self) -> str:
        """Why people were set aside, without their names, for the journal."""
        told = [self.why[key] for key in sorted(self.out) if key in self.why]
        return "\n".join(_("Écarté de la proposition : {reason}").format(reason=text) for text in told)


def _keys(texts: Iterable[str]) -> set[int]:
    return {key for key in map(row_key, list(texts)[:MOST_DOSSIERS]) if key is not None}


@staff_required(Role.SECRETARIAT)
def proposal(request: HttpRequest, reference: str) -> HttpResponse:
    """The panel proposed for one dossier."""
    found = staff_dossier(request, reference)
    today = timezone.localdate()
    if not may("reviewers.name_panel", request.user, found, on=today):
        raise Http404
    choice = Choice.read(request)
    if request.method == "POST" and request.POST.get("go") == "invite":
        page = _invite(request, found, choice)
        if page is not None:
            return page
    elif request.method == "POST":
        choice.take(request.POST.get("go", ""))
    if found.state not in (State.ADMISSIBLE, State.UNDER_REVIEW):
        return redirect("staff_panel", found.reference)
    drafted = draft(
        [found],
        on=today,
        pins=[(found.pk, key) for key in choice.shown | choice.kept],
        exclusions=[(found.pk, key) for key in choice.out],
    )
    return render(request, "reviewers/staff_proposal.html", _context(found, drafted, choice))


def _context(found: Application, drafted: Drafted, choice: Choice) -> dict[str, Any]:
    chosen = drafted.chosen(found)
    refused = {int(one.member) for one in drafted.proposal.refused_pins}
    return {
        "application": found,
        "structure": found.structure,
        "colleges": [
            (college, [_card(found, drafted, one, choice) for one in chosen if one.college == college])
            for college in College
        ],
        "count": len(chosen),
        "out": [
            (drafted.mandates[key], choice.why.get(key, ""))
            for key in sorted(choice.out & drafted.mandates.keys())
        ],
        "refused": [drafted.mandates[key].user for key in sorted(refused & drafted.mandates.keys())],
        "error": drafted.mandates.get(choice.error),
        "is_possible": drafted.proposal.is_possible,
        "panel_token": panel_token(found),
        **_shortage(drafted),
    }


def _shortage(drafted: Drafted) -> dict[str, Any]:
    return {
        "shortage": shortage_told(drafted),
        "causes": causes_told(drafted),
        "changes": changes_told(drafted),
    }


def _card(found: Application, drafted: Drafted, mandate: Mandate, choice: Choice) -> dict[str, Any]:
    reasons = drafted.proposal.why(found.pk, mandate.pk)
    is_kept = mandate.pk in choice.kept
    return {
        "mandate": mandate,
        "load": load_told(drafted, mandate),
        "reasons": reasons_told(one for one in reasons if one.code != "pinned" or is_kept),
        "is_kept": is_kept,
        "why": choice.why.get(mandate.pk, ""),
        "lacks_reason": mandate.pk == choice.error,
    }


@once
def _invite(request: HttpRequest, found: Application, choice: Choice) -> HttpResponse | None:
    """Invite those whom the page showed; None when the page must be shown again."""
    by = actor_for(request, Role.SECRETARIAT).because(choice.reasons())
    reasons: list[Missing] = []
    with refusals(into=reasons):
        seen = request.POST.get("panel", "")
        count = len(_ask(found, sorted(choice.shown), timezone.now(), by, seen=seen))
        messages.success(request, _invited(count))
        return redirect("staff_panel", found.reference)
    tell(request, reasons)
    choice.shown.clear()  # whoever cannot come any more is proposed no longer
    return None


def _ask(found: Application, keys: list[int], now: datetime, by: Any, *, seen: str) -> list[Any]:
    doing: dict[str, Any] = {
        "application_pk": found.pk,
        "mandate_pks": keys[:MOST_CHOSEN],
        "at": now,
        "by": by,
    }
    if found.state == State.UNDER_REVIEW:
        return actions.replace_members(**doing, seen=seen)
    return actions.name_panel(**doing)


def _invited(count: int) -> str:
    words = ngettext("%(count)s membre est invité.", "%(count)s membres sont invités.", count)
    return words % {"count": count}


# --- all dossiers that wait -----------------------------------------------------------------------------------


@staff_required(Role.SECRETARIAT)
def campaign(request: HttpRequest) -> HttpResponse:
    """One proposal for all admissible dossiers that wait for a panel, the oldest first."""
    if request.method == "POST":
        page = led_to(request) or _invite_many(request, request.POST.get("go", ""))
        if page is not None:
            return page
    waiting = _waiting(request)
    drafted = draft(waiting[:MOST_DOSSIERS], on=timezone.localdate())
    context = {
        "rows": [_row(drafted, one) for one in drafted.applications.values()],
        "coverage": [_coverage(drafted, college) for college in College],
        "loads": [
            (one, files_told(drafted.proposal.loads[one.pk], one.load_cap))
            for one in drafted.mandates.values()
            if one.pk in drafted.proposal.loads
        ],
        "invitable": sum(_is_whole(drafted, one) for one in drafted.applications),
        "most": MOST_DOSSIERS if len(waiting) > MOST_DOSSIERS else 0,
        **_shortage(drafted),
    }
    return render(request, "reviewers/staff_panels.html", context)


def _waiting(request: HttpRequest) -> list[Application]:
    visible = Application.objects.visible_to(request.user, on=timezone.localdate())
    rows = visible.filter(state=State.ADMISSIBLE).select_related("structure", "edition")
    return list(rows.order_by("submitted_at", "pk")[: MOST_DOSSIERS + 1])


def _row(drafted: Drafted, key: Application) -> dict[str, Any]:
    chosen = drafted.chosen(key)
    return {
        "application": key,
        "keys": ",".join(str(one.pk) for one in chosen),
        "count": len(chosen),
        "colleges": [(college, [one for one in chosen if one.college == college]) for college in College],
        "is_whole": _is_whole(drafted, key.pk),
    }


def _is_whole(drafted: Drafted, key: int) -> bool:
    """Whether each college of that dossier has its minimum."""
    short = {one.dossier for one in drafted.proposal.shortfalls if one.below_minimum}
    return key not in short and bool(drafted.proposal.panels[key])


def _coverage(drafted: Drafted, college: College) -> dict[str, Any]:
    """What a college is asked for, and what it can give."""
    here = [one for one in drafted.mandates.values() if one.college == college and one.pk not in drafted.away]
    short = sum(one.missing for one in drafted.proposal.shortfalls if one.college == college)
    filled = sum(seat.college == college for seats in drafted.proposal.panels.values() for seat in seats)
    used = sum(drafted.proposal.loads[one.pk] for one in here)
    return {
        "college": college,
        "filled": filled,
        "wanted": filled + short,
        "members": len(here),
        "load": files_told(used, sum(one.load_cap for one in here)),
    }


@once
def _invite_many(request: HttpRequest, go: str) -> HttpResponse | None:
    """Invite the panel of one dossier (`invite-12`) or of all those shown; each is told apart from the others."""
    act, _dash, number = go.partition("-")
    seats = dict(_seats(text) for text in request.POST.getlist("seats")[:MOST_DOSSIERS])
    if act != "invite" or (number and not _keys([number]) & seats.keys()):
        raise Http404
    wanted = seats if not number else {int(number): seats[int(number)]}
    dossiers = {one.pk: one for one in _waiting(request) if one.pk in wanted}
    panels = {key: wanted[key][:MOST_CHOSEN] for key in dossiers}
    named, refused = actions.name_panels(
        panels=panels, at=timezone.now(), by=actor_for(request, Role.SECRETARIAT)
    )
    told = [
        f"{dossiers[key].reference} : {reason.text}" for key, reasons in refused.items() for reason in reasons
    ]
    if len(dossiers) < len(wanted):
        told.append(_("un dossier n'attend plus de panel."))
    if told:
        tell_some(request, len(named), told)
    else:
        messages.success(request, _invited(len(named)))
    return redirect("staff_panels")


def tell_some(request: HttpRequest, invited: int, refused: list[str]) -> None:
    """What was done, then what could not be."""
    said = _("Ces panels ne sont pas invités : {reasons}").format(reasons=" ".join(refused))
    messages.warning(request, f"{_invited(invited)} {said}" if invited else said)


def _seats(text: str) -> tuple[int, list[int]]:
    """`12:4,8,15`: a dossier and the members proposed for it. Http404 for anything else."""
    dossier, _colon, members = text.partition(":")
    keys = _keys([dossier])
    if not keys:
        raise Http404
    return keys.pop(), sorted(_keys(members.split(",")))
