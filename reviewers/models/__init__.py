"""The committee: people, reviews, opinions."""

from reviewers.models.agenda import (
    AgendaItem,
    Ballot,
    Choice,
    Contribution,
    Deferral,
    DiscussionPoint,
    ItemStatement,
    SecretCount,
    StepOut,
)
from reviewers.models.conflicts import Challenge, LinkMatch, StaffMatch
from reviewers.models.entries import GridEntry, RereadEntry
from reviewers.models.experts import Expert
from reviewers.models.findings import OfficeFinding, OfficeFindingQuerySet
from reviewers.models.minutes import ChairApproval, LogbookEntry, Minutes, MinutesChange
from reviewers.models.opinions import Opinion
from reviewers.models.people import (
    College,
    InterestLink,
    InterestLinkQuerySet,
    Mandate,
    MandateHearing,
    Publication,
    Seat,
)
from reviewers.models.practice import Practice
from reviewers.models.rapporteurs import Rapporteur
from reviewers.models.reopenings import DeliberationAct, SecondOpinion
from reviewers.models.reviews import Assignment, Evaluation, Score, ScoreQuerySet
from reviewers.models.sessions import Attendance, AttendanceMode, Invitation, Session
from reviewers.models.summaries import PlainSummary

__all__ = [
    "AgendaItem",
    "Assignment",
    "Attendance",
    "AttendanceMode",
    "Ballot",
    "ChairApproval",
    "Challenge",
    "Choice",
    "College",
    "Contribution",
    "Deferral",
    "DeliberationAct",
    "DiscussionPoint",
    "Evaluation",
    "Expert",
    "GridEntry",
    "InterestLink",
    "InterestLinkQuerySet",
    "Invitation",
    "ItemStatement",
    "LinkMatch",
    "LogbookEntry",
    "Mandate",
    "MandateHearing",
    "Minutes",
    "MinutesChange",
    "OfficeFinding",
    "OfficeFindingQuerySet",
    "Opinion",
    "PlainSummary",
    "Practice",
    "Publication",
    "Rapporteur",
    "RereadEntry",
    "Score",
    "ScoreQuerySet",
    "Seat",
    "SecondOpinion",
    "SecretCount",
    "Session",
    "StaffMatch",
    "StepOut",
]
