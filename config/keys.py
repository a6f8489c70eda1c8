"""Settings of the keys of the certificates (docs/runbook.md): each backend reads its own lines."""

from __future__ import annotations

from pathlib import Path

from config import env

_PRODUCTION = env.text("MODE", "production") == "production"
SEAL_BACKEND = env.one_of(
    "SEAL_BACKEND", ("pem", "pkcs11", "csc", "") if _PRODUCTION else ("dev", "pem", "pkcs11", "csc", ""),
    "" if _PRODUCTION else "dev",
)  # fmt: skip
KEYS_DIR = Path(
    env.text("KEYS_DIR", str(env.BASE_DIR / "var" / "keys"))
)  # what `dev` makes; never read in production
SEAL_KEY_FILE = env.text("SEAL_KEY_FILE", "")  # pem: the private key of the seal
SEAL_KEY_PASSWORD = env.text("SEAL_KEY_PASSWORD", "")
SEAL_CERTIFICATE_FILE = env.text("SEAL_CERTIFICATE_FILE", "")  # pem and pkcs11: the certificate of the seal
SEAL_CHAIN_FILE = env.text("SEAL_CHAIN_FILE", "")  # up to the root, in one PEM file
SEAL_ROOT_FILE = env.text(
    "SEAL_ROOT_FILE", ""
)  # the root by itself, old ones after it: what a seal is checked with
PKCS11_MODULE = env.text("PKCS11_MODULE", "")  # the library of the security module
PKCS11_TOKEN = env.text("PKCS11_TOKEN", "")
PKCS11_PIN = env.text("PKCS11_PIN", "")
PKCS11_KEY_LABEL = env.text("PKCS11_KEY_LABEL", "")
CSC_URL = env.text("CSC_URL", "")  # a cloud seal that speaks the interface of the Cloud Signature Consortium
CSC_TOKEN = env.text("CSC_TOKEN", "")
CSC_CREDENTIAL = env.text("CSC_CREDENTIAL", "")
CSC_PIN = env.text("CSC_PIN", "")
TIMESTAMP_URL = env.text("TIMESTAMP_URL", "")  # an RFC 3161 authority; without it a seal is B-B
TIMESTAMP_ROOT_FILE = env.text("TIMESTAMP_ROOT_FILE", "")
RESEAL_MONTHS = env.number("RESEAL_MONTHS", 24, low=1, high=120)  # before an archive time-stamp is renewed
SEAL_NOTICE_DAYS = env.number("SEAL_NOTICE_DAYS", 90, low=7, high=730)  # [P] before its certificate ends
# The key that signs credentials, as a PEM file named by its year, and the public parts of those before it.
CREDENTIAL_KEY = env.text("CREDENTIAL_KEY", "")
CREDENTIAL_FORMER_KEYS = env.words("CREDENTIAL_FORMER_KEYS")
LOG_KEY = env.text("LOG_KEY", "")  # the file of the Ed25519 key that signs the checkpoints of the public log
