"""Many rows with one statement, on SQLite a thousand rows with one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from tests.people import open_batch
from tests.statements import statements
from zhupei_cli.model import Batch, Counter, Specialty, Trainee
from zhupei_cli.store.bulk import KEYS_AT_ONCE, delete_rows, in_chunks, insert_rows, rows_of, update_rows
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError

COUNTER: Table = Counter.metadata.tables["counter"]
SPECIALTY: Table = Specialty.metadata.tables["specialty"]
NOW = datetime(2026, 7, 1, tzinfo=UTC)
TRAINEE: Table = Trainee.metadata.tables["trainee"]


def _counters(session: Session) -> dict[str, int]:
    rows = session.execute(select(Counter.name, Counter.value).where(Counter.name.like("c%")))
    return dict(rows.all())


def _inserts(database: str, rows: int) -> list[str]:
    if database.startswith("postgresql"):
        return ["COPY"]
    return ["INSERT"] * -(-rows // (1000 if database.startswith("sqlite") else 5000))


def test_rows_go_in_change_and_go_with_few_statements(database: str) -> None:
    with transaction(database) as session, statements() as seen:
        insert_rows(session, COUNTER, ("name", "value"), [(f"c{at}", at) for at in range(2000)])
        update_rows(session, COUNTER, ("name",), ("value",), [(f"c{at}", at + 1) for at in range(2000)])
        delete_rows(session, COUNTER, ("name",), [(f"c{at}",) for at in range(2, 2000)])
        assert _counters(session) == {"c0": 1, "c1": 2}
    verbs = [words.split()[0] for words in seen]
    assert verbs == [*_inserts(database, 2000), "UPDATE", "DELETE", "SELECT"]


def test_rows_that_refer_to_others_go_in_after_them(database: str) -> None:
    education: Table = TRAINEE.metadata.tables["education"]
    people = [(at, "id_card", f"N{at}", "王芳", NOW, NOW, 1) for at in range(1, 2502)]
    columns = ("id", "id_type", "id_number", "name", "created_at", "updated_at", "touched_by")
    schools = [(at, at, "21", f"第{at}医学院", at % 2 == 0) for at in range(1, 2502)]
    with transaction(database) as session:
        insert_rows(session, TRAINEE, columns, people)
        with statements() as seen:
            insert_rows(session, education, ("id", "trainee_id", "level", "school", "full_time"), schools)
        rows = session.execute(select(*(education.c[name] for name in ("id", "trainee_id", "school"))))
        assert sorted(map(tuple, rows)) == [(at, at, f"第{at}医学院") for at in range(1, 2502)]
        assert session.execute(select(func.count()).where(education.c.full_time)).scalar() == 1250
    assert len(seen) == len(_inserts(database, len(schools)))


@pytest.mark.parametrize("twice", [500, 1500, 3499])
def test_one_bad_row_of_many_ends_all_of_them(database: str, twice: int) -> None:
    # On SQLite statements run behind the making of the next: none is left running when one fails.
    rows = [(f"c{at}", at) for at in range(3500)]
    rows[twice] = ("c0", 0)
    with pytest.raises(ZhupeiError, match="E621"), transaction(database) as session:
        insert_rows(session, COUNTER, ("name", "value"), rows)
    with transaction(database) as session:
        assert _counters(session) == {}


def test_rows_that_cannot_be_made_end_all_of_them(database: str) -> None:
    def rows() -> Iterator[tuple[object, ...]]:
        yield from ((f"c{at}", at) for at in range(2500))
        raise LookupError("no more")

    with pytest.raises(LookupError), transaction(database) as session:
        insert_rows(session, COUNTER, ("name", "value"), rows())
    with transaction(database) as session:
        assert _counters(session) == {}


def test_no_rows_are_no_statement(database: str) -> None:
    with transaction(database) as session, statements() as seen:
        insert_rows(session, COUNTER, ("name", "value"), [])
        update_rows(session, COUNTER, ("name",), ("value",), [])
        delete_rows(session, COUNTER, ("name",), [])
    assert seen == []


def test_values_pass_through_the_types_of_their_columns(database: str) -> None:
    china = timezone(timedelta(hours=8))
    with transaction(database) as session:
        open_batch(session)
        batch: Table = Batch.metadata.tables["batch"]
        at = datetime(2026, 7, 1, 8, 0, 0, 999, tzinfo=china)
        update_rows(session, batch, ("id",), ("review_until",), [(1, at)])
        update_rows(session, SPECIALTY, ("code",), ("is_shortage",), [("0100", True)])
        session.expire_all()
        assert session.get_one(Batch, 1).review_until == datetime(2026, 7, 1, tzinfo=UTC)
        assert session.get_one(Specialty, "0100").is_shortage is True


def test_an_update_may_change_its_own_key(database: str) -> None:
    with transaction(database) as session:
        insert_rows(session, COUNTER, ("name", "value"), [("c1", 1)])
        update_rows(session, COUNTER, ("name",), ("name", "value"), [("c1", "c2", 5)])
        assert _counters(session) == {"c2": 5}


def test_rows_of_many_keys_are_read_in_few_queries(database: str) -> None:
    count = KEYS_AT_ONCE + 1
    with transaction(database) as session:
        insert_rows(session, COUNTER, ("name", "value"), [(f"c{at}", at) for at in range(count)])
        with statements() as seen:
            found = list(rows_of(session, select(COUNTER), COUNTER.c.name, (f"c{at}" for at in range(count))))
        assert len(found) == count
        assert len(seen) == 2


def test_chunks_keep_every_key_once() -> None:
    assert list(in_chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(in_chunks([])) == []
