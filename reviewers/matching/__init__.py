"""Panels proposed by computation: pure, without Django, the same answer for the same question (domain 6.3).

`propose_panels(problem)` gives each dossier its members: the assignment of greatest fit under the hard rules
(conflicts, loads, minimum per college, no reviewer twice in a row on one label), then the fairest among those that
lose at most five thousandths of it. `docs/panels.md` tells the method and its figures.
"""

from reviewers.matching.fit import Reason
from reviewers.matching.problem import Dossier, Key, Member, Pair, Points, Problem, Rule
from reviewers.matching.propose import Proposal, Seat, propose_panels, replace_member
from reviewers.matching.shortage import Relaxation, Shortfall, relaxed
from reviewers.matching.table import RefusedPin

__all__ = [
    "Dossier",
    "Key",
    "Member",
    "Pair",
    "Points",
    "Problem",
    "Proposal",
    "Reason",
    "RefusedPin",
    "Relaxation",
    "Rule",
    "Seat",
    "Shortfall",
    "propose_panels",
    "relaxed",
    "replace_member",
]
