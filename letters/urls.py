"""Addresses of this room, by the space in which they stand."""

from django.urls import path

from letters.views import demonstration, documents, exchanges, letters

public_urls = [
    path("fichiers/<int:pk>/", documents.stored_file, name="stored_file"),
    path("courriers/<int:pk>/pdf/", documents.letter_pdf, name="letter_pdf"),
    path("demonstration/courrier/", demonstration.demonstration_outbox, name="demonstration_outbox"),
]
space_urls = [
    path("courriers/<int:pk>/", letters.letter, name="letter"),
    path("messages/<str:subject>/", exchanges.exchanges, name="exchanges"),
]
staff_urls = [
    path("courriers/<int:pk>/", letters.staff_letter, name="staff_letter"),
    path("messages/<str:subject>/", exchanges.staff_exchanges, name="staff_exchanges"),
]
