"""What comes in as a file: what is larger than any page takes is let go as it arrives, and its size is told."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler

from certificates.seal.checking import LARGEST
from letters.files import MEGABYTE

# The two handlers of the settings: a small request in memory, any other on the disk.
__all__ = ["LimitedUploadHandler", "MemoryFileUploadHandler", "largest"]


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Keeps a file on the disk, up to the largest of any page; past it, what was kept goes and nothing more comes.

    The page then gets a file without content, whose size is the one that was sent: its form says what the limit is.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keeps the piece, unless there is too much."""
        if start + len(raw_data) <= largest():
            super().receive_data_chunk(raw_data, start)
        else:
            self.file.close()

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """The file, or the word of its size."""
        if file_size <= largest():
            return super().file_complete(file_size)
        return UploadedFile(None, self.file_name, self.content_type, file_size, self.charset)


def largest() -> int:
    """Bytes of the largest file that a page takes: a document of a dossier, or a certificate to check."""
    return max(settings.MAX_FILE_MEGABYTES * MEGABYTE, LARGEST)
