"""Facts about ComfyUI's own node classes that are not in a file: what they are for."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.graph.comfy_format.catalogue import Catalogue, inputs, is_output
from workflows.types import PortType

#: Drawn and never run.
VIRTUAL = frozenset({"Note", "MarkdownNote", "PrimitiveNode", "Reroute", "GetNode", "SetNode"})
NOTES = frozenset({"Note", "MarkdownNote"})

#: Loaders of a file that a caller may bring: class -> (input, field type of ours).
LOADERS: Mapping[str, tuple[str, str]] = {
    "LoadImage": ("image", "image"),
    "LoadImageMask": ("image", "image"),
    "LoadImageOutput": ("image", "image"),
    "LoadVideo": ("file", "video"),
    "LoadAudio": ("audio", "audio"),
    "Load3D": ("model_file", "file"),
    "VHS_LoadVideo": ("video", "video"),
    "VHS_LoadAudioUpload": ("audio", "audio"),
}

_SAVED: Mapping[str, PortType] = {
    "SaveImage": "list<image>",
    "SaveImageAdvanced": "list<image>",
    "SaveAnimatedWEBP": "list<image>",
    "SaveAnimatedPNG": "list<image>",
    "SaveSVGNode": "list<file>",
    "SaveImageWebsocket": "list<image>",
    "SaveVideo": "list<video>",
    "SaveWEBM": "list<video>",
    "VHS_VideoCombine": "list<video>",
    "SaveAudio": "list<audio>",
    "SaveAudioMP3": "list<audio>",
    "SaveAudioOpus": "list<audio>",
    "SaveAudioAdvanced": "list<audio>",
    "SaveGLB": "list<file>",
    "SaveLatent": "list<file>",
}
_SHOWN: Mapping[str, PortType] = {
    "PreviewImage": "list<image>",
    "PreviewAudio": "list<audio>",
    "PreviewVideo": "list<video>",
    "PreviewAny": "text",
    "Preview3D": "list<file>",
    "MaskPreview": "list<image>",
    "SaveText": "text",
    "ShowText|pysssss": "text",
    "ImageCompare": "list<image>",
}
_BY_NAME = (
    ("video", "list<video>"),
    ("audio", "list<audio>"),
    ("text", "text"),
    ("string", "text"),
    ("image", "list<image>"),
    ("mask", "list<image>"),
)
_BY_TYPE: Mapping[str, PortType] = {
    "IMAGE": "list<image>",
    "MASK": "list<image>",
    "VIDEO": "list<video>",
    "AUDIO": "list<audio>",
    "STRING": "text",
}


def output_type(type: str, catalogue: Catalogue | None = None) -> PortType | None:
    """Return the port type of what an output class leaves behind, or None for other classes.

    Without a catalogue, classes that are unknown here count as outputs when they are called
    `Save…` or `Preview…`.
    """
    known = _SAVED.get(type) or _SHOWN.get(type)
    info = (catalogue or {}).get(type)
    if info is not None and not is_output(info):
        return None
    if known is not None:
        return known
    if info is not None:
        found = (
            _BY_TYPE[part]
            for spec in inputs(info)
            for part in spec.type.split(",")
            if part in _BY_TYPE
        )
        return next(found, "list<file>")
    return named_type(type) if type.startswith(("Save", "Preview")) else None


def named_type(type: str) -> PortType:
    """Return the port type that the name of a class speaks of."""
    return next((port for word, port in _BY_NAME if word in type.lower()), "list<file>")


def saves(type: str) -> bool:
    """Return whether an output class leaves a result, unlike one that only shows what passes by."""
    return type not in _SHOWN and not type.startswith("Preview")
