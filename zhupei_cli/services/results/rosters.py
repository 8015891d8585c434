"""Rosters (录取名单): one workbook a base, holding exactly the people admitted there."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypedDict

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.files import refuse_existing, replacing, together
from zhupei_cli.model import Batch, Event, Plan, Run
from zhupei_cli.model.base import TableRow
from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.rules.admission.run import Round
from zhupei_cli.rules.batch.lifecycle import BATCH, directions
from zhupei_cli.services.admission.runs import find_run
from zhupei_cli.services.batches.vacant_seats import is_over, taken_at, vacant_at
from zhupei_cli.services.records import base_login
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.lookup import base_names, specialty_names
from zhupei_cli.services.results.roster_paper import print_roster, require_printable
from zhupei_cli.services.results.roster_people import People, load_people, roster_seats
from zhupei_cli.sheets.kinds.roster_columns import ROSTER_COLUMNS
from zhupei_cli.sheets.writing.roster import BaseRoster, SpecialtyRoster, write_roster
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, ROUND, BatchStatus

_PLAN: Table = Plan.metadata.tables[Plan.__tablename__]

_WITH_RESULT = (BatchStatus.COMMITTED, BatchStatus.PUBLICITY, BatchStatus.FINAL, BatchStatus.ARCHIVED)
_FINAL = (BatchStatus.FINAL, BatchStatus.ARCHIVED)
_NUMBER = [column.key for column in ROSTER_COLUMNS].index("application_no")

#: Rosters still to be written, each with its file.
Targets = Sequence[tuple[Path, BaseRoster]]


@dataclass(frozen=True, slots=True)
class WantedRosters:
    """Of which bases (None: all of the plan), of which run if it is no result yet, and where to.

    With `fonts` they are printed, as PDF; else they are workbooks.
    """

    folder: Path
    bases: Sequence[str] | None = None
    run: int | None = None
    force: bool = False
    fonts: FontSet | None = None


def prepare_rosters(session: Session, batch: Batch, wanted: WantedRosters, *, by: Acting) -> Targets:
    """Return what `write_rosters` is to write, and record that the lists leave the database.

    Nothing is written yet: the transaction can end before the files are made. Raises E308 (no such base in
    the plan), E464 (no result), E002 (a file is there already), E466 (the lists are not the admitted),
    E090 and E749 when fonts lack a character.
    """
    run = _wanted_run(session, batch, wanted.run)
    plan = _plan(session, [batch], wanted.bases)
    people = load_people(session, [batch], run, wanted.bases)
    provisional = batch.status not in _FINAL or (run is not None and run.committed_at is None)
    data = {"bases": list(plan), "people": len(people), "run": run and run.number, "provisional": provisional}
    (seq,) = record(session, by, [Change("export.roster", batch.code, batch.id, data=data)])
    made = partial(
        BaseRoster,
        batch_code=batch.code,
        batch_name=batch.name,
        provisional=provisional,
        made_on=by.today,
        seal=_seal(session, seq),
        round_label="" if run is None or run.round == Round.MAIN else ROUND.label(run.round),
    )
    # Counts of taken seats are the province's: a base's roster counts the people on it.
    trial = (run is not None and run.committed_at is None) or base_login.is_base(session)
    rosters = _rosters(session, plan, people, trial=trial, made=made)
    _require_exactly(rosters, roster_seats(session, [batch], run, wanted.bases))
    return _targets(rosters, wanted)


def prepare_year(
    session: Session, year: int, batches: Sequence[Batch], wanted: WantedRosters, *, by: Acting
) -> Targets:
    """Return the rosters of a whole year, `batches` of it together; what a `prepare_rosters` is for one.

    Main, later and supplement rounds stand on one list a base, 备注 being the batch. Raises what
    `prepare_rosters` does.
    """
    plan = _plan(session, batches, wanted.bases)
    people = load_people(session, batches, None, wanted.bases)
    provisional = any(batch.status not in _FINAL for batch in batches)
    codes = [batch.code for batch in batches]
    data = {"bases": list(plan), "people": len(people), "batches": codes, "provisional": provisional}
    (seq,) = record(session, by, [Change("export.roster", str(year), None, data=data)])
    made = partial(
        BaseRoster,
        batch_code=str(year),
        batch_name=f"{year} 年住院医师规范化培训招收（{'、'.join(codes)}）",
        provisional=provisional,
        made_on=by.today,
        seal=_seal(session, seq),
        round_label=f"{year}年度",
    )
    rosters = _rosters(session, plan, people, trial=base_login.is_base(session), made=made)
    _require_exactly(rosters, roster_seats(session, batches, None, wanted.bases))
    return _targets(rosters, wanted)


def _targets(rosters: Sequence[BaseRoster], wanted: WantedRosters) -> Targets:
    if wanted.fonts is not None:
        require_printable(rosters, wanted.fonts)
    ending = ".xlsx" if wanted.fonts is None else ".pdf"
    targets = [
        (wanted.folder / f"{roster.file_name.removesuffix('.xlsx')}{ending}", roster) for roster in rosters
    ]
    for path, _ in targets:
        refuse_existing(path, force=wanted.force)
    return targets


def write_rosters(
    targets: Iterable[tuple[Path, BaseRoster]],
    *,
    force: bool = False,
    passwords: Mapping[str, str] | None = None,
    fonts: FontSet | None = None,
) -> None:
    """Write the rosters one after the other; they appear together. `fonts`: see Wanted.

    `passwords`: base → what opens its workbook.
    """
    with together():
        for path, roster in targets:
            if fonts is not None:
                with replacing(path, force=force) as beside:
                    beside.write_bytes(print_roster(roster, fonts=fonts))
                continue
            write_roster(path, roster, force=force, password=(passwords or {}).get(roster.base_code))


class RosterFile(TypedDict):
    """The list of one base, and how many stand on it."""

    base: str
    file: str
    people: int


class RosterSummary(TypedDict):
    """Which lists these are, and how many people stand on them."""

    kind: str
    people: int
    files: list[RosterFile]


def summary_of(targets: Targets) -> RosterSummary:
    """Return which lists these are, how many people stand on them, and their files."""
    files: list[RosterFile] = [
        {
            "base": roster.base_code,
            "file": path.name,
            "people": sum(len(one.rows) for one in roster.specialties),
        }
        for path, roster in targets
    ]
    kind = targets[0][1].kind if targets else "名单"
    return {"kind": kind, "people": sum(file["people"] for file in files), "files": files}


def _wanted_run(session: Session, batch: Batch, number: int | None) -> Run | None:
    """Return the run to show: one that is no result yet, or the people of a later round alone.

    None: the result itself is wanted, and there; the main run is the result too.
    """
    run = None if number is None else find_run(session, batch, number)
    if run is not None and (run.committed_at is None or run.round != Round.MAIN):
        return run
    if batch.status not in _WITH_RESULT:
        way = directions(BATCH, batch.status, frozenset({BatchStatus.COMMITTED}), batch.code)
        cure = f"{way}；要看一次录取计算的名单加 --run RUN"
        raise ZhupeiError("E464", batch=batch.code, status=BATCH_STATUS.label(batch.status), cure=cure)
    return None


class _Seats(NamedTuple):
    """The seats of a place: planned, vacant now, with supplement rounds that are on no roster here."""

    quota: int = 0
    vacant: int = 0
    ceded: int = 0


def _plan(
    session: Session, batches: Sequence[Batch], bases: Sequence[str] | None
) -> dict[str, dict[str, _Seats]]:
    """Return base → specialty → seats, codes in their order.

    Over several batches a supplement round offers again what its parent's plan has counted already.
    """
    chosen = {batch.id: batch for batch in batches}
    plan: dict[str, dict[str, _Seats]] = {}
    counted = {column.name: 0 for column in _PLAN.c if column.name.startswith(("taken_", "ceded"))}
    uncounted = base_login.is_base(session)
    shown = [column for column in _PLAN.c if column.name not in counted or not uncounted]
    found = session.execute(select(*shown).where(_PLAN.c.batch_id.in_(chosen))).mappings()
    rows = [{**counted, **row} for row in found]
    for row in sorted(rows, key=lambda row: (row["base_code"], row["specialty_code"], row["batch_id"])):
        batch, places = chosen[row["batch_id"]], plan.setdefault(row["base_code"], {})
        known = places.get(row["specialty_code"], _Seats())
        again = batch.parent_id in chosen
        places[row["specialty_code"]] = _added(known, row, batch, again=again, uncounted=uncounted)
    for base in bases or ():
        if base not in plan:
            raise ZhupeiError("E308", base=base, batch="、".join(batch.code for batch in batches))
    return plan if bases is None else {base: plan[base] for base in sorted(set(bases))}


def _added(known: _Seats, row: TableRow, batch: Batch, *, again: bool, uncounted: bool) -> _Seats:
    """Return the seats of a place with those of one more batch; `again`: its parent is counted already."""
    # As on every other screen a stopped place has no plan; who sits there stays.
    quota = 0 if row["stopped"] else row["quota"]
    back = (taken_at(row) + row["ceded"] if is_over(batch) else row["quota"]) if again else 0
    return _Seats(
        known.quota + (0 if again else quota),
        known.vacant + (0 if again and uncounted else vacant_at(row, batch)),
        known.ceded + row["ceded"] - back,
    )


def _rosters(
    session: Session,
    plan: Mapping[str, Mapping[str, _Seats]],
    people: People,
    *,
    trial: bool,
    made: Callable[..., BaseRoster],
) -> list[BaseRoster]:
    """Return the rosters, `made` of a base's places; of a `trial` the seats are vacant in the plan still."""
    bases, specialties = base_names(session), specialty_names(session).labels

    def main(base: str) -> str:
        code = bases.mains.get(base)
        return "" if code is None else f"{code} {bases.names[code]}"

    def place(base: str, code: str, seats: _Seats) -> SpecialtyRoster:
        rows = people.rows(base, code, specialties[code])
        vacant = max(0, seats.vacant - len(rows)) if trial else seats.vacant
        others = seats.quota - vacant - len(rows)
        return SpecialtyRoster(code, specialties[code], seats.quota, rows, others, max(0, seats.ceded))

    return [
        made(
            base_code=base,
            base_name=bases.names[base],
            main=main(base),
            specialties=[place(base, code, seats) for code, seats in places.items()],
        )
        for base, places in plan.items()
    ]


def _require_exactly(rosters: Iterable[BaseRoster], admitted: Sequence[tuple[str, str, str]]) -> None:
    """Raise E466 unless everybody admitted stands once on the roster of their place, and nobody else does."""
    listed = Counter(
        (roster.base_code, place.code, str(row[_NUMBER]))
        for roster in rosters
        for place in roster.specialties
        for row in place.rows
    )
    missing, extra = Counter(admitted) - listed, listed - Counter(admitted)
    if missing or extra:
        example = min(missing | extra)[2]
        raise ZhupeiError("E466", missing=missing.total(), extra=extra.total(), example=example)


def _seal(session: Session, seq: int) -> str:
    head = session.execute(select(Event.hash).where(Event.seq == seq)).scalar_one()
    return f"存证：第 {seq} 号 {head[:16]}"
