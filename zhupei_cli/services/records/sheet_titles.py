"""Titles of sheets: which batch they are of, for whom they may not be."""

import re
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.sheets.taking.table import Table
from zhupei_cli.words.errors import Fault

#: The years a title can name; one that has 2026年 or 2026年度, and of what: no day, no graduates, no paper.
_YEARS: Final = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")
_TITLE: Final = re.compile(r"20[0-9]{2}\s*年度?+(?!\s*(?:[0-9]{1,2}\s*月|[以之]?[前后来]|[毕应往]))")
_RECRUITING: Final = re.compile("招收|招录|住培|规培|住院医师")
_OTHER_PAPER: Final = re.compile("[《》，。；]|通知|文件|按照|根据|依据|参照|去年|上年|往年")
#: Characters of the longest title; what is longer is a note.
_LONGEST: Final = 50


def question_titles(session: Session, reading: Reading, batch: Batch, *, named: bool) -> None:
    """Keep as a fault of each file that a title in it names another batch (E435), or another year (E795).

    The first, a title as our templates write it, is a warning where somebody `named` the batch, else the
    sheet is not taken: what was filled in for the supplement round may not go into the only batch that is
    live today. The second, a title that an office wrote, may have been left from last year: a warning.
    """
    names = session.execute(select(Batch.name)).scalars().all()
    told = set[tuple[str, str]]()
    for file, table in reading.tables:
        said = [name for name in names if any(word.startswith(f"{name} ") for word in table.above)]
        title = max(said, key=len, default=batch.name)
        year = batch.year if said else _year(table, batch)
        if title != batch.name and (file, "E435") not in told:
            told.add((file, "E435"))
            sure = "" if named else f"加 --batch {batch.code} 再导入，或"
            cure = f"确是这个批次的，{sure}改正标题；不是的，用 --batch 写明它的批次"
            values = {"title": title, "batch": batch.code, "name": batch.name, "cure": cure}
            table.faults.append(Fault("E435", "", "warning" if named else "error", values))
        elif year != batch.year and (file, "E795") not in told:
            told.add((file, "E795"))
            years = {"title": year, "batch": batch.code, "year": batch.year}
            table.faults.append(Fault("E795", "", "warning", years))


def _year(table: Table, batch: Batch) -> int:
    """Return the one year that the titles of a sheet are of; that of the batch where they do not say it."""
    words = {word for word in table.above if len(word) <= _LONGEST} - {*table.header.words}
    titles = [word for word in words if batch.name not in word and _is_title(word)]
    years = {int(year) for word in titles for year in _YEARS.findall(word)}
    return years.pop() if len(years) == 1 else batch.year


def _is_title(word: str) -> bool:
    found = _TITLE.search(word) and _RECRUITING.search(word)
    return found is not None and _OTHER_PAPER.search(word) is None
