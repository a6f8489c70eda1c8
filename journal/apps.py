from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import autodiscover_modules

REGISTRY_FILES = (
    "visibility",
    "due",
    "correspondence",
    "effects",
    "undoing",
    "resuming",
    "subjects",
    "mailings",
)


class JournalConfig(AppConfig):
    name = "journal"
    verbose_name = "Journal"

    def ready(self) -> None:
        from journal import checks, triggers  # noqa: F401, PLC0415  (checks register themselves)

        pre_migrate.connect(triggers.lift_doors_before_migrate, sender=self)
        post_migrate.connect(triggers.install_after_migrate, sender=self)
        autodiscover_modules(*REGISTRY_FILES)
