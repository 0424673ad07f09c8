"""Settings, all of them from the environment. Every name is listed by `Environment.known`; docs are written from it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from levelfield_web.fields.environment import Environment

WEB = Path(__file__).resolve().parent
ROOMS = sorted(folder for folder in WEB.iterdir() if (folder / "__init__.py").is_file())

ENVIRONMENT = Environment(os.environ)

LEVELFIELD_HOME = ENVIRONMENT.folder(
    "LEVELFIELD_HOME", "./var", meaning="The folder that holds the database, the secret key and the warehouse."
)
SECRET_KEY = ENVIRONMENT.secret(
    "LEVELFIELD_SECRET_KEY",
    kept_in=LEVELFIELD_HOME / "secret-key",
    meaning="The key that signs sessions and encrypts the keys of one-time codes. When absent, one is made at the first start "
    "and kept in LEVELFIELD_HOME.",
)
SECURE = ENVIRONMENT.flag(
    "LEVELFIELD_SECURE",
    False,
    meaning="The site is served by https: secure cookies, redirection, strict transport security.",
)
ALLOWED_HOSTS = ENVIRONMENT.words(
    "LEVELFIELD_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", meaning="The host names people use, separated by commas."
)
TRUSTED_PROXIES = ENVIRONMENT.networks(
    "LEVELFIELD_TRUSTED_PROXY", "", meaning="Addresses or networks of the proxies whose forwarded headers are believed."
)
DATABASE = ENVIRONMENT.database(
    "LEVELFIELD_DATABASE_URL",
    f"sqlite:///{LEVELFIELD_HOME / 'db.sqlite3'}",
    meaning="Where people, agreements and moves are kept: sqlite:///… or postgres://… .",
)
MOST_WAITING = ENVIRONMENT.whole(
    "LEVELFIELD_MOST_WAITING",
    50,
    meaning="How many deliveries of one side, the client or a partner, may wait to be looked at or published.",
)
MOST_DELIVERED_A_DAY = 1_000_000 * ENVIRONMENT.whole(
    "LEVELFIELD_DELIVERED_MB_A_DAY",
    10_000,
    meaning="How much one side, the client or a partner, may deliver on the pages within a day, in megabytes.",
)
MAIL = ENVIRONMENT.mail(
    "LEVELFIELD_MAIL_URL",
    meaning="The mail server that sends a person's digest of what is due: smtp://user:password@host:587 or smtps://… . When absent, "
    "no mail is sent.",
)
DEFAULT_FROM_EMAIL = ENVIRONMENT.text(
    "LEVELFIELD_MAIL_FROM", "levelfield@localhost", meaning="The address digests come from."
)
SITE = ENVIRONMENT.text(
    "LEVELFIELD_SITE", "http://localhost:8000", meaning="The address people open, for the links in digests."
).rstrip("/")
EMAIL_HOST = MAIL.get("EMAIL_HOST", "localhost")
EMAIL_PORT = MAIL.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = MAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = MAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = MAIL.get("EMAIL_USE_SSL", False)
EMAIL_USE_TLS = MAIL.get("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20

DEBUG = False
ROOT_URLCONF = "levelfield_web.urls"
ASGI_APPLICATION = "levelfield_web.asgi.application"
WSGI_APPLICATION = "levelfield_web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "levelfield_web.apps.Levelfield",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "levelfield_web.fields.proxy.TrustedProxy",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "levelfield_web.people.middleware.WhoIsLooking",
    "levelfield_web.people.middleware.SignInFirst",
    "levelfield_web.parts.slices.AddressesAreText",
    # Looking for the token of a form reads its body, so two questions come before: who, and how much.
    "levelfield_web.parts.bodies.FormsAreSmall",
    "django.middleware.csrf.CsrfViewMiddleware",
    "levelfield_web.parts.refusals.RefusalsAsWritten",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [room / "templates" for room in ROOMS if (room / "templates").is_dir()],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "levelfield_web.parts.context.page",
                "levelfield_web.people.context.acting_for",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "levelfield_web.parts.formats",
                "levelfield_web.parts.tags",
                "levelfield_web.people.tags",
            ],
        },
    }
]

# --- words: the database ------------------------------------------------------------------------------------------

DATABASE_IS_SQLITE = DATABASE["ENGINE"].endswith("sqlite3")
# SQLite before 3.51.3 may lose acknowledged writes in WAL mode (the WAL-reset bug), so older ones keep a journal file.
JOURNAL = "WAL" if sqlite3.sqlite_version_info >= (3, 51, 3) else "PERSIST"
SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": f"PRAGMA journal_mode={JOURNAL}; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA mmap_size=0",
}
DATABASES = {"default": {**DATABASE, "CONN_MAX_AGE": None}}
if DATABASE_IS_SQLITE:
    DATABASES["default"]["OPTIONS"] = SQLITE
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- people and sessions ------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "levelfield.User"
AUTHENTICATION_BACKENDS = ["levelfield_web.people.backend.OnlyRemembers"]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# A name that begins with __Host- is refused by browsers unless it is secure, so a plain site uses a plain name.
COOKIE_PREFIX = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}levelfield"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}levelfield-csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "levelfield_web.parts.views.form_expired"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- what a browser may do ----------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
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
    }
}

# --- files of our own ---------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [room / "static" for room in ROOMS if (room / "static").is_dir()]
# Files are served from where they lie: no collecting step between a change and a page.
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- language and time --------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [WEB / "locale"]
FORMAT_MODULE_PATH = ["levelfield_web.fields.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A page that was refused is no event for the log, and its address may hold the token of an invitation.
    "loggers": {"django.request": {"level": "ERROR"}},
}
