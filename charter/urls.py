"""Addresses of this room, by the space in which they stand."""

from django.urls import path

from charter import views

public_urls = [
    path("charte/", views.charter_text, name="charter_text"),
    path("charte/charte.pdf", views.charter_pdf, name="charter_pdf"),
]
space_urls = [
    path("charte/", views.charter_sign, name="charter_sign"),
    path("charte/code/", views.charter_code, name="charter_code"),
    path("charte/attestation.pdf", views.charter_record_pdf, name="charter_record_pdf"),
]
staff_urls = [
    path("charte/", views.staff_charter, name="staff_charter"),
    path("structures/<int:structure_pk>/charte/", views.staff_charter_paper, name="staff_charter_paper"),
    path(
        "structures/<int:structure_pk>/charte/qui-a-signe/",
        views.staff_charter_identity,
        name="staff_charter_identity",
    ),
    path("structures/<int:structure_pk>/charte.pdf", views.staff_charter_record, name="staff_charter_record"),
]
