"""Finding faces with YuNet, by the detector that OpenCV has for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflows.nodes.local.loaded import loaded, working
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

NAME = "yunet"
#: What an image is scaled to before it is searched, px of the longer side.
SIDE = 1280
#: What overlaps more is the same face, share of the area.
OVERLAP = 0.3
MOST = 5000
#: The points of a face, in the detector's order, as the person in the image has them.
POINTS = ("rightEye", "leftEye", "nose", "mouthRight", "mouthLeft")


def find(image: Image, folder: str, sure: float) -> Iterator[Any]:
    """Yield (share done, what is done), and at last the faces, the largest first.

    A face has `x`, `y`, `width`, `height` in px from the top left, `score` (0 to 1) and `points`
    (eyes, nose and corners of the mouth as x, y in px). `sure` is the least score.
    """
    import numpy as np

    yield 0.1, "Loading the model"
    detector = loaded(NAME, folder, lambda: _detector(folder))
    yield 0.3, "Looking for faces"
    small = image.convert("RGB")
    small.thumbnail((SIDE, SIDE))
    scale = image.width / small.width
    pixels = np.ascontiguousarray(np.asarray(small)[:, :, ::-1])
    with working(NAME):
        detector.setInputSize(small.size)
        detector.setScoreThreshold(sure)
        _, rows = detector.detect(pixels)
    faces = [_face(row, scale, image.size) for row in (rows if rows is not None else [])]
    yield sorted(
        (face for face in faces if face["width"] > 0 and face["height"] > 0),
        key=lambda face: -face["width"] * face["height"],
    )


def _face(row: Any, scale: float, size: tuple[int, int]) -> JsonObject:
    """Return a row of the detector (box, five points, score) in px of the whole image."""
    left, top, width, height, *places, score = (float(number) for number in row)
    right = min(size[0], round((left + width) * scale))
    bottom = min(size[1], round((top + height) * scale))
    left, top = max(0, round(left * scale)), max(0, round(top * scale))
    found = [round(place * scale, 1) for place in places]
    points: JsonObject = {
        name: [found[2 * number], found[2 * number + 1]] for number, name in enumerate(POINTS)
    }
    return {
        "x": left,
        "y": top,
        "width": right - left,
        "height": bottom - top,
        "score": round(score, 4),
        "points": points,
    }


def _detector(folder: str) -> Any:
    import cv2

    cv2.utils.logging.setLogLevel(
        cv2.utils.logging.LOG_LEVEL_ERROR
    )  # errors alone: it warns of a target that it cannot choose
    (weights,) = Path(folder).glob("*.onnx")
    return cv2.FaceDetectorYN.create(str(weights), "", (320, 320), 0.6, OVERLAP, MOST)
