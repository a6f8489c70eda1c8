"""What the environment says is read strictly: a value that is missing or absurd stops the start and names itself."""

import os
import subprocess
import sys
from datetime import date

import pytest
from django.conf import settings

from config import env

PRODUCTION = {
    "MODE": "production",
    "SECRET_KEY": "only-for-this-test",
    "PUBLIC_URL": "https://label.institut.fr",
    "DATABASE_URL": "postgresql:///label",
}


def started(**changes: str | None) -> str:
    """What a start in production says: nothing when it goes well, else the last line."""
    wanted = {**PRODUCTION, **changes}
    known = {name: value for name, value in wanted.items() if value is not None}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import config.env as e; e.load_file = lambda path: None; import config.settings",
        ],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **known},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""


def test_production_starts() -> None:
    assert started() == ""


@pytest.mark.parametrize("name", ["SECRET_KEY", "PUBLIC_URL", "DATABASE_URL"])
def test_production_does_not_start_without(name: str) -> None:
    assert f"variable {name} is missing" in started(**{name: None})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MODE", "prod"),
        ("SILENCE_EFFECT", "refus"),
        ("ACCESSIBILITY_STATUS", "totally"),
        ("ACCESSIBILITY_AUDITED_ON", "3 mars 2027"),
        ("SILENCE_MONTHS", "deux"),
        ("EMAIL_PORT", "99999"),
    ],
)
def test_an_absurd_value_names_its_variable(name: str, value: str) -> None:
    assert f"variable {name} must" in started(**{name: value})


def test_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.day("AUDITED") is None
    monkeypatch.setenv("AUDITED", "2027-03-31")
    assert env.day("AUDITED") == date(2027, 3, 31)


def test_a_closed_list(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.one_of("EFFECT", ("refusal", ""), "") == ""
    monkeypatch.setenv("EFFECT", "refuse")
    with pytest.raises(ValueError, match="EFFECT must be one of: refusal, nothing; it is 'refuse'"):
        env.one_of("EFFECT", ("refusal", ""), "")
