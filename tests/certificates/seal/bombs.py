"""Files made to hurt whoever reads them: each at most as large as a file to check may be."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

PAGE = {
    1: b"<</Type /Catalog /Pages 2 0 R>>",
    2: b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
    3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>>",
}
SEVERAL_SEALS = 3_000


def pdf(changes: dict[int, bytes] | None = None, *, trailer: bytes = b"") -> bytes:
    """A file of one page, with other objects or more of them."""
    objects, content, rows = {**PAGE, **(changes or {})}, bytearray(b"%PDF-1.7\n"), bytearray()
    for number in range(1, max(objects) + 1):
        rows += b"%010d 00000 n \n" % len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, objects.get(number, b"null"))
    start, size = len(content), max(objects) + 1
    content += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, rows)
    content += b"trailer\n<</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return bytes(content)


def catalogue(more: bytes) -> bytes:
    """The catalogue of that page, with more in it."""
    return b"<</Type /Catalog /Pages 2 0 R %s>>" % more


def swelling(megabytes: int = 4_000) -> bytes:
    """Some kilobytes that become four gigabytes of zeros once they are unpacked twice.

    Packed once for each megabyte, which is repeated: the sum at the end is known without making them.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    one = packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    total = (megabytes * 1_000_000 % 65_521) << 16 | 1
    return zlib.compress(b"\x78\xda" + one * megabytes + packer.flush() + total.to_bytes(4, "big"), 9)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream packed twice."""
    head = b"<</Filter [/FlateDecode /FlateDecode] /Length %d %s>>" % (len(content), entries)
    return head + b"\nstream\n" + content + b"\nendstream"


def swelling_attachment() -> bytes:
    """What is attached swells: the number of a certificate is read there."""
    return pdf(
        {
            1: catalogue(b"/AF [4 0 R]"),
            4: b"<</Type /Filespec /EF <</F 5 0 R>>>>",
            5: stream(swelling()),
        }
    )


def swelling_table() -> bytes:
    """The table of the objects swells: it is read before anything else."""
    content = b"%PDF-1.7\n1 0 obj\n" + PAGE[1] + b"\nendobj\n"
    table = stream(swelling(), b"/Type /XRef /Size 400000000 /W [1 4 2] /Root 1 0 R")
    return content + b"9 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(content))


def looping_table() -> bytes:
    """The table of the objects says that it follows itself."""
    start = pdf(trailer=b"/Prev 0000000000").index(b"xref\n")
    return pdf(trailer=b"/Prev %010d" % start)


def looping_fields() -> bytes:
    """Fields of a form that are each other's children, and a list of files that is itself."""
    return pdf(
        {
            1: catalogue(b"/AcroForm 4 0 R /AF 5 0 R"),
            4: b"<</Fields [6 0 R]>>",
            5: b"5 0 R",
            6: b"<</T (a) /Kids [7 0 R] /Parent 7 0 R>>",
            7: b"<</T (b) /Kids [6 0 R] /Parent 6 0 R>>",
        }
    )


def many_seals_of_nobody() -> bytes:
    """Thousands of fields with one empty signature."""
    fields = {10 + place: b"<</FT /Sig /T (s%d) /V 5 0 R>>" % place for place in range(20_000)}
    seal = b"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 9 9 9] /Contents <30>>>"
    listed = b" ".join(b"%d 0 R" % number for number in fields)
    return pdf({1: catalogue(b"/AcroForm <</SigFlags 3 /Fields [%s]>>" % listed), 5: seal, **fields})


MADE: dict[str, Callable[[], bytes]] = {
    "lists in lists": lambda: pdf({1: catalogue(b"/X " + b"[" * 1_000_000 + b"]" * 1_000_000)}),
    "dictionaries in dictionaries": lambda: pdf(
        {1: catalogue(b"/X " + b"<</A " * 500_000 + b"1" + b">>" * 500_000)}
    ),
    "a swelling attachment": swelling_attachment,
    "a swelling table": swelling_table,
    "a looping table": looping_table,
    "looping fields": looping_fields,
    "a catalogue that is itself": lambda: pdf({1: b"1 0 R"}),
    "many seals of nobody": many_seals_of_nobody,
    "a number of five million figures": lambda: pdf(trailer=b"/X " + b"9" * 5_000_000),
    "a list of five million numbers": lambda: pdf({1: catalogue(b"/X [" + b"0 " * 4_900_000 + b"]")}),
}
"""By what hurts in them."""


def archive() -> bytes:
    """An archive that holds one file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        opened.writestr("certificat.pdf", pdf())
    return content.getvalue()


def with_many_seals(sealed: bytes) -> bytes:
    """A sealed file to which thousands of fields were added, each with its own seal."""
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    form = writer.root["/AcroForm"]
    seal = form["/Fields"][0].raw_get("/V")
    for place in range(SEVERAL_SEALS):
        field = {"/FT": generic.NameObject("/Sig"), "/T": generic.pdf_string(f"s{place}"), "/V": seal}
        added = generic.DictionaryObject({generic.NameObject(key): value for key, value in field.items()})
        form["/Fields"].append(writer.add_object(added))
    writer.update_container(form["/Fields"])
    changed = io.BytesIO()
    writer.write(changed)
    return changed.getvalue()
