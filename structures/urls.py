"""Addresses of this room, by the space in which they stand."""

from django.urls import path

from structures import views

space_urls = [
    path("structure/", views.find_kind, name="structure_find"),
    path("structure/choisir/", views.choose, name="structure_choose"),
    path("structure/confirmer/", views.confirm, name="structure_confirm"),
    path("structure/rejoindre/", views.join, name="structure_join"),
    path("structure/coordonnees/", views.contact, name="structure_contact"),
    path("structure/numero/", views.number, name="structure_number"),
    path("structure/<slug:way>/", views.find_number, name="structure_search"),
    path("personnes/", views.people, name="structure_people"),
    path("personnes/inviter/", views.invite, name="structure_invite"),
    path("personnes/ajouter/", views.add_person, name="structure_add_person"),
    path("personnes/passer-la-main/", views.hand_over, name="structure_hand_over"),
    path("invitations/", views.invitations, name="structure_invitations"),
    path("recevoir-nos-decisions/", views.service, name="structure_service"),
]
staff_urls = [
    path("structures/<int:structure_pk>/", views.staff_structure, name="staff_structure"),
    path("structures/<int:structure_pk>/coordonnees/", views.staff_contact, name="staff_structure_contact"),
    path("structures/<int:structure_pk>/geler/", views.staff_freeze, name="staff_structure_freeze"),
    path("structures/<int:structure_pk>/numero/", views.staff_number, name="staff_structure_number"),
    path(
        "structures/<int:structure_pk>/numero/<int:registration_pk>/",
        views.staff_told,
        name="staff_structure_told",
    ),
    path("structures/<int:structure_pk>/dirigeants/", views.staff_officers, name="staff_structure_officers"),
    path("structures/<int:structure_pk>/joindre/", views.staff_reach, name="staff_structure_reach"),
    path(
        "structures/<int:structure_pk>/representant/",
        views.staff_representative,
        name="staff_structure_representative",
    ),
    path(
        "structures/<int:structure_pk>/registre/<int:check_pk>/",
        views.staff_check,
        name="staff_structure_check",
    ),
]
