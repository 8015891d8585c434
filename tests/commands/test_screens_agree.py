"""One thing counted on many screens is one number: a random season, asked everywhere."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tests.conftest import Run
from tests.report_world import SEATED, World, draw, store
from zhupei_cli.model import Batch
from zhupei_cli.store.engine import transaction

#: Notion → screen → the number it shows.
Counts = Mapping[str, Mapping[str, int | None]]

_DECIDED = ("returned", "approved", "rejected")


def ask(zhupei: Run, database: str, world: World, *, status: str, folder: Path) -> Counts:
    """Store the world and return what every screen says of it."""
    with transaction(database) as session:
        store(session, world, status=status)

    def screen(*command: str | Path) -> Any:
        ran = zhupei("--database", database, *command, "--json")
        assert ran.code in (0, 3), ran
        return json.loads(ran.out)

    now, (listed,) = screen("status"), screen("batch", "list")
    stats = next(row for row in screen("apply", "stats") if row["group"] == "all")
    funnel = {row["stage"]: row["count"] for row in screen("report", "funnel")}
    summary = {row["figure"]: row["count"] for row in screen("report", "summary")}
    nightly = screen("report", "nightly", "-o", folder)["figures"]
    check = screen("admit", "check")
    places = screen("export", "vacancies", "--unpublished")
    year = screen("status", "--year", "2026")["bases"]
    trend = screen("report", "trend", "--by", "base", "--of", "plan")
    queue = screen("review", "queue")
    forms = {**dict.fromkeys(("submitted", *_DECIDED, "withdrawn"), 0), **now["applications"]}
    seats = {**dict.fromkeys(SEATED, 0), **(now["admissions"] or {})}

    def reported(stage: str) -> dict[str, int]:
        return {"summary": summary[stage], "nightly": nightly[stage]}

    def stage(name: str) -> dict[str, int]:
        return {"funnel": funnel[name], **reported(name)}

    def standing(name: str) -> dict[str, int]:
        return {"stats": stats[name], "status": forms[name], **reported(name)}

    live = sum(count for one, count in forms.items() if one != "withdrawn")
    sent = ("submitted", *_DECIDED)
    return {
        "报名": {
            "status": live,
            "stats": stats["total"],
            "batch list": listed["applications"],
            **stage("filled"),
        },
        "提交": {
            "status": sum(forms[one] for one in sent),
            "stats": sum(stats[one] for one in sent),
            **stage("submitted"),
        },
        "待审核": {
            "status": forms["submitted"],
            "waiting": now["waiting"]["count"],
            "stats": stats["submitted"],
            "check": check["unreviewed"],
            "queue": len(queue),
            **reported("waiting"),
        },
        **{name: standing(name) for name in ("returned", "rejected", "withdrawn")},
        "审核通过": {**standing("approved"), **stage("approved")},
        "有成绩": {"status": now["scored"], **stage("scored")},
        "其中有成绩": {"check": check["with_scores"], "funnel": funnel["scored"]},
        "考生": {"check": check["candidates"], "approved": stats["approved"]},
        "计划": {
            "status": now["plan"]["seats"],
            "batch list": listed["seats"],
            "vacancies": sum(one["quota"] for one in places if not one["stopped"]),
            "year": sum(one["quota"] for one in year),
            "trend": trend[-1]["y2026"],
            **reported("plan"),
        },
        "录取": {
            "status": sum(seats[one] for one in SEATED),
            **({} if now["plan"]["taken"] is None else {"taken": now["plan"]["taken"]}),
            "vacancies": sum(one["taken"] for one in places),
            **stage("admitted"),
        },
        "空缺": {
            "vacancies": sum(one["vacant"] for one in places),
            "check": check["free_seats"],
            **({"year": sum(one["vacant"] for one in year)} if now["admissions"] else {}),
            **reported("vacant"),
        },
        "报到": {"status": seats["reported"], **stage("reported")},
        "异常": {"anomalies": len(screen("report", "anomalies")), **reported("anomalies")},
    }


def apart(counts: Counts, *left_out: str) -> Counts:
    """Return the notions whose screens disagree; a screen that says nothing agrees with each."""
    return {
        notion: shown
        for notion, shown in counts.items()
        if len(set(shown.values()) - {None}) > 1 and notion not in left_out
    }


def before_admission(seed: int) -> World:
    world = draw(seed)
    return World(world.plan, [replace(form, admission=None) for form in world.forms])


_SCORED = ("有成绩", "其中有成绩")


@pytest.mark.parametrize("seed", [1, 2])
def test_before_admission(zhupei: Run, database: str, tmp_path: Path, seed: int) -> None:
    counts = ask(zhupei, database, before_admission(seed), status="locked", folder=tmp_path / "日报")
    assert apart(counts, *_SCORED) == {}
    assert {notion for notion, shown in counts.items() if not any(shown.values())} == {"录取", "报到"}


@pytest.mark.parametrize("seed", [1, 2])
def test_after_publication(zhupei: Run, database: str, tmp_path: Path, seed: int) -> None:
    counts = ask(zhupei, database, draw(seed), status="publicity", folder=tmp_path / "日报")
    # Who has a seat, gave it up or lost it is no candidate of the next round.
    assert apart(counts, *_SCORED, "考生") == {}
    assert {notion for notion, shown in counts.items() if not any(shown.values())} == set()


@pytest.mark.sqlite
def test_marks_are_counted_alike(zhupei: Run, database: str, tmp_path: Path) -> None:
    world = before_admission(1)
    # Rows of a template that nobody filled in, as they were once stored.
    for form in [form for form in world.forms if form.status == "approved"][:3]:
        form.scores = [("", None, None, None)]
    counts = ask(zhupei, database, world, status="locked", folder=tmp_path / "日报")
    assert {notion: shown for notion, shown in apart(counts).items() if notion in _SCORED} == {}


@pytest.mark.sqlite
def test_a_stopped_place_and_a_batch_in_preparation_are_in_no_plan(
    zhupei: Run, database: str, tmp_path: Path
) -> None:
    world = before_admission(1)
    stopped = {spot: (quota, at < 3) for at, (spot, (quota, _)) in enumerate(world.plan.items())}
    counts = ask(zhupei, database, World(stopped, world.forms), status="open", folder=tmp_path / "日报")
    assert set(counts["计划"].values()) == {sum(quota for quota, gone in stopped.values() if not gone)}
    with transaction(database) as session:
        session.execute(update(Batch).values(status="draft"))
    ran = zhupei("--database", database, "status", "--year", "2026", "--json")
    assert (json.loads(ran.out)["preparing"], json.loads(ran.out)["bases"]) == (["R"], [])
    assert ran.err == "筹备中的批次不计：R\n"
