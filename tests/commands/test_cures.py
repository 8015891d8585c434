"""Cures that are typed: in every state of a batch, beside another batch under way, each leads where it says.

Whatever is refused names commands. On a copy of the database they are typed as they stand, with their
placeholders filled: they can be typed, they mean the batch in hand, what was refused is then allowed or
refused for another reason, and nobody has lost a seat or an application. What is tried in
several states the gate tries a third of in each, another third in the next one.
"""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import click
import pytest
from sqlalchemy import select

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from tests.people import open_batch, person, write_book, write_people
from zhupei_cli.model import Admission, Application, Batch, Event
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.shell.cli import cli
from zhupei_cli.shell.hints import _MENTION, _command, _end_of
from zhupei_cli.shell.outline import load_outline
from zhupei_cli.store.counters import take
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.catalogue import CATALOGUE

pytestmark = [pytest.mark.long, pytest.mark.sqlite]

NO: Final = "T-000000{}".format
WHY: Final = "--reason 原因"

#: How T comes to each state from the one before it.
STATES: Final = {
    "locked": (),
    "committed": ("admit run --batch T", "admit commit 1 --batch T"),
    "given up": (f"admit decline {NO(2)} {WHY}",),
    "publicity": ("batch publish T -y",),
    "refilling": ("admit run --round refill --batch T",),
    "final": ("admit commit 2 --batch T", "batch finalize T -y"),
    "supplement": (
        f"admit decline {NO(1)} {WHY}",
        "batch create T-2 --supplement-of T --name 补录 --apply-from 2026-06-01 --apply-until 2026-06-20",
    ),
    "archived": ("batch cancel T-2 -y", "batch archive T -y"),
}
#: States before it, made from the world as it was stored.
EARLIER: Final = ("draft", "closed", "cancelled")

#: Those that acts are tried in: the others differ from them in nothing that a cure speaks of.
KEPT: Final = ("locked", "committed", "publicity", "supplement", "archived")

ACTS: Final = (
    *(f"batch {verb} T -y" for verb in ("close", "lock", "unlock", "publish", "finalize", "archive")),
    *("batch extend T", "batch seal T", "batch plan stop A 0100 --batch T", "admit run --batch T"),
    *("admit commit 1 --batch T -y", f"admit decline {NO(3)} {WHY}", f"admit reinstate {NO(1)} {WHY}"),
    *(f"admit place {NO(1)} C 0100 {WHY} -y", f"apply withdraw {NO(1)} {WHY}"),
    *("export public --batch T", "export roster --all --batch T -o 名单", "export register --batch T"),
    *("admit list --batch T", f"objection add {NO(1)} --text 异议"),
)
#: Tried in fewer states: after publication, after archiving, while the batch is closed or has a result.
MORE: Final = (
    # Of who has a seat, has none, gave one up; of places that are full; of numbers there are not.
    *(f"admit {verb} {NO(number)} {WHY}" for verb in ("quit", "revoke") for number in (2, 3, 4)),
    *(f"admit place {NO(number)} B 0100 {WHY} -y" for number in (3, 4)),
    *(f"review {verb} {NO(1)} {WHY}" for verb in ("return", "revoke", "reject")),
    *(f"apply submit {NO(1)}", f"apply edit {NO(1)} --no-adjust", f"review approve {NO(1)}"),
    f"apply correct {NO(1)} 服从调剂 否 {WHY}",
    *(f"admit run --round {how} --batch T" for how in ("refill", "adjust", "refill --rule stable")),
    *("admit commit 9 --batch T -y", "admit explain T-0000099", f"admit explain {NO(2)}"),
    *(f"admit uncommit --batch T {WHY} -y", "batch reopen T", "batch open T", "batch cancel T -y"),
    "batch create S --supplement-of T --name 补录 --apply-from 2026-06-01 --apply-until 2026-06-20",
    *("batch edit T --set weights=written=1,skill=0,interview=0", "batch edit T --set same_specialty=false"),
    *(
        "batch plan set A 0100 0 --batch T",
        "batch plan set A 0100 9 --batch T",
        "export public --run 1 -o 补.xlsx",
    ),
    *(
        "export ranking --batch T",
        "export unadmitted --batch T",
        "export letters --all --batch T -o 通知书.pdf",
    ),
    *(f"objection close 9 --outcome 成立 {WHY}", f"trainee bar lift 9 {WHY}", "admit verify 9 --batch T"),
)
#: What is wrong in whatever state; tried in one.
ONCE: Final = (
    *(f"objection {verb} 9 --{more} x" for verb, more in (("answer", "text"), ("assign", "to"))),
    *(f"admit place {NO(3)} {where} {WHY} -y" for where in ("Z 0100", "A 9999", "A 0100")),
    *(f"trainee bar {verb} 9 {WHY}" for verb in ("activate", "lift")),
    *("imports show 99", f"imports undo 99 {WHY} -y", "admit show 99 --batch T", "admit runs --batch NOPE"),
    *("apply show T-0000099", "apply status T-0000099", "review show T-0000099", "audit verify --head x"),
    *(
        "batch show NOPE",
        "base show Z",
        "base disable A",
        "trainee show 查无此人",
        "trainee standing 查无此人",
    ),
    *("admit compare 1 9 --batch T", "export public --run 9 --batch T -o 公.xlsx", "export roster --base Z"),
    *("batch plan resume Z 0100 --batch T", "batch plan set A 9999 3 --batch T"),
    *(
        f"batch edit T --set {pair}"
        for pair in ("min_score=abc", "weights=written=2", "nope=1", "grad_years=x")
    ),
    "batch edit T --set tie_keys=written,written",
    "batch create T --name 再 --year 2026 --apply-from 2026-06-01 --apply-until 2026-06-20",
    "batch create U --name 再 --year 2026 --apply-from 2026-06-20 --apply-until 2026-06-01",
    "batch create U --like NOPE --name 再 --year 2026 --apply-from 2026-06-01 --apply-until 2026-06-20",
    "batch create U --supplement-of T --name 再 --year 2025 --apply-from 2026-06-01 --apply-until 2026-06-20",
    *(
        "admit scores import 没有.xlsx --batch T",
        "admit checkin import 没有.xlsx --batch T",
        "verify 没有.zip",
    ),
    *("exam allot --batch T", f"admit preplace undo {NO(1)} {WHY}"),
    *("base edit Z --name 某", "trainee education remove 查无此人 9 -y", "exam list --batch NOPE"),
    *("admit what-if --quota Z 0100 1 --batch T", "notice send --event 拟录取 --batch T -y"),
    *("audit log --kind 审核通国", "batch create t --name 再 --year 2026 --apply-from 2026-06-01"),
    *(f"admit quit {NO(1)} --undo {WHY}", "exam tickets --batch T -o 证.pdf", "db restore 没有.sqlite -y"),
)
#: Acts that ask, without an answer: what their doubts say to do is tried too.
WARNED: Final = (
    *(f"batch {verb} T" for verb in ("lock", "publish", "finalize", "archive")),
    *("admit check --batch T", "admit commit 1 --batch T", "admit commit 2 --batch T"),
)
BAR: Final = f"trainee bar add {NO(2)} --kind 作弊 --years 3 {WHY}"
OBJECTED: Final = f"objection add {NO(2)} --text 异议 --batch T"
DATES: Final = "--apply-from 2026-05-01 --apply-until 2026-06-01"
#: State → what is refused or doubted only after something else was done: steps, the last one is looked at.
AFTER: Final = {
    "closed": (
        f"review revoke {NO(1)} {WHY} && admit check --batch T",
        f"review revoke {NO(1)} {WHY} && review reject {NO(1)} --reason 甲"
        f" && review reject {NO(1)} --reason 乙",
        f"review revoke {NO(2)} {WHY} && {BAR} && review approve {NO(2)}",
        f"{BAR} && admit check --batch T",
        "batch plan stop A 0100 --batch T && batch plan stop B 0100 --batch T && admit check --batch T",
        f"exam tickets {NO(1)} --batch T -o 证.pdf",
        *(f"exam list --{what} 99 --batch T" for what in ("site", "room")),
        f"batch create U --name 新 --year 2026 {DATES} && batch open U",
        f"batch create U --name 新 --year 2026 {DATES} && batch plan set A 0100 1 --batch U && batch open U",
    ),
    "locked": (
        f"{BAR} && admit check --batch T",
        "admit run --batch T && batch edit T --set min_score=60 && admit commit 1 --batch T -y",
        "admit scores import 成绩.xlsx --batch T",
    ),
    "committed": (
        f"{BAR} && {BAR}",
        f"{BAR} && trainee bar lift 1 {WHY} && trainee bar activate 1 {WHY}",
        f"trainee education remove {NO(1)} 9 -y",
        f"admit preplace undo {NO(1)} {WHY}",
        f"apply correct {NO(1)} 手机号码 13800000000 {WHY}",
        f"admit decline {NO(1)} {WHY} && admit uncommit --batch T {WHY} -y && batch unlock T -y"
        f" && review revoke {NO(1)} {WHY}",
        f"trainee erase {NO(1)} {WHY} -y",
        *(f"admit place {NO(3)} {where} {WHY} -y" for where in ("A 0200", "4101001 0100")),
        "export roster --base 4101001 --batch T -o 名单",
        *("explain E000", "db init", "status --year 2019", "export public --year 2019"),
        "admit scores import 成绩.xlsx --batch T",
        *(f"exam tickets {more} --batch T -o 证.pdf" for more in (NO(1), "--all")),
    ),
    "publicity": (
        f"{OBJECTED} && objection close 1 --outcome 成立 {WHY}",
        f"{OBJECTED} && batch finalize T -y",
        f"{BAR} && admit reinstate {NO(2)} {WHY}",
        "batch edit T --set publicity_until=2026-08-01 && batch finalize T",
        "admit run --round refill --batch T && export public --run 2 --batch T -o 补.xlsx",
        "admit run --round refill --batch T && batch finalize T",
        f"export letters {NO(3)} --batch T -o 通知书.pdf",
        "exam tickets --all --batch T -o 证.pdf",
    ),
    "supplement": (
        f"{OBJECTED} && batch archive T",
        f"{OBJECTED} && objection answer 1 --text 是 && objection close 1 --outcome 成立 {WHY}"
        f" && objection close 1 --outcome 成立 {WHY}",
        f"export letters {NO(2)} --batch T -o 通知书.pdf",
        "batch plan set A 0100 9 --batch T-2",
    ),
    "archived": (f"{BAR} && trainee erase {NO(2)} {WHY} -y",),
}
_FEWER: Final = ("closed", "committed", "supplement", "archived")
#: What people write in the place of a word of a cure.
FILLED: Final = {
    **dict.fromkeys(("原因", "…"), "原因"),
    **dict.fromkeys(("新的截止时间", "截止时间"), "2026-07-01"),
    **dict.fromkeys(("报名号", "证件号码"), NO(1)),
    "批次编号": "T",
    "批次": "T",
    "RUN": "1",
    "基地": "A",
    "基地编号": "A",
    "专业": "0100",
    "编号": "1",
    "类别": "作弊",
    **dict.fromkeys(("年限", "人数", "保留人数"), "1"),
}
#: What a cure is filled with when it is said.
_VALUE: Final = re.compile(r"\{\w+\}")
_COPIES: Final = count()
#: Words by which a cure says that it takes something back.
_TAKES: Final = re.compile("撤销|取消|放弃|撤回|解除|让出")
#: Words of a cure for some cases, of which this may be none.
_MAYBE: Final = re.compile("确应|有空缺时|需要的话")


@dataclass(frozen=True, slots=True)
class Office:
    """One copy of a database, and the program."""

    zhupei: Run
    path: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def type(self, line: str) -> Ran:
        return self.zhupei("--database", self.url, *line.split())

    def copy(self) -> "Office":
        path = self.path.with_name(f"copy{next(_COPIES)}.sqlite")
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
        return Office(self.zhupei, path)

    def held(self) -> tuple[set[str], set[str], int]:
        """Who has a seat, which applications are live, and the number of the last event."""
        with reading(self.url) as session:
            seated = (
                select(Application.application_no)
                .join(Admission, Admission.application_id == Application.id)
                .where(Admission.live_key.is_not(None))
            )
            live = select(Application.application_no).where(Application.live_key.is_not(None))
            last = select(Event.seq).order_by(Event.seq.desc()).limit(1)
            seats, forms = (set(session.execute(one).scalars()) for one in (seated, live))
            return seats, forms, session.execute(last).scalar() or 0

    def touched_since(self, seq: int) -> set[str]:
        with reading(self.url) as session:
            statement = select(Batch.code).join(Event, Event.batch_id == Batch.id).where(Event.seq > seq)
            return set(session.execute(statement).scalars())


def commands_of(clause: str) -> Iterator[str]:
    """Yield the commands that a clause of a cure names, with their placeholders filled."""
    outline = load_outline()
    for found in _MENTION.finditer(clause):
        path = _command(outline, found["words"])
        if path is None:
            continue
        end, _ = _end_of(clause, found.start("words") + len(path), outline[path]["params"])
        words = clause[found.start("words") : end].split()
        filled = [
            re.sub(r"(?<==).*", lambda found: FILLED.get(found[0], found[0]), FILLED.get(word, word))
            for word in words
        ]
        options = {name for one in outline[path]["params"] for name in one.get("opts", ())}
        yield " ".join(filled) + (" -y" if "--yes" in options else "")


def _filled(word: str) -> str:
    name, equals, value = word.rpartition("=")
    return f"{name}{equals}{FILLED.get(value, value)}"


def cure_of(err: str) -> str:
    """Return what an answer says to do."""
    if "怎么办：" in err:
        return err.partition("怎么办：")[2].splitlines()[0]
    # A list of refusals has sentence and cure in one line.
    return "；".join(line for line in err.splitlines() if line.startswith("错误"))


def complaint(office: Office, act: str, ran: Ran) -> str | None:
    """Type what an answer says to do; return what is wrong with it."""
    code = re.findall(r"\[(E\d+)\]", ran.err)
    texts = re.split("[；。]", cure_of(ran.err))
    clauses = [list(commands_of(one)) for one in texts]
    tried, led = [], False
    before = office.held()
    for text, lines in zip(texts, clauses, strict=True):
        if not lines:
            continue
        copy = office.copy()
        answers = [copy.type(line) for line in lines]
        tried += lines
        for line, answer in zip(lines, answers, strict=True):
            if answer.code == 2:
                return f"{line}: {answer.err}"
        seats, forms, _ = copy.held()
        lost = (before[0] - seats) | (before[1] - forms)
        if lost and not _TAKES.search(text):
            return f"{lines} took {sorted(lost)}"
        if touched := copy.touched_since(before[2]) - {"T", "T-3", "T-4", "U"}:
            return f"{lines} touched {touched}"
        # What holds in some cases alone need not hold in this one.
        led = led or _MAYBE.search(text) is not None
        # A workbook of that name is there already: people take another.
        if all(answer.code == 0 or "[E002]" in answer.err for answer in answers):
            again = copy.type(act)
            same = re.findall(r"\[(E\d+)\]", again.err) == code and again.err == ran.err
            if not (same and re.search("先运行|再运行", text)):
                led = True
    if tried and not led:
        return f"{tried} lead nowhere: {cure_of(ran.err)}"
    return None


def _doubted(office: Office, act: str, typed: set[str]) -> Iterator[str]:
    """Yield what is wrong with the cures of the doubts that an act tells, noting their codes as `typed`."""
    ran = office.copy().type(act)
    for line in ran.err.splitlines():
        if line.startswith("提醒 [") and "zhupei" in line:
            doubt = Ran(ran.code, "", line.replace("提醒", "错误", 1))
            typed |= set(re.findall(r"^提醒 \[(E\d+)\]", line))
            if (found := complaint(office, act, doubt)) is not None:
                yield f"{act}: {line} :: {found}"


@pytest.fixture
def worlds(template: Path, tmp_path: Path, zhupei: Run) -> Callable[[], Iterator[tuple[str, Office]]]:
    """Return what yields each state of T in turn; HN2025 is open beside it."""
    path = tmp_path / "state.sqlite"
    shutil.copyfile(template, path)
    office = Office(zhupei, path)
    with transaction(office.url) as session:
        store_world(session, worked_example(), told=True)
        take(session, "batch", 1)  # the number that the next one has
        open_batch(session, code="HN2025")
    marks = [{"application_no": NO(1), "written": 90, "skill": 90, "interview": 90}]
    write_book(tmp_path / "成绩.xlsx", [(workbook_kinds.SCORE, marks)])
    plan = [{"base": "A", "specialty": "0100", "quota": 1}]
    write_book(tmp_path / "招收计划.xlsx", [(workbook_kinds.PLAN, plan)])
    # What the cures call 报到.xlsx: those come who were never asked.
    come = [{"application_no": NO(number), "checked_in": "是"} for number in (3, 4)]
    write_book(tmp_path / "报到.xlsx", [(workbook_kinds.CHECK_IN, come)])
    book = write_people(tmp_path / "people.xlsx", [person(at) for at in range(700, 703)])
    assert zhupei("--database", office.url, "trainee", "import", book, "--batch", "HN2025").code == 0

    def each() -> Iterator[tuple[str, Office]]:
        for status in EARLIER:
            early = office.copy()
            with transaction(early.url) as session:
                session.execute(select(Batch).where(Batch.code == "T")).scalar_one().status = status
            yield status, early
        for state, steps in STATES.items():
            for step in steps:
                ran = office.type(step)
                assert ran.code == 0, (state, step, ran.err)
            if state in KEPT:
                yield state, office

    return each


def test_every_command_of_the_catalogue_is_whole() -> None:
    """Whatever a cure names has all it must have, and no option there is not."""
    wrong = []
    for code, entry in CATALOGUE.items():
        for clause in re.split("[；。]", _VALUE.sub("1", entry.hint)):
            for line in commands_of(clause):
                command: click.Command = cli
                # Commands keep the help option of the first context they meet: it must be one of ours.
                context = click.Context(command, **cli.context_settings)
                words = line.split()
                while isinstance(command, click.Group):
                    found = command.get_command(context, words.pop(0))
                    assert found is not None, (code, line)
                    command, context = found, click.Context(found, parent=context)
                try:
                    given, rest, _ = command.make_parser(context).parse_args(args=words)
                except click.UsageError as error:
                    wrong.append((code, line, error.message))
                    continue
                lacking = [one.name for one in command.params if one.required and not given.get(one.name)]
                if lacking or rest:
                    wrong.append((code, line, f"{lacking} {rest}"))
    assert wrong == []


def test_every_cure_leads_where_it_says(
    worlds: Callable[[], Iterator[tuple[str, Office]]], thorough: bool
) -> None:
    wrong: list[str] = []
    typed: set[str] = set()
    for at, (state, office) in enumerate(worlds()):
        copy = office.copy()
        some = slice(None) if thorough else slice(at % 3, None, 3)
        acts = ACTS[some]
        if state in _FEWER:
            acts += MORE if thorough else MORE[_FEWER.index(state) % 3 :: 3]
        if state == "committed":
            acts += ONCE
        for act in acts:
            ran = copy.type(act)
            assert "E9" not in ran.err, (state, act, ran.err)
            if ran.code in (0, 3):  # what is refused has written nothing
                copy = office.copy()
            if ran.code in (0, 2) or "zhupei" not in cure_of(ran.err):
                continue
            typed |= set(re.findall(r"\[(E\d+)\]", ran.err))
            if (found := complaint(office, act, ran)) is not None:
                wrong.append(f"{state}: {act}: {ran.err.splitlines()[0]} :: {found}")
        for act in WARNED[some]:
            wrong += (f"{state}: {one}" for one in _doubted(office, act, typed))
        for steps in AFTER.get(state, ()):
            copy = office.copy()
            *before, act = steps.split(" && ")
            for step in before:
                ran = copy.type(step)
                assert ran.code == 0, (state, step, ran.err)
            wrong += (f"{state}: {one}" for one in _doubted(copy, act, typed))
            ran = copy.copy().type(act)
            assert ran.err, (state, steps)
            if ran.code not in (0, 2, 3) and "zhupei" in cure_of(ran.err):
                typed |= set(re.findall(r"\[(E\d+)\]", ran.err))
                if (found := complaint(copy, act, ran)) is not None:
                    wrong.append(f"{state}: {steps}: {ran.err.splitlines()[0]} :: {found}")
    assert len(typed) >= (62 if thorough else 55), sorted(typed)
    assert wrong == [], "\n".join(wrong)
