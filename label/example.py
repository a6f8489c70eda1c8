"""The model dossier that can be read before applying: an invented association, with short and honest answers."""

from typing import Any

from django.utils.translation import gettext_lazy as _

MODEL: dict[str, Any] = {
    "structure_summary": _(
        "Nous aidons les personnes de la vallée pendant et après un cancer : une permanence d'écoute, "
        "des ateliers de marche et une aide pour les papiers."
    ),
    "structure_people_helped": "140",
    "structure_volunteers": "18",
    "governance_bodies": _(
        "L'assemblée générale vote les comptes et le programme. Le conseil d'administration, neuf personnes, "
        "se réunit tous les deux mois. Le bureau, trois personnes, règle les affaires courantes."
    ),
    "governance_elections": _(
        "Le conseil est élu pour trois ans par l'assemblée générale, par tiers. Personne ne reste plus de neuf ans."
    ),
    "governance_seats": "9",
    "governance_patients": "4",
    "governance_caregivers": "2",
    "governance_participation": _(
        "Chaque nouvelle action est décidée avec un groupe d'usagers. Une enquête a lieu tous les ans ; "
        "ses résultats sont discutés en assemblée."
    ),
    "contributors_exist": _("Oui"),
    "funding_year": "2026",
    "funding_budget": _("42 000 €"),
    "funding_employees": "0",
    "funding_sources": _(
        "Dons : 21 000 €. Subvention de la commune : 12 000 €. Cotisations : 5 000 €. Vente de livrets : 4 000 €."
    ),
    "funding_industry": _("Non"),
}
MODEL_SOLUTION = {
    "name": _("La permanence du jeudi"),
    "summary": _(
        "Chaque jeudi, deux bénévoles formés reçoivent sans rendez-vous, ou répondent au téléphone. "
        "Ils écoutent et orientent vers les bons services."
    ),
}
MODEL_CRITERIA = {
    "A1.1": _(
        "Nos statuts disent que personne ne tire d'avantage de l'association. Les comptes sont votés et publiés. "
        "Document : statuts signés en 2024."
    ),
    "A2.1": _(
        "La permanence est née d'un atelier avec vingt-deux personnes malades et aidantes. "
        "Document : compte rendu de l'atelier, sans aucun nom."
    ),
    "A5.1": _(
        "Les bénévoles ne donnent aucun conseil médical. Une fiche dit vers qui orienter. "
        "Document : la fiche, relue par une infirmière."
    ),
}
