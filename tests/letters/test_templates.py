"""The texts of the letters: five plain lines, everything the law asks for, in both meanings of silence."""

import re
from datetime import date

import pytest

from letters import checklist, parts, rendering, templates
from letters.models import Letter, Template
from letters.pdf import LetterContent, Signatory
from tests.factories.letter_facts import ANSWERED, PIECES, facts_of
from tests.factories.letters import a_letter, a_member, a_structure, letter_about_structures

FILES = sorted(templates.FOLDER.glob("L*.txt"))
CODES = [path.name.split(".")[0] for path in FILES]
# The highest version of each letter: the one that leaves.
NEWEST = {code: path for code, _, path in sorted((*templates.read(path)[:2], path) for path in FILES)}
# What the room tells since a later version of the text.
NOT_YET_TOLD = {"L8.v1.txt": ("label_number", "label_ends_on", "answers")}
REMEDIES = (
    "recours gracieux",
    "tribunal administratif",
    "Télérecours citoyens",
    "dans les deux mois",
    "R. 421-5",
)
BASIS = "base juridique de démonstration"
SILENCE = "réglage de démonstration, à remplacer par la décision de l'Institut"
CRITERION = "A2.1 – Place des patients dans les décisions"
REASONS = ("règlement du label, article 4", "hors de France", BASIS)
GRANT = (
    "LBL-2027-000001-11", "1er mars 2027", "28 février 2030", "Marche douce", "Café des aidants", "restent gratuites",
    "30 jours", "suivi annuel", "logo", "annuaire", "L. 242-2",
)  # fmt: skip
COURT = ("tribunal administratif", "Télérecours citoyens", "dans les deux mois", "R. 421-5")
GROUNDS = ("promet une guérison", "2 avril 2027", "article 9", "Un signalement", "L'accueil du mardi a cessé")
DEFENCE = ("par écrit", "assister ou représenter", "avocat", "le dossier de la procédure", "n'y figure pas",
           "à partir du jour où vous recevez cette lettre", "n'est pas une décision", "L. 121-1", BASIS)  # fmt: skip
MUST_SAY = {
    "L1": ("4 janvier 2027", "4 mars 2027", "19 janvier 2027", "Mission Label associatif", "1 rue de l'Exemple",
           "label@exemple.fr", "R. 112-5", "Escale Anémone", BASIS, SILENCE, "2 janvier 2027 (cachet de la poste)"),
    "L1b": ("Relisez-la", "À Lyon", "Ainsi"),
    "L2": ("Les statuts signés", "la page 3 manque", "Le budget", "20 février 2027", "traduction en français",
           "L. 114-5", "rien d'autre", "au plus tard le 20 février 2027", "le 4 mars 2027", BASIS, SILENCE),
    "L3": (CRITERION, *REASONS, *REMEDIES, "nouvelle demande", "n'est pas recevable"),
    "L4": ("Les statuts signés", "20 janvier 2027", "20 février 2027", "classé sans suite", "nouvelle demande",
           "Nous avons bien reçu :\nLe rapport d'activité", "donnait jusqu'au 19 février 2027",
           "reçue le 21 janvier 2027", "relancés le 25 février 2027", *REASONS, *REMEDIES),
    "L5": ("Qui répond au téléphone le soir", "Combien de personnes venues", "20 février 2027",
           "sur place ou à distance", "DOS-2027-000042-20", "n'est pas une décision", "30 jours",
           "recevez cette lettre"),
    "L5b": ("9 mars 2027", "14 h 00", "Maison des associations, salle 3", "visio.exemple.fr", "boucle magnétique",
            "accompagner par la personne de votre choix", "n'est pas une décision"),
    "L14": ("9 mars 2027", "14 h 00", "Maison des associations, salle 3", "Point réservé", "visio.exemple.fr",
            "aucun quorum d'ensemble ne sera exigé", "boucle magnétique", "frais de transport", "SEA-2027-000001-11",
            "Ils sont sur la page de la séance", "participer à distance"),
    "L15": ("1er mai 2027", "nous ne vous confions plus de dossier", "01 00 00 00 00",
            "n'est pas une faute", "nous les notons"),
    "L17": ("3 mars 2027", "n'ont pas pu être établis", "a montré ses reçus", "jamais transmis à l'association",
            "Ce que nous ne pouvons pas dire", "l'agence régionale de santé", "appelez le 15 ou le 112"),
    "L18": ("8 janvier 2027", "rien n'est écrit sur vous", "Appelez-nous", "sans donner de raison", "60 mois"),
    "L6": (*GRANT, "accorde le label"),
    "L7": (*GRANT, "Publier les comptes.", "les comptes publiés", "1er septembre 2027", CRITERION,
           "1 réserve : un point à corriger", *REASONS, *REMEDIES),
    "L8": ("avis défavorable", "Gouvernance", "62,5 %", CRITERION, *REASONS, "formation des bénévoles",
           "nouvelle demande", *REMEDIES),
    "L1r": ("8 avril 2027", "6 avril 2027 (cachet de la poste)", "Décision contestée : Refus", "10 mars 2027",
            "l'axe Gouvernance", "de nouveau examinée", "avant le 8 juin 2027", "n'ont pas participé à la décision",
            "Mission Label associatif", "interrompt le délai", "Télérecours citoyens", "L. 231-4"),
    "L1c": ("20 mars 2027", "4 mars 2027", "LBL-2027-000001-11", "décision implicite d'acceptation", "L. 232-3",
            BASIS, SILENCE),
    "L8b": ("né de notre silence", "20 mars 2027", "4 mars 2027", *REASONS, "L. 232-4", *COURT),
    "L16": ("6 avril 2027", "Décision contestée : Refus", "reçue le : 10 mars 2027", "Faire droit en partie",
            "à une partie de votre recours", "8 juin 2027", "Le calcul était faux", "Il a été tenu",
            "La demande est de nouveau examinée", "prend la place de la décision contestée", *REASONS, *COURT),
    "L6b": ("LBL-2026-000007-31", "Le Fil bleu", "2 mai 2027", "LBL-2025-000003-18", "28 février 2030",
            "30 septembre 2027", "Marche douce", "restent gratuites", "30 jours", "suivi annuel", "avec son numéro",
            "annuaire", "L. 242-2", *REASONS, *REMEDIES),
    "L7b": ("LBL-2027-000001-11", "reste valable", "Publier les comptes.", "les comptes publiés", "1er septembre 2027",
            ANSWERED, "avant toute mesure", "L. 242-2", *REASONS, *REMEDIES),
    "L9a": ("LBL-2027-000001-11", "1er mars 2028", "Votre financement", "comptes de l'année", "28 février 2030",
            "Par téléphone", "Par courrier", "sans vous avoir entendus", "L. 242-2"),
    "L9c": ("LBL-2027-000001-11", "28 février 2030", "28 août 2030", "ne dit rien de la réponse", *REASONS, *REMEDIES),
    "L9b": ("LBL-2027-000001-11", "Fin du label : 28 février 2030", "À déposer avant le : 28 août 2029",
            "Demande allégée possible jusqu'au : 28 août 2030", "6 mois au plus après sa fin",
            "suit l'édition 2029.1", "suivait l'édition 2026.1", "la version 2028.1 est à signer",
            "/espace/label/renouveler/", "1 rue de l'Exemple"),
    "L9d": ("LBL-2027-000001-11", "DOS-2027-000042-20", "28 février 2030", "L'accueil du mardi a cessé",
            "Rien n'est encore décidé", "30 jours", "à partir du jour où vous recevez cette lettre",
            "assister par un conseil", "lire le dossier", "demander à être entendus", "espace/label/reponse/1/",
            "cachet de la poste", "la lettre répond à vos observations", "L. 121-1", "L. 122-1"),
    "L1m": ("LBL-2027-000001-11", "6 avril 2027", "avant le 6 juin 2027", "1er septembre 2027", "Nouveau Souffle",
            "W751000123", "notre silence vaut accord", "90 jours", "L. 231-1", "article 9 bis"),
    "L20": ("LBL-2027-000001-11", "6 avril 2027", "oui, à des conditions", "Nouveau Souffle", "W751000123",
            "La permanence du mardi continue.", "90 jours", "article 9 bis", *REASONS, *REMEDIES),
    "L10": ("LBL-2027-000001-11", "Valable du : 1er mars 2027", "Dernier jour : 28 février 2030",
            "Depuis le 1er mars 2030", "avant le 31 mars 2030", "Jusqu'au 28 août 2030",
            "Aucun renouvellement n'est en cours", "ne sont pas rattrapés"),
    "L10b": ("LBL-2027-000001-11", "1er juin 2027", "annonce 123", "15 juillet 2027", "retirez le logo", ANSWERED,
             "Deux personnes ont vérifié", "nouvelle demande", *REASONS, *REMEDIES),
    "L11": ("LBL-2027-000001-11", "31 août 2027", "15 juin 2027", "l'affiche est retirée", "arrêter leur traitement",
            "L. 121-2", *GROUNDS, ANSWERED, "retirez le logo", *REASONS, *REMEDIES),
    "L11b": ("LBL-2027-000001-11", "3 juillet 2027", "28 février 2030", "Publier les comptes.", "1er septembre 2027",
             ANSWERED, *REASONS, *REMEDIES),
    "L12": ("LBL-2027-000001-11", "pour l'avenir (abrogation)", *GROUNDS, "notifiés et auxquels vous avez pu répondre",
            "avis le 6 juillet 2027", "prend effet plus tôt", "Observation 1, reçue le 2 juin 2027", ANSWERED,
            "30 jours", "retirez le logo", "Les motifs ne sont pas publiés", "nouvelle demande", "L. 242-2",
            *REASONS, *REMEDIES),
    "L13a": ("Retirer l'affiche.", "Publier les comptes.", *GROUNDS, "30 jours", "espace/procedures/1/", "inexact",
             *DEFENCE),
    "L13b": ("retrait du label", "s'arrêterait avant sa date de fin", *GROUNDS, "15 jours", "espace/invitations/1/",
             "temps est plus court", "Demander à être entendu", "L. 122-2", *DEFENCE),
    "L13c": ("20 mai 2027", "Vos corrections sont acceptées", "depuis le 1er juin", "28 février 2030", BASIS),
}  # fmt: skip
ALLOWED_LAWS = {
    "L. 112-3", "L. 112-6", "R. 112-5", "R. 112-11-1", "L. 114-5", "L. 114-8", "L. 121-1", "L. 121-2", "L. 122-1",
    "L. 122-2", "L. 211-2", "L. 211-5", "L. 212-1", "L. 1451-1", "L. 231-1", "L. 231-4", "L. 232-3", "L. 232-4",
    "L. 241-2", "L. 242-1", "L. 242-2", "L. 411-2", "R. 421-1", "R. 421-5", "R. 421-7",
}  # fmt: skip


def said(path, **facts):
    """All the words of a letter with these facts, with plain spaces."""
    code, _, row = templates.read(path)
    given = {**parts.of_the_house(), **facts_of(code, **facts)}
    body = rendering.blocks(row["body"], given)
    words = [rendering.line(row["subject"], given), *map(flat, rendering.lines(row["summary"], given))]
    for kind, value in body.blocks:
        items = (
            value
            if kind in {"li", "ol"}
            else [f"{name} : {flat(one)}" for name, one in value]
            if kind == "facts"
            else [value]
        )
        words += [flat(item) for item in items]
    return re.sub("[\u00a0\u202f]", " ", "\n".join([*words, *body.laws, *body.attachments]))


def flat(content):
    return content if isinstance(content, str) else "".join(content)


def test_the_eight_letters_of_this_stage_are_there():
    assert {"L1", "L1b", "L2", "L3", "L4", "L6", "L7", "L8"} <= set(CODES)
    assert set(parts.BY_LAW) <= set(CODES)


@pytest.mark.parametrize("path", FILES, ids=CODES)
def test_a_letter_says_all_that_the_law_asks_for(path):
    text = said(path)
    assert [words for words in MUST_SAY[path.name.split(".")[0]] if words not in text] == []


@pytest.mark.parametrize("path", FILES, ids=CODES)
def test_the_summary_is_five_plain_lines(path):
    code, _, row = templates.read(path)
    given = {**parts.of_the_house(), **facts_of(code)}
    lines = [flat(line) for line in rendering.lines(row["summary"], given)]
    assert len(lines) == 5
    assert max(len(line.split()) for line in lines) <= 34


@pytest.mark.parametrize("path", FILES, ids=CODES)
def test_only_known_laws_are_quoted_and_only_known_facts_used(path):
    code, _, row = templates.read(path)
    text = said(path, distance_months=1)
    assert set(re.findall(r"[LR]\. \d+-\d+(?:-\d+)?", text)) <= ALLOWED_LAWS
    known = set(facts_of(code)) | set(parts.of_the_house())
    loops = {
        "line",
        "question",
        "piece",
        "solution",
        "condition",
        "item",
        "axis",
        "improvement",
        "section",
        "row",
        "criterion",
        "ground",
        "topic",
        "act",
    }
    source = " ".join((row["subject"], row["summary"], row["body"]))
    used = set(re.findall(r"\{\{ ?([a-z_]+)", source)) | set(
        re.findall(r"\{% (?:if|elif) (?:not )?([a-z_]+)", source)
    )
    assert used <= known | loops
    assert "[[" not in text
    assert not re.search(r"valider|soumettre|invalide|malheureusement", text, re.IGNORECASE)


@pytest.mark.parametrize("code", ["L1", "L2"])
def test_silence_is_said_in_the_version_that_the_institute_chose(code):
    path = NEWEST[code]
    refusal, acceptance = said(path, silence_effect="refusal"), said(path, silence_effect="acceptance")
    unset = said(path, silence_effect="")
    if code == "L1":
        assert "décision implicite de rejet" in refusal
        assert SILENCE in refusal
        assert "L'examen de votre dossier continue" in refusal
        assert "Télérecours citoyens" in refusal
        assert "décision implicite d'acceptation" in acceptance
        assert SILENCE in acceptance
        assert "Télérecours" not in acceptance
        assert "implicite" not in unset
    else:
        assert "suspendu" in refusal
        assert "qu'à partir du jour où nous recevons toutes les pièces" in acceptance


def tells(path, name):
    return name in parts.passages(templates.read(path)[0], {})


TO_COURT = [path for path in FILES if tells(path, "remedies") or tells(path, "court_remedies")]


@pytest.mark.parametrize("path", TO_COURT, ids=[path.name for path in TO_COURT])
@pytest.mark.parametrize(("months", "court"), [(0, "deux mois"), (1, "trois mois"), (2, "quatre mois")])
def test_the_distance_of_the_seat_lengthens_the_time_of_the_court_alone(path, months, court):
    text = said(path, distance_months=months)
    assert f"**dans les {court}**" not in text
    tribunal = next(line for line in text.splitlines() if line.startswith("Tribunal"))
    assert f"dans les {court}" in tribunal
    gracious = [line for line in text.splitlines() if line.startswith("Recours gracieux")]
    assert len(gracious) == int(tells(path, "remedies"))
    assert all("dans les deux mois" in line for line in gracious)
    assert ("R. 421-7" in text) == (months > 0)


def test_an_appeal_too_late_or_against_a_silence_is_told_so():
    receipt, answer = NEWEST["L1r"], NEWEST["L16"]
    late = {"is_late": True, "is_implicit": True, "outcome": "inadmissible", "what_changes": ""}
    assert "ne protège plus le délai" in said(receipt, **late)
    assert "Née de notre silence le : 10 mars 2027" in said(receipt, **late)
    assert "tout de même examiné" in said(answer, is_late=True)
    assert "tout de même" not in said(answer, **late)
    assert "La décision contestée ne change pas" in said(answer, **late)


@pytest.mark.parametrize(
    ("kind", "law"), [("ex_tunc", "L. 242-1"), ("fraud", "L. 241-2"), ("repeal", "L. 242-2")]
)
def test_a_withdrawal_quotes_the_law_of_its_effect_alone(kind, law):
    text = said(NEWEST["L12"], kind=kind, from_the_origin=kind != "repeal", answers=[])
    assert {one for one in ("L. 242-1", "L. 241-2", "L. 242-2") if one in text} == {law}
    assert ("n'ayant jamais été accordé" in text) == (kind != "repeal")
    assert "Nous n'avons pas reçu d'observation" in text


def test_one_point_to_correct_is_not_many():
    for code in ("L7b", "L13a", "L11b"):
        text = said(NEWEST[code], acts=["Retirer l'affiche."])
        assert "1 point à corriger" in text or "corriger 1 point." in text
        assert "points" not in text.split("Pourquoi cette décision")[0].replace("des points", "")
        assert "chacun" not in text


@pytest.mark.parametrize(
    ("code", "renewal", "addition"),
    [
        ("L1", "Objet : renouvellement du label", "Objet : nouvelle action présentée sous le label"),
        ("L6", "la suite du label LBL-2024-000009-27", "une autre action sous le label LBL-2027-000001-11"),
        ("L7", "la suite du label LBL-2024-000009-27", "une autre action sous le label LBL-2027-000001-11"),
        (
            "L8",
            "Votre label LBL-2024-000009-27 prend fin le 30 avril 2027",
            "LBL-2024-000009-27 ne change pas",
        ),
    ],
)
def test_a_letter_about_a_request_says_which_kind_it_is(code, renewal, addition):
    told = {"previous_number": "LBL-2024-000009-27"}
    texts = {kind: said(NEWEST[code], kind=kind, **told) for kind in ("initial", "renewal", "addition")}
    assert [kind for kind, text in texts.items() if renewal in text] == ["renewal"]
    assert [kind for kind, text in texts.items() if addition in text] == ["addition"]


def test_a_refused_renewal_says_when_the_logo_goes_and_only_while_a_label_lives():
    assert "dans les 30 jours" in said(NEWEST["L8"])
    ended = said(NEWEST["L8"], label_number="", label_ends_on=None)
    assert "ne renouvelle pas" in ended and "Votre label" not in ended


def test_the_call_to_renew_says_what_changed_and_only_that():
    text = said(NEWEST["L9b"], edition="2026.1", edition_changed=False, charter_to_sign=False)
    assert "la même édition du référentiel : 2026.1" in text
    assert "La charte a changé" not in text


def test_a_label_that_ended_tells_the_request_under_way_or_the_way_back():
    late = said(NEWEST["L10"], filed_late=True, come_back_until=None)
    assert "est arrivée après le 28 août 2029" in late and "Nous continuons de l'examiner" in late
    assert "demande allégée" not in late and "28 août 2030" not in late


def test_a_second_request_for_pieces_says_so_and_promises_nothing_more():
    path = NEWEST["L2"]
    first = {"asked_on": date(2027, 1, 5), "reason": "Les comptes ont montré un prêt."}
    text = said(path, again=first)
    assert "rien d'autre" not in text
    assert "déjà demandé des pièces le 5 janvier 2027. Les comptes ont montré un prêt." in text
    assert "ne suffit pas encore" in said(path, again={**first, "reason": ""})


def test_missing_pieces_are_listed_in_the_receipt():
    text = said(NEWEST["L1"], missing=PIECES)
    assert "la page 3 manque" in text


def seen(path, body=None, subject=None, **facts):
    """The compulsory parts of a letter, and whether its text holds each; `body` takes the place of the text."""
    code, _, row = templates.read(path)
    told = {
        name: value for name, value in facts_of(code).items() if name not in NOT_YET_TOLD.get(path.name, ())
    }
    given = {
        **parts.of_the_house(),
        **told,
        "reference": "R",
        "addressee_lines": ["A"],
        "signatory": "A B",
        **facts,
    }
    written = rendering.blocks(row["body"] if body is None else body, given)
    content = LetterContent(
        code=code,
        subject=rendering.line(row["subject"] if subject is None else subject, given),
        place_date="",
        sender_lines=[given["service_name"]],
        service_lines=[given["service_address"], given["service_phone"], given["service_email"]],
        addressee_lines=["A"],
        reference="R",
        summary_lines=[],
        body_blocks=written.blocks,
        signatory=Signatory(first_name="A", name="B", quality="Q", service="S"),
        legal_references=written.laws,
        data_protection=given["data_protection"],
    )
    return dict(checklist.compulsory_parts(code, (), given, content))


OF_LAW = [path for path in FILES if path.name.split(".")[0] in parts.BY_LAW]


@pytest.mark.parametrize("effect", ["refusal", "acceptance"])
@pytest.mark.parametrize("path", OF_LAW, ids=[path.name for path in OF_LAW])
def test_every_compulsory_part_is_read_in_the_text(path, effect):
    found = seen(path, silence_effect=effect)
    assert [name for name, is_there in found.items() if not is_there] == []


@pytest.mark.parametrize("path", OF_LAW, ids=[path.name for path in OF_LAW])
def test_a_version_that_loses_a_part_is_seen(path):
    """Each fact of the law, and each passage, is missed once the text no longer holds it."""
    code = path.name.split(".")[0]
    found = seen(path, body="Presque rien.", subject="Rien")
    lost = {*parts.BY_LAW[code], *parts.passages(code, {"silence_effect": "refusal"})}
    lost |= {*parts.WHEN_GIVEN.get(code, ())} - {*NOT_YET_TOLD.get(path.name, ())}
    assert {name for name, is_there in found.items() if not is_there} == {*lost}


@pytest.mark.parametrize("name", ["access", "expenses", "page"])
def test_a_convocation_without_one_of_its_parts_does_not_leave(name):
    path = NEWEST["L14"]
    assert [key for key, is_there in seen(path, **{name: " "}).items() if not is_there] == [name]


def test_a_convocation_speaks_of_distance_only_with_a_link_and_then_never_loses_it():
    path = NEWEST["L14"]
    assert "distance" not in said(path, link="")
    assert all(seen(path, link="").values())
    body = templates.read(path)[2]["body"]
    without = body.replace("{{ link }}", "")
    assert [key for key, is_there in seen(path, without).items() if not is_there] == ["link"]
    undocumented = body.replace("sur papier", "…")
    assert [key for key, is_there in seen(path, undocumented).items() if not is_there] == ["documents"]


def test_a_hearing_that_does_not_take_place_says_so():
    text = said(NEWEST["L5b"], cancelled=True, link="")
    assert "n'aura pas lieu" in text and "ne vous déplacez pas" in text and "visio" not in text


@pytest.mark.parametrize("name", ["remedies", "duties", "logo", "publication", "maintenance"])
def test_a_grant_that_loses_one_passage_misses_that_one(name):
    path = NEWEST["L6"]
    body = templates.read(path)[2]["body"].replace(parts.PASSAGES[name][-1], "…")
    assert [key for key, is_there in seen(path, body).items() if not is_there] == [name]


@pytest.mark.django_db
def test_loading_is_done_by_migrate_and_changes_nothing_the_second_time():
    assert set(Template.objects.values_list("code", flat=True)) >= set(CODES)
    assert templates.load() == 0


@pytest.mark.django_db
def test_the_version_in_force_is_the_latest_that_has_begun():
    newest = templates.read(NEWEST["L1"])[1]
    Template.objects.create(
        code="L1", version=newest + 1, subject="x", summary="", body="", in_force_from=date(2027, 6, 1)
    )
    assert templates.in_force("L1", on=date(2027, 5, 31)).version == newest
    assert templates.in_force("L1", on=date(2027, 6, 1)).version == newest + 1
    assert templates.in_force("L1", on=date(2020, 1, 1)) is None


@pytest.mark.django_db
def test_a_text_that_letters_used_is_never_changed(tmp_path):
    path = tmp_path / "L99.v1.txt"
    path.write_text("subject: S\nin_force_from: 2020-01-01\n--- summary\nx\n--- body\nUn\n", encoding="utf-8")
    assert templates.load(tmp_path) == 1
    path.write_text(
        "subject: S\nin_force_from: 2020-01-01\n--- summary\nx\n--- body\nDeux\n", encoding="utf-8"
    )
    assert templates.load(tmp_path) == 1
    with letter_about_structures():
        structure = a_structure()
        letter = a_letter(structure, addressee=a_member(structure))
    Letter.objects.filter(pk=letter.pk).update(template=Template.objects.get(code="L99"))
    path.write_text(
        "subject: S\nin_force_from: 2020-01-01\n--- summary\nx\n--- body\nTrois\n", encoding="utf-8"
    )
    with pytest.raises(templates.ChangedText, match="version 2"):
        templates.load(tmp_path)
    assert Template.objects.get(code="L99").body == "Deux"
