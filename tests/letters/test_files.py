"""Files are what they say they are, keep a harmless name, and are looked at by an antivirus when there is one."""

import hashlib
import socketserver
import struct
import threading

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from journal.moves import Actor
from letters import files, scans
from letters.forms import CheckedFileField
from letters.models import StoredFile
from tests.factories.letters import AT, PDF, PNG, a_structure, an_archive, an_upload

WORD = an_archive(**{"[Content_Types]_dot_xml": b"<Types/>", "word__document_dot_xml": b"<w/>"})
SHEET = an_archive(**{"[Content_Types]_dot_xml": b"<Types/>", "xl__workbook_dot_xml": b"<w/>"})
ODT = an_archive(mimetype=b"application/vnd.oasis.opendocument.text", content_dot_xml=b"<x/>")
ODS = an_archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_dot_xml=b"<x/>")
MACRO = an_archive(
    **{
        "[Content_Types]_dot_xml": b"<Types/>",
        "word__document_dot_xml": b"<w/>",
        "word__vbaProject_dot_bin": b"x",
    }
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\0" * 60


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("statuts.pdf", PDF, "application/pdf"),
        ("STATUTS.PDF", PDF, "application/pdf"),
        ("logo.png", PNG, "image/png"),
        ("photo.jpg", JPEG, "image/jpeg"),
        ("photo.jpeg", JPEG, "image/jpeg"),
        ("rapport.docx", WORD, files.CONTENT_TYPES["docx"]),
        ("budget.xlsx", SHEET, files.CONTENT_TYPES["xlsx"]),
        ("rapport.odt", ODT, files.CONTENT_TYPES["odt"]),
        ("budget.ods", ODS, files.CONTENT_TYPES["ods"]),
        ("note.txt", "Été à l'hôpital 🌻\n".encode(), "text/plain"),
        ("note.txt", "Été\r\n".encode("cp1252"), "text/plain"),
        ("note.txt", "Été".encode("utf-16"), "text/plain"),
        ("liste.csv", b"a;b\n1;2\n", "text/csv"),
    ],
)
def test_a_true_file_is_taken(name, content, kind):
    assert files.check(an_upload(content, name)) == kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("statuts.pdf", b"MZ\x90\x00" + b"\0" * 200),
        ("statuts.pdf", PNG),
        ("statuts.pdf", b"\x7fELF\x02\x01\x01" + b"\0" * 200),
        ("photo.png", PDF),
        ("photo.jpg", b"<svg onload=alert(1)>"),
        ("rapport.docx", SHEET),
        ("rapport.docx", PDF),
        ("rapport.docx", MACRO),
        ("rapport.docx", b"PK\x03\x04 not a zip"),
        ("rapport.odt", WORD),
        ("rapport.odt", an_archive(mimetype=b"application/vnd.oasis.opendocument.text" * 100)),
        ("note.txt", b"MZ\x90\x00 text"),
        ("note.txt", b"#!/bin/sh\nrm"),
        ("note.txt", b"text\x00with nul"),
        ("liste.csv", WORD),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(name, content):
    with pytest.raises(ValidationError, match="n'est pas un vrai"):
        files.check(an_upload(content, name))


@pytest.mark.parametrize(
    "name", ["virus.exe", "page.html", "image.svg", "archive.zip", "sans_extension", ".pdf"]
)
def test_a_kind_outside_the_list_is_refused_with_what_to_do(name):
    with pytest.raises(ValidationError, match="PDF, image ou tableur"):
        files.check(an_upload(PDF, name))


def test_empty_and_too_large_files_are_told_apart_and_say_their_size(settings):
    with pytest.raises(ValidationError) as empty:
        files.check(an_upload(b"", "vide.pdf"))
    assert empty.value.messages == ["Ce fichier est vide. Ouvrez-le pour vérifier, puis renvoyez-le."]
    upload = an_upload()
    upload.size = 80_000_000
    with pytest.raises(ValidationError) as large:
        files.check(upload)
    assert "80\u00a0Mo" in large.value.messages[0]
    assert "20\u00a0Mo" in large.value.messages[0]


def test_the_form_field_puts_our_words_beside_the_field():
    field = CheckedFileField()
    for content, name in ((b"", "a.pdf"), (b"MZ", "a.pdf")):
        with pytest.raises(ValidationError):
            field.clean(an_upload(content, name))
    assert field.clean(an_upload()).read() == PDF
    assert CheckedFileField(required=False).clean(None) is None


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Moi\\statuts 2027.pdf", "statuts 2027.pdf"),
        ("facture\u202efdp.pdf", "facturefdp.pdf"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("", "document"),
        ("é" * 400 + ".pdf", "é" * 196 + ".pdf"),
    ],
)
def test_names_are_made_harmless(given_name, kept):
    assert files.clean_name(given_name) == kept


@given(st.text(max_size=600))
def test_a_name_never_leaves_its_folder_nor_its_column(name):
    kept = files.clean_name(name)
    assert 0 < len(kept) <= 200
    assert "/" not in kept
    assert "\\" not in kept


@given(st.binary(min_size=1, max_size=400), st.sampled_from(sorted(files.CONTENT_TYPES)))
def test_no_content_breaks_the_check(content, extension):
    try:
        files.check(ContentFile(content, f"a.{extension}"))
    except ValidationError as refused:
        assert refused.messages


@pytest.mark.django_db
def test_a_file_is_kept_under_its_digest():
    structure = a_structure()
    stored = files.store(
        upload=an_upload(),
        subject=structure,
        purpose="proof",
        thread=structure.thread,
        at=AT,
        by=Actor.system(),
    )
    assert stored.sha256 == hashlib.sha256(PDF).hexdigest()
    assert stored.sha256 in stored.content.name
    assert (stored.name, stored.size, stored.content_type) == ("statuts.pdf", len(PDF), "application/pdf")
    assert stored.subject == f"structures.structure:{structure.pk}"
    with StoredFile.objects.get(pk=stored.pk).content.open() as content:
        assert content.read() == PDF


@pytest.mark.django_db
def test_a_refused_file_leaves_nothing_behind():
    structure = a_structure()
    with pytest.raises(ValidationError):
        files.store(
            upload=an_upload(b"MZ"), subject=structure, purpose="x", thread=None, at=AT, by=Actor.system()
        )
    assert not StoredFile.objects.exists()


class Antivirus(socketserver.BaseRequestHandler):
    """Speaks ClamAV's INSTREAM; finds a threat in whatever holds EICAR."""

    def handle(self):
        assert self.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", self.read(4))[0]:
            content += self.read(size)
        if b"STRANGE" in content:
            answer = b"INSTREAM size limit exceeded. ERROR\0"
        else:
            answer = b"stream: Eicar-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"
        self.request.sendall(answer)

    def read(self, size):
        found = b""
        while len(found) < size:
            found += self.request.recv(size - len(found))
        return found


@pytest.fixture
def antivirus(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Antivirus) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMAV_SOCKET = f"127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()


def stored_text(content):
    structure = a_structure()
    return files.store(
        upload=an_upload(content, "note.txt"),
        subject=structure,
        purpose="x",
        thread=None,
        at=AT,
        by=Actor.system(),
    )


@pytest.mark.django_db
def test_a_clean_file_is_marked_and_a_threat_is_set_apart(antivirus):
    clean, threat = stored_text(b"bonjour" * 30_000), stored_text(b"EICAR")
    assert scans.waits(clean)
    assert scans.scan_waiting(AT) == 2
    clean, threat = StoredFile.objects.get(pk=clean.pk), StoredFile.objects.get(pk=threat.pk)
    assert (clean.scanned_at, clean.quarantined_at) == (AT, None)
    assert threat.quarantined_at == AT
    assert scans.scan_waiting(AT) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["127.0.0.1:1", "/no/such/socket"])
def test_without_answer_the_file_waits_for_the_next_try(settings, address):
    settings.CLAMAV_SOCKET = address
    stored = stored_text(b"bonjour")
    assert scans.scan(stored.pk, at=AT) is False
    assert StoredFile.objects.get(pk=stored.pk).scanned_at is None


@pytest.mark.django_db
def test_a_strange_answer_is_no_answer(antivirus):
    stored = stored_text(b"STRANGE")
    assert scans.scan(stored.pk, at=AT) is False
    assert StoredFile.objects.get(pk=stored.pk).quarantined_at is None


@pytest.mark.django_db
def test_without_antivirus_nothing_waits(settings):
    settings.CLAMAV_SOCKET = ""
    stored = stored_text(b"EICAR")
    assert not scans.waits(stored)
    assert scans.scan_waiting(AT) == 0


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4" + bytes(101),
        b"%PDF-1.4\n%%EOF\n",
        b"%PDF-1.4\nstartxref\n9\n%%EOF\n",
        b"%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n99999\n%%EOF\n",
        PDF + bytes(5000),
    ],
    ids=["zeros", "no table", "no object", "table outside", "end far away"],
)
def test_what_only_begins_like_a_pdf_is_refused(content):
    with pytest.raises(ValidationError) as refused:
        files.check(SimpleUploadedFile("a.pdf", content))
    assert refused.value.code == "kind"


def test_a_pdf_with_a_few_bytes_after_its_end_is_kept():
    assert files.check(SimpleUploadedFile("a.pdf", PDF + b"\r\n" + bytes(40))) == "application/pdf"
