"""Addresses of this room, by the space in which they stand."""

from django.urls import path

from feedback.views import office, public

public_urls = [
    path("signaler/", public.report_problem, name="report_problem"),
    path("signaler/suivre/", public.report_follow, name="report_follow"),
    path("signaler/<str:reference>/", public.report_page, name="report_page"),
    path("signaler/<str:reference>/reponse.pdf", public.report_answer_pdf, name="report_answer_pdf"),
]
staff_urls = [
    path("signalements/<str:reference>/", office.staff_report, name="staff_report"),
    path("signalements/<str:reference>/source/", office.staff_report_source, name="staff_report_source"),
]
