"""The eyes of the tests."""

import io
import subprocess

import pytest
from django.http import HttpResponse
from reportlab.pdfgen.canvas import Canvas

from tests.reading import pdf_words, words


def test_a_page_is_read_without_markup_and_with_plain_spaces():
    page = "<style>p {}</style><p>Que\u202ffaire\u00a0?<br>\n l&#x27;avis</p><!-- non --><script>1</script>"
    assert words(HttpResponse(page)) == "Que faire ? l'avis"


def test_a_pdf_is_read_and_a_broken_one_is_an_error():
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.drawString(100, 700, "Label accordé")
    canvas.save()
    assert pdf_words(file.getvalue()) == "Label accordé"
    with pytest.raises(subprocess.CalledProcessError):
        pdf_words(b"%PDF-1.7 nothing")
