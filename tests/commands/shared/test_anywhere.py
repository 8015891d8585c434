"""The global options stand anywhere on the line, and no advice about a wrong option changes data."""

import json
import re
from pathlib import Path

import click
import pytest

from tests.commands.sample import PROGRAM
from tests.conftest import Ran, Run
from tests.outline import commands
from zhupei_cli.shell.advice import advice, is_final, is_harmless
from zhupei_cli.shell.anywhere import OPTIONS
from zhupei_cli.shell.cli import cli

pytestmark = pytest.mark.long

VALUES = {
    "--database": "sqlite:///none.sqlite",
    "--operator": "李四",
    "--config": "x.toml",
    "--log-file": "a.log",
}
LEAVES = [(path, command) for path, command in commands() if not isinstance(command, click.Group)]

#: What people mistype, and what they take from other programs: each is tried with every third command.
MISTYPED = [
    *("--quite", "--quit", "--silent", "--verbos", "--noinput", "--no-inputs", "--databse", "--data", "--db"),
    *("--operater", "--conf", "--log", "--nocolor", "--debugg", "--versions", "--Quiet", "--no-imput"),
    *(
        "--yse",
        "--yess",
        "--forced",
        "--all-redy",
        "--sub",
        "--submitt",
        "--latter",
        "--no-adjus",
        "--adjusted",
    ),
    *("--no-photos", "--revealed", "--unpublish", "--auditors", "--reasons", "--resaon", "--outputs", "--al"),
    *(
        "--skip-bads",
        "--skipbad",
        "--masks",
        "--modes",
        "--rules",
        "--profile",
        "--default",
        "--drop",
        "--seal",
    ),
]


def harmful(command: click.Command) -> set[str]:
    """Return the options of a command that change what is written, decided, revealed or deleted."""
    return {
        name
        for param in command.params
        for name in (*param.opts, *param.secondary_opts)
        if isinstance(param, click.Option) and not is_harmless(name, command)
    }


def test_what_may_never_be_offered_is_not_harmless() -> None:
    """Told by name, so that a change of the rule does not change what it is judged by."""
    dangerous = {
        *(
            "--submit",
            "--late",
            "--no-photo",
            "--no-adjust",
            "--adjust",
            "--auditor",
            "--province",
            "--reason",
        ),
        *("--yes", "--force", "--reveal", "--unpublished", "--all-ready", "--skip-bad", "--output", "--keep"),
        *("--mode", "--rule", "--set", "--apply-until", "--choice1", "--all-or-nothing", "--mask", "--mail"),
    }
    found: set[str] = set()
    for _, command in LEAVES:
        writes = not any("--format" in param.opts for param in command.params)
        names = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
        found |= names & dangerous
        if writes:
            assert names & dangerous <= harmful(command)
    assert found == dangerous


@pytest.mark.parametrize("names", list(OPTIONS), ids=" ".join)
def test_every_command_takes_every_global_option_behind_it(zhupei: Run, names: tuple[str, ...]) -> None:
    for path, command in LEAVES:
        for name in names:
            words = [name, VALUES[name]] if name in VALUES else [name]
            ran = zhupei(*path, *words, "--help")
            own = any(name in param.opts and not getattr(param, "hidden", False) for param in command.params)
            assert ran.code == 0, (path, name, ran.err)
            assert own or ran.out == (
                zhupei("--version").out if name == "--version" else zhupei(*path, "--help").out
            )


def test_no_wrong_option_is_answered_with_one_that_changes_data(zhupei: Run, thorough: bool) -> None:
    advised = []
    for at, (path, command) in enumerate(LEAVES):
        bad = harmful(command)
        near = [f"{name[:-1]}x" for name in sorted(bad) if len(name) > 4]
        # Each slip with every third command: neighbours in a group share most of their options.
        for option in [*(MISTYPED if thorough else MISTYPED[at % 3 :: 3]), *near]:
            if any(option in (*param.opts, *param.secondary_opts) for param in command.params):
                continue
            ran = zhupei(*path, option)
            assert (ran.code, ran.out) == (2, ""), (path, option, ran.err)
            offered = set(re.findall(r"'(--?[a-z0-9-]+)'", ran.err.splitlines()[0])) - {option}
            advised += [(path, option, offered & bad)] if offered & bad else []
    assert advised == []


def slips(option: str) -> set[str]:
    """Return what an option is when one of its letters is dropped, doubled or swapped with the next."""
    word = option[2:]
    dropped = {word[:at] + word[at + 1 :] for at in range(len(word))}
    doubled = {word[:at] + word[at] + word[at:] for at in range(len(word))}
    swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    return {f"--{slip}" for slip in dropped | doubled | swapped if slip} - {option}


def test_every_slip_of_every_option_is_answered_with_that_option_or_with_none(thorough: bool) -> None:
    """The option itself where it does nobody harm, maybe beside one that is as near; else nothing."""
    wrong, seen = set(), set[tuple[frozenset[str], ...]]()
    for path, command in LEAVES if thorough else LEAVES[::3]:  # neighbours share most of their options
        ctx = click.Context(command, info_name=path[-1], help_option_names=["-h", "--help"])
        names = {name for param in command.get_params(ctx) for name in (*param.opts, *param.secondary_opts)}
        options, bad = frozenset(name for name in names if name[:2] == "--"), frozenset(harmful(command))
        if (options, bad) in seen:
            continue
        everywhere = {name for names in OPTIONS for name in names} if seen and not thorough else set()
        seen.add((options, bad))
        for option in options - everywhere:
            for slip in slips(option) - options:
                offered = set(advice(click.NoSuchOption(slip, ctx=ctx)))
                as_near = {other for other in options if slip in slips(other)}
                if offered & bad or ((offered or not as_near & bad) and not as_near <= offered):
                    wrong.add((slip, *sorted(offered)))
    # One letter from --json or --version, and one from --on or --person, which change what is written.
    assert wrong <= {("--jon",), ("--son",), ("--verson",)}


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("trainee import F --error x", ["--errors"]),
        ("trainee import F --eror x", ["--errors"]),
        ("trainee import F --err x", ["--errors"]),
        ("admit scores import F --errors x", []),  # which has none; once answered with --verbose
        ("trainee import F --quite", ["--quiet"]),
        ("trainee import F --DRYRUN", ["--dry-run"]),
        ("apply new --no", []),  # --no-adjust as well as --no-input
        ("batch list --opn", ["--open"]),
        ("triane list", ["trainee"]),
        ("batch plan imp F", ["import"]),
        ("batch lits", ["list"]),
        ("batch zzz", []),
    ],
)
def test_the_nearest_name_is_offered_and_none_that_is_far(zhupei: Run, line: str, offered: list[str]) -> None:
    told = zhupei(*line.split()).err.splitlines()[0].partition("。")[2]
    assert re.findall(r"'([a-z-]+)'", told) == offered


def test_no_wrong_command_is_answered_with_one_that_is_final(zhupei: Run) -> None:
    final = {path for path, command in LEAVES if is_final(command)}
    #: Told by name, so that a change of the rule does not change what it is judged by.
    named = (
        *("batch publish", "batch finalize", "batch archive", "batch cancel", "batch lock", "batch open"),
        *("db restore", "trainee erase", "imports undo", "admit commit", "admit revoke", "admit decline"),
        *("admit quit", "apply submit", "apply withdraw", "review approve", "review reject", "review return"),
        *("trainee education remove", "trainee password reset", "notice send", "db user remove"),
    )
    assert {tuple(one.split()) for one in named} <= final
    for *groups, verb in sorted(final):
        for wrong in (verb[:-1], verb[1:], f"un{verb}", f"{verb}ed", f"{verb[1]}{verb[0]}{verb[2:]}"):
            if any(path == (*groups, wrong) for path, _ in LEAVES):
                continue
            ran = zhupei(*groups, wrong)
            assert (ran.code, ran.out) == (2, ""), (groups, wrong, ran.err)
            offered = set(re.findall(r"'([a-z]+)'", ran.err.splitlines()[0])) - {wrong}
            assert not {(*groups, name) for name in offered} & final, (groups, wrong, ran.err)
    assert zhupei("trainee", "imprt").err.startswith(
        "错误 [E080]：没有命令 'imprt'。您是不是要用 'import'？\n"
    )
    assert zhupei("help", "batch", "publsh").err.startswith(
        "错误 [E080]：没有命令 'publsh'。您是不是要用 'publish'？\n"
    )


def test_they_mean_behind_the_command_what_they_mean_before_the_group(zhupei: Run) -> None:
    Path("x.toml").write_text('batch = "X"\n')
    told = "已写入 A\n下一步：zhupei batch open A（开放报名）\n"
    for line in ("-q do write --batch A", "do -q write --batch A", "do write --batch A --quiet"):
        assert zhupei(*line.split(), program=PROGRAM) == Ran(0, "", "")
    ran = zhupei("do", "write", "--batch", "A", "-v", "--database=sqlite:///b.sqlite", program=PROGRAM)
    assert ran.err == "数据库：sqlite:///b.sqlite（--database）\n经办人：测试员（ZHUPEI_OPERATOR）\n" + told
    ran = zhupei("do", "write", "--json", "--config", "x.toml", "--operator", "李四", program=PROGRAM)
    assert (json.loads(ran.out)["who"], json.loads(ran.out)["batch"]) == ("李四", "X")
    ran = zhupei("--operator", "王", "do", "write", "--json", "--operator", "李四", program=PROGRAM)
    assert json.loads(ran.out)["who"] == "李四"
    ran = zhupei("do", "fail", "known", "--log-file", "a.log", "-q", program=PROGRAM)
    assert (ran.code, "E501" in Path("a.log").read_text()) == (6, True)
    refused = zhupei("do", "remove", "--no-input", program=PROGRAM, stdin="y\n")
    assert refused.err.startswith("错误 [E085]")
    assert zhupei("do", "list", "--version", program=PROGRAM) == Ran(0, "zhupei 0.1.0\n", "")


def test_behind_two_dashes_nothing_is_an_option(zhupei: Run) -> None:
    ran = zhupei("do", "fail", "--", "--quiet", program=PROGRAM)
    assert ran == Ran(0, "", "")  # an ending nobody knows, by the name of --quiet
    assert zhupei("batch", "list", "--", "--quiet").err.startswith("错误 [E080]：多出参数：--quiet")


def test_an_option_of_the_command_wins(zhupei: Run) -> None:
    @click.command()
    @click.option("--operator")
    @click.option("-v", "level", is_flag=True)
    @click.pass_obj
    def own(_: object, operator: str, level: bool) -> None:
        """自己的选项。"""
        click.echo(f"{operator} {level}")

    from zhupei_cli.shell.anywhere import take_anywhere

    take_anywhere(own)
    take_anywhere(own)
    names = [name for param in own.params for name in param.opts]
    assert len(names) == len(set(names))
    assert zhupei("--operator", "x", "-v", program=own).out == "x True\n"


def test_help_of_a_command_does_not_repeat_them(zhupei: Run) -> None:
    assert "--no-color" not in zhupei("do", "write", "--help", program=PROGRAM).out
    assert "--no-color" in zhupei("--help").out
    assert [param.name for param in cli.params if getattr(param, "hidden", False)] == []
