"""Workflows in the metadata of what ComfyUI makes, in each place where it leaves them."""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from workflows.errors import InvalidBody, TooLarge
from workflows.media.embedded import workflow_in

PROMPT = {"1": {"class_type": "SaveImage", "inputs": {"text": "Füchse 🦊"}}}
WORKFLOW = {"nodes": [], "links": [], "version": 0.4, "extra": {"note": "größer"}}


def _png(*texts: tuple[str, str], packed: bool = False, international: bool = False) -> bytes:
    info = PngInfo()
    for key, text in texts:
        if international:
            info.add_itxt(key, text, zip=packed)
        else:
            info.add_text(key, text, zip=packed)
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _with_exif(form: str, tags: dict[int, str]) -> bytes:
    exif = Image.Exif()
    for tag, text in tags.items():
        exif[tag] = text
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, form, exif=exif)
    return file.getvalue()


def _video(form: str, metadata: dict[str, str]) -> bytes:
    file = io.BytesIO()
    options = {"movflags": "use_metadata_tags"} if form == "mp4" else {}
    with av.open(file, "w", format=form, container_options=options) as container:
        container.metadata.update(metadata)
        stream: Any = container.add_stream("mpeg4" if form == "mp4" else "libvpx", rate=5)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        for _ in range(3):
            picture = np.zeros((32, 32, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        container.mux(stream.encode())
    return file.getvalue()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("international", [False, True])
def test_the_text_chunks_of_a_png_are_read(packed: bool, international: bool) -> None:
    picture = _png(
        ("prompt", json.dumps(PROMPT)),
        ("workflow", json.dumps(WORKFLOW)),
        packed=packed,
        international=international,
    )
    assert workflow_in(picture) == WORKFLOW


def test_a_prompt_alone_is_what_a_picture_carries() -> None:
    assert workflow_in(_png(("prompt", json.dumps(PROMPT)))) == PROMPT


def test_text_beyond_ascii_is_read_as_it_was_meant() -> None:
    plain = json.dumps(PROMPT, ensure_ascii=False)
    assert workflow_in(_png(("prompt", plain), international=True)) == PROMPT
    utf8_as_latin = _png()[:-12] + _chunk(b"tEXt", b"prompt\0" + plain.encode())
    assert workflow_in(utf8_as_latin) == PROMPT


def test_the_private_chunks_of_an_animated_png_are_read() -> None:
    picture = _png()[:-12] + _chunk(b"comf", b"workflow\0" + json.dumps(WORKFLOW).encode())
    assert workflow_in(picture) == WORKFLOW


@pytest.mark.parametrize("form", ["WEBP", "JPEG"])
def test_the_exif_texts_of_a_picture_are_read(form: str) -> None:
    both = {0x0110: "prompt:" + json.dumps(PROMPT), 0x010F: "workflow:" + json.dumps(WORKFLOW)}
    assert workflow_in(_with_exif(form, both)) == WORKFLOW
    assert workflow_in(_with_exif(form, {0x0110: both[0x0110]})) == PROMPT
    assert workflow_in(_with_exif(form, {0x010F: "A camera", 0x0110: "Model: 5"})) is None


def test_the_metadata_of_an_opus_file_lies_on_its_stream() -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as container:
        stream: Any = container.add_stream("libopus", rate=48_000)
        stream.metadata["prompt"] = json.dumps(PROMPT)
        stream.metadata["workflow"] = json.dumps(WORKFLOW)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), dtype=np.int16), "s16", "mono")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert workflow_in(file.getvalue()) == WORKFLOW


@pytest.mark.parametrize("form", ["mp4", "webm"])
def test_the_metadata_of_a_video_is_read(form: str) -> None:
    video = _video(form, {"prompt": json.dumps(PROMPT), "workflow": json.dumps(WORKFLOW)})
    assert workflow_in(video) == WORKFLOW
    assert workflow_in(_video(form, {"title": "x"})) is None


def test_numbers_that_json_has_no_word_for_are_read_as_null() -> None:
    picture = _png(("workflow", '{"nodes": [], "links": [], "a": NaN, "b": -Infinity}'))
    assert workflow_in(picture) == {"nodes": [], "links": [], "a": None, "b": None}


def test_a_broken_workflow_gives_way_to_a_whole_prompt() -> None:
    assert workflow_in(_png(("workflow", "{broken"), ("prompt", json.dumps(PROMPT)))) == PROMPT
    with pytest.raises(InvalidBody):
        workflow_in(_png(("workflow", "{broken")))


def test_a_packed_text_is_not_unpacked_beyond_the_limit() -> None:
    bomb = zlib.compress(b"{" + b" " * 50_000_000 + b"}")
    picture = _png()[:-12] + _chunk(b"zTXt", b"workflow\0\0" + bomb)
    with pytest.raises(TooLarge):
        workflow_in(picture, max_bytes=1_000_000)
    with pytest.raises(InvalidBody):
        workflow_in(_png()[:-12] + _chunk(b"zTXt", b"workflow\0\0" + b"nonsense"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        _png(),
        _png()[:40],
        b"RIFF\xff\xff\xff\xffWEBPEXIF\xff\xff\xff\xff",
        b"RIFF\0\0\0\0WEBPEXIF\x0a\0\0\0II*\0\xff\xff\xff\xff\0\0",
        b"\xff\xd8\xff\xe1\0\1",
        b"\0\0\0\x18ftypmp42",
        b"\x1a\x45\xdf\xa3webm",
        b"hello",
        _png(("Comment", "{}")),
        _png(("workflow", "[1]")),
    ],
)
def test_files_without_a_workflow_carry_none(content: bytes) -> None:
    assert workflow_in(content) is None
