"""Verifiers of credentials that we did not write, installed once by npm in the cache, as pinned by their lock file."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from tests.sharing import alone

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "tests" / "certificates" / "credential" / "npm"
CACHE = ROOT / ".cache"
PACKAGES = ("package.json", "package-lock.json")


def folder() -> Path:
    """Where they are installed: another place for other versions."""
    digest = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in PACKAGES)).hexdigest()
    return CACHE / f"verifiers-{digest[:16]}"


def installed() -> bool:
    """Whether npm has ended its work there."""
    return (folder() / "node_modules" / ".package-lock.json").exists()


def install() -> None:
    """Installs them unless they are there; raises CalledProcessError with the words of npm when it cannot.

    None of their scripts is run. Whoever comes while they are installed waits.
    """
    with alone(CACHE / "verifiers.lock"):
        if installed():
            return
        folder().mkdir(parents=True, exist_ok=True)
        for name in PACKAGES:
            shutil.copy(SOURCE / name, folder())
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=folder(), check=True, capture_output=True, text=True)


def verify(script: str, documents: Path) -> subprocess.Popen[str]:
    """Starts one verifier on a folder of documents (tests/certificates/credential/npm/*.mjs)."""
    shutil.copy(SOURCE / script, folder())
    return subprocess.Popen(
        ["node", str(folder() / script), str(documents)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def verdict(process: subprocess.Popen[str]) -> dict[str, object]:
    """What a verifier said; raises AssertionError with its own words when it broke."""
    said, complaints = process.communicate(timeout=300)
    assert process.returncode == 0, complaints
    found: dict[str, object] = json.loads(said)
    return found
