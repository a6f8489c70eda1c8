"""Sentences offered to who prepares an act, in French like the letters; a person always edits them."""

from __future__ import annotations

import re
from itertools import chain

from django.conf import settings

from decisions.models import Decision

Kind = Decision.Kind

IN_LAW = {
    Kind.GRANT: (
        "La demande relève du texte qui crée le label associatif ({legal_basis}) et du "
        "référentiel en vigueur à la date du dépôt. Le label est accordé lorsque l'avis du comité et l'examen du "
        "dossier montrent que les critères sont remplis, en particulier ceux pour lesquels un seuil est fixé.",
    ),
    Kind.GRANT_WITH_CONDITIONS: (
        "Vu le texte qui crée le label associatif ({legal_basis}). "
        "Le référentiel permet d'accorder le label avec des réserves lorsque les critères éliminatoires sont remplis "
        "et que les points restants peuvent être corrigés à une date fixée. Les réserves sont motivées, comme le veut "
        "l'article L. 211-2 du code des relations entre le public et l'administration.",
    ),
    Kind.REFUSE: (
        "Vu le texte qui crée le label associatif ({legal_basis}). "
        "Le label est refusé lorsque le dossier n'atteint pas le niveau fixé par le référentiel, sur l'ensemble ou sur "
        "un critère pour lequel un niveau minimal est exigé. La présente décision est motivée en droit et en fait.",
    ),
    Kind.INADMISSIBLE: (
        "Vu le texte qui crée le label associatif ({legal_basis}). "
        "Une demande n'est examinée sur le fond que si les conditions de recevabilité du règlement du label sont "
        "remplies : nature de la structure, champ des actions présentées, charte signée, absence d'une autre demande.",
    ),
    Kind.CLOSE: (
        "Vu le texte qui crée le label associatif ({legal_basis}). "
        "L'article L. 114-5 du code des relations entre le public et l'administration permet de demander les pièces "
        "indispensables qui manquent, dans un délai fixé. Sans ces pièces, la demande ne peut pas être examinée.",
    ),
}
IN_FACT = {
    Kind.GRANT: (
        "Le comité a évalué les actions présentées. Il relève en particulier que [point fort] et que [point fort]. "
        "Aucun critère éliminatoire n'est en dessous du niveau exigé. L'Institut fait siens ces constats.",
    ),
    Kind.GRANT_WITH_CONDITIONS: (
        "Le comité relève [point fort]. Il constate toutefois que [point à corriger], comme le montre [pièce du "
        "dossier]. Ce point peut être corrigé avant la date fixée, et n'empêche pas d'utiliser le label d'ici là.",
    ),
    Kind.REFUSE: (
        "Le comité constate que [constat], comme le montre [pièce du dossier]. Sur le critère [critère], le niveau "
        "exigé n'est pas atteint parce que [raison]. Les éléments apportés ne permettent pas de conclure autrement.",
    ),
    Kind.INADMISSIBLE: (
        "Il ressort du dossier que [constat], comme le montre [pièce du dossier]. Cette condition n'est pas remplie "
        "à la date de la décision. La qualité des actions n'a pas été évaluée.",
    ),
    Kind.CLOSE: (
        "Par lettre du [date], les pièces suivantes ont été demandées : [liste]. Une relance a été envoyée le [date]. "
        "À ce jour, elles ne sont pas arrivées, et la structure n'a pas fait savoir qu'elle ne pouvait les fournir.",
    ),
}


BLANK = re.compile(r"\[[^\]]+\]")
# The blanks of all these sentences: none may be left in an act.
BLANKS = frozenset(
    blank
    for texts in chain(IN_LAW.values(), IN_FACT.values())
    for text in texts
    for blank in BLANK.findall(text)
)


def blanks_left(text: str) -> list[str]:
    """The blanks of an offered sentence that nobody has filled in yet, each once, in their order."""
    return list(dict.fromkeys(blank for blank in BLANK.findall(" ".join(text.split())) if blank in BLANKS))


def offered(kinds: list[Kind]) -> dict[str, list[tuple[str, str]]]:
    """For each of the two parts of the reasons: (code of the sentence, sentence), for the kinds that are possible."""
    return {
        part: [
            (f"{part}:{kind}:{rank}", text.replace("{legal_basis}", settings.LEGAL_BASIS))
            for kind in kinds
            for rank, text in enumerate(table.get(kind, ()))
        ]
        for part, table in (("reasons_in_law", IN_LAW), ("reasons_in_fact", IN_FACT))
    }


def sentence(code: str) -> tuple[str, str] | None:
    """The field and the text that a code names; None for an unknown one."""
    for part, rows in offered(list(IN_LAW)).items():
        for known, text in rows:
            if known == code:
                return part, text
    return None
