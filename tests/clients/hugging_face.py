"""huggingface_hub's client with the provider fal-ai: prints the size of the image it is answered.

Which app a model is at a provider it asks its own site for; here it is told.
"""

from __future__ import annotations

import sys

from huggingface_hub import InferenceClient
from huggingface_hub.hf_api import InferenceProviderMapping
from huggingface_hub.inference._providers._common import HARDCODED_MODEL_INFERENCE_MAPPING

app, key = sys.argv[1:]
HARDCODED_MODEL_INFERENCE_MAPPING["fal-ai"] = {
    "demo/painter": InferenceProviderMapping(
        provider="fal-ai",
        hf_model_id="demo/painter",
        providerId=app,
        status="live",
        task="text-to-image",
    )
}
client = InferenceClient(provider="fal-ai", api_key=key)
image = client.text_to_image(
    "a fox", model="demo/painter", width=64, height=48, num_inference_steps=4
)
print(image.size)
