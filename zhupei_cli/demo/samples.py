"""The small workbooks in `samples/`. They are made by `python -m zhupei_cli.demo.samples samples`."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from zhupei_cli.demo.generate import Season, generate, review_rows, score_rows
from zhupei_cli.demo.people import DemoRow
from zhupei_cli.demo.workbooks import write_rows, write_season
from zhupei_cli.files import replacing
from zhupei_cli.services.batches.templates import catalogue
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import Choices, Kind
from zhupei_cli.sheets.writing.kind_sheet import SheetRows
from zhupei_cli.sheets.writing.template import form_of, write_template

#: A seed whose twelve people show every identity, a second choice, each decision and an absence.
_SEED = 2314
#: Application numbers hold when 报名信息.xlsx is the first import into a batch of this code.
_BATCH = "HN2026"


#: The batch of vacant seats after the first: who applies again there, with the base of the first choice.
SUPPLEMENT = f"{_BATCH}-2"
_AGAIN = ((10, "4101001"), (12, "4103001"), (7, "4103001"))
_AGAIN_MARKS = (("83.50", "80.25", "85.00"), ("78.00", "76.50", "74.25"), ("70.75", "68.00", "72.50"))
#: Where the approved sit the exam.
_ROOMS: SheetRows = (
    {"site": "01", "site_name": "郑州市示例中学", "address": "郑州市示例路 1 号", "city": "郑州市"}
    | {"room": "001", "seats": "6", "row_count": "3", "column_count": "2"},
    {"site": "01", "room": "002", "seats": "4", "row_count": "2", "column_count": "2"},
    {"site": "02", "site_name": "洛阳市示例学院", "address": "洛阳市示例路 2 号", "city": "洛阳市"}
    | {"room": "001", "seats": "6", "row_count": "3", "column_count": "2"},
)
#: Whose rows are still blank when the marks first come in.
_FORGOTTEN = (10, 11)


def write_samples(folder: Path) -> list[Path]:
    """Write the ten sample workbooks into `folder`, over what stands there; return their paths."""
    season = generate(_SEED, bases=3, places=6, applicants=12, faulty=0)
    numbers = [
        (f"{_BATCH}-{at:07d}", str(one.cells["id_number"])) for at, one in enumerate(season.applicants, 1)
    ]
    reviews = review_rows(season, numbers)
    approved = {row["application_no"] for row in reviews if row["decision"] == "通过"}
    # Only whom the base approved sits the exam.
    scores = score_rows(season, [one for one in numbers if one[0] in approved])
    sheets: dict[str, tuple[Kind, SheetRows]] = {
        "审核意见": (workbook_kinds.REVIEW, reviews),
        "考场": (workbook_kinds.EXAM_ROOM, _ROOMS),
        "成绩": (workbook_kinds.SCORE, scores),
        "成绩_漏填": (workbook_kinds.SCORE, [_forgotten(row) for row in scores]),
        "补录报名信息": (workbook_kinds.PERSON, [_again(season, at, base) for at, base in _AGAIN]),
        "补录成绩": (workbook_kinds.SCORE, list(_again_marks(season))),
    }
    paths = list(write_season(folder, season, force=True))
    for name, (kind, rows) in sheets.items():
        paths.append(folder / f"{name}.xlsx")
        write_rows(paths[-1], kind, rows, year=season.year, force=True)
    return [*paths, _write_template(folder / "报名信息模板.xlsx", season)]


def _forgotten(row: DemoRow) -> DemoRow:
    """Return a row of marks as the template has it for whom nobody has filled in."""
    blank = str(row["application_no"]) in {f"{_BATCH}-{at:07d}" for at in _FORGOTTEN}
    return {key: value for key, value in row.items() if not blank or key in ("application_no", "name")}


def _again(season: Season, at: int, base: str) -> DemoRow:
    """Return the row of somebody who applies for a vacant seat of 全科."""
    choice = {"specialty": "0700", "choice1_base": base, "choice2_base": None, "choice2_specialty": None}
    return {**season.applicants[at - 1].cells, **choice}


def _again_marks(season: Season) -> Iterator[DemoRow]:
    for number, ((at, _), marks) in enumerate(zip(_AGAIN, _AGAIN_MARKS, strict=True), 1):
        name = season.applicants[at - 1].cells["name"]
        marked = dict(zip(("written", "skill", "interview"), map(Decimal, marks), strict=True))
        yield {"application_no": f"{SUPPLEMENT}-{number:07d}", "name": name, **marked}


def _write_template(path: Path, season: Season) -> Path:
    """Write the workbook to fill in, as `trainee template` does for the batch of the samples."""
    names = catalogue()
    bases = {str(row["code"]): str(row["name"]) for row in season.bases}
    places = tuple((bases[str(row["base"])], names[str(row["specialty"])]) for row in season.plan)
    specialties = tuple(dict.fromkeys(specialty for _, specialty in sorted(places)))
    choices = Choices(tuple(bases.values()), tuple(bases), specialties, places=places)
    forms = [
        form_of(kind, kind.title)
        for kind in (workbook_kinds.PERSON, workbook_kinds.EDUCATION, workbook_kinds.WORK)
    ]
    with replacing(path, force=True) as beside:
        write_template(beside, forms, choices, made_at=datetime(season.year, 1, 1, tzinfo=UTC))
    return path


if __name__ == "__main__":
    write_samples(Path(sys.argv[1]))
