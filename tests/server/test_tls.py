"""The local authority: what it signs, what it keeps, and https served beside http."""

from __future__ import annotations

import os
import re
import ssl
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from canvas import tls
from tests.browser.server import Server
from tests.clients.outside import ROOT
from tests.logging_in import log_in


def names_of(pem: bytes) -> set[str]:
    """Return the names and IP addresses of a certificate."""
    found = x509.load_pem_x509_certificate(pem).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    return {str(name.value) for name in found.value}


def test_a_certificate_has_our_names_and_fals(tmp_path: Path) -> None:
    made = tls.certificates(
        tmp_path, ["0.0.0.0", "patchbay.example", ".team.example", "[fd00::1]", "*", "a_b", ""]
    )
    names = names_of(made.certificate.read_bytes())
    assert {"patchbay.example", "*.team.example", "fd00::1", "127.0.0.1", "localhost"} <= names
    assert {"fal.run", "*.fal.run", "falrun.com", "*.falrun.com", "*.fal.media"} <= names
    assert not {"0.0.0.0", "*", "a_b"} & names


def test_keys_are_the_owners_alone(tmp_path: Path) -> None:
    made = tls.certificates(tmp_path, [])
    for key in (made.key, made.authority.with_name("ca-key.pem")):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_authority_stays_until_it_has_nearly_expired(tmp_path: Path) -> None:
    first = tls.certificates(tmp_path, [])
    authority, leaf = first.authority.read_bytes(), first.certificate.read_bytes()
    again = tls.certificates(tmp_path, [])
    assert again.authority.read_bytes() == authority
    assert again.certificate.read_bytes() != leaf
    end = x509.load_pem_x509_certificate(authority).not_valid_after_utc
    later = tls.certificates(tmp_path, [], now=end - tls.LEAF)
    assert later.authority.read_bytes() != authority
    assert later.bundle.read_bytes().startswith(later.authority.read_bytes())


def test_a_certificate_is_good_for_a_year_and_from_yesterday(tmp_path: Path) -> None:
    now = datetime(2027, 3, 1, tzinfo=UTC)
    made = tls.certificates(tmp_path, [], now=now)
    leaf = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    assert leaf.not_valid_before_utc < now
    assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days == 398


def test_the_bundle_trusts_the_public_authorities_too(tmp_path: Path) -> None:
    made = tls.certificates(tmp_path, [])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(made.bundle)
    assert len(context.get_ca_certs()) > 50


def test_a_damaged_authority_is_named_and_not_replaced(tmp_path: Path) -> None:
    made = tls.certificates(tmp_path, [])
    made.authority.write_text("nonsense")
    with pytest.raises(tls.Unreadable, match=re.escape(str(made.authority))):
        tls.certificates(tmp_path, [])
    assert made.authority.read_text() == "nonsense"


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that listens for https too."""
    server = Server(tmp_path_factory.mktemp("tls"), tls=True)
    server.start()
    yield server
    server.stop()


def trust(server: Server) -> ssl.SSLContext:
    """Return a context that trusts what the server tells Python's clients to trust."""
    return ssl.create_default_context(cafile=str(server.folder / "data" / "tls" / "bundle.pem"))


@pytest.mark.slow
def test_https_is_served_beside_http(secure: Server) -> None:
    for url, context in ((secure.url, None), (f"https://127.0.0.1:{secure.tls_port}", "tls")):
        given = trust(secure) if context else None
        with urllib.request.urlopen(f"{url}/healthz", timeout=20, context=given) as answer:
            assert answer.read() == b'{"status": "ok"}'


@pytest.mark.slow
def test_the_start_prints_what_clients_must_set(secure: Server) -> None:
    place, folder = f"127.0.0.1:{secure.tls_port}", secure.folder / "data" / "tls"
    said = secure.output()
    assert f"FAL_RUN_HOST={place}/fal/run FAL_QUEUE_RUN_HOST={place}/fal/queue" in said
    assert f"SSL_CERT_FILE={folder / 'bundle.pem'}" in said
    assert f"NODE_EXTRA_CA_CERTS={folder / 'ca.pem'}" in said


@pytest.mark.slow
def test_a_page_opened_by_https_may_open_the_socket_by_https_and_no_other_may(
    secure: Server,
) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in log_in(secure.login_link).items())
    place = f"127.0.0.1:{secure.tls_port}"

    def opened(origin: str) -> bool:
        try:
            with connect(
                f"wss://{place}/ws/canvas",
                origin=Origin(origin),
                ssl=trust(secure),
                additional_headers={"Cookie": cookie},
            ):
                return True
        except InvalidStatus:
            return False

    assert opened(f"https://{place}")
    assert not opened(f"http://{place}")
    assert not opened("https://evil.example")


@pytest.mark.slow
def test_old_versions_of_tls_are_refused(secure: Server) -> None:
    context = trust(secure)
    with pytest.warns(DeprecationWarning):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(
            f"https://127.0.0.1:{secure.tls_port}/healthz", timeout=20, context=context
        )


@pytest.mark.slow
def test_a_port_that_is_taken_is_named_with_its_setting(secure: Server, tmp_path: Path) -> None:
    other = Server(tmp_path, tls=True)
    done = subprocess.run(
        [sys.executable, "manage.py", "serve", "--tls", "--tls-port", str(secure.tls_port)],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(tmp_path / "data"), "PORT": str(other.port)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert f"Port {secure.tls_port} on 127.0.0.1 cannot be used" in done.stderr
    assert "TLS_PORT" in done.stderr
