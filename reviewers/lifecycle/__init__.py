"""States and moves of the committee, one machine per file."""

from reviewers.lifecycle.assignments import AssignmentLifecycle
from reviewers.lifecycle.mandates import MandateLifecycle
from reviewers.lifecycle.sessions import AgendaItemLifecycle, SessionLifecycle

__all__ = ["AgendaItemLifecycle", "AssignmentLifecycle", "MandateLifecycle", "SessionLifecycle"]
