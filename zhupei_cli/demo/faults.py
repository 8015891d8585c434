"""Rows that are wrong on purpose, each in one way: the catalogue's code of what the import must say."""

from collections.abc import Callable
from typing import Final

from zhupei_cli.demo.people import DemoRow

Spoil = Callable[[DemoRow], DemoRow]


def _wrong_checksum(row: DemoRow) -> DemoRow:
    number = str(row["id_number"])
    return {"id_number": number[:17] + ("1" if number[17] != "1" else "2")}


def _number_cell(row: DemoRow) -> DemoRow:
    # What Excel keeps of 18 digits typed into a cell that is not text.
    return {"id_number": int(str(row["id_number"])[:15] + "000")}


def _fifteen_digits(row: DemoRow) -> DemoRow:
    number = str(row["id_number"])
    return {"id_number": number[:6] + number[8:17]}


#: Code → the cells that make a good row of somebody recruited from society wrong in that way.
SPOILS: Final[dict[str, Spoil]] = {
    "E011": lambda _: {"mobile": "无"},
    "E013": _number_cell,
    "E015": lambda _: {"identity": "单位人"},
    "E018": lambda _: {"graduated_on": "2026-13-45"},
    "E112": _fifteen_digits,
    "E116": _wrong_checksum,
    "E150": lambda _: {"name": None},
    "E151": lambda row: {"gender": "女" if row["gender"] == "男" else "男"},
    "E153": lambda _: {"employer_name": "青禾县人民医院"},
    "E211": lambda _: {"identity": "本单位人", "has_employer": "是", "employer_name": "青禾县人民医院"},
    "E213": lambda _: {"graduated_on": "2020-06-30", "is_fresh": "往届", "source_type": "往届毕业生"},
    "E253": lambda _: {"source_type": "进修人员"},
    "E255": lambda row: {"choice2_base": row["choice1_base"], "choice2_specialty": None},
    "E302": lambda _: {"choice1_base": "查无此院"},
}
#: Two rows of one person: each names the other.
TWINS: Final = "E157"
