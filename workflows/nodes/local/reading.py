"""Reading the text in an image with PP-OCR, which comes with its library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from workflows.nodes.local.loaded import loaded, threads, working
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

NAME = "ppocr"


def read(image: Image) -> Iterator[Any]:
    """Yield (share done, what is done), and at last the pieces of text as they are read.

    A piece has `text`, `score` (0 to 1) and `box`, four corners (x, y in px) from the top left on.
    """
    import numpy as np

    yield 0.1, "Loading the model"
    engine = loaded(NAME, "", _engine)
    yield 0.3, "Reading"
    pixels = np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
    with working(NAME):
        found = engine(pixels)
    if found.txts is None or found.boxes is None:
        yield []
        return
    rows = zip(found.txts, found.scores, found.boxes, strict=True)
    yield [
        {
            "text": str(text),
            "score": round(float(score), 4),
            "box": [[round(float(x), 1), round(float(y), 1)] for x, y in box],
        }
        for text, score, box in rows
    ]


def lines_of(chunks: list[JsonObject]) -> list[list[JsonObject]]:
    """Put pieces that are beside each other into one line, lines from top to bottom."""
    lines: list[tuple[float, float, list[JsonObject]]] = []
    for chunk in sorted(chunks, key=lambda chunk: _middle(chunk)[0]):
        middle, height = _middle(chunk)
        if lines and abs(middle - lines[-1][0]) < min(height, lines[-1][1]) / 2:
            lines[-1][2].append(chunk)
        else:
            lines.append((middle, height, [chunk]))
    return [sorted(line, key=lambda chunk: float(chunk["box"][0][0])) for _, _, line in lines]


def _middle(chunk: JsonObject) -> tuple[float, float]:
    """Return the middle of a piece from the top, and its height."""
    tops = [float(y) for _, y in chunk["box"]]
    return (min(tops) + max(tops)) / 2, max(tops) - min(tops)


def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": threads(),
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
