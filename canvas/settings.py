"""Everything configurable, read from the environment once; a malformed value stops the start.

Each setting is in docs/settings.md; `environment.py` reads the values.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF, UNSAFE_INLINE

from canvas.environment import (
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_number,
    env_prices,
    env_secret,
    env_text,
    stop,
)
from workflows.compat.fal.places import HOSTS as FAL_HOSTS

BASE_DIR = Path(__file__).resolve().parent.parent


def _data_dir() -> Path:
    """Return `var` beside the sources or, of an installed package, where a user's data are."""
    if (BASE_DIR / "manage.py").exists():
        return BASE_DIR / "var"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "patchbay"


DATA_DIR = Path(env_text("DATA_DIR") or _data_dir()).resolve()

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = env_secret(
    "SECRET_KEY", DATA_DIR / "secret_key", lambda: secrets.token_urlsafe(50), str
)
ENCRYPTION_KEYS = env_secret(
    "ENCRYPTION_KEYS",
    DATA_DIR / "encryption_key",
    lambda: Fernet.generate_key().decode(),
    lambda text: [key for key in text.split(",") if key],
)

HOST = env_text("HOST", "127.0.0.1") or "127.0.0.1"
PORT = env_int("PORT", 8000)
TLS = env_bool("TLS", False)  # whether https is listened for beside http, canvas/tls.py
TLS_PORT = env_int("TLS_PORT", 8443)
# fal's names lead to fal's surfaces alone, which take no cookie (compat/fal/places.py); no page but
# fal's own can make a browser say them.
ALLOWED_HOSTS = [*env_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"]), *FAL_HOSTS]
CSRF_TRUSTED_ORIGINS = env_list("TRUSTED_ORIGINS", [])
# Pages that may call /api and /media with a key of theirs, as full origins, or * for all.
CORS_ORIGINS = frozenset(env_list("CORS_ORIGINS", []))
for _origin in CORS_ORIGINS - {"*"}:
    if not re.fullmatch(r"https?://[^/?#@\s*]+", _origin):
        stop("CORS_ORIGINS", _origin, "full origins such as https://site.example, or *")
# The URL users reach this server at; links in responses use it when a request has no host.
PUBLIC_URL = (env_text("PUBLIC_URL") or f"http://127.0.0.1:{PORT}").rstrip("/")
_https = urlsplit(PUBLIC_URL).scheme == "https"
if _https:
    # The proxy ends TLS, so what reaches us says http while the browser's Origin says https.
    CSRF_TRUSTED_ORIGINS = [*CSRF_TRUSTED_ORIGINS, f"https://{urlsplit(PUBLIC_URL).netloc}"]

ROOT_URLCONF = "canvas.urls"
ASGI_APPLICATION = "canvas.asgi.application"
AUTH_USER_MODEL = "workflows.User"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False

INSTALLED_APPS = [
    "canvas",
    # Not the usual configuration, which would load every admin module at the start.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "csp",
    "django_vite",
    "workflows.apps.WorkflowsConfig",
]

MIDDLEWARE = [
    "canvas.middleware.RequestId",
    "canvas.compress.Compress",
    # Django's own for security headers, content policy, sessions, CSRF and accounts.
    "canvas.stack.Stack",
]
SILENCED_SYSTEM_CHECKS = [
    # The Stack has them: sessions, accounts and messages.
    "admin.E408",
    "admin.E409",
    "admin.E410",
    # The folder of uploads is made when it is first needed.
    "files.E001",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "canvas" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Database: one switch -------------------------------------------------------------------------

DATABASE_URL = env_text("DATABASE_URL")
if DATABASE_URL:
    _database = environ.Env.db_url_config(DATABASE_URL)
    if _database.get("ENGINE") != "django.db.backends.postgresql":
        stop(
            "DATABASE_URL",
            DATABASE_URL.split("@")[-1],
            "a postgres:// URL, or empty for SQLite",
        )
    # Requests run in threads of their own; a pool spares each of them a new connection. While the
    # database is away a request learns that within three seconds, and the pool tries it again at
    # least that often: its pauses double until it gives up, and the next request starts again.
    _pool = {"min_size": 1, "max_size": 20, "timeout": 2.5, "reconnect_timeout": 3}
    # A network that swallows packets is noticed in ten seconds, not in two hours.
    _network = {
        "connect_timeout": 3,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        # A process that has been put to sleep in a transaction gives back what it has locked.
        "options": "-c idle_in_transaction_session_timeout=10000",
    }
    _database["OPTIONS"] = {**_network, **_database.get("OPTIONS", {}), "pool": _pool}
    # A restarted PostgreSQL leaves dead connections in the pool; each is tried before it is used.
    _database["CONN_HEALTH_CHECKS"] = True
    # Its tables carry runs to workers (engine/jobs.py).
    INSTALLED_APPS.append("procrastinate.contrib.django")
else:
    _database = {
        "ENGINE": "canvas.sqlite",
        "NAME": DATA_DIR / "patchbay.sqlite3",
        "OPTIONS": {
            # Writers wait for each other at BEGIN, where waiting works; a read that turns into a
            # write inside a deferred transaction fails at once instead.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
# Tests use a file: an in-memory database cannot be shared between threads under WAL.
_database["TEST"] = {} if DATABASE_URL else {"NAME": DATA_DIR / "test.sqlite3"}
DATABASES = {"default": _database}

# --- Accounts and sessions ------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login"
PASSWORD_RESET_TIMEOUT = 30 * 60  # seconds a one-time login link lives
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "canvas.views.csrf_failure"

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
ADMIN = env_bool("ADMIN", True)  # whether /admin exists

# --- Headers --------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
if _https:
    # The proxy says how the browser came; nothing but headers for that browser depends on it.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

VITE_DEV = env_bool("VITE_DEV", False)
_dev_http = ["http://localhost:5173"] if VITE_DEV else []
_dev_ws = ["ws://localhost:5173"] if VITE_DEV else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, *_dev_http, *([UNSAFE_INLINE] if VITE_DEV else [])],
        "style-src": [SELF, *([UNSAFE_INLINE] if VITE_DEV else [])],
        # React Flow places nodes by style attributes.
        "style-src-attr": [UNSAFE_INLINE],
        "img-src": [SELF, "blob:", "data:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF, *_dev_http],
        "connect-src": [SELF, *_dev_http, *_dev_ws],
        "worker-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# --- Static files ---------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_DIR = BASE_DIR / "canvas" / "static"
DJANGO_VITE: dict[str, dict[str, Any]] = {
    "default": {
        "dev_mode": VITE_DEV,
        "manifest_path": STATIC_DIR / "canvas" / "manifest.json",
        "static_url_prefix": "canvas",
    }
}

# --- REST -----------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["workflows.api.auth.CallerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["workflows.api.capabilities.HasCapability"],
    "DEFAULT_PARSER_CLASSES": ["workflows.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["workflows.api.parsers.ExactJSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "workflows.api.parsers.JsonAlone",
    "EXCEPTION_HANDLER": "workflows.api.errors.handle",
    "UNAUTHENTICATED_USER": None,
}

# --- Files and limits -----------------------------------------------------------------------------

MEDIA_ROOT = Path(env_text("MEDIA_ROOT") or DATA_DIR / "media")
# A bucket that keeps the files instead; MEDIA_ROOT then has unfinished ones and copies.
# (Django has a MEDIA_URL of its own.)
BUCKET_URL = env_text("MEDIA_URL").rstrip("/")
if BUCKET_URL and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w.-]+)*", BUCKET_URL):
    stop("MEDIA_URL", BUCKET_URL, "s3://bucket or s3://bucket/prefix, or empty for MEDIA_ROOT")
AWS = {
    "endpoint": env_text("AWS_ENDPOINT_URL_S3") or env_text("AWS_ENDPOINT_URL"),
    "region": env_text("AWS_REGION") or env_text("AWS_DEFAULT_REGION") or "us-east-1",
    "access_key_id": env_text("AWS_ACCESS_KEY_ID"),
    "secret_access_key": env_text("AWS_SECRET_ACCESS_KEY"),
    "session_token": env_text("AWS_SESSION_TOKEN"),
}
if BUCKET_URL and not re.fullmatch(r"(https?://[^/?#@\s]+)?", AWS["endpoint"].rstrip("/")):
    stop("AWS_ENDPOINT_URL", AWS["endpoint"], "an origin such as https://s3.example, or empty")
if BUCKET_URL and AWS["access_key_id"] and not AWS["secret_access_key"]:
    stop("AWS_SECRET_ACCESS_KEY", "", "the secret of AWS_ACCESS_KEY_ID")
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "tmp"

_MB = 1024 * 1024
LIMITS = {
    "document_bytes": env_int("MAX_DOCUMENT_MB", 8, low=1) * _MB,
    "nodes": env_int("MAX_NODES", 5_000, low=1),
    "edges": env_int("MAX_EDGES", 10_000, low=1),
    "folders_per_user": env_int("MAX_FOLDERS_PER_USER", 500, low=1),
    "collections_per_user": env_int("MAX_COLLECTIONS_PER_USER", 500, low=1),
    "upload_bytes": env_int("MAX_UPLOAD_MB", 100, low=1) * _MB,
    "image_megapixels": env_int("MAX_IMAGE_MEGAPIXELS", 64, low=1),
    "media_memory_bytes": env_int("MEDIA_MEMORY_MB", 768, low=64) * _MB,
    "model_memory_bytes": env_int("MODEL_MEMORY_MB", 4_096, low=512) * _MB,
    "video_minutes": env_int("MAX_VIDEO_MINUTES", 60, low=1),
    "storage_bytes_per_user": env_int("MAX_STORAGE_MB_PER_USER", 10_240, low=1) * _MB,
    "active_runs_per_user": env_int("MAX_ACTIVE_RUNS_PER_USER", 1_000, low=1),
    "items_per_node": min(env_int("MAX_ITEMS_PER_NODE", 10_000, low=1), 10_000),
    "items_per_run": env_int("MAX_ITEMS_PER_RUN", 50_000, low=1),
    "public_runs_per_minute": env_int("PUBLIC_RUNS_PER_MINUTE", 5, low=1),
    "public_runs_per_day": env_int("PUBLIC_RUNS_PER_DAY", 500),
    "public_credits_per_day": env_int("PUBLIC_CREDITS_PER_DAY", 100),
    "public_upload_bytes": env_int("PUBLIC_UPLOAD_MB", 20, low=1) * _MB,
    "watchers": env_int("MAX_WATCHERS", 1_000, low=1),
    "watchers_per_user": env_int("MAX_WATCHERS_PER_USER", 100, low=1),
    "runner_file_bytes": env_int("RUNNER_MAX_FILE_MB", 1_024, low=1) * _MB,
    "comfy_bytes": env_int("MAX_COMFY_UPLOAD_MB", 50, low=1) * _MB,
}

# Copies of a bucket's files on this machine; the largest file must fit.
MEDIA_CACHE_BYTES = env_int("MEDIA_CACHE_MB", 4_096, low=1) * _MB
_largest = max(LIMITS["upload_bytes"], LIMITS["runner_file_bytes"])
if BUCKET_URL and _largest > MEDIA_CACHE_BYTES:
    stop(
        "MEDIA_CACHE_MB",
        str(MEDIA_CACHE_BYTES // _MB),
        f"{_largest // _MB} or more, the largest file (MAX_UPLOAD_MB, RUNNER_MAX_FILE_MB)",
    )

# Days that ended runs, and saved changes of documents, are kept; None: for ever.
KEEP_RUNS_DAYS = env_int("KEEP_RUNS_DAYS", None, low=1)
KEEP_CHANGES_DAYS = env_int("KEEP_CHANGES_DAYS", None, low=1)

# What Django may hold in memory; canvas/bounded_request.py bounds bodies before Django sees them.
DATA_UPLOAD_MAX_MEMORY_SIZE = LIMITS["document_bytes"]

# URLs a user may name in a node although they are private, as exact origins.
FETCH_ALLOW = tuple(env_list("FETCH_ALLOW", []))

# The server that apps of fal run at instead of fal itself: the origin of another Patchbay.
FAL_ORIGIN = env_text("FAL_ORIGIN").rstrip("/")
if FAL_ORIGIN and not re.fullmatch(r"https?://[^/?#@\s]+", FAL_ORIGIN):
    stop("FAL_ORIGIN", FAL_ORIGIN, "an origin such as https://patchbay.example, or empty for fal")

# Where providers of models are called instead of at their own URLs, as `openai=https://…/v1`;
# these may be private.
MODEL_ORIGINS = dict(row.partition("=")[::2] for row in env_list("MODEL_ORIGINS", []))
for _name, _base in MODEL_ORIGINS.items():
    if not re.fullmatch(r"https?://[^?#@\s]+", _base):
        stop("MODEL_ORIGINS", f"{_name}={_base}", "providers with URLs, openai=https://…/v1")

# Proxies whose X-Forwarded-For is believed, as IP addresses.
TRUSTED_PROXIES = frozenset(env_list("TRUSTED_PROXIES", []))
# The ComfyUI API (docs/comfyui.md): calls of one IP address in ten seconds, 0 for no limit, and
# after how many updates a stream of a run is closed.
COMFY_CALLS = env_int("COMFY_CALLS", 40)
COMFY_UPDATES = env_int("COMFY_UPDATES", None, low=1)
WEBHOOK_SIGNATURE_HEADER = env_text("WEBHOOK_SIGNATURE_HEADER") or "X-Knouds-Signature"
# How reports to webhooks of other dialects are written, webhooks/payloads.py.
WEBHOOK_DIALECTS = {"fal": "workflows.compat.fal.webhooks.FAL"}

# --- Tiers ----------------------------------------------------------------------------------------

TIERS = ("free", "creator", "pro", "business", "enterprise")
MAX_WORKFLOWS = {tier: env_int(f"MAX_WORKFLOWS_{tier.upper()}", None) for tier in TIERS}
# Calls a minute by tier, per account and URL pattern; a tier without a number has no limit.
RATES = env_prices("RATES", "free=30,creator=60,pro=100,business=1000")
# Credits by tier: those filled up every month, and those given once. A tier in neither list may
# spend without limit.
CREDITS_MONTHLY = env_prices("CREDITS_MONTHLY", "creator=1700,pro=5000,business=11329")
CREDITS_ONCE = env_prices("CREDITS_ONCE", "free=250")
RUN_MAX_CREDITS = env_int("RUN_MAX_CREDITS", None)  # credits one run may cost, whatever it asks for
# Runners, and templates and placeholders of the ComfyUI API, by tier; none without a number.
MAX_RUNNERS = env_prices("MAX_RUNNERS")
MAX_COMFY_TEMPLATES = env_prices("MAX_COMFY_TEMPLATES")
MAX_COMFY_PARAMETERS = env_prices("MAX_COMFY_PARAMETERS")
for _name, _given in (
    ("RATES", RATES),
    ("CREDITS_MONTHLY", CREDITS_MONTHLY),
    ("CREDITS_ONCE", CREDITS_ONCE),
    ("MAX_RUNNERS", MAX_RUNNERS),
    ("MAX_COMFY_TEMPLATES", MAX_COMFY_TEMPLATES),
    ("MAX_COMFY_PARAMETERS", MAX_COMFY_PARAMETERS),
):
    if set(_given) - set(TIERS):
        stop(_name, ",".join(sorted(set(_given) - set(TIERS))), "about " + ", ".join(TIERS))
TEMPLATE_PUBLISHERS = env_choice("TEMPLATE_PUBLISHERS", "all", ("all", "staff"))
RUNNERS_BY_USERS = env_bool("RUNNERS_BY_USERS", False)  # else staff alone register runners

# Credits a node type costs here instead of what it declares, and the part of it each tier pays.
CREDIT_PRICES = env_prices("CREDIT_PRICES")
CREDIT_PERCENTS = env_prices("CREDIT_PERCENTS")

# --- Engine ---------------------------------------------------------------------------------------

ENGINE = env_choice("ENGINE", "embedded", ("embedded", "none"))
# Runs that ask for tags go to workers that have them; --tags and --concurrency of `work`.
WORKER_TAGS = frozenset(env_list("WORKER_TAGS", []))
WORKER_CONCURRENCY = env_int("WORKER_CONCURRENCY", 100, low=1)
METRICS_TOKEN = env_text("METRICS_TOKEN")
METRICS_PORT = env_int("METRICS_PORT", 0)
RUN_PARALLELISM = env_int("RUN_PARALLELISM", 32, low=1)  # nodes of one run at once
ACTIVE_RUNS = env_int("ACTIVE_RUNS", 16, low=1)  # runs executing at once in this process
# Calls of one provider at once, in this process or over all workers: `fal=4,openai=8`.
PROVIDER_CALLS = env_prices("PROVIDER_CALLS")
CPU_THREADS = env_int("CPU_THREADS", os.cpu_count() or 1, low=1)
MEDIA_PROCESSES = env_int("MEDIA_PROCESSES", os.cpu_count() or 1, low=1)
MODEL_PROCESSES = env_int("MODEL_PROCESSES", 1, low=1)
SYNC_RUN_SECONDS = env_int("SYNC_RUN_SECONDS", 300, low=1)
# How long a signed URL of a file opens without a key (media/links.py).
SIGNED_URL_SECONDS = env_int("SIGNED_URL_SECONDS", 7 * 86_400, low=1)
# Runners: how they are picked, looked after and waited for (runners/pool.py).
RUNNER_STRATEGY = env_choice("RUNNER_STRATEGY", "random", ("random", "least-queued"))
RUNNER_POLL_SECONDS = env_number("RUNNER_POLL_SECONDS", 2.0)
RUNNER_PROBE_SECONDS = env_number("RUNNER_PROBE_SECONDS", 30.0)
RUNNER_LOST_SECONDS = env_number("RUNNER_LOST_SECONDS", 300.0)
RUNNER_FORGET = env_bool("RUNNER_FORGET", False)
FAILPOINTS = env_list("FAILPOINTS", [])  # where tests let the process die, failpoints.py

# --- Logs -----------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "canvas.log.JsonFormatter"},
        "plain": {"()": "canvas.log.PlainFormatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": env_choice("LOG_FORMAT", "plain", ("plain", "json")),
        }
    },
    "root": {
        "handlers": ["stderr"],
        "level": env_choice("LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
}
