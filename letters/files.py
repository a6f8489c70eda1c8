"""Files received: checked by their content, kept under their SHA-256, looked at by an antivirus when there is one."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from datetime import datetime
from pathlib import PurePosixPath, PureWindowsPath

import puremagic
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.translation import gettext as _

from journal.models import Thread
from journal.moves import Actor, subject_key
from letters.models import StoredFile
from letters.spoken import told_size

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain",
    "csv": "text/csv",
}
ACCEPT = ",".join(f".{extension}" for extension in CONTENT_TYPES)
MAGIC = {"pdf": {".pdf"}, "png": {".png"}, "jpg": {".jpg", ".jpeg", ".jfif"}}
OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
OPEN_DOCUMENTS = {"odt", "ods"}
PROGRAM_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa",
    b"\xcf\xfa\xed\xfe",
    b"PK\x03\x04",
)
NAME_LENGTH = 200
LONGEST_SUFFIX = 10
LARGEST_INSIDE = 200
MEGABYTE = 1_000_000
END_OF_PDF = 4096
PIECE_OF_PDF = 1_000_000


def check(upload: UploadedFile | File) -> str:
    """The content type of an upload whose size, extension and content agree.

    Raises ValidationError with the words of E15 (size), E16 (kind) or E18 (empty). The position is put back to 0.
    """
    size, limit = upload.size or 0, settings.MAX_FILE_MEGABYTES * MEGABYTE
    if not size:
        raise ValidationError(
            _("Ce fichier est vide. Ouvrez-le pour vérifier, puis renvoyez-le."), code="empty"
        )
    if size > limit:
        raise ValidationError(
            _(
                "Ce fichier fait %(size)s ; la limite est %(limit)s. Réduisez-le ou envoyez-le en plusieurs parties."
            ),
            code="size",
            params={"size": told_size(size), "limit": told_size(limit)},
        )
    extension = PurePosixPath(clean_name(upload.name or "")).suffix.lower().lstrip(".")
    if extension not in CONTENT_TYPES:
        raise ValidationError(
            _("Nous ne pouvons pas lire ce genre de fichier. Exportez-le en PDF, image ou tableur."),
            code="kind",
        )
    upload.seek(0)
    is_true = _content_is(extension, upload)
    upload.seek(0)
    if not is_true:
        raise ValidationError(
            _("Ce fichier n'est pas un vrai %(kind)s. Exportez-le de nouveau en PDF, image ou tableur."),
            code="kind",
            params={"kind": extension.upper()},
        )
    return CONTENT_TYPES[extension]


def clean_name(name: str) -> str:
    """The last part of a file name without signs that hide or reverse letters, at most 200 characters."""
    last = PurePosixPath(PureWindowsPath(name).name).name
    shown = "".join(
        sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] != "C"
    )
    path = PurePosixPath(PurePosixPath(" ".join(shown.split())).name or "document")
    suffix = path.suffix[:LONGEST_SUFFIX]
    return path.stem[: NAME_LENGTH - len(suffix)] + suffix


def store(
    *,
    upload: UploadedFile | File,
    subject: models.Model | str,
    purpose: str,
    thread: Thread | None,
    at: datetime,
    by: Actor,
    name: str | None = None,
) -> StoredFile:
    """Check and keep a file that somebody sends; raises ValidationError (E15, E16, E18).

    The visibility of `subject` governs who may download it. When an antivirus is set, it looks at the file after
    commit.
    """
    content_type = check(upload)
    stored = _keep(
        upload, content_type, subject, purpose, thread, at, by, clean_name(name or upload.name or "")
    )
    if settings.CLAMAV_SOCKET:
        transaction.on_commit(lambda: _ask_for_a_scan(stored.pk), robust=True)
    return stored


def store_made(
    *,
    content: bytes,
    name: str,
    content_type: str = "application/pdf",
    subject: models.Model | str,
    purpose: str,
    thread: Thread | None,
    at: datetime,
    by: Actor,
) -> StoredFile:
    """Keep a file that we made ourselves: no check, no scan."""
    stored = _keep(
        ContentFile(content, name), content_type, subject, purpose, thread, at, by, clean_name(name)
    )
    StoredFile.objects.filter(pk=stored.pk).update(scanned_at=at)
    stored.scanned_at = at
    return stored


def _ask_for_a_scan(pk: int) -> None:
    from letters.tasks import scan_file  # noqa: PLC0415 - tasks know files

    scan_file.enqueue(pk)


def _keep(
    content: File,
    content_type: str,
    subject: models.Model | str,
    purpose: str,
    thread: Thread | None,
    at: datetime,
    by: Actor,
    name: str,
) -> StoredFile:
    content.seek(0)
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    content.seek(0)
    stored = StoredFile(
        thread=thread,
        subject=subject_key(subject),
        purpose=purpose,
        name=name,
        content_type=content_type,
        size=content.size or 0,
        sha256=digest.hexdigest(),
        uploaded_by=by.user,
        uploaded_at=at,
    )
    stored.content.save(digest.hexdigest() + PurePosixPath(name).suffix.lower(), content, save=False)
    stored.save(force_insert=True)
    return stored


def _content_is(extension: str, upload: File) -> bool:
    extension = "jpg" if extension == "jpeg" else extension
    if extension in MAGIC:
        try:
            is_named_so = puremagic.from_stream(io.BytesIO(upload.read(64_000))) in MAGIC[extension]
        except (puremagic.PureError, ValueError):
            return False
        return is_named_so and (extension != "pdf" or _is_whole_pdf(upload))
    if extension in OFFICE_PARTS or extension in OPEN_DOCUMENTS:
        return _is_office(extension, upload)
    return _is_text(upload.read())


def _is_whole_pdf(upload: File) -> bool:
    """A reader opens a PDF from its end: where its table of objects starts, then the mark of the end.

    At least one object stands before. Some programs add a few bytes after the mark.
    """
    upload.seek(max((upload.size or 0) - END_OF_PDF, 0))
    end = upload.read(END_OF_PDF)
    place = re.search(rb"startxref\s+(\d{1,10})\s+%%EOF", end)
    if place is None or int(place[1]) >= (upload.size or 0):
        return False
    upload.seek(0)
    before = b""
    while chunk := upload.read(PIECE_OF_PDF):
        if re.search(rb"\d\s+\d+\s+obj\b", before + chunk):
            return True
        before = chunk[-40:]
    return False


def _is_office(extension: str, upload: File) -> bool:
    """A zip archive with the parts of its kind and no macro; nothing large is ever unpacked."""
    try:
        with zipfile.ZipFile(upload) as archive:
            names = set(archive.namelist())
            if extension in OFFICE_PARTS:
                has_macro = any(name.lower().endswith("vbaproject.bin") for name in names)
                return {"[Content_Types].xml", OFFICE_PARTS[extension]} <= names and not has_macro
            if "mimetype" not in names or archive.getinfo("mimetype").file_size > LARGEST_INSIDE:
                return False
            has_macro = any(name.startswith(("Basic/", "Scripts/")) for name in names)
            return archive.read("mimetype").strip() == CONTENT_TYPES[extension].encode() and not has_macro
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, ValueError, KeyError):
        return False


def _is_text(content: bytes) -> bool:
    if content.startswith(PROGRAM_STARTS):
        return False
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = content.decode("utf-16")
        except UnicodeDecodeError:
            return False
    else:
        text = content.decode("utf-8", errors="replace")
    return not any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n\f\x85" for sign in set(text))
