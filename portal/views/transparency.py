"""The public log: what it is, where it stands, and the proofs that anybody may ask for (RFC 6962)."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.access import for_everybody
from certificates.log.checkpoints import last_checkpoint
from certificates.log.proofs import consistency_path, inclusion_paths, roots
from certificates.log.telling import ToldLeaf, told_leaves
from certificates.log.tree import leaf_hash
from certificates.log.verifying import published_keys
from certificates.models import Checkpoint, CheckpointStamp, Leaf
from journal.numbering import InvalidNumber
from portal.forms import read_number
from portal.served import JSON, for_programs, fresh
from portal.verification import Heading, complete, heading_of

SHOWN = 30
ENTRIES = 1000


@csrf_exempt  # nothing is written here: another method is refused as such
@login_not_required
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """What the log is, its last checkpoints, how to check it."""
    rows = list(Checkpoint.objects.select_related("stamp").order_by("-pk")[:SHOWN])
    context = {
        "checkpoints": rows,
        "keys": published_keys(),
        "most": ENTRIES,
        "address": f"{settings.PUBLIC_URL}{reverse('log')}",
    }
    return fresh(request, render(request, "portal/log.html", context).content)


@for_everybody
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys under which checkpoints were published, one a line."""
    return for_programs(
        request, "".join(f"{key}\n" for key in published_keys()).encode(), "text/plain; charset=utf-8"
    )


@for_everybody
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The last checkpoint, as it was signed."""
    return _note(request, _last())


@for_everybody
def former(request: HttpRequest, size: int) -> HttpResponse:
    """The last checkpoint of that size."""
    return _note(request, _of(size))


@for_everybody
def stamp(request: HttpRequest, size: int) -> HttpResponse:
    """The time-stamp of that checkpoint (RFC 3161), when an authority gave one."""
    found = CheckpointStamp.objects.filter(checkpoint=_of(size)).first()
    if found is None:
        raise Http404
    return for_programs(request, bytes(found.token), "application/timestamp-reply")


@for_everybody
def entries(request: HttpRequest) -> HttpResponse:
    """Leaves under the last checkpoint, from `debut` on, `nombre` at most: index and commitment, nothing else."""
    size = _last().size
    start = _number(request, "debut", 0, high=size)
    count = _number(request, "nombre", ENTRIES, high=ENTRIES)
    if start is None or count is None:
        return _refused(request, f"debut: 0-{size}, nombre: 0-{ENTRIES}")
    rows = Leaf.objects.filter(pk__gte=start, pk__lt=min(start + count, size)).order_by("pk")
    told = [{"index": pk, "commitment": text} for pk, text in rows.values_list("pk", "commitment")]
    return _json(request, {"size": size, "entries": told})


@for_everybody
def proof(request: HttpRequest, index: int) -> HttpResponse:
    """What shows that a leaf is in the tree of the last checkpoint, or of the size asked (`taille`)."""
    last = _last()
    size = _number(request, "taille", last.size, high=last.size)
    if size is None or index >= size:
        return _refused(request, f"preuve/index: index < taille <= {last.size}", status=404)
    text = Leaf.objects.values_list("commitment", flat=True).get(pk=index)
    answer = {
        "index": index,
        "size": size,
        "commitment": text,
        "leaf_hash": leaf_hash(bytes.fromhex(text)).hex(),
        "path": inclusion_paths([index], size)[index],
        "root": roots(size)[0],
    }
    return _json(request, {**answer, "checkpoint": last.text if size == last.size else None})


@for_everybody
def growth(request: HttpRequest, old: int, new: int) -> HttpResponse:
    """What shows that the tree of size `new` only continues that of size `old`."""
    size = _last().size
    if not old <= new <= size:
        return _refused(request, f"coherence/0-{size}/0-{size}", status=404)
    before, after = roots(old, new)
    return _json(
        request,
        {"old": old, "new": new, "old_root": before, "new_root": after, "path": consistency_path(old, new)},
    )


@csrf_exempt  # nothing is written here: another method is refused as such
@login_not_required
@require_safe
def label(request: HttpRequest, number: str) -> HttpResponse:
    """The leaves of one label that may be told today, with their place in the log."""
    now = timezone.now()
    heading = _heading(number)
    if heading.number != number:
        return HttpResponsePermanentRedirect(reverse("log_label", args=[heading.number]))
    last = Checkpoint.objects.order_by("-pk").first()
    context = {
        "number": heading.number,
        "leaves": _leaves(heading, now),
        "size": last.size if last else 0,
        "checkpoint": last,
    }
    return fresh(request, render(request, "portal/log_label.html", context).content)


@for_everybody
def label_leaves(request: HttpRequest, number: str) -> HttpResponse:
    """The same for programs, with the salt and the facts of each leaf, and its proof under the last checkpoint."""
    heading = _heading(number)
    last = last_checkpoint()
    size = last.size if last else 0
    leaves = _leaves(heading, timezone.now())
    paths = inclusion_paths([one.index for one in leaves if one.index < size], size)
    told = [
        {
            "index": one.index,
            "commitment": one.commitment,
            "salt": one.salt,
            "facts": one.facts,
            "path": paths.get(one.index),
        }
        for one in leaves
    ]
    answer = {
        "number": heading.number,
        "size": size,
        "checkpoint": last.text if last else None,
        "leaves": told,
    }
    return _json(request, answer)


def _heading(number: str) -> Heading:
    """The label of that number; 404 when it was never given, or when its holder does not know yet."""
    try:
        heading = heading_of(read_number(number).canonical)
    except InvalidNumber:
        raise Http404 from None
    if heading is None or heading.is_on_its_way:
        raise Http404
    return heading


def _leaves(heading: Heading, now: datetime) -> list[ToldLeaf]:
    today: date = timezone.localdate(now)
    return told_leaves(complete(heading).label, on=today)


def _last() -> Checkpoint:
    found = last_checkpoint()
    if found is None:
        raise Http404
    return found


def _of(size: int) -> Checkpoint:
    """The last checkpoint of a size; no number larger than the log reaches the database."""
    if size > _last().size:
        raise Http404
    found: Checkpoint | None = Checkpoint.objects.filter(size=size).order_by("-pk").first()
    if found is None:
        raise Http404
    return found


def _number(request: HttpRequest, name: str, usual: int, *, high: int) -> int | None:
    """A whole number asked for in the address, None when it is none or does not lie between 0 and `high`."""
    text = request.GET.get(name, str(usual))
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        return None
    return int(text) if int(text) <= high else None


def _note(request: HttpRequest, one: Checkpoint) -> HttpResponse:
    return for_programs(request, one.text.encode(), "text/plain; charset=utf-8")


def _refused(request: HttpRequest, words: str, *, status: int = 400) -> HttpResponse:
    return _json(request, {"error": words}, status=status)


def _json(request: HttpRequest, answer: dict[str, Any], *, status: int = 200) -> HttpResponse:
    body = json.dumps(answer, ensure_ascii=False).encode()
    return for_programs(request, body, JSON, status=status)
