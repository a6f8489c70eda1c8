"""On this machine, what an installation finds elsewhere: time-stamps, a cloud seal, a security module."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
Answer = Callable[[str, bytes], tuple[str, bytes]]


@contextmanager
def served(answer: Answer) -> Iterator[str]:
    """A server on the loopback that gives each request, path and body, to `answer`; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kind, content = answer(self.path, body)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked did not wait
                self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@cache
def _authority() -> tuple[asn1_x509.Certificate, asn1_keys.PrivateKeyInfo]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Time-stamps of a test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return (
        asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(secret),
    )


def ended(certificate_file: Path, root_file: Path, root_key_file: Path) -> bytes:
    """The same certificate, which its authority gave for days that are over."""
    now = datetime.now(UTC)
    period = now - timedelta(days=30), now - timedelta(days=1)
    return given_for(period, certificate_file, root_file, root_key_file)


def given_for(
    period: tuple[datetime, datetime], certificate_file: Path, root_file: Path, root_key_file: Path
) -> bytes:
    """The same certificate, which its authority gave for that period."""
    found = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    root = x509.load_pem_x509_certificate(root_file.read_bytes())
    key = load_pem_private_key(root_key_file.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    builder = x509.CertificateBuilder(
        issuer_name=root.subject,
        subject_name=found.subject,
        public_key=found.public_key(),
        serial_number=found.serial_number,
        not_valid_before=period[0],
        not_valid_after=period[1],
        extensions=list(found.extensions),
    )
    return builder.sign(key, hashes.SHA384()).public_bytes(Encoding.PEM)


@contextmanager
def time_stamps(folder: Path) -> Iterator[tuple[str, Path]]:
    """An RFC 3161 authority: its address, and the file of its certificate."""
    certificate, key = _authority()
    stamper = DummyTimeStamper(tsa_cert=certificate, tsa_key=key)

    def answer(path: str, body: bytes) -> tuple[str, bytes]:
        asked = tsp.TimeStampReq.load(body)
        return "application/timestamp-reply", stamper.request_tsa_response(asked).dump()

    root = folder / "timestamps.pem"
    root.write_bytes(x509.load_der_x509_certificate(certificate.dump()).public_bytes(Encoding.PEM))
    with served(answer) as address:
        yield address, root


@contextmanager
def silent() -> Iterator[tuple[str, list[str]]]:
    """A server that takes requests and never answers: its address, and what was asked of it so far."""
    asked: list[str] = []
    over = Event()

    def answer(path: str, body: bytes) -> tuple[str, bytes]:
        asked.append(path)
        over.wait()
        return "text/plain", b""

    with served(answer) as address:
        try:
            yield address, asked
        finally:
            over.set()


@contextmanager
def cloud_seal(
    key_file: Path,
    certificate_file: Path,
    root_file: Path,
    pin: str,
    *,
    spoiled: dict[str, bytes] | None = None,
) -> Iterator[str]:
    """A service of the Cloud Signature Consortium, version 1, that signs when the PIN is right.

    `spoiled`: what it answers instead, by the end of the path.
    """
    key = load_pem_private_key(key_file.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    allowed: dict[str, list[str]] = {}

    def answer(path: str, body: bytes) -> tuple[str, bytes]:
        for end, content in (spoiled or {}).items():
            if path.endswith(end):
                return "application/json", content
        asked = json.loads(body)
        told: dict[str, Any] = {}
        if path == "/csc/v1/credentials/info":
            chain = [
                x509.load_pem_x509_certificate(one.read_bytes()) for one in (certificate_file, root_file)
            ]
            told = {
                "key": {"status": "enabled", "algo": ["1.2.840.10045.4.3.2"], "len": 256},
                "cert": {
                    "status": "valid",
                    "certificates": [
                        base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain
                    ],
                },
                "SCAL": "2",
                "multisign": 1,
            }
        elif path == "/csc/v1/credentials/authorize" and asked["PIN"] == pin:
            allowed["once"] = asked["hash"]
            told = {"SAD": "once", "expiresIn": 60}
        elif path == "/csc/v1/signatures/signHash" and allowed.pop(asked["SAD"]) == asked["hash"]:
            digests = [base64.b64decode(one) for one in asked["hash"]]
            signed = [key.sign(one, ec.ECDSA(Prehashed(hashes.SHA256()))) for one in digests]
            told = {"signatures": [base64.b64encode(one).decode() for one in signed]}
        return "application/json", json.dumps(told).encode()

    with served(answer) as address:
        yield address


def security_module(folder: Path, key_file: Path, *, token: str, label: str, pin: str) -> str:
    """SoftHSM with the key in it: the path of its library; the environment is told where the token is."""
    tokens = folder / "tokens"
    tokens.mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {tokens}\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    run = ["softhsm2-util", "--token", token, "--pin", pin]
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", token, "--so-pin", "0000", "--pin", pin],
        check=True,
        capture_output=True,
    )
    subprocess.run(
        [*run, "--import", str(key_file), "--label", label, "--id", "01"], check=True, capture_output=True
    )
    return next(path for path in MODULES if Path(path).exists())
