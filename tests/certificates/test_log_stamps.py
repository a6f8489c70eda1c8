"""Checkpoints stamped by an authority of the tests, asked through the network as a real one is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse
from pyhanko.sign.timestamps import DummyTimeStamper

from certificates.models import Checkpoint, CheckpointStamp
from deadlines.tick import tick
from tests.factories import log
from tests.factories.structures import AT

pytestmark = pytest.mark.django_db
GIVEN = datetime(2027, 1, 5, 10, tzinfo=UTC)


def stamper() -> DummyTimeStamper:
    """Somebody who stamps, with a certificate of their own."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Horodatage de test")])
    usage = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
    built = x509.CertificateBuilder(
        name,
        name,
        key.public_key(),
        1,
        GIVEN,
        GIVEN + timedelta(days=90),
        [x509.Extension(usage.oid, True, usage)],
    ).sign(key, hashes.SHA256())
    told = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate = asn1.Certificate.load(built.public_bytes(serialization.Encoding.DER))
    return DummyTimeStamper(certificate, keys.PrivateKeyInfo.load(told), fixed_dt=GIVEN)


class Authority(HTTPServer):
    """What it is asked is counted; it may be told to stamp something else, or to be out of order."""

    asked = 0
    mood = "sound"
    stamper: DummyTimeStamper


class Answering(BaseHTTPRequestHandler):
    server: Authority

    def do_POST(self) -> None:
        self.server.asked += 1
        asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.mood == "liar":
            asked["message_imprint"]["hashed_message"] = b"\0" * 32
        answer = self.server.stamper.request_tsa_response(asked).dump()
        self.send_response(503 if self.server.mood == "broken" else 200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: Any) -> None:
        """Nothing on the console."""


@pytest.fixture
def authority(settings: Any) -> Iterator[Authority]:
    server = Authority(("127.0.0.1", 0), Answering)
    server.stamper = stamper()
    settings.TIMESTAMP_URL = f"http://127.0.0.1:{server.server_port}/"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_clock_has_each_checkpoint_stamped_once(authority: Authority) -> None:
    assert tick(AT).failures == []
    tick(AT + timedelta(minutes=1))
    stamp = CheckpointStamp.objects.select_related("checkpoint").get()
    assert (authority.asked, stamp.stamped_at) == (1, GIVEN)
    served = Client().get(reverse("log_stamp", args=[stamp.checkpoint.size]))
    assert served["Content-Type"] == "application/timestamp-reply"
    assert hashlib.sha256(stamp.checkpoint.text.encode()).digest() in served.content
    assert "Horodaté le" in Client().get(reverse("log")).content.decode()


@pytest.mark.parametrize("mood", ["liar", "broken"])
def test_an_authority_that_fails_is_asked_again_and_stops_nothing(authority: Authority, mood: str) -> None:
    authority.mood = mood
    assert tick(AT).failures == ["log_stamps"]
    assert (Checkpoint.objects.count(), CheckpointStamp.objects.count()) == (1, 0)
    authority.mood = "sound"
    assert tick(AT + timedelta(minutes=1)).failures == []
    assert CheckpointStamp.objects.count() == 1


def test_nobody_is_asked_without_an_authority() -> None:
    made = log.kept()
    tick(AT)
    assert CheckpointStamp.objects.count() == 0
    assert Client().get(reverse("log_stamp", args=[made.size])).status_code == 404
