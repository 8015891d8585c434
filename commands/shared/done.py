"""Saying what was done, or only tried, what no longer counts because of it, and who takes no part."""

from zhupei_cli.settings import Settings
from zhupei_cli.shell.logfile import note


def tell_stale(settings: Settings, runs: int) -> None:
    """Say that runs computed before a change of parameters or plan cannot be committed any more."""
    if runs:
        note(settings, f"注意：已有的 {runs} 次录取计算不再有效，须重新运行 zhupei admit run")


def tell_cut_shares(settings: Settings, places: int, batch: str) -> None:
    """Say that places cannot reserve what the share of the batch asks of them."""
    if places:
        listing = f"zhupei batch plan list --batch {batch}"
        note(
            settings,
            f"提醒：{places} 个岗位留不足 reserve.social_share 的名额，上限或其他保留不允许；{listing} 查看",
        )


def tell_sitting_out(settings: Settings, count: int, batch: str) -> None:
    """Say how many are approved and do not take part, and what lists them; nothing when there is nobody."""
    if count:
        listing = f"zhupei apply list --seated --batch {batch}"
        note(settings, f"提醒：{count} 人本年度已在别的批次录取，不参加；{listing} 查看")


def tell_gave_up(settings: Settings, count: int, batch: str) -> None:
    """Say how many gave up in a result that was taken back, and what makes them candidates again."""
    if count:
        listing = f"zhupei apply list --gave-up --batch {batch}"
        again = "确应参加的先恢复资格（zhupei admit reinstate 报名号 --reason 原因）"
        note(settings, f"提醒：{count} 人在撤销拟录取以前已放弃或被取消，不参加；{listing} 查看，{again}")


def tried(sentence: str, *, dry_run: bool) -> str:
    """Return the sentence of what was done (已…), or only tried: nothing was saved then, but could be."""
    if not dry_run:
        return sentence
    could = "可以" + sentence.removeprefix("已") if sentence.startswith("已") else sentence
    return f"试做（不保存）：{could}"
