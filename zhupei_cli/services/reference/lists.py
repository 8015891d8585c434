"""Reference data the province keeps: training bases and the catalogue of specialties, taken in."""

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files as package_files

from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Specialty, TrainingBase
from zhupei_cli.model.base import TableRow
from zhupei_cli.services.records.entries import LineEntry
from zhupei_cli.services.records.import_ledger import Imported, ImportedFile
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.services.reference.catalogue_intake import Catalogue, import_entries, uscc_faults
from zhupei_cli.sheets.kinds.workbook_kinds import BASE, SPECIALTY
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.words.codes import CITY
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import SHORTAGE, flag

_DEFAULT_SPECIALTIES = "specialties.csv"


def import_bases(session: Session, reading: Reading, *, by: Acting) -> Imported:
    """Take training bases in from the rows of 基地; faults are left on the lines, bad rows stay out."""
    return import_entries(session, BASES, reading, by=by)


def import_specialties(session: Session, reading: Reading, *, by: Acting) -> Imported:
    """Take specialties in from the rows of 专业; faults are left on the lines, bad rows stay out."""
    return import_entries(session, _SPECIALTIES, reading, by=by)


def load_default_specialties(session: Session, *, by: Acting) -> Imported:
    """Take in the catalogue of specialties that comes with the program."""
    content = (package_files("zhupei_cli") / "data" / _DEFAULT_SPECIALTIES).read_bytes()
    rows = enumerate(csv.DictReader(content.decode().splitlines()), 2)
    lines = [Line(_DEFAULT_SPECIALTIES, "", number, "specialty", _filled(row)) for number, row in rows]
    file = ImportedFile(_DEFAULT_SPECIALTIES, hashlib.sha256(content).hexdigest(), len(lines))
    return import_specialties(session, Reading((file,), lines, []), by=by)


def _filled(row: Mapping[str, str]) -> dict[str, object]:
    filled: dict[str, object] = {name: text for name, text in row.items() if text}
    return filled | {"is_shortage": flag(SHORTAGE, row["is_shortage"])}


def _mended_base(entry: TableRow) -> Iterator[Fault]:
    yield from _mended_names(entry)
    city = entry.get("city")
    if city is not None and not re.fullmatch("[0-9]{6}", city):
        entry["city"] = CITY.parse(city) or city
        if entry["city"] == city:
            yield Fault("E053", "city", values={"value": city})
    yield from uscc_faults(entry["uscc"])
    if entry["is_joint"] is None and entry["main_code"]:
        entry["is_joint"] = True
    if entry["is_joint"] and not entry["main_code"]:
        yield Fault("E776", "main_code", values={"problem": "是协同单位，没有写主基地编号"})
    elif entry["main_code"] and not entry["is_joint"]:
        yield Fault("E776", "is_joint", values={"problem": "写了主基地编号，是否协同却不是“是”"})


def _refuse_odd_mains(entries: Sequence[LineEntry], stored: Mapping[str, TableRow]) -> None:
    """Refuse joint bases whose main base is none: not there, a joint one itself, or about to become one."""
    good = {entry.after["code"]: entry for entry in entries if not entry.line.bad}
    # One that turns out bad stays as it is stored.
    bases: dict[str, TableRow] = {**stored, **{code: one.after for code, one in good.items()}}
    for code, entry in good.items():
        main = entry.after["main_code"]
        if main is None:
            continue
        if main not in bases:
            _refuse_main(entry, f"没有编号为 {main} 的基地")
        elif main == code or bases[main]["main_code"]:
            _refuse_main(entry, f"主基地 {main} 自己是协同单位")
    # Only now: whose own main is refused leads nobody to a main that is none.
    left = {code: one.after for code, one in good.items() if not one.line.bad}
    led = {base["main_code"] for base in {**stored, **left}.values()}
    for code in left:
        if left[code]["main_code"] and code in led:
            _refuse_main(good[code], f"{code} 是别的协同单位的主基地，不能是协同单位")


def _refuse_main(entry: LineEntry, problem: str) -> None:
    entry.line.faults.append(Fault("E776", "main_code", values={"problem": problem}))


def _mended_names(entry: TableRow) -> Iterator[Fault]:
    """Keep aliases as names separated by |, each once, without the entry's own name."""
    words = (word.strip() for word in re.split("[|｜、,，;；]", entry["aliases"]))
    entry["aliases"] = "|".join(dict.fromkeys(word for word in words if word and word != entry.get("name")))
    yield from ()


BASES = Catalogue(
    BASE,
    TrainingBase.metadata.tables["base"],
    {
        "aliases": "",
        "level": None,
        "uscc": None,
        "contact_name": None,
        "contact_phone": None,
        "status": "enabled",
        **dict.fromkeys(("main_code", "is_joint", "institution")),
    },
    _mended_base,
    unique=("name", "uscc"),
    refuse_odd=_refuse_odd_mains,
)
_SPECIALTIES = Catalogue(
    SPECIALTY,
    Specialty.metadata.tables["specialty"],
    {"is_shortage": False, "aliases": ""},
    _mended_names,
    unique=("name",),
)
