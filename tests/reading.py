"""Pages and PDFs as the words a person reads, so that tests compare sentences and not spaces or markup.

The French catalogue puts no-break spaces where typography wants them: here every space is a plain one.
"""

import html
import re
import subprocess

from django.http import HttpResponse
from django.http.response import HttpResponseBase


def plain(text: str) -> str:
    """The text with every run of spaces, no-break ones included, as one plain space."""
    return " ".join(text.split())


def closed(response: HttpResponseBase) -> HttpResponseBase:
    """That answer with the file that it serves closed, and not the connection that the test still needs."""
    for close in response._resource_closers:
        close()
    return response


def words(response: HttpResponse) -> str:
    """What a page says, without its markup, styles and scripts."""
    source = response.content.decode()
    seen = re.sub(
        r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]+>", " ", source, flags=re.DOTALL | re.IGNORECASE
    )
    return plain(html.unescape(seen))


def pdf_words(content: bytes) -> str:
    """What a PDF says, read by poppler as another program would; fails when the file cannot be read."""
    read = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", "-", "-"], input=content, capture_output=True, check=True
    )
    return plain(read.stdout.decode())
