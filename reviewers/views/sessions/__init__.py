"""Pages of the sessions of the committee: for those who sit, for the secretariat, and during the sitting."""

from django.urls import path

from reviewers.views.sessions import (
    attendance,
    calendar,
    experts,
    live,
    member,
    minutes,
    noting,
    office,
    ordering,
    papers,
    ruling,
    running,
    voting,
)
from reviewers.views.sessions.access import STAFF

ONE, OFFICE = "seances/<str:reference>/", "comite/seances/<str:reference>/"
IN_OFFICE = {"space": STAFF}

committee_urls = [
    path(ONE, member.session, name="committee_session"),
    path(f"{ONE}direct/", live.live, name="committee_session_live"),
    path(f"{ONE}conduite/", running.run, name="committee_session_run"),
    path(f"{ONE}presences/", attendance.attendance, name="committee_session_attendance"),
    path(f"{ONE}proces-verbal/", minutes.read, name="committee_session_minutes"),
    path(f"{ONE}proces-verbal.pdf", minutes.pdf, name="committee_session_minutes_pdf"),
    path(f"{ONE}seance.ics", calendar.calendar, name="committee_session_calendar"),
    path(f"{ONE}points/<int:pk>/", member.item, name="committee_session_item"),
    path(f"{ONE}points/<int:pk>/dossier/", member.dossier, name="committee_session_dossier"),
    path(f"{ONE}points/<int:pk>/dossier.pdf", papers.own_pack, name="committee_session_pack"),
    path(f"{ONE}points/<int:pk>/secret-rompu/", ruling.rule, name="committee_session_rule"),
    path(f"{ONE}points/<int:pk>/vote/", voting.vote, name="committee_session_vote"),
    path(f"{ONE}points/<int:pk>/vote-secret/", voting.secret, name="committee_session_secret"),
]

staff_urls = [
    path("comite/seances/nouvelle/", office.plan, name="staff_session_plan"),
    path(OFFICE, office.session, name="staff_session"),
    path(f"{OFFICE}modifier/", office.change, name="staff_session_change"),
    path(f"{OFFICE}ordre-du-jour/", ordering.agenda, name="staff_session_agenda"),
    path(f"{OFFICE}points/<int:pk>/experts/", experts.experts, name="staff_session_experts"),
    path(f"{OFFICE}convocation/", office.convene, name="staff_session_convene"),
    path(f"{OFFICE}reponses/<int:member>/", noting.answer, name="staff_session_answer"),
    path(f"{OFFICE}reponses/<int:member>/points/<int:pk>.pdf", papers.pack, name="staff_session_pack"),
    path(f"{OFFICE}conduite/", running.run, IN_OFFICE, name="staff_session_run"),
    path(f"{OFFICE}presences/", attendance.attendance, IN_OFFICE, name="staff_session_attendance"),
    path(f"{OFFICE}proces-verbal/", minutes.read, IN_OFFICE, name="staff_session_minutes"),
    path(f"{OFFICE}proces-verbal.pdf", minutes.pdf, IN_OFFICE, name="staff_session_minutes_pdf"),
    path(f"{OFFICE}seance.ics", calendar.calendar, IN_OFFICE, name="staff_session_calendar"),
]
