"""Which results are reused, and which are not."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from tests.engine import nodes
from tests.engine.runs import chain, check_journal, execute, graph, of
from tests.weights.here import Weights, weights
from workflows.engine import cache
from workflows.media import files, hashed, storage
from workflows.models import Asset, CacheEntry, User
from workflows.samples import templates

__all__ = ["weights"]


@pytest.fixture(autouse=True)
def _engine(engine: None) -> None:
    """Every test here needs one."""


def cached(events: list[dict]) -> dict[str, bool]:
    """Return which nodes' results were taken from the cache."""
    return {event["node_id"]: event["cached"] for event in of(events, "completion")}


def test_the_same_graph_again_runs_nothing(owner: User) -> None:
    execute(owner, chain(3, "testKept"))
    run, events = execute(owner, chain(3, "testKept"))
    assert cached(events) == {"n0": True, "n1": True, "n2": True}
    assert [event["node_id"] for event in of(events, "submit")] == ["n0", "n1", "n2"]
    assert run.output == {"text": "<<<hello>>>"}
    assert nodes.calls["n0"] == 1
    check_journal(run)


def test_a_changed_value_reruns_its_node_and_all_below(owner: User) -> None:
    execute(owner, chain(3, "testKept"))
    document = chain(3, "testKept")
    document["nodes"][1]["data"] = {"more": ["other"]}
    _, events = execute(owner, document)
    assert cached(events) == {"n0": True, "n1": False, "n2": False}


def test_a_title_a_place_and_an_id_change_nothing(owner: User) -> None:
    execute(owner, graph({"a": ("testKept", {"text": "x"})}))
    document = graph({"b": ("testKept", {"text": "x", "label": "Mine"})})
    document["nodes"][0]["position"] = {"x": 9, "y": 9}
    _, events = execute(owner, document)
    assert cached(events) == {"b": True}


def test_force_runs_everything_and_keeps_the_new_results(owner: User) -> None:
    execute(owner, chain(2, "testKept"))
    _, events = execute(owner, chain(2, "testKept"), force=True)
    assert cached(events) == {"n0": False, "n1": False}
    assert CacheEntry.objects.count() == 2


def test_another_person_gets_nothing_of_mine(owner: User) -> None:
    execute(owner, chain(2, "testKept"))
    other = User.objects.create_user(username="otto")
    _, events = execute(other, chain(2, "testKept"))
    assert cached(events) == {"n0": False, "n1": False}


def test_cheap_nodes_are_not_kept(owner: User) -> None:
    execute(owner, chain(3))
    assert not CacheEntry.objects.exists()


def test_what_follows_an_effect_is_kept_by_the_value_that_came(owner: User) -> None:
    document = graph(
        {"a": ("testEffect", {"text": "x"}), "b": "testKept", "c": "testKept"}, "a > b", "b > c"
    )
    execute(owner, document)
    _, events = execute(owner, document)
    assert cached(events) == {"a": False, "b": True, "c": True}
    document["nodes"][0]["data"]["text"] = "y"
    _, events = execute(owner, document)
    assert cached(events) == {"a": False, "b": False, "c": False}


def test_a_result_whose_file_is_gone_is_computed_again(owner: User) -> None:
    document = graph(
        {"p": ("testPicture", {"color": "#00ff00"}), "s": "testSize"}, "p.image > s.image"
    )
    run, _ = execute(owner, document)
    assert run.output == {"text": "8x8"}
    _, events = execute(owner, document)
    assert cached(events) == {"p": True, "s": True}
    asset = Asset.objects.get()
    assert asset.run_id == run.id
    files.store().delete(hashed.key(asset.sha256))
    _, events = execute(owner, document)
    assert cached(events) == {"p": False, "s": True}


def test_looking_results_up_builds_no_statement_twice(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = {f"p{at}": ("testPicture", {"color": f"#00000{at}"}) for at in range(5)}
    sizes = {f"s{at}": "testSize" for at in range(5)}
    execute(owner, graph({**pictures, **sizes}, *(f"p{at}.image > s{at}.image" for at in range(5))))
    keys = set(CacheEntry.objects.values_list("key", flat=True))
    ids = {str(id) for id in Asset.objects.values_list("pk", flat=True)}
    assert (len(keys), len(ids)) == (10, 5)
    assert set(cache.look_up(keys, owner.pk)) == keys

    def build(*arguments: object, **options: object) -> None:
        raise AssertionError("a statement is built again")

    monkeypatch.setattr(SQLCompiler, "as_sql", build)
    assert set(cache.look_up(keys, owner.pk)) == keys
    # Twelve make the same statement as ten, and six as five; what is not there is not found.
    more = {*keys, "0" * 64, "1" * 64}
    assert set(cache.look_up(more, owner.pk)) == keys
    assert cache.present({*ids, str(uuid4())}, owner.pk) == ids
    assert cache.present(ids, owner.pk + 1) == set()


def test_a_picture_counts_by_its_content_and_not_by_its_claim(owner: User) -> None:
    red, blue = (
        storage.reference(storage.asset_create(owner, _png(color), "x.png"))
        for color in ("red", "blue")
    )
    copy = storage.reference(storage.asset_create(owner, _png("red"), "copy.png"))
    execute(owner, graph({"s": ("testSize", {"image": red})}))
    _, events = execute(owner, graph({"s": ("testSize", {"image": {"asset": copy["asset"]}})}))
    assert cached(events) == {"s": True}
    liar = {**blue, "sha256": red["sha256"]}
    _, events = execute(owner, graph({"s": ("testSize", {"image": liar})}))
    assert cached(events) == {"s": False}


def test_anothers_picture_cannot_be_read_whatever_the_document_says(owner: User) -> None:
    other = User.objects.create_user(username="otto")
    theirs = storage.reference(storage.asset_create(other, _png("red"), "x.png"))
    execute(other, graph({"s": ("testSize", {"image": theirs})}))
    run, events = execute(owner, graph({"s": ("testSize", {"image": theirs})}))
    assert run.status == "failed"
    assert of(events, "error")[0]["error"]["body"]["code"] == "FILE_NOT_FOUND"
    assert of(events, "error")[0]["error"]["body"]["field"] == "image"


def test_a_used_result_is_marked_again_after_a_day_only(owner: User) -> None:
    document = graph({"a": ("testKept", {"text": "x"})})
    execute(owner, document)
    before = CacheEntry.objects.get().last_used_at
    execute(owner, document)
    assert CacheEntry.objects.get().last_used_at == before
    old = timezone.now() - timedelta(days=2)
    CacheEntry.objects.update(last_used_at=old)
    execute(owner, document)
    assert CacheEntry.objects.get().last_used_at > before


def _png(color: str) -> bytes:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), color).save(buffer, "PNG")
    return buffer.getvalue()


def test_what_stands_in_for_a_model_is_not_kept_and_nothing_is_mistaken_for_it(
    owner: User, weights: Weights
) -> None:
    espresso = templates.sample("espresso.png").read_bytes()
    asset = storage.asset_create(owner=owner, file=espresso, name="espresso.png")
    document = graph(
        {
            "p": ("upload", {"asset": storage.reference(asset)}),
            "c": "cutOut",
            "m": ("editMask", {"feather": 1}),
        },
        "p.image > c.image",
        "c.mask > m.mask",
    )
    first, events = execute(owner, document)
    assert len(of(events, "warning")) == 1
    _, events = execute(owner, document)
    assert (cached(events)["c"], cached(events)["m"]) == (False, True)
    assert len(of(events, "warning")) == 1, "it is said each time"
    weights("isnet")
    second, events = execute(owner, document)
    assert (cached(events)["c"], cached(events)["m"]) == (False, False)
    assert of(events, "warning") == []
    assert second.output != first.output
    third, events = execute(owner, document)
    assert (cached(events)["c"], cached(events)["m"]) == (True, True)
    assert third.output == second.output
