"""Regions and departments by their INSEE codes (domain 8.3).

Codes are text, and the two lists live apart: region 01 is Guadeloupe, department 01 is Ain.
"""

from typing import NamedTuple


class Region(NamedTuple):
    """A region by its INSEE code, with its place on the tile map (row, column)."""

    code: str
    label: str
    row: int
    column: int


class Department(NamedTuple):
    """A department, or an overseas collectivity, whose `region` is empty because it belongs to none."""

    code: str
    label: str
    region: str


REGIONS = (
    Region("84", "Auvergne-Rhône-Alpes", 4, 4),
    Region("27", "Bourgogne-Franche-Comté", 3, 4),
    Region("53", "Bretagne", 3, 1),
    Region("24", "Centre-Val de Loire", 3, 3),
    Region("94", "Corse", 5, 5),
    Region("44", "Grand Est", 2, 4),
    Region("01", "Guadeloupe", 7, 1),
    Region("03", "Guyane", 7, 3),
    Region("32", "Hauts-de-France", 1, 3),
    Region("11", "Île-de-France", 2, 3),
    Region("04", "La Réunion", 7, 4),
    Region("02", "Martinique", 7, 2),
    Region("06", "Mayotte", 7, 5),
    Region("28", "Normandie", 2, 2),
    Region("75", "Nouvelle-Aquitaine", 4, 2),
    Region("76", "Occitanie", 5, 3),
    Region("52", "Pays de la Loire", 3, 2),
    Region("93", "Provence-Alpes-Côte d'Azur", 5, 4),
)

DEPARTMENTS = (
    Department("01", "Ain", "84"),
    Department("02", "Aisne", "32"),
    Department("03", "Allier", "84"),
    Department("04", "Alpes-de-Haute-Provence", "93"),
    Department("05", "Hautes-Alpes", "93"),
    Department("06", "Alpes-Maritimes", "93"),
    Department("07", "Ardèche", "84"),
    Department("08", "Ardennes", "44"),
    Department("09", "Ariège", "76"),
    Department("10", "Aube", "44"),
    Department("11", "Aude", "76"),
    Department("12", "Aveyron", "76"),
    Department("13", "Bouches-du-Rhône", "93"),
    Department("14", "Calvados", "28"),
    Department("15", "Cantal", "84"),
    Department("16", "Charente", "75"),
    Department("17", "Charente-Maritime", "75"),
    Department("18", "Cher", "24"),
    Department("19", "Corrèze", "75"),
    Department("2A", "Corse-du-Sud", "94"),
    Department("2B", "Haute-Corse", "94"),
    Department("21", "Côte-d'Or", "27"),
    Department("22", "Côtes-d'Armor", "53"),
    Department("23", "Creuse", "75"),
    Department("24", "Dordogne", "75"),
    Department("25", "Doubs", "27"),
    Department("26", "Drôme", "84"),
    Department("27", "Eure", "28"),
    Department("28", "Eure-et-Loir", "24"),
    Department("29", "Finistère", "53"),
    Department("30", "Gard", "76"),
    Department("31", "Haute-Garonne", "76"),
    Department("32", "Gers", "76"),
    Department("33", "Gironde", "75"),
    Department("34", "Hérault", "76"),
    Department("35", "Ille-et-Vilaine", "53"),
    Department("36", "Indre", "24"),
    Department("37", "Indre-et-Loire", "24"),
    Department("38", "Isère", "84"),
    Department("39", "Jura", "27"),
    Department("40", "Landes", "75"),
    Department("41", "Loir-et-Cher", "24"),
    Department("42", "Loire", "84"),
    Department("43", "Haute-Loire", "84"),
    Department("44", "Loire-Atlantique", "52"),
    Department("45", "Loiret", "24"),
    Department("46", "Lot", "76"),
    Department("47", "Lot-et-Garonne", "75"),
    Department("48", "Lozère", "76"),
    Department("49", "Maine-et-Loire", "52"),
    Department("50", "Manche", "28"),
    Department("51", "Marne", "44"),
    Department("52", "Haute-Marne", "44"),
    Department("53", "Mayenne", "52"),
    Department("54", "Meurthe-et-Moselle", "44"),
    Department("55", "Meuse", "44"),
    Department("56", "Morbihan", "53"),
    Department("57", "Moselle", "44"),
    Department("58", "Nièvre", "27"),
    Department("59", "Nord", "32"),
    Department("60", "Oise", "32"),
    Department("61", "Orne", "28"),
    Department("62", "Pas-de-Calais", "32"),
    Department("63", "Puy-de-Dôme", "84"),
    Department("64", "Pyrénées-Atlantiques", "75"),
    Department("65", "Hautes-Pyrénées", "76"),
    Department("66", "Pyrénées-Orientales", "76"),
    Department("67", "Bas-Rhin", "44"),
    Department("68", "Haut-Rhin", "44"),
    Department("69", "Rhône", "84"),
    Department("70", "Haute-Saône", "27"),
    Department("71", "Saône-et-Loire", "27"),
    Department("72", "Sarthe", "52"),
    Department("73", "Savoie", "84"),
    Department("74", "Haute-Savoie", "84"),
    Department("75", "Paris", "11"),
    Department("76", "Seine-Maritime", "28"),
    Department("77", "Seine-et-Marne", "11"),
    Department("78", "Yvelines", "11"),
    Department("79", "Deux-Sèvres", "75"),
    Department("80", "Somme", "32"),
    Department("81", "Tarn", "76"),
    Department("82", "Tarn-et-Garonne", "76"),
    Department("83", "Var", "93"),
    Department("84", "Vaucluse", "93"),
    Department("85", "Vendée", "52"),
    Department("86", "Vienne", "75"),
    Department("87", "Haute-Vienne", "75"),
    Department("88", "Vosges", "44"),
    Department("89", "Yonne", "27"),
    Department("90", "Territoire de Belfort", "27"),
    Department("91", "Essonne", "11"),
    Department("92", "Hauts-de-Seine", "11"),
    Department("93", "Seine-Saint-Denis", "11"),
    Department("94", "Val-de-Marne", "11"),
    Department("95", "Val-d'Oise", "11"),
    Department("971", "Guadeloupe", "01"),
    Department("972", "Martinique", "02"),
    Department("973", "Guyane", "03"),
    Department("974", "La Réunion", "04"),
    Department("976", "Mayotte", "06"),
    Department("975", "Saint-Pierre-et-Miquelon", ""),
    Department("977", "Saint-Barthélemy", ""),
    Department("978", "Saint-Martin", ""),
    Department("986", "Wallis-et-Futuna", ""),
    Department("987", "Polynésie française", ""),
    Department("988", "Nouvelle-Calédonie", ""),
)

ALSACE_MOSELLE_DEPARTMENTS = ("57", "67", "68")

# Two collectivities kept the postal codes of Guadeloupe.
POSTAL_CODES_APART = {"97133": "977", "97150": "978"}


def region_of(department: str) -> str:
    """Return the region code of a department, empty for an overseas collectivity or an unknown code."""
    return next((row.region for row in DEPARTMENTS if row.code == department), "")


def department_of(postal_code: str) -> str:
    """Return the department of a French postal code, empty when there is none.

    It is right for almost every town; the few that a post office of the next department serves are corrected
    by hand. Corsica is split at 202: 20000 to 20199 is 2A, from 20200 on 2B.
    """
    code = "".join(postal_code.split())
    if len(code) != 5 or not (code.isascii() and code.isdigit()):
        return ""
    if code.startswith("20"):
        return "2A" if code < "20200" else "2B"
    department = POSTAL_CODES_APART.get(code, code[:3] if code[:2] in {"97", "98"} else code[:2])
    return department if any(row.code == department for row in DEPARTMENTS) else ""
