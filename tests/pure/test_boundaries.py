"""Where any exception is caught: at the boundaries, which are listed here, and nowhere else."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from workflows.boundaries import background, foreign

ROOT = Path(__file__).parent.parent.parent
ANY = {"Exception", "BaseException"}

BOUNDARIES = {
    # Code of others: a node's, a package's, a library's.
    ("workflows/boundaries.py", "foreign"),
    ("workflows/engine/step.py", "run_step"),
    ("workflows/nodes/packages.py", "_load"),
    ("workflows/nodes/packages.py", "_name"),
    # A request, a message of a socket.
    ("workflows/api/errors.py", "wrapped"),
    ("workflows/compat/fal/sockets.py", "_work"),
    ("canvas/consumers.py", "receive"),
    ("canvas/consumers.py", "_relay"),
    ("canvas/consumers.py", "_follow"),
    ("canvas/consumers.py", "_follow_queue"),
    ("canvas/consumers.py", "_show_comments"),
    # Work in the background. A run and a batch of the journal end with an error of their own.
    ("workflows/boundaries.py", "background"),
    ("workflows/engine/heartbeat.py", "_run"),
    ("workflows/engine/jobs.py", "serve"),
    ("workflows/engine/scheduler.py", "_run"),
    ("workflows/journal/writer.py", "_take"),
    ("workflows/journal/writer.py", "_commit"),
    ("workflows/webhooks/deliveries.py", "_body"),
    # Between threads and processes: handed on to whoever waits.
    ("workflows/engine/host/writing.py", "_run"),
    ("workflows/engine/limits.py", "_work"),
    ("workflows/services/library/grouped.py", "_lead"),
    ("workflows/media/processes/main.py", "_serve"),
    ("workflows/media/processes/pool.py", "_serve"),
    ("workflows/media/processes/pool.py", "run"),
}


def test_any_exception_is_caught_at_the_boundaries_alone() -> None:
    found = set()
    for room in ("workflows", "canvas"):
        for path in sorted((ROOT / room).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {(str(path.relative_to(ROOT)), name) for name in catching(tree)}
    assert found == BOUNDARIES


def catching(tree: ast.AST, within: str = "") -> Iterator[str]:
    """Yield the functions that catch any exception and do not raise it again."""
    for node in ast.iter_child_nodes(tree):
        name = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else within
        if isinstance(node, ast.ExceptHandler):
            again = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            if (node.type is None or is_any(node.type)) and not again:
                yield name
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            yield from [name for argument in node.args if is_any(argument)]
        yield from catching(node, name)


def is_any(caught: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id in ANY for node in ast.walk(caught))


@pytest.mark.parametrize(
    "body",
    [
        "try: ...\n    except Exception: pass",
        "try: ...\n    except (OSError, BaseException): pass",
        "try: ...\n    except: pass",
        "try: ...\n    except Exception as error: raise ValueError from error",
        "with contextlib.suppress(Exception): ...",
    ],
)
def test_every_way_to_catch_any_exception_is_seen(body: str) -> None:
    assert list(catching(ast.parse(f"def f():\n    {body}"))) == ["f"]


def test_cleaning_up_before_it_goes_on_is_no_boundary() -> None:
    body = "try: ...\n    except BaseException:\n        close()\n        raise"
    assert list(catching(ast.parse(f"def f():\n    {body}"))) == []


def test_a_failure_in_the_background_is_logged_where_it_happened(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with background(logging.getLogger("a"), "the %s failed", "sweep"):
        raise ZeroDivisionError
    (record,) = caplog.records
    assert record.getMessage() == "the sweep failed"
    assert record.exc_info is not None and record.filename == Path(__file__).name


def test_being_cancelled_is_no_failure() -> None:
    with pytest.raises(KeyboardInterrupt), background(logging.getLogger("a"), "failed"):
        raise KeyboardInterrupt


def test_what_a_library_raises_gets_our_name() -> None:
    with pytest.raises(LookupError) as caught, foreign(lambda error: LookupError(str(error))):
        raise ZeroDivisionError("by zero")
    assert str(caught.value) == "by zero"
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
