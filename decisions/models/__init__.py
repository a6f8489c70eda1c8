"""INCa's acts: reasons, conditions, signature under delegation, notification and remedies; appeals and disputes."""

from decisions.models.acts import Decision, DecisionQuerySet, ProposedCondition
from decisions.models.appeals import AnsweredPoint, Appeal
from decisions.models.litigation import Litigation, LitigationStep
from decisions.models.silence import SilenceRequest

__all__ = [
    "AnsweredPoint",
    "Appeal",
    "Decision",
    "DecisionQuerySet",
    "Litigation",
    "LitigationStep",
    "ProposedCondition",
    "SilenceRequest",
]
