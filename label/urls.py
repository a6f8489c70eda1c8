"""Addresses of this room, by the space in which they stand."""

from django.urls import path

from label.views import draft, evidence, filing, health_data, office, on_behalf, public, solutions, tracking

DOSSIER = "dossiers/<str:reference>/"

public_urls = [
    path("demander/", public.apply, name="apply"),
    path("demander/modele/", public.model_dossier, name="apply_model"),
    path("demander/papier/", public.paper, name="apply_paper"),
    path("demander/papier/formulaire.pdf", public.paper_form, name="apply_paper_form"),
]
space_urls = [
    path("dossiers/commencer/", filing.start, name="application_start"),
    path(DOSSIER, draft.application, name="application"),
    path(DOSSIER + "action/<int:solution_pk>/", solutions.solution, name="application_solution"),
    path(DOSSIER + "preuves/<str:axis>/", evidence.evidence, name="application_evidence"),
    path(
        DOSSIER + "documents/<int:document_pk>/retirer/",
        filing.remove_document,
        name="application_document_remove",
    ),
    path(DOSSIER + "personnes/<int:contributor_pk>/", filing.contributor, name="application_contributor"),
    path(DOSSIER + "depot/", filing.submit, name="application_submit"),
    path(DOSSIER + "accuse/", filing.receipt, name="application_receipt"),
    path(DOSSIER + "accuse.pdf", filing.receipt_pdf, name="application_receipt_pdf"),
    path(DOSSIER + "suivi/", tracking.tracking, name="application_tracking"),
    path(DOSSIER + "pieces/", tracking.pieces, name="application_pieces"),
    path(DOSSIER + "pieces/envoyees/", tracking.pieces_sent, name="application_pieces_sent"),
    path(DOSSIER + "lire/", filing.read, name="application_read"),
    path(DOSSIER + "dossier.pdf", filing.dossier_pdf, name="application_pdf"),
    path(DOSSIER + "export.json", filing.export, name="application_export"),
    path(DOSSIER + "referentiel/", filing.choose_edition, name="application_edition"),
    path(DOSSIER + "dupliquer/", filing.duplicate, name="application_duplicate"),
    path(DOSSIER + "aide/", filing.ask_help, name="application_help"),
    path(DOSSIER + "relecture/", filing.ask_reading, name="application_reading"),
    path(DOSSIER + "retirer/", filing.withdraw, name="application_withdraw"),
    path(DOSSIER + "<slug:slug>/", draft.section, name="application_section"),
]
staff_urls = [
    path("dossiers/saisir/", on_behalf.find, name="on_behalf_find"),
    path("dossiers/saisir/nouvelle-structure/", on_behalf.new_structure, name="on_behalf_structure"),
    path(DOSSIER + "reception/", on_behalf.correct, name="on_behalf_correct"),
    path("dossiers/saisir/<int:structure_pk>/", on_behalf.enter, name="on_behalf_enter"),
    path(DOSSIER, office.staff_application, name="staff_application"),
    path(DOSSIER + "verification/", office.staff_completeness, name="staff_completeness"),
    path(DOSSIER + "pieces/", office.staff_ask_documents, name="staff_ask_documents"),
    path(DOSSIER + "agir/", office.staff_act, name="staff_act"),
    path(DOSSIER + "donner/", office.staff_assign, name="staff_assign"),
    path(DOSSIER + "relecture/", office.staff_read_back, name="staff_read_back"),
    path(DOSSIER + "documents/", health_data.staff_documents, name="staff_documents"),
    path(DOSSIER + "passages/", health_data.staff_masking, name="staff_masking"),
]
