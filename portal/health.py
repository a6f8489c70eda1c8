"""What a machine asks before it sends people here: is everything that the pages need in its place?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.timezone import localdate

from certificates.credential.keys import public_keys, signing_key
from certificates.log.signing import log_signer
from certificates.seal.standing import Standing, standing
from letters.models import Mail

PROBE = "portal.health"
SEAL = "portal.health.seal"


def readiness(now: datetime) -> dict[str, bool]:
    """Each check by its name; a check that cannot even be made is a check that fails."""
    checks: dict[str, Callable[[datetime], bool]] = {
        "database": _database,
        "migrations": _migrations,
        "cache": _cache,
        "outbox": _outbox,
        "credential_key": _credential_key,
        "log_key": _log_key,
        "seal": _seal,
    }
    return {name: _holds(check, now) for name, check in checks.items()}


def notes(now: datetime) -> list[str]:
    """What somebody should know and that stops nothing: no key seals here, or its certificate ends soon."""
    found = _standing(now)
    if not found.is_set:
        return ["seal: no key is set, certificates are issued unsealed"]
    if not found.fault and found.ends_soon(localdate(now)):
        return [f"seal: its certificate ends on {found.ends_on}"]
    return []


def _holds(check: Callable[[datetime], bool], now: datetime) -> bool:
    try:
        with transaction.atomic():
            return check(now)
    except DatabaseError:
        return False


def _database(now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _migrations(now: datetime) -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _cache(now: datetime) -> bool:
    stamp = now.isoformat()
    caches["default"].set(PROBE, stamp, 60)
    return bool(caches["default"].get(PROBE) == stamp)


def _outbox(now: datetime) -> bool:
    late = now - timedelta(minutes=settings.OUTBOX_MAX_MINUTES)
    return not Mail.objects.filter(status=Mail.Status.QUEUED, created_at__lt=late).exists()


def _credential_key(now: datetime) -> bool:
    return _is_read(signing_key) and _is_read(public_keys)


def _log_key(now: datetime) -> bool:
    return _is_read(log_signer)


def _is_read(key: Callable[[], object]) -> bool:
    try:
        key()
    except ImproperlyConfigured:
        return False
    return True


def _seal(now: datetime) -> bool:
    return not _standing(now).fault


def _standing(now: datetime) -> Standing:
    """Asked at most once a minute by each worker: anybody may read this page, and a module is slow."""
    known: Standing | None = caches["answers"].get(SEAL)
    if known is None:
        known = standing(on=localdate(now))
        caches["answers"].set(SEAL, known, 60)
    return known
