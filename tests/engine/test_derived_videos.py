"""Chains of video nodes: steps in between are recipes, and files when somebody needs them."""

from __future__ import annotations

import itertools
from io import BytesIO
from typing import Any

import av
import pytest
from django.test import Client

from tests import clips
from tests.engine.runs import cancel, check_journal, create, execute, finish, graph, of
from tests.processes import media_processes
from tests.waiting import wait_until
from workflows.engine import embedded
from workflows.engine.host import derived, writing
from workflows.errors import MediaBusy
from workflows.media import files, hashed, litter, storage, thumbnails
from workflows.media.clips import open_clip
from workflows.models import Asset, Event, Part, Recipe, Run, User
from workflows.nodes import registry

registry.load_builtin()

TEXT = "00:00.000 --> 10:00.000\nPatchbay"
STEPS: list[tuple[str, dict[str, Any]]] = [
    ("trimVideo", {"start": 0.5, "end": 2.5}),
    ("resizeVideo", {"width": 96, "height": 64, "mode": "pad"}),
    ("subtitles", {"text": TEXT}),
    ("speedVideo", {"speed": 2}),
]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    """A store of its own for each test."""
    settings.MEDIA_ROOT = tmp_path / "media"


def stored(owner: User, body: bytes | None = None) -> dict[str, Any]:
    body = clips.video(3) if body is None else body
    return storage.reference(storage.asset_create(owner, body, "film.mp4"))


def chain(video: dict[str, Any], *steps: tuple[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Return a document in which one step follows another, from `film` over `n0`, `n1` to `end`."""
    nodes = {"film": ("uploadVideo", {"asset": video})}
    nodes |= {f"n{number}": step for number, step in enumerate(steps)}
    edges = [f"{a}.video > {b}.video" for a, b in itertools.pairwise(nodes)]
    last = list(nodes)[-1]
    more = more or {"end": ("responseOutput", {})}
    edges += [f"{last}.video > {id}.{'result' if id == 'end' else 'video'}" for id in more]
    return graph(nodes | more, *edges)


def outputs(events: list[dict[str, Any]]) -> dict[str, Any]:
    return {e["node_id"]: e["output"].get("video") for e in of(events, "completion")}


def asset(reference: dict[str, Any]) -> Asset:
    return Asset.objects.get(pk=reference["asset"])


def test_steps_between_are_recipes_and_the_last_is_a_file(engine: None, owner: User) -> None:
    run, events = execute(owner, chain(stored(owner), *STEPS))
    assert run.status == "completed", run.error
    made = outputs(events)
    between = [asset(made[f"n{number}"]) for number in range(3)]
    assert [one.is_recipe for one in between] == [True] * 3
    assert [(one.width, one.height) for one in between] == [(64, 48), (96, 64), (96, 64)]
    assert [one.duration for one in between] == [2.0] * 3
    assert all("sha256" not in made[f"n{number}"] for number in range(3))
    last = asset(made["n3"])
    assert (last.is_recipe, last.width, last.height) == (False, 96, 64)
    with storage.open_asset(last) as file:
        clip = open_clip(file, "video")
        assert len(list(clip.frames())) == 10
    assert last.duration == pytest.approx(1, abs=0.05)
    assert made["n3"]["sha256"] == last.sha256
    check_journal(run)


def test_a_step_between_becomes_the_file_that_its_facts_foretell(engine: None, owner: User) -> None:
    _, events = execute(owner, chain(stored(owner), *STEPS))
    small = asset(outputs(events)["n2"])
    foretold = small.width, small.height, small.duration
    written = writing.written(small)
    assert not written.is_recipe and written.size > 1_000
    assert (written.width, written.height) == foretold[:2]
    assert written.duration == pytest.approx(foretold[2], abs=0.05)
    with storage.open_asset(written) as file:
        assert open_clip(file, "video").has_audio
    assert writing.written(written) == written
    # The parts are let go, and the recipe is known to be that file.
    recipe = Recipe.objects.get(pk=written.recipe_id)
    assert recipe.file == written.sha256 and not recipe.parts.exists()


def test_a_poster_needs_no_file(engine: None, owner: User) -> None:
    _, events = execute(owner, chain(stored(owner), *STEPS))
    cut = asset(outputs(events)["n1"])
    assert derived.poster(cut, 48)[8:12] == b"WEBP"
    assert asset(outputs(events)["n1"]).is_recipe
    assert thumbnails.thumbnail(cut.sha256, 48) == derived.poster(cut, 48), "it is kept"


def test_a_download_of_a_step_between_is_its_file(engine: None, owner: User) -> None:
    _, events = execute(owner, chain(stored(owner), *STEPS))
    step = outputs(events)["n1"]
    client = Client()
    client.force_login(owner)
    shown = client.get(f"{step['url']}?w=64")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
    assert asset(step).is_recipe
    answer = client.get(step["url"], headers={"Range": "bytes=4-7"})
    assert (answer.status_code, answer.content) == (206, b"ftyp")
    whole = client.get(step["url"])
    body = whole.content
    assert whole["Content-Type"] == "video/mp4"
    assert open_clip(BytesIO(body), "video").width == 96
    assert len(body) == asset(step).size == int(whole["Content-Length"])


def test_a_page_does_not_wait_for_ever_and_the_next_try_finds_the_file(
    engine: None, owner: User, monkeypatch: Any
) -> None:
    video = stored(owner, clips.video(20))
    _, events = execute(owner, chain(video, *STEPS[1:]))
    small = asset(outputs(events)["n0"])
    with pytest.raises(MediaBusy):
        writing.written(small, 0.01)
    wait_until(lambda: not asset(outputs(events)["n0"]).is_recipe, 20)


def test_who_prefers_not_to_wait_is_told_how_far_the_file_is(engine: None, owner: User) -> None:
    video = stored(owner, clips.video(20))
    _, events = execute(owner, chain(video, ("resizeVideo", {"width": 1280}), STEPS[3]))
    step = outputs(events)["n0"]
    client = Client()
    client.force_login(owner)

    def ask() -> Any:
        return client.get(step["url"], headers={"Prefer": "respond-async", "Range": "bytes=0-0"})

    first = ask()
    assert (first.status_code, first["Retry-After"]) == (202, "1")
    assert first["Preference-Applied"] == "respond-async" and first["Cache-Control"] == "no-store"
    shares = []

    def written() -> bool:
        answer = ask()
        if answer.status_code == 202:
            shares.append(answer.json()["share"])
        return answer.status_code == 206

    wait_until(written, 30)
    known = [share for share in shares if share is not None]
    assert known and known == sorted(known) and all(0 <= share <= 1 for share in known)
    assert not asset(step).is_recipe


def test_a_cancel_ends_the_writing_of_a_recipe_within_a_second(engine: None, owner: User) -> None:
    large = ("resizeVideo", {"width": 1920})
    video = stored(owner, clips.video(60, tone=None))
    _, events = execute(owner, chain(video, large, ("trimVideo", {"length": 0.2})))
    assert asset(outputs(events)["n0"]).is_recipe
    run = create(owner, chain(video, large))
    told = Event.objects.filter(run=run, type="progress")
    # A share that is done says that a process is at it.
    wait_until(lambda: any(row.data.get("fraction") for row in told.all()), 20)
    working = media_processes()
    cancel(run)
    wait_until(lambda: working - media_processes(), 1)
    wait_until(lambda: run.id not in embedded.current()._tasks)
    assert asset(outputs(events)["n0"]).is_recipe
    assert not list((files.local_folder("partial")).iterdir())
    check_journal(run)


def test_kept_results_are_recipes_again_and_nothing_is_written(engine: None, owner: User) -> None:
    video = stored(owner)
    execute(owner, chain(video, *STEPS))
    before = set(Asset.objects.values_list("sha256", flat=True))
    _, events = execute(owner, chain(video, *STEPS))
    assert {e["node_id"] for e in of(events, "completion") if e["cached"]} >= {"n0", "n1", "n2"}
    assert set(Asset.objects.values_list("sha256", flat=True)) == before
    # Only the last one is another: the kept recipes of the others are joined.
    changed = [*STEPS[:3], ("speedVideo", {"speed": 4})]
    _, events = execute(owner, chain(video, *changed))
    made = outputs(events)
    assert [e["cached"] for e in of(events, "completion") if e["node_id"] == "n2"] == [True]
    assert asset(made["n2"]).is_recipe and asset(made["n3"]).duration == pytest.approx(0.5, abs=0.1)


def test_a_kept_recipe_is_written_where_a_node_needs_the_file(engine: None, owner: User) -> None:
    video = stored(owner)
    _, events = execute(owner, chain(video, *STEPS))
    recipe = outputs(events)["n0"]
    assert asset(recipe).is_recipe
    run, events = execute(owner, chain(video, STEPS[0]))
    assert "n0" in [e["node_id"] for e in of(events, "completion") if e["cached"]]
    assert not asset(recipe).is_recipe
    assert run.output["videos"] == [storage.reference(asset(recipe))]
    progress = [e["text"] for e in of(events, "progress") if e["node_id"] == "n0"]
    assert progress and set(progress) == {"Writing"}


def test_a_recipe_in_a_document_is_written_for_the_node_that_shows_it(
    engine: None, owner: User
) -> None:
    _, events = execute(owner, chain(stored(owner), *STEPS))
    whole, reference = outputs(events)["n1"], outputs(events)["n0"]
    run, _ = execute(owner, chain(whole))
    assert run.output["videos"] == [storage.reference(asset(whole))]
    # A node that reads it as a clip, whoever names it, needs no file.
    nodes = {"film": ("uploadVideo", {"asset": reference["url"]}), "info": "mediaInfo"}
    run, events = execute(owner, graph(nodes, "film.video > info.media"))
    assert run.status == "completed", run.error
    facts = next(e for e in of(events, "completion") if e["node_id"] == "info")["output"]
    assert (facts["duration"], facts["width"]) == (pytest.approx(2, abs=0.05), 64)
    assert asset(reference).is_recipe


def test_a_frame_of_a_chain_is_taken_without_writing_it(engine: None, owner: User) -> None:
    more = {"still": ("extractFrame", {"which": "last"}), "info": ("extractFrames", {"count": 2})}
    document = chain(stored(owner), *STEPS[:2], **more)
    run, events = execute(owner, document)
    assert run.status == "completed", run.error
    made = {e["node_id"]: e["output"] for e in of(events, "completion")}
    assert (made["still"]["image"]["width"], made["still"]["image"]["height"]) == (96, 64)
    assert made["still"]["seconds"] == pytest.approx(1.9, abs=0.01)
    assert made["info"]["count"] == 2
    assert asset(made["n1"]["video"]).is_recipe


def test_a_file_is_made_where_one_of_those_that_follow_needs_it(engine: None, owner: User) -> None:
    document = chain(stored(owner), STEPS[0], n1=STEPS[1], end=("responseOutput", {}))
    run, events = execute(owner, document)
    assert run.status == "completed", run.error
    assert not asset(outputs(events)["n0"]).is_recipe


def test_the_source_stays_as_long_as_a_recipe_needs_it(engine: None, owner: User) -> None:
    video = stored(owner)
    _, events = execute(owner, chain(video, *STEPS))
    source = asset(video)
    storage.asset_delete(source)
    assert hashed.exists(source.sha256)
    assert Part.objects.filter(sha256=source.sha256).exists()
    for number in range(3):
        one = asset(outputs(events)[f"n{number}"])
        if number < 2:
            storage.asset_delete(one)
        else:
            writing.written(one)
    assert not hashed.exists(source.sha256), "nothing needs it any more"
    assert not Recipe.objects.filter(assets=None).exists()


def test_files_of_recipes_are_no_litter(engine: None, owner: User) -> None:
    from datetime import timedelta

    from django.utils import timezone

    video = stored(owner)
    _, events = execute(owner, chain(video, *STEPS))
    storage.asset_delete(asset(video))
    litter.remove(timezone.now() + timedelta(days=3))
    assert writing.written(asset(outputs(events)["n0"])).size


def test_an_error_in_the_source_names_the_step_that_reads_it(engine: None, owner: User) -> None:
    video = stored(owner)
    _, events = execute(owner, chain(video, *STEPS))
    path = files.local_folder("") / hashed.key(video["sha256"])
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:40])
    document = chain(video, *STEPS[:3], ("speedVideo", {"speed": 3}))
    run, events = execute(owner, document)
    assert run.status == "failed"
    error = of(events, "error")[0]
    assert error["node_id"] == "n3" and error["message"].startswith("Trim video: This is")


def packets(body: bytes) -> list[bytes]:
    with av.open(BytesIO(body)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def test_sound_that_no_step_changes_is_kept_bit_by_bit(engine: None, owner: User) -> None:
    body = clips.video(2)
    _, events = execute(owner, chain(stored(owner, body), *STEPS[1:3]))
    last = asset(outputs(events)["n1"])
    with storage.open_asset(last) as file:
        assert packets(file.read()) == packets(body)
    assert last.duration == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize("form", ["webm", "matroska", "avi", "mov"])
def test_sound_of_other_containers_is_kept_or_written_anew(
    engine: None, owner: User, form: str
) -> None:
    body = clips.video(2, form=form)
    run, events = execute(owner, chain(stored(owner, body), *STEPS[1:3]))
    assert run.status == "completed", run.error
    with storage.open_asset(asset(outputs(events)["n1"])) as file:
        clip = open_clip(file, "video")
        assert sum(piece.shape[1] for piece in clip.audio()) == pytest.approx(96_000, abs=5_000)
        assert clips.loudest(next(iter([*clip.audio()][5:6]))) == pytest.approx(440, abs=60)


def test_a_run_whose_inputs_go_with_it_leaves_files(engine: None, owner: User) -> None:
    run: Run = create(owner, chain(stored(owner), *STEPS), discards=True)
    events = finish(run)
    made = outputs(events)
    assert not any(asset(made[f"n{number}"]).is_recipe for number in range(4))
