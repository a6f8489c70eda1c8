"""What the session must discuss, in words (domain 6.6 and 6.7): the flags of a frozen result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from reviewers.models import College
from reviewers.scoring import FlagCode


def told(flag: Mapping[str, Any]) -> str:
    """One flag in words, with the college when it is about one."""
    words = {
        FlagCode.SCORE_RANGE: _("Deux membres sont très éloignés"),
        FlagCode.COLLEGE_GAP: _("Deux collèges sont éloignés"),
        FlagCode.TOTAL_DEVIATION: _("Les totaux des membres sont très différents"),
        FlagCode.LONE_ADVICE: _("Un avis d'ensemble seul contre tous les autres"),
        FlagCode.SAFETY_ALERT: _("Alerte sécurité"),
        FlagCode.ELIMINATORY_MEDIAN: _("Note éliminatoire pour le panel"),
        FlagCode.ELIMINATORY_COLLEGE: _("Note éliminatoire pour un collège"),
        FlagCode.NO_OPINION: _("Un collège ne se prononce pas"),
    }
    text = words[FlagCode(flag["code"])]
    return f"{text} ({College(flag['college']).label})" if flag["college"] else text


def by_criterion(flags: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The words under their criterion; those about the whole dossier under an empty code."""
    found: dict[str, list[str]] = {}
    for flag in flags:
        found.setdefault(flag["criterion"], []).append(told(flag))
    return found
