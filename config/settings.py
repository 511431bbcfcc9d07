"""All settings, read from the environment. docs/operations.md lists every variable.

The shape without any help is production; `core/local` gives a workstation its environment.
"""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from environs import Env

from config.schedule import BEAT_SCHEDULE, TASK_ROUTES
from core import logging as core_logging
from core.startup import (
    broker_address,
    broker_probe_address,
    cache_address,
    is_loopback,
    start_problems,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# docker compose hands on what is not set as an empty text.
for _name in [name for name, value in os.environ.items() if not value]:
    del os.environ[_name]

for _problem in start_problems(os.environ):
    sys.exit(f"Homegrown can't start: {_problem}. See docs/operations.md.")

env = Env()

# --- Where and how it runs ---------------------------------------------------------------

LOCAL = env.bool("HOMEGROWN_LOCAL", False)
DEBUG = env.bool("DEBUG", False) and LOCAL
DEMO = env.bool("DEMO", False)
HOST = env.str("HOST", "127.0.0.1")
BASE_URL = env.str("BASE_URL").rstrip("/")
IS_HTTPS = BASE_URL.startswith("https://")

SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])

_base_host = urlsplit(BASE_URL).hostname or ""
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", [f"[{_base_host}]" if ":" in _base_host else _base_host]
)
if LOCAL and is_loopback(_base_host):
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]

# How many reverse proxies stand in front: whose word on the visitor's address is taken.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

# --- Apps --------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",  # its widget templates, for core.forms.FormRenderer
    "template_partials",
    "django_htmx",
    "allauth",
    "allauth.account",
    "rules",  # not its autodiscovery, which would import our rules.py
    "pgtrigger",
    "pghistory",
    "django_structlog",
    "csp",
    "core",
    "accounts",
    "activity",
    "imports",
    "portfolio",
    "personas",
    "stakeholders",
    "kpis",
    "intake",
    "health",
    "digests",
    "config",
]

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",  # outermost: also files, redirects and errors carry it
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Random padding keeps the length of a page from telling a secret in it (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "core.middleware.PrivateResponseMiddleware",
    "core.problems.ProblemMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.middleware.SessionLimitMiddleware",
    "core.middleware.ReaderZoneMiddleware",
    "core.audit.HistoryMiddleware",
    "core.middleware.PolicyMiddleware",
]

_loaders = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # With DEBUG a changed template shows at the next request.
            "loaders": _loaders if DEBUG else [("django.template.loaders.cached.Loader", _loaders)],
            "builtins": [
                "template_partials.templatetags.partials",
                "core.templatetags.homegrown",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.site",
            ],
        },
    },
]

FORM_RENDERER = "core.forms.FormRenderer"

# --- Data --------------------------------------------------------------------------------

# Seconds. The worker and management commands set longer ones for themselves.
_statement_timeout = env.int("STATEMENT_TIMEOUT", 15)
_lock_timeout = env.int("LOCK_TIMEOUT", 4)

DATABASES = {
    "default": {
        **env.dj_db_url("DATABASE_URL"),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {
        "connect_timeout": 5,
        "application_name": "homegrown",
        "options": (
            f"-c statement_timeout={_statement_timeout}s -c lock_timeout={_lock_timeout}s"
            " -c idle_in_transaction_session_timeout=60s"
        ),
    }
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_redis_url = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "core.cache.ForgivingRedisCache",
        "LOCATION": env.str("CACHE_URL", cache_address(_redis_url)),
        "KEY_PREFIX": "hg",
    }
}

MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(BASE_DIR / "media")))

# --- Imports -----------------------------------------------------------------------------

# Bytes of a file as uploaded, and of an XLSX once unpacked; characters of a cell.
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", 200 * 1024 * 1024)
IMPORT_MAX_UNPACKED_BYTES = env.int("IMPORT_MAX_UNPACKED_BYTES", 500 * 1024 * 1024)
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", 5_000_000)
IMPORT_MAX_COLUMNS = env.int("IMPORT_MAX_COLUMNS", 2_000)
IMPORT_MAX_CELL = env.int("IMPORT_MAX_CELL", 32_768)
# Of one person's files together; beyond it no further one is taken.
IMPORT_MAX_STORED_BYTES = env.int("IMPORT_MAX_STORED_BYTES", 2 * 1024 * 1024 * 1024)
IMPORT_KEEP_DAYS = env.int("IMPORT_KEEP_DAYS", 30)
IMPORT_UNDO_DAYS = env.int("IMPORT_UNDO_DAYS", 30)

# --- Intake ------------------------------------------------------------------------------

# Files beside a request: bytes of each, and how many.
INTAKE_FILE_MAX_BYTES = env.int("INTAKE_FILE_MAX_BYTES", 5 * 1024 * 1024)
INTAKE_FILES_MAX = env.int("INTAKE_FILES_MAX", 5)
# What one network address may send by shared links in a day, of all links together.
INTAKE_GUEST_REQUESTS_A_DAY = env.int("INTAKE_GUEST_REQUESTS_A_DAY", 20)

# --- People ------------------------------------------------------------------------------

# History is written by triggers and changed by nobody (security.md S22).
PGHISTORY_APPEND_ONLY = True

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.adapters.AuthenticationBackend",
]
# The address is unique whatever its capitals: a constraint over lower(email) sees to it.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_validation = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_validation}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_validation}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_validation}.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# The other sessions end all the same: their signature holds the former password.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Its limits live in the cache and fall with it; ours are rows (accounts.SignInBucket).
ACCOUNT_RATE_LIMITS = False

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

# --- Cookies and headers -----------------------------------------------------------------

_prefix = "__Host-" if IS_HTTPS else ""
SESSION_ENGINE = "core.sessions"
SESSION_COOKIE_NAME = f"{_prefix}homegrown_session"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # idle
SESSION_ABSOLUTE_SECONDS = 30 * 24 * 3600  # however busy
CSRF_COOKIE_NAME = f"{_prefix}homegrown_csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # probes come over plain HTTP from inside
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# A page of the week's grid without scripts is one form of thousands of cells.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_HANDLERS = [
    "core.uploads.SizeLimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Files -------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").exists() else []
STATICFILES_FINDERS = [
    "core.bundles.BundleFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# On a workstation files are served from where they are written, without a collecting step.
WHITENOISE_AUTOREFRESH = LOCAL
WHITENOISE_USE_FINDERS = LOCAL

# --- Language and time -------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- Mail --------------------------------------------------------------------------------

_email = env.dj_email_url("EMAIL_URL")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email["EMAIL_HOST"] or "localhost"
EMAIL_PORT = _email["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _email["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", f"Homegrown <homegrown@{_base_host}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Of all workers together: connections to the server at once, and mails a minute (0: no limit).
MAIL_CONNECTIONS = max(1, env.int("MAIL_CONNECTIONS", 3))
MAIL_RATE = env.int("MAIL_RATE", 0)
# Seconds after which the mail of a sender that died is taken over.
MAIL_LEASE_SECONDS = max(1, env.int("MAIL_LEASE_SECONDS", 60))
MAIL_PROBE = env.str("MAIL_PROBE", "")
MAIL_ARCHIVE_TO = env.str("MAIL_ARCHIVE_TO", "")
MAIL_BOUNCES_TO = env.str("MAIL_BOUNCES_TO", "")
# Outside the database and its copies, but where every worker sees it.
_mark_file = env.str("MAIL_MARK_FILE", str(MEDIA_ROOT.parent / "mail-mark"))
MAIL_MARK_FILE = None if _mark_file == "off" else Path(_mark_file)
# A mailbox in which somebody reads wishes to hear no more; digests name it beside the one click.
UNSUBSCRIBE_ADDRESS = env.str("UNSUBSCRIBE_ADDRESS", "")

# --- Queue -------------------------------------------------------------------------------

BROKER_PROBE_URL = broker_probe_address(_redis_url)
CELERY_BROKER_URL = broker_address(_redis_url)
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900, "unacked_restore_throttle": 1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
CELERY_TASK_ROUTES = TASK_ROUTES

# --- Logs --------------------------------------------------------------------------------

DJANGO_STRUCTLOG_CELERY_ENABLED = True
core_logging.configure()
LOGGING = core_logging.logging_settings(
    style=env.str("LOG_FORMAT", "json"), level=env.str("LOG_LEVEL", "INFO")
)
