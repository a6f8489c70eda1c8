"""What was granted: labels and certificates; their follow-ups, their measures, the procedures to withdraw them."""

from certificates.models.follow_ups import Change, Consultation, Contact, FollowUp, Gap
from certificates.models.hearings import Ground, Hearing, Observation
from certificates.models.labels import (
    PERIODS,
    Certificate,
    Condition,
    Interruption,
    Label,
    LabelQuerySet,
    RecognisedSolution,
    Suspension,
)
from certificates.models.log import Checkpoint, CheckpointStamp, Leaf, LoggedFact, LogHead, TreeNode
from certificates.models.measures import Measure
from certificates.models.register_alerts import RegisterAlert
from certificates.models.renewals import RefusalHearing
from certificates.models.withdrawals import NoticeAnswer, Withdrawal, WithdrawalOpinion, WithdrawalProposal

__all__ = [
    "PERIODS",
    "Certificate",
    "Change",
    "Checkpoint",
    "CheckpointStamp",
    "Condition",
    "Consultation",
    "Contact",
    "FollowUp",
    "Gap",
    "Ground",
    "Hearing",
    "Interruption",
    "Label",
    "LabelQuerySet",
    "Leaf",
    "LogHead",
    "LoggedFact",
    "Measure",
    "NoticeAnswer",
    "Observation",
    "RecognisedSolution",
    "RefusalHearing",
    "RegisterAlert",
    "Suspension",
    "TreeNode",
    "Withdrawal",
    "WithdrawalOpinion",
    "WithdrawalProposal",
]
