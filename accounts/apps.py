from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


def create_shared_cache(using: str = "default", **_: object) -> None:
    """The table of the cache that all workers share; nothing happens when it is there."""
    call_command("createcachetable", database=using, verbosity=0)


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Personnes"

    def ready(self) -> None:
        post_migrate.connect(create_shared_cache, sender=self)
