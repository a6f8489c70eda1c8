from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "decisions"
    verbose_name = "Décisions"

    def ready(self) -> None:
        from decisions import answering, delegations, follow  # noqa: F401, PLC0415  (they register themselves)
