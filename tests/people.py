"""People, workbooks and a batch for tests: plain functions, invented names, division code 410101."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from zhupei_cli.model import Batch, BatchSetting, Plan, TrainingBase
from zhupei_cli.rules.batch.settings import SETTINGS
from zhupei_cli.rules.people.idcard import check_character
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import Kind, headings_of

BASES = (("4101001", "郑州第一医院"), ("4101002", "郑州第二医院"), ("4103001", "洛阳中心医院"))
_HAN_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
SPECIALTIES = ("0100", "0200", "2800")


def open_batch(session: Session, *, status: str = "open", code: str = "HN2026", **settings: str) -> Batch:
    """Store a batch of June 2026 with three bases and three specialties at each, ten seats a place."""
    for base, name in BASES:
        if session.get(TrainingBase, base) is None:
            session.add(
                TrainingBase(code=base, name=name, aliases="", city=f"{base[:4]}00", status="enabled")
            )
    number = {"HN2026": 1, "HN2025": 2}[code]
    batch = Batch(
        id=number,
        code=code,
        name="2026 年招收",
        year=2026,
        status=status,
        apply_from=datetime(2026, 6, 1, tzinfo=UTC),
        apply_until=datetime(2026, 6, 30, tzinfo=UTC),
        created_at=datetime(2026, 5, 1, tzinfo=UTC),
    )
    session.add(batch)
    session.flush()
    for key, setting in SETTINGS.items():
        value = settings.get(key, setting.default)
        session.add(BatchSetting(batch_id=number, key=key, value=value))
    for base, _ in BASES:
        for specialty in SPECIALTIES:
            session.add(
                Plan(
                    batch_id=number,
                    base_code=base,
                    specialty_code=specialty,
                    quota=10,
                    stopped=False,
                    **{f"taken_{who}": 0 for who in ("own", "entrusted", "social")},
                )
            )
    session.flush()
    return batch


def id_number(number: int) -> str:
    """Return the valid ID number of the invented person `number`, born between 1995 and 2000."""
    born = date(1995, 1, 1) + timedelta(days=number // 900)
    first17 = f"410101{born:%Y%m%d}{number % 900 + 100:03d}"
    return first17 + check_character(first17)


def called(number: int) -> str:
    """Return the name of the invented person `number`: without digits, as names are."""
    return "王" + str(number).translate(_HAN_DIGITS)


def person(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return one whole row of 报名信息 by key; None takes a cell out."""
    row = {
        "name": called(number),
        "id_number": id_number(number),
        "ethnicity": "汉族",
        "political_status": "群众",
        "mobile": f"138{number:08d}",
        "email": f"p{number}@example.com",
        "address": "郑州市金水区文化路 1 号",
        "emergency_name": "李四",
        "emergency_phone": "13900000000",
        "level": "本科",
        "degree": "学士",
        "school": "郑州大学",
        "major": "临床医学",
        "graduated_on": "2026-06-30",
        "full_time": "是",
        "is_fresh": "应届",
        "has_employer": "否",
        "identity": "社会人",
        "source_type": "应届毕业生",
        "train_years": "3",
        "specialty": "内科",
        "choice1_base": "郑州第一医院",
        "choice2_base": "4103001",
        "accept_adjust": "是",
    }
    row.update(changes)
    return {key: value for key, value in row.items() if value is not None}


def write_book(path: Path, sheets: Sequence[tuple[Kind, Sequence[Mapping[str, Any]]]]) -> Path:
    """Write one sheet per kind with its rows by key, as an office would type them."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for kind, rows in sheets:
        sheet = book.create_sheet(kind.title)
        sheet.append(headings_of(kind.columns))
        for row in rows:
            sheet.append([row.get(column.key) for column in kind.columns])
    book.save(path)
    return path


def write_people(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write a 报名信息 workbook."""
    return write_book(path, [(workbook_kinds.PERSON, rows)])
