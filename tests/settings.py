"""The settings of the project, made quick and harmless for tests; what is checked stays as in production."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Before the project's own settings are read: the machine's .env must not decide what a test sees.
os.environ["MODE"] = "test"
os.environ["SECRET_KEY"] = "only-for-the-tests-" + "0123456789abcdef" * 3
os.environ.setdefault("DATABASE_URL", "sqlite:///")

from config.settings import *

# A process that a test starts may be given the files and the keys of that test.
SCRATCH = Path(os.environ.get("TESTS_SCRATCH") or tempfile.mkdtemp(prefix="label-tests-"))
if "TESTS_SCRATCH" not in os.environ:
    atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)

STORAGES = {**STORAGES, "default": {**STORAGES["default"]}}
STORAGES["default"]["OPTIONS"] = {**STORAGES["default"]["OPTIONS"], "location": str(SCRATCH / "files")}
KEYS_DIR = SCRATCH / "keys"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {**CACHES, "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# A name of its own for each process, so that two runs side by side do not meet; a file, never memory: threads
# of the live server and of the races must see the same rows through connections of their own.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": SCRATCH / "test.sqlite3"}
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_label_{os.getpid()}"}
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # a thread that ends must not keep the test database busy

# Looks a static file up when it is asked for, instead of listing two thousand for every test client.
WHITENOISE_AUTOREFRESH = True
