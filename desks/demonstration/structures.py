"""The structures of the demonstration: names, towns and numbers are invented; each one is at a stage of its story."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from desks.demonstration.people import Person


@dataclass(frozen=True)
class Action:
    """One solution (« action » on screen) with its facets."""

    name: str
    summary: str
    main_field: str
    territory: str = "departmental"
    place: str = ""
    fields: tuple[str, ...] = ()
    cancers: tuple[str, ...] = ("all",)
    regions: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ("patient", "caregiver")
    access: tuple[str, ...] = ("on_site",)
    moments: tuple[str, ...] = ("during", "after")
    remote: bool = False


@dataclass(frozen=True)
class Told:
    """One structure, its people, its actions, the last step of its story and how long ago the story began."""

    key: str
    name: str
    kind: str
    number: str
    city: str
    postal_code: str
    president: Person
    quality: str
    summary: str
    stage: str
    begun: int  # days ago
    actions: tuple[Action, ...]
    editor: Person | None = None
    address: str = "4 place du Marché"
    country: str = "FR"
    structure_type: str = "association_1901"
    online: bool = True
    helped: int = 240
    score: int = 3
    facts: dict[str, Any] = field(default_factory=dict)


STRUCTURES: tuple[Told, ...] = (
    Told(
        "anemone",
        "Escale Anémone",
        "rna",
        "W990000001",
        "Villeurbanne",
        "69100",
        Person("Nadia", "Brossard", look_at="présidente d'Escale Anémone : un label valide"),
        "présidente",
        "Escale Anémone écoute les personnes touchées par un cancer et leurs proches, au téléphone et dans "
        "un local ouvert cinq jours sur sept. Elle aide aussi à reprendre une activité physique douce.",
        "granted",
        118,
        (
            Action(
                "Ligne d'écoute Anémone",
                "Une écoute par téléphone, par des bénévoles formés dont la moitié ont eu un cancer, "
                "six jours sur sept. L'écoute est gratuite et anonyme.",
                "PSY",
                "national",
                fields=("PSY", "AID", "PAIR"),
                access=("phone",),
                remote=True,
                moments=("before", "during", "after", "relapse"),
            ),
            Action(
                "Reprendre souffle",
                "Des séances d'activité physique adaptée en petit groupe, avec une enseignante diplômée, "
                "au rythme de chacun.",
                "APA",
                "departmental",
                fields=("APA", "SUPP"),
                departments=("69",),
                access=("on_site", "step_free"),
            ),
        ),
        editor=Person("Karim", "Delmas", look_at="écrit dans les dossiers d'Escale Anémone"),
        helped=1850,
    ),
    Told(
        "rives",
        "Rives et Relais",
        "rna",
        "W990000002",
        "Nantes",
        "44000",
        Person("Yves", "Le Goff", look_at="une décision qui arrive par courrier"),
        "président",
        "Rives et Relais aide les salariés touchés par un cancer à garder ou à retrouver un travail, avec "
        "les employeurs et la médecine du travail.",
        "granted_with_conditions",
        110,
        (
            Action(
                "Le relais emploi",
                "Un accompagnement de six mois avec un bénévole qui a vécu un retour au travail, et une "
                "rencontre avec l'employeur si la personne le souhaite.",
                "TRAV",
                "regional",
                fields=("TRAV", "SOC", "ADM"),
                regions=("52",),
                moments=("after",),
                access=("on_site", "video"),
                remote=True,
            ),
        ),
        online=False,
    ),
    Told(
        "garance",
        "Souffle de Garance",
        "rna",
        "W9G1000003",
        "Les Abymes",
        "97139",
        Person("Maryse", "Belrose"),
        "présidente",
        "Souffle de Garance accompagne en Guadeloupe les femmes qui ont eu un cancer du sein, pendant et "
        "après les traitements.",
        "granted_by_post",
        104,
        (
            Action(
                "Les jardins de Garance",
                "Des ateliers de bien-être et de parole dans un jardin partagé, deux fois par semaine.",
                "SUPP",
                "departmental",
                fields=("SUPP", "PAIR"),
                cancers=("breast",),
                departments=("971",),
            ),
        ),
        online=False,
    ),
    Told(
        "aidants",
        "Le Banc des Aidants",
        "alsace_moselle",
        "Strasbourg / 99 / 042",
        "Strasbourg",
        "67000",
        Person("Odette", "Schmitt", look_at="un label suspendu"),
        "présidente",
        "Le Banc des Aidants offre du répit et de l'écoute aux proches d'une personne malade dans le Bas-Rhin.",
        "suspended",
        100,
        (
            Action(
                "Une heure pour soi",
                "Un bénévole vient à domicile tenir compagnie à la personne malade pendant que l'aidant sort.",
                "AID",
                "departmental",
                fields=("AID", "SOC"),
                departments=("67",),
                audiences=("caregiver",),
            ),
        ),
        structure_type="association_local_law",
    ),
    Told(
        "lanterne",
        "La Lanterne des Soins",
        "rna",
        "W990000021",
        "Dijon",
        "21000",
        Person("Hervé", "Tissot", look_at="une procédure sur son label, à laquelle il a répondu"),
        "président",
        "La Lanterne des Soins propose à Dijon des ateliers de respiration et de mouvement doux.",
        "label_in_procedure",
        99,
        (
            Action(
                "Les ateliers du souffle",
                "Un atelier par semaine en petit groupe, animé par une éducatrice sportive formée.",
                "APA",
                "departmental",
                fields=("APA",),
                departments=("21",),
            ),
        ),
    ),
    Told(
        "corolle",
        "Corolle et Compagnie",
        "rna",
        "W990000022",
        "Limoges",
        "87000",
        Person("Élise", "Faucher", look_at="un label retiré, et comment contester"),
        "présidente",
        "Corolle et Compagnie organisait à Limoges des séances de socio-esthétique pendant les traitements.",
        "label_withdrawn",
        117,
        (
            Action(
                "Prendre soin de soi",
                "Des séances individuelles, à l'hôpital de jour, avec une socio-esthéticienne diplômée.",
                "SUPP",
                "departmental",
                fields=("SUPP",),
                departments=("87",),
            ),
        ),
    ),
    Told(
        "leman",
        "Passerelle du Léman",
        "foreign",
        "CH 550.1.000.042-9",
        "Genève",
        "1204",
        Person("Blaise", "Rochat", look_at="un refus qu'il conteste"),
        "secrétaire général",
        "Passerelle du Léman informe les travailleurs frontaliers atteints d'un cancer sur leurs droits.",
        "refused",
        96,
        (
            Action(
                "Guichet frontalier",
                "Un rendez-vous par mois à Annemasse pour remplir les dossiers des deux pays.",
                "ADM",
                "local",
                "Annemasse",
                fields=("ADM",),
                departments=("74",),
            ),
        ),
        country="CH",
        score=1,
    ),
    Told(
        "halte",
        "La Halte des Tilleuls",
        "rna",
        "W990000023",
        "Angers",
        "49000",
        Person("Odile", "Marest", look_at="un recours rejeté, une affaire au tribunal"),
        "présidente",
        "La Halte des Tilleuls anime un lieu d'accueil de quartier, avec des ateliers et des conférences.",
        "appeal_rejected",
        110,
        (
            Action(
                "Les jeudis de la Halte",
                "Un après-midi par semaine : écoute, gymnastique douce et conférences sur la santé.",
                "SUPP",
                "local",
                "Angers",
                fields=("SUPP",),
                departments=("49",),
            ),
        ),
    ),
    Told(
        "source",
        "Source Vive en Velay",
        "rna",
        "W990000024",
        "Le Puy-en-Velay",
        "43000",
        Person("Étienne", "Vialle", look_at="un recours accepté, son dossier rouvert"),
        "président",
        "Source Vive en Velay propose un accompagnement aux personnes en traitement, loin des grands centres.",
        "appeal_upheld",
        112,
        (
            Action(
                "La navette du Velay",
                "Un transport accompagné vers l'hôpital, avec une personne qui reste pendant le soin.",
                "AID",
                "departmental",
                fields=("AID",),
                departments=("43",),
            ),
        ),
    ),
    Told(
        "craie",
        "Ailes de Craie",
        "rna",
        "W990000006",
        "Arras",
        "62000",
        Person("Fatou", "Diallo", look_at="une décision qui attend sa signature"),
        "présidente",
        "Ailes de Craie intervient auprès des enfants hospitalisés et de leurs frères et sœurs.",
        "to_sign",
        52,
        (
            Action(
                "La classe en plein vol",
                "Du soutien scolaire et des ateliers de dessin à l'hôpital et à la maison, avec d'anciens "
                "enseignants.",
                "ENF",
                "departmental",
                fields=("ENF", "SOC"),
                cancers=("paediatric",),
                departments=("62",),
            ),
        ),
    ),
    Told(
        "paslegers",
        "La Maison du Pas Léger",
        "rna",
        "W2A9000007",
        "Ajaccio",
        "20000",
        Person("Ghjuvan", "Mattei", look_at="un avis rendu, une décision à préparer"),
        "trésorier",
        "La Maison du Pas Léger reçoit en Corse les personnes en traitement et celles qui les accompagnent.",
        "advised",
        48,
        (
            Action(
                "Le pas léger",
                "De la marche douce et de l'activité physique adaptée au bord de mer, avec transport.",
                "APA",
                "regional",
                fields=("APA", "SUPP"),
                regions=("94",),
            ),
        ),
    ),
    Told(
        "aurore",
        "Fil d'Aurore",
        "rna",
        "W990000008",
        "Limoges",
        "87000",
        Person("Jeanne", "Picard", look_at="un dossier en délibération"),
        "présidente",
        "Fil d'Aurore rompt l'isolement des personnes soignées à la campagne, par téléphone et par visites.",
        "in_deliberation",
        45,
        (
            Action(
                "Le fil du soir",
                "Un appel par semaine, toujours par la même personne, et une visite par mois.",
                "PAIR",
                "departmental",
                fields=("PAIR", "PSY"),
                departments=("87", "23"),
                access=("phone", "on_site"),
                remote=True,
            ),
        ),
    ),
    Told(
        "horizon",
        "Cap Douceur",
        "rna",
        "W990000009",
        "Toulouse",
        "31000",
        Person("Sofia", "Martinez", look_at="un dossier en évaluation"),
        "présidente",
        "Cap Douceur propose des soins de support gratuits près de chez soi, avec des professionnels formés.",
        "under_review",
        40,
        (
            Action(
                "Les samedis de Cap Douceur",
                "Sophrologie, conseils de nutrition et temps d'échange, un samedi sur deux.",
                "SUPP",
                "departmental",
                fields=("SUPP", "PSY"),
                departments=("31",),
            ),
        ),
    ),
    Told(
        "automne",
        "Lueur d'Automne",
        "siren",
        "999000011",
        "Dijon",
        "21000",
        Person("Robert", "Chevalier"),
        "président",
        "Lueur d'Automne accompagne les personnes en fin de vie et leurs proches.",
        "withdrawn",
        38,
        (
            Action(
                "Présences du soir",
                "Des bénévoles formés à l'accompagnement passent la soirée auprès de la personne.",
                "FDV",
                "departmental",
                fields=("FDV", "AID"),
                departments=("21",),
                cancers=("advanced",),
            ),
        ),
    ),
    Told(
        "heures",
        "Le Jardin des Heures",
        "rna",
        "W990000011",
        "Montpellier",
        "34000",
        Person("Amélie", "Roux", look_at="deux pièces à envoyer"),
        "présidente",
        "Le Jardin des Heures accueille les personnes en soin dans un jardin adapté, pour jardiner et souffler.",
        "incomplete",
        24,
        (
            Action(
                "Jardiner assis",
                "Un jardin à hauteur de fauteuil et un animateur, trois après-midi par semaine.",
                "SUPP",
                "local",
                "Montpellier",
                fields=("SUPP", "PAIR"),
                departments=("34",),
                access=("on_site", "step_free"),
            ),
        ),
    ),
    Told(
        "pluie",
        "Mots de Pluie",
        "rna",
        "W990000012",
        "Brest",
        "29200",
        Person("Gwenaëlle", "Kermarrec", look_at="un dossier recevable, sans panel encore"),
        "présidente",
        "Mots de Pluie anime des ateliers d'écriture pour dire la maladie, à l'hôpital et en médiathèque.",
        "admissible",
        20,
        (
            Action(
                "Écrire pour dire",
                "Huit séances d'écriture en petit groupe et un recueil remis à chacun.",
                "PSY",
                "departmental",
                fields=("PSY", "SUPP"),
                departments=("29",),
            ),
        ),
    ),
    Told(
        "marees",
        "Entre Deux Marées",
        "rna",
        "W990000013",
        "La Rochelle",
        "17000",
        Person("Louis", "Barreau", look_at="un dossier à vérifier, un message à lire"),
        "président",
        "Entre Deux Marées aide les pêcheurs et leurs familles à suivre un traitement loin de l'hôpital.",
        "submitted",
        12,
        (
            Action(
                "La navette",
                "Des trajets partagés vers le centre de traitement, avec un bénévole.",
                "SOC",
                "departmental",
                fields=("SOC", "FIN"),
                departments=("17",),
            ),
        ),
    ),
    Told(
        "courante",
        "Main Courante",
        "siret",
        "99900002900010",
        "Nevers",
        "58000",
        Person("Simone", "Aubert"),
        "présidente",
        "Main Courante tient une permanence d'aide aux papiers pour les personnes âgées malades.",
        "paper",
        9,
        (
            Action(
                "La permanence du jeudi",
                "On remplit avec vous les papiers de la maladie et du transport.",
                "ADM",
                "local",
                "Nevers",
                fields=("ADM", "SOC"),
                departments=("58",),
            ),
        ),
        online=False,
    ),
    Told(
        "phares",
        "Les Petits Phares",
        "rna",
        "W990000015",
        "Le Havre",
        "76600",
        Person("Inaya", "Lefort", look_at="un brouillon presque complet, la charte à signer"),
        "présidente",
        "Les Petits Phares informent les adolescents dont un parent est malade.",
        "almost",
        15,
        (
            Action(
                "Le phare en ligne",
                "Un site et des rendez-vous en visio pour poser ses questions, avec une psychologue.",
                "INFO",
                "national",
                fields=("INFO", "ENF", "PSY"),
                access=("video",),
                remote=True,
            ),
        ),
        editor=Person("Noé", "Lefort"),
    ),
    Told(
        "recif",
        "Récif Solidaire",
        "foreign",
        "NC 1234567",
        "Nouméa",
        "98800",
        Person("Teva", "Wamytan", look_at="un brouillon bloqué, une aide demandée"),
        "président",
        "Récif Solidaire héberge à Nouméa les familles des îles pendant les soins.",
        "stuck",
        30,
        (
            Action(
                "Une chambre au port",
                "Trois chambres près de l'hôpital, et un repas partagé le soir.",
                "FIN",
                "local",
                "Nouméa",
            ),
        ),
        country="NC",
    ),
    Told(
        "tilleul",
        "Le Temps du tilleul",
        "rna",
        "W990000031",
        "Dijon",
        "21000",
        Person("Solange", "Perrault", look_at="présidente : renouveler un label, brouillon commencé"),
        "présidente",
        "Le Temps du tilleul accompagne à domicile les personnes en traitement et leurs proches.",
        "renewing",
        185,
        (
            Action(
                "Visites à domicile",
                "Des bénévoles formés rendent visite aux personnes en traitement, une fois par semaine.",
                "AID",
                "departmental",
                fields=("AID", "PSY"),
                departments=("21",),
            ),
        ),
        helped=420,
    ),
    Told(
        "estran",
        "Les Pieds dans l'estran",
        "rna",
        "W990000032",
        "Saint-Malo",
        "35400",
        Person("Gwenaël", "Tanguy", look_at="président : label prolongé, renouvellement en cours"),
        "président",
        "L'association propose de la marche au bord de la mer après un cancer, en petit groupe.",
        "in_waiting",
        185,
        (
            Action(
                "Marche longe-côte adaptée",
                "De la marche dans l'eau, encadrée par une personne diplômée, au rythme de chacun.",
                "APA",
                "departmental",
                fields=("APA", "SUPP"),
                departments=("35",),
            ),
        ),
        helped=130,
    ),
    Told(
        "sentier",
        "Le Sentier des Voix",
        "rna",
        "W990000033",
        "Limoges",
        "87000",
        Person("Mireille", "Lacombe", look_at="présidente : un label d'un an, son suivi annuel à envoyer"),
        "présidente",
        "Le Sentier des Voix propose du chant et de la relaxation aux personnes en traitement et à leurs proches.",
        "followed",
        355,
        (
            Action(
                "Chanter ensemble",
                "Un atelier de chant chaque semaine, encadré par une musicothérapeute, à l'hôpital et en ville.",
                "SUPP",
                "departmental",
                fields=("SUPP", "PSY"),
                departments=("87",),
            ),
        ),
        helped=160,
    ),
)
