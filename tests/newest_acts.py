"""Every list, line and explanation of a batch read for every person, and held against the newest acts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch
from zhupei_cli.reports.values import Report
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.services.admission.explaining_result import explain_place_now, explain_standings
from zhupei_cli.services.admission.result_now import list_result
from zhupei_cli.services.admission.seats import list_vacancies
from zhupei_cli.services.applications.listing import Filter, list_applications
from zhupei_cli.services.applications.years import load_years
from zhupei_cli.services.batches.batch_views import show_batch
from zhupei_cli.services.batches.plans import list_plan
from zhupei_cli.services.reports import overview, reporting
from zhupei_cli.services.results.result_lists import public_list, ranking, unadmitted_list
from zhupei_cli.services.results.roster_people import load_people
from zhupei_cli.services.results.rosters import WantedRosters, prepare_rosters
from zhupei_cli.words.vocabulary import ADMISSION_STATUS, BatchStatus

SEATED = ("proposed", "admitted", "reported")
GIVEN_UP = ("declined", "revoked", "no_show", "quit")


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the newest act left somebody; `round` is that of the run a seat came from, None by hand."""

    status: str
    place: tuple[str, str] | None = None
    via: str | None = None
    round: str | None = None
    total: Decimal | None = None
    rank: int | None = None

    @property
    def line(self) -> tuple[Any, ...]:
        return self.status, self.place, self.via, self.total, self.rank


Stands = Mapping[str, Stand]


def disagreements(
    session: Session,
    batch: Batch,
    stands: Stands,
    *,
    now: datetime,
    base: str | None = None,
    everybody: bool = True,
) -> list[Any]:
    """Return what any screen says that the newest acts do not; places are explained at one `base` alone.

    People are explained one and all, or every fifth of them.
    """
    wrong: list[Any] = []

    def same(screen: str, shown: object, meant: object) -> None:
        if shown != meant:
            wrong.append((screen, _apart(shown, meant)))

    rows = {row["application_no"]: row for row in list_result(session, batch)}
    seated = {no: stand for no, stand in stands.items() if stand.status in SEATED}
    published = batch.status in PUBLISHED
    same("admit list", {no: _line(row) for no, row in rows.items()}, {no: s.line for no, s in stands.items()})
    same("rounds", {no: rows[no]["round"] for no in seated}, {no: s.round for no, s in seated.items()})
    _explained(session, batch, dict(list(rows.items())[:: 1 if everybody else 5]), same)
    _reasons(session, batch, rows, stands, same)
    _places(session, batch, stands, base, same)
    _papers(session, batch, seated, same)
    if published:
        _persons(session, batch, stands, same)
    _counts(session, batch, rows, stands, now, same)
    return wrong


def _apart(shown: object, meant: object) -> object:
    if not (isinstance(shown, dict) and isinstance(meant, dict)):
        return shown, meant
    keys = [key for key in shown.keys() | meant.keys() if shown.get(key, "-") != meant.get(key, "-")]
    return [(key, shown.get(key, "-"), meant.get(key, "-")) for key in sorted(keys)[:4]]


def _line(row: Mapping[str, Any]) -> tuple[Any, ...]:
    place = (row["base"], row["specialty"]) if row["base"] else None
    return row["status"], place, row["via"], row["total"], row["rank"]


def _explained(session: Session, batch: Batch, rows: Mapping[str, Any], same: Any) -> None:
    """Each person's explanation ends where the list does, and its newest steps lead there."""
    keys = ("outcome", "reason", "reason_label", "status", "status_label")
    everybody = explain_standings(session, batch, list(rows))
    for no, row in rows.items():
        told: Any = everybody[no]
        same(f"explain {no}", {key: told[key] for key in keys}, {key: row[key] for key in keys})
        same(f"explain {no} standing", _line(told["standing"]), _line(row))
        steps = told["steps"]
        if row["run"] is None:
            continue
        newest = [step for step in steps if step["run"] == row["run"]]
        won = [(step["base"], step["specialty"]) for step in newest if step["result"] == "admitted"]
        same(f"explain {no} steps", won, [(row["base"], row["specialty"])] if row["via"] else [])


def _reasons(session: Session, batch: Batch, rows: Mapping[str, Any], stands: Stands, same: Any) -> None:
    """Who is 未录取 stands on that list with the reason of `admit list`, and it is true."""
    listed = {row["application_no"]: row["reason"] for row in unadmitted_list(session, batch)}
    meant = {no: rows[no]["reason"] for no, stand in stands.items() if stand.status == "not_admitted"}
    same("export unadmitted", listed, meant)
    decided = {no: rows[no]["reason"] for no, stand in stands.items() if stand.status in GIVEN_UP}
    same("reasons", decided, {no: stands[no].status for no in decided})
    vacant = {
        (one["base"], one["specialty"])
        for one in list_vacancies(session, batch, unpublished=True)
        if one["vacant"]
    }
    for choice in ranking(session, batch, run=1, base=None, specialty=None):
        if meant.get(choice["application_no"]) == "full":
            spot = choice["base"], choice["specialty"]
            same(f"full {choice['application_no']}", spot in vacant, False)


def _places(session: Session, batch: Batch, stands: Stands, base: str | None, same: Any) -> None:
    """The ranking of each place and the vacancies have whoever sits there."""
    seats = Counter(stand.place for stand in stands.values() if stand.status in SEATED)
    for place in list_vacancies(session, batch, unpublished=True):
        spot = place["base"], place["specialty"]
        free = 0 if place["stopped"] else place["quota"] - seats[spot] - place["ceded"]
        if batch.status == BatchStatus.ARCHIVED and batch.parent_id is not None:
            free = 0  # what a round did not take is its parent's again
        same(f"vacancies {spot}", (place["taken"], place["vacant"]), (seats[spot], free))
        if base not in (None, spot[0]):
            continue
        told: Any = explain_place_now(session, batch, *spot)
        here = {one["application_no"] for one in told["ranking"] if one["result"] == "admitted"}
        meant = {no for no, s in stands.items() if s.status in SEATED and s.place == spot}
        same(f"explain --place {spot}", sorted(here), sorted(meant))
        same(f"explain --place {spot} count", told["admitted"], len(meant))
    keys = ("quota", "taken", "preplaced", "vacant", "ceded")
    tables: list[Sequence[Any]] = [list_plan(session, batch), list_vacancies(session, batch)]
    plan, free_now = (
        {(one["base"], one["specialty"]): [one[key] for key in keys] for one in rows} for rows in tables
    )
    same("plan list", plan, free_now)
    totals = show_batch(session, batch)["plan"]
    told = sum(seats.values()) if batch.status in PUBLISHED else None
    same("batch show", (totals["taken"], totals["ceded"]), (told, sum(one[-1] for one in plan.values())))
    if batch.status in PUBLISHED:
        got = {
            row["application_no"]: (row["base"], row["specialty"])
            for row in ranking(session, batch, run=None, base=None, specialty=None)
            if row["result"] == "录取"
        }
        wanted = {no: stands[no].place for no in got}
        same("export ranking", got, wanted)


def _papers(session: Session, batch: Batch, seated: Stands, same: Any) -> None:
    """Rosters and publicity list have exactly those with a seat, with its total and rank."""
    people = load_people(session, [batch], None, None)
    found = {}
    for base, specialty in {stand.place for stand in seated.values() if stand.place}:
        for row in people.rows(base, specialty, ""):
            found[row[1]] = (base, row[2], *row[-5:-3])
    meant = {
        no: (*(stand.place or ()), None if stand.total is None else int(stand.total * 100), stand.rank)
        for no, stand in seated.items()
    }
    same("roster", (len(people), found), (len(meant), meant))
    public = {
        row["application_no"]: (row["base"], row["specialty"], row["total"], row["rank"], row["status"])
        for row in public_list(session, batch, draft=batch.status not in PUBLISHED)
    }
    lines = {no: (*(s.place or ()), s.total, s.rank, s.status) for no, s in seated.items()}
    same("export public", public, lines)


def _persons(session: Session, batch: Batch, stands: Stands, same: Any) -> None:
    """The one line of a trainee, in this batch and over the years."""
    lines = {row["application_no"]: row for row in list_applications(session, batch, Filter())}
    shown = {no: lines[no]["admission_status"] for no in stands}
    same("apply status", shown, {no: stand.status for no, stand in stands.items()})
    for no, stand in stands.items():
        label = lines[no]["status_label"]
        same(f"apply status {no}", label.startswith(ADMISSION_STATUS.label(stand.status)), True)
        same(f"apply status {no} base", "录取基地" in label, stand.status in SEATED)
    ids = select(Application.application_no, Application.trainee_id).where(Application.batch_id == batch.id)
    people = {row.application_no: row.trainee_id for row in session.execute(ids)}
    years = load_years(session, people.values())
    told = {
        one["application_no"]: one["status_label"]
        for no in stands
        for one in years[people[no]]
        if one["application_no"] in stands
    }
    same("trainee standing", told, {no: lines[no]["status_label"] for no in stands})


def _nightly(session: Session, batch: Batch, stands: Stands, report: Report, same: Any) -> None:
    """The tables of the nightly page: by base, by specialty, and the marks that seats were given at."""
    seats = [stand for stand in stands.values() if stand.status in SEATED and stand.place]
    places = list_vacancies(session, batch)
    for at, supplies in enumerate((report.bases, report.specialties)):
        held = Counter(stand.place[at] for stand in seats if stand.place)
        vacant: Counter[str] = Counter()
        for place in places:
            vacant[(place["base"], place["specialty"])[at]] += place["vacant"] or 0
        shown = {one.code: (one.admitted, one.vacant) for one in supplies}
        same("report supplies", shown, {code: (held[code], vacant[code]) for code in shown})
    marks: dict[tuple[str, str], list[int]] = {}
    for stand in seats:
        if stand.total is not None and stand.via not in ("place", "preplaced") and stand.place:
            marks.setdefault(stand.place, []).append(int(stand.total * 100))
    same(
        "report cutoffs",
        {(one.base, one.specialty): (one.count, one.lowest, one.highest) for one in report.cutoffs},
        {spot: (len(some), min(some), max(some)) for spot, some in marks.items()},
    )


def roster_disagreements(session: Session, batch: Batch, stands: Stands, *, by: Acting) -> list[Any]:
    """Return where the summary of a roster (汇总) has other people or figures than the newest acts leave.

    The session is one whose events are not kept: rosters leave one.
    """
    seats = Counter(stand.place for stand in stands.values() if stand.status in SEATED)
    meant = {
        (one["base"], one["specialty"]): (one["quota"], seats[one["base"], one["specialty"]], one["vacant"])
        for one in list_vacancies(session, batch, unpublished=True)
    }
    targets = prepare_rosters(session, batch, WantedRosters(Path("nowhere")), by=by)
    shown = {
        (roster.base_code, place.code): place.counts for _, roster in targets for place in roster.specialties
    }
    wrong = [] if shown == meant else [("roster summary", _apart(shown, meant))]
    provisional = {roster.provisional for _, roster in targets}
    final = batch.status in (BatchStatus.FINAL, BatchStatus.ARCHIVED)
    return wrong if provisional == {not final} else [*wrong, ("roster", provisional)]


def _counts(
    session: Session, batch: Batch, rows: Mapping[str, Any], stands: Stands, now: datetime, same: Any
) -> None:
    """What is counted anywhere is the number of people it is said of."""
    states = Counter(stand.status for stand in stands.values())
    seats = sum(states[one] for one in SEATED)
    shown = overview.batch_now(session, batch, now=now)
    figures = {one["figure"]: one["count"] for one in reporting.summarize(session, batch, now=now)}
    report = reporting.measure(session, batch, now=now)
    anomalies = reporting.list_anomalies(session, batch, now=now)
    same("report anomalies", [asdict(one) for one in report.anomalies], anomalies)
    same("report anomalies count", figures["anomalies"], len(anomalies))
    # Nobody sits where there is no seat, and open objections are told as everywhere.
    kinds = Counter(one["kind"] for one in anomalies)
    same("anomalies", (kinds["overfull"], kinds["planless"]), (0, 0))
    same("anomalies of objections", bool(kinds["objections"]), bool(shown["objections"]))
    supplies = [*report.bases, *report.specialties]
    live = {one.code: one.admitted for one in report.batches}
    if batch.status not in PUBLISHED:
        same("status", (shown["admissions"], shown["plan"]["taken"]), (None, None))
        same("report summary", (figures["admitted"], figures["vacant"]), (None, None))
        same("report", (report.placed, report.cutoffs), ([], []))
        same("report supplies", {(one.admitted, one.vacant) for one in supplies}, {(None, None)})
        same("report batches", live.get(batch.code), None)
        return
    same("report batches", live.get(batch.code, seats), seats)
    _nightly(session, batch, stands, report, same)
    same("status", shown["admissions"], dict(states))
    vacant = sum(one["vacant"] or 0 for one in list_vacancies(session, batch))
    reasons = Counter(row["reason"] for row in rows.values())
    # After a supplement round has the seats nobody can be refilled: `ceded` stands where `vacant` stood.
    same("status refill", shown["refillable"], reasons["vacant"] if batch.status != "archived" else 0)
    same("status taken", shown["plan"]["taken"], seats)
    told = (figures["admitted"], figures["vacant"], figures["reported"])
    same("report summary", told, (seats, vacant, states["reported"]))
    ways = Counter(stand.via for stand in stands.values() if stand.status in SEATED)
    ways["not_admitted"] = states["not_admitted"]
    ways["given_up"] = sum(states[one] for one in GIVEN_UP)
    same("report placed", {one.outcome: one.count for one in report.placed if one.count}, +ways)
