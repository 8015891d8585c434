"""Asking before something final or doubtful: what it concerns is counted by trying it, then people decide."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from zhupei_cli.settings import Settings
from zhupei_cli.shell.logfile import warn
from zhupei_cli.words.errors import ZhupeiError

from .asking import agree
from .options import can_ask

if TYPE_CHECKING:
    from zhupei_cli.rules.proof.audit import Finding

T = TypeVar("T")


class _Asked(Exception):
    """Takes the trial back: the question comes outside of the transaction, so that nobody waits for it."""


class Consent:
    """Whether somebody agrees to an act; `given` says that they did, whatever it is (--yes, a trial).

    Who was asked agreed to what they read: where others wrote in the meantime and the act would be another
    one now, they are asked again.
    """

    def __init__(self, settings: Settings, *, given: bool, as_json: bool) -> None:
        self._settings, self._as_json, self._given = settings, as_json, given
        self._question = ""
        self._doubts: list[Finding] = []
        self._agreed: tuple[str, list[Finding]] | None = None

    def require(self, question: str, doubts: Sequence["Finding"] = (), *, people: bool = False) -> None:
        """Go on when there is consent; else take back what was tried, ask, and let `of` do it again.

        What can be taken back asks `people` alone: programs do it without a word.
        """
        self._question, self._doubts = question, list(doubts)
        given = self._given or self._agreed == (self._question, self._doubts)
        if not (given or (people and not can_ask(self._settings))):
            raise _Asked

    def of(self, act: Callable[[], T]) -> T:
        """Do `act`, which calls `require` inside its transaction; E085 when there is nobody to ask."""
        while True:
            try:
                done = act()
            except _Asked:
                self._ask()
            else:
                if self._agreed is None:
                    self._tell()
                return done

    def _ask(self) -> None:
        if self._agreed is not None:
            warn(self._settings, "在回答以前情况又变了，请看清后再答")
        self._tell()
        told = "；".join(doubt.message for doubt in self._doubts) if self._as_json else ""
        confirm(f"{told}。{self._question}" if told else self._question, self._settings, yes=False)
        self._agreed = self._question, self._doubts

    def _tell(self) -> None:
        for doubt in () if self._as_json else self._doubts:
            warn(self._settings, f"提醒 [{doubt.code}]：{doubt.message}")


def with_doubts(summary: Mapping[str, object]) -> dict[str, object]:
    """Return a summary with its doubts as JSON has them."""
    doubts = summary.get("doubts", ())
    assert isinstance(doubts, list | tuple)
    return {**summary, "doubts": [doubt._asdict() for doubt in doubts]}


def confirm(question: str, settings: Settings, *, yes: bool) -> None:
    """Ask before something is replaced or removed; no is exit 130, nobody to ask is E085."""
    if yes:
        return
    if not can_ask(settings):
        raise ZhupeiError("E085", question=question)
    if not agree(question, default=False):
        raise click.Abort
