"""Every local model is documented with its licenses, its size and where its files come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflows.billing import prices
from workflows.graph.ports import TASKS
from workflows.nodes.local import pack
from workflows.nodes.local.model import Local
from workflows.nodes.models.providers import PROVIDERS

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "models.md"


def expected(model: Local) -> str:
    """Write a model's row."""
    library = f"{model.library.name}, {model.library.license}"
    if model.library.variable:
        library += f" (`{model.library.variable}`)"
    archive = model.archive
    links = [
        f"[`{file.name}`]({file.url})" if file.url else f"`{file.name}`" for file in model.files
    ]
    if archive is not None:
        links.append(f"from `models/` of [this archive]({archive.url})")
    cells = (
        f"[{model.name}]({model.source})",
        f"`{model.id}`",
        TASKS[model.task],
        library,
        model.weights_license,
        pack.size(model.bytes) if model.files else "with its library",
        ", ".join(links) or "\N{EN DASH}",
    )
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("model", pack.MODELS, ids=lambda model: model.id)
def test_a_local_model_is_documented_as_it_is(model: Local) -> None:
    assert expected(model) in PAGE.read_text(encoding="utf-8").splitlines()


def test_no_documented_model_is_gone() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:3] == "| ["]
    assert rows == [expected(model) for model in pack.MODELS]


def test_the_prices_are_those_of_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for row in (
        *((TASKS[task], price) for task, price in prices.BY_TASK.items()),
        *(
            (f"{TASKS[task]}, {PROVIDERS[provider].name}", price)
            for (task, provider), price in prices.BY_PROVIDER.items()
        ),
        *((f"`{model}`", price) for model, price in prices.BY_MODEL.items()),
    ):
        assert f"| {row[0]} | {row[1]:g} |" in text
