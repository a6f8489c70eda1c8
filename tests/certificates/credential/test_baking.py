"""Badges and PDF that carry the credential, read back by somebody else's code."""

from __future__ import annotations

import io
import subprocess
import xml.dom.minidom
from pathlib import Path

from PIL import Image
from pypdf import PdfReader

from certificates.credential import baking
from certificates.documents import render_certificate
from tests.certificates.test_documents import FACTS

CREDENTIAL = '{"name": "Escale Anémone ]]> <script>", "a": "&amp; 🎗️"}'


def test_a_png_carries_it_and_stays_an_image() -> None:
    image = Image.open(io.BytesIO(baking.png(CREDENTIAL)))
    image.load()

    assert image.size == (512, 512)
    assert image.text["openbadgecredential"] == CREDENTIAL


def test_an_svg_carries_it_and_shows_the_number() -> None:
    drawing = baking.svg(CREDENTIAL, number="LBL-2027-000001-55", title="A & <b>")
    tree = xml.dom.minidom.parseString(drawing)
    (kept,) = tree.getElementsByTagNameNS("https://purl.imsglobal.org/ob/v3p0", "credential")

    assert "".join(part.data for part in kept.childNodes) == CREDENTIAL
    assert tree.getElementsByTagName("title")[0].firstChild.data == "A & <b>"
    assert "LBL-2027-000001-55" in [text.firstChild.data for text in tree.getElementsByTagName("text")]
    assert not tree.getElementsByTagName("script")


def test_what_a_badge_carries_is_read_back() -> None:
    drawing = baking.svg(CREDENTIAL, number="LBL-2027-000001-55", title="A")
    assert baking.carried(baking.png(CREDENTIAL)) == baking.carried(drawing.encode()) == CREDENTIAL
    assert baking.carried(b"%PDF-1.7") is baking.carried(b"<svg></svg>") is baking.carried(baking.PNG) is None


def test_the_pdf_carries_it_as_its_data(tmp_path: Path) -> None:
    path = tmp_path / "certificate.pdf"
    content = render_certificate(FACTS, credential=CREDENTIAL)
    path.write_bytes(content)

    subprocess.run(["pdfdetach", "-save", "1", "-o", str(tmp_path / "out.json"), str(path)], check=True)
    assert (tmp_path / "out.json").read_text(encoding="utf-8") == CREDENTIAL
    (file,) = PdfReader(io.BytesIO(content)).trailer["/Root"]["/AF"]
    assert file.get_object()["/AFRelationship"] == "/Data"
    assert b"/Subtype /application#2Fld#2Bjson" in content
    assert render_certificate(FACTS, credential=CREDENTIAL) == content
    assert b"/AF" not in render_certificate(FACTS)
