"""Showing what is wrong with one form: the rule, the value, and what the guide says about it."""

from collections.abc import Iterable, Iterator

from zhupei_cli.rules.people.masking import masked_message, masked_text
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds.workbook_kinds import PERSON
from zhupei_cli.shell.logfile import note
from zhupei_cli.words.catalogue import CATALOGUE
from zhupei_cli.words.errors import Fault


def label(fault: Fault) -> str:
    """Return the heading people know the field by."""
    return PERSON.headings.get(fault.field, "")


def tell(settings: Settings, fault: Fault, *, about: str = "", warn: bool = False) -> None:
    """Say one finding; of a rule also its name and where it comes from. `warn` shows errors as warnings."""
    word = "错误" if fault.severity == "error" and not warn else "提醒"
    what = " ".join(part for part in (masked_text(about), label(fault)) if part)
    note(settings, f"{word} [{fault.code}] {what}：{masked_message(fault.code, fault.message)}")
    if "rule" in fault.values:
        note(settings, f"    规则 {fault.values['rule']}：{CATALOGUE[fault.code].cause}")


def refusals(refused: Iterable[tuple[str, Fault]]) -> list[dict[str, object]]:
    """Return which numbers were left out and why, as JSON and `Deed.refuse` have it."""
    return [
        {
            "application_no": masked_text(number),
            "code": fault.code,
            "message": masked_message(fault.code, fault.message),
        }
        for number, fault in refused
    ]


def as_json_rows(findings: Iterable[tuple[str, Fault]]) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield (number, finding as JSON has it)."""
    for number, fault in findings:
        row = {
            "column": label(fault),
            "code": fault.code,
            "severity": fault.severity,
            "message": masked_message(fault.code, fault.message),
        }
        yield (
            masked_text(number) or "",
            row | ({"rule": fault.values["rule"]} if "rule" in fault.values else {}),
        )
