from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = "Procédures"

    def ready(self) -> None:
        from workflows import follow  # noqa: F401, PLC0415  (connects the receiver of moves)
