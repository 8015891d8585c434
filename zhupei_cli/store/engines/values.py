"""Rows on their way to a driver: in pieces, and as the types of their columns write them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TypeVar

from sqlalchemy import Connection, Delete, Table, Update
from sqlalchemy.types import TypeEngine

Rows = Sequence[tuple[object, ...]]
Processor = Callable[[object], object]
_T = TypeVar("_T")
S = TypeVar("S", Update, Delete)


def in_chunks(keys: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Yield the keys in lists of at most `size`."""
    rest = iter(keys)
    while chunk := list(islice(rest, size)):
        yield chunk


def run_behind(statements: Iterator[_T], run: Callable[[_T], object]) -> None:
    """Run statements in order, one behind: each is under way while the next is being made."""
    waiting = next(statements, None)
    if waiting is None:
        return
    following = next(statements, None)
    if following is None:
        run(waiting)
        return
    from concurrent.futures import ThreadPoolExecutor

    # Left by whatever way, the block waits for the statement under way: nobody rolls back beneath it.
    with ThreadPoolExecutor(1) as behind:
        running = behind.submit(run, waiting)
        for statement in chain([following], statements):
            running.result()
            running = behind.submit(run, statement)
        running.result()


def processor(type_: TypeEngine[object], connection: Connection) -> Processor | None:
    """Return what turns a value of `type_` into what the driver takes; None where it is that already."""
    return type_.dialect_impl(connection.dialect).bind_processor(connection.dialect)


def processors(table: Table, columns: Sequence[str], connection: Connection) -> list[Processor | None]:
    """Return the processor of each of the `columns`."""
    return [processor(table.c[name].type, connection) for name in columns]


def processed(rows: Rows, each: list[Processor | None]) -> Rows:
    """Return `rows` as the driver takes them."""
    return rows if not any(each) else list(converted(list(zip(*rows, strict=True)), each))


def converted(
    columns: list[tuple[object, ...]], each: list[Processor | None]
) -> Iterator[tuple[object, ...]]:
    """Yield rows, as the driver takes them, of what is given column by column."""
    done = [
        column if process is None else _each_once(process, column)
        for column, process in zip(columns, each, strict=True)
    ]
    return zip(*done, strict=True)


def _each_once(process: Processor, column: Sequence[object]) -> list[object]:
    # Instants and days repeat: most rows of a command carry its own instant.
    known = {value: process(value) for value in set(column)}
    return [known[value] for value in column]


def given_names(key: Sequence[str], columns: Sequence[str] = ()) -> list[str]:
    """Return what the values of a row are called beside the table's own columns: a key may change itself."""
    return [f"key_{name}" for name in key] + [f"new_{name}" for name in columns]


def matching(statement: S, table: Table, key: Sequence[str], values: Mapping[str, object]) -> S:
    """Return `statement` for the rows whose `key` has the values of these names."""
    return statement.where(*(table.c[name] == values[f"key_{name}"] for name in key))
