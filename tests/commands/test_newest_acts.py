"""A season of 300 after its lists are out: refilled, placed, objected to, left, supplemented, a year later.

After every step every list, status line and explanation of every person agrees with the newest act. The
gate looks after every second step, and explains every fifth person.
"""

import json
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.acted_on import WHY, Season, mark
from tests.conftest import Run
from tests.newest_acts import Stand
from tests.people import BASES, SPECIALTIES, person
from zhupei_cli.sheets.kinds import workbook_kinds as kinds

pytestmark = pytest.mark.long

PEOPLE, SEATS = 300, 20
DATES = ("--apply-from", "2026-06-01", "--apply-until", "2026-06-30")
#: What the past says of people.
_ABOUT_PEOPLE = ("E690", "E691", "E692")


def _form(random: Random, number: int) -> dict[str, Any]:
    first, second = random.sample([base for base, _ in BASES], 2)
    # The first place is wanted by more than it holds, the last one by fewer.
    specialty = random.choices(SPECIALTIES, (5, 3, 1))[0]
    adjust = random.choice(("是", "否"))
    return person(number, specialty=specialty, choice1_base=first, choice2_base=second, accept_adjust=adjust)


def _begin(season: Season) -> None:
    """Take 300 people from workbooks up to a locked batch; some have no marks, three places have a line."""
    random = Random(1)
    bases = [{"code": code, "name": name, "city": "郑州市"} for code, name in BASES]
    season.take("base import", kinds.BASE, bases)
    season.call("batch", "create", "HN2026", "--name", "招收", "--year", "2026", *DATES)
    season.call("batch", "edit", "HN2026", "--set", "bar.no_show_years=2")
    plan = [
        {"base": base, "specialty": code, "quota": SEATS, **({"min_score": 65} if code == "0200" else {})}
        for base, _ in BASES
        for code in SPECIALTIES
    ]
    season.take("batch plan import", kinds.PLAN, plan, "--batch", "HN2026")
    season.call("batch", "open", "HN2026")
    _apply(season, "HN2026", [_form(random, number) for number in range(1, PEOPLE + 1)])
    marks = [
        {"application_no": no, **{key: random.randint(50, 100) for key in ("written", "skill", "interview")}}
        for no in season.ids("HN2026")
        if not no.endswith("7")
    ]
    _lock(season, "HN2026", marks)


def _apply(season: Season, code: str, forms: list[dict[str, Any]], *, refused: int = 0) -> Any:
    ran = season.take(
        "trainee import", kinds.PERSON, forms, "--batch", code, "--submit", code=3 if refused else 0
    )
    assert ran["counts"]["rejected"] == refused
    season.call("review", "approve", *season.ids(code))
    return ran


def _lock(season: Season, code: str, marks: list[dict[str, Any]]) -> None:
    season.call("batch", "close", code)
    season.take("admit scores import", kinds.SCORE, marks, "--batch", code)
    season.call("batch", "lock", code, "-y")


def _place_five(season: Season) -> list[str]:
    """Place one of each kind of doubt: others before, no total, below the line, no consent, out of scope."""
    full, open_ = (BASES[0][0], "0100"), (BASES[0][0], "2800")
    holders = [no for no, one in season.stands["HN2026"].items() if one.place == full]
    season.give_up("decline", holders[:5], "declined")
    season.agree("declined again")
    forms = {one["application_no"]: one for one in season.json("apply", "list")}
    reasons = {one["application_no"]: one["reason"] for one in season.json("admit", "list")}

    def somebody(reason: str, specialty: str, base: str | None = None, adjust: bool | None = None) -> str:
        found = (
            no
            for no, one in forms.items()
            if (reasons[no], one["specialty"]) == (reason, specialty)
            and base in (None, one["choice1_base"], one["choice2_base"])
            and adjust in (None, one["accept_adjust"])
        )
        return str(next(found))

    ladder = season.json("admit", "explain", "--place", *full)
    last = [one["application_no"] for one in ladder if one["result"] == "vacant"][-1]
    lined = (full[0], "0200")
    placed = [
        (last, full, "E421"),
        (somebody("absent", "2800", open_[0]), open_, "E419"),
        (somebody("below_line", "0200", lined[0]), lined, "E420"),
        (somebody("full", "0100", adjust=False), open_, "E687"),
        (somebody("vacant", "0100", adjust=True), open_, "E687"),
    ]
    for no, spot, code in placed:
        season.place(no, spot, {code})
    return [no for no, _, _ in placed]


def _object(season: Season, placed: list[str]) -> None:
    """Three objections: one upheld, one not, one about a place that is open until the very end."""
    for about in (placed[0], placed[1]):
        season.call("objection", "add", about, "--text", "异议")
    season.call("objection", "add", "--base", BASES[0][0], "--specialty", "2800", "--text", "名额")
    season.call("objection", "assign", "1", "--to", "科教处")
    for number in "123":
        season.call("objection", "answer", number, "--text", "已核实")
    assert season.json("status", "HN2026")["objections"] == 3
    for number, outcome in (("1", "成立"), ("2", "不成立")):
        season.call("objection", "close", number, "--outcome", outcome, *WHY)
    season.agree("objected to")
    season.give_up("revoke", placed[:1], "revoked")
    assert season.json("status", "HN2026")["objections"] == 1
    assert "E701" in season.call("batch", "finalize", "HN2026", "-y", code=5).err
    season.call("objection", "close", "3", "--outcome", "不成立", *WHY)


def _check_in(season: Season) -> None:
    """All but six come; four of them have a pending record, of which one is confirmed; another is entered."""
    seated = season.seated()
    rows = [
        {"application_no": no, "checked_in": "否" if at % 30 == 7 else "是"}
        for at, no in enumerate(seated)
        if at % 30 != 8
    ]
    season.take("admit checkin import", kinds.CHECK_IN, rows, "--batch", "HN2026")
    for row in rows:
        no, status = row["application_no"], "no_show" if row["checked_in"] == "否" else "reported"
        stand = season.stands["HN2026"][no]
        season.stands["HN2026"][no] = Stand(status) if status == "no_show" else replace(stand, status=status)
    pending = season.json("trainee", "bar", "list", "--state", "pending")
    assert len(pending) == len(rows) - sum(row["checked_in"] == "是" for row in rows)
    season.call("trainee", "bar", "activate", str(pending[0]["bar"]), *WHY)


@pytest.mark.once
def test_every_screen_agrees_with_the_newest_act(
    zhupei: Run, database: str, tmp_path: Path, thorough: bool
) -> None:
    here = database.startswith("sqlite")
    every = (1 if thorough else 2) if here else 4
    season = Season(zhupei, database, tmp_path, every=every, everybody=here and thorough)
    _begin(season)
    season.commit("HN2026")
    season.agree("committed")
    season.call("batch", "publish", "HN2026", "-y")
    season.agree("published")
    season.give_up("decline", season.seated()[::9][:15], "declined")
    season.agree("declined")
    season.commit("HN2026", "--round", "refill")
    season.agree("refilled")
    placed = _place_five(season)
    season.agree("placed")
    _object(season, placed)
    season.agree("revoked")
    season.call("batch", "finalize", "HN2026", "-y")
    season.moved("proposed", "admitted")
    season.agree("final")
    _check_in(season)
    season.agree("checked in")
    season.commit("HN2026", "--round", "refill", final=True)
    season.agree("refilled at the end")
    leaver = next(no for no, one in season.stands["HN2026"].items() if one.status == "reported")
    season.call("admit", "quit", leaver, "--default", "-y", *WHY)
    season.call("admit", "quit", leaver, "--undo", *WHY)
    if season.every == 1:
        season.agree("came back")
    season.call("admit", "quit", leaver, "--default", "-y", *WHY)
    season.stands["HN2026"][leaver] = Stand("quit")
    season.agree("left")
    barred = _supplement(season)
    _fill_the_rest(season)
    _next_year(season, leaver, barred)


def _supplement(season: Season) -> list[str]:
    """Offer what is free once more; return the ID numbers of the two who may not apply."""
    ids = season.ids("HN2026")
    waiting = [no for no, one in season.stands["HN2026"].items() if one.status == "not_admitted"]
    season.call("trainee", "bar", "add", waiting[0], "--kind", "作弊", "--years", "3", *WHY)
    (confirmed,) = season.json("trainee", "bar", "list", "--state", "生效", "--reveal")[1:]
    season.call("batch", "create", "HN2026B", "--supplement-of", "HN2026", "--name", "补录", *DATES)
    season.agree("ceded")
    season.call("batch", "open", "HN2026B")
    numbers = {person(at)["id_number"]: at for at in range(1, PEOPLE + 1)}
    # Everybody who waits, for what was not full; of those seated one, who is refused.
    people = [*waiting[:40], season.seated()[0]]
    offered = season.json("batch", "plan", "list", "--batch", "HN2026B")
    again = [
        person(numbers[one], specialty=place["specialty"], choice1_base=place["base"], choice2_base=None)
        for one, place in zip((*map(ids.get, people), confirmed["id_number"]), cycle(offered), strict=False)
    ]
    ran = _apply(season, "HN2026B", again, refused=3)
    told = {problem["row"]: problem["code"] for problem in ran["problems"] if problem["severity"] == "error"}
    assert told == {2: "E690", len(people) + 1: "E452", len(people) + 2: "E690"}
    marks = [
        {"application_no": no, "written": 60 + at, "skill": 60 + at, "interview": 60 + at}
        for at, no in enumerate(season.ids("HN2026B"))
    ]
    _lock(season, "HN2026B", marks)
    season.commit("HN2026B")
    season.agree("supplement committed", "HN2026", "HN2026B")
    season.call("batch", "publish", "HN2026B", "-y")
    season.give_up("decline", season.seated("HN2026B")[:2], "declined")
    season.call("batch", "finalize", "HN2026B", "-y")
    season.moved("proposed", "admitted", "HN2026B")
    season.agree("supplement final", "HN2026", "HN2026B")
    return [ids[waiting[0]], confirmed["id_number"]]


def _fill_the_rest(season: Season) -> None:
    """A seat given up in either of both is given again: at once, and when the round is archived."""
    (lost,) = (no for no in season.seated()[-1:])
    spot = season.stands["HN2026"][lost].place
    assert spot is not None
    season.call("admit", "quit", lost, "-y", *WHY)
    season.stands["HN2026"][lost] = Stand("quit")
    season.agree("left later")
    assert "E486" in season.call("admit", "run", "--round", "refill", "--batch", "HN2026", code=5).err
    reasons = {
        one["application_no"]: one["reason"] for one in season.json("admit", "list", "--batch", "HN2026")
    }
    waiting = [no for no, one in reasons.items() if one in ("full", "placeable", "ceded", "no_vacancy")]
    for no in waiting[-2:]:
        code = 5 if no != waiting[-2] else 0
        done = season.call("admit", "place", no, *spot, *WHY, "-y", "--json", code=code)
        if code == 0:
            row = json.loads(done.out)
            stand = Stand(row["status"], spot, "place", None, mark(row["total"]), row["rank"])
            season.stands["HN2026"][no] = stand
    season.agree("placed later")
    # What the round did not give comes back.
    (gone,) = (no for no in season.seated("HN2026B")[:1])
    spot = season.stands["HN2026B"][gone].place
    season.give_up("decline", [gone], "declined")
    season.call("batch", "archive", "HN2026B", "-y")
    free = {
        (one["base"], one["specialty"]): one["vacant"]
        for one in season.json("batch", "plan", "list", "--batch", "HN2026")
    }
    assert spot is not None and free[spot] > 0
    season.agree("given back", "HN2026", "HN2026B")


def _next_year(season: Season, leaver: str, barred: list[str]) -> None:
    """In the next year's batch who is in training or barred is refused, who left is told; the rest apply."""
    ids = season.ids("HN2026")
    seated = [ids[no] for no in season.seated()[:10]]
    seated += [season.ids("HN2026B")[no] for no in season.seated("HN2026B")[:5]]
    free = [ids[no] for no, one in season.stands["HN2026"].items() if one.status == "declined"][:15]
    season.call("batch", "create", "HN2027", "--year", "2027", "--name", "次年", "--like", "HN2026", *DATES)
    season.call("batch", "open", "HN2027")
    numbers = {person(at)["id_number"]: at for at in range(1, PEOPLE + 1)}
    applying = [*seated, *barred, ids[leaver], *free]
    ran = _apply(season, "HN2027", [person(numbers[one]) for one in applying], refused=len(seated) + 2)
    told = {
        problem["row"]: problem["code"] for problem in ran["problems"] if problem["code"] in _ABOUT_PEOPLE
    }
    meant = [*["E691"] * len(seated), "E690", "E690", "E692"]
    assert told == dict(enumerate(meant, 2))
    marks = [
        {"application_no": no, "written": 90, "skill": 90, "interview": 90} for no in season.ids("HN2027")
    ]
    _lock(season, "HN2027", marks)
    season.commit("HN2027")
    season.call("batch", "publish", "HN2027", "-y")
    season.agree("next year", "HN2026", "HN2026B", "HN2027")
