"""The handbook's transcripts: replayed, so that they cannot lie. `python -m tests.handbook` writes them anew.

A block that begins with ```console holds commands, each after `$ `, and what they print. All blocks are one
shell in one folder that holds the sample workbooks; the clock goes as the words `<!-- 时间 … -->` before a
block say.
"""

import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click
from click.testing import CliRunner

from zhupei_cli.acting import CST
from zhupei_cli.shell.cli import cli

TOP = Path(__file__).parent.parent
HANDBOOK = TOP / "samples" / "操作手册.md"

_BLOCK = re.compile(r"(?:<!-- 时间 (?P<at>[^>]+?) -->\n)?```console\n(?P<text>.*?)```\n", re.DOTALL)
REFERENCE = re.compile(
    r"(<!-- 命令 -->\n\| 命令 \| 作用 \|\n\|---\|---\|\n)(.*?)(<!-- /命令 -->\n)", re.DOTALL
)
_ENVIRONMENT = {
    "ZHUPEI_DATABASE_URL": "sqlite:///招收.sqlite",
    "ZHUPEI_OPERATOR": "张老师",
    "COLUMNS": "80",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the handbook with what it says it prints."""

    line: int
    command: str
    output: str


@dataclass(slots=True)
class Shell:
    """Runs the handbook's commands one after the other; `now` is the clock they see."""

    now: datetime
    environment: dict[str, str] = field(default_factory=_ENVIRONMENT.copy)

    def run(self, command: str) -> str:
        """Return what a command prints, data and words as they come: `zhupei`, and what else a shell has."""
        program, *arguments = shlex.split(command)
        if program in _SHELL:
            return _SHELL[program](self, arguments)
        assert program == "zhupei", command
        result = CliRunner().invoke(
            cli, arguments, env=self.environment, obj=lambda: self.now.astimezone(UTC)
        )
        ending = f"（退出码 {result.exit_code}）\n" if result.exit_code else ""
        return result.output + ending


def _export(shell: Shell, words: Sequence[str]) -> str:
    shell.environment.update(dict([word.split("=", 1) for word in words]))
    return ""


def _ls(_shell: Shell, words: Sequence[str]) -> str:
    return "".join(f"{path.name}\n" for word in words for path in sorted(Path(word).glob("[!.]*")))


def _cp(_shell: Shell, words: Sequence[str]) -> str:
    shutil.copy(*words)
    return ""


_SHELL: Mapping[str, Callable[[Shell, Sequence[str]], str]] = {"export": _export, "ls": _ls, "cp": _cp}


def replayed(text: str) -> Iterator[tuple[Step, str]]:
    """Yield each command of the handbook with what it prints now."""
    shell = Shell(datetime(2026, 5, 20, 9, 0, tzinfo=CST))
    for block in _BLOCK.finditer(text):
        if block["at"]:
            shell.now = datetime.fromisoformat(block["at"]).replace(tzinfo=CST)
        line = text.count("\n", 0, block.start("text")) + 1
        for step in _steps(block["text"], line):
            yield step, shell.run(step.command)


def reference() -> str:
    """Return a line for each command of the program: its name and its summary."""
    context = click.Context(cli)
    return "".join(f"| `zhupei {name}` | {summary} |\n" for name, summary in _commands(cli, context, ""))


def _commands(group: click.Group, context: click.Context, path: str) -> Iterator[tuple[str, str]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _commands(command, context, f"{path}{name} ")
        else:
            yield f"{path}{name}", command.get_short_help_str(200)


def _steps(block: str, line: int) -> Iterator[Step]:
    for part in re.split(r"^(?=\$ )", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield Step(line, command[2:], output)
        line += part.count("\n")


class in_a_folder(chdir[Path]):
    """Work in a folder that holds the samples, without settings of whoever runs this."""

    def __init__(self, folder: Path) -> None:
        for path in (TOP / "samples").glob("*.xlsx"):
            shutil.copy(path, folder)
        super().__init__(folder)


def written_anew(text: str) -> str:
    """Return the handbook with what its commands print now."""
    outputs = [(step, output) for step, output in replayed(text)]
    lines = iter(outputs)

    def block(found: re.Match[str]) -> str:
        head, _, _ = found[0].partition("$ ")
        steps = [next(lines) for _ in _steps(found["text"], 0)]
        return head + "".join(f"$ {step.command}\n{output}" for step, output in steps) + "```\n"

    return REFERENCE.sub(lambda found: found[1] + reference() + found[3], _BLOCK.sub(block, text))


if __name__ == "__main__":
    for name in [name for name in os.environ if name.startswith("ZHUPEI_")]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as temporary, in_a_folder(Path(temporary)):
        text = written_anew(HANDBOOK.read_text("utf-8"))
    HANDBOOK.write_text(text, "utf-8")
    sys.stdout.write(f"{HANDBOOK.relative_to(TOP)}\n")
