"""Writing down what is said, with Whisper."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from workflows.nodes.audio.samples import resampled
from workflows.nodes.local.loaded import loaded, threads, working
from workflows.nodes.video.writing import SAMPLE_RATE
from workflows.types import JsonObject

if TYPE_CHECKING:
    from workflows.nodes.context import Clip

RATE = 16_000  # samples a second that Whisper hears


def transcribe(
    clip: Clip, model: str, folder: str, language: str, translate: bool
) -> Iterator[Any]:
    """Yield (share done, what is done), and at last what was said.

    It has `language`, `text` and `words`, each a `word` with `start` and `end` in seconds and
    `sure` (0 to 1). An empty `language` is found out.
    """
    import numpy as np

    yield 0.0, "Loading the model"
    whisper = loaded(model, folder, partial(_whisper, folder))
    yield 0.02, "Listening"
    chunks = [chunk[0] for chunk in resampled(clip.audio(), SAMPLE_RATE, RATE, 1)]
    speech = np.concatenate(chunks) if chunks else np.zeros(0, np.float32)
    words: list[JsonObject] = []
    text = ""
    spoken = language or "en"
    with working(model):
        if len(speech):
            _seed()
            found, facts = whisper.transcribe(
                speech,
                language=language or None,
                task="translate" if translate else "transcribe",
                word_timestamps=True,
                vad_filter=True,  # it makes words up in silence
            )
            spoken = facts.language
            for part in found:
                text += part.text
                words += [_word(word) for word in part.words or ()]
                yield min(1.0, float(part.end) * RATE / len(speech)), "Listening"
    yield {"language": str(spoken), "text": text.strip(), "words": words}


def _word(word: Any) -> JsonObject:
    return {
        "word": str(word.word).strip(),
        "start": round(float(word.start), 3),
        "end": round(float(word.end), 3),
        "sure": round(float(word.probability), 3),
    }


def _seed() -> None:
    """Have what it guesses be the same each time."""
    from ctranslate2 import set_random_seed

    set_random_seed(1)


def _whisper(folder: str) -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(
        folder,
        device="cpu",
        compute_type="int8",
        cpu_threads=threads(),
        local_files_only=True,
    )
