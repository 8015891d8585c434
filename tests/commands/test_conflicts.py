"""What a server undoes for another one's sake is done again, a bounded number of times."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.conftest import Run
from tests.people import open_batch, person, write_people
from tests.slots import Slots
from zhupei_cli.services.reviews import decisions
from zhupei_cli.store.counters import take
from zhupei_cli.store.engine import connected, transaction

#: The first writers of a new counter lose; a sequence does not go back with them.
_LOSING = """
CREATE SEQUENCE tried;
CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF nextval('tried') <= {tries} THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '{state}'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER lose BEFORE INSERT ON counter FOR EACH ROW EXECUTE FUNCTION lose();
"""


@pytest.fixture
def url(slots: Slots) -> str:
    """A database of the server with an open batch."""
    found = slots.take(0)
    with transaction(found) as session:
        open_batch(session)
    return found


@pytest.mark.parametrize(
    ("state", "tries", "code"), [("40P01", 2, 0), ("40001", 1, 0), ("40P01", 3, 6), ("55P03", 1, 6)]
)
def test_a_lost_race_is_run_again(
    zhupei: Run, url: str, monkeypatch: pytest.MonkeyPatch, state: str, tries: int, code: int
) -> None:
    with connected(url, read_only=False) as connection:
        connection.exec_driver_sql(_LOSING.format(state=state, tries=tries))
    calls = []

    def decide(session: Session, *_args: object, **_kwargs: object) -> tuple[int, list[object]]:
        calls.append(1)
        take(session, "lost and found", 1)
        return 1, []

    monkeypatch.setattr(decisions, "decide", decide)
    ran = zhupei("--database", url, "review", "approve", "HN2026-0000001", "--batch", "HN2026")
    assert (ran.code, len(calls)) == (code, tries if code else tries + 1)
    assert ("错误 [E620]" in ran.err, "错误 [E601]" in ran.err) == (tries == 3, state == "55P03")
    with transaction(url) as session:
        assert take(session, "lost and found", 1).start == (1 if code else 2)


#: Asked beforehand, or with a password on stdin, which is read once.
@pytest.mark.parametrize(
    "line",
    [
        "batch close HN2026",
        "batch edit HN2026 --set min_score=60",
        "batch cancel HN2026 --yes",
        "apply withdraw HN2026-0000001 --yes",
        "trainee password reset HN2026-0000001 --username wang1999 --password-stdin",
    ],
)
def test_every_writing_command_runs_a_lost_race_again(zhupei: Run, url: str, home: Path, line: str) -> None:
    write_people(home / "人.xlsx", [person(1)])
    assert zhupei("--database", url, "trainee", "import", "人.xlsx").code == 0
    with connected(url, read_only=False) as connection:
        connection.exec_driver_sql(_LOSING.format(state="40P01", tries=2).replace("counter", "event"))
    ran = zhupei("--database", url, *line.split(), stdin="geheim2026\n")
    assert ran.code == 0, ran.err
    with connected(url) as connection:
        assert connection.exec_driver_sql("SELECT last_value FROM tried").scalar() == 3
