"""ComfyUI graphs the tests send."""

from __future__ import annotations

from typing import Any

#: A graph that asks for nothing.
SIMPLE: dict[str, Any] = {
    "1": {
        "class_type": "EmptyImage",
        "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0},
    },
    "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "a"}},
}

#: One that asks for a text, a file and a choice, and makes up a seed and a time.
ASKING: dict[str, Any] = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "$file(input_image)"}},
    "2": {
        "class_type": "KSampler",
        "inputs": {
            "seed": "$random()",
            "steps": "$text(steps, 20)",
            "sampler_name": "$choice(sampler, euler, dpmpp_2m)",
            "image": ["1", 0],
            "prompt": "$text(prompt)",
        },
    },
    "3": {
        "class_type": "SaveImage",
        "inputs": {"images": ["2", 0], "filename_prefix": "$timestamp()"},
    },
}
