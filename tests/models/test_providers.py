"""Providers of models, from a key to a result, against a stand-in that others wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.models.site import Outside, Refused, User, output_of

Files = dict[str, Path]

CHATS = {
    "openai": "openai/gpt-6-luna",
    "anthropic": "anthropic/claude-haiku-5-5",
    "google": "google/gemini-flash-latest",
    "openrouter": "openrouter/meta/llama",
}
SAID = "A fox jumps over the lazy dog, twice."


@pytest.fixture(scope="module")
def keys(user: User) -> dict[str, str]:
    """A key of every provider."""
    return {name: user.connect(name) for name in (*CHATS, "elevenlabs", "groq")}


@pytest.fixture(scope="module")
def image(user: User, files: Files) -> Any:
    return user.upload(files["image"], "image/png")


def test_without_a_key_the_node_says_which_provider_wants_one(user: User) -> None:
    error = user.run("chat", prompt="hi", model="mistral/large")["error"]
    assert error["code"] == "CREDENTIAL_MISSING"
    assert error["body"]["cause"] == {"provider": "mistral"}
    assert "Mistral" in error["message"]


def test_a_provider_whose_models_nobody_knows_without_a_key_is_offered_with_what_it_lacks(
    user: User,
) -> None:
    models = user.call("GET", "/api/tasks/video/models")["models"]
    lacking = {row["provider"]: row for row in models if row["state"] == "needsKey"}
    together = lacking["together"]
    assert (together["id"], together["name"]) == ("together/*", "Models of Together")
    assert together["missing"] == "Needs a key of Together."


def test_a_model_that_is_not_chosen_stops_the_run_before_it_begins(user: User) -> None:
    with pytest.raises(Refused) as refused:
        user.run("chat", prompt="hi")
    assert refused.value.body["issues"][0]["field"] == "model"


@pytest.mark.parametrize("provider", CHATS)
def test_a_chat_of_every_dialect(user: User, keys: dict[str, str], provider: str) -> None:
    outputs = output_of(user.run("chat", prompt="Say something", model=CHATS[provider]))
    assert outputs["text"] == SAID
    assert (outputs["usage"]["input"], outputs["usage"]["output"]) == (9, 7)


@pytest.mark.parametrize("provider", CHATS)
def test_a_response_that_breaks_off_is_no_result(
    user: User, keys: dict[str, str], provider: str
) -> None:
    run = user.run("chat", prompt="Stop in the middle", model=CHATS[provider])
    assert run["status"] == "failed", run
    assert run["error"]["body"]["code"] in ("MODEL_FAILED", "UNREACHABLE")


def test_an_image_is_looked_at(user: User, keys: dict[str, str], image: Any) -> None:
    for model in CHATS.values():
        run = user.run("describeImage", image=image, model=model)
        assert output_of(run)["text"] == SAID, model


def test_json_comes_out_as_json(user: User, keys: dict[str, str]) -> None:
    schema = {"type": "object", "properties": {"colors": {"type": "array"}}}
    run = user.run("chat", prompt="Two colors as JSON", model=CHATS["openai"], schema=schema)
    assert output_of(run)["json"] == {"colors": ["red", "blue"]}


@pytest.mark.parametrize(
    ("prompt", "code", "words"),
    [
        ("a wrong key", "MODEL_KEY_REFUSED", "Incorrect API key"),
        ("no credit", "MODEL_CREDIT", "exceeded your current quota"),
        ("nothing but a refusal", "MODEL_REFUSED", "content policy"),
    ],
)
def test_a_refusal_is_told_by_its_kind_in_the_providers_words(
    user: User, keys: dict[str, str], prompt: str, code: str, words: str
) -> None:
    error = user.run("chat", prompt=prompt, model=CHATS["openai"])["error"]
    assert error["code"] == code
    assert words in error["message"]
    assert error["body"]["expected"]
    assert error["body"]["cause"]["provider"] == "openai"


def test_a_provider_that_does_not_respond_is_named(user: User, keys: dict[str, str]) -> None:
    body = user.run("chat", prompt="hi", model="groq/llama")["error"]["body"]
    assert body["code"] == "UNREACHABLE"


def test_images_are_made_and_are_files_of_ours(user: User, keys: dict[str, str]) -> None:
    run = user.run("generateImage", prompt="a fox", model="openai/gpt-image-2", count=2)
    outputs = output_of(run)
    assert [row["width"] for row in outputs["images"]] == [64, 64]
    assert outputs["image"]["content_type"] == "image/png"


def test_an_image_is_edited_where_the_mask_is_white(
    user: User, keys: dict[str, str], image: Any, aimock: Outside
) -> None:
    run = user.run("editImage", image=image, mask=image, prompt="a hat", model="openai/gpt-image-2")
    assert output_of(run)["image"]["width"] == 64


def test_a_mask_for_a_model_that_takes_none_is_refused(
    user: User, keys: dict[str, str], image: Any
) -> None:
    run = user.run(
        "editImage", image=image, mask=image, prompt="a hat", model="google/gemini-3-pro-image"
    )
    assert run["error"]["body"]["field"] == "mask"


def test_audio_is_made(user: User, keys: dict[str, str]) -> None:
    for model, kind in (("eleven_text_to_sound_v3", "effect"), ("music_v2", "music")):
        run = user.run("generateAudio", prompt="rain", model=f"elevenlabs/{model}", kind=kind)
        assert output_of(run)["audio"]["duration"] == pytest.approx(1, abs=0.1)


def test_texts_become_vectors(user: User, keys: dict[str, str]) -> None:
    run = user.run("embedText", texts=["a", "b"], model="openai/text-embedding-3-small")
    outputs = output_of(run)
    assert outputs["vectors"] == [[0.25, -0.5, 1.0]] * 2
    assert outputs["dimensions"] == 3


def test_a_text_is_judged(user: User, keys: dict[str, str]) -> None:
    run = user.run("moderate", text="I hit you", model="openai/omni-moderation-latest")
    assert output_of(run)["flagged"] is True


def test_a_video_is_asked_for_until_it_is_there(user: User, keys: dict[str, str]) -> None:
    run = user.run("generateVideo", prompt="a fox runs", model="openrouter/kling/v3", seconds=5)
    assert output_of(run)["video"]["content_type"] == "video/mp4"


def test_a_key_is_tried_out_before_it_is_stored(user: User) -> None:
    tried = user.call("POST", "/api/providers/openai/test", {"secret": "sk-tried"})
    assert tried["ok"] is True
    assert tried["tasks"]["chat"] > 0


def test_a_provider_that_cannot_be_asked_says_so(user: User) -> None:
    with pytest.raises(Refused) as refused:
        user.call("POST", "/api/providers/groq/test", {"secret": "gsk_tried"})
    assert refused.value.body["code"] == "UNREACHABLE"
    with pytest.raises(Refused) as refused:
        user.call("POST", "/api/providers/nobody/test", {})
    assert refused.value.status == 404


def test_models_that_want_a_key_come_last_and_say_so(user: User, keys: dict[str, str]) -> None:
    found = user.call("GET", "/api/tasks/image/models")
    states = [row["state"] for row in found["models"]]
    assert states == sorted(states, key=lambda state: state != "ready")
    assert found["freeText"] is True


def test_where_the_listing_cannot_be_had_a_dated_list_stands_in(
    user: User, keys: dict[str, str]
) -> None:
    found = user.call("GET", "/api/tasks/transcribe/models")
    assert "groq" in {row["provider"] for row in found["problems"]}


def test_a_key_is_stored_for_its_providers_origin_alone(user: User, keys: dict[str, str]) -> None:
    rows = {row["provider"]: row for row in user.call("GET", "/api/credentials")}
    assert all(len(rows[name]["allowedOrigins"]) == 1 for name in CHATS)
    stated = {row["id"]: row["state"] for row in user.call("GET", "/api/providers")}
    assert stated["openai"] == "connected"
    assert stated["mistral"] == "needsKey"


def test_the_key_never_comes_back(user: User, keys: dict[str, str]) -> None:
    run = user.run("chat", prompt="a wrong key", model=CHATS["openai"])
    assert "a-key-of-the-tests" not in str(run)
    assert "a-key-of-the-tests" not in user.server.output()


def test_speech_is_written_down_with_subtitles(
    user: User, keys: dict[str, str], files: Files
) -> None:
    audio = user.upload(files["audio"], "audio/wav")
    outputs = output_of(user.run("transcribe", audio=audio, model="openai/whisper-1"))
    assert outputs["text"] == "hello world"
    assert [word["word"] for word in outputs["words"]] == ["hello", "world"]
    assert "00:00:00,000 --> 00:00:01,000" in outputs["srt"]


@pytest.mark.parametrize("model", ["openai/gpt-4o-mini-tts", "elevenlabs/eleven_v3"])
@pytest.mark.parametrize("format", ["wav", "mp3"])
def test_a_text_is_spoken_in_the_format_that_is_wanted(
    user: User, keys: dict[str, str], model: str, format: str
) -> None:
    outputs = output_of(user.run("speak", text="hello", model=model, format=format))
    assert outputs["audio"]["name"].endswith(format)
    assert outputs["audio"]["duration"] == pytest.approx(1, abs=0.2)


def test_models_of_this_server_are_offered_too(user: User) -> None:
    found = user.call("GET", "/api/tasks/upscale/models")["models"]
    assert {row["provider"] for row in found} == {"local"}
    assert all(row["price"] == "free" for row in found)
