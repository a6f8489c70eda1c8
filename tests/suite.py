"""The whole suite, side by side: on SQLite, on a real PostgreSQL, and through a real browser.

    python -m tests.suite [arguments of pytest]

Each database runs its share (tests/sharing.py) with one worker for each core, so that no core waits for the last run;
the browser, whose pages have time limits, goes before them. The closing lines are printed at the end. Fails when one
fails.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import postgres, system

# pytest says so when a selection is empty: true of one database only when a few tests are asked for by name.
NOTHING_TO_RUN = 5
WORKERS = str(max(2, min(os.cpu_count() or 2, 4)))
SHARED = ["-m", "not browser", "--shared", "-n", WORKERS, "--dist", "worksteal"]


def process(name: str, url: str, arguments: list[str], log: Path) -> subprocess.Popen:
    """One pytest process on one database, its words kept in a file."""
    later = [] if name == "Browser" else ["nice", "-n", "5"]
    return subprocess.Popen(
        [
            *later, sys.executable, "-m", "pytest", "--color=no",
            "-o", f"cache_dir=.cache/pytest-{name}", *arguments,
        ],
        env={**os.environ, "DATABASE_URL": url},
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
    )  # fmt: skip


def told(log: Path, title: str) -> str:
    """Prints what a run said; gives its closing line."""
    text = log.read_text(errors="replace").rstrip()
    print(f"\n===== {title} =====\n{text}", flush=True)
    return text.splitlines()[-1] if text else "said nothing"


def main(arguments: list[str]) -> int:
    """Runs all three; exit status 1 when one failed, or had nothing to run although everything was asked."""
    if system.main(["tests"]):
        return 1
    with postgres.server() as url, tempfile.TemporaryDirectory(prefix="suite-") as folder:
        runs = {
            "Browser": ("sqlite:///", ["-m", "browser"]),
            "PostgreSQL": (url, SHARED),
            "SQLite": ("sqlite:///", SHARED),
        }
        started = {
            title: process(title, address, [*share, *arguments], Path(folder, title))
            for title, (address, share) in runs.items()
        }
        try:
            codes = [run.wait() for run in started.values()]
        finally:
            for run in started.values():
                if run.poll() is None:
                    run.terminate()
                    run.wait()
        lines = {title: told(Path(folder, title), title) for title in runs}
    print()
    for title, line in lines.items():
        print(f"{title + ':':<12}{line}", flush=True)
    allowed = {0, NOTHING_TO_RUN} if arguments else {0}
    return 0 if set(codes) <= allowed and 0 in codes else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
