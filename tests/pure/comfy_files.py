"""ComfyUI files written for the tests: an image made from text, and a small catalogue."""

from __future__ import annotations

from typing import Any

API: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 5,
            "steps": 20,
            "cfg": 8.0,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1.0,
            "model": ["4", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd15.safetensors"}},
    "5": {
        "class_type": "EmptyLatentImage",
        "inputs": {"width": 512, "height": 768, "batch_size": 1},
    },
    "6": {
        "class_type": "CLIPTextEncode",
        "inputs": {"text": "a fox", "clip": ["4", 1]},
        "_meta": {"title": "Positive"},
    },
    "7": {
        "class_type": "CLIPTextEncode",
        "inputs": {"text": "blurry", "clip": ["4", 1]},
        "_meta": {"title": "Negative"},
    },
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {
        "class_type": "SaveImage",
        "inputs": {"images": ["8", 0], "filename_prefix": "fox"},
        "_meta": {"title": "Save Image"},
    },
}


def _node(inputs: dict[str, Any], outputs: list[str], **more: Any) -> dict[str, Any]:
    return {
        "input": {"required": inputs},
        "input_order": {"required": list(inputs)},
        "output": outputs,
        "output_name": outputs,
        "output_node": False,
        **more,
    }


CATALOGUE: dict[str, Any] = {
    "KSampler": _node(
        {
            "model": ["MODEL"],
            "seed": [
                "INT",
                {"default": 0, "min": 0, "max": 2**64 - 1, "control_after_generate": True},
            ],
            "steps": ["INT", {"default": 20, "min": 1, "max": 10000}],
            "cfg": ["FLOAT", {"default": 8.0, "min": 0.0, "max": 100.0, "step": 0.1}],
            "sampler_name": [["euler", "dpmpp_2m"], {}],
            "scheduler": ["COMBO", {"options": ["normal", "karras"]}],
            "positive": ["CONDITIONING"],
            "negative": ["CONDITIONING"],
            "latent_image": ["LATENT"],
            "denoise": ["FLOAT", {"default": 1.0, "min": 0.0, "max": 1.0, "step": 0.01}],
        },
        ["LATENT"],
    ),
    "CheckpointLoaderSimple": _node(
        {"ckpt_name": [["sd15.safetensors", "xl.safetensors"]]}, ["MODEL", "CLIP", "VAE"]
    ),
    "EmptyLatentImage": _node(
        {
            "width": ["INT", {"default": 512, "min": 16, "max": 16384, "step": 8}],
            "height": ["INT", {"default": 512, "min": 16, "max": 16384, "step": 8}],
            "batch_size": ["INT", {"default": 1, "min": 1, "max": 4096}],
        },
        ["LATENT"],
    ),
    "CLIPTextEncode": _node(
        {"text": ["STRING", {"multiline": True, "dynamicPrompts": True}], "clip": ["CLIP"]},
        ["CONDITIONING"],
    ),
    "VAEDecode": _node({"samples": ["LATENT"], "vae": ["VAE"]}, ["IMAGE"]),
    "SaveImage": _node(
        {"images": ["IMAGE"], "filename_prefix": ["STRING", {"default": "ComfyUI"}]},
        [],
        output_node=True,
    ),
    "LoadImage": _node({"image": [["example.png"], {"image_upload": True}]}, ["IMAGE", "MASK"]),
    "Switches": _node(
        {
            "on": ["BOOLEAN", {"default": False}],
            "size": [[4, 8, 16]],
            "seed": ["INT", {"min": 0, "max": 99}],
            "either": ["INT,STRING"],
        },
        ["IMAGE"],
    ),
}


def node(type: str, **inputs: Any) -> dict[str, Any]:
    """Return one node of the API format."""
    return {"class_type": type, "inputs": inputs}
