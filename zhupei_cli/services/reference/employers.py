"""The directory of employers (单位库), searched by keyword (指南 二.2 工作信息)."""

from collections.abc import Mapping, Sequence
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, RowMapping, Select, Table, and_, case, func, or_, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Employer, TrainingBase
from zhupei_cli.model.base import TableRow
from zhupei_cli.services.records.lookup import match_key
from zhupei_cli.words.codes import CITY

_EMPLOYER: Table = Employer.metadata.tables["employer"]
_BASE: Table = TrainingBase.metadata.tables[TrainingBase.__tablename__]
_Ts = TypeVarTuple("_Ts")
EMPLOYER_KEYS = ("uscc", "level", "city", "is_medical", "institution", "affiliation")


def search(session: Session, keyword: str, *, limit: int) -> list[dict[str, object]]:
    """Return employers and training bases with every word of `keyword` in their name, or by their code.

    `limit` of them, all for 0; names that begin with it come first, then short ones. A base has its code in
    `base`; one that the directory has too is there once.
    """
    words = keyword.split()
    if not words:
        return []
    directory = select(_EMPLOYER.c.name, *(_EMPLOYER.c[key] for key in EMPLOYER_KEYS))
    found = _matching(directory, words, _EMPLOYER.c.uscc, _EMPLOYER.c.name).limit(limit or None)
    rows = {match_key(row["name"]): {**row, "base": None} for row in session.execute(found).mappings()}
    some = _matching(select(_BASE), words, _BASE.c.uscc, _BASE.c.name, _BASE.c.aliases)
    for row in session.execute(some).mappings():
        known = rows.get(match_key(row["name"])) or _as_employer(row)
        rows[match_key(row["name"])] = {**known, "base": row["code"]}
    ordered = sorted(
        rows.values(), key=lambda row: (not row["name"].startswith(words[0]), len(row["name"]), row["name"])
    )
    return ordered[: limit or None]


def _matching(
    statement: Select[*_Ts],
    words: Sequence[str],
    uscc: ColumnElement[str],
    *names: ColumnElement[str],
) -> Select[*_Ts]:
    named = and_(*(or_(*(name.contains(word, autoescape=True) for name in names)) for word in words))
    begins = case((names[0].startswith(words[0], autoescape=True), 0), else_=1)
    wanted = or_(named, uscc == "".join(words).upper())
    return statement.where(wanted).order_by(begins, func.length(names[0]), names[0])


def _as_employer(base: RowMapping) -> dict[str, object]:
    city = CITY.labels.get(base["city"], base["city"])
    found = {key: base[key] for key in ("name", "uscc", "level", "institution")}
    return {**found, "city": city, "is_medical": True, "affiliation": None}


def find_employer(session: Session, name: str) -> TableRow | None:
    """Return the employer, else the training base, of exactly this name, as names are compared; or None."""
    wanted = match_key(name)
    for known in session.execute(select(_EMPLOYER.c.name)).scalars():
        if match_key(known) == wanted:
            row = session.execute(select(_EMPLOYER).where(_EMPLOYER.c.name == known)).mappings().one()
            return dict(row)
    return _find_base(session, wanted)


def _find_base(session: Session, wanted: str) -> dict[str, object] | None:
    for row in session.execute(select(_BASE)).mappings():
        if wanted in map(match_key, (row["name"], *filter(None, row["aliases"].split("|")))):
            return _as_employer(row)
    return None


def completed_work(session: Session, given: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Return a work entry with the directory's name and code of its employer, and whether it knows it.

    An employer the directory does not know may be entered as it is (指南 二.2).
    """
    known = find_employer(session, given.get("employer_name", ""))
    if known is None:
        return dict(given), False
    found = {"employer_name": known["name"], "employer_uscc": known["uscc"] or ""}
    return {**found, **given, "employer_name": known["name"]}, True
