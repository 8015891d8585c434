"""Time `admit run` against the loop one would write with objects: `python -m tests.bench.admission [PEOPLE]`.

100,000 candidates, 5,000 places, two choices on SQLite, unless told another number of people. Both are
whole programs: ours reads, solves, audits, digests and stores; the other, choice-first without adjustment,
reads, solves and writes.
Prints the seconds of each and their ratio; the figures in README come from here.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.builders import drawn_world, store_world
from zhupei_cli.store.engine import transaction
from zhupei_cli.store.schema import create

BASES, SPECIALTIES = 125, 40
RULES = ("choice-first", "score-first", "stable")

ORM_LOOP = """
import os
from sqlalchemy import select
from sqlalchemy.orm import Session
from zhupei_cli.model import Application, Batch, Choice, Plan, Run, RunRow, Score
from zhupei_cli.store.engine import transaction

with transaction(os.environ["ZHUPEI_DATABASE_URL"]) as session:
    batch = session.scalars(select(Batch)).one()
    plan = session.scalars(select(Plan).where(Plan.batch_id == batch.id))
    places = {(place.base_code, place.specialty_code): place for place in plan}
    of_batch = (Application.batch_id == batch.id, Application.status == "approved")
    applications = session.scalars(select(Application).where(*of_batch)).all()
    choices = {}
    for choice in session.scalars(select(Choice).where(Choice.batch_id == batch.id)):
        choices[choice.application_id, choice.number] = choice
    scores = {score.application_id: score for score in session.scalars(select(Score))}

    def merit(application):
        score = scores[application.id]
        total = (4 * score.written + 4 * score.skill + 2 * score.interview + 5) // 10
        ties = (-score.written, -score.skill, -score.interview)
        return -total, *ties, application.first_submitted_at, application.application_no

    free = {spot: place.quota for spot, place in places.items()}
    applications = sorted(applications, key=merit)
    seats = {}
    for number in (1, 2):
        for application in applications:
            choice = choices[application.id, number]
            spot = choice.base_code, choice.specialty_code
            if application.id not in seats and free[spot] > 0:
                free[spot] -= 1
                seats[application.id] = spot, f"choice{number}"
    about = dict(number=1, rule="choice-first", round="main", adjust=False, made_by="-")
    counts = dict(candidates=len(applications), admitted=len(seats), vacancies=sum(free.values()))
    digests = dict(inputs_sha256="0" * 64, results_sha256="0" * 64, made_at=batch.created_at)
    session.add(Run(id=1, batch_id=batch.id, **about, **counts, **digests))
    session.flush()
    for application in applications:
        row = RunRow(run_id=1, application_id=application.id, outcome="not_admitted", reason="full")
        if application.id in seats:
            (row.base_code, row.specialty_code), row.via = seats[application.id]
            row.outcome, row.reason, row.total = "admitted", None, -merit(application)[0]
        session.add(row)
    print(len(seats))
"""


def seconds(url: str, *command: str) -> float:
    """Run one whole program and return its seconds."""
    environment = {**os.environ, "ZHUPEI_DATABASE_URL": url}
    started = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def main(people: int, folder: Path) -> None:
    """Print all figures."""
    drawn = folder / "drawn.sqlite"
    create(f"sqlite:///{drawn}")
    with transaction(f"sqlite:///{drawn}") as session:
        store_world(session, drawn_world(people, bases=BASES, specialties=SPECIALTIES))
    program = str(Path(sys.executable).parent / "zhupei")

    copy = folder / "copy.sqlite"

    def on_a_copy(*command: str) -> float:
        shutil.copyfile(drawn, copy)
        return seconds(f"sqlite:///{copy}", *command)

    ours = {rule: on_a_copy(program, "admit", "run", "--rule", rule) for rule in RULES}
    loop = on_a_copy(sys.executable, "-c", ORM_LOOP)
    for rule, time_taken in ours.items():
        print(
            f"admit run --rule {rule:<14}{time_taken:8.2f} s{time_taken / loop:8.2f} × the loop", flush=True
        )
    print(f"{'ORM loop, choice-first':<31}{loop:8.2f} s", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, Path(temporary))
