"""What was granted: labels and certificates; their follow-ups, their measures, the procedures to withdraw them."""

from certificates.models.credentials import Credential, StatusList
from certificates.models.follow_ups import Change, Consultation, Contact, FollowUp, Gap
from certificates.models.hearings import Ground, Hearing, Observation
from certificates.models.labels import (
    Certificate,
    Condition,
    Interruption,
    Label,
    LabelQuerySet,
    RecognisedSolution,
    SealRenewal,
    Suspension,
    SuspensionQuerySet,
)
from certificates.models.log import Checkpoint, CheckpointStamp, Leaf, LoggedFact, LogHead, TreeNode
from certificates.models.measures import Measure
from certificates.models.mergers import MergerRequest
from certificates.models.register_alerts import RegisterAlert
from certificates.models.withdrawals import NoticeAnswer, Withdrawal, WithdrawalOpinion, WithdrawalProposal

__all__ = [
    "Certificate",
    "Change",
    "Checkpoint",
    "CheckpointStamp",
    "Condition",
    "Consultation",
    "Contact",
    "Credential",
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
    "MergerRequest",
    "NoticeAnswer",
    "Observation",
    "RecognisedSolution",
    "RegisterAlert",
    "SealRenewal",
    "StatusList",
    "Suspension",
    "SuspensionQuerySet",
    "TreeNode",
    "Withdrawal",
    "WithdrawalOpinion",
    "WithdrawalProposal",
]
