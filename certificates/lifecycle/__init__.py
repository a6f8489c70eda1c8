"""States and moves of what was granted, one machine per file."""

from certificates.lifecycle.follow_ups import FollowUpLifecycle
from certificates.lifecycle.labels import LabelLifecycle
from certificates.lifecycle.register_alerts import RegisterAlertLifecycle
from certificates.lifecycle.withdrawals import WithdrawalLifecycle

__all__ = ["FollowUpLifecycle", "LabelLifecycle", "RegisterAlertLifecycle", "WithdrawalLifecycle"]
