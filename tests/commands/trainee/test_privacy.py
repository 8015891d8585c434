"""No command that shows or lists tells a personal value whole, unless --reveal, which leaves an event."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from sqlalchemy import func, select, update

from tests.conftest import Ran, Run
from tests.people import id_number, open_batch, person, write_people
from zhupei_cli.model import Admission, Event, TrainingBase
from zhupei_cli.rules.people.fields import MASKS
from zhupei_cli.services.people import fields, profiles
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.shell.cli import cli
from zhupei_cli.store.engine import reading, transaction

Call = Callable[..., Ran]

NO, WHO = "HN2026-0000001", id_number(1)
#: Every value that is masked, so that it can be found again anywhere.
SECRETS = {
    "id_number": WHO,
    "birth_date": "1995-01-01",
    "mobile": "13811112222",
    "email": "recognisable@example.com",
    "address": "文化路 77 号",
    "emergency_phone": "13933334444",
    "licence_no": "20261101234567890123",
    "diploma_no": "104591202605001234",
    "degree_no": "1045942026005678",
    "contact_phone": "0371-65556666",
}
#: Commands that show what is stored.
SHOWING = frozenset(
    ("list", "show", "queue", "log", "status", "history", "check", "stats", "explain", "runs", "compare")
) | {"public", "ranking", "unadmitted", "vacancies", "summary", "funnel", "anomalies", "scores"}
#: What to write for an argument, by the word help has for it.
ARGUMENTS = {
    "NO": NO,
    "[NO]": NO,
    "WHO": WHO,
    "[CODE]": "HN2026",
    "RUN": "1",
    "RUN1": "1",
    "RUN2": "1",
    "ID": "1",
    "CODE": "4101001",
    "[RUN]": "1",
}


def _commands(
    group: click.Group, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        elif name in SHOWING:
            yield (*path, name), command


def _words(command: click.Command) -> list[str] | None:
    """Return what to write after a command; None for one that shows nothing of a batch."""
    words = []
    for param in command.params:
        if isinstance(param, click.Argument):
            word = ARGUMENTS.get(param.make_metavar(click.Context(command)).rstrip("…"))
            if word is None:
                return None
            words.append(word)
    return words


def _options(command: click.Command) -> set[str]:
    return {word for param in command.params for word in param.opts}


#: About people, not about the program and its logins.
SHOWN = [
    (path, command, words)
    for path, command in _commands(cli)
    if len(path) > 1 and path[0] != "db" and "--format" in _options(command)
    if (words := _words(command)) is not None
]
REVEALING = [one for one in SHOWN if "--reveal" in _options(one[1])]


def _name(value: object) -> str | None:
    return " ".join(value) if isinstance(value, tuple) else ""


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A published batch with one person of whom everything is known."""
    import shutil

    folder = tmp_path_factory.mktemp("season")
    shutil.copyfile(request.getfixturevalue("template"), folder / "a.sqlite")
    return folder


@pytest.fixture
def call(season: Path, zhupei: Run) -> Call:
    url = f"sqlite:///{season / 'a.sqlite'}"

    def run(*args: str | Path) -> Ran:
        return zhupei("--database", url, *args)

    if not (season / "done").exists():
        _play(run, url, season)
        (season / "done").touch()
    return run


def _play(run: Call, url: str, folder: Path) -> None:
    with transaction(url) as session:
        open_batch(session)
        session.get_one(TrainingBase, "4101001").contact_phone = SECRETS["contact_phone"]
    row = person(
        1,
        mobile=SECRETS["mobile"],
        email=SECRETS["email"],
        address=f"郑州市金水区{SECRETS['address']}",
        emergency_phone=SECRETS["emergency_phone"],
        licence_passed="是",
        licence_no=SECRETS["licence_no"],
        level="硕士",
        degree="硕士",
        degree_type="专业型",
        train_years="2",
    )
    education = ("--level", "本科", "--school", "河南大学", "--major", "临床医学", "--degree", "学士")
    numbers = ("--diploma-no", SECRETS["diploma_no"], "--degree-no", SECRETS["degree_no"])
    steps = [
        ("trainee", "import", write_people(folder / "人.xlsx", [row])),
        (
            "trainee",
            "education",
            "add",
            WHO,
            *education,
            *numbers,
            "--graduated-on",
            "2020-06-30",
            "--full-time",
            "是",
        ),
        ("trainee", "edit", WHO, "--mobile", SECRETS["mobile"], "--origin-province", "河南"),
        ("apply", "submit", NO),
        ("review", "approve", NO),
        ("batch", "close"),
        ("trainee", "bar", "add", WHO, "--kind", "other", "--reason", "待查", "--pending"),
    ]
    for step in steps:
        ran = run(*step)
        assert ran.code == 0, (step, ran)
    rooms = folder / "考场.csv"
    rooms.write_text("考点编号,考点名称,考场编号,座位数\n01,郑州一中,001,9\n", "utf-8")
    groups = folder / "复试.csv"
    groups.write_text(f"报名号,复试组,日期,时间,地点\n{NO},一组,2026-07-01,08:30,一号楼\n", "utf-8")
    marks = folder / "成绩.csv"
    marks.write_text(f"报名号,笔试,技能,面试\n{NO},80,80,80\n", "utf-8")
    for words in (
        f"exam sites import {rooms}",
        "exam allot",
        f"exam groups import {groups}",
        f"admit scores import {marks}",
        "batch lock",
        "admit run",
        "admit commit 1",
        "batch publish --yes",
    ):
        ran = run(*words.split(), *(["--yes"] if _has(words, "--yes") else []))
        assert ran.code == 0, (words, ran)
    with transaction(url) as session:  # as if given before the run: what lists such seats tells of people too
        session.execute(update(Admission).values(via="preplaced"))


def _has(words: str, option: str) -> bool:
    command: click.Command = cli
    for word in words.split()[:2]:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    return option in _options(command)


def _events(url: str) -> int:
    with reading(url) as session:
        return int(session.execute(select(func.count()).select_from(Event)).scalar_one())


def test_every_masked_field_has_its_value_here() -> None:
    assert SECRETS.keys() == MASKS.keys()
    # What is a number of a paper, a way to reach somebody or a day of birth, and nothing else.
    stored = {*profiles.PERSON_COLUMNS, *profiles.EDUCATION_COLUMNS, *profiles.WORK_COLUMNS}
    assert stored & MASKS.keys() == MASKS.keys() - {"contact_phone"}
    assert {name for name in stored if name.endswith(("_no", "_number", "phone", "mobile"))} <= MASKS.keys()


def test_columns_are_masked_as_fields_are() -> None:
    sheets = (
        workbook_kinds.PERSON,
        workbook_kinds.EDUCATION,
        workbook_kinds.WORK,
        workbook_kinds.BASE,
        workbook_kinds.SCORE,
        workbook_kinds.CHECK_IN,
        workbook_kinds.PREPLACE,
    )
    columns = [*(column for kind in sheets for column in kind.columns), *fields.EDITED_EDUCATION]
    assert {column.key: column.mask for column in columns if column.mask != MASKS.get(column.key)} == {}


@pytest.mark.sqlite
@pytest.mark.parametrize(("path", "command", "words"), SHOWN, ids=_name)
def test_nothing_is_whole(
    call: Call, path: tuple[str, ...], command: click.Command, words: list[str]
) -> None:
    del command
    for form in ("table", "json", "csv"):
        ran = call(*path, *words, "-f", form)
        assert ran.code in (0, 3), ran
        told = {name for name, value in SECRETS.items() if value in ran.out + ran.err}
        assert told == set(), form


@pytest.mark.sqlite
@pytest.mark.parametrize(("path", "command", "words"), REVEALING, ids=_name)
def test_what_is_revealed_is_an_event(
    call: Call, season: Path, path: tuple[str, ...], command: click.Command, words: list[str]
) -> None:
    del command
    url = f"sqlite:///{season / 'a.sqlite'}"
    before = _events(url)
    ran = call(*path, *words, "--json", "--reveal")
    assert (ran.code, _events(url) - before) == (0, 1)
    wanted = "contact_phone" if path[0] == "base" else "id_number"
    assert SECRETS[wanted] in ran.out


@pytest.mark.sqlite
def test_an_application_shows_everything_only_revealed(call: Call) -> None:
    for path in (("apply", "show"), ("review", "show")):
        ran = call(*path, NO, "--json", "--reveal")
        missing = {name for name, value in SECRETS.items() if value not in ran.out}
        assert missing == {"contact_phone"}
