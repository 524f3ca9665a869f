"""A chain of video nodes joined into one pass shows what the same nodes show one after another."""

from __future__ import annotations

import json
import math
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import clips as made
from workflows.media.clips import open_clip
from workflows.nodes.recipes import decoded, encoded, kept, later
from workflows.nodes.video.derived import from_json, to_json

from .context import FakeContext, run

FACTS = ("width", "height", "rate", "has_audio")
#: So much may frames differ that were encoded several times; 30 is hard to see.
LEAST_PSNR = 30.0


class Joining(FakeContext):
    """Keeps recipes as the engine does: written down, and read again by the next node."""

    def __init__(self) -> None:
        super().__init__()
        self.recipes: dict[str, Any] = {}
        self.files: list[Any] = []
        self.joins = True

    async def keep_clip(self, clip: Any, *, name: str) -> dict[str, Any] | None:
        if not self.joins:
            return None

        def leaf(file: Any) -> dict[str, Any]:
            self.files.append(file)
            return {"file": len(self.files) - 1}

        id = f"recipe-{len(self.recipes)}"
        self.recipes[id] = json.loads(json.dumps(to_json(clip, leaf)))
        return {"asset": id, "url": f"/media/{id}", "name": name}

    async def load_clip(self, value: Any, *, field: str, kind: str = "video") -> Any:
        text = self.recipes.get(value["asset"])
        if text is None:
            return await super().load_clip(value, field=field, kind=kind)
        return from_json(text, lambda leaf: self.files[leaf["file"]])


seconds = st.floats(0, 1.2).map(lambda value: round(value, 2))
trim = st.tuples(seconds, st.floats(0.3, 3)).map(
    lambda at: ("trimVideo", {"start": at[0], "length": round(at[1], 2)})
)
resize = st.tuples(
    st.sampled_from((32, 50, 80)),
    st.sampled_from((32, 66)),
    st.sampled_from(("fit", "pad", "crop")),
).map(lambda at: ("resizeVideo", {"width": at[0], "height": at[1], "mode": at[2]}))
subtitles = st.sampled_from(("Hi", "W\nW")).map(
    lambda text: ("subtitles", {"text": f"00:00.200 --> 00:01.500\n{text}", "size": 12})
)
speed = st.tuples(
    st.sampled_from((0.5, 0.75, 1.5, 2)), st.sampled_from(("keep pitch", "none"))
).map(lambda at: ("speedVideo", {"speed": at[0], "sound": at[1]}))


def frames(body: bytes) -> np.ndarray:
    clip = open_clip(BytesIO(body), "video")
    return np.array([np.asarray(clip.frame_image(frame)) for _, frame in clip.frames()], np.float64)


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    error = float(((one - other) ** 2).mean())
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


async def chained(context: FakeContext, video: Any, steps: list[Any]) -> bytes:
    for number, (type, values) in enumerate(steps):
        if isinstance(context, Joining):
            context.joins = number < len(steps) - 1
        video = (await run(context, type, video=video, **values))["video"]
    body: bytes = context.assets[video["asset"]]
    return body


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rate=st.sampled_from((10, 25)),
    steps=st.lists(st.one_of(trim, resize, subtitles, speed), min_size=2, max_size=4),
)
async def test_one_pass_equals_step_by_step(rate: int, steps: list[Any]) -> None:
    film = made.video(3, (64, 48), rate=rate)
    apart, joined = FakeContext(), Joining()
    slow = fast = b""
    error = ""
    try:
        slow = await chained(apart, apart.keep(film, "video/mp4", "film.mp4"), steps)
    except Exception as raised:
        error = str(raised)
    try:
        fast = await chained(joined, joined.keep(film, "video/mp4", "film.mp4"), steps)
    except Exception as raised:
        # Lengths may differ by a frame, of which the words speak.
        assert error, raised
        return
    assert not error
    one, other = (open_clip(BytesIO(body), "video") for body in (slow, fast))
    assert [getattr(one, fact) for fact in FACTS] == [getattr(other, fact) for fact in FACTS]
    assert one.duration == pytest.approx(other.duration, abs=2.5 / rate)
    a, b = frames(slow), frames(fast)
    assert abs(len(a) - len(b)) <= 1
    least = min(len(a), len(b))
    # Where the color changes, a cut that is a frame off would show at once.
    likes = [psnr(x, y) for x, y in zip(a[:least], b[:least], strict=True)]
    assert sorted(likes)[len(likes) // 10] > LEAST_PSNR, likes


@kept("test double")
def double(number: int, first: int = 0) -> int:
    return number * 2 + first


def test_a_recipe_is_read_as_it_was_written() -> None:
    recipe = later(double, 21)
    text = json.loads(json.dumps(encoded(recipe, lambda value: None)))
    assert decoded(text, lambda value: None)(first=1) == 43


def test_what_is_not_kept_cannot_be_written_down() -> None:
    with pytest.raises(TypeError, match="cannot have partial"):
        encoded(later(print, 1), lambda value: None)
    with pytest.raises(KeyError):
        decoded({"do": "os.system", "of": ["true"]}, lambda value: None)
