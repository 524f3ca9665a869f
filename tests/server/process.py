"""A server process under test: its start, its memory, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30


class Process:
    """One server process and its port."""

    def __init__(self, arguments: list[str], port_file: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        wait_until(lambda: port_file.exists() or self.process.poll() is not None, START_SECONDS)
        if self.process.poll() is not None:
            raise RuntimeError(self.process.communicate()[0])
        self.port = int(port_file.read_text(encoding="ascii"))

    @property
    def memory(self) -> int:
        """Resident memory of the process now, in bytes."""
        return self._kilobytes("VmRSS") * 1024

    @property
    def peak_memory(self) -> int:
        """The most resident memory since `forget_peak`, in bytes."""
        return self._kilobytes("VmHWM") * 1024

    @property
    def busy(self) -> float:
        """Seconds of processor time the process has had so far; what others take is not in it."""
        text = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def forget_peak(self) -> None:
        """Let the kernel measure the peak again."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", encoding="ascii")

    def stop(self, seconds: float = 10) -> tuple[int, str]:
        """Send SIGTERM and return the exit code and the output; fails when it takes longer."""
        self.process.send_signal(signal.SIGTERM)
        output, _ = self.process.communicate(timeout=seconds)
        return self.process.returncode, output

    def kill(self) -> None:
        """End it whatever happens."""
        if self.process.poll() is None:
            self.process.kill()
        if self.process.stdout and not self.process.stdout.closed:
            self.process.communicate()

    def _kilobytes(self, name: str) -> int:
        text = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        line = next(line for line in text.splitlines() if line.startswith(f"{name}:"))
        return int(line.split()[1])
