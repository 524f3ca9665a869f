"""Statements that are built once: to build one costs the ORM several times what it takes to run.

What every request and every run asks is a `PreparedQuery`: a query of the ORM with
`Parameter`s, whose rows are what the ORM makes of them. `insert` is `save` for new rows, `update`
for some fields of others, `execute` runs a statement without what Django does around each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState
from django.db.models.expressions import Expression, Func
from django.db.models.query import ModelIterable, QuerySet, get_related_populators
from django.db.models.signals import post_init, pre_init

Row = TypeVar("Row")
Found = TypeVar("Found")


def _connection() -> BaseDatabaseWrapper:
    """Return this thread's connection itself: what represents it looks it up at every use."""
    return connections[DEFAULT_DB_ALIAS]


def execute(
    connection: BaseDatabaseWrapper,
    sql: str,
    values: Sequence[Any] = (),
    fetch: Callable[[Any], Found] = lambda cursor: None,  # type: ignore[assignment,return-value]
) -> Found:
    """Run a statement and return what `fetch` takes from its cursor.

    Django's cursor around the database's own checks and wraps each call of it, for five times
    what a small statement takes; errors are Django's here too. Where statements are listened to, by
    tests or by DEBUG, it is Django's cursor.
    """
    if connection.queries_logged or connection.execute_wrappers:
        with connection.cursor() as listened:
            listened.execute(sql, values)
            return fetch(listened)
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        cursor = connection.create_cursor()
        try:
            cursor.execute(sql, values)
            return fetch(cursor)
        finally:
            cursor.close()


def _first(cursor: Any) -> Any:
    return cursor.fetchone()


def _every(cursor: Any) -> Any:
    return cursor.fetchall()


class Parameter(Expression):
    """A value that is given when the query is run, as a field writes it for the database."""

    def __init__(self, name: str, field: models.Field[Any, Any] | None = None) -> None:
        super().__init__()
        self.name = name
        self._field = field

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Leave a place for the value, and name it among the values of the query."""
        return "%s", [self]

    def value(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> Any:
        """Return the value for the database."""
        value = values[self.name]
        return value if self._field is None else self._field.get_db_prep_value(value, connection)


@dataclass(frozen=True, slots=True)
class _Statement:
    """What is left of a query when it is built."""

    sql: str
    values: Sequence[Any]
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    make: Callable[[list[Any]], Any]

    def parameters(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> list[Any]:
        """Return the parameters of the statement."""
        return [
            value.value(values, connection) if isinstance(value, Parameter) else value
            for value in self.values
        ]

    def row(self, found: Sequence[Any], connection: BaseDatabaseWrapper) -> Any:
        """Return what the ORM makes of a row."""
        row = list(found)
        for place, converters, expression in self.converters:
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        return self.make(row)


class Counted(Func):
    """The number of rows, as the one value of a query."""

    template = "COUNT(*)"
    output_field = models.IntegerField()


class PreparedQuery(Generic[Row]):
    """A query that is built when it is first run; its rows are models, or tuples of values."""

    def __init__(self, build: Callable[[], QuerySet[Any, Row]]) -> None:
        self._build = build

    def one(self, **values: Any) -> Row | None:
        """Return the first row, or None."""
        statement, connection = self._statement, _connection()
        parameters = statement.parameters(values, connection)
        found = execute(connection, statement.sql, parameters, _first)
        return None if found is None else statement.row(found, connection)

    def all(self, **values: Any) -> list[Row]:
        """Return every row."""
        statement, connection = self._statement, _connection()
        parameters = statement.parameters(values, connection)
        rows = execute(connection, statement.sql, parameters, _every)
        return [statement.row(found, connection) for found in rows]

    @cached_property
    def _statement(self) -> _Statement:
        rows, connection = self._build(), _connection()
        compiler = rows.query.get_compiler(connection=connection)
        sql, values = compiler.as_sql()
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        make = _maker(compiler) if rows._iterable_class is ModelIterable else tuple
        found = [(place, *converter) for place, converter in converters.items()]
        return _Statement(sql, values, found, make)


def _maker(compiler: Any) -> Callable[[list[Any]], models.Model]:
    """Return what makes a model of a row, with those that were selected along."""
    shape, alias = compiler.klass_info, compiler.connection.alias
    first, end = shape["select_fields"][0], shape["select_fields"][-1] + 1
    names = [column.target.attname for column, *_ in compiler.select[first:end]]
    # The stubs are those of a later Django.
    related = get_related_populators(shape, compiler.select, alias)  # type: ignore[call-arg]
    _quicken(related)
    model = _Rows(shape["model"])

    def make(row: list[Any]) -> models.Model:
        made = model.from_db(alias, names, row[first:end])
        for populator in related:
            populator.populate(row, made)
        return made

    return make


class _Rows:
    """Makes models of rows: as Django does, whose `__init__` sets one field after the other.

    What a model or someone who listens adds to that is done as well.
    """

    def __init__(self, model: type[models.Model]) -> None:
        self._model = model
        self._plain = (
            model.__init__ is models.Model.__init__
            and model.from_db.__func__ is models.Model.from_db.__func__  # type: ignore[attr-defined]
            and not any(signal.has_listeners(model) for signal in (pre_init, post_init))
        )

    def from_db(self, alias: str, names: Sequence[str], values: Sequence[Any]) -> models.Model:
        """Return a row with these fields; the others are read when they are wanted."""
        if not self._plain:
            return self._model.from_db(alias, names, values)
        made = self._model.__new__(self._model)
        made.__dict__.update(zip(names, values, strict=True))
        state = made._state = ModelState()
        state.adding, state.db = False, alias
        return made


def _quicken(populators: Sequence[Any]) -> None:
    """Have what is selected along made the same way."""
    for populator in populators:
        populator.model_cls = _Rows(populator.model_cls)
        _quicken(populator.related_populators)


def insert(row: models.Model) -> None:
    """Insert a new row, as `save` does but for its signals; the database gives a missing key.

    A time of creation that it has already stays.
    """
    row._prepare_related_fields_for_save(operation_name="save")  # type: ignore[attr-defined]
    connection = _connection()
    fields, sql = _insert(type(row), row.pk is not None)
    values = [
        field.get_db_prep_save(field.pre_save(row, getattr(row, field.attname) is None), connection)
        for field in fields
    ]
    if row.pk is None:
        row.pk = execute(connection, sql, values, _first)[0]
    else:
        execute(connection, sql, values)
    row._state.adding, row._state.db = False, connection.alias


@cache
def _insert(model: type[models.Model], has_key: bool) -> tuple[list[models.Field[Any, Any]], str]:
    meta, quote = model._meta, _connection().ops.quote_name
    fields = [field for field in meta.concrete_fields if has_key or not field.primary_key]
    names = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    returned = "" if has_key else f" RETURNING {quote(str(meta.pk.column))}"
    return fields, f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES ({places}){returned}"


def update(row: models.Model, names: Sequence[str]) -> None:
    """Write some fields of a row that is there, as `save` does but for its signals."""
    connection = _connection()
    fields, sql = _update(type(row), tuple(names))
    values = [
        field.get_db_prep_save(field.pre_save(row, False), connection)
        for field in [*fields, row._meta.pk]
    ]
    execute(connection, sql, values)


@cache
def _update(
    model: type[models.Model], names: tuple[str, ...]
) -> tuple[list[models.Field[Any, Any]], str]:
    meta, quote = model._meta, _connection().ops.quote_name
    fields = [field for field in meta.concrete_fields if field.name in names]
    sets = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    key = quote(str(meta.pk.column))
    return fields, f"UPDATE {quote(meta.db_table)} SET {sets} WHERE {key} = %s"
