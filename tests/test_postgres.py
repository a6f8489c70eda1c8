"""The suite's own PostgreSQL: it starts, it is a real one, and nothing is left of it."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from tests import postgres, system


def test_a_server_is_started_and_leaves_nothing(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with postgres.server() as url:
        folder = Path(parse_qs(urlsplit(url).query)["host"][0])
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 40 + 2").fetchone() == (42,)
        assert folder.is_dir()
    assert not folder.exists()


def test_a_given_server_is_used(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@elsewhere/theirs")
    with postgres.server() as url:
        assert url == "postgres://somebody@elsewhere/theirs"


def test_without_any_postgres_the_suite_fails(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(postgres, "installed", lambda: None)
    monkeypatch.setattr(postgres, "from_wheel", lambda into: None)
    with pytest.raises(postgres.NoPostgres, match="not installed"), postgres.server():
        pass


def test_the_wheel_replaces_the_system(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(postgres, "installed", lambda: None)
    with postgres.server() as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT current_setting('fsync')").fetchone() == ("off",)


def test_a_command_runs_beside_a_server_and_gives_its_status():
    script = "import os, sys; sys.exit(7 if os.environ['DATABASE_URL'].startswith('postgres://') else 1)"
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.postgres", sys.executable, "-c", script], env=environment, check=False
    )
    assert ended.returncode == 7


def test_a_missing_program_is_said_and_not_skipped(monkeypatch, capsys):
    monkeypatch.setitem(system.PROGRAMS, "translations", {"gettext": (lambda: None, "gettext")})
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert system.main(["translations"]) == 1
    assert "apt-get install gettext" in capsys.readouterr().err
