"""How log lines look: plain for a terminal, JSON for a collector."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from workflows.log_facts import log_facts

#: Facts a log call may pass as `extra=`, besides those of its request or run.
FACTS = ("request_id", "run_id", "node_id", "workflow")


def _facts(record: logging.LogRecord) -> dict[str, str]:
    own = {name: str(getattr(record, name)) for name in FACTS if hasattr(record, name)}
    return {**log_facts(), **own}


class JsonFormatter(logging.Formatter):
    """One JSON object a line; control characters cannot forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        """Format one record."""
        row = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_facts(record),
        }
        if record.exc_info:
            row["error"] = self.formatException(record.exc_info)
        return json.dumps(row, ensure_ascii=True)


class PlainFormatter(logging.Formatter):
    """`12:30:01 WARNING logger: message (run_id=…)`."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", "%H:%M:%S", style="{")

    def format(self, record: logging.LogRecord) -> str:
        """Format one record, its facts in brackets behind."""
        text = super().format(record)
        facts = ", ".join(f"{name}={fact}" for name, fact in _facts(record).items())
        return f"{text} ({facts})" if facts else text
