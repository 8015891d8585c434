"""The small workbooks in `samples/`. They are made by `python -m zhupei_cli.demo.samples samples`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from zhupei_cli.demo.generate import Season, generate, review_rows, score_rows
from zhupei_cli.demo.workbooks import write_rows, write_season
from zhupei_cli.files import replacing
from zhupei_cli.services.templates import catalogue
from zhupei_cli.sheets import kinds
from zhupei_cli.sheets.columns import Choices
from zhupei_cli.sheets.template import form_of, write_template

#: A seed whose twelve people show every identity, a second choice, each decision and an absence.
_SEED = 2314
#: Application numbers hold when 报名信息.xlsx is the first import into a batch of this code.
BATCH = "HN2026"


def write_samples(folder: Path) -> list[Path]:
    """Write the six sample workbooks into `folder`, over what stands there; return their paths."""
    season = generate(_SEED, bases=3, places=6, applicants=12, faulty=0)
    numbers = [
        (f"{BATCH}-{at:07d}", str(one.cells["id_number"])) for at, one in enumerate(season.applicants, 1)
    ]
    paths = [*write_season(folder, season, force=True), folder / "审核意见.xlsx", folder / "成绩.xlsx"]
    reviews = review_rows(season, numbers)
    approved = {row["application_no"] for row in reviews if row["decision"] == "通过"}
    # Only whom the base approved sits the exam.
    scores = score_rows(season, [one for one in numbers if one[0] in approved])
    write_rows(paths[3], kinds.REVIEW, reviews, year=season.year, force=True)
    write_rows(paths[4], kinds.SCORE, scores, year=season.year, force=True)
    return [*paths, _write_template(folder / "报名信息模板.xlsx", season)]


def _write_template(path: Path, season: Season) -> Path:
    """Write the workbook to fill in, as `trainee template` does for the batch of the samples."""
    names = catalogue()
    bases = {str(row["code"]): str(row["name"]) for row in season.bases}
    places = tuple((bases[str(row["base"])], names[str(row["specialty"])]) for row in season.plan)
    specialties = tuple(dict.fromkeys(specialty for _, specialty in sorted(places)))
    choices = Choices(tuple(bases.values()), tuple(bases), specialties, places=places)
    forms = [form_of(kind, kind.title) for kind in (kinds.PERSON, kinds.EDUCATION, kinds.WORK)]
    with replacing(path, force=True) as beside:
        write_template(beside, forms, choices, made_at=datetime(season.year, 1, 1, tzinfo=UTC))
    return path


if __name__ == "__main__":
    write_samples(Path(sys.argv[1]))
