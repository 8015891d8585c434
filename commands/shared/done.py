"""Saying what was done, or only tried, and what no longer counts because of it."""

from zhupei_cli.settings import Settings
from zhupei_cli.shell.logfile import note


def tell_stale(settings: Settings, runs: int) -> None:
    """Say that runs computed before a change of parameters or plan cannot be committed any more."""
    if runs:
        note(settings, f"注意：已有的 {runs} 次录取计算不再有效，须重新运行 zhupei admit run")


def tried(sentence: str, *, dry_run: bool) -> str:
    """Return the sentence of what was done (已…), or only tried: nothing was saved then, but could be."""
    if not dry_run:
        return sentence
    could = "可以" + sentence.removeprefix("已") if sentence.startswith("已") else sentence
    return f"试做（不保存）：{could}"
