"""Telling who does not take part in an admission: people seated in another batch of the year."""

from zhupei_cli.settings import Settings
from zhupei_cli.shell.logfile import note


def tell_sitting_out(settings: Settings, count: int, batch: str) -> None:
    """Say how many are approved and do not take part, and what lists them; nothing when there is nobody."""
    if count:
        listing = f"zhupei apply list --seated --batch {batch}"
        note(settings, f"提醒：{count} 人本年度已在别的批次录取，不参加；{listing} 查看")
