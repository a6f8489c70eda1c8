"""What a machine asks before it sends people here: is everything that the pages need in its place?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from letters.models import Mail

PROBE = "portal.health"


def readiness(now: datetime) -> dict[str, bool]:
    """Each check by its name; a check that cannot even be made is a check that fails."""
    checks: dict[str, Callable[[datetime], bool]] = {
        "database": _database,
        "migrations": _migrations,
        "cache": _cache,
        "outbox": _outbox,
    }
    return {name: _holds(check, now) for name, check in checks.items()}


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
