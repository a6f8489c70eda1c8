"""The PDFs of the house: what is written can be read, by eyes, by machines, whatever the words."""

import io
import re
import time
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from letters.pdf import Bold, LetterContent, Signatory, faces, lines, render_document, render_letter, scripts
from letters.pdf.document import MM, Document
from letters.pdf.letter import write_blocks

LETTER = LetterContent(
    code="L8",
    subject="refus du label associatif",
    place_date="Boulogne-Billancourt, le 3 mars 2027",
    sender_lines=["Institut national du cancer", "52 avenue André Morizet"],
    service_lines=["Service : mission label", "Suivi par : Hélène Marchand"],
    addressee_lines=["Association Escale Anémone", "Madame Nadia Brossard", "75011 Paris"],
    reference="DOS-2027-000012-45",
    summary_lines=["Le label n'est pas accordé.", "Vous pouvez contester jusqu'au 5 mai 2027."],
    body_blocks=[
        ("p", "Madame la Présidente,"),
        ("h", "Pourquoi"),
        ("p", ["L'Institut ", Bold("n'accorde pas"), " le label."]),
        ("facts", [("Gouvernance", "1,2 sur 4"), ("Information", "2,5 sur 4")]),
        ("li", ["Recours gracieux", "Recours devant le tribunal"]),
    ],
    signatory=Signatory(
        first_name="Claire",
        name="Fontanel",
        quality="Directrice générale adjointe",
        service="Direction générale",
        delegation="Par délégation du 2 janvier 2027",
    ),
    legal_references=["Code des relations entre le public et l'administration, article L211-2"],
    attachments=["Avis du comité (3 pages)"],
    data_protection="L'Institut traite vos données pour instruire votre demande.",
    contact_lines=["Hélène Marchand", "01 00 00 00 00"],
    dated=datetime(2027, 3, 3, 9, 0, tzinfo=UTC),
)


def read(pdf: bytes) -> str:
    """All the text, spaces and line ends made one space."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def bare(text: str) -> str:
    """The text without any space: how it was cut in lines does not matter."""
    return "".join(unicodedata.normalize("NFC", text).split())


def elements(pdf: bytes) -> list[Any]:
    """All the elements of the structure tree, in reading order."""
    found: list[Any] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for kid in node:
                walk(kid)
        elif isinstance(node, dict) and "/S" in node:
            found.append(node)
            walk(node["/K"])

    walk(PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def kinds(pdf: bytes) -> list[str]:
    return [element["/S"][1:] for element in elements(pdf)]


def operators(pdf: bytes) -> str:
    return "\n".join(page.get_contents().get_data().decode() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_letter_says_all_it_was_given() -> None:
    text = read(render_letter(LETTER))
    for words in [
        "Objet : refus du label associatif",
        "Boulogne-Billancourt, le 3 mars 2027",
        "Institut national du cancer",
        "52 avenue André Morizet",
        "Suivi par : Hélène Marchand",
        "Madame Nadia Brossard",
        "Dossier : DOS-2027-000012-45",
        "Vous pouvez contester jusqu'au 5 mai 2027.",
        "L'Institut n'accorde pas le label.",
        "Gouvernance 1,2 sur 4",
        "Recours devant le tribunal",
        "Claire Fontanel Directrice générale adjointe Direction générale Par délégation du 2 janvier 2027",
        "article L211-2",
        "Avis du comité (3 pages)",
        "L'Institut traite vos données",
        "01 00 00 00 00",
        "page 1 / 1" if "page 1 / 1" in text else "page 2 / 2",
    ]:
        assert words in text
    assert text.index("En résumé") < text.index("Madame la Présidente,")
    assert "L8" not in text


def test_letter_is_a_tagged_file() -> None:
    pdf = render_letter(LETTER)
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert PdfReader(io.BytesIO(pdf)).metadata["/Title"] == "refus du label associatif"
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "refus du label associatif" in metadata
    tree = kinds(pdf)
    assert tree.count("H1") == 1
    assert tree.index("H1") < tree.index("H2")
    assert {"Document", "P", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD"} <= set(tree)


def test_every_mark_on_a_page_has_its_element() -> None:
    pdf = render_document("Essai", [("p", "Des mots en nombre. " * 900), ("facts", [("Nom", "x " * 4000)])])
    reader = PdfReader(io.BytesIO(pdf))
    nums = reader.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    assert len(reader.pages) > 5
    for page in reader.pages:
        content = page.get_contents().get_data().decode()
        marks = [int(mark) for mark in re.findall(r"/MCID (\d+)", content)]
        owners = nums[nums.index(page["/StructParents"]) + 1].get_object()
        assert marks == list(range(len(owners)))
        assert content.count("BDC") == content.count("EMC")
        # Whatever is not marked is an artifact: nothing stands outside.
        assert re.sub(r"/\w+ <<.*?>> BDC.*?EMC", "", content, flags=re.DOTALL).strip() == ""


def test_fonts_are_all_inside_the_file() -> None:
    pdf = render_document("Essai", [("p", "Français Ελλάς 中国 한국 😀 جمعية")])
    fonts = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"].get_object()
    assert len(fonts) == 5
    for font in fonts.values():
        assert "/FontFile2" in font.get_object()["/FontDescriptor"]
        assert "/ToUnicode" in font.get_object()


def test_same_letter_same_bytes_and_another_date_another_file() -> None:
    assert render_letter(LETTER) == render_letter(LETTER)
    later = render_letter(replace(LETTER, dated=datetime(2027, 3, 4, 9, 0, tzinfo=UTC)))
    assert later != render_letter(LETTER)
    assert read(later) == read(render_letter(LETTER))
    assert b"CreationDate" not in render_letter(replace(LETTER, dated=None))


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert('x')</script> & <b>gras</b> **gras** (parenthèses) \\ antislash",
        "emoji 😀💙🎗 et œuvre, Œ, ŷ, €, « » – — …",
        "中国癌症协会 がん患者 한국암협회 Ελλάς Россия Tiếng Việt",
    ],
)
def test_any_words_are_drawn_as_given(words: str) -> None:
    pdf = render_document(words, [("p", words), ("li", [words]), ("facts", [(words, words)]), ("h", words)])
    assert bare(read(pdf)).count(bare(words)) >= 5
    assert PdfReader(io.BytesIO(pdf)).metadata["/Title"] == words


def test_characters_that_cannot_be_written_do_no_harm() -> None:
    hostile = "a\x00b\x07c\ud800d\ufffee\u202ef\u200dg\r\nh\ti"
    pdf = render_letter(replace(LETTER, subject=hostile, addressee_lines=[hostile], reference=hostile))
    assert bare(read(pdf)).count("Objet:abc\ufffddefg") == 1
    assert "h i" in read(pdf)


def test_what_no_font_draws_is_rewritten_in_latin_letters_and_keeps_its_real_text() -> None:
    thai = "ไทย"
    pdf = render_document("Essai", [("p", f"Nom {thai}.")])
    assert f"FEFF{f'Nom {thai}.'.encode('utf-16-be').hex()}" in operators(pdf)
    assert faces.runs(thai, bold=False) == [("AtkinsonHyperlegible-Regular", "aithy")]


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("भारतीय", "bhartiy"),
        ("የካንሰር", "yekanser"),
        ("𝐁𝐨𝐥𝐝", "Bold"),
        ("𠀀", "He"),
    ],
)
def test_rewritten_text_is_known_to_be_so(text: str, drawn: str) -> None:
    assert faces.runs(text, bold=True) == [("AtkinsonHyperlegible-Bold", drawn)]
    assert faces.is_rewritten(f"Éa {text}")


@pytest.mark.parametrize(
    "text", ["Éa – « Été »\u202f!", "中国", "جَمْعِيَّة", "💙 👩🏽\u200d⚕️ 1️⃣ \U0001fae8", "Ελλάς", "a\x00b"]
)
def test_text_that_the_fonts_know_is_drawn_as_written(text: str) -> None:
    assert not faces.is_rewritten(text)


def test_an_emoji_of_several_signs_is_heard_whole() -> None:
    written = "Soin 👩🏽\u200d⚕️ 1️⃣."
    assert "".join(shown for _, shown in faces.runs(written, bold=False)) == "Soin 👩⚕ 1."
    pdf = render_document("Essai", [("p", written)])
    assert f"FEFF{written.encode('utf-16-be').hex()}" in operators(pdf)


def test_a_line_is_as_wide_as_it_is_drawn() -> None:
    """Also when the fonts of its words have spaces of other widths."""
    words = "💙 🎗 中国 جمعية Éa ไทย "
    for row in lines.cut(words * 30, width=20_000):
        drawn = [faces.runs(text, bold=bold) for text, bold in row.pieces]
        width = sum(
            faces.face(name).getCharWidth(ord(char)) for run in drawn for name, shown in run for char in shown
        )
        assert row.width == pytest.approx(width) and width <= 20_000


def test_private_characters_are_replaced() -> None:
    assert faces.runs("\ue000", bold=True) == [("DejaVuSans", "\ufffd")]


def test_arabic_letters_are_joined_and_the_line_turned() -> None:
    joined = scripts.join("جمعية")
    assert joined == "\ufe9f\ufee4\ufecc\ufef4\ufe94"
    assert scripts.unjoin(joined) == "جمعية"
    assert scripts.join("سلام") == "\ufeb3\ufefc\ufee1"
    assert scripts.unjoin(scripts.join("سلام")) == "سلام"


@pytest.mark.parametrize(
    ("reading", "seen"),
    [
        ("abc", "abc"),
        ("אבג", "גבא"),
        ("ab אבג cd", "ab גבא cd"),
        ("אב 12 גד", "דג 12 בא"),
        ("אב 12,5 גד", "דג 12,5 בא"),
        ("אב (ab) גד", "דג (ab) בא"),
        ("(אב)", "(בא)"),
    ],
)
def test_right_to_left_lines_are_put_in_the_order_of_the_eye(reading: str, seen: str) -> None:
    chars = [(char, False) for char in reading]
    turned = scripts.visual(chars, from_right=scripts.starts_right(reading))
    assert "".join(char for char, _ in turned) == seen


def test_the_marks_of_a_right_to_left_letter_are_drawn_before_it() -> None:
    """The fonts draw them at the right of the pen."""
    chars = [(char, False) for char in "لِمُ"]
    assert "".join(char for char, _ in scripts.visual(chars, from_right=True)) == "\u064fم\u0650ل"
    assert scripts.visual([("e", False), ("\u0303", False)], from_right=False)[0] == ("e", False)


def test_each_line_of_a_paragraph_runs_like_its_beginning() -> None:
    rows = lines.cut(
        "Les amis des malades جمعية مرضى جمعية مرضى Rhône\nجمعية مرضى Rhône malades amis", width=9000
    )
    assert len(rows) > 3
    first_of_second = next(place for place, row in enumerate(rows) if row.from_right)
    assert "".join(row.text for row in rows[:first_of_second]).startswith("Les")
    assert any(scripts.starts_right(row.text) for row in rows[:first_of_second])
    assert all(row.from_right for row in rows[first_of_second:])
    assert not all(scripts.starts_right(row.text) for row in rows[first_of_second:])


def test_right_to_left_text_is_read_aloud_in_reading_order() -> None:
    pdf = render_document("Essai", [("p", "جمعية")])
    assert f"FEFF{'جمعية'.encode('utf-16-be').hex()}" in operators(pdf)


@pytest.mark.parametrize(
    "words",
    ["anticonstitutionnellement " * 4000, "x" * 100_000, "协会" * 50_000, "جمعية " * 16_000, "😀é" * 50_000],
)
def test_very_long_texts_lose_nothing_and_take_little_time(words: str) -> None:
    started = time.process_time()
    document = Document("Essai")
    document.paragraph(words)
    pdf = document.finish()
    assert time.process_time() - started < 15
    assert len(document.file.pages) < 300
    drawn = sum(len(re.findall(r"..", codes)) for codes in re.findall(r"<([0-9a-f]*)> Tj", operators(pdf)))
    assert drawn >= len(bare(scripts.join(words)))


def test_a_very_long_row_and_panel_go_on_over_pages() -> None:
    pdf = render_document(
        "Essai", [("facts", [("Mot " * 900, "y" * 20_000)])], summary_lines=["z" * 20_000, "Fin du résumé"]
    )
    text = bare(read(pdf))
    assert text.count("y") == 20_000
    assert text.count("z") == 20_000
    assert text.count("Mot") == 900
    assert "Finduré" in text


def test_long_addressee_still_has_its_letter() -> None:
    pdf = render_letter(replace(LETTER, addressee_lines=["Association " * 200, "Fin de l'adresse"]))
    text = read(pdf)
    assert text.count("Association") == 200
    assert text.index("Fin de l'adresse") < text.index("Objet :")


@given(
    st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from(" -\n/é中ج")), max_size=300),
    st.integers(1100, 30_000),
)
def test_lines_hold_every_word_and_keep_to_their_width(text: str, width: int) -> None:
    cut = lines.cut(text, width=width)
    whole = "".join(line.text for line in cut)
    expected = "".join(piece for piece, _ in lines.pieces_of(text, bold=False))
    assert "".join(whole.split()) == "".join(expected.split())
    for line in cut:
        assert line.width <= width or len(line.text) == 1


def test_bold_words_are_drawn_in_bold_and_only_they() -> None:
    [line] = lines.cut(["Écrivez avant le ", Bold("3 mars"), "."], width=50_000)
    assert line.pieces == [("Écrivez avant le", False), (" 3 mars", True), (".", False)]


def test_no_break_spaces_are_kept() -> None:
    assert [line.text for line in lines.cut("avant le 3\u00a0mars", width=5500)] == [
        "avant le",
        "3\u00a0mars",
    ]


def test_hyphens_allow_a_cut_but_not_inside_a_number() -> None:
    assert [line.text for line in lines.cut("Boulogne-Billancourt", width=7000)] == [
        "Boulogne-",
        "Billancourt",
    ]
    number = "LBL-2027-000123-13"
    just_enough = int(faces.advance(number, bold=False)) + 1
    assert [line.text for line in lines.cut(f"le {number}", width=just_enough)] == ["le", number]


def test_wrapped_lines_end_with_the_space_that_separates_their_words() -> None:
    text = PdfReader(io.BytesIO(render_document("Essai", [("p", "mot " * 100)]))).pages[0].extract_text()
    assert "motmot" not in text.replace("\n", "")


def test_paragraph_never_leaves_one_line_alone() -> None:
    for start in range(30):
        document = Document("Essai")
        document.y = document.bottom + start * 4
        document.paragraph("mot " * 60)
        marks = [len(re.findall(" Tm", "".join(page.operators))) for page in document.file.pages]
        assert all(count != 1 for count in marks), (start, marks)


def test_heading_is_never_left_at_the_foot() -> None:
    document = Document("Essai")
    document.y = document.bottom + 20 * MM
    document.heading("Titre")
    assert len(document.file.pages) == 2
    assert document.file.pages[0].operators == []


def test_heading_stays_with_what_it_announces() -> None:
    """A paragraph of three lines is not cut, and a heading waits for the subheading below it."""
    announced = [("h", "Titre"), ("h3", "Sous-titre"), ("p", "mot " * 50)]
    for blocks in (announced, announced[::2]):
        for start in range(60):
            document = Document("Essai")
            document.y = document.bottom + start * 3
            write_blocks(document, blocks)
            marks = len(re.findall(" Tm", "".join(document.file.pages[0].operators)))
            assert marks in {0, len(blocks) + 2}, (start, marks)


def test_unknown_block_is_refused() -> None:
    with pytest.raises(ValueError, match="html"):
        render_document("Essai", [("html", "<b>x</b>")])  # type: ignore[list-item]


def test_large_print_sets_all_the_text_in_sixteen_points() -> None:
    content = operators(render_letter(LETTER, large_print=True))
    body = re.sub(r"/Artifact <<.*?EMC", "", content, flags=re.DOTALL)
    sizes = [float(size) for size in re.findall(r"([\d.]+) Tf", body)]
    assert min(sizes) == pytest.approx(16)
    assert min(float(size) for size in re.findall(r"([\d.]+) Tf", operators(render_letter(LETTER)))) < 11


def test_space_for_a_hand_signature_only_when_asked() -> None:
    assert "Signature :" not in read(render_letter(LETTER))
    assert "Signature :" in read(render_letter(replace(LETTER, hand_signature_space=True)))


def test_foot_bears_reference_and_page_of_all_pages() -> None:
    pdf = render_document("Essai", [("p", "Des mots. " * 1500)], "SIG-2027-000001-01", "Récépissé")
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    for number, text in enumerate(pages, start=1):
        assert f"page {number} / {len(pages)}" in text
        assert "SIG-2027-000001-01 · Récépissé" in " ".join(text.split())
