"""The one way of import commands: what they ask, the transaction, summary, problems, exit code."""

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.files import shown_path
from zhupei_cli.services.kinds.parts.kind import ImportKind
from zhupei_cli.services.records import lookup
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.services.records.sheet_titles import question_titles
from zhupei_cli.services.records.workbooks import Reading, write_errors
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds.columns import Choices, Offer
from zhupei_cli.sheets.reading.book import MAX_ROWS
from zhupei_cli.sheets.taking.problems import Problem
from zhupei_cli.sheets.taking.stored_lines import marked
from zhupei_cli.shell.arguments import FileName, Whole, WrittenName
from zhupei_cli.shell.logfile import log, note, warn
from zhupei_cli.store.engine import require_database, transaction
from zhupei_cli.words.errors import ZhupeiError, begins_with

from .asking import workbook_password
from .changes import changes_option, show_changes, trial_changes
from .options import F, batch_was_named, current_settings, dry_run_option, json_option
from .output import FINDINGS, next_step, show_summary
from .templates import choices_of
from .writing import patient

if TYPE_CHECKING:
    from zhupei_cli.services.undo.changed_rows import RowChange

#: Problems a terminal shows before it says how many more there are; JSON has them all.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Done:
    """What an import read, what it did, and in a trial what it would change."""

    reading: Reading
    outcome: Imported
    changes: Sequence["RowChange"]


@dataclass(frozen=True, slots=True)
class Import:
    """One run of an import command: what all of them are asked."""

    settings: Settings
    files: tuple[Path, ...]
    max_rows: int
    mask: bool
    dry_run: bool
    as_json: bool
    errors: Path | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def by(self) -> Acting:
        """The operator, and now: ask inside the transaction, waiting for others is over then."""
        return self.settings.acting()

    def run(self, kind: ImportKind, **asked: object) -> Imported:
        """Take the workbooks in and show what came of it."""
        return self.show(self.take(kind, lambda *given: kind.take(*given, by=self.by, **asked)))

    def run_in_batch(self, kind: ImportKind, code: str | None, **asked: object) -> Imported:
        """Take the workbooks in for the batch `code` names, or the only live one; show what came of it."""

        def act(session: Session, reading: Reading) -> Imported:
            found = lookup.find_batch(session, code)
            question_titles(session, reading, found, named=batch_was_named())
            return kind.take(session, reading, batch=found, by=self.by, **asked)

        return self.show(self.take(kind, act), batch=code, of_batch=True)

    def take(
        self,
        kind: ImportKind,
        act: Callable[[Session, Reading], Imported],
        *,
        bases: bool = False,
        **how: Any,
    ) -> Done:
        """Return what `act` makes of the workbooks, in a transaction that is kept unless this is a trial.

        All is done again when a server undid it for another one's sake. `bases` as in `transaction`, `how`
        as in `read_workbooks`.
        """

        def once() -> Done:
            reading = kind.read(self.files, max_rows=self.max_rows, password=self.password, **how)
            with transaction(self.settings.database_url, dry_run=self.dry_run, bases=bases) as session:
                outcome = act(session, reading)
                return Done(reading, outcome, trial_changes(session, outcome, reading, dry_run=self.dry_run))

        return patient(once)

    def show(self, done: Done, *, batch: str | None = None, of_batch: bool = False) -> Imported:
        """Show what an import did and what it refused, and give the bad rows back; exit 3 if there are any.

        They go to `errors`, else beside each file; a trial leaves no file unless `errors` is given. With
        `mask` personal data in them is masked; drop-downs offer what the plan of `batch` has, or of the only
        live batch, when the import was `of_batch`.
        """
        outcome, reading = done.outcome, done.reading
        problems, ok = reading.problems, outcome.ok and not reading.left_out
        kept = not self.dry_run or self.errors is not None
        returned = self._give_back(reading, batch, of_batch=of_batch) if kept else []
        summary = {
            "ok": ok,
            "import_id": None if self.dry_run else outcome.import_id,
            "counts": asdict(outcome.counts),
            "problems": [problem.as_json() for problem in problems],
            "files": [asdict(file) for file in outcome.files],
            "errors_files": [str(path) for path in returned],
            "dry_run": self.dry_run,
            **({} if outcome.applied_anew is None else {"applied_anew": outcome.applied_anew}),
            **({"changes": [change.as_json() for change in done.changes]} if self.dry_run else {}),
        }
        sentence = _sentence(outcome, problems, dry_run=self.dry_run)
        show_summary(self.settings, summary, sentence, as_json=self.as_json)
        if self.as_json:
            for _, words in _in_words(problems[:SHOWN]):
                log(self.settings, words)
        else:
            self._tell(done, problems, returned)
        if not ok:
            click.get_current_context().exit(FINDINGS)
        return outcome

    def _tell(self, done: Done, problems: Sequence[Problem], returned: Sequence[Path]) -> None:
        settings, counts = self.settings, done.outcome.counts
        show_changes(settings, done.changes)
        if counts.blank:
            note(settings, f"{counts.blank} 行未填，略过")
        _show_problems(settings, problems)
        for path in returned:
            use = "证件号码等已遮盖，只供查看" if self.mask else "改好后可直接再导入"
            warn(settings, f"不合格的行已写入 {shown_path(path)}，{use}")
        if done.outcome.readable and not counts.rows:
            note(settings, "表头以下还没有填写任何一行，没有可导入的内容")

    def _give_back(self, reading: Reading, batch: str | None, *, of_batch: bool) -> list[Path]:
        try:
            choices = self._choices(reading, batch, of_batch=of_batch)
        except ZhupeiError as error:  # the good rows are in: what cannot be offered is typed
            choices = Choices()
            log(self.settings, error.message)
        returned = write_errors(reading, self.errors, choices=choices, masked=self.mask)
        for one in returned.unwritten:  # that a folder is read-only changes nothing either
            warn(self.settings, f"提醒 [{one.code}] 不合格的行没有写出：{one.message}")
        return returned.written

    def _choices(self, reading: Reading, batch: str | None, *, of_batch: bool) -> Choices:
        columns = (column for _, table in reading.tables for column in table.kind.columns)
        if not any(isinstance(column.offers, Offer) for column in columns):
            return Choices()
        if not any(line.bad for line in marked(reading.lines)):
            return Choices()
        return choices_of(self.settings, batch, any_batch=of_batch)[0]

    def next(self, command: str, purpose: str) -> None:
        """Say which command people most likely want next, after what was kept."""
        if not self.dry_run:
            next_step(self.settings, command, purpose)


def importing(*, several: bool = False, errors: bool = False) -> Callable[[F], Callable[..., Any]]:
    """Add FILE, or FILE…, and the options of all imports; the command gets its `Import` first.

    Before anything is read the database is looked at, and FILE…: lock files of Excel are passed over and a
    file that is named twice is read once, each with a remark. Raises E070 for a folder, E071 when nothing
    but lock files is named; what `require_database` raises. `errors` adds --errors.
    """

    def added(command: F) -> Callable[..., Any]:
        @functools.wraps(command)
        def with_import(
            *,
            file: Path | tuple[Path, ...],
            max_rows: int,
            mask: bool,
            dry_run: bool,
            as_json: bool,
            from_stdin: bool,
            **asked: Any,
        ) -> object:
            settings = current_settings()
            # Reading takes seconds: first of all it must be certain that there is a place for what is read.
            require_database(settings.database_url)
            files = _readable(settings, file if isinstance(file, tuple) else (file,))
            where = asked.pop("errors", None)
            password = workbook_password(settings) if from_stdin else None
            taking = Import(settings, files, max_rows, mask, dry_run, as_json, where, password)
            return command(taking, **asked)

        how = {"nargs": -1, "required": True, "metavar": "FILE…"} if several else {"metavar": "FILE"}
        options = [
            click.argument("file", type=FileName(), **how),
            # Beyond it, a look at the file first is worth the trouble.
            click.option(
                "--max-rows", type=Whole(1), default=MAX_ROWS, show_default=True, help="一个工作表最多的行数"
            ),
            # For who only looks at the bad rows, or shows them to others.
            click.option(
                "--mask", is_flag=True, help="错误工作簿中遮盖证件号码、电话、地址（只供查看，不能再导入）"
            ),
            click.option(
                "--password-stdin",
                "from_stdin",
                is_flag=True,
                help="工作簿有密码：从标准输入读一行作为密码；不合格的行也用它加密",
            ),
            changes_option,
            *([_errors_option] if errors else []),
            dry_run_option,
            json_option,
        ]
        done: Callable[..., Any] = with_import
        for option in reversed(options):
            done = option(done)
        return done

    return added


_errors_option = click.option(
    "--errors",
    metavar="FILE",
    type=WrittenName(),
    help="不合格的行写到这个文件（默认 原文件_未通过.xlsx）",
)


def _readable(settings: Settings, paths: Sequence[Path]) -> tuple[Path, ...]:
    folders = [path for path in paths if path.is_dir()]
    if folders:
        raise ZhupeiError("E070", folder=shown_path(folders[0]))
    kept: dict[Path, Path] = {}
    locks = [path for path in paths if _LOCK.match(path.name)]
    for path in paths:
        if path.resolve() in kept:
            note(settings, f"提醒：{shown_path(path)} 写了两次，只读一次")
        elif path not in locks:
            kept[path.resolve()] = path
    for path in locks:
        named = shown_path(path.with_name(_LOCK.sub("", path.name).removesuffix("#")))
        if not kept:
            raise ZhupeiError("E071", file=shown_path(path), workbook=named)
        note(settings, f"提醒：{shown_path(path)} 是打开工作簿时的临时文件，已略过；请关闭 Excel 或 WPS")
    return tuple(kept.values())


#: How the file begins that Excel, WPS and LibreOffice keep beside a workbook while it is open.
_LOCK = re.compile(r"~\$|\.~lock\.|\.~")


def _sentence(outcome: Imported, problems: Sequence[Problem], *, dry_run: bool) -> str:
    """Return the summary; its reminders are those that are shown below, of refused rows and sheets too."""
    counts = outcome.counts
    warnings = sum(1 for problem in problems if problem.severity == "warning")
    anew = f"（新报名 {outcome.applied_anew}）" if outcome.applied_anew else ""
    parts = [f"新增 {counts.inserted}", f"更新 {counts.updated}{anew}", f"不变 {counts.unchanged}"]
    parts.append(f"未通过 {counts.rejected}")
    parts += [f"替换已有成绩 {counts.replaced}"] if counts.replaced else []
    head = "试导入（不保存）" if dry_run else "导入完成" if outcome.readable else "没有导入"
    number = "" if dry_run or outcome.import_id is None else f"，导入编号 {outcome.import_id}"
    return f"{head}：共 {counts.rows} 行，{'，'.join(parts)}，提醒 {warnings}{number}"


#: Rows that are refused for another row's sake: what is to be mended stands there.
_CONSEQUENCES = frozenset(("E162",))


def _in_words(problems: Sequence[Problem]) -> Iterator[tuple[Problem, str]]:
    for problem in problems:
        kind = "提醒" if problem.severity == "warning" else "错误"
        row = f" 第 {problem.row} 行" if problem.row else ""
        named = not problem.column or begins_with(problem.column, problem.message)
        column = "" if named else f" {problem.column}"
        yield (
            problem,
            f"{kind} [{problem.code}] {problem.file} {problem.sheet}{row}{column}：{problem.message}",
        )


def _show_problems(settings: Settings, problems: Sequence[Problem]) -> None:
    causes = sorted(problems, key=lambda problem: problem.code in _CONSEQUENCES)
    for problem, words in _in_words(causes[:SHOWN]):
        # What was refused is told under --quiet too: a nightly import that ends with 3 says why.
        tell = note if problem.severity == "warning" else warn
        tell(settings, words)
    if len(problems) > SHOWN:
        # In a trial nothing is written beside the file, where people would look.
        whole = (
            "加 --errors 文件 写出全部不合格的行" if "errors" in click.get_current_context().params else ""
        )
        words = "，或".join(filter(None, (whole, "加 --json 可全部列出")))
        refused = any(problem.severity != "warning" for problem in causes[SHOWN:])
        (warn if refused else note)(settings, f"……另有 {len(problems) - SHOWN} 个问题，{words}")
