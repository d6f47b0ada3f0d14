"""Django's settings, made from the frozen value of `mingjian.web.configuration`. Nothing is read here but that."""

from __future__ import annotations

from mingjian.web.configuration import current
from mingjian.web.database import postgresql_database, sqlite_database

_config = current()

SECRET_KEY = _config.django_key
DEBUG = False
ALLOWED_HOSTS = ["*"]  # HostMiddleware decides: Django's list cannot say "any address, but only our names"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "mingjian.web.http",
    "mingjian.web.accounts",
    "mingjian.web.audit",
    "mingjian.web.ledger",
    "mingjian.web.files",
    "mingjian.web.organisations",
    "mingjian.web.zones",
    "mingjian.web.monitoring",
    "mingjian.web.retention",
    "mingjian.web.retrievals",
    "mingjian.web.registry",
    "mingjian.web.exchange",
    "mingjian.web.planning",
    "mingjian.web.todo",
    "mingjian.web.inspections",
    "mingjian.web.filings",
    "mingjian.web.projects",
    "mingjian.web.reports",
    "mingjian.web.signs",
    "mingjian.web.obstructions",
    "mingjian.web.viewing",
    "mingjian.web.masks",
    "mingjian.web.law",
    "mingjian.web.system",
]

MIDDLEWARE = [
    "mingjian.web.http.middleware.PeerMiddleware",
    "mingjian.web.http.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "mingjian.web.http.middleware.HeadersMiddleware",
    "mingjian.web.http.middleware.HostMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]

ROOT_URLCONF = "mingjian.web.urls"
ASGI_APPLICATION = "mingjian.web.asgi.application"
APPEND_SLASH = False

DATABASES = {
    "default": (
        postgresql_database(_config.database, _config.database_password)
        if _config.database
        else sqlite_database(_config.sqlite_file)
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["mingjian.web.accounts.backend.UserBackend"]
PASSWORD_HASHERS = ["mingjian.web.accounts.hashers.Argon2Hasher"]

# An absolute lifetime: one duty shift. The session is written when somebody signs in, not at every request.
SESSION_ENGINE = "mingjian.web.accounts.session_store"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-mingjian" if _config.tls else "mingjian"
SESSION_COOKIE_SECURE = _config.tls
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_PATH = "/"

CSRF_COOKIE_NAME = "csrftoken"
CSRF_COOKIE_SECURE = _config.tls
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_HEADER_NAME = "HTTP_X_CSRFTOKEN"
CSRF_FAILURE_VIEW = "mingjian.web.http.failures.csrf_failed"

# PeerMiddleware removes the header unless it came through the unix socket from our own edge.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LANGUAGE_CODE = "zh-hans"

LOGGING_CONFIG = None  # `app` configures logging for every process alike
