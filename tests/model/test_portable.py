"""The model means the same on every database: what one alone has may not slip in."""

import pytest
from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from zhupei_cli.model import Base

DIALECTS: tuple[Dialect, ...] = tuple(module.dialect() for module in (sqlite, postgresql, mysql))
TABLES = Base.metadata.sorted_tables


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_can_be_made(table: Table, dialect: Dialect) -> None:
    assert str(CreateTable(table).compile(dialect=dialect)).count("CREATE TABLE") == 1
    for index in table.indexes:
        assert "WHERE" not in str(CreateIndex(index).compile(dialect=dialect)), "no partial index"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_ids_and_values_come_from_the_client(table: Table) -> None:
    given = [column.name for column in table.columns if column.server_default is not None]
    # Added to plans that stood there already: nothing was handed to a round or reserved, nobody known then.
    later = ("ceded", "reserve_", "taken_postgrad")
    assert [name for name in given if not name.startswith(later)] == []
    assert table.autoincrement_column is None


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_constraint_has_a_name_that_mysql_takes(table: Table) -> None:
    names = [constraint.name for constraint in table.constraints]
    assert None not in names
    assert [name for name in names if len(str(name)) > 64] == []
