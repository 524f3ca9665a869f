"""Separating a subject from its background with a model: how opaque each pixel of it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflows.errors import NodeError
from workflows.nodes.local.loaded import loaded, threads, trouble, working

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Form:
    """What a model wants: a square of `side` px, its colors less `mean` over `spread`.

    `logits` says that what it returns is still to become a share.
    """

    side: int
    mean: tuple[float, float, float]
    spread: tuple[float, float, float]
    logits: bool = False


_IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
FORMS = {
    "isnet": Form(1024, (0.5, 0.5, 0.5), (1.0, 1.0, 1.0)),
    "birefnet-lite": Form(1024, *_IMAGENET, logits=True),
    "u2netp": Form(320, *_IMAGENET),
}
#: A model that is sure of no pixel has found nothing.
SURE = 0.5


def matte(image: Image, model: str, folder: str) -> Iterator[Any]:
    """Yield (share done, what is done), and at last the subject's opacity as a gray image.

    It is of the model's own size. Raises NodeError when there is no subject.
    """
    import numpy as np
    from PIL import Image as Pillow

    yield 0.1, "Loading the model"
    session = loaded(model, folder, partial(_session, str(Path(folder) / f"{model}.onnx")))
    yield 0.3, "Looking for the subject"
    form = FORMS[model]
    found: NDArray[Any] = _run(session, _prepared(image, form), model).squeeze()
    if found.ndim != 2:
        raise trouble(ValueError(f"it returns {found.ndim} dimensions"), model)
    if form.logits:
        found = 1 / (1 + np.exp(-found.astype(np.float32)))
    most = float(found.max())
    if not most > SURE:  # nothing, or no number
        raise NodeError(
            "No subject stands out from the background.",
            field="image",
            expected="an image with a clear subject, or the method color",
        )
    levels = np.round(np.clip(found / most, 0, 1) * 255).astype(np.uint8)
    yield Pillow.fromarray(levels)


def _session(path: str) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads(), 1
    # Its arena keeps twice of what a run takes; without, memory is returned after each.
    options.enable_cpu_mem_arena = False
    # Threads that wait for each other by spinning take the cores from everybody else.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options)


def _prepared(image: Image, form: Form) -> NDArray[Any]:
    import numpy as np
    from PIL import Image as Pillow

    small = image.convert("RGB").resize((form.side, form.side), Pillow.Resampling.LANCZOS)
    shares = np.asarray(small).astype(np.float32)
    shares = shares / max(float(shares.max()), 1.0)
    shares = (shares - np.array(form.mean)) / np.array(form.spread)
    prepared: NDArray[Any] = np.ascontiguousarray(shares.transpose(2, 0, 1)[None], np.float32)
    return prepared


def _run(session: Any, pixels: NDArray[Any], model: str) -> NDArray[Any]:
    with working(model):
        outputs, inputs = session.get_outputs(), session.get_inputs()
        found: NDArray[Any] = session.run([outputs[0].name], {inputs[0].name: pixels})[0]
    return found
