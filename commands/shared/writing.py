"""The one way of commands that write: -n and --json, the transaction and its retries, asking, the summary."""

import functools
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import random
from time import sleep
from typing import TYPE_CHECKING, TypeVar

import click
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.files import free_path, made_beside, put_in_place
from zhupei_cli.model.batch import Batch
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.logfile import note, warn
from zhupei_cli.store.engine import KEPT, reading, transaction
from zhupei_cli.words.errors import ZhupeiError

from .consent import Consent, confirm
from .done import tried
from .options import current_settings, dry_run_option, json_option
from .output import FINDINGS, Row, next_step, show_summary

if TYPE_CHECKING:
    from zhupei_cli.rules.proof.audit import Finding

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Deed:
    """One run of a command that writes; `yes` says that nobody needs to be asked."""

    settings: Settings
    dry_run: bool
    as_json: bool
    yes: bool = False
    consent: Consent = field(init=False)

    def __post_init__(self) -> None:
        consent = Consent(self.settings, given=self.yes or self.dry_run, as_json=self.as_json)
        object.__setattr__(self, "consent", consent)

    @property
    def by(self) -> Acting:
        """The operator, and now: ask inside the transaction, waiting for others is over then."""
        return self.settings.acting()

    def do(self, work: Callable[[Session], T], *, bases: bool = False) -> T:
        """Return what `work` does in a transaction, kept unless it is a trial.

        It is done again, at most twice, when a server undid it for another one's sake (E620), and when it
        wanted consent: it must show nothing itself. `bases` as in `transaction`.
        """

        def once() -> T:
            with transaction(self.settings.database_url, dry_run=self.dry_run, bases=bases) as session:
                return work(session)

        return self.consent.of(lambda: patient(once))

    def in_batch(self, code: str | None, work: Callable[[Session, Batch], T], *, bases: bool = False) -> T:
        """Return what `work` does in a transaction with the batch `code` names, see `do`."""
        return self.do(lambda session: work(session, lookup.find_batch(session, code)), bases=bases)

    def require(self, question: str, doubts: Sequence["Finding"] = (), *, people: bool = False) -> None:
        """Go on when there is consent; inside `do`, whose work is taken back while somebody is asked.

        What can be taken back asks `people` alone: programs do it without a word.
        """
        self.consent.require(question, doubts, people=people)

    def confirm(self, question: str) -> None:
        """Ask before anything is tried; a trial asks nothing."""
        if not self.dry_run:
            confirm(question, self.settings, yes=self.yes)

    def tell(self, summary: Row, sentence: str) -> None:
        """Say what was done, or only tried."""
        self.tell_plainly(summary, tried(sentence, dry_run=self.dry_run))

    def tell_plainly(self, summary: Row, sentence: str) -> None:
        """Say what was done, in a sentence that knows of trials itself."""
        told = {**summary, "dry_run": self.dry_run}
        show_summary(self.settings, told, sentence, as_json=self.as_json)

    def note(self, sentence: str) -> None:
        """Say something more to people."""
        if not self.as_json:
            note(self.settings, sentence)

    def next(self, command: str, purpose: str, *, in_json: bool = False) -> None:
        """Say which command people most likely want next, after what was kept; `in_json` beside JSON too."""
        if not self.dry_run and (in_json or not self.as_json):
            next_step(self.settings, command, purpose)

    def next_in(self, batch: str, *, most: int | None = None) -> None:
        """Say which commands people most likely want next in a batch, `most` of them.

        Looked up once all is kept, and only for people: it counts whom a refill could have, and what waits.
        """
        if self.dry_run or self.as_json or (self.settings.quiet and self.settings.log_file is None):
            return
        from zhupei_cli.services.reports import overview

        steps: Sequence[overview.NextStep] = ()
        # What was done is kept and told: that nobody answers any more would say otherwise.
        with suppress(ZhupeiError), reading(self.settings.database_url) as session:
            steps = overview.next_steps(session, lookup.find_batch(session, batch), now=self.by.at)
        for step in steps[:most]:
            self.next(step.command, step.purpose)

    def refuse(self, refusals: Sequence[Mapping[str, object]]) -> None:
        """Say which numbers were left out and why; exit 3 when there are any."""
        for one in refusals:
            self.note(f"错误 [{one['code']}] {one['application_no']}：{one['message']}")
        self.end(found=bool(refusals))

    def end(self, *, found: bool) -> None:
        """End the command with exit 3 where something was found wrong."""
        if found:
            click.get_current_context().exit(FINDINGS)


@dataclass(slots=True)
class Placed:
    """A file that is filled in a transaction: `beside` its place until that is kept, then at `path`."""

    beside: Path
    path: Path


@contextmanager
def placing(path: Path, *, force: bool) -> Iterator[Placed]:
    """Yield a file to fill in a transaction of the block; it gets its place once that is kept.

    So it does when Ctrl-C is heard right after that: what counts as written is there. Where nobody knows,
    at E799, it stands under a free name, and the error says where. Raises E002, E003.
    """
    before = len(KEPT)
    with made_beside(path, force=force) as beside:
        made = Placed(beside, path)
        try:
            yield made
        except ZhupeiError as error:
            if error.code == "E799" and beside.stat().st_size:
                error.hint += f"。写好的文件是 {put_in_place(beside, free_path(path))}，没有这次操作的不要用"
            raise
        finally:
            if len(KEPT) > before and beside.stat().st_size:
                made.path = put_in_place(beside, path, force=force)
                if made.path != path and sys.exc_info()[1] is not None:  # nobody comes to say it any more
                    warn(current_settings(), f"{path} 正在使用或已经存在，写好的文件是 {made.path}")


def patient(act: Callable[[], T]) -> T:
    """Do `act` again, at most twice, when a server undid its transaction for another one's sake (E620)."""
    for again in range(2):
        try:
            return act()
        except ZhupeiError as error:
            if error.code != "E620":
                raise
            sleep(random() * 0.2 * 2**again)  # the other one must not come along again at once
    return act()


def writing(command: Callable[..., T]) -> Callable[..., T]:
    """Add -n and --json, and call `command` with its `Deed` first; --yes is `yes_option`, where it asks."""

    @functools.wraps(command)
    def with_deed(*args: object, dry_run: bool, as_json: bool, yes: bool = False, **kwargs: object) -> T:
        return command(Deed(current_settings(), dry_run, as_json, yes), *args, **kwargs)

    return dry_run_option(json_option(with_deed))
