"""Speaking a text with a Piper voice, sentence by sentence."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from workflows.nodes.audio.samples import resampled
from workflows.nodes.local.loaded import loaded, threads, working
from workflows.nodes.video.writing import SAMPLE_RATE, write_audio

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: A longer sentence is spoken in parts, ended where a pause does least harm.
LONGEST = 300
_END = re.compile(r"(?<=[.!?…])\s+|\n+")
_PAUSE = re.compile(r"(?<=[,;:])\s+|\s+")
_METADATA, _KEY, _VALUE = 14, 1, 2  # the fields of ONNX's ModelProto and StringStringEntryProto


def speak(
    file: BinaryIO, text: str, model: str, folder: str, speed: float, form: str
) -> Iterator[float]:
    """Write a text as an audio file; yields the share done."""
    yield 0.0
    voice = loaded(model, folder, partial(_voice, folder))
    said = _Progress(sentences(text))
    chunks = resampled(said.spoken(voice, speed, model), voice.sample_rate, SAMPLE_RATE, 2)
    for _ in write_audio(file, chunks, form):
        yield said.share


class _Progress:
    """Sentences that are spoken one after the other, and how many characters of them were."""

    def __init__(self, rows: list[str]) -> None:
        self._rows = rows
        self._all = sum(map(len, rows)) or 1
        self._done = 0

    @property
    def share(self) -> float:
        """How much is spoken, 0 to 1."""
        return self._done / self._all

    def spoken(self, voice: Any, speed: float, model: str) -> Iterator[NDArray[Any]]:
        """Yield the samples of each sentence."""
        import numpy as np

        for row in self._rows:
            with working(model):
                made = voice.generate(row, sid=0, speed=speed)
            self._done += len(row)
            yield np.asarray(made.samples, np.float32)


def sentences(text: str) -> list[str]:
    """Take a text apart into what is spoken at once."""
    found: list[str] = []
    for sentence in _END.split(text):
        rest = sentence.strip()
        while len(rest) > LONGEST:
            breaks = [match.start() for match in _PAUSE.finditer(rest, 0, LONGEST)]
            commas = [at for at in breaks if rest[at - 1 : at] in (",", ";", ":")]
            at = (commas or breaks or [LONGEST])[-1] or LONGEST
            found.append(rest[:at].strip())
            rest = rest[at:].strip()
        if rest:
            found.append(rest)
    return found


def _voice(folder: str) -> Any:
    """Load a voice of Piper as sherpa-onnx wants it: facts in the model, and a list of tokens."""
    import espeakng_loader
    import sherpa_onnx

    config = json.loads((Path(folder) / "voice.json").read_text(encoding="utf-8"))
    facts = {
        "model_type": "vits",
        "comment": "piper",
        "language": config.get("language", {}).get("name_english", "English"),
        "voice": config["espeak"]["voice"],
        "has_espeak": 1,
        "n_speakers": config["num_speakers"],
        "sample_rate": config["audio"]["sample_rate"],
    }
    # A message of Protocol Buffers goes on with whatever is appended to it.
    more = b"".join(_fact(key, str(value)) for key, value in facts.items())
    tokens = "".join(f"{sign} {ids[0]}\n" for sign, ids in config["phoneme_id_map"].items())
    model = _memory((Path(folder) / "voice.onnx").read_bytes() + more)
    try:
        names = _memory(tokens.encode())
        try:
            vits = sherpa_onnx.OfflineTtsVitsModelConfig(
                model=f"/proc/self/fd/{model}",
                lexicon="",
                tokens=f"/proc/self/fd/{names}",
                data_dir=str(espeakng_loader.get_data_path()),
            )
            made = sherpa_onnx.OfflineTtsModelConfig(vits=vits, num_threads=threads())
            return sherpa_onnx.OfflineTts(sherpa_onnx.OfflineTtsConfig(model=made))
        finally:
            os.close(names)
    finally:
        os.close(model)


def _memory(body: bytes) -> int:
    """Return a descriptor of a file in memory."""
    descriptor = os.memfd_create("voice", os.MFD_CLOEXEC)
    with open(descriptor, "wb", closefd=False) as file:
        file.write(body)
    return descriptor


def _fact(key: str, value: str) -> bytes:
    return _field(_METADATA, _field(_KEY, key.encode()) + _field(_VALUE, value.encode()))


def _field(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    found.append(number)
    return bytes(found)
