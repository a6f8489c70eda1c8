from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LettersConfig(AppConfig):
    name = "letters"
    verbose_name = "Courriers"

    def ready(self) -> None:
        from letters import suppression  # noqa: F401, PLC0415  (its receiver registers itself)
        from letters.templates import load_after_migrate  # noqa: PLC0415 - models are not loaded above

        post_migrate.connect(load_after_migrate, sender=self)
