"""Request bodies: what a class declares is what is read, and what a refusal says."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from django.db.models import TextChoices

from workflows.bodies import SECRET, UNSET, Body, Meta, Name, UnsetType, read
from workflows.errors import FolderNotFound, InvalidBody, InvalidInputs, KeyNotFound, PatchbayError
from workflows.types import JsonObject


class Color(TextChoices):
    """An enumeration as models have them."""

    RED = "red"
    BLUE = "blue"


class Point(Body):
    """Where something is."""

    x: Annotated[int, Meta(ge=0, le=9)]


class Thing(Body):
    """All that a body can hold."""

    name: Name
    is_open: bool = False
    size: Annotated[float, Meta(ge=0)] | None = None
    kind: Literal["a", "b"] | UnsetType = UNSET
    password: Annotated[str, Meta(min_length=8, extra=SECRET)] | None = None
    tags: Annotated[list[str], Meta(max_length=2, extra={"expected": "at most 2 tags"})] | None = (
        None
    )
    points: list[Point] = []
    color: Color | UnsetType = UNSET
    id: UUID | None = None
    parent: Annotated[int | None, Meta(extra={"unknown": FolderNotFound})] = None
    values: Annotated[JsonObject, Meta(extra={"error": InvalidInputs})] | None = None


def refusal(**body: Any) -> PatchbayError:
    with pytest.raises(PatchbayError) as raised:
        read({"name": "n", **body}, Thing)
    return raised.value


def test_a_body_is_read_by_the_names_of_the_api_and_others_are_ignored() -> None:
    thing = read({"name": "n", "isOpen": True, "points": [{"x": 3}], "other": 1}, Thing)
    assert (thing.is_open, thing.points[0].x, thing.kind, thing.size) == (True, 3, UNSET, None)
    assert read({"name": "n", "size": 2, "tags": None}, Thing).size == 2


@pytest.mark.parametrize(
    ("body", "field", "value", "expected"),
    [
        ({"name": " "}, "name", " ", "text of 1 to 200 characters"),
        ({"name": "x" * 201}, "name", "x" * 80, "text of 1 to 200 characters"),
        ({"name": None}, "name", None, "text of 1 to 200 characters"),
        ({"isOpen": 1}, "isOpen", 1, "true or false"),
        ({"size": -1}, "size", -1, "a number of 0 or more"),
        ({"size": True}, "size", True, "a number of 0 or more"),
        ({"kind": "c"}, "kind", "c", "a or b"),
        ({"kind": None}, "kind", None, "a or b"),
        ({"tags": ["a", "b", "c"]}, "tags", "a list of 3", "at most 2 tags"),
        ({"tags": ["a", 1]}, "tags", 1, "at most 2 tags"),
        ({"points": [{"x": 1}, {"x": 10}]}, "points[1].x", 10, "a whole number from 0 to 9"),
        ({"points": {}}, "points", "an object", "a list"),
        ({"color": "green"}, "color", "green", "red or blue"),
        ({"color": ["red"]}, "color", "a list of 1", "red or blue"),
        ({"id": "x"}, "id", "x", "a UUID"),
    ],
)
def test_a_refusal_names_the_field_the_value_and_what_was_expected(
    body: dict[str, Any], field: str, value: Any, expected: str
) -> None:
    error = refusal(**body)
    assert isinstance(error, InvalidBody)
    assert error.context == {"field": field, "value": value, "expected": expected}


def test_what_is_missing_is_named_too() -> None:
    error = refusal(points=[{}])
    assert error.message == "points[0].x is missing; it must be a whole number from 0 to 9."
    assert error.context == {"field": "points[0].x", "expected": "a whole number from 0 to 9"}


def test_a_secret_is_never_repeated() -> None:
    error = refusal(password="hunter2")
    assert "hunter2" not in f"{error.message} {error.context}"
    assert error.context == {"field": "password", "expected": "text of 8 or more characters"}


def test_a_field_may_have_an_error_of_its_own() -> None:
    assert isinstance(refusal(values=[]), InvalidInputs)


def test_a_value_of_a_wrong_type_may_be_as_good_as_unknown_and_a_missing_one_is_not() -> None:
    class Child(Body):
        parent: Annotated[int, Meta(extra={"unknown": FolderNotFound})]

    error = refusal(parent=[])
    assert isinstance(error, FolderNotFound)
    assert error.context["field"] == "parent"
    with pytest.raises(InvalidBody):
        read({}, Child)


def test_a_caller_may_have_an_error_of_its_own_for_a_body() -> None:
    with pytest.raises(KeyNotFound, match="name is missing"):
        read({}, Thing, KeyNotFound)


def test_what_is_given_differs_from_what_is_left_out() -> None:
    given = read({"name": "n", "kind": "a", "size": None}, Thing).given()
    assert (given["kind"], given["size"]) == ("a", None)
    assert "color" not in given
