"""HTTPS without a bought certificate: an authority of our own, and certificates it signs for us.

Clients that insist on https trust the authority by one environment variable. Its key never leaves
`DATA_DIR/tls`; the certificate is made again at every start, so it always has the names of today.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import trustme
from cryptography import x509

FOLDER = "tls"
#: How long a certificate is good; browsers refuse more than 398 days.
LEAF = timedelta(days=397)
#: An authority that ends sooner than its certificates would is replaced.
MARGIN = LEAF + timedelta(days=1)
#: fal's names, all of which may be made to lead here.
FAL_NAMES = (
    "fal.run",
    "*.fal.run",
    "falrun.com",
    "*.falrun.com",
    "fal.ai",
    "*.fal.ai",
    "*.alpha.fal.ai",
    "fal.media",
    "*.fal.media",
)
_NAME = re.compile(r"(\*\.)?[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")
_LOCAL = ("localhost", "*.localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the files are: what the server shows (with its key), and what clients trust."""

    key: Path
    certificate: Path
    #: The authority alone, for clients that add it to the public ones (Node.js).
    authority: Path
    #: The authority and the public ones, for clients that replace theirs by it (Python).
    bundle: Path


class Unreadable(Exception):
    """The authority's files are not what we have written."""


def certificates(data_dir: Path, names: Iterable[str], now: datetime | None = None) -> Certificates:
    """Make a certificate for these host names and IP addresses, and fal's and the local ones.

    The authority is made once and kept until it has nearly expired. Raises Unreadable.
    """
    folder = data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = now or datetime.now(UTC)
    found = Certificates(
        folder / "server-key.pem", folder / "server.pem", folder / "ca.pem", folder / "bundle.pem"
    )
    authority = _authority(folder / "ca-key.pem", found.authority, now)
    wanted = list(dict.fromkeys([*_LOCAL, *filter(None, map(_identity, names)), *FAL_NAMES]))
    leaf = authority.issue_cert(
        *wanted,
        organization_name="Patchbay",
        organization_unit_name="This server",
        # A client's clock may be behind ours.
        not_before=now - timedelta(days=1),
        not_after=now + LEAF,
    )
    _write(found.key, leaf.private_key_pem.bytes(), 0o600)
    _write(found.certificate, b"".join(pem.bytes() for pem in leaf.cert_chain_pems), 0o644)
    ours = authority.cert_pem.bytes()
    _write(found.bundle, ours + Path(certifi.where()).read_bytes(), 0o644)
    return found


def _authority(key: Path, certificate: Path, now: datetime) -> trustme.CA:
    if key.exists() and certificate.exists():
        try:
            pem = certificate.read_bytes()
            ends = x509.load_pem_x509_certificate(pem).not_valid_after_utc
            kept = trustme.CA.from_pem(pem, key.read_bytes())
        except (OSError, ValueError) as error:
            raise Unreadable(f"{certificate} and {key.name} cannot be read: {error}") from error
        if ends > now + MARGIN:
            return kept
    made = trustme.CA(
        organization_name="Patchbay",
        # Clients find an authority by its name, so two of them must not share one.
        organization_unit_name=f"Local authority {secrets.token_hex(4)}",
    )
    _write(key, made.private_key_pem.bytes(), 0o600)
    _write(certificate, made.cert_pem.bytes(), 0o644)
    return made


def _identity(name: str) -> str | None:
    """Return a host as certificates name it; None for what is no single name."""
    name = name.strip("[]").lower()
    if name in ("", "*", "0.0.0.0", "::"):
        return None
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(name))
    # Django writes "any name in this domain" with a dot before it.
    name = f"*{name}" if name.startswith(".") else name
    return name if _NAME.fullmatch(name) else None


def _write(path: Path, content: bytes, mode: int) -> None:
    """Put a file in its place at once, with its mode from the beginning."""
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    partial.replace(path)
