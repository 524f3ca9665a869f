"""Chains of image nodes: nothing is encoded between two steps, and nothing is lost by that."""

from __future__ import annotations

import itertools
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image, ImageDraw

from tests.engine.runs import check_journal, create, execute, finish, graph, of
from tests.engine.test_media_processes import killed  # noqa: F401
from tests.waiting import wait_until
from workflows.engine.host import derived, writing
from workflows.media import files, hashed, images, memory, storage, thumbnails
from workflows.media.processes.pixels import view
from workflows.media.processes.pool import Work
from workflows.models import Asset, Part, Recipe, User
from workflows.nodes import registry
from workflows.services.execution.node_previews import node_preview

registry.load_builtin()

Step = tuple[str, dict[str, Any]]
STEPS: list[Step] = [
    ("resizeImage", {"mode": "exact", "width": 200, "height": 150}),
    ("drawText", {"text": "Patchbay", "size": 20, "shadow": 40}),
    ("rotateImage", {"angle": 30}),
    ("convertImage", {"format": "JPEG"}),
]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    """A store of its own for each test, and no pixels of those before."""
    settings.MEDIA_ROOT = tmp_path / "media"
    memory.image_cache().shrink(0)


def photo(number: int = 0, form: str = "JPEG", mode: str = "RGB") -> bytes:
    """Make an image that differs from others by its number."""
    ground = Image.linear_gradient("L").resize((400, 300)).convert("RGB")
    made = Image.new("RGBA", (400, 300)) if mode == "RGBA" else ground
    ImageDraw.Draw(made).ellipse((40 + number, 40, 360, 260), fill=(200, 30, 10 * number, 200))
    body = BytesIO()
    made.convert(mode).save(body, form)
    return body.getvalue()


def stored(owner: User, body: bytes | None = None, name: str = "photo.jpg") -> dict[str, Any]:
    return storage.reference(storage.asset_create(owner, body or photo(), name))


def chain(picture: Any, *steps: Step, **more: Any) -> dict[str, Any]:
    """Return a document in which one step follows another, from `photo` over `n0` to `end`."""
    nodes: dict[str, Any] = {"photo": ("upload", {"asset": picture})}
    nodes |= {f"n{number}": step for number, step in enumerate(steps)}
    edges = [f"{a}.image > {b}.image" for a, b in itertools.pairwise(nodes)]
    last = list(nodes)[-1]
    more = more or {"end": ("responseOutput", {})}
    edges += [f"{last}.image > {id}.{'result' if id == 'end' else 'image'}" for id in more]
    return graph(nodes | more, *edges)


def listed(pictures: list[Any], *steps: Step) -> dict[str, Any]:
    """Return a document in which all steps work on a list of images."""
    nodes: dict[str, Any] = {
        f"u{number}": ("upload", {"asset": one}) for number, one in enumerate(pictures)
    }
    edges = [f"{id}.image > all.items" for id in nodes] + ["all.items > n0.image"]
    nodes |= {"all": "list", "end": "responseOutput"}
    nodes |= {f"n{number}": step for number, step in enumerate(steps)}
    edges += [f"n{number}.image > n{number + 1}.image" for number in range(len(steps) - 1)]
    return graph(nodes, *edges, f"n{len(steps) - 1}.image > end.result")


def outputs(events: list[dict[str, Any]]) -> dict[str, Any]:
    return {e["node_id"]: e["output"] for e in of(events, "completion")}


def asset(reference: dict[str, Any]) -> Asset:
    return Asset.objects.get(pk=reference["asset"])


def content(reference: dict[str, Any]) -> bytes:
    with storage.open_asset(writing.written(asset(reference))) as file:
        return file.read()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the functions that processes are asked to call."""
    seen: list[str] = []
    talk = Work.talk

    def watched(self: Work[Any], process: Any) -> Any:
        seen.append(self.call[0].__name__)
        return talk(self, process)

    monkeypatch.setattr(Work, "talk", watched)
    return seen


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pixels stay from one step to the next."""
    monkeypatch.setattr(memory.ImageCache, "get", lambda self, name: None)


def test_steps_between_are_recipes_and_the_last_is_a_file(
    engine: None, owner: User, calls: list[str]
) -> None:
    run, events = execute(owner, chain(stored(owner), *STEPS))
    assert run.status == "completed", run.error
    made = outputs(events)
    between = [asset(made[f"n{number}"]["image"]) for number in range(3)]
    assert [one.is_recipe for one in between] == [True] * 3
    assert [(one.width, one.height) for one in between[:2]] == [(200, 150)] * 2
    assert {one.content_type for one in between} == {"image/png"}
    assert "sha256" not in made["n0"]["image"]
    assert asset(made["n1"]["mask"]).is_recipe, "what nobody reads is not encoded either"
    last = asset(made["n3"]["image"])
    assert (last.is_recipe, last.content_type) == (False, "image/jpeg")
    assert "encode_to" not in calls and "make" not in calls
    check_journal(run)


def test_a_step_whose_pixels_are_gone_makes_the_same_again(
    engine: None, owner: User, calls: list[str], request: Any
) -> None:
    picture = stored(owner)
    _, events = execute(owner, chain(picture, *STEPS))
    kept = content(outputs(events)["n3"]["image"])
    request.getfixturevalue("forgetful")
    run, events = execute(owner, chain(picture, *STEPS), force=True)
    assert run.status == "completed", run.error
    assert calls.count("make") == 3
    assert content(outputs(events)["n3"]["image"]) == kept


FIRST: dict[str, Step] = {
    "resize": STEPS[0],
    "pixels": ("resizeImage", {"mode": "fill", "width": 99, "height": 40, "filter": "pixels"}),
    "text": ("drawText", {"text": "Hello\nyou", "stroke": 5, "shadow": 50, "font": "Serif"}),
    "crop": ("cropImage", {"ratio": "1:1"}),
    "pad": ("padImage", {"fill": "blur"}),
    "rotate": ("rotateImage", {"angle": 33.3, "flip": "vertical"}),
    "adjust": ("adjustImage", {"contrast": 30, "saturation": -20}),
    "curves": ("curvesImage", {"curves": {"red": [[0, 0], [99, 180], [255, 255]]}}),
    "blur": ("blurImage", {"radius": 5}),
    "edges": ("edges", {}),
    "outline": ("outline", {"shadow": 50}),
    "mask": ("maskFromImage", {"source": "luminance"}),
    "gradient": ("gradient", {"width": 64, "height": 48}),
    "stops": (
        "gradient",
        {
            "width": 64,
            "height": 48,
            "stops": [{"color": "#123", "place": 10}, {"color": "#fff8", "place": 70}],
        },
    ),
    "pattern": ("pattern", {"kind": "clouds", "width": 64, "height": 48}),
    "blend": ("blendImages", {"mode": "overlay", "opacity": 60}),
    "apply": ("applyMask", {}),
    "edit": ("editMask", {"grow": 3, "feather": 2}),
}
EDGES = {
    "gradient": (),
    "stops": (),
    "pattern": (),
    "blend": ("small.image > it.base", "photo.image > it.top"),
    "apply": ("small.image > it.image", "where.mask > it.mask"),
    "edit": ("where.mask > it.mask",),
}
FORMS = [("JPEG", "RGB"), ("PNG", "RGBA"), ("JPEG", "L")]


@pytest.mark.parametrize(
    "name, form, mode",
    [(name, *form) for name in FIRST for form in FORMS if name != "outline" or "PNG" in form],
)
def test_a_recipe_makes_the_pixels_that_the_step_has_made(
    engine: None, owner: User, name: str, form: str, mode: str
) -> None:
    """Every kind of node: once with the pixels at hand, once from the stored file alone."""
    out = "mask" if name in ("mask", "edit") else "image"
    nodes: dict[str, Any] = {
        "photo": ("upload", {"asset": stored(owner, photo(form=form, mode=mode))}),
        "small": ("resizeImage", {"width": 120, "height": 120}),
        "where": ("maskFromImage", {"source": "luminance"}),
        "it": FIRST[name],
        "next": ("editMask", {}) if out == "mask" else ("rotateImage", {"angle": 90}),
    }
    edges = ["photo.image > small.image", "small.image > where.image", f"it.{out} > next.{out}"]
    run, events = execute(
        owner, graph(nodes, *edges, *EDGES.get(name, ("small.image > it.image",)))
    )
    assert run.status == "completed", run.error
    found = outputs(events)["it"].values()
    made = [asset(value) for value in found if isinstance(value, dict)]
    assert made and all(one.is_recipe for one in made)
    kept = [memory.image_cache().get((one.sha256, None)) for one in made]
    # Of the pixels: igzip has been seen to write the same ones in one byte less.
    expected = [pixels_of(images.encode(view(pixels))) for pixels in kept if pixels]
    memory.image_cache().shrink(0)
    assert [pixels_of(content({"asset": one.pk})) for one in made] == expected


def pixels_of(body: bytes) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(BytesIO(body)) as image:
        return image.mode, image.size, image.tobytes()


def test_without_room_for_pixels_steps_are_files(
    engine: None, owner: User, monkeypatch: Any, calls: list[str]
) -> None:
    monkeypatch.setattr(memory, "_MOST_AWAITED", 3)
    pictures = [stored(owner, photo(number)) for number in range(6)]
    run, events = execute(owner, listed(pictures, *STEPS))
    assert run.status == "completed", run.error
    first = [asset(one).is_recipe for one in outputs(events)["n0"]["image"]]
    assert sorted(first) == [False] * 3 + [True] * 3
    assert "make" not in calls, "what stays is there when it is asked for"


def test_what_is_long_in_the_making_is_a_file_in_between(engine: None, owner: User) -> None:
    steps: list[Step] = [("adjustImage", {"brightness": number + 1}) for number in range(12)]
    run, events = execute(owner, chain(stored(owner), *steps))
    assert run.status == "completed", run.error
    made = [asset(outputs(events)[f"n{number}"]["image"]).is_recipe for number in range(12)]
    assert made == [True] * 8 + [False] + [True] * 2 + [False]


def test_nothing_waits_for_a_run_that_has_ended(engine: None, owner: User) -> None:
    pictures = [stored(owner, photo(number)) for number in range(3)]
    execute(owner, listed(pictures, *STEPS))
    assert memory.image_cache().bytes > 0
    wait_until(lambda: not memory.image_cache()._awaited)
    assert memory.image_cache()._awaited_bytes == 0


def test_a_download_of_a_step_between_is_its_file_and_a_preview_needs_none(
    engine: None, owner: User
) -> None:
    _, events = execute(owner, chain(stored(owner), *STEPS))
    step = outputs(events)["n1"]["image"]
    client = Client()
    client.force_login(owner)
    shown = client.get(f"{step['url']}?w=64")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
    memory.image_cache().shrink(0)
    again = client.get(f"{step['url']}?w=80")
    assert Image.open(BytesIO(again.content)).size == (80, 60)
    assert asset(step).is_recipe
    assert thumbnails.thumbnail(asset(step).sha256, 64) == shown.content, "it is kept"
    whole = client.get(step["url"])
    assert (whole.status_code, whole["Content-Type"]) == (200, "image/png")
    assert Image.open(BytesIO(whole.content)).size == (200, 150)
    assert not asset(step).is_recipe and asset(step).size == len(whole.content)


def test_kept_results_are_recipes_again_and_only_what_changed_is_made(
    engine: None, owner: User, calls: list[str]
) -> None:
    picture = stored(owner)
    execute(owner, chain(picture, *STEPS))
    calls.clear()
    changed = [*STEPS[:2], ("rotateImage", {"angle": 40}), STEPS[3]]
    run, events = execute(owner, chain(picture, *changed))
    assert run.status == "completed", run.error
    assert [e["cached"] for e in of(events, "completion") if e["node_id"] == "n1"] == [True]
    assert [name for name in calls if name in ("resize", "write", "turn", "make")] == ["turn"]


def test_what_is_not_joined_gets_a_file(engine: None, owner: User) -> None:
    picture = stored(owner)
    more = {"n1": STEPS[2], "end": ("responseOutput", {})}
    run, events = execute(owner, chain(picture, STEPS[0], **more))
    assert run.status == "completed", run.error
    assert not asset(outputs(events)["n0"]["image"]).is_recipe
    # The same result, kept as a recipe, is written where somebody needs the file.
    _, events = execute(owner, chain(picture, STEPS[1], STEPS[2]))
    recipe = outputs(events)["n0"]["image"]
    assert asset(recipe).is_recipe
    run, events = execute(owner, chain(picture, STEPS[1]))
    assert "n0" in [e["node_id"] for e in of(events, "completion") if e["cached"]]
    assert not asset(recipe).is_recipe
    assert run.output["images"] == [storage.reference(asset(recipe))]


def test_a_recipe_in_a_document_is_read_without_a_file(engine: None, owner: User) -> None:
    _, events = execute(owner, chain(stored(owner), *STEPS))
    step = outputs(events)["n0"]["image"]
    nodes = {"blur": ("blurImage", {"image": step["url"], "radius": 2}), "out": "preview"}
    run, events = execute(owner, graph(nodes, "blur.image > out.value"))
    assert run.status == "completed", run.error
    assert asset(step).is_recipe
    body = node_preview(user=owner, type="blurImage", data={"radius": 3}, inputs={"image": step})
    assert Image.open(BytesIO(body)).size == (200, 150)
    memory.image_cache().shrink(0)
    body = node_preview(user=owner, type="blurImage", data={"radius": 4}, inputs={"image": step})
    assert Image.open(BytesIO(body)).size == (200, 150)


def test_a_layer_over_a_video_may_be_a_recipe(engine: None, owner: User) -> None:
    from tests import clips

    film = storage.reference(storage.asset_create(owner, clips.video(1), "film.mp4"))
    nodes = {
        "photo": ("upload", {"asset": stored(owner)}),
        "small": STEPS[0],
        "film": ("uploadVideo", {"asset": film}),
        "over": ("overlayVideo", {"scale": 30}),
    }
    edges = ["photo.image > small.image", "film.video > over.video", "small.image > over.picture"]
    run, events = execute(owner, graph(nodes, *edges))
    assert run.status == "completed", run.error
    assert asset(outputs(events)["small"]["image"]).is_recipe


def test_the_source_stays_as_long_as_a_recipe_needs_it(engine: None, owner: User) -> None:
    picture = stored(owner)
    _, events = execute(owner, chain(picture, *STEPS))
    made = outputs(events)
    source = asset(picture)
    storage.asset_delete(source)
    assert hashed.exists(source.sha256)
    memory.image_cache().shrink(0)
    assert Image.open(BytesIO(content(made["n2"]["image"])))
    for reference in (made["n0"]["image"], made["n1"]["image"], made["n1"]["mask"]):
        storage.asset_delete(asset(reference))
    assert not hashed.exists(source.sha256), "nothing needs it any more"
    assert not Part.objects.exists() and not Recipe.objects.filter(assets=None).exists()


def test_a_source_that_is_damaged_names_the_step_that_reads_it(engine: None, owner: User) -> None:
    picture = stored(owner)
    execute(owner, chain(picture, *STEPS))
    path = files.local_folder("") / hashed.key(picture["sha256"])
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:1000])
    memory.image_cache().shrink(0)
    changed = [*STEPS[:2], ("rotateImage", {"angle": 50}), STEPS[3]]
    run, events = execute(owner, chain(picture, *changed))
    assert run.status == "failed"
    error = of(events, "error")[0]
    assert error["node_id"] == "n2" and error["message"].startswith("Resize: This is")


def test_a_recipe_of_a_node_that_is_gone_says_so(engine: None, owner: User) -> None:
    _, events = execute(owner, chain(stored(owner), *STEPS))
    step = asset(outputs(events)["n0"]["image"])
    row = Recipe.objects.get(pk=step.sha256)
    row.text = row.text.replace("resize image", "resize image of old")
    row.save()
    memory.image_cache().shrink(0)
    client = Client()
    client.force_login(owner)
    answer = client.get(f"/media/{step.pk}")
    assert answer.status_code == 404
    assert "does not know any more" in answer.json()["error"]


@pytest.mark.usefixtures("forgetful")
def test_a_process_that_dies_while_it_makes_an_image_again_fails_that_step_alone(
    engine: None,
    owner: User,
    killed: Any,  # noqa: F811
) -> None:
    document = chain(stored(owner), *STEPS)
    done = killed("make")
    run, events = execute(owner, document)
    assert done.is_set() and run.status == "failed"
    assert of(events, "error")[0]["error"]["body"]["code"] == "MEDIA_CRASHED"
    again, _ = execute(owner, document)
    assert again.status == "completed", again.error


def test_a_run_whose_inputs_go_with_it_leaves_files(engine: None, owner: User) -> None:
    events = finish(create(owner, chain(stored(owner), *STEPS), discards=True))
    made = outputs(events)
    assert not any(asset(made[f"n{number}"]["image"]).is_recipe for number in range(4))


def test_another_account_reads_no_recipe(engine: None, owner: User) -> None:
    _, events = execute(owner, chain(stored(owner), *STEPS))
    step = outputs(events)["n0"]["image"]
    other = User.objects.create_user("mallory")
    client = Client()
    client.force_login(other)
    assert client.get(f"{step['url']}?w=64").status_code == 404
    run, _ = execute(
        other, graph({"n": ("blurImage", {"image": step}), "o": "preview"}, "n.image > o.value")
    )
    assert run.status == "failed"
    assert derived.image_of(asset(step).sha256).width == 200
