"""Settings of every installation; what differs between machines comes from the environment (config.env)."""

from __future__ import annotations

import importlib.util
from datetime import timedelta
from pathlib import Path

from config import env

BASE_DIR = env.BASE_DIR
env.load_file(BASE_DIR / ".env")

MODE = env.one_of("MODE", ("production", "demonstration", "test"), "production")
DEMONSTRATION = MODE == "demonstration"
PRODUCTION = MODE == "production"

SECRET_KEY = env.text("SECRET_KEY")
DEBUG = False
HERE = f"http://127.0.0.1:{env.text('PORT', '8000')}"
PUBLIC_URL = env.text("PUBLIC_URL", None if PRODUCTION else HERE).rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https") else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "rules.apps.AutodiscoverRulesConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "viewflow.workflow",
    "journal",
    "accounts",
    "deadlines",
    "letters",
    "structures",
    "charter",
    "label",
    "reviewers",
    "decisions",
    "certificates",
    "feedback",
    "portal",
    "workflows",
    "desks",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.RequestIdMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.SessionMiddleware",
    "config.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.look.session.SessionEndMiddleware",
    "accounts.middleware.KeptWordsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.StaffSecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.NulMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.look.context.house",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "config.look.tags"],
        },
    }
]
FORM_RENDERER = "config.look.forms.Renderer"

DATABASES = {"default": env.database(env.text("DATABASE_URL", None if PRODUCTION else "sqlite:///"))}
SQLITE_IS_CHOSEN = env.flag("SQLITE_IS_CHOSEN", False)  # a small installation that knows what it does
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A cache that all workers share, so that rate limits count once.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # In the memory of each worker: public answers about labels (portal/answers.py), counts of a header (desks/todo.py).
    "answers": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "answers",
        "TIMEOUT": 60,
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_landing"
HATS_OF = "config.look.navigation.hats_of"  # (user, on=) -> the spaces of that person, in one query
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # our code proves the address before the account exists
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# A hospital goes out through one address: limits per address of the network are wide, those per person narrow.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "200/10m/ip",
    "confirm_login_code": "600/10m/ip",
    "login_failed": "600/10m/ip,10/15m/key",
    "manage_email": "10/10m/user",
    "inspect_file": "100/10m/ip",  # [P] files that we did not issue; the others, and numbers, have no limit
}
MFA_RATE_LIMITS = {"webauthn_login": "600/10m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.flag("BEHIND_PROXY", False) else 0
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "authenticate_webauthn": "accounts.forms.PasskeySecondFactorForm",
    "login_webauthn": "accounts.forms.PasskeySignInForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a device counts only when it knows its owner
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "Label associatif"

SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
SECURE_SSL_REDIRECT = PRODUCTION and env.flag("SSL_REDIRECT", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
_dsfr = importlib.util.find_spec("dsfr")
STATICFILES_DIRS = [BASE_DIR / "static", Path(str(_dsfr and _dsfr.origin)).parent / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": env.text("FILES_DIR", str(BASE_DIR / "var" / "files")), "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
FILE_UPLOAD_HANDLERS = ["config.uploads.MemoryFileUploadHandler", "config.uploads.LimitedUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE, DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024, 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS, DATA_UPLOAD_MAX_NUMBER_FILES = 2000, 10

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if PRODUCTION else "letters.backends.DemonstrationBackend"
)
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25, high=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text(
    "DEFAULT_FROM_EMAIL", "Label associatif – Institut national du cancer <label@exemple.fr>"
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO" if PRODUCTION else "WARNING")},
}

# The name of the public log, for ever: a verifier that knows it refuses another.
LOG_ORIGIN = env.text("LOG_ORIGIN", f"{PUBLIC_URL.partition('://')[2]}/transparence")
from config.keys import *  # noqa: E402, F403  (the keys of the certificates)

# --- What the Institute decides (domain 3 and 5: every [P] number) -----------------------------------------------
# What silence means and after how many months: no default in production; applications stay closed without it.
SILENCE_EFFECT = env.one_of("SILENCE_EFFECT", ("refusal", "acceptance", ""), "" if PRODUCTION else "refusal")
SILENCE_MONTHS = env.number("SILENCE_MONTHS", 2 if not PRODUCTION else None, low=1, high=24)
SILENCE_LEGAL_REFERENCE = env.text(
    "SILENCE_LEGAL_REFERENCE",
    "" if PRODUCTION else "réglage de démonstration, à remplacer par la décision de l'Institut",
)
LEGAL_BASIS = env.text("LEGAL_BASIS", "" if PRODUCTION else "base juridique de démonstration")
OPINION_IS_BINDING = env.flag("OPINION_IS_BINDING", False)
SERVICE_NAME = env.text("SERVICE_NAME", "" if PRODUCTION else "Mission Label associatif")
SERVICE_ADDRESS = env.text(
    "SERVICE_ADDRESS", "" if PRODUCTION else "1 rue de l'Exemple, 92100 Boulogne-Billancourt"
)
SERVICE_PHONE = env.text("SERVICE_PHONE", "" if PRODUCTION else "01 00 00 00 00")
SERVICE_EMAIL = env.text("SERVICE_EMAIL", "" if PRODUCTION else "label@exemple.fr")
SERVICE_HOURS = env.text("SERVICE_HOURS", "du lundi au vendredi, de 9 h à 17 h")
SERVICE_HOURS_EN = env.text(
    "SERVICE_HOURS_EN", ""
)  # English pages show the French words, marked as such, without it
COURT_NAME = env.text("COURT_NAME", "" if PRODUCTION else "tribunal administratif de Cergy-Pontoise")
RETENTION_TABLE = env.text("RETENTION_TABLE", "" if PRODUCTION else "tableau de démonstration")
PRIVACY_NOTICE = env.text("PRIVACY_NOTICE", "" if PRODUCTION else "mention de démonstration")
COMMITTEE_RULES = env.text("COMMITTEE_RULES", "" if PRODUCTION else "règlement de démonstration")
READINESS = "desks.readiness.is_ready_today"  # () -> whether nothing forbids opening to the public
TODO_COUNT_SECONDS = 60  # how long a count is kept when nothing moves; 0 counts for each page
TODO_COUNTER = "desks.todo.count_for"  # (request, area) -> how many things await this person, in one query
# Without an audit the service may not say more than "not" (decree 2019-768); its date and author are published.
ACCESSIBILITY_STATUS = env.one_of("ACCESSIBILITY_STATUS", ("not", "partially", "fully"), "not")
ACCESSIBILITY_AUDITED_ON = env.day("ACCESSIBILITY_AUDITED_ON")
ACCESSIBILITY_AUDITOR = env.text("ACCESSIBILITY_AUDITOR", "")
SOURCE_CODE_URL = env.text("SOURCE_CODE_URL", "" if PRODUCTION else "/code-source/")

# How many days the public still reads a suspension that is over, and that a label withdrawn was given back [P].
MEASURE_TOLD_DAYS = env.number("MEASURE_TOLD_DAYS", 0, low=0, high=3660)
RESTORED_TOLD_DAYS = env.number("RESTORED_TOLD_DAYS", 90, low=0, high=3660)

VALIDITY_MONTHS = env.number("VALIDITY_MONTHS", 36, low=1, high=120)
COMPLETENESS_DAYS = env.number("COMPLETENESS_DAYS", 15, low=1, high=90)
DOCUMENTS_DAYS = env.number("DOCUMENTS_DAYS", 30, low=5, high=180)
DOCUMENTS_GRACE_DAYS = env.number("DOCUMENTS_GRACE_DAYS", 15, low=0, high=90)
POSTMARK_DAYS = env.number("POSTMARK_DAYS", 15, low=1, high=365)  # an older postmark is confirmed by hand
PANEL_DAYS = env.number("PANEL_DAYS", 15, low=1, high=90)
# What makes a good fit of a member with a dossier, and what fairness may cost, in thousandths of the optimum [P].
PANEL_POINTS = {
    "field": env.number("PANEL_POINTS_FIELD", 400, low=0, high=1000),
    "cancer": env.number("PANEL_POINTS_CANCER", 200, low=0, high=1000),
    "region": env.number("PANEL_POINTS_REGION", 300, low=0, high=1000),
    "experience": env.number("PANEL_POINTS_EXPERIENCE", 100, low=0, high=1000),
    "seat": env.number("PANEL_POINTS_SEAT", 500, low=0, high=1000),  # full members before substitutes
}
PANEL_TOLERANCE = env.number("PANEL_TOLERANCE", 5, low=0, high=50)
REVIEW_ANSWER_DAYS = env.number("REVIEW_ANSWER_DAYS", 5, low=1, high=30)
REVIEW_DAYS = env.number("REVIEW_DAYS", 21, low=1, high=120)
LATE_REVIEW_DAYS = env.number("LATE_REVIEW_DAYS", 7, low=0, high=60)  # before a late review may be stopped
CORRECTION_DAYS = env.number("CORRECTION_DAYS", 5, low=1, high=30)  # to correct a grid typed by somebody else
CORRECTION_POST_DAYS = env.number(
    "CORRECTION_POST_DAYS", 5, low=0, high=15
)  # more, when it is read back by letter
DOUBLE_CHECK_PERCENT = env.number("DOUBLE_CHECK_PERCENT", 10, low=0, high=100)  # grids typed twice
SUMMARY_PAGES = env.number("SUMMARY_PAGES", 2, low=1, high=4)
REVIEW_EXTENSION_DAYS = env.number("REVIEW_EXTENSION_DAYS", 14, low=1, high=60)
REVIEW_SILENT_DAYS = env.number("REVIEW_SILENT_DAYS", 10, low=1, high=60)  # nothing written: somebody calls
DEVIATION_LEAST_SCORES = env.number("DEVIATION_LEAST_SCORES", 20, low=1, high=1000)  # shown to its member
DECISION_DAYS = env.number("DECISION_DAYS", 30, low=1, high=180)
SECOND_OPINION_DAYS = env.number("SECOND_OPINION_DAYS", 15, low=1, high=90)  # asked by a signatory
DRAFT_PURGE_MONTHS = env.number("DRAFT_PURGE_MONTHS", 12, low=1, high=60)
INTERESTS_MONTHS = env.number("INTERESTS_MONTHS", 12, low=1, high=24)
POSTING_DAYS = env.number("POSTING_DAYS", 3, low=1, high=30)  # to print, sign and post a letter once issued
RECEIPT_DAYS = env.number("RECEIPT_DAYS", 21, low=5, high=90)  # the post keeps a registered letter 15 days
POST_KEEPS_DAYS = env.number(
    "POST_KEEPS_DAYS", 15, low=1, high=60
)  # [P] a registered letter that nobody collects
PRESUMED_RECEIPT_DAYS = env.number("PRESUMED_RECEIPT_DAYS", 15, low=1, high=60)
REASONS_MIN_LENGTH = env.number("REASONS_MIN_LENGTH", 300, low=50, high=2000)
MAX_DOCUMENTS = env.number("MAX_DOCUMENTS", 8, low=1, high=50)
MAX_FILE_MEGABYTES = env.number("MAX_FILE_MEGABYTES", 20, low=1, high=100)
TICK_CATCH_UP_DAYS = env.number("TICK_CATCH_UP_DAYS", 31, low=1, high=366)
CODE_VALIDITY = timedelta(minutes=15)
CLAMAV_SOCKET = env.text("CLAMAV_SOCKET", "")
STATUS_LIST_DAYS = env.number(
    "STATUS_LIST_DAYS", 7, low=2, high=30
)  # how long a published list may be relied on
RECHERCHE_ENTREPRISES_URL = env.text("RECHERCHE_ENTREPRISES_URL", "")  # off by default
# Planned sessions of the committee, as ISO dates; the demonstration sits on the first Tuesday of each month.
SESSION_DATES = env.words("SESSION_DATES", "" if PRODUCTION else env.first_tuesdays(2025, 2035))
CONVENING_DAYS = env.number("CONVENING_DAYS", 5, low=1, high=60)  # the letters leave that many days before
CONVENING_TARGET_DAYS = env.number("CONVENING_TARGET_DAYS", 15, low=1, high=90)  # advised, never required
SECOND_CONVOCATION_DAYS = env.number("SECOND_CONVOCATION_DAYS", 15, low=1, high=90)
QUORUM_PERCENT = env.number("QUORUM_PERCENT", 50, low=1, high=100)
MINUTES_DAYS = env.number("MINUTES_DAYS", 15, low=1, high=90)
SESSION_LATE_DAYS = env.number("SESSION_LATE_DAYS", 1, low=0, high=7)  # [P] opened after its date, at most
# [P] who puts a ballot in a secret vote, at least: with two, each one reads the other's choice in the counts
SECRET_VOTE_LEAST = env.number("SECRET_VOTE_LEAST", 3, low=3, high=20)
SESSION_BREAK_AFTER = env.number("SESSION_BREAK_AFTER", 60, low=20, high=180)  # minutes of work (domain 6.9)
SESSION_BREAK_MINUTES = env.number("SESSION_BREAK_MINUTES", 10, low=5, high=60)
DEFERRAL_DAYS = env.number("DEFERRAL_DAYS", 30, low=5, high=180)
INVITATION_DAYS = env.number("INVITATION_DAYS", 30, low=1, high=365)
OFFICERS_READ_DAYS = env.number("OFFICERS_READ_DAYS", 31, low=1, high=180)  # a reading of the register holds
MAX_SOLUTIONS = env.number("MAX_SOLUTIONS", 30, low=1, high=200)
INTERESTS_LOOK_BACK_MONTHS = env.number("INTERESTS_LOOK_BACK_MONTHS", 60, low=12, high=120)
# [P] gifts of less than this a year to a structure keep nobody from its dossier; 0: each donor waits to be examined
DONOR_THRESHOLD_EUROS = env.number("DONOR_THRESHOLD_EUROS", 150, low=0, high=10_000)
LINK_ANALYSIS_DAYS = env.number("LINK_ANALYSIS_DAYS", 15, low=1, high=90)
CHALLENGE_DAYS = env.number(
    "CHALLENGE_DAYS", 15, low=1, high=90
)  # to ask, from the composition of the panel on
CHALLENGE_ANSWER_DAYS = env.number("CHALLENGE_ANSWER_DAYS", 5, low=1, high=30)
MANDATE_MONTHS = env.number("MANDATE_MONTHS", 36, low=12, high=72)
MANDATE_TERMS = env.number("MANDATE_TERMS", 2, low=1, high=5)  # renewable once
MANDATE_RENEWAL_MONTHS = env.number(
    "MANDATE_RENEWAL_MONTHS", 6, low=1, high=24
)  # before the end of the first
MANDATE_AHEAD_MONTHS = env.number(
    "MANDATE_AHEAD_MONTHS", 12, low=1, high=36
)  # an appointment, before it begins
MANDATE_FINISH_DAYS = env.number(
    "MANDATE_FINISH_DAYS", 60, low=1, high=180
)  # what was accepted may be finished
MANDATE_HEARING_DAYS = env.number(
    "MANDATE_HEARING_DAYS", 15, low=1, high=90
)  # to answer before a termination
MANDATE_UNDECLARED_MONTHS = env.number("MANDATE_UNDECLARED_MONTHS", 6, low=1, high=24)
MANDATE_KEPT_MONTHS = env.number("MANDATE_KEPT_MONTHS", 60, low=6, high=240)  # data of a mandate, once over
CANDIDATE_KEPT_MONTHS = env.number("CANDIDATE_KEPT_MONTHS", 6, low=1, high=24)  # of somebody not retained
MEMBER_LEAST_AGE = env.number("MEMBER_LEAST_AGE", 18, low=0, high=99)  # years (domain 5.3: adults only)
ACTIVATION_DAYS = env.number(
    "ACTIVATION_DAYS", 30, low=1, high=365
)  # from the appointment to the first dossier
COLLEGE_SEATS_MIN = env.number("COLLEGE_SEATS_MIN", 6, low=1, high=50)
COLLEGE_SEATS_MAX = env.number("COLLEGE_SEATS_MAX", 8, low=1, high=100)
COLLEGE_SUBSTITUTES = env.number("COLLEGE_SUBSTITUTES", 2, low=0, high=20)
COLLEGE_SHARE_MAX = env.number("COLLEGE_SHARE_MAX", 40, low=34, high=100)  # percent of the seats
REGION_SHARE_MAX = env.number("REGION_SHARE_MAX", 34, low=10, high=100)  # percent of the seats
OFFICER_LOOK_BACK_MONTHS = env.number("OFFICER_LOOK_BACK_MONTHS", 36, low=0, high=120)

# The life of a label (domain 2.3, 3.2, 5.1): numbers that the Institute may change.
FOLLOW_UP_OPENS_DAYS = env.number("FOLLOW_UP_OPENS_DAYS", 60, low=15, high=180)  # before the anniversary
FOLLOW_UP_ESCALATION_DAYS = env.number("FOLLOW_UP_ESCALATION_DAYS", 60, low=15, high=180)  # after it
FOLLOW_UP_READING_DAYS = env.number("FOLLOW_UP_READING_DAYS", 30, low=5, high=90)
GAP_MINOR_DAYS = env.number("GAP_MINOR_DAYS", 60, low=5, high=365)
GAP_MAJOR_DAYS = env.number("GAP_MAJOR_DAYS", 30, low=5, high=180)
CHANGE_DAYS = env.number("CHANGE_DAYS", 30, low=5, high=180)  # to declare a change
RENEWAL_WINDOW_MONTHS = env.number("RENEWAL_WINDOW_MONTHS", 9, low=5, high=24)
RENEWAL_MONTHS = env.number("RENEWAL_MONTHS", 4, low=1, high=12)  # before the end: filed until then, no gap
EXTENSION_MONTHS = env.number(
    "EXTENSION_MONTHS", 6, low=1, high=12
)  # the longest a label waits for its renewal
EXTENSION_WINDOW_MONTHS = env.number(
    "EXTENSION_WINDOW_MONTHS", 2, low=1, high=6
)  # before the end: from then on an extension may be signed
# [P] the themes of the criteria that a solution added to a label answers; the others are about the structure
ADDITION_AXES = env.words("ADDITION_AXES", "A2,A5,A6,A7")
COME_BACK_MONTHS = env.number("COME_BACK_MONTHS", 6, low=0, high=12)  # after the end, by the light path
SUSPENSION_MONTHS = env.number("SUSPENSION_MONTHS", 3, low=1, high=6)  # at most, once again after it
OBSERVATIONS_DAYS = env.number("OBSERVATIONS_DAYS", 30, low=15, high=90)
OBSERVATIONS_POST_DAYS = env.number(
    "OBSERVATIONS_POST_DAYS", 5, low=0, high=15
)  # [P] more, for what was posted the last day to arrive
URGENT_OBSERVATIONS_DAYS = env.number("URGENT_OBSERVATIONS_DAYS", 15, low=15, high=30)
FORMAL_NOTICE_DAYS = env.number("FORMAL_NOTICE_DAYS", 30, low=8, high=180)
WITHDRAWAL_OPINION_DAYS = env.number("WITHDRAWAL_OPINION_DAYS", 60, low=15, high=180)
LOGO_DAYS = env.number("LOGO_DAYS", 30, low=1, high=90)  # to take the logo off once the label has ended
TRANSFER_DAYS = env.number("TRANSFER_DAYS", 90, low=15, high=180)  # for the successor of a merger
REPORT_ANSWER_DAYS = env.number("REPORT_ANSWER_DAYS", 10, low=1, high=30)  # to read and to qualify a report
REPORT_FACTS_DAYS = env.number(
    "REPORT_FACTS_DAYS", 30, low=5, high=90
)  # for the association to answer the facts
REPORTS_PER_HOUR = env.number("REPORTS_PER_HOUR", 200, low=50, high=10_000)  # from one network: a hospital
REPORT_SOURCE_KEPT_MONTHS = env.number(
    "REPORT_SOURCE_KEPT_MONTHS", 6, low=1, high=60
)  # who reported, once it is over
REPORT_INQUIRY_DAYS = env.number("REPORT_INQUIRY_DAYS", 60, low=10, high=180)
NORM_NOTICE_MONTHS = env.number(
    "NORM_NOTICE_MONTHS", 3, low=1, high=24
)  # between adoption and coming into force
CHARTER_SIGNATURE_DAYS = env.number("CHARTER_SIGNATURE_DAYS", 90, low=15, high=365)  # to sign a new charter
OUTBOX_MAX_MINUTES = env.number("OUTBOX_MAX_MINUTES", 60, low=1, high=10_000)  # older waiting mail: not ready
PUBLICATION_DIRECTOR = env.text(
    "PUBLICATION_DIRECTOR", "" if PRODUCTION else "direction générale de l'Institut"
)
HOSTING = env.text("HOSTING", "" if PRODUCTION else "hébergement de démonstration")
DATA_PROTECTION_CONTACT = env.text("DATA_PROTECTION_CONTACT", "" if PRODUCTION else "dpo@exemple.fr")
