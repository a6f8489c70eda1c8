"""Reads a file that anybody may have made: run as a process of its own, without Django, with little memory and time.

    python -m certificates.seal.inspection SEAL-ROOTS.pem [TIMESTAMP-ROOTS.pem] < file.pdf

Writes one line of JSON: `verdict` (genuine, altered, not_ours) and `number`, the one that the file says it bears. A
file that cannot be read, or that asks for more than the limits, ends the process with another exit status.
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import sys
from io import BytesIO

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError

MEMORY, SECONDS = 400_000_000, 10  # six times what a certificate takes; seconds of processor
LONGEST_NUMBER = 64


def main(seal_roots: str, *timestamp_roots: str) -> int:
    """Set the limits, then read standard input to its end."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable()  # what it says of a hostile file is nobody's
    content = sys.stdin.buffer.read()
    verdict = asyncio.run(_verdict(content, [seal_roots], list(timestamp_roots)))
    sys.stdout.write(json.dumps({"verdict": verdict, "number": _number(content)}))
    return 0


def _number(content: bytes) -> str:
    """The number in the credential attached to that file, empty when there is none; nobody vouches for it here."""
    try:
        [attached] = PdfFileReader(BytesIO(content)).root["/AF"]
        stream = attached.get_object()["/EF"]["/F"].get_object()
        return str(json.loads(stream.data)["credentialSubject"]["licenseNumber"])[:LONGEST_NUMBER]
    except Exception:
        return ""


async def _verdict(content: bytes, seal_roots: list[str], timestamp_roots: list[str]) -> str:
    reader = PdfFileReader(BytesIO(content))
    seals = reader.embedded_regular_signatures
    if not seals:
        return "not_ours"
    trust, stamps_trust = (
        ValidationContext(
            trust_roots=list(load_certs_from_pemder(files)), allow_fetching=False, revocation_mode="soft-fail"
        )
        for files in (seal_roots, timestamp_roots)
    )
    seal = seals[0]
    try:
        await CertificateValidator(seal.signer_cert, validation_context=trust).async_validate_usage(set())
    except (PathBuildingError, ValidationError):
        return "not_ours"
    status = await async_validate_pdf_signature(
        seal, signer_validation_context=trust, ts_validation_context=stamps_trust
    )
    forbids_changes = len(seals) == 1 and seal.docmdp_level == MDPPerm.NO_CHANGES
    if not (status.bottom_line and forbids_changes):
        return "altered"
    # Only time-stamps and what proves them may follow the seal, and nothing at all after the end of the file.
    maintained = status.modification_level == ModificationLevel.LTA_UPDATES
    whole = maintained or status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return "genuine" if whole and content.rstrip().endswith(b"%%EOF") else "altered"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
