"""What a member agrees to before their college is written down: the text is stored as it was shown.

Being in the college of patients or of caregivers may reveal health: explicit consent (GDPR, article 9-2-a).
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from reviewers.models import College, Publication


def consent_text(college: str) -> str:
    """The text to accept for that college, in the language of the page."""
    return _(
        "J'ai {age} ans ou plus. J'accepte que l'Institut enregistre que je fais partie du collège « {college} ». "
        "Cette information peut en dire sur ma santé ou sur celle d'un proche. "
        "Elle sert seulement à composer le comité et à donner le même poids à chaque collège. "
        "Aucun document médical ne me sera demandé. "
        "Je peux retirer mon accord quand je veux, sans donner de raison : mon mandat s'arrête alors."
    ).format(age=settings.MEMBER_LEAST_AGE, college=College(college).label)


def publication_text(publication: str, college: str) -> str:
    """What the public page will say, in the words that the member reads before choosing."""
    words = {
        Publication.NAME_AND_COLLEGE: _(
            "Tout le monde peut lire mon nom, et que je fais partie du collège « {college} »."
        ),
        Publication.NAME: _("Tout le monde peut lire mon nom. Mon collège n'est pas écrit."),
        Publication.PSEUDONYM: _("Seul le pseudonyme que je choisis est écrit, sans mon nom ni mon collège."),
        Publication.NOTHING: _("Rien n'est écrit sur moi."),
    }
    return words[Publication(publication)].format(college=College(college).label)
