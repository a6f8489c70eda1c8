from django.apps import AppConfig


class ReviewersConfig(AppConfig):
    name = "reviewers"
    verbose_name = "Comité"

    def ready(self) -> None:
        from reviewers import follow, suppression  # noqa: F401, PLC0415  (their receivers register themselves)
