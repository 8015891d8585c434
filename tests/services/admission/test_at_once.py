"""Eight real processes that decline, place, reinstate and refill at once: every invariant stays whole."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import drawn_world, store_world
from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Event, Plan, Run
from zhupei_cli.rules.admission.run import Place, RunSpecialty
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.services.admission import admissions, runs, stages
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.upkeep.invariants import check_database
from zhupei_cli.store.engine import reading, transaction

PROCESSES, PEOPLE, ACTS = 8, 120, 6

#: One worker: acts drawn at random on whoever is drawn at random. Prints how often each act was done, and the
#: codes of what was refused.
WORKER = """
import json, sys
from collections import Counter
from datetime import UTC, datetime
from random import Random
from sqlalchemy import select
from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application
from zhupei_cli.services.admission import admissions, by_hand, give_up
from zhupei_cli.services.admission.seats import list_vacancies
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError

url, seed, acts = sys.argv[1], *map(int, sys.argv[2:4])
numbers = select(Application.application_no).join(Admission, Admission.application_id == Application.id)
VERBS = ("decline", "refill", "place", "decline", "refill and commit", "reinstate")
random, by, done = Random(seed), Acting(f"进程{seed}", datetime(2026, 6, 5, 2, tzinfo=UTC)), Counter()

WHO = {"decline": "proposed", "place": "not_admitted", "reinstate": "declined"}

def act(verb, run):
    with transaction(url) as session:
        batch = find_batch(session, "T")
        if verb in WHO:
            found = sorted(session.scalars(numbers.where(Admission.status == WHO[verb])))
            number = random.choice(found or ["T-0000001"])
        if verb == "place":
            free = [one for one in list_vacancies(session, batch) if one["vacant"]]
            spot = random.choice([(one["base"], one["specialty"]) for one in free])
            by_hand.place(session, batch, number, spot, reason="安排", by=by)
        elif verb in WHO:
            give_up.decide_admissions(session, batch, verb, [number], reason="变了", by=by)
        if verb in ("refill", "refill and commit"):
            run = admissions.run_admission(session, batch, by=by, round_="refill")["run"]
        if verb in ("commit", "refill and commit"):
            admissions.commit_run(session, batch, run, by=by)
    return run

run = None
for at in range(acts):
    verb = VERBS[(at + seed) % len(VERBS)]
    try:
        run = act(verb, run)
        done[verb] += 1
        if verb == "refill":
            act("commit", run)
            done["commit"] += 1
    except ZhupeiError as error:
        done[error.code] += 1
print(json.dumps(done))
"""
#: Not a candidate or seated already, no such run any more, stale by now, no seat free: ordinary answers.
ORDINARY = {"E403", "E439", "E462", "E463"}


def test_eight_processes_decline_place_and_refill_at_once(database: str, by: Acting) -> None:
    with transaction(database) as session:
        world = drawn_world(PEOPLE, bases=3, specialties=2)
        # One place that nobody asks for: there is always a seat somebody can be placed on.
        spare = Place("B001", "0900", PEOPLE)
        kinds = {**world.specialties, "0900": RunSpecialty("口腔", False)}
        world = replace(world, places=(*world.places, spare), specialties=kinds)
        batch = store_world(session, world, told=True)
        admissions.run_admission(session, batch, by=by)
        admissions.commit_run(session, batch, 1, by=by)
        stages.move_batch(session, batch, "publish", by=by)
    with reading(database) as session:
        # Nobody told how the people of this world came to be: that and nothing else is found.
        known = check_database(session, deep=True)
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, database, str(seed), str(ACTS)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        for seed in range(PROCESSES)
    ]
    ends = [worker.communicate(timeout=120) for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * PROCESSES, [error for _, error in ends]
    done = sum((Counter(json.loads(out)) for out, _ in ends), Counter[str]())
    codes = {word for word in done if word.startswith("E")}
    assert codes <= ORDINARY, done
    committed = done["commit"] + done["refill and commit"]
    assert committed and all(done[verb] for verb in ("decline", "place", "reinstate", "refill")), done
    _assert_whole(database, committed, known)


def _assert_whole(database: str, count: int, known: list[Finding]) -> None:
    with reading(database) as session:
        assert check_database(session, deep=True) == known
        batch = find_batch(session, "T")
        committed = [
            run for run in session.scalars(select(Run)) if run.committed_at and run.round == "refill"
        ]
        assert len(committed) == count
        assert [runs.verify_run(session, run) for run in committed] == [[]] * len(committed)
        seats = Counter(
            tuple(row)
            for row in session.execute(
                select(Admission.base_code, Admission.specialty_code).where(Admission.live_key.is_not(None))
            )
        )
        for plan in session.scalars(select(Plan).where(Plan.batch_id == batch.id)):
            taken = plan.taken_own + plan.taken_entrusted + plan.taken_social
            assert seats[plan.base_code, plan.specialty_code] == taken <= plan.quota
        _assert_events_lead_there(session)


def _assert_events_lead_there(session: Session) -> None:
    """Each person stands where their newest event left them; nobody was given a seat while having one."""
    stands = dict(
        session.execute(
            select(Application.application_no, Admission.status).join(
                Admission, Admission.application_id == Application.id
            )
        ).all()
    )
    now: dict[str, str | None] = {}
    told = select(Event.subject, Event.before, Event.after).where(Event.action.startswith("admission."))
    for event in session.execute(told.where(Event.subject.startswith("T-")).order_by(Event.seq)):
        assert now.get(event.subject) == event.before
        now[event.subject] = event.after
    assert now == stands
