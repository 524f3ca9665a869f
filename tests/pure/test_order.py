"""The order of a graph, and the cycles that have none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workflows.graph.order import sort

graphs = st.integers(1, 12).flatmap(
    lambda size: st.fixed_dictionaries(
        {
            str(at): st.lists(st.integers(0, size - 1).map(str), unique=True, max_size=3)
            for at in range(size)
        }
    )
)


@given(graphs)
def test_either_all_are_sorted_or_every_knot_has_its_cycle_named(
    depends: dict[str, list[str]],
) -> None:
    found = sort(depends)
    place = {id: at for at, id in enumerate(found.order)}
    for id in found.order:
        assert all(place[source] < place[id] for source in depends[id] if source != id)
    assert bool(found.cycles) == (len(found.order) < len(depends))
    for cycle in found.cycles:
        assert len(set(cycle)) == len(cycle) >= 2
        assert not set(cycle) & set(found.order)
        for source, target in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            assert source in depends[target]
    for id, waiting in found.dependants.items():
        assert all(id in depends[target] for target in waiting)


def test_ids_free_at_once_keep_their_order() -> None:
    depends = {"c": [], "a": [], "d": ["a"], "b": ["c"]}
    assert sort(depends).order == ["c", "a", "b", "d"]


def test_two_knots_are_named_apart_and_what_hangs_on_them_is_not() -> None:
    depends = {"a": ["b"], "b": ["a"], "x": ["z"], "y": ["x"], "z": ["y"], "after": ["a", "x"]}
    cycles = [set(cycle) for cycle in sort(depends).cycles]
    assert cycles == [{"a", "b"}, {"x", "y", "z"}]


def test_a_cycle_of_five_thousand_is_found_without_recursion() -> None:
    size = 5_000
    depends = {str(at): [str((at + 1) % size)] for at in range(size)}
    (cycle,) = sort(depends).cycles
    assert len(cycle) == size
