"""The options every command shares, named once."""

import functools
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from zhupei_cli.acting import system_clock
from zhupei_cli.files import refuse_existing
from zhupei_cli.settings import Settings, load
from zhupei_cli.shell.arguments import CODE, STDOUT, FileName, Whole, Word, WrittenName
from zhupei_cli.shell.hints import name_batch
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import OUTPUT_FORMAT, PAGE_FORMAT

from .output import IN_FILES, Out

F = TypeVar("F", bound=Callable[..., object])

_SUFFIXES = {".json": "json", ".jsonl": "jsonl", ".csv": "csv", ".xlsx": "xlsx", ".txt": "table"}
_PAGES = {".html": "html", ".pdf": "pdf"}


def current_settings() -> Settings:
    """Return the settings of the running command."""
    settings: Settings = click.get_current_context().find_root().obj()
    return settings


def pass_settings(command: F) -> F:
    """Call `command` with the settings as its first argument."""

    @functools.wraps(command)
    def with_settings(*args: object, **kwargs: object) -> object:
        return command(current_settings(), *args, **kwargs)

    return with_settings  # type: ignore[return-value]


def _batch_or_default(ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    name_batch(value)
    return value if value or ctx.resilient_parsing else current_settings().batch


def batch_option(command: F) -> F:
    """Add --batch; `batch` is its code, that of the environment or configuration, or None."""
    return click.option(
        "--batch",
        type=CODE,
        metavar="CODE",
        callback=_batch_or_default,
        help="批次编号（环境变量 ZHUPEI_BATCH）；只有一个进行中的批次时可省略",
    )(command)


def year_option(command: F) -> F:
    """Add --year; `year` is a year whose batches are meant together, instead of one batch."""
    return click.option(
        "--year",
        type=Whole(2000, 2100),
        metavar="YYYY",
        help="一个年度的全部批次合在一起：主批次、递补、调剂和补录批次",
    )(command)


def batch_was_named() -> bool:
    """Say whether somebody typed --batch: that of the environment, or the only live one, is not meant so."""
    source = click.get_current_context().get_parameter_source("batch")
    return source is click.core.ParameterSource.COMMANDLINE


def whole_year(year: int | None, *, run: int | None = None, draft: bool = False) -> None:
    """Refuse --year beside what names a part of it; a batch of the environment does not count."""
    context = click.get_current_context()
    if year is not None and (batch_was_named() or run is not None or draft):
        more = "批次、--run 或 --draft" if draft else "批次或 --run"
        raise click.UsageError(f"--year 是全部批次，不能同时写{more}。", context)


def batch_argument(command: F, *, metavar: str = "[CODE]") -> F:
    """Add [CODE] and --batch to a command about the batch itself; `batch` is either, or None.

    `metavar` is CODE where one of the two must be written.
    """

    @functools.wraps(command)
    def with_batch(*args: object, code: str | None, batch: str | None, **kwargs: object) -> object:
        if code and batch_was_named() and batch and code.casefold() != batch.casefold():
            message = f"批次写了两个：{code} 和 --batch {batch}，请只写一个。"
            raise click.UsageError(message, click.get_current_context())
        name_batch(code)
        return command(*args, batch=code or batch, **kwargs)

    return batch_option(click.argument("code", required=False, metavar=metavar, type=CODE)(with_batch))  # type: ignore[return-value]


def bare_settings() -> Settings:
    """Return the settings of the running command, without any file when one of those is broken."""
    try:
        return current_settings()
    except ZhupeiError:
        given = click.get_current_context().find_root().params
        return load({**given, "config": os.devnull}, environ=os.environ, clock=system_clock)


def format_options(
    command: F, settings: Callable[[], Settings] = current_settings, *, pages: bool = False
) -> F:
    """Add -f, --json, -o and --force to a command that shows data; it gets them as `out: Out`.

    With `pages` html and pdf are formats too.
    """
    suffixes = _SUFFIXES | _PAGES if pages else _SUFFIXES
    known = PAGE_FORMAT if pages else OUTPUT_FORMAT

    @functools.wraps(command)
    def with_out(
        *args: Any, file_format: str | None, as_json: bool, output: Path | None, force: bool, **kwargs: Any
    ) -> object:
        output = None if output is STDOUT else output
        chosen = _chosen_format(file_format, as_json=as_json, output=output, suffixes=suffixes)
        # Before anything is read: a list that leaves whole is written down, and is not to fail then.
        if output is not None:
            refuse_existing(output, force=force)
        elif chosen in IN_FILES:
            raise ZhupeiError("E086", format=chosen)
        asked = kwargs.pop("asked", {})
        out = Out(settings(), chosen, output, force=force, **asked)
        return command(*args, out=out, **kwargs)

    for option in reversed(
        (
            click.option(
                "-f",
                "--format",
                "file_format",
                type=Word(known),
                metavar="FORMAT",
                help=f"输出格式：{'、'.join(known.labels)}",
            ),
            click.option("--json", "as_json", is_flag=True, help="等于 -f json"),
            click.option(
                "-o",
                "--output",
                type=FileName(or_stdout=True, dir_okay=False),
                metavar="FILE",
                help="写入文件，格式由后缀决定；- 是标准输出",
            ),
            click.option("--force", is_flag=True, help="覆盖已有文件"),
        )
    ):
        with_out = option(with_out)
    return with_out  # type: ignore[return-value]


def list_options(command: F, *, limit: bool = True, pages: bool = False) -> F:
    """Add --columns, --sort and --limit beside `format_options`: for commands that show a list."""
    with_out = format_options(command, pages=pages)

    @functools.wraps(with_out)
    def with_asked(*args: object, columns: str | None, sort: str | None, **kwargs: object) -> object:
        words = tuple(word.strip() for word in (columns or "").replace("，", ",").split(",") if word.strip())
        asked: dict[str, object] = {"columns": words, "sort": sort, "offers": frozenset({"columns"})}
        if limit:
            asked |= {"limit": kwargs.pop("limit"), "offers": frozenset({"columns", "limit"})}
        return with_out(*args, asked=asked, **kwargs)

    options = [
        click.option("--columns", metavar="COLUMN,…", help="只列这些列（列名或键），按所写次序"),
        click.option("--sort", metavar="COLUMN", help="按这一列排列；列名前加 - 则从大到小"),
    ]
    if limit:
        options.append(click.option("--limit", type=Whole(0), metavar="N", help="最多列出多少行，0 为全部"))
    for option in reversed(options):
        with_asked = option(with_asked)
    return with_asked  # type: ignore[return-value]


def page_options(command: F) -> F:
    """Add what `list_options` adds, and the formats html and pdf: for lists that are published."""
    return list_options(command, pages=True)


def column_options(command: F) -> F:
    """Add --columns and --sort beside `format_options`: for lists that have a --limit of their own."""
    return list_options(command, limit=False)


def _chosen_format(
    file_format: str | None, *, as_json: bool, output: Path | None, suffixes: Mapping[str, str] = _SUFFIXES
) -> str:
    if as_json and file_format not in (None, "json"):
        click.get_current_context().fail(f"--json 和 -f {file_format} 只能用一个。")
    if as_json or file_format:
        return file_format or "json"
    if output is None:
        return "table"
    if output.suffix.lower() not in suffixes:
        known = "、".join(suffixes)
        click.get_current_context().fail(
            f"不认识文件后缀 {output.suffix!r}，可用 {known}，或用 -f 指定格式。"
        )
    return suffixes[output.suffix.lower()]


def json_option(command: F) -> F:
    """Add --json to a command that writes; `as_json` says to print its summary as JSON."""
    return click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果摘要")(command)


def dry_run_option(command: F) -> F:
    """Add -n; `dry_run` says to do everything and then take it back."""
    return click.option("-n", "--dry-run", is_flag=True, help="只试做一遍，不保存")(command)


def yes_option(command: F) -> F:
    """Add -y; `yes` answers the question of `confirm`."""
    return click.option("-y", "--yes", is_flag=True, help="不再提问，直接执行")(command)


def late_options(command: F) -> F:
    """Add --late and --reason; `late_reason` is why an application comes outside the dates, or None."""

    @functools.wraps(command)
    def with_reason(*args: object, late: bool, reason: str | None, **kwargs: object) -> object:
        if late != bool((reason or "").strip()):
            click.get_current_context().fail("--late 和 --reason 须同时使用，写明补录入的原因。")
        return command(*args, late_reason=reason if late else None, **kwargs)

    late = click.option("--late", is_flag=True, help="报名时间以外由省级补录入，须写原因")
    return late(click.option("--reason", help="补录入的原因")(with_reason))  # type: ignore[return-value]


def reveal_option(command: F) -> F:
    """Add --reveal; `reveal` says to show personal data whole, which the service writes down."""
    return click.option("--reveal", is_flag=True, help="显示完整的证件号码、电话和地址（会留下记录）")(
        command
    )


def can_ask(settings: Settings) -> bool:
    """Return whether there is somebody at a terminal to answer."""
    return not settings.no_input and sys.stdin.isatty()


def into_options(words: str, *, metavar: str = "FILE|DIR", ending: str | None = None) -> Callable[[F], F]:
    """Add -o, which must be given, as `target`, and --force; `words` say what may stand there.

    With an `ending` that is a file whose name ends so, and nothing else.
    """
    kind = WrittenName(ending) if ending else FileName(file_okay="FILE" in metavar, dir_okay="DIR" in metavar)

    def added(command: F) -> F:
        force = click.option("--force", is_flag=True, help="覆盖已有文件")
        into = click.option(
            "-o",
            "--output",
            "target",
            required=True,
            metavar="FILE" if ending else metavar,
            type=kind,
            help=words,
        )
        return into(force(command))

    return added
