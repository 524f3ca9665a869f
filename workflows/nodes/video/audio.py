"""What the nodes for audio share: their usual ports, joining, mixing, louder and faster audio."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.recipes import later
from workflows.nodes.video.filters import pulled
from workflows.nodes.video.moments import Heard
from workflows.nodes.video.videos import name_of, work
from workflows.nodes.video.writing import FORMATS, SAMPLE_RATE, write_audio
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from numpy.typing import NDArray

CATEGORY = "Audio"
AUDIO = Input("audio", "audio", "Audio", required=True)
AUDIO_OUT = Output("audio", "audio", "Audio")
FORMAT = Input(
    "format",
    "text",
    "Format",
    default="mp3",
    widget="pills",
    options=tuple(FORMATS),
    labels={name: name.upper() for name in FORMATS},
)
VOLUME = Input(
    "volume", "number", "Volume", default=100, widget="slider", min=0, max=400, step=5, unit="%"
)

_BLOCK = SAMPLE_RATE // 10  # samples worked on at once
_TEMPO = (0.5, 2.0)  # what one pass of FFmpeg's atempo does well


async def save_audio(
    context: Context,
    chunks: Iterator[NDArray[Any]],
    form: str,
    *,
    seconds: float,
    suffix: str,
    source: Json = None,
    bitrate: str = "192k",
) -> JsonObject:
    """Write the samples of a recipe as audio of about `seconds` seconds; return its reference."""
    _, _, content_type, ending = FORMATS[form]
    with context.new_file() as file:
        recipe = later(write_audio, file, chunks, form, bitrate)
        await work(context, recipe, seconds, "Writing")
        name = name_of(source, suffix, ending)
        return await context.save_bytes(file, name=name, content_type=content_type)


def louder(chunks: Iterable[NDArray[Any]], percent: float) -> Iterator[NDArray[Any]]:
    """Change how loud audio is."""
    for chunk in chunks:
        yield chunk if percent == 100 else chunk * (percent / 100)


def silence(seconds: float) -> Iterator[NDArray[Any]]:
    """Yield nothing to be heard, for so long."""
    import numpy as np

    left = round(seconds * SAMPLE_RATE)
    while left > 0:
        yield np.zeros((2, min(left, _BLOCK)), np.float32)
        left -= _BLOCK


def mixed(
    rows: Sequence[tuple[Iterable[NDArray[Any]], float]], seconds: float
) -> Iterator[NDArray[Any]]:
    """Add audio files up, each as loud as its share says; what is too loud is cut when written."""
    import numpy as np

    heard = [(Heard(chunks), np.float32(share)) for chunks, share in rows]
    left = round(seconds * SAMPLE_RATE)
    while left > 0:
        count = min(left, _BLOCK)
        sheet = np.zeros((2, count), np.float32)
        for audio, share in heard:
            sheet += audio.take(count) * share
        yield sheet
        left -= count


def faster(chunks: Iterable[NDArray[Any]], factor: float) -> Iterator[NDArray[Any]]:
    """Play audio `factor` times as fast; voices keep their pitch."""
    import av

    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=SAMPLE_RATE, format="fltp", layout="stereo")
    last, left = source, factor
    while left != 1.0:
        step = min(max(left, _TEMPO[0]), _TEMPO[1])
        left = left / step if abs(left / step - 1) > 1e-9 else 1.0
        link = graph.add("atempo", f"{step:.6f}")
        last.link_to(link)
        last = link
    sink = graph.add("abuffersink")
    wanted = f"sample_fmts=fltp:sample_rates={SAMPLE_RATE}:channel_layouts=stereo"
    form = graph.add("aformat", wanted)
    last.link_to(form)
    form.link_to(sink)
    graph.configure()
    place = 0
    for chunk in chunks:
        source.push(_frame(chunk, place))
        place += chunk.shape[1]
        yield from (part.to_ndarray() for part in pulled(sink))
    source.push(None)
    yield from (part.to_ndarray() for part in pulled(sink))


def _frame(chunk: NDArray[Any], place: int) -> Any:
    import numpy as np
    from av import AudioFrame

    frame = AudioFrame.from_ndarray(
        np.ascontiguousarray(chunk, dtype=np.float32), format="fltp", layout="stereo"
    )
    frame.sample_rate = SAMPLE_RATE
    frame.pts, frame.time_base = place, Fraction(1, SAMPLE_RATE)
    return frame
