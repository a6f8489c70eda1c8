"""The drawings of the docs are those of the code."""

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from config import diagrams
from workflows.drawings import all_drawings


@pytest.fixture
def drawing_settings(settings: object) -> None:
    settings.TEMPLATES = diagrams.TEMPLATES


def test_the_drawings_are_fresh(drawing_settings: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("render_diagrams", check=True)

    assert "0 stale" in capsys.readouterr().out


def test_words_stand_as_they_were_written(drawing_settings: None) -> None:
    drawn = all_drawings()["flows/CertificationFlow.svg"]

    assert ">Séance du comité<" in drawn and "Séance Du" not in drawn


def test_a_stale_drawing_fails(drawing_settings: None, tmp_path) -> None:
    with override_settings(BASE_DIR=tmp_path), pytest.raises(CommandError, match="stale"):
        call_command("render_diagrams", check=True)
