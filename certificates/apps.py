from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "certificates"
    verbose_name = "Labels"

    def ready(self) -> None:
        from certificates import follow  # noqa: F401, PLC0415  (it registers itself)
        from certificates.log import verifying  # noqa: F401, PLC0415  (so does it)
