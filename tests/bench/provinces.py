"""A season of the generator as another province would have it: codes, names and numbers of its own."""

from collections.abc import Mapping
from dataclasses import replace
from string import ascii_uppercase, digits

from zhupei_cli.demo.generate import Season, generate
from zhupei_cli.demo.people import DemoRow
from zhupei_cli.rules.people import uscc
from zhupei_cli.rules.people.idcard import check_character
from zhupei_cli.sheets.writing.ooxml import Value
from zhupei_cli.words.codes import PROVINCE

#: Of the mainland, by the codes of GB/T 2260.
PROVINCES = [code for code in PROVINCE.labels if code < "71"]
#: What the generator gives everybody, and all the country has once.
_DIVISION, _MOBILE = "410101", "13800"


def season_of(province: str, *, bases: int, places: int, applicants: int) -> Season:
    """Return the season of a province; no person, base or number of it is in another one's."""
    season = generate(int(province), bases=bases, places=places, applicants=applicants)
    moved = [_moved_base(base, province) for base in season.bases]
    # A base is meant by each of its names, an employer by those of its base.
    known = {
        old[key]: new[key]
        for old, new in zip(season.bases, moved, strict=True)
        for key in ("code", "name", "aliases", "uscc")
    }
    return replace(
        season,
        bases=moved,
        plan=[
            {**row, "base": known[row["base"]], "base_name": known[row["base_name"]]} for row in season.plan
        ],
        applicants=[
            replace(one, cells=_moved_person(one.cells, province, known)) for one in season.applicants
        ],
    )


def _moved_base(base: DemoRow, province: str) -> DemoRow:
    label, city = PROVINCE.labels[province], f"{province}{str(base['code'])[2:4]}00"
    return base | {
        "code": f"{province}{str(base['code'])[2:]}",
        "name": f"{label}{base['name']}",
        "aliases": f"{label}{base['aliases']}",
        "city": city,
        "uscc": _ending(f"12{city}{str(base['uscc'])[8:17]}"),
    }


def _ending(first17: str) -> str:
    return next(
        code
        for last in digits + ascii_uppercase
        if uscc.agrees(code := first17 + last) and uscc.is_formed(code)
    )


def _moved_person(cells: Mapping[str, Value], province: str, known: Mapping[Value, Value]) -> DemoRow:
    moved = {key: known.get(value, value) for key, value in cells.items()}
    number = cells["id_number"]
    if isinstance(number, str):
        moved["id_number"] = _moved_number(number, province)
        if isinstance(licence := cells.get("licence_no"), str):
            moved["licence_no"] = licence.replace(number, str(moved["id_number"]))
    if isinstance(mobile := cells["mobile"], str):
        moved["mobile"] = mobile.replace(_MOBILE, f"138{province}", 1)
    return moved


def _moved_number(number: str, province: str) -> str:
    if number.startswith("H0"):
        return f"H{province}{number[3:]}"
    first17 = f"{province}0100{number[len(_DIVISION) : 17]}"  # of a prefecture itself: nobody's number
    wrong = len(number) != 18 or check_character(number[:17]) != number[17]
    return number if wrong else first17 + check_character(first17)
