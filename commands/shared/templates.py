"""What every command that writes a sheet to fill in does: where it goes, what its drop-downs offer."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict

import click
from sqlalchemy.orm import Session

from zhupei_cli.files import refuse_existing, replacing
from zhupei_cli.model import Batch
from zhupei_cli.services.batches import templates
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds.columns import Choices
from zhupei_cli.sheets.writing.template import BlankForm, write_template
from zhupei_cli.shell.arguments import WrittenName
from zhupei_cli.store.engine import reading
from zhupei_cli.words.errors import ZhupeiError

from .done import tried
from .options import F, dry_run_option, json_option
from .output import next_step, show_summary


def template_options(name: str) -> Callable[[F], F]:
    """Add -o, --force, -n and --json: `output` (free to write), `force`, `dry_run`, `as_json`.

    `name` is the file where -o is not given.
    """

    def added(command: F) -> F:
        @functools.wraps(command)
        def with_output(*args: object, output: Path, force: bool, **kwargs: object) -> object:
            refuse_existing(output, force=force)
            return command(*args, output=output, force=force, **kwargs)

        where = click.option(
            "-o",
            "--output",
            default=name,
            show_default=True,
            metavar="FILE",
            type=WrittenName(),
            help="写入这个 .xlsx 文件",
        )
        force = click.option("--force", is_flag=True, help="覆盖已有文件")
        return where(force(dry_run_option(json_option(with_output))))  # type: ignore[return-value]

    return added


class TemplateAsked(TypedDict):
    """What `template_options` gives a command."""

    output: Path
    force: bool
    dry_run: bool
    as_json: bool


def choices_of(
    settings: Settings, batch: str | None = None, *, any_batch: bool = True
) -> tuple[Choices, str]:
    """Return what is offered, and the name of the batch whose plan it comes from, '' for none.

    It is the batch given, else the only live one unless `any_batch` is false; without either all bases
    and specialties, without a database the specialties of the program.
    """
    try:
        with reading(settings.database_url) as session:
            found = _batch(session, batch) if any_batch else None
            return templates.offered_choices(session, found), "" if found is None else found.name
    except ZhupeiError as error:
        if batch is not None or error.code != "E501":
            raise
        return templates.catalogue_choices(), ""


def _batch(session: Session, batch: str | None) -> Batch | None:
    try:
        return lookup.find_batch(session, batch)
    except ZhupeiError as error:
        if batch is not None or error.code != "E307":
            raise
        return None


def write_forms(
    settings: Settings,
    forms: Sequence[BlankForm],
    choices: Choices,
    *,
    output: Path,
    force: bool,
    as_json: bool,
    dry_run: bool = False,
    **summary: object,
) -> None:
    """Write the workbook and say so, and which command takes it; `summary` is told too."""
    with replacing(output, force=force, keep=not dry_run) as beside:
        write_template(beside, forms, choices)
    people = f"（{summary['people']} 人）" if "people" in summary else ""
    told = tried(f"已写入 {output}{people}", dry_run=dry_run)
    show_summary(settings, {"file": str(output), **summary, "dry_run": dry_run}, told, as_json=as_json)
    if not as_json and not dry_run:
        next_step(settings, f"{forms[0].kind.command} {output}", "填好后导入")
