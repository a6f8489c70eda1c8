"""The closed lists that describe structures and solutions (domain 8.1 to 8.5).

Codes are kept in the database and in addresses: they are never changed, only added.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from structures.territories import ALSACE_MOSELLE_DEPARTMENTS, DEPARTMENTS, REGIONS, department_of, region_of

__all__ = [
    "ACCESS_MODES",
    "ALSACE_MOSELLE_DEPARTMENTS",
    "AUDIENCES",
    "CANCER_TYPES",
    "DEPARTMENTS",
    "FIELDS_OF_ACTION",
    "FIELD_GROUPS",
    "MOMENTS",
    "REGIONS",
    "STRUCTURE_TYPES",
    "TERRITORY_LEVELS",
    "CancerType",
    "Field",
    "StructureType",
    "Term",
    "choices",
    "department_of",
    "grouped_fields",
    "label_of",
    "may_apply",
    "region_of",
]

Words = Promise | str


class Named(Protocol):
    """What every list holds: a code and the words for it in the reader's language."""

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> Words: ...


@dataclass(frozen=True)
class Term:
    """One entry of a list; `english` is the courtesy translation, also in the English catalogue."""

    code: str
    label: Words
    english: str


@dataclass(frozen=True)
class Field(Term):
    """A field of action: its group gives a colour, which never stands without its icon and its words."""

    group: str
    icon: str


@dataclass(frozen=True)
class CancerType(Term):
    """A usual group of localisations with its ICD-10 range: said of a solution, never of a person."""

    icd10: str = ""


@dataclass(frozen=True)
class StructureType(Term):
    """A legal form in plain words; only association-like ones may get the label."""

    may_apply: bool


FIELD_GROUPS = (
    Term("institutional", _("Prévenir, informer, faire avancer"), "Prevent, inform, move things forward"),
    Term("pathway", _("Le parcours, de l'annonce à l'après"), "The pathway, from diagnosis to after"),
    Term("well_being", _("Mieux vivre pendant et après"), "Living better during and after"),
    Term("social", _("Être aidé et entouré"), "Being helped and supported"),
    Term("work", _("Le travail et le numérique"), "Work and digital tools"),
)

FIELDS_OF_ACTION = (
    Field("PREV", _("Prévention et dépistage"), "Prevention and screening", "institutional", "shield-line"),
    Field(
        "INFO",
        _("Information et orientation"),
        "Information and guidance",
        "institutional",
        "information-line",
    ),
    Field("DIAG", _("Annonce et diagnostic"), "Announcement and diagnosis", "pathway", "microscope-line"),
    Field("SOIN", _("Parcours de soin"), "Care pathway", "pathway", "stethoscope-line"),
    Field(
        "SUPP",
        _("Soins de support et mieux-être"),
        "Supportive care and well-being",
        "well_being",
        "leaf-line",
    ),
    Field(
        "APA", _("Activité physique adaptée"), "Adapted physical activity", "well_being", "heart-pulse-line"
    ),
    Field("PSY", _("Soutien psychologique"), "Psychological support", "well_being", "psychotherapy-line"),
    Field(
        "SEX",
        _("Cancer, intimité et sexualité"),
        "Cancer, intimacy and sexuality",
        "well_being",
        "heart-line",
    ),
    Field("SOC", _("Accompagnement social"), "Social support", "social", "service-line"),
    Field(
        "ADM",
        _("Aide administrative et accès aux droits"),
        "Administrative help and access to rights",
        "social",
        "file-text-line",
    ),
    Field(
        "FIN",
        _("Aide financière et matérielle"),
        "Financial and material help",
        "social",
        "money-euro-circle-line",
    ),
    Field("TRAV", _("Travail et emploi"), "Work and employment", "work", "briefcase-line"),
    Field("POST", _("Après-cancer"), "After cancer", "pathway", "seedling-line"),
    Field(
        "AID",
        _("Soutien aux aidants et proches"),
        "Support for caregivers and relatives",
        "social",
        "user-heart-line",
    ),
    Field("PAIR", _("Pair-aidance et rencontres"), "Peer support and meetings", "social", "team-line"),
    Field(
        "FDV", _("Soins palliatifs et fin de vie"), "Palliative care and end of life", "pathway", "moon-line"
    ),
    Field(
        "ENF",
        _("Enfants, adolescents, jeunes adultes"),
        "Children, teenagers, young adults",
        "pathway",
        "parent-line",
    ),
    Field(
        "RECH",
        _("Recherche et participation des patients"),
        "Research and patient participation",
        "institutional",
        "test-tube-line",
    ),
    Field("FORM", _("Formation"), "Training", "institutional", "book-2-line"),
    Field(
        "PLAI", _("Plaidoyer et défense des droits"), "Advocacy and rights", "institutional", "megaphone-line"
    ),
    Field(
        "NUM",
        _("Outils numériques et aide à l'usage"),
        "Digital tools and help to use them",
        "work",
        "computer-line",
    ),
)

CANCER_TYPES = (
    CancerType("all", _("Tous les cancers"), "All cancers"),
    CancerType("breast", _("Sein"), "Breast", "C50"),
    CancerType("prostate", _("Prostate"), "Prostate", "C61"),
    CancerType("colorectal", _("Côlon, rectum, anus"), "Colon, rectum, anus", "C18-C21"),
    CancerType("lung", _("Poumon et plèvre"), "Lung and pleura", "C33-C34, C38, C45"),
    CancerType(
        "head_neck", _("ORL et voies aérodigestives supérieures"), "Head and neck", "C00-C14, C30-C32"
    ),
    CancerType("oesophagus_stomach", _("Œsophage et estomac"), "Oesophagus and stomach", "C15-C16"),
    CancerType("liver", _("Foie et voies biliaires"), "Liver and bile ducts", "C22-C24"),
    CancerType("pancreas", _("Pancréas"), "Pancreas", "C25"),
    CancerType("urinary", _("Rein, vessie et voies urinaires"), "Kidney, bladder, urinary tract", "C64-C68"),
    CancerType("ovary", _("Ovaire"), "Ovary", "C56"),
    CancerType("cervix", _("Col de l'utérus"), "Cervix", "C53"),
    CancerType("uterus", _("Corps de l'utérus"), "Body of the uterus", "C54-C55"),
    CancerType("vulva_vagina", _("Vulve et vagin"), "Vulva and vagina", "C51-C52"),
    CancerType("testis_penis", _("Testicule et pénis"), "Testicle and penis", "C60, C62-C63"),
    CancerType("endocrine", _("Thyroïde et glandes endocrines"), "Thyroid and endocrine glands", "C73-C75"),
    CancerType("brain", _("Cerveau et système nerveux"), "Brain and nervous system", "C70-C72"),
    CancerType("skin", _("Peau, dont mélanome"), "Skin, including melanoma", "C43-C44"),
    CancerType(
        "sarcoma", _("Os et tissus mous, sarcomes"), "Bone and soft tissue, sarcomas", "C40-C41, C46-C49"
    ),
    CancerType(
        "blood",
        _("Cancers du sang : leucémies, lymphomes, myélome"),
        "Blood cancers: leukaemia, lymphoma, myeloma",
        "C81-C96",
    ),
    CancerType("eye", _("Œil"), "Eye", "C69"),
    CancerType(
        "paediatric", _("Cancers de l'enfant et de l'adolescent"), "Cancers of children and teenagers"
    ),
    CancerType("rare", _("Formes rares ou génétiques"), "Rare or genetic forms"),
    CancerType("advanced", _("Cancer métastatique ou avancé"), "Metastatic or advanced cancer"),
)

STRUCTURE_TYPES = (
    StructureType("association_1901", _("Association loi 1901"), "Association (1901 law)", True),
    StructureType(
        "association_local_law",
        _("Association de droit local (Alsace-Moselle)"),
        "Association under local law (Alsace-Moselle)",
        True,
    ),
    StructureType(
        "association_rup",
        _("Association reconnue d'utilité publique"),
        "Association recognised as being of public benefit",
        True,
    ),
    StructureType("federation", _("Fédération ou union d'associations"), "Federation of associations", True),
    StructureType("foundation", _("Fondation ou fonds de dotation"), "Foundation or endowment fund", False),
    StructureType("health_facility", _("Établissement de santé"), "Health facility", False),
    StructureType(
        "cancer_centre", _("Centre de lutte contre le cancer"), "Comprehensive cancer centre", False
    ),
    StructureType(
        "regional_network",
        _("Dispositif régional du cancer ou structure régionale"),
        "Regional cancer network",
        False,
    ),
    StructureType("support_company", _("Entreprise de support"), "Support company", False),
    StructureType("start_up", _("Start-up ou porteur de projet"), "Start-up or project holder", False),
    StructureType(
        "informal_group", _("Collectif sans personnalité morale"), "Group without legal personality", False
    ),
    StructureType("public_body", _("Organisme public"), "Public body", False),
)

AUDIENCES = (
    Term("patient", _("Personnes malades ou l'ayant été"), "Patients, present and past"),
    Term("caregiver", _("Aidants et proches"), "Caregivers and relatives"),
    Term("professional", _("Professionnels"), "Professionals"),
    Term("public", _("Grand public"), "General public"),
    Term("association", _("Associations"), "Associations"),
)

ACCESS_MODES = (
    Term("on_site", _("Sur place"), "On site"),
    Term("phone", _("Par téléphone"), "By phone"),
    Term("video", _("En visio"), "By video"),
    Term("post", _("Par courrier"), "By post"),
    Term("step_free", _("Accessible en fauteuil roulant"), "Wheelchair accessible"),
)

MOMENTS = (
    Term("before", _("Avant les traitements"), "Before treatment"),
    Term("during", _("Pendant les traitements"), "During treatment"),
    Term("after", _("Après les traitements"), "After treatment"),
    Term("relapse", _("En cas de rechute"), "In case of relapse"),
)

TERRITORY_LEVELS = (
    Term("national", _("Partout en France"), "Everywhere in France"),
    Term("regional", _("Une ou plusieurs régions"), "One or more regions"),
    Term("departmental", _("Un ou plusieurs départements"), "One or more departments"),
    Term("local", _("Une ville ou un quartier"), "A town or a district"),
)


def choices(terms: Iterable[Named]) -> list[tuple[str, Words]]:
    """Return a list as Django choices, in its own order."""
    return [(term.code, term.label) for term in terms]


def grouped_fields() -> list[tuple[Term, list[Field]]]:
    """Return the fields of action under their five groups, in order: for grouped checkboxes."""
    return [
        (group, [field for field in FIELDS_OF_ACTION if field.group == group.code]) for group in FIELD_GROUPS
    ]


def label_of(terms: Iterable[Named], code: str) -> Words:
    """Return the words for a code, or the code itself when it is not (or no longer) in the list."""
    return next((term.label for term in terms if term.code == code), code)


def may_apply(structure_type: str) -> bool:
    """Say whether structures of this type may ask for the label; an unknown type may not."""
    return any(kind.may_apply for kind in STRUCTURE_TYPES if kind.code == structure_type)
