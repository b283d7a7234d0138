"""Django settings, from the environment and one data folder.

UNISSON_DATA     folder of the database, the secret key and the logs (default: var)
DATABASE_URL     postgres://user:password@host:port/name; absent: SQLite in UNISSON_DATA
UNISSON_HOSTS    host names the server answers to, comma separated (default: loopback)
UNISSON_HTTPS    1 when a reverse proxy speaks TLS in front: cookies become Secure
UNISSON_LISTEN   host the server listens on, set by `unisson serve` for its workers
UNISSON_STATIC   folder of the collected static files, set by `unisson serve` likewise
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.csp import CSP

PACKAGE = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("UNISSON_DATA", "var")).resolve()


def _secret_key() -> str:
    """Made on first use and kept, readable by its owner alone, beside the database."""
    if key := os.environ.get("UNISSON_SECRET_KEY"):
        return key
    path = DATA / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        DATA.mkdir(parents=True, exist_ok=True)
        key = secrets.token_urlsafe(50)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(key)
        return key


def _database() -> dict[str, Any]:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "unisson.sqlite3",
            # A page's thread keeps its connection, and the cache that warmed up in it.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL;"
                    "PRAGMA synchronous=FULL;"
                    "PRAGMA foreign_keys=ON;"
                    "PRAGMA cache_size=-64000;"
                    "PRAGMA mmap_size=268435456;"
                    "PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 16, "timeout": 10},
            # The server parses and plans a statement once per connection, not at each use.
            "server_side_binding": True,
            "prepare_threshold": 2,
        },
    }


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("UNISSON_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
BEHIND_PROXY = _https = os.environ.get("UNISSON_HTTPS") == "1"
LISTENS_ON_LOOPBACK = os.environ.get("UNISSON_LISTEN") in ("127.0.0.1", "::1", "localhost")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "unisson.core",
    "unisson.practice",
    "unisson.patients",
    "unisson.agenda",
    "unisson.reception",
    "unisson.exchange",
    "unisson.training",
    "unisson.screens",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "unisson.site.middleware.AccessMiddleware",
]

ROOT_URLCONF = "unisson.site.urls"
ASGI_APPLICATION = "unisson.site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": _database()}
AUTH_USER_MODEL = "practice.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
]
LOGIN_URL = "/connexion/"

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
if STATIC_ROOT := os.environ.get("UNISSON_STATIC"):
    # Served: names carry the content's hash. Elsewhere (tests, one-off
    # commands) nothing was collected and plain names do.
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "unisson.site.static.HashedFiles"},
    }
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = _https
SESSION_COOKIE_AGE = 14 * 3600  # seconds: one long working day
CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_SAMESITE = "Strict"
if _https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000

CSRF_FAILURE_VIEW = "unisson.screens.session.errors.csrf_failure"

# To the terminal (or the service's journal). Lines name addresses and errors,
# never what was typed: no query string, no form.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django": {"handlers": ["terminal"], "level": "ERROR", "propagate": False},
        "unisson": {"handlers": ["terminal"], "level": "INFO"},
    },
}

MAX_UPLOAD_BYTES = 50 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
