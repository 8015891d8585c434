"""A batch that people act on, and where the acts left everybody: read whole after every step."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, OPERATOR, Ran, Run
from tests.newest_acts import SEATED, Stand, disagreements, roster_disagreements
from tests.people import BASES, write_book
from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Trainee
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.results.year import public_of_year, year_by_base
from zhupei_cli.services.upkeep.invariants import check_database
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.vocabulary import ADMISSION_STATUS

WHY: Final = ("--reason", "核实")


@dataclass(slots=True)
class Season:
    """A database, the program, and where the acts left everybody: batch → number → stand."""

    zhupei: Run
    database: str
    folder: Path
    #: All is read after one of so many steps: of two after the odd ones, of four after the second.
    every: int
    #: Whether everybody is explained then, or every fifth.
    everybody: bool
    stands: dict[str, dict[str, Stand]] = field(default_factory=dict)
    steps: int = 0

    def call(self, *args: str | Path, code: int = 0) -> Ran:
        ran = self.zhupei("--database", self.database, *args)
        assert ran.code == code, (args, ran.code, ran.err)
        return ran

    def json(self, *args: str | Path, code: int = 0) -> Any:
        return json.loads(self.call(*args, "--json", code=code).out)

    def take(self, command: str, kind: Any, rows: list[dict[str, Any]], *more: str, code: int = 0) -> Any:
        """Import rows as a workbook."""
        book = write_book(self.folder / f"{kind.title}.xlsx", [(kind, rows)])
        return self.json(*command.split(), book, *more, code=code)

    def agree(self, step: str, *batches: str) -> None:
        """Read everything of everybody; the places of one base in turn."""
        self.steps += 1
        if self.steps % self.every != self.every // 2:
            return
        with reading(self.database) as session:
            for code in batches or ("HN2026",):
                batch, (base, _) = find_batch(session, code), BASES[self.steps % len(BASES)]
                wrong = disagreements(
                    session, batch, self.stands[code], now=NOW, base=base, everybody=self.everybody
                )
                assert wrong == [], (step, code, len(wrong), wrong[:5])
                self._told(code, list(self.stands[code])[self.steps :: 150])
            if self.steps % 4 in (1, 2):
                assert check_database(session) == []
            self._year(session)
        with transaction(self.database, dry_run=True) as session:
            for code in batches or ("HN2026",):
                batch, by = find_batch(session, code), Acting(OPERATOR, NOW)
                wrong = roster_disagreements(session, batch, self.stands[code], by=by)
                assert wrong == [], (step, code, wrong)

    def _told(self, code: str, numbers: list[str]) -> None:
        """Some of them as people see it: the words of the status line and of the explanation."""
        published = self.json("status", code)["admissions"] is not None
        for no in numbers:
            stand = self.stands[code][no]
            label = ADMISSION_STATUS.label(stand.status)
            line = self.json("apply", "status", no)["status_label"]
            assert line.startswith(label if published else "基地审核通过"), (no, line)
            head, standing, *_ = self.call("admit", "explain", no).out.splitlines()
            # Who has what the main run gave needs no such line; for who has nothing the first has the reason.
            spoken_of = stand.round != "main" and stand.status != "not_admitted"
            assert standing.startswith(f"现状：{label}" if spoken_of else ("现状：", "依据：")), (
                no,
                standing,
            )
            assert ("：录取" in head) == (stand.status in SEATED), (no, head)

    def _year(self, session: Session) -> None:
        """The year's seats by base are those of its published batches together."""
        told = year_by_base(session, 2026)
        seats = Counter(
            stand.place[0]
            for code in set(told["batches"]) - set(told["waiting"])
            for stand in self.stands.get(code, {}).values()
            if stand.place is not None
        )
        assert {one["base"]: one["admitted"] for one in told["bases"] if one["admitted"]} == +seats
        if not seats:
            return
        public = {
            row["application_no"]: (row["batch"], (row["base"], row["specialty"]), row["total"], row["rank"])
            for row in public_of_year(session, 2026)[0]
        }
        assert public == {
            no: (code, stand.place, stand.total, stand.rank)
            for code in set(told["batches"]) - set(told["waiting"])
            for no, stand in self.stands.get(code, {}).items()
            if stand.place is not None
        }

    def commit(self, code: str, *run: str, final: bool = False) -> None:
        """Compute and commit a round; who has a seat by it stands there."""
        number = str(self.json("admit", "run", "--batch", code, *run)["run"])
        self.call("admit", "commit", number, "--batch", code, "-y")
        stands = self.stands.setdefault(code, {})
        round_ = run[1] if run else "main"
        for row in self.json("admit", "list", "--run", number, "--batch", code):
            stand = Stand("not_admitted")
            if row["outcome"] == "admitted":
                spot, status = (row["base"], row["specialty"]), "admitted" if final else "proposed"
                stand = Stand(status, spot, row["via"], round_, mark(row["total"]), row["rank"])
            stands[row["application_no"]] = stand

    def give_up(self, verb: str, numbers: Iterable[str], status: str) -> None:
        numbers = list(numbers)
        self.call("admit", verb, *numbers, *WHY)
        self.stands[numbers[0].rpartition("-")[0]] |= {no: Stand(status) for no in numbers}

    def place(self, no: str, spot: tuple[str, str], doubts: set[str]) -> None:
        refused = self.call("admit", "place", no, *spot, *WHY, code=5)
        assert "E688" in refused.err
        done = self.json("admit", "place", no, *spot, *WHY, "--yes")
        assert {one["code"] for one in done["doubts"]} == doubts
        stand = Stand(done["status"], spot, "place", None, mark(done["total"]), done["rank"])
        self.stands[no.rpartition("-")[0]][no] = stand

    def seated(self, code: str = "HN2026") -> list[str]:
        return [no for no, one in self.stands[code].items() if one.status in SEATED]

    def moved(self, before: str, after: str, code: str = "HN2026") -> None:
        stands = self.stands[code]
        stands |= {no: replace(one, status=after) for no, one in stands.items() if one.status == before}

    def ids(self, code: str) -> dict[str, str]:
        """Application number → ID number."""
        with reading(self.database) as session:
            columns = select(Application.application_no, Trainee.id_number)
            rows = session.execute(columns.join(Trainee, Trainee.id == Application.trainee_id)).all()
        return {no: number for no, number in rows if no.startswith(f"{code}-")}


def mark(told: object) -> Decimal | None:
    """Return a mark as people are told it."""
    return None if told is None else Decimal(str(told))
