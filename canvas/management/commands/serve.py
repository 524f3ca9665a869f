"""`manage.py serve`: the one command. Prepares what is missing, then serves until it is stopped."""

from __future__ import annotations

import argparse
import shlex
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import Q

from canvas import lock
from workflows.engine import ownership
from workflows.engine.file_lock import Taken, Unreachable
from workflows.engine.ownership import Seat
from workflows.lean import loading, without
from workflows.management.stored_files import check_files
from workflows.services.database import NewerDatabase, migrate_if_needed

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
ADMIN = "admin"
#: Connections that may wait to be accepted; Twisted's 50 make a burst of clients try again.
BACKLOG = 1024


class Command(BaseCommand):
    """Serve Patchbay with its engine inside."""

    help = "Prepare the database and serve Patchbay on HOST:PORT until Ctrl-C or SIGTERM."
    # The start asks what matters itself; Django's checks cost a third of a second each time.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--host", default=settings.HOST, help="IP address to listen on (HOST)")
        parser.add_argument(
            "--port", type=int, default=settings.PORT, help="port to listen on (PORT)"
        )
        parser.add_argument(
            "--tls",
            action="store_true",
            default=settings.TLS,
            help="listen for https too, with a certificate of a local authority (TLS)",
        )
        parser.add_argument(
            "--tls-port",
            type=int,
            default=settings.TLS_PORT,
            help="port to listen on for https (TLS_PORT)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped."""
        host, port = options["host"], options["port"]
        tls_port = options["tls_port"] if options["tls"] else None
        if settings.DEBUG and host not in LOOPBACK:
            raise CommandError(
                f"DEBUG is on and HOST is {host}; DEBUG is for 127.0.0.1 only. Unset one of them."
            )
        if "*" in settings.ALLOWED_HOSTS and host not in LOOPBACK:
            raise CommandError(
                "ALLOWED_HOSTS is *; name the hosts in use, so that no other page can reach "
                "this server through their browsers."
            )
        with alone() as seat:
            self._serve(host, port, tls_port, seat)

    def _serve(self, host: str, port: int, tls_port: int | None, seat: Seat | None) -> None:
        # Imported here: Twisted takes over signals and the event loop when it is loaded. It and
        # autobahn also load what serves https and what colors a terminal.
        with loading(), without("click", *(["OpenSSL"] if tls_port is None else [])):
            prepare()
            from daphne.endpoints import build_endpoint_description_strings

            from canvas.asgi import application
            from canvas.server import Server

        endpoints = [
            f"{endpoint}:backlog={BACKLOG}"
            for endpoint in build_endpoint_description_strings(host=host, port=port)
        ]
        secure: Secure | None = None
        if tls_port is not None:
            secure = prepare_tls(host, tls_port)
            endpoints.append(secure.endpoint)
        failures: list[tuple[int, str]] = []
        winners: list[str] = []

        def leave(winner: str) -> None:
            from twisted.internet import reactor

            winners.append(winner)
            reactor.callFromThread(server.stop)

        server = Server(
            application,
            endpoints=endpoints,
            on_failure=lambda port, reason: failures.append((port, reason)),
            ready_callable=lambda: self._ready(host, port, secure, seat, leave),
            verbosity=1,
        )
        try:
            server.run()
        finally:
            stop_engine()
        if winners:
            raise CommandError(
                f"Another Patchbay runs on this database now{_named(winners[0])}; this one ends."
            )
        if failures:
            taken, reason = failures[0]
            setting = "TLS_PORT" if taken == tls_port else "PORT"
            raise CommandError(
                f"Port {taken} on {host} cannot be used: {reason}. "
                f"Stop what uses it, or set {setting} to another one."
            )

    def _ready(
        self,
        host: str,
        port: int,
        secure: Secure | None,
        seat: Seat | None,
        leave: Callable[[str], object],
    ) -> None:
        """Start the engine and say where we are; called when the port is ours."""
        from canvas.login import login_link

        start_engine(seat, leave)
        url = f"http://{shown(host)}:{port}"
        self.stdout.write(f"Patchbay is running at {url}")
        if secure is not None:
            self.stdout.write(secure.words)
        account = first_account()
        if account is not None:
            link = login_link(account, base_url=url)
            self.stdout.write(f"Log in once, within 30 minutes: {link}")
        self.stdout.flush()
        connection.close()


@dataclass(frozen=True, slots=True)
class Secure:
    """Where https is listened for, as Twisted describes it, and what to show users of it."""

    endpoint: str
    words: str


def prepare_tls(host: str, port: int) -> Secure:
    """Make the certificate for a host and everything else we are called."""
    # Imported here: cryptography's certificates are loaded only where they are wanted.
    from twisted.internet.endpoints import quoteStringArgument

    from canvas import tls

    public = urlsplit(settings.PUBLIC_URL).hostname or ""
    names = [host, public, socket.gethostname(), *settings.ALLOWED_HOSTS]
    try:
        files = tls.certificates(settings.DATA_DIR, names)
    except tls.Unreadable as error:
        raise CommandError(f"{error}. Remove them, and new ones are made.") from error
    parts = {"interface": host.strip("[]"), "privateKey": files.key, "certKey": files.certificate}
    quoted = [f"{name}={quoteStringArgument(str(value))}" for name, value in parts.items()]
    place = f"{shown(host)}:{port}"
    words = (
        f"and with a certificate of its own at https://{place}\n"
        "For fal's Python clients (docs/fal.md):\n"
        f"  export FAL_RUN_HOST={place}/fal/run FAL_QUEUE_RUN_HOST={place}/fal/queue "
        f"SSL_CERT_FILE={shlex.quote(str(files.bundle))}\n"
        "For Node.js:\n"
        f"  export NODE_EXTRA_CA_CERTS={shlex.quote(str(files.authority))}"
    )
    return Secure(":".join([f"ssl:port={port}", *quoted]), words)


def shown(host: str) -> str:
    """Return the host to put into a URL for a user of this machine."""
    name = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return "127.0.0.1" if name in ("0.0.0.0", "[::]") else name


def prepare() -> None:
    """Bring folders, tables, the first account and the shipped templates into being."""
    from workflows.services.library import templates

    keep_secrets()
    check_files()
    try:
        migrate_if_needed()
    except NewerDatabase as error:
        raise CommandError(str(error)) from error
    create_first_account()
    templates.templates_install()
    connection.close()


def keep_secrets() -> None:
    """Make the secrets that no setting gives: now, and not amid a request."""
    bool(settings.SECRET_KEY), bool(settings.ENCRYPTION_KEYS)


def create_first_account() -> None:
    """Create `admin`, with every right and no password, while there is no administrator."""
    from workflows.models import User
    from workflows.models.people import Tier

    administrators = Q(is_superuser=True) | Q(username=ADMIN)
    if User.objects.filter(administrators).exists():
        return
    user = User(username=ADMIN, is_staff=True, is_superuser=True, tier=Tier.ENTERPRISE)
    user.set_unusable_password()
    user.save()


def first_account() -> Any:
    """Return the oldest active administrator: whom the printed link logs in."""
    from workflows.models import User

    return User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()


@contextmanager
def alone() -> Iterator[Seat | None]:
    """Hold what says that no other server uses our folder, and no other engine our database.

    Web processes without an engine share both: everything in the folder tolerates files that come
    and go under names of their own.
    """
    if settings.ENGINE != "embedded" and connection.vendor == "postgresql":
        yield None
        return
    try:
        held = lock.take(settings.DATA_DIR)
    except Taken as error:
        raise CommandError(
            f"Patchbay is already running on {settings.DATA_DIR}{_named(error.holder)}; "
            "stop it first, or set DATA_DIR to another folder."
        ) from error
    except OSError as error:
        raise CommandError(
            f"DATA_DIR {settings.DATA_DIR} cannot be written: {error.strerror}. "
            "Patchbay keeps its files there; make it writable, or set DATA_DIR to another folder."
        ) from error
    with held:
        if settings.ENGINE != "embedded":
            yield None
            return
        try:
            seat = ownership.take()
        except Taken as error:
            raise CommandError(
                f"Another Patchbay already runs on this database{_named(error.holder)}; "
                "stop it first, or set DATABASE_URL to another database."
            ) from error
        except Unreachable as error:
            raise CommandError(f"The database cannot be reached: {error}") from error
        try:
            yield seat
        finally:
            seat.close()


def _named(holder: str) -> str:
    return f" ({holder})" if holder else ""


def start_engine(seat: Seat | None, on_taken: Callable[[str], object]) -> None:
    """Start the engine in this process, if this site wants one; else join those that have one."""
    if seat is not None:
        from workflows.engine import embedded

        embedded.start(seat, on_taken)
    elif connection.vendor == "postgresql":
        from workflows.engine import members
        from workflows.engine.heartbeat import Membership

        members.join(Membership())


def stop_engine() -> None:
    """Stop the engine; what it has not finished goes on at the next start, or elsewhere."""
    if settings.ENGINE == "embedded":
        from workflows.engine import embedded

        embedded.stop()
    elif connection.vendor == "postgresql":
        from workflows.engine import members

        members.leave()
