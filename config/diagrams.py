"""Settings with which `render_diagrams` runs: viewflow's own drawing templates, without its app."""

from importlib.util import find_spec
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import TEMPLATES as HOUSE_TEMPLATES

_viewflow = find_spec("viewflow")
TEMPLATES = [
    *HOUSE_TEMPLATES,
    {
        "NAME": "viewflow",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(str(_viewflow and _viewflow.origin)).parent / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"builtins": ["config.as_written"]},
    },
]
