"""Real nginx with the file we ship, adapted in nothing but ports, paths and processes behind it."""

from __future__ import annotations

import os
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest

from canvas import tls
from tests import machine
from tests.machine import must_have_everything
from tests.ports import free_port
from tests.server.process import ROOT
from tests.waiting import wait_until

DEPLOY = ROOT / "deploy"
NAME = "patchbay.example"


def needed(path: str | None, name: str) -> str:
    """Return the path of a program; without it the test is skipped, in CI it fails."""
    if path is None and must_have_everything():
        pytest.fail(f"{name} is not installed")
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


class Nginx:
    """deploy/nginx.conf on ports of loopback, with a certificate of a local authority."""

    def __init__(self, folder: Path, *behind: int) -> None:
        self.program = needed(machine.nginx(), "nginx")
        self.plain, self.secure = free_port(), free_port()
        made = tls.certificates(folder, [NAME])
        self.trust = ssl.create_default_context(cafile=made.authority)
        text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
        for ours, here in (
            ("listen 80;", f"listen 127.0.0.1:{self.plain};"),
            ("listen 443 ", f"listen 127.0.0.1:{self.secure} "),
            ("server 127.0.0.1:8000;", " ".join(f"server 127.0.0.1:{port};" for port in behind)),
            (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", str(made.certificate)),
            (f"/etc/letsencrypt/live/{NAME}/privkey.pem", str(made.key)),
        ):
            assert ours in text
            text = text.replace(ours, here)
        (folder / "site.conf").write_text(text, encoding="utf-8")
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
        whole = (
            f"{'user root;' if os.geteuid() == 0 else ''}\n"
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
            f"events {{}}\nhttp {{ access_log off;\n{paths}include {folder}/site.conf; }}\n"
        )
        self.conf = folder / "nginx.conf"
        self.conf.write_text(whole, encoding="utf-8")
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str) -> list[str]:
        log = str(self.conf.parent / "error.log")
        return [self.program, "-e", log, "-c", str(self.conf), *arguments]

    def start(self) -> None:
        self.process = subprocess.Popen(self.command())
        wait_until(lambda: self.conf.with_name("pid").exists())

    def client(self) -> httpx.Client:
        """Return a client that dials this nginx and asks it for the site's name."""
        base = f"https://127.0.0.1:{self.secure}"
        client = httpx.Client(base_url=base, headers={"Host": NAME}, verify=self.trust, timeout=20)
        client.event_hooks = {"request": [name_the_site]}
        return client

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)


def name_the_site(request: httpx.Request) -> None:
    """Let TLS ask for the site's name, whatever host is dialled."""
    request.extensions["sni_hostname"] = NAME
