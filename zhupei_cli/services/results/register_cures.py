"""What to type where a cell of the register lacks its content: it depends on whose content it is."""

from collections.abc import Mapping
from typing import Final

from zhupei_cli.services.applications.correcting import CORRECTABLE, LIVE
from zhupei_cli.services.people.lower_levels import LEVELS

#: Settings of a batch that are fields of a register: said once for everybody.
OF_BATCH: Final = ("train_from",)
_LATEST: Final = "doctor_"


def cure_of(field: str, row: Mapping[str, str]) -> str:
    """Return what fills `field` for the person of a row.

    What was submitted is mended by `apply correct` alone: registers read the snapshot.
    """
    number = row["application_no"]
    if (heading := _corrected(field)) is not None:
        return f"zhupei apply correct {number} {heading} 内容 --reason 补登"
    if field in LIVE:
        return f"zhupei trainee edit {number} --{field} 内容"
    if field.startswith("employer_"):
        return "在单位库补填：zhupei trainee employer import 单位.xlsx；是培训基地的用 zhupei base import"
    if field.startswith("joint_"):
        option = "name" if field.endswith("_name") else field.removeprefix("joint_")
        return f"zhupei base edit {row['joint_base']} --{option} 内容"
    return "在 --columns 的文件里为这一列写字段，或 =内容" if not field else "补全这个人或基地的信息"


def _corrected(field: str) -> str | None:
    """Return what a correction calls a field of a register; None for what no correction mends."""
    level, _, name = field.partition("_")
    if level in LEVELS and name == "year":
        field = f"{level}_graduated_on"
    # A doctor's course is the highest there is.
    field = field.removeprefix(_LATEST)
    return CORRECTABLE[field].heading if field in CORRECTABLE and field not in LIVE else None
