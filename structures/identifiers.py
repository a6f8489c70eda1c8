"""Registration numbers: what people type becomes one normal form, or a message that says how to mend it.

Only the form is checked here; no register is asked.
"""

import re
import unicodedata
from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from stdnum import luhn
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

MAXIMUM_TYPED = 200
MAXIMUM_FOREIGN = 80
MAXIMUM_COURT = 120

NO_SIREN = "0" * 9
RNA = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")
OLD_RNA = re.compile(r"[0-9][0-9A-Z][0-9][PS](02[AB]|[0-9]{3})[0-9]{7}")
AMALIA = re.compile(r"[A-Z0-9][A-Z0-9 ./-]{2,29}")
VOLUME_OR_FOLIO = re.compile(r"[0-9A-Z][0-9A-Z .-]{0,19}")
VOLUME_OR_FOLIO_WORD = re.compile(r"^((VOLUME|VOL\.?|FOLIO|FOL\.?|N[°º])(\s+|$|(?=[0-9])))+")
COURT_SEPARATOR = re.compile(r"[/|;]")
COUNTRY_FIRST = re.compile(r"([A-Z]{2})(?:[\s:/-]+|(?=[0-9]))(.+)")
RNA_IN_TEXT = re.compile(r"W(?:[ .-]?[0-9A-Z]){2}(?:[ .-]?[0-9]){7}(?![0-9])")
OLD_RNA_IN_TEXT = re.compile(
    r"(?<![0-9])[0-9][ .-]?[0-9A-Z][ .-]?[0-9][ .-]?[PS](?:[ .-]?[0-9AB]){3}(?:[ .-]?[0-9]){7}(?![0-9])"
)
FIGURES = re.compile(r"(?<![0-9])[0-9]+(?:[ .-]{1,3}[0-9]+)*")
NEW_CALEDONIA = re.compile(r"(?:RIDET|RID)?([0-9]{9,10}|[0-9]{6,7})")
FRENCH_POLYNESIA = re.compile(r"(?:TAHITI)?([A-Z0-9][0-9]{5})")

# ISO 3166-1; FR is left out because France has its own registers.
COUNTRY_CODES = (
    "AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW "
    "BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES "
    "ET FI FJ FK FM FO GA GB GD GE GG GH GI GL GM GN GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO "
    "IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD "
    "ME MF MG MH MK ML MM MN MO MP MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA "
    "PE PF PG PH PK PL PM PN PR PS PT PW PY QA RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR "
    "SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
    "VN VU WF WS YE ZA ZM ZW "
)
COUNTRIES = frozenset(COUNTRY_CODES.split())
COUNTRY_HABITS = {"UK": "GB", "EL": "GR"}


class InvalidIdentifier(ValueError):
    """A number that cannot be kept as typed; `message` says, in the reader's language, how to mend it."""

    def __init__(self, message: Promise | str):
        self.message = message
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.message)


def normalise(kind: str, raw: str) -> str:
    """Return the normal form of a number typed by a person; normalising it again changes nothing.

    `kind` is one of `rna`, `old_rna`, `siren`, `siret`, `alsace_moselle` (court, volume and folio separated
    by `/`, `|` or `;`), `amalia`, `foreign` (two letters of the country, then the number). Spaces of any
    kind, dots, dashes and lower case are mended; digits of other scripts become 0 to 9. The answer has at
    most 200 characters. Raises InvalidIdentifier when the number must be corrected, ValueError for an unknown
    kind.
    """
    if kind not in NORMALISERS:
        raise ValueError(f"unknown kind of registration number: {kind}")
    if len(raw) > MAXIMUM_TYPED:
        raise InvalidIdentifier(_("Ce texte est trop long pour un numéro. Recopiez seulement le numéro."))
    return NORMALISERS[kind](_clean(raw))


def numbers_in(text: str) -> list[tuple[str, str]]:
    """The numbers written in a text, whatever stands around them: « n° W751000123 », « SIREN : 732 829 320 ».

    Each as (kind, normal form): `rna`, `old_rna`, `siren`, `siret`, those of `normalise`, in this order; the SIREN
    inside a SIRET is not told again. Nothing for a number that must be corrected.
    """
    rest = _upper(_clean(text[:MAXIMUM_TYPED]))
    found: list[tuple[str, str]] = []
    for kind, pattern in (("rna", RNA_IN_TEXT), ("old_rna", OLD_RNA_IN_TEXT)):
        for seen in [one[0] for one in pattern.finditer(rest)]:
            if kind == "old_rna" and not OLD_RNA.fullmatch(_compact(seen)):
                continue
            found += _valid(kind, seen)
            rest = rest.replace(seen, " / ", 1)
    for run in FIGURES.findall(rest):
        parts = re.findall(r"[0-9]+", run)
        for kind, length in (("siret", 14), ("siren", 9)):
            parts, numbers = _taken(parts, kind, length)
            found += numbers
    return list(dict.fromkeys(found))


def _taken(parts: list[str], kind: str, length: int) -> tuple[list[str], list[tuple[str, str]]]:
    """The numbers of that kind made of neighbouring groups of figures, and the groups that are left."""
    found: list[tuple[str, str]] = []
    first = 0
    while first < len(parts):
        ends = [end for end in range(first + 1, len(parts) + 1) if len("".join(parts[first:end])) == length]
        numbers = _valid(kind, "".join(parts[first : ends[0]])) if ends else []
        if numbers:
            found += numbers
            parts = [*parts[:first], "/", *parts[ends[0] :]]
        first += 1
    return parts, found


def _valid(kind: str, text: str) -> list[tuple[str, str]]:
    try:
        return [(kind, normalise(kind, text))]
    except InvalidIdentifier:
        return []


def check_same_siren(siret: str, siren: str) -> None:
    """Refuse a SIRET that does not begin with the SIREN of the same structure (both as typed).

    Raises InvalidIdentifier when they differ or when either is wrong by itself.
    """
    normal_siren = normalise("siren", siren)
    if not normalise("siret", siret).startswith(normal_siren):
        message = _(
            "Ce SIRET n'est pas celui du SIREN {siren}. Ses 9 premiers chiffres doivent être identiques."
        )
        raise InvalidIdentifier(format_lazy(message, siren=normal_siren))


def _rna(text: str) -> str:
    """RNA: W, a digit, a digit or a letter (Corsica, overseas), seven digits. It has no check digit."""
    number = _compact(text)
    if len(number) != 10:
        message = _(
            "Un numéro RNA commence par W et compte 10 caractères, comme W751000123. Vous en avez écrit {n}."
        )
        raise InvalidIdentifier(format_lazy(message, n=len(number)))
    if not RNA.fullmatch(number):
        raise InvalidIdentifier(
            _(
                "Un numéro RNA est la lettre W suivie de 9 chiffres, comme W751000123. Seul le 3e caractère "
                "peut être une lettre, en Corse et outre-mer. Vérifiez aussi la lettre O et le chiffre 0."
            )
        )
    return number


def _old_rna(text: str) -> str:
    """The file number of before the RNA. Real ones take many forms, so any text is kept."""
    number = _compact(text)
    if OLD_RNA.fullmatch(number):
        return number
    if not number:
        raise InvalidIdentifier(_("Écrivez l'ancien numéro de dossier, tel qu'il est sur le récépissé."))
    return _upper(text)


def _siren(text: str) -> str:
    """SIREN: nine digits with a Luhn check digit; nine zeros pass that check and belong to nobody."""
    number = _compact(text)
    if len(number) != 9 or not _only_digits(number):
        message = _("Un numéro SIREN compte 9 chiffres et aucune lettre. Vous avez écrit {n} caractères.")
        raise InvalidIdentifier(format_lazy(message, n=len(number)))
    if number == NO_SIREN or not luhn.is_valid(number):
        raise InvalidIdentifier(_("Ce numéro SIREN contient une faute de frappe. Vérifiez les 9 chiffres."))
    return number


def _siret(text: str) -> str:
    """SIRET: SIREN and five digits, Luhn; the offices of La Poste follow a rule of their own."""
    number = _compact(text)
    if len(number) != 14 or not _only_digits(number):
        message = _("Un numéro SIRET compte 14 chiffres et aucune lettre. Vous avez écrit {n} caractères.")
        raise InvalidIdentifier(format_lazy(message, n=len(number)))
    try:
        stdnum_siren.validate(number[:9])
        stdnum_siret.validate(number)
    except StdnumError:
        right = False
    else:
        right = number[:9] != NO_SIREN
    if not right:
        raise InvalidIdentifier(_("Ce numéro SIRET contient une faute de frappe. Vérifiez les 14 chiffres."))
    return number


# The first word of the towns that have, or had, a court keeping the local register (domain 4.3).
_LOCAL_COURTS = """
    strasbourg saverne haguenau illkirch molsheim schiltigheim selestat wissembourg brumath bischwiller
    erstein barr obernai rosheim benfeld niederbronn lauterbourg truchtersheim wasselonne bouxwiller
    drulingen hochfelden colmar mulhouse guebwiller thann altkirch ribeauville huningue brisach masevaux
    ensisheim ferrette kaysersberg rouffach munster soultz sierentz hirsingue dannemarie cernay metz
    sarreguemines thionville boulay salins forbach hayange avold sarrebourg rohrbach bouzonville lorquin
    phalsbourg bitche dieuze fenetrange faulquemont sierck morhange remilly rombas moyeuvre albestroff
"""
LOCAL_COURTS = frozenset(_LOCAL_COURTS.split())


def _unaccented(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _alsace_moselle(text: str) -> str:
    """Register of a local court (57, 67, 68): court, volume, folio; leading zeros are part of the number."""
    parts = [part.strip() for part in COURT_SEPARATOR.split(text)]
    if len(parts) == 3:
        court, *places = parts
        volume, folio = (VOLUME_OR_FOLIO_WORD.sub("", _upper(place)) for place in places)
        named = len(court) <= MAXIMUM_COURT and any(character.isalpha() for character in court)
        if named and not LOCAL_COURTS & set(re.split(r"[\s'’-]+", _unaccented(court))):
            raise InvalidIdentifier(
                _(
                    "Ce tribunal n'est pas du Bas-Rhin, du Haut-Rhin ni de la Moselle. "
                    "Ailleurs, une association a un numéro RNA."
                )
            )
        if named and VOLUME_OR_FOLIO.fullmatch(volume) and VOLUME_OR_FOLIO.fullmatch(folio):
            return f"{court} / {volume} / {folio}"
    raise InvalidIdentifier(_("Indiquez le tribunal, le volume et le folio, ou le numéro AMALIA."))


def _amalia(text: str) -> str:
    """AMALIA number, which replaces volume and folio since 2023; its exact form is not published."""
    number = _upper(text)
    if not AMALIA.fullmatch(number):
        raise InvalidIdentifier(
            _(
                "Un numéro AMALIA compte de 3 à 30 chiffres, lettres, points ou tirets. "
                "Recopiez celui de l'extrait du registre."
            )
        )
    return number


def _foreign(text: str) -> str:
    """Country, then the number of its register, with the name of the register if need be; checked by hand.

    New Caledonia (RIDET, RID) and French Polynesia (TAHITI) have registers of their own, whose form is known.
    """
    match = COUNTRY_FIRST.fullmatch(_upper(text))
    country = COUNTRY_HABITS.get(match[1], match[1]) if match else ""
    if match is None or country not in COUNTRIES:
        raise InvalidIdentifier(
            _(
                "Écrivez d'abord les deux lettres du pays, puis le numéro, comme BE 0403019261 pour la "
                "Belgique. Pour la Nouvelle-Calédonie, écrivez NC ; pour la Polynésie française, PF."
            )
        )
    number = _territory_number(country, match[2].strip())
    if not any(character in "0123456789" for character in number):
        raise InvalidIdentifier(_("Il manque le numéro après le pays. Écrivez-le comme BE 0403019261."))
    if len(number) + 3 > MAXIMUM_FOREIGN:
        raise InvalidIdentifier(_("Ce texte est trop long pour un numéro. Recopiez seulement le numéro."))
    return f"{country} {number}"


def _territory_number(country: str, number: str) -> str:
    if country == "NC":
        match = NEW_CALEDONIA.fullmatch(_compact(number))
        message = _("Un numéro RIDET compte 9 ou 10 chiffres, un RID 6 ou 7, comme NC 0123456001.")
    elif country == "PF":
        match = FRENCH_POLYNESIA.fullmatch(_compact(number))
        message = _("Un numéro TAHITI compte 6 caractères : une lettre ou un chiffre, puis 5 chiffres.")
    else:
        return number
    if match is None:
        raise InvalidIdentifier(message)
    return match[1]


NORMALISERS: dict[str, Callable[[str], str]] = {
    "rna": _rna,
    "old_rna": _old_rna,
    "siren": _siren,
    "siret": _siret,
    "alsace_moselle": _alsace_moselle,
    "amalia": _amalia,
    "foreign": _foreign,
}


def _clean(raw: str) -> str:
    """One space between words, plain dashes and digits, full-width forms made plain, nothing invisible."""
    return " ".join("".join(map(_plain, raw)).split())


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if character.isspace() or category[0] == "Z":
        return " "
    if category[0] == "C":
        return ""
    if category == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if unicodedata.east_asian_width(character) == "F":
        return unicodedata.normalize("NFKC", character)
    return character


def _compact(text: str) -> str:
    return _upper(re.sub(r"[ .-]", "", text))


def _upper(text: str) -> str:
    """Capitals one for one: ß or a ligature would become two letters that nobody typed."""
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in text)


def _only_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
