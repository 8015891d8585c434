"""Why the result of a batch is as it is: all rounds together, and what was decided one by one since."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypedDict

from sqlalchemy import Row, RowMapping, Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Batch, Choice, Plan, Run, RunRow
from zhupei_cli.rules.admission.merit import open_lines
from zhupei_cli.rules.admission.run import Round, Spot
from zhupei_cli.rules.admission.scores import mark_number
from zhupei_cli.rules.people.masking import mask_id, masked_text
from zhupei_cli.rules.proof.explanation import Fate, Rung, explain_place
from zhupei_cli.rules.proof.explanation_rows import PlaceExplained, Rank, RankNamed, StepRow
from zhupei_cli.rules.proof.explanation_words import FATES, fate_label, seat_notes, via_label
from zhupei_cli.services.admission.explaining import (
    Explained,
    basis_of,
    explain_candidate,
    explain_candidates,
    explain_spot,
    names_of,
    seated_label,
)
from zhupei_cli.services.admission.result_now import (
    ResultNow,
    list_result,
    result_rounds,
    result_title,
    round_labels,
)
from zhupei_cli.services.admission.vacated import told_of_seats
from zhupei_cli.services.batches.vacant_seats import NoRoom, no_room_at
from zhupei_cli.services.marks.score_lines import applications_of
from zhupei_cli.services.records.lookup import base_names, find_base, find_specialty, specialty_names
from zhupei_cli.store.bulk import rows_of
from zhupei_cli.words import vocabulary as words
from zhupei_cli.words.errors import ZhupeiError

_ADMISSION: Table = Admission.metadata.tables[Admission.__tablename__]
_ROW: Table = Admission.metadata.tables[RunRow.__tablename__]
_PLAN: Table = Admission.metadata.tables[Plan.__tablename__]

#: With what the run found of them that the row comes from: nothing of whom somebody decided on since.
_DECIDED: Final = select(_ADMISSION, _ROW.c.outcome).outerjoin(
    _ROW, (_ROW.c.run_id == _ADMISSION.c.run_id) & (_ROW.c.application_id == _ADMISSION.c.application_id)
)
#: Reasons that say a seat is free by now, there or where the others chose.
_VACANCIES: Final = ("vacant", "placeable", "ceded", "returned", "over")


class _Round(TypedDict):
    run: int
    round: str
    round_label: str


class RoundStep(StepRow, _Round):
    """What became of one choice in one round of a result."""


def explain_standing(session: Session, batch: Batch, no: str) -> Explained:
    """Return how one person came to stand where they stand: the steps of every round, the newest act.

    The keys are those of `explain_candidate`, each step with its `run` and `round_label`; `standing` is the
    row of the result, with the `reason` of who decided last, and in words (`notes`) whose seat it was and
    what was agreed to. Without a result it is the newest run alone.
    """
    told = explain_standings(session, batch, [no])
    if no not in told:
        return explain_candidate(session, batch, no)
    person = session.execute(applications_of(batch).where(Application.application_no == no)).one()
    told[no]["seated_label"] = seated_label(session, batch, person.trainee_id)
    return told[no]


def explain_standings(session: Session, batch: Batch, numbers: Sequence[str]) -> dict[str, Explained]:
    """Return what `explain_standing` says of each number that is part of the result; each round read once."""
    rounds = result_rounds(session, batch)
    found = rows_of(session, applications_of(batch), Application.application_no, numbers if rounds else ())
    people = list(found)
    stored = rows_of(session, _DECIDED, _ADMISSION.c.application_id, [person.id for person in people])
    decided = {row.application_id: row for row in stored}
    people = [person for person in people if person.id in decided]
    if not people:
        return {}
    told = _told_of_rounds(session, batch, rounds, people)
    rows = {row["application_no"]: row for row in list_result(session, batch)}
    later = [no for no in told if rows[no]["base"] and rows[no]["round"] != Round.MAIN]
    seats = told_of_seats(session, batch, later)
    by_hand = Counter(
        (row["base"] or "", row["specialty"] or "") for row in rows.values() if row["via"] == "place"
    )
    explained = {}
    for person in people:
        no = person.application_no
        notes = seat_notes(seats.get(no, {}))
        explained[no] = _standing(rounds, rows[no], notes, told[no], decided[person.id], by_hand)
    return explained


def _told_of_rounds(
    session: Session, batch: Batch, rounds: Sequence[Run], people: Sequence[Row[*tuple[object, ...]]]
) -> dict[str, list[Explained]]:
    """Return what each round says of each of the people, by number."""
    told: dict[str, list[Explained]] = {person.application_no: [] for person in people}
    labels = round_labels(rounds)
    for run in rounds:
        for one in _of_round(session, batch, run, people, labels[run.number]):
            told[one["application_no"]].append(one)
    return told


def _standing(
    rounds: list[Run],
    row: ResultNow,
    notes: list[str],
    told: Sequence[Explained],
    decided: Row[*tuple[object, ...]],
    by_hand: Mapping[Spot, int],
) -> Explained:
    adjustments = [one["adjustment"] for one in told if one["adjustment"] is not None]
    return {
        "application_no": row["application_no"],
        "name": row["name"],
        "outcome": row["outcome"],
        "outcome_label": row["outcome_label"],
        "reason": row["reason"],
        "reason_label": row["reason_label"],
        "status": row["status"],
        "status_label": row["status_label"],
        "run": row["run"],
        "rule": rounds[0].rule,
        "title": result_title(rounds),
        "steps": [
            step if row["base"] else _since_full(step, by_hand) for one in told for step in one["steps"]
        ],
        "adjustment": adjustments[-1] if adjustments else None,
        "adjustments": adjustments,
        "standing": {
            **row,
            "notes": notes,
            "decided_reason": _why(row, decided),
            "decided_at": decided.decided_at,
        },
    }


def _since_full(step: StepRow, by_hand: Mapping[Spot, int]) -> StepRow:
    """Return the step of a run, with the later act where a place that was full had seats given by hand."""
    given = by_hand.get((step["base"], step["specialty"]))
    if step["result"] != Fate.FULL or not given:
        return step
    return {**step, "decided": f"{step['decided']}；此后空出的名额中有 {given} 个是个别安排的"}


def _why(row: ResultNow, decided: Row[*tuple[object, ...]]) -> str | None:
    """Return the reason of the newest act, of those that have one: a round after it has none of its own."""
    by_hand = row["via"] in ("place", "preplaced") or row["reason"] in words.DECIDED_ON
    reinstated = not row["base"] and decided.outcome != words.Outcome.NOT_ADMITTED
    return masked_text(decided.reason) if by_hand or reinstated else None


def _of_round(
    session: Session, batch: Batch, run: Run, people: Sequence[Row[*tuple[object, ...]]], label: str
) -> Iterator[Explained]:
    """Yield what one round says of those who were candidates of it."""
    of: _Round = {"run": run.number, "round": run.round, "round_label": label}
    for told in explain_candidates(session, batch, basis_of(session, batch, run, now=False), people):
        # The round of adjustment goes by no choice: its steps say nothing.
        steps: list[RoundStep] = [
            {**step, **of} for step in told["steps"] if step["result"] != Fate.NOT_ASKED
        ]
        told["steps"] = steps
        if told["adjustment"] is not None:
            told["adjustment"] = {**told["adjustment"], **of}
        yield told


def explain_place_now(session: Session, batch: Batch, base: str, specialty: str) -> PlaceExplained:
    """Return a place's figures and ranking by the result: the keys are those of `explain_spot`.

    `held` (before any run) and `admitted` (by runs and since) are together who is seated there now. Each row
    has the round its seat came from; the ranks are those of the main run. Without a result it is the newest
    run alone.
    """
    rounds = result_rounds(session, batch)
    if not rounds:
        return explain_spot(session, batch, base, specialty)
    spot: Spot = (find_base(session, base), find_specialty(session, specialty))
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    main = basis_of(session, batch, rounds[0], now=False)
    place = next((place for place in main.inputs.places if place.spot == spot), None)
    if place is None:
        raise ZhupeiError("E306", base=bases[spot[0]], specialty=specialties[spot[1]])
    rows = {row["application_no"]: row for row in list_result(session, batch)}
    ladder = explain_place(main.inputs, main.rows, spot)
    now = _plan_now(session, batch, spot)
    ranking = [_ranked(rung, rows.get(rung.no), spot, now) for rung in ladder if rung.choice is not None]
    listed = {one["application_no"] for one in ranking}
    here = [row for row in rows.values() if (row["base"], row["specialty"]) == spot]
    ranking += [_joined(row) for row in here if row["application_no"] not in listed]
    waiting = [no for no, row in rows.items() if row["base"] is None and main.row_of(no) is None]
    ranking += _since(session, batch, [rows[no] for no in waiting if no not in listed], spot, now)
    people = names_of(session, batch, [one["application_no"] for one in ranking])
    choices = {rung.no: rung.choice for rung in ladder}
    before = sum(row["via"] == "preplaced" for row in here)
    by_choice = [
        row["total"] for row in here if row["total"] is not None and (row["via"] or "").startswith("choice")
    ]
    return {
        "base": spot[0],
        "base_label": bases[spot[0]],
        "specialty": spot[1],
        "specialty_label": specialties[spot[1]],
        "title": result_title(rounds),
        "rounds": len(rounds),
        "quota": place.quota,
        "held": before,
        "line": mark_number(open_lines(main.inputs).get(spot) or None),
        "reserves": dict(place.reserves),
        "stopped": place.stopped,
        "admitted": len(here) - before,
        "adjusted": sum(row["via"] == "adjust" for row in here),
        "cutoff": min(by_choice, default=None),
        "ranking": [_named(one, people, choices) for one in ranking],
    }


def _plan_now(session: Session, batch: Batch, spot: Spot) -> RowMapping | None:
    here = (_PLAN.c.batch_id == batch.id, _PLAN.c.base_code == spot[0], _PLAN.c.specialty_code == spot[1])
    return session.execute(select(_PLAN).where(*here)).mappings().one_or_none()


def _true_here(row: ResultNow, now: RowMapping | None, identity: str) -> tuple[str, str | None] | None:
    """Return why somebody waits, where that is so at this place; None for a vacancy that is at another."""
    reason = str(row["reason"])
    if reason in _VACANCIES:
        why = no_room_at(now, identity) if now is not None and not now["stopped"] else NoRoom.FULL
        if why is NoRoom.CEDED:
            return "ceded", words.WITHOUT_SEAT.label("ceded")
        if why is not None:
            return None
    return reason, row["reason_label"]


def _since(
    session: Session, batch: Batch, rows: Sequence[ResultNow], spot: Spot, now: RowMapping | None
) -> list[Rank]:
    """Return who became a candidate after the main run and chose the place: without a rank in it."""
    statement = (
        applications_of(batch)
        .with_only_columns(Application.application_no, Application.identity, Choice.number)
        .join(Choice, Choice.application_id == Application.id)
        .where(Choice.base_code == spot[0], Choice.specialty_code == spot[1])
    )
    by_number = {row["application_no"]: row for row in rows}
    found: list[Rank] = []
    for one in rows_of(session, statement, Application.application_no, by_number):
        row = by_number[one.application_no]
        fate = Fate.STOPPED if now is not None and now["stopped"] else Fate.FULL
        # No run says how it was here.
        result, label = _true_here(row, now, one.identity) or (fate.value, FATES[fate])
        found.append(
            {
                "rank": None,
                "application_no": one.application_no,
                "identity": one.identity,
                "via": f"choice{one.number}",
                "total": None,
                "result": result,
                "reserved": False,
                "result_label": label,
                "round_label": None,
            }
        )
    return found


def _ranked(rung: Rung, row: ResultNow | None, spot: Spot, now: RowMapping | None) -> Rank:
    """Return who chose the place, with what they have now; `now` is its row of the plan."""
    result, label = _ending(rung, row, spot, now)
    placed = row is not None and (row["base"], row["specialty"]) == spot and row["via"] == "place"
    return {
        "rank": rung.rank,
        "application_no": rung.no,
        "identity": rung.identity,
        "via": "place" if placed else f"choice{rung.choice}",
        "total": mark_number(rung.total),
        "result": result,
        "reserved": rung.reserved and result == Fate.ADMITTED,
        "result_label": label,
        "round_label": row["round_label"] if row is not None and result == Fate.ADMITTED else None,
    }


def _ending(rung: Rung, row: ResultNow | None, spot: Spot, now: RowMapping | None) -> tuple[str, str | None]:
    """Return how it ended at the place for somebody who chose it: the code, and in words."""
    found = rung.result.value, fate_label(rung)
    if row is None:
        return found
    if (row["base"], row["specialty"]) == spot:
        admitted = Fate.ADMITTED.value, FATES[Fate.ADMITTED]
        return found if rung.result is Fate.ADMITTED else admitted
    if row["base"] is None:
        # Where their vacancy is at another place it is here as it was.
        return _true_here(row, now, rung.identity) or found
    return found if rung.result is Fate.NOT_NEEDED else (Fate.FULL.value, "录取到其他岗位")


def _joined(row: ResultNow) -> Rank:
    """Return who sits at the place without having stood on its ranking: adjusted, placed by hand."""
    return {
        "rank": row["rank"],
        "application_no": row["application_no"],
        "via": row["via"] or "",
        "total": row["total"],
        "round_label": row["round_label"],
        "identity": row["identity"],
        "result": Fate.ADMITTED.value,
        "result_label": FATES[Fate.ADMITTED],
        "reserved": False,
    }


def _named(one: Rank, people: Mapping[str, tuple[str, str]], choices: Mapping[str, int | None]) -> RankNamed:
    name, id_number = people[one["application_no"]]
    # Who got by hand what was a choice of their own.
    choice = choices.get(one["application_no"]) if one["via"] == "place" else None
    return {
        **one,
        "name": name,
        "id_number": mask_id(id_number),
        "identity_label": words.IDENTITY.label(one["identity"]),
        "via_label": via_label(one["via"]) + (f"（{via_label(f'choice{choice}')}）" if choice else ""),
    }
