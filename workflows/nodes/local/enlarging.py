"""Making an image larger with a model, tile by tile, so that its size costs time and not memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflows.nodes.local.loaded import loaded, threads, trouble

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

#: Px of a tile and of what it sees around itself, which hides its seams.
TILE, AROUND = 128, 10


@dataclass(frozen=True, slots=True)
class Net:
    """The files of a model for a factor, and how many times larger it makes an image by itself."""

    file: str
    scale: int


def net_of(model: str, factor: int) -> Net:
    """Return what makes an image `factor` times as large, or larger, which is made smaller."""
    if model == "realesrgan-fast":
        return Net(f"realesr-animevideov3-x{factor}", factor)
    return Net("realesrgan-x4plus-anime" if model.endswith("anime") else "realesrgan-x4plus", 4)


def enlarge(image: Image, model: str, folder: str, factor: int) -> Iterator[Any]:
    """Yield the share done after each tile, and at last the image, `factor` times as large."""
    import numpy as np
    from PIL import Image as Pillow

    yield 0.0
    used = net_of(model, factor)
    net = loaded(f"{model} x{factor}", folder, partial(_net, str(Path(folder) / used.file)))
    opaque = image if image.mode == "RGB" else image.convert("RGBA").convert("RGB")
    pixels = np.pad(np.asarray(opaque), ((AROUND, AROUND), (AROUND, AROUND), (0, 0)), "edge")
    width, height = image.size
    made = Pillow.new("RGB", (width * factor, height * factor))
    places = [(left, top) for top in range(0, height, TILE) for left in range(0, width, TILE)]
    for done, (left, top) in enumerate(places, 1):
        wide, high = min(TILE, width - left), min(TILE, height - top)
        seen = pixels[top : top + high + 2 * AROUND, left : left + wide + 2 * AROUND]
        edge = AROUND * used.scale
        larger = _run(net, seen, model)
        tile = Pillow.fromarray(
            larger[edge : edge + high * used.scale, edge : edge + wide * used.scale]
        )
        if used.scale != factor:
            tile = tile.resize((wide * factor, high * factor), Pillow.Resampling.BOX)
        made.paste(tile, (left * factor, top * factor))
        yield done / len(places)
    if image.has_transparency_data:
        alpha = image.convert("RGBA").getchannel("A")
        made.putalpha(alpha.resize(made.size, Pillow.Resampling.BICUBIC))
    yield made


def _net(path: str) -> Any:
    import ncnn

    net = ncnn.Net()
    net.opt.use_vulkan_compute = False
    net.opt.num_threads = threads()
    if net.load_param(f"{path}.param") or net.load_model(f"{path}.bin"):
        raise ValueError("its files cannot be read")
    return net


def _run(net: Any, pixels: NDArray[Any], model: str) -> NDArray[Any]:
    import ncnn
    import numpy as np

    height, width = pixels.shape[:2]
    source = np.ascontiguousarray(pixels)
    given = ncnn.Mat.from_pixels(source, ncnn.Mat.PixelType.PIXEL_RGB, width, height)
    given.substract_mean_normalize([], [1 / 255.0] * 3)
    run = net.create_extractor()
    run.input(net.input_names()[0], given)
    failed, output = run.extract(net.output_names()[0])
    if failed:
        wrong = MemoryError() if failed == -100 else ValueError(f"it returns {failed}")
        raise trouble(wrong, model)
    shares = np.array(output).transpose(1, 2, 0)
    made: NDArray[Any] = np.round(np.clip(shares, 0, 1) * 255).astype(np.uint8)
    return made
