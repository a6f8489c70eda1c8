"""What the tests and the checks need beside Python: installed by apt when we may, asked for otherwise.

python -m tests.system               every program
python -m tests.system translations  only those of one purpose
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

from tests import conformity, postgres, verifiers
from tests.browser import chromium

Needs = dict[str, tuple[Callable[[], object], str]]

PROGRAMS: dict[str, Needs] = {
    "translations": {
        "gettext": (lambda: shutil.which("xgettext") and shutil.which("msguniq"), "gettext"),
    },
    "tests": {
        "a browser": (chromium.path, "chromium"),
        "pdftotext and pdftoppm": (
            lambda: shutil.which("pdftotext") and shutil.which("pdftoppm"),
            "poppler-utils",
        ),
        "Node.js and npm": (lambda: shutil.which("node") and shutil.which("npm"), "npm"),
        "qpdf": (lambda: shutil.which("qpdf"), "qpdf"),
        "openssl": (lambda: shutil.which("openssl"), "openssl"),
        "zbarimg": (lambda: shutil.which("zbarimg"), "zbar-tools"),
        "certutil": (lambda: shutil.which("certutil"), "libnss3-tools"),
        "a Java compiler": (lambda: shutil.which("java") and shutil.which("javac"), "default-jdk-headless"),
        "JAXB for Java": (lambda: all(jar.exists() for jar in conformity.BINDING), "libjaxb-java"),
        "a security module in software": (lambda: shutil.which("softhsm2-util"), "softhsm2"),
        "PostgreSQL": (
            lambda: os.environ.get("DATABASE_URL", "").startswith("postgres") or postgres.installed(),
            "postgresql",
        ),
    },
}
# What a Python package brings when the system does not.
REPLACEABLE = {"postgresql"}


def missing(purposes: list[str]) -> dict[str, str]:
    """The Debian packages to install, each with the name people know."""
    return {
        package: name
        for purpose in purposes
        for name, (present, package) in PROGRAMS[purpose].items()
        if not present()
    }


def install(packages: list[str]) -> None:
    """Installs Debian packages, waiting for another apt to end; a failure shows in what is still missing."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    lock = ["-o", "DPkg::Lock::Timeout=300"]
    subprocess.run(["apt-get", *lock, "-q", "update"], env=quiet, check=False, stdout=subprocess.DEVNULL)
    subprocess.run(
        ["apt-get", *lock, "-q", "install", "-y", "--no-install-recommends", *packages],
        env=quiet, check=False, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def main(purposes: list[str]) -> int:
    """Installs what is missing; exit status 1 when something still is."""
    purposes = purposes or list(PROGRAMS)
    absent = missing(purposes)
    if absent and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing", ", ".join(absent), flush=True)
        install(list(absent))
        absent = missing(purposes)
    blocking = {package: name for package, name in absent.items() if package not in REPLACEABLE}
    for package, name in blocking.items():
        print(f"Missing: {name}. Install it, for example with: apt-get install {package}", file=sys.stderr)
    if blocking:
        return 1
    return 0 if "tests" not in purposes or has_verifiers() else 1


def has_verifiers() -> bool:
    """Whether the verifiers written by others are there, installed by npm or compiled when they were not."""
    try:
        verifiers.install()
        conformity.compiled()
    except subprocess.CalledProcessError as error:
        words = " ".join(map(str, error.cmd))
        print(f"The verifiers of certificates could not be made: {words}\n{error.stderr}", file=sys.stderr)
        return False
    return verifiers.installed()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
