"""States and moves of the acts of the Institute and of what is lodged against them, one machine per file."""

from decisions.lifecycle.acts import DecisionLifecycle
from decisions.lifecycle.appeals import AppealLifecycle

__all__ = ["AppealLifecycle", "DecisionLifecycle"]
