"""The certificate as a file: all it must say, a code that opens the right page, names of any length."""

import io
import re
import unicodedata
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import segno
from pypdf import PdfReader

from certificates.documents import CertificateFacts, english_date, qr_path, render_certificate

FACTS = CertificateFacts(
    number="LBL-2027-000123-13",
    structure_name="Escale Anémone",
    seat="Paris",
    registration="RNA W751000123",
    solutions=(
        ("Pause café des aidants", ("Soutien psychologique", "Vie quotidienne"), ("Support", "Daily life")),
        ("Permanence à l'hôpital", ("Accès aux droits",), ("Access to rights",)),
    ),
    granted_on=date(2027, 2, 12),
    starts_on=date(2027, 3, 1),
    ends_on=date(2030, 2, 28),
    title_fr="Label associatif",
    title_en="Association label",
    edition_name="2027",
    conditions_fr=("Respecter la charte.", "Rendre un suivi chaque année."),
    conditions_en=("Keep to the charter.", "Send a follow-up every year."),
    signatory_name="Claire Fontanel",
    signatory_quality="Directrice générale adjointe",
    service="Direction générale",
    verify_url="https://label.example.org/verifier/LBL-2027-000123-13/",
)


def reader_of(facts: CertificateFacts) -> PdfReader:
    return PdfReader(io.BytesIO(render_certificate(facts)))


def pages_of(facts: CertificateFacts) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in reader_of(facts).pages]


def bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def elements(reader: PdfReader) -> list[Any]:
    found: list[Any] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for kid in node:
                walk(kid)
        elif isinstance(node, dict) and "/S" in node:
            found.append(node)
            walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def test_first_page_says_who_what_when_and_by_whom() -> None:
    first, second = pages_of(FACTS)
    for words in [
        "Institut national du cancer",
        "Édition 2027",
        "Label associatif",
        "Association label",
        "Escale Anémone",
        "Paris · RNA W751000123",
        "Actions reconnues",
        "Recognised solutions",
        "Pause café des aidants",
        "Soutien psychologique · Vie quotidienne",
        "Support · Daily life",
        "Permanence à l'hôpital",
        "LBL-2027-000123-13",
        "12 février 2027",
        "12 February 2027",
        "du 1er mars 2027 au 28 février 2030",
        "1 March 2027 to 28 February 2030",
        "Claire Fontanel",
        "Directrice générale adjointe",
        "Direction générale",
        "Vérifiez ce certificat :",
        "page 1 / 2",
    ]:
        assert words in first
    assert bare(FACTS.verify_url) in bare(first)
    for words in [
        "Conditions de maintien du label",
        "Respecter la charte.",
        "Send a follow-up every year.",
        "Comment vérifier ce certificat",
        FACTS.verify_url,
        "Le texte français fait foi.",
        "page 2 / 2",
    ]:
        assert words in second


def test_certificate_is_tagged_and_its_english_is_marked() -> None:
    reader = reader_of(FACTS)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata["/Title"] == "Label associatif – Escale Anémone"
    assert reader.metadata["/Author"] == "Institut national du cancer"
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    tree = elements(reader)
    kinds = [element["/S"] for element in tree]
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == 3
    assert sum(element.get("/Lang") == "en" for element in tree) >= 12
    [figure] = [element for element in tree if element["/S"] == "/Figure"]
    assert FACTS.verify_url in figure["/Alt"]
    assert figure["/A"]["/BBox"]


def test_link_opens_the_page_of_this_certificate_and_is_in_the_tree() -> None:
    reader = reader_of(FACTS)
    [annotation] = [entry.get_object() for entry in reader.pages[0]["/Annots"]]
    assert annotation["/A"]["/URI"] == FACTS.verify_url
    nums = reader.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    owner = nums[nums.index(annotation["/StructParent"]) + 1].get_object()
    assert owner["/S"] == "/Link"


def modules(path: str, left: float, bottom: float, side: float, size: int) -> list[list[int]]:
    """The modules that a path covers, read back from its rectangles."""
    step = side / size
    grid = [[0] * size for _ in range(size)]
    for x, y, width, height in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re", path):
        assert float(height) == pytest.approx(step, abs=0.01)
        line = size - 1 - round((float(y) - bottom) / step)
        start = round((float(x) - left) / step)
        for column in range(start, start + round(float(width) / step)):
            grid[line][column] = 1
    return grid


def test_code_on_the_page_is_the_code_of_the_address() -> None:
    expected = segno.make(FACTS.verify_url, error="q", mask=3, boost_error=False, micro=False)
    size = len(expected.matrix)
    path = qr_path(FACTS.verify_url, 10, 20, 100)
    assert modules(path, 10, 20, 100, size) == [list(row) for row in expected.matrix]
    content = reader_of(FACTS).pages[0].get_contents().get_data().decode()
    drawn = re.search(r"/Figure <</MCID \d+>> BDC\n(.*?)\nEMC", content, flags=re.DOTALL)
    assert drawn
    xs = [float(x) for x, _ in re.findall(r"([\d.]+) ([\d.]+) [\d.]+ [\d.]+ re", drawn.group(1))]
    ys = [float(y) for _, y in re.findall(r"([\d.]+) ([\d.]+) [\d.]+ [\d.]+ re", drawn.group(1))]
    left, bottom, side = min(xs), min(ys), 33 * 72 / 25.4
    assert modules(drawn.group(1), left, bottom, side, size) == [list(row) for row in expected.matrix]


def test_same_facts_same_bytes() -> None:
    assert render_certificate(FACTS) == render_certificate(FACTS)
    assert render_certificate(FACTS) != render_certificate(replace(FACTS, ends_on=date(2030, 3, 1)))


def test_specimen_says_so_on_each_page_and_a_real_one_never() -> None:
    for text in pages_of(FACTS):
        assert "SPÉCIMEN" not in text.upper()
    for text in pages_of(replace(FACTS, specimen=True)):
        assert "SPÉCIMEN" in text
    assert "aucune valeur" in pages_of(replace(FACTS, specimen=True))[0]


@pytest.mark.parametrize(
    "name",
    [
        "Association départementale des familles, des proches aidants et des professionnels " * 2,
        "Saint-Germain" * 12,
        "中国癌症协会 " * 12,
        "Ελληνική Αντικαρκινική Εταιρεία 💙 <b>gras</b> & (fils) \\",
    ],
)
def test_names_are_never_cut(name: str) -> None:
    facts = replace(FACTS, structure_name=name, solutions=((name, (name,), (name,)),))
    assert bare(" ".join(pages_of(facts))).count(bare(name)) == 4


def test_arabic_name_is_there_for_those_who_hear_the_page() -> None:
    content = (
        reader_of(replace(FACTS, structure_name="جمعية مرضى")).pages[0].get_contents().get_data().decode()
    )
    assert f"FEFF{'جمعية مرضى'.encode('utf-16-be').hex()}" in content


def test_a_name_that_no_font_draws_is_in_latin_letters_and_the_page_says_so() -> None:
    said = "Ce qui ne pouvait être imprimé dans son écriture l'est en lettres latines."
    for facts in (
        replace(FACTS, structure_name="भारतीय कैंसर"),
        replace(FACTS, solutions=(("भारतीय कैंसर", ("Soutien",), ("Support",)),)),
    ):
        first = pages_of(facts)[0]
        assert said in first and "could not be printed in its own script" in first
        drawn = reader_of(facts).pages[0].get_contents().get_data().decode()
        assert f"FEFF{'भारतीय कैंसर'.encode('utf-16-be').hex()}" in drawn
    assert said not in pages_of(replace(FACTS, structure_name="中国 جمعية 💙"))[0]


def test_many_solutions_go_on_before_the_conditions_and_the_foot_stays_on_the_first_page() -> None:
    solutions = tuple((f"Action numéro {place}", ("Champ",), ("Field",)) for place in range(30))
    pages = pages_of(replace(FACTS, solutions=solutions))
    text = " ".join(pages)
    places = [text.index(f"Action numéro {place} ") for place in range(30)]
    assert places == sorted(places)
    assert "Claire Fontanel" in pages[0]
    assert "Action numéro 29" not in pages[0]
    assert text.index("Action numéro 29") < text.index("Conditions de maintien")
    assert len(pages) == 4


def test_foot_and_solutions_never_meet() -> None:
    """The lowest line of the solutions on page 1 stays above the line that opens the foot."""
    solutions = tuple((f"Action {place}", ("Champ",), ("Field",)) for place in range(30))
    content = reader_of(replace(FACTS, solutions=solutions)).pages[0].get_contents().get_data().decode()
    body, foot = content.split("/TH <<", 1)
    lowest = min(float(y) for y in re.findall(r"1 0 0 1 [\d.]+ ([\d.]+) Tm", body))
    highest = max(float(y) for y in re.findall(r"1 0 0 1 [\d.]+ ([\d.]+) Tm", foot))
    assert lowest > highest + 10


def test_certificate_without_registration_nor_conditions() -> None:
    facts = replace(FACTS, registration="", conditions_fr=(), conditions_en=(), service="")
    first, second = pages_of(facts)
    assert "·  ·" not in first
    assert "Conditions de maintien" not in second
    assert "Comment vérifier" in second


def test_english_date() -> None:
    assert english_date(date(2027, 3, 1)) == "1\u00a0March\u00a02027"


@pytest.mark.parametrize("longer", range(6))
def test_a_solution_stays_whole_on_its_page(longer: int) -> None:
    """Its English line is never parted from its name, wherever the page ends."""
    fields = ("Soutien psychologique et écoute des personnes malades",) * 5
    english = ("Psychological support and listening",) * 5
    solutions = tuple((f"Action n° {number}", fields, (*english, f"last {number}")) for number in range(8))
    pages = pages_of(replace(FACTS, structure_name="Escale " * (longer * 6 + 1), solutions=solutions))
    for number in range(8):
        names, lines = (
            {place for place, page in enumerate(pages) if piece in page}
            for piece in (f"Action n° {number}", f"last {number}")
        )
        assert names == lines and len(names) == 1


def test_absurd_names_go_on_over_pages_without_loss() -> None:
    facts = replace(FACTS, structure_name="ŵ" * 5000, seat="ŷ" * 5000)
    pages = pages_of(facts)
    assert "".join(pages).count("ŵ") == 5000
    assert "".join(pages).count("ŷ") == 5000
    assert "Claire Fontanel" in pages[0]
