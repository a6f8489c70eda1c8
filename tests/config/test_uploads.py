"""Files larger than any page takes: let go as they arrive, whatever the page, and said so by its form."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.uploads import largest
from letters.files import MEGABYTE

BOUNDARY = "limite"
HUGE = 200 * MEGABYTE


class Flow(io.RawIOBase):
    """A form with one file of zeros, made as it is read; `seen` is asked at each piece what is on the disk."""

    def __init__(self, field: str, size: int, seen: Callable[[], int]) -> None:
        self.head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="grand.pdf"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        ).encode()
        self.tail = f"\r\n--{BOUNDARY}--\r\n".encode()
        self.length = len(self.head) + size + len(self.tail)
        self.pieces = self._pieces(size)
        self.seen, self.most = seen, 0

    def _pieces(self, size: int) -> Iterator[bytes]:
        yield self.head
        for start in range(0, size, 65_536):
            self.most = max(self.most, self.seen())
            yield bytes(min(65_536, size - start))
        yield self.tail

    def read(self, size: int = -1) -> bytes:
        """The next piece: never more than was asked for, as long as at least a piece is asked for."""
        return next(self.pieces, b"")


def sent(client: Client, flow: Flow) -> str:
    """The page that answers that form, which is read from the flow and never held whole."""
    answer = client.request(
        **{
            "REQUEST_METHOD": "POST",
            "PATH_INFO": reverse("verify_file"),
            "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
            "CONTENT_LENGTH": str(flow.length),
            "wsgi.input": flow,
        }
    )
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


@pytest.mark.django_db
def test_two_hundred_megabytes_are_refused_without_being_kept(
    client: Client, tmp_path: Path, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    client.get(reverse("verify_file"))  # what a first page keeps for the next ones is not counted
    flow = Flow("certificat", HUGE, lambda: sum(file.stat().st_size for file in tmp_path.iterdir()))
    tracemalloc.start()
    try:
        page = sent(client, flow)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "Ce fichier fait plus de 10 Mo" in page and "Certificat authentique" not in page
    assert most < 10 * MEGABYTE
    assert 0 < flow.most <= largest()
    assert not list(tmp_path.iterdir())


@pytest.mark.django_db
def test_the_largest_file_of_a_page_is_kept_and_one_byte_more_is_not(
    client: Client, tmp_path: Path, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR, settings.MAX_FILE_MEGABYTES = str(tmp_path), 1
    assert largest() == 10 * MEGABYTE
    for size, word in ((largest(), "Fichier illisible"), (largest() + 1, "Ce fichier fait plus de 10 Mo")):
        assert word in sent(client, Flow("certificat", size, int))
