"""fal's utility endpoints for one video after the other, in the words of our node types.

Fields and defaults are those of fal's published types; what ours cannot do (other containers than
MP4, the quality of a GIF's palette) is not declared, and `docs/fal.md` says what is there.
"""

from __future__ import annotations

from contextlib import aclosing
from fractions import Fraction
from typing import Any

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.fal.equivalents import (
    UTILITIES,
    Call,
    equivalent,
    fal_file,
    given,
    read,
    renamed,
)
from workflows.nodes.fal.fields import choice, number, switch
from workflows.nodes.video.extract_frames import nth
from workflows.nodes.video.merge_videos import open_all
from workflows.nodes.video.videos import rate_of
from workflows.types import Json, JsonObject

FFMPEG = "fal-ai/ffmpeg-api"
VIDEO = (Output("video", "video", "Video"),)
#: What fal calls the usual sizes.
SIZES = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}

_URL = Input("video_url", "video", "Video", required=True, widget="asset")


async def video_of(context: Context, call: Call, arguments: JsonObject) -> JsonObject:
    """Make a call and return its video as fal does."""
    return {"video": fal_file((await call(context, arguments))["video"])}


_FRAME = (_URL, choice("frame_type", "Frame", "first", "first", "middle", "last"))


@equivalent(
    f"{FFMPEG}/extract-frame",
    inputs=_FRAME,
    outputs=(Output("frame", "image", "Frame"), Output("images", "list<image>", "The same")),
)
async def extract_frame(context: Context, arguments: JsonObject) -> JsonObject:
    """Takes the first, the middle or the last image out of a video."""
    call = Call("extractFrame", {"video_url": "video", "frame_type": "which"})
    frame = fal_file((await call(context, given(_FRAME, arguments)))["image"])
    return {"frame": frame, "images": [frame]}


_NTH = (
    _URL,
    number("frame_interval", "Every nth", 12, 1, 10_000),
    number("max_frames", "Max frames", 100, 1, 500),
    choice("output_format", "Format", "png", "png", "jpg", "jpeg", "webp"),
    number("quality", "Quality", 95, 1, 100),
)


@equivalent(
    f"{UTILITIES}/extract-nth-frame",
    inputs=_NTH,
    outputs=(Output("images", "list<image>", "Images"), Output("frame_count", "number", "Count")),
)
async def extract_nth_frame(context: Context, arguments: JsonObject) -> JsonObject:
    """Takes every n-th image out of a video."""
    values = given(_NTH, arguments)
    clip = await context.load_clip(values["video_url"], field="video_url")
    form = {"png": "PNG", "webp": "WEBP"}.get(values["output_format"], "JPEG")
    options: dict[str, Any] = {} if form == "PNG" else {"quality": round(values["quality"])}
    images: list[JsonObject] = []
    async with aclosing(context.run_steps(nth, clip, round(values["frame_interval"]))) as frames:
        async for image in frames:
            name = f"frame-{len(images) + 1}.{values['output_format']}"
            made = await context.save_image(image, name=name, format=form, **options)
            images.append(fal_file(made))
            await context.progress(None, f"{len(images)} images")
            if len(images) >= values["max_frames"]:
                break
    return {"images": images, "frame_count": len(images)}


URLS = Input("video_urls", "video", "Videos", required=True, many=True)
_MERGE = (
    URLS,
    number("target_fps", "Frame rate", None, 1, 60),
    Input(
        "resolution",
        "any",
        "Size",
        widget="json",
        help='One of fal\'s sizes, or {"width": 512, "height": 512}.',
    ),
)


@equivalent(
    f"{FFMPEG}/merge-videos",
    inputs=_MERGE,
    outputs=(*VIDEO, Output("metadata", "json", "Metadata")),
)
async def merge_videos(context: Context, arguments: JsonObject) -> JsonObject:
    """Puts videos one after the other."""
    values = given(_MERGE, arguments)
    with renamed({"videos": "video_urls"}):
        clips = await open_all(context, values["video_urls"], "videos")
    rate = values["target_fps"] or float(min(rate_of(clip) for clip in clips))
    width, height = _size(values["resolution"])
    call = Call(
        "mergeVideos",
        {"video_urls": "videos", "target_fps": "rate", "resolution": "width", "height": "height"},
    )
    made = await video_of(
        context,
        call,
        {
            "video_urls": values["video_urls"],
            "target_fps": rate,
            "resolution": width,
            "height": height,
        },
    )
    facts = [
        {
            "width": clip.width,
            "height": clip.height,
            "duration": clip.duration,
            "fps": float(clip.rate),
        }
        for clip in clips
    ]
    return {**made, "metadata": {"original_videos": facts, "fps": rate}}


_ADD = (
    _URL,
    Input("audio_url", "audio", "Audio", required=True, widget="asset"),
    number("start_offset", "Start at", 0, 0, 3_600),
)
_ADD_AUDIO = {"video_url": "video", "audio_url": "audio", "start_offset": "offset", "mode": "mode"}


@equivalent(f"{FFMPEG}/merge-audio-video", inputs=_ADD, outputs=VIDEO)
async def merge_audio_video(context: Context, arguments: JsonObject) -> JsonObject:
    """Gives a video another audio file."""
    return await video_of(context, Call("mergeAudioVideo", _ADD_AUDIO), given(_ADD, arguments))


_INTO = (*_ADD, switch("keep_original_audio", "Keep its own audio", False))


@equivalent(f"{UTILITIES}/merge-audio-into-video", inputs=_INTO, outputs=VIDEO)
async def merge_audio_into_video(context: Context, arguments: JsonObject) -> JsonObject:
    """Gives a video an audio file, instead of its own or besides it."""
    values = given(_INTO, arguments)
    mode = "mix" if values["keep_original_audio"] else "replace"
    return await video_of(context, Call("mergeAudioVideo", _ADD_AUDIO), {**values, "mode": mode})


_MEDIA = (Input("media_url", "file", "Video or audio", required=True, widget="asset"),)


@equivalent(f"{FFMPEG}/metadata", inputs=_MEDIA, outputs=(Output("media", "json", "Metadata"),))
async def metadata(context: Context, arguments: JsonObject) -> JsonObject:
    """Says how long and how large a video or an audio file is."""
    values = given(_MEDIA, arguments)
    clip = await context.load_clip(values["media_url"], field="media_url", kind="any")
    given_file = values["media_url"]
    known: JsonObject = given_file if isinstance(given_file, dict) else {"url": given_file}
    facts: JsonObject = {
        "media_type": "video" if clip.width else "audio",
        "url": known.get("url"),
        "duration": clip.duration,
    }
    for theirs, ours in (
        ("content_type", "content_type"),
        ("file_name", "name"),
        ("file_size", "size"),
    ):
        if ours in known:
            facts[theirs] = known[ours]
    if clip.width:
        facts["fps"] = float(clip.rate)
        facts["frame_count"] = round(clip.duration * clip.rate)
        shape = Fraction(clip.width, clip.height)
        facts["resolution"] = {
            "width": clip.width,
            "height": clip.height,
            "aspect_ratio": f"{shape.numerator}:{shape.denominator}",
        }
    return {"media": facts}


_TRIM = (
    _URL,
    number("start_time", "From", 1, 0, 3_600),
    number("end_time", "To", None, 0, 3_600),
    number("duration", "Duration", 2, 0, 3_600),
)


@equivalent(
    f"{UTILITIES}/trim-video",
    inputs=_TRIM,
    outputs=(
        *VIDEO,
        Output("original_duration", "number", "Original duration"),
        Output("trimmed_duration", "number", "Trimmed duration"),
    ),
)
async def trim_video(context: Context, arguments: JsonObject) -> JsonObject:
    """Cuts a part out of a video."""
    values = given(_TRIM, arguments)
    clip = await context.load_clip(values["video_url"], field="video_url")
    call = Call(
        "trimVideo",
        {"video_url": "video", "start_time": "start", "end_time": "end", "duration": "length"},
    )
    made = await video_of(context, call, values)
    return {
        **made,
        "original_duration": clip.duration,
        "trimmed_duration": made["video"].get("duration"),
    }


_SCALE = (
    _URL,
    number("width", "Width", None, 16, 4096),
    number("height", "Height", None, 16, 4096),
    choice("mode", "Mode", "stretch", "stretch", "pad", "crop"),
    choice("pad_color", "Padding color", "black", "black", "white", "red", "green", "blue", "gray"),
)
_COLORS = {
    "black": "#000000",
    "white": "#ffffff",
    "red": "#ff0000",
    "green": "#008000",
    "blue": "#0000ff",
    "gray": "#808080",
}


@equivalent(
    f"{UTILITIES}/scale-video",
    inputs=_SCALE,
    outputs=(
        *VIDEO,
        *(
            Output(name, "number", name.replace("_", " "))
            for name in ("original_width", "original_height", "scaled_width", "scaled_height")
        ),
    ),
)
async def scale_video(context: Context, arguments: JsonObject) -> JsonObject:
    """Makes a video larger or smaller."""
    values = given(_SCALE, arguments)
    clip = await context.load_clip(values["video_url"], field="video_url")
    call = Call(
        "resizeVideo",
        {
            "video_url": "video",
            "width": "width",
            "height": "height",
            "mode": "mode",
            "pad_color": "color",
        },
    )
    made = await video_of(context, call, {**values, "pad_color": _COLORS[values["pad_color"]]})
    video = made["video"]
    return {
        **made,
        "original_width": clip.width,
        "original_height": clip.height,
        "scaled_width": video.get("width"),
        "scaled_height": video.get("height"),
    }


@equivalent(f"{UTILITIES}/reverse-video", inputs=(_URL,), outputs=VIDEO)
async def reverse_video(context: Context, arguments: JsonObject) -> JsonObject:
    """Plays a video backwards."""
    call = Call("reverseVideo", {"video_url": "video"})
    return await video_of(context, call, given((_URL,), arguments))


_SPEED = (_URL, number("speed_factor", "Speed", 4, 0.25, 4))


@equivalent(f"{UTILITIES}/setpts-video", inputs=_SPEED, outputs=VIDEO)
async def setpts_video(context: Context, arguments: JsonObject) -> JsonObject:
    """Plays a video faster or slower."""
    call = Call("speedVideo", {"video_url": "video", "speed_factor": "speed"})
    return await video_of(context, call, given(_SPEED, arguments))


_GIF = (
    _URL,
    number("start_time", "From", 0, 0, 3_600),
    number("duration", "Duration", 10, 0.1, 3_600),
    number("fps", "Frame rate", 10, 1, 30),
    number("width", "Width", 800, 16, 1920),
)


@equivalent(
    f"{UTILITIES}/video-to-gif",
    inputs=_GIF,
    outputs=(Output("image", "image", "GIF"), Output("gif", "image", "The same")),
)
async def video_to_gif(context: Context, arguments: JsonObject) -> JsonObject:
    """Makes an animated GIF of a part of a video."""
    call = Call(
        "videoToGif",
        {
            "video_url": "video",
            "start_time": "start",
            "duration": "length",
            "fps": "fps",
            "width": "width",
        },
    )
    gif = fal_file((await call(context, given(_GIF, arguments)))["image"])
    return {"image": gif, "gif": gif}


_FROM_GIF = (
    Input("gif_url", "image", "GIF", required=True, widget="asset"),
    Input("background_color", "color", "Background", default="#ffffff", widget="color"),
)


@equivalent(f"{UTILITIES}/gif-to-video", inputs=_FROM_GIF, outputs=VIDEO)
async def gif_to_video(context: Context, arguments: JsonObject) -> JsonObject:
    """Makes a video of an animated GIF."""
    call = Call("gifToVideo", {"gif_url": "image", "background_color": "color"})
    return await video_of(context, call, given(_FROM_GIF, arguments))


def _size(value: Json) -> tuple[float | None, float | None]:
    if value is None:
        return None, None
    if isinstance(value, str) and value in SIZES:
        return SIZES[value]
    if isinstance(value, dict):
        port = number("resolution", "Size", None, 16, 4096)
        width, height = (read(port, "resolution", value.get(name)) for name in ("width", "height"))
        if width is not None and height is not None:
            return float(width), float(height)
    raise NodeError(
        "This is no size of a video.",
        field="resolution",
        value=str(value)[:100],
        expected="one of " + ", ".join(SIZES) + ', or {"width": 512, "height": 512}',
    )
