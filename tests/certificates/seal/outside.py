"""What programs that are not ours say of a certificate."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

from pyhanko.pdf_utils.reader import PdfFileReader

from certificates.keys import development


def told(*command: str | Path) -> str:
    """What a program prints, whatever its exit status."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def root_file() -> Path:
    """The root that the seals of the tests are checked with."""
    return development.folder() / "root.pem"


def accepted(file: Path, *, root: Path | None = None, stamps: Path | None = None) -> bool:
    """Whether `pyhanko sign validate` trusts each signature; a file without any ends well too, and is not accepted."""
    trusts = ["--trust", str(root or root_file()), "--trust-replace"]
    if stamps:
        trusts += ["--trust", str(stamps)]
    program = Path(sys.executable).parent / "pyhanko"
    done = subprocess.run(
        [str(program), "sign", "validate", *trusts, "--soft-revocation-check", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.split()
    return done.returncode == 0 and bool(lines) and all("INTACT:TRUSTED" in line for line in lines)


def trusting(folder: Path) -> Path:
    """A store of NSS that trusts our root, for `pdfsig`."""
    store = folder / "nss"
    store.mkdir()
    for asked in (["-N", "--empty-password"], ["-A", "-n", "root", "-t", "C,C,C", "-i", str(root_file())]):
        subprocess.run(["certutil", "-d", f"sql:{store}", *asked], check=True, capture_output=True)
    return store


def with_openssl(file: Path) -> str:
    """What `openssl` says of the signature taken out of the file, by the root alone."""
    content = file.read_bytes()
    signature = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures[0]
    start, length, after, rest = signature.byte_range
    signed, seal = file.with_suffix(".bin"), file.with_suffix(".der")
    signed.write_bytes(content[start : start + length] + content[after : after + rest])
    seal.write_bytes(bytes(signature.pkcs7_content))
    return told(
        *("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", seal, "-content", signed),
        *("-CAfile", root_file(), "-purpose", "any", "-out", "/dev/null"),
    )


def scanned(file: Path) -> str:
    """What a reader of codes reads on the first page, drawn as on a screen or on paper."""
    picture = file.with_suffix("")
    drawn = ["pdftoppm", "-r", "150", "-f", "1", "-l", "1", "-singlefile", "-png", str(file), str(picture)]
    subprocess.run(drawn, check=True)
    command = ["zbarimg", "-q", "--raw", f"{picture}.png"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def attached(file: Path) -> bytes:
    """The file that goes with the document, as anybody takes it out."""
    taken = file.with_suffix(".json")
    subprocess.run(["pdfdetach", "-save", "1", "-o", str(taken), str(file)], check=True, capture_output=True)
    return taken.read_bytes()


def fonts(file: Path) -> list[list[str]]:
    """For each font of the file: whether it is inside, cut to what is used, and tells its characters."""
    rows = told("pdffonts", file).splitlines()[2:]
    return [row.split()[-5:-2] for row in rows]
