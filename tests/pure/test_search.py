"""What the palette finds first for what people type, over all node types there are."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.pure.test_languages import ROLLDOWN
from workflows.api.nodes import catalogue

#: By the type that comes first: the words people type, most of them another word for it.
FIRST = {
    "Chat": "llm, gpt, gpt-4, gpt 5, chatgpt, claude, gemini, google, ollama, llama, lm studio, "
    "openai, anthropic, mistral, openrouter, groq, grok, xai, deepseek, together, hugging face, "
    "huggingface, qwen, chat, ask, language model, summarize, translate, rewrite, agent, "
    "structured output, json output, question, chatbot, classify, python, regex",
    "Describe image": "describe, describe image, describe picture, alt text, vision, tag, caption, "
    "caption image, img2txt",
    "Generate image": "image, generate, generate image, generate-image, text to image, "
    "text-to-image, t2i, txt2img, flux, sdxl, dalle, dall-e, midjourney, imagen, gpt image, "
    "nano banana, ideogram, recraft",
    "Edit image": "edit image, image to image, img2img, i2i, inpaint, inpainting, kontext, "
    "generative fill, remove object",
    "Upscale": "upscale, upscaler, 4x, 2x, super resolution, super-resolution, enhance, esrgan, "
    "real-esrgan, 4k",
    "Remove background": "remove background, remove bg, bg remove, rembg, cut out, cutout, "
    "background removal, background remover, matting, isolate",
    "Generate video": "video, generate video, text to video, text-to-video, t2v, image to video, "
    "image-to-video, i2v, img2video, animate, veo, sora, kling, runway",
    "Speak": "tts, text to speech, text-to-speech, speech, voice, voice over, voiceover, speak, "
    "narrate, narrator, read aloud, elevenlabs, audiobook",
    "Transcribe": "stt, speech to text, speech-to-text, transcribe, transcription, whisper, "
    "dictation, transcript",
    "Subtitles": "subtitles, subtitle, captions, srt, vtt, burn in",
    "Find faces": "face, faces, face detection, detect faces, blur faces, anonymize",
    "Read text": "ocr, read text, text recognition, extract text, image to text, scan, receipt",
    "Embed text": "embed, embedding, embeddings, vector, rag",
    "Moderate": "moderate, moderation, nsfw, safety",
    "Generate audio": "music, generate music, sfx, sound effect, suno, jingle",
    "Any model": "any model, run model, lip sync, lipsync, face swap, try on, lora, 3d, "
    "svg, vectorize, voice clone, relight, depth, v2v, replicate",
    "Denoise speech": "denoise, noise reduction, clean audio, denoise speech, remove noise",
    "ComfyUI workflow": "comfy, comfyui",
    "Image input": "upload, photo, picture",
    "Audio input": "audio, upload audio",
    "Video input": "upload video, video input",
    "Inputs": "form, number, slider, color picker, parameters",
    "Output": "output, end",
    "Note": "note, comment, sticky",
    "HTTP request": "http, rest, webhook, curl, json",
    "List": "list, loop, for each, batch, array",
    "Template": "template, placeholder, email",
    "Text": "text, string, constant",
    "Text overlay": "text overlay, draw text, font, typography, headline",
    "Resize": "resize, scale, dimensions",
    "Crop": "crop, croop, instagram",
    "Rotate": "rotate, flip, mirror",
    "Blur": "blur, bokeh, pixelate",
    "Adjust": "brightness, contrast, black and white",
    "Blend": "logo, composite, overlay",
    "Outline": "outline, sticker, stroke",
    "Contact sheet": "collage, grid, montage",
    "Video to GIF": "gif, gif maker, video to gif",
    "Frames to video": "slideshow, stop motion",
    "Trim audio": "fade in, mute, volume",
    "Change speed": "slow motion, time lapse, speed",
}
#: Words for what is not here; what comes close in characters only is no result for them.
NONE = "qqqq, if, csv, pdf, lut, router, math"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the search of the pages finds, by query."""
    rows = [query for texts in [*FIRST.values(), NONE] for query in texts.split(", ")]
    assert len(rows) == len(set(rows)) > 200
    program = tmp_path_factory.mktemp("search") / "program.mjs"
    source = Path(__file__).with_name("search.ts")
    bundle: list[str | Path] = [
        ROLLDOWN,
        source,
        "--platform",
        "node",
        "--format",
        "esm",
        "--file",
        program,
    ]
    subprocess.run(bundle, check=True, capture_output=True, timeout=60)
    done = subprocess.run(
        ["node", program],
        input=json.dumps({"nodeTypes": catalogue()[0]["nodeTypes"], "queries": rows}),
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return dict(zip(rows, json.loads(done.stdout), strict=True))


def test_what_people_type_finds_the_task_first(found: dict[str, list[str]]) -> None:
    wrong = {
        query: found[query][:3]
        for name, texts in FIRST.items()
        for query in texts.split(", ")
        if found[query][:1] != [name]
    }
    assert wrong == {}


def test_words_for_what_is_not_here_find_nothing_that_only_looks_like_them(
    found: dict[str, list[str]],
) -> None:
    assert {query: found[query] for query in NONE.split(", ")} == {
        key: [] for key in NONE.split(", ")
    }
